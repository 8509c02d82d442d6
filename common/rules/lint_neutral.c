/* The same review, once with a harsh opinion and once with praise in its text: whatever a rule
 * looks for besides, it must do the same to both. The reviews are the rule's own examples, and
 * one for each way to fulfil its conditions (lint_way.c), so that neither a link, a missing
 * purchase nor a long text hides what is done to the tone. */
#include "lint_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "ground.h"
#include "language.h"
#include "passage.h"

#define FEW		3 /* sentences per language that every rule is tried with */
#define QUOTE_BYTES_MAX 80

/* Sentences of one side, and for each the rules that find something in it. */
struct side {
	const struct criticism_sentence *(*at)(const struct criticism *c, size_t index);
	size_t count;
	uint64_t *found;
};

struct trial {
	const struct lint *l;
	struct lint_writer writer;
	struct buf text, praise;
	struct side harsh, kind;
	int64_t longest; /* characters of a sentence */
	/* What is tried: */
	size_t number;
	const struct rule *rule;
	struct record base;
	struct findings findings;
	struct lint_lengths lengths;
	bool before; /* the sentence comes first */
};

struct pair {
	const struct criticism_sentence *harsh,
		*kind; /* NULL: of the harsh one's length */
};

/* --- which sentences ----------------------------------------------------------------- */

static size_t row_of(const struct trial *t)
{
	return (t->l->rs->rule_count + 63) / 64;
}

static void read_side(struct trial *t, struct side *side)
{
	static const struct record empty;
	struct findings findings = {.has_arrivals = true};
	struct record record;

	side->found = xcalloc(side->count * row_of(t) + 1, sizeof(*side->found));
	for (size_t i = 0; i < side->count; i++) {
		const struct criticism_sentence *s = side->at(t->l->criticism, i);
		uint64_t *row = &side->found[i * row_of(t)];

		t->longest = MAX(t->longest, (int64_t)measure_text(s->text).chars);
		if (!lint_write(&t->writer, &empty, s->text, NULL, &record))
			continue;
		(void)ruleset_facts(t->l->rs, &record, &findings);
		for (size_t k = 0; k < reading_count(t->l->rs->reading); k++) {
			uint32_t leaf = reading_leaf(t->l->rs->reading, k);
			uint32_t rule = t->l->rs->leaves[leaf].rule;

			row[rule / 64] |= UINT64_C(1) << rule % 64;
		}
	}
}

/* The next one in the language that says something to the rule, or is one of the few. */
static const struct criticism_sentence *next(const struct trial *t,
					     const struct side *side,
					     const char *language, size_t *at,
					     size_t *few)
{
	for (; *at < side->count; (*at)++) {
		const struct criticism_sentence *s = side->at(t->l->criticism, *at);
		uint64_t row = side->found[*at * row_of(t) + t->number / 64];

		if (strcmp(s->language, language) != 0)
			continue;
		if ((*few)++ >= FEW && !(row >> t->number % 64 & 1))
			continue;
		(*at)++;
		return s;
	}
	return NULL;
}

/* --- one text ------------------------------------------------------------------------ */

static bool is_hit(struct trial *t, struct span sentence, const char *language)
{
	struct span own = t->base.field[FIELD_TEXT];
	struct record record;

	/* A full stop between them: each is of its own language. */
	buf_clear(&t->text);
	buf_span(&t->text, t->before ? sentence : own);
	if (own.len > 0)
		buf_text(&t->text, ". ");
	buf_span(&t->text, t->before ? own : sentence);
	if (!lint_pad(&t->text, language, &t->lengths) ||
	    !lint_write(&t->writer, &t->base, buf_view(&t->text), NULL, &record))
		return false;
	struct facts facts = ruleset_facts(t->l->rs, &record, &t->findings);
	return lint_holds(t->l, t->rule, &facts);
}

/* Does the same befall praise as long as the sentence? */
static bool mirror_is_hit(struct trial *t, const struct criticism_sentence *harsh)
{
	for (int mirror = 0; mirror < CRITICISM_MIRRORS; mirror++) {
		criticism_praise(&t->praise, harsh, (enum criticism_mirror)mirror);
		if (is_hit(t, buf_view(&t->praise), harsh->language))
			return true;
	}
	return false;
}

static bool find_kind(struct trial *t, const char *language, struct pair *ret)
{
	const struct criticism_sentence *s;
	size_t at = 0, few = 0;

	while ((s = next(t, &t->kind, language, &at, &few)))
		if (!is_hit(t, s->text, language)) {
			ret->kind = s;
			return true;
		}
	return false;
}

/* Is there praise that is spared where the harsh sentence is hit? Its own counterpart, if it has
 * one; else any, where lengths are made alike, or praise as long as the sentence. */
static bool is_spared(struct trial *t, const struct criticism_sentence *harsh,
		      struct pair *ret)
{
	*ret = (struct pair){.harsh = harsh};
	if (harsh->praise.len > 0) {
		ret->kind = harsh;
		return !is_hit(t, harsh->praise, harsh->language) &&
		       !(t->lengths.is_bounded && mirror_is_hit(t, harsh));
	}
	if (t->lengths.is_bounded)
		return !mirror_is_hit(t, harsh);
	return find_kind(t, harsh->language, ret);
}

/* A harsh sentence that is hit beside praise that is not. */
static bool try_language(struct trial *t, const char *language, struct pair *ret)
{
	const struct criticism_sentence *s;
	size_t at = 0, few = 0;

	while ((s = next(t, &t->harsh, language, &at, &few))) {
		if (is_hit(t, s->text, language) && is_spared(t, s, ret))
			return true;
	}
	return false;
}

static bool try_example(struct trial *t, const struct example *example, struct pair *ret)
{
	static const char *const languages[] = {"fr", "en"};

	if (record_parse(&t->base, buf_view(&example->bytes), NULL))
		return false;
	example_findings(example, &t->findings);
	struct language own = language_of(t->base.field[FIELD_TEXT]);
	bool is_ours = strcmp(own.code, "fr") == 0 || strcmp(own.code, "en") == 0;

	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if ((!is_ours || strcmp(own.code, languages[i]) == 0) &&
		    try_language(t, languages[i], ret))
			return true;
	return false;
}

/* --- one rule ------------------------------------------------------------------------ */

static void complain(const struct trial *t, const struct example *example,
		     const struct pair *pair)
{
	OWNED(buf_release) struct buf harsh = BUF_INIT(1024), kind = BUF_INIT(1024);
	OWNED(buf_release) struct buf beside = BUF_INIT(1024);
	const struct rule *r = t->rule;

	passage_put_start(&harsh, pair->harsh->text, QUOTE_BYTES_MAX);
	if (pair->kind) {
		buf_format(&kind, "%s:%u: \"", yaml_path(pair->kind->doc),
			   pair->kind->node->line);
		passage_put_start(&kind, pair->kind->text, QUOTE_BYTES_MAX);
		buf_text(&kind, "\"");
	} else {
		buf_text(&kind, "praise of that length");
	}
	if (example->line)
		buf_format(&beside, "beside its example %s:%u:%u", r->file, example->line,
			   example->column);
	else
		buf_text(&beside, "in a review that fulfils its other conditions");
	lint_complain(t->l, r->doc, yaml_get(r->node, "when"),
		      "rule %s (%s) falls upon a lawful opinion for the tone (%s): "
		      "%s, %s:%u: \"%s\" is hit, %s is not",
		      r->id, action_name(r->action),
		      reasons_cite(t->l->rs->reasons, "U-NEG"), buf_string(&beside),
		      yaml_path(pair->harsh->doc), pair->harsh->node->line,
		      buf_string(&harsh), buf_string(&kind));
}

/* As an example stands, and with the sentence before it. */
static bool try_examples(struct trial *t)
{
	t->lengths = (struct lint_lengths){.chars = t->longest};
	for (size_t i = 0; i < t->rule->example_count * 2; i++) {
		const struct example *example = &t->rule->examples[i / 2];
		struct pair pair;

		t->before = i % 2;
		if (!example->must_match || !try_example(t, example, &pair))
			continue;
		complain(t, example, &pair);
		return true;
	}
	return false;
}

static struct lint_lengths lengths_of(const struct trial *t, const struct lint_way *way)
{
	struct lint_lengths ret = lint_way_lengths(way);

	if (!ret.is_bounded)
		ret.chars = MAX(ret.chars, t->longest);
	return ret;
}

static bool try_way(struct trial *t, const struct lint_way *way, size_t without)
{
	OWNED(example_release) struct example made = {0};
	struct pair pair;

	lint_way_example(t->l, t->rule, way, without, &made);
	if (!try_example(t, &made, &pair))
		return false;
	complain(t, &made, &pair);
	return true;
}

/* With all that a way asks for, and without each of what it looks for in the text: that the
 * sentence has to bring. */
static void try_ways(struct trial *t)
{
	OWNED(lint_ways_release) struct lint_ways ways = lint_ways_of(t->rule);
	bool said = false;

	t->before = false;
	for (size_t i = 0; i < ways.count && !said; i++) {
		const struct lint_way *way = &ways.at[i];

		t->lengths = lengths_of(t, way);
		said = try_way(t, way, LINT_WAY_WHOLE);
		for (size_t k = 0; k < way->count && !said; k++)
			said = way->part[k].condition->type == CONDITION_TEXT &&
			       !way->part[k].negated && try_way(t, way, k);
	}
}

static void trial_release(struct trial *t)
{
	lint_writer_release(&t->writer);
	buf_release(&t->text);
	buf_release(&t->praise);
	free(t->harsh.found);
	free(t->kind.found);
}

/* Without praise nothing is seen but what all harsh opinions have in common. */
static void need_praise(const struct lint *l)
{
	if (criticism_count(l->criticism) == 0 ||
	    criticism_praise_count(l->criticism) > 0)
		return;
	const struct criticism_sentence *first = criticism_at(l->criticism, 0);

	lint_complain(l, first->doc, first->node,
		      "no praise stands beside the harsh opinions: without it nobody can "
		      "tell that a rule treats both alike (%s)",
		      reasons_cite(l->rs->reasons, "U-NEG"));
}

void lint_neutral(const struct lint *l)
{
	OWNED(trial_release)
	struct trial t = {
		.l = l,
		.text = BUF_INIT(RECORD_BYTES_MAX),
		.praise = BUF_INIT(RECORD_BYTES_MAX),
		.harsh = {.at = criticism_at, .count = criticism_count(l->criticism)},
		.kind = {.at = criticism_praise_at,
			 .count = criticism_praise_count(l->criticism)},
	};

	need_praise(l);
	lint_writer_init(&t.writer);
	read_side(&t, &t.harsh);
	read_side(&t, &t.kind);
	for (; t.number < l->rs->rule_count; t.number++) {
		t.rule = &l->rs->rules[t.number];
		if (!ground_restricts(t.rule->action) ||
		    !(t.rule->kinds & KIND_BIT(KIND_REVIEW)))
			continue;
		ruleset_use_profile(l->rs, lint_profile(t.rule));
		if (!try_examples(&t))
			try_ways(&t);
	}
}
