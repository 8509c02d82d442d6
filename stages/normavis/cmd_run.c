/* normavis run - the pipeline, from the first check to the last drop of the drain. */
#include "cmd.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "activation.h"
#include "alloc.h"
#include "data_check.h"
#include "file.h"
#include "log.h"
#include "options_check.h"
#include "run_dir.h"
#include "spawn.h"
#include "supervisor.h"

static const char help[] =
	"usage: normavis run [--config FILE] [--sample FILE]\n"
	"\n"
	"Checks the configuration, the rules and the machine, then starts every program of\n"
	"the process table and keeps it running. Refuses to start in the words of\n"
	"`normavis check`.\n"
	"\n"
	"  --config FILE  the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"  --sample FILE  on a first start, when the journal is empty, submit the records of\n"
	"                 this NDJSON file as the administrator and print what became of them\n"
	"\n"
	"Signals:\n"
	"  SIGTERM, SIGINT  stop in order: the intake first, then what is under way is stored\n"
	"                   (at most collect.drain); a second signal hurries, a third kills\n"
	"  SIGHUP           read the rules and the policy again and put them in force\n"
	"\n"
	"Log lines go to standard error. Under systemd (Type=notify) it says when it is ready.\n"
	"\n"
	"Exit codes: 0 stopped as asked, 65 stored data are damaged, 75 it runs already,\n"
	"78 configuration, rules or policy are wrong.\n";

struct arguments {
	const char *config, *sample;
};

static int read_arguments(int argc, char **argv, struct arguments *ret)
{
	const struct cmd_option options[] = {
		{"config", .text = &ret->config},
		{"sample", .text = &ret->sample},
		{0},
	};

	*ret = (struct arguments){0};
	int code = cmd_options(&cmd_run, argc, argv, options, false);
	if (code == 0 && ret->sample && access(ret->sample, R_OK) != 0)
		code = cmd_usage(&cmd_run, "%s cannot be read", ret->sample);
	return code;
}

/* What only journal or store hinder ends with the code of the program that it would stop. */
static int check_machine(const struct installation *installation)
{
	OWNED(conf_report_release) struct conf_report report = {0};

	options_check(installation->options, &report);
	bool ready = report.count == 0;
	enum status st = data_check(installation, &report);
	if (report.count == 0)
		return 0;
	int code = installation_refuse(&report);
	return ready ? (int)status_exit_code(st) : code;
}

/* The rules, in the words of `check`; then the packs on disk. */
static int prepare(const struct installation *installation)
{
	OWNED(activation_release) struct activation activation = {0};
	OWNED(conf_report_release) struct conf_report report = {0};
	struct err err = {""};
	enum status st = file_make_dirs(installation->packs, 0700, &err);
	if (st)
		return cmd_failed(&cmd_run, st, &err);
	if (activation_read(&activation, installation, true, &report, &err))
		return installation_refuse(&report);
	st = activation_store(&activation, installation, &err);
	return st ? cmd_failed(&cmd_run, st, &err) : 0;
}

static int take_lock(const struct installation *installation, int *ret_lock)
{
	const struct options *options = installation->options;
	OWNED(freep) char *path = options_lock(options, INSTALLATION_SUPERVISOR);
	struct err err = {""};
	enum status st = file_make_dirs(options->pipeline.data, 0700, &err);

	if (st == ST_OK)
		st = file_make_dirs(options->pipeline.run, 0700, &err);
	if (st == ST_OK)
		st = run_dir_take(ret_lock, options, INSTALLATION_SUPERVISOR, &err);
	if (st == ST_EBUSY)
		err_set(&err, st, "this pipeline runs already (%s is held)", path);
	return st ? cmd_failed(&cmd_run, st, &err) : 0;
}

/* As one word of a shell. The caller frees it. */
static char *shell_word(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-+:,@%=";
	OWNED(buf_release) struct buf word = BUF_INIT(8 * PATH_MAX);

	if (*text && text[strspn(text, plain)] == '\0')
		return xstrdup(text);
	buf_char(&word, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buf_text(&word, "'\\''");
		else
			buf_char(&word, *text);
	buf_char(&word, '\'');
	return xstrdup(buf_string(&word));
}

/* What is to be typed is printed so that it can be pasted: the command as we were called. */
static void welcome(const struct supervisor_plan *plan)
{
	const struct installation *i = plan->installation;
	const char *called = program_invocation_name;
	OWNED(freep) char *self = shell_word(strchr(called, '/') ? called : "normavis");
	OWNED(freep) char *config = shell_word(i->options->path);
	OWNED(freep) char *store = shell_word(i->store);

	printf("\nThe pipeline is up; Ctrl-C stops it. Its data lie in %s:\n"
	       "  %s  the store, in SQLite; its views are for reading\n"
	       "  %s/  the journal, every record as it came\n\n"
	       "In another terminal, try:\n"
	       "  %s status --config %s\n"
	       "  echo '{\"kind\":\"review\",\"source\":\"me\",\"source_id\":\"1\",\"subject\":\"table-7\","
	       "\"supplier\":\"chez-moi\",\"rating\":{\"value\":4},\"text\":\"Very good.\"}' |\n"
	       "    %s submit --config %s\n"
	       "  sqlite3 -readonly %s 'SELECT * FROM public_ratings'\n\n",
	       i->options->pipeline.data, i->store, i->journal, self, config, self,
	       config, store);
	fflush(stdout);
}

static void plan_sample(struct supervisor_plan *plan, const struct arguments *arguments,
			const char *self, bool first_start)
{
	const char *config = plan->installation->options->file;

	if (first_start)
		plan->then[plan->then_count++] = (struct supervisor_task){
			.argv = {self, "submit", "--admin", "--quiet", "--name",
				 arguments->sample, "--config", config},
			.input = arguments->sample,
			.output = true,
			.notice =
				"submitting the sample; the shipped one holds flawed lines "
				"on purpose, refused below:",
		};
	plan->then[plan->then_count++] = (struct supervisor_task){
		.argv = {self, "status", "--outcomes", "--config", config},
		.output = true,
	};
	plan->welcome = welcome;
}

static int supervise(const struct installation *installation,
		     const struct arguments *arguments)
{
	OWNED(freep) char *self = spawn_sibling("normavis");
	struct supervisor_plan plan = {
		.installation = installation,
		.activate = {.argv = {self, "rules", "activate", "--log", "--config",
				      installation->options->file}},
	};
	struct in_force before = {.last_seq = 0};
	struct err err = {""};
	enum status st = ST_OK;

	if (arguments->sample) {
		st = activation_in_force(&before, installation, &err);
		plan_sample(&plan, arguments, self, before.last_seq == 0);
	}
	return st ? cmd_failed(&cmd_run, st, &err) : supervisor_run(&plan);
}

static int run_run(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(file_close) int lock = -1;
	struct arguments arguments;
	int code = read_arguments(argc, argv, &arguments);

	if (code == 0)
		code = installation_open_to_log(&installation, arguments.config);
	if (code == 0)
		code = check_machine(&installation);
	if (code == 0)
		code = take_lock(&installation, &lock);
	if (code == 0)
		code = prepare(&installation);
	return code ? code : supervise(&installation, &arguments);
}

const struct cmd cmd_run = {
	.name = "run",
	.summary = "start every program and keep it running; Ctrl-C stops in order",
	.help = help,
	.run = run_run,
};
