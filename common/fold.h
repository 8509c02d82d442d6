/* fold.h - the one folding of text: only to compare and to match, never to show.
 *
 * What an author wrote is never changed; a folded copy lets words and patterns stay plain
 * although people write "ﬀ", "Ｆ", "f̲", "ƒ", "f.r.e.e" or "fr33". One pass over UTF-8, two
 * outputs, both UTF-8:
 *
 *	match   compatibility forms (NFKD), case folding, marks and ignorables dropped,
 *		look-alikes of Latin letters replaced; punctuation and digits kept, runs of
 *		white space one space. For words and patterns.
 *	key     from match: letters and digits kept, everything else one space, runs of
 *		three or more equal letters cut to two; no space at either end. For
 *		duplicates. Empty means "no text".
 *
 * The table of code points U+0000..U+1FFFF is made at build time by fold_gen.c from ICU's
 * data and committed with its Unicode version, so that an upgrade of a library cannot
 * move a hash; tests compare the table with the ICU that is installed.
 *
 * Shape:  match_at[i] is the byte offset in the original of the character that gave
 *         match byte i (one entry more than bytes: the end), so that evidence can point into the
 *         author's own text.
 * Bounds: input of up to FOLD_BYTES_MAX; output is at most FOLD_GROWTH times as long.
 * Source: Unicode UAX #15, CaseFolding.txt, UTS #39 confusables.txt.
 */
#ifndef FOLD_H
#define FOLD_H

#include "buf.h"

#define FOLD_BYTES_MAX	(1 << 20)
#define FOLD_VERSION	1 /* of the rules above; changes every key */

struct fold {
	struct buf match;   /* borrowed by callers until the next fold_text */
	uint32_t *match_at; /* match.len + 1 offsets into the original */
	struct buf key;
	size_t match_at_capacity;
};

const char *fold_unicode_version(void); /* "15.0": of the table */

void fold_init(struct fold *f);
void fold_release(struct fold *f);

/* Folds `text` (valid UTF-8, at most FOLD_BYTES_MAX bytes; longer is a bug of the caller). */
void fold_text(struct fold *f, struct span text);

#endif
