/* account.h - where every record is, recounted from journal and store.
 *
 * Nothing here is a counter that a program kept: rows of the store and heads of the
 * journal's records are counted, and what both have must agree.
 *
 *	submitted = repeated + refused at intake + accepted		by kind
 *	accepted = applied + refused + quarantined + erased + in flight	by kind
 *	applied reviews = the reviews of all states
 *	rows = the events of the audit log that tell of them (account_events.h)
 *
 * In flight: in the journal and not yet in the store. The two are read beside the running
 * pipeline: first a snapshot of the store, then the journal behind it.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "installation.h"
#include "record.h"
#include "state.h"

#define ACCOUNT_FAULTS_MAX 16

struct account_line {
	uint64_t repeated, refused_at_intake, accepted;
	uint64_t applied, refused, quarantined, erased, in_flight;
};

struct account {
	bool has_store, has_journal;
	uint64_t journal_id;
	uint64_t first_seq, last_seq;	      /* in the journal; last_seq 0: none */
	uint64_t committed_seq;		      /* of this journal */
	struct account_line kind[KIND_LIMIT]; /* KIND_NONE: refused, and illegible */
	struct account_line total;	      /* of the kinds that are submitted */
	struct account_line own;	      /* of those that collect writes itself */
	uint64_t state[STATE_LIMIT];	      /* reviews */
	uint64_t reviews;		      /* their sum */
	uint64_t compared;		 /* records that journal and store both have */
	char *fault[ACCOUNT_FAULTS_MAX]; /* why it does not balance, sentences */
	size_t fault_count;		 /* 0: balanced */
};

static inline uint64_t account_submitted(const struct account_line *l)
{
	return l->repeated + l->refused_at_intake + l->accepted;
}

/* Errors: ST_ECORRUPT (a damaged journal, or one that is not the store's, too), ST_EVERSION,
 * ST_EIO, ST_ESTORE. No store and no journal is no error: everything is 0. */
enum status account_take(struct account *ret, const struct installation *installation,
			 struct err *err) MUST_CHECK;
void account_release(struct account *a);

/* Why it does not balance, as a sentence; of many the first ACCOUNT_FAULTS_MAX are kept. */
void account_fault(struct account *a, const char *format, ...) PRINTF(2, 3);
void account_require_equal(struct account *a, uint64_t left, uint64_t right,
			   const char *what);

#endif
