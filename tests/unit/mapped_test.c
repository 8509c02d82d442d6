// uses: stages/dedup/mapped.c tests/lib/scratch.c
#include "mapped.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"

#define HEADER_BYTES 4096
#define HOT_OFFSET   1024 /* two words that change with every commit, and their check */

static const struct mapped_kind kind = {
	.name = "things  ", .item_bytes = 24, .parameters = 77, .journal_id = 99};

static struct mapped *open_kind(const char *path, enum mapped_state expected)
{
	struct mapped *m = NULL;
	enum mapped_state state;

	assert_int_equal(mapped_open(&m, &state, path, &kind, 100, NULL), ST_OK);
	assert_int_equal(state, expected);
	return m;
}

static enum status try_open(const char *path, const struct mapped_kind *other)
{
	OWNED(mapped_closep) struct mapped *m = NULL;
	enum mapped_state state;

	return mapped_open(&m, &state, path, other, 100, NULL);
}

static void write_items(struct mapped *m, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		memset((uint8_t *)mapped_items(m) + i * kind.item_bytes,
		       (int)(1 + i % 255), kind.item_bytes);
}

static void assert_items(const struct mapped *m, uint64_t to)
{
	const uint8_t *at = mapped_items(m);

	for (uint64_t i = 0; i < to * kind.item_bytes; i++)
		assert_int_equal(at[i], 1 + i / kind.item_bytes % 255);
}

static void read_whole(struct buf *ret, const char *path)
{
	assert_int_equal(file_read(ret, path, NULL), ST_OK);
}

/* Another inode than before: as in a copy, or after a power cut. */
static void write_anew(const char *path, struct span bytes)
{
	assert_int_equal(file_replace(path, bytes, 0600, NULL), ST_OK);
}

static void flip(const char *path, off_t at, uint8_t bits)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= bits;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	assert_int_equal(close(fd), 0);
}

static void a_new_file_is_empty_and_goes_on_warm(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	struct mapped *m = open_kind(path, MAPPED_NEW);
	static const uint8_t none[2400];

	(void)state;
	assert_int_equal(mapped_capacity(m), 100);
	assert_int_equal(mapped_bytes(m), HEADER_BYTES + 100 * 24);
	assert_int_equal(mapped_count(m), 0);
	assert_int_equal(mapped_covered(m), 0);
	assert_memory_equal(mapped_items(m), none, sizeof(none));
	write_items(m, 0, 60);
	mapped_cover(m, 50, 1234);
	mapped_close(m); /* without a sync */
	m = open_kind(path, MAPPED_WARM);
	assert_int_equal(mapped_count(m), 50);
	assert_int_equal(mapped_covered(m), 1234);
	assert_items(m, 60);
	mapped_close(m);
	assert_int_equal(mapped_remove(path, NULL), ST_OK);
	assert_int_equal(mapped_remove(path, NULL), ST_OK); /* nothing is there */
	mapped_close(open_kind(path, MAPPED_NEW));
}

static void in_another_place_counts_what_was_synced(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	OWNED(buf_release) struct buf bytes = BUF_INIT(100000);
	struct mapped *m = open_kind(path, MAPPED_NEW);

	(void)state;
	write_items(m, 0, 80);
	mapped_cover(m, 30, 300);
	assert_int_equal(mapped_sync(m, NULL), ST_OK);
	mapped_cover(m, 80, 800);
	mapped_close(m);
	read_whole(&bytes, path);
	write_anew(path, buf_view(&bytes));
	m = open_kind(path, MAPPED_COLD);
	assert_int_equal(mapped_count(m), 30);
	assert_int_equal(mapped_covered(m), 300);
	assert_items(m, 80);
	mapped_cover(m, 40, 400);
	mapped_close(m);
	m = open_kind(path, MAPPED_WARM); /* this is its place now */
	assert_int_equal(mapped_count(m), 40);
	assert_int_equal(mapped_covered(m), 400);
	mapped_close(m);
}

/* A kill between the stores of a cover leaves words and a check of different covers. */
static void a_cover_that_is_half_there_is_none(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	struct mapped *m = open_kind(path, MAPPED_NEW);

	(void)state;
	mapped_cover(m, 30, 300);
	assert_int_equal(mapped_sync(m, NULL), ST_OK);
	mapped_close(m);
	for (off_t at = 0; at < 24; at++) {
		m = open_kind(path, MAPPED_WARM);
		mapped_cover(m, 31, 301);
		mapped_close(m);
		flip(path, HOT_OFFSET + at, 4);
		m = open_kind(path, MAPPED_COLD);
		assert_int_equal(mapped_count(m), 30);
		assert_int_equal(mapped_covered(m), 300);
		mapped_close(m);
	}
}

static void who_asks_for_another_file_does_not_get_this_one(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	struct mapped_kind other[] = {kind, kind, kind, kind};

	(void)state;
	mapped_close(open_kind(path, MAPPED_NEW));
	memcpy(other[0].name, "stuff   ", MAPPED_KIND_BYTES);
	other[1].item_bytes = 32;
	other[2].parameters++;
	other[3].journal_id++;
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		assert_int_equal(try_open(path, &other[i]), ST_EVERSION);
	assert_int_equal(try_open(path, &kind), ST_OK);
}

static void each_bit_of_the_sector_is_checked(void **state)
{
	OWNED(freep) char *path = scratch_path("file");

	(void)state;
	mapped_close(open_kind(path, MAPPED_NEW));
	for (off_t at = 0; at < 512; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			flip(path, at, (uint8_t)(1 << bit));
			assert_int_equal(try_open(path, &kind), ST_ECORRUPT);
			flip(path, at, (uint8_t)(1 << bit));
		}
	mapped_close(open_kind(path, MAPPED_WARM));
}

static void a_shorter_file_is_damaged_and_a_longer_one_is_not(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	struct mapped *m = open_kind(path, MAPPED_NEW);
	off_t bytes = (off_t)mapped_bytes(m);
	const off_t shorter[] = {bytes - 1, bytes - 24, 5000, HEADER_BYTES, 512, 511, 0};

	(void)state;
	write_items(m, 0, 100);
	mapped_cover(m, 100, 5);
	mapped_close(m);
	assert_int_equal(truncate(path, bytes + 5000), 0);
	m = open_kind(path, MAPPED_WARM);
	assert_int_equal(mapped_capacity(m), 100);
	assert_items(m, 100);
	assert_int_equal(mapped_grow(m, 150, NULL), ST_OK);
	assert_items(m, 100);
	mapped_close(m);
	for (size_t i = 0; i < ARRAY_LEN(shorter); i++) {
		assert_int_equal(truncate(path, shorter[i]), 0);
		assert_int_equal(try_open(path, &kind), ST_ECORRUPT);
	}
}

static void it_grows_at_the_end(void **state)
{
	static const uint8_t none[24];
	OWNED(freep) char *path = scratch_path("file");
	struct mapped *m = open_kind(path, MAPPED_NEW);

	(void)state;
	write_items(m, 0, 100);
	mapped_cover(m, 100, 5);
	for (uint64_t capacity = 101; capacity < 300000; capacity = capacity * 3 / 2) {
		assert_int_equal(mapped_grow(m, capacity, NULL), ST_OK);
		assert_int_equal(mapped_capacity(m), capacity);
		assert_int_equal(mapped_bytes(m), HEADER_BYTES + capacity * 24);
		assert_memory_equal((uint8_t *)mapped_items(m) + (capacity - 1) * 24,
				    none, sizeof(none));
		assert_items(m, 100);
	}
	uint64_t capacity = mapped_capacity(m);
	write_items(m, 0, capacity);
	mapped_cover(m, capacity, 6);
	mapped_close(m);
	m = open_kind(path, MAPPED_WARM);
	assert_int_equal(mapped_count(m), capacity);
	assert_items(m, capacity);
	mapped_close(m);
}

/* No disk has so much. */
static void what_cannot_grow_stays_as_it_was(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	struct mapped *m = open_kind(path, MAPPED_NEW);
	struct stat info;

	(void)state;
	write_items(m, 0, 100);
	mapped_cover(m, 100, 5);
	assert_int_equal(mapped_grow(m, UINT64_C(1) << 58, NULL), ST_EIO);
	assert_int_equal(mapped_capacity(m), 100);
	assert_items(m, 100);
	assert_int_equal(mapped_sync(m, NULL), ST_OK);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, mapped_bytes(m));
	mapped_close(m);
	m = open_kind(path, MAPPED_WARM);
	assert_int_equal(mapped_count(m), 100);
	mapped_close(m);
}

static void a_file_that_is_being_made_has_no_name(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	OWNED(freep) char *temporary = scratch_path("file.new");
	struct mapped *m = open_kind(path, MAPPED_NEW), *made = NULL;

	(void)state;
	mapped_cover(m, 1, 1);
	assert_int_equal(mapped_make(&made, path, &kind, 500, NULL), ST_OK);
	assert_int_equal(access(temporary, F_OK), 0);
	mapped_close(made);
	assert_int_equal(access(temporary, F_OK), -1);
	assert_int_equal(mapped_make(&made, path, &kind, 500, NULL), ST_OK);
	write_items(made, 0, 500);
	mapped_cover(made, 500, 9);
	assert_int_equal(mapped_name(made, NULL), ST_OK);
	assert_int_equal(access(temporary, F_OK), -1);
	mapped_close(made);
	mapped_close(m);
	m = open_kind(path, MAPPED_WARM);
	assert_int_equal(mapped_count(m), 500);
	assert_int_equal(mapped_covered(m), 9);
	assert_items(m, 500);
	mapped_close(m);
}

static void a_directory_that_is_not_there_is_an_error(void **state)
{
	OWNED(freep) char *path = scratch_path("nowhere/file");

	(void)state;
	assert_int_equal(try_open(path, &kind), ST_EIO);
	assert_int_equal(try_open(scratch_dir, &kind), ST_EIO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_is_empty_and_goes_on_warm),
		TEST(in_another_place_counts_what_was_synced),
		TEST(a_cover_that_is_half_there_is_none),
		TEST(who_asks_for_another_file_does_not_get_this_one),
		TEST(each_bit_of_the_sector_is_checked),
		TEST(a_shorter_file_is_damaged_and_a_longer_one_is_not),
		TEST(it_grows_at_the_end),
		TEST(what_cannot_grow_stays_as_it_was),
		TEST(a_file_that_is_being_made_has_no_name),
		TEST(a_directory_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
