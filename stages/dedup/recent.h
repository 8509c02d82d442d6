/* recent.h - what is not committed yet, by key: over the files, which hold only what is.
 *
 * Values come in seq order and leave in seq order, so they lie in a ring; those of a key
 * are chained from the newest to the oldest, and the chain ends where the ring does.
 *
 * Shape: 64-bit keys, 32-bit values. Memory is bounded by what is under way (flow.h's
 *	window); the ring grows by doubling.
 */
#ifndef RECENT_H
#define RECENT_H

#include "base.h"

struct recent;

struct recent *recent_new(uint32_t values); /* room before it grows; a power of two */
void recent_free(struct recent *r);	    /* accepts NULL */
DEFINE_OWNED(struct recent, recent_free)

void recent_put(struct recent *r, uint64_t key, uint32_t value, uint64_t seq);

/* Everything up to seq is committed. */
void recent_release(struct recent *r, uint64_t seq);

/* for (bool is = recent_first(r, key, &at); is; is = recent_next(r, &at)) recent_value(r, at);
 * values of another key among them now and then: 32 bits of a key are compared. */
bool recent_first(const struct recent *r, uint64_t key, uint32_t *ret_at);
bool recent_next(const struct recent *r, uint32_t *at);
uint32_t recent_value(const struct recent *r, uint32_t at);

#endif
