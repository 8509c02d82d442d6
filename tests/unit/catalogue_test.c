/* catalogue.h: the closed list, and what of a file breaks it. */
#include "catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "file.h"

#define REASONS "rules/reasons.yaml"

/* The shipped file with its first `from` replaced. The test runs at the root of the tree. */
static void check_edited(struct buf *ret, const char *from, const char *to)
{
	OWNED(buf_release) struct buf text = BUF_INIT(YAML_BYTES_MAX);
	OWNED(buf_release) struct buf edited = BUF_INIT(YAML_BYTES_MAX);
	OWNED(conf_report_release) struct conf_report report = {0};

	assert_int_equal(file_read(&text, REASONS, NULL), ST_OK);
	const char *all = buf_string(&text), *at = strstr(all, from);
	assert_non_null(at);
	buf_bytes(&edited, all, (size_t)(at - all));
	buf_format(&edited, "%s%s", to, at + strlen(from));
	catalogue_check("r.yaml", buf_view(&edited), &report);
	buf_clear(ret);
	conf_report_format(&report, ret);
}

static void the_shipped_file_keeps_to_it(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	check_edited(&said, "version: 1", "version: 1");
	assert_string_equal(buf_string(&said), "");
}

static void what_breaks_it_is_named_with_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *complaint;
	} rows[] = {
		{"code: L-SPAM", "code: L-SPAMM",
		 ": no reason in the closed catalogue 'L-SPAMM', did you mean 'L-SPAM'?"},
		{"code: L-SPAM", "code: L-MOOD",
		 ": no reason in the closed catalogue 'L-MOOD'"},
		{"code: C-OLD", "code: L-OLD",
		 "no reason in the closed catalogue 'L-OLD'"},
		{"code: U-NEG", "code: U-NEGATIVE",
		 ": 'U-NEG' is missing: what is unlawful is not left to choose"},
		{"code: U-NEG", "code: U-NEGATIVE",
		 ": no unlawful code in the catalogue 'U-NEGATIVE'"},
		{"en: No genuine experience", "en: \" \"",
		 "r.yaml:22:17: 'en' has no word"},
		{"fr: Faux avis établi", "fr: \"\"", "r.yaml:22:44: 'fr' has no word"},
		{"CATEGORY_VIOLENCE", "CATEGORY_VIOLENSE",
		 ": no category of the DSA Transparency Database "
		 "'STATEMENT_CATEGORY_VIOLENSE', did you mean "
		 "'STATEMENT_CATEGORY_VIOLENCE'?"},
		{"KEYWORD_DEFAMATION", "KEYWORD_DEFAMATIONN",
		 "for reviews 'KEYWORD_DEFAMATIONN', did you mean 'KEYWORD_DEFAMATION'?"},
		{"ground: illegal", "ground: unlawful",
		 "no ground of the DSA 'unlawful'"},
		{"category: STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "",
		 "'category' is missing: each code has one (DSA-39)"},
		{"seen_in: [FTC, IS]", "seen_in: [ZZ-99]",
		 "no source of requirements 'ZZ'"},
		{"seen_in: [ISO-32]", "seen_in: [ISO-99]", "no requirement 'ISO-99'"},
		{"seen_in: [ISO-32]", "seen_in: []", "'seen_in' says where"},
		{"breaks: [UK-21]", "breaks: [UK-99]", "no requirement 'UK-99'"},
	};
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		check_edited(&said, rows[i].from, rows[i].to);
		if (!strstr(buf_string(&said), rows[i].complaint))
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

static void every_unlawful_code_is_asked_for(void **state)
{
	(void)state;
	OWNED(conf_report_release) struct conf_report report = {0};

	catalogue_check("r.yaml", SPAN_OF("unlawful: []\n"), &report);
	assert_int_equal(report.count, 20);
	assert_string_equal(report.at[0].text,
			    "'U-NEG' is missing: what is unlawful is not left to choose");
	assert_int_equal(report.at[0].column, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_file_keeps_to_it),
		cmocka_unit_test(what_breaks_it_is_named_with_its_place),
		cmocka_unit_test(every_unlawful_code_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
