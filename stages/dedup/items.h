/* items.h - has this source sent the very same item before, under another id?
 *
 * Who collects from pages or files and numbers the rows anew brings one review again and
 * again. It is no second review and no fault of its author. All that it says of itself must
 * be the same: subject, author or name shown, title and text to the byte, rating, dates,
 * purchase, and when it was written (submitted_at), which it has to state. Where neither an
 * author nor a name is stated, the caller says whether the text tells enough: "Parfait" of
 * two unknown people on one day is two reviews.
 *
 * Shape:  a layer over `exact.table`, under (site, source, hash of the item); line value = id
 *	(16) of the newest.
 */
#ifndef ITEMS_H
#define ITEMS_H

#include "digest.h"
#include "findings.h"
#include "layer.h"
#include "review.h"

#define ITEMS_LINES_MAX 1 /* of one review */

/* Does `telling` count for it? */
bool items_needs_information(const struct review *review);

/* Adds the candidate, if there is one, to *ret, and remembers this review. */
void items_find(struct layer *layer, const struct fast_key *key,
		const struct review *review, bool telling, struct duplicates *ret);

#endif
