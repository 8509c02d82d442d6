#include "field_value.h"

#include "clock.h"
#include "nearest.h"

static bool is_text(enum field field)
{
	enum field_type type = field_table[field].type;

	return type == FIELD_TYPE_TEXT || type == FIELD_TYPE_TOKEN;
}

enum status field_value_field(enum field *ret, const struct yaml_doc *doc,
			      const struct yaml_node *node, const char *path,
			      struct err *err)
{
	const char *paths[FIELD_COUNT + 1] = {NULL};

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		paths[i] = field_table[i].path;
		if (strcmp(path, paths[i]) != 0)
			continue;
		*ret = (enum field)i;
		return ST_OK;
	}
	const char *near = nearest_name(path, paths);
	if (!near)
		return yaml_error(doc, node, err, "no field '%s'", path);
	return yaml_error(doc, node, err, "no field '%s', did you mean '%s'?", path,
			  near);
}

/* -?[0-9]{1,9}(.[0-9]{1,3})? as thousandths. */
static bool parse_decimal(const char *text, int64_t *ret)
{
	bool negative = *text == '-';
	size_t whole = strspn(text + negative, "0123456789");
	int64_t value = 0;
	int64_t unit = 1000;

	text += negative;
	if (whole == 0 || whole > 9)
		return false;
	for (; whole > 0; whole--)
		value = value * 10 + (*text++ - '0');
	value *= 1000;
	if (*text == '.') {
		size_t places = strspn(text + 1, "0123456789");

		if (places == 0 || places > 3)
			return false;
		for (text++; places > 0; places--) {
			unit /= 10;
			value += (*text++ - '0') * unit;
		}
	}
	*ret = negative ? -value : value;
	return *text == '\0';
}

static enum status read_choice(const struct yaml_doc *doc, const struct yaml_node *node,
			       enum field field, const char *text, int64_t *ret,
			       struct err *err)
{
	const char *names[UINT8_MAX + 1] = {NULL};

	*ret = choice_code(field, span_of(text));
	if (*ret)
		return ST_OK;
	for (int code = 1; code <= UINT8_MAX && choice_name(field, code); code++)
		names[code - 1] = choice_name(field, code);
	const char *near = nearest_name(text, names);
	if (!near)
		return yaml_error(doc, node, err, "'%s' is no value of '%s'", text,
				  field_table[field].path);
	return yaml_error(doc, node, err, "'%s' is no value of '%s', did you mean '%s'?",
			  text, field_table[field].path, near);
}

/* The types that are written as a text and kept as a number. */
static enum status read_spelled(struct field_value *ret, const struct yaml_doc *doc,
				const struct yaml_node *node, enum field field,
				struct err *err)
{
	enum field_type type = field_table[field].type;
	const char *text, *expected;
	int32_t days = 0;
	bool good;
	enum status st = yaml_text(doc, node, &text, err);

	if (st)
		return st;
	if (type == FIELD_TYPE_CHOICE)
		return read_choice(doc, node, field, text, &ret->number, err);
	if (type == FIELD_TYPE_DECIMAL) {
		good = parse_decimal(text, &ret->number);
		expected = "a number with up to three decimals";
	} else if (type == FIELD_TYPE_DATE) {
		good = clock_parse_date(&days, span_of(text));
		ret->number = days;
		expected = "a date such as 2026-01-31";
	} else {
		good = clock_parse(&ret->number, span_of(text));
		expected = "a time such as 2026-01-31T10:00:00Z";
	}
	if (!good)
		return yaml_error(doc, node, err, "expected %s, found '%s'", expected,
				  text);
	return ST_OK;
}

enum status field_value_read(struct field_value *ret, const struct yaml_doc *doc,
			     const struct yaml_node *node, enum field field,
			     struct err *err)
{
	struct field_value value = {SPAN_NONE, 0};
	enum status st = ST_OK;
	const char *text;
	bool yes;

	switch (field_table[field].type) {
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
		st = yaml_text(doc, node, &text, err);
		if (!st)
			value.text = (struct span){(const uint8_t *)text, node->len};
		break;
	case FIELD_TYPE_INT:
		st = yaml_int(doc, node, INT64_MIN, INT64_MAX, &value.number, err);
		break;
	case FIELD_TYPE_BOOL:
		st = yaml_bool(doc, node, &yes, err);
		if (!st)
			value.number = yes;
		break;
	case FIELD_TYPE_DECIMAL:
	case FIELD_TYPE_DATE:
	case FIELD_TYPE_TIME:
	case FIELD_TYPE_CHOICE:
		st = read_spelled(&value, doc, node, field, err);
		break;
	case FIELD_TYPE_HASH:
	case FIELD_TYPE_JSON:
	case FIELD_TYPE_GROUP:
		st = yaml_error(doc, node, err, "no value can be named for '%s'",
				field_table[field].path);
		break;
	}
	if (!st)
		*ret = value;
	return st;
}

bool field_value_holds(const struct field_value *value, const struct record *record,
		       enum field field)
{
	enum field_type type = field_table[field].type;

	if (!record_has(record, field))
		return false;
	if (is_text(field))
		return span_equal(record->field[field], value->text);
	if (type == FIELD_TYPE_BOOL)
		return record_bool(record, field) == (value->number != 0);
	if (type == FIELD_TYPE_CHOICE)
		return record_choice(record, field) == value->number;
	return record_int(record, field, 0) == value->number;
}

void field_value_put(struct buf *body, enum field field, const struct field_value *value)
{
	enum field_type type = field_table[field].type;

	if (is_text(field))
		body_put_bytes(body, field, value->text);
	else if (type == FIELD_TYPE_BOOL || type == FIELD_TYPE_CHOICE)
		body_put_code(body, field, (int)value->number);
	else
		body_put_int(body, field, value->number);
}
