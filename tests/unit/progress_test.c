/* The line of the progress bar, without a terminal. */
#include "progress.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_line_says_how_far_and_how_fast(void **state)
{
	static const struct {
		uint64_t total, done;
		int64_t elapsed_ms;
		int columns;
		const char *line;
	} rows[] = {
		{0, 0, 0, 80, "import 0 (0/s)"},
		{0, 500, 250, 80, "import 500 (2000/s)"},
		{100, 0, 0, 74, "import [--------------------]   0 % 0 of 100 (0/s)"},
		{100, 50, 1000, 74,
		 "import [##########----------]  50 % 50 of 100 (50/s)"},
		{100, 100, 1000, 74,
		 "import [####################] 100 % 100 of 100 (100/s)"},
		{100, 120, 1000, 74,
		 "import [####################] 100 % 120 of 100 (120/s)"},
		{3, 1, 1000, 40, "import []  33 % 1 of 3 (1/s)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct progress p = {.what = "import", .total = rows[i].total};
		char line[PROGRESS_BYTES];

		assert_string_equal(progress_format(line, &p, rows[i].done,
						    rows[i].elapsed_ms, rows[i].columns),
				    rows[i].line);
	}
}

static void nothing_is_drawn_where_nobody_watches(void **state)
{
	struct progress p;

	(void)state;
	progress_begin(&p, "import", 10);
	p.shown = false;
	progress_at(&p, 5);
	assert_false(p.dirty);
	progress_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_says_how_far_and_how_fast),
		cmocka_unit_test(nothing_is_drawn_where_nobody_watches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
