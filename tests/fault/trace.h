/* trace.h - what the programs of a pipeline did to their files, in one order.
 *
 * trace.c is a library that is loaded before all others (LD_PRELOAD). Under one lock that
 * all processes share it makes each call that changes a file below TRACE_DIR and notes it,
 * with its bytes, in the page, a file that TRACE_PAGE names. So an entry that stands before
 * another happened before it. The test notes in the same page what it was answered.
 *
 * Mapped files: the kernel may write their pages whenever it likes. Before each entry of a
 * process the pages that changed since its last one are noted as writes; as long as no
 * msync or fsync follows they may be on the disc, each for itself, or not.
 *
 * Left out: `data/run` (sockets, locks, figures) and SQLite's -shm, which a machine that
 * starts has no use for.
 */
#ifndef TRACE_H
#define TRACE_H

#include <pthread.h>
#include <stdint.h>

#define TRACE_BYTES (1024u << 20) /* of a sparse file */
#define TRACE_BLOCK 4096	  /* pages */

enum trace_what {
	TRACE_NAME,	/* a new file: name, ino */
	TRACE_RENAME,	/* other becomes name */
	TRACE_UNLINK,	/* name */
	TRACE_MKDIR,	/* name */
	TRACE_WRITE,	/* ino, offset, data */
	TRACE_RESIZE,	/* ino, offset is the size */
	TRACE_SYNC,	/* ino */
	TRACE_SYNC_DIR, /* name, "" for TRACE_DIR itself */
	TRACE_ANSWER,	/* ino: number of the submission, offset: seq, name: id */
};

/* Names are relative to TRACE_DIR. Entries lie one behind the other, on multiples of 8:
 * this head, name and other with their NULs, data. */
struct trace_entry {
	uint32_t bytes; /* of the whole entry */
	uint32_t what;
	uint64_t ino, offset;
	uint32_t name_len, other_len; /* without NUL */
	uint64_t data_len;
};

struct trace_page {
	pthread_mutex_t lock; /* of all processes */
	uint64_t used;	      /* bytes of entries */
	uint8_t at[TRACE_BYTES];
};

#endif
