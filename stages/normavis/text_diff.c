#include "text_diff.h"

#include <stdlib.h>

#include "alloc.h"
#include "digest.h"
#include "token.h"
#include "utf8.h"

struct word {
	struct span whole; /* with the white space behind */
	size_t len;	   /* without */
};

struct words {
	struct word *at;
	size_t count, room;
};

/* --- cutting ------------------------------------------------------------------------------ */

static void add_word(struct words *w, struct span bytes)
{
	if (w->count == w->room) {
		w->room = w->room ? w->room * 2 : 64;
		w->at = xrealloc(w->at, w->room * sizeof(*w->at));
	}
	w->at[w->count++] = (struct word){bytes, bytes.len};
}

static size_t run_of(struct span s, bool blank)
{
	const uint8_t *at = s.at, *end = s.at + s.len;

	while (at < end && utf8_is_blank(at, (size_t)(end - at)) == blank)
		utf8_next(&at, end);
	return (size_t)(at - s.at);
}

static struct span behind(struct span s, size_t len)
{
	return (struct span){s.at + len, s.len - len};
}

/* What stands between two words: white space belongs to what is before it, and before the first
 * word to nothing. */
static void add_gap(struct words *w, struct span gap)
{
	while (gap.len > 0) {
		size_t blank = run_of(gap, true);

		if (blank > 0 && w->count > 0)
			w->at[w->count - 1].whole.len += blank;
		gap = behind(gap, blank);
		size_t rest = run_of(gap, false);
		if (rest > 0)
			add_word(w, (struct span){gap.at, rest});
		gap = behind(gap, rest);
	}
}

static struct words cut(struct span text)
{
	struct words w = {NULL, 0, 0};
	struct span rest = {text.at, utf8_flaw(text)}, before = rest;
	struct token token;

	while (token_next(&token, &rest)) {
		add_gap(&w,
			(struct span){before.at, (size_t)(token.bytes.at - before.at)});
		add_word(&w, token.bytes);
		before = behind(before,
				(size_t)(token.bytes.at + token.bytes.len - before.at));
	}
	add_gap(&w, before);
	return w;
}

static bool same(const struct word *a, const struct word *b)
{
	return a->len == b->len && memcmp(a->whole.at, b->whole.at, a->len) == 0;
}

uint64_t text_diff_hash(struct span text)
{
	struct words w = cut(text);
	uint64_t hash = 0;

	for (size_t i = 0; i < w.count; i++)
		hash = hash64((struct span){w.at[i].whole.at, w.at[i].len}, hash + 1);
	free(w.at);
	return hash;
}

/* --- comparing ---------------------------------------------------------------------------- */

/* Words from `from` on, up to `to`, of both texts; all before and behind are the same. */
struct middle {
	const struct word *a, *b;
	size_t a_count, b_count;
	bool *removed, *added; /* of a, of b */
};

/* How far one gets on each diagonal k = x - y with d differences, for each d: 2d + 1 places
 * each, which are d * d of all before. */
static int32_t *reach_of(int32_t *all, int32_t d)
{
	return all + (size_t)d * (size_t)d + (size_t)d;
}

static int32_t step(const int32_t *before, int32_t d, int32_t k)
{
	if (d == 0)
		return 0;
	if (k == -d || (k != d && before[k - 1] < before[k + 1]))
		return before[k + 1];
	return before[k - 1] + 1;
}

/* The number of differences, or -1 where there are too many. */
static int32_t search(const struct middle *m, int32_t *all, int32_t most)
{
	int32_t a_count = (int32_t)m->a_count, b_count = (int32_t)m->b_count;

	for (int32_t d = 0; d <= most; d++) {
		int32_t *reach = reach_of(all, d);

		for (int32_t k = -d; k <= d; k += 2) {
			int32_t x = step(d ? reach_of(all, d - 1) : NULL, d, k);

			while (x < a_count && x - k < b_count && x - k >= 0 &&
			       same(&m->a[x], &m->b[x - k]))
				x++;
			reach[k] = x;
			if (x >= a_count && x - k >= b_count)
				return d;
		}
	}
	return -1;
}

/* The way back from the end, which marks what was removed and added. */
static void mark(const struct middle *m, int32_t *all, int32_t d)
{
	int32_t k = (int32_t)m->a_count - (int32_t)m->b_count;

	for (; d > 0; d--) {
		int32_t *before = reach_of(all, d - 1);
		bool down = k == -d || (k != d && before[k - 1] < before[k + 1]);

		k += down ? 1 : -1;
		int32_t x = before[k];
		if (down)
			m->added[x - k] = true;
		else
			m->removed[x] = true;
	}
}

/* Diagonals that leave the square are followed, too: their marks would lie outside, and
 * no shortest way takes them. */
static bool compare(const struct middle *m)
{
	int32_t most = (int32_t)MIN(m->a_count + m->b_count, TEXT_DIFF_EDITS_MAX);
	size_t places = ((size_t)most + 1) * ((size_t)most + 1);
	OWNED(freep) int32_t *all = xcalloc(places, sizeof(*all));
	int32_t d = search(m, all, most);

	if (d >= 0)
		mark(m, all, d);
	else {
		memset(m->removed, true, m->a_count);
		memset(m->added, true, m->b_count);
	}
	return d >= 0;
}

/* --- pieces ------------------------------------------------------------------------------- */

static void add_piece(struct text_diff *d, enum text_diff_kind kind, struct span text)
{
	struct text_diff_piece *last = d->count ? &d->pieces[d->count - 1] : NULL;

	if (last && last->kind == kind) {
		last->text.len += text.len; /* they stand one behind the other */
		return;
	}
	d->pieces[d->count++] = (struct text_diff_piece){kind, text};
}

static void put_pieces(struct text_diff *ret, const struct words *a,
		       const struct words *b, const bool *removed, const bool *added)
{
	size_t i = 0, k = 0;

	while (i < a->count || k < b->count) {
		if (i < a->count && removed[i]) {
			add_piece(ret, TEXT_REMOVED, a->at[i++].whole);
		} else if (k < b->count && added[k]) {
			add_piece(ret, TEXT_ADDED, b->at[k++].whole);
		} else {
			i++; /* what is the same is there in both */
			add_piece(ret, TEXT_SAME, b->at[k++].whole);
		}
	}
}

void text_diff_make(struct text_diff *ret, struct span older, struct span newer)
{
	struct words a = cut(older), b = cut(newer);
	size_t begin = 0, end = 0, least = MIN(a.count, b.count);
	OWNED(freep) bool *removed = xcalloc(a.count + 1, sizeof(*removed));
	OWNED(freep) bool *added = xcalloc(b.count + 1, sizeof(*added));

	while (begin < least && same(&a.at[begin], &b.at[begin]))
		begin++;
	while (end < least - begin &&
	       same(&a.at[a.count - 1 - end], &b.at[b.count - 1 - end]))
		end++;
	const struct middle m = {.a = a.at + begin,
				 .b = b.at + begin,
				 .a_count = a.count - begin - end,
				 .b_count = b.count - begin - end,
				 .removed = removed + begin,
				 .added = added + begin};
	*ret = (struct text_diff){
		.pieces = xcalloc(a.count + b.count + 1, sizeof(*ret->pieces))};
	ret->coarse = !compare(&m);
	put_pieces(ret, &a, &b, removed, added);
	free(a.at);
	free(b.at);
}

void text_diff_release(struct text_diff *d)
{
	free(d->pieces);
	*d = (struct text_diff){NULL, 0, false};
}
