#include "recent.h"

#include <stdlib.h>

#include "alloc.h"

/* Nodes are numbered in 32 bits that wrap around, and lie at their number modulo the ring's
 * size. A head or a link that names none of the live ones ends its chain; one of long ago
 * may name a live one of another chain, whose keys are other ones, and a link to a newer
 * one, which would lead round for ever, ends the chain as well. */
struct node {
	uint32_t key, value, before, seq; /* the low bits of key and seq */
};

struct recent {
	struct node *ring;
	uint32_t *heads;
	uint32_t mask; /* of both */
	uint32_t oldest, next;
};

static uint32_t short_key(uint64_t key)
{
	return (uint32_t)(key * 0x9E3779B97F4A7C15 >> 32);
}

static bool live(const struct recent *r, uint32_t at)
{
	return at - r->oldest < r->next - r->oldest;
}

struct recent *recent_new(uint32_t values)
{
	struct recent *r = xcalloc(1, sizeof(*r));

	assert((values & (values - 1)) == 0);
	r->mask = values - 1;
	r->ring = xcalloc(values, sizeof(*r->ring));
	r->heads = xcalloc(values, sizeof(*r->heads));
	r->oldest = r->next = 1;
	return r;
}

void recent_free(struct recent *r)
{
	if (!r)
		return;
	free(r->ring);
	free(r->heads);
	free(r);
}

static void put(struct recent *r, const struct node *node)
{
	uint32_t *head = &r->heads[node->key & r->mask];
	struct node *to = &r->ring[r->next & r->mask];

	*to = *node;
	to->before = *head;
	*head = r->next++;
}

static void grow(struct recent *r)
{
	struct recent *bigger = recent_new((r->mask + 1) * 2);

	bigger->oldest = bigger->next = r->oldest;
	for (uint32_t i = r->oldest; i != r->next; i++)
		put(bigger, &r->ring[i & r->mask]);
	struct recent old = *r;
	*r = *bigger;
	*bigger = old;
	recent_free(bigger);
}

void recent_put(struct recent *r, uint64_t key, uint32_t value, uint64_t seq)
{
	if (r->next - r->oldest > r->mask)
		grow(r);
	put(r,
	    &(struct node){.key = short_key(key), .value = value, .seq = (uint32_t)seq});
}

void recent_release(struct recent *r, uint64_t seq)
{
	while (r->oldest != r->next &&
	       (int32_t)((uint32_t)seq - r->ring[r->oldest & r->mask].seq) >= 0)
		r->oldest++;
}

/* The one before, or none: a number that is not live. */
static uint32_t older(const struct recent *r, uint32_t at)
{
	uint32_t before = r->ring[at & r->mask].before;

	return before - r->oldest < at - r->oldest ? before : r->next;
}

/* The first of the key from *at on down. */
static bool seek(const struct recent *r, uint32_t *at, uint32_t key)
{
	while (live(r, *at)) {
		if (r->ring[*at & r->mask].key == key)
			return true;
		*at = older(r, *at);
	}
	return false;
}

bool recent_first(const struct recent *r, uint64_t key, uint32_t *ret_at)
{
	uint32_t hash = short_key(key);

	*ret_at = r->heads[hash & r->mask];
	return seek(r, ret_at, hash);
}

bool recent_next(const struct recent *r, uint32_t *at)
{
	uint32_t key = r->ring[*at & r->mask].key;

	*at = older(r, *at);
	return seek(r, at, key);
}

uint32_t recent_value(const struct recent *r, uint32_t at)
{
	return r->ring[at & r->mask].value;
}
