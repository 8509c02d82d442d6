/* marked.h - which records collect wants set aside, as long as they are still to come.
 *
 * Bounded: one mark too many is no loss, since dedup sends that record again with its mark.
 */
#ifndef MARKED_H
#define MARKED_H

#include "base.h"

#define MARKED_MAX 1024

struct marked {
	struct {
		uint64_t seq;
		unsigned flags;
	} mark[MARKED_MAX];
	size_t count;
};

/* Takes a mark, and forgets those of records before `next`. */
void marked_add(struct marked *m, uint64_t seq, unsigned flags, uint64_t next);

unsigned marked_flags(const struct marked *m, uint64_t seq); /* 0: none */

#endif
