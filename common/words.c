#include "words.h"

#include <stdlib.h>

#include "alloc.h"

struct word {
	uint8_t *bytes;
	uint32_t len;
	uint32_t owner;
	uint32_t next;	   /* word with the same slot, or NO_WORD */
	bool ends_in_word; /* its last character is one of a word */
};

#define NO_WORD UINT32_MAX

struct words {
	struct word *at;
	uint32_t count, room;
	uint32_t *slots; /* 2^bits heads of chains, NO_WORD where empty */
	unsigned bits;
};

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

static const uint8_t *word_end(const uint8_t *at, const uint8_t *end)
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

/* Of a word's length and first eight bytes; words that share both share a chain. The text
 * goes on to `end`, so that nearly all words are read with one load. */
static uint32_t slot_of(const struct words *w, const uint8_t *at, size_t len,
			const uint8_t *end)
{
	uint64_t first = 0;

	if (end - at >= 8) {
		memcpy(&first, at, 8);
		first &= len < 8 ? (UINT64_C(1) << len * 8) - 1 : UINT64_MAX;
	} else {
		for (size_t i = 0; i < len; i++)
			first |= (uint64_t)at[i] << i * 8;
	}
	return (uint32_t)(((first + len) * UINT64_C(0x9E3779B97F4A7C15)) >>
			  (64 - w->bits));
}

static void put(struct words *w, uint32_t index)
{
	struct word *word = &w->at[index];
	const uint8_t *first_end = word_end(word->bytes, word->bytes + word->len);
	uint32_t *slot =
		&w->slots[slot_of(w, word->bytes, (size_t)(first_end - word->bytes),
				  word->bytes + word->len)];

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
	free(w);
}

size_t words_count(const struct words *w)
{
	return w->count;
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

/* The end of `word` where it stands whole at `at`, the beginning of a word, or NULL. */
static const uint8_t *match_end(const struct word *word, const uint8_t *at,
				const uint8_t *end)
{
	const uint8_t *stop = at + word->len;

	if ((size_t)(end - at) < word->len || memcmp(at, word->bytes, word->len) != 0)
		return NULL;
	return word->ends_in_word && word_char(stop, end) ? NULL : stop;
}

void words_find(const struct words *w, struct span text,
		void (*found)(void *context, uint32_t owner, size_t start, size_t end),
		void *context)
{
	const uint8_t *end = text.at + text.len;

	for (const uint8_t *at = text.at; at < end;) {
		const uint8_t *first_end = word_end(at, end);

		if (first_end == at) {
			at++;
			continue;
		}
		uint32_t i = w->slots[slot_of(w, at, (size_t)(first_end - at), end)];
		for (; i != NO_WORD; i = w->at[i].next) {
			const uint8_t *stop = match_end(&w->at[i], at, end);

			if (stop)
				found(context, w->at[i].owner, (size_t)(at - text.at),
				      (size_t)(stop - text.at));
		}
		at = first_end;
	}
}
