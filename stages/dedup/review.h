/* review.h - what dedup looks at of a review, whether it comes in a batch or from the store.
 *
 * Shape: texts borrow from the record or the row, and are empty where not stated or erased;
 * times ms UTC, dates days since 1970-01-01, ratings thousandths.
 */
#ifndef REVIEW_H
#define REVIEW_H

#include "earlier.h"
#include "digest.h"
#include "record.h"
#include "store_replay.h"

#define REVIEW_NO_TIME	 INT64_MIN
#define REVIEW_NO_RATING INT64_MIN

struct review {
	uint64_t seq;
	const uint8_t *id;
	int64_t received_at, submitted_at;
	int32_t experience_date; /* EARLIER_NO_DATE: not stated */
	int64_t rating, rating_worst, rating_best;
	struct span site, source, author_ref, subject, supplier, purchase_ref, title,
		display_name, text;
};

struct review review_of_record(const struct record *record);

/* False: it is not looked at (no review, or set aside by dedup itself, or erased). A record
 * that was set aside is read into `record`, from which *ret then borrows. Errors: those of
 * record_parse. */
enum status review_of_row(struct review *ret, bool *ret_is, struct record *record,
			  const struct store_row *row, struct err *err) MUST_CHECK;

/* Whether dedup looks at a record: what was set aside because it killed a stage behind us
 * has arrived all the same, and was counted before it was marked: it counts, so that the
 * findings of later records do not depend on when the mark came, nor on tables made again.
 * What killed dedup itself was never counted. */
bool review_counts(const struct record *record);

/* What stays of it to be compared with; `text`: folded and bounded. */
struct said review_said(const struct review *r, const struct fast_key *key,
			struct span text);

#endif
