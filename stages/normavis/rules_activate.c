/* normavis rules activate - puts the rules and the policy on disk in force. */
#include "rules_verb.h"

#include <stdio.h>

#include "activation.h"
#include "cmd.h"
#include "log.h"

static void say(const struct rules_arguments *arguments, const char *what,
		const uint8_t *hash, uint64_t seq)
{
	char hex[HEX_BYTES(SHA256_BYTES)];

	hex_format(hex, hash, SHA256_BYTES);
	if (arguments->log && seq)
		log_info("activated", "what=%s hash=%s seq=%llu", what, hex,
			 (unsigned long long)seq);
	else if (arguments->log)
		log_info("in_force", "what=%s hash=%s", what, hex);
	else if (seq)
		printf("%s %s: in force behind record %llu\n", what, hex,
		       (unsigned long long)seq);
	else
		printf("%s %s: in force already\n", what, hex);
}

static int complain(const struct rules_arguments *arguments,
		    const struct conf_report *report)
{
	if (!arguments->log)
		return installation_refuse(report);
	for (size_t i = 0; i < report->count; i++)
		log_error("bad_rules", "at=%s:%u:%u why=%s", report->at[i].file,
			  report->at[i].line, report->at[i].column,
			  log_quote(report->at[i].text));
	return EXIT_CODE_CONFIG;
}

static int fail(const struct rules_arguments *arguments, enum status st,
		const struct err *err)
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

static int run(const struct rules_arguments *arguments,
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

static const char *const options[] = {"log", NULL};

const struct rules_verb rules_activate = {"activate", options, 0, run};
