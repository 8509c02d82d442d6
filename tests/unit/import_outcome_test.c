/* import_outcome.h: the seqs of an import, kept as ranges. */
// uses: stages/normavis/import_outcome.c
#include "import_outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void neighbours_are_one_range(void **state)
{
	static const uint64_t seqs[] = {5, 6, 7, 9, 10, 8, 20};
	static const struct outcome_range ranges[] = {{5, 7}, {9, 10}, {8, 8}, {20, 20}};
	OWNED(outcome_ranges_release) struct outcome_ranges r = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(seqs); i++)
		outcome_ranges_add(&r, seqs[i]);
	assert_int_equal(r.records, ARRAY_LEN(seqs));
	assert_int_equal(r.count, ARRAY_LEN(ranges));
	assert_memory_equal(r.range, ranges, sizeof(ranges));
	assert_false(r.approximate);
}

static void beyond_the_bound_ranges_are_joined_and_said_to_be(void **state)
{
	OWNED(outcome_ranges_release) struct outcome_ranges r = {0};

	(void)state;
	for (uint64_t i = 1; i <= OUTCOME_RANGES_MAX; i++)
		outcome_ranges_add(&r, 2 * i);
	assert_false(r.approximate);
	outcome_ranges_add(&r, 3 * (uint64_t)OUTCOME_RANGES_MAX);
	assert_true(r.approximate);
	assert_int_equal(r.count, OUTCOME_RANGES_MAX);
	assert_int_equal(r.range[OUTCOME_RANGES_MAX - 1].first, 2 * OUTCOME_RANGES_MAX);
	assert_int_equal(r.range[OUTCOME_RANGES_MAX - 1].last, 3 * OUTCOME_RANGES_MAX);
	assert_int_equal(r.records, OUTCOME_RANGES_MAX + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_are_one_range),
		cmocka_unit_test(beyond_the_bound_ranges_are_joined_and_said_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
