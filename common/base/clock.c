#include "clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t clock_utc_ms(void)
{
	return read_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_mono_ms(void)
{
	return read_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

/* Days since 1970-01-01 of a proleptic Gregorian date, and back, by counting years from
 * March, so that the leap day is the last of its year (Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms"). */
static int32_t days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void date_of(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = (int)(z - era * 146097);
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	*ret_day = doy - (153 * mp + 2) / 5 + 1;
	*ret_month = mp < 10 ? mp + 3 : mp - 9;
	*ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

char *clock_format_date(char *ret, int32_t days)
{
	int year, month, day;

	date_of(days, &year, &month, &day);
	snprintf(ret, CLOCK_TEXT_BYTES, "%04d-%02d-%02d", year, month, day);
	return ret;
}

char *clock_format(char *ret, int64_t utc_ms)
{
	bool before = utc_ms % DAY_MS < 0; /* in C, it has the sign of what is divided */
	int64_t days = utc_ms / DAY_MS - before;
	int32_t rest = (int32_t)(utc_ms % DAY_MS + (before ? DAY_MS : 0));
	int year, month, day;

	date_of(days, &year, &month, &day);
	snprintf(ret, CLOCK_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year,
		 month, day, rest / 3600000, rest / 60000 % 60, rest / 1000 % 60,
		 rest % 1000);
	return ret;
}

/* Reads exactly `digits` digits at *at and moves on. */
static bool number(struct span *text, int digits, int *ret)
{
	if (text->len < (size_t)digits)
		return false;
	*ret = 0;
	for (int i = 0; i < digits; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		*ret = *ret * 10 + (text->at[i] - '0');
	}
	text->at += digits;
	text->len -= (size_t)digits;
	return true;
}

static bool mark(struct span *text, char c)
{
	if (text->len == 0 || text->at[0] != (uint8_t)c)
		return false;
	text->at++;
	text->len--;
	return true;
}

static bool real_date(int year, int month, int day)
{
	static const int length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month >= 1 && month <= 12 && day >= 1 && day <= length[month - 1] &&
	       (month != 2 || day < 29 || leap);
}

static bool parse_date(struct span *text, int32_t *ret_days)
{
	int year, month, day;

	if (!number(text, 4, &year) || !mark(text, '-') || !number(text, 2, &month) ||
	    !mark(text, '-') || !number(text, 2, &day) || !real_date(year, month, day))
		return false;
	*ret_days = days_of(year, month, day);
	return true;
}

bool clock_parse_date(int32_t *ret_days, struct span text)
{
	return parse_date(&text, ret_days) && text.len == 0;
}

static bool parse_fraction(struct span *text, int *ret_ms)
{
	*ret_ms = 0;
	if (!mark(text, '.'))
		return true;
	int scale = 100, digit, digits = 0;
	while (number(text, 1, &digit)) {
		*ret_ms += digit * scale;
		scale /= 10;
		digits++;
	}
	return digits > 0 && digits <= 9;
}

static bool parse_offset(struct span *text, int *ret_minutes)
{
	*ret_minutes = 0;
	if (mark(text, 'Z'))
		return true;
	int sign = mark(text, '+') ? 1 : mark(text, '-') ? -1 : 0;
	int hours, minutes;
	if (!sign || !number(text, 2, &hours) || !mark(text, ':') ||
	    !number(text, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_minutes = sign * (hours * 60 + minutes);
	return true;
}

bool clock_parse(int64_t *ret_utc_ms, struct span text)
{
	int32_t days;
	int hour, minute, second = 0, ms = 0, offset;

	if (!parse_date(&text, &days) || !(mark(&text, 'T') || mark(&text, ' ')) ||
	    !number(&text, 2, &hour) || !mark(&text, ':') || !number(&text, 2, &minute))
		return false;
	if (mark(&text, ':') &&
	    (!number(&text, 2, &second) || !parse_fraction(&text, &ms)))
		return false;
	if (!parse_offset(&text, &offset) || text.len != 0)
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ret_utc_ms = days * DAY_MS +
		      ((hour * 60 + minute - offset) * 60 + second) * 1000LL + ms;
	return true;
}
