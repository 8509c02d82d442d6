/* Design: a table gives each code point its replacement, so one character is a look-up
 * and a copy. Most of French and English needs neither: eight bytes at a time are lowered
 * with word arithmetic, and only what that can't do (an accent, a line's end) goes through
 * the table alone. Both outputs get the room of the worst case beforehand, so that the
 * loops need not ask for it; an eight may then be written whole though only a part of it
 * counts. The key is made of the match (fold_key.c, fold_mend.c). */
#include "fold_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "fold_table.inc"

#define TAGS_FIRST 0xE0000 /* tags and variation selectors: one block, all ignorable */
#define TAGS_LAST  0xE0FFF

#define HANGUL_FIRST 0xAC00
#define JAMO_LEADS   0x1100
#define JAMO_VOWELS  0x1161
#define JAMO_TAILS   0x11A7 /* one before the first */
#define VOWELS	     21
#define TAILS	     28 /* none included */

/* match on its way: where the next byte goes. */
struct matching {
	uint8_t *at;
	uint32_t *from;
	size_t len;
};

const char *fold_unicode_version(void)
{
	return FOLD_TABLE_UNICODE;
}

void fold_init(struct fold *f)
{
	*f = (struct fold){
		.match = BUF_INIT((size_t)FOLD_BYTES_MAX * FOLD_GROWTH),
		.key = BUF_INIT(FOLD_KEY_ROOM((size_t)FOLD_BYTES_MAX * FOLD_GROWTH)),
	};
}

void fold_release(struct fold *f)
{
	buf_release(&f->match);
	buf_release(&f->key);
	free(f->match_at);
	f->match_at = NULL;
	f->match_at_capacity = 0;
}

char fold_seen_as(uint32_t code)
{
	size_t low = 0, high = ARRAY_LEN(fold_seen);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (fold_seen[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ARRAY_LEN(fold_seen) && fold_seen[low].code == code
		       ? fold_seen[low].seen
		       : 0;
}

/* --- UTF-8 ------------------------------------------------------------------------ */

static unsigned encode(uint8_t to[4], uint32_t code)
{
	if (code < 0x80) {
		to[0] = (uint8_t)code;
		return 1;
	}
	unsigned len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (unsigned i = len - 1; i > 0; i--, code >>= 6)
		to[i] = (uint8_t)(0x80 | (code & 0x3F));
	to[0] = (uint8_t)((0xF00 >> len) | code);
	return len;
}

static inline unsigned value_of(uint32_t code)
{
	if (code < FOLD_TABLE_LIMIT)
		return fold_leaves[fold_leaf_of[code / FOLD_BLOCK] * FOLD_BLOCK +
				   code % FOLD_BLOCK];
	return code >= TAGS_FIRST && code <= TAGS_LAST ? FOLD_DROP : FOLD_OTHER;
}

enum fold_kind fold_kind_of(uint32_t code)
{
	unsigned value = value_of(code);

	return value == FOLD_LETTER   ? FOLD_KIND_LETTER
	       : value == FOLD_NUMBER ? FOLD_KIND_DIGIT
				      : FOLD_KIND_SIGN;
}

unsigned fold_blanks_of(uint32_t code)
{
	unsigned value = value_of(code);
	unsigned blanks = 0;

	if (value < FOLD_STRINGS)
		return code == ' ';
	for (unsigned i = fold_string_at[value - FOLD_STRINGS];
	     i < fold_string_at[value - FOLD_STRINGS + 1]; i++)
		blanks += fold_bytes[i] == ' ';
	return blanks;
}

/* --- match ------------------------------------------------------------------------ */

static inline bool match_ends_in_space(const struct matching *m)
{
	return m->len > 0 && m->at[m->len - 1] == ' ';
}

static inline void match_bytes(struct matching *m, const uint8_t *bytes, size_t len,
			       uint32_t from)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == ' ' && match_ends_in_space(m))
			continue;
		m->at[m->len] = bytes[i];
		m->from[m->len++] = from;
	}
}

static void match_code(struct matching *m, uint32_t code, uint32_t from)
{
	uint8_t bytes[4];

	match_bytes(m, bytes, encode(bytes, code), from);
}

/* The standard's arithmetic spares the table 11,172 strings. */
static void match_hangul(struct matching *m, uint32_t syllable, uint32_t from)
{
	uint32_t i = syllable - HANGUL_FIRST;

	match_code(m, JAMO_LEADS + i / (VOWELS * TAILS), from);
	match_code(m, JAMO_VOWELS + i / TAILS % VOWELS, from);
	if (i % TAILS)
		match_code(m, JAMO_TAILS + i % TAILS, from);
}

static void match_character(struct matching *m, uint32_t code, uint32_t from)
{
	unsigned value = value_of(code);

	if (value >= FOLD_STRINGS) {
		unsigned start = fold_string_at[value - FOLD_STRINGS];
		unsigned end = fold_string_at[value - FOLD_STRINGS + 1];
		match_bytes(m, fold_bytes + start, end - start, from);
	} else if (value == FOLD_HANGUL) {
		match_hangul(m, code, from);
	} else if (value != FOLD_DROP) {
		match_code(m, code, from);
	}
}

/* Lowers what it can of eight bytes; returns how many it took. Left alone: what is not
 * ASCII, controls, and a space after a space. All eight are written, which the room of
 * the worst case allows. */
static inline unsigned match_eight(uint8_t *to, uint32_t *to_from, const uint8_t *at,
				   uint32_t from, uint8_t last)
{
	uint64_t x = get_le64(at);
	uint64_t seven = x & ~TOPS;
	uint64_t spaces = zeros(x ^ EACH(' '));
	uint64_t doubled = spaces & shifted(spaces, last == ' ' ? 0x80 : 0);
	uint64_t odd = (x & TOPS) | (~within(seven, ' ', '~') & TOPS) | doubled;

	put_le64(to, x | within(seven, 'A', 'Z') >> 2);
	for (unsigned i = 0; i < 8; i++)
		to_from[i] = from + i;
	return before_first(odd);
}

/* As many eights as there are; returns how many bytes of `text` were taken. */
static size_t match_eights(struct matching *m, struct span text, size_t i)
{
	uint8_t *to = m->at;
	uint32_t *to_from = m->from;
	size_t len = m->len, start = i;
	uint8_t last = len > 0 ? to[len - 1] : 0;

	while (text.len - i >= 8) {
		unsigned n = match_eight(to + len, to_from + len, text.at + i,
					 (uint32_t)i, last);
		i += n;
		len += n;
		if (n < 8)
			break;
		last = text.at[i - 1];
	}
	m->len = len;
	return i - start;
}

static void make_match(struct matching *m, struct span text)
{
	size_t i = 0;

	while ((i += match_eights(m, text, i)) < text.len) {
		struct character c = decode(text.at + i, text.len - i);
		match_character(m, c.code, (uint32_t)i);
		i += c.len;
	}
	m->from[m->len] = (uint32_t)text.len;
}

/* --- both ------------------------------------------------------------------------- */

static uint8_t *room_for(struct buf *b, size_t len)
{
	buf_clear(b);
	uint8_t *at = buf_extend(b, len);
	assert(at);
	return at;
}

static void cut_to(struct buf *b, size_t len)
{
	b->len = len;
	b->at[len] = '\0';
}

static uint32_t *room_for_offsets(struct fold *f, size_t entries)
{
	if (entries > f->match_at_capacity) {
		free(f->match_at);
		f->match_at = xmalloc(entries * sizeof(*f->match_at));
		f->match_at_capacity = entries;
	}
	return f->match_at;
}

void fold_text(struct fold *f, struct span text)
{
	assert(text.len <= FOLD_BYTES_MAX);
	size_t worst = text.len * FOLD_GROWTH;

	struct matching m = {.at = room_for(&f->match, worst),
			     .from = room_for_offsets(f, worst + 1)};
	make_match(&m, text);
	cut_to(&f->match, m.len);

	struct fold_source source = {text, buf_view(&f->match), f->match_at};
	uint8_t *key = room_for(&f->key, FOLD_KEY_ROOM(m.len));
	cut_to(&f->key, fold_make_key(&source, key));
}
