#include "readable.h"

#include <stdlib.h>
#include <unistd.h>

#include "utf8.h"

#define SAME_SHOWN    100 /* bytes of a long passage on either side of what is left out */
#define WORD_BYTES    30
#define CHANGED_SHOWN 2000 /* of what was added or removed */
#define REPLACEMENT   "\xEF\xBF\xBD"
#define ELLIPSIS      "\xE2\x80\xA6"
#define RED	      "\033[31m"
#define GREEN	      "\033[32m"
#define PLAIN	      "\033[0m"

/* Cc, and the controls of UAX #9. */
static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x61C ||
	       point == 0x200E || point == 0x200F ||
	       (point >= 0x2028 && point <= 0x202E) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

static void put_point(struct buf *ret, uint32_t point, struct span bytes, bool lines)
{
	if (point == '\n' && lines)
		buf_format(ret, "\n%*s", READABLE_INDENT, "");
	else if (point == '\n' || point == '\t')
		buf_char(ret, ' ');
	else if (point == '\r')
		return;
	else if (is_control(point))
		buf_text(ret, REPLACEMENT);
	else
		buf_span(ret, bytes);
}

static void put_safe(struct buf *ret, struct span text, bool lines)
{
	size_t good = utf8_flaw(text);
	const uint8_t *at = text.at, *end = text.at + good;

	while (at < end) {
		const uint8_t *from = at;
		uint32_t point = utf8_next(&at, end);

		put_point(ret, point, (struct span){from, (size_t)(at - from)}, lines);
	}
	if (good < text.len)
		buf_text(ret, REPLACEMENT);
}

/* At most `max` bytes that are whole characters. */
static size_t cut_before(struct span text, size_t max)
{
	size_t len = MIN(text.len, max);

	while (len > 0 && len < text.len && (text.at[len] & 0xC0) == 0x80)
		len--;
	return len;
}

static size_t cut_behind(struct span text, size_t from)
{
	while (from < text.len && (text.at[from] & 0xC0) == 0x80)
		from++;
	return from;
}

void readable_name(struct buf *ret, struct span text)
{
	put_safe(ret, text, false);
}

static void put_cut(struct buf *ret, struct span text, size_t max)
{
	size_t shown = cut_before(text, max);

	put_safe(ret, (struct span){text.at, shown}, true);
	if (shown < text.len)
		buf_format(ret, ELLIPSIS " (%zu bytes more)", text.len - shown);
}

void readable_text(struct buf *ret, struct span text, size_t max)
{
	buf_format(ret, "%*s", READABLE_INDENT, "");
	put_cut(ret, text, max);
	buf_char(ret, '\n');
}

/* Near where it was cut, or there: scripts without spaces have none. */
static size_t end_of_word(struct span text, size_t cut)
{
	size_t at = cut;

	while (at > 0 && cut - at < WORD_BYTES && text.at[at - 1] != ' ')
		at--;
	return at > 0 && text.at[at - 1] == ' ' ? at - 1 : cut;
}

static size_t begin_of_word(struct span text, size_t cut)
{
	size_t at = cut;

	while (at < text.len && at - cut < WORD_BYTES && text.at[at - 1] != ' ')
		at++;
	return at < text.len && text.at[at - 1] == ' ' ? at : cut;
}

/* What is the same: at the ends of the text only the side towards the change is of use. */
static void put_same(struct buf *ret, struct span text, bool first, bool last)
{
	size_t head = first ? 0 : SAME_SHOWN, tail = last ? 0 : SAME_SHOWN;

	if (text.len <= 2 * SAME_SHOWN + 40) {
		put_safe(ret, text, true);
		return;
	}
	head = end_of_word(text, cut_before(text, head));
	tail = begin_of_word(text, cut_behind(text, text.len - tail));
	put_safe(ret, (struct span){text.at, head}, true);
	buf_format(ret, "%s" ELLIPSIS "%s", head ? " " : "", tail < text.len ? " " : "");
	put_safe(ret, (struct span){text.at + tail, text.len - tail}, true);
}

static size_t without_blank_end(struct span text)
{
	const uint8_t *at = text.at, *end = text.at + text.len;
	size_t len = 0;

	while (at < end) {
		bool blank = utf8_is_blank(at, (size_t)(end - at));

		utf8_next(&at, end);
		len = blank ? len : (size_t)(at - text.at);
	}
	return len;
}

/* The white space behind stands outside, and once where something takes another's place. */
static void put_change(struct buf *ret, const struct text_diff_piece *p, bool replaced,
		       bool colour)
{
	static const char *const open[][2] = {{"", ""}, {"[-", RED}, {"{+", GREEN}};
	static const char *const shut[][2] = {{"", ""}, {"-]", PLAIN}, {"+}", PLAIN}};
	size_t len = without_blank_end(p->text);

	buf_text(ret, open[p->kind][colour]);
	put_cut(ret, (struct span){p->text.at, len}, CHANGED_SHOWN);
	buf_text(ret, shut[p->kind][colour]);
	if (!replaced)
		put_safe(ret, (struct span){p->text.at + len, p->text.len - len}, true);
}

void readable_diff(struct buf *ret, const struct text_diff *d, bool colour)
{
	buf_format(ret, "%*s", READABLE_INDENT, "");
	for (size_t i = 0; i < d->count; i++) {
		const struct text_diff_piece *p = &d->pieces[i];
		bool last = i + 1 == d->count;

		if (p->kind == TEXT_SAME)
			put_same(ret, p->text, i == 0, last);
		else
			put_change(ret, p, !last && d->pieces[i + 1].kind == TEXT_ADDED,
				   colour);
	}
	buf_char(ret, '\n');
}

bool readable_colour(void)
{
	const char *terminal = getenv("TERM"), *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0 &&
	       (!no || !no[0]);
}
