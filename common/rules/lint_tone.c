/* Lawful harsh opinions, put before the set as reviews: bare ones, and ones in the
 * circumstances that rules ask for (their own examples, with another text). A rule is only
 * refused for what it does by the text: it points into it, or it leaves alone praise that is
 * as long. Rules about fields, or about length alone, hit both. */
#include "lint_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "field_value.h"
#include "ground.h"
#include "passage.h"

#define QUOTE_BYTES_MAX	  160
#define SOURCE		  "control"
#define CIRCUMSTANCES_MAX 4 /* of one rule; more seldom differ in what matters */

/* What was found about one rule. */
struct finding {
	const struct criticism_sentence *first;
	struct hit hit; /* in the first; spans only */
	size_t sentences;
	uint64_t seen[(CRITICISM_MAX + 63) / 64]; /* bit per sentence */
};

struct trial {
	const struct lint *l;
	struct finding *findings; /* by rule */
	struct hit *hits, *praise_hits;
	struct buf praise, body, bytes;
	/* The circumstances: */
	const char *source;
	const struct example *example; /* NULL: a bare review */
};

/* --- records ------------------------------------------------------------------------- */

static struct field_value value_of(const struct record *base, enum field field)
{
	struct field_value value = {.text = base->field[field]};

	switch (field_table[field].type) {
	case FIELD_TYPE_INT:
	case FIELD_TYPE_DECIMAL:
	case FIELD_TYPE_DATE:
	case FIELD_TYPE_TIME:
		value.number = record_int(base, field, 0);
		break;
	case FIELD_TYPE_BOOL:
		value.number = record_bool(base, field);
		break;
	case FIELD_TYPE_CHOICE:
		value.number = record_choice(base, field);
		break;
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
	case FIELD_TYPE_HASH:
	case FIELD_TYPE_JSON:
	case FIELD_TYPE_GROUP:
		break;
	}
	return value;
}

static void put_body(struct trial *t, const struct record *base, struct span text,
		     const char *language)
{
	struct record with = *base;

	with.field[FIELD_SOURCE] = base->field[FIELD_SOURCE].at
					   ? base->field[FIELD_SOURCE]
					   : span_of(t->source);
	with.field[FIELD_TEXT] = text;
	with.field[FIELD_LANGUAGE] = language ? span_of(language) : SPAN_NONE;
	buf_clear(&t->body);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		struct field_value value;

		if (!record_has(&with, (enum field)i))
			continue;
		value = value_of(&with, (enum field)i);
		field_value_put(&t->body, (enum field)i, &value);
	}
}

/* `language`: NULL: none is named. */
static size_t evaluate(struct trial *t, struct span text, const char *language,
		       struct hit *hits)
{
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = 1,
				   .site = SPAN_OF(SOURCE),
				   .principal = SPAN_OF(SOURCE)};
	struct findings findings = {.has_arrivals = true};
	struct record base = {0}, record;

	if (t->example) {
		if (record_parse(&base, buf_view(&t->example->bytes), NULL))
			return 0;
		example_findings(t->example, &findings);
		head.received_at = base.received_at;
	}
	put_body(t, &base, text, language);
	buf_clear(&t->bytes);
	record_put(&t->bytes, &head, buf_view(&t->body));
	if (t->body.full || record_parse(&record, buf_view(&t->bytes), NULL))
		return 0;
	return ruleset_evaluate(t->l->rs, &record, &findings, hits);
}

/* --- one sentence -------------------------------------------------------------------- */

static bool praise_is_hit(struct trial *t, const struct criticism_sentence *sentence,
			  const char *language, struct span rule)
{
	for (int mirror = 0; mirror < CRITICISM_MIRRORS; mirror++) {
		criticism_praise(&t->praise, sentence, (enum criticism_mirror)mirror);
		size_t count =
			evaluate(t, buf_view(&t->praise), language, t->praise_hits);

		for (size_t i = 0; i < count; i++)
			if (span_equal(t->praise_hits[i].rule, rule))
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

static void try_sentence(struct trial *t, size_t number, const char *language)
{
	const struct criticism_sentence *sentence = criticism_at(t->l->criticism, number);
	size_t count = evaluate(t, sentence->text, language, t->hits);

	for (size_t i = 0; i < count; i++) {
		const struct hit *hit = &t->hits[i];
		struct hit_span spans[HIT_SPANS_MAX];

		if (ground_restricts(hit->action) &&
		    (text_spans(hit, spans) > 0 ||
		     !praise_is_hit(t, sentence, language, hit->rule)))
			note(t, number, hit);
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

static const char *profile_of(const struct rule *r)
{
	return r->profiles ? r->profiles[0] : rule_profiles[0];
}

static const char *source_of(const struct rule *r)
{
	return r->sources ? r->sources[0] : SOURCE;
}

/* Was the same tried for a rule before this one? */
static bool is_tried(const struct lint *l, size_t rule)
{
	const struct rule *r = &l->rs->rules[rule];

	for (size_t i = 0; i < rule; i++) {
		const struct rule *before = &l->rs->rules[i];

		if (ground_restricts(before->action) &&
		    (before->kinds & KIND_BIT(KIND_REVIEW)) &&
		    strcmp(profile_of(before), profile_of(r)) == 0 &&
		    strcmp(source_of(before), source_of(r)) == 0)
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
	return example->duplicate || memcmp(&example->arrivals, &none, sizeof(none)) != 0;
}

static void try_rule(struct trial *t, size_t number)
{
	const struct rule *r = &t->l->rs->rules[number];
	size_t tried = 0;

	if (!ground_restricts(r->action) || !(r->kinds & KIND_BIT(KIND_REVIEW)))
		return;
	t->source = source_of(r);
	if (!is_tried(t->l, number))
		try_all(t, profile_of(r));
	for (size_t i = 0; i < r->example_count && tried < CIRCUMSTANCES_MAX; i++) {
		if (!r->examples[i].must_match || !has_circumstances(&r->examples[i]))
			continue;
		t->example = &r->examples[i];
		try_all(t, profile_of(r));
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

static void trial_release(struct trial *t)
{
	free(t->findings);
	free(t->hits);
	free(t->praise_hits);
	buf_release(&t->praise);
	buf_release(&t->body);
	buf_release(&t->bytes);
}

void lint_tone(const struct lint *l)
{
	OWNED(trial_release)
	struct trial t = {.l = l,
			  .findings = xcalloc(l->rs->rule_count, sizeof(*t.findings)),
			  .hits = xcalloc(HITS_MAX, sizeof(*t.hits)),
			  .praise_hits = xcalloc(HITS_MAX, sizeof(*t.praise_hits)),
			  .praise = BUF_INIT(RECORD_BYTES_MAX),
			  .body = BUF_INIT(RECORD_BYTES_MAX),
			  .bytes = BUF_INIT(RECORD_BYTES_MAX)};

	if (criticism_count(l->criticism) == 0)
		return;
	for (size_t i = 0; i < l->rs->rule_count; i++)
		try_rule(&t, i);
	for (size_t i = 0; i < l->rs->rule_count; i++)
		if (t.findings[i].sentences > 0)
			complain(l, &l->rs->rules[i], &t.findings[i]);
}
