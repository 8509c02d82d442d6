/* information_own.h - how information.c's tables are laid out; for it and its generator.
 *
 * Two open hash tables, of words and of pairs of neighbours, with the hash as the key: its
 * upper bits are kept as the tag, its lower bits are the place. A word that is not in the
 * table is taken for one that is once in 2^32 probes, a pair once in 2^24.
 */
#ifndef INFORMATION_OWN_H
#define INFORMATION_OWN_H

#include <stddef.h>
#include <stdint.h>

/* The languages of information_words.def, in the order of a word's costs. */
#define INFORMATION_LANGUAGES(X) X(de) X(en) X(es) X(fr) X(it) X(nl) X(pt)
enum information_language {
#define INFORMATION_LANGUAGE(code) INFORMATION_##code,
	INFORMATION_LANGUAGES(INFORMATION_LANGUAGE)
#undef INFORMATION_LANGUAGE
		INFORMATION_LANGUAGE_COUNT
};

#define INFORMATION_WORD_SLOTS ((uint64_t)1 << 15)
#define INFORMATION_PAIR_SLOTS ((uint64_t)1 << 14)
#define INFORMATION_UNKNOWN    255 /* as a cost: the language has no such word */

struct information_word {
	uint32_t tag;				  /* 0: free */
	uint8_t cost[INFORMATION_LANGUAGE_COUNT]; /* tenths of a bit */
};

/* A pair's slot: the tag's upper 24 bits, and below them what the second word costs behind
 * the first, in any language; 0: free. */
#define INFORMATION_PAIR_TAG UINT32_C(0xFFFFFF00)

#define INFORMATION_HASH_INIT UINT64_C(0xCBF29CE484222325)

/* FNV-1a; http://www.isthe.com/chongo/tech/comp/fnv/ */
static inline uint64_t information_hash(uint64_t hash, uint8_t byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001B3);
}

/* The upper bits of FNV stir little for short words; a pair takes the stirred ones. */
static inline uint64_t information_stir(uint64_t hash)
{
	hash = (hash ^ hash >> 32) * UINT64_C(0xD6E8FEB86659FD93);
	return hash ^ hash >> 32;
}

static inline uint64_t information_pair_hash(uint64_t first, uint64_t second)
{
	return information_stir(first * UINT64_C(0x9E3779B97F4A7C15) + second);
}

/* Never 0 in either part. */
static inline uint32_t information_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 32) | 0x101;
}

#endif
