/* readable.h - other people's words on a terminal: readable, and unable to do anything.
 *
 * Texts come from anybody. Control characters and those that turn the direction of writing
 * would move the cursor, change colours or hide words: U+FFFD stands in their place. A tab is
 * a space; a new line is indented as the first one is.
 */
#ifndef READABLE_H
#define READABLE_H

#include "buf.h"
#include "text_diff.h"

#define READABLE_INDENT	   4
#define READABLE_BYTES_MAX (1 << 20)

/* What stands for itself: a name, a short text in one line. */
void readable_name(struct buf *ret, struct span text);

/* Indented, with a line end; at most `max` bytes of the text, and how many more there are. */
void readable_text(struct buf *ret, struct span text, size_t max);

/* The same of a difference: "a [-quiet-]{+very quiet,+} room"; with `colour` red and green instead of
 * the brackets. Long passages that are the same are cut in their middle. */
void readable_diff(struct buf *ret, const struct text_diff *d, bool colour);

/* Whether stdout is a terminal that has colours, and nobody minds (NO_COLOR). */
bool readable_colour(void);

#endif
