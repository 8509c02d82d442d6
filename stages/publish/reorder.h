/* reorder.h - batches that came before their turn.
 *
 * Workers finish in any order; the store commits in seq order. What cannot be applied yet
 * waits here, up to a number of bytes. Beyond it the batch that is farthest ahead is let
 * go (it is handed out again): there is always room for the next one needed.
 */
#ifndef REORDER_H
#define REORDER_H

#include "frame.h"

struct reorder;

struct reorder *reorder_new(size_t bytes_max);
void reorder_free(struct reorder *r); /* accepts NULL */
DEFINE_OWNED(struct reorder, reorder_free)

/* Copies a batch that begins behind `next`. One that is there already is passed over. */
void reorder_put(struct reorder *r, struct span batch, uint64_t first_seq,
		 uint32_t count);

/* The batch that holds `next`, taken out; borrowed until the next call. False: not there.
 * Batches that lie wholly before `next` are dropped on the way. */
bool reorder_take(struct reorder *r, uint64_t next, struct span *ret_batch);

void reorder_clear(struct reorder *r);
size_t reorder_bytes(const struct reorder *r);

#endif
