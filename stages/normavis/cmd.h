/* cmd.h - the verbs of `normavis`, one cmd_NAME.c each, listed in main.c.
 *
 * A verb gets its own arguments (argv[0] is its name) and returns an exit code of
 * status.h. Its help is text: what it does, its options, examples, exit codes. --help is
 * answered by main.c.
 */
#ifndef CMD_H
#define CMD_H

#include "status.h"

struct cmd {
	const char *name;
	const char *summary; /* one line of `normavis help` */
	const char *help;    /* lines, the usage first */
	int (*run)(int argc, char **argv);
};

extern const struct cmd cmd_run, cmd_check, cmd_status, cmd_submit, cmd_import, cmd_rules,
	cmd_duplicates, cmd_model, cmd_rebuild, cmd_docs;

/* For the help of a verb; `normavis help` names the place (installation_open). */
#define CMD_CONFIG_DEFAULT "pipeline.yaml, else the installed one"

/* One option of a verb; a list of them ends with a row of zeros. */
#define CMD_OPTIONS_MAX 16
struct cmd_option {
	const char *name;  /* without its two dashes */
	const char **text; /* gets its value; NULL: it has none, and sets */
	bool *flag;
};

/* Reads the options of argv. Returns 0 or, having complained, the exit code. `operands`:
 * whether arguments that are no options may follow, at argv[optind]. */
int cmd_options(const struct cmd *cmd, int argc, char **argv,
		const struct cmd_option *options, bool operands);

/* Prints "normavis VERB: text" and where the help is; returns EXIT_CODE_USAGE. */
int cmd_usage(const struct cmd *cmd, const char *format, ...) PRINTF(2, 3);

/* The same for what getopt_long has complained about itself. */
int cmd_misused(const struct cmd *cmd);

/* Prints "normavis VERB: what err says" on stderr and returns the status' exit code. */
int cmd_failed(const struct cmd *cmd, enum status st, const struct err *err);

#endif
