#include "clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void reads_date_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:00.001Z", 1},
		{"1970-01-01 00:00Z", 0},
		{"1969-12-31T23:59:59.999Z", -1},
		{"2000-02-29T12:00:00Z", INT64_C(951825600000)},
		{"2026-11-21T19:25:00.000Z", INT64_C(1795289100000)},
		{"2026-11-21T21:25:00+02:00", INT64_C(1795289100000)},
		{"2026-11-21T13:55:00-05:30", INT64_C(1795289100000)},
		{"2026-11-21T19:25:00.1239999Z", INT64_C(1795289100123)},
		{"2026-11-21T19:25:00.123456789Z", INT64_C(1795289100123)},
		{"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
		{"0000-03-01T00:00:00Z", INT64_C(-62162035200000)},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t ms;
		assert_true(clock_parse(&ms, span_of(rows[i].text)));
		assert_int_equal(ms, rows[i].ms);
	}
}

static void refuses_what_is_no_date_time(void **state)
{
	static const char *const rows[] = {
		"",
		"2026",
		"2026-11-21",
		"2026-11-21T",
		"2026-11-21T19",
		"2026-11-21T19:25",
		"2026-11-21T19:25:00",
		"2026-11-21T19:25:00.Z",
		"2026-11-21T19:25:0Z",
		"2026-11-21T24:00:00Z",
		"2026-11-21T19:60:00Z",
		"2026-11-21T19:25:60Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-11-31T00:00:00Z",
		"2026-11-00T00:00:00Z",
		"2025-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"2026-11-21T19:25:00+24:00",
		"2026-11-21T19:25:00+02:60",
		"2026-11-21T19:25:00+0200",
		"2026-11-21T19:25:00+2:00",
		"2026-11-21T19:25:00ZZ",
		"2026-11-21T19:25:00Z ",
		" 2026-11-21T19:25:00Z",
		"2026-11-21  19:25:00Z",
		"2026-11-21t19:25:00Z",
		"+026-11-21T19:25:00Z",
		"2026-11-21T19:25:00.1234567890Z",
		"20261121T192500Z",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (clock_parse(&ms, span_of(rows[i])))
			fail_msg("'%s' was taken", rows[i]);
	}
	/* Every cut of a good one. */
	const struct span good = SPAN_OF("2026-11-21T19:25:00.5+02:00");
	for (size_t len = 0; len < good.len; len++)
		assert_false(clock_parse(&ms, (struct span){good.at, len}));
}

static void knows_leap_years(void **state)
{
	static const struct {
		const char *text;
		bool real;
	} rows[] = {{"2024-02-29", true},  {"2023-02-29", false},  {"2000-02-29", true},
		    {"1900-02-29", false}, {"2100-02-29", false},  {"2400-02-29", true},
		    {"2024-02-30", false}, {"2024-04-31", false},  {"2024-12-31", true},
		    {"2024-1-01", false},  {"2024-01-01 ", false}, {"", false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int32_t days;
		assert_int_equal(clock_parse_date(&days, span_of(rows[i].text)),
				 rows[i].real);
	}
}

/* Against the C library, every day of eight centuries. */
static void days_are_those_of_the_calendar(void **state)
{
	char text[CLOCK_TEXT_BYTES], expected[CLOCK_TEXT_BYTES];

	(void)state;
	for (int32_t days = -150000; days < 150000; days++) {
		time_t at = (time_t)days * 86400;
		struct tm tm;
		int32_t back;
		gmtime_r(&at, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%d", &tm);
		assert_string_equal(clock_format_date(text, days), expected);
		assert_true(clock_parse_date(&back, span_of(text)));
		assert_int_equal(back, days);
	}
}

static void what_is_written_is_read_back(void **state)
{
	static const int64_t rows[] = {0,
				       -1,
				       1,
				       86399999,
				       -86400001,
				       INT64_C(1795289100123),
				       INT64_C(253402300799999),
				       INT64_C(-62167219200000)};
	char text[CLOCK_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t back;
		assert_true(clock_parse(&back, span_of(clock_format(text, rows[i]))));
		assert_int_equal(back, rows[i]);
	}
	assert_string_equal(clock_format(text, -1), "1969-12-31T23:59:59.999Z");
	assert_string_equal(clock_format(text, -86400000), "1969-12-31T00:00:00.000Z");
	/* Bytes off the wire can say so. */
	assert_string_equal(clock_format(text, INT64_MAX),
			    "292278994-08-17T07:12:55.807Z");
	assert_string_equal(clock_format(text, INT64_MIN),
			    "-292275055-05-16T16:47:04.192Z");
	assert_string_equal(clock_format_date(text, INT32_MAX), "5881580-07-11");
	assert_string_equal(clock_format_date(text, INT32_MIN), "-5877641-06-23");
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
	int64_t before = clock_mono_ns();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono_ns();
		assert_true(now >= before);
		before = now;
	}
	assert_true(clock_mono_ms() >= before / 1000000);
	assert_true(clock_utc_ms() > INT64_C(1700000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_date_times),
		cmocka_unit_test(refuses_what_is_no_date_time),
		cmocka_unit_test(knows_leap_years),
		cmocka_unit_test(days_are_those_of_the_calendar),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(the_monotonic_clock_does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
