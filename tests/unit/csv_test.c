/* csv.h, input.h, utf8.h: rows, flaws and where reading goes on, and the public cases. */
// uses: stages/normavis/csv.c
// uses: stages/normavis/input.c
#include "csv.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "buf.h"
#include "file.h"
#include "utf8.h"

/* All rows as text: fields in [], flawed rows as line-line!name@column. */
static void dump(struct buf *out, struct input *in, struct csv_dialect dialect)
{
	OWNED(csv_freep) struct csv *csv = NULL;
	struct err err = {""};
	struct csv_row row;
	bool end = false;
	size_t count;

	if (csv_open(&csv, in, dialect, &err)) {
		buf_text(out, err.text);
		return;
	}
	const struct span *header = csv_header(csv, &count);
	for (size_t i = 0; i < count; i++)
		buf_format(out, "[%.*s]", (int)header[i].len, (const char *)header[i].at);
	for (;;) {
		assert_int_equal(csv_next(csv, &row, &end, &err), ST_OK);
		if (end)
			return;
		buf_format(out, " %d", (int)row.line);
		if (row.last_line != row.line)
			buf_format(out, "-%d", (int)row.last_line);
		if (row.flaw)
			buf_format(out, "!%s", csv_flaw_name(row.flaw));
		if (row.flaw_column != SIZE_MAX)
			buf_format(out, "@%d", (int)row.flaw_column);
		for (size_t i = 0; i < row.count; i++)
			buf_format(out, "[%.*s]", (int)row.column[i].len,
				   (const char *)row.column[i].at);
	}
}

static void expect(const char *text, size_t len, struct csv_dialect dialect,
		   const char *rows)
{
	OWNED(input_closep) struct input *in = NULL;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 20);
	struct err err = {""};

	if (input_of(&in, (struct span){(const uint8_t *)text, len}, &err))
		buf_text(&out, err.text);
	else
		dump(&out, in, dialect);
	assert_string_equal(buf_string(&out), rows);
}

struct row {
	const char *name, *text, *rows;
};

static void rows_come_as_rfc_4180_has_them(void **state)
{
	static const struct row rows[] = {
		{"plain", "a,b\n1,2\n3,4\n", "[a][b] 2[1][2] 3[3][4]"},
		{"no line end at the end", "a,b\n1,2", "[a][b] 2[1][2]"},
		{"crlf", "a,b\r\n1,2\r\n", "[a][b] 2[1][2]"},
		{"cr alone", "a,b\r1,2\r3,4", "[a][b] 2[1][2] 3[3][4]"},
		{"mixed", "a,b\n1,2\r\n3,4\r5,6\n", "[a][b] 2[1][2] 3[3][4] 4[5][6]"},
		{"empty fields", "a,b,c\n,,\n1,,\n", "[a][b][c] 2[][][] 3[1][][]"},
		{"quoted", "a,b\n\"1\",\"2\"\n", "[a][b] 2[1][2]"},
		{"quoted empty", "a\n\"\"\nx\n", "[a] 2[] 3[x]"},
		{"delimiter in quotes", "a,b\n\"x,y\",2\n", "[a][b] 2[x,y][2]"},
		{"doubled quotes", "a\n\"\"\"x\"\" y\"\"\"\n\"\"\"\"\n",
		 "[a] 2[\"x\" y\"] 3[\"]"},
		{"line end in quotes", "a,b\n\"x\ny\r\nz\",2\n3,4\n",
		 "[a][b] 2-4[x\ny\r\nz][2] 5[3][4]"},
		{"spaces are kept", "a,b\n x , y \n", "[a][b] 2[ x ][ y ]"},
		{"empty lines are passed over", "a,b\n\n1,2\n\r\n\n3,4\n\n",
		 "[a][b] 3[1][2] 6[3][4]"},
		{"header alone", "a,b\n", "[a][b]"},
		{"byte order mark",
		 "\xEF\xBB\xBF"
		 "a,b\n1,2\n",
		 "[a][b] 2[1][2]"},
		{"mark before a quote", "\xEF\xBB\xBF\"a\",b\n1,2\n", "[a][b] 2[1][2]"},
		{"quote in a field without", "a,b\n5\" tall,\"6\"\"\"\nx\"\",y\"\n",
		 "[a][b] 2[5\" tall][6\"] 3[x\"\"][y\"]"},
		{"quote at the very end", "a\n\"x\"", "[a] 2[x]"},
		{"utf-8", "a\né€😀\n", "[a] 2[é€😀]"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("  %s\n", rows[i].name);
		expect(rows[i].text, strlen(rows[i].text), CSV_DIALECT_DEFAULT,
		       rows[i].rows);
	}
}

static void a_flawed_row_costs_itself_alone(void **state)
{
	static const struct row rows[] = {
		{"text behind, then lines in quotes", "a,b\n\"5\"x,\"x\n1,2\"\n3,4\n",
		 "[a][b] 2-3!text-after-quote@0 4[3][4]"},
		{"text behind", "a,b\n1,\"x\"y\n3,4\n",
		 "[a][b] 2!text-after-quote@1 3[3][4]"},
		{"space behind", "a,b\n\"x\" ,1\n3,4\n",
		 "[a][b] 2!text-after-quote@0 3[3][4]"},
		{"never closed", "a,b\n1,\"x\n3,4\n5,6\n",
		 "[a][b] 2!unclosed-quote@1 3[3][4] 4[5][6]"},
		{"never closed, last", "a,b\n3,4\n1,\"x",
		 "[a][b] 2[3][4] 3!unclosed-quote@1"},
		{"closed by a later row", "a,b\n1,\"x\n3,\"y\"\n5,6\n",
		 "[a][b] 2!unclosed-quote@1 3[3][y] 4[5][6]"},
		{"closed far behind",
		 "s,t,r\n1,\"stray,5\n2,good one here,1\n3,another good,1\n"
		 "4,\"quoted\",5\n5,fine text,4\n",
		 "[s][t][r] 2!unclosed-quote@1 3[2][good one here][1] "
		 "4[3][another good][1] 5[4][quoted][5] 6[5][fine text][4]"},
		{"the last quote of a row is missing",
		 "a,b\n\"1\",\"x\n\"2\",\"\"\n\"3\",\"y\"\n",
		 "[a][b] 2!unclosed-quote@1 3[2][] 4[3][y]"},
		{"one quote too many", "a,b\n\"1\",\"x\"\"\n\"2\",\"y\"\n\"3\",\"z\"\n",
		 "[a][b] 2!unclosed-quote@1 3[2][y] 4[3][z]"},
		{"one stray quote behind the other", "a,b\n1,\"x\n2,\"y\n3,z\n4,\"v\"\n",
		 "[a][b] 2!unclosed-quote@1 3!unclosed-quote@1 4[3][z] 5[4][v]"},
		{"behind lines in quotes", "a,b\n\"x\ny\",\"z\n3,4\n5,\"6\"\n",
		 "[a][b] 2-3!unclosed-quote@1 4[3][4] 5[5][6]"},
		{"lines in quotes behind", "a,b\n1,\"x\n2,\"y\nz\"\n3,4\n",
		 "[a][b] 2!unclosed-quote@1 3-4[2][y\nz] 5[3][4]"},
		{"text behind, then never closed", "a,b\n\"5\"x,\"y\n3,4\n5,6\n",
		 "[a][b] 2!text-after-quote@0 3[3][4] 4[5][6]"},
		{"quotes that are not doubled in a text of lines",
		 "a,b,c\n1,\"x\nthe \"best\" y\nz\",2\n3,4,5\n",
		 "[a][b][c] 2!unclosed-quote@1 3!too-few-columns 4!too-few-columns 5[3][4][5]"},
		{"cr alone", "a,b\r1,\"x\r3,\"y\"\r",
		 "[a][b] 2!unclosed-quote@1 3[3][y]"},
		/* What no reader can know: these are sound rows. */
		{"closed by chance", "a,b\n1,\"x\n24\"\n3,4\n",
		 "[a][b] 2-3[1][x\n24] 4[3][4]"},
		{"too few", "a,b\n1\n3,4\n", "[a][b] 2!too-few-columns 3[3][4]"},
		{"too many", "a,b\n1,2,3\n3,4\n", "[a][b] 2!too-many-columns 3[3][4]"},
		{"bad utf-8", "a,b\n\xE9t\xE9,2\n3,4\n", "[a][b] 2!bad-utf8 3[3][4]"},
		{"utf-8 cut by a delimiter", "a,b\n\xC3,\xA9\n3,4\n",
		 "[a][b] 2!bad-utf8 3[3][4]"},
		{"surrogate", "a\n\xED\xA0\x80\nx\n", "[a] 2!bad-utf8 3[x]"},
		{"overlong", "a\n\xC0\xAF\nx\n", "[a] 2!bad-utf8 3[x]"},
	};
	static const char nul[] = "a,b\n1\0,2\n3,4\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("  %s\n", rows[i].name);
		expect(rows[i].text, strlen(rows[i].text), CSV_DIALECT_DEFAULT,
		       rows[i].rows);
	}
	expect(nul, sizeof(nul) - 1, CSV_DIALECT_DEFAULT, "[a][b] 2!nul 3[3][4]");
}

static void what_is_no_csv_of_ours_is_named(void **state)
{
	static const char bare[] = "a\0,\0b\0\n\0";

	(void)state;
	expect("", 0, CSV_DIALECT_DEFAULT, "input: the file is empty");
	expect("\n\n", 2, CSV_DIALECT_DEFAULT, "input: the file is empty");
	expect("\xFF\xFE"
	       "a\0",
	       4, CSV_DIALECT_DEFAULT,
	       "input: UTF-16; save the file as UTF-8 and import that one");
	expect("\xFE\xFF\0a", 4, CSV_DIALECT_DEFAULT,
	       "input: UTF-16; save the file as UTF-8 and import that one");
	expect(bare, sizeof(bare) - 1, CSV_DIALECT_DEFAULT,
	       "input: UTF-16; save the file as UTF-8 and import that one");
	expect("\x1F\x8B\x08\0", 4, CSV_DIALECT_DEFAULT,
	       "input: packed (gzip); unpack it first: zcat FILE | normavis import ... "
	       "/dev/stdin");
	expect("\x28\xB5\x2F\xFD", 4, CSV_DIALECT_DEFAULT,
	       "input: packed (zstd); unpack it first: zstdcat FILE | normavis import ... "
	       "/dev/stdin");
	expect("PK\3\4", 4, CSV_DIALECT_DEFAULT,
	       "input: packed (zip); unpack it first: unzip -p FILE | normavis import ... "
	       "/dev/stdin (or, of a spreadsheet, save it as CSV)");
	expect("PK,b\n", 5, CSV_DIALECT_DEFAULT, "[PK][b]");
	expect("a,\"b\n", 5, CSV_DIALECT_DEFAULT,
	       "input:1: the header cannot be read: a quote is opened, and what follows does "
	       "not close it");
	expect("\n\n\"a\"x,b\n", 10, CSV_DIALECT_DEFAULT,
	       "input:3: the header cannot be read: text between a closing quote and the "
	       "delimiter");
}

static void a_header_has_its_limit(void **state)
{
	char commas[CSV_COLUMNS_MAX + 1];

	(void)state;
	memset(commas, ',', sizeof(commas));
	commas[CSV_COLUMNS_MAX] = '\n';
	expect(commas, sizeof(commas), CSV_DIALECT_DEFAULT,
	       "input:1: more than 1024 columns");
}

static void dialects_differ_by_delimiter_and_quotes(void **state)
{
	(void)state;
	expect("a;b\n1,5;\"x;y\"\n", 14, (struct csv_dialect){';', true},
	       "[a][b] 2[1,5][x;y]");
	expect("a\tb\n5\" tall\t\"x\n", 15, (struct csv_dialect){'\t', false},
	       "[a][b] 2[5\" tall][\"x]");
}

/* --- larger than the window ---------------------------------------------------------------- */

static char *write_file(char *dir, const struct buf *text)
{
	char *path = xasprintf("%s/f.csv", mkdtemp(dir));

	assert_int_equal(file_replace(path, buf_view(text), 0600, NULL), ST_OK);
	return path;
}

static void remove_file(const char *dir, const char *path)
{
	unlink(path);
	rmdir(dir);
}

static void rows_that_cross_the_window_are_whole(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(8 << 20);
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	char *dir = xasprintf("%s/csv_test.XXXXXX",
			      getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	struct csv_row row;
	bool end;
	int n = 0;

	(void)state;
	buf_text(&text, "n,text\r\n");
	for (int i = 0; text.len < 3 << 20; i++) {
		buf_format(&text, "%d,\"%0*d \"\"x\"\"\n\r\n%d\"\r\n", i,
			   1 + i * 37 % 4000, i, i);
		n++;
	}
	OWNED(freep) char *path = write_file(dir, &text);
	assert_int_equal(input_open(&in, path, NULL), ST_OK);
	assert_int_equal(csv_open(&csv, in, CSV_DIALECT_DEFAULT, NULL), ST_OK);
	for (int i = 0; i < n; i++) {
		OWNED(freep)
		char *want = xasprintf("%0*d \"x\"\n\r\n%d", 1 + i * 37 % 4000, i, i);

		assert_int_equal(csv_next(csv, &row, &end, NULL), ST_OK);
		assert_false(end);
		assert_int_equal(row.flaw, CSV_SOUND);
		assert_int_equal(row.line, 2 + 3 * i);
		assert_int_equal(row.count, 2);
		assert_int_equal(row.column[1].len, strlen(want));
		assert_memory_equal(row.column[1].at, want, row.column[1].len);
	}
	assert_int_equal(csv_next(csv, &row, &end, NULL), ST_OK);
	assert_true(end);
	assert_int_equal(in->consumed, text.len);
	remove_file(dir, path);
	free(dir);
}

/* One row is beyond all bounds; those around it are not. */
static void expect_around(const char *begin, char fill, const char *finish,
			  const char *rows)
{
	OWNED(buf_release) struct buf text = BUF_INIT(8 << 20);
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 20);
	OWNED(input_closep) struct input *in = NULL;
	char *dir = xasprintf("%s/csv_test.XXXXXX",
			      getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");

	buf_text(&text, "a,b\n1,2\n");
	buf_text(&text, begin);
	memset(buf_extend(&text, 3 << 20), fill, 3 << 20);
	buf_text(&text, finish);
	OWNED(freep) char *path = write_file(dir, &text);
	assert_int_equal(input_open(&in, path, NULL), ST_OK);
	dump(&out, in, CSV_DIALECT_DEFAULT);
	assert_string_equal(buf_string(&out), rows);
	remove_file(dir, path);
	free(dir);
}

static void a_row_beyond_all_bounds_is_skipped(void **state)
{
	(void)state;
	expect_around("3,", 'x', "\n5,6\n", "[a][b] 2[1][2] 3!too-big 4[5][6]");
	expect_around("\"3\"x,", 'x', "\n5,6\n",
		      "[a][b] 2[1][2] 3!text-after-quote@0 4[5][6]");
	expect_around("3,\"\n5,6\n", 'x', "\n7,8\n",
		      "[a][b] 2[1][2] 3!unclosed-quote@1 4[5][6] 5!too-big 6[7][8]");
	expect_around("\"3\"x,\"\n5,6\n", 'x', "\n7,8\n",
		      "[a][b] 2[1][2] 3!text-after-quote@0 4[5][6] 5!too-big 6[7][8]");
	/* Of a line that goes on beyond the window, no piece is a row. */
	expect_around("3,\"", 'x', "5,6\n7,8\n",
		      "[a][b] 2[1][2] 3!unclosed-quote@1 4[7][8]");
	expect_around("3,\"", 'x', "", "[a][b] 2[1][2] 3!unclosed-quote@1");
}

/* A CRLF whose halves lie in two windows ends one line, wherever the refused one is cut. */
static void a_line_end_across_the_window_counts_once(void **state)
{
	static const char head[] = "a,b\r\n3,\"";

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		OWNED(buf_release) struct buf text = BUF_INIT(8 << 20);
		OWNED(buf_release) struct buf out = BUF_INIT(1 << 20);
		OWNED(input_closep) struct input *in = NULL;
		char *dir = xasprintf("%s/csv_test.XXXXXX",
				      getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
		size_t fill = INPUT_WINDOW_MAX - strlen("3,\"") - shift;

		buf_text(&text, head);
		memset(buf_extend(&text, fill), 'x', fill);
		buf_text(&text, "\r\n5,6\r\n");
		OWNED(freep) char *path = write_file(dir, &text);
		assert_int_equal(input_open(&in, path, NULL), ST_OK);
		dump(&out, in, CSV_DIALECT_DEFAULT);
		assert_string_equal(buf_string(&out),
				    "[a][b] 2!unclosed-quote@1 3[5][6]");
		remove_file(dir, path);
		free(dir);
	}
}

/* Lines that open a quote which closes badly or nowhere: each is told, and the time grows
 * with the file. Were it its square, this would take minutes. */
static void stray_quotes_without_end_take_no_longer(void **state)
{
	static const struct {
		const char *first, *line;
		uint64_t rows, flawed; /* of 300,000 times `line` */
	} files[] = {
		{"", "1,\"x\n", 300000, 300000},
		{"1,\"x\n", "\"\",\"\"\n", 300001, 1},
		{"", "1,\"\"\"x\n\"\",\"\"\n", 600000, 300000},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		OWNED(buf_release) struct buf text = BUF_INIT(8 << 20);
		OWNED(input_closep) struct input *in = NULL;
		OWNED(csv_freep) struct csv *csv = NULL;
		uint64_t rows = 0, flawed = 0;
		struct csv_row row;
		bool end = false;

		buf_format(&text, "a,b\n%s", files[i].first);
		for (int n = 0; n < 300000; n++)
			buf_text(&text, files[i].line);
		assert_int_equal(input_of(&in, buf_view(&text), NULL), ST_OK);
		assert_int_equal(csv_open(&csv, in, CSV_DIALECT_DEFAULT, NULL), ST_OK);
		while (csv_next(csv, &row, &end, NULL) == ST_OK && !end) {
			rows++;
			flawed += row.flaw != CSV_SOUND;
		}
		assert_int_equal(rows, files[i].rows);
		assert_int_equal(flawed, files[i].flawed);
	}
}

/* --- the public cases ------------------------------------------------------------------------ */

static const char *data_dir(void)
{
	const char *path = getenv("DATA");

	return path && *path ? path : "../shared/data";
}

static void same_as_json(const char *csv_path, const json_t *rows)
{
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	struct csv_row row;
	size_t count, at = 0;
	bool end = false;

	assert_int_equal(input_open(&in, csv_path, NULL), ST_OK);
	assert_int_equal(csv_open(&csv, in, CSV_DIALECT_DEFAULT, NULL), ST_OK);
	const struct span *header = csv_header(csv, &count);
	for (;; at++) {
		assert_int_equal(csv_next(csv, &row, &end, NULL), ST_OK);
		if (end)
			break;
		assert_int_equal(row.flaw, CSV_SOUND);
		const json_t *want = json_array_get(rows, at);
		assert_int_equal(json_object_size(want), count);
		for (size_t i = 0; i < count; i++) {
			/* The published answer has another number than the published file. */
			if (span_equal(header[i], SPAN_OF("Contact Phone Number")))
				continue;
			json_t *text = json_object_getn(want, (const char *)header[i].at,
							header[i].len);
			assert_true(span_equal(row.column[i],
					       span_of(json_string_value(text))));
		}
	}
	assert_int_equal(at, json_array_size(rows));
}

static void every_case_of_csv_spectrum_is_read_right(void **state)
{
	static const char *const names[] = {
		"comma_in_quotes", "empty",	    "empty_crlf",
		"escaped_quotes",  "json",	    "location_coordinates",
		"newlines",	   "newlines_crlf", "quotes_and_newlines",
		"simple",	   "simple_crlf",   "utf8",
	};
	OWNED(freep) char *dir = xasprintf("%s/csv-spectrum", data_dir());

	(void)state;
	if (access(dir, R_OK)) {
		print_message("NOT RUN: csv-spectrum, no %s (set DATA)\n", dir);
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		OWNED(freep) char *csv = xasprintf("%s/csvs/%s.csv", dir, names[i]);
		OWNED(freep) char *json = xasprintf("%s/json/%s.json", dir, names[i]);
		json_auto_t *answer = json_load_file(json, 0, NULL);
		json_auto_t *rows = json_is_object(answer) ? json_pack("[O]", answer)
							   : json_incref(answer);

		print_message("  %s\n", names[i]);
		assert_true(json_is_array(rows));
		same_as_json(csv, rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_as_rfc_4180_has_them),
		cmocka_unit_test(a_flawed_row_costs_itself_alone),
		cmocka_unit_test(what_is_no_csv_of_ours_is_named),
		cmocka_unit_test(a_header_has_its_limit),
		cmocka_unit_test(dialects_differ_by_delimiter_and_quotes),
		cmocka_unit_test(rows_that_cross_the_window_are_whole),
		cmocka_unit_test(a_row_beyond_all_bounds_is_skipped),
		cmocka_unit_test(a_line_end_across_the_window_counts_once),
		cmocka_unit_test(stray_quotes_without_end_take_no_longer),
		cmocka_unit_test(every_case_of_csv_spectrum_is_read_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
