#include "import_report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"

#define TALLIES_MAX   256
#define ROW_BYTES_MAX (256 << 10)

struct tally {
	char *reason, *field, *column;
	uint64_t rows;
};

struct import_report {
	char *path;
	bool named, rows;
	FILE *file; /* NULL: not made yet */
	uint64_t count;
	struct tally tally[TALLIES_MAX];
	size_t tally_count;
};

struct import_report *import_report_new(const char *path, bool named, bool rows)
{
	struct import_report *r = xcalloc(1, sizeof(*r));

	r->path = xstrdup(path);
	r->named = named;
	r->rows = rows;
	return r;
}

void import_report_free(struct import_report *r)
{
	if (!r)
		return;
	if (r->file)
		(void)fclose(r->file); /* import_report_finish has looked at it */
	for (size_t i = 0; i < r->tally_count; i++) {
		free(r->tally[i].reason);
		free(r->tally[i].field);
		free(r->tally[i].column);
	}
	free(r->path);
	free(r);
}

static enum status cannot_be_made(const struct import_report *r, const char *why,
				  struct err *err)
{
	return err_set(err, ST_EIO, "the report cannot be written: %s%s", why,
		       r->named ? "" : "; --report names another place");
}

/* By errno. */
static enum status cannot_be_opened(const struct import_report *r, struct err *err)
{
	OWNED(freep)
	char *why = errno == EEXIST
			    ? xasprintf("%s is there already, and none overwrites a file",
					r->path)
			    : xasprintf("%s: %s", r->path, strerror(errno));

	return cannot_be_made(r, why, err);
}

/* The caller frees it. */
static char *directory_of(const struct import_report *r)
{
	const char *slash = strrchr(r->path, '/');
	size_t len = slash ? (size_t)(slash - r->path) : 0;

	return slash ? xstrndup(r->path, MAX(len, (size_t)1)) : xstrdup(".");
}

enum status import_report_check(const struct import_report *r, struct err *err)
{
	OWNED(freep) char *directory = directory_of(r);
	struct stat about;

	if (!r->named)
		return ST_OK;
	errno = EEXIST;
	if (lstat(r->path, &about) == 0 || errno != ENOENT ||
	    access(directory, W_OK | X_OK))
		return cannot_be_opened(r, err);
	return ST_OK;
}

static enum status make_file(struct import_report *r, struct err *err)
{
	OWNED(freep) char *directory = directory_of(r);
	struct err why = {""};

	if (!r->named && file_make_dirs(directory, 0700, &why))
		return cannot_be_made(r, why.text, err);
	int fd = open(r->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		r->file = fdopen(fd, "w");
	if (r->file)
		return ST_OK;
	enum status st = cannot_be_opened(r, err);
	file_close(&fd);
	return st;
}

static void count(struct import_report *r, const struct import_refusal *refusal)
{
	struct tally *t = r->tally;
	struct tally *end = t + r->tally_count;

	r->count++;
	while (t < end && (strcmp(t->reason, refusal->reason) != 0 ||
			   strcmp(t->field, refusal->field) != 0 ||
			   strcmp(t->column, refusal->column) != 0))
		t++;
	if (t == end && r->tally_count == TALLIES_MAX)
		return; /* the file has them all */
	if (t == end) {
		t->reason = xstrdup(refusal->reason);
		t->field = xstrdup(refusal->field);
		t->column = xstrdup(refusal->column);
		r->tally_count++;
	}
	t->rows++;
}

static void set_text(json_t *line, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(line, key, json_string(text));
}

enum status import_report_add(struct import_report *r,
			      const struct import_refusal *refusal, struct err *err)
{
	json_auto_t *line = json_object();

	count(r, refusal);
	if (!r->file) {
		enum status st = make_file(r, err);

		if (st)
			return st;
	}
	set_text(line, "file", refusal->file);
	json_object_set_new(line, "line", json_integer((json_int_t)refusal->line));
	if (refusal->last_line > refusal->line)
		json_object_set_new(line, "last_line",
				    json_integer((json_int_t)refusal->last_line));
	set_text(line, "column", refusal->column);
	set_text(line, "field", refusal->field);
	set_text(line, "reason", refusal->reason);
	set_text(line, "detail", refusal->detail);
	/* What is no UTF-8 has no form here: its line says where it is. */
	if (r->rows && refusal->row.at && refusal->row.len <= ROW_BYTES_MAX)
		json_object_set_new(
			line, "row",
			json_stringn((const char *)refusal->row.at, refusal->row.len));
	if (json_dumpf(line, r->file, JSON_COMPACT) || fputc('\n', r->file) == EOF)
		return err_sys(err, ST_EIO, errno, "%s", r->path);
	return ST_OK;
}

enum status import_report_finish(struct import_report *r, struct err *err)
{
	if (!r->file)
		return ST_OK;
	if (fflush(r->file) || ferror(r->file))
		return err_sys(err, ST_EIO, errno, "%s", r->path);
	return file_sync(fileno(r->file), err);
}

uint64_t import_report_count(const struct import_report *r)
{
	return r->count;
}

const char *import_report_path(const struct import_report *r)
{
	return r->file ? r->path : NULL;
}

static int more_rows(const void *a, const void *b)
{
	const struct tally *left = a, *right = b;

	return (right->rows > left->rows) - (right->rows < left->rows);
}

/* In the order of their counts; the caller frees it. */
static struct tally *sorted(const struct import_report *r)
{
	struct tally *all = xmemdup(r->tally, sizeof(r->tally));

	qsort(all, r->tally_count, sizeof(*all), more_rows);
	return all;
}

void import_report_print(const struct import_report *r)
{
	OWNED(freep) struct tally *all = sorted(r);

	for (size_t i = 0; i < r->tally_count; i++) {
		const struct tally *t = &all[i];

		fprintf(stderr, "  refused  %8" PRIu64 "  %s%s%s", t->rows, t->reason,
			*t->field ? "  " : "", t->field);
		if (*t->column)
			fprintf(stderr, "  (column %s)", t->column);
		fputc('\n', stderr);
	}
	if (r->file)
		fprintf(stderr, "refused rows, each with its line: %s\n", r->path);
}

json_t *import_report_json(const struct import_report *r)
{
	OWNED(freep) struct tally *all = sorted(r);
	json_t *list = json_array();

	for (size_t i = 0; i < r->tally_count; i++) {
		json_t *line = json_object();

		set_text(line, "reason", all[i].reason);
		set_text(line, "field", all[i].field);
		set_text(line, "column", all[i].column);
		json_object_set_new(line, "rows", json_integer((json_int_t)all[i].rows));
		json_array_append_new(list, line);
	}
	return list;
}
