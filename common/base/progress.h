/* progress.h - a bar on standard error for what takes long, where somebody watches.
 *
 * Nothing is written when standard error is no terminal. At most ten times a second.
 *
 *	struct progress p;
 *	progress_begin(&p, "import", total);
 *	progress_at(&p, done);	again and again
 *	progress_end(&p);	the line is gone
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "base.h"

struct progress {
	const char *what; /* borrowed */
	uint64_t total;	  /* 0: nobody knows */
	bool shown;	  /* somebody watches */
	bool dirty;	  /* a line stands there */
	int64_t begun_ms, drawn_ms;
};

void progress_begin(struct progress *ret, const char *what, uint64_t total);
void progress_at(struct progress *p, uint64_t done);
void progress_end(struct progress *p);

/* The line itself, without control characters, for a terminal of `columns`. `ret` has
 * PROGRESS_BYTES; returns it. */
#define PROGRESS_BYTES 256
char *progress_format(char *ret, const struct progress *p, uint64_t done,
		      int64_t elapsed_ms, int columns);

#endif
