/* bench_import - rows/s of a CSV file read, and read, mapped, hashed and made a submission.
 *
 *	bench_import MAP.yaml FILE.csv
 *
 * Both are printed from one run; the ratio says what the mapping costs beside the reading.
 */
// uses: stages/normavis/feed.c
// uses: stages/normavis/ordinals.c
// uses: stages/normavis/ndjson.c
// uses: stages/normavis/mapping.c
// uses: stages/normavis/mapping_load.c
// uses: stages/normavis/mapping_field.c
// uses: stages/normavis/mapping_value.c
// uses: stages/normavis/mapping_date.c
// uses: stages/normavis/csv.c
// uses: stages/normavis/input.c
#include "feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"

#define RUNS 5

struct figure {
	uint64_t rows, bytes;
	int64_t ns;
};

static enum status read_rows(struct figure *ret, const char *path,
			     struct csv_dialect dialect, struct err *err)
{
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	struct csv_row row;
	bool end = false;
	int64_t begun = clock_mono_ns();
	enum status st = input_open(&in, path, err);

	if (!st)
		st = csv_open(&csv, in, dialect, err);
	*ret = (struct figure){0};
	while (!st && !end) {
		st = csv_next(csv, &row, &end, err);
		ret->rows += !end;
	}
	ret->bytes = in ? in->consumed : 0;
	ret->ns = clock_mono_ns() - begun;
	return st;
}

static enum status make_submissions(struct figure *ret, const char *path,
				    const struct feed_options *options, struct err *err)
{
	OWNED(feed_closep) struct feed *feed = NULL;
	struct feed_row row;
	bool end = false;
	int64_t begun = clock_mono_ns();
	enum status st = feed_open(&feed, path, options, err);

	*ret = (struct figure){0};
	while (!st && !end) {
		st = feed_next(feed, &row, &end, err);
		ret->rows += !end;
		ret->bytes += end ? 0 : row.submission.len;
	}
	ret->ns = clock_mono_ns() - begun;
	return st;
}

static void keep_best(struct figure *best, const struct figure *now)
{
	if (best->ns == 0 || now->ns < best->ns)
		*best = *now;
}

static void print(const char *what, const struct figure *f)
{
	printf("%-8s %" PRIu64 " rows in %.1f ms: %.0f rows/s, %.0f MB/s\n", what,
	       f->rows, (double)f->ns / 1e6, (double)f->rows * 1e9 / (double)f->ns,
	       (double)f->bytes * 1e3 / (double)f->ns);
}

int main(int argc, char **argv)
{
	OWNED(mapping_freep) struct mapping *mapping = NULL;
	struct figure read = {0}, made = {0}, now;
	struct err err = {""};

	if (argc != 3)
		return EXIT_CODE_USAGE;
	enum status st = mapping_load(&mapping, argv[1], &err);
	const struct feed_options options = {.mapping = mapping};
	for (int run = 0; !st && run < RUNS; run++) {
		st = read_rows(&now, argv[2], mapping_dialect(mapping), &err);
		keep_best(&read, &now);
		if (!st)
			st = make_submissions(&now, argv[2], &options, &err);
		keep_best(&made, &now);
	}
	if (st) {
		fprintf(stderr, "%s\n", err.text);
		return (int)status_exit_code(st);
	}
	print("read", &read);
	print("submit", &made);
	printf("ratio submit/read %.3f\n", (double)read.ns / (double)made.ns);
	return EXIT_CODE_OK;
}
