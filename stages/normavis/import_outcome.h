/* import_outcome.h - what became of the records that an import brought in.
 *
 * Asked of the store once they are committed: reviews by state and reason, other records by
 * outcome, and for `--legacy` what the rules would have decided. Only the import's own records
 * are counted: their seqs are kept as ranges (others may have submitted at the same time).
 *
 * Bounds: OUTCOME_RANGES_MAX ranges; beyond, neighbouring ones are joined and `approximate`
 *	   is set. Reads OUTCOME_STEP records a transaction, so that the writer is never held up.
 * Tests:  tests/unit/import_outcome_test.c, tests/scenario/import.bats
 */
#ifndef IMPORT_OUTCOME_H
#define IMPORT_OUTCOME_H

#include <jansson.h>

#include "status.h"
#include "store.h"

#define OUTCOME_RANGES_MAX 65536
#define OUTCOME_STEP	   20000 /* records; well below a second */

struct outcome_range {
	uint64_t first, last; /* seqs, both included */
};

/* Seqs that ascend, all zero to begin with. */
struct outcome_ranges {
	struct outcome_range *range;
	size_t count, room;
	uint64_t records;
	bool approximate;
};

void outcome_ranges_add(struct outcome_ranges *r, uint64_t seq);
void outcome_ranges_release(struct outcome_ranges *r);

/* Lines of a table, largest first: `what` is a kind and a state ("review published"), or
 * for `would` an action and a rule. */
struct outcome_line {
	char *what, *reason; /* reason: "" where none */
	uint64_t records;
};

struct outcome_lines {
	struct outcome_line *line;
	size_t count;
};

struct outcome {
	struct outcome_lines became, would;
};

/* `legacy`: ask for `would` too. Errors: those of store.h. */
enum status outcome_read(struct outcome *ret, struct store *store,
			 const struct outcome_ranges *ranges, bool legacy,
			 struct err *err) MUST_CHECK;
void outcome_release(struct outcome *o);

#endif
