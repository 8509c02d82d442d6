/* arrivals.h - how many records came before this one: the history that a rule may name.
 *
 * Counts arrivals, never outcomes, of records with a smaller seq: by author, subject,
 * supplier, source and text, within the windows that findings.h states, each within its
 * site, and an author within its source, too: two sources' account "42" are two people.
 * A function of the order alone, so that a replay counts the same.
 *
 * Shape:  a layer over `arrivals.table`; line value = three windows of period number (4),
 *	count in it (4), count in the one before (4), then the count of ever (4).
 */
#ifndef ARRIVALS_H
#define ARRIVALS_H

#include "digest.h"
#include "findings.h"
#include "layer.h"

/* What a record is counted under. A span that is empty is not counted.
 * name[ARRIVAL_AUTHOR] is an author of name[ARRIVAL_SOURCE]. */
struct arrival_names {
	struct span site;
	struct span name[ARRIVAL_COUNT];
};

/* Fills *ret with what came before record `seq`, received at `received_at` (ms UTC), and
 * counts this one. */
void arrivals_count(struct layer *layer, const struct fast_key *key,
		    const struct arrival_names *names, uint64_t seq, int64_t received_at,
		    struct arrivals *ret);

#endif
