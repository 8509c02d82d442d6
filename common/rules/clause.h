/* clause.h - the ids of requirements that a rule can rest on: PREFIX-NN, such as FR-16.
 *
 * The prefix names the source of the requirement (clause_sources), NN is its number there, two
 * digits. An id that no source has is a slip: nobody could look it up.
 */
#ifndef CLAUSE_H
#define CLAUSE_H

#include "yaml.h"

struct clause_source {
	const char *prefix; /* NULL ends the list */
	unsigned count;	    /* of requirements: 01 to count */
	const char *title;
};

extern const struct clause_source clause_sources[];

/* One id. Errors: ST_ECONFIG, naming the nearest prefix. */
enum status clause_check_one(const struct yaml_doc *doc, const struct yaml_node *node,
			     struct err *err) MUST_CHECK;

/* A list of one or more different ids. Errors as above. */
enum status clause_check(const struct yaml_doc *doc, const struct yaml_node *list,
			 struct err *err) MUST_CHECK;

#endif
