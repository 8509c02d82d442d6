/* dedup.h - what dedup knows and finds, without wire and loop.
 *
 * dedup answers for record n from the records before n alone: its files hold what is
 * committed, memory over each the rest, rebuilt from what collect hands out again. So a
 * replay finds the same.
 *
 * State:  `exact.table`, `arrivals.table` (table.h), `near.sketches`, `near.bands`,
 *	`near.texts` (near.h) in the data directory, all caches: behind or lost, they are
 *	filled from the store when dedup starts. `keys/dedup.key` (32 random bytes, mode
 *	0600) keeps them from saying who wrote what, and from being aimed at.
 */
#ifndef DEDUP_H
#define DEDUP_H

#include "findings.h"
#include "options.h"
#include "record.h"

struct dedup;

/* Opens the tables for a journal and fills them up to what the store has committed;
 * *ret_next is the seq that comes next. A table that is ahead of the store is thrown away:
 * the store was put back. */
enum status dedup_open(struct dedup **ret, uint64_t *ret_next, const char *data,
		       uint64_t journal_id, const struct dedup_options *options,
		       struct err *err) MUST_CHECK;
void dedup_close(struct dedup *d); /* accepts NULL */
DEFINE_OWNED(struct dedup, dedup_close)

/* Appends this record's sections to `out` and remembers it. Records come in seq order.
 * A failure is the store's, or damage of a file, which the next start makes again. */
enum status dedup_record(struct dedup *d, const struct record *record, struct buf *out,
			 struct err *err) MUST_CHECK;

/* Everything up to seq is in the store. */
enum status dedup_commit(struct dedup *d, uint64_t seq, struct err *err) MUST_CHECK;

enum status dedup_sync(struct dedup *d, struct err *err) MUST_CHECK;

#endif
