/* lint.h - what is judged about a rule set as a whole, once each rule of it has loaded.
 *
 * What a single rule must be is refused while it is read (rule.h, ground.h, clause.h,
 * condition.h, pattern.h). Here a set is refused in which
 *
 *	a rule that restricts (await-author, hold, reject), live or shadow, is hit by a lawful
 *		harsh opinion by its text (criticism.h), or where praise in the same review
 *		is spared: U-NEG
 *	the harsh opinions have no praise beside them: U-NEG
 *	it is hit for its length, and the reason is another than C-SHORT: U-HIDDENRULE
 *	one of its ways holds for every sentence, harsh or praise: U-HIDDENRULE
 *	it has more ways to be fulfilled than are tried (256), or longer ones (32): U-NEG
 *	it rests on a ground that has a reason of its own, and gives another: U-HIDDENRULE
 *	it rejects with a reason that only a person can give (catalogue.h): U-OTHER
 *	a live rule decides none of its own examples, a severer one being there each time
 *	a pattern of folded text asks for capitals or accents
 *	two rules have the same `when` and scope, and the same mode or the same action
 *	a condition can never hold, always holds, or stands there twice
 *	a rule has more than LINT_CONDITIONS_MAX conditions: nobody reads it, use a list
 *	a scope says what none of its kinds has, or the same twice
 *	a list is named by no rule, has a word twice (as folded), takes a word back itself, or
 *		takes back a phrase in which none of its words stands
 *
 * Each complaint has file:line:column of the rule or condition, and where a norm is the ground its code
 * and clauses. What holds in which records is not proved: two conditions that are refused
 * contradict each other for certain, others may do so unseen.
 *
 * Bounds: (sentences + examples x profiles) evaluations of the set; per rule that restricts,
 *	   ways through its conditions (256) x its conditions (32) x sentences that concern it,
 *	   and ways x all sentences where each of them fulfils it; pairs of conditions of one
 *	   rule. No clock: what loads today loads for ever.
 * Tests:  tests/unit/lint_test.c, lint_condition_test.c, lint_tone_test.c, tests/scenario/lint.bats
 */
#ifndef LINT_H
#define LINT_H

#include "conf.h"
#include "criticism.h"
#include "ruleset.h"
#include "word_list.h"

#define LINT_CONDITIONS_MAX 200

/* Complains into `report`. `rs` is ready to be evaluated, and the documents of its rules are still
 * there; its profile is as before. */
void lint_ruleset(struct ruleset *rs, const struct word_lists *lists,
		  const struct criticism *criticism, struct conf_report *report);

#endif
