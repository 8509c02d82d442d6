/* words_own.h - the inside of words.h, for words.c and words_stem.c alone. */
#ifndef WORDS_OWN_H
#define WORDS_OWN_H

#include "words.h"

/* What stands beside the word that an entry is looked up by, and is looked up with it. */
enum beside { ALONE, EIGHT_BEHIND, EIGHT_BEFORE, FOUR_BEHIND, FOUR_BEFORE, BESIDE_COUNT };

struct word {
	uint8_t *bytes;
	uint32_t len;
	uint32_t key; /* where in bytes the word begins that it is looked up by */
	uint32_t owner;
	uint32_t next;	   /* word with the same slot, or NO_WORD */
	bool ends_in_word; /* its last character is one of a word */
	uint8_t beside;	   /* enum beside */
};

#define NO_WORD UINT32_MAX

struct words {
	struct word *at;
	uint32_t count, room;
	uint32_t *slots;  /* 2^bits heads of chains, NO_WORD where empty */
	uint64_t *filter; /* 2^bits bits: which keys and which slots are worth a look */
	unsigned bits;
	struct stems *stems; /* NULL until there is one */
	uint8_t *stem_heads; /* by words_head: a bit for each language that has a stem
			      * which begins so; NULL as well */
};

#define HEAD_BITS 14

/* Of a word's first eight bytes, the lowest first and 0 behind its end: in which of the
 * places for beginnings its own, of three bytes, is looked up. */
static inline uint32_t words_head(uint64_t first)
{
	return (uint32_t)(first & 0xFFFFFF) * UINT32_C(0x9E3779B1) >> (32 - HEAD_BITS);
}

struct words_report {
	void (*found)(void *context, uint32_t owner, size_t start, size_t end);
	void *context;
};

/* Where the word at `at` ends; `at` where none begins there. */
const uint8_t *words_end(const uint8_t *at, const uint8_t *end);

void words_stems_free(struct stems *s);		 /* accepts NULL */
size_t words_stems_count(const struct stems *s); /* accepts NULL */

/* Reports the entries that stand, inflected in whatever way, at the text's `word`, whose
 * first eight bytes are `first`. */
void words_stems_look_up(struct stems *s, struct span text, struct span word,
			 uint64_t first, const struct words_report *r);

#endif
