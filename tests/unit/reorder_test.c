// uses: stages/publish/reorder.c
#include "reorder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The reorder buffer does not read batches: any bytes do. */
static void put(struct reorder *r, uint64_t first, uint32_t count, size_t bytes)
{
	static uint8_t filler[4096];

	memset(filler, (int)first, sizeof(filler));
	reorder_put(r, (struct span){filler, bytes}, first, count);
}

static void assert_take(struct reorder *r, uint64_t next, uint64_t first)
{
	struct span batch;

	assert_int_equal(reorder_take(r, next, &batch), first != 0);
	if (first != 0)
		assert_int_equal(batch.at[0], first);
}

static void batches_come_out_in_order(void **state)
{
	static const uint64_t orders[][4] = {
		{1, 11, 21, 31}, {31, 21, 11, 1}, {21, 1, 31, 11}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		OWNED(reorder_freep) struct reorder *r = reorder_new(100000);
		for (size_t n = 0; n < 4; n++)
			put(r, orders[i][n], 10, 100);
		assert_int_equal(reorder_bytes(r), 400);
		for (uint64_t next = 1; next <= 31; next += 10)
			assert_take(r, next, next);
		assert_take(r, 41, 0);
		assert_int_equal(reorder_bytes(r), 0);
	}
}

static void what_is_not_there_is_waited_for(void **state)
{
	OWNED(reorder_freep) struct reorder *r = reorder_new(100000);

	(void)state;
	put(r, 11, 10, 100);
	assert_take(r, 1, 0);
	assert_int_equal(reorder_bytes(r), 100); /* kept */
	put(r, 1, 10, 100);
	assert_take(r, 1, 1);
	assert_take(r, 11, 11);
}

static void repeats_take_no_room(void **state)
{
	OWNED(reorder_freep) struct reorder *r = reorder_new(100000);

	(void)state;
	for (int i = 0; i < 10; i++)
		put(r, 11, 10, 100);
	put(r, 11, 5, 50); /* a part of what is there */
	assert_int_equal(reorder_bytes(r), 100);
	put(r, 11, 20, 200); /* more than is there */
	assert_take(r, 25, 11);
}

static void what_lies_behind_is_dropped_and_a_rest_is_found(void **state)
{
	OWNED(reorder_freep) struct reorder *r = reorder_new(100000);

	(void)state;
	put(r, 1, 10, 100);
	put(r, 5, 3, 100);
	put(r, 11, 10, 100);
	assert_take(r, 15, 11); /* 1..10 are done, half of 11..20 too */
	assert_int_equal(reorder_bytes(r), 0);
	put(r, 1, 10, 100);
	assert_take(r, 11, 0);
	assert_int_equal(reorder_bytes(r), 0);
}

static void there_is_always_room_for_the_next_one(void **state)
{
	OWNED(reorder_freep) struct reorder *r = reorder_new(1000);

	(void)state;
	for (uint64_t first = 101; first > 1; first -= 10)
		put(r, first, 10, 300);
	assert_true(reorder_bytes(r) <= 1000);
	assert_take(r, 11, 11); /* the nearest are kept, the farthest let go */
	assert_take(r, 21, 21);
	assert_take(r, 31, 31);
	assert_take(r, 41, 0);
	put(r, 200, 10, 4000); /* larger than all the room, and alone */
	assert_take(r, 200, 200);
	put(r, 210, 10, 900);
	put(r, 200, 10, 900);
	assert_take(r, 200, 200);
	assert_take(r, 210, 0);
}

static void what_was_taken_can_be_put_back(void **state)
{
	OWNED(reorder_freep) struct reorder *r = reorder_new(1000);
	struct span batch;

	(void)state;
	put(r, 1, 10, 100);
	put(r, 11, 10, 100);
	for (uint64_t next = 1; next < 10; next++) {
		assert_true(reorder_take(r, next, &batch));
		assert_int_equal(batch.at[0], 1);
		reorder_put(r, batch, 1, 10);
	}
	reorder_clear(r);
	assert_int_equal(reorder_bytes(r), 0);
	assert_take(r, 11, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batches_come_out_in_order),
		cmocka_unit_test(what_is_not_there_is_waited_for),
		cmocka_unit_test(repeats_take_no_room),
		cmocka_unit_test(what_lies_behind_is_dropped_and_a_rest_is_found),
		cmocka_unit_test(there_is_always_room_for_the_next_one),
		cmocka_unit_test(what_was_taken_can_be_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
