/* json_arena.h - jansson's memory for one record at a time.
 *
 * jansson allocates each key, each value and each growing string by itself, and gives all
 * of it back when the record is read: a sixth of the cost of a 1 KB review. Between
 * json_arena_begin and json_arena_end its allocations come from one area that is emptied at once.
 * What does not fit comes from malloc. Outside of the two, jansson has malloc and free, so
 * that what it made there may be freed as ever.
 *
 * State: one area per process; one thread at a time, no nesting.
 */
#ifndef JSON_ARENA_H
#define JSON_ARENA_H

#include "base.h"

struct json_t;

void json_arena_begin(void);

/* Forgets all that jansson made since json_arena_begin, `root` (may be NULL) included,
 * which must hold all of it that is still there. */
void json_arena_end(struct json_t *root);

#endif
