#include "cmd.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

int cmd_usage(const struct cmd *cmd, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "normavis %s: ", cmd->name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return cmd_misused(cmd);
}

int cmd_misused(const struct cmd *cmd)
{
	fprintf(stderr, "`normavis help %s` lists what it takes\n", cmd->name);
	return EXIT_CODE_USAGE;
}

/* "file:line:column: " */
static bool starts_with_position(const char *text)
{
	const char *colon = strchr(text, ':');
	unsigned line, column;
	int end = 0;

	return colon && sscanf(colon, ":%u:%u: %n", &line, &column, &end) == 2 && end > 0;
}

int cmd_failed(const struct cmd *cmd, enum status st, const struct err *err)
{
	/* A position comes first on its line, so that editors find it. */
	if (starts_with_position(err->text))
		fprintf(stderr, "%s\n", err->text);
	else
		fprintf(stderr, "normavis %s: %s\n", cmd->name, err->text);
	return (int)status_exit_code(st);
}

int cmd_options(const struct cmd *cmd, int argc, char **argv,
		const struct cmd_option *options, bool operands)
{
	struct option known[CMD_OPTIONS_MAX + 1] = {{0}};
	int index;

	for (size_t i = 0; options[i].name; i++) {
		assert(i < CMD_OPTIONS_MAX);
		known[i].name = options[i].name;
		known[i].has_arg = options[i].text ? required_argument : no_argument;
	}
	for (;;) {
		switch (getopt_long(argc, argv, "", known, &index)) {
		case 0:
			if (options[index].text)
				*options[index].text = optarg;
			else
				*options[index].flag = true;
			break;
		case -1:
			return optind == argc || operands
				       ? 0
				       : cmd_usage(cmd, "'%s' is no option of mine",
						   argv[optind]);
		default:
			return cmd_misused(cmd);
		}
	}
}
