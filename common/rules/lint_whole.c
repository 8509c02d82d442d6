/* Rules that stop every text. All sentences, the harsh ones and the praise, are put before each
 * way to fulfil the rule, in a bare review: as they are, and as long as the way asks for. What
 * holds for all of them says nothing about any. A way that asks for something to be absent (a
 * purchase, a consent) is about that, and is passed over; so is one that long texts escape,
 * which must give the reason of short ones (lint_tone.c). */
#include "lint_own.h"

#include "ground.h"

#define SHORT "C-SHORT"

struct trial {
	const struct lint *l;
	struct lint_writer writer;
	struct buf text, pad;
	const struct rule *rule;
	struct lint_ways ways;
	size_t way; /* number */
};

/* --- one text ------------------------------------------------------------------------ */

static bool way_holds(struct trial *t, struct span text)
{
	const struct lint_way *way = &t->ways.at[t->way];
	struct findings findings = {.has_arrivals = true};
	struct record base = {0}, record;

	base.field[FIELD_SOURCE] = span_of(lint_source(t->rule));
	if (!lint_write(&t->writer, &base, text, NULL, &record))
		return false;
	struct facts facts = ruleset_facts(t->l->rs, &record, &findings);
	for (size_t i = 0; i < way->count; i++)
		if (condition_holds(way->part[i].condition, &facts) ==
		    way->part[i].negated)
			return false;
	return true;
}

/* With what is in `pad` behind it. */
static bool sentence_is_hit(struct trial *t, struct span sentence)
{
	buf_clear(&t->text);
	buf_span(&t->text, sentence);
	buf_span(&t->text, buf_view(&t->pad));
	return way_holds(t, buf_view(&t->text));
}

static bool side_is_hit(struct trial *t, const char *language, size_t count,
			const struct criticism_sentence *(*at)(const struct criticism *c,
							       size_t index))
{
	for (size_t i = 0; i < count; i++) {
		const struct criticism_sentence *s = at(t->l->criticism, i);

		if (strcmp(s->language, language) == 0 && !sentence_is_hit(t, s->text))
			return false;
	}
	return true;
}

/* `lengths`: NULL: as they are. */
static bool all_are_hit(struct trial *t, const struct lint_lengths *lengths)
{
	static const char *const languages[] = {"fr", "en"};
	const struct criticism *c = t->l->criticism;

	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		buf_clear(&t->pad);
		if ((lengths && !lint_pad(&t->pad, languages[i], lengths)) ||
		    !side_is_hit(t, languages[i], criticism_praise_count(c),
				 criticism_praise_at) ||
		    !side_is_hit(t, languages[i], criticism_count(c), criticism_at))
			return false;
	}
	return true;
}

/* --- one rule ------------------------------------------------------------------------ */

static bool asks_for_absence(const struct lint_part *part)
{
	const struct condition *c = part->condition;

	return (c->type == CONDITION_PRESENT && c->present == part->negated) ||
	       (c->type == CONDITION_FIELD && part->negated);
}

static bool is_escaped_by_length(struct trial *t)
{
	const struct lint_way *way = &t->ways.at[t->way];
	struct lint_lengths lengths = {0};

	for (size_t i = 0; i < way->count; i++)
		lint_lengths_pass(&lengths, way->part[i].condition);
	buf_clear(&t->pad);
	return lint_pad(&t->pad, "fr", &lengths) && !way_holds(t, buf_view(&t->pad));
}

static bool is_whole(struct trial *t)
{
	const struct lint_way *way = &t->ways.at[t->way];
	struct lint_lengths lengths = lint_way_lengths(way);
	bool is_long = MAX(lengths.chars, lengths.letters) > 0 ||
		       MAX(lengths.words, lengths.lines) > 0;

	for (size_t i = 0; i < way->count; i++)
		if (asks_for_absence(&way->part[i]))
			return false;
	if (all_are_hit(t, NULL))
		return !is_escaped_by_length(t);
	return is_long && all_are_hit(t, &lengths) &&
	       (strcmp(t->rule->reason, SHORT) != 0 || !is_escaped_by_length(t));
}

static void try_rule(struct trial *t)
{
	const struct criticism *c = t->l->criticism;
	bool whole = false;

	t->ways = lint_ways_of(t->rule);
	for (t->way = 0; t->way < t->ways.count && !whole; t->way++)
		whole = is_whole(t);
	lint_ways_release(&t->ways);
	if (whole)
		lint_complain(
			t->l, t->rule->doc, yaml_get(t->rule->node, "when"),
			"rule %s (%s) stops everything: all %zu sentences of praise "
			"and all %zu lawful opinions in rules/controls fulfil it, as "
			"they are or made as long as it asks for; nobody who reads "
			"'%s' could know why (%s)",
			t->rule->id, action_name(t->rule->action),
			criticism_praise_count(c), criticism_count(c), t->rule->reason,
			reasons_cite(t->l->rs->reasons, "U-HIDDENRULE"));
}

static void trial_release(struct trial *t)
{
	lint_writer_release(&t->writer);
	buf_release(&t->text);
	buf_release(&t->pad);
}

void lint_whole(const struct lint *l)
{
	OWNED(trial_release)
	struct trial t = {.l = l,
			  .text = BUF_INIT(RECORD_BYTES_MAX),
			  .pad = BUF_INIT(RECORD_BYTES_MAX)};

	lint_writer_init(&t.writer);
	if (criticism_count(l->criticism) == 0 ||
	    criticism_praise_count(l->criticism) == 0)
		return;
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		t.rule = &l->rs->rules[i];
		if (ground_restricts(t.rule->action) &&
		    (t.rule->kinds & KIND_BIT(KIND_REVIEW)))
			try_rule(&t);
	}
}
