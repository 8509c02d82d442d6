#include "event.h"

#include <stdlib.h>

#include "canon.h"
#include "clock.h"
#include "seal.h"

#define VALUE_BYTES_MAX (2 * RECORD_BYTES_MAX) /* a group as JSON, quotes escaped */

static const struct {
	const char *name;
	const char *meaning;
} kinds[EVENT_LIMIT] = {
#define EVENT(symbol, code, name, meaning) [code] = {name, meaning},
#include "events.def"
#undef EVENT
};

const char *event_kind_name(enum event_kind kind)
{
	return (unsigned)kind < EVENT_LIMIT ? kinds[kind].name : NULL;
}

const char *event_kind_meaning(enum event_kind kind)
{
	return (unsigned)kind < EVENT_LIMIT ? kinds[kind].meaning : NULL;
}

/* --- values ---------------------------------------------------------------------------- */

/* All fields by path: a group stands before its members, which stand together. */
static enum field by_path[FIELD_COUNT];
static bool sorted;

static int compare_paths(const void *a, const void *b)
{
	return strcmp(field_table[*(const enum field *)a].path,
		      field_table[*(const enum field *)b].path);
}

static void sort_fields(void)
{
	if (sorted)
		return;
	for (enum field f = 0; f < FIELD_COUNT; f++)
		by_path[f] = f;
	qsort(by_path, FIELD_COUNT, sizeof(by_path[0]), compare_paths);
	sorted = true;
}

static void put_member(struct canon *c, const struct record *element, enum field field)
{
	const struct field_info *info = &field_table[field];
	struct span bytes = element->field[field];

	canon_key(c, strchr(info->path, ']') + 2); /* "media[].hash" is key "hash" */
	switch (info->type) {
	case FIELD_TYPE_INT:
	case FIELD_TYPE_DECIMAL:
	case FIELD_TYPE_DATE:
	case FIELD_TYPE_TIME:
		canon_int(c, record_int(element, field, 0));
		return;
	case FIELD_TYPE_BOOL:
		canon_bool(c, record_bool(element, field));
		return;
	case FIELD_TYPE_CHOICE:
		canon_text(c, span_of(choice_name(field, bytes.at[0])));
		return;
	case FIELD_TYPE_HASH:
		canon_hex(c, bytes.at, bytes.len);
		return;
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
	case FIELD_TYPE_JSON:
	case FIELD_TYPE_GROUP:
		canon_text(c, bytes);
		return;
	}
}

static void put_group(struct buf *out, const struct record *r, enum field group)
{
	struct canon c = canon_begin(out);
	struct span at = SPAN_NONE;
	struct record element;
	size_t prefix = strlen(field_table[group].path);

	sort_fields();
	canon_array(&c);
	while (record_next(r, group, &at, &element)) {
		canon_object(&c);
		for (size_t i = 0; i < FIELD_COUNT; i++) {
			enum field f = by_path[i];
			if ((field_table[f].flags & ELEMENT) && record_has(&element, f) &&
			    !strncmp(field_table[f].path, field_table[group].path,
				     prefix))
				put_member(&c, &element, f);
		}
		canon_end_object(&c);
	}
	canon_end_array(&c);
}

struct span event_value(struct buf *keep, const struct record *r, enum field field)
{
	struct span bytes = r->field[field];
	char date[CLOCK_TEXT_BYTES];

	assert(bytes.at);
	buf_clear(keep);
	switch (field_table[field].type) {
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
	case FIELD_TYPE_JSON:
		return bytes;
	case FIELD_TYPE_CHOICE: {
		const char *name = choice_name(field, bytes.at[0]);
		return name ? span_of(name) : bytes; /* bytes: of a newer list */
	}
	case FIELD_TYPE_BOOL:
		return span_of(bytes.at[0] ? "true" : "false");
	case FIELD_TYPE_INT:
	case FIELD_TYPE_DECIMAL:
	case FIELD_TYPE_TIME: {
		struct canon c = canon_begin(keep);
		canon_int(&c, record_int(r, field, 0));
		break;
	}
	case FIELD_TYPE_DATE:
		buf_text(keep, clock_format_date(date, (int32_t)record_int(r, field, 0)));
		break;
	case FIELD_TYPE_HASH: {
		char *hex = (char *)buf_extend(keep, 2 * bytes.len);
		hex_format(hex, bytes.at, bytes.len);
		break;
	}
	case FIELD_TYPE_GROUP:
		put_group(keep, r, field);
		break;
	}
	return buf_view(keep);
}

static void put_commitments(struct canon *c, const struct record *r)
{
	static struct buf keep = {.max = VALUE_BYTES_MAX};
	uint8_t salt[SHA256_BYTES], digest[SHA256_BYTES];

	sort_fields();
	canon_key(c, "commit");
	canon_object(c);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		enum field f = by_path[i];
		const struct field_info *info = &field_table[f];
		if (!(info->flags & COMMITTED) || !record_has(r, f))
			continue;
		seal_salt(salt, r->secret, info->path);
		seal_commit(digest, info->path, salt, event_value(&keep, r, f));
		canon_key(c, info->path);
		canon_base64(c, digest, sizeof(digest));
	}
	canon_end_object(c);
}

/* --- the keys, ascending --------------------------------------------------------------- */

static void put_text(struct canon *c, const char *key, struct span text)
{
	if (!text.len)
		return;
	canon_key(c, key);
	canon_text(c, text);
}

static void put_int(struct canon *c, const char *key, int64_t value)
{
	canon_key(c, key);
	canon_int(c, value);
}

static void put_hex(struct canon *c, const char *key, const uint8_t *from, size_t len)
{
	if (!from)
		return;
	canon_key(c, key);
	canon_hex(c, from, len);
}

static void put_uuid(struct canon *c, const char *key, const uint8_t *id)
{
	if (!id)
		return;
	canon_key(c, key);
	canon_uuid(c, id);
}

static void put_actor(struct canon *c, const struct event *e)
{
	uint8_t text[16 + RECORD_NAME_MAX];
	size_t role = e->actor_role ? strlen(e->actor_role) : 0;

	if (!role)
		return;
	assert(role + 1 + e->actor.len <= sizeof(text));
	memcpy(text, e->actor_role, role);
	text[role] = ':';
	if (e->actor.len)
		memcpy(text + role + 1, e->actor.at, e->actor.len);
	put_text(c, "actor", (struct span){text, role + 1 + e->actor.len});
}

static void put_evidence(struct canon *c, const struct event *e)
{
	uint8_t salt[SHA256_BYTES], digest[SHA256_BYTES];

	if (!e->evidence.len)
		return;
	seal_salt(salt, e->record->secret, "evidence");
	seal_commit(digest, "evidence", salt, e->evidence);
	canon_key(c, "evidence");
	canon_base64(c, digest, sizeof(digest));
}

static void put_a_to_h(struct canon *c, const struct event *e)
{
	put_text(c, "action", span_of(e->action));
	put_actor(c, e);
	if (e->decided) {
		canon_key(c, "automated");
		canon_bool(c, e->automated);
	}
	put_text(c, "clause", e->clause);
	if (e->commits)
		put_commitments(c, e->record);
	if (e->count)
		put_int(c, "count", e->count);
	if (e->deadline)
		put_int(c, "deadline", e->deadline);
	if (e->due_at)
		put_int(c, "due_at", e->due_at);
	put_uuid(c, "duplicate_of", e->duplicate_of);
	put_evidence(c, e);
	put_text(c, "field", e->field);
	put_text(c, "from", span_of(e->from));
	put_hex(c, "hash", e->content_hash, SHA256_BYTES);
}

static void put_i_to_o(struct canon *c, const struct event *e)
{
	uint8_t journal[8], nonce[16];
	const char *kind = event_kind_name(e->kind);

	for (int i = 0; i < 8; i++)
		journal[i] = (uint8_t)(e->journal >> (56 - 8 * i));
	seal_nonce(nonce, e->record->secret, kind, e->ordinal);
	put_int(c, "index", (int64_t)e->index);
	put_hex(c, "journal", journal, sizeof(journal));
	put_hex(c, "key", e->key_hash, KEYED_HASH_BYTES);
	put_text(c, "kind", span_of(kind));
	if (e->shows_review) {
		put_text(c, "language", e->record->field[FIELD_LANGUAGE]);
		if (record_bool(e->record, FIELD_LEGACY)) {
			canon_key(c, "legacy");
			canon_bool(c, true);
		}
	}
	put_hex(c, "line", e->line_hash, KEYED_HASH_BYTES);
	canon_key(c, "nonce");
	canon_base64(c, nonce, sizeof(nonce));
	put_text(c, "of", e->of);
	if (e->shows_review) {
		int code = record_choice(e->record, FIELD_ORIGIN);
		put_text(c, "origin",
			 span_of(choice_name(FIELD_ORIGIN,
					     code ? code : ORIGIN_UNSOLICITED)));
	}
}

static void put_rating(struct canon *c, const struct event *e)
{
	int64_t worst, best;

	if (e->shows_review && record_has(e->record, FIELD_RATING_VALUE)) {
		record_rating_scale(e->record, &worst, &best);
		canon_key(c, "rating");
		canon_object(c);
		put_int(c, "best", best);
		put_int(c, "value", record_int(e->record, FIELD_RATING_VALUE, 0));
		put_int(c, "worst", worst);
		canon_end_object(c);
	}
	if (e->has_rating)
		put_int(c, "rating_value", e->rating_value);
}

static void put_p_to_r(struct canon *c, const struct event *e)
{
	put_hex(c, "policy", e->policy, SHA256_BYTES);
	put_int(c, "prev", e->prev);
	put_rating(c, e);
	put_text(c, "reason", e->reason);
	if (e->record->received_at != e->t)
		put_int(c, "received_at", e->record->received_at);
	put_text(c, "recipient", span_of(e->recipient));
	put_uuid(c, "record", e->record->id);
	put_uuid(c, "review", e->review);
	put_text(c, "rule", e->rule);
	if (e->rule.len)
		put_int(c, "rule_version", e->rule_version);
	put_hex(c, "rules", e->rules, SHA256_BYTES);
}

static void put_s_to_w(struct canon *c, const struct event *e)
{
	put_int(c, "seq", (int64_t)e->record->seq);
	if (e->shadow_count) {
		canon_key(c, "shadow");
		canon_array(c);
		for (size_t i = 0; i < e->shadow_count; i++)
			canon_text(c, e->shadow[i]);
		canon_end_array(c);
	}
	put_text(c, "site", e->record->site);
	put_text(c, "source", e->source);
	if (e->subject)
		put_int(c, "subject", e->subject);
	if (e->supplier)
		put_int(c, "supplier", e->supplier);
	put_int(c, "t", e->t);
	put_text(c, "template", span_of(e->template));
	put_text(c, "to", span_of(e->to));
	put_int(c, "v", EVENT_VERSION);
	put_text(c, "what", span_of(e->what));
}

void event_put(struct buf *out, const struct event *e)
{
	buf_clear(out);
	struct canon c = canon_begin(out);
	canon_object(&c);
	put_a_to_h(&c, e);
	put_i_to_o(&c, e);
	put_p_to_r(&c, e);
	put_s_to_w(&c, e);
	canon_end_object(&c);
	assert(!out->full && out->len <= EVENT_BYTES_MAX);
}
