/* Design: the key is made in two passes. This is the first: letters and digits are
 * copied, eight bytes at a time, and one space is made of what stands between. `@` and
 * `$`, which few texts have, are looked up beforehand, so that it need not ask for them.
 * The second mends what the first wrote, in the same place (fold_mend.c). */
#include "fold_own.h"

#include <stdlib.h>

#include "alloc.h"

/* --- signs that are letters within a word ----------------------------------------- */

/* Where the next ones are, and whether they stand in a word. */
struct signs {
	size_t at, dollar; /* the next of each, or the end */
	size_t token_end;  /* of the token that was asked for last */
	bool token_has_letter;
};

static size_t next_of(struct span match, size_t i, uint8_t byte)
{
	const uint8_t *found =
		i < match.len ? memchr(match.at + i, byte, match.len - i) : NULL;

	return found ? (size_t)(found - match.at) : match.len;
}

static inline size_t next_sign(struct signs *s, struct span match, size_t i)
{
	if (s->at < i)
		s->at = next_of(match, i, '@');
	if (s->dollar < i)
		s->dollar = next_of(match, i, '$');
	return MIN(s->at, s->dollar);
}

/* Has the token that begins at byte `from` a letter? It ends at *ret_end. */
static bool token_has_letter(struct span match, size_t from, size_t *ret_end)
{
	bool found = false;
	size_t i = from;

	while (i < match.len) {
		struct character c = decode(match.at + i, match.len - i);
		enum fold_kind kind = kind_of(c.code);
		if (kind == FOLD_KIND_SIGN && c.code != '@' && c.code != '$')
			break;
		found |= kind == FOLD_KIND_LETTER;
		i += c.len;
	}
	*ret_end = i;
	return found;
}

/* Where the token that goes on at byte `i` began. */
static size_t token_start(struct span match, size_t i)
{
	while (i > 0) {
		size_t j = i - 1;
		while (j > 0 && continues(match.at[j]))
			j--;
		if (kind_of(decode(match.at + j, i - j).code) == FOLD_KIND_SIGN)
			break;
		i = j;
	}
	return i;
}

/* Is the sign at byte `i` part of a word? Each token is read once, at its first sign. */
static bool is_in_word(struct signs *s, struct span match, size_t i)
{
	if (i >= s->token_end)
		s->token_has_letter =
			token_has_letter(match, token_start(match, i), &s->token_end);
	return s->token_has_letter;
}

/* --- letters, digits, single spaces ----------------------------------------------- */

/* Eight bytes of match, with spaces for what is no letter or digit, to `to`. Returns how
 * many of them stay before the first that does not: because it is not ASCII (the answer
 * of *ret_ascii), a second space, or a third letter. `last` and `before` are the bytes
 * that stand before `to`. */
static inline unsigned key_eight(uint8_t *to, const uint8_t *at, uint8_t last,
				 uint8_t before, bool *ret_ascii)
{
	uint64_t x = get_le64(at);
	uint64_t seven = x & ~TOPS;
	uint64_t letters = within(seven, 'a', 'z');
	uint64_t kept = letters | within(seven, '0', '9');
	uint64_t mask = kept | (kept - (kept >> 7));
	uint64_t y = (x & mask) | (EACH(' ') & ~mask);
	uint64_t same = zeros(y ^ shifted(y, last));
	uint64_t thirds = letters & shifted(same, last == before ? 0x80 : 0);
	uint64_t stops = (x & TOPS) | (same & (~kept | thirds));
	unsigned n = before_first(stops);

	put_le64(to, y);
	*ret_ascii = !(x & stops & -stops);
	return n;
}

/* As many eights as there are, up to a character that is not ASCII. What stops an eight
 * otherwise is left out, without a branch: punctuation comes too irregularly for a branch
 * to be guessed. Returns how many bytes were taken. */
static size_t key_eights(struct keying *k, struct span match, size_t i)
{
	uint8_t *to = k->at;
	size_t len = k->len, start = i;
	bool ascii = true;

	while (ascii && match.len - i >= 8) {
		uint8_t last = len > 0 ? to[len - 1] : ' ';
		uint8_t before = len > 1 ? to[len - 2] : ' ';
		unsigned n = key_eight(to + len, match.at + i, last, before, &ascii);
		len += n;
		i += n + (ascii & (n < 8));
	}
	k->len = len;
	return i - start;
}

/* The character at byte `i` of match; returns how many bytes it took. */
static inline unsigned key_next(struct keying *k, struct signs *s, struct span match,
				size_t i)
{
	struct character c = decode(match.at + i, match.len - i);
	uint8_t letter = c.code == '@' ? 'a' : 's';

	if ((c.code == '@' || c.code == '$') && is_in_word(s, match, i))
		key_character(k, (struct character){letter, 1}, &letter);
	else
		key_character(k, c, match.at + i);
	return c.len;
}

static void key_words(struct keying *k, struct span match)
{
	struct signs s = {next_of(match, 0, '@'), next_of(match, 0, '$'), 0, false};
	size_t i = 0;

	for (;;) {
		struct span plain = {match.at, next_sign(&s, match, i)};
		i += key_eights(k, plain, i);
		if (i >= match.len)
			break;
		do
			i += key_next(k, &s, match, i);
		while (i < plain.len && plain.len - i < 8);
	}
	if (k->len > 0 && key_ends_in_space(k))
		k->len--;
}

/* Where in match each byte comes from that the first pass wrote: it is done again, one
 * character at a time. */
uint32_t *fold_key_from(struct span match)
{
	OWNED(freep) uint8_t *again = xmalloc(match.len + 1);
	uint32_t *from = xmalloc((match.len + 1) * sizeof(*from));
	struct keying k = {.at = again};
	struct signs s = {0};

	for (size_t i = 0; i < match.len;) {
		size_t start = i, len = k.len;
		i += key_next(&k, &s, match, i);
		while (len < k.len)
			from[len++] = (uint32_t)start;
	}
	return from;
}

size_t fold_make_key(const struct fold_source *source, uint8_t *key)
{
	struct keying k = {.at = key};

	key_words(&k, source->match);
	return fold_mend(source, key, k.len);
}
