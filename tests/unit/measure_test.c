#include "measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void texts_are_counted(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct measure m;
		uint32_t percent;
	} rows[] = {
		{"", {0, 0, 0}, 0},
		{"123 !?", {6, 0, 0}, 0},
		{"Abc", {3, 3, 1}, 33},
		{"[@`{", {4, 0, 0}, 0},
		{"ÉTÉ à Œuvre", {11, 9, 4}, 44},
		{"ПРИВЕТ мир", {10, 9, 6}, 66},
		{"ΑΒγ", {3, 3, 2}, 66},
		{"好的", {2, 2, 0}, 0},
		{"😍×÷", {3, 0, 0}, 0},
		{"A LONGER TEXT THAN ONE BLOCK OF BYTES, é", {40, 31, 30}, 96},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct measure m = measure_text(span_of(rows[i].text));

		if (memcmp(&m, &rows[i].m, sizeof(m)) != 0)
			fail_msg("%s: %u %u %u", rows[i].text, m.chars, m.letters,
				 m.capitals);
		assert_int_equal(measure_capitals_percent(&m), rows[i].percent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(texts_are_counted)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
