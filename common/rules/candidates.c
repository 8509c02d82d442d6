#include "candidates.h"

#include <stdlib.h>

#include "alloc.h"

/* What a condition waits for, from the commonest on. */
enum wait {
	WAIT_NOTHING,
	WAIT_FACT, /* a field, or a duplicate */
	WAIT_TEXT, /* one of its leaves */
	WAIT_EVER  /* a model that is not there: it never holds */
};

/* A field that some rules wait for; FIELD_COUNT: a duplicate. */
struct awaited {
	enum field field;
	uint64_t *rules; /* bit per rule */
};

#define DUPLICATE FIELD_COUNT
#define NO_RULE	  UINT32_MAX

struct candidates {
	size_t rule_count, words; /* of 64 rules */
	uint64_t *always;	  /* bit per rule: waits for nothing */
	struct awaited *awaited;
	size_t awaited_count;
	uint32_t *by_leaf; /* the rule that waits for a leaf, or NO_RULE */
	uint64_t *bits;	   /* of the record at hand; what was handed out is 0 */
	size_t at;	   /* word of bits */
};

/* --- what conditions wait for -------------------------------------------------------- */

static enum wait wait_of(const struct condition *c);

/* The part of an `all` that is waited for: what is missing from one is missing from all. */
static const struct condition *rarest_part(const struct condition *c)
{
	const struct condition *rarest = c->first;

	for (const struct condition *at = c->first->next; at; at = at->next)
		if (wait_of(at) > wait_of(rarest))
			rarest = at;
	return rarest;
}

static enum wait wait_of_any(const struct condition *c)
{
	enum wait wait = WAIT_EVER;

	for (const struct condition *at = c->first; at; at = at->next)
		wait = MIN(wait, wait_of(at));
	return wait;
}

static enum wait wait_of(const struct condition *c)
{
	switch (c->type) {
	case CONDITION_TEXT:
		return WAIT_TEXT;
	case CONDITION_ALL:
		return wait_of(rarest_part(c));
	case CONDITION_ANY:
		return wait_of_any(c);
	case CONDITION_FIELD:
	case CONDITION_DATE:
	case CONDITION_DUPLICATE:
		return WAIT_FACT;
	case CONDITION_PRESENT:
		return c->present ? WAIT_FACT : WAIT_NOTHING;
	case CONDITION_CLASSIFIER:
		return c->model == MODELS_MAX ? WAIT_EVER : WAIT_NOTHING;
	case CONDITION_NOT:
	case CONDITION_LANGUAGE:
	case CONDITION_MEASURE:
	case CONDITION_ARRIVALS:
		break;
	}
	return WAIT_NOTHING;
}

/* --- who waits for what -------------------------------------------------------------- */

static void add_bit(uint64_t *bits, uint32_t rule)
{
	bits[rule / 64] |= UINT64_C(1) << rule % 64;
}

static void await_fact(struct candidates *c, enum field field, uint32_t rule)
{
	size_t i = 0;

	while (i < c->awaited_count && c->awaited[i].field != field)
		i++;
	if (i == c->awaited_count) {
		c->awaited =
			xrealloc(c->awaited, ++c->awaited_count * sizeof(*c->awaited));
		c->awaited[i].field = field;
		c->awaited[i].rules = xcalloc(c->words, sizeof(*c->awaited[i].rules));
	}
	add_bit(c->awaited[i].rules, rule);
}

/* Of a condition that does not wait for nothing. */
static void await(struct candidates *c, const struct condition *of, uint32_t rule)
{
	switch (of->type) {
	case CONDITION_TEXT:
		c->by_leaf[of->leaf] = rule;
		break;
	case CONDITION_ALL:
		await(c, rarest_part(of), rule);
		break;
	case CONDITION_ANY:
		for (const struct condition *at = of->first; at; at = at->next)
			await(c, at, rule);
		break;
	case CONDITION_DUPLICATE:
		await_fact(c, DUPLICATE, rule);
		break;
	case CONDITION_DATE: /* holds only where both moments are there */
		await_fact(c, of->field != MOMENT_RECEIVED ? of->field : of->after, rule);
		break;
	case CONDITION_FIELD:
	case CONDITION_PRESENT:
		await_fact(c, of->field, rule);
		break;
	case CONDITION_CLASSIFIER: /* without its model */
	case CONDITION_NOT:
	case CONDITION_LANGUAGE:
	case CONDITION_MEASURE:
	case CONDITION_ARRIVALS:
		break;
	}
}

struct candidates *candidates_new(const struct rule *rules, size_t rule_count,
				  size_t leaf_count)
{
	struct candidates *c = xcalloc(1, sizeof(*c));

	c->words = (rule_count + 63) / 64;
	c->always = xcalloc(c->words + 1, sizeof(*c->always));
	c->bits = xcalloc(c->words + 1, sizeof(*c->bits));
	c->by_leaf = xcalloc(leaf_count + 1, sizeof(*c->by_leaf));
	memset(c->by_leaf, 0xFF, leaf_count * sizeof(*c->by_leaf));
	for (uint32_t i = 0; i < rule_count; i++)
		if (wait_of(rules[i].when) == WAIT_NOTHING)
			add_bit(c->always, i);
		else
			await(c, rules[i].when, i);
	return c;
}

void candidates_free(struct candidates *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->awaited_count; i++)
		free(c->awaited[i].rules);
	free(c->awaited);
	free(c->always);
	free(c->bits);
	free(c->by_leaf);
	free(c);
}

/* --- of one record ------------------------------------------------------------------- */

static bool is_there(enum field field, const struct facts *facts)
{
	return field == DUPLICATE ? facts->findings->duplicates.count > 0
				  : record_has(facts->record, field);
}

void candidates_find(struct candidates *c, const struct facts *facts)
{
	memcpy(c->bits, c->always, c->words * sizeof(*c->bits));
	for (size_t i = 0; i < c->awaited_count; i++)
		for (size_t k = 0; is_there(c->awaited[i].field, facts) && k < c->words;
		     k++)
			c->bits[k] |= c->awaited[i].rules[k];
	for (size_t i = 0; i < reading_count(facts->reading); i++) {
		uint32_t rule = c->by_leaf[reading_leaf(facts->reading, i)];

		if (rule != NO_RULE)
			add_bit(c->bits, rule);
	}
	c->at = 0;
}

bool candidates_next(struct candidates *c, uint32_t *ret_rule)
{
	while (c->at < c->words && c->bits[c->at] == 0)
		c->at++;
	if (c->at == c->words)
		return false;
	*ret_rule = (uint32_t)(c->at * 64) + (uint32_t)__builtin_ctzll(c->bits[c->at]);
	c->bits[c->at] &= c->bits[c->at] - 1;
	return true;
}
