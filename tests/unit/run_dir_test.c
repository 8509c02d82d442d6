// uses: tests/lib/scratch.c
/* Whose a run directory is: told by the locks that are held in it, and by them alone. */
#include "run_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"

#define PROCESSES "processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n"

/* The options of DIR/NAME.yaml: data in DIR/NAME, which is made, the run directory shared. */
static struct options *installed(const char *name, bool with_data)
{
	OWNED(freep) char *path = xasprintf("%s/%s.yaml", scratch_dir, name);
	OWNED(freep)
	char *text = xasprintf(PROCESSES "pipeline: {data: %s, run: run}\n", name);
	struct options *o = NULL;

	assert_int_equal(options_parse(&o, path, span_of(text), NULL, NULL), ST_OK);
	assert_int_equal(file_make_dirs(o->pipeline.run, 0700, NULL), ST_OK);
	if (with_data)
		assert_int_equal(file_make_dirs(o->pipeline.data, 0700, NULL), ST_OK);
	return o;
}

static void who_has_other_data_is_told_while_the_lock_is_held(void **state)
{
	static const char *const slots[] = {RUN_DIR_SUPERVISOR, "collect", "publish"};
	OWNED(options_freep) struct options *one = installed("one-with-a-name", true);
	OWNED(options_freep) struct options *two = installed("two", true);
	OWNED(options_freep) struct options *none = installed("none", false);
	OWNED(freep)
	char *told = xasprintf("%s: a pipeline runs there whose data are others, in %s",
			       one->pipeline.run, one->pipeline.data);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
		OWNED(file_close) int lock = -1;
		struct err err = {""};

		assert_false(run_dir_is_held(one, slots[i]));
		assert_int_equal(run_dir_take(&lock, one, slots[i], &err), ST_OK);
		assert_true(run_dir_is_held(two, slots[i]));
		assert_int_equal(run_dir_check(one, &err), ST_OK);
		assert_int_equal(run_dir_check(two, &err), ST_ECONFIG);
		assert_string_equal(err.text, told);
		assert_int_equal(run_dir_check(none, NULL), ST_ECONFIG);
		file_close(&lock);
		/* What a process left that is gone says nothing. */
		assert_int_equal(run_dir_check(two, &err), ST_OK);
		assert_int_equal(run_dir_check(none, &err), ST_OK);
		/* And a shorter name behind a longer one is read to its end. */
		assert_int_equal(run_dir_take(&lock, two, slots[i], &err), ST_OK);
		assert_int_equal(run_dir_check(two, &err), ST_OK);
		assert_int_equal(run_dir_check(one, &err), ST_ECONFIG);
		assert_string_equal(err.text + strlen(err.text) - 4, "/two");
	}
}

static void what_moved_is_the_same_and_what_is_not_signed_is_nobodys(void **state)
{
	OWNED(options_freep) struct options *one = installed("one", true);
	OWNED(options_freep) struct options *moved = installed("moved", false);
	OWNED(freep) char *path = options_lock(one, "collect");
	OWNED(file_close) int lock = -1;

	(void)state;
	assert_int_equal(file_lock(&lock, path, NULL), ST_OK);
	assert_int_equal(run_dir_check(moved, NULL), ST_OK);
	file_close(&lock);
	assert_int_equal(run_dir_take(&lock, one, "collect", NULL), ST_OK);
	assert_int_equal(run_dir_check(moved, NULL), ST_ECONFIG);
	assert_int_equal(rename(one->pipeline.data, moved->pipeline.data), 0);
	assert_int_equal(run_dir_check(moved, NULL), ST_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_has_other_data_is_told_while_the_lock_is_held),
		TEST(what_moved_is_the_same_and_what_is_not_signed_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
