/* field_value.h - a value that a rule or an example gives for a field of a record.
 *
 * One spelling per type: texts as they are, whole numbers, decimals with up to three
 * places, dates 2026-01-31, times RFC 3339, true or false, and the names of choices.def.
 * Groups, hashes and JSON have no such value.
 */
#ifndef FIELD_VALUE_H
#define FIELD_VALUE_H

#include "record.h"
#include "yaml.h"

struct field_value {
	struct span text; /* TEXT, TOKEN; borrows the document */
	int64_t number;	  /* every other type, as record.h counts it */
};

/* The field of a path as in fields.def. Complains at `node`, naming the nearest one. */
enum status field_value_field(enum field *ret, const struct yaml_doc *doc,
			      const struct yaml_node *node, const char *path,
			      struct err *err) MUST_CHECK;

enum status field_value_read(struct field_value *ret, const struct yaml_doc *doc,
			     const struct yaml_node *node, enum field field,
			     struct err *err) MUST_CHECK;

/* Has the record this very value there? */
bool field_value_holds(const struct field_value *value, const struct record *record,
		       enum field field);

void field_value_put(struct buf *body, enum field field, const struct field_value *value);

#endif
