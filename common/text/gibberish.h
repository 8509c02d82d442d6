/* gibberish.h - does a text consist of letters that form no words of any language?
 *
 * "qsdfqsdf xkcjv" is what a hand leaves on a keyboard. A word counts as improbable when
 *
 *	- its pairs of letters, the edges of the word among them, are on average rarer than
 *	  words of any of seven languages have them (table in gibberish.c), or
 *	- it has five letters or more, all in rows of three or more neighbours on a keyboard
 *	  (QWERTY, AZERTY, QWERTZ, in either direction): "azertyuiop", "qweqwe".
 *
 * Not judged: words of less than four letters; words of up to five capitals (HDMI, XXXL);
 * what stands between white space and has a digit or one of @ / \ _ # : & . within (codes,
 * addresses, links, handles); letters of other scripts, which count as in order. A letter
 * that comes three times or more in a row counts once ("nooooon"). Latin letters are taken
 * without their marks.
 *
 * Bounds: texts with less than GIBBERISH_LETTERS_MIN letters that count are 0: a name alone
 *	may look like anything. Above 500 more than half of the letters stand in improbable
 *	words; docs/decisions/0019-language.md says how many honest texts come out so.
 * Tests:  tests/unit/gibberish_test.c, tests/eval/eval_language.c
 */
#ifndef GIBBERISH_H
#define GIBBERISH_H

#include "base.h"

#define GIBBERISH_LETTERS_MIN 8

/* 0..1000: letters in improbable words of all letters that count. `text` is valid UTF-8. */
unsigned gibberish_permille(struct span text);

#endif
