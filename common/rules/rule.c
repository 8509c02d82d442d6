#include "rule.h"

#include <stdlib.h>

#include "alloc.h"
#include "clause.h"
#include "ground.h"
#include "owner.h"
#include "vocabulary.h"

#define VERSION_MAX UINT16_MAX

const char *const rule_profiles[] = {"nf-iso-20488", "fr", "eu-dsa", "it", "es",
				     "uk",	     "us", "in",     NULL};

static void free_texts(char **texts)
{
	for (char **at = texts; at && *at; at++)
		free(*at);
	free(texts);
}

void rule_release(struct rule *r)
{
	free(r->id);
	free(r->clauses);
	free(r->reason);
	free(r->file);
	free_texts(r->languages);
	free_texts(r->sources);
	free_texts(r->profiles);
	condition_free(r->when);
	for (size_t i = 0; i < r->example_count; i++)
		example_release(&r->examples[i]);
	free(r->examples);
	*r = (struct rule){0};
}

/* --- identity ------------------------------------------------------------------------ */

static enum status load_id(struct rule *r, const struct yaml_doc *doc, struct err *err)
{
	const struct yaml_node *id, *version;
	const char *text;
	int64_t number;
	enum status st = yaml_need(doc, r->node, "id", &id, err);

	if (!st)
		st = yaml_text(doc, id, &text, err);
	if (!st && (id->len > RULE_ID_MAX ||
		    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != id->len ||
		    id->len == 0))
		st = yaml_error(doc, id, err,
				"an id has 1 to %d small letters, digits and hyphens",
				RULE_ID_MAX);
	if (!st)
		st = yaml_need(doc, r->node, "version", &version, err);
	if (!st)
		st = yaml_int(doc, version, 1, VERSION_MAX, &number, err);
	if (st)
		return st;
	r->id = xstrdup(text);
	r->version = (uint16_t)number;
	return ST_OK;
}

static enum status load_clauses(struct rule *r, const struct yaml_doc *doc,
				struct err *err)
{
	OWNED(buf_release) struct buf joined = BUF_INIT(RULE_CLAUSES_MAX);
	const struct yaml_node *list;
	enum status st = yaml_need(doc, r->node, "clause", &list, err);

	if (!st)
		st = clause_check(doc, list, err);
	if (st)
		return st;
	for (const struct yaml_node *at = list->first; at; at = at->next)
		buf_format(&joined, "%s%s", at == list->first ? "" : ",", at->text);
	if (joined.full)
		return yaml_error(doc, list, err, "more than %d bytes of clauses",
				  RULE_CLAUSES_MAX);
	r->clauses = xstrdup(buf_string(&joined));
	return ST_OK;
}

static enum status check_title(const struct rule *r, const struct yaml_doc *doc,
			       const struct yaml_node *node, struct err *err)
{
	const char *text;
	enum status st = yaml_text(doc, node, &text, err);

	if (!st && text[strspn(text, " \t\n")] == '\0')
		st = yaml_error(doc, node, err,
				"a title says in words what is looked for");
	if (!st && strcmp(text, r->id) == 0)
		st = yaml_error(doc, node, err,
				"the title is only the id again: say in words what is "
				"looked for");
	return st;
}

/* What a person who reads the rule needs, and no machine. */
static enum status check_people(const struct rule *r, const struct yaml_doc *doc,
				struct err *err)
{
	static const char *const languages[] = {"en", "fr", NULL};
	const struct yaml_node *title, *node;
	enum status st = yaml_need(doc, r->node, "title", &title, err);

	if (!st)
		st = yaml_known_keys(doc, title, languages, err);
	for (size_t i = 0; languages[i] && !st; i++) {
		st = yaml_need(doc, title, languages[i], &node, err);
		if (!st)
			st = check_title(r, doc, node, err);
	}
	return st ? st : owner_check(doc, r->node, err);
}

/* --- scope --------------------------------------------------------------------------- */

/* A list of different texts; `names` (may be NULL) are the only ones there are. */
static enum status load_texts(char ***ret, const struct yaml_doc *doc,
			      const struct yaml_node *list, const char *const *names,
			      struct err *err)
{
	const char *text;
	size_t which, count = 0;

	if (!list)
		return ST_OK;
	if (list->kind != YAML_SEQUENCE || list->count == 0)
		return yaml_error(doc, list, err, "expected a list");
	*ret = xcalloc(list->count + 1, sizeof(**ret));
	for (const struct yaml_node *at = list->first; at; at = at->next) {
		enum status st = names ? yaml_name(doc, at, names, &which, err) : ST_OK;

		if (!st)
			st = yaml_text(doc, at, &text, err);
		if (st)
			return st;
		(*ret)[count++] = xstrdup(text);
	}
	return ST_OK;
}

/* As a record's `language` is written. */
static enum status check_languages(const struct yaml_doc *doc,
				   const struct yaml_node *list, struct err *err)
{
	for (const struct yaml_node *at = list ? list->first : NULL; at; at = at->next)
		if (strspn(at->text, "abcdefghijklmnopqrstuvwxyz") != at->len ||
		    at->len < 2 || at->len > 3)
			return yaml_error(doc, at, err,
					  "a language is two or three small letters, "
					  "such as fr");
	return ST_OK;
}

static enum status load_kinds(struct rule *r, const struct yaml_doc *doc,
			      const struct yaml_node *list, struct err *err)
{
	const char *text;

	r->kinds = list ? 0 : KIND_BIT(KIND_REVIEW);
	if (list && (list->kind != YAML_SEQUENCE || list->count == 0))
		return yaml_error(doc, list, err, "expected a list of kinds");
	for (const struct yaml_node *at = list ? list->first : NULL; at; at = at->next) {
		enum status st = yaml_text(doc, at, &text, err);

		if (st)
			return st;
		enum kind kind = kind_from_name(span_of(text));
		if (kind == KIND_NONE)
			return yaml_error(doc, at, err, "no kind of record: '%s'", text);
		r->kinds |= KIND_BIT(kind);
	}
	return ST_OK;
}

static enum status load_scope(struct rule *r, const struct yaml_doc *doc, struct err *err)
{
	static const char *const known[] = {"kinds", "languages", "sources", "profiles",
					    NULL};
	const struct yaml_node *scope = yaml_get(r->node, "scope");
	enum status st = scope ? ground_check_scope(doc, scope, err) : ST_OK;

	if (!st && scope)
		st = yaml_known_keys(doc, scope, known, err);
	if (!st)
		st = load_kinds(r, doc, scope ? yaml_get(scope, "kinds") : NULL, err);
	if (st || !scope)
		return st;
	st = load_texts(&r->languages, doc, yaml_get(scope, "languages"), NULL, err);
	if (!st)
		st = check_languages(doc, yaml_get(scope, "languages"), err);
	if (!st)
		st = load_texts(&r->sources, doc, yaml_get(scope, "sources"), NULL, err);
	return st ? st
		  : load_texts(&r->profiles, doc, yaml_get(scope, "profiles"),
			       rule_profiles, err);
}

/* --- action -------------------------------------------------------------------------- */

static enum status load_reason(struct rule *r, const struct yaml_doc *doc,
			       const struct reasons *reasons, struct err *err)
{
	const struct yaml_node *node = yaml_get(r->node, "reason");
	const char *code = "";
	enum status st;

	if (!node && (r->action == ACTION_HOLD || r->action == ACTION_REJECT))
		return yaml_error(doc, r->node, err,
				  "'reason' is missing: a review is not refused or held "
				  "without one (U-OTHER; DSA-17, FR-04)");
	st = node ? yaml_text(doc, node, &code, err) : ST_OK;
	if (st)
		return st;
	const struct unlawful *unlawful = reasons_find_unlawful(reasons, code);
	if (unlawful)
		return yaml_error(doc, node, err, "'%s' is unlawful (%s): %s", code,
				  unlawful->behaviour, unlawful->breaks);
	if (node && !reasons_find(reasons, code)) {
		const char *near = reasons_nearest(reasons, code);

		return yaml_error(doc, node, err, "no reason '%s' in the catalogue%s%s%s",
				  code, near ? ", did you mean '" : "", near ? near : "",
				  near ? "'?" : "");
	}
	r->reason = xstrdup(code);
	r->reason_line = node ? node->line : 0;
	r->reason_column = node ? node->column : 0;
	return ST_OK;
}

static enum status load_action(struct rule *r, const struct yaml_doc *doc,
			       const struct reasons *reasons, struct err *err)
{
	static const char *const modes[] = {
		[MODE_LIVE] = "live", [MODE_SHADOW] = "shadow", NULL};
	const struct yaml_node *action, *mode;
	size_t which_action, which_mode;
	enum status st = yaml_need(doc, r->node, "action", &action, err);

	if (!st)
		st = ground_check_action(doc, action, err);
	if (!st)
		st = yaml_name(doc, action, action_names, &which_action, err);
	if (!st)
		st = yaml_need(doc, r->node, "mode", &mode, err);
	if (!st)
		st = yaml_name(doc, mode, modes, &which_mode, err);
	if (st)
		return st;
	r->action = (enum action)which_action;
	r->mode = (enum rule_mode)which_mode;
	if (ground_restricts(r->action))
		st = ground_check_restriction(doc, yaml_get(r->node, "when"), r->kinds,
					      err);
	return st ? st : load_reason(r, doc, reasons, err);
}

/* --- examples ------------------------------------------------------------------------ */

static enum status load_side(struct rule *r, const struct yaml_doc *doc,
			     const struct yaml_node *list, bool must_match,
			     struct err *err)
{
	enum kind kind = (enum kind)__builtin_ctzll(r->kinds);
	enum status st = ST_OK;

	for (const struct yaml_node *at = list->first; at && !st; at = at->next) {
		struct example *example = &r->examples[r->example_count];

		st = example_load(example, doc, at, kind,
				  r->sources ? r->sources[0] : NULL, err);
		if (st)
			return st;
		example->must_match = must_match;
		r->example_count++;
	}
	return st;
}

static enum status load_examples(struct rule *r, const struct yaml_doc *doc,
				 struct err *err)
{
	static const char *const known[] = {"match", "pass", NULL};
	const struct yaml_node *examples, *sides[2] = {NULL, NULL};
	enum status st = yaml_need(doc, r->node, "examples", &examples, err);

	if (!st)
		st = yaml_known_keys(doc, examples, known, err);
	for (size_t i = 0; i < 2 && !st; i++) {
		st = yaml_need(doc, examples, known[i], &sides[i], err);
		if (!st && (sides[i]->kind != YAML_SEQUENCE || sides[i]->count == 0))
			st = yaml_error(doc, sides[i], err,
					"a rule shows what it must %s, at least 1 time",
					known[i]);
	}
	if (st)
		return st;
	r->examples = xcalloc(sides[0]->count + sides[1]->count, sizeof(*r->examples));
	st = load_side(r, doc, sides[0], true, err);
	return st ? st : load_side(r, doc, sides[1], false, err);
}

/* --- the rule ------------------------------------------------------------------------ */

static enum status load_when(struct rule *r, struct condition_loader *l, struct err *err)
{
	const struct yaml_node *when;
	enum status st = yaml_need(l->doc, r->node, "when", &when, err);

	l->kinds = r->kinds;
	l->classified = false;
	if (!st)
		st = ground_check_when(l->doc, when, err);
	if (!st)
		st = condition_load(&r->when, l, when, err);
	return st;
}

/* It may be wrong about anybody, and cannot say why. */
static enum status check_model(const struct rule *r, const struct condition_loader *l,
			       struct err *err)
{
	if (!l->classified || r->action != ACTION_REJECT)
		return ST_OK;
	return yaml_error(l->doc, yaml_get(r->node, "action"), err,
			  "a model may hold or label, never reject: a person decides "
			  "(GD-14, DSA-15)");
}

enum status rule_load(struct rule *ret, struct condition_loader *l,
		      const struct yaml_node *node, const struct reasons *reasons,
		      struct err *err)
{
	const char *known[VOCABULARY_KEYS_MAX + 1];
	struct rule r = {.doc = l->doc, .node = node, .line = node->line};
	enum status st;

	vocabulary_keys(vocabulary_rule, known);
	st = yaml_known_keys(l->doc, node, known, err);
	if (!st)
		st = load_id(&r, l->doc, err);
	if (!st)
		st = load_clauses(&r, l->doc, err);
	if (!st)
		st = check_people(&r, l->doc, err);
	if (!st)
		st = load_scope(&r, l->doc, err);
	if (!st)
		st = load_when(&r, l, err);
	if (!st)
		st = load_action(&r, l->doc, reasons, err);
	if (!st)
		st = check_model(&r, l, err);
	if (!st)
		st = load_examples(&r, l->doc, err);
	r.file = xstrdup(yaml_path(l->doc));
	if (st)
		rule_release(&r);
	else
		*ret = r;
	return st;
}

static bool is_in(char *const *texts, struct span text)
{
	for (; *texts; texts++)
		if (span_equal(span_of(*texts), text))
			return true;
	return false;
}

bool rule_applies(const struct rule *r, const struct record *record, const char *profile)
{
	if (!(r->kinds & KIND_BIT(record->kind)))
		return false;
	if (r->languages && record_has(record, FIELD_LANGUAGE) &&
	    !is_in(r->languages, record->field[FIELD_LANGUAGE]))
		return false;
	if (r->sources && !is_in(r->sources, record->field[FIELD_SOURCE]))
		return false;
	return !r->profiles || is_in(r->profiles, span_of(profile));
}
