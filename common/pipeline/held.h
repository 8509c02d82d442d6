/* held.h - the batches that a flow has handed out or will, in seq order.
 *
 * Part of flow.h, and only for it: what is known of each batch, and the few things that
 * change its bytes. The array owns the bytes.
 */
#ifndef HELD_H
#define HELD_H

#include "frame.h"

/* How a batch is handed out, by what it has done so far. */
enum held_manner {
	TOGETHER, /* as it was built */
	NAMED,	  /* one record, named before it is looked at */
	ALONE,	  /* the same, in a fresh worker that has nothing else */
};

enum held_place {
	READY,	  /* with nobody */
	SENT,	  /* with its holder */
	RETURNED, /* its holder passed it on; not committed yet */
	CULPRIT,  /* waits to be set aside */
};

struct held_batch {
	uint64_t first_seq;
	uint32_t count;
	uint32_t attempt;
	uint8_t *bytes; /* a whole frame */
	size_t len;
	enum held_manner manner;
	enum held_place place;
	unsigned deaths; /* of holders that were at it; for ALONE: strikes */
	bool begun;	 /* its holder named it */
	bool told;	 /* CULPRIT was reported */
	uint64_t holder; /* incarnation, 0: nobody */
	uint64_t turn;	 /* order of sending */
};

struct held {
	struct held_batch *batch; /* by first_seq, without gaps */
	size_t count, capacity;
	size_t bytes;	 /* of all */
	uint64_t newest; /* last seq ever added; 0: none */
};

static inline uint64_t held_last_seq(const struct held_batch *b)
{
	return b->first_seq + b->count - 1;
}

/* Copies a batch frame to the end. It must be whole, and follow on the one before. */
void held_add(struct held *h, struct span batch);

/* The batch that holds seq, or NULL. Borrowed until the array changes. */
struct held_batch *held_find(const struct held *h, uint64_t seq);

void held_drop_first(struct held *h, size_t how_many);
void held_release(struct held *h); /* drops all; can be used again */

/* A batch of several records becomes as many of one, READY and NAMED. */
void held_split(struct held *h, struct held_batch *b);

/* Sets flags (enum record_flag) of one record in the bytes. */
void held_flag(struct held_batch *b, uint64_t seq, unsigned flags);

#endif
