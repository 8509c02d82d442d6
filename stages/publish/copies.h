/* copies.h - keeps what dedup found about a review, and says with which others it belongs.
 *
 * Every candidate has a row, whether a rule asked for it or not. The cluster is found by the best
 * one: where at least COPIES_CLOSE_PERCENT of both texts is the same, the review joins the
 * cluster of that candidate; else, or where that one is in none yet, the candidate is
 * the first of a cluster and the review its second.
 */
#ifndef COPIES_H
#define COPIES_H

#include "act.h"

#define COPIES_CLOSE_PERCENT 60

/* Writes the rows of a review that has at least one candidate; its own record is written. */
enum status copies_keep(struct act *act, struct err *err) MUST_CHECK;

#endif
