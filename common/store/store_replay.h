/* store_replay.h - the records of a journal as the store has them, in their order.
 *
 * For caches that are behind the store or lost: collect's keys, dedup's tables. Reads in
 * pages by key, each in a transaction of its own, so that the store's log can always be
 * reset. What is erased is not there any more, and so does not come back into a cache.
 */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include "record.h"
#include "store.h"

struct store_replay;

/* Borrowed until the next call. Texts are SPAN_NONE where absent or erased. */
struct store_row {
	uint64_t seq;
	enum kind kind;
	bool quarantined;
	int64_t received_at;
	const uint8_t *id, *key_hash, *body_hash;
	struct span site, source;
	/* Reviews only, and only with `texts`. */
	struct span subject, supplier, author_ref, display_name, title, text,
		purchase_ref;
	int64_t submitted_at, rating, rating_worst,
		rating_best; /* INT64_MIN: not stated */
	bool has_experience_date;
	int32_t experience_date; /* days since 1970-01-01 */
	/* Of what is quarantined, whatever its kind, and only with `texts`: the whole record,
	 * unread, SPAN_NONE where it is erased; a code of list 'stage', 0 where not known. */
	struct span set_aside;
	enum store_code killed;
};

/* Starts behind seq `after`. *ret is NULL when there is no store, or it does not know the
 * journal: then nothing was committed. *ret_committed: of this journal (0: none). */
enum status store_replay_open(struct store_replay **ret, uint64_t *ret_committed,
			      const char *path, uint64_t journal_id, uint64_t after,
			      bool texts, struct err *err) MUST_CHECK;
/* The records of all other journals, the one that came first before the next; without texts. *ret is
 * NULL when there is no store. */
enum status store_replay_open_others(struct store_replay **ret, const char *path,
				     uint64_t journal_id, struct err *err) MUST_CHECK;
void store_replay_close(struct store_replay *r); /* accepts NULL */
DEFINE_OWNED(struct store_replay, store_replay_close)

/* *ret_end: there is no further row (ret is then untouched). */
enum status store_replay_next(struct store_replay *r, struct store_row *ret,
			      bool *ret_end, struct err *err) MUST_CHECK;

/* The record `seq` alone; *ret is untouched where it is not there. Borrowed until
 * store_replay_pause, which is to follow soon: it ends the read transaction. A replay is
 * for one or the other, the row after row or the single ones. */
enum status store_replay_one(struct store_replay *r, uint64_t seq, struct store_row *ret,
			     bool *ret_found, struct err *err) MUST_CHECK;
void store_replay_pause(struct store_replay *r);

#endif
