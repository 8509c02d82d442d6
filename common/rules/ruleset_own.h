/* ruleset_own.h - the inside of a rule set, for ruleset_load.c and ruleset.c alone. */
#ifndef RULESET_OWN_H
#define RULESET_OWN_H

#include "rule.h"
#include "ruleset.h"

/* The two fields that are read, in the order of their tags. */
#define READ_FIELDS 2

/* A match of this record's texts. */
struct sighting {
	uint32_t leaf;
	uint32_t pattern;    /* of scan.h, or SIGHTING_WORD */
	uint8_t field;	     /* 0 .. READ_FIELDS-1 */
	uint8_t input;	     /* enum scan_input */
	uint32_t start, end; /* of a word, in the folded text */
};

#define SIGHTING_WORD UINT32_MAX

struct ruleset {
	uint8_t hash[SHA256_BYTES];
	struct reasons *reasons;
	struct rule *rules; /* by severity, then by id */
	size_t rule_count;
	uint64_t kinds; /* of all scopes */
	char *profile;
	struct scan *scan;
	struct words *words;
	struct leaf *leaves; /* rule: index of the sorted rules */
	size_t leaf_count;
	uint64_t *always; /* bit per rule: does not wait for text */

	/* Of the record that is being evaluated: */
	uint32_t round;
	uint32_t *matched;    /* per leaf: the round in which it matched last */
	uint8_t *word_counts; /* per leaf, in that round */
	uint64_t *candidates; /* bit per rule */
	size_t candidate_words;
	struct fold folds[READ_FIELDS];
	struct sighting *sightings; /* room for all that can come */
	size_t sighting_count;
};

#endif
