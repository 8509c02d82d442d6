#include "rule.h"

#include <stdlib.h>

#include "alloc.h"
#include "clause.h"
#include "ground.h"
#include "owner.h"
#include "policy.h"
#include "vocabulary.h"

#define VERSION_MAX UINT16_MAX

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

/* --- loading ------------------------------------------------------------------------- */

/* What the steps below fill in; each says at most one thing that is wrong. */
struct rule_loading {
	struct rule r;
	struct condition_loader *l;
	const struct yaml_doc *doc;
	const struct reasons *reasons;
	struct law law;
};

static enum status check_keys(struct rule_loading *x, struct err *err)
{
	const char *known[VOCABULARY_KEYS_MAX + 1];

	vocabulary_keys(vocabulary_rule, known);
	return yaml_known_keys(x->doc, x->r.node, known, err);
}

/* --- identity ------------------------------------------------------------------------ */

static enum status load_id(struct rule_loading *x, struct err *err)
{
	const struct yaml_node *id;
	const char *text;
	enum status st = yaml_need(x->doc, x->r.node, "id", &id, err);

	if (!st)
		st = yaml_text(x->doc, id, &text, err);
	if (!st && (id->len > RULE_ID_MAX ||
		    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != id->len ||
		    id->len == 0))
		st = yaml_error(x->doc, id, err,
				"an id has 1 to %d small letters, digits and hyphens",
				RULE_ID_MAX);
	if (!st)
		x->r.id = xstrdup(text);
	return st;
}

static enum status load_version(struct rule_loading *x, struct err *err)
{
	const struct yaml_node *version;
	int64_t number = 0;
	enum status st = yaml_need(x->doc, x->r.node, "version", &version, err);

	if (!st)
		st = yaml_int(x->doc, version, 1, VERSION_MAX, &number, err);
	x->r.version = (uint16_t)number;
	return st;
}

static enum status load_clauses(struct rule_loading *x, struct err *err)
{
	OWNED(buf_release) struct buf joined = BUF_INIT(RULE_CLAUSES_MAX);
	const struct yaml_node *list;
	enum status st = yaml_need(x->doc, x->r.node, "clause", &list, err);

	if (!st)
		st = clause_check(x->doc, list, err);
	if (st)
		return st;
	for (const struct yaml_node *at = list->first; at; at = at->next)
		buf_format(&joined, "%s%s", at == list->first ? "" : ",", at->text);
	if (joined.full)
		return yaml_error(x->doc, list, err, "more than %d bytes of clauses",
				  RULE_CLAUSES_MAX);
	x->r.clauses = xstrdup(buf_string(&joined));
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
	if (!st && r->id && strcmp(text, r->id) == 0)
		st = yaml_error(doc, node, err,
				"the title is only the id again: say in words what is "
				"looked for");
	return st;
}

/* What a person who reads the rule needs, and no machine. */
static enum status check_people(struct rule_loading *x, struct err *err)
{
	static const char *const languages[] = {"en", "fr", NULL};
	const struct yaml_node *title, *node;
	enum status st = yaml_need(x->doc, x->r.node, "title", &title, err);

	if (!st)
		st = yaml_known_keys(x->doc, title, languages, err);
	for (size_t i = 0; languages[i] && !st; i++) {
		st = yaml_need(x->doc, title, languages[i], &node, err);
		if (!st)
			st = check_title(&x->r, x->doc, node, err);
	}
	return st;
}

static enum status check_owner(struct rule_loading *x, struct err *err)
{
	return owner_check(x->doc, x->r.node, err);
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
	uint64_t kinds = 0;

	if (list && (list->kind != YAML_SEQUENCE || list->count == 0))
		return yaml_error(doc, list, err, "expected a list of kinds");
	for (const struct yaml_node *at = list ? list->first : NULL; at; at = at->next) {
		enum status st = yaml_text(doc, at, &text, err);

		if (st)
			return st;
		enum kind kind = kind_from_name(span_of(text));
		if (kind == KIND_NONE)
			return yaml_error(doc, at, err, "no kind of record: '%s'", text);
		kinds |= KIND_BIT(kind);
	}
	r->kinds = kinds ? kinds : KIND_BIT(KIND_REVIEW);
	return ST_OK;
}

static enum status load_scope(struct rule_loading *x, struct err *err)
{
	static const char *const known[] = {"kinds", "languages", "sources", "profiles",
					    NULL};
	const struct yaml_doc *doc = x->doc;
	struct rule *r = &x->r;
	const struct yaml_node *scope = yaml_get(r->node, "scope");
	enum status st = scope ? ground_check_scope(&x->law, scope, err) : ST_OK;

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
			       policy_profiles, err);
}

/* --- action -------------------------------------------------------------------------- */

static enum status load_action(struct rule_loading *x, struct err *err)
{
	const struct yaml_node *action;
	size_t which;
	enum status st = yaml_need(x->doc, x->r.node, "action", &action, err);

	if (!st)
		st = ground_check_action(&x->law, action, err);
	if (!st)
		st = yaml_name(x->doc, action, action_names, &which, err);
	if (!st)
		x->r.action = (enum action)which;
	return st;
}

static enum status load_mode(struct rule_loading *x, struct err *err)
{
	static const char *const modes[] = {
		[MODE_LIVE] = "live", [MODE_SHADOW] = "shadow", NULL};
	const struct yaml_node *mode;
	size_t which;
	enum status st = yaml_need(x->doc, x->r.node, "mode", &mode, err);

	if (!st)
		st = yaml_name(x->doc, mode, modes, &which, err);
	if (!st)
		x->r.mode = (enum rule_mode)which;
	return st;
}

static enum status check_code(const struct rule_loading *x, const struct yaml_node *node,
			      const char *code, struct err *err)
{
	const struct unlawful *unlawful = reasons_find_unlawful(x->reasons, code);

	if (unlawful)
		return yaml_error(x->doc, node, err, "'%s' is unlawful (%s): %s", code,
				  unlawful->behaviour, unlawful->breaks);
	if (reasons_find(x->reasons, code))
		return ST_OK;
	const char *near = reasons_nearest(x->reasons, code);
	return yaml_error(x->doc, node, err, "no reason '%s' in the catalogue%s%s%s",
			  code, near ? ", did you mean '" : "", near ? near : "",
			  near ? "'?" : "");
}

static enum status load_reason(struct rule_loading *x, struct err *err)
{
	const struct yaml_node *node = yaml_get(x->r.node, "reason");
	const char *code = "";
	enum status st;

	if (!node && (x->r.action == ACTION_HOLD || x->r.action == ACTION_REJECT))
		return yaml_error(x->doc, x->r.node, err,
				  "'reason' is missing: a review is not refused or held "
				  "without one (%s; FR-04)",
				  reasons_cite(x->reasons, "U-OTHER"));
	st = node ? yaml_text(x->doc, node, &code, err) : ST_OK;
	if (!st && node)
		st = check_code(x, node, code, err);
	if (st)
		return st;
	x->r.reason = xstrdup(code);
	x->r.reason_line = node ? node->line : 0;
	x->r.reason_column = node ? node->column : 0;
	return ST_OK;
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

static enum status load_examples(struct rule_loading *x, struct err *err)
{
	static const char *const known[] = {"match", "pass", NULL};
	const struct yaml_doc *doc = x->doc;
	struct rule *r = &x->r;
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

static enum status load_when(struct rule_loading *x, struct err *err)
{
	const struct yaml_node *when;
	enum status st = yaml_need(x->doc, x->r.node, "when", &when, err);

	x->l->kinds = x->r.kinds;
	x->l->classified = false;
	if (!st)
		st = ground_check_when(&x->law, when, err);
	if (!st)
		st = condition_load(&x->r.when, x->l, when, err);
	if (!st)
		x->r.guesses = condition_asks(x->r.when, CONDITION_CLASSIFIER);
	return st;
}

static enum status check_restriction(struct rule_loading *x, struct err *err)
{
	const struct yaml_node *when = yaml_get(x->r.node, "when");

	if (!when || !ground_restricts(x->r.action))
		return ST_OK;
	return ground_check_restriction(&x->law, when, x->r.kinds, err);
}

/* It may be wrong about anybody, and cannot say why. */
static enum status check_model(struct rule_loading *x, struct err *err)
{
	if (!x->l->classified || x->r.action != ACTION_REJECT)
		return ST_OK;
	return yaml_error(x->doc, yaml_get(x->r.node, "action"), err,
			  "a model may hold or label, never reject: a person decides "
			  "(GD-14, DSA-15)");
}

/* In an order in which each finds what it builds on: the kinds before the condition and the
 * examples, the action before the reason. */
static enum status (*const steps[])(struct rule_loading *x, struct err *err) = {
	check_keys,  load_id,	  load_version, load_clauses,  check_people,
	check_owner, load_scope,  load_when,	load_action,   check_restriction,
	load_mode,   load_reason, check_model,	load_examples,
};

enum status rule_load(struct rule *ret, struct condition_loader *l,
		      const struct yaml_node *node, const struct reasons *reasons,
		      struct conf_report *report, struct err *err)
{
	struct rule_loading x = {.r = {.node = node,
				       .doc = l->doc,
				       .line = node->line,
				       .kinds = KIND_BIT(KIND_REVIEW)},
				 .l = l,
				 .doc = l->doc,
				 .reasons = reasons,
				 .law = {l->doc, reasons}};
	enum status st = ST_OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && (!st || st == ST_ECONFIG); i++) {
		struct err why = {""};
		enum status wrong = steps[i](&x, &why);

		if (wrong == ST_ECONFIG)
			conf_complain_err(report, yaml_path(l->doc), &why);
		if (wrong) {
			st = wrong;
			*err = why;
		}
	}
	x.r.file = xstrdup(yaml_path(l->doc));
	if (st)
		rule_release(&x.r);
	else
		*ret = x.r;
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
