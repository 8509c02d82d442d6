#include "mapping_date.h"

#include <stdio.h>

enum part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PART_COUNT };

static const struct {
	const char *letters;
	size_t len, digits_min, digits_max;
} parts[PART_COUNT] = {
	[YEAR] = {"YYYY", 4, 4, 4}, [MONTH] = {"MM", 2, 1, 2},
	[DAY] = {"DD", 2, 1, 2},    [HOUR] = {"hh", 2, 1, 2},
	[MINUTE] = {"mm", 2, 1, 2}, [SECOND] = {"ss", 2, 1, 2},
};

/* The part whose letters stand here; PART_COUNT: none. */
static enum part part_at(const char *format)
{
	enum part p = 0;

	while (p < PART_COUNT && strncmp(format, parts[p].letters, parts[p].len) != 0)
		p++;
	return p;
}

static bool is_epoch(const char *format)
{
	return strcmp(format, "epoch-s") == 0 || strcmp(format, "epoch-ms") == 0;
}

bool mapping_date_format_ok(const char *format)
{
	unsigned seen = 0;

	if (is_epoch(format))
		return true;
	while (*format) {
		enum part p = part_at(format);

		if (p < PART_COUNT && (seen & 1u << p))
			return false;
		if (p < PART_COUNT)
			seen |= 1u << p;
		else if (strchr("YMDhms", *format))
			return false;
		format += p < PART_COUNT ? parts[p].len : 1;
	}
	return (seen & 7) == 7;
}

static size_t read_digits(struct span text, size_t max, int64_t *ret)
{
	size_t len = 0;

	*ret = 0;
	while (len < text.len && len < max && text.at[len] >= '0' && text.at[len] <= '9')
		*ret = *ret * 10 + (text.at[len++] - '0');
	return len;
}

static bool read_parts(int64_t value[PART_COUNT], struct span text, const char *format)
{
	while (*format) {
		enum part p = part_at(format);
		size_t len = 1;

		if (p < PART_COUNT) {
			len = read_digits(text, parts[p].digits_max, &value[p]);
			if (len < parts[p].digits_min)
				return false;
		} else if (text.len == 0 || text.at[0] != (uint8_t)*format) {
			return false;
		}
		text.at += len;
		text.len -= len;
		format += p < PART_COUNT ? parts[p].len : 1;
	}
	return text.len == 0;
}

static bool epoch(int64_t *ret_ms, struct span text, bool seconds)
{
	/* 14 digits reach the year 5138 in milliseconds. */
	size_t len = read_digits(text, 14, ret_ms);

	if (seconds)
		*ret_ms *= 1000;
	return len > 0 && len == text.len && *ret_ms < 100000000000000;
}

bool mapping_date(char ret[CLOCK_TEXT_BYTES], struct span text, const char *format,
		  bool time)
{
	int64_t value[PART_COUNT] = {0}, ms = 0;
	char iso[64];

	if (is_epoch(format)) {
		if (!epoch(&ms, text, strcmp(format, "epoch-s") == 0))
			return false;
	} else {
		if (!read_parts(value, text, format))
			return false;
		snprintf(iso, sizeof(iso), "%04d-%02d-%02dT%02d:%02d:%02dZ",
			 (int)value[YEAR], (int)value[MONTH], (int)value[DAY],
			 (int)value[HOUR], (int)value[MINUTE], (int)value[SECOND]);
		if (!clock_parse(&ms, span_of(iso)))
			return false;
	}
	if (time)
		clock_format(ret, ms);
	else
		clock_format_date(ret, (int32_t)(ms / DAY_MS - (ms % DAY_MS < 0)));
	return true;
}
