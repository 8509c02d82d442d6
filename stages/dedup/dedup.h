/* dedup.h - what dedup knows and finds, without wire and loop.
 *
 * dedup answers for record n from the records before n alone: its tables hold what is
 * committed, a layer over each the rest, rebuilt from what collect hands out again. So a
 * replay finds the same.
 *
 * State:  `exact.table`, `arrivals.table` in the data directory, both caches: behind or
 *	lost, they are filled from the store when dedup starts. `keys/dedup.key` (32 random
 *	bytes, mode 0600) keeps their lines from saying who wrote.
 */
#ifndef DEDUP_H
#define DEDUP_H

#include "findings.h"
#include "record.h"

struct dedup;

/* Opens the tables for a journal and fills them up to what the store has committed;
 * *ret_next is the seq that comes next. A table that is ahead of the store is thrown away:
 * the store was put back. */
enum status dedup_open(struct dedup **ret, uint64_t *ret_next, const char *data,
		       uint64_t journal_id, struct err *err) MUST_CHECK;
void dedup_close(struct dedup *d); /* accepts NULL */
DEFINE_OWNED(struct dedup, dedup_close)

/* Appends this record's sections to `out` and remembers it. Records come in seq order. */
void dedup_record(struct dedup *d, const struct record *record, struct buf *out);

/* Everything up to seq is in the store. */
enum status dedup_commit(struct dedup *d, uint64_t seq, struct err *err) MUST_CHECK;

enum status dedup_sync(struct dedup *d, struct err *err) MUST_CHECK;

#endif
