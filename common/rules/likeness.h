/* likeness.h - how alike two texts must be for a condition about duplicates to hold.
 *
 *	{duplicate: other-author, similarity: {at_least: 80, below: 95}, bits: {at_least: 40}}
 *
 * Each of three numbers of a candidate may be bounded. "At least" and "below" a whole number of
 * percent are exact, although a hit states the percent rounded down (findings.h).
 */
#ifndef LIKENESS_H
#define LIKENESS_H

#include "findings.h"
#include "yaml.h"

enum likeness {
	LIKENESS_SIMILARITY,  /* percent: duplicate_similarity */
	LIKENESS_CONTAINMENT, /* percent: duplicate_containment */
	LIKENESS_BITS,
	LIKENESS_COUNT
};

struct likeness_bounds {
	int64_t at_least, below;
	char *number; /* what a hit calls it; NULL: not bounded */
};

/* The bounds beside `duplicate:` in the mapping `node`. Errors: ST_ECONFIG; what was read until
 * then is released with the rest. */
enum status likeness_read(struct likeness_bounds ret[LIKENESS_COUNT],
			  const struct yaml_doc *doc, const struct yaml_node *node,
			  enum duplicate_kind kind, struct err *err) MUST_CHECK;
void likeness_release(struct likeness_bounds bounds[LIKENESS_COUNT]);

int64_t likeness_of(const struct duplicate *d, enum likeness likeness);
bool likeness_fits(const struct likeness_bounds bounds[LIKENESS_COUNT],
		   const struct duplicate *d);

/* One number for who wants to know why: that of the first bound which the candidate breaks, or of
 * the first bound. False: none is bounded. */
bool likeness_compare(const struct likeness_bounds bounds[LIKENESS_COUNT],
		      const struct duplicate *d, int64_t *ret);

#endif
