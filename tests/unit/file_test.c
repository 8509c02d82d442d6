// uses: tests/lib/scratch.c
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "scratch.h"

static void a_file_is_replaced_whole(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	OWNED(freep) char *left = scratch_path("file.new");
	OWNED(buf_release) struct buf back = BUF_INIT(200000);
	static uint8_t big[150000];
	struct stat info;

	(void)state;
	memset(big, 'b', sizeof(big));
	assert_int_equal(file_replace(path, SPAN_OF("one"), 0600, NULL), ST_OK);
	assert_int_equal(file_replace(path, (struct span){big, sizeof(big)}, 0600, NULL),
			 ST_OK);
	assert_int_equal(file_replace(path, SPAN_OF("two"), 0600, NULL), ST_OK);
	assert_int_equal(file_read(&back, path, NULL), ST_OK);
	assert_string_equal(buf_string(&back), "two");
	assert_int_equal(access(left, F_OK), -1);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
}

static void a_replacement_that_fails_leaves_what_was(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	OWNED(freep) char *in_the_way = scratch_path("file.new");
	OWNED(buf_release) struct buf back = BUF_INIT(100);
	struct err err;

	(void)state;
	assert_int_equal(file_replace(path, SPAN_OF("old"), 0600, NULL), ST_OK);
	assert_int_equal(mkdir(in_the_way, 0700), 0);
	assert_int_equal(file_replace(path, SPAN_OF("new"), 0600, &err), ST_EIO);
	assert_non_null(strstr(err.text, "file.new"));
	assert_int_equal(file_read(&back, path, NULL), ST_OK);
	assert_string_equal(buf_string(&back), "old");
}

static void reading_is_bounded(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	static const struct {
		size_t max;
		enum status st;
	} rows[] = {{4, ST_ETOOBIG}, {5, ST_OK}, {6, ST_OK}, {0, ST_ETOOBIG}};

	(void)state;
	assert_int_equal(file_replace(path, SPAN_OF("12345"), 0600, NULL), ST_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf back = BUF_INIT(rows[i].max);
		assert_int_equal(file_read(&back, path, NULL), rows[i].st);
	}
	OWNED(buf_release) struct buf back = BUF_INIT(10);
	OWNED(freep) char *none = scratch_path("none");
	assert_int_equal(file_read(&back, none, NULL), ST_ENOTFOUND);
	assert_int_equal(file_read(&back, scratch_dir, NULL), ST_EIO);
}

static void bytes_go_where_they_should(void **state)
{
	OWNED(freep) char *path = scratch_path("file");
	OWNED(buf_release) struct buf back = BUF_INIT(100);

	(void)state;
	OWNED(file_close) int fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(file_pwrite(fd, "cd", 2, 2, NULL), ST_OK);
	assert_int_equal(file_pwrite(fd, "ab", 2, 0, NULL), ST_OK);
	assert_int_equal(file_sync(fd, NULL), ST_OK);
	assert_int_equal(file_sync_dir(scratch_dir, NULL), ST_OK);
	assert_int_equal(file_sync_dir(path, NULL), ST_EIO); /* no directory */
	assert_int_equal(file_read(&back, path, NULL), ST_OK);
	assert_string_equal(buf_string(&back), "abcd");
	int full = open("/dev/full", O_WRONLY);
	assert_int_equal(file_pwrite(full, "x", 1, 0, NULL), ST_ENOSPACE);
	file_close(&full);
	assert_int_equal(full, -1);
	assert_int_equal(file_pwrite(full, "x", 1, 0, NULL), ST_EIO);
}

static void directories_are_made_with_their_parents(void **state)
{
	OWNED(freep) char *deep = scratch_path("a/b/c");
	OWNED(freep) char *file = scratch_path("file");
	OWNED(freep) char *below = scratch_path("file/x");
	struct stat info;

	(void)state;
	assert_int_equal(file_make_dirs(deep, 0700, NULL), ST_OK);
	assert_int_equal(file_make_dirs(deep, 0700, NULL), ST_OK);
	assert_int_equal(stat(deep, &info), 0);
	assert_true(S_ISDIR(info.st_mode));
	assert_int_equal(file_replace(file, SPAN_NONE, 0600, NULL), ST_OK);
	assert_int_equal(file_make_dirs(file, 0700, NULL), ST_EIO);
	assert_int_equal(file_make_dirs(below, 0700, NULL), ST_EIO);
}

static void one_process_at_a_time_holds_a_lock(void **state)
{
	OWNED(freep) char *path = scratch_path("lock");
	int lock = -1, second = -1, status;

	(void)state;
	assert_int_equal(file_lock(&lock, path, NULL), ST_OK);
	assert_int_equal(file_lock(&second, path, NULL), ST_EBUSY);
	pid_t child = fork();
	if (child == 0) {
		int again = -1;
		_exit(file_lock(&again, path, NULL) == ST_EBUSY ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	file_close(&lock);
	assert_int_equal(file_lock(&second, path, NULL), ST_OK);
	file_close(&second);
}

/* As installation_holds asks. */
static void who_asks_for_a_lock_keeps_nobody_from_it(void **state)
{
	OWNED(freep) char *path = scratch_path("asked");
	int lock = -1, asked, told[2], status;
	char byte;

	(void)state;
	assert_int_equal(pipe(told), 0);
	pid_t child = fork();
	if (child == 0) {
		asked = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		bool held = flock(asked, LOCK_SH | LOCK_NB) == 0;
		held = write(told[1], "", 1) == 1 && held;
		usleep(5000);
		_exit(held ? 0 : 1);
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_int_equal(file_lock(&lock, path, NULL), ST_OK);
	file_close(&lock);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(told[0]);
	close(told[1]);
}

static void a_secret_is_made_once(void **state)
{
	OWNED(freep) char *dir = scratch_path("keys");
	OWNED(freep) char *path = scratch_path("keys/a.key");
	uint8_t first[32], again[32], longer[33];
	struct stat info;

	(void)state;
	assert_int_equal(file_secret(first, 32, dir, path, NULL), ST_OK);
	assert_int_equal(file_secret(again, 32, dir, path, NULL), ST_OK);
	assert_memory_equal(first, again, 32);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(file_secret(longer, 33, dir, path, NULL), ST_ECORRUPT);
	assert_int_equal(file_secret(longer, 16, dir, path, NULL), ST_ETOOBIG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_secret(again, 32, dir, path, NULL), ST_OK);
	assert_memory_not_equal(first, again, 32);
}

static void free_space_is_told(void **state)
{
	OWNED(freep) char *none = scratch_path("none");
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(file_free_bytes(&bytes, scratch_dir, NULL), ST_OK);
	assert_true(bytes > 0);
	assert_int_equal(file_free_bytes(&bytes, none, NULL), ST_EIO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_replaced_whole),
		TEST(a_replacement_that_fails_leaves_what_was),
		TEST(reading_is_bounded),
		TEST(bytes_go_where_they_should),
		TEST(directories_are_made_with_their_parents),
		TEST(one_process_at_a_time_holds_a_lock),
		TEST(who_asks_for_a_lock_keeps_nobody_from_it),
		TEST(a_secret_is_made_once),
		TEST(free_space_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
