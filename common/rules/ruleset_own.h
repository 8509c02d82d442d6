/* ruleset_own.h - the inside of a rule set, for ruleset*.c and lint*.c alone. */
#ifndef RULESET_OWN_H
#define RULESET_OWN_H

#include "candidates.h"
#include "rule.h"
#include "ruleset.h"

struct ruleset {
	uint8_t hash[SHA256_BYTES];
	struct reasons *reasons;
	struct rule *rules; /* in the order of ruleset_evaluate */
	size_t rule_count;
	uint64_t kinds; /* of all scopes */
	char *profile;
	struct scan *scan;
	struct words *words;
	struct models *models;
	struct ruleset_list *lists;
	size_t list_count;
	struct ruleset_missing *missing; /* conditions without their model */
	size_t missing_count;
	struct leaf *leaves; /* rule: index of the sorted rules */
	size_t leaf_count;

	/* Of the record that is being evaluated: */
	struct reading *reading;
	struct candidates *candidates;
};

/* Reads the record; what conditions are then asked about. Borrows all three. */
struct facts ruleset_facts(struct ruleset *rs, const struct record *record,
			   const struct findings *findings);

#endif
