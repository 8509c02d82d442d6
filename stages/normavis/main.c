/* normavis - the command: starts the pipeline, and everything that people do with it.
 *
 * In:    a verb and its arguments.  Out: what the verb says (stdout), complaints (stderr).
 * State: none of its own; reads the journal and the store, submits through the intake.
 *
 * One verb, one cmd_NAME.c, one row below.
 */
#include "cmd.h"

#include <stdio.h>

#include "file.h"
#include "installation.h"
#include "installed.h"
#include "stage.h"

static const struct cmd *const commands[] = {
	&cmd_run,	 &cmd_check, &cmd_status, &cmd_submit,	&cmd_import,
	&cmd_duplicates, &cmd_rules, &cmd_model,  &cmd_rebuild, &cmd_docs,
};

static const struct cmd *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void print_help(FILE *to)
{
	fprintf(to,
		"usage: normavis VERB [OPTION]...\n\n"
		"Takes consumer reviews in, finds duplicates, moderates them by written rules,\n"
		"publishes them into an audited store.\n\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-10s  %s\n", commands[i]->name, commands[i]->summary);
	fprintf(to,
		"\nStart here:\n"
		"  normavis check                    would a start work? says what to mend, and where\n"
		"  normavis run                      start everything; Ctrl-C stops it in order\n"
		"  normavis submit < reviews.ndjson  send records, one JSON object a line\n"
		"  normavis status                   where every record is, recounted\n\n"
		"`normavis help VERB` or `normavis VERB --help` says more. Every verb takes\n"
		"--config FILE (default: " INSTALLATION_CONFIG
		" in the working directory, else\n"
		"%s).\n\n"
		"Exit codes: 0 done, 1 a check found something or some rows were refused,\n"
		"64 usage, 65 unreadable data, 69 the pipeline is needed and not running,\n"
		"70 a fault of ours, 74 input or output, 75 busy, try again, 78 configuration.\n",
		installed_config);
}

static int help(const char *name)
{
	const struct cmd *cmd = name ? find(name) : NULL;

	if (cmd)
		fputs(cmd->help, stdout);
	else if (!name)
		print_help(stdout);
	else
		fprintf(stderr, "normavis: no verb '%s'; `normavis help` lists them\n",
			name);
	return cmd || !name ? EXIT_CODE_OK : EXIT_CODE_USAGE;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	file_fill_standard();
	if (!name || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return help(NULL);
	if (strcmp(name, "help") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(name, "--version") == 0) {
		printf("normavis %s\n", STAGE_VERSION);
		return EXIT_CODE_OK;
	}
	const struct cmd *cmd = find(name);
	if (!cmd || wants_help(argc - 1, argv + 1))
		return help(name);
	int code = cmd->run(argc - 1, argv + 1);
	/* Output that nobody got is a failure, a full disk behind `> file` above all, and
	 * a worse one than what was found and could not be said. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "normavis %s: standard output cannot be written\n", name);
		return code > EXIT_CODE_FOUND ? code : EXIT_CODE_IO;
	}
	return code;
}
