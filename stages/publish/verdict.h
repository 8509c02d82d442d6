/* verdict.h - from the hits of the rules to one verdict.
 *
 * The severest live hit wins, the first of equals in the order of the section. A hit that
 * names an earlier record as the one duplicated holds only while that review is there: the
 * original it leads to (duplicate_of followed to its end) is published, held or waiting,
 * and does not state another purchase_ref or another experience_date than this one. Where
 * one of the two states none, that is no difference.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "act.h"

struct verdict {
	enum action action;
	const struct hit *hit; /* that won; NULL: none, accepted */
	int64_t duplicate_n;   /* the original; ROW_NULL: no duplicate */
	uint8_t duplicate_id[UUID_BYTES];
	bool holds[HITS_MAX]; /* per hit: its guard holds */
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
