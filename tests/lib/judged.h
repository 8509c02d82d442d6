/* judged.h - what the judgement of a rule set (lint.h) says of rules made of a few words. For
 * unit tests. */
#ifndef JUDGED_H
#define JUDGED_H

#include "rulesets.h"

/* A file of controls: "Nul !!!", "LIARS AND THIEVES" and "The waiter was rude.", in lines 4
 * to 6, and some praise. */
extern const char judged_criticism[];

#define A_YAML	   "rules/moderation/a.yaml:" /* what complaints about the rules begin with */
#define BOTH(a, b) "{all: [" a ", " b "]}"

/* What a row does not say: id r, scope of reviews, hold, live, the examples a and b. */
struct judged_row {
	const char *when, *scope, *action, *match, *pass, *id, *mode, *reason;
	const char *complaint; /* NULL: it loads */
};

/* Lines from 0: id, when (value in column 11), scope (12), action (13), mode, examples. */
void judged_put_rule(struct buf *out, const struct judged_row *row);

/* Every complaint about the set, one line each, as files of the pack: the controls, the list
 * (each may be NULL) and the rules. */
void judged(struct buf *ret, const char *controls, const char *list, const char *rules);

/* By another catalogue of reasons than that of rulesets.h. */
void judged_by(struct buf *ret, const char *catalogue, const char *controls,
	       const char *list, const char *rules);

/* Each row as the only rule of a set; fails the test with all that come out otherwise. */
void judged_rows(const struct judged_row *rows, size_t count, const char *controls);

#endif
