/* normavis submit - records from standard input, an answer line for each. */
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "client.h"
#include "conf.h"

#define CHUNK_BYTES    65536
#define LINE_BYTES_MAX (64 << 20) /* of one line; the intake takes far less */
#define WAIT_MS	       200

static const char help[] =
	"usage: normavis submit [--config FILE] [--admin] [--no-wait] [--quiet]\n"
	"                       [--name FILE] [--timeout TIME] < FILE\n"
	"\n"
	"Reads records from standard input, one JSON object a line, and prints one JSON\n"
	"answer a line, in the same order: accepted or repeated, with seq and id, or refused\n"
	"with field and reason. Blank lines are passed over; `line` counts them. A byte order\n"
	"mark before the first line is passed over too.\n"
	"Returns when what was accepted is committed in the store. Sending the same file\n"
	"again is safe: what is there already is answered `repeated`.\n"
	"To see what is committed it reads journal and store, which are their owner's alone:\n"
	"whoever may submit and not read them says --no-wait, else nothing is sent.\n"
	"\n"
	"  --config FILE   the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"  --admin         use the operator's endpoint, which takes every kind of record\n"
	"  --no-wait       return when everything is accepted: it is durable then\n"
	"  --wait          return when everything is committed (default)\n"
	"  --quiet         no answer lines; only what was refused, on standard error\n"
	"  --name FILE     what standard input is called in those: FILE:LINE instead of line LINE\n"
	"  --timeout TIME  give up when the intake is busy for so long (default: 60s)\n"
	"\n"
	"Example:\n"
	"  echo '{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"r-1\",\"subject\":\"p-1\",\n"
	"    \"supplier\":\"s-1\",\"rating\":{\"value\":4},\"text\":\"Good.\"}' |\n"
	"    tr -d '\\n' | normavis submit\n"
	"\n"
	"Exit codes: 0 done, 1 some were refused, 64 usage, 69 the pipeline is not running\n"
	"(what was answered `accepted` is durable all the same), 74 input or output, 75 the intake\n"
	"stayed busy, or interrupted, 78 the configuration, or what runs has other data.\n";

struct arguments {
	const char *config;
	const char *name;
	bool admin, no_wait, quiet;
	int64_t timeout_ms;
};

struct tally {
	bool quiet;
	const char *name; /* of the input, or NULL */
	uint64_t accepted, repeated, refused;
};

static int read_timeout(const char *text, int64_t *ret_ms)
{
	static const struct conf_row row = {
		.name = "timeout", .type = CONF_DURATION, .unit = "ms"};
	struct err err = {""};

	if (conf_quantity_parse(&row, text, ret_ms, &err) || *ret_ms < 0)
		return cmd_usage(&cmd_submit, "--timeout %s: %s", text, err.text);
	return 0;
}

static int read_arguments(int argc, char **argv, struct arguments *ret)
{
	static const struct option known[] = {
		{"config", required_argument, NULL, 'c'},
		{"admin", no_argument, NULL, 'a'},
		{"no-wait", no_argument, NULL, 'n'},
		{"wait", no_argument, NULL, 'w'},
		{"quiet", no_argument, NULL, 'q'},
		{"name", required_argument, NULL, 'f'},
		{"timeout", required_argument, NULL, 't'},
		{0},
	};
	int option, code = 0;

	*ret = (struct arguments){.timeout_ms = 60000};
	while (code == 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'c')
			ret->config = optarg;
		else if (option == 'f')
			ret->name = optarg;
		else if (option == 'a')
			ret->admin = true;
		else if (option == 'n' || option == 'w')
			ret->no_wait = option == 'n';
		else if (option == 'q')
			ret->quiet = true;
		else if (option == 't')
			code = read_timeout(optarg, &ret->timeout_ms);
		else
			code = cmd_misused(&cmd_submit);
	}
	if (code == 0 && optind < argc)
		code = cmd_usage(
			&cmd_submit,
			"'%s' is no option of mine; records come from standard input",
			argv[optind]);
	return code;
}

static void print_answer(void *context, const struct client_answer *answer)
{
	struct tally *tally = context;

	if (answer->verdict == CLIENT_REFUSED)
		tally->refused++;
	else if (answer->verdict == CLIENT_REPEATED)
		tally->repeated++;
	else
		tally->accepted++;
	if (!tally->quiet)
		puts(answer->json);
	else if (answer->verdict == CLIENT_REFUSED)
		fprintf(stderr, "%s%s%llu: %s%s%s: %s\n",
			tally->name ? tally->name : "line", tally->name ? ":" : " ",
			(unsigned long long)answer->tag, answer->field,
			*answer->field ? ": " : "", answer->reason, answer->detail);
}

/* The first line may begin with U+FEFF: editors and spreadsheets put it there. */
static struct span behind_mark(struct span text)
{
	static const char mark[] = "\xEF\xBB\xBF";
	size_t len = sizeof(mark) - 1;

	if (text.len < len || memcmp(text.at, mark, len) != 0)
		return text;
	return (struct span){text.at + len, text.len - len};
}

/* Puts the whole lines that are in `in`; what is left begins the next one. `last`: the
 * input has ended, so the rest is a line too. */
static enum status put_lines(struct client *client, struct buf *in, uint64_t *line,
			     bool last, struct err *err)
{
	enum status st = ST_OK;
	size_t at = 0;

	while (st == ST_OK && at < in->len) {
		const uint8_t *end = memchr(in->at + at, '\n', in->len - at);
		size_t len = end ? (size_t)(end - in->at) - at : in->len - at;

		if (!end && !last)
			break;
		++*line;
		struct span text = {in->at + at, len};
		if (*line == 1)
			text = behind_mark(text);
		bool blank = true;
		for (size_t i = 0; blank && i < text.len; i++)
			blank = strchr(" \t\r", text.at[i]) && text.at[i];
		if (!blank)
			st = client_put(client, text, *line, err);
		at += len + (end != NULL);
	}
	at = MIN(at, in->len);
	memmove(in->at, in->at + at, in->len - at);
	in->len -= at;
	return st;
}

/* *ret_end: nothing more will come. */
static enum status read_some(struct buf *in, bool *ret_end, struct err *err)
{
	uint8_t chunk[CHUNK_BYTES];
	ssize_t got = read(STDIN_FILENO, chunk, sizeof(chunk));

	if (got < 0 && errno != EINTR && errno != EAGAIN)
		return err_sys(err, ST_EIO, errno, "standard input");
	*ret_end = got == 0;
	if (got > 0)
		buf_bytes(in, chunk, (size_t)got);
	return in->full ? err_set(err, ST_ETOOBIG,
				  "standard input: a line of more than %d bytes",
				  LINE_BYTES_MAX)
			: ST_OK;
}

static bool input_waits(void)
{
	struct pollfd input = {STDIN_FILENO, POLLIN, 0};

	return poll(&input, 1, 0) != 0;
}

static enum status submit_input(struct client *client, struct err *err)
{
	OWNED(buf_release) struct buf in = BUF_INIT(LINE_BYTES_MAX);
	uint64_t line = 0;
	enum status st = ST_OK;
	bool end = false;

	while (st == ST_OK && !end) {
		if (input_waits()) {
			st = read_some(&in, &end, err);
			if (st == ST_OK)
				st = put_lines(client, &in, &line, end, err);
			if (st == ST_OK)
				st = client_wait(client, 0, -1, NULL, err);
			continue;
		}
		/* Whoever writes a line and waits for its answer must not wait for ever. */
		client_push(client);
		st = client_wait(client, WAIT_MS, STDIN_FILENO, NULL, err);
		fflush(stdout);
	}
	return st ? st : client_flush(client, err);
}

static int run_submit(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(client_closep) struct client *client = NULL;
	struct arguments arguments;
	struct tally tally = {.quiet = false};
	struct err err = {""};
	int code = read_arguments(argc, argv, &arguments);

	if (code == 0)
		code = installation_open_for(&installation, arguments.config);
	if (code)
		return code;
	tally.quiet = arguments.quiet;
	tally.name = arguments.name;
	const struct client_options options = {
		.endpoint = arguments.admin ? ADMIN : SUBMIT,
		.busy_ms = arguments.timeout_ms,
		.wait = !arguments.no_wait,
		.answered = print_answer,
		.context = &tally,
	};
	enum status st = client_open(&client, &installation, &options, &err);
	if (st == ST_OK)
		st = submit_input(client, &err);
	fflush(stdout); /* who reads the answers need not wait for the commit */
	if (st == ST_OK && !arguments.no_wait && client_last_seq(client) > 0)
		st = client_wait_committed(client, client_last_seq(client), &err);
	if (arguments.quiet)
		fprintf(stderr, "accepted %llu, repeated %llu, refused %llu\n",
			(unsigned long long)tally.accepted,
			(unsigned long long)tally.repeated,
			(unsigned long long)tally.refused);
	if (st == ST_OK)
		return tally.refused > 0 ? EXIT_CODE_FOUND : EXIT_CODE_OK;
	(void)cmd_failed(&cmd_submit, st, &err);
	return client_exit_code(st);
}

const struct cmd cmd_submit = {
	.name = "submit",
	.summary = "send records from standard input, one JSON object a line",
	.help = help,
	.run = run_submit,
};
