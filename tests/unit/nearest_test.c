#include "nearest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void edits_are_counted(void **state)
{
	char long_name[NEAREST_BYTES_MAX + 2];

	(void)state;
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(nearest_distance("", ""), 0);
	assert_int_equal(nearest_distance("abc", ""), 3);
	assert_int_equal(nearest_distance("kitten", "sitting"), 3);
	assert_int_equal(nearest_distance("ab", "ba"), 1);
	assert_int_equal(nearest_distance("abcd", "acbd"), 1);
	assert_int_equal(nearest_distance(long_name, "a"), NEAREST_BYTES_MAX + 1);
}

static void a_name_is_near_within_a_third(void **state)
{
	static const char *const known[] = {"window_bytes", "keep", "id", "idle", NULL};
	static const struct {
		const char *wrong, *near;
	} rows[] = {
		{"windo_bytes", "window_bytes"},
		{"widnow_byte", "window_bytes"},
		{"wnd_bytes", "window_bytes"},
		{"bytes", NULL},
		{"kep", "keep"},
		{"kp", NULL},
		{"di", "id"},
		{"ide", "id"}, /* the first of equals */
		{"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *near = nearest_name(rows[i].wrong, known);

		if (rows[i].near)
			assert_string_equal(near ? near : "none", rows[i].near);
		else
			assert_null(near);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_are_counted),
		cmocka_unit_test(a_name_is_near_within_a_third),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
