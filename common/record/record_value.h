/* record_value.h - one JSON value becomes one field of a body, or says what is wrong.
 *
 * Inside the border only: record_json.c walks the objects, this file judges what it finds
 * at their leaves.
 */
#ifndef RECORD_VALUE_H
#define RECORD_VALUE_H

#include "json_tree.h"

struct flaw {
	enum refusal_reason reason;
	char detail[128]; /* no part of the value: it may be personal */
};

/* Appends the field to `body`; a GROUP is not for here. An empty text that may be empty is
 * left out. False: *ret_flaw says why. */
bool record_value_put(struct buf *body, enum field field, const struct json_node *value,
		      int64_t received_at, struct flaw *ret_flaw) MUST_CHECK;

/* A token of 1 to RECORD_NAME_MAX bytes, for the names in the head. */
bool record_value_name(struct span *ret, const struct json_node *value,
		       struct flaw *ret_flaw) MUST_CHECK;

/* Thousandths of a JSON number; false where they are not exact or beyond +-10^9. */
bool record_value_decimal(int64_t *ret, const struct json_node *value) MUST_CHECK;

#endif
