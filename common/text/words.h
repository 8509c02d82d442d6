/* words.h - whole words and phrases of a list in folded text, however long the list.
 *
 * The text is cut into words; each is looked up by its first eight bytes and its length in
 * a table of the lists' first words, and what a phrase has behind its first word is
 * compared. So ten thousand words cost what ten cost: a text's own words.
 *
 * Shape:  what makes a word: ASCII letters, digits and '_'; every character from U+00C0
 *	on but for U+2000..U+2FFF (punctuation, symbols), U+3000..U+303F (CJK punctuation),
 *	U+F000..U+FFFF and U+1F000..U+1FFFF (pictures). A listed word or phrase begins with
 *	such a character. It is found only whole: no such character directly before it, nor
 *	behind it where it ends with one.
 * Bounds: WORDS_BYTES_MAX bytes of a word or phrase.
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

size_t words_count(const struct words *w);

/* Cuts the next run of characters that make words off *rest, with what stands before it;
 * at the end of the text it is empty. */
struct span words_next(struct span *rest);

/* Calls `found` for each place of each listed word, by ascending start (bytes). */
void words_find(const struct words *w, struct span text,
		void (*found)(void *context, uint32_t owner, size_t start, size_t end),
		void *context);

#endif
