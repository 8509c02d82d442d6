/* rating.h - overall ratings of subjects and suppliers, kept as reviews come and go.
 *
 * Method `mean`, version 1: the mean over the published reviews that carry a rating, each
 * brought to 0..1 of its own scale. Not counted are expert opinions and referrals (they
 * are no consumer reviews, C. consom. D111-16) and syndicated reviews (they count where
 * they were collected); all of them are shown, with their label. Every review weighs the
 * same: no window, no prior, no weight by verification or length.
 *
 * Units:  a rating becomes millionths of its scale, rounded half up; sums of those are
 *	   integers, so that adding one by one gives what adding from scratch gives.
 *	   fifth[i]: how many lie next to i/4 of the scale (the stars of a scale 1..5).
 * Shape:  changes are gathered in memory and written by rating_flush, once for each scope
 *	   and target that the transaction touched. View ratings_recomputed is the check.
 */
#ifndef RATING_H
#define RATING_H

#include "rows.h"

struct rating;

struct rating *rating_new(void);
void rating_free(struct rating *rating); /* accepts NULL */

/* Does a review of these columns count, once it is published? */
bool rating_counts(const struct review_row *review);

/* A review that counts starts (+1) or ceases (-1) to be published, by record n. */
void rating_change(struct rating *rating, const struct review_row *review, int sign,
		   uint32_t version, int64_t n);

/* Writes what was gathered. Errors: those of rows_put. */
enum status rating_flush(struct rating *rating, struct rows *rows,
			 struct err *err) MUST_CHECK;

void rating_forget(struct rating *rating); /* after a rollback */

#endif
