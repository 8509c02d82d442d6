/* example.h - an example of a rule: what it must catch, or must let pass.
 *
 * Written as a text alone, or as a mapping: text, title, fields (path: value, as
 * fields.def), duplicate (the kind of an earlier record that dedup found) with similarity,
 * containment (percent) and bits, arrivals (a list of {of, window, count}), received_at.
 * A duplicate has 100 percent of both and all bits that there can be where it does not say;
 * where it says the similarity alone, its containment is that of two texts of one length.
 * Loading makes a whole record of it, so that it is evaluated exactly as a review is.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include "findings.h"
#include "record.h"
#include "yaml.h"

/* Where it does not say: 2026-01-01T00:00:00Z. */
#define EXAMPLE_RECEIVED_AT INT64_C(1767225600000)

struct example {
	bool must_match;
	uint32_t line, column;
	struct buf bytes; /* of the record */
	struct arrivals arrivals;
	struct duplicate duplicate; /* kind 0: none */
};

/* A duplicate of `kind` with exactly these; containment 0: that of two texts of one length.
 * False: no two texts are so (the containment is too low for the similarity). */
bool example_duplicate(struct duplicate *ret, enum duplicate_kind kind,
		       unsigned similarity, unsigned containment, uint16_t bits);

/* `source`: where the example names none; NULL for any. Errors: ST_ECONFIG. */
enum status example_load(struct example *ret, const struct yaml_doc *doc,
			 const struct yaml_node *node, enum kind kind, const char *source,
			 struct err *err) MUST_CHECK;
void example_release(struct example *e);

/* What dedup would have found out about it. */
void example_findings(const struct example *e, struct findings *ret);

#endif
