/* What the author is told must be so. Some reasons belong to a ground and a ground to its reason;
 * some only a person can give. A rule may have several ways to be fulfilled (lint_way.c): each
 * is judged for itself. */
#include "lint_own.h"

#include "catalogue.h"
#include "ground.h"

/* --- grounds ------------------------------------------------------------------------- */

static bool lacks_proof(const struct lint_part *part)
{
	const struct condition *c = part->condition;

	return c->type == CONDITION_PRESENT && c->present == part->negated &&
	       (c->field == FIELD_PURCHASE_REF || c->field == FIELD_INVITATION_ID);
}

static bool is_after(const struct lint_part *part, enum field field)
{
	return part->condition->type == CONDITION_DATE && !part->negated &&
	       part->condition->after == field;
}

static bool is_late(const struct lint_part *part)
{
	return is_after(part, FIELD_EXPERIENCE_DATE);
}

static bool is_old(const struct lint_part *part)
{
	return is_after(part, FIELD_PUBLISHED_AT_ORIGIN);
}

static bool is_language(const struct lint_part *part)
{
	const struct condition *c = part->condition;

	return c->type == CONDITION_LANGUAGE ||
	       (c->type == CONDITION_FIELD && c->field == FIELD_LANGUAGE);
}

static const struct tie {
	bool (*is_ground)(const struct lint_part *part);
	const char *what, *code, *clauses;
} ties[] = {
	{lacks_proof, "a missing proof of purchase", "C-NOPROOF", "AF-05, FR-06"},
	{is_late, "the time since the experience", "C-LATE", "ES-01, IT-01"},
	{is_old, "the time since the first publication", "C-OLD", "IT-04, AF-25"},
	{is_language, "the language", "C-LANG", "ISO-29, AF-15"},
};

/* A text of at least some length is where others look, and no ground itself. */
static bool is_least_length(const struct lint_part *part)
{
	const struct condition *c = part->condition;

	return c->type == CONDITION_MEASURE && measure_is_length(c->measure) &&
	       (part->negated ? c->above < 0 : c->below == INT64_MAX);
}

/* Fields that say something against a review: what they hold, or that they are not there. */
static bool is_doubtful(const struct lint_part *part)
{
	static const enum field told[] = {
		FIELD_ATTESTATION,	   FIELD_LEGACY,
		FIELD_ORIGIN_STATE,	   FIELD_INCENTIVE_TYPE,
		FIELD_INCENTIVE_VALUE,	   FIELD_INCENTIVE_CONDITIONED,
		FIELD_INCENTIVE_DISCLOSED,
	};
	static const enum field absent[] = {FIELD_AUTHOR_REF, FIELD_CONTACT_CHANNEL,
					    FIELD_CONTACT_VALUE};
	const struct condition *c = part->condition;
	bool is_absent = c->type == CONDITION_PRESENT && c->present == part->negated;

	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (c->field == told[i])
			return true;
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		if (c->field == absent[i])
			return is_absent;
	return false;
}

/* Is it a ground of its own, beside which another is a sign among several? Where a review comes
 * from is none, nor is what is not found in it. */
static bool is_other_ground(const struct lint_part *part)
{
	const struct condition *c = part->condition;

	switch (c->type) {
	case CONDITION_FIELD:
	case CONDITION_PRESENT:
		return is_doubtful(part);
	case CONDITION_DATE:
	case CONDITION_LANGUAGE:
		return false;
	case CONDITION_TEXT:
	case CONDITION_CLASSIFIER:
	case CONDITION_DUPLICATE:
	case CONDITION_ARRIVALS:
		return !part->negated;
	case CONDITION_MEASURE:
		return !is_least_length(part);
	case CONDITION_ALL:
	case CONDITION_ANY:
	case CONDITION_NOT:
		break;
	}
	assert(!"a way is made of conditions without conditions in them");
	return false;
}

/* The first of its grounds that has a reason of its own, where the rule gives none of these. */
static const struct tie *broken_tie(const struct rule *r, const struct lint_way *way)
{
	const struct tie *broken = NULL;

	for (size_t i = 0; i < way->count; i++)
		if (is_other_ground(&way->part[i]))
			return NULL;
	for (size_t t = 0; t < ARRAY_LEN(ties); t++)
		for (size_t i = 0; i < way->count; i++) {
			if (!ties[t].is_ground(&way->part[i]))
				continue;
			if (strcmp(r->reason, ties[t].code) == 0)
				return NULL;
			broken = broken ? broken : &ties[t];
		}
	return broken;
}

static void check_ties(const struct lint *l, const struct rule *r,
		       const struct lint_ways *ways)
{
	const struct tie *broken = NULL;

	for (size_t i = 0; i < ways->count && !broken; i++)
		broken = broken_tie(r, &ways->at[i]);
	if (broken)
		lint_complain(l, r->doc, yaml_get(r->node, "reason"),
			      "rule %s (%s) rests on %s: the reason of that is %s, which "
			      "the terms declare, and not %s (%s; %s)",
			      r->id, action_name(r->action), broken->what, broken->code,
			      r->reason, reasons_cite(l->rs->reasons, "U-HIDDENRULE"),
			      broken->clauses);
}

/* --- reasons ------------------------------------------------------------------------- */

/* Whoever is told "you said this before" has done so. */
static void check_duplicate(const struct lint *l, const struct rule *r)
{
	if (strcmp(r->reason, "L-DUP") == 0 &&
	    !condition_asks(r->when, CONDITION_DUPLICATE))
		lint_complain(l, r->doc, yaml_get(r->node, "reason"),
			      "L-DUP is the reason of a duplicate, and nothing in `when` "
			      "asks for one ({duplicate: ..})");
}

static void check_person(const struct lint *l, const struct rule *r)
{
	const struct reason *reason = reasons_find(l->rs->reasons, r->reason);

	if (!reason || r->action != ACTION_REJECT || !catalogue_is_by_person(r->reason))
		return;
	lint_complain(l, r->doc, yaml_get(r->node, "reason"),
		      "rule %s rejects with %s, which only a person can give: no rule "
		      "knows its evidence (%s); hold instead (%s, DSA-16)",
		      r->id, r->reason, reason->evidence,
		      reasons_cite(l->rs->reasons, "U-OTHER"));
}

/* --- the rules ----------------------------------------------------------------------- */

static void check_ways(const struct lint *l, const struct rule *r,
		       const struct lint_ways *ways)
{
	if (ways->cut)
		lint_complain(
			l, r->doc, yaml_get(r->node, "when"),
			"rule %s (%s) can be fulfilled in more than %d ways, or in one of "
			"more than %d conditions, and not all would be tried for the "
			"tone: split it, or use lists of words (%s)",
			r->id, action_name(r->action), LINT_WAYS_MAX, LINT_WAY_MAX,
			reasons_cite(l->rs->reasons, "U-NEG"));
}

void lint_reasons(const struct lint *l)
{
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		const struct rule *r = &l->rs->rules[i];

		check_duplicate(l, r);
		if (!ground_restricts(r->action) || !(r->kinds & KIND_BIT(KIND_REVIEW)))
			continue;
		OWNED(lint_ways_release) struct lint_ways ways = lint_ways_of(r);

		check_ways(l, r, &ways);
		check_person(l, r);
		if (r->reason[0])
			check_ties(l, r, &ways);
	}
}
