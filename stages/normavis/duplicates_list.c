/* normavis duplicates - the clusters, as a table or as JSON. */
#include "duplicates_verb.h"

#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "cmd.h"
#include "json_out.h"
#include "readable.h"

char *duplicates_day(char *ret, int64_t ms)
{
	return clock_format_date(ret, (int32_t)(ms / DAY_MS));
}

char *duplicates_percent(char *ret, double part)
{
	int thousandths = (int)(part * 1000 + 1e-9);

	snprintf(ret, 16, "%d.%d %%", thousandths / 10, thousandths % 10);
	return ret;
}

static json_t *kinds_array(const char *kinds)
{
	json_t *array = json_out_sure(json_array());

	while (*kinds) {
		size_t len = strcspn(kinds, ",");

		json_out_add(array, json_stringn(kinds, len));
		kinds += len + (kinds[len] == ',');
	}
	return array;
}

json_t *duplicates_row_object(const struct clusters_row *row)
{
	char first[CLOCK_TEXT_BYTES], last[CLOCK_TEXT_BYTES];

	return json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:s,s:s,s:o,s:f}", "cluster", row->id,
			 "site", row->site, "size", (json_int_t)row->size, "authors",
			 (json_int_t)row->authors, "suppliers",
			 (json_int_t)row->suppliers, "subjects",
			 (json_int_t)row->subjects, "first_received_at",
			 clock_format(first, row->first_ms), "last_received_at",
			 clock_format(last, row->last_ms), "kinds",
			 kinds_array(row->kinds), "lowest_similarity", row->lowest);
}

static void print_json(const struct clusters *c, size_t shown)
{
	OWNED(buf_release) struct buf text = BUF_INIT(SIZE_MAX / 2);
	json_t *rows = json_out_sure(json_array());

	for (size_t i = 0; i < shown; i++)
		json_out_add(rows, duplicates_row_object(&c->rows[i]));
	json_out_print(&text, json_out_sure(json_pack(
				      "{s:s,s:I,s:o}", "schema", "normavis.duplicates/1",
				      "count", (json_int_t)c->count, "clusters", rows)));
	fputs(buf_string(&text), stdout);
}

static void print_row(const struct clusters_row *row)
{
	OWNED(buf_release) struct buf site = BUF_INIT(READABLE_BYTES_MAX);
	char first[CLOCK_TEXT_BYTES], last[CLOCK_TEXT_BYTES], lowest[16];

	readable_name(&site, span_of(row->site));
	printf("%s %6lld %7lld %9lld %8lld  %s  %s  %7s  %s  %s\n", row->id,
	       (long long)row->size, (long long)row->authors, (long long)row->suppliers,
	       (long long)row->subjects, duplicates_day(first, row->first_ms),
	       duplicates_day(last, row->last_ms),
	       duplicates_percent(lowest, row->lowest), buf_string(&site), row->kinds);
}

static void print_text(const struct clusters *c, size_t shown)
{
	if (c->count == 0) {
		puts("no duplicates like that");
		return;
	}
	printf("%-36s %6s %7s %9s %8s  %-10s  %-10s  %7s  %s\n", "cluster", "size",
	       "authors", "suppliers", "subjects", "first", "last", "lowest",
	       "site, kinds");
	for (size_t i = 0; i < shown; i++)
		print_row(&c->rows[i]);
	if (shown < c->count)
		printf("%zu of %zu clusters; --limit N shows more, --json all\n", shown,
		       c->count);
	puts("`normavis duplicates CLUSTER` shows the texts of one");
}

int duplicates_list(const struct duplicates_arguments *arguments, struct store *store)
{
	OWNED(clusters_release) struct clusters c = {NULL, 0, 0};
	struct err err = {""};

	if (arguments->filter.author)
		fputs("note: references of authors are personal data; they are compared, "
		      "and not shown\n",
		      stderr);
	enum status st = clusters_read(&c, store, &arguments->filter, &err);
	if (st)
		return cmd_failed(&cmd_duplicates, st, &err);
	size_t shown = MIN(c.count, arguments->limit);
	if (arguments->json)
		print_json(&c, shown);
	else
		print_text(&c, shown);
	return EXIT_CODE_OK;
}
