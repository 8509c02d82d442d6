/* apply.h - what a record does to the store. No socket, no clock, no configuration file.
 *
 * Records come strictly in the order of their seq, each with what the stages found; a
 * caller opens a transaction, applies some, and commits: the rows, the events of the
 * log, the ratings and the journal's committed_seq are then there together, or none of it.
 *
 * Same input, same outcome: every byte written is a function of the record, its findings,
 * the policy of that hash and the earlier store.
 *
 * Again:  a record that is committed already is passed over; one with the same seq and
 *	   other bytes is damage (ST_ECORRUPT), and so is a gap.
 * Failed: after any failure but that of apply_open the caller rolls back; nothing was kept.
 */
#ifndef APPLY_H
#define APPLY_H

#include "findings.h"
#include "policy.h"
#include "record.h"
#include "store.h"

struct apply;

struct apply_options {
	/* Gives the policy of a hash, borrowed until apply_close; a failure is handed on. NULL: there is
	 * none, all gates are open, and the delays are those of apply.c. A zero hash (no policy in
	 * force) is not asked for. */
	enum status (*policy)(void *context, const struct policy **ret,
			      const uint8_t hash[SHA256_BYTES], struct err *err);
	void *context;
	uint32_t
		listing_step; /* records between pourings of listing_recent (schema.sql); 0: 32768 */
};

/* Opens the store for writing, making it where there is none (store.h has the errors). */
enum status apply_open(struct apply **ret, const char *store_path,
		       const struct apply_options *options, struct err *err) MUST_CHECK;
void apply_close(
	struct apply *apply); /* accepts NULL; an open transaction is rolled back */
DEFINE_OWNED(struct apply, apply_close)

/* The last seq of that journal that is committed; 0: none. */
uint64_t apply_committed(const struct apply *apply, uint64_t journal_id);

enum status apply_begin(struct apply *apply, struct err *err) MUST_CHECK;

/* Everything is borrowed for the call. A hash of zeros: none in force. A record marked
 * RECORD_QUARANTINED or RECORD_ERASED needs only its head parsed; the former's bytes are
 * stored as they came. Errors: ST_ECORRUPT, those of the store. */
enum status apply_record(struct apply *apply, uint64_t journal_id,
			 const struct record *record, const struct findings *findings,
			 const uint8_t rules_hash[SHA256_BYTES],
			 const uint8_t policy_hash[SHA256_BYTES],
			 struct err *err) MUST_CHECK;

enum status apply_commit(struct apply *apply, struct err *err) MUST_CHECK;
void apply_rollback(struct apply *apply);

/* The next moment at which a tick is wanted, ms UTC, later than the last tick's deadline; 0: none. */
enum status apply_next_deadline(struct apply *apply, int64_t *ret,
				struct err *err) MUST_CHECK;

/* Brings the write-ahead log into the file, between transactions. truncate: leaves it
 * empty, so that nothing erased is left in it; ST_EBUSY where a reader is in the way. */
enum status apply_checkpoint(struct apply *apply, bool truncate,
			     struct err *err) MUST_CHECK;

uint64_t apply_wal_bytes(
	const struct apply *apply); /* written since the log was last reset, about */

#endif
