/* start.h - what collect reads back before it opens its door.
 *
 * The table of keys may be behind the journal (it is synced once a minute) or be lost.
 * Then the records behind it are read again: from the journal, and those that the journal
 * has trimmed from the store.
 */
#ifndef START_H
#define START_H

#include "journal.h"
#include "keys.h"
#include "marks.h"
#include "options.h"

/* `from`: keys_open's. Marks of records in the journal are added to `marks`; the caller
 * forgets those that are committed. */
enum status start_learn(struct keys *keys, uint64_t from, const char *journal_dir,
			const struct journal_state *state, const struct options *options,
			struct marks *marks, struct err *err) MUST_CHECK;

/* journal_check_age with what the store itself says, before the first record is taken. A
 * store that cannot be read is publish's to judge: what it says is checked as well. */
enum status start_look_at_store(const struct options *options,
				const struct journal_state *state,
				struct err *err) MUST_CHECK;

#endif
