/* normavis rebuild - makes what dedup keeps beside the store again, from the store. */
#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "installation.h"
#include "spawn.h"

static const char help[] =
	"usage: normavis rebuild [--config FILE]\n"
	"\n"
	"Makes the tables and the index of the search for duplicates again, from the store.\n"
	"They are only caches: where one is lost, damaged, of another version or made with\n"
	"another key, `normavis run` does the same by itself. Use it to have it done before a\n"
	"start, with a bar that says how far it is, or where you do not trust a file.\n"
	"\n"
	"The pipeline must not run. What is found afterwards is what was found before, but for\n"
	"texts that were erased: they are not found any more, and copies of them that are left\n"
	"take their place.\n"
	"\n"
	"  --config FILE  the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"\n"
	"  normavis rebuild && normavis run\n"
	"\n"
	"Exit codes: 0 made again, 65 the store cannot be read, 74 the disk, 75 the pipeline\n"
	"runs, 78 the configuration.\n";

static int run_rebuild(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(freep) char *program = spawn_sibling("dedup");
	const char *config = NULL;
	const struct cmd_option known[] = {{"config", &config, NULL}, {0}};
	struct err err = {""};
	int code = cmd_options(&cmd_rebuild, argc, argv, known, false);

	if (code == 0)
		code = installation_open_for(&installation, config);
	if (code)
		return code;
	if (installation_holds(&installation, INSTALLATION_SUPERVISOR, NULL)) {
		err_set(&err, ST_EBUSY, "the pipeline runs: stop it first");
		return cmd_failed(&cmd_rebuild, ST_EBUSY, &err);
	}
	/* It is the one program that knows these files, and becomes this process: its lock,
	 * its bar, its exit code. */
	execl(program, program, "--rebuild", "--config", installation.options->file,
	      NULL);
	err_sys(&err, ST_EIO, errno, "%s", program);
	return cmd_failed(&cmd_rebuild, ST_EIO, &err);
}

const struct cmd cmd_rebuild = {
	.name = "rebuild",
	.summary = "the search for duplicates makes its files again, from the store",
	.help = help,
	.run = run_rebuild,
};
