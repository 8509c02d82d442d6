/* ground.h - what a rule may rest on, and which norm it would break otherwise.
 *
 * The unlawful codes (U-) of the catalogue that a rule could express are refused here, by
 * what the rule looks at and does, whatever its texts say. The words stand in tables
 * in ground.c, what each code breaks in rules/reasons.yaml; docs/RULES.md lists code by
 * code how a rule could express it.
 *
 *	any rule	looks at the rating or the tone (U-NEG), at what the supplier pays
 *			(U-PLAN), at what no reader of the terms can know (U-HIDDENRULE);
 *			wants a field, scope or action that stands for one of these, for
 *			silent hiding (U-HIDE), for changed words (U-EDIT) and the like
 *	one that restricts (await-author, hold, reject), besides: compares who is
 *			reviewed with given values (U-SUPREQ), who writes (U-RETAL), one
 *			review's own ids (U-HIDDENRULE), a title or text as a whole
 *			(U-NEG: only words and patterns are tried for the tone);
 *			refuses withdrawals and erasures (U-ERASEHOLD) or
 *			invitations (U-GATE)
 *
 * Errors of all: ST_ECONFIG, with the position, the code and its clauses.
 */
#ifndef GROUND_H
#define GROUND_H

#include "findings.h"
#include "reasons.h"
#include "record.h"
#include "yaml.h"

/* The rule's document, and the catalogue that says what an unlawful code breaks. */
struct law {
	const struct yaml_doc *doc;
	const struct reasons *reasons;
};

/* The mapping behind `scope:`; keys that it has rightly are not looked at. */
enum status ground_check_scope(const struct law *law, const struct yaml_node *scope,
			       struct err *err) MUST_CHECK;

/* The scalar behind `action:`, where it names no action. */
enum status ground_check_action(const struct law *law, const struct yaml_node *action,
				struct err *err) MUST_CHECK;

/* The tree behind `when:`, before it is loaded. */
enum status ground_check_when(const struct law *law, const struct yaml_node *when,
			      struct err *err) MUST_CHECK;

/* Does it keep a review from being shown, if only for a time? */
bool ground_restricts(enum action action);

/* The same tree, of a rule that restricts, and the kinds (KIND_BIT) of its scope. */
enum status ground_check_restriction(const struct law *law, const struct yaml_node *when,
				     uint64_t kinds, struct err *err) MUST_CHECK;

#endif
