/* verdict.h - from the hits of the rules to one verdict.
 *
 * The severest live hit wins, the first of equals in the order of the section. A hit that
 * names an earlier record as the one duplicated holds only while that review is there: it is
 * published, held or waiting, or it was rejected as a repetition itself and the one that it repeated
 * (duplicate_of) is there. So whoever writes anew after a withdrawal, or corrects what was rejected, repeats
 * nothing.
 *
 * What one author says of two experiences is no repetition either: a review that states
 * another purchase_ref or another experience_date than this one does not stand in its way;
 * where one of the two states none, that is no difference. This is not so where dedup found the
 * text of another author (other-author): two accounts that paste one text may state what they
 * like.
 *
 * Where the candidate that a hit names is not there, or tells of another experience, one of the
 * same kind with the same numbers does as well: the rule could have named it.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "act.h"

struct verdict {
	enum action action;
	const struct hit *hit; /* that won; NULL: none, accepted */
	int64_t duplicate_n;   /* the earlier one; ROW_NULL: no duplicate */
	uint8_t duplicate_id[UUID_BYTES];
	bool holds[HITS_MAX]; /* per hit: its guard holds */
	uint64_t earlier
		[HITS_MAX]; /* per hit: seq of the candidate it rests on; 0: none */
	size_t shadow_count;
	struct span shadow[EVENT_LIST_MAX]; /* rules that hit without effect; borrowed */
};

/* Shadow hits never count; with `asserted` (a legacy review) no hit does, and all of them
 * are in `shadow`. */
enum status verdict_find(struct verdict *ret, struct act *act, bool asserted,
			 struct err *err) MUST_CHECK;

/* What the rules saw, as canonical JSON in act->apply->evidence: places and measures,
 * never the text. An empty span where nothing hit. */
struct span verdict_evidence(const struct verdict *v, struct act *act);

#endif
