/* The set as a whole: scopes, twins, rules in the shadow of others. */
#include "lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "digest.h"
#include "ground.h"
#include "lint_own.h"
#include "policy.h"

void lint_complain(const struct lint *l, const struct yaml_doc *doc,
		   const struct yaml_node *node, const char *format, ...)
{
	struct conf_place place = {node->line, node->column, true};
	char text[2 * ERR_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	conf_complain(l->report, yaml_path(doc), place, "%s", text);
}

/* --- equal trees --------------------------------------------------------------------- */

const struct yaml_node *lint_branches(const struct yaml_node *condition,
				      const char **ret_key)
{
	static const char *const keys[] = {"all", "any", "not"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct yaml_node *at = yaml_get(condition, keys[i]);

		if (!at)
			continue;
		*ret_key = keys[i];
		return at;
	}
	return NULL;
}

static uint64_t hash_text(const char *text, uint64_t seed)
{
	return hash64(span_of(text), seed);
}

static uint64_t mix(uint64_t hash, uint64_t seed)
{
	return hash64((struct span){(const uint8_t *)&hash, sizeof(hash)}, seed);
}

static bool is_default(const struct yaml_node *value)
{
	if (value->kind != YAML_SCALAR)
		return false;
	return (strcmp(value->key, "on") == 0 && strcmp(value->text, "match") == 0) ||
	       (strcmp(value->key, "days") == 0 && strcmp(value->text, "0") == 0);
}

/* Of one condition, or of the values of a key. Sums, because order means nothing. */
static uint64_t hash_pair(const struct yaml_node *value)
{
	/* `is: x` is `in: [x]`. */
	if (strcmp(value->key, "is") == 0)
		return mix(mix(lint_hash(value), 1), hash_text("in", 2));
	return mix(lint_hash(value), hash_text(value->key, 2));
}

uint64_t lint_hash(const struct yaml_node *node)
{
	const char *key = NULL;
	const struct yaml_node *inside = lint_branches(node, &key);
	uint64_t sum = 0;

	if (node->kind == YAML_SCALAR)
		return hash_text(node->text, 0);
	if (inside && inside->kind == YAML_SEQUENCE && inside->count == 1)
		return lint_hash(inside->first);
	for (const struct yaml_node *at = node->first; at; at = at->next) {
		if (node->kind == YAML_SEQUENCE)
			sum += mix(lint_hash(at), 1);
		else if (!is_default(at))
			sum += hash_pair(at);
	}
	return sum;
}

/* --- scopes and twins ---------------------------------------------------------------- */

static void lint_scope(const struct lint *l, const struct rule *r)
{
	const struct yaml_node *scope = yaml_get(r->node, "scope");

	for (const struct yaml_node *list = scope ? scope->first : NULL; list;
	     list = list->next)
		for (const struct yaml_node *at = list->first; at; at = at->next)
			for (const struct yaml_node *one = list->first; one != at;
			     one = one->next)
				if (strcmp(one->text, at->text) == 0)
					lint_complain(l, r->doc, at,
						      "'%s' stands in this scope twice",
						      at->text);
	if (r->languages && !(field_table[FIELD_LANGUAGE].kinds & r->kinds))
		lint_complain(l, r->doc, yaml_get(scope, "languages"),
			      "no kind in the rule's scope has a language");
}

static uint64_t hash_texts(char *const *texts, uint64_t seed)
{
	uint64_t sum = 0;

	for (; texts && *texts; texts++)
		sum += hash_text(*texts, seed);
	return mix(sum, seed);
}

static uint64_t hash_scope(const struct rule *r)
{
	return mix(r->kinds, 0) + hash_texts(r->languages, 3) +
	       hash_texts(r->sources, 4) + hash_texts(r->profiles, 5);
}

/* When and where. */
static uint64_t hash_rule(const struct rule *r)
{
	return mix(lint_hash(yaml_get(r->node, "when")), 6) + hash_scope(r);
}

static bool stands_before(const struct rule *a, const struct rule *b)
{
	int order = strcmp(a->file, b->file);

	return order != 0 ? order < 0 : a->node->line < b->node->line;
}

/* A shadow rule may try another action of a live one; nothing else is said twice. */
static void lint_twins(const struct lint *l)
{
	OWNED(freep) uint64_t *hash = xcalloc(l->rs->rule_count, sizeof(*hash));

	for (size_t i = 0; i < l->rs->rule_count; i++) {
		const struct rule *b = &l->rs->rules[i];

		hash[i] = hash_rule(b);
		for (size_t k = 0; k < i; k++) {
			const struct rule *a = &l->rs->rules[k];
			const struct rule *first = stands_before(a, b) ? a : b;
			const struct rule *second = first == a ? b : a;

			if (hash[i] != hash[k] ||
			    (a->mode != b->mode && a->action != b->action))
				continue;
			lint_complain(l, second->doc, yaml_get(second->node, "when"),
				      "rule %s looks for the same in the same scope: "
				      "%s:%u; keep one",
				      first->id, first->file, first->node->line);
			break;
		}
	}
}

/* --- in the shadow of others --------------------------------------------------------- */

bool lint_holds(const struct lint *l, const struct rule *r, struct facts *facts)
{
	return rule_applies(r, facts->record, l->rs->profile) &&
	       condition_holds(r->when, facts);
}

/* May `before` make `r` superfluous? Severer, or as severe in the same scope: then it
 * decides first. Labels do not decide: a review may have many. What a model says depends on
 * the model. */
static bool may_shade(const struct rule *before, const struct rule *r)
{
	return before->mode == MODE_LIVE &&
	       (before->action > r->action ||
		(ground_restricts(r->action) && hash_scope(before) == hash_scope(r))) &&
	       !condition_asks(before->when, CONDITION_CLASSIFIER);
}

/* The live rule before it that decides the example instead; NULL: it decides itself, or does
 * not hold at all (the test of the examples says so). Evidence is not asked for: to find
 * places costs a database for each pattern. */
static const struct rule *who_decides(const struct lint *l, const struct rule *r,
				      const struct example *example)
{
	struct findings findings;
	struct record record;

	if (record_parse(&record, buf_view(&example->bytes), NULL))
		return NULL;
	example_findings(example, &findings);
	struct facts facts = ruleset_facts(l->rs, &record, &findings);
	if (!lint_holds(l, r, &facts))
		return NULL;
	/* The rules stand in the order in which they decide. */
	for (const struct rule *at = l->rs->rules; at < r; at++)
		if (may_shade(at, r) && lint_holds(l, at, &facts))
			return at;
	return NULL;
}

/* In one of its examples, under one of its profiles, it must be the one that decides. */
static const struct rule *find_shade(const struct lint *l, const struct rule *r)
{
	const struct rule *shade = NULL;

	for (size_t p = 0;
	     r->profiles ? r->profiles[p] != NULL : policy_profiles[p] != NULL; p++) {
		ruleset_use_profile(l->rs,
				    r->profiles ? r->profiles[p] : policy_profiles[p]);
		for (size_t i = 0; i < r->example_count; i++) {
			if (!r->examples[i].must_match)
				continue;
			shade = who_decides(l, r, &r->examples[i]);
			if (!shade)
				return NULL;
		}
	}
	return shade;
}

static void complain_shaded(const struct lint *l, const struct rule *r,
			    const struct rule *shade)
{
	lint_complain(
		l, r->doc, yaml_get(r->node, "examples"),
		"rule %s decides none of its own examples: rule %s is there each "
		"time, and before it; show one that only this rule finds, or drop it",
		r->id, shade->id);
}

/* Whoever stands before several is the one that is wrong. */
static void complain_broad(const struct lint *l, const struct rule *shade, size_t count,
			   const struct rule *one)
{
	lint_complain(
		l, shade->doc, yaml_get(shade->node, "when"),
		"rule %s is too broad: %zu rules decide none of their own examples, "
		"because it is there each time, and before them: %s (%s:%u) and others",
		shade->id, count, one->id, one->file, one->node->line);
}

static void lint_shade(const struct lint *l)
{
	size_t rules = l->rs->rule_count;
	OWNED(freep) const struct rule **shade = xcalloc(rules, sizeof(*shade));
	OWNED(freep) size_t *shaded = xcalloc(rules, sizeof(*shaded));

	for (size_t i = 0; i < rules; i++) {
		const struct rule *r = &l->rs->rules[i];

		shade[i] = r->mode == MODE_LIVE ? find_shade(l, r) : NULL;
		if (shade[i])
			shaded[shade[i] - l->rs->rules]++;
	}
	for (size_t i = 0; i < rules; i++) {
		size_t *count = shade[i] ? &shaded[shade[i] - l->rs->rules] : NULL;

		if (count && *count == 1)
			complain_shaded(l, &l->rs->rules[i], shade[i]);
		else if (count && *count > 1)
			complain_broad(l, shade[i], *count, &l->rs->rules[i]);
		if (count)
			*count = 0; /* said */
	}
}

void lint_ruleset(struct ruleset *rs, const struct word_lists *lists,
		  const struct criticism *criticism, struct conf_report *report)
{
	struct lint l = {rs, lists, criticism, report};
	OWNED(freep) char *profile = xstrdup(rs->profile);

	for (size_t i = 0; i < rs->rule_count; i++)
		lint_scope(&l, &rs->rules[i]);
	lint_reasons(&l);
	lint_conditions(&l);
	lint_words(&l);
	lint_patterns(&l);
	lint_twins(&l);
	lint_shade(&l);
	lint_tone(&l);
	lint_neutral(&l);
	lint_whole(&l);
	ruleset_use_profile(rs, profile);
}
