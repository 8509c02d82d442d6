/* feed.h - a file of rows becomes submissions, one line each, ready for the intake.
 *
 * A CSV file goes through its mapping; an NDJSON file does too where one is given, else its
 * lines go as they are. What a submission lacks is put in front of it: source, site, and
 * an id made of its content (ordinals.h); with `legacy`, "legacy":true and, where the row
 * says nothing, "origin_state":"published". The bytes of a line that lacks nothing are
 * not touched.
 *
 * A row that is no row (csv.h) is told with its flaw; a line that is no JSON goes on to the
 * intake, which refuses it and records the refusal.
 *
 * Tests: tests/unit/feed_test.c
 */
#ifndef FEED_H
#define FEED_H

#include "mapping.h"

struct feed_options {
	const struct mapping *mapping; /* NULL: NDJSON as it is */
	const char *source, *site;     /* NULL: the mapping's; else what the lines say */
	bool legacy;
};

struct feed_row {
	uint64_t line, last_line;
	enum csv_flaw flaw; /* CSV_SOUND: there is a submission */
	const char *column; /* of the flaw; "" where it lies in none */
	struct span
		submission; /* without line end; borrowed until the next call. Of a flawed
				 * row: its bytes as they stand, SPAN_NONE where too big */
};

struct feed;

/* `options` is borrowed until feed_close. Errors: those of input_open, csv_open,
 * mapping_bind, ordinals_open. */
enum status feed_open(struct feed **ret, const char *path,
		      const struct feed_options *options, struct err *err) MUST_CHECK;
void feed_close(struct feed *f); /* accepts NULL */
DEFINE_OWNED(struct feed, feed_close)

/* Columns, or keys, that the mapping does not name: each is told once. A CSV file's are
 * known at once, an NDJSON file's as they come. */
typedef void feed_unused(void *context, struct span name);
void feed_tell_unused(struct feed *f, feed_unused *fn, void *context);

/* Errors: ST_EIO, ST_ENOSPACE. */
enum status feed_next(struct feed *f, struct feed_row *ret, bool *ret_end,
		      struct err *err) MUST_CHECK;

uint64_t feed_consumed(const struct feed *f); /* bytes */
uint64_t feed_bytes(const struct feed *f);    /* of the file; 0: unknown */

#endif
