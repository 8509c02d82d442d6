/* account_events.h - the audit log against the rows: neither may say what the other does not.
 *
 *	events = last index + 1					the log has no gap
 *	events of each kind = the rows that they tell of	refusals, repeats, ...
 *	state of a review = what its last decision in the log says
 *
 * The log only grows. So its length and the rows are counted in one snapshot of the store,
 * the log itself afterwards, in pages by key: a long reader would keep the store's own log
 * from being reset.
 */
#ifndef ACCOUNT_EVENTS_H
#define ACCOUNT_EVENTS_H

#include "account.h"
#include "event.h"
#include "store.h"

struct account_events {
	int64_t last_index;	  /* -1: none */
	int64_t last_review;	  /* n; 0: none */
	uint64_t rows[5];	  /* in the order of the table in account_events.c */
	uint64_t of[EVENT_LIMIT]; /* events by kind */
	uint64_t all;
};

/* Inside the transaction in which everything else is counted. */
enum status account_events_begin(struct account_events *ret, struct store *store,
				 struct err *err) MUST_CHECK;

/* Behind it; what does not agree becomes a fault of the account. */
enum status account_events_judge(struct account_events *events, struct account *account,
				 struct store *store, struct err *err) MUST_CHECK;

#endif
