#include "pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "buf.h"

static void sizes_are_counted_with_repeats_multiplied_out(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		size_t size; /* beyond the bytes of the text */
	} rows[] = {
		{"abc", 0},
		{"a{3}b", 0},	      /* 4 states, 5 bytes */
		{"(?:ab){100}", 189}, /* 200 - 11 */
		{"a.{0,100}b", 392},  /* 402 - 10 */
		{"a.{100,}b", 393},
		{"a[a-z]{0,100}b", 88},
		{"a[^x]{0,100}b", 389},
		{"(?:a{10}b){10}c", 96}, /* 111 - 15 */
		{"a{2}{3}{4}b", 14},	 /* 25 - 11 */
		{"\\p{L}x", 195},
		{"[\\p{L}0]x", 192},
		{"a{,100}b", 0}, /* no repeat: a text */
		{"a\\{100}b", 0},
		{"[{100}]{100}b", 88},
		{"\\Qa{100}\\Eb", 0},
		{"(?#a{100})b", 0},
		{"[]a{100}]b", 0},
		{"[[:alpha:]{9}]b", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t size = 0;
		struct err err = {""};

		assert_int_equal(pattern_check(rows[i].pattern, &size, &err), ST_OK);
		if (size != rows[i].size)
			fail_msg("%s: %zu", rows[i].pattern, size);
	}
}

static void hostile_and_useless_patterns_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *complaint;
	} rows[] = {
		{"(a{1,900}b?){1,900}", "too large"},
		{"((((((a{9}){9}){9}){9}){9}){9}){9}b", "too large"},
		{"a.{0,200}b.{0,200}c", "too large"},
		{"a[^x]{1,300}b", "too large"},
		{"a{99999999999999999999}b", "too large"},
		{"\\p{L}{1,100}x", "too large"},
		{"(?:\\p{L}\\p{N}){5}x", "too large"},
		{".*abc", "begins with"},
		{".+abc", "begins with"},
		{".{0,9}abc", "begins with"},
		{".{3,}abc", "begins with"},
		{".?abc", "begins with"},
		{".*?abc", "begins with"},
		{"[\\s\\S]*abc", "begins with"},
		{"[^x]*abc", "begins with"},
		{"(.*)abc", "begins with"},
		{"(?:.)*abc", "begins with"},
		{"\\b.*abc", "begins with"},
		{"(?i).*abc", "begins with"},
		{"x|.*abc", "begins with"},
		{"(?:x|.*y)abc", "begins with"},
		{"abc.*", "ends with"},
		{"abc.{0,40}", "ends with"},
		{"abc[^>]{0,40}", "ends with"},
		{"abc(?:x|y.*)", "ends with"},
		{"abc.+\\b", "ends with"},
		{".", "nearly any"},
		{"\\w", "nearly any"},
		{"[a-z]+", "nearly any"},
		{"\\b[a-z]{2,}\\b", "nearly any"},
		{"[^x]", "nearly any"},
		{"(?i)[A-Z]", "nearly any"},
		{"x|\\w+", "nearly any"},
		{"(?:fine)?[a-z]", "nearly any"},
		{"^[a-z]", "nearly any"},
		{"\\S\\S?", "nearly any"},
		{"[[:alpha:]]", "nearly any"},
		{"(?x) a b", "not taken"},
		{"(?ix:a b)", "not taken"},
		{"(*UCP)\\w+x", "not taken"},
		{"(?(1)a|b)", "not taken"},
		{"(?R)x", "not taken"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t size;
		struct err err = {""};
		enum status st = pattern_check(rows[i].pattern, &size, &err);

		if (st != ST_ECONFIG || !strstr(err.text, rows[i].complaint))
			fail_msg("%s: %s: %s", rows[i].pattern, status_name(st),
				 err.text);
	}
}

static void what_people_write_is_taken(void **state)
{
	(void)state;
	static const char *const patterns[] = {
		"a",
		"é",
		"[éè]",
		"[0-9]{2,}",
		"[!?]{3,}",
		"^.$",
		"^[a-z]{1,3}$",
		"^.{0,20}abc",
		"abc.{0,20}$",
		"a.*b",
		"https?://[a-z.]+(?:/[^ <>]{0,200})?",
		"#[^\\s]*",
		"[a-z]{15,}",
		"[A-Z]{5,}",
		"\\d",
		"\\bcon\\b",
		"<[a-z]+ [^>]{0,80}\\bon(?:error|load) ?=",
		"(?:^|[^0-9a-z.,-])0[1-9](?:[ .-]?[0-9]{2}){4}(?:[^0-9]|$)",
		"[a-z0-9._%+-]+@[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,}",
		"(?P<name>a)(?'other'b)(?<third>c)",
		"x\\x{1F600}y",
	};

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		size_t size;
		struct err err = {""};

		if (pattern_check(patterns[i], &size, &err))
			fail_msg("%s: %s", patterns[i], err.text);
	}
}

static void what_does_not_parse_is_left_to_the_library(void **state)
{
	(void)state;
	static const char *const patterns[] = {"(",    ")",   "a)",   "[a",  "a\\",
					       "(?<n", "(?#", "[a\\", "(a|b"};
	size_t size;

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		if (pattern_check(patterns[i], &size, NULL) != ST_EMALFORMED)
			fail_msg("%s", patterns[i]);
	/* An empty match, too. */
	assert_int_equal(pattern_check(".*", &size, NULL), ST_OK);
	assert_int_equal(pattern_check("", &size, NULL), ST_OK);
}

static void groups_go_so_deep_and_no_deeper(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf pattern = BUF_INIT(4096);
	struct err err = {""};
	size_t size;

	for (int depth = PATTERN_DEPTH_MAX; depth <= PATTERN_DEPTH_MAX + 1; depth++) {
		buf_clear(&pattern);
		for (int i = 0; i < depth; i++)
			buf_char(&pattern, '(');
		buf_char(&pattern, 'a');
		for (int i = 0; i < depth; i++)
			buf_char(&pattern, ')');
		enum status st = pattern_check(buf_string(&pattern), &size, &err);
		assert_int_equal(st, depth == PATTERN_DEPTH_MAX ? ST_OK : ST_ECONFIG);
	}
	assert_non_null(strstr(err.text, "groups within groups"));
	/* As many as fit: recursion ends where it must. */
	buf_clear(&pattern);
	while (!pattern.full)
		buf_char(&pattern, '(');
	assert_int_equal(pattern_check(buf_string(&pattern), &size, &err), ST_ECONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_counted_with_repeats_multiplied_out),
		cmocka_unit_test(hostile_and_useless_patterns_are_refused),
		cmocka_unit_test(what_people_write_is_taken),
		cmocka_unit_test(what_does_not_parse_is_left_to_the_library),
		cmocka_unit_test(groups_go_so_deep_and_no_deeper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
