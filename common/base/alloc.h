/* alloc.h - memory that is there, or the process is not.
 *
 * Each call succeeds or aborts. Every input is bounded before it is read, so running out
 * of memory means a bug or a machine that is ill; the supervisor starts us again.
 * free() is the C library's.
 */
#ifndef ALLOC_H
#define ALLOC_H

#include "base.h"

void *xmalloc(size_t bytes);
void *xcalloc(size_t count, size_t bytes);
void *xrealloc(void *old, size_t bytes);
void *xmemdup(const void *from, size_t bytes);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);
char *xasprintf(const char *format, ...) PRINTF(1, 2);

/* For OWNED: frees what a `char *`, or any other pointer, points at. */
void freep(void *pointer_to_pointer);

#endif
