/* normavis rules check - would these rules and this policy be put in force? */
#include "rules_verb.h"

#include <stdio.h>

#include "activation.h"
#include "alloc.h"
#include "cmd.h"
#include "complaints.h"

static void print_json(const struct conf_report *report, const struct activation *a)
{
	char hex[HEX_BYTES(SHA256_BYTES)];
	json_auto_t *all = json_pack(
		"{s:s,s:b,s:s,s:o,s:o,s:I,s:I,s:I}", "schema", "normavis.rules-check/1",
		"fine", report->count == 0, "hash",
		hex_format(hex, a->rules_hash, SHA256_BYTES), "complaints",
		complaints_json(report), "unavailable", complaints_json(&a->unavailable),
		"left_out", (json_int_t)report->left_out, "rules",
		(json_int_t)a->rule_count, "reasons", (json_int_t)a->reason_count);
	OWNED(freep) char *text = json_dumps(all, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	puts(text);
}

static void print_fine(const struct activation *a)
{
	printf("rules are fine: %zu rules, %zu reasons, profile %s\n", a->rule_count,
	       a->reason_count, a->profile);
	complaints_print_notes(&a->unavailable);
}

static int run(const struct rules_arguments *arguments,
	       const struct installation *installation)
{
	OWNED(activation_release) struct activation activation = {0};
	OWNED(conf_report_release) struct conf_report report = {0};
	enum status st = activation_read(&activation, installation, false, &report, NULL);

	assert((st == ST_OK) == (report.count == 0));
	if (arguments->json)
		print_json(&report, &activation);
	else if (report.count > 0)
		return installation_refuse(&report);
	else
		print_fine(&activation);
	return report.count > 0 ? EXIT_CODE_CONFIG : EXIT_CODE_OK;
}

static const char *const options[] = {"json", NULL};

const struct rules_verb rules_check = {.name = "check", .options = options, .run = run};
