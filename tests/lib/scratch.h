/* scratch.h - a directory of its own for each test, under $TMPDIR, gone afterwards. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include "base.h"

extern char scratch_dir[];

/* For cmocka. */
int scratch_make(void **state);
int scratch_remove(void **state);

char *scratch_path(const char *name); /* the caller frees it */

#endif
