/* normavis rules - what the rules are, whether they do what they say, and putting them in
 * force. The verbs behind the verb are in rules_NAME.c. */
#include "cmd.h"

#include <stdio.h>
#include <unistd.h>

#include "nearest.h"
#include "rules_verb.h"

static const char help[] =
	"usage: normavis rules activate [--log]\n"
	"       normavis rules check [--json]\n"
	"       normavis rules test [--rule ID] [--json]\n"
	"       normavis rules explain [REVIEW-ID] [--text FILE] [--disk] [--json]\n"
	"       normavis rules show [HASH [FILE]] [--rule ID] [--json]\n"
	"       normavis rules message --reason CODE [--language fr|en] [--text FILE]\n"
	"                              [--action reject|hold|await-author] [--note TEXT]\n"
	"       normavis rules vocabulary [--json]\n"
	"\n"
	"activate  Reads the rules and the policy on disk, refuses them with\n"
	"          file:line:column where they are wrong or their own examples come out\n"
	"          otherwise, stores them under their hash, and puts them in force from the\n"
	"          next record on. What is in force already is left alone. `normavis run`\n"
	"          does this at its start and on SIGHUP. --log: as log lines on stderr.\n"
	"\n"
	"check     Would they be put in force? Every complaint about rules, lists, controls and\n"
	"          policy on disk, with file:line:column and the clause that a rule would\n"
	"          break; nothing is written. `normavis check` looks at this and all else.\n"
	"\n"
	"test      Tries every example of every rule on disk. Prints those that come out\n"
	"          otherwise, as file:line:column, and a line per file. Nothing is put in\n"
	"          force, nothing is written. --rule ID: that rule alone.\n"
	"\n"
	"explain   Why a review is decided as it is: how its words are read, each rule that\n"
	"          found something or holds, with the passages, each of its conditions\n"
	"          and whether it holds, and which rule decides. By its id: under the rules\n"
	"          and the policy that it was decided under (--disk: those on disk). Without\n"
	"          an id: one JSON object, as for `submit`, from standard input or from\n"
	"          --text FILE, under those on disk.\n"
	"              normavis rules explain 019a2f00-1dc5-70f9-869a-e10adf355610\n"
	"\n"
	"show      What decisions were made under, by the hash that they name. Without HASH:\n"
	"          the rules and the policy in force, and each that is stored, with when it\n"
	"          last took effect. With HASH, or 8 or more of its digits: the files behind\n"
	"          it. With FILE too: that file, byte for byte. --rule ID: the text of\n"
	"          that rule alone, of HASH or of what is in force.\n"
	"              normavis rules show 729e23d3 rules/moderation/abuse.yaml\n"
	"              normavis rules show 729e23d3 --rule insult-crude\n"
	"\n"
	"message   What an author would be told for a reason, from the rules and the policy on\n"
	"          disk, so that templates can be read before they are used. The site and its\n"
	"          addresses are made up. --text: a review; the words that the rules with\n"
	"          this reason find in it are quoted. --note: what a moderator adds (the\n"
	"          law, or the order of a court, where the reason needs one).\n"
	"              normavis rules message --reason L-PII --language fr --text review.txt\n"
	"\n"
	"vocabulary  Every key, condition, field, name and reason that a rule can use.\n"
	"\n"
	"  --config FILE  the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"  --json         one object with the same facts\n"
	"\n"
	"Exit codes: 0 done, 64 usage, a HASH that fits several or is none, 65 no such pack,\n"
	"file, rule or reason, 69 the pipeline is not running (activate), 75 the intake is busy\n"
	"(activate), 78 something is wrong with rules or policy, or an example fails (what is in\n"
	"force stays).\n";

static const struct rules_verb *const verbs[] = {
	&rules_activate, &rules_check,	 &rules_test,	    &rules_explain,
	&rules_show,	 &rules_message, &rules_vocabulary,
};

#define OPERANDS_MAX (ARRAY_LEN(((struct rules_arguments *)0)->operand))

static const struct rules_verb *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

static int no_such_verb(const char *name)
{
	const char *names[ARRAY_LEN(verbs) + 1] = {NULL};

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		names[i] = verbs[i]->name;
	const char *near = name ? nearest_name(name, names) : NULL;
	if (!name)
		return cmd_usage(
			&cmd_rules,
			"say what to do: activate, check, test, explain, show, message or vocabulary");
	return cmd_usage(
		&cmd_rules,
		"'%s' is none of activate, check, test, explain, show, message, vocabulary%s%s%s",
		name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool takes(const struct rules_verb *verb, const char *option)
{
	for (const char *const *at = verb->options; *at; at++)
		if (strcmp(*at, option) == 0)
			return true;
	return strcmp(option, "config") == 0;
}

/* An option that a verb would silently ignore is a slip. */
static int check_options(const struct rules_verb *verb, const struct cmd_option *options)
{
	for (; options->name; options++) {
		bool given = options->text ? *options->text != NULL : *options->flag;

		if (given && !takes(verb, options->name))
			return cmd_usage(&cmd_rules, "%s takes no --%s", verb->name,
					 options->name);
	}
	return 0;
}

static int read_arguments(int argc, char **argv, struct rules_arguments *ret,
			  const struct rules_verb **ret_verb)
{
	const struct cmd_option options[] = {
		{"config", .text = &ret->config},
		{"log", .flag = &ret->log},
		{"json", .flag = &ret->json},
		{"rule", .text = &ret->rule},
		{"reason", .text = &ret->reason},
		{"action", .text = &ret->action},
		{"language", .text = &ret->language},
		{"text", .text = &ret->text},
		{"note", .text = &ret->note},
		{"disk", .flag = &ret->disk},
		{0},
	};

	*ret = (struct rules_arguments){.config = NULL};
	int code = cmd_options(&cmd_rules, argc, argv, options, true);
	if (code)
		return code;
	const struct rules_verb *verb = optind < argc ? find(argv[optind]) : NULL;
	if (!verb)
		return no_such_verb(optind < argc ? argv[optind] : NULL);
	int operands = argc - optind - 1;
	if (operands > verb->operands)
		return cmd_usage(&cmd_rules, "%s: one argument too many: '%s'",
				 verb->name, argv[optind + verb->operands + 1]);
	for (int i = 0; i < operands; i++)
		ret->operand[i] = argv[optind + 1 + i];
	*ret_verb = verb;
	return check_options(verb, options);
}

static int run_rules(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	const struct rules_verb *verb = NULL;
	struct rules_arguments arguments;
	int code = read_arguments(argc, argv, &arguments, &verb);

	if (code || !verb)
		return code;
	code = arguments.log ? installation_open_to_log(&installation, arguments.config)
			     : installation_open_for(&installation, arguments.config);
	return code ? code : verb->run(&arguments, &installation);
}

const struct cmd cmd_rules = {
	.name = "rules",
	.summary = "check, test, show and activate rules; what authors would be told",
	.help = help,
	.run = run_rules,
};
