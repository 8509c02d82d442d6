#include "repetition.h"

#include <stdlib.h>

#include "alloc.h"
#include "token.h"

#define ROW	       3 /* words */
#define SLOTS_ON_STACK 1024
#define MIX	       UINT64_C(0x9E3779B97F4A7C15)

/* What rows of words were seen: an open hash table, at most half full. */
struct rows {
	uint64_t *slots; /* 0: empty */
	size_t count;	 /* a power of two */
};

/* Puts a row there; true where it was there before. */
static bool seen(struct rows *r, uint64_t row)
{
	size_t slot = (size_t)((row * MIX) >> 32) & (r->count - 1);

	row += row == 0;
	while (r->slots[slot] != 0 && r->slots[slot] != row)
		slot = (slot + 1) & (r->count - 1);
	bool before = r->slots[slot] != 0;
	r->slots[slot] = row;
	return before;
}

/* Percent of the words of `text`. */
static unsigned repeated_percent(struct rows *r, struct span text)
{
	uint64_t row[ROW] = {0}; /* hashes of the last words */
	struct token t;
	size_t words = 0, repeated = 0, counted = 0; /* words before `counted` are */

	for (struct span rest = text; token_next(&t, &rest);) {
		row[words++ % ROW] = t.hash;
		if (words < ROW)
			continue;
		uint64_t key = row[(words - 3) % ROW];
		key = key * MIX + row[(words - 2) % ROW];
		key = key * MIX + row[(words - 1) % ROW];
		if (!seen(r, key))
			continue;
		size_t first = MAX(words - ROW, counted);
		repeated += words - first;
		counted = words;
	}
	return words ? (unsigned)(repeated * 100 / words) : 0;
}

unsigned repetition_percent(struct span text)
{
	uint64_t on_stack[SLOTS_ON_STACK];
	OWNED(freep) uint64_t *on_heap = NULL;
	struct rows r = {on_stack, 16};

	/* A word and what parts it from the next take two bytes or more, but for the words
	 * of scripts without spaces: three. */
	while (r.count < text.len)
		r.count *= 2;
	if (r.count > SLOTS_ON_STACK)
		r.slots = on_heap = xcalloc(r.count, sizeof(*on_heap));
	else
		memset(on_stack, 0, r.count * sizeof(*on_stack));
	return repeated_percent(&r, text);
}
