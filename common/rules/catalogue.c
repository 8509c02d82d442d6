#include "catalogue.h"

#include "clause.h"
#include "nearest.h"
#include "utf8.h"

#define NAMES_MAX 64 /* of one list */

enum list {
	LAWFUL,
	CONDITIONAL,
	UNLAWFUL,
	OWN_ACT,
	BY_PERSON,
	DSA_GROUND,
	DSA_CATEGORY,
	DSA_KEYWORD,
	SEEN_IN,
};

static const struct {
	enum list list;
	const char *name;
} names[] = {
#define NAME(list, name) {list, name},
#include "catalogue.def"
#undef NAME
};

struct checking {
	const struct yaml_doc *doc;
	struct conf_report *report;
};

static bool has(enum list list, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].list == list && strcmp(names[i].name, name) == 0)
			return true;
	return false;
}

bool catalogue_is_by_person(const char *code)
{
	return has(BY_PERSON, code);
}

static const char *nearest(enum list list, const char *wrong)
{
	const char *known[NAMES_MAX + 1] = {NULL};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(names) && count < NAMES_MAX; i++)
		if (names[i].list == list)
			known[count++] = names[i].name;
	return nearest_name(wrong, known);
}

static struct conf_place place_of(const struct yaml_node *node)
{
	return (struct conf_place){node->line, node->column, true};
}

static bool is_text(const struct yaml_node *node)
{
	return node && node->kind == YAML_SCALAR;
}

static void check_name(const struct checking *c, enum list list, const char *what,
		       const struct yaml_node *node)
{
	if (!is_text(node) || has(list, node->text))
		return;
	const char *near = nearest(list, node->text);

	conf_complain(c->report, yaml_path(c->doc), place_of(node), "no %s '%s'%s%s%s",
		      what, node->text, near ? ", did you mean '" : "", near ? near : "",
		      near ? "'?" : "");
}

static void check_words(const struct checking *c, const struct yaml_node *node)
{
	if (is_text(node) &&
	    utf8_shows_nothing((struct span){(const uint8_t *)node->text, node->len}))
		conf_complain(c->report, yaml_path(c->doc), place_of(node),
			      "'%s' has no word in it: an author could not read why "
			      "(DSA-19, FR-04)",
			      node->key);
}

static void check_both(const struct checking *c, const struct yaml_node *both)
{
	check_words(c, yaml_get(both, "en"));
	check_words(c, yaml_get(both, "fr"));
}

static void complain_err(const struct checking *c, enum status st, const struct err *err)
{
	if (st)
		conf_complain_err(c->report, yaml_path(c->doc), err);
}

/* --- one entry ----------------------------------------------------------------------- */

static void check_dsa(const struct checking *c, const struct yaml_node *reason)
{
	const struct yaml_node *code = yaml_get(reason, "code");
	const struct yaml_node *dsa = yaml_get(reason, "dsa");

	if (!is_text(code))
		return;
	if (!dsa) {
		if (!has(OWN_ACT, code->text))
			conf_complain(c->report, yaml_path(c->doc), place_of(reason),
				      "'dsa' is missing: a statement of reasons has a "
				      "ground and a category (DSA-16, DSA-17, DSA-39)");
		return;
	}
	if (!yaml_get(dsa, "category"))
		conf_complain(c->report, yaml_path(c->doc), place_of(dsa),
			      "'category' is missing: each code has one (DSA-39)");
	check_name(c, DSA_GROUND, "ground of the DSA", yaml_get(dsa, "ground"));
	check_name(c, DSA_CATEGORY, "category of the DSA Transparency Database",
		   yaml_get(dsa, "category"));
	check_name(c, DSA_KEYWORD, "keyword of the DSA Transparency Database for reviews",
		   yaml_get(dsa, "keyword"));
}

static void check_seen(const struct checking *c, const struct yaml_node *reason)
{
	const struct yaml_node *list = yaml_get(reason, "seen_in");

	if (!list || list->kind != YAML_SEQUENCE || list->count == 0) {
		conf_complain(c->report, yaml_path(c->doc),
			      place_of(list ? list : reason),
			      "'seen_in' says where the reason was seen: a list of "
			      "clauses, or [unsourced]");
		return;
	}
	for (const struct yaml_node *at = list->first; at; at = at->next) {
		struct err err = {""};

		if (!is_text(at) || !has(SEEN_IN, at->text))
			complain_err(c, clause_check_one(c->doc, at, &err), &err);
	}
}

static void check_reason(const struct checking *c, enum list list,
			 const struct yaml_node *reason)
{
	check_name(c, list, "reason in the closed catalogue", yaml_get(reason, "code"));
	check_both(c, yaml_get(reason, "label"));
	check_both(c, yaml_get(reason, "explanation"));
	check_words(c, yaml_get(reason, "evidence"));
	check_words(c, yaml_get(reason, "condition"));
	check_dsa(c, reason);
	check_seen(c, reason);
}

static void check_unlawful(const struct checking *c, const struct yaml_node *unlawful)
{
	const struct yaml_node *breaks = yaml_get(unlawful, "breaks");
	struct err err = {""};

	check_name(c, UNLAWFUL, "unlawful code in the catalogue",
		   yaml_get(unlawful, "code"));
	check_words(c, yaml_get(unlawful, "behaviour"));
	if (breaks)
		complain_err(c, clause_check(c->doc, breaks, &err), &err);
}

/* --- the file ------------------------------------------------------------------------ */

static bool stands_in(const struct yaml_node *list, const char *code)
{
	for (const struct yaml_node *at = list->first; at; at = at->next) {
		const struct yaml_node *node = yaml_get(at, "code");

		if (is_text(node) && strcmp(node->text, code) == 0)
			return true;
	}
	return false;
}

static void check_all_unlawful(const struct checking *c, const struct yaml_node *list)
{
	for (const struct yaml_node *at = list->first; at; at = at->next)
		check_unlawful(c, at);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].list == UNLAWFUL && !stands_in(list, names[i].name))
			conf_complain(c->report, yaml_path(c->doc), place_of(list),
				      "'%s' is missing: what is unlawful is not left to "
				      "choose",
				      names[i].name);
}

void catalogue_check(const char *path, struct span bytes, struct conf_report *report)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;

	if (yaml_parse(&doc, path, bytes, NULL))
		return;
	const struct checking c = {doc, report};
	const struct yaml_node *lawful = yaml_get(yaml_root(doc), "lawful");
	const struct yaml_node *conditional = yaml_get(yaml_root(doc), "conditional");
	const struct yaml_node *unlawful = yaml_get(yaml_root(doc), "unlawful");

	for (const struct yaml_node *at = lawful ? lawful->first : NULL; at;
	     at = at->next)
		check_reason(&c, LAWFUL, at);
	for (const struct yaml_node *at = conditional ? conditional->first : NULL; at;
	     at = at->next)
		check_reason(&c, CONDITIONAL, at);
	if (unlawful)
		check_all_unlawful(&c, unlawful);
}
