#include "example.h"

#include "field_value.h"

/* The values by field, so that they can be put in the order of their tags. */
struct fields {
	const struct yaml_doc *doc;
	bool has[FIELD_COUNT];
	struct field_value value[FIELD_COUNT];
	int64_t received_at;
	enum kind kind;
};

void example_release(struct example *e)
{
	buf_release(&e->bytes);
}

static enum status set_field(struct fields *f, enum field field,
			     const struct yaml_node *node, struct err *err)
{
	const struct field_info *info = &field_table[field];
	struct field_value value;
	enum status st = field_value_read(&value, f->doc, node, field, err);

	if (!st && !(info->kinds & KIND_BIT(f->kind)))
		st = yaml_error(f->doc, node, err, "a %s has no field '%s'",
				kind_name(f->kind), info->path);
	if (!st && f->has[field])
		st = yaml_error(f->doc, node, err, "'%s' is given twice", info->path);
	if (!st && info->type == FIELD_TYPE_TEXT && value.text.len > (size_t)info->max)
		st = yaml_error(f->doc, node, err, "more than the %zu bytes of '%s'",
				(size_t)info->max, info->path);
	if (st)
		return st;
	f->value[field] = value;
	f->has[field] = info->type != FIELD_TYPE_TEXT || value.text.len > 0;
	return ST_OK;
}

static enum status read_fields(struct fields *f, const struct yaml_node *node,
			       struct err *err)
{
	enum status st = ST_OK;
	enum field field;

	if (node->kind != YAML_MAPPING)
		return yaml_error(f->doc, node, err, "expected fields and their values");
	for (const struct yaml_node *at = node->first; at && !st; at = at->next) {
		st = field_value_field(&field, f->doc, at, at->key, err);
		if (!st)
			st = set_field(f, field, at, err);
	}
	return st;
}

/* With shared = s, mine = theirs = m: J = s / (2m - s), and with m = 100 + J, s = 2J it is J
 * percent. With the containment c stated, the smaller has 100J and shares cJ; all that is in
 * both is then 100c. */
bool example_duplicate(struct duplicate *ret, enum duplicate_kind kind,
		       unsigned similarity, unsigned containment, uint16_t bits)
{
	*ret = (struct duplicate){.kind = kind,
				  .seq = 1,
				  .shared = 2 * similarity,
				  .mine = 100 + similarity,
				  .theirs = 100 + similarity,
				  .bits = bits};
	if (!containment)
		return true;
	uint32_t smaller = 100 * similarity, shared = containment * similarity,
		 both = 100 * containment;

	if (both < 2 * smaller - shared)
		return false;
	ret->shared = shared;
	ret->mine = smaller;
	ret->theirs = both - smaller + shared;
	return true;
}

static enum status read_number(const struct yaml_doc *doc, const struct yaml_node *of,
			       const char *key, int64_t max, int64_t *ret,
			       struct err *err)
{
	const struct yaml_node *node = yaml_get(of, key);

	return node ? yaml_int(doc, node, 1, max, ret, err) : ST_OK;
}

static enum status read_duplicate(struct example *e, const struct yaml_doc *doc,
				  const struct yaml_node *of, struct err *err)
{
	const struct yaml_node *node = yaml_get(of, "duplicate");
	int64_t similarity = 100, containment = 0, bits = UINT16_MAX;
	size_t which = 0;
	enum status st = yaml_name(doc, node, duplicate_kind_names, &which, err);

	if (!st)
		st = read_number(doc, of, "similarity", 100, &similarity, err);
	if (!st)
		st = read_number(doc, of, "containment", 100, &containment, err);
	if (!st)
		st = read_number(doc, of, "bits", UINT16_MAX, &bits, err);
	if (!st && !example_duplicate(&e->duplicate, (enum duplicate_kind)(which + 1),
				      (unsigned)similarity, (unsigned)containment,
				      (uint16_t)bits))
		st = yaml_error(doc, node, err,
				"no two texts have a similarity of %u and a containment "
				"of %u percent",
				(unsigned)similarity, (unsigned)containment);
	return st;
}

/* These say something of a duplicate alone. */
static enum status check_duplicate(const struct yaml_doc *doc, const struct yaml_node *of,
				   struct err *err)
{
	static const char *const keys[] = {"similarity", "containment", "bits"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (yaml_get(of, keys[i]))
			return yaml_error_key(doc, yaml_get(of, keys[i]), err,
					      "'%s' of no duplicate", keys[i]);
	return ST_OK;
}

static enum status read_arrivals(struct example *e, const struct yaml_doc *doc,
				 const struct yaml_node *list, struct err *err)
{
	static const char *const known[] = {"of", "window", "count", NULL};
	const struct yaml_node *of_node, *window_node, *count_node;
	enum status st = ST_OK;

	if (list->kind != YAML_SEQUENCE)
		return yaml_error(doc, list, err,
				  "expected a list of {of, window, count}");
	for (const struct yaml_node *at = list->first; at && !st; at = at->next) {
		size_t of = 0, window = 0;
		int64_t count = 0;

		st = yaml_known_keys(doc, at, known, err);
		if (!st)
			st = yaml_need(doc, at, "of", &of_node, err);
		if (!st)
			st = yaml_need(doc, at, "window", &window_node, err);
		if (!st)
			st = yaml_need(doc, at, "count", &count_node, err);
		if (!st)
			st = yaml_name(doc, of_node, arrival_names, &of, err);
		if (!st)
			st = yaml_name(doc, window_node, window_names, &window, err);
		if (!st)
			st = yaml_int(doc, count_node, 0, UINT32_MAX, &count, err);
		if (!st)
			e->arrivals.count[of][window] = (uint32_t)count;
	}
	return st;
}

static enum status read_received(struct fields *f, const struct yaml_node *node,
				 struct err *err)
{
	const char *text;
	enum status st = yaml_text(f->doc, node, &text, err);

	if (!st && !clock_parse(&f->received_at, span_of(text)))
		st = yaml_error(f->doc, node, err,
				"expected a time such as 2026-01-31T10:00:00Z");
	return st;
}

static enum status read_mapping(struct example *e, struct fields *f,
				const struct yaml_node *node, struct err *err)
{
	static const char *const known[] = {
		"text",	       "title", "fields",   "duplicate",   "similarity",
		"containment", "bits",	"arrivals", "received_at", NULL};
	const struct yaml_node *text = yaml_get(node, "text");
	const struct yaml_node *title = yaml_get(node, "title");
	const struct yaml_node *fields = yaml_get(node, "fields");
	const struct yaml_node *duplicate = yaml_get(node, "duplicate");
	const struct yaml_node *arrivals = yaml_get(node, "arrivals");
	const struct yaml_node *received = yaml_get(node, "received_at");
	enum status st = yaml_known_keys(f->doc, node, known, err);

	if (!st && text)
		st = set_field(f, FIELD_TEXT, text, err);
	if (!st && title)
		st = set_field(f, FIELD_TITLE, title, err);
	if (!st && fields)
		st = read_fields(f, fields, err);
	if (!st)
		st = duplicate ? read_duplicate(e, f->doc, node, err)
			       : check_duplicate(f->doc, node, err);
	if (!st && arrivals)
		st = read_arrivals(e, f->doc, arrivals, err);
	if (!st && received)
		st = read_received(f, received, err);
	return st;
}

static enum status make_record(struct example *e, const struct fields *f,
			       const struct yaml_node *node, struct err *err)
{
	struct record_head head = {.kind = f->kind,
				   .version = 1,
				   .seq = 1,
				   .received_at = f->received_at,
				   .site = SPAN_OF("example"),
				   .principal = SPAN_OF("example")};
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (f->has[i])
			field_value_put(&body, (enum field)i, &f->value[i]);
	if (!body.full)
		record_put(&e->bytes, &head, buf_view(&body));
	if (body.full || e->bytes.full)
		return yaml_error(f->doc, node, err, "an example of more than %d bytes",
				  RECORD_BYTES_MAX);
	return ST_OK;
}

enum status example_load(struct example *ret, const struct yaml_doc *doc,
			 const struct yaml_node *node, enum kind kind, const char *source,
			 struct err *err)
{
	struct fields f = {.doc = doc, .received_at = EXAMPLE_RECEIVED_AT, .kind = kind};
	struct example e = {.line = node->line,
			    .column = node->column,
			    .bytes = BUF_INIT(RECORD_BYTES_MAX)};
	enum status st = node->kind == YAML_SCALAR ? set_field(&f, FIELD_TEXT, node, err)
						   : read_mapping(&e, &f, node, err);

	if (!st && source && !f.has[FIELD_SOURCE]) {
		f.has[FIELD_SOURCE] = true;
		f.value[FIELD_SOURCE].text = span_of(source);
	}
	if (!st)
		st = make_record(&e, &f, node, err);
	if (st)
		example_release(&e);
	else
		*ret = e;
	return st;
}

void example_findings(const struct example *e, struct findings *ret)
{
	*ret = (struct findings){.has_arrivals = true, .arrivals = e->arrivals};
	if (!e->duplicate.kind)
		return;
	ret->has_duplicates = true;
	ret->duplicates.count = 1;
	ret->duplicates.candidate[0] = e->duplicate;
}
