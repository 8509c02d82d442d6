/* Conditions of one rule against each other. What must hold together is gathered on the way
 * down (through `all`, and through `any` under `not`); where the way parts, each branch is
 * judged with what was gathered above it. */
#include "lint_own.h"

struct gathered {
	const struct lint *l;
	const struct rule *rule;
	struct lint_literal at[LINT_CONDITIONS_MAX];
	size_t count;
	bool said; /* one complaint per rule: the rest may follow from it */
};

static void complain(struct gathered *g, const struct yaml_node *node, const char *what,
		     const struct yaml_node *other)
{
	if (g->said)
		return;
	g->said = true;
	if (other)
		lint_complain(g->l, g->rule->doc, node, "%s: see line %u, column %u",
			      what, other->line, other->column);
	else
		lint_complain(g->l, g->rule->doc, node, "%s", what);
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Through every `not`, and every `all` and `any` of one. */
static struct lint_literal literal_of(const struct yaml_node *node, bool negated)
{
	const char *key = NULL;
	const struct yaml_node *inside = lint_branches(node, &key);

	if (inside && is(key, "not"))
		return literal_of(inside, !negated);
	if (inside && inside->count == 1)
		return literal_of(inside->first, negated);
	return (struct lint_literal){node, negated, lint_hash(node)};
}

/* --- one condition ------------------------------------------------------------------- */

static bool scope_has(char *const *texts, const char *text)
{
	for (; texts && *texts; texts++)
		if (is(*texts, text))
			return true;
	return false;
}

/* Words of a language that the scope leaves out are never looked for. */
static void check_language(struct gathered *g, const struct yaml_node *node)
{
	const struct yaml_node *list = yaml_get(node, "list");
	const struct yaml_node *language = yaml_get(node, "language");
	const char *of = NULL;

	if ((yaml_get(node, "words") || yaml_get(node, "stems")) && language)
		of = language->text;
	for (size_t i = 0; list && i < word_lists_count(g->l->lists); i++)
		if (is(word_lists_at(g->l->lists, i)->id, list->text))
			of = word_lists_at(g->l->lists, i)->language;
	if (of && of[0] && g->rule->languages && !scope_has(g->rule->languages, of))
		complain(g, node,
			 "these words are of a language that is not in the scope",
			 yaml_get(yaml_get(g->rule->node, "scope"), "languages"));
}

static void check_scope(struct gathered *g, const struct lint_literal *literal)
{
	const struct yaml_node *scope = yaml_get(g->rule->node, "scope");
	const struct yaml_node *languages = scope ? yaml_get(scope, "languages") : NULL;
	const struct yaml_node *sources = scope ? yaml_get(scope, "sources") : NULL;

	if (languages && !lint_meets(literal, "language", languages))
		complain(g, literal->node, "this never holds in the rule's scope",
			 languages);
	if (sources && !lint_meets(literal, "source", sources))
		complain(g, literal->node, "this never holds in the rule's scope",
			 sources);
}

static void add(struct gathered *g, const struct lint_literal *literal)
{
	const char *key = NULL, *vain;

	for (size_t i = 0; i < g->count && !g->said; i++) {
		const struct lint_literal *other = &g->at[i];

		if (lint_contradict(other, literal))
			complain(g, literal->node, "this can never hold beside another",
				 other->node);
		else if (other->hash == literal->hash)
			complain(g, literal->node, "this must hold already", other->node);
	}
	if (g->count == LINT_CONDITIONS_MAX)
		return;
	g->at[g->count++] = *literal;
	if (lint_branches(literal->node, &key))
		return;
	vain = lint_vain(literal);
	if (vain)
		complain(g, literal->node, vain, NULL);
	check_language(g, literal->node);
	check_scope(g, literal);
}

/* --- the tree ------------------------------------------------------------------------ */

/* All that must hold where `literal` does. */
static void gather(struct gathered *g, const struct lint_literal *literal)
{
	const char *key = NULL;
	const struct yaml_node *inside = lint_branches(literal->node, &key);

	if (!inside || is(key, literal->negated ? "all" : "any")) {
		add(g, literal);
		return;
	}
	for (const struct yaml_node *at = inside->first; at; at = at->next) {
		struct lint_literal next = literal_of(at, literal->negated);
		gather(g, &next);
	}
}

/* Branches of which one is enough. */
static void compare_branches(struct gathered *g, const struct yaml_node *list)
{
	for (const struct yaml_node *at = list->first; at && !g->said; at = at->next) {
		struct lint_literal a = literal_of(at, false);

		for (const struct yaml_node *other = list->first; other != at;
		     other = other->next) {
			struct lint_literal b = literal_of(other, false);

			if (a.hash == b.hash)
				complain(g, at,
					 a.negated == b.negated
						 ? "this branch stands here twice"
						 : "one of these branches always holds",
					 other);
		}
	}
}

static void judge(struct gathered *g, const struct lint_literal *literal)
{
	size_t from = g->count, end;

	gather(g, literal);
	end = g->count;
	for (size_t i = from; i < end && !g->said; i++) {
		struct lint_literal parted = g->at[i];
		const char *key = NULL;
		const struct yaml_node *inside = lint_branches(parted.node, &key);

		if (!inside)
			continue;
		compare_branches(g, inside);
		for (const struct yaml_node *at = inside->first; at; at = at->next) {
			struct lint_literal branch = literal_of(at, parted.negated);

			judge(g, &branch);
			g->count = end;
		}
	}
}

static size_t count_conditions(const struct yaml_node *node)
{
	const char *key = NULL;
	const struct yaml_node *inside = lint_branches(node, &key);
	size_t count = 1;

	if (!inside)
		return 1;
	if (is(key, "not"))
		return count_conditions(inside);
	for (const struct yaml_node *at = inside->first; at; at = at->next)
		count += count_conditions(at);
	return count;
}

void lint_conditions(const struct lint *l)
{
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		struct gathered g = {.l = l, .rule = &l->rs->rules[i]};
		const struct yaml_node *when = yaml_get(g.rule->node, "when");
		struct lint_literal whole = literal_of(when, false);

		if (count_conditions(when) > LINT_CONDITIONS_MAX)
			lint_complain(l, g.rule->doc, when,
				      "more than %d conditions: nobody reads them; use "
				      "lists of words, or more rules",
				      LINT_CONDITIONS_MAX);
		else
			judge(&g, &whole);
	}
}
