/* fold.h - the one folding of text: only to compare and to match, never to show.
 *
 * What an author wrote is never changed; a folded copy lets words and patterns stay plain
 * although people write "ﬀ", "Ｆ", "f̲", "ƒ", "𝕗" or "Ϝ". Two outputs, both
 * UTF-8:
 *
 *	match   compatibility forms (NFKD), case folding, marks and ignorables dropped,
 *		look-alikes of Latin letters replaced; punctuation and digits kept, but
 *		for apostrophes and hyphens that no keyboard has (U+2018, U+2019,
 *		U+201B: '; U+2010..U+2013, U+2212: -); runs of white space one space.
 *		For words and patterns.
 *	key     from match: letters and digits kept, everything else one space, what is
 *		spelt with digits or spaced out mended (below), runs of three or more
 *		equal letters cut to two; no space at either end. For duplicates, exact
 *		or similar. Empty means "no text": of emoji and signs alone, too.
 *
 * Each character of the original is replaced by what the table says, whatever stands
 * beside it; for match white space is the only context. So texts that are canonically or
 * compatibly equivalent, or differ in simple case, fold alike, match and key; the match of
 * a match is that match, the key of a key is that key. (The key of a match may be another:
 * match has lost how wide a gap was.) The words used above:
 *
 *	mark        general category Mn or Me, or a combining class other than 0. A mark
 *		    is dropped before case folding can make it a letter (U+0345). Spacing
 *		    marks (the vowels of Indic scripts) stay, and count as letters.
 *	ignorable   Default_Ignorable_Code_Point, Cf, controls that are no White_Space.
 *	look-alike  a letter of the Latin, Greek, Coptic, Cyrillic, Armenian, Cherokee,
 *		    Lisu or Canadian Aboriginal script, or of no script, that
 *		    confusables.txt takes for one ASCII letter, or that is a small
 *		    capital; for Latin ligatures ("œ") several letters. Both cases of a
 *		    letter become the same one: that of the lower case ("ν" and "Ν" are
 *		    v), or, where only the capital looks Latin, that of the capital ("Н"
 *		    and "н" are h). ASCII letters stay what they are, and no digit
 *		    becomes a letter, so text genuinely in these scripts comes out mixed,
 *		    but equal where it was equal.
 *	letter      general category L or Mc; digit: N. Emoji that NFKD makes letters of
 *		    ("™", "ℹ") are letters, keycaps are digits.
 *
 * What the key mends. A token is a run of letters, digits, `@` and `$`; without a letter
 * in it `@` and `$` part it, as all other characters do.
 *
 *	digits   in a token with a letter 0 1 3 4 5 7 are o i e a s t, `@` a, `$` s:
 *		 "p4rf4it", "s@lut", "pa$$". Tokens of digits alone stay: "2023", "5$". What
 *		 is no disguise changes as well, but alike in both texts that are compared:
 *		 "1er" ier, "4x4" axa, "mp3" mpe, "10h" ioh; "2nd" stays. And
 *		 runs of what has become letters are cut: 1000km, 10000km.
 *	letters  three and more tokens in a row of one letter or digit each are one word,
 *		 whatever parts them: "p.a.r.f.a.i.t", "n u l". From six on they are
 *		 several words where gaps are wider, in characters of the author's text
 *		 (white space counted in full), than the row's narrowest: "t r e s  b o n"
 *		 is "tres bon". Where one gap is like the other, there is one word:
 *		 "t r e s b o n" is "tresbon", which only a search for similar texts finds.
 *		 A letter that is left over stays alone, but three of them are a word. In
 *		 shorter rows the width counts for nothing, so that a doubled space makes
 *		 no other key of an ordinary text: "I'm a M" is "imam" in any case.
 *		 Not joined: rows of three or four with "y a" in them, for "il y a l'air",
 *		 "n'y a-t-il"; "@" and "$" that stand alone ("s @ l u t"); letters that
 *		 fold to several, as Hangul's syllables do.
 *
 * The table is made by fold_gen.c from ICU's data when Normavis is built: a program folds
 * alike for ever, whatever library is installed later. One that is built with a newer ICU
 * may fold otherwise; what keeps keys therefore keeps FOLD_VERSION and
 * fold_unicode_version() beside them, and makes them again when they differ.
 *
 * Shape:  match_at[i] is the byte offset in the original of the character that gave
 *         match byte i (one entry more than bytes: the end), so that evidence can point
 *         into the author's own text. A space stands for the first of its run.
 * Bounds: input of up to FOLD_BYTES_MAX; output is at most FOLD_GROWTH times as long
 *         (U+FDFA: 3 bytes, 33 folded). Room for that much is reserved, not touched.
 * Source: Unicode UAX #15, CaseFolding.txt, UTS #39 confusables.txt.
 * Tests:  tests/unit/fold_test.c, fold_table_test.c, tests/fuzz/fuzz_fold.c,
 *         tests/bench/bench_fold.c
 */
#ifndef FOLD_H
#define FOLD_H

#include "buf.h"

#define FOLD_BYTES_MAX (1 << 20)
#define FOLD_GROWTH    11
#define FOLD_VERSION   2 /* of the rules above; changes every key */

struct fold {
	struct buf match;   /* borrowed by callers until the next fold_text */
	uint32_t *match_at; /* match.len + 1 offsets into the original */
	struct buf key;
	size_t match_at_capacity; /* entries */
};

const char *fold_unicode_version(void); /* "15.0": of the table */

void fold_init(struct fold *f);
void fold_release(
	struct fold *f); /* frees both outputs; fold_init makes it usable again */

/* The letter or digit (a-z, 0-9) that confusables.txt takes the character for where match
 * has something else: "Η" is an h as it looks, and an n as its small letter looks; "١" is
 * an l. 0: none. */
char fold_seen_as(uint32_t code);

/* Folds `text` (valid UTF-8, at most FOLD_BYTES_MAX bytes; longer is a bug of the
 * caller). Where it is not UTF-8 after all, each byte that fits nowhere folds like
 * U+FFFD. */
void fold_text(struct fold *f, struct span text);

#endif
