/* token.h - a text cut into words, as measures count them.
 *
 * A word is a run of letters, digits and combining marks, with single apostrophes between
 * them ("don't", "l'été", "n°5" gives n and 5). Scripts that write no spaces are not cut
 * by sense: each Han, Kana or Thai character is a word.
 *
 *	struct token t;
 *	for (struct span rest = text; token_next(&t, &rest);)
 *		...
 */
#ifndef TOKEN_H
#define TOKEN_H

#include "script.h"

struct token {
	struct span bytes; /* within the text */
	uint64_t hash;	   /* of its characters in small letters, apostrophes left out */
	unsigned scripts;  /* bit s: it has a letter of enum script s */
	bool unit; /* its only Greek letter is one that units are written with: µ, Ω */
};

/* The next word of *rest, which is what follows it afterwards. False: no more. *rest is
 * valid UTF-8. */
bool token_next(struct token *ret, struct span *rest);

#endif
