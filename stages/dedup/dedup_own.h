/* dedup_own.h - what dedup.c and dedup_open.c share; nobody else includes it. */
#ifndef DEDUP_OWN_H
#define DEDUP_OWN_H

#include "arrivals.h"
#include "dedup.h"
#include "earlier.h"
#include "exact.h"
#include "fold.h"
#include "items.h"
#include "kinds.h"
#include "near.h"
#include "review.h"

struct dedup {
	char *data; /* directory */
	struct table *exact_table, *arrivals_table;
	struct layer *exact, *arrivals;
	struct near *near;
	struct earlier *earlier;
	struct overlap *overlap;
	struct kinds_options kinds;
	struct fast_key key;
	uint64_t seed;
	uint64_t parameters; /* of the tables: key, fold and Unicode version, format */
	struct fold fold, earlier_fold;
	struct record set_aside; /* that a row of the store holds */
};

/* Looks at a review and remembers it. */
enum status dedup_look(struct dedup *d, const struct review *review,
		       struct arrivals *ret_arrivals, struct duplicates *ret_duplicates,
		       struct err *err) MUST_CHECK;

/* What an earlier review says, from its row in the store: said_of_row of `context`, the
 * dedup. */
bool dedup_read_earlier(struct said *ret, const struct store_row *row, void *context);

#endif
