// uses: stages/dedup/slots.c stages/dedup/mapped.c tests/lib/scratch.c
#include "slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "scratch.h"

#define LINE_BYTES 64
#define FOUND	   4096
#define KEYS_MAX   20000

static const struct mapped_kind kind = {.name = "slots   ", .parameters = 5};

static uint64_t next_random(uint64_t *at)
{
	uint64_t x = *at += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

static uint64_t key_of(unsigned band, uint64_t number)
{
	uint64_t at = number * 32 + band;

	return next_random(&at);
}

static struct slots *open_slots(const char *path, enum mapped_state expected,
				unsigned bands, uint64_t numbers)
{
	struct slots *s = NULL;
	enum mapped_state state;

	assert_int_equal(slots_open(&s, &state, path, &kind, bands, numbers, NULL),
			 ST_OK);
	assert_int_equal(state, expected);
	return s;
}

static bool finds(const struct slots *s, unsigned band, uint64_t key, uint32_t number,
		  size_t *ret_count)
{
	uint32_t found[FOUND];
	size_t count = 0;

	slots_prefetch(s, band, key);
	assert_true(slots_find(s, band, key, found, FOUND, &count));
	*ret_count = count;
	for (size_t i = 0; i < count; i++)
		if (found[i] == number)
			return true;
	return false;
}

/* As many as it promises to hold, one key in each band. */
static uint64_t fill_up(struct slots *s, unsigned bands)
{
	uint64_t n = 0;

	for (; slots_hold(s, n + 1, n + 1); n++)
		for (unsigned b = 0; b < bands; b++)
			assert_true(slots_put(s, b, key_of(b, n), (uint32_t)n));
	return n;
}

static void assert_full(const struct slots *s, unsigned bands, uint64_t n)
{
	uint64_t strangers = 0, most = 0;

	for (uint64_t i = 0; i < n; i++)
		for (unsigned b = 0; b < bands; b++) {
			size_t count;
			assert_true(finds(s, b, key_of(b, i), (uint32_t)i, &count));
			strangers += count - 1;
			(void)finds(s, b, key_of(b, i + n), 0, &count);
			strangers += count;
			most = MAX(most, count);
		}
	/* A slot has as many bits of the key as a number of n leaves free: nearly all. */
	assert_true(strangers < n * bands / 50);
	assert_true(most <= 4);
}

static void a_full_table_finds_everything(void **state)
{
	static const struct {
		unsigned bands;
		uint64_t numbers, least;
	} rows[] = {{1, 1, 65536}, {1, 90000, 90000}, {3, 70000, 70000}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *path = xasprintf("%s/%zu", scratch_dir, i);
		struct slots *s =
			open_slots(path, MAPPED_NEW, rows[i].bands, rows[i].numbers);
		uint64_t n = fill_up(s, rows[i].bands);
		assert_in_range(n, rows[i].least, rows[i].least * 105 / 100 + 60);
		assert_full(s, rows[i].bands, n);
		mapped_cover(slots_file(s), 1, n);
		slots_close(s);
		s = open_slots(path, MAPPED_WARM, rows[i].bands, rows[i].numbers);
		assert_full(s, rows[i].bands, n);
		slots_close(s);
	}
}

/* All with one key, so that they run over into the next lines; and from the last line into
 * the first. */
static void a_full_line_runs_over_into_the_next(void **state)
{
	static const uint64_t keys[] = {UINT64_C(0x8000000000000000), UINT64_MAX, 0};
	uint32_t found[FOUND];

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
		OWNED(freep) char *path = xasprintf("%s/%zu", scratch_dir, k);
		OWNED(slots_closep) struct slots *s = open_slots(path, MAPPED_NEW, 2, 1);
		for (uint32_t n = 0; n < 200; n++) {
			size_t count = 0;
			assert_true(slots_put(s, 1, keys[k], n));
			assert_true(slots_put(s, 1, keys[k], n / 2)); /* again */
			assert_true(slots_find(s, 1, keys[k], found, FOUND, &count));
			assert_int_equal(count, n + 1);
			for (uint32_t i = 0; i <= n; i++)
				assert_int_equal(found[i], i); /* the first is first */
		}
		size_t count = 0;
		assert_true(slots_find(s, 1, keys[k], found, 20, &count));
		assert_int_equal(count, 20); /* what is beyond is left out */
		assert_true(slots_find(s, 1, keys[k], found + 20, 5, &count));
		assert_int_equal(count, 20); /* it adds, and there was no room */
		count = 0;
		assert_true(slots_find(s, 0, keys[k] ^ UINT64_C(1) << 31, found, FOUND,
				       &count));
		assert_int_equal(count, 0);
	}
}

static void putting_again_changes_nothing(void **state)
{
	OWNED(freep) char *path = scratch_path("slots");
	OWNED(slots_closep) struct slots *s = open_slots(path, MAPPED_NEW, 3, 1);
	uint64_t n = fill_up(s, 3), bytes = mapped_capacity(slots_file(s)) * LINE_BYTES;
	OWNED(freep) uint8_t *before = xmalloc(bytes);

	(void)state;
	memcpy(before, mapped_items(slots_file(s)), bytes);
	for (uint64_t i = 0; i < n; i++)
		for (unsigned b = 0; b < 3; b++)
			assert_true(slots_put(s, b, key_of(b, i), (uint32_t)i));
	assert_memory_equal(mapped_items(slots_file(s)), before, bytes);
}

/* Each bit of a line with 15, some and no slots: the line is damaged to who finds and puts. */
static void a_damaged_line_is_found(void **state)
{
	OWNED(freep) char *path = scratch_path("slots");
	OWNED(slots_closep) struct slots *s = open_slots(path, MAPPED_NEW, 1, 1);
	uint8_t *lines = mapped_items(slots_file(s));
	uint64_t count = mapped_capacity(slots_file(s));
	uint8_t before[20 * LINE_BYTES];
	uint32_t found[FOUND];

	(void)state;
	for (uint32_t filled = 0; filled <= 15; filled++) {
		/* The first key of that line. */
		uint64_t key = ((uint64_t)filled << 32) / count << 32;
		key += UINT64_C(0x180000000);
		uint8_t *line = lines + (size_t)filled * LINE_BYTES;
		size_t got = 0;
		for (uint32_t n = 0; n < filled; n++)
			assert_true(slots_put(s, 0, key, n));
		assert_true(filled == 0 || line[0]);
		for (unsigned bit = 0; bit < LINE_BYTES * 8; bit++) {
			line[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(slots_find(s, 0, key, found, FOUND, &got));
			/* Who puts leaves the damage to who finds. */
			memcpy(before, lines, sizeof(before));
			(void)!slots_put(s, 0, key, 77);
			assert_false(slots_find(s, 0, key, found, FOUND, &got));
			memcpy(lines, before, sizeof(before));
			line[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		got = 0;
		assert_true(slots_find(s, 0, key, found, FOUND, &got));
		assert_int_equal(got, filled);
	}
}

static void a_table_without_any_room_says_so(void **state)
{
	OWNED(freep) char *path = scratch_path("slots");
	OWNED(slots_closep) struct slots *s = open_slots(path, MAPPED_NEW, 1, 1);
	uint64_t slots = mapped_capacity(slots_file(s)) * 15;
	size_t count;

	(void)state;
	for (uint64_t i = 0; i < slots; i++)
		assert_true(slots_put(s, 0, key_of(0, i), (uint32_t)i));
	assert_false(slots_put(s, 0, key_of(0, slots), (uint32_t)slots));
	for (uint64_t i = 0; i < slots; i += 99)
		assert_true(finds(s, 0, key_of(0, i), (uint32_t)i, &count));
}

static void it_says_what_it_holds(void **state)
{
	OWNED(freep) char *path = scratch_path("slots");
	OWNED(slots_closep) struct slots *s = open_slots(path, MAPPED_NEW, 4, 100000);

	(void)state;
	assert_true(slots_hold(s, 100000, 100000));
	assert_true(slots_hold(s, 0, (1 << 17) - 1)); /* numbers have 17 bits */
	assert_false(slots_hold(s, 0, 1 << 17));
	assert_false(slots_hold(s, 110000, 110000)); /* more than 92 % */
	assert_true(slots_would_hold(4, 100000, (1 << 17) - 1));
	assert_false(slots_would_hold(4, 100000, 1 << 17));
	assert_true(slots_would_hold(1, UINT64_C(1) << 31, 1 << 30));
	for (uint64_t numbers = 1; numbers < UINT64_C(1) << 30; numbers *= 3)
		for (unsigned bands = 1; bands <= 19; bands += 18)
			assert_true(slots_would_hold(bands, numbers, numbers));
	assert_true(slots_put(s, 3, 1, (1 << 17) - 2)); /* the last number there is */
	size_t count;
	assert_true(finds(s, 3, 1, (1 << 17) - 2, &count));
}

/* A table that is made finds the same as one that was filled one by one. */
static void a_table_that_is_made_is_whole_once_it_is_named(void **state)
{
	OWNED(freep) char *path = scratch_path("slots");
	struct slots *s = open_slots(path, MAPPED_NEW, 3, 1), *made = NULL;
	unsigned quick = 0;
	size_t count;

	(void)state;
	assert_true(slots_put(s, 0, 5, 5));
	assert_int_equal(slots_make(&made, path, &kind, 3, KEYS_MAX, NULL), ST_OK);
	for (unsigned b = 0; b < 3; b++)
		for (uint32_t n = 0; n < KEYS_MAX; n++) {
			uint64_t key = key_of(b, n % (KEYS_MAX - 100));
			bool done = slots_fill(made, b, key, n, 1);
			quick += done;
			assert_false(done && n >= KEYS_MAX - 100); /* look first */
			assert_true(done || slots_put(made, b, key, n));
			assert_true(finds(made, b, key, n, &count));
		}
	assert_true(quick > 3 * KEYS_MAX / 2);
	mapped_cover(slots_file(made), 7, 8);
	assert_int_equal(slots_name(made, NULL), ST_OK);
	slots_close(made);
	slots_close(s);
	s = open_slots(path, MAPPED_WARM, 3, 1);
	assert_int_equal(mapped_count(slots_file(s)), 7);
	for (unsigned b = 0; b < 3; b++)
		for (uint32_t n = 0; n < KEYS_MAX; n++)
			assert_true(
				finds(s, b, key_of(b, n % (KEYS_MAX - 100)), n, &count));
	slots_close(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_table_finds_everything),
		TEST(a_full_line_runs_over_into_the_next),
		TEST(putting_again_changes_nothing),
		TEST(a_damaged_line_is_found),
		TEST(a_table_without_any_room_says_so),
		TEST(it_says_what_it_holds),
		TEST(a_table_that_is_made_is_whole_once_it_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
