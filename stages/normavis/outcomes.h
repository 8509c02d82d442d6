/* outcomes.h - what became of the reviews, by state and reason, and what the intake refused.
 *
 * Read from the store's views `reviews`, `decisions` and `refusals`.
 */
#ifndef OUTCOMES_H
#define OUTCOMES_H

#include <jansson.h>

#include "installation.h"

/* {"reviews": [{"state", "reason", "rule", "count"}...],
 *  "refused_at_intake": [{"kind", "field", "reason", "count"}...]}, the most first; absent
 * members where there is nothing to name. Errors: those of store_open; ST_ESTORE. */
enum status outcomes_read(json_t **ret, const struct installation *installation,
			  struct err *err) MUST_CHECK;

/* The same as two tables on standard output. */
void outcomes_print(const json_t *outcomes);

#endif
