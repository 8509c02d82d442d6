/* overlap.h - how many grams two texts share: exact, whatever a signature guesses.
 *
 *	overlap_take(o, mine);
 *	overlap_with(o, theirs, &o1);   Jaccard = shared / (mine + theirs - shared)
 *	overlap_with(o, others, &o2);
 *
 * Shape: sizes of sets, each gram counted once (grams.h).
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "base.h"

struct overlap_sizes {
	uint32_t shared, mine, theirs;
};

struct overlap;

struct overlap *overlap_new(void);
void overlap_free(struct overlap *o); /* accepts NULL */
DEFINE_OWNED(struct overlap, overlap_free)

/* The text that the next ones are compared with; borrowed for the call. */
void overlap_take(struct overlap *o, struct span mine);
void overlap_with(struct overlap *o, struct span theirs, struct overlap_sizes *ret);

uint32_t overlap_mine(const struct overlap *o); /* grams of the text that was taken */

/* In millionths, rounded down; 0 where both are empty. */
uint32_t overlap_jaccard(const struct overlap_sizes *sizes);

#endif
