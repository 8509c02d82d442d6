/* words.h - whole words and phrases of a list in folded text, however long the list.
 *
 * The text is cut into words; each is looked up by its first eight bytes and its length in
 * a table of the lists' words, of a phrase its longest (but for words that most texts
 * have), and then by what a phrase has beside that; the rest is compared. So ten thousand
 * words cost what ten cost: a text's own words.
 *
 * Shape:  what makes a word: ASCII letters, digits and '_'; every character from U+00C0
 *	on but for U+2000..U+2FFF (punctuation, symbols), U+3000..U+303F (CJK punctuation),
 *	U+F000..U+FFFF and U+1F000..U+1FFFF (pictures). A listed word or phrase begins with
 *	such a character. It is found only whole: no such character directly before it, nor
 *	behind it where it ends with one.
 * Stems:  an inflected entry is compared by its words' stems. Only words that begin as a
 *	stem does, by three bytes, are stemmed; so an entry whose inflections begin otherwise
 *	(lie, lying) is listed in both forms. Folded text has no accents, which French's
 *	algorithm looks at; what that costs is in docs/decisions/0017-evasion-beside-the-text.md.
 * Bounds: WORDS_BYTES_MAX bytes of a word or phrase. A list with stems is for one thread
 *	at a time.
 * Source: https://snowballstem.org (libstemmer)
 * Tests:  tests/unit/words_test.c, tests/bench/bench_words.c
 */
#ifndef WORDS_H
#define WORDS_H

#include "status.h"

#define WORDS_BYTES_MAX 200

struct words;

struct words *words_new(void);
void words_free(struct words *w); /* accepts NULL */
DEFINE_OWNED(struct words, words_free)

/* Adds a word or phrase (as fold.h's match writes it) on behalf of `owner`, a number of
 * the caller's. Errors: ST_ECONFIG (err says what is wrong with it). */
enum status words_add(struct words *w, struct span word, uint32_t owner,
		      struct err *err) MUST_CHECK;

/* The same, found in all its inflections as Snowball's stemmers see them: `language` is
 * "en" or "fr". Of a phrase every word may be inflected; what stands between them may not
 * differ. Begins and ends with a word. */
enum status words_add_stem(struct words *w, const char *language, struct span word,
			   uint32_t owner, struct err *err) MUST_CHECK;

size_t words_count(const struct words *w); /* inflected ones too */

/* "snowball-" and 16 hex digits of what the stemmers make of some words. The library cannot
 * tell its version, and a newer one may find more or less: so it is linked statically,
 * which lets a program find alike for ever, and this belongs to what a decision is made
 * with. The words were chosen by the endings that the two algorithms take off; a change to
 * what none of them has is not seen. The same for the life of the program. */
const char *words_stemmer_version(void);

/* Cuts the next run of characters that make words off *rest, with what stands before it;
 * at the end of the text it is empty. */
struct span words_next(struct span *rest);

/* Calls `found` for each place of each listed word (bytes), by the place of its longest
 * word. */
void words_find(const struct words *w, struct span text,
		void (*found)(void *context, uint32_t owner, size_t start, size_t end),
		void *context);

#endif
