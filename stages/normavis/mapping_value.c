/* One value: out of the row's columns, translated, as the field's type has it. */
#include "mapping_own.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "mapping_date.h"

static bool counts_as_empty(const struct mapping_field *f, struct span value)
{
	for (size_t i = 0; i < f->empty_count; i++)
		if (span_equal(value, span_of(f->empty[i])))
			return true;
	return value.len == 0;
}

/* The field's text out of the row's columns; false where it has none. `room` holds what a
 * template makes. */
static bool gather(const struct mapping_field *f, const struct span *column,
		   struct buf *room, struct span *ret)
{
	bool plain = f->piece_count == 1 && f->piece[0].len == 0;

	if (f->constant || plain) {
		*ret = plain ? column[f->piece[0].column] : span_of(f->constant);
		return f->constant || !counts_as_empty(f, *ret);
	}
	buf_clear(room);
	for (size_t i = 0; i < f->piece_count; i++) {
		const struct mapping_piece *p = &f->piece[i];

		buf_bytes(room, p->text, p->len);
		if (p->column < 0)
			continue;
		*ret = column[p->column];
		if (counts_as_empty(f, *ret))
			return false;
		buf_span(room, *ret);
	}
	*ret = buf_view(room);
	return true;
}

/* The other word for a value, by the field's pairs. False: no value. */
static bool translate(const struct mapping_field *f, struct span *value)
{
	for (size_t i = 0; i < f->value_count; i++) {
		if (!span_equal(*value, span_of(f->values[i].from)))
			continue;
		*value = span_of(f->values[i].to);
		return f->values[i].to != NULL;
	}
	return true;
}

static json_t *text_value(struct span text)
{
	return json_stringn((const char *)text.at, text.len);
}

/* A plain decimal number: sign, digits, mark, digits. */
static bool read_number(double *ret, struct span text, char decimal)
{
	char plain[40];
	size_t digits = 0, marks = 0;

	if (text.len == 0 || text.len >= sizeof(plain))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.at[i];
		bool mark = c == decimal;

		digits += c >= '0' && c <= '9';
		marks += mark;
		if (!(c >= '0' && c <= '9') && !mark &&
		    !(i == 0 && (c == '-' || c == '+')))
			return false;
		plain[i] = mark ? '.' : c;
	}
	plain[text.len] = '\0';
	*ret = strtod(plain, NULL);
	return digits > 0 && marks <= 1;
}

static json_t *number_value(struct span text, char decimal)
{
	double number;

	if (!read_number(&number, text, decimal))
		return text_value(text);
	if (number == floor(number) && fabs(number) < 1e15)
		return json_integer((json_int_t)number);
	return json_real(number);
}

static json_t *bool_value(struct span text)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {{"true", true},   {"yes", true}, {"y", true},  {"1", true},
		     {"false", false}, {"no", false}, {"n", false}, {"0", false}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (text.len == strlen(words[i].word) &&
		    strncasecmp((const char *)text.at, words[i].word, text.len) == 0)
			return json_boolean(words[i].value);
	return text_value(text);
}

static json_t *date_value(const struct mapping_field *f, struct span text, bool time)
{
	char iso[CLOCK_TEXT_BYTES];

	if (f->date && mapping_date(iso, text, f->date, time))
		return json_string(iso);
	return text_value(text);
}

static json_t *typed_value(const struct mapping *m, const struct mapping_field *f,
			   struct span text)
{
	switch (field_table[f->field].type) {
	case FIELD_TYPE_INT:
	case FIELD_TYPE_DECIMAL:
		return number_value(text, m->decimal);
	case FIELD_TYPE_BOOL:
		return bool_value(text);
	case FIELD_TYPE_DATE:
		return date_value(f, text, false);
	case FIELD_TYPE_TIME:
		return date_value(f, text, true);
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
	case FIELD_TYPE_CHOICE:
	case FIELD_TYPE_HASH:
	case FIELD_TYPE_JSON:
	case FIELD_TYPE_GROUP:
		break;
	}
	return text_value(text);
}

json_t *mapping_value(const struct mapping *m, const struct mapping_field *f,
		      const struct span *column, struct buf *room)
{
	struct span text;
	bool there = gather(f, column, room, &text) && translate(f, &text);

	if (!there && f->fallback)
		text = span_of(f->fallback);
	return there || f->fallback ? typed_value(m, f, text) : NULL;
}
