/* ruleset.h - the rules in force, applied to one record after another.
 *
 * A rule set is a pack (pack.h) of rules/reasons.yaml, rules/moderation/NAME.yaml and what
 * these name in rules/lists and rules/models;
 * docs/RULES.md says how rules are written. A rule that breaks a norm, or that nobody
 * could understand or test, does not load: unknown key, unknown reason, no reason on hold or
 * reject, no examples on either side, an id that is there twice, a pattern that does not
 * compile, a condition on the rating (U-NEG) or on what the supplier pays (U-PLAN).
 *
 * Shape:  each input (folded, raw) of title, text and display name is read once by each engine
 *	(scan.h, words.h), whatever the number of rules. Then only rules whose text
 *	conditions matched somewhere, and rules that can hold without, are evaluated.
 *	Nothing is allocated per record once a pattern has been located once.
 * State:  none between records: the hits are a function of pack, profile, record, findings.
 * One ruleset serves one thread.
 */
#ifndef RULESET_H
#define RULESET_H

#include "conf.h"
#include "digest.h"
#include "findings.h"
#include "models.h"
#include "reasons.h"
#include "record.h"

struct ruleset;

/* A set that was judged when it was put in force. `pack` is copied as needed. `cache`: where
 * the compiled patterns are kept, or NULL (scan.h). The profile is nf-iso-20488 until
 * ruleset_use_profile. Errors: ST_ECONFIG (err: file:line:column: text), ST_EMALFORMED,
 * ST_EVERSION (no pack). */
enum status ruleset_load(struct ruleset **ret, struct span pack, const char *cache,
			 struct err *err) MUST_CHECK;

/* The same, and the whole set is judged (lint.h): before it is stored or put in force.
 * `report` (empty, or NULL) gets every complaint, by the paths of the pack; err (or NULL)
 * the first. */
enum status ruleset_judge(struct ruleset **ret, struct span pack, const char *cache,
			  struct conf_report *report, struct err *err) MUST_CHECK;
void ruleset_free(struct ruleset *rs); /* accepts NULL */
DEFINE_OWNED(struct ruleset, ruleset_free)

const uint8_t *ruleset_hash(const struct ruleset *rs); /* SHA256_BYTES, of the pack */
size_t ruleset_count(const struct ruleset *rs);	       /* rules */
const struct reasons *ruleset_reasons(const struct ruleset *rs);

/* The reason that a rule gives; they borrow from the rule set. */
struct ruleset_ground {
	const char *rule, *file;
	const char *reason;    /* "" where it gives none */
	uint32_t line, column; /* of the reason */
	uint32_t rule_line;    /* of the rule */
	uint64_t kinds;	       /* KIND_BIT, of its scope */
	enum action action;
	enum rule_mode mode;
};

/* Of the rule at `index` (in the order of ruleset_evaluate); false where its scope leaves the profile out. */
bool ruleset_ground(const struct ruleset *rs, size_t index, const char *profile,
		    struct ruleset_ground *ret);

/* A list of words that rules can name. */
struct ruleset_list {
	char *name;
	const char *language; /* "" any */
	size_t entries;	      /* words, phrases and stems; not the exceptions */
};

/* All of them, in the order of their files; *ret_count says how many. */
const struct ruleset_list *ruleset_lists(const struct ruleset *rs, size_t *ret_count);

const struct models *ruleset_models(const struct ruleset *rs);

/* A condition that cannot hold because its model is not in the set. */
struct ruleset_missing {
	char *file; /* in the pack */
	uint32_t line, column;
	char *model;
};

/* All of them; *ret_count says how many. */
const struct ruleset_missing *ruleset_missing(const struct ruleset *rs,
					      size_t *ret_count);

/* Rules whose scope names profiles apply only under these; others always. Copied. */
void ruleset_use_profile(struct ruleset *rs, const char *profile);

/* All rules that hit, by severity, then those that ask a classifier behind the others, then by
 * id; live ones first where there are more than HITS_MAX. Returns how many stand in `ret`,
 * which has room for HITS_MAX; they borrow from the rule set. The record's text and title are
 * valid UTF-8. */
size_t ruleset_evaluate(struct ruleset *rs, const struct record *record,
			const struct findings *findings, struct hit *ret);

/* --- why ------------------------------------------------------------------------------ */

/* One rule before one record. */
struct ruleset_view {
	const char *id;
	const char *file; /* in the pack */
	uint32_t line;
	bool applies; /* the record is in its scope */
	bool holds;
	bool wins;	/* live, and none before it in the order holds */
	bool near;	/* it holds, or something that it looks for was found */
	struct hit hit; /* spans and values also where the rule does not hold */
};

struct ruleset_condition {
	uint32_t line, column, depth; /* in the rule's file; depth from 0 */
	bool holds;
	bool elsewhere; /* it was found, but in words of a language that is none of its own */
	bool has_value;
	int64_t value; /* the number that it compared (condition.h) */
};

/* Tells of every rule, in that order, and behind each that is near of its
 * conditions, from the outside in. The record as in ruleset_evaluate. */
struct ruleset_listener {
	void (*rule)(void *context, const struct ruleset_view *view);
	void (*condition)(void *context, const struct ruleset_condition *condition);
	void *context;
};

void ruleset_explain(struct ruleset *rs, const struct record *record,
		     const struct findings *findings,
		     const struct ruleset_listener *listener);

/* What was read in that record: a field as fold.h's match, until the next one. */
struct span ruleset_match(const struct ruleset *rs, enum field field);

/* What was read of it besides, as evasion.h writes it: pieces between borders. */
struct span ruleset_hidden(const struct ruleset *rs, enum field field);

/* --- the rules' own examples ------------------------------------------------------------ */

/* How an example of a rule came out. */
struct ruleset_example {
	const char *rule; /* id */
	const char *file;
	uint32_t line, column;
	bool must_match, matched;
};

/* Evaluates every rule's examples, each under one of the rule's own profiles, and calls
 * `report` (which may be NULL) for each. Returns how many failed. */
size_t ruleset_test(struct ruleset *rs,
		    void (*report)(void *context, const struct ruleset_example *example),
		    void *context);

#endif
