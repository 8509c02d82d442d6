/* start.h - what collect reads back before it opens its door.
 *
 * The table of keys may be behind the journal (it is synced once a minute) or be lost.
 * Then the records behind it are read again: from the journal, and those that the journal
 * has trimmed from the store. So are, in a table that is new, those of earlier journals.
 */
#ifndef START_H
#define START_H

#include "journal.h"
#include "keys.h"
#include "marks.h"
#include "options.h"

/* Opens journal and keys, or makes them where nothing was accepted yet. *ret_from: keys_open's,
 * for start_learn. Errors: those of data_dir.h, journal_open, journal_check_age (with what
 * the store itself says, before the first record is taken) and keys_open. What was opened
 * is the caller's, after an error too. */
enum status start_open(struct journal **ret, struct keys **ret_keys, uint64_t *ret_from,
		       const struct options *options, struct journal_state *ret_state,
		       struct err *err) MUST_CHECK;

/* `from`: keys_open's. Marks of records in the journal are added to `marks`; the caller
 * forgets those that are committed. */
enum status start_learn(struct keys *keys, uint64_t from, const char *journal_dir,
			const struct journal_state *state, const struct options *options,
			struct marks *marks, struct err *err) MUST_CHECK;

#endif
