/* Texts made as long as a rule asks for, with words that say nothing. */
#include "criticism.h"
#include "lint_own.h"

#define STEPS_MAX 12000 /* words; about as long as a text can be */

static int64_t *length_of(struct lint_lengths *lengths, enum measure_kind kind)
{
	switch (kind) {
	case MEASURE_LENGTH_CHARS:
		return &lengths->chars;
	case MEASURE_LETTERS:
		return &lengths->letters;
	case MEASURE_WORDS:
		return &lengths->words;
	case MEASURE_LINES:
		return &lengths->lines;
	case MEASURE_CAPITALS_PERCENT:
	case MEASURE_LONGEST_RUN:
	case MEASURE_REPETITION_PERCENT:
	case MEASURE_EMOJI_PERCENT:
	case MEASURE_DIGITS_PERCENT:
	case MEASURE_MIXED_SCRIPT_WORDS:
	case MEASURE_GIBBERISH:
	case MEASURE_KIND_COUNT:
		break;
	}
	return NULL;
}

static void add_bounds(struct lint_lengths *ret, const struct lint_part *part)
{
	const struct condition *c = part->condition;
	int64_t above = part->negated ? c->below - 1 : c->above;
	int64_t *of = c->type == CONDITION_MEASURE ? length_of(ret, c->measure) : NULL;

	if (!of)
		return;
	if (part->negated ? c->above >= 0 : c->below != INT64_MAX)
		ret->is_bounded = true;
	if (!part->negated || c->below != INT64_MAX)
		*of = MAX(*of, above);
}

struct lint_lengths lint_way_lengths(const struct lint_way *way)
{
	struct lint_lengths ret = {0};

	for (size_t i = 0; i < way->count; i++)
		add_bounds(&ret, &way->part[i]);
	return ret;
}

void lint_lengths_pass(struct lint_lengths *ret, const struct condition *c)
{
	int64_t *of = c->type == CONDITION_MEASURE ? length_of(ret, c->measure) : NULL;

	if (of)
		*of = MAX(*of, MAX(c->above, c->below == INT64_MAX ? 0 : c->below));
	for (const struct condition *at = c->first; at; at = at->next)
		lint_lengths_pass(ret, at);
}

static int64_t missing(struct measure *m, enum measure_kind kind, int64_t wanted)
{
	return MAX(wanted + 1 - measure_of(m, kind), 0);
}

/* So many words at least are missing; 0: none. */
static int64_t steps_to(struct span text, const struct lint_lengths *wanted)
{
	struct measure m = measure_text(text);
	int64_t chars = MAX(missing(&m, MEASURE_LENGTH_CHARS, wanted->chars),
			    missing(&m, MEASURE_LETTERS, wanted->letters));
	int64_t words = MAX(missing(&m, MEASURE_WORDS, wanted->words),
			    missing(&m, MEASURE_LINES, wanted->lines));

	return MAX(words, (chars + CRITICISM_WORD_MAX) / (CRITICISM_WORD_MAX + 1));
}

bool lint_pad(struct buf *text, const char *language, const struct lint_lengths *wanted)
{
	size_t step = 0;
	int64_t left = steps_to(buf_view(text), wanted);

	for (int64_t put = 0; left > 0 && put + left <= STEPS_MAX;
	     left = steps_to(buf_view(text), wanted))
		for (; left > 0; left--, put++)
			criticism_pad(text, language, &step);
	return left == 0 && !text->full &&
	       text->len <= (size_t)field_table[FIELD_TEXT].max;
}
