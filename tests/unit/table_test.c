// uses: tests/lib/toy.c
#include "../lib/toy.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"

#define SECTOR 512

static void test_random_operations_follow_the_model(void **state)
{
	OWNED(freep) char *path = toy_path("model");
	OWNED(freep) struct toy_model *m = toy_model_new(TOY_KEYS_MAX, 9);
	uint64_t from;
	OWNED(table_closep) struct table *t = toy_open(path, &from);

	(void)state;
	assert_int_equal(from, 0);
	uint64_t bytes_at_first = table_bytes(t);
	for (uint64_t upto = 1; upto < 200000; upto = upto * 3 / 2 + 1) {
		toy_apply(t, m, m->seq, upto);
		toy_model_apply(m, upto);
		toy_assert_same(t, m);
	}
	assert_true(table_bytes(t) >= 8 * bytes_at_first); /* grown under load */
	assert_true(m->live > TOY_KEYS_MAX / 2);
	assert_true(table_lines(t) * sizeof(struct table_line) * 100 <=
		    table_bytes(t) * 65);
}

static void test_replay_of_any_tail_changes_nothing(void **state)
{
	OWNED(freep) char *path = toy_path("tail");
	OWNED(freep) struct toy_model *m = toy_model_new(3000, 20);
	uint64_t from;
	OWNED(table_closep) struct table *t = toy_open(path, &from);

	(void)state;
	toy_apply(t, m, 0, 20000);
	toy_model_apply(m, 20000);
	for (uint64_t after = 20000; after > 0; after = after * 2 / 3) {
		toy_apply(t, m, after, 20000);
		toy_assert_same(t, m);
		assert_int_equal(table_covered(t), 20000);
	}
}

static void test_clean_open_goes_on_from_covered(void **state)
{
	OWNED(freep) char *path = toy_path("clean");
	OWNED(freep) char *leftover = toy_path("clean.new");
	OWNED(freep) struct toy_model *m = toy_model_new(1000, 20);
	uint64_t from;
	struct table *t = toy_open(path, &from);

	(void)state;
	toy_apply(t, m, 0, 5000);
	toy_model_apply(m, 5000);
	table_cover(t, 4000); /* never goes back */
	table_close(t);
	toy_write_bytes(leftover, SPAN_OF("a growth that did not end"));
	t = toy_open(path, &from);
	assert_int_equal(from, 5000);
	toy_assert_same(t, m);
	assert_int_not_equal(access(leftover, F_OK), 0);
	table_close(t);
}

static void test_copy_goes_on_from_synced(void **state)
{
	OWNED(freep) char *path = toy_path("original");
	OWNED(freep) char *copy = toy_path("copy");
	OWNED(freep) struct toy_model *m = toy_model_new(2000, 20);
	OWNED(buf_release) struct buf bytes = TOY_FILE_BUF;
	uint64_t from;
	struct table *t = toy_open(path, &from);

	(void)state;
	toy_apply(t, m, 0, 3000);
	assert_int_equal(table_sync(t, NULL), ST_OK);
	toy_apply(t, m, 3000, 4000);
	table_close(t);
	toy_read_bytes(&bytes, path);
	toy_write_bytes(copy, buf_view(&bytes));
	t = toy_open(copy, &from);
	assert_int_equal(from, 3000);
	toy_apply(t, m, from, 3500);
	table_close(t);
	t = toy_open(copy, &from); /* the copy is at home now */
	assert_int_equal(from, 3500);
	toy_apply(t, m, from, 4000);
	toy_model_apply(m, 4000);
	toy_assert_same(t, m);
	table_close(t);
}

static void test_damaged_line_is_found_after_a_power_cut(void **state)
{
	OWNED(freep) char *path = toy_path("line");
	OWNED(freep) char *copy = toy_path("line-copy");
	OWNED(freep) struct toy_model *m = toy_model_new(2000, 5);
	OWNED(buf_release) struct buf bytes = TOY_FILE_BUF;
	uint64_t from;
	struct table *t = toy_open(path, &from);

	(void)state;
	toy_apply(t, m, 0, 5000);
	table_close(t);
	toy_read_bytes(&bytes, path);
	for (uint64_t i = 0; i < 300; i++) {
		size_t at =
			TOY_HEADER_BYTES + toy_mix(i, 5) % (bytes.len - TOY_HEADER_BYTES);
		bytes.at[at] ^= 0x40;
		toy_write_bytes(copy, buf_view(&bytes));
		assert_int_equal(toy_try_open(copy, TOY_PARAMETERS, TOY_JOURNAL_ID),
				 ST_ECORRUPT);
		bytes.at[at] ^= 0x40;
	}
}

static void test_flipped_header_byte_is_refused_or_harmless(void **state)
{
	static const uint8_t patterns[] = {0x01, 0xFF};
	OWNED(freep) char *path = toy_path("flip");
	OWNED(freep) struct toy_model *m = toy_model_new(100, 20);
	OWNED(buf_release) struct buf bytes = TOY_FILE_BUF;
	uint64_t from;
	unsigned harmless = 0;
	struct table *t = toy_open(path, &from);

	(void)state;
	toy_apply(t, m, 0, 500);
	toy_model_apply(m, 500);
	assert_int_equal(table_sync(t, NULL), ST_OK);
	table_close(t);
	toy_read_bytes(&bytes, path);
	for (size_t i = 0; i < TOY_HEADER_BYTES * ARRAY_LEN(patterns); i++) {
		size_t at = i % TOY_HEADER_BYTES;
		uint8_t flipped = bytes.at[at] ^ patterns[i / TOY_HEADER_BYTES];
		struct err err;
		toy_overwrite(path, &flipped, 1, at);
		enum status st =
			table_open(&t, &from, path, TOY_PARAMETERS, TOY_JOURNAL_ID, &err);
		if (st == ST_OK) {
			assert_true(at >= SECTOR);
			assert_int_equal(from, 500);
			toy_assert_same(t, m);
			table_close(t);
			harmless++;
		} else {
			assert_true(st == ST_ECORRUPT || st == ST_EVERSION);
		}
		toy_overwrite(path, bytes.at, TOY_HEADER_BYTES, 0);
	}
	/* covered, live, filled and the intent's slot are refused beside the sector */
	assert_true(harmless <=
		    (TOY_HEADER_BYTES - SECTOR - 4 * 8) * ARRAY_LEN(patterns));
}

static void test_other_files_are_refused(void **state)
{
	OWNED(freep) char *path = toy_path("refused");
	OWNED(buf_release) struct buf bytes = TOY_FILE_BUF;
	uint64_t from;
	const uint8_t next_version = 2;

	(void)state;
	table_close(toy_open(path, &from));
	assert_int_equal(toy_try_open(path, TOY_PARAMETERS + 1, TOY_JOURNAL_ID),
			 ST_EVERSION);
	assert_int_equal(toy_try_open(path, TOY_PARAMETERS, TOY_JOURNAL_ID + 1),
			 ST_EVERSION);
	assert_int_equal(toy_try_open(path, TOY_PARAMETERS, TOY_JOURNAL_ID), ST_OK);
	toy_read_bytes(&bytes, path);
	toy_overwrite(path, &next_version, 1, 8);
	assert_int_equal(toy_try_open(path, TOY_PARAMETERS, TOY_JOURNAL_ID), ST_EVERSION);
	toy_write_bytes(path, (struct span){bytes.at, bytes.len - 64});
	assert_int_equal(toy_try_open(path, TOY_PARAMETERS, TOY_JOURNAL_ID), ST_ECORRUPT);
	toy_write_bytes(path, (struct span){bytes.at, 100});
	assert_int_equal(toy_try_open(path, TOY_PARAMETERS, TOY_JOURNAL_ID), ST_ECORRUPT);
	toy_write_bytes(path, SPAN_NONE);
	assert_int_equal(toy_try_open(path, TOY_PARAMETERS, TOY_JOURNAL_ID), ST_ECORRUPT);
	assert_int_equal(toy_try_open("/nowhere/table", TOY_PARAMETERS, TOY_JOURNAL_ID),
			 ST_EIO);
}

static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = MIN(bytes, limit.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_no_room_to_grow_is_an_error_and_the_table_stays(void **state)
{
	OWNED(freep) char *path = toy_path("room");
	OWNED(freep) char *temporary = toy_path("room.new");
	OWNED(freep) char *none = toy_path("room-none");
	const uint8_t value[TABLE_VALUE_BYTES] = {7};
	uint8_t key[TABLE_KEY_BYTES];
	enum status st = ST_OK;
	uint64_t from, seq = 0;
	struct table *t = toy_open(path, &from);
	struct err err;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	limit_file_size(table_bytes(t));
	while (st == ST_OK && seq < TOY_KEYS_MAX) {
		toy_key(key, ++seq);
		st = table_put(t, key, seq, value, &err);
	}
	limit_file_size(4096);
	assert_int_equal(toy_try_open(none, TOY_PARAMETERS, TOY_JOURNAL_ID), ST_EIO);
	limit_file_size(RLIM_INFINITY);
	assert_int_equal(st, ST_EIO);
	assert_non_null(strstr(err.text, "growing"));
	assert_int_not_equal(access(temporary, F_OK), 0);
	assert_int_not_equal(access(none, F_OK), 0);
	assert_int_equal(table_lines(t), seq - 1);
	assert_null(table_find(t, key));
	assert_int_equal(table_put(t, key, seq, value, &err), ST_OK);
	for (uint64_t i = 1; i <= seq; i++) {
		toy_key(key, i);
		assert_non_null(table_find(t, key));
	}
	table_close(t);
}

/* What a reservation made, no put makes: not where there is no disk for it any more. */
static void test_reserved_keys_need_no_growth(void **state)
{
	OWNED(freep) char *path = toy_path("reserved");
	const uint8_t value[TABLE_VALUE_BYTES] = {7};
	uint8_t key[TABLE_KEY_BYTES];
	const uint64_t keys = 10000;
	uint64_t from;
	struct table *t = toy_open(path, &from);
	uint64_t before = table_bytes(t);
	struct err err;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	limit_file_size(before);
	assert_int_equal(table_reserve(t, keys, &err), ST_EIO);
	assert_int_equal(table_reserve(t, 10, &err), ST_OK); /* they have room */
	limit_file_size(RLIM_INFINITY);
	assert_int_equal(table_bytes(t), before);
	assert_int_equal(table_reserve(t, keys, &err), ST_OK);
	limit_file_size(0);
	for (uint64_t seq = 1; seq <= keys; seq++) {
		toy_key(key, seq);
		assert_int_equal(table_put(t, key, seq, value, &err), ST_OK);
	}
	limit_file_size(RLIM_INFINITY);
	assert_int_equal(table_lines(t), keys);
	table_close(t);
}

/* Keys of one home slot: the first eight bytes are the slot. */
static void crowded_key(uint8_t ret[TABLE_KEY_BYTES], uint8_t number)
{
	memset(ret, 0xFF, 8); /* the last slot: the chain goes on at the first */
	memset(ret + 8, number + 1, 8);
}

static void test_removal_keeps_the_chain_behind_it(void **state)
{
	OWNED(freep) char *path = toy_path("chain");
	OWNED(buf_release) struct buf bytes = TOY_FILE_BUF;
	const uint8_t value[TABLE_VALUE_BYTES] = {7};
	uint8_t key[TABLE_KEY_BYTES];
	uint64_t from;
	struct table *t = toy_open(path, &from);

	(void)state;
	for (uint8_t i = 0; i < 50; i++) {
		crowded_key(key, i);
		assert_int_equal(table_put(t, key, i + 1, value, NULL), ST_OK);
	}
	for (uint8_t i = 0; i < 50; i += 2) {
		crowded_key(key, i);
		table_remove(t, key);
		table_remove(t, key); /* not there: nothing */
	}
	assert_int_equal(table_lines(t), 25);
	for (uint8_t i = 0; i < 50; i++) {
		crowded_key(key, i);
		assert_int_equal(table_find(t, key) != NULL, i % 2);
	}
	table_close(t);
	toy_read_bytes(&bytes, path);
	crowded_key(key, 48);
	assert_null(
		memmem(bytes.at, bytes.len, key, sizeof(key))); /* nowhere, intent too */
}

static void test_graves_go_without_growing(void **state)
{
	OWNED(freep) char *path = toy_path("graves");
	const uint8_t value[TABLE_VALUE_BYTES] = {7};
	uint8_t key[TABLE_KEY_BYTES];
	uint64_t from;
	struct table *t = toy_open(path, &from);
	uint64_t bytes = table_bytes(t);

	(void)state;
	for (uint64_t seq = 1; seq <= 30000; seq++) {
		toy_key(key, seq);
		assert_int_equal(table_put(t, key, seq, value, NULL), ST_OK);
		toy_key(key, seq - 100);
		table_remove(t, key);
	}
	assert_int_equal(table_lines(t), 100);
	assert_int_equal(table_bytes(t), bytes);
	table_close(t);
}

static long anonymous_kib(void)
{
	OWNED(buf_release) struct buf text = BUF_INIT(65536);

	toy_read_bytes(&text, "/proc/self/status");
	const char *at = strstr(buf_string(&text), "RssAnon:");
	assert_non_null(at);
	return strtol(at + strlen("RssAnon:"), NULL, 10);
}

static void test_memory_is_the_files(void **state)
{
	OWNED(freep) char *path = toy_path("memory");
	const uint8_t value[TABLE_VALUE_BYTES] = {7};
	uint8_t key[TABLE_KEY_BYTES];
	uint64_t from;
	struct table *t = toy_open(path, &from);
	long before = anonymous_kib();

	(void)state;
	for (uint64_t seq = 1; seq <= 300000; seq++) {
		toy_key(key, seq);
		table_prefetch(t, key);
		assert_int_equal(table_put(t, key, seq, value, NULL), ST_OK);
	}
	assert_true(table_bytes(t) > 30 << 20);
	assert_true(anonymous_kib() - before < 1024);
	table_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_operations_follow_the_model),
		cmocka_unit_test(test_replay_of_any_tail_changes_nothing),
		cmocka_unit_test(test_clean_open_goes_on_from_covered),
		cmocka_unit_test(test_copy_goes_on_from_synced),
		cmocka_unit_test(test_damaged_line_is_found_after_a_power_cut),
		cmocka_unit_test(test_flipped_header_byte_is_refused_or_harmless),
		cmocka_unit_test(test_other_files_are_refused),
		cmocka_unit_test(test_no_room_to_grow_is_an_error_and_the_table_stays),
		cmocka_unit_test(test_reserved_keys_need_no_growth),
		cmocka_unit_test(test_removal_keeps_the_chain_behind_it),
		cmocka_unit_test(test_graves_go_without_growing),
		cmocka_unit_test(test_memory_is_the_files),
	};

	return cmocka_run_group_tests(tests, toy_make_directory, toy_remove_directory);
}
