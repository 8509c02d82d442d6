/* rule.h - one rule: what it looks for, where it applies, what follows, who answers for it.
 *
 * docs/RULES.md is the reference for whoever writes one.
 */
#ifndef RULE_H
#define RULE_H

#include "condition.h"
#include "conf.h"
#include "example.h"
#include "reasons.h"

#define RULE_ID_MAX	 64  /* bytes */
#define RULE_CLAUSES_MAX 250 /* bytes, joined */

struct rule {
	char *id;
	uint16_t version;
	char *clauses;			     /* comma-separated */
	char *reason;			     /* "" where the action needs none */
	uint32_t reason_line, reason_column; /* 0: none */
	enum action action;
	enum rule_mode mode;
	bool guesses;	  /* asks a classifier: what is known goes before it */
	uint64_t kinds;	  /* KIND_BIT */
	char **languages; /* these three: NULL-ended, or NULL for any */
	char **sources;
	char **profiles;
	struct condition *when;
	struct example *examples;
	size_t example_count;
	char *file; /* path in the pack */
	uint32_t line;
	const struct yaml_doc *doc; /* while loading */
	const struct yaml_node *node;
};

/* Loads one entry of `rules:`; conditions are gathered in `l`, whose doc is the rule's and
 * whose rule is its number. What is wrong with one key does not hide what is wrong with
 * another: `report` gets all of it. Errors: ST_ECONFIG; `ret` is then released. */
enum status rule_load(struct rule *ret, struct condition_loader *l,
		      const struct yaml_node *node, const struct reasons *reasons,
		      struct conf_report *report, struct err *err) MUST_CHECK;
void rule_release(struct rule *r);

/* Is the record in the rule's scope? */
bool rule_applies(const struct rule *r, const struct record *record, const char *profile);

#endif
