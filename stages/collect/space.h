/* space.h - is there room on the disk for what is taken next?
 *
 * What is accepted goes through two file systems, the journal's and the store's, and its
 * key into collect's table. All of it is looked at before anything is taken: once a record
 * is durable, nothing can be refused any more.
 */
#ifndef SPACE_H
#define SPACE_H

#include "keys.h"
#include "options.h"

struct space {
	const char *dirs[2]; /* borrowed: of the journal, of the store */
	int64_t looked_ms;
	uint64_t free_bytes; /* of the fuller one, at the last look */
	bool enough;
};

void space_init(struct space *s, const char *journal_dir, const char *data_dir);

/* Sets `enough`, and logs each change of it. `backlog`: records that the store has not got
 * yet, 0 where that is not known. Errors: ST_EIO; a full disk is none. */
enum status space_look(struct space *s, struct keys *keys,
		       const struct collect_options *o, uint64_t backlog, int64_t now_ms,
		       struct err *err) MUST_CHECK;

#endif
