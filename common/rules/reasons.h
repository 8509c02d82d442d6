/* reasons.h - the closed catalogue of reasons why a review may not be shown.
 *
 * rules/reasons.yaml: lawful codes (L-), conditional codes (C-: lawful only under their
 * stated condition) and unlawful ones (U-), which no decision may bear and which the
 * loader of rules cites, with the clauses given here, when it refuses a rule. That the list
 * is the closed one is looked at where a set is put in force (catalogue.h).
 */
#ifndef REASONS_H
#define REASONS_H

#include "status.h"

#define REASON_CODE_MAX 32 /* bytes */

enum reason_class { REASON_LAWFUL, REASON_CONDITIONAL };

/* Texts for authors are in French and in English. */
enum reason_language { REASON_EN, REASON_FR, REASON_LANGUAGES };

struct reason {
	const char *code; /* "L-ABUSE" */
	enum reason_class class;
	const char *label[REASON_LANGUAGES];
	const char *explanation[REASON_LANGUAGES]; /* addressed to the author */
	const char *evidence;			   /* what must be recorded, for people */
	const char *condition;			   /* NULL where class is REASON_LAWFUL */
	const char *dsa_ground; /* NULL where the act is no restriction by the operator */
	const char *dsa_category; /* NULL where it depends on the case */
	const char *dsa_keyword;  /* NULL where there is none */
};

struct unlawful {
	const char *code;      /* "U-NEG" */
	const char *behaviour; /* for people */
	char *cited; /* code and clauses, as complaints say: "U-PLAN; AF-14, IT-07" */
	const char *breaks; /* the clauses in it */
};

struct reasons;

/* `path` names the file in complaints. Errors: ST_ECONFIG (file:line:column: text). */
enum status reasons_load(struct reasons **ret, const char *path, struct span bytes,
			 struct err *err) MUST_CHECK;
void reasons_free(struct reasons *r); /* accepts NULL */
DEFINE_OWNED(struct reasons, reasons_free)

size_t reasons_count(const struct reasons *r);
const struct reason *reasons_at(const struct reasons *r,
				size_t index); /* in the file's order */

/* NULL where there is no such code. */
const struct reason *reasons_find(const struct reasons *r, const char *code);
const struct unlawful *reasons_find_unlawful(const struct reasons *r, const char *code);

/* An unlawful code as complaints cite it, with its clauses; where the catalogue lacks it, the
 * code alone. */
const char *reasons_cite(const struct reasons *r, const char *code);

/* The known code nearest to a wrong one, or NULL. */
const char *reasons_nearest(const struct reasons *r, const char *code);

#endif
