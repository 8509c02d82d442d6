/* catalogue.h - the closed list of reasons, and whether a file of reasons keeps to it.
 *
 * rules/reasons.yaml words the reasons; which ones there are is no operator's choice:
 * catalogue.def holds their codes, those of what is unlawful, and the words of the DSA
 * Transparency Database. Who does not want a reason leaves it out of the policy.
 *
 * Refused: a code that the catalogue does not have, an unlawful one that is missing; a text
 * without a word in it; a ground, a category or a keyword that the database does not have,
 * and none where a statement of reasons needs one; clauses that are none.
 *
 * Apart from reasons_load, as stored rule sets load whatever has been added since.
 * Tests:  tests/unit/catalogue_test.c
 */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "conf.h"

/* Complains of everything that breaks the list. What is no such file at all is reasons_load's
 * to say, and is passed over here. */
void catalogue_check(const char *path, struct span bytes, struct conf_report *report);

/* Does a rejection with this reason say what only a person can know or has done? */
bool catalogue_is_by_person(const char *code);

#endif
