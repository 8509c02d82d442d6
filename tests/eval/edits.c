/* Words stand between blanks. How many are edited: the percentage, rounded, and at least
 * one, so that no copy of these kinds is the same text. */
#include "edits.h"

#include <stdlib.h>

#include "alloc.h"

#define WORDS_MAX 8192

const struct edit_kind edit_kinds[EDIT_COUNT] = {
#define EDIT(symbol, name, group, percent, bar) {name, EDIT_##group, percent, bar},
#include "edits.def"
#undef EDIT
};

struct words {
	size_t count;
	struct span at[WORDS_MAX];
};

static void split(struct words *ret, struct span text)
{
	size_t i = 0;

	ret->count = 0;
	while (ret->count < WORDS_MAX) {
		while (i < text.len && wide_is_blank(text.at[i]))
			i++;
		size_t start = i;
		while (i < text.len && !wide_is_blank(text.at[i]))
			i++;
		if (i == start)
			return;
		ret->at[ret->count++] = (struct span){text.at + start, i - start};
	}
}

static void put_word(struct buf *ret, struct span word)
{
	if (ret->len > 0)
		buf_char(ret, ' ');
	buf_span(ret, word);
}

static size_t share_of(size_t count, unsigned percent)
{
	return MIN(count, MAX((count * percent + 50) / 100, (size_t)1));
}

/* Marks so many of `count`. */
static void choose(bool *ret, size_t count, size_t chosen, struct chance *c)
{
	memset(ret, 0, count * sizeof(*ret));
	for (size_t left = count, i = 0; chosen > 0; i++, left--) {
		ret[i] = chance_below(c, left) < chosen;
		chosen -= ret[i];
	}
}

/* --- words and letters ---------------------------------------------------------------- */

static void edit_words(struct buf *ret, const struct words *mine,
		       const struct words *others, unsigned percent, struct chance *c)
{
	static bool chosen[WORDS_MAX + 1];

	choose(chosen, mine->count, share_of(mine->count, percent), c);
	chosen[mine->count] = true;
	for (size_t i = 0; i < mine->count; i++) {
		struct span other = others->at[chance_below(c, others->count)];
		if (!chosen[i]) {
			put_word(ret, mine->at[i]);
			continue;
		}
		switch (chance_below(c, 4)) {
		case 0: /* drop; a text keeps a word */
			if (mine->count > 1)
				break;
			/* fall through */
		case 1:
			put_word(ret, other);
			break;
		case 2:
			put_word(ret, other);
			put_word(ret, mine->at[i]);
			break;
		default: /* swap; not with one that is edited itself */
			put_word(ret, chosen[i + 1] ? other : mine->at[i + 1]);
			if (!chosen[i + 1])
				put_word(ret, mine->at[i++]);
		}
	}
}

static void edit_letters(struct wide *out, const struct wide *in, unsigned percent,
			 struct chance *c)
{
	bool *chosen = xcalloc(in->len + 1, sizeof(*chosen));

	choose(chosen, in->len, share_of(in->len, percent), c);
	for (size_t i = 0; i < in->len; i++) {
		uint32_t letter = 'a' + (uint32_t)chance_below(c, 26);
		if (!chosen[i]) {
			wide_add(out, in->at[i]);
			continue;
		}
		switch (chance_below(c, 4)) {
		case 0:
			break;
		case 1:
			wide_add(out, letter);
			break;
		case 2:
			wide_add(out, letter);
			wide_add(out, in->at[i]);
			break;
		default:
			if (i + 1 < in->len)
				wide_add(out, in->at[i + 1]);
			wide_add(out, in->at[i]);
			i++;
		}
	}
	free(chosen);
}

/* --- parts ---------------------------------------------------------------------------- */

static void put_words(struct buf *ret, const struct words *w, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		put_word(ret, w->at[i]);
}

static bool ends_sentence(struct span word)
{
	uint8_t last = word.at[word.len - 1];

	return last == '.' || last == '!' || last == '?';
}

/* A text of one sentence is turned round in its middle. */
static void shuffle(struct buf *ret, const struct words *w, struct chance *c)
{
	static struct {
		size_t from, to;
	} parts[WORDS_MAX], part;
	size_t count = 0, from = 0;

	for (size_t i = 0; i < w->count; i++) {
		if (!ends_sentence(w->at[i]) && i + 1 < w->count)
			continue;
		parts[count].from = from;
		parts[count++].to = from = i + 1;
	}
	if (count < 2) {
		put_words(ret, w, w->count / 2, w->count);
		put_words(ret, w, 0, w->count / 2);
		return;
	}
	for (size_t i = count - 1; i > 0; i--) {
		size_t with = chance_below(c, i + 1);
		part = parts[i];
		parts[i] = parts[with];
		parts[with] = part;
	}
	for (size_t i = 0; i < count; i++)
		put_words(ret, w, parts[i].from, parts[i].to);
}

static struct span longest(const struct words *w)
{
	struct span best = w->at[0];

	for (size_t i = 1; i < w->count; i++)
		if (w->at[i].len > best.len)
			best = w->at[i];
	return best;
}

/* The longest word stands for the name of what is sold. */
static void swap_product(struct buf *ret, const struct words *w, struct span name)
{
	struct span old = longest(w);

	for (size_t i = 0; i < w->count; i++)
		put_word(ret, span_equal(w->at[i], old) ? name : w->at[i]);
}

/* The words that so many percent of the text are, from the start, at least one. */
static size_t words_of_share(const struct words *w, size_t bytes)
{
	size_t sum = 0, i = 0;

	while (i < w->count && sum < bytes)
		sum += w->at[i++].len + 1;
	return i;
}

/* --- all ------------------------------------------------------------------------------ */

static void edit_by_words(struct buf *ret, enum edit kind, struct span text,
			  struct span other, struct chance *c)
{
	static struct words mine, others;
	unsigned percent = edit_kinds[kind].percent;

	split(&mine, text);
	split(&others, other);
	if (mine.count == 0 || others.count == 0) {
		buf_span(ret, text);
	} else if (edit_kinds[kind].group == EDIT_WORDS) {
		edit_words(ret, &mine, &others, percent, c);
	} else if (kind == EDIT_PREFIX) {
		put_words(ret, &others, 0,
			  words_of_share(&others, text.len * percent / 100));
		put_words(ret, &mine, 0, mine.count);
	} else if (kind == EDIT_TRUNCATED) {
		put_words(ret, &mine, 0, words_of_share(&mine, text.len * percent / 100));
	} else if (kind == EDIT_SHUFFLED) {
		shuffle(ret, &mine, c);
	} else {
		swap_product(ret, &mine, longest(&others));
	}
}

void edit_make(struct buf *ret, enum edit kind, struct span text, struct span other,
	       struct chance *c)
{
	static struct wide in, out;
	enum edit_group group = edit_kinds[kind].group;

	if (group == EDIT_SAME) {
		buf_span(ret, text);
	} else if (group == EDIT_WORDS || group == EDIT_PART) {
		edit_by_words(ret, kind, text, other, c);
	} else {
		wide_read(&in, text);
		out.len = 0;
		if (group == EDIT_LETTERS)
			edit_letters(&out, &in, edit_kinds[kind].percent, c);
		else
			edit_evade(&out, kind, &in, c);
		wide_put(ret, &out);
	}
}
