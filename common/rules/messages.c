/* Loading: every text is checked where it stands, so that writing can rely on it. */
#include "messages_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "nearest.h"
#include "typeset.h"

#define TEXT_BYTES_MAX 4000

#define SIMPLE	(PLACE_BIT(PLACE_SIMPLE) - 1)
#define PARTS	(PLACE_BIT(PLACE_FIELD) - 1)
#define PASSAGE (PLACE_BIT(PLACE_FIELD) | PLACE_BIT(PLACE_QUOTE))
#define NOTHING 0

const struct placeholder_info messages_places[PLACE_COUNT] = {
	[PLACE_SITE] = {"site", false},
	[PLACE_SUPPLIER] = {"supplier", false},
	[PLACE_REVIEW_TITLE] = {"review_title", false},
	[PLACE_REVIEW_ID] = {"review_id", false},
	[PLACE_RECEIVED_ON] = {"received_on", false},
	[PLACE_DECIDE_BY] = {"decide_by", false},
	[PLACE_TERMS] = {"terms", false},
	[PLACE_TERMS_ADDRESS] = {"terms_address", false},
	[PLACE_RESUBMIT_ADDRESS] = {"resubmit_address", false},
	[PLACE_COMPLAINT_ADDRESS] = {"complaint_address", false},
	[PLACE_COMPLAINT_MONTHS] = {"complaint_months", false},
	[PLACE_COMPLAINT_DAYS] = {"complaint_days", false},
	[PLACE_REASON_CODE] = {"reason_code", true},
	[PLACE_REASON_LABEL] = {"reason_label", true},
	[PLACE_EXPLANATION] = {"explanation", true},
	[PLACE_OWN] = {"own", true},
	[PLACE_PASSAGES] = {"passages", true},
	[PLACE_NOTE] = {"note", true},
	[PLACE_GROUND] = {"ground", true},
	[PLACE_CLAUSES] = {"clauses", true},
	[PLACE_DECIDER] = {"decider", false},
	[PLACE_RESUBMIT] = {"resubmit", true},
	[PLACE_ASK] = {"ask", true},
	[PLACE_OUT_OF_COURT] = {"out_of_court", true},
	[PLACE_FIELD] = {"field", false},
	[PLACE_QUOTE] = {"quote", false},
};

/* Files name actions as rules do. */
static const char *const action_keys[MESSAGE_ACTIONS + 1] = {"reject", "hold",
							     "await-author", NULL};

size_t messages_action(enum action action)
{
	for (size_t i = 0; i < MESSAGE_ACTIONS; i++)
		if (strcmp(action_keys[i], action_name(action)) == 0)
			return i;
	return MESSAGE_ACTIONS;
}

enum placeholder messages_find_place(struct span name)
{
	for (size_t i = 0; i < PLACE_COUNT; i++)
		if (span_equal(span_of(messages_places[i].name), name))
			return (enum placeholder)i;
	return PLACE_COUNT;
}

const struct message_named *messages_find(const struct message_list *l, struct span name)
{
	for (size_t i = 0; i < l->count; i++)
		if (span_equal(span_of(l->at[i].name), name))
			return &l->at[i];
	return NULL;
}

enum reason_language messages_language(struct span language)
{
	return span_equal(language, SPAN_OF("fr")) || span_equal(language, SPAN_OF("fra"))
		       ? REASON_FR
		       : REASON_EN;
}

bool messages_need_note(const struct messages *m, const char *reason)
{
	const struct reason *found = reasons_find(m->reasons, reason);

	return found && m->reason[found - reasons_at(m->reasons, 0)].needs_note;
}

/* --- release ------------------------------------------------------------------------- */

static void text_release(struct message_text *t)
{
	for (size_t i = 0; i < REASON_LANGUAGES; i++)
		free(t->in[i]);
}

static void list_release(struct message_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		text_release(&l->at[i].text);
	free(l->at);
}

static void texts_release(struct message_text *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		text_release(&texts[i]);
}

void messages_free(struct messages *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < REASON_LANGUAGES; i++)
		for (size_t k = 0; k < MONTHS; k++)
			free(m->months[i][k]);
	for (size_t i = 0; i < MESSAGE_ACTIONS; i++) {
		text_release(&m->form[i].subject);
		text_release(&m->form[i].machine);
		text_release(&m->form[i].person);
	}
	for (size_t i = 0; m->reason && i < reasons_count(m->reasons); i++)
		texts_release(m->reason[i].own, MESSAGE_ACTIONS);
	free(m->reason);
	text_release(&m->untitled);
	text_release(&m->passage);
	text_release(&m->out_of_court);
	texts_release(m->field, MESSAGE_FIELDS);
	texts_release(m->ground, MESSAGE_GROUNDS);
	texts_release(m->ask, ASK_COUNT);
	list_release(&m->parts);
	list_release(&m->resubmit);
	list_release(&m->clauses);
	yaml_doc_free(m->doc);
	free(m);
}

/* --- one text ------------------------------------------------------------------------ */

static enum status unknown(const struct yaml_doc *doc, const struct yaml_node *node,
			   struct span name, struct err *err)
{
	OWNED(freep) char *wrong = xstrndup((const char *)name.at, name.len);
	const char *names[PLACE_COUNT + 1] = {NULL};

	for (size_t i = 0; i < PLACE_COUNT; i++)
		names[i] = messages_places[i].name;
	const char *near = nearest_name(wrong, names);
	return yaml_error(doc, node, err, "unknown placeholder '{%s}'%s%s%s", wrong,
			  near ? ", did you mean '{" : "", near ? near : "",
			  near ? "}'?" : "");
}

static enum status check_places(const struct yaml_doc *doc, const struct yaml_node *node,
				uint32_t allowed, struct err *err)
{
	for (const char *at = node->text; (at = strpbrk(at, "{}")) != NULL;) {
		size_t len = strcspn(at + 1, "{}");
		struct span name = {(const uint8_t *)at + 1, len};

		if (*at != '{' || at[1 + len] != '}')
			return yaml_error(doc, node, err, "a brace without its other: %s",
					  at);
		enum placeholder place = messages_find_place(name);
		if (place == PLACE_COUNT)
			return unknown(doc, node, name, err);
		if (!(allowed & PLACE_BIT(place)))
			return yaml_error(doc, node, err,
					  "'{%s}' has no place in this text",
					  messages_places[place].name);
		at += len + 2;
	}
	return ST_OK;
}

static enum status read_one(const struct yaml_doc *doc, const struct yaml_node *node,
			    uint32_t allowed, bool french, char **ret, struct err *err)
{
	OWNED(buf_release) struct buf out = BUF_INIT(TEXT_BYTES_MAX);
	const char *text;
	enum status st = yaml_text(doc, node, &text, err);

	if (!st && text[strspn(text, " \n\t")] == '\0')
		st = yaml_error(doc, node, err, "an empty text");
	if (!st)
		st = check_places(doc, node, allowed, err);
	if (st)
		return st;
	typeset_put(&out, (struct span){(const uint8_t *)text, node->len}, french);
	if (out.full)
		return yaml_error(doc, node, err, "a text of more than %d bytes",
				  TEXT_BYTES_MAX);
	*ret = xstrdup(buf_string(&out));
	return ST_OK;
}

/* {en: ..., fr: ...} with nothing else but, where it is given, `more`. */
static enum status read_text(const struct yaml_doc *doc, const struct yaml_node *node,
			     uint32_t allowed, const char *more, struct message_text *ret,
			     struct err *err)
{
	const char *const known[] = {"en", "fr", more, NULL};
	const struct yaml_node *en, *fr;
	enum status st = node->kind == YAML_MAPPING
				 ? yaml_known_keys(doc, node, known, err)
				 : yaml_error(doc, node, err,
					      "expected the text in both languages: "
					      "{en: ..., fr: ...}");

	if (!st)
		st = yaml_need(doc, node, "en", &en, err);
	if (!st)
		st = yaml_need(doc, node, "fr", &fr, err);
	if (!st)
		st = read_one(doc, en, allowed, false, &ret->in[REASON_EN], err);
	return st ? st : read_one(doc, fr, allowed, true, &ret->in[REASON_FR], err);
}

static enum status need_text(const struct yaml_doc *doc, const struct yaml_node *mapping,
			     const char *key, uint32_t allowed, struct message_text *ret,
			     struct err *err)
{
	const struct yaml_node *node;
	enum status st = yaml_need(doc, mapping, key, &node, err);

	return st ? st : read_text(doc, node, allowed, NULL, ret, err);
}

/* --- several ------------------------------------------------------------------------- */

static enum status need_mapping(const struct yaml_doc *doc, const char *key,
				const struct yaml_node **ret, struct err *err)
{
	enum status st = yaml_need(doc, yaml_root(doc), key, ret, err);

	if (!st && (*ret)->kind != YAML_MAPPING)
		st = yaml_error(doc, *ret, err, "expected a mapping");
	return st;
}

/* A mapping of exactly these keys, each a text. */
static enum status read_keyed(const struct yaml_doc *doc, const char *key,
			      const char *const *keys, uint32_t allowed,
			      struct message_text *ret, struct err *err)
{
	const struct yaml_node *mapping;
	enum status st = need_mapping(doc, key, &mapping, err);

	if (!st)
		st = yaml_known_keys(doc, mapping, keys, err);
	for (size_t i = 0; !st && keys[i]; i++)
		st = need_text(doc, mapping, keys[i], allowed, &ret[i], err);
	return st;
}

static enum status read_list(const struct yaml_doc *doc, const char *key,
			     uint32_t allowed, const char *more, struct message_list *ret,
			     struct err *err)
{
	const struct yaml_node *mapping;
	enum status st = need_mapping(doc, key, &mapping, err);

	if (st)
		return st;
	ret->at = xcalloc(mapping->count + 1, sizeof(*ret->at));
	for (const struct yaml_node *at = mapping->first; at && !st; at = at->next) {
		struct message_named *one = &ret->at[ret->count++];

		one->name = at->key;
		one->profiles = more ? yaml_get(at, more) : NULL;
		st = read_text(doc, at, allowed, more, &one->text, err);
		if (!st && one->profiles && one->profiles->kind != YAML_SEQUENCE)
			st = yaml_error(doc, one->profiles, err,
					"expected a list of profiles");
	}
	return st;
}

static enum status read_months(struct messages *m, struct err *err)
{
	static const char *const keys[] = {"en", "fr", NULL};
	const struct yaml_node *both, *list;
	enum status st = need_mapping(m->doc, "months", &both, err);

	if (!st)
		st = yaml_known_keys(m->doc, both, keys, err);
	for (size_t i = 0; i < REASON_LANGUAGES && !st; i++) {
		size_t k = 0;

		st = yaml_need(m->doc, both, keys[i], &list, err);
		if (!st && (list->kind != YAML_SEQUENCE || list->count != MONTHS))
			st = yaml_error(m->doc, list, err, "expected twelve months");
		for (const struct yaml_node *at = st ? NULL : list->first; at && !st;
		     at = at->next)
			st = read_one(m->doc, at, NOTHING, i == REASON_FR,
				      &m->months[i][k++], err);
	}
	return st;
}

/* --- messages and reasons ------------------------------------------------------------ */

static enum status read_body(struct messages *m, const struct yaml_node *mapping,
			     struct message_form *ret, struct err *err)
{
	const struct yaml_node *list;
	enum status st = yaml_need(m->doc, mapping, "body", &list, err);

	ret->body = list;
	if (!st && (list->kind != YAML_SEQUENCE || list->count == 0 ||
		    list->count > MESSAGE_PARTS_MAX))
		st = yaml_error(m->doc, list, err, "expected a list of 1 to %d parts",
				MESSAGE_PARTS_MAX);
	for (const struct yaml_node *at = st ? NULL : list->first; at && !st;
	     at = at->next) {
		const char *name;

		st = yaml_text(m->doc, at, &name, err);
		if (st)
			break;
		const struct message_named *part =
			messages_find(&m->parts, span_of(name));
		if (!part)
			return yaml_error(m->doc, at, err, "no part is called '%s'",
					  name);
		ret->part[ret->part_count++] = &part->text;
	}
	return st;
}

static enum status read_forms(struct messages *m, struct err *err)
{
	static const char *const known[] = {"subject", "machine", "person", "body", NULL};
	const struct yaml_node *mapping, *one;
	enum status st = need_mapping(m->doc, "messages", &mapping, err);

	if (!st)
		st = yaml_known_keys(m->doc, mapping, action_keys, err);
	for (size_t i = 0; i < MESSAGE_ACTIONS && !st; i++) {
		struct message_form *form = &m->form[i];

		st = yaml_need(m->doc, mapping, action_keys[i], &one, err);
		if (!st)
			st = yaml_known_keys(m->doc, one, known, err);
		if (!st)
			st = need_text(m->doc, one, "subject", SIMPLE, &form->subject,
				       err);
		if (!st)
			st = need_text(m->doc, one, "machine", SIMPLE, &form->machine,
				       err);
		if (!st)
			st = need_text(m->doc, one, "person", SIMPLE, &form->person, err);
		if (!st)
			st = read_body(m, one, form, err);
	}
	return st;
}

static enum status read_resubmit(struct messages *m, const struct yaml_node *mapping,
				 struct message_reason *ret, struct err *err)
{
	const struct yaml_node *node;
	const char *name = NULL;
	enum status st = yaml_need(m->doc, mapping, "resubmit", &node, err);

	if (!st)
		st = yaml_text(m->doc, node, &name, err);
	if (st || strcmp(name, "none") == 0)
		return st;
	const struct message_named *found = messages_find(&m->resubmit, span_of(name));
	if (!found)
		return yaml_error(m->doc, node, err,
				  "'%s' is neither none nor one of 'resubmit:'", name);
	ret->resubmit = &found->text;
	return ST_OK;
}

static enum status read_reason(struct messages *m, const struct yaml_node *mapping,
			       struct message_reason *ret, struct err *err)
{
	static const char *const known[] = {"resubmit", "needs_note",	"reject",
					    "hold",	"await-author", NULL};
	const struct yaml_node *note = yaml_get(mapping, "needs_note");
	enum status st = yaml_known_keys(m->doc, mapping, known, err);

	if (!st)
		st = read_resubmit(m, mapping, ret, err);
	if (!st && note)
		st = yaml_bool(m->doc, note, &ret->needs_note, err);
	for (size_t i = 0; i < MESSAGE_ACTIONS && !st; i++) {
		const struct yaml_node *own = yaml_get(mapping, action_keys[i]);

		if (own)
			st = read_text(m->doc, own, SIMPLE, NULL, &ret->own[i], err);
	}
	return st;
}

static enum status read_reasons(struct messages *m, struct err *err)
{
	const struct yaml_node *mapping, *one;
	enum status st = need_mapping(m->doc, "reasons", &mapping, err);

	if (st)
		return st;
	for (const struct yaml_node *at = mapping->first; at; at = at->next)
		if (!reasons_find(m->reasons, at->key)) {
			const char *near = reasons_nearest(m->reasons, at->key);
			return yaml_error_key(m->doc, at, err,
					      "no reason is called '%s'%s%s%s", at->key,
					      near ? ", did you mean '" : "",
					      near ? near : "", near ? "'?" : "");
		}
	m->reason = xcalloc(reasons_count(m->reasons) + 1, sizeof(*m->reason));
	for (size_t i = 0; i < reasons_count(m->reasons) && !st; i++) {
		st = yaml_need(m->doc, mapping, reasons_at(m->reasons, i)->code, &one,
			       err);
		if (!st)
			st = read_reason(m, one, &m->reason[i], err);
	}
	return st;
}

/* --- the file ------------------------------------------------------------------------ */

static enum status read_head(struct messages *m, struct err *err)
{
	static const char *const known[] = {
		"version", "months",	   "untitled", "fields", "passage",
		"asks",	   "grounds",	   "resubmit", "parts",	 "messages",
		"clauses", "out_of_court", "reasons",  NULL};
	const struct yaml_node *root = yaml_root(m->doc), *version;
	int64_t number;
	enum status st = yaml_known_keys(m->doc, root, known, err);

	if (!st)
		st = yaml_need(m->doc, root, "version", &version, err);
	if (!st)
		st = yaml_int(m->doc, version, 1, 1, &number, err);
	if (!st)
		st = read_months(m, err);
	if (!st)
		st = need_text(m->doc, root, "untitled", NOTHING, &m->untitled, err);
	if (!st)
		st = need_text(m->doc, root, "passage", PASSAGE, &m->passage, err);
	return st ? st
		  : need_text(m->doc, root, "out_of_court", SIMPLE, &m->out_of_court,
			      err);
}

static enum status read_all(struct messages *m, struct err *err)
{
	static const char *const fields[] = {"title", "text", "display_name", NULL};
	static const char *const grounds[] = {"illegal", "incompatible", NULL};
	static const char *const asks[] = {"answer", "contact", "proof", NULL};
	enum status st = read_head(m, err);

	if (!st)
		st = read_keyed(m->doc, "fields", fields, NOTHING, m->field, err);
	if (!st)
		st = read_keyed(m->doc, "grounds", grounds, SIMPLE, m->ground, err);
	if (!st)
		st = read_keyed(m->doc, "asks", asks, SIMPLE, m->ask + ASK_ANSWER, err);
	if (!st)
		st = read_list(m->doc, "resubmit", SIMPLE, NULL, &m->resubmit, err);
	if (!st)
		st = read_list(m->doc, "parts", PARTS, NULL, &m->parts, err);
	if (!st)
		st = read_list(m->doc, "clauses", NOTHING, "profiles", &m->clauses, err);
	if (!st)
		st = read_forms(m, err);
	return st ? st : read_reasons(m, err);
}

enum status messages_load(struct messages **ret, const char *path, struct span bytes,
			  const struct reasons *reasons, struct err *err)
{
	OWNED(messages_freep) struct messages *m = xcalloc(1, sizeof(*m));
	enum status st;

	m->reasons = reasons;
	st = yaml_parse(&m->doc, path, bytes, err);
	if (!st)
		st = read_all(m, err);
	if (!st)
		*ret = TAKE(m);
	return st;
}
