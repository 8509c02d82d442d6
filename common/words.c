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

/* Bytes of the word character at `at`, 0 where none stands there. */
static size_t word_char(const uint8_t *at, const uint8_t *end)
{
	static const bool ascii[128] = {
		['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true,
		['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
		['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,
		['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true,
		['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true,
		['P'] = true, ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true,
		['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true,
		['Z'] = true, ['_'] = true, ['a'] = true, ['b'] = true, ['c'] = true,
		['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true,
		['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true,
		['n'] = true, ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true,
		['s'] = true, ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true,
		['x'] = true, ['y'] = true, ['z'] = true,
	};

	if (at == end)
		return 0;
	if (*at < 0x80)
		return ascii[*at];
	size_t len = *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
	if (*at < 0xC3 || (size_t)(end - at) < len)
		return 0;
	if (*at == 0xE2 || *at == 0xEF || (*at == 0xE3 && at[1] == 0x80) ||
	    (*at == 0xF0 && at[1] == 0x9F))
		return 0;
	return len;
}

static const uint8_t *word_end(const uint8_t *at, const uint8_t *end)
{
	for (size_t len; (len = word_char(at, end)) > 0;)
		at += len;
	return at;
}

/* Of a word's length and first eight bytes; words that share both share a chain. */
static uint32_t slot_of(const struct words *w, const uint8_t *at, size_t len)
{
	uint64_t first = 0;

	memcpy(&first, at, MIN(len, sizeof(first)));
	return (uint32_t)(((first ^ (len << 59 | len)) * UINT64_C(0x9E3779B97F4A7C15)) >>
			  (64 - w->bits));
}

static void put(struct words *w, uint32_t index)
{
	struct word *word = &w->at[index];
	const uint8_t *first_end = word_end(word->bytes, word->bytes + word->len);
	uint32_t *slot =
		&w->slots[slot_of(w, word->bytes, (size_t)(first_end - word->bytes))];

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
		uint32_t i = w->slots[slot_of(w, at, (size_t)(first_end - at))];
		for (; i != NO_WORD; i = w->at[i].next) {
			const uint8_t *stop = match_end(&w->at[i], at, end);

			if (stop)
				found(context, w->at[i].owner, (size_t)(at - text.at),
				      (size_t)(stop - text.at));
		}
		at = first_end;
	}
}
