/* fail.h - one call of a program fails.
 *
 * fail.c is a library that is loaded before all others (LD_PRELOAD) into the programs of a
 * pipeline, and stands in for the calls below. The test and all programs share one page, a
 * file that FAIL_PAGE names: there the programs note each call site that they pass, and
 * the test says which call of which slot fails. It fails once: the count stands in the
 * page and outlives the program that it killed.
 *
 *	FAIL_WRITE  pwrite, write to a file, posix_fallocate, ftruncate    ENOSPC or EIO
 *	FAIL_SYNC   fsync, fdatasync, msync                                EIO
 *	FAIL_SEND   zmq_send                                 EAGAIN, ROUTER: EHOSTUNREACH
 *	FAIL_STEP   sqlite3_step, sqlite3_exec                   SQLITE_FULL or _IOERR
 *
 * A site is the chain of callers, at most FAIL_FRAMES of them, libraries included: the same
 * write in SQLite's log and in its checkpoint are two.
 */
#ifndef FAIL_H
#define FAIL_H

#include <stdatomic.h>
#include <stdint.h>

#define FAIL_FRAMES	6
#define FAIL_OWN_FRAMES 4 /* of the program, in that chain */
#define FAIL_SITES_MAX	2048
#define FAIL_SLOT_BYTES 16

enum fail_call { FAIL_WRITE, FAIL_SYNC, FAIL_SEND, FAIL_STEP, FAIL_CALLS };

struct fail_site {
	_Atomic uint64_t hash; /* 0: free */
	_Atomic uint32_t ready, passed, failed;
	uint32_t call; /* enum fail_call */
	char slot[FAIL_SLOT_BYTES];
	char first_frame[96]; /* of the program itself: "publish+0x1234" */
};

struct fail_page {
	_Atomic uint32_t armed;	    /* last to be set, first to be cleared */
	char slot[FAIL_SLOT_BYTES]; /* "": any */
	uint32_t call;		    /* FAIL_CALLS: any */
	uint32_t nth;	/* of them, from 1; 0: the next site that never failed */
	uint32_t other; /* the second of the two errors */
	_Atomic uint32_t seen, fired;
	_Atomic int32_t left; /* with nth 0: so many failures */
	struct fail_site sites[FAIL_SITES_MAX];
};

#endif
