/* A sorted array: it holds a few dozen batches, and what comes is nearly in order. */
#include "reorder.h"

#include <stdlib.h>

#include "alloc.h"

struct waiting {
	uint64_t first_seq, last_seq;
	uint8_t *bytes;
	size_t len;
};

struct reorder {
	size_t bytes, bytes_max;
	struct waiting *waiting; /* by first_seq */
	size_t count, capacity;
	uint8_t *taken; /* lent to the caller of reorder_take */
};

struct reorder *reorder_new(size_t bytes_max)
{
	struct reorder *r = xcalloc(1, sizeof(*r));

	r->bytes_max = bytes_max;
	return r;
}

void reorder_free(struct reorder *r)
{
	if (!r)
		return;
	reorder_clear(r);
	free(r->waiting);
	free(r);
}

static void drop_last(struct reorder *r)
{
	struct waiting *w = &r->waiting[--r->count];

	r->bytes -= w->len;
	free(w->bytes);
}

void reorder_clear(struct reorder *r)
{
	while (r->count > 0)
		drop_last(r);
	free(r->taken);
	r->taken = NULL;
}

void reorder_put(struct reorder *r, struct span batch, uint64_t first_seq, uint32_t count)
{
	size_t at = r->count;
	uint64_t last_seq = first_seq + count - 1;

	while (at > 0 && r->waiting[at - 1].first_seq >= first_seq)
		at--;
	if (at < r->count && r->waiting[at].first_seq == first_seq &&
	    r->waiting[at].last_seq >= last_seq)
		return;
	if (r->count == r->capacity) {
		r->capacity = r->capacity ? 2 * r->capacity : 32;
		r->waiting = xrealloc(r->waiting, r->capacity * sizeof(*r->waiting));
	}
	memmove(r->waiting + at + 1, r->waiting + at,
		(r->count - at) * sizeof(*r->waiting));
	r->waiting[at] = (struct waiting){first_seq, last_seq,
					  xmemdup(batch.at, batch.len), batch.len};
	r->count++;
	r->bytes += batch.len;
	while (r->bytes > r->bytes_max && r->count > 1)
		drop_last(r);
}

static void drop_first(struct reorder *r)
{
	r->bytes -= r->waiting[0].len;
	r->count--;
	memmove(r->waiting, r->waiting + 1, r->count * sizeof(*r->waiting));
}

bool reorder_take(struct reorder *r, uint64_t next, struct span *ret_batch)
{
	free(r->taken);
	r->taken = NULL;
	while (r->count > 0 && r->waiting[0].first_seq <= next) {
		struct waiting first = r->waiting[0];
		drop_first(r);
		if (first.last_seq >= next) {
			r->taken = first.bytes;
			*ret_batch = (struct span){first.bytes, first.len};
			return true;
		}
		free(first.bytes);
	}
	return false;
}

size_t reorder_bytes(const struct reorder *r)
{
	return r->bytes;
}
