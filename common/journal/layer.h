/* layer.h - what is not committed yet, over a table that holds only what is.
 *
 * A table must never promise what a crash can take back. Changes go into the layer, are
 * found there at once, and sink into the table when their record is committed.
 *
 * Shape: a queue of changes in seq order, and a hash from key to the newest change of that
 *	key. Memory is bounded by what is under way (flow.h's window).
 */
#ifndef LAYER_H
#define LAYER_H

#include "table.h"

struct layer;

/* Borrows the table. `changes`: uncommitted lines that it has room for before it grows,
 * which it does by doubling; a power of two. */
struct layer *layer_new(struct table *table, size_t changes);
void layer_free(struct layer *l); /* accepts NULL; what has not sunk is gone */
DEFINE_OWNED(struct layer, layer_free)

/* The newest value of a key and the record that gave it, from the layer or the table.
 * False: there is none. */
bool layer_find(const struct layer *l, const uint8_t key[TABLE_KEY_BYTES],
		uint8_t ret_value[TABLE_VALUE_BYTES], uint64_t *ret_seq);

/* seqs do not descend. */
void layer_put(struct layer *l, const uint8_t key[TABLE_KEY_BYTES], uint64_t seq,
	       const uint8_t value[TABLE_VALUE_BYTES]);

/* Everything up to seq is committed. */
enum status layer_commit(struct layer *l, uint64_t seq, struct err *err) MUST_CHECK;

size_t layer_count(const struct layer *l); /* changes that have not sunk */

#endif
