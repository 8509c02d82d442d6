/* Lawful harsh opinions, put before the set as reviews: bare ones, and ones in the
 * circumstances that rules ask for (their own examples, with another text). A rule is only
 * refused for what it does by the text: it points into it, or it leaves alone praise that is
 * as long. Rules about fields, or about length alone, hit both; of the latter the reason must be
 * that of a length. */
#include "lint_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "ground.h"
#include "passage.h"
#include "policy.h"

#define QUOTE_BYTES_MAX	  160
#define REASON		  "C-SHORT"
#define LONG_CHARS	  500 /* longer than a text that is short */
#define CIRCUMSTANCES_MAX 4   /* of one rule; more seldom differ in what matters */

/* What was found about one rule. */
struct finding {
	const struct criticism_sentence *first;
	struct hit hit; /* in the first; spans only */
	size_t sentences;
	const struct criticism_sentence *brief; /* that is stopped for its length alone */
	uint64_t seen[(CRITICISM_MAX + 63) / 64]; /* bit per sentence */
};

struct trial {
	const struct lint *l;
	struct finding *findings; /* by rule */
	struct hit *hits, *praise_hits;
	struct buf praise;
	struct lint_writer writer;
	/* The circumstances: */
	const char *source;
	const struct example *example; /* NULL: a bare review */
};

/* --- one sentence -------------------------------------------------------------------- */

/* `language`: NULL: none is named. */
static size_t evaluate(struct trial *t, struct span text, const char *language,
		       struct hit *hits)
{
	struct findings findings = {.has_arrivals = true};
	struct record base = {0}, record;

	if (t->example) {
		if (record_parse(&base, buf_view(&t->example->bytes), NULL))
			return 0;
		example_findings(t->example, &findings);
	}
	if (!base.field[FIELD_SOURCE].at)
		base.field[FIELD_SOURCE] = span_of(t->source);
	if (!lint_write(&t->writer, &base, text, language, &record))
		return 0;
	return ruleset_evaluate(t->l->rs, &record, &findings, hits);
}

static bool is_hit(struct trial *t, struct span text, const char *language,
		   struct span rule)
{
	size_t count = evaluate(t, text, language, t->praise_hits);

	for (size_t i = 0; i < count; i++)
		if (span_equal(t->praise_hits[i].rule, rule))
			return true;
	return false;
}

static bool praise_is_hit(struct trial *t, const struct criticism_sentence *sentence,
			  const char *language, struct span rule)
{
	for (int mirror = 0; mirror < CRITICISM_MIRRORS; mirror++) {
		criticism_praise(&t->praise, sentence, (enum criticism_mirror)mirror);
		if (is_hit(t, buf_view(&t->praise), language, rule))
			return true;
	}
	return false;
}

static struct finding *finding_of(const struct trial *t, struct span id)
{
	for (size_t i = 0; i < t->l->rs->rule_count; i++)
		if (span_equal(span_of(t->l->rs->rules[i].id), id))
			return &t->findings[i];
	assert(!"a hit names a rule of the set");
	return NULL;
}

/* Into the text, that is; returns how many. */
static size_t text_spans(const struct hit *hit, struct hit_span ret[HIT_SPANS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < hit->span_count; i++)
		if (hit->spans[i].tag == field_table[FIELD_TEXT].tag)
			ret[count++] = hit->spans[i];
	return passage_sort(ret, count);
}

static void note(struct trial *t, size_t number, const struct hit *hit)
{
	struct finding *f = finding_of(t, hit->rule);
	uint64_t bit = UINT64_C(1) << number % 64;

	if (f->seen[number / 64] & bit)
		return;
	f->seen[number / 64] |= bit;
	if (f->sentences++ > 0)
		return;
	f->first = criticism_at(t->l->criticism, number);
	f->hit = *hit;
}

/* What is the same, but longer than the rule speaks of, is not hit. */
static bool is_for_length(struct trial *t, const struct criticism_sentence *sentence,
			  const char *language, struct span rule)
{
	const struct rule *r = &t->l->rs->rules[finding_of(t, rule) - t->findings];
	struct lint_lengths lengths = {.chars = LONG_CHARS};

	lint_lengths_pass(&lengths, r->when);
	buf_clear(&t->praise);
	buf_span(&t->praise, sentence->text);
	return lint_pad(&t->praise, sentence->language, &lengths) &&
	       !is_hit(t, buf_view(&t->praise), language, rule);
}

/* The terms say which length they ask for, and an author whose opinion is short is told that. */
static void note_brief(struct trial *t, const struct criticism_sentence *sentence,
		       const char *language, const struct hit *hit)
{
	struct finding *f = finding_of(t, hit->rule);

	if (!t->example && !f->brief && !span_equal(hit->reason, span_of(REASON)) &&
	    is_for_length(t, sentence, language, hit->rule))
		f->brief = sentence;
}

static void try_sentence(struct trial *t, size_t number, const char *language)
{
	const struct criticism_sentence *sentence = criticism_at(t->l->criticism, number);
	size_t count = evaluate(t, sentence->text, language, t->hits);

	for (size_t i = 0; i < count; i++) {
		const struct hit *hit = &t->hits[i];
		struct hit_span spans[HIT_SPANS_MAX];

		if (!ground_restricts(hit->action))
			continue;
		if (text_spans(hit, spans) > 0 ||
		    !praise_is_hit(t, sentence, language, hit->rule))
			note(t, number, hit);
		else
			note_brief(t, sentence, language, hit);
	}
}

/* With its language, and without: many sources name none. */
static void try_all(struct trial *t, const char *profile)
{
	ruleset_use_profile(t->l->rs, profile);
	for (size_t i = 0; i < criticism_count(t->l->criticism); i++) {
		try_sentence(t, i, criticism_at(t->l->criticism, i)->language);
		try_sentence(t, i, NULL);
	}
}

/* --- one rule ------------------------------------------------------------------------ */

const char *lint_profile(const struct rule *r)
{
	return r->profiles ? r->profiles[0] : policy_profiles[0];
}

const char *lint_source(const struct rule *r)
{
	return r->sources ? r->sources[0] : "control";
}

/* Was the same tried for a rule before this one? */
static bool is_tried(const struct lint *l, size_t rule)
{
	const struct rule *r = &l->rs->rules[rule];

	for (size_t i = 0; i < rule; i++) {
		const struct rule *before = &l->rs->rules[i];

		if (ground_restricts(before->action) &&
		    (before->kinds & KIND_BIT(KIND_REVIEW)) &&
		    strcmp(lint_profile(before), lint_profile(r)) == 0 &&
		    strcmp(lint_source(before), lint_source(r)) == 0)
			return true;
	}
	return false;
}

/* Does the example say more than a text and where it came from? */
static bool has_circumstances(const struct example *example)
{
	static const struct arrivals none;
	struct record record;

	if (record_parse(&record, buf_view(&example->bytes), NULL))
		return false;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (i != FIELD_SOURCE && i != FIELD_TEXT && i != FIELD_LANGUAGE &&
		    record_has(&record, (enum field)i))
			return true;
	return example->duplicate.kind ||
	       memcmp(&example->arrivals, &none, sizeof(none)) != 0;
}

static void try_rule(struct trial *t, size_t number)
{
	const struct rule *r = &t->l->rs->rules[number];
	size_t tried = 0;

	if (!ground_restricts(r->action) || !(r->kinds & KIND_BIT(KIND_REVIEW)))
		return;
	t->source = lint_source(r);
	if (!is_tried(t->l, number))
		try_all(t, lint_profile(r));
	for (size_t i = 0; i < r->example_count && tried < CIRCUMSTANCES_MAX; i++) {
		if (!r->examples[i].must_match || !has_circumstances(&r->examples[i]))
			continue;
		t->example = &r->examples[i];
		try_all(t, lint_profile(r));
		tried++;
	}
	t->example = NULL;
}

static void complain(const struct lint *l, const struct rule *r, const struct finding *f)
{
	OWNED(buf_release) struct buf quote = BUF_INIT(4096);
	struct hit_span spans[HIT_SPANS_MAX];
	size_t count = text_spans(&f->hit, spans);

	if (count > 0)
		(void)passage_put(&quote, f->first->text, spans,
				  count); /* one is enough */
	else
		passage_put_start(&quote, f->first->text, QUOTE_BYTES_MAX);
	lint_complain(l, r->doc, yaml_get(r->node, "when"),
		      "rule %s (%s) falls upon %zu lawful opinion%s for the tone (%s): "
		      "%s:%u: \"%s\"",
		      r->id, action_name(r->action), f->sentences,
		      f->sentences == 1 ? "" : "s", reasons_cite(l->rs->reasons, "U-NEG"),
		      yaml_path(f->first->doc), f->first->node->line, buf_string(&quote));
}

static void complain_brief(const struct lint *l, const struct rule *r,
			   const struct criticism_sentence *brief)
{
	OWNED(buf_release) struct buf quote = BUF_INIT(4096);

	passage_put_start(&quote, brief->text, QUOTE_BYTES_MAX);
	lint_complain(l, r->doc, yaml_get(r->node, "when"),
		      "rule %s (%s) stops lawful opinions for being short: the reason of "
		      "that is " REASON ", which the terms declare (%s): "
		      "%s:%u: \"%s\"",
		      r->id, action_name(r->action),
		      reasons_cite(l->rs->reasons, "U-HIDDENRULE"), yaml_path(brief->doc),
		      brief->node->line, buf_string(&quote));
}

static void trial_release(struct trial *t)
{
	free(t->findings);
	free(t->hits);
	free(t->praise_hits);
	buf_release(&t->praise);
	lint_writer_release(&t->writer);
}

void lint_tone(const struct lint *l)
{
	OWNED(trial_release)
	struct trial t = {.l = l,
			  .findings = xcalloc(l->rs->rule_count, sizeof(*t.findings)),
			  .hits = xcalloc(HITS_MAX, sizeof(*t.hits)),
			  .praise_hits = xcalloc(HITS_MAX, sizeof(*t.praise_hits)),
			  .praise = BUF_INIT(RECORD_BYTES_MAX)};

	lint_writer_init(&t.writer);
	if (criticism_count(l->criticism) == 0)
		return;
	for (size_t i = 0; i < l->rs->rule_count; i++)
		try_rule(&t, i);
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		if (t.findings[i].sentences > 0)
			complain(l, &l->rs->rules[i], &t.findings[i]);
		else if (t.findings[i].brief)
			complain_brief(l, &l->rs->rules[i], t.findings[i].brief);
	}
}
