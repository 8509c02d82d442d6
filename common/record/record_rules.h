/* record_rules.h - what the fields of one record owe to each other.
 *
 * Inside the border only: record_json.c asks once all values are in the body.
 */
#ifndef RECORD_RULES_H
#define RECORD_RULES_H

#include "record_value.h"

/* False: *ret_field, *ret_element (index in its group, -1 where none) and *ret_flaw say
 * which field breaks which rule. */
bool record_rules_hold(const struct record *r, enum kind kind, enum field *ret_field,
		       long *ret_element, struct flaw *ret_flaw) MUST_CHECK;

#endif
