/* A mapping's file: its head, its ratings, its fields. */
#include "mapping_own.h"

#include <math.h>
#include <stdlib.h>

#include "alloc.h"

static enum status load_format(struct mapping *m, const struct yaml_node *node,
			       struct err *err)
{
	static const char *const formats[] = {"csv", "ndjson", NULL};
	size_t format = MAPPING_CSV;
	enum status st = yaml_name(m->doc, node, formats, &format, err);

	m->format = (enum mapping_format)format;
	return st;
}

static enum status load_kind(struct mapping *m, const struct yaml_node *node,
			     struct err *err)
{
	const char *names[KIND_LIMIT + 1];
	size_t count = 0, at = 0;

	for (unsigned k = 1; k < KIND_LIMIT; k++)
		if (kind_name((enum kind)k) && kind_endpoints((enum kind)k) != OWN)
			names[count++] = kind_name((enum kind)k);
	names[count] = NULL;
	enum status st = yaml_name(m->doc, node, names, &at, err);
	if (!st)
		m->kind = kind_from_name(span_of(names[at]));
	return st;
}

static enum status load_delimiter(struct mapping *m, const struct yaml_node *node,
				  struct err *err)
{
	const char *text;
	enum status st = yaml_text(m->doc, node, &text, err);

	if (st)
		return st;
	if (strcmp(text, "tab") == 0)
		text = "\t";
	if (strlen(text) != 1 || (uint8_t)*text >= 0x80 || strchr("\"\r\n", *text))
		return yaml_error(m->doc, node, err,
				  "expected one character such as ',' or ';', or tab");
	m->dialect.delimiter = *text;
	return ST_OK;
}

static enum status load_encoding(struct mapping *m, const struct yaml_node *node,
				 struct err *err)
{
	static const char *const encodings[] = {"utf-8", NULL};
	size_t unused;

	return yaml_name(m->doc, node, encodings, &unused, err);
}

static enum status load_decimal(struct mapping *m, const struct yaml_node *node,
				struct err *err)
{
	static const char *const marks[] = {".", ",", NULL};
	size_t mark = 0;
	enum status st = yaml_name(m->doc, node, marks, &mark, err);

	m->decimal = *marks[mark];
	return st;
}

static enum status load_quotes(struct mapping *m, const struct yaml_node *node,
			       struct err *err)
{
	return yaml_bool(m->doc, node, &m->dialect.quotes, err);
}

static enum status load_name(struct mapping *m, const struct yaml_node *node,
			     struct err *err)
{
	return yaml_text(m->doc, node, &m->name, err);
}

static enum status load_source(struct mapping *m, const struct yaml_node *node,
			       struct err *err)
{
	return yaml_text(m->doc, node, &m->source, err);
}

static enum status load_site(struct mapping *m, const struct yaml_node *node,
			     struct err *err)
{
	return yaml_text(m->doc, node, &m->site, err);
}

static enum status load_ignore(struct mapping *m, const struct yaml_node *node,
			       struct err *err)
{
	m->ignore = node;
	if (node->kind != YAML_SEQUENCE)
		return yaml_error(m->doc, node, err, "expected a list of columns");
	for (const struct yaml_node *at = node->first; at; at = at->next) {
		const char *unused;
		enum status st = yaml_text(m->doc, at, &unused, err);

		if (st)
			return st;
	}
	return ST_OK;
}

static enum status load_fields(struct mapping *m, const struct yaml_node *node,
			       struct err *err)
{
	if (node->kind != YAML_MAPPING)
		return yaml_error(m->doc, node, err,
				  "expected fields such as text: {column: Body}");
	for (const struct yaml_node *at = node->first; at; at = at->next) {
		enum status st = mapping_field_load(m, at, err);

		if (st)
			return st;
	}
	return ST_OK;
}

/* --- ratings ------------------------------------------------------------------------------ */

static enum status load_number(struct mapping *m, const struct yaml_node *parent,
			       const char *key, double *ret, struct err *err)
{
	const struct yaml_node *node;
	const char *text;
	char *end;
	enum status st = yaml_need(m->doc, parent, key, &node, err);

	if (!st)
		st = yaml_text(m->doc, node, &text, err);
	if (st)
		return st;
	*ret = strtod(text, &end);
	if (*end || end == text || !(fabs(*ret) <= 1e6))
		return yaml_error(m->doc, node, err, "expected a number, found '%s'",
				  text);
	return ST_OK;
}

static enum status load_scale(struct mapping *m, const struct yaml_node *node,
			      double *worst, double *best, struct err *err)
{
	static const char *const known[] = {"worst", "best", NULL};
	enum status st = yaml_known_keys(m->doc, node, known, err);

	if (!st)
		st = load_number(m, node, "worst", worst, err);
	if (!st)
		st = load_number(m, node, "best", best, err);
	if (!st && !(*worst < *best))
		return yaml_error(m->doc, node, err, "worst must be less than best");
	return st;
}

static enum status load_step(struct mapping *m, const struct yaml_node *node,
			     struct err *err)
{
	static const char *const known[] = {"upto", "is", NULL};
	struct mapping_rating *r = &m->rating;
	struct mapping_step *step = &r->steps[r->step_count];
	enum status st = yaml_known_keys(m->doc, node, known, err);

	if (!st)
		st = load_number(m, node, "upto", &step->upto, err);
	if (!st)
		st = load_number(m, node, "is", &step->is, err);
	if (!st && r->step_count > 0 && step->upto <= step[-1].upto)
		return yaml_error(m->doc, node, err,
				  "'upto' must ascend from step to step");
	if (!st && (step->is < r->to_worst || step->is > r->to_best))
		return yaml_error(m->doc, node, err, "'is' lies outside the scale 'to'");
	r->step_count++;
	return st;
}

static enum status load_steps(struct mapping *m, const struct yaml_node *node,
			      struct err *err)
{
	enum status st = ST_OK;

	if (!node)
		return ST_OK;
	if (node->kind != YAML_SEQUENCE || node->count == 0)
		return yaml_error(
			m->doc, node, err,
			"expected a list such as [{upto: 2, is: 1}, {upto: 10, is: 5}]");
	m->rating.steps = xcalloc(node->count, sizeof(*m->rating.steps));
	for (const struct yaml_node *at = node->first; !st && at; at = at->next)
		st = load_step(m, at, err);
	if (!st && m->rating.steps[m->rating.step_count - 1].upto < m->rating.from_best)
		return yaml_error(m->doc, node, err,
				  "the last step must reach the best rating");
	return st;
}

static enum status load_rating(struct mapping *m, const struct yaml_node *node,
			       struct err *err)
{
	static const char *const known[] = {"from", "to", "steps", NULL};
	struct mapping_rating *r = &m->rating;
	const struct yaml_node *from, *to = yaml_get(node, "to"),
				      *steps = yaml_get(node, "steps");
	enum status st = yaml_known_keys(m->doc, node, known, err);

	if (!st)
		st = yaml_need(m->doc, node, "from", &from, err);
	if (!st)
		st = load_scale(m, from, &r->from_worst, &r->from_best, err);
	if (!st && to)
		st = load_scale(m, to, &r->to_worst, &r->to_best, err);
	if (st)
		return st;
	r->given = true;
	r->converts = to != NULL;
	if (steps && !to)
		return yaml_error(m->doc, steps, err,
				  "'steps' lead to a scale: say 'to'");
	if (to && !m->name)
		return yaml_error(
			m->doc, to, err,
			"a mapping that converts ratings needs a 'name': each record "
			"says which one converted it");
	return load_steps(m, steps, err);
}

/* --- the whole ------------------------------------------------------------------------------ */

/* In the order in which they need each other. */
static const struct {
	const char *key;
	bool needed;
	enum status (*load)(struct mapping *m, const struct yaml_node *node,
			    struct err *err);
} keys[] = {
	{"name", false, load_name},	      {"format", true, load_format},
	{"delimiter", false, load_delimiter}, {"quotes", false, load_quotes},
	{"encoding", false, load_encoding},   {"decimal", false, load_decimal},
	{"kind", false, load_kind},	      {"site", false, load_site},
	{"source", false, load_source},	      {"rating", false, load_rating},
	{"ignore", false, load_ignore},	      {"fields", true, load_fields},
};

static bool fills(const struct mapping *m, enum field field)
{
	for (size_t i = 0; i < m->field_count; i++)
		if (m->field[i].field == field)
			return true;
	return false;
}

/* What must be there for any row to be taken. */
static enum status check_whole(struct mapping *m, struct err *err)
{
	const struct yaml_node *fields = yaml_get(yaml_root(m->doc), "fields");

	for (enum field f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = &field_table[f];

		if ((info->flags & REQUIRED) && !(info->flags & ELEMENT) &&
		    (info->kinds & KIND_BIT(m->kind)) && !strchr(info->path, '.') &&
		    f != FIELD_SOURCE && f != FIELD_SOURCE_ID && !fills(m, f))
			return yaml_error_key(
				m->doc, fields, err,
				"every %s needs '%s', and no field here fills it",
				kind_name(m->kind), info->path);
	}
	if (m->rating.given && !fills(m, FIELD_RATING_VALUE))
		return yaml_error_key(m->doc, yaml_get(yaml_root(m->doc), "rating"), err,
				      "no field fills 'rating.value'");
	if (m->rating.given &&
	    (fills(m, FIELD_RATING_WORST) || fills(m, FIELD_RATING_BEST)))
		return yaml_error_key(
			m->doc, fields, err,
			"the scale is said twice: by 'rating' and by a field");
	return ST_OK;
}

static enum status load(struct mapping *m, struct err *err)
{
	const char *known[ARRAY_LEN(keys) + 1];
	const struct yaml_node *root = yaml_root(m->doc);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		known[i] = keys[i].key;
	known[ARRAY_LEN(keys)] = NULL;
	if (root->kind != YAML_MAPPING)
		return yaml_error(m->doc, root, err, "expected 'format' and 'fields'");
	enum status st = yaml_known_keys(m->doc, root, known, err);
	for (size_t i = 0; !st && i < ARRAY_LEN(keys); i++) {
		const struct yaml_node *node = yaml_get(root, keys[i].key);

		if (node)
			st = keys[i].load(m, node, err);
		else if (keys[i].needed)
			st = yaml_need(m->doc, root, keys[i].key, &node, err);
	}
	return st ? st : check_whole(m, err);
}

static struct mapping *new_mapping(void)
{
	struct mapping *m = xcalloc(1, sizeof(*m));

	m->dialect = CSV_DIALECT_DEFAULT;
	m->kind = KIND_REVIEW;
	m->decimal = '.';
	return m;
}

/* A mapping is configuration: one that cannot be read has its complaint at its first line. */
static enum status refuse_unread(const char *path, const struct err *why, struct err *err)
{
	size_t len = strlen(path);
	bool named = strncmp(why->text, path, len) == 0 && why->text[len] == ':';

	return err_set(err, ST_ECONFIG, "%s:1:1: %s", path,
		       named ? why->text + len + 2 : why->text);
}

enum status mapping_load(struct mapping **ret, const char *path, struct err *err)
{
	OWNED(mapping_freep) struct mapping *m = new_mapping();
	struct err why = {""};
	enum status st = yaml_load(&m->doc, path, &why);

	if (st == ST_ECONFIG)
		return err_set(err, st, "%s", why.text);
	st = st ? refuse_unread(path, &why, err) : load(m, err);
	if (!st)
		*ret = TAKE(m);
	return st;
}

enum status mapping_parse(struct mapping **ret, const char *path, struct span bytes,
			  struct err *err)
{
	OWNED(mapping_freep) struct mapping *m = new_mapping();
	enum status st = yaml_parse(&m->doc, path, bytes, err);

	if (!st)
		st = load(m, err);
	if (!st)
		*ret = TAKE(m);
	return st;
}

void mapping_free(struct mapping *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->field_count; i++) {
		free(m->field[i].values);
		free(m->field[i].empty);
	}
	for (size_t i = 0; i < m->column_count; i++)
		free(m->column[i].owned);
	free(m->rating.steps);
	yaml_doc_free(m->doc);
	free(m);
}
