#include "criticism_shipped.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "file.h"

#define PATH	   "rules/controls/criticism.yaml"
#define FILE_BYTES (1 << 20)

static const char reasons_text[] = "version: 1\nlawful: []\nconditional: []\nunlawful:\n"
				   "  - {code: U-NEG, behaviour: b, breaks: [EU-04]}\n";

static void put_file(struct buf *pack, const char *path, const char *text)
{
	buf_format(pack, "file %s %zu\n%s\n", path, strlen(text), text);
}

/* The shipped file, with the first `from` in it replaced; `beside` (may be NULL) is another. */
static void check(struct buf *said, const char *from, const char *to, const char *beside)
{
	OWNED(buf_release) struct buf shipped = BUF_INIT(FILE_BYTES);
	OWNED(buf_release) struct buf edited = BUF_INIT(FILE_BYTES);
	OWNED(buf_release) struct buf pack = BUF_INIT(4 * FILE_BYTES);
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(reasons_freep) struct reasons *reasons = NULL;

	assert_int_equal(reasons_load(&reasons, "r", SPAN_OF(reasons_text), NULL), ST_OK);
	assert_int_equal(file_read(&shipped, PATH, NULL), ST_OK);
	const char *all = buf_string(&shipped), *at = strstr(all, from);
	assert_non_null(at);
	buf_format(&edited, "%.*s%s%s", (int)(at - all), all, to, at + strlen(from));
	buf_text(&pack, "normavis-pack 1\n");
	if (beside)
		put_file(&pack, "rules/controls/criticism-more.yaml", beside);
	put_file(&pack, PATH, buf_string(&edited));
	criticism_shipped_check(buf_view(&pack), reasons, &report);
	assert_true(report.count <= 1);
	buf_clear(said);
	conf_report_format(&report, said);
}

#define FIRST "  - text: \"Nul.\"\n    language: fr\n"
#define OTHER "  - text: \"Autre.\"\n    language: fr\n"
#define MORE(rest)                                                                           \
	"owner: o\nreview_by: 2030-01-01\ncontrols:\n  - {text: Z, language: fr, why: {en: " \
	"x, fr: x}}\n" rest

static void what_was_shipped_is_added_to_and_never_taken_from(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *beside, *complaint;
	} rows[] = {
		{FIRST, FIRST, NULL, NULL},
		{FIRST, FIRST, MORE(""), NULL},
		{FIRST, OTHER, NULL, PATH ":1:1: 1 of the "},
		{FIRST, OTHER, NULL,
		 "shipped sentences are missing or changed, the first of them (fr): "
		 "\"Nul.\": others may be added, none taken away (U-NEG; EU-04)"},
		{FIRST, "  - text: \"Nul.\"\n    language: en\n", NULL, "\"Nul.\""},
		{FIRST, FIRST "    praise: \"Nul.\"\n", NULL, "\"Nul.\""},
		/* It may stand in another file. */
		{FIRST, OTHER,
		 MORE("  - {text: Nul., language: fr, why: {en: x, fr: x}}\n"), NULL},
		{"\npraise:", "\npraise:\n  - {text: y, language: fr}", NULL, NULL},
	};
	OWNED(buf_release) struct buf said = BUF_INIT(FILE_BYTES);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		check(&said, rows[i].from, rows[i].to, rows[i].beside);
		if (rows[i].complaint
			    ? strstr(buf_string(&said), rows[i].complaint) == NULL
			    : said.len > 0)
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

static void an_emptied_file_is_told_how_much_it_lacks(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf pack = BUF_INIT(FILE_BYTES);
	OWNED(buf_release) struct buf said = BUF_INIT(FILE_BYTES);
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(reasons_freep) struct reasons *reasons = NULL;
	size_t lacking = 0, shipped = 1;

	assert_int_equal(reasons_load(&reasons, "r", SPAN_OF(reasons_text), NULL), ST_OK);
	buf_text(&pack, "normavis-pack 1\n");
	put_file(&pack, PATH, MORE("praise:\n  - {text: yyy, language: fr}\n"));
	criticism_shipped_check(buf_view(&pack), reasons, &report);
	assert_int_equal(report.count, 1);
	conf_report_format(&report, &said);
	assert_int_equal(sscanf(buf_string(&said), PATH ":1:1: %zu of the %zu", &lacking,
				&shipped),
			 2);
	assert_int_equal(lacking, shipped);
	assert_true(lacking > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_shipped_is_added_to_and_never_taken_from),
		cmocka_unit_test(an_emptied_file_is_told_how_much_it_lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
