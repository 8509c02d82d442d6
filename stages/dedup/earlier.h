/* earlier.h - what an earlier review said, read from where it is.
 *
 * Of what is not committed yet, from memory: the window; of the rest, from the store. Those
 * that are asked for again and again (a template and its thousand copies) stay in a small
 * memory of texts. What is erased is not in the store any more; from the memory it goes by
 * earlier_forget, or when another text takes its place.
 *
 * Shape:  names are 64-bit hashes within this installation (0: not known or not stated), an
 *	author that of its source and site. Memory: the window (flow.h) and at most
 *	EARLIER_KEPT texts.
 */
#ifndef EARLIER_H
#define EARLIER_H

#include "store_replay.h"
#include "uuid.h"

#define EARLIER_KEPT	1024
#define EARLIER_NO_DATE INT32_MIN

struct said {
	uint64_t seq;
	uint8_t id[UUID_BYTES];
	uint64_t site, author, subject, purchase;
	int32_t experience_date; /* days since 1970-01-01, or EARLIER_NO_DATE */
	struct span text;	 /* folded (fold.h, key), bounded (grams.h) */
};

/* How to read a row of the store; `ret` borrows from what `context` keeps, until the next
 * call, and not from the row. False: nothing is left of it. */
typedef bool said_of_row(struct said *ret, const struct store_row *row, void *context);

struct earlier;

struct earlier *earlier_new(const char *store_path, uint64_t journal_id,
			    said_of_row *of_row, void *context);
void earlier_free(struct earlier *e); /* accepts NULL */
DEFINE_OWNED(struct earlier, earlier_free)

/* A review that is not committed yet; seqs ascend. The text is copied. */
void earlier_add(struct earlier *e, const struct said *said);

/* Everything up to seq is in the store. */
void earlier_commit(struct earlier *e, uint64_t seq);

/* The review is erased: nothing of it stays in memory. */
void earlier_forget(struct earlier *e, uint64_t seq);

/* *ret borrows until the next call of any of these. *ret_found: false where nothing is left
 * of it. */
enum status earlier_find(struct earlier *e, uint64_t seq, struct said *ret,
			 bool *ret_found, struct err *err) MUST_CHECK;

#endif
