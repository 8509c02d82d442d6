#include "import.h"

#include <stdio.h>
#include <sys/stat.h>

#include "store.h"

#define TAG_LINE_BITS 40 /* a tag is the file's number, then the line's */

/* What can be read but once: it is looked at when its turn comes. */
static bool is_stream(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && !S_ISREG(about.st_mode) &&
	       !S_ISDIR(about.st_mode);
}

enum status import_check(struct import *im, struct err *err)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < im->file_count; i++) {
		OWNED(feed_closep) struct feed *feed = NULL;

		if (is_stream(im->files[i]))
			continue;
		enum status st = feed_open(&feed, im->files[i], &im->feed, err);
		if (st)
			return st;
		bytes += feed_bytes(feed);
	}
	progress_begin(&im->progress, "import", bytes);
	return ST_OK;
}

/* --- answers -------------------------------------------------------------------------------- */

static void report(struct import *im, const struct import_refusal *refusal)
{
	struct err err = {""};
	enum status st = import_report_add(im->report, refusal, &err);

	im->refused++;
	if (!st || im->failed)
		return;
	im->failed = st;
	im->err = err;
}

static void report_answer(struct import *im, const struct client_answer *answer)
{
	const struct mapping *m = im->feed.mapping;

	report(im, &(struct import_refusal){
			   .file = im->files[answer->tag >> TAG_LINE_BITS],
			   .line = answer->tag & ((UINT64_C(1) << TAG_LINE_BITS) - 1),
			   .column = m ? mapping_column_of(m, answer->field) : "",
			   .field = answer->field,
			   .reason = answer->reason,
			   .detail = answer->detail,
			   .row = answer->line,
		   });
}

static void take_answer(void *context, const struct client_answer *answer)
{
	struct import *im = context;

	switch (answer->verdict) {
	case CLIENT_ACCEPTED:
		im->accepted++;
		im->first_seq =
			im->first_seq ? MIN(im->first_seq, answer->seq) : answer->seq;
		im->last_seq = MAX(im->last_seq, answer->seq);
		outcome_ranges_add(&im->accepted_seqs, answer->seq);
		return;
	case CLIENT_REPEATED:
		im->repeated++;
		return;
	case CLIENT_REFUSED:
		report_answer(im, answer);
		return;
	}
}

/* --- rows ------------------------------------------------------------------------------------- */

static void tell_unused(void *context, struct span name)
{
	const char *file = context;

	fprintf(stderr, "%s: column '%.*s' is not used\n", file, (int)name.len,
		(const char *)name.at);
}

static enum status send_row(struct import *im, size_t file, const struct feed_row *row,
			    struct err *err)
{
	im->rows++;
	if (row->flaw == CSV_SOUND)
		return client_put(im->client, row->submission,
				  (uint64_t)file << TAG_LINE_BITS | row->line, err);
	report(im, &(struct import_refusal){
			   .file = im->files[file],
			   .line = row->line,
			   .last_line = row->last_line,
			   .column = row->column,
			   .field = "",
			   .reason = csv_flaw_name(row->flaw),
			   .detail = csv_flaw_meaning(row->flaw),
			   .row = row->submission,
		   });
	return ST_OK;
}

static enum status import_file(struct import *im, size_t file, bool *ret_input,
			       struct err *err)
{
	OWNED(feed_closep) struct feed *feed = NULL;
	char *path = im->files[file];
	bool end = false;
	enum status st = feed_open(&feed, path, &im->feed, err);

	*ret_input = st != ST_OK;
	if (st)
		return st;
	if (im->feed.mapping)
		feed_tell_unused(feed, tell_unused, path);
	while (st == ST_OK && !im->failed) {
		struct feed_row row;

		st = feed_next(feed, &row, &end, err);
		if (st || end)
			break;
		st = send_row(im, file, &row, err);
		progress_at(&im->progress, im->bytes_done + feed_consumed(feed));
	}
	im->bytes_done += feed_consumed(feed);
	return st;
}

/* --- the end ------------------------------------------------------------------------------------ */

static enum status read_outcome(struct import *im, struct err *err)
{
	OWNED(store_closep) struct store *store = NULL;
	enum status st = store_open(&store, im->installation->store, STORE_READ, err);

	if (st)
		return st;
	return outcome_read(&im->outcome, store, &im->accepted_seqs, im->feed.legacy,
			    err);
}

/* Waits for what was there already too: an import that was killed may have left it on its
 * way a moment ago. */
static enum status await_commit(struct import *im, struct err *err)
{
	enum status st = ST_OK;

	if (client_last_seq(im->client) > 0)
		st = client_wait_committed(im->client, client_last_seq(im->client), err);
	im->committed = st == ST_OK;
	return st || !im->accepted ? st : read_outcome(im, err);
}

static enum status import_files(struct import *im, bool *ret_input, struct err *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && !im->failed && i < im->file_count; i++)
		st = import_file(im, i, ret_input, err);
	/* What was read before a file that cannot be is answered too. */
	if (st == ST_OK || *ret_input) {
		enum status flushed = client_flush(im->client, st ? NULL : err);

		st = st ? st : flushed;
	}
	progress_end(&im->progress);
	if (st == ST_OK && im->failed) {
		*err = im->err;
		st = im->failed;
	}
	return st;
}

enum status import_run(struct import *im, bool *ret_input, struct err *err)
{
	const struct client_options options = {
		.endpoint = im->feed.legacy || im->admin ? ADMIN : SUBMIT,
		.busy_ms = im->busy_ms,
		.wait = im->wait,
		.answered = take_answer,
		.context = im,
	};

	*ret_input = false;
	enum status st = client_open(&im->client, im->installation, &options, err);
	if (st == ST_OK)
		st = import_files(im, ret_input, err);
	if (st == ST_OK && im->wait)
		st = await_commit(im, err);
	enum status finished = import_report_finish(im->report, st ? NULL : err);
	return st ? st : finished;
}

void import_release(struct import *im)
{
	client_close(im->client);
	outcome_ranges_release(&im->accepted_seqs);
	outcome_release(&im->outcome);
}
