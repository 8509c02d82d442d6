/* chance.h - chance that is the same each time: what an evaluation plants is decided by it.
 *
 * Source: splitmix64, https://prng.di.unimi.it/splitmix64.c (public domain), the algorithm.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include "base.h"

struct chance {
	uint64_t state;
};

static inline uint64_t chance_next(struct chance *c)
{
	uint64_t x = c->state += 0x9E3779B97F4A7C15;

	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
	x = (x ^ x >> 27) * 0x94D049BB133111EB;
	return x ^ x >> 31;
}

/* 0..limit-1; limit is at least 1. */
static inline size_t chance_below(struct chance *c, size_t limit)
{
	return (size_t)((chance_next(c) >> 32) * limit >> 32);
}

static inline bool chance_percent(struct chance *c, unsigned percent)
{
	return chance_below(c, 100) < percent;
}

/* Another chance for another purpose: what one draws does not change the other's. */
static inline struct chance chance_of(uint64_t what, uint64_t number)
{
	struct chance c = {what * 0xD1342543DE82EF95 + number};

	chance_next(&c);
	return c;
}

#endif
