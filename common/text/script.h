/* script.h - which writing system a character belongs to, and its plain Latin letters.
 *
 * Shape:  blocks, not the Script property: what is unassigned within a block counts with
 *	it. Everything that is no letter of these scripts is SCRIPT_NONE. The tables are
 *	ours and fixed: a library's would move a verdict.
 * Source: Unicode 15, Blocks.txt and Scripts.txt
 * Tests:  tests/unit/script_test.c
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "base.h"

enum script {
	SCRIPT_NONE,
	SCRIPT_LATIN,
	SCRIPT_GREEK,
	SCRIPT_CYRILLIC,
	SCRIPT_ARABIC,
	SCRIPT_HEBREW,
	SCRIPT_THAI,
	SCRIPT_HAN,
	SCRIPT_KANA,
	SCRIPT_HANGUL,
	SCRIPT_OTHER, /* a letter of some other script */
};

enum script script_beyond_ascii(uint32_t point); /* for script_of */

static inline enum script script_of(uint32_t point)
{
	if (point < 0x80)
		return (point | 0x20) - 'a' < 26 ? SCRIPT_LATIN : SCRIPT_NONE;
	return script_beyond_ascii(point);
}

/* Combining diacritical marks (U+0300..U+036F): part of the letter before. */
static inline bool script_is_mark(uint32_t point)
{
	return point >= 0x300 && point <= 0x36F;
}

/* The small letter of a capital of Latin (up to U+017F), Greek and Cyrillic; every other
 * character stays what it is. */
uint32_t script_small_beyond_ascii(uint32_t point); /* for script_small */

static inline uint32_t script_small(uint32_t point)
{
	if (point < 0x80)
		return point - 'A' < 26 ? point | 0x20 : point;
	return script_small_beyond_ascii(point);
}

/* The letters a-z that a Latin letter up to U+017F is without its marks, in small ones
 * ("É" e, "Œ" oe, "ß" ss, "ł" l). Returns how many, 0 to 2; 0 for what is no such letter,
 * and for the few that have no plain form. */
unsigned script_plain(uint32_t point, char ret[2]);

#endif
