/* owner.h - who answers for a rule, a list or a control, and when it is looked at again.
 *
 * The keys `owner` (a name, of a person or of a group of them) and `review_by` (a date). That a date has
 * passed is for people to notice: whether a set loads never depends on the clock, or an
 * old decision could not be made again.
 */
#ifndef OWNER_H
#define OWNER_H

#include "yaml.h"

/* Errors: ST_ECONFIG: one of the keys is missing, blank, or no date. */
enum status owner_check(const struct yaml_doc *doc, const struct yaml_node *mapping,
			struct err *err) MUST_CHECK;

#endif
