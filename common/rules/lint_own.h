/* lint_own.h - the parts of lint.h, for lint*.c alone. */
#ifndef LINT_OWN_H
#define LINT_OWN_H

#include "lint.h"
#include "ruleset_own.h"

struct lint {
	struct ruleset *rs;
	const struct word_lists *lists;
	const struct criticism *criticism;
	struct conf_report *report;
};

void lint_complain(const struct lint *l, const struct yaml_doc *doc,
		   const struct yaml_node *node, const char *format, ...) PRINTF(4, 5);

/* Equal for trees that mean the same: the order of keys and of list items, quotes, defaults
 * that are written out and lists of one condition make no difference. */
uint64_t lint_hash(const struct yaml_node *node);

/* all, any, not; NULL: a condition without conditions in it. */
const struct yaml_node *lint_branches(const struct yaml_node *condition,
				      const char **ret_key);

void lint_tone(const struct lint *l);	    /* lint_tone.c */
void lint_conditions(const struct lint *l); /* lint_condition.c */
void lint_words(const struct lint *l);	    /* lint_words.c */

/* lint_subject.c: can two conditions without conditions in them hold together? */
struct lint_literal {
	const struct yaml_node *node;
	bool negated;
	uint64_t hash;
};

bool lint_contradict(const struct lint_literal *a, const struct lint_literal *b);

/* Why it can never hold, or always does, whatever stands beside it; NULL: it may. */
const char *lint_vain(const struct lint_literal *a);

/* Can the condition hold with a field that has one of these values (a scope's)? */
bool lint_meets(const struct lint_literal *a, const char *field,
		const struct yaml_node *values);

#endif
