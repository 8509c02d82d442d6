#include "record_json.h"

#include <stdarg.h>
#include <stdio.h>

#include "json_tree.h"
#include "record_rules.h"
#include "record_value.h"

/* The keys of an object are matched with those of the field table; then the table drives
 * the walk, so that fields reach the body in the order of their tags whatever order the
 * keys come in. The rules between fields are checked on the finished body, in record_rules.c. */

struct intake {
	struct submission submission;
	struct buf *body;
	struct refusal *refusal;
	const struct json_tree *tree;
	const struct json_node *root; /* NULL: nothing in it is legible */
	enum endpoint endpoint;
	int64_t received_at;
	long element; /* index in the group that is being read; -1: in none */
};

/* Cut at a character's border. */
static void copy_text(char *ret, size_t room, struct span text)
{
	size_t len = text.len;

	if (len >= room) {
		len = room - 1;
		while (len > 0 && (text.at[len] & 0xC0) == 0x80)
			len--;
	}
	memcpy(ret, text.at, len);
	ret[len] = '\0';
}

/* "ratings[].value" of element 2 is "ratings[2].value"; the group itself is "ratings". */
static void write_path(const struct intake *in, const char *path)
{
	char full[128]; /* paths of the table are shorter than 64 */
	const char *brackets = strstr(path, "[]");

	if (!brackets) {
		refusal_place(in->refusal, path);
		return;
	}
	char index[24] = "";
	if (in->element >= 0)
		snprintf(index, sizeof(index), "[%ld]", in->element);
	snprintf(full, sizeof(full), "%.*s%s%s", (int)(brackets - path), path, index,
		 brackets + 2);
	refusal_place(in->refusal, full);
}

__attribute__((format(printf, 4, 5))) static bool refuse(const struct intake *in,
							 enum refusal_reason reason,
							 const char *path,
							 const char *format, ...)
{
	va_list ap;

	in->refusal->reason = reason;
	write_path(in, path);
	va_start(ap, format);
	vsnprintf(in->refusal->detail, sizeof(in->refusal->detail), format, ap);
	va_end(ap);
	return false;
}

static bool refuse_flaw(const struct intake *in, const char *path,
			const struct flaw *flaw)
{
	return refuse(in, flaw->reason, path, "%s", flaw->detail);
}

static const struct json_node *get(const struct intake *in, const char *key)
{
	return json_tree_get(in->tree, in->root, span_of(key));
}

/* --- the head ----------------------------------------------------------------------- */

static bool take_kind(struct intake *in)
{
	const struct json_node *value = get(in, "kind");
	struct submission *s = &in->submission;

	if (!value)
		return refuse(in, REFUSED_MISSING, "kind", "every record names its kind");
	if (value->type != NODE_STRING)
		return refuse(in, REFUSED_WRONG_TYPE, "kind", "a string expected");
	s->kind = kind_from_name(value->text);
	if (s->kind == KIND_NONE)
		return refuse(in, REFUSED_UNKNOWN_KIND, "kind", "no such kind of record");
	if (!(kind_endpoints(s->kind) & in->endpoint))
		return refuse(in, REFUSED_KIND_NOT_TAKEN, "kind",
			      "this endpoint does not take a %s", kind_name(s->kind));
	return true;
}

static bool take_version(struct intake *in)
{
	const struct json_node *value = get(in, "version");

	in->submission.version = 1;
	if (!value)
		return true;
	if (value->type != NODE_INTEGER)
		return refuse(in, REFUSED_WRONG_TYPE, "version", "an integer expected");
	if (value->integer != 1)
		return refuse(in, REFUSED_VERSION, "version", "only version 1 is known");
	return true;
}

static bool take_site(struct intake *in, const char *default_site)
{
	const struct json_node *value = get(in, "site");
	struct span site = span_of(default_site);
	struct flaw flaw;

	if (value && !record_value_name(&site, value, &flaw))
		return refuse_flaw(in, "site", &flaw);
	if (site.len == 0)
		return refuse(in, REFUSED_MISSING, "site", "no site, and no default one");
	assert(site.len <= RECORD_NAME_MAX);
	memcpy(in->submission.site, site.at, site.len);
	in->submission.site[site.len] = '\0';
	return true;
}

/* --- the fields ----------------------------------------------------------------------- */

/* Fields first..last-1 of one object; the key of each is its path from `skip` on. */
struct stretch {
	enum field first, last;
	size_t skip;
};

/* One key of an object, with the fields that lie under it. */
struct step {
	struct span key;
	struct stretch inner;
	char then; /* '.' an object, '[' a group, 0 a value */
};

struct steps {
	struct step step[FIELD_COUNT];
	size_t count;
};

static bool same_start(const char *a, const char *b, size_t len)
{
	return strncmp(a, b, len) == 0;
}

/* The key that field `f` of the stretch has there, with all fields that stand under it. */
static struct step step_at(enum field f, struct stretch part)
{
	const char *path = field_table[f].path;
	size_t end = part.skip + strcspn(path + part.skip, ".[");
	enum field last = f + 1;

	while (path[end] && last < part.last &&
	       same_start(field_table[last].path, path, end + 1))
		last++;
	return (struct step){
		.key = {(const uint8_t *)path + part.skip, end - part.skip},
		.inner = {f, last, path[end] ? end + 1 : end},
		.then = path[end],
	};
}

static void list_steps(struct steps *ret, struct stretch part)
{
	ret->count = 0;
	for (enum field f = part.first; f < part.last;) {
		ret->step[ret->count] = step_at(f, part);
		f = ret->step[ret->count++].inner.last;
	}
}

/* Those of a whole record: listed once, for they are many. */
static const struct steps *record_steps(void)
{
	static struct steps steps;

	if (steps.count == 0)
		list_steps(&steps, (struct stretch){0, FIELD_COUNT, 0});
	return &steps;
}

static bool is_of_head(struct span key)
{
	return span_equal(key, SPAN_OF("kind")) || span_equal(key, SPAN_OF("version")) ||
	       span_equal(key, SPAN_OF("site"));
}

static void append_key(struct refusal *r, struct span key)
{
	size_t len = strlen(r->field);

	copy_text(r->field + len, sizeof(r->field) - len, key);
}

static bool refuse_unknown(const struct intake *in, struct stretch part, struct span key)
{
	char place[64];

	snprintf(place, sizeof(place), "%.*s", (int)part.skip,
		 field_table[part.first].path);
	refuse(in, REFUSED_UNKNOWN_FIELD, place, "a %s has no such field",
	       kind_name(in->submission.kind));
	append_key(in->refusal, key);
	return false;
}

static bool is_of_kind(const struct intake *in, const struct step *step)
{
	return field_table[step->inner.first].kinds & KIND_BIT(in->submission.kind);
}

/* value[i]: what the object has for step i; NULL: nothing. */
static bool match_keys(const struct intake *in, const struct json_node *object,
		       struct stretch part, const struct steps *steps,
		       const struct json_node *value[])
{
	for (const struct json_node *n = json_tree_first(in->tree, object); n;
	     n = json_tree_next(in->tree, n)) {
		size_t i = 0;

		while (i < steps->count && !(span_equal(steps->step[i].key, n->key) &&
					     is_of_kind(in, &steps->step[i])))
			i++;
		if (i < steps->count)
			value[i] = n;
		else if (part.skip > 0 || !is_of_head(n->key))
			return refuse_unknown(in, part, n->key);
	}
	return true;
}

static bool read_object(struct intake *in, const struct json_node *object,
			struct stretch part);

static bool read_element(struct intake *in, const struct json_node *element,
			 struct stretch part)
{
	enum field group = part.first;
	struct stretch inner = {group + 1, part.last,
				strlen(field_table[group].path) + 1};

	if (element->type != NODE_OBJECT)
		return refuse(in, REFUSED_WRONG_TYPE, field_table[group].path,
			      "an object expected");
	size_t start = in->body->len;
	body_put_bytes(in->body, group, SPAN_NONE);
	size_t at = in->body->len;
	if (!read_object(in, element, inner))
		return false;
	if (!in->body->full)
		put_le32(in->body->at + start + 2, (uint32_t)(in->body->len - at));
	return true;
}

static bool read_group(struct intake *in, const struct json_node *array,
		       struct stretch part)
{
	const struct field_info *info = &field_table[part.first];

	if (array->type != NODE_ARRAY)
		return refuse(in, REFUSED_WRONG_TYPE, info->path, "an array expected");
	if (array->count > info->max)
		return refuse(in, REFUSED_TOO_LONG, info->path, "at most %lld elements",
			      (long long)info->max);
	for (const struct json_node *n = json_tree_first(in->tree, array); n;
	     n = json_tree_next(in->tree, n)) {
		in->element++;
		if (!read_element(in, n, part))
			return false;
	}
	in->element = -1;
	return true;
}

static bool read_nested(struct intake *in, const struct json_node *object,
			struct stretch part)
{
	char name[64];

	if (object->type == NODE_OBJECT)
		return read_object(in, object, part);
	snprintf(name, sizeof(name), "%.*s", (int)part.skip - 1,
		 field_table[part.first].path);
	return refuse(in, REFUSED_WRONG_TYPE, name, "an object expected");
}

/* May this endpoint say it? What is brought in with its old state is the operator's. */
static bool check_endpoint(const struct intake *in, enum field field)
{
	if ((field == FIELD_LEGACY || field == FIELD_ORIGIN_STATE ||
	     field == FIELD_ORIGIN_REASON || field == FIELD_ORIGIN_DECIDED_AT) &&
	    in->endpoint != ADMIN)
		return refuse(
			in, REFUSED_KIND_NOT_TAKEN, field_table[field].path,
			"only the admin endpoint takes a record with its old state");
	return true;
}

static bool read_leaf(struct intake *in, const struct json_node *value, enum field field)
{
	const char *path = field_table[field].path;
	struct flaw flaw;

	if (!value && (field_table[field].flags & REQUIRED))
		return refuse(in, REFUSED_MISSING, path, "%s",
			      field_table[field].meaning);
	if (!value)
		return true;
	if (!check_endpoint(in, field))
		return false;
	if (!record_value_put(in->body, field, value, in->received_at, &flaw))
		return refuse_flaw(in, path, &flaw);
	return true;
}

static bool read_object(struct intake *in, const struct json_node *object,
			struct stretch part)
{
	const struct json_node *value[FIELD_COUNT] = {NULL};
	const struct steps *steps = record_steps();
	struct steps inner;

	if (part.skip > 0) {
		list_steps(&inner, part);
		steps = &inner;
	}
	if (!match_keys(in, object, part, steps, value))
		return false;
	for (size_t i = 0; i < steps->count; i++) {
		const struct step *step = &steps->step[i];
		if (!is_of_kind(in, step))
			continue;
		bool good = !step->then ? read_leaf(in, value[i], step->inner.first)
			    : !value[i] ? true
			    : step->then == '[' ? read_group(in, value[i], step->inner)
						: read_nested(in, value[i], step->inner);
		if (!good)
			return false;
	}
	return true;
}

/* --- a text that is no JSON, or not the JSON that a record may be ------------------------ */

static void place_flaw(struct intake *in, const struct json_node *object,
		       struct stretch part, const struct json_node *at);

/* The member or element that `at` lies in, or is; NULL where it is the parent itself.
 * Nodes stand in the order of the text. *ret_index: how many are before it. */
static const struct json_node *child_towards(const struct intake *in,
					     const struct json_node *parent,
					     const struct json_node *at, long *ret_index)
{
	const struct json_node *child = NULL;

	*ret_index = -1;
	for (const struct json_node *n = json_tree_first(in->tree, parent); n && n <= at;
	     n = json_tree_next(in->tree, n), ++*ret_index)
		child = n;
	return child;
}

/* Under a key that has fields below it. */
static void place_below(struct intake *in, const struct json_node *value,
			const struct step *step, const struct json_node *at)
{
	struct stretch part = step->inner;
	const char *path = field_table[part.first].path;
	char name[64];

	if (step->then == '[') {
		value = value->type == NODE_ARRAY
				? child_towards(in, value, at, &in->element)
				: NULL;
		part = (struct stretch){part.first + 1, part.last, strlen(path) + 1};
	}
	if (value && value->type == NODE_OBJECT) {
		place_flaw(in, value, part, at);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(path, "."), path);
	write_path(in, name);
}

/* Names the place of a flaw in the words of the field table: never a key that is not in it,
 * but to the sender. */
static void place_flaw(struct intake *in, const struct json_node *object,
		       struct stretch part, const struct json_node *at)
{
	long index;
	char place[64];
	const struct json_node *child = child_towards(in, object, at, &index);
	struct steps steps;
	size_t i = 0;

	list_steps(&steps, part);
	while (child && i < steps.count && !span_equal(steps.step[i].key, child->key))
		i++;
	if (child && i < steps.count && steps.step[i].then) {
		place_below(in, child, &steps.step[i], at);
	} else if (child && i < steps.count) {
		write_path(in, field_table[steps.step[i].inner.first].path);
	} else if (child && part.skip == 0 && is_of_head(child->key)) {
		copy_text(place, sizeof(place), child->key);
		write_path(in, place);
	} else {
		size_t len = part.skip - (part.skip > 0 && !child);
		snprintf(place, sizeof(place), "%.*s", (int)len,
			 field_table[part.first].path);
		write_path(in, place);
		append_key(in->refusal, child ? child->key : SPAN_OF(""));
	}
}

/* As much as a record may have: what is legible of a longer one stands mostly there. */
static bool read_start(struct intake *in, struct json_tree *tree, struct span json,
		       struct json_flaw *ret_flaw)
{
	json.len = MIN(json.len, (size_t)RECORD_BYTES_MAX);
	bool good = json_tree_read(tree, json, ret_flaw);

	in->tree = tree;
	in->root = tree->count > 0 ? tree->node : NULL;
	return good;
}

static bool load(struct intake *in, struct json_tree *tree, struct span json)
{
	const struct stretch all = {0, FIELD_COUNT, 0};
	struct json_flaw flaw;

	bool good = read_start(in, tree, json, &flaw);
	if (json.len > RECORD_BYTES_MAX)
		return refuse(in, REFUSED_TOO_BIG, "", "%zu bytes, at most %d", json.len,
			      RECORD_BYTES_MAX);
	if (good && (!in->root || in->root->type != NODE_OBJECT))
		return refuse(in, REFUSED_NOT_OBJECT, "", "a record is a JSON object");
	if (!good) {
		(void)refuse(in, flaw.reason, "", "at byte %zu", flaw.at);
		if (in->root && in->root->type == NODE_OBJECT)
			place_flaw(in, in->root, all, &tree->node[flaw.node]);
	}
	return good;
}

/* --- what was legible in a refused record ---------------------------------------------- */

static bool copy_name(char *ret, size_t room, const struct json_node *value)
{
	struct flaw flaw;
	struct span name;

	if (!value || !record_value_name(&name, value, &flaw) || name.len >= room)
		return false;
	memcpy(ret, name.at, name.len);
	ret[name.len] = '\0';
	return true;
}

/* As the record itself would have had it: what could never be a key has none. */
static void note_source_id(struct refusal *r, const struct json_node *value)
{
	if (value && value->type == NODE_STRING &&
	    value->text.len <= (size_t)field_table[FIELD_SOURCE_ID].max)
		memcpy(r->source_id, value->text.at, value->text.len);
}

static void note_legible(const struct intake *in)
{
	if (!in->root)
		return;
	struct refusal *r = in->refusal;
	const struct json_node *rating = get(in, "rating"), *site = get(in, "site");

	(void)copy_name(r->kind, sizeof(r->kind), get(in, "kind"));
	bool legible = copy_name(r->source, sizeof(r->source), get(in, "source"));
	if (site)
		legible &= copy_name(r->site, sizeof(r->site), site);
	if (legible)
		note_source_id(r, get(in, "source_id"));
	if (rating && rating->type == NODE_OBJECT)
		rating = json_tree_get(in->tree, rating, SPAN_OF("value"));
	r->has_rating = rating && record_value_decimal(&r->rating, rating);
}

static void copy_field(char *ret, size_t room, const struct record *r, enum field field)
{
	struct span s = r->field[field];

	assert(s.len < room);
	memcpy(ret, s.at, s.len);
	ret[s.len] = '\0';
}

static bool finish(struct intake *in)
{
	struct record r;
	struct flaw flaw;
	enum field field;

	if (in->body->full ||
	    RECORD_HEAD_BYTES + 2 * RECORD_NAME_MAX + in->body->len > RECORD_BYTES_MAX)
		return refuse(in, REFUSED_TOO_BIG, "",
			      "the fields are too large together");
	enum status st = record_parse_body(&r, buf_view(in->body), NULL);
	assert(st == ST_OK);
	if (!record_rules_hold(&r, in->submission.kind, &field, &in->element, &flaw))
		return refuse_flaw(in, field_table[field].path, &flaw);
	copy_field(in->submission.source, sizeof(in->submission.source), &r,
		   FIELD_SOURCE);
	copy_field(in->submission.source_id, sizeof(in->submission.source_id), &r,
		   FIELD_SOURCE_ID);
	return true;
}

static struct json_tree tree; /* its room is used again */

bool record_from_json(struct submission *ret, struct buf *body,
		      struct refusal *ret_refusal, struct span json,
		      enum endpoint endpoint, int64_t received_at,
		      const char *default_site)
{
	struct intake in = {.body = body,
			    .refusal = ret_refusal,
			    .endpoint = endpoint,
			    .received_at = received_at,
			    .element = -1};
	const struct stretch all = {0, FIELD_COUNT, 0};

	memset(ret_refusal, 0, sizeof(*ret_refusal));
	buf_clear(body);
	bool good = load(&in, &tree, json) && take_kind(&in) && take_version(&in) &&
		    take_site(&in, default_site) && read_object(&in, in.root, all) &&
		    finish(&in);
	if (good)
		*ret = in.submission;
	else
		note_legible(&in);
	return good;
}

void record_json_legible(struct refusal *ret, struct span json)
{
	struct intake in = {.refusal = ret};
	struct json_flaw flaw;

	(void)read_start(&in, &tree, json, &flaw);
	note_legible(&in);
}
