/* feed.h, ordinals.h, ndjson.h: rows of a file as submissions that never differ. */
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
// uses: stages/normavis/utf8.c
#include "feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "buf.h"
#include "file.h"

static const char mapping_text[] = "format: csv\nsource: shop\nfields:\n"
				   "  subject: {column: s}\n  supplier: {constant: x}\n"
				   "  text: {column: t}\n";

struct place {
	char *dir, *path;
};

static struct place write_file(const char *text)
{
	struct place p;

	p.dir = xasprintf("%s/feed_test.XXXXXX",
			  getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(p.dir));
	p.path = xasprintf("%s/file", p.dir);
	assert_int_equal(file_replace(p.path, span_of(text), 0600, NULL), ST_OK);
	return p;
}

static void remove_file(struct place *p)
{
	unlink(p->path);
	rmdir(p->dir);
	free(p->path);
	free(p->dir);
}

/* All submissions of a file, a line each; flawed rows by their flaw's name. */
static char *feed(const char *text, const struct feed_options *options)
{
	OWNED(remove_file) struct place place = write_file(text);
	OWNED(feed_closep) struct feed *f = NULL;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 20);
	struct err err = {""};
	struct feed_row row;
	bool end = false;

	enum status st = feed_open(&f, place.path, options, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	for (;;) {
		assert_int_equal(feed_next(f, &row, &end, &err), ST_OK);
		if (end)
			return xstrdup(buf_string(&out));
		if (row.flaw)
			buf_text(&out, csv_flaw_name(row.flaw));
		else
			buf_span(&out, row.submission);
		buf_char(&out, '\n');
	}
}

static struct mapping *load(const char *text)
{
	struct mapping *m = NULL;

	assert_int_equal(mapping_parse(&m, "m", span_of(text), NULL), ST_OK);
	return m;
}

/* SHA-256 of {"subject":"1","supplier":"x","text":"a"}, and so on, by sha256sum. */
#define HASH_A "33a90a2dedf5d017ff1f862aaa92395fc5e75bc6a6a0f9a84e2140f7358cca05"
#define HASH_B "631f5b445de44284f5417201fc527fc67a577440727c16dcb3b09383081bc7a7"

static void equal_rows_are_told_apart_by_their_ordinals(void **state)
{
	OWNED(mapping_freep) struct mapping *m = load(mapping_text);
	const struct feed_options options = {.mapping = m};
	OWNED(freep) char *lines = feed("s,t\n1,a\n1,b\n1,a\n", &options);

	(void)state;
	assert_string_equal(
		lines, "{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"" HASH_A
		       "-1\",\"subject\":\"1\",\"supplier\":\"x\",\"text\":\"a\"}\n"
		       "{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"" HASH_B
		       "-1\",\"subject\":\"1\",\"supplier\":\"x\",\"text\":\"b\"}\n"
		       "{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"" HASH_A
		       "-2\",\"subject\":\"1\",\"supplier\":\"x\",\"text\":\"a\"}\n");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a text, sorted. */
static char *sorted(char *text)
{
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 20);
	char *line[100], *rest = text;
	size_t count = 0;

	while (count < ARRAY_LEN(line) && (line[count] = strsep(&rest, "\n")))
		count++;
	qsort(line, count, sizeof(line[0]), by_text);
	for (size_t i = 0; i < count; i++)
		buf_format(&out, "%s\n", line[i]);
	return xstrdup(buf_string(&out));
}

static void order_columns_and_line_ends_leave_no_trace(void **state)
{
	static const char *const same[] = {
		"s,t\n1,a\n1,b\n1,a\n",
		"s,t\r\n1,b\r\n1,a\r\n1,a\r\n",
		"t,s\na,1\na,1\nb,1\n",
		"\xEF\xBB\xBFs,t\n1,\"a\"\n\n1,a\n1,b",
		"s,unused,t\n1,7,a\n1,8,b\n1,9,a",
	};
	OWNED(mapping_freep) struct mapping *m = load(mapping_text);
	const struct feed_options options = {.mapping = m};
	OWNED(freep) char *first = feed(same[0], &options);
	OWNED(freep) char *expected = sorted(first);

	(void)state;
	for (size_t i = 1; i < ARRAY_LEN(same); i++) {
		OWNED(freep) char *lines = feed(same[i], &options);
		OWNED(freep) char *found = sorted(lines);

		assert_string_equal(found, expected);
	}
}

static void what_a_line_lacks_is_put_in_front(void **state)
{
	static const struct {
		const char *name, *line, *submission;
		struct feed_options options;
	} rows[] = {
		{"complete: not touched",
		 "{\"kind\":\"review\", \"source_id\":\"1\"}",
		 "{\"kind\":\"review\", \"source_id\":\"1\"}",
		 {0}},
		{"source and site",
		 " {\"kind\":\"review\", \"source_id\":\"1\"}",
		 "{\"site\":\"t\",\"source\":\"s\",\"kind\":\"review\", \"source_id\":\"1\"}",
		 {.source = "s", .site = "t"}},
		{"what is there stays",
		 "{\"source\":\"own\",\"source_id\":\"1\"}",
		 "{\"source\":\"own\",\"source_id\":\"1\"}",
		 {.source = "s"}},
		{"legacy",
		 "{\"kind\":\"review\",\"source_id\":\"1\"}",
		 "{\"legacy\":true,\"origin_state\":\"published\",\"kind\":\"review\","
		 "\"source_id\":\"1\"}",
		 {.legacy = true}},
		{"legacy with a state",
		 "{\"kind\":\"review\",\"source_id\":\"1\",\"origin_state\":\"held\"}",
		 "{\"legacy\":true,\"kind\":\"review\",\"source_id\":\"1\",\"origin_state\":\"held\"}",
		 {.legacy = true}},
		{"legacy is for reviews",
		 "{\"kind\":\"subject\",\"source_id\":\"1\"}",
		 "{\"kind\":\"subject\",\"source_id\":\"1\"}",
		 {.legacy = true}},
		{"no JSON goes on as it is", "{\"kind\":", "{\"kind\":", {.source = "s"}},
		{"repeated keys too",
		 "{\"a\":1,\"a\":2}",
		 "{\"a\":1,\"a\":2}",
		 {.source = "s"}},
		{"no object", "[1]", "[1]", {.source = "s"}},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *expected = xasprintf("%s\n", rows[i].submission);
		OWNED(freep) char *lines = feed(rows[i].line, &rows[i].options);

		print_message("  %s\n", rows[i].name);
		assert_string_equal(lines, expected);
	}
}

static void flawed_rows_stand_between_the_others(void **state)
{
	OWNED(mapping_freep) struct mapping *m = load(mapping_text);
	const struct feed_options options = {.mapping = m, .source = "s"};
	OWNED(freep) char *lines = feed("s,t\n1\n1,\xFF\n1,2,3\n", &options);

	(void)state;
	assert_string_equal(lines, "too-few-columns\nbad-utf8\ntoo-many-columns\n");
}

static void lines_longer_than_the_window_are_skipped(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(8 << 20);
	const struct feed_options options = {0};

	(void)state;
	buf_text(&text, "[1]\n\n");
	memset(buf_extend(&text, 3 << 20), 'x', 3 << 20);
	buf_text(&text, "\r\n[2]\r\n \t\n[3]");
	OWNED(freep) char *lines = feed(buf_string(&text), &options);
	assert_string_equal(lines, "[1]\ntoo-big\n[2]\n[3]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_rows_are_told_apart_by_their_ordinals),
		cmocka_unit_test(order_columns_and_line_ends_leave_no_trace),
		cmocka_unit_test(what_a_line_lacks_is_put_in_front),
		cmocka_unit_test(flawed_rows_stand_between_the_others),
		cmocka_unit_test(lines_longer_than_the_window_are_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
