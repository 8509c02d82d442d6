/* candidates.h - the rules that can hold for a record, so that few are asked.
 *
 * Most rules wait for something that most records have not: a word in their texts, a field,
 * a duplicate. A rule that waits is asked only where that is there; one that waits for
 * nothing always is. Of an `all`, one part is waited for: the first about text, or else
 * the first that can be waited for; so it is worth while to name what is rare first.
 * Who is asked changes nothing about what holds (tests/unit/candidates_test.c).
 */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include "rule.h"

struct candidates;

/* Looks at the rules, and does not keep them. */
struct candidates *candidates_new(const struct rule *rules, size_t rule_count,
				  size_t leaf_count);
void candidates_free(struct candidates *c); /* accepts NULL */
DEFINE_OWNED(struct candidates, candidates_free)

/* Takes in what can hold for the record that `facts` are about. */
void candidates_find(struct candidates *c, const struct facts *facts);

/* The next of them, in the order of the rules' numbers; false: no more. */
bool candidates_next(struct candidates *c, uint32_t *ret_rule);

#endif
