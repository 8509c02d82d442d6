/* passage.h - the author's own words around what broke a rule, marked, on one line.
 *
 *	… waited an hour and the waiter, that [idiot], laughed at …
 *
 * Shape:  up to PASSAGE_CONTEXT_BYTES on each side, whole words where there are any, an
 *	   ellipsis where more was written. What broke the rule stands between square
 *	   brackets; of more than PASSAGE_MARKED_BYTES of it the middle is left out. Runs of
 *	   white space and control characters become one space. No character is ever cut.
 * Source: the quoted text is the author's own and goes to the author alone; nothing in it is
 *	   hidden, personal data included.
 * Tests:  tests/unit/passage_test.c
 */
#ifndef PASSAGE_H
#define PASSAGE_H

#include "buf.h"
#include "findings.h"

#define PASSAGE_CONTEXT_BYTES 60
#define PASSAGE_MARKED_BYTES  240

/* Sorts spans by field and place, makes one of those that overlap or touch, and drops empty
 * ones. Returns how many are left. */
size_t passage_sort(struct hit_span *spans, size_t count);

/* Quotes from `value` the first of `spans` (sorted, all of this field; count >= 1), and those
 * behind it that its surroundings reach. Returns how many were quoted. */
size_t passage_put(struct buf *out, struct span value, const struct hit_span *spans,
		   size_t count);

/* As much of `value` as fits into `max` bytes, on one line, for a title of a message. */
void passage_put_start(struct buf *out, struct span value, size_t max);

#endif
