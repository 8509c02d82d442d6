/* text_diff.h - what is the same in two texts and what is not, word by word.
 *
 * Words are those of token.h, with the white space behind them; what stands between words
 * (", ", "...") is cut at white space. Two words are the same if their bytes are;
 * how much white space follows, or begins a text, is no difference. Case, accents and punctuation are.
 *
 *	"a quiet room"  "a very quiet, room"	same "a ", added "very ", same "quiet",
 *						added ", ", same "room"
 *
 * Source: E. W. Myers, An O(ND) Difference Algorithm and Its Variations, Algorithmica 1 (1986).
 * Cost:   words times differences, at most TEXT_DIFF_EDITS_MAX of them; beyond that, everything between
 *	the common beginning and the common end counts as replaced.
 */
#ifndef TEXT_DIFF_H
#define TEXT_DIFF_H

#include "base.h"

#define TEXT_DIFF_EDITS_MAX 1000 /* words added and removed */

enum text_diff_kind { TEXT_SAME, TEXT_REMOVED, TEXT_ADDED };

/* Never empty; two neighbours are of different kinds, and what was removed comes first. */
struct text_diff_piece {
	enum text_diff_kind kind;
	struct span text; /* of the older text where it was removed, else of the newer */
};

struct text_diff {
	struct text_diff_piece *pieces;
	size_t count;
	bool coarse; /* too different to be compared word by word */
};

/* The pieces borrow from both texts, which are UTF-8: what stands behind a byte that is not, is
 * not looked at. */
void text_diff_make(struct text_diff *ret, struct span older, struct span newer);
void text_diff_release(struct text_diff *d);

/* The same for two texts between which there is no difference; in memory only. */
uint64_t text_diff_hash(struct span text);

#endif
