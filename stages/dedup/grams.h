/* grams.h - a folded text as its character 4-grams, which similarity is counted in.
 *
 * A gram is four letters or digits in a row, whatever spaces stand between: long enough to be
 * of some words only, short enough to outlive a changed word or letter beside it. Without
 * spaces it does not matter where somebody puts them: "t r e s b o n", "tresbon". A Han or
 * kana character counts as two, because it says as much. A text shorter than one gram is
 * one gram by itself, so that two short texts never share an empty set; a text of no
 * characters has none.
 *
 * Shape:  a gram is 64 bits: its characters, 16 bits each, behind each other. Where one of
 *	them is beyond U+FFFF (letters that no living language writes daily), 64 bits of
 *	XXH3 stand for the gram; two of these are taken for one at one in 2^64.
 * Bounds: only the first GRAMS_TEXT_MAX bytes of a folded text count (grams_text), as
 *	many as an author may write; a text that grows beyond it by folding is cut.
 * Alone:  no threads.
 */
#ifndef GRAMS_H
#define GRAMS_H

#include "base.h"

#define GRAMS_TEXT_MAX 65536

/* The text without what is beyond the bound, cut between characters. */
struct span grams_text(struct span key_text);

/* The grams in the order of the text, those that come again again. Room for its length. */
size_t grams_of(uint64_t *ret, struct span key_text);

/* 32 bits of each gram but of those that nearly every French or English review has
 * (grams_common.def): "ther", "ment". Without them two texts have less in common that says
 * nothing, and a signature says more. All of them, where no other is there. */
size_t grams_telling(uint32_t *ret, struct span key_text);

/* Changes whenever the list of common grams does: signatures depend on it. */
uint64_t grams_version(void);

#endif
