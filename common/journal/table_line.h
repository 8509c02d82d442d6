/* table_line.h - what the 64 bytes of a slot can be; only table.c uses it.
 *
 * Shape:  empty   all zero
 *         grave   a key was removed: zero but for the check bytes DE AD
 *         live    seq is not 0, check is the CRC32C of the other bytes, folded to 16 bits
 */
#ifndef TABLE_LINE_H
#define TABLE_LINE_H

#include "table.h"

static inline bool table_line_empty(const struct table_line *line)
{
	return get_le64(line->seq) == 0; /* with the check behind it */
}

void table_line_seal(struct table_line *line); /* sets the check */
struct table_line table_line_grave(void);

/* Whether the bytes are one of the three. */
bool table_line_whole(const struct table_line *line);

#endif
