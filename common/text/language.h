/* language.h - which language a text is written in, from its commonest words.
 *
 * Of each language we know its function words ("the", "and"; "le", "est"; "und", "nicht"),
 * the words that short reviews consist of ("merci", "perfecto", "bedankt"), a few endings,
 * and the characters that few others have ("ñ", "ß", "ã"). Each that the text holds is a
 * point for the languages that have it, divided among them; the language with most points
 * is the answer, where its lead is clear. Texts in a script that one language here has
 * (Greek, Hangul ...) are told by it. So an answer can be explained by pointing at words.
 *
 * Input:  the author's own text, not the folded one: folding takes away what tells
 *	languages apart ("ñ", "ß") and makes Greek and Cyrillic look like Latin. Case does
 *	not matter, accents help where they are; texts without any, and texts that were
 *	folded, are read as well.
 * Unknown: texts without a word that is known (names, numbers, codes), texts in two
 *	languages of about equal weight, languages that are not among language_codes.
 *	Norwegian and Galician are taken for their neighbours (da; pt, es).
 * Speed:  one look-up for each word, no memory; at most LANGUAGE_BYTES_MAX bytes are read.
 * Stable: whole numbers only, and tables of our own (language.def; characters in
 *	language.c): the same text has the same answer on each machine, whatever libraries
 *	are there. LANGUAGE_VERSION changes when an answer may.
 * Source: docs/decisions/0019-language.md, with what other libraries say of the same texts
 * Tests:  tests/unit/language_test.c, tests/eval/eval_language.c
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include "base.h"

#define LANGUAGE_VERSION   1
#define LANGUAGE_BYTES_MAX 4096 /* the beginning of a longer text speaks for it */

struct language {
	char code[3];  /* ISO 639-1; "" where unknown */
	uint16_t sure; /* 0..1000: lead over the second language; 0 where unknown */
};

/* `text` is valid UTF-8. */
struct language language_of(struct span text);

/* Is it clearly in a language that is none of `languages` (bits: places in
 * language_codes)? Then one of the others leads over all of these, be it clear which one
 * or not. `declared`: somebody says that it is in one of them, which counts as one word
 * more. Folded texts lose little, since other languages' words stay; a sentence in Latin
 * letters with some of another script is best asked about folded. */
bool language_is_other(struct span text, uint64_t languages, bool declared);

extern const char *const language_codes[]; /* what `code` can be but "", NULL-ended */

/* Is it one of the words that languages are told by, and so in many texts? As fold.h's
 * match writes it. */
bool language_is_common(struct span word);

#endif
