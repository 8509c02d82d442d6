/* A table with a row of every type: values, defaults, and where complaints point. */
#include "conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"

enum colour { RED, GREEN };

struct sample {
	int64_t count, bytes, kib, ms, seconds;
	bool yes;
	char *text, *path;
	enum colour colour;
	double ratio;
	mode_t mode;
};

static const char *const colours[] = {"red", "green", NULL};

static enum status check_lower(const char *text, struct err *err)
{
	for (; *text; text++)
		if (*text < 'a' || *text > 'z')
			return err_set(err, ST_EMALFORMED, "no lower case");
	return ST_OK;
}

#define ROW(name, member) CONF(name, struct sample, member)
static const struct conf_row sample_rows[] = {
	{ROW("count", count), .type = CONF_INT, .unit = "things", .value = "3", .min = -5,
	 .max = 10},
	{ROW("bytes", bytes), .type = CONF_BYTES, .unit = "B", .value = "1MiB",
	 .max = 1 << 30},
	{ROW("kib", kib), .type = CONF_BYTES, .unit = "KiB", .value = "64MiB",
	 .max = 1 << 20},
	{ROW("ms", ms), .type = CONF_DURATION, .unit = "ms", .value = "1s",
	 .max = 604800000},
	{ROW("seconds", seconds), .type = CONF_DURATION, .unit = "s", .value = "1min",
	 .max = 3600},
	{ROW("yes", yes), .type = CONF_BOOL, .value = "true"},
	{ROW("text", text), .type = CONF_TEXT, .value = "abc", .check = check_lower},
	{ROW("path", path), .type = CONF_PATH, .value = "here"},
	{ROW("colour", colour), .type = CONF_ENUM, .value = "green", .choices = colours},
	{ROW("ratio", ratio), .type = CONF_RATIO, .value = "0.8"},
	{ROW("mode", mode), .type = CONF_MODE, .value = "0600"},
	CONF_END,
};
#undef ROW
static const struct conf_table sample_table = {"sample", "", sample_rows, 0};

/* Binds `text`, whose root is the section; complaints go to `ret`. */
static void bind_text(const char *text, struct sample *target, struct buf *ret)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	OWNED(conf_report_release) struct conf_report report = {0};
	struct conf_place places[ARRAY_LEN(sample_rows)];
	struct err err = {""};

	assert_int_equal(yaml_parse(&doc, "f", span_of(text), &err), ST_OK);
	conf_bind(&(struct conf_source){doc, "/base", &report}, &sample_table,
		  yaml_root(doc), target, places);
	conf_report_format(&report, ret);
}

static void defaults_are_what_the_table_says(void **state)
{
	OWNED(buf_release) struct buf said = BUF_INIT(1000);
	struct sample s = {0};

	(void)state;
	bind_text("{}", &s, &said);
	assert_string_equal(buf_string(&said), "");
	assert_int_equal(s.count, 3);
	assert_int_equal(s.bytes, 1048576);
	assert_int_equal(s.kib, 65536);
	assert_int_equal(s.ms, 1000);
	assert_int_equal(s.seconds, 60);
	assert_true(s.yes);
	assert_string_equal(s.text, "abc");
	assert_string_equal(s.path, "/base/here");
	assert_int_equal(s.colour, GREEN);
	assert_true(s.ratio > 0.79 && s.ratio < 0.81);
	assert_int_equal(s.mode, 0600);
	conf_unbind(&sample_table, &s);
	assert_null(s.text);
}

static void values_replace_defaults(void **state)
{
	OWNED(buf_release) struct buf said = BUF_INIT(1000);
	struct sample s = {0};

	(void)state;
	bind_text("count: -5\nbytes: 512\nkib: 2MiB\nms: 7d\nseconds: 90\nyes: false\n"
		  "text: \"x\"\npath: /else\ncolour: red\nratio: 0.25\nmode: 0660\n",
		  &s, &said);
	assert_string_equal(buf_string(&said), "");
	assert_int_equal(s.count, -5);
	assert_int_equal(s.bytes, 512);
	assert_int_equal(s.kib, 2048);
	assert_int_equal(s.ms, 604800000);
	assert_int_equal(s.seconds, 90);
	assert_false(s.yes);
	assert_string_equal(s.text, "x");
	assert_string_equal(s.path, "/else");
	assert_int_equal(s.colour, RED);
	assert_true(s.ratio > 0.249 && s.ratio < 0.251);
	assert_int_equal(s.mode, 0660);
	conf_unbind(&sample_table, &s);
}

static void every_wrong_value_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text, *complaint;
	} rows[] = {
		{"count: many", "f:1:8: count: expected a whole number\n"},
		{"count: '3'", "f:1:8: count: expected a number without quotes\n"},
		{"count: 11", "f:1:8: count: 11 is not in -5..10\n"},
		{"count: 3s", "f:1:8: count: expected a whole number\n"},
		{"count: 03", "f:1:8: count: expected a whole number\n"},
		{"count: 9999999999999999999",
		 "f:1:8: count: 9999999999999999999 is too large a number\n"},
		{"count:", "f:1:7: count: expected a value, found nothing\n"},
		{"count: [1]", "f:1:8: count: expected one value, found a list\n"},
		{"count: {a: 1}", "f:1:8: count: expected one value, found a mapping\n"},
		{"bytes: 8MB", "f:1:8: bytes: expected a size such as 64KiB or 8MiB\n"},
		{"bytes: 8 MiB", "f:1:8: bytes: expected a size such as 64KiB or 8MiB\n"},
		{"bytes: 1.5MiB",
		 "f:1:8: bytes: expected a size such as 64KiB or 8MiB\n"},
		{"bytes: 2GiB", "f:1:8: bytes: 2GiB is not in 0..1GiB\n"},
		{"bytes: -1", "f:1:8: bytes: -1 is not in 0..1GiB\n"},
		{"bytes: 9999999999GiB",
		 "f:1:8: bytes: 9999999999GiB is too large a number\n"},
		{"kib: 1500B", "f:1:6: kib: 1500B is no whole number of KiB\n"},
		{"ms: 10 minutes",
		 "f:1:5: ms: expected a duration such as 500ms, 10s, 5min, 24h or 7d\n"},
		{"ms: 8d", "f:1:5: ms: 8d is not in 0..7d\n"},
		{"seconds: 500ms", "f:1:10: seconds: 500ms is no whole number of s\n"},
		{"seconds: 2h", "f:1:10: seconds: 2h is not in 0..1h\n"},
		{"yes: yes", "f:1:6: yes: expected true or false\n"},
		{"yes: 'true'", "f:1:6: yes: expected true or false\n"},
		{"text: ABC", "f:1:7: text: no lower case\n"},
		{"text: ''", "f:1:7: text: expected a text, found an empty one\n"},
		{"path: ''", "f:1:7: path: expected a path\n"},
		{"colour: blue", "f:1:9: colour: 'blue' is none of red, green\n"},
		{"ratio: 1.5", "f:1:8: ratio: 1.5 is not in 0..1\n"},
		{"ratio: -0.5", "f:1:8: ratio: expected a ratio such as 0.85\n"},
		{"ratio: 1e-3", "f:1:8: ratio: expected a ratio such as 0.85\n"},
		{"ratio: 0.5.5", "f:1:8: ratio: expected a ratio such as 0.85\n"},
		{"mode: 660", "f:1:7: mode: expected an octal mode such as 0660\n"},
		{"mode: 0688", "f:1:7: mode: expected an octal mode such as 0660\n"},
		{"mode: 0666",
		 "f:1:7: mode: mode 0666: the owner reads and writes, others have nothing, nobody executes\n"},
		{"mode: 0770",
		 "f:1:7: mode: mode 0770: the owner reads and writes, others have nothing, nobody executes\n"},
		{"mode: 0060",
		 "f:1:7: mode: mode 0060: the owner reads and writes, others have nothing, nobody executes\n"},
		{"coutn: 3",
		 "f:1:1: unknown option 'coutn' in sample, did you mean 'count'?\n"},
		{"elsewhere: 3", "f:1:1: unknown option 'elsewhere' in sample\n"},
		{"\"a\\nb\": 3", "f:1:1: unknown option 'a?b' in sample\n"},
		{"- count", "f:1:1: sample: expected a mapping of options\n"},
		{"mode: 1\ncount: x\nratios: 1\n",
		 "f:1:7: mode: expected an octal mode such as 0660\n"
		 "f:2:8: count: expected a whole number\n"
		 "f:3:1: unknown option 'ratios' in sample, did you mean 'ratio'?\n"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf said = BUF_INIT(4000);
		struct sample s = {0};

		bind_text(rows[i].text, &s, &said);
		assert_string_equal(buf_string(&said), rows[i].complaint);
		assert_int_equal(s.count, 3); /* a refused value leaves the default */
		assert_string_equal(s.text, "abc");
		conf_unbind(&sample_table, &s);
	}
}

static void quantities_are_written_short(void **state)
{
	static const struct {
		size_t row;
		int64_t value;
		const char *text;
	} rows[] = {
		{0, 1024, "1024"},   {1, 0, "0"},	{1, 1023, "1023B"},
		{1, 1536, "1536B"},  {1, 2048, "2KiB"}, {2, 1024, "1MiB"},
		{3, 1500, "1500ms"}, {3, 90000, "90s"}, {3, 3600000, "1h"},
		{4, 86400, "1d"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[CONF_QUANTITY_BYTES];
		int64_t back;

		conf_quantity_format(&sample_rows[rows[i].row], rows[i].value, text);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(
			conf_quantity_parse(&sample_rows[rows[i].row], text, &back, NULL),
			ST_OK);
		assert_int_equal(back, rows[i].value);
	}
}

static void complaints_stand_in_the_order_of_lines(void **state)
{
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(buf_release) struct buf said = BUF_INIT(100000);
	struct err err;

	(void)state;
	assert_int_equal(conf_report_first(&report, &err), ST_OK);
	conf_complain(&report, "a", (struct conf_place){5, 1, true}, "fifth");
	conf_complain(&report, "a", (struct conf_place){2, 9, true}, "second, later");
	conf_complain(&report, "a", (struct conf_place){2, 3, true}, "second");
	conf_complain(&report, "b", (struct conf_place){1, 1, true}, "other file");
	conf_report_format(&report, &said);
	assert_string_equal(
		buf_string(&said),
		"a:2:3: second\na:2:9: second, later\na:5:1: fifth\nb:1:1: other file\n");
	assert_int_equal(conf_report_first(&report, &err), ST_ECONFIG);
	assert_string_equal(err.text, "a:2:3: second");
	for (int i = 0; i < CONF_COMPLAINTS_MAX; i++)
		conf_complain(&report, "c", (struct conf_place){1, 1, true}, "more");
	assert_int_equal(report.count, CONF_COMPLAINTS_MAX);
	assert_int_equal(report.left_out, 4);
	buf_clear(&said);
	conf_report_format(&report, &said);
	assert_non_null(strstr(buf_string(&said), "\nand 4 more\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_what_the_table_says),
		cmocka_unit_test(values_replace_defaults),
		cmocka_unit_test(every_wrong_value_is_told_with_its_place),
		cmocka_unit_test(quantities_are_written_short),
		cmocka_unit_test(complaints_stand_in_the_order_of_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
