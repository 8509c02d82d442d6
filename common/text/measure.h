/* measure.h - what can be counted in a text without reading it.
 *
 * Shape:  chars counts code points; letters those of scripts in the table of measure.c
 *	(alphabets and CJK); capitals the upper-case ones of Latin, Greek, Cyrillic and
 *	Armenian. The table is ours and fixed: a library's would move a verdict.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "base.h"

struct measure {
	uint32_t chars;
	uint32_t letters;
	uint32_t capitals; /* some of the letters */
};

/* `text` is valid UTF-8. */
struct measure measure_text(struct span text);

/* Capitals among the letters, rounded down; 0 where there is no letter. */
uint32_t measure_capitals_percent(const struct measure *m);

#endif
