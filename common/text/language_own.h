/* language_own.h - how language.c's table is laid out; for it and its generator alone. */
#ifndef LANGUAGE_OWN_H
#define LANGUAGE_OWN_H

#include <stddef.h>
#include <stdint.h>

#define LANGUAGE_SLOTS_BITS	12
#define LANGUAGE_SLOTS		((size_t)1 << LANGUAGE_SLOTS_BITS)
#define LANGUAGE_WORD_LETTERS	12 /* more do not fit into a key */
#define LANGUAGE_ENDING_LETTERS 3
#define LANGUAGE_ENDING		(UINT64_C(1) << 63) /* in the key of an ending */
#define LANGUAGE_ENDING_MASK	UINT64_C(0x7FFF)

/* The key of a word with one more letter, a-z, behind it: five bits each, the last one
 * lowest. The key of no letters is 0. */
static inline uint64_t language_key(uint64_t key, char letter)
{
	return key << 5 | (uint64_t)(letter - 'a' + 1);
}

static inline size_t language_slot(uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >>
			(64 - LANGUAGE_SLOTS_BITS));
}

#endif
