/* evasion.h - words that are hidden from a list, read as a person reads them.
 *
 * fold.h's match has plain letters, but what only the characters around can undo is still
 * in it. This writes a second, short text with the places that read otherwise; the lists
 * and patterns that read match read it too. For most texts it is empty.
 *
 *	leet      0 o, 1 i or l, 3 e, 4 a, 5 s, 6 g, 7 t, 8 b, 9 g, @ a, $ s, € e; between
 *		  letters also ! i, | i or l, ( c, + t: "c0nn4rd", "@sshole", "sh!t"
 *	signs     up to two signs between letters are left out: "con.nard", "fu*ck". Not
 *		  apostrophes, hyphens, slashes, quotes: "l'accueil", "rendez-vous"
 *	runs      three and more of a letter are one letter, and two: "fuuuck", "connnnard"
 *	letters   three and more that stand alone, figures among them, are one word:
 *		  "c o n n 4 r d", "f-u-c-k", "c. o. n."; a wider gap, or a blank among
 *		  signs, ends the word: "f.u.c.k y.o.u"; a dot behind the last letter is
 *		  its own: "f.u.c.k. you". Where no gap says so, 7 to 24
 *		  letters are also cut in two, 4 and more before, 3 and more behind
 *		  ("f u c k y o u"), and behind a first, or before a last, letter that is
 *		  a word (a, i, y)
 *
 *	looks	  what a character looks like where the fold makes another letter of it, or
 *		  none (fold_seen_as): "ASSΗOLE", "C∪NT", "assh٥le", and the letters in
 *		  filled circles and squares: "🅲🅾🅽"; a capital I behind a
 *		  small letter or a digit is an l ("asshoIe"), and an l between two
 *		  consonants that seldom have one an i ("nlgger")
 *
 * A place needs two letters, three where signs were left out; figures before a unit
 * ("115lbs", "20min"), behind a name ("iphone 12", "mp3") or with a 2 in them stay figures.
 * What is masked ("f*ck" for fuck) has no reading here: list it as it is written.
 *
 * Pieces: a place stands between up to EVASION_CONTEXT_WORDS words of match on each side,
 *	in which other places are undone as well, so that phrases are found; places that are
 *	near each other share a piece. Where a place has several readings, the first of all
 *	places comes in one piece, and each further one, up to eight in all, in a piece of
 *	its own: "bu11sh1t" with each of 11 and 1 as l and as i.
 * Border: " Z\nZ " before, between and behind pieces. match has neither capitals nor line
 *	ends. So a word stands there as between blanks; no phrase reaches across; what
 *	reaches across in a pattern would have to take a capital Z and a line end, which
 *	`.` , \w*, \s*, \W* and [a-z ]* do not ([^a-z]* and (?s).* do); ^ and $ see a border,
 *	with (?m) too, and match nothing there, a text's true beginning and end included.
 * Shape:  at[i]: the offset in match of what gave byte i (one entry more than bytes: the
 *	end), ascending within a piece; of a border: the end of the piece before it, then
 *	the start of the one behind. A place found from i to j in `text` is match's bytes
 *	from at[i] to at[j].
 * Bounds: at most EVASION_BYTES_MAX(match's bytes). First readings always fit; further
 *	ones are left out when there is no more room. A word of more than 80 letters (runs
 *	counted once) is no place.
 * Tests:  tests/unit/evasion_test.c, evasion_looks_test.c, tests/fuzz/fuzz_evasion.c,
 *	tests/bench/bench_words.c
 */
#ifndef EVASION_H
#define EVASION_H

#include "fold.h"

#define EVASION_BORDER		     " Z\nZ "
#define EVASION_CONTEXT_WORDS	     3
#define EVASION_BYTES_MAX(match_len) (2 * (match_len) + 4096)

struct evasion {
	struct buf text; /* borrowed by callers until the next evasion_find */
	uint32_t *at;	 /* text.len + 1 offsets into match */
	size_t at_capacity;
	struct evasion_place *places; /* of the text that is being read */
	size_t place_count, place_capacity;
	char *looks; /* of the text that is being read, per byte of match */
	size_t looks_capacity;
};

void evasion_init(struct evasion *e);
void evasion_release(struct evasion *e); /* evasion_init makes it usable again */

/* Fills text and at from `match` (fold.h's). */
void evasion_find(struct evasion *e, struct span match);

/* The same of f->match, which was made of `raw`, and better: f->match_at tells where the
 * author wrote several blanks, of which match has kept one, and these end a word of letters
 * that stand alone ("f u c k  y o u"); and raw tells what characters look like. */
void evasion_find_folded(struct evasion *e, const struct fold *f, struct span raw);

#endif
