#include "words.h"

#include <stdlib.h>

#include "alloc.h"
#include "language.h"
#include "words_own.h"

#define FIRST_BITS 8
/* Slots per word: most words of a text then meet an empty slot. */
#define SPARSENESS 8

/* What a byte says about the character that it begins. */
enum class { OTHER, ASCII_WORD, MANY }; /* MANY: the bytes behind it must be asked */

#define W ASCII_WORD
#define M MANY
static const uint8_t classes[256] = {
	['0'] = W, W, W, W, W, W, W, W, W, W, ['A'] = W, W,	     W,
	W,	   W, W, W, W, W, W, W, W, W, W,	 W,	     W,
	W,	   W, W, W, W, W, W, W, W, W, ['_'] = W, ['a'] = W,  W,
	W,	   W, W, W, W, W, W, W, W, W, W,	 W,	     W,
	W,	   W, W, W, W, W, W, W, W, W, W,	 [0xC3] = M, M,
	M,	   M, M, M, M, M, M, M, M, M, M,	 M,	     M,
	M,	   M, M, M, M, M, M, M, M, M, M,	 M,	     M,
	M,	   M, M, M, M, M, M, M, M, M, M,	 M,	     M,
	M,	   M, M, M, M, M, M, M, M, M, M,	 M,
};
#undef W
#undef M

/* Bytes of the word character at `at`, which is MANY; 0 where it is none. */
static size_t long_char(const uint8_t *at, const uint8_t *end)
{
	size_t len = *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;

	if ((size_t)(end - at) < len || *at == 0xE2 || *at == 0xEF ||
	    (*at == 0xE3 && at[1] == 0x80) || (*at == 0xF0 && at[1] == 0x9F))
		return 0;
	return len;
}

/* Bytes of the word character at `at`, 0 where none stands there. */
static size_t word_char(const uint8_t *at, const uint8_t *end)
{
	if (at == end || classes[*at] == OTHER)
		return 0;
	return classes[*at] == ASCII_WORD ? 1 : long_char(at, end);
}

static inline const uint8_t *word_end(const uint8_t *at, const uint8_t *end)
{
	for (;;) {
		while (at < end && classes[*at] == ASCII_WORD)
			at++;
		size_t len = at < end && classes[*at] == MANY ? long_char(at, end) : 0;
		if (len == 0)
			return at;
		at += len;
	}
}

struct span words_next(struct span *rest)
{
	const uint8_t *at = rest->at, *end = at + rest->len;

	while (at < end && word_char(at, end) == 0)
		at++;
	struct span word = {at, (size_t)(word_end(at, end) - at)};

	*rest = (struct span){at + word.len, (size_t)(end - at) - word.len};
	return word;
}

const uint8_t *words_end(const uint8_t *at, const uint8_t *end)
{
	return word_end(at, end);
}

/* A word's first eight bytes, 0 behind its end. The text goes on to `end`, so that nearly
 * all words are read with one load. */
static inline uint64_t first_of(const uint8_t *at, size_t len, const uint8_t *end)
{
	uint64_t first = 0;

	if (end - at >= 8) {
		memcpy(&first, at, 8);
		return first & (len < 8 ? (UINT64_C(1) << len * 8) - 1 : UINT64_MAX);
	}
	for (size_t i = 0; i < len; i++)
		first |= (uint64_t)at[i] << i * 8;
	return first;
}

static inline uint64_t eight_at(const uint8_t *at)
{
	uint64_t eight;

	memcpy(&eight, at, 8);
	return eight;
}

/* Of a key: its first eight bytes and its length. */
static inline uint64_t hash_of(uint64_t first, size_t len)
{
	return (first + len) * UINT64_C(0x9E3779B97F4A7C15);
}

/* What of an entry or a text is looked up beside the key from `at` to `at_end`; false where
 * so much does not stand there. */
static inline bool read_beside(uint64_t *ret, enum beside beside, struct span text,
			       const uint8_t *at, const uint8_t *at_end)
{
	ptrdiff_t before = at - text.at, behind = text.at + text.len - at_end;
	uint32_t four;

	*ret = 0;
	switch (beside) {
	case EIGHT_BEHIND:
		if (behind >= 8)
			memcpy(ret, at_end, 8);
		return behind >= 8;
	case EIGHT_BEFORE:
		if (before >= 8)
			memcpy(ret, at - 8, 8);
		return before >= 8;
	case FOUR_BEHIND:
		if (behind >= 4)
			*ret = (memcpy(&four, at_end, 4), four);
		return behind >= 4;
	case FOUR_BEFORE:
		if (before >= 4)
			*ret = (memcpy(&four, at - 4, 4), four);
		return before >= 4;
	case ALONE:
	case BESIDE_COUNT:
		break;
	}
	return true;
}

/* Of a key with what stands beside it: entries with the same share a chain. */
static inline uint64_t hash_with(uint64_t hash, enum beside beside, uint64_t bytes)
{
	uint64_t mixed = (bytes + (uint64_t)beside + 1) * UINT64_C(0xD6E8FEB86659FD93);

	return (hash ^ mixed ^ mixed >> 32) * UINT64_C(0x9E3779B97F4A7C15);
}

static inline uint32_t *slot_of(const struct words *w, uint64_t hash)
{
	return &w->slots[hash >> (64 - w->bits)];
}

/* Two bits of 64 say whether a slot is worth a look: the filter of ten thousand words stays
 * in the nearest cache, their slots do not. */
static inline uint64_t *filter_of(const struct words *w, uint64_t hash)
{
	return &w->filter[hash >> (64 - w->bits + 6)];
}

static inline uint64_t filter_bits(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 32 & 63) | UINT64_C(1) << (hash >> 26 & 63);
}

/* The longest word of an entry that is not in every other text; where all are, the longest
 * of these: most texts have the first words of phrases ("you are a ..."). */
static struct span key_of(const struct word *word)
{
	struct span rest = {word->bytes, word->len}, best = SPAN_NONE;
	bool best_common = true;

	for (struct span next; (next = words_next(&rest)).len > 0;) {
		bool common = language_is_common(next);

		if (common == best_common ? next.len > best.len : best_common)
			best = next, best_common = common;
	}
	return best;
}

/* With what stands beside the key, a phrase is met where it stands, and hardly elsewhere:
 * its key alone is in many a text. */
static void put(struct words *w, uint32_t index)
{
	static const enum beside best[] = {EIGHT_BEHIND, EIGHT_BEFORE, FOUR_BEHIND,
					   FOUR_BEFORE, ALONE};
	struct word *word = &w->at[index];
	struct span entry = {word->bytes, word->len}, key = key_of(word);
	uint64_t hash = hash_of(first_of(key.at, key.len, entry.at + entry.len), key.len);
	uint64_t bytes;
	size_t i = 0;

	while (!read_beside(&bytes, best[i], entry, key.at, key.at + key.len))
		i++;
	*filter_of(w, hash) |= filter_bits(hash);
	hash = hash_with(hash, best[i], bytes);
	*filter_of(w, hash) |= filter_bits(hash);
	uint32_t *slot = slot_of(w, hash);
	word->key = (uint32_t)(key.at - word->bytes);
	word->beside = best[i];
	word->next = *slot;
	*slot = index;
}

static void grow(struct words *w)
{
	while ((uint64_t)1 << w->bits < (uint64_t)w->room * SPARSENESS)
		w->bits++;
	size_t bytes = sizeof(*w->slots) << w->bits;
	w->slots = xrealloc(w->slots, bytes);
	memset(w->slots, 0xFF, bytes);
	free(w->filter);
	w->filter = xcalloc((size_t)1 << (w->bits - 6), sizeof(*w->filter));
	for (uint32_t i = 0; i < w->count; i++)
		put(w, i);
}

struct words *words_new(void)
{
	struct words *w = xcalloc(1, sizeof(*w));

	w->bits = FIRST_BITS;
	grow(w);
	return w;
}

void words_free(struct words *w)
{
	if (!w)
		return;
	for (uint32_t i = 0; i < w->count; i++)
		free(w->at[i].bytes);
	free(w->at);
	free(w->slots);
	free(w->filter);
	words_stems_free(w->stems);
	free(w);
}

size_t words_count(const struct words *w)
{
	return w->count + words_stems_count(w->stems);
}

static bool ends_in_word(struct span word)
{
	const uint8_t *at = word.at, *end = word.at + word.len;

	for (;;) {
		at = word_end(at, end);
		if (at == end)
			return true;
		while (at < end && word_char(at, end) == 0)
			at++;
		if (at == end)
			return false;
	}
}

enum status words_add(struct words *w, struct span word, uint32_t owner, struct err *err)
{
	if (word.len > WORDS_BYTES_MAX)
		return err_set(err, ST_ECONFIG, "a word of more than %d bytes",
			       WORDS_BYTES_MAX);
	if (word.len == 0 || word_char(word.at, word.at + word.len) == 0)
		return err_set(err, ST_ECONFIG,
			       "a word begins with a letter or a digit; use a pattern");
	if (w->count == w->room) {
		w->room = w->room ? w->room * 2 : 32;
		w->at = xrealloc(w->at, w->room * sizeof(*w->at));
		grow(w);
	}
	w->at[w->count] = (struct word){.bytes = xmemdup(word.at, word.len),
					.len = (uint32_t)word.len,
					.owner = owner,
					.ends_in_word = ends_in_word(word)};
	put(w, w->count++);
	return ST_OK;
}

/* Does a character of a word end at `at`? */
static bool is_behind_word_char(const uint8_t *at, const uint8_t *start)
{
	const uint8_t *before = at;

	if (at == start)
		return false;
	do
		before--;
	while (before > start && (*before & 0xC0) == 0x80);
	return word_char(before, at) > 0;
}

/* Where `word` begins, if it stands whole around its key at `at`, or NULL. */
static const uint8_t *match_start(const struct word *word, struct span text,
				  const uint8_t *at)
{
	const uint8_t *end = text.at + text.len, *start;

	if ((size_t)(at - text.at) < word->key ||
	    (size_t)(end - at) < word->len - word->key)
		return NULL;
	start = at - word->key;
	if (memcmp(start, word->bytes, word->len) != 0 ||
	    (word->ends_in_word && word_char(start + word->len, end)) ||
	    (start < at && is_behind_word_char(start, text.at)))
		return NULL;
	return start;
}

static inline bool is_listed(const struct words *w, uint64_t hash)
{
	uint64_t bits = filter_bits(hash);

	return (*filter_of(w, hash) & bits) == bits;
}

/* The entries whose key is the text's word from `at` on, with what `hash` has beside it. */
static void look_up_chain(const struct words *w, struct span text, const uint8_t *at,
			  enum beside beside, uint64_t hash, const struct words_report *r)
{
	for (uint32_t i = *slot_of(w, hash); i != NO_WORD; i = w->at[i].next) {
		const struct word *word = &w->at[i];
		const uint8_t *start =
			word->beside == beside ? match_start(word, text, at) : NULL;

		if (start)
			r->found(r->context, word->owner, (size_t)(start - text.at),
				 (size_t)(start - text.at) + word->len);
	}
}

/* The entries whose key, `hash`, is the text's word from `at` to `at_end`. Kept apart: most
 * words are no key. */
static __attribute__((noinline)) void look_up_key(const struct words *w, struct span text,
						  const uint8_t *at,
						  const uint8_t *at_end, uint64_t hash,
						  const struct words_report *r)
{
	uint64_t bytes, with;

#pragma GCC unroll 5
	for (enum beside beside = ALONE; beside < BESIDE_COUNT; beside++) {
		if (!read_beside(&bytes, beside, text, at, at_end))
			continue;
		with = hash_with(hash, beside, bytes);
		if (is_listed(w, with))
			look_up_chain(w, text, at, beside, with, r);
	}
}

/* The listed words and phrases at the text's word from `at` to `at_end`. */
static inline void look_up(const struct words *w, struct span text, const uint8_t *at,
			   const uint8_t *at_end, const struct words_report *r)
{
	size_t len = (size_t)(at_end - at);
	uint64_t first = first_of(at, len, text.at + text.len);
	uint64_t hash = hash_of(first, len);

	if (w->stem_heads && w->stem_heads[words_head(first)])
		words_stems_look_up(w->stems, text, (struct span){at, len}, first, r);
	if (is_listed(w, hash))
		look_up_key(w, text, at, at_end, hash, r);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit i: is byte i of these eight, all below 0x80, one of a word? Without branches: where
 * words end is what a processor cannot guess. */
static uint64_t mask_of_8(const uint8_t *at)
{
	uint64_t bytes, small;

	memcpy(&bytes, at, 8);
	small = bytes | EACH(0x20);
	uint64_t letters = (small + EACH(0x80 - 'a')) & ~(small + EACH(0x80 - 'z' - 1));
	uint64_t digits = (bytes + EACH(0x80 - '0')) & ~(bytes + EACH(0x80 - '9' - 1));
	uint64_t lines = ~((bytes ^ EACH('_')) + EACH(0x7F));
	uint64_t all = (letters | digits | lines) & EACH(0x80);
	/* The high bits of the eight bytes, gathered. */
	return ((all >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

static uint64_t mask_of_64(const uint8_t *at, size_t len)
{
	uint8_t tail[64] = {0};
	uint64_t mask = 0;

	if (len < 64) {
		memcpy(tail, at, len);
		at = tail;
	}
	for (unsigned i = 0; i < 64; i += 8)
		mask |= mask_of_8(at + i) << i;
	return mask;
}

static void find_ascii(const struct words *w, struct span text,
		       const struct words_report *r)
{
	const uint8_t *end = text.at + text.len;
	uint64_t before = 0; /* 1: the byte before the block is one of a word */

	for (const uint8_t *block = text.at; block < end; block += MIN(64, end - block)) {
		uint64_t mask = mask_of_64(block, MIN((size_t)(end - block), 64));
		uint64_t starts = mask & ~(mask << 1 | before);

		for (; starts; starts &= starts - 1) {
			unsigned i = (unsigned)__builtin_ctzll(starts);
			uint64_t gap = ~mask >> i;
			const uint8_t *at = block + i;

			look_up(w, text, at,
				gap ? at + __builtin_ctzll(gap)
				    : word_end(block + 64, end),
				r);
		}
		before = mask >> 63;
	}
}

static void find_any(const struct words *w, struct span text,
		     const struct words_report *r)
{
	const uint8_t *end = text.at + text.len;

	for (const uint8_t *at = text.at; at < end;) {
		const uint8_t *first_end = word_end(at, end);

		if (first_end > at)
			look_up(w, text, at, first_end, r);
		at = MAX(first_end, at + 1);
	}
}

static bool is_ascii(struct span text)
{
	uint64_t all = 0;
	size_t i = 0;

	for (; i + 8 <= text.len; i += 8)
		all |= eight_at(text.at + i);
	for (; i < text.len; i++)
		all |= text.at[i];
	return (all & EACH(0x80)) == 0;
}

void words_find(const struct words *w, struct span text,
		void (*found)(void *context, uint32_t owner, size_t start, size_t end),
		void *context)
{
	const struct words_report r = {found, context};

	if (is_ascii(text))
		find_ascii(w, text, &r);
	else
		find_any(w, text, &r);
}
