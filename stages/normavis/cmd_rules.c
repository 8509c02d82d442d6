/* normavis rules - what the rules in the directory are, and putting them in force. */
#include "cmd.h"

#include <stdio.h>
#include <unistd.h>

#include "activation.h"
#include "log.h"

static const char help[] =
	"usage: normavis rules activate [--config FILE] [--log]\n"
	"\n"
	"Reads the rules and the policy, refuses them with file:line:column where they are\n"
	"wrong or their own examples come out otherwise, stores them under their hash, and\n"
	"puts them in force from the next record on. What is in force already is left alone.\n"
	"`normavis run` does this at its start and on SIGHUP.\n"
	"\n"
	"  --config FILE  the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"  --log          say it as log lines on standard error\n"
	"\n"
	"Exit codes: 0 in force, 69 the pipeline is not running, 75 the intake is busy,\n"
	"78 something is wrong with rules or policy (the old ones stay in force).\n";

struct arguments {
	const char *config;
	bool log;
};

static int read_arguments(int argc, char **argv, struct arguments *ret)
{
	const struct cmd_option options[] = {
		{"config", .text = &ret->config},
		{"log", .flag = &ret->log},
		{0},
	};

	*ret = (struct arguments){.config = CMD_CONFIG_DEFAULT};
	int code = cmd_options(&cmd_rules, argc, argv, options, true);
	if (code == 0 && (argc - optind != 1 || strcmp(argv[optind], "activate") != 0))
		code = cmd_usage(&cmd_rules, "say what to do: activate");
	return code;
}

static void say(const struct arguments *arguments, const char *what, const uint8_t *hash,
		uint64_t seq)
{
	char hex[HEX_BYTES(SHA256_BYTES)];

	hex_format(hex, hash, SHA256_BYTES);
	if (arguments->log)
		log_info(seq ? "activated" : "in_force", "what=%s hash=%s seq=%llu", what,
			 hex, (unsigned long long)seq);
	else if (seq)
		printf("%s %s: in force behind record %llu\n", what, hex,
		       (unsigned long long)seq);
	else
		printf("%s %s: in force already\n", what, hex);
}

static int complain(const struct arguments *arguments, const struct conf_report *report)
{
	if (!arguments->log)
		return installation_refuse(report);
	for (size_t i = 0; i < report->count; i++)
		log_error("bad_rules", "at=%s:%u:%u why=%s", report->at[i].file,
			  report->at[i].line, report->at[i].column,
			  log_quote(report->at[i].text));
	return EXIT_CODE_CONFIG;
}

static int fail(const struct arguments *arguments, enum status st, const struct err *err)
{
	if (arguments->log)
		log_error("not_activated", "status=%s why=%s", status_name(st),
			  log_quote(err->text));
	else
		(void)cmd_failed(&cmd_rules, st, err);
	return client_exit_code(st);
}

/* What is in force was looked at when it was put in force. */
static bool is_in_force(const struct installation *installation)
{
	OWNED(activation_release) struct activation activation = {0};
	struct in_force now;

	return activation_pack(&activation, installation, NULL) == ST_OK &&
	       activation_in_force(&now, installation, NULL) == ST_OK &&
	       memcmp(now.rules_hash, activation.rules_hash, SHA256_BYTES) == 0 &&
	       memcmp(now.policy_hash, activation.policy_hash, SHA256_BYTES) == 0;
}

static int activate(const struct arguments *arguments,
		    const struct installation *installation)
{
	OWNED(activation_release) struct activation activation = {0};
	OWNED(conf_report_release) struct conf_report report = {0};
	uint64_t rules_seq = 0, policy_seq = 0;
	struct err err = {""};
	enum status st = ST_OK;

	if (is_in_force(installation))
		st = activation_pack(&activation, installation, &err);
	else if (activation_read(&activation, installation, true, &report, &err))
		return complain(arguments, &report);
	if (st == ST_OK)
		st = activation_store(&activation, installation, &err);
	if (st == ST_OK)
		st = activation_submit(&activation, installation, &rules_seq, &policy_seq,
				       &err);
	if (st)
		return fail(arguments, st, &err);
	say(arguments, "rules", activation.rules_hash, rules_seq);
	say(arguments, "policy", activation.policy_hash, policy_seq);
	return EXIT_CODE_OK;
}

static int run_rules(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	struct arguments arguments;
	int code = read_arguments(argc, argv, &arguments);

	if (code == 0)
		code = installation_open_to_log(&installation, arguments.config);
	return code ? code : activate(&arguments, &installation);
}

const struct cmd cmd_rules = {
	.name = "rules",
	.summary = "activate: put the rules and the policy on disk in force",
	.help = help,
	.run = run_rules,
};
