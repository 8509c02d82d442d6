/* marks.h - records that killed a stage and are not committed yet, in memory.
 *
 * The journal has them for ever, the table of keys for look-ups; this short list is what a
 * stage that has just started must be told. It is empty nearly always.
 */
#ifndef MARKS_H
#define MARKS_H

#include "record.h"

struct mark {
	uint64_t seq;
	unsigned flags; /* RECORD_QUARANTINED and one of RECORD_KILLED_* */
};

struct marks {
	struct mark *mark;
	size_t count, capacity;
};

bool marks_add(struct marks *m, uint64_t seq, unsigned flags); /* false: it was there */
void marks_forget(struct marks *m, uint64_t committed);	       /* up to and with it */
void marks_release(struct marks *m);

/* The stage that RECORD_KILLED_* names, as the journal's mark says it; and back. */
const char *marks_stage(unsigned flags);
unsigned marks_flags(const char *stage);

#endif
