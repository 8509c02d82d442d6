/* normavis import - files of reviews, CSV or NDJSON, into the pipeline. docs/IMPORT.md */
#include "cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "conf.h"
#include "import.h"

static const char help[] =
	"usage: normavis import [OPTION]... FILE...\n"
	"\n"
	"Reads files of records, NDJSON (one JSON object a line) or, with a mapping, CSV, and\n"
	"submits every row. Returns when all of them are committed, and prints the first and\n"
	"the last seq and what became of the records. A row that is refused stops no other;\n"
	"each is in the report with its line. Importing a file again brings in what is\n"
	"missing and nothing twice. docs/IMPORT.md describes mappings.\n"
	"\n"
	"  --map MAP.yaml  which column becomes which field; CSV needs one\n"
	"  --source NAME   the system that the rows come from, for rows that name none\n"
	"  --site SITE     the site, for rows that name none\n"
	"  --legacy        the reviews were published elsewhere: keep the state, the date and\n"
	"                  the reason that they had there; rules run without effect, and what\n"
	"                  they would have decided is printed\n"
	"  --admin         use the operator's endpoint, which takes every kind of record\n"
	"  --report FILE   where refused rows go (default: DATA/import/TIME-refused.ndjson);\n"
	"                  a file that is not there yet\n"
	"  --report-rows   put the refused rows themselves in it: personal data\n"
	"  --no-wait       return when everything is accepted: it is durable then\n"
	"  --timeout TIME  give up when the intake is busy for so long (default: 10min)\n"
	"  --json          print one JSON object (normavis.import/1)\n"
	"  --config FILE   the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"\n"
	"Examples:\n"
	"  normavis import reviews.ndjson\n"
	"  normavis import --map judgeme.yaml --source judgeme export.csv\n"
	"\n"
	"Exit codes: 0 done, 1 some rows were refused, 64 usage, 65 a file cannot be read,\n"
	"69 the pipeline is not running, 74 input or output, 75 the intake stayed busy, or\n"
	"interrupted, 78 the mapping or the configuration, or what runs has other data.\n";

struct arguments {
	const char *config, *map, *source, *site, *report;
	int legacy, admin, report_rows, no_wait, json; /* as getopt_long wants flags */
	int64_t timeout_ms;
};

static int read_timeout(const char *text, int64_t *ret_ms)
{
	static const struct conf_row row = {
		.name = "timeout", .type = CONF_DURATION, .unit = "ms"};
	struct err err = {""};

	if (conf_quantity_parse(&row, text, ret_ms, &err) || *ret_ms < 0)
		return cmd_usage(&cmd_import, "--timeout %s: %s", text, err.text);
	return 0;
}

/* Returns 0 or the exit code. The files are argv[optind] and following. */
static int read_arguments(int argc, char **argv, struct arguments *ret)
{
	const struct option known[] = {
		{"config", required_argument, NULL, 'c'},
		{"map", required_argument, NULL, 'm'},
		{"source", required_argument, NULL, 's'},
		{"site", required_argument, NULL, 'i'},
		{"report", required_argument, NULL, 'r'},
		{"timeout", required_argument, NULL, 't'},
		{"legacy", no_argument, &ret->legacy, 1},
		{"admin", no_argument, &ret->admin, 1},
		{"report-rows", no_argument, &ret->report_rows, 1},
		{"no-wait", no_argument, &ret->no_wait, 1},
		{"wait", no_argument, &ret->no_wait, 0},
		{"json", no_argument, &ret->json, 1},
		{0},
	};
	const char **texts[] = {['c'] = &ret->config,
				['m'] = &ret->map,
				['s'] = &ret->source,
				['i'] = &ret->site,
				['r'] = &ret->report};
	int option, code = 0;

	*ret = (struct arguments){.timeout_ms = 600000};
	while (code == 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 't')
			code = read_timeout(optarg, &ret->timeout_ms);
		else if (option == '?')
			code = cmd_misused(&cmd_import);
		else if (option != 0)
			*texts[option] = optarg;
	}
	if (code == 0 && (optind == argc || argc - optind > IMPORT_FILES_MAX))
		code = cmd_usage(&cmd_import, "one to %d files to import",
				 IMPORT_FILES_MAX);
	return code;
}

/* What no mapping and no file can answer for. Returns 0 or the exit code. */
static int check_arguments(const struct arguments *a, const struct mapping *m,
			   char **files)
{
	for (size_t i = 0; !m && files[i]; i++) {
		const char *dot = strrchr(files[i], '.');

		if (dot && (strcmp(dot, ".csv") == 0 || strcmp(dot, ".tsv") == 0))
			return cmd_usage(
				&cmd_import,
				"%s: a CSV file needs --map, which says what its "
				"columns are",
				files[i]);
	}
	if (m && !a->source && !mapping_source(m))
		return cmd_usage(&cmd_import,
				 "which system do the rows come from? --source "
				 "NAME, or `source:` in the mapping");
	if (m && mapping_needs_legacy(m) && !a->legacy)
		return cmd_usage(&cmd_import, "the mapping fills origin_state, "
					      "origin_reason or origin_decided_at, "
					      "which needs --legacy");
	if (m && a->legacy && mapping_kind(m) != KIND_REVIEW)
		return cmd_usage(&cmd_import, "--legacy is for reviews");
	return 0;
}

/* --- what is printed ------------------------------------------------------------------------ */

static void print_lines(const char *title, const struct outcome_lines *lines)
{
	if (lines->count)
		puts(title);
	for (size_t i = 0; i < lines->count; i++)
		printf("  %8" PRIu64 "  %s%s%s\n", lines->line[i].records,
		       lines->line[i].what, *lines->line[i].reason ? "  " : "",
		       lines->line[i].reason);
}

/* Rows that were read, and the end came before their answers. */
static uint64_t not_answered(const struct import *im)
{
	return im->rows - im->accepted - im->repeated - im->refused;
}

static void print_result(const struct import *im)
{
	printf("rows %" PRIu64 ": accepted %" PRIu64 ", repeated %" PRIu64
	       ", refused %" PRIu64,
	       im->rows, im->accepted, im->repeated, im->refused);
	if (not_answered(im) > 0)
		printf(", not answered %" PRIu64 "; run it again", not_answered(im));
	putchar('\n');
	if (im->accepted)
		printf("seq %" PRIu64 " to %" PRIu64 "%s\n", im->first_seq, im->last_seq,
		       im->committed ? ", committed" : "");
	print_lines(im->accepted_seqs.approximate
			    ? "what became of them (records of others among them):"
			    : "what became of them:",
		    &im->outcome.became);
	print_lines("what the rules would have decided:", &im->outcome.would);
}

static json_t *lines_json(const struct outcome_lines *lines)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lines->count; i++) {
		const struct outcome_line *l = &lines->line[i];
		const char *space = strchr(l->what, ' ');

		json_array_append_new(list, json_pack("{s:s%,s:s,s:s,s:I}", "of", l->what,
						      (size_t)(space - l->what), "is",
						      space + 1, "reason", l->reason,
						      "records", (json_int_t)l->records));
	}
	return list;
}

static json_t *seq_json(uint64_t seq)
{
	return seq ? json_integer((json_int_t)seq) : json_null();
}

static void print_json(const struct import *im)
{
	json_auto_t *result = json_pack(
		"{s:s,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:b,s:b,s:o,s:o,s:o,s:s?}", "schema",
		"normavis.import/1", "rows", (json_int_t)im->rows, "accepted",
		(json_int_t)im->accepted, "repeated", (json_int_t)im->repeated, "refused",
		(json_int_t)im->refused, "not_answered", (json_int_t)not_answered(im),
		"first_seq", seq_json(im->first_seq), "last_seq", seq_json(im->last_seq),
		"committed", (int)im->committed, "approximate",
		(int)im->accepted_seqs.approximate, "outcomes",
		lines_json(&im->outcome.became), "would", lines_json(&im->outcome.would),
		"refusals", import_report_json(im->report), "report",
		import_report_path(im->report));

	json_dumpf(result, stdout, JSON_COMPACT);
	putchar('\n');
}

/* --- the verb --------------------------------------------------------------------------------- */

static char *report_path(const struct arguments *a,
			 const struct installation *installation)
{
	char time[CLOCK_TEXT_BYTES];

	if (a->report)
		return xstrdup(a->report);
	return xasprintf("%s/import/%s-refused.ndjson",
			 installation->options->pipeline.data,
			 clock_format(time, clock_utc_ms()));
}

/* Files and mapping first, then the pipeline: what is wrong with them is said although
 * nothing runs. */
static int import_all(struct import *im, const struct arguments *a)
{
	struct err err = {""};
	bool input = true;
	enum status st = import_check(im, &err);

	if (st == ST_OK)
		st = import_run(im, &input, &err);
	if (st == ST_OK || im->rows > 0)
		(a->json ? print_json : print_result)(im);
	import_report_print(im->report);
	if (st == ST_OK)
		return im->refused > 0 ? EXIT_CODE_FOUND : EXIT_CODE_OK;
	(void)cmd_failed(&cmd_import, st, &err);
	if (!input)
		return client_exit_code(st);
	return st == ST_ECONFIG ? EXIT_CODE_CONFIG : EXIT_CODE_UNREADABLE;
}

static int run_import(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(mapping_freep) struct mapping *mapping = NULL;
	OWNED(import_report_freep) struct import_report *report = NULL;
	OWNED(import_release) struct import im = {0};
	struct arguments a;
	struct err err = {""};
	int code = read_arguments(argc, argv, &a);

	if (code == 0)
		code = installation_open_for(&installation, a.config);
	if (code)
		return code;
	enum status st = a.map ? mapping_load(&mapping, a.map, &err) : ST_OK;
	if (st)
		return cmd_failed(&cmd_import, st, &err);
	code = check_arguments(&a, mapping, argv + optind);
	if (code)
		return code;
	OWNED(freep) char *path = report_path(&a, &installation);
	report = import_report_new(path, a.report != NULL, a.report_rows);
	st = import_report_check(report, &err);
	if (st)
		return cmd_failed(&cmd_import, st, &err);
	im.installation = &installation;
	im.feed = (struct feed_options){mapping, a.source, a.site, a.legacy};
	im.report = report;
	im.files = argv + optind;
	im.file_count = (size_t)(argc - optind);
	im.busy_ms = a.timeout_ms;
	im.wait = !a.no_wait;
	im.admin = a.admin;
	return import_all(&im, &a);
}

const struct cmd cmd_import = {
	.name = "import",
	.summary = "bring in files of records, NDJSON or CSV with a mapping",
	.help = help,
	.run = run_import,
};
