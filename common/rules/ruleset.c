/* One record: read its texts once, then ask the rules that can hold.
 *
 * The sightings of all rules lie in one array; a rule that hits collects its own from it.
 * That is quadratic in what hits, which is little, and costs the other records nothing. */
#include "ruleset_own.h"

#include <stdlib.h>

#include "alloc.h"

static const enum field read_fields[READ_FIELDS] = {FIELD_TITLE, FIELD_TEXT};

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

void ruleset_use_profile(struct ruleset *rs, const char *profile)
{
	char *copy = xstrdup(profile);

	free(rs->profile);
	rs->profile = copy;
}

/* --- reading ------------------------------------------------------------------------- */

struct reading {
	struct ruleset *rs;
	uint8_t field, input;
};

static void note(struct ruleset *rs, uint32_t leaf, const struct sighting *sighting)
{
	uint32_t rule = rs->leaves[leaf].rule;

	if (rs->matched[leaf] != rs->round) {
		rs->matched[leaf] = rs->round;
		rs->word_counts[leaf] = 0;
		rs->candidates[rule / 64] |= UINT64_C(1) << rule % 64;
	}
	if (sighting->pattern == SIGHTING_WORD &&
	    ++rs->word_counts[leaf] > HIT_SPANS_MAX) {
		rs->word_counts[leaf] = HIT_SPANS_MAX;
		return;
	}
	rs->sightings[rs->sighting_count++] = *sighting;
}

static void on_pattern(void *context, uint32_t leaf, uint32_t pattern)
{
	const struct reading *r = context;

	note(r->rs, leaf,
	     &(struct sighting){.leaf = leaf,
				.pattern = pattern,
				.field = r->field,
				.input = r->input});
}

static void on_word(void *context, uint32_t leaf, size_t start, size_t end)
{
	const struct reading *r = context;

	note(r->rs, leaf,
	     &(struct sighting){.leaf = leaf,
				.pattern = SIGHTING_WORD,
				.field = r->field,
				.input = r->input,
				.start = (uint32_t)start,
				.end = (uint32_t)end});
}

static void read_field(struct ruleset *rs, uint8_t field, struct span text)
{
	struct reading raw = {rs, field, SCAN_RAW}, folded = {rs, field, SCAN_MATCH};

	scan_text(rs->scan, SCAN_RAW, text, on_pattern, &raw);
	if (scan_count(rs->scan, SCAN_MATCH) == 0 && words_count(rs->words) == 0)
		return;
	fold_text(&rs->folds[field], text);
	struct span match = buf_view(&rs->folds[field].match);
	scan_text(rs->scan, SCAN_MATCH, match, on_pattern, &folded);
	words_find(rs->words, match, on_word, &folded);
}

static void read_record(struct ruleset *rs, const struct record *record)
{
	if (++rs->round == 0) {
		memset(rs->matched, 0, rs->leaf_count * sizeof(*rs->matched));
		rs->round = 1;
	}
	rs->sighting_count = 0;
	memcpy(rs->candidates, rs->always, rs->candidate_words * sizeof(*rs->candidates));
	for (uint8_t i = 0; i < READ_FIELDS; i++)
		if (record->field[read_fields[i]].len > 0)
			read_field(rs, i, record->field[read_fields[i]]);
}

/* --- evidence ------------------------------------------------------------------------ */

static void add_span(struct hit *hit, const struct hit_span *span)
{
	for (size_t i = 0; i < hit->span_count; i++) {
		struct hit_span *old = &hit->spans[i];
		uint32_t end = MAX(old->start + old->len, span->start + span->len);

		if (old->tag != span->tag || old->start + old->len <= span->start ||
		    span->start + span->len <= old->start)
			continue;
		old->start = MIN(old->start, span->start);
		old->len = end - old->start;
		return;
	}
	if (hit->span_count < HIT_SPANS_MAX)
		hit->spans[hit->span_count++] = *span;
}

/* From bytes that were read to bytes that the author wrote. */
static void add_place(struct ruleset *rs, struct hit *hit,
		      const struct sighting *sighting, struct scan_place place)
{
	const struct fold *fold = &rs->folds[sighting->field];

	if (sighting->input == SCAN_MATCH) {
		size_t start = fold->match_at[place.start], end = place.end;

		/* A character can give several bytes; it is shown whole. */
		while (end < fold->match.len && fold->match_at[end] <= start)
			end++;
		place = (struct scan_place){start, fold->match_at[end]};
	}
	add_span(hit,
		 &(struct hit_span){.tag = field_table[read_fields[sighting->field]].tag,
				    .start = (uint32_t)place.start,
				    .len = (uint32_t)(place.end - place.start)});
}

static void add_sighting(struct ruleset *rs, struct hit *hit, const struct record *record,
			 const struct sighting *sighting)
{
	struct scan_place places[HIT_SPANS_MAX] = {{sighting->start, sighting->end}};
	size_t count = 1;

	if (sighting->pattern != SIGHTING_WORD) {
		struct span text = sighting->input == SCAN_RAW
					   ? record->field[read_fields[sighting->field]]
					   : buf_view(&rs->folds[sighting->field].match);

		count = scan_locate(rs->scan, (enum scan_input)sighting->input,
				    sighting->pattern, text, places, ARRAY_LEN(places));
	}
	for (size_t i = 0; i < count; i++)
		add_place(rs, hit, sighting, places[i]);
}

static void fill_hit(struct ruleset *rs, struct hit *hit, uint32_t number,
		     const struct facts *facts)
{
	const struct rule *rule = &rs->rules[number];

	*hit = (struct hit){.action = rule->action,
			    .mode = rule->mode,
			    .rule = span_of(rule->id),
			    .version = rule->version,
			    .reason = span_of(rule->reason),
			    .clauses = span_of(rule->clauses),
			    .duplicate_of = facts->duplicate_of};
	for (size_t i = 0; i < rs->sighting_count; i++) {
		const struct leaf *leaf = &rs->leaves[rs->sightings[i].leaf];

		if (leaf->rule == number && !leaf->negated)
			add_sighting(rs, hit, facts->record, &rs->sightings[i]);
	}
}

/* --- deciding ------------------------------------------------------------------------ */

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

size_t ruleset_evaluate(struct ruleset *rs, const struct record *record,
			const struct findings *findings, struct hit *ret)
{
	size_t count = 0;

	if (!(rs->kinds & KIND_BIT(record->kind)))
		return 0;
	read_record(rs, record);
	struct facts facts = {.record = record,
			      .findings = findings,
			      .matched = rs->matched,
			      .round = rs->round};
	for (size_t word = 0; word < rs->candidate_words; word++) {
		uint64_t bits = rs->candidates[word];

		for (; bits; bits &= bits - 1)
			ask_rule(rs,
				 (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits),
				 &facts, ret, &count);
	}
	return count;
}

/* --- the rules' own examples --------------------------------------------------------- */

static bool example_matches(struct ruleset *rs, const struct rule *rule,
			    const struct example *example, struct hit *hits)
{
	struct findings findings;
	struct record record;
	enum status st = record_parse(&record, buf_view(&example->bytes), NULL);

	assert(!st); /* example_load made it */
	example_findings(example, &findings);
	size_t count = ruleset_evaluate(rs, &record, &findings, hits);
	for (size_t i = 0; i < count; i++)
		if (span_equal(hits[i].rule, span_of(rule->id)))
			return true;
	return false;
}

static size_t test_rule(struct ruleset *rs, const struct rule *rule, struct hit *hits,
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
			.matched = example_matches(rs, rule, example, hits),
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
	OWNED(freep) struct hit *hits = xcalloc(HITS_MAX, sizeof(*hits));
	OWNED(freep) char *profile = xstrdup(rs->profile);
	size_t failed = 0;

	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *rule = &rs->rules[i];

		ruleset_use_profile(rs, rule->profiles ? rule->profiles[0] : profile);
		failed += test_rule(rs, rule, hits, report, context);
	}
	ruleset_use_profile(rs, profile);
	return failed;
}
