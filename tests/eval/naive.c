/* A gram is a string of up to four code points, kept as it is; a set is a sorted array.
 * Han and kana count twice, spaces not at all (stages/dedup/grams.h). */
#include "naive.h"

#include <stdlib.h>

#include "alloc.h"

#define GRAM 4

struct gram {
	uint32_t code[GRAM]; /* 0 behind the last */
};

static uint32_t next_code(const uint8_t **at)
{
	const uint8_t *s = *at;

	if (s[0] < 0x80) {
		*at += 1;
		return s[0];
	}
	if (s[0] < 0xE0) {
		*at += 2;
		return (s[0] & 0x1Fu) * 64 + (s[1] & 0x3Fu);
	}
	if (s[0] < 0xF0) {
		*at += 3;
		return ((s[0] & 0x0Fu) * 64 + (s[1] & 0x3Fu)) * 64 + (s[2] & 0x3Fu);
	}
	*at += 4;
	return (((s[0] & 0x07u) * 64 + (s[1] & 0x3Fu)) * 64 + (s[2] & 0x3Fu)) * 64 +
	       (s[3] & 0x3Fu);
}

static unsigned width(uint32_t c)
{
	if ((c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
	    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF))
		return 2;
	return 1;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gram));
}

/* *ret is owned by the caller. */
static size_t set_of(struct gram **ret, struct span text)
{
	uint32_t *codes = xcalloc(text.len + 1, sizeof(*codes));
	struct gram *set = xcalloc(text.len + 1, sizeof(*set));
	size_t len = 0, count = 0, kept = 0;

	for (const uint8_t *at = text.at; at < text.at + text.len;)
		if ((codes[len] = next_code(&at)) != ' ')
			len++;
	for (size_t i = 0; i < len; i++) {
		unsigned wide = 0, n = 0;
		for (; wide < GRAM && i + n < len; n++) {
			set[count].code[n] = codes[i + n];
			wide += width(codes[i + n]);
		}
		if (wide < GRAM && i > 0) {
			memset(&set[count], 0, sizeof(set[count]));
			break;
		}
		count++;
	}
	qsort(set, count, sizeof(*set), compare);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || compare(&set[i], &set[kept - 1]) != 0)
			set[kept++] = set[i];
	free(codes);
	*ret = set;
	return kept;
}

uint32_t naive_jaccard(struct span a, struct span b)
{
	OWNED(freep) struct gram *mine = NULL;
	OWNED(freep) struct gram *theirs = NULL;
	size_t m = set_of(&mine, a), t = set_of(&theirs, b), shared = 0;

	for (size_t i = 0, k = 0; i < m && k < t;) {
		int order = compare(&mine[i], &theirs[k]);
		shared += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return m + t ? (uint32_t)(shared * 1000000 / (m + t - shared)) : 0;
}
