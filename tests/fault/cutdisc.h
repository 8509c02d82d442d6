/* cutdisc.h - every state that a disc can be in after the power goes, for one recorded run.
 *
 * Linked into a test, this file stands in for the calls that change files (open, pwrite,
 * fdatasync, fsync, ftruncate, posix_fallocate, rename, unlink) and keeps each one made
 * under one directory, with what it wrote. A cut is a prefix of that list, of which
 * survives: what was synced before the cut, and of the rest nothing (the worst case) or
 * any subset, drawn with a fixed seed, of its blocks, sizes and names.
 *
 * Shape:  one flat directory; a failed sync loses what it should have written, for good
 *	(https://wiki.postgresql.org/wiki/Fsync_Errors). Nothing here waits for the real disc.
 */
#ifndef CUTDISC_H
#define CUTDISC_H

#include "base.h"

/* What had been acknowledged, and what may have been begun. */
struct promise {
	uint64_t journal_id; /* 0: not opened yet */
	uint64_t last_seq;
	uint64_t attempted;  /* no later seq can be there */
	uint64_t first_seq;  /* no later one may be the oldest */
	uint64_t erased;     /* multiples of ERASE_EACH up to here are erased */
	uint64_t activation; /* last record that changed what is in force */
};

void cutdisc_record(const char *dir); /* from here on */
void cutdisc_stop(void);
void cutdisc_forget(void); /* the recording and the settings below */

void cutdisc_promise(const struct promise *promise); /* holds from this moment on */
size_t cutdisc_calls(void);			     /* made so far */

/* Settings of a run. */
void cutdisc_lie(bool file_syncs, bool directory_syncs); /* these do nothing */
enum fault {
	FAULT_NONE,
	FAULT_SYNC, /* the next sync of a file fails and loses what it should have kept */
	FAULT_WRITE,	 /* the next write stops half-way */
	FAULT_DIRECTORY, /* the next sync of a directory fails */
};
void cutdisc_fail(enum fault fault); /* once */

struct chance {
	uint64_t state; /* 0: nothing that was not synced survives */
	size_t block;	/* bytes that survive together */
};

/* Makes the files in the empty directory `dir` as they are before call `cut`. Returns the
 * last promise made before it; zeros where there was none. */
struct promise cutdisc_make(const char *dir, size_t cut, struct chance *chance);

#endif
