/* emoji.h - is this character an emoji?
 *
 * Shape:  Emoji=Yes from U+203C on but for "™" and "ℹ", and every picture of U+1F000 to
 *	U+1FAFF. Digits and "©" that an emoji style can be asked for are none; nor are the
 *	joiners, variation selectors and skin tones that make one emoji of several
 *	characters: emoji_is_part says which those are.
 * Source: Unicode 15, emoji-data.txt
 * Tests:  tests/unit/measure_test.c
 */
#ifndef EMOJI_H
#define EMOJI_H

#include "base.h"

bool emoji_is(uint32_t point);
bool emoji_is_part(uint32_t point); /* shows nothing of its own */

#endif
