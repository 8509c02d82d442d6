/* criticism_shipped.h - the harsh opinions and the praise that came with the program: a floor.
 *
 * rules/controls/criticism.yaml is built in. Whoever changes rules may add sentences, in that
 * file or beside it; a set that lacks one, or has it with another language or counterpart, is
 * never put in force: else the control of the rules could be emptied with the rules.
 *
 * Tests:  tests/unit/criticism_shipped_test.c, tests/scenario/lint.bats
 */
#ifndef CRITICISM_SHIPPED_H
#define CRITICISM_SHIPPED_H

#include "conf.h"
#include "criticism.h"
#include "reasons.h"

/* Complains once, naming the first sentence that the pack lacks and how many it does. */
void criticism_shipped_check(struct span pack, const struct reasons *reasons,
			     struct conf_report *report);

#endif
