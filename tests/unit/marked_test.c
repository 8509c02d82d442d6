/* marked.h: what is marked is told apart, forgotten behind, and never more than its bound. */
// uses: stages/publish/marked.c
#include "marked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void the_last_mark_of_a_record_holds(void **state)
{
	static struct marked m;

	(void)state;
	assert_int_equal(marked_flags(&m, 7), 0);
	marked_add(&m, 7, 1, 1);
	marked_add(&m, 9, 2, 1);
	marked_add(&m, 7, 4, 1);
	assert_int_equal(marked_flags(&m, 7), 4);
	assert_int_equal(marked_flags(&m, 9), 2);
	assert_int_equal(marked_flags(&m, 8), 0);
	assert_int_equal(m.count, 2);
}

static void what_is_behind_is_forgotten(void **state)
{
	static struct marked m;

	(void)state;
	for (uint64_t seq = 1; seq <= MARKED_MAX; seq++)
		marked_add(&m, seq, 1, 1);
	marked_add(&m, 5000, 1, 1); /* one too many */
	assert_int_equal(m.count, MARKED_MAX);
	assert_int_equal(marked_flags(&m, 5000), 0);
	marked_add(&m, 5000, 1, MARKED_MAX);
	assert_int_equal(m.count, 2);
	assert_int_equal(marked_flags(&m, 5000), 1);
	assert_int_equal(marked_flags(&m, MARKED_MAX), 1);
	assert_int_equal(marked_flags(&m, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_mark_of_a_record_holds),
		cmocka_unit_test(what_is_behind_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
