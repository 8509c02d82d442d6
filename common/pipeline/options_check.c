#include "options_check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "ipc.h"
#include "run_dir.h"

struct probe {
	const struct options *options;
	struct conf_report *report;
	const char *section, *name; /* the option that is looked at */
};

PRINTF(2, 3)
static void complain(const struct probe *p, const char *format, ...)
{
	char text[2 * ERR_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	conf_complain(p->report, p->options->path,
		      options_place(p->options, p->section, p->name), "%s: %s", p->name,
		      text);
}

/* Cuts `path` to its nearest ancestor, itself included, that is there. */
static bool cut_to_existing(char *path)
{
	struct stat info;

	while (stat(path, &info) != 0) {
		char *slash = strrchr(path, '/');

		if (errno != ENOENT || !slash || path[1] == '\0')
			return false;
		slash[slash == path] = '\0';
	}
	return true;
}

/* The caller's effective rights, which are those of the programs it would start. */
static bool may(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

static void check_directory(const struct probe *p, const char *path)
{
	OWNED(freep) char *there = xstrdup(path);
	struct stat info;

	if (!cut_to_existing(there)) {
		complain(p, "%s: %s", path, strerror(errno));
		return;
	}
	if (stat(there, &info) == 0 && !S_ISDIR(info.st_mode))
		complain(p, "%s: %s is no directory", path, there);
	else if (!may(there, W_OK | X_OK))
		complain(p, "%s: %s cannot be written: %s", path, there, strerror(errno));
}

/* Whether a complaint about the directory covers the file as well. */
static bool lies_in_missing(const char *file, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(file, directory, len) == 0 && file[len] == '/' &&
	       access(directory, F_OK) != 0;
}

static void check_readable(const struct probe *p, const char *path, bool directory)
{
	struct stat info;

	if (stat(path, &info) != 0)
		complain(p, "%s: %s", path, strerror(errno));
	else if (directory != S_ISDIR(info.st_mode))
		complain(p, directory ? "%s: is no directory" : "%s: is a directory",
			 path);
	else if (!may(path, directory ? R_OK | X_OK : R_OK))
		complain(p, "%s: cannot be read: %s", path, strerror(errno));
}

static void check_tcp(const struct probe *p, const struct address *e)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(e->port)};
	OWNED(file_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int yes = 1;

	if (fd < 0 || inet_pton(AF_INET, e->host, &address.sin_addr) != 1)
		return;
	/* as ZeroMQ does, so that a connection in TIME_WAIT is no complaint */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(fd, 1) == 0)
		return;
	int why = errno;
	if (why != EADDRINUSE || !run_dir_is_held(p->options, "collect"))
		complain(p, "tcp://%s:%u: %s", e->host, e->port, strerror(why));
}

/* ZeroMQ removes what stands at the path before it binds, whatever it is. */
static void check_socket(const struct probe *p, const char *path, const char *program)
{
	struct stat info;
	struct err err;

	if (lstat(path, &info) == 0 && !S_ISSOCK(info.st_mode))
		complain(p, "%s: is there and no socket; it would be deleted", path);
	else if (ipc_look(path, &err) && !run_dir_is_held(p->options, program))
		complain(p, "%s", err.text);
}

static void check_ipc(const struct probe *p, const char *path)
{
	OWNED(freep) char *directory = xstrdup(path);
	struct stat info;

	char *slash = strrchr(directory, '/');
	slash[slash == directory] = '\0';
	/* That one was looked at, and is made where it is missing. */
	bool run = strcmp(directory, p->options->pipeline.run) == 0;
	if (!run && (stat(directory, &info) != 0 || !S_ISDIR(info.st_mode)))
		complain(p, "%s: %s is no directory", path, directory);
	else if (may(directory, W_OK | X_OK))
		check_socket(p, path, "collect");
	else if (!run)
		complain(p, "%s: %s cannot be written: %s", path, directory,
			 strerror(errno));
}

static void check_endpoint(const struct probe *p, const char *text)
{
	struct address e;

	if (address_parse(&e, text, NULL))
		return; /* a load refuses it */
	if (e.kind == ADDRESS_TCP)
		check_tcp(p, &e);
	else
		check_ipc(p, e.path);
}

/* The sockets between the programs, and who binds them. */
static void check_between(const struct probe *p)
{
	static const struct {
		const char *socket, *program;
	} rows[] = {{"commits", "collect"},
		    {"dedup", "collect"},
		    {"moderate", "dedup"},
		    {"publish", "publish"}};

	if (!may(p->options->pipeline.run, W_OK | X_OK))
		return; /* complained about, or not made yet */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char endpoint[ADDRESS_BYTES];
		struct address e;

		options_endpoint(p->options, rows[i].socket, endpoint, sizeof(endpoint));
		if (address_parse(&e, endpoint, NULL) == ST_OK)
			check_socket(p, e.path, rows[i].program);
	}
}

/* The sockets of a pipeline that runs are no complaint, unless it is another one. */
static void check_owner(const struct probe *p)
{
	struct err err;

	if (run_dir_check(p->options, &err))
		complain(p, "%s", err.text);
}

static void check_reserve(const struct probe *p)
{
	OWNED(freep) char *there = xstrdup(p->options->pipeline.data);
	uint64_t free_bytes;

	if (!cut_to_existing(there) || file_free_bytes(&free_bytes, there, NULL))
		return; /* complained about at data */
	if (free_bytes < (uint64_t)p->options->collect.reserve_bytes)
		complain(p,
			 "%" PRIu64
			 "MiB are free at %s; the intake would refuse everything",
			 free_bytes >> 20, there);
}

void options_check(const struct options *options, struct conf_report *report)
{
	const struct pipeline_options *pipeline = &options->pipeline;
	struct probe p = {.options = options, .report = report, .section = "pipeline"};

	p.name = "data";
	check_directory(&p, pipeline->data);
	p.name = "run";
	check_directory(&p, pipeline->run);
	check_between(&p);
	check_owner(&p);
	p.name = "rules";
	check_readable(&p, pipeline->rules, true);
	p.name = "policy";
	if (!lies_in_missing(pipeline->policy, pipeline->rules))
		check_readable(&p, pipeline->policy, false);
	p.section = "collect";
	p.name = "submit";
	check_endpoint(&p, options->collect.submit);
	p.name = "admin";
	check_endpoint(&p, options->collect.admin);
	p.name = "reserve_bytes";
	check_reserve(&p);
}
