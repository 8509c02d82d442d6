/* data_dir.h - whether journal, store and keys of one data directory belong together.
 *
 * The store outlives a journal: records of several may stand in it. But a journal that is
 * lost (a file system that is not mounted, a directory that was removed) must not be begun
 * again in silence: what it had accepted and the store had not is lost, and somebody has to
 * declare that. Nor may the key of the idempotency hashes: every repeat would be taken for
 * something new. collect asks before it makes either, `normavis check` before any start.
 */
#ifndef DATA_DIR_H
#define DATA_DIR_H

#include "status.h"

/* ST_ECORRUPT when `data`/journal has no segment, the store has records, and the operator
 * has not made the file `data`/new-journal, which says that this is meant. Errors: also
 * those of store_open. */
enum status data_dir_check_journal(const char *data, struct err *err) MUST_CHECK;

/* ST_ECORRUPT when `data`/keys/intake.key is not there, though the journal (which ends at
 * `last_seq`) or the store has records. Errors: also those of store_open. */
enum status data_dir_check_key(const char *data, uint64_t last_seq,
			       struct err *err) MUST_CHECK;

/* There is a journal now: the permission is used up. */
enum status data_dir_journal_made(const char *data, struct err *err) MUST_CHECK;

#endif
