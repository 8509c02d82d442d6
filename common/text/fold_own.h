/* fold_own.h - the inside of fold.h: what the match (fold.c) and the two passes of the key
 * (fold_key.c, fold_mend.c) share. */
#ifndef FOLD_OWN_H
#define FOLD_OWN_H

#include "fold.h"

/* --- eight bytes at a time: the top bit of each byte says yes --------------------- */

/* One bit pattern in each of eight bytes. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define TOPS	   EACH(0x80)

/* Bytes below 0x80 that are at least `low`; `seven` has no top bits. */
static inline uint64_t at_least(uint64_t seven, uint8_t low)
{
	return (seven + EACH((uint8_t)(0x80 - low))) & TOPS;
}

static inline uint64_t within(uint64_t seven, uint8_t low, uint8_t high)
{
	return at_least(seven, low) & ~at_least(seven, (uint8_t)(high + 1));
}

/* Bytes that are 0, exactly. */
static inline uint64_t zeros(uint64_t x)
{
	return ~(((x & ~TOPS) + ~TOPS) | x) & TOPS;
}

/* The bytes (or answers) before each, `first` before the first of them. */
static inline uint64_t shifted(uint64_t x, uint64_t first)
{
	return x << 8 | first;
}

/* How many bytes come before the first answer. */
static inline unsigned before_first(uint64_t answers)
{
	return answers ? (unsigned)__builtin_ctzll(answers) / 8 : 8;
}

/* --- UTF-8 ------------------------------------------------------------------------ */

#define REPLACEMENT 0xFFFD

struct character {
	uint32_t code;
	unsigned len; /* bytes it took, 1..4 */
};

static inline bool continues(uint8_t byte)
{
	return (byte & 0xC0) == 0x80;
}

static inline struct character decode_long(const uint8_t *at, size_t left)
{
	static const struct character bad = {REPLACEMENT, 1};
	uint32_t code;

	if (left < 3 || !continues(at[1]) || !continues(at[2]))
		return bad;
	code = (uint32_t)(at[0] & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 |
	       (uint32_t)(at[2] & 0x3F);
	if (at[0] < 0xF0)
		return code < 0x800 || (code >= 0xD800 && code <= 0xDFFF)
			       ? bad
			       : (struct character){code, 3};
	if (left < 4 || at[0] > 0xF4 || !continues(at[3]))
		return bad;
	code = code << 6 | (uint32_t)(at[3] & 0x3F);
	return code < 0x10000 || code > 0x10FFFF ? bad : (struct character){code, 4};
}

static inline struct character decode(const uint8_t *at, size_t left)
{
	if (at[0] < 0x80)
		return (struct character){at[0], 1};
	if (at[0] >= 0xE0)
		return decode_long(at, left);
	if (at[0] >= 0xC2 && left > 1 && continues(at[1]))
		return (struct character){(uint32_t)(at[0] & 0x1F) << 6 | (at[1] & 0x3F),
					  2};
	return (struct character){REPLACEMENT, 1};
}

/* --- between the two -------------------------------------------------------------- */

enum fold_kind { FOLD_KIND_SIGN, FOLD_KIND_LETTER, FOLD_KIND_DIGIT };

/* What fold.h's key calls a character of match. */
enum fold_kind fold_kind_of(uint32_t code);

/* How many spaces the folding of one character has. */
unsigned fold_blanks_of(uint32_t code);

struct fold_source {
	struct span raw;	  /* what the author wrote */
	struct span match;	  /* made of it */
	const uint32_t *match_at; /* match.len + 1 offsets into raw */
};

/* 64 bytes are looked at at a time, and those behind them. */
#define FOLD_KEY_ROOM(match_len) ((match_len) + 96)

/* Writes the key of source->match, which takes FOLD_KEY_ROOM bytes while it is made;
 * returns its length. */
size_t fold_make_key(const struct fold_source *source, uint8_t *key);

/* The second pass, on the `len` bytes that the first wrote; returns the key's length. */
size_t fold_mend(const struct fold_source *source, uint8_t *key, size_t len);

/* Where in match each byte comes from that the first pass writes: it is done again, one
 * character at a time. The caller frees it. */
uint32_t *fold_key_from(struct span match);

/* --- the key's end ---------------------------------------------------------------- */

/* key on its way; what it ends in is all that the next character depends on. */
struct keying {
	uint8_t *at;
	size_t len;
};

static inline enum fold_kind kind_of(uint32_t code)
{
	if (code >= 0x80)
		return fold_kind_of(code);
	return code >= 'a' && code <= 'z'   ? FOLD_KIND_LETTER
	       : code >= '0' && code <= '9' ? FOLD_KIND_DIGIT
					    : FOLD_KIND_SIGN;
}

/* Does key end in these bytes twice? UTF-8 has no character inside another. */
static inline bool key_ends_in_two(const struct keying *k, const uint8_t *bytes,
				   size_t len)
{
	if (len == 1)
		return k->len >= 2 && k->at[k->len - 1] == *bytes &&
		       k->at[k->len - 2] == *bytes;
	return k->len >= 2 * len && memcmp(k->at + k->len - len, bytes, len) == 0 &&
	       memcmp(k->at + k->len - 2 * len, bytes, len) == 0;
}

static inline bool key_ends_in_space(const struct keying *k)
{
	return k->len == 0 || k->at[k->len - 1] == ' ';
}

static inline void key_character(struct keying *k, struct character c,
				 const uint8_t *bytes)
{
	enum fold_kind kind = kind_of(c.code);

	if (kind == FOLD_KIND_SIGN) {
		if (!key_ends_in_space(k))
			k->at[k->len++] = ' ';
		return;
	}
	if (kind == FOLD_KIND_LETTER && key_ends_in_two(k, bytes, c.len))
		return;
	for (unsigned i = 0; i < c.len; i++)
		k->at[k->len++] = bytes[i];
}

#endif
