/* moderate.h - the rules of the batch's rule set, applied to its reviews.
 *
 * Keeps the rule sets that batches name by hash; they are read from `packs` in the data
 * directory. Two are kept, because around an activation batches of both are under way.
 */
#ifndef MODERATE_H
#define MODERATE_H

#include "findings.h"
#include "record.h"

struct moderate;

struct moderate *moderate_new(const char *data, size_t scan_bytes_max);
void moderate_free(struct moderate *m); /* accepts NULL */
DEFINE_OWNED(struct moderate, moderate_free)

/* Makes this rule set and policy the ones that moderate_record applies. A hash of zeros: none in
 * force, nothing is applied. Errors: ST_ENOTFOUND (no such pack), ST_ECORRUPT, ST_ECONFIG. */
enum status moderate_use(struct moderate *m, const uint8_t rules_hash[32],
			 const uint8_t policy_hash[32], struct err *err) MUST_CHECK;

/* Can moderate_use be done at once? False: the patterns must be compiled first, which can
 * take longer than a stage may be silent. */
bool moderate_ready(struct moderate *m, const uint8_t rules_hash[32],
		    const uint8_t policy_hash[32]);

/* Appends the verdict section of this record, if it is a review, to `out`. */
enum status moderate_record(struct moderate *m, const struct record *record,
			    struct span sections, struct buf *out,
			    struct err *err) MUST_CHECK;

#endif
