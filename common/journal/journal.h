/* journal.h - the order of all records, on disk before anybody is answered.
 *
 * Shape:  a directory of segments named by their first seq, `00000000000000000001.journal`.
 *	segment = header of 4096 bytes, then entries one behind the other (docs/JOURNAL.md
 *		has every byte; segment.h is the code).
 *	header: magic "NVJOURN1", format, journal_id (8, random, minted with the directory),
 *		first_seq, where the segment before begins and ends, created_at, the
 *		received_at of the record before, rules hash and policy hash in force before
 *		first_seq, CRC32C.
 *	entry:  magic (4), length of the entry (4), CRC32C (4) over everything but magic, this
 *		field and the secret, type (1), flags (1), zero (2); then
 *		RECORD  the record's clear part (record.h: head, site, principal; its
 *			secret in place) and its body sealed with AES-256-GCM under a
 *			key derived from the secret (seal.h), followed by the 16-byte tag;
 *		ACTIVATION  the two hashes in force after it, then as RECORD;
 *		MARK	seq (8), reason (text): that record killed a stage and is set aside.
 *	Entries start on multiples of 8. The file is allocated ahead (posix_fallocate) in
 *	steps; the space behind the last entry is zero.
 * Order:  seqs are gap-free from 1. Only the last segment can have a torn tail: opening
 *	for writing cuts it at the first entry that does not check. A whole group behind
 *	such an entry proves that the damage was synced once, and is no torn tail: that, a
 *	bad entry in an older segment, a gap between segments, a header that does not check
 *	are ST_ECORRUPT, loudly.
 * Last:   journal_commit returns after fdatasync. A failed write or sync is final: the
 *	caller stops, and the next start looks at what is there. What it finds it writes
 *	and syncs again before it says so. The directory is synced when a segment is made
 *	or removed.
 * Erase:  journal_erase overwrites the 32 bytes of the secret in place and syncs: the body
 *	is then noise for ever. (On file systems that copy on write the old block stays
 *	until it is reused: docs/OPERATIONS.md.)
 * State:  one writer (it holds `lock` in the directory), any number of readers, no index
 *	file that must agree with the log.
 * Tests:  tests/unit/journal_test.c, journal_damage_test.c, tests/fault/powercut.c
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "record.h"

#define JOURNAL_HASH_BYTES 32
#define JOURNAL_REASON_MAX 1024 /* bytes of a mark's reason; more is cut */
#define JOURNAL_GROUP_BYTES_MAX \
	((size_t)64 << 20) /* of one commit; more is the caller's bug */

struct journal; /* the writer */

struct journal_options {
	uint64_t segment_bytes; /* a commit that would pass it begins a new segment */
};

/* What was found when the journal was opened. */
struct journal_state {
	uint64_t journal_id;
	uint64_t
		first_seq; /* oldest record still here; last_seq + 1 where there is none */
	uint64_t last_seq;			/* 0: none yet */
	int64_t last_received_at;		/* ms UTC; 0: none yet */
	uint8_t rules_hash[JOURNAL_HASH_BYTES]; /* in force after last_seq; zero: none */
	uint8_t policy_hash[JOURNAL_HASH_BYTES];
	uint64_t torn_bytes; /* cut from the tail */
};

/* Opens for writing, making the directory and the journal_id where there is none.
 * Checks every header, that no segment is shorter than the next one says, and the whole last
 * segment; entries of older ones are checked as they are read.
 * Errors: ST_EBUSY, ST_EIO, ST_ENOSPACE, ST_ECORRUPT, ST_EVERSION (err names file and offset). */
enum status journal_open(struct journal **ret, const char *dir,
			 const struct journal_options *options,
			 struct journal_state *ret_state, struct err *err) MUST_CHECK;
/* What journal_open would find, read only: nothing is made, cut, written or locked. Without
 * a journal all is 0 and first_seq 1. Not beside a writer, whose work would look like
 * damage. Errors: those of journal_open but ST_EBUSY and ST_ENOSPACE. */
enum status journal_look(struct journal_state *ret, const char *dir,
			 struct err *err) MUST_CHECK;

/* ST_ECORRUPT when the store has committed more of this journal than the journal has (an
 * older copy was put back, and what it would take now has places that others have had), or
 * when it lacks records whose segments are gone. */
enum status journal_check_age(const struct journal_state *state, uint64_t committed,
			      struct err *err) MUST_CHECK;

void journal_close(
	struct journal *j); /* accepts NULL; a group not committed is dropped */
DEFINE_OWNED(struct journal, journal_close)

/* Adds a record (record.h, whole, plain, with a secret that is not zero) or a mark to the
 * group that is being built. seq must be the next. Bytes are only in memory until
 * journal_commit. */
void journal_append(struct journal *j, struct span record);
void journal_mark(struct journal *j, uint64_t seq, const char *reason);

/* Says that the next record appended is an activation, and what is in force after it. The
 * hashes stand in that record's own entry, so that a cut never parts the two. */
void journal_in_force(struct journal *j, const uint8_t rules[JOURNAL_HASH_BYTES],
		      const uint8_t policy[JOURNAL_HASH_BYTES]);

size_t journal_pending(const struct journal *j); /* bytes in the group */

/* Writes and syncs the group; a group that no longer fits begins the next segment. After a
 * failure nothing of the group is promised and the writer is dead: every later call fails
 * too. Errors: ST_EIO, ST_ENOSPACE. */
enum status journal_commit(struct journal *j, struct err *err) MUST_CHECK;

/* Removes segments whose every record is at most `seq` and older than `before` (ms UTC);
 * never the last one. *ret_first_seq: the oldest record left. */
enum status journal_trim(struct journal *j, uint64_t seq, int64_t before,
			 uint64_t *ret_first_seq, struct err *err) MUST_CHECK;

/* Erasing twice is fine. ST_ENOTFOUND: not committed yet, or trimmed already. A reader in
 * this process may still return the record when it had read it before. */
enum status journal_erase(struct journal *j, uint64_t seq, struct err *err) MUST_CHECK;

/* --- reading, by the writer's own process or another ----------------------------------- */

struct journal_reader;

enum journal_item { JOURNAL_END, JOURNAL_RECORD, JOURNAL_MARK };

/* Starts at record `seq` (0: the oldest); one that is not written yet is waited for.
 * ST_ENOTFOUND: no journal in `dir`, or seq is before its oldest. */
enum status journal_reader_open(struct journal_reader **ret, const char *dir,
				uint64_t seq, struct err *err) MUST_CHECK;
void journal_reader_close(struct journal_reader *r); /* accepts NULL */
DEFINE_OWNED(struct journal_reader, journal_reader_close)

/* The next entry. RECORD: *ret_bytes is the whole record as journal_append was given it,
 * borrowed until the next call; an erased one has RECORD_ERASED, a secret of zeros and an
 * empty body. MARK: *ret_seq and *ret_reason, borrowed too. A mark stands behind its record
 * in the order: who reads must read on to the end, and keep the marks, before passing a
 * record on; a reader that began behind a record may meet its mark alone. END: nothing yet
 * behind the last whole entry; call again later (the writer may be in the middle of a
 * write). A reader beside the writer may meet records whose sync has not returned yet.
 * Errors: ST_ECORRUPT (err names file and offset), ST_EVERSION, ST_EIO. */
enum status journal_read(struct journal_reader *r, enum journal_item *ret,
			 struct span *ret_bytes, uint64_t *ret_seq,
			 const char **ret_reason, struct err *err) MUST_CHECK;

/* For END where the caller knows that record `seq` was synced: ST_ECORRUPT, with the file
 * and the offset where nothing follows. */
enum status journal_reader_missing(const struct journal_reader *r, uint64_t seq,
				   struct err *err) MUST_CHECK;

/* For END where nobody waits for more: ST_ECORRUPT, with the file and the offset, when
 * records that were synced later stand behind it. So journal_open tells damage from a torn
 * tail; this may be asked beside the writer too. Looks at all that is left of the segment. */
enum status journal_reader_check_end(const struct journal_reader *r,
				     struct err *err) MUST_CHECK;

uint64_t journal_reader_id(const struct journal_reader *r); /* journal_id */

/* What is in force for the record that was read last; an activation takes effect behind
 * itself. Before a record was read: what is in force before the segment it lies in. */
void journal_reader_in_force(const struct journal_reader *r,
			     uint8_t rules[JOURNAL_HASH_BYTES],
			     uint8_t policy[JOURNAL_HASH_BYTES]);

/* Bytes of all segments on disk, what is allocated ahead included. */
enum status journal_disk_bytes(uint64_t *ret, const char *dir,
			       struct err *err) MUST_CHECK;

#endif
