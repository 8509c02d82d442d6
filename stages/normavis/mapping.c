#include "mapping_own.h"

#include <math.h>
#include <stdio.h>

#include "buf.h"

#define VALUE_BYTES_MAX \
	(MAPPING_PIECES_MAX * (size_t)INPUT_WINDOW_MAX) /* of a template's outcome */
#define ELEMENT_NAME_BYTES 16

enum mapping_format mapping_format(const struct mapping *m)
{
	return m->format;
}

struct csv_dialect mapping_dialect(const struct mapping *m)
{
	return m->dialect;
}

enum kind mapping_kind(const struct mapping *m)
{
	return m->kind;
}

const char *mapping_source(const struct mapping *m)
{
	return m->source;
}

const char *mapping_site(const struct mapping *m)
{
	return m->site;
}

bool mapping_needs_legacy(const struct mapping *m)
{
	for (size_t i = 0; i < m->field_count; i++)
		if (m->field[i].field == FIELD_ORIGIN_STATE ||
		    m->field[i].field == FIELD_ORIGIN_REASON ||
		    m->field[i].field == FIELD_ORIGIN_DECIDED_AT)
			return true;
	return false;
}

const char *mapping_column_of(const struct mapping *m, const char *field)
{
	for (size_t i = 0; i < m->field_count; i++) {
		const struct mapping_field *f = &m->field[i];

		if (strcmp(f->path, field) == 0 && f->piece_count > 0)
			return m->column[f->piece[0].column].name;
	}
	return "";
}

/* --- columns ------------------------------------------------------------------------------ */

struct header {
	const struct span *name;
	size_t count;
	const char *file; /* for complaints */
};

/* One column alone is most likely all of them: the delimiter is another. */
static enum status no_column(const struct mapping *m, const struct mapping_column *c,
			     const struct header *header, struct err *err)
{
	if (header->count > 1)
		return yaml_error(m->doc, c->node, err, "%s has no column '%s'",
				  header->file, c->name);
	return yaml_error(m->doc, c->node, err,
			  "%s has no column '%s', and one alone: '%.*s'; is 'delimiter' "
			  "right?",
			  header->file, c->name, (int)MIN(header->name->len, (size_t)60),
			  (const char *)header->name->at);
}

static enum status find_column(const struct mapping *m, const struct mapping_column *c,
			       const struct header *header, size_t *ret, struct err *err)
{
	size_t found = SIZE_MAX;

	for (size_t i = 0; i < header->count; i++) {
		if (!span_equal(header->name[i], span_of(c->name)))
			continue;
		if (found != SIZE_MAX)
			return yaml_error(m->doc, c->node, err,
					  "%s has two columns '%s'; which one is meant?",
					  header->file, c->name);
		found = i;
	}
	if (found == SIZE_MAX)
		return no_column(m, c, header, err);
	*ret = found;
	return ST_OK;
}

enum status mapping_bind(const struct mapping *m, struct mapping_places *ret,
			 const struct span *header, size_t count, const char *file,
			 struct err *err)
{
	const struct header where = {header, count, file};
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < m->column_count; i++)
		st = find_column(m, &m->column[i], &where, &ret->position[i], err);
	return st;
}

static bool is_named(const struct mapping *m, struct span column)
{
	const struct yaml_node *ignored = m->ignore ? m->ignore->first : NULL;

	for (size_t i = 0; i < m->column_count; i++)
		if (span_equal(column, span_of(m->column[i].name)))
			return true;
	while (ignored && !span_equal(column, span_of(ignored->text)))
		ignored = ignored->next;
	return ignored != NULL;
}

void mapping_unused(const struct mapping *m, const struct span *header, size_t count,
		    void (*fn)(void *arg, struct span column), void *arg)
{
	for (size_t i = 0; i < count; i++)
		if (!is_named(m, header[i]))
			fn(arg, header[i]);
}

/* --- the object ----------------------------------------------------------------------------- */

/* The object under a key, made where there is none. Borrowed. */
static json_t *object_at(json_t *parent, const char *key)
{
	json_t *child = json_object_get(parent, key);

	if (!child) {
		child = json_object();
		json_object_set_new(parent, key, child);
	}
	return child;
}

/* Elements stand under their numbers ("0", "1") until close_nested makes an array of them,
 * so that an element whose columns are all empty leaves no hole. */
static void put(json_t *record, const struct mapping_field *f, json_t *value)
{
	json_t *parent = record;
	char number[ELEMENT_NAME_BYTES];

	if (f->key[1][0])
		parent = object_at(record, f->key[0]);
	if (f->element >= 0) {
		snprintf(number, sizeof(number), "%d", f->element);
		parent = object_at(parent, number);
	}
	json_object_set_new(parent, f->key[1][0] ? f->key[1] : f->key[0], value);
}

/* Did a column fill anything in this element (-1: in this nested object)? */
static bool has_column(const struct mapping *m, const char *key, int element,
		       const json_t *object)
{
	for (size_t i = 0; i < m->field_count; i++) {
		const struct mapping_field *f = &m->field[i];

		if (f->element == element && strcmp(f->key[0], key) == 0 &&
		    !f->constant && json_object_get(object, f->key[1]))
			return true;
	}
	return false;
}

static json_t *list_of(const struct mapping *m, const char *key, const json_t *elements)
{
	json_t *list = json_array();

	for (int e = 0; e < MAPPING_ELEMENTS_MAX; e++) {
		char number[ELEMENT_NAME_BYTES];

		snprintf(number, sizeof(number), "%d", e);
		json_t *element = json_object_get(elements, number);
		if (element && has_column(m, key, e, element))
			json_array_append(list, element);
	}
	return list;
}

/* What constants alone filled says nothing (a criterion without its rating, a channel
 * without an address) and is taken out again, where a column was meant to fill it. */
static void close_nested(const struct mapping *m, json_t *record)
{
	for (size_t i = 0; i < m->field_count; i++) {
		const struct mapping_field *f = &m->field[i];
		json_t *nested = json_object_get(record, f->key[0]);

		if (!f->key[1][0] || !json_is_object(nested) || f->field == FIELD_EXTRA)
			continue;
		if (f->element >= 0) {
			json_object_set_new(record, f->key[0],
					    list_of(m, f->key[0], nested));
			if (json_array_size(json_object_get(record, f->key[0])) == 0)
				json_object_del(record, f->key[0]);
		} else if (!f->constant && !has_column(m, f->key[0], -1, nested)) {
			json_object_del(record, f->key[0]);
		}
	}
}

/* --- ratings ----------------------------------------------------------------------------------- */

static double convert(const struct mapping_rating *r, double native)
{
	for (size_t i = 0; i < r->step_count; i++)
		if (native <= r->steps[i].upto)
			return r->steps[i].is;
	double part = (native - r->from_worst) / (r->from_best - r->from_worst);
	return round((r->to_worst + part * (r->to_best - r->to_worst)) * 1000) / 1000;
}

static json_t *number_of(double value)
{
	return value == floor(value) ? json_integer((json_int_t)value) : json_real(value);
}

/* A rating that lies outside its own scale is not converted but passed on, for collect to
 * refuse. */
static void rate(const struct mapping *m, json_t *record)
{
	const struct mapping_rating *r = &m->rating;
	json_t *rating = json_object_get(record, "rating");
	json_t *value = json_object_get(rating, "value");
	double native = json_number_value(value);
	bool converts = r->converts && json_is_number(value) && native >= r->from_worst &&
			native <= r->from_best;

	if (!r->given || !value)
		return;
	if (converts) {
		json_object_set_new(object_at(record, "extra"), "native_rating",
				    json_pack("{s:O,s:o,s:o,s:s}", "value", value,
					      "worst", number_of(r->from_worst), "best",
					      number_of(r->from_best), "mapping",
					      m->name));
		json_object_set_new(rating, "value", number_of(convert(r, native)));
	}
	json_object_set_new(rating, "worst",
			    number_of(converts ? r->to_worst : r->from_worst));
	json_object_set_new(rating, "best",
			    number_of(converts ? r->to_best : r->from_best));
}

/* --- rows ---------------------------------------------------------------------------------------- */

static json_t *compose(const struct mapping *m, const struct span *column)
{
	json_auto_t *record = json_object();
	OWNED(buf_release) struct buf room = BUF_INIT(VALUE_BYTES_MAX);

	for (size_t i = 0; i < m->field_count; i++) {
		const struct mapping_field *f = &m->field[i];
		json_t *value = mapping_value(m, f, column, &room);

		if (value)
			put(record, f, value);
	}
	close_nested(m, record);
	rate(m, record);
	return json_incref(record);
}

json_t *mapping_row(const struct mapping *m, const struct mapping_places *places,
		    const struct csv_row *row)
{
	struct span column[MAPPING_COLUMNS_MAX];

	for (size_t i = 0; i < m->column_count; i++)
		column[i] = row->column[places->position[i]];
	return compose(m, column);
}

/* "consumer.displayName": a key that has the whole name, else key by key. */
static const json_t *look_up(const json_t *object, const char *path)
{
	const json_t *whole = json_object_get(object, path);

	while (!whole && path) {
		const char *dot = strchr(path, '.');
		size_t len = dot ? (size_t)(dot - path) : strlen(path);

		object = json_object_getn(object, path, len);
		path = dot ? dot + 1 : NULL;
	}
	return whole ? whole : object;
}

/* The text of a scalar; lists, objects and null have none. */
static struct span scalar_text(const json_t *value, char room[40])
{
	if (json_is_string(value))
		return (struct span){(const uint8_t *)json_string_value(value),
				     json_string_length(value)};
	if (json_is_integer(value))
		snprintf(room, 40, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(room, 40, "%.15g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(room, 40, "%s", json_is_true(value) ? "true" : "false");
	else
		return SPAN_NONE;
	return span_of(room);
}

json_t *mapping_object(const struct mapping *m, const json_t *object)
{
	struct span column[MAPPING_COLUMNS_MAX];
	char room[MAPPING_COLUMNS_MAX][40];

	for (size_t i = 0; i < m->column_count; i++)
		column[i] = scalar_text(look_up(object, m->column[i].name), room[i]);
	return compose(m, column);
}
