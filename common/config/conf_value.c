/* One value: its text, its bounds, its place in the struct. */
#include "conf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"

struct suffix {
	const char *name;
	int64_t scale; /* bytes, or milliseconds */
};

/* The largest first, so that the first that divides is the shortest spelling. */
static const struct suffix size_suffixes[] = {
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {NULL, 0}};
static const struct suffix duration_suffixes[] = {{"d", 86400000}, {"h", 3600000},
						  {"min", 60000},  {"s", 1000},
						  {"ms", 1},	   {NULL, 0}};
static const struct suffix no_suffixes[] = {{NULL, 0}};

static const struct suffix *suffixes_of(const struct conf_row *row)
{
	if (row->type == CONF_BYTES)
		return size_suffixes;
	return row->type == CONF_DURATION ? duration_suffixes : no_suffixes;
}

static int64_t scale_of(const struct conf_row *row, const char *name)
{
	for (const struct suffix *s = suffixes_of(row); s->name; s++)
		if (strcmp(s->name, name) == 0)
			return s->scale;
	return 0;
}

static const char *expected(const struct conf_row *row)
{
	if (row->type == CONF_BYTES)
		return "a size such as 64KiB or 8MiB";
	if (row->type == CONF_DURATION)
		return "a duration such as 500ms, 10s, 5min, 24h or 7d";
	return "a whole number";
}

enum status conf_quantity_parse(const struct conf_row *row, const char *text,
				int64_t *ret, struct err *err)
{
	int64_t unit = row->type == CONF_INT ? 1 : scale_of(row, row->unit), scale = unit;
	int64_t value = 0;
	bool negative = *text == '-', overflow = false;
	const char *at = text + negative;
	const char *digits = at;

	assert(unit > 0); /* a quantity's row names its unit */
	for (; *at >= '0' && *at <= '9'; at++)
		overflow |= __builtin_mul_overflow(value, 10, &value) ||
			    __builtin_add_overflow(value, *at - '0', &value);
	if (at == digits || (*digits == '0' && at > digits + 1))
		return err_set(err, ST_EMALFORMED, "expected %s", expected(row));
	if (*at)
		scale = scale_of(row, at);
	if (scale == 0)
		return err_set(err, ST_EMALFORMED, "expected %s", expected(row));
	if (overflow || __builtin_mul_overflow(value, scale, &value))
		return err_set(err, ST_ERANGE, "%s is too large a number", text);
	if (value % unit != 0)
		return err_set(err, ST_ERANGE, "%s is no whole number of %s", text,
			       row->unit);
	*ret = (negative ? -value : value) / unit;
	return ST_OK;
}

char *conf_quantity_format(const struct conf_row *row, int64_t value, char *ret)
{
	int64_t base = row->type == CONF_INT ? value : value * scale_of(row, row->unit);

	for (const struct suffix *s = suffixes_of(row); s->name && base != 0; s++) {
		if (base % s->scale != 0)
			continue;
		snprintf(ret, CONF_QUANTITY_BYTES, "%" PRId64 "%s", base / s->scale,
			 s->name);
		return ret;
	}
	snprintf(ret, CONF_QUANTITY_BYTES, "%" PRId64, base);
	return ret;
}

static enum status set_quantity(const struct conf_row *row, const char *text,
				void *member, struct err *err)
{
	char low[CONF_QUANTITY_BYTES], high[CONF_QUANTITY_BYTES];
	int64_t value = 0;
	enum status st = conf_quantity_parse(row, text, &value, err);

	if (st)
		return st;
	if (value < row->min || value > row->max)
		return err_set(err, ST_ERANGE, "%s is not in %s..%s", text,
			       conf_quantity_format(row, row->min, low),
			       conf_quantity_format(row, row->max, high));
	memcpy(member, &value, sizeof(value));
	return ST_OK;
}

static enum status set_enum(const struct conf_row *row, const char *text, void *member,
			    struct err *err)
{
	OWNED(buf_release) struct buf names = BUF_INIT(256);

	for (int i = 0; row->choices[i]; i++) {
		if (strcmp(row->choices[i], text) == 0) {
			memcpy(member, &i, sizeof(i));
			return ST_OK;
		}
		buf_format(&names, "%s%s", i ? ", " : "", row->choices[i]);
	}
	return err_set(err, ST_ERANGE, "'%s' is none of %s", text, buf_string(&names));
}

static enum status set_ratio(const char *text, void *member, struct err *err)
{
	char *end;
	bool decimal = strspn(text, "0123456789.") == strlen(text) && *text != '\0';
	double value = decimal ? strtod(text, &end) : -1;

	if (!decimal || *end != '\0' || text[0] == '.')
		return err_set(err, ST_EMALFORMED, "expected a ratio such as 0.85");
	if (value > 1)
		return err_set(err, ST_ERANGE, "%s is not in 0..1", text);
	memcpy(member, &value, sizeof(value));
	return ST_OK;
}

static enum status set_mode(const char *text, void *member, struct err *err)
{
	mode_t mode = 0;

	if (strlen(text) != 4 || text[0] != '0' || strspn(text, "01234567") != 4)
		return err_set(err, ST_EMALFORMED, "expected an octal mode such as 0660");
	for (const char *at = text; *at; at++)
		mode = mode << 3 | (mode_t)(*at - '0');
	if ((mode & 0600) != 0600 || (mode & 0117) != 0)
		return err_set(
			err, ST_ERANGE,
			"mode %s: the owner reads and writes, others have nothing, "
			"nobody executes",
			text);
	memcpy(member, &mode, sizeof(mode));
	return ST_OK;
}

static enum status set_bool(const char *text, bool plain, void *member, struct err *err)
{
	bool yes = strcmp(text, "true") == 0;

	if (!plain || (!yes && strcmp(text, "false") != 0))
		return err_set(err, ST_EMALFORMED, "expected true or false");
	memcpy(member, &yes, sizeof(yes));
	return ST_OK;
}

/* Takes the text, which replaces the one that is there. */
static void replace_text(void *member, char *text)
{
	char *before;

	memcpy(&before, member, sizeof(before));
	free(before);
	memcpy(member, &text, sizeof(text));
}

static enum status set_text(const struct conf_row *row, const char *text, void *member,
			    struct err *err)
{
	enum status st = ST_OK;

	if (*text == '\0')
		return err_set(err, ST_EMALFORMED, "expected a text, found an empty one");
	if (row->check)
		st = row->check(text, err);
	if (!st)
		replace_text(member, xstrdup(text));
	return st;
}

enum status conf_value_set(const struct conf_row *row, const struct yaml_node *value,
			   const char *base, void *target, struct err *err)
{
	void *member = (uint8_t *)target + row->target;
	const char *text = value->text;
	bool is_number = row->type == CONF_INT || row->type == CONF_RATIO;

	if (value->kind != YAML_SCALAR)
		return err_set(err, ST_EMALFORMED, "expected one value, found a %s",
			       value->kind == YAML_SEQUENCE ? "list" : "mapping");
	if (value->plain && (value->len == 0 || strcmp(text, "~") == 0))
		return err_set(err, ST_EMALFORMED, "expected a value, found nothing");
	if (is_number && !value->plain)
		return err_set(err, ST_EMALFORMED, "expected a number without quotes");
	switch (row->type) {
	case CONF_INT:
	case CONF_BYTES:
	case CONF_DURATION:
		return set_quantity(row, text, member, err);
	case CONF_BOOL:
		return set_bool(text, value->plain, member, err);
	case CONF_ENUM:
		return set_enum(row, text, member, err);
	case CONF_RATIO:
		return set_ratio(text, member, err);
	case CONF_MODE:
		return set_mode(text, member, err);
	case CONF_TEXT:
		return set_text(row, text, member, err);
	case CONF_PATH:
		if (*text == '\0')
			return err_set(err, ST_EMALFORMED, "expected a path");
		replace_text(member, conf_path(base, text));
		return ST_OK;
	}
	return ST_OK;
}

char *conf_path(const char *base, const char *path)
{
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	if (*path == '/')
		return xstrdup(path);
	return xasprintf("%s/%s", strcmp(base, "/") == 0 ? "" : base, path);
}
