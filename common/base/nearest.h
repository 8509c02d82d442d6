/* nearest.h - which known name did the writer mean?
 *
 * Shape:  edit distance with transpositions of neighbours (optimal string alignment); a
 *         name is near within a third of the longer length, at least 1, at most 3 edits.
 */
#ifndef NEAREST_H
#define NEAREST_H

#include "base.h"

#define NEAREST_BYTES_MAX 64 /* longer names are never near */

/* Edits between two names; NEAREST_BYTES_MAX + 1 where one is too long to compare. */
size_t nearest_distance(const char *a, const char *b);

/* The nearest of `known` (NULL-ended), the first of equals, or NULL when none is near.
 * Borrowed from `known`. */
const char *nearest_name(const char *wrong, const char *const *known);

#endif
