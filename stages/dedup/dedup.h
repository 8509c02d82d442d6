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
#include "progress.h"
#include "record.h"

struct dedup;

struct dedup_place {
	const char *data; /* directory */
	uint64_t journal_id;
	const struct dedup_options *options;
	struct progress *progress; /* of filling from the store; NULL: nobody watches */
};

/* Opens the files for a journal and fills them up to what the store has committed;
 * *ret_next is the seq that comes next. A file that is damaged, of another version or
 * ahead of the store (which was put back) is made again. */
enum status dedup_open(struct dedup **ret, uint64_t *ret_next,
		       const struct dedup_place *place, struct err *err) MUST_CHECK;
void dedup_close(struct dedup *d); /* accepts NULL */
DEFINE_OWNED(struct dedup, dedup_close)

/* Appends this record's sections to `out` and remembers it. Records come in seq order.
 * A failure is the store's, or damage of a file, which the next start makes again. */
enum status dedup_record(struct dedup *d, const struct record *record, struct buf *out,
			 struct err *err) MUST_CHECK;

/* Everything up to seq is in the store. */
enum status dedup_commit(struct dedup *d, uint64_t seq, struct err *err) MUST_CHECK;

enum status dedup_sync(struct dedup *d, struct err *err) MUST_CHECK;

/* Removes the files: the next open makes them again, from the store. Nobody has them open. */
enum status dedup_remove(const char *data, struct err *err) MUST_CHECK;

/* What is there now. */
struct dedup_figures {
	uint64_t texts, leaders; /* in the index; found by their bands */
	uint64_t bytes;		 /* of the index */
};
void dedup_figures(const struct dedup *d, struct dedup_figures *ret);

#endif
