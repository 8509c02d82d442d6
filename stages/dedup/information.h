/* information.h - how much does it tell that two authors wrote the same text?
 *
 * "Livraison rapide, je recommande" is written by many people who do not know of each
 * other; a sentence about the third screw of a shelf is not. The information of a text is
 * the surprise that somebody writes just this in a review: the more of it, the less can two
 * people have written it by coincidence. It is what the words cost:
 *
 *	- a word of a language -log2 of how often reviews in it have the word: at most 11 bits,
 *	  and 8 where stock phrases are made of it; less where the word before calls for it
 *	  ("rapport qualité" - "prix"). A word that the list does not have costs the most;
 *	- what words of up to 8 bits say beyond 25 bits counts half: one stock phrase more
 *	  makes a text longer rather than rarer;
 *	- of all languages the one counts in which the text costs least.
 *
 * A function of the text alone: no state, and what other reviews say changes nothing. The
 * lists (information_words.def, information_pairs.def, and how they were counted) are built
 * in; INFORMATION_VERSION tells them apart.
 *
 * Units:  tenths of a bit. A text has at least as much as each of its beginnings that ends
 *	at a word. What is over INFORMATION_MAX is not counted, nor what stands behind it.
 * Bounds: two look-ups a word, at most until INFORMATION_MAX is reached; no allocation.
 * Tests:  tests/unit/information_test.c, tests/eval/eval_information.c
 */
#ifndef INFORMATION_H
#define INFORMATION_H

#include "base.h"

#define INFORMATION_VERSION 1
#define INFORMATION_MAX	    2000 /* three times SURE */

/* Two thresholds. From ENOUGH on, a second author of a text is worth a report, unless the
 * text turns out to be common. From SURE on it is no stock phrase however many have written
 * it. Of pieces of 40 to 60 characters from real reviews that were not counted 86 in a hundred
 * have enough, a quarter are sure; of 120 phrases that were written to try it 16 in a hundred
 * had enough, and none was sure. */
#define INFORMATION_ENOUGH 440
#define INFORMATION_SURE   650

struct information {
	uint32_t tenths; /* of a bit, 0..INFORMATION_MAX */
	/* At least half of the words that were counted are on the list of the language. Where
	 * they are not, the text is of a language that nothing is known of; its words then
	 * count for little each, and who can should ask for more. */
	bool familiar;
	/* Per cent of what is asked for otherwise that is to be asked for of this text: 100 of
	 * French and English; 150 of languages of which the lists are short; 200 where it is not
	 * familiar. */
	unsigned ask;
};

/* `key_text` is folded (fold.h, key); anything else is counted just as well, only not
 * alike. Empty: 0, and not familiar. */
struct information information_of(struct span key_text);

#endif
