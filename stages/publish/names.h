/* names.h - small numbers for names: sites, sources, rules, subjects, suppliers ...
 *
 * Shape:  the tables site, source, principal, actor, rule, reason, clause, supplier and
 *	   subject of the store, each name once, with ids ascending in the order in which names came;
 *	   before them a cache of NAMES_CACHE_SLOTS lines of 64 bytes, of fixed size however
 *	   many names there are. Names longer than its lines are looked up each time.
 */
#ifndef NAMES_H
#define NAMES_H

#include "store.h"

enum name_table {
	NAME_SITE,
	NAME_SOURCE,
	NAME_PRINCIPAL,
	NAME_ACTOR,
	NAME_RULE,
	NAME_REASON,
	NAME_CLAUSE,
	NAME_SUPPLIER, /* within a site */
	NAME_SUBJECT,  /* within a site */
	NAME_TABLE_COUNT
};

#define NAMES_CACHE_SLOTS 65536

struct names;

enum status names_open(struct names **ret, struct store *store,
		       struct err *err) MUST_CHECK;
void names_close(struct names *names); /* accepts NULL */
DEFINE_OWNED(struct names, names_close)

/* The id of a name of a table without sites; a new name gets the next one. */
enum status names_id(struct names *names, int64_t *ret, enum name_table table,
		     struct span name, struct err *err) MUST_CHECK;

/* The same for NAME_SUPPLIER and NAME_SUBJECT. */
struct name_in_site {
	enum name_table table;
	int64_t site;
	struct span text; /* borrowed */
	int64_t n;	  /* the record that names it */
};

enum status names_id_in(struct names *names, int64_t *ret,
			const struct name_in_site *name, struct err *err) MUST_CHECK;

/* After a rollback: what was cached may not be there. */
void names_forget(struct names *names);

#endif
