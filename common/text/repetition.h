/* repetition.h - how much of a text was said before in the same text.
 *
 * Three words in a row that stood in this text before, in the same order, are repeated
 * words ("bon bon bon bon bon": the last four of five; a paragraph pasted five times: four
 * of five parts). People who write freely repeat three words in a row now and then, so
 * a small share means nothing; one or two words that come back ("très très bon") are
 * none at all. Case is ignored, and what stands between the words; words are token.h's.
 *
 * Bounds: memory of 8 to 16 bytes for each byte of the text, freed before it returns; none
 *	from the heap for texts of up to a kilobyte.
 * Tests:  tests/unit/measure_test.c
 */
#ifndef REPETITION_H
#define REPETITION_H

#include "base.h"

/* 0..100: repeated words of all, rounded down. `text` is valid UTF-8. */
unsigned repetition_percent(struct span text);

#endif
