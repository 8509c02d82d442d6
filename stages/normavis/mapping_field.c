/* One entry of `fields`: where the value comes from and how it is read. */
#include "mapping_own.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "mapping_date.h"
#include "nearest.h"

#define NAME_BYTES 130 /* longer than any name in fields.def */

/* --- which field ------------------------------------------------------------------------ */

/* "ratings[3].value" as "ratings[].value", the name in fields.def, and the 3. */
static bool split_index(const char *path, char ret_name[NAME_BYTES], int *ret_element)
{
	const char *open = strchr(path, '[');
	char *end = NULL;

	*ret_element = -1;
	if (strlen(path) >= NAME_BYTES)
		return false;
	snprintf(ret_name, NAME_BYTES, "%s", path);
	if (!open)
		return true;
	long element = strtol(open + 1, &end, 10);
	if (end == open + 1 || end[0] != ']' || end[1] != '.' || element < 0 ||
	    element > 31)
		return false;
	*ret_element = (int)element;
	snprintf(ret_name, NAME_BYTES, "%.*s[]%s", (int)(open - path), path, end + 1);
	return true;
}

static bool find_field(enum field *ret, const char *name, enum kind kind)
{
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		if (strcmp(field_table[f].path, name) == 0 &&
		    (field_table[f].kinds & KIND_BIT(kind)) &&
		    field_table[f].type != FIELD_TYPE_GROUP) {
			*ret = f;
			return true;
		}
	}
	return false;
}

static enum status unknown_field(struct mapping *m, const struct yaml_node *node,
				 const char *name, struct err *err)
{
	const char *known[FIELD_COUNT + 1];
	size_t count = 0;

	for (enum field f = 0; f < FIELD_COUNT; f++)
		if ((field_table[f].kinds & KIND_BIT(m->kind)) &&
		    field_table[f].type != FIELD_TYPE_GROUP)
			known[count++] = field_table[f].path;
	known[count] = NULL;
	const char *near = nearest_name(name, known);
	return yaml_error_key(m->doc, node, err, "a %s has no field '%s'%s%s%s",
			      kind_name(m->kind), node->key,
			      near ? ", did you mean '" : "", near ? near : "",
			      near ? "'?" : "");
}

/* Splits "contact.value" into its keys. */
static void split_keys(struct mapping_field *f, const char *name)
{
	size_t head = strcspn(name, ".[");
	const char *dot = strchr(name, '.');

	memcpy(f->key[0], name, MIN(head, sizeof(f->key[0]) - 1));
	if (dot)
		memcpy(f->key[1], dot + 1, MIN(strlen(dot + 1), sizeof(f->key[1]) - 1));
}

static enum status load_path(struct mapping *m, struct mapping_field *f, struct err *err)
{
	char name[NAME_BYTES];
	const struct yaml_node *node = f->node;

	f->path = node->key;
	if (!split_index(node->key, name, &f->element))
		return yaml_error_key(m->doc, node, err,
				      "write an element as 'ratings[0].value', 0 to %d",
				      MAPPING_ELEMENTS_MAX - 1);
	bool extra = strncmp(name, "extra.", 6) == 0 && name[6];
	if (extra && strlen(name + 6) > 64)
		return yaml_error_key(m->doc, node, err,
				      "a key of extra has at most 64 bytes");
	if (!find_field(&f->field, extra ? "extra" : name, m->kind) ||
	    (!extra && field_table[f->field].type == FIELD_TYPE_JSON))
		return unknown_field(m, node, name, err);
	if (f->field == FIELD_SOURCE || f->field == FIELD_LEGACY)
		return yaml_error_key(
			m->doc, node, err, "'%s' is the same for all rows: %s", f->path,
			f->field == FIELD_SOURCE ? "say it at the top, or by --source"
						 : "say --legacy");
	split_keys(f, name);
	return ST_OK;
}

/* --- where the value comes from --------------------------------------------------------- */

static enum status use_column(struct mapping *m, const struct yaml_node *node,
			      const char *name, int *ret, struct err *err)
{
	for (size_t i = 0; i < m->column_count; i++) {
		if (strcmp(m->column[i].name, name) == 0) {
			*ret = (int)i;
			return ST_OK;
		}
	}
	if (m->column_count == MAPPING_COLUMNS_MAX)
		return yaml_error(m->doc, node, err, "more than %d columns",
				  MAPPING_COLUMNS_MAX);
	m->column[m->column_count] = (struct mapping_column){.name = name, .node = node};
	*ret = (int)m->column_count++;
	return ST_OK;
}

/* "clothing-{Clothing ID}": text and columns in turn. The texts are borrowed from the
 * document; a column's name is a copy, owned by its entry. */
static enum status load_template(struct mapping *m, struct mapping_field *f,
				 const struct yaml_node *node, struct err *err)
{
	const char *text;
	enum status st = yaml_text(m->doc, node, &text, err);

	while (!st && *text) {
		const char *open = strchr(text, '{');
		const char *close = open ? strchr(open, '}') : NULL;
		struct mapping_piece *p = &f->piece[f->piece_count];

		if (f->piece_count == MAPPING_PIECES_MAX)
			return yaml_error(m->doc, node, err, "more than %d columns",
					  MAPPING_PIECES_MAX);
		if ((open && !close) || (!open && f->piece_count == 0))
			return yaml_error(m->doc, node, err,
					  "a template names a column in braces: "
					  "\"product-{Product ID}\"");
		*p = (struct mapping_piece){
			text, open ? (size_t)(open - text) : strlen(text), -1};
		f->piece_count++;
		if (!open)
			break;
		char *name = xstrndup(open + 1, (size_t)(close - open - 1));
		size_t before = m->column_count;
		st = use_column(m, node, name, &p->column, err);
		if (m->column_count == before)
			free(name);
		else
			m->column[before].owned = name;
		text = close + 1;
	}
	return st;
}

static enum status load_origin(struct mapping *m, struct mapping_field *f,
			       struct err *err)
{
	const struct yaml_node *column = yaml_get(f->node, "column"),
			       *template = yaml_get(f->node, "template"),
			       *constant = yaml_get(f->node, "constant");
	const char *name;

	if (!!column + !!template + !!constant != 1)
		return yaml_error_key(m->doc, f->node, err,
				      "'%s' needs one of column, template, constant",
				      f->node->key);
	if (template)
		return load_template(m, f, template, err);
	if (constant)
		return yaml_text(m->doc, constant, &f->constant, err);
	enum status st = yaml_text(m->doc, column, &name, err);
	if (st)
		return st;
	f->piece_count = 1;
	f->piece[0] = (struct mapping_piece){"", 0, -1};
	return use_column(m, column, name, &f->piece[0].column, err);
}

/* --- how it is read ----------------------------------------------------------------------- */

static enum status check_choice(struct mapping *m, const struct mapping_field *f,
				const struct yaml_node *node, const char *text,
				struct err *err)
{
	const char *names[64];
	size_t count = 0;

	if (field_table[f->field].type != FIELD_TYPE_CHOICE)
		return ST_OK;
	for (int code = 1; code < 63; code++)
		if (choice_name(f->field, code))
			names[count++] = choice_name(f->field, code);
	names[count] = NULL;
	if (choice_code(f->field, span_of(text)))
		return ST_OK;
	size_t unused;
	return yaml_name(m->doc, node, names, &unused, err);
}

static enum status load_values(struct mapping *m, struct mapping_field *f,
			       const struct yaml_node *node, struct err *err)
{
	if (!node)
		return ST_OK;
	if (node->kind != YAML_MAPPING)
		return yaml_error(
			m->doc, node, err,
			"expected pairs such as {\"oui\": true, \"non\": false}");
	f->values = xcalloc(node->count, sizeof(*f->values));
	for (const struct yaml_node *at = node->first; at; at = at->next) {
		struct mapping_pair *pair = &f->values[f->value_count++];
		bool none = at->plain && strcmp(at->text, "null") == 0;

		pair->from = at->key;
		if (none)
			continue;
		enum status st = yaml_text(m->doc, at, &pair->to, err);
		if (!st)
			st = check_choice(m, f, at, pair->to, err);
		if (st)
			return st;
	}
	return ST_OK;
}

static enum status load_empty(struct mapping *m, struct mapping_field *f,
			      const struct yaml_node *node, struct err *err)
{
	if (!node)
		return ST_OK;
	if (node->kind != YAML_SEQUENCE)
		return yaml_error(m->doc, node, err,
				  "expected a list such as [\" - \", \"N/A\"]");
	f->empty = xcalloc(node->count, sizeof(*f->empty));
	for (const struct yaml_node *at = node->first; at; at = at->next) {
		enum status st = yaml_text(m->doc, at, &f->empty[f->empty_count++], err);
		if (st)
			return st;
	}
	return ST_OK;
}

static enum status load_date(struct mapping *m, struct mapping_field *f,
			     const struct yaml_node *node, struct err *err)
{
	enum field_type type = field_table[f->field].type;

	if (!node)
		return ST_OK;
	if (type != FIELD_TYPE_DATE && type != FIELD_TYPE_TIME)
		return yaml_error_key(m->doc, node, err, "'%s' is no date", f->path);
	enum status st = yaml_text(m->doc, node, &f->date, err);
	if (st || mapping_date_format_ok(f->date))
		return st;
	return yaml_error(m->doc, node, err,
			  "a date's format has YYYY, MM and DD, and may have hh, mm, ss; "
			  "or it is epoch-s or epoch-ms");
}

enum status mapping_field_load(struct mapping *m, const struct yaml_node *node,
			       struct err *err)
{
	static const char *const known[] = {"column", "template", "constant", "date",
					    "values", "default",  "empty",    NULL};
	struct mapping_field *f = &m->field[m->field_count];
	const struct yaml_node *fallback = yaml_get(node, "default");

	if (m->field_count == MAPPING_FIELDS_MAX)
		return yaml_error_key(m->doc, node, err, "more than %d fields",
				      MAPPING_FIELDS_MAX);
	m->field_count++;
	f->node = node;
	if (node->kind != YAML_MAPPING)
		return yaml_error(
			m->doc, node, err,
			"expected {column: NAME}, {template: TEXT} or {constant: VALUE}");
	enum status st = yaml_known_keys(m->doc, node, known, err);
	if (!st)
		st = load_path(m, f, err);
	if (!st)
		st = load_origin(m, f, err);
	if (!st)
		st = load_values(m, f, yaml_get(node, "values"), err);
	if (!st)
		st = load_empty(m, f, yaml_get(node, "empty"), err);
	if (!st)
		st = load_date(m, f, yaml_get(node, "date"), err);
	if (!st && fallback)
		st = yaml_text(m->doc, fallback, &f->fallback, err);
	if (!st && f->constant)
		st = check_choice(m, f, yaml_get(node, "constant"), f->constant, err);
	return st || !f->fallback ? st : check_choice(m, f, fallback, f->fallback, err);
}
