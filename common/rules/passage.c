#include "passage.h"

#include <stdlib.h>

#include "utf8.h"

#define ELLIPSIS "\u2026"

/* --- places in a text -------------------------------------------------------------------- */

static size_t char_start(struct span text, size_t at)
{
	while (at > 0 && at < text.len && (text.at[at] & 0xC0) == 0x80)
		at--;
	return at;
}

static size_t char_end(struct span text, size_t at)
{
	while (at < text.len && (text.at[at] & 0xC0) == 0x80)
		at++;
	return at;
}

static bool blank_at(struct span text, size_t at)
{
	return utf8_is_blank(text.at + at, text.len - at);
}

/* Where the words before `at` that are shown begin. */
static size_t context_start(struct span text, size_t at)
{
	if (at <= PASSAGE_CONTEXT_BYTES)
		return 0;
	size_t from = char_end(text, at - PASSAGE_CONTEXT_BYTES);
	if (blank_at(text, from - 1))
		return from;
	for (size_t i = from; i < at; i = char_end(text, i + 1))
		if (blank_at(text, i))
			return char_end(text, i + 1);
	return from; /* one long word */
}

static size_t context_end(struct span text, size_t at)
{
	if (text.len - at <= PASSAGE_CONTEXT_BYTES)
		return text.len;
	size_t to = char_start(text, at + PASSAGE_CONTEXT_BYTES);
	for (size_t i = to; i > at; i = char_start(text, i - 1))
		if (blank_at(text, i))
			return i;
	return blank_at(text, at) ? at : to;
}

/* --- writing ----------------------------------------------------------------------------- */

/* Puts bytes with blanks made single spaces, none at either end of the line. */
struct line {
	struct buf *out;
	bool begun;
	bool space; /* owed before the next character */
};

static void line_text(struct line *l, const char *text)
{
	if (l->space && l->begun)
		buf_char(l->out, ' ');
	buf_text(l->out, text);
	l->begun = true;
	l->space = false;
}

static void line_put(struct line *l, struct span text, size_t from, size_t to)
{
	for (size_t i = from, next; i < to; i = next) {
		next = MIN(char_end(text, i + 1), to);
		if (blank_at(text, i)) {
			l->space = true;
			continue;
		}
		line_text(l, "");
		buf_bytes(l->out, text.at + i, next - i);
	}
}

/* In the middle of a word there is no space before the ellipsis. */
static void line_omit(struct line *l)
{
	line_text(l, ELLIPSIS);
	l->space = true;
}

static void line_put_marked(struct line *l, struct span text, size_t from, size_t to)
{
	if (from >= to)
		return;
	line_text(l, "[");
	if (to - from > PASSAGE_MARKED_BYTES) {
		line_put(l, text, from,
			 char_start(text, from + PASSAGE_MARKED_BYTES * 3 / 4));
		l->space = true;
		line_omit(l);
		from = char_end(text, to - PASSAGE_MARKED_BYTES / 4);
	}
	line_put(l, text, from, to);
	line_text(l, "]");
}

/* The bytes that a span marks: whole characters of `text`, no blanks at either end. */
static void bounds(struct span text, const struct hit_span *span, size_t *ret_from,
		   size_t *ret_to)
{
	size_t start = MIN((size_t)span->start, text.len);
	size_t from = char_start(text, start);
	size_t to = char_end(text, start + MIN((size_t)span->len, text.len - start));

	while (from < to && blank_at(text, from))
		from = char_end(text, from + 1);
	while (from < to && blank_at(text, char_start(text, to - 1)))
		to = char_start(text, to - 1);
	*ret_from = from;
	*ret_to = to;
}

/* --- what others see --------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct hit_span *left = a, *right = b;

	if (left->tag != right->tag)
		return left->tag < right->tag ? -1 : 1;
	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return (left->len > right->len) - (left->len < right->len);
}

size_t passage_sort(struct hit_span *spans, size_t count)
{
	size_t kept = 0;

	if (count > 0)
		qsort(spans, count, sizeof(*spans), by_place);
	for (size_t i = 0; i < count; i++) {
		struct hit_span *last = kept > 0 ? &spans[kept - 1] : NULL;
		uint64_t end = (uint64_t)spans[i].start + spans[i].len;

		if (spans[i].len == 0)
			continue;
		if (last && last->tag == spans[i].tag &&
		    spans[i].start <= (uint64_t)last->start + last->len)
			last->len =
				(uint32_t)(MAX(end, (uint64_t)last->start + last->len) -
					   last->start);
		else
			spans[kept++] = spans[i];
	}
	return kept;
}

size_t passage_put(struct buf *out, struct span value, const struct hit_span *spans,
		   size_t count)
{
	struct line line = {out, false, false};
	size_t from, to, shown, used = 0;

	bounds(value, &spans[0], &from, &to);
	shown = context_start(value, from);
	if (shown > 0)
		line_omit(&line);
	for (;;) {
		line_put(&line, value, shown, from);
		line_put_marked(&line, value, from, to);
		shown = to;
		if (++used == count)
			break;
		bounds(value, &spans[used], &from, &to);
		if (context_start(value, from) > context_end(value, shown))
			break;
		from = MAX(from, shown);
	}
	to = context_end(value, shown);
	line_put(&line, value, shown, to);
	if (to < value.len) {
		line.space = line.space || blank_at(value, to);
		line_omit(&line);
	}
	return used;
}

void passage_put_start(struct buf *out, struct span value, size_t max)
{
	struct line line = {out, false, false};
	size_t to = value.len <= max ? value.len : char_start(value, max);

	if (to < value.len)
		for (size_t i = to; i > 0; i = char_start(value, i - 1))
			if (blank_at(value, i)) {
				to = i;
				break;
			}
	line_put(&line, value, 0, to);
	if (to < value.len) {
		line.space = false;
		line_text(&line, ELLIPSIS);
	}
}
