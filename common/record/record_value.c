#include "record_value.h"

#include <stdarg.h>
#include <stdio.h>

#include <jansson.h>

#include "digest.h"
#include "utf8.h"

#define TIME_AHEAD_MS	(5 * 60 * 1000)
#define DATE_AHEAD_MS	((int64_t)14 * 3600 * 1000) /* the earliest time zone, UTC+14 */
#define EARLIEST_DAYS	7305			    /* 1990-01-01 */
#define DECIMAL_LIMIT	1000000000		    /* thousandths */
#define DECIMAL_PLACES	3
#define DOUBLE_DIGITS	15	   /* that each double of so many comes back from */
#define EXPONENT_ENOUGH 1000000000 /* no record has so many digits */
#define HASH_HEX_BYTES	((size_t)SHA256_BYTES * 2)

__attribute__((format(printf, 3, 4))) static bool flawed(struct flaw *ret,
							 enum refusal_reason reason,
							 const char *format, ...)
{
	va_list ap;

	ret->reason = reason;
	va_start(ap, format);
	vsnprintf(ret->detail, sizeof(ret->detail), format, ap);
	va_end(ap);
	return false;
}

static const char *type_name(const struct json_node *value)
{
	static const char *const names[] = {
		[NODE_OBJECT] = "an object", [NODE_ARRAY] = "an array",
		[NODE_STRING] = "a string",  [NODE_INTEGER] = "an integer",
		[NODE_REAL] = "a number",    [NODE_TRUE] = "true",
		[NODE_FALSE] = "false",	     [NODE_NULL] = "null",
	};
	return names[value->type];
}

static bool is_number(const struct json_node *value)
{
	return value->type == NODE_INTEGER || value->type == NODE_REAL;
}

static bool wrong_type(struct flaw *ret, const char *wanted,
		       const struct json_node *value)
{
	return flawed(ret, REFUSED_WRONG_TYPE, "%s expected, not %s", wanted,
		      type_name(value));
}

static bool take_string(struct span *ret, const struct json_node *value,
			struct flaw *ret_flaw)
{
	if (value->type != NODE_STRING)
		return wrong_type(ret_flaw, "a string", value);
	*ret = value->text;
	return true;
}

static bool check_length(size_t len, int64_t min, int64_t max, const char *unit,
			 struct flaw *ret_flaw)
{
	if (len < (size_t)min)
		return flawed(ret_flaw, REFUSED_TOO_SHORT, "at least %lld %s, not %zu",
			      (long long)min, unit, len);
	if (len > (size_t)max)
		return flawed(ret_flaw, REFUSED_TOO_LONG, "at most %lld %s, not %zu",
			      (long long)max, unit, len);
	return true;
}

static bool check_token(struct span text, struct flaw *ret_flaw)
{
	for (size_t i = 0; i < text.len; i++)
		if (utf8_is_blank(text.at + i, text.len - i))
			return flawed(ret_flaw, REFUSED_BAD_TOKEN,
				      "white space or control character at byte %zu", i);
	return true;
}

static bool check_letters(struct span text, char first, char last, struct flaw *ret_flaw)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < first || text.at[i] > last)
			return flawed(ret_flaw, REFUSED_BAD_TOKEN,
				      "only letters %c to %c expected", first, last);
	return true;
}

static bool starts_with(struct span text, const char *start)
{
	size_t len = strlen(start);

	return text.len > len && strncasecmp((const char *)text.at, start, len) == 0;
}

/* A page that shows it makes a link of it: no other scheme is for that. */
static bool check_address(struct span text, struct flaw *ret_flaw)
{
	return starts_with(text, "http://") || starts_with(text, "https://") ||
	       flawed(ret_flaw, REFUSED_BAD_TOKEN,
		      "an address with http:// or https:// expected");
}

/* RFC 6838 section 4.2: a type and a subtype. */
static bool check_media_type(struct span text, struct flaw *ret_flaw)
{
	const uint8_t *slash = memchr(text.at, '/', text.len);
	const uint8_t *end = text.at + text.len;

	return (slash && slash > text.at && slash + 1 < end &&
		!memchr(slash + 1, '/', (size_t)(end - slash - 1))) ||
	       flawed(ret_flaw, REFUSED_BAD_TOKEN,
		      "a media type such as image/jpeg expected");
}

/* What some fields ask of a token besides. */
static bool check_form(struct span text, enum field field, struct flaw *ret_flaw)
{
	switch (field) {
	case FIELD_LANGUAGE:
		return check_letters(text, 'a', 'z', ret_flaw);
	case FIELD_COUNTRY:
		return check_letters(text, 'A', 'Z', ret_flaw);
	case FIELD_MEDIA_TYPE:
		return check_media_type(text, ret_flaw);
	case FIELD_MEDIA_ADDRESS:
	case FIELD_SYNDICATION_URL:
		return check_address(text, ret_flaw);
	default:
		return true;
	}
}

static bool put_text(struct buf *body, enum field field, const struct json_node *value,
		     struct flaw *ret_flaw)
{
	const struct field_info *info = &field_table[field];
	struct span text;

	if (!take_string(&text, value, ret_flaw))
		return false;
	if (text.len == 0 && info->min == 0)
		return true;
	if (!check_length(text.len, info->min, info->max, "bytes", ret_flaw))
		return false;
	if (info->type == FIELD_TYPE_TOKEN && !check_token(text, ret_flaw))
		return false;
	if (!check_form(text, field, ret_flaw))
		return false;
	body_put_bytes(body, field, text);
	return true;
}

static bool put_hash(struct buf *body, enum field field, const struct json_node *value,
		     struct flaw *ret_flaw)
{
	struct span text;
	uint8_t hash[SHA256_BYTES];

	if (!take_string(&text, value, ret_flaw) ||
	    !check_length(text.len, HASH_HEX_BYTES, HASH_HEX_BYTES, "hex digits",
			  ret_flaw))
		return false;
	if (!hex_parse(hash, sizeof(hash), text))
		return flawed(ret_flaw, REFUSED_BAD_TOKEN,
			      "lower-case hex digits expected");
	body_put_bytes(body, field, (struct span){hash, sizeof(hash)});
	return true;
}

static bool put_int(struct buf *body, enum field field, const struct json_node *value,
		    struct flaw *ret_flaw)
{
	const struct field_info *info = &field_table[field];

	if (value->type != NODE_INTEGER)
		return wrong_type(ret_flaw, "an integer", value);
	int64_t number = value->integer;
	if (number < info->min || number > info->max)
		return flawed(ret_flaw, REFUSED_OUT_OF_BOUNDS,
			      "from %lld to %lld expected", (long long)info->min,
			      (long long)info->max);
	body_put_int(body, field, number);
	return true;
}

/* A number as the digits between its first and its last that is not 0, and ten's power. */
struct digits {
	int64_t number;
	int64_t power;
};

/* More of an exponent than the digits of a record can make up for is as much as any. */
static int64_t read_exponent(const uint8_t *at, const uint8_t *end)
{
	bool negative = *at == '-';
	int64_t exponent = 0;

	for (at += negative || *at == '+'; at < end && exponent < EXPONENT_ENOUGH; at++)
		exponent = 10 * exponent + (*at - '0');
	return negative ? -exponent : exponent;
}

/* `text` is a number in JSON's grammar; its sign is passed over. Rounded to the digits that a
 * double can tell apart: 4.9000000000000004 is how some programs print 4.9. */
static struct digits read_digits(struct span text)
{
	const uint8_t *at = text.at, *end = text.at + text.len;
	struct digits ret = {0, 0};
	bool fraction = false, round_up = false;
	int counted = 0; /* from the first that is not 0 */

	for (at += *at == '-'; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		ret.power -= fraction;
		if (counted < DOUBLE_DIGITS) {
			ret.number = 10 * ret.number + (*at - '0');
			counted += ret.number > 0;
			continue;
		}
		ret.power++;
		round_up |= counted++ == DOUBLE_DIGITS && *at >= '5';
	}
	ret.number += round_up;
	for (; ret.number > 0 && ret.number % 10 == 0; ret.power++)
		ret.number /= 10;
	ret.power += at < end ? read_exponent(at + 1, end) : 0;
	return ret;
}

bool record_value_decimal(int64_t *ret, const struct json_node *value)
{
	if (!is_number(value))
		return false;
	struct digits d = read_digits(value->text);
	d.power += DECIMAL_PLACES;
	if (d.number != 0 && d.power < 0)
		return false;
	for (; d.power > 0 && d.number != 0 && d.number <= DECIMAL_LIMIT; d.power--)
		d.number *= 10;
	if (d.number > DECIMAL_LIMIT)
		return false;
	*ret = *value->text.at == '-' ? -d.number : d.number;
	return true;
}

static bool put_decimal(struct buf *body, enum field field, const struct json_node *value,
			struct flaw *ret_flaw)
{
	int64_t thousandths;

	if (!is_number(value))
		return wrong_type(ret_flaw, "a number", value);
	if (!record_value_decimal(&thousandths, value))
		return flawed(ret_flaw, REFUSED_OUT_OF_BOUNDS,
			      "at most three decimals, from -%d to %d",
			      DECIMAL_LIMIT / 1000, DECIMAL_LIMIT / 1000);
	body_put_int(body, field, thousandths);
	return true;
}

static bool put_time(struct buf *body, enum field field, const struct json_node *value,
		     int64_t received_at, struct flaw *ret_flaw)
{
	struct span text;
	int64_t ms;

	if (!take_string(&text, value, ret_flaw))
		return false;
	if (!clock_parse(&ms, text))
		return flawed(ret_flaw, REFUSED_BAD_DATE,
			      "an RFC 3339 date-time expected");
	if (ms < EARLIEST_DAYS * DAY_MS)
		return flawed(ret_flaw, REFUSED_TOO_OLD, "not before 1990-01-01");
	if (ms > received_at + TIME_AHEAD_MS)
		return flawed(ret_flaw, REFUSED_IN_FUTURE,
			      "at most 5 minutes after the moment of reception");
	body_put_int(body, field, ms);
	return true;
}

static bool put_date(struct buf *body, enum field field, const struct json_node *value,
		     int64_t received_at, struct flaw *ret_flaw)
{
	struct span text;
	int32_t days;

	if (!take_string(&text, value, ret_flaw))
		return false;
	if (!clock_parse_date(&days, text))
		return flawed(ret_flaw, REFUSED_BAD_DATE,
			      "a real date YYYY-MM-DD expected");
	if (days < EARLIEST_DAYS)
		return flawed(ret_flaw, REFUSED_TOO_OLD, "not before 1990-01-01");
	if (days > (received_at + DATE_AHEAD_MS) / DAY_MS)
		return flawed(ret_flaw, REFUSED_IN_FUTURE,
			      "not after the day of reception");
	body_put_int(body, field, days);
	return true;
}

static bool put_choice(struct buf *body, enum field field, const struct json_node *value,
		       struct flaw *ret_flaw)
{
	struct span text;

	if (!take_string(&text, value, ret_flaw))
		return false;
	int code = choice_code(field, text);
	if (!code)
		return flawed(ret_flaw, REFUSED_UNKNOWN_CHOICE,
			      "the value is not in the list of %s",
			      field_table[field].path);
	body_put_code(body, field, code);
	return true;
}

/* Levels of objects and arrays, counted no further than the limit. */
static int depth_of(const json_t *value, int limit)
{
	const char *key;
	json_t *child;
	size_t i;
	int deepest = 0;

	if (!json_is_object(value) && !json_is_array(value))
		return 0;
	if (limit == 0)
		return 1;
	json_object_foreach((json_t *)(uintptr_t)value, key, child) deepest =
		MAX(deepest, depth_of(child, limit - 1));
	json_array_foreach(value, i, child) deepest =
		MAX(deepest, depth_of(child, limit - 1));
	return 1 + deepest;
}

static int append(const char *bytes, size_t len, void *body)
{
	buf_bytes(body, bytes, len);
	return 0;
}

/* The precision is named, because jansson's own default differs between its versions, and
 * the bytes decide whether a record is a repeat. 17 digits give the same double back. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17))

static bool put_json(struct buf *body, enum field field, const struct json_node *value,
		     struct flaw *ret_flaw)
{
	const struct field_info *info = &field_table[field];

	if (value->type != NODE_OBJECT)
		return wrong_type(ret_flaw, "an object", value);
	json_auto_t *json =
		json_loadb((const char *)value->text.at, value->text.len, 0, NULL);
	assert(json); /* the tree's reader is the stricter one */
	if (depth_of(json, RECORD_JSON_DEPTH_MAX - 1) > RECORD_JSON_DEPTH_MAX - 1)
		return flawed(ret_flaw, REFUSED_TOO_DEEP, "at most %d levels",
			      RECORD_JSON_DEPTH_MAX);
	size_t start = body->len;
	body_put_bytes(body, field, SPAN_NONE);
	size_t at = body->len;
	int failed = json_dump_callback(json, append, body, DUMP_FLAGS);
	assert(!failed);
	if (!check_length(body->len - at, info->min, info->max, "bytes", ret_flaw))
		return false;
	if (!body->full)
		put_le32(body->at + start + 2, (uint32_t)(body->len - at));
	return true;
}

static bool put_bool(struct buf *body, enum field field, const struct json_node *value,
		     struct flaw *ret_flaw)
{
	if (value->type != NODE_TRUE && value->type != NODE_FALSE)
		return wrong_type(ret_flaw, "true or false", value);
	body_put_code(body, field, value->type == NODE_TRUE);
	return true;
}

bool record_value_put(struct buf *body, enum field field, const struct json_node *value,
		      int64_t received_at, struct flaw *ret_flaw)
{
	switch (field_table[field].type) {
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
		return put_text(body, field, value, ret_flaw);
	case FIELD_TYPE_INT:
		return put_int(body, field, value, ret_flaw);
	case FIELD_TYPE_DECIMAL:
		return put_decimal(body, field, value, ret_flaw);
	case FIELD_TYPE_DATE:
		return put_date(body, field, value, received_at, ret_flaw);
	case FIELD_TYPE_TIME:
		return put_time(body, field, value, received_at, ret_flaw);
	case FIELD_TYPE_BOOL:
		return put_bool(body, field, value, ret_flaw);
	case FIELD_TYPE_CHOICE:
		return put_choice(body, field, value, ret_flaw);
	case FIELD_TYPE_HASH:
		return put_hash(body, field, value, ret_flaw);
	case FIELD_TYPE_JSON:
		return put_json(body, field, value, ret_flaw);
	case FIELD_TYPE_GROUP:
		break;
	}
	assert(!"a group has elements, not a value");
	return false;
}

bool record_value_name(struct span *ret, const struct json_node *value,
		       struct flaw *ret_flaw)
{
	return take_string(ret, value, ret_flaw) &&
	       check_length(ret->len, 1, RECORD_NAME_MAX, "bytes", ret_flaw) &&
	       check_token(*ret, ret_flaw);
}
