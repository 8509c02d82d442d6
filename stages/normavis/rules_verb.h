/* rules_verb.h - what `normavis rules` can do, one rules_NAME.c each, listed in cmd_rules.c. */
#ifndef RULES_VERB_H
#define RULES_VERB_H

#include "installation.h"

/* The options of them all; cmd_rules.c says which of them each takes. */
struct rules_arguments {
	const char *config, *rule, *reason, *language, *action, *text, *note;
	bool log, json, disk;
	const char *operand[2]; /* behind the verb; NULL: not given */
};

struct rules_verb {
	const char *name;
	const char *const *options; /* NULL-ended, without --config; */
	int operands;		    /* at most */
	int (*run)(const struct rules_arguments *arguments,
		   const struct installation *installation);
};

extern const struct rules_verb rules_activate, rules_check, rules_test, rules_explain,
	rules_show, rules_message, rules_vocabulary;

#endif
