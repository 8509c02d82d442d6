/* normavis check - everything that could stop a start, before it does. */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "activation.h"
#include "alloc.h"
#include "complaints.h"
#include "data_check.h"
#include "options_check.h"

static const char help[] =
	"usage: normavis check [--config FILE] [--json]\n"
	"\n"
	"Looks at everything that can stop a start, and changes nothing: the configuration\n"
	"(unknown options, types, bounds, what contradicts what), directories, sockets, ports\n"
	"and disk space, journal and store, the rules with their own examples, the policy, the\n"
	"catalogue of reasons. Every complaint has file:line:column, so editors can jump to it.\n"
	"\n"
	"  --config FILE  the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"  --json         one object, schema normavis.check/1\n"
	"\n"
	"Exit codes: 0 nothing hinders a start but, where a note says so, the pipeline that\n"
	"runs already; 78 something does.\n";

struct arguments {
	const char *config;
	bool json;
};

static int read_arguments(int argc, char **argv, struct arguments *ret)
{
	const struct cmd_option options[] = {
		{"config", .text = &ret->config},
		{"json", .flag = &ret->json},
		{0},
	};

	*ret = (struct arguments){0};
	return cmd_options(&cmd_check, argc, argv, options, false);
}

/* Without a configuration nobody knows; one with other data is not this pipeline. */
static bool is_running(const struct installation *i)
{
	return i->options && installation_holds(i, INSTALLATION_SUPERVISOR, NULL) &&
	       run_dir_check(i->options, NULL) == ST_OK;
}

static void print_json(const struct conf_report *report, const struct installation *i,
		       const struct activation *a)
{
	json_auto_t *all = json_pack(
		"{s:s,s:b,s:b,s:o,s:o,s:I,s:I,s:I}", "schema", "normavis.check/1", "fine",
		report->count == 0, "running", is_running(i), "complaints",
		complaints_json(report), "unavailable", complaints_json(&a->unavailable),
		"left_out", (json_int_t)report->left_out, "rules",
		(json_int_t)a->rule_count, "reasons", (json_int_t)a->reason_count);
	OWNED(freep) char *text = json_dumps(all, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	puts(text);
}

static void print_text(const struct conf_report *report, const struct installation *i,
		       const struct activation *a)
{
	struct installation_slot slots[INSTALLATION_SLOTS_MAX];

	if (report->count > 0)
		(void)installation_refuse(report); /* the caller knows what to return */
	else
		printf("configuration is fine: %zu programs, %zu rules, %zu reasons, "
		       "profile %s, data in %s\n",
		       installation_slots(i, slots), a->rule_count, a->reason_count,
		       a->profile, i->options->pipeline.data);
	if (report->count == 0)
		complaints_print_notes(&a->unavailable);
	if (is_running(i))
		printf("note: the pipeline is running already, and until it stops "
		       "`normavis run` refuses; `normavis rules activate` puts new rules in "
		       "force\n");
}

/* What is not there has its complaint already. */
static bool has_rules(const struct options *options)
{
	return access(options->pipeline.rules, R_OK | X_OK) == 0 &&
	       access(options->pipeline.policy, R_OK) == 0;
}

static int run_check(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(activation_release) struct activation activation = {0};
	OWNED(conf_report_release) struct conf_report report = {0};
	struct arguments arguments;
	struct err err = {""};
	int code = read_arguments(argc, argv, &arguments);

	if (code)
		return code;
	enum status st =
		installation_open(&installation, arguments.config, &report, &err);
	if (st == ST_OK) {
		options_check(installation.options, &report);
		(void)data_check(&installation, &report); /* it complains */
		/* What it says is in the report. */
		if (has_rules(installation.options))
			(void)!activation_read(&activation, &installation, false, &report,
					       NULL);
	}
	if (arguments.json)
		print_json(&report, &installation, &activation);
	else
		print_text(&report, &installation, &activation);
	return report.count > 0 ? EXIT_CODE_CONFIG : EXIT_CODE_OK;
}

const struct cmd cmd_check = {
	.name = "check",
	.summary = "would a start work? every complaint with file:line:column",
	.help = help,
	.run = run_check,
};
