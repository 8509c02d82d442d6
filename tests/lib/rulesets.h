/* rulesets.h - rule sets made of a few lines, and reviews put before them. For unit tests. */
#ifndef RULESETS_H
#define RULESETS_H

#include "ruleset.h"

/* A rule of which tests say only what matters to them. The catalogue has L-SPAM, L-DUP,
 * a few more that matter to some test, and every unlawful code. */
extern const char rulesets_reasons[];
#define PEOPLE	 "clause: [AF-10], title: {en: x, fr: x}, owner: o, review_by: 2030-01-01"
#define EXAMPLES "examples: {match: [a], pass: [b]}"
#define RULE(id, when, action, rest)                                               \
	"  - {id: " id ", version: 1, " PEOPLE ", when: " when ", action: " action \
	", reason: L-SPAM, mode: live, " EXAMPLES rest "}\n"

/* `list` (may be NULL) is rules/lists/l.yaml, `rules` rules/moderation/a.yaml. */
void rulesets_pack(struct buf *ret, const char *list, const char *rules);
enum status rulesets_load(struct ruleset **ret, const char *rules,
			  struct err *err) MUST_CHECK;
struct ruleset *rulesets_of(
	const char *rules); /* fails the test where they do not load */

struct review {
	const char *source, *title, *text, *language, *name; /* each may be NULL */
	enum kind kind;					     /* 0: a review */
	int64_t experience_day; /* since 1970; 0: none is told */
	struct findings findings;
};

/* The record in `bytes`, which must stay. */
struct record rulesets_record(struct buf *bytes, const struct review *review);
size_t rulesets_evaluate(struct ruleset *rs, const struct review *review,
			 struct hit *hits);

#endif
