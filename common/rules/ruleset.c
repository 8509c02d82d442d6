/* One record: read its texts once, then ask the rules that can hold. */
#include "ruleset_own.h"

#include <stdlib.h>

#include "alloc.h"

const uint8_t *ruleset_hash(const struct ruleset *rs)
{
	return rs->hash;
}

size_t ruleset_count(const struct ruleset *rs)
{
	return rs->rule_count;
}

const struct reasons *ruleset_reasons(const struct ruleset *rs)
{
	return rs->reasons;
}

bool ruleset_ground(const struct ruleset *rs, size_t index, const char *profile,
		    struct ruleset_ground *ret)
{
	const struct rule *r = &rs->rules[index];
	bool applies = r->profiles == NULL;

	for (size_t i = 0; r->profiles && r->profiles[i]; i++)
		applies |= strcmp(r->profiles[i], profile) == 0;
	*ret = (struct ruleset_ground){.rule = r->id,
				       .file = r->file,
				       .reason = r->reason,
				       .line = r->reason_line,
				       .column = r->reason_column,
				       .rule_line = r->line,
				       .kinds = r->kinds,
				       .action = r->action,
				       .mode = r->mode};
	return applies;
}

const struct ruleset_list *ruleset_lists(const struct ruleset *rs, size_t *ret_count)
{
	*ret_count = rs->list_count;
	return rs->lists;
}

const struct models *ruleset_models(const struct ruleset *rs)
{
	return rs->models;
}

const struct ruleset_missing *ruleset_missing(const struct ruleset *rs, size_t *ret_count)
{
	*ret_count = rs->missing_count;
	return rs->missing;
}

void ruleset_use_profile(struct ruleset *rs, const char *profile)
{
	char *copy = xstrdup(profile);

	free(rs->profile);
	rs->profile = copy;
}

/* --- deciding ------------------------------------------------------------------------ */

static void fill_hit(struct ruleset *rs, struct hit *hit, uint32_t number,
		     struct facts *facts)
{
	const struct rule *rule = &rs->rules[number];

	*hit = (struct hit){.action = rule->action,
			    .mode = rule->mode,
			    .rule = span_of(rule->id),
			    .version = rule->version,
			    .reason = span_of(rule->reason),
			    .clauses = span_of(rule->clauses),
			    .duplicate_of = facts->duplicate_of};
	for (size_t i = 0; i < reading_count(rs->reading); i++) {
		uint32_t leaf = reading_leaf(rs->reading, i);

		if (rs->leaves[leaf].rule == number && !rs->leaves[leaf].negated)
			reading_evidence(rs->reading, leaf, hit);
	}
	condition_values(rule->when, facts, hit);
}

/* A place for one more hit; a live one may take that of the mildest shadow. */
static struct hit *next_hit(struct hit *hits, size_t *count, enum rule_mode mode)
{
	size_t i = *count;

	if (*count < HITS_MAX)
		return &hits[(*count)++];
	if (mode == MODE_SHADOW)
		return NULL;
	while (i > 0 && hits[i - 1].mode == MODE_LIVE)
		i--;
	if (i == 0)
		return NULL;
	memmove(&hits[i - 1], &hits[i], (*count - i) * sizeof(*hits));
	return &hits[*count - 1];
}

static void ask_rule(struct ruleset *rs, uint32_t number, struct facts *facts,
		     struct hit *hits, size_t *count)
{
	const struct rule *rule = &rs->rules[number];
	struct hit *hit;

	if (!rule_applies(rule, facts->record, rs->profile))
		return;
	facts->duplicate_of = 0;
	if (!condition_holds(rule->when, facts))
		return;
	hit = next_hit(hits, count, rule->mode);
	if (hit)
		fill_hit(rs, hit, number, facts);
}

struct facts ruleset_facts(struct ruleset *rs, const struct record *record,
			   const struct findings *findings)
{
	reading_read(rs->reading, record);
	return (struct facts){.record = record,
			      .findings = findings,
			      .reading = rs->reading,
			      .models = rs->models};
}

size_t ruleset_evaluate(struct ruleset *rs, const struct record *record,
			const struct findings *findings, struct hit *ret)
{
	size_t count = 0;
	uint32_t rule;

	if (!(rs->kinds & KIND_BIT(record->kind)))
		return 0;
	struct facts facts = ruleset_facts(rs, record, findings);
	candidates_find(rs->candidates, &facts);
	while (candidates_next(rs->candidates, &rule))
		ask_rule(rs, rule, &facts, ret, &count);
	return count;
}

/* --- why ----------------------------------------------------------------------------- */

static void tell_condition(void *context, const struct condition *c,
			   const struct condition_told *told)
{
	const struct ruleset_listener *listener = context;

	listener->condition(
		listener->context,
		&(struct ruleset_condition){.line = c->line,
					    .column = c->column,
					    .depth = told->depth,
					    .holds = told->holds,
					    .elsewhere = told->found && !told->holds,
					    .has_value = told->has_value,
					    .value = told->value});
}

static bool is_sighted(const struct ruleset *rs, uint32_t number)
{
	for (size_t i = 0; i < reading_count(rs->reading); i++)
		if (rs->leaves[reading_leaf(rs->reading, i)].rule == number)
			return true;
	return false;
}

static void explain_rule(struct ruleset *rs, uint32_t number, struct facts *facts,
			 bool *decided, const struct ruleset_listener *listener)
{
	const struct rule *rule = &rs->rules[number];
	struct ruleset_view view = {
		.id = rule->id, .file = rule->file, .line = rule->line};

	facts->duplicate_of = 0;
	view.applies = rule_applies(rule, facts->record, rs->profile);
	view.holds = view.applies && condition_holds(rule->when, facts);
	fill_hit(rs, &view.hit, number, facts);
	view.wins = view.holds && rule->mode == MODE_LIVE && !*decided;
	view.near = view.holds || is_sighted(rs, number);
	*decided |= view.wins;
	listener->rule(listener->context, &view);
	if (view.near)
		condition_explain(rule->when, facts, 0, tell_condition,
				  (void *)(uintptr_t)listener);
}

void ruleset_explain(struct ruleset *rs, const struct record *record,
		     const struct findings *findings,
		     const struct ruleset_listener *listener)
{
	bool decided = false;

	struct facts facts = ruleset_facts(rs, record, findings);
	for (uint32_t i = 0; i < rs->rule_count; i++)
		explain_rule(rs, i, &facts, &decided, listener);
}

struct span ruleset_match(const struct ruleset *rs, enum field field)
{
	return reading_match(rs->reading, field);
}

struct span ruleset_hidden(const struct ruleset *rs, enum field field)
{
	return reading_hidden(rs->reading, field);
}

/* --- the rules' own examples --------------------------------------------------------- */

/* Without evidence: to find places costs a database for each pattern. */
static bool example_matches(struct ruleset *rs, const struct rule *rule,
			    const struct example *example)
{
	struct findings findings;
	struct record record;
	enum status st = record_parse(&record, buf_view(&example->bytes), NULL);

	assert(!st); /* example_load made it */
	example_findings(example, &findings);
	struct facts facts = ruleset_facts(rs, &record, &findings);
	return rule_applies(rule, &record, rs->profile) &&
	       condition_holds(rule->when, &facts);
}

static size_t test_rule(struct ruleset *rs, const struct rule *rule,
			void (*report)(void *context,
				       const struct ruleset_example *example),
			void *context)
{
	size_t failed = 0;

	for (size_t i = 0; i < rule->example_count; i++) {
		const struct example *example = &rule->examples[i];
		struct ruleset_example told = {
			.rule = rule->id,
			.file = rule->file,
			.line = example->line,
			.column = example->column,
			.must_match = example->must_match,
			.matched = example_matches(rs, rule, example),
		};

		failed += told.matched != told.must_match;
		if (report)
			report(context, &told);
	}
	return failed;
}

size_t ruleset_test(struct ruleset *rs,
		    void (*report)(void *context, const struct ruleset_example *example),
		    void *context)
{
	OWNED(freep) char *profile = xstrdup(rs->profile);
	size_t failed = 0;

	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *rule = &rs->rules[i];

		ruleset_use_profile(rs, rule->profiles ? rule->profiles[0] : profile);
		failed += test_rule(rs, rule, report, context);
	}
	ruleset_use_profile(rs, profile);
	return failed;
}
