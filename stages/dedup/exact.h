/* exact.h - has this author said the same before, about this subject or another?
 *
 * The same site, author and subject, and a text that is equal once folded (fold.h, key).
 * An author is one of its source: two sources' account "42" are two people. An unknown
 * author is never the same author; no text is never the same text; another stated
 * experience date or purchase is another experience.
 *
 * One earlier review is named, and publish follows it to the one that stands: the newest
 * that states exactly this date and purchase (where this one states any), however many
 * others came between; else the newest of all with that text, unless both state a date or
 * a purchase and they differ. Of reviews that state less than this one, or more, only that
 * newest one is compared. Of other subjects, the newest with that text is named, whatever
 * it states.
 *
 * Shape:  a layer over `exact.table`. A line under (site, source, author, subject, text),
 *	the newest; a second one where a date or purchase is stated, under the same with
 *	both behind. Line value = id (16), experience date (4, INT32_MIN: not stated),
 *	length of the folded text (4), hash of the purchase (8, 0: not stated).
 *	One more under (site, source, author, text). Line value = id of the newest (16), hash
 *	of its subject (4), id of the newest about another subject than that one (16), by how
 *	much its seq is the smaller (4, 0: there is none).
 */
#ifndef EXACT_H
#define EXACT_H

#include "digest.h"
#include "findings.h"
#include "layer.h"

#define EXACT_NO_DATE	INT32_MIN
#define EXACT_LINES_MAX 3 /* of one review */

struct exact_review {
	uint64_t seq;
	const uint8_t *id;
	struct span site, source, author_ref, subject, purchase_ref;
	struct span key_text;	 /* folded */
	int32_t experience_date; /* days since 1970-01-01, or EXACT_NO_DATE */
};

/* Adds the candidates that there are, at most one of each kind, to *ret (which may have
 * others), and remembers this review. Their sizes are left 0: the caller knows the text. */
void exact_find(struct layer *layer, const struct fast_key *key,
		const struct exact_review *review, struct duplicates *ret);

#endif
