// uses: tests/lib/scratch.c
#include "figures.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"

static void what_is_written_is_read(void **state)
{
	OWNED(freep) char *path = scratch_path("dedup.figures");
	struct figures written = {.count = 0}, read;
	struct err err;
	uint64_t value;

	(void)state;
	figures_set(&written, "pid", 42);
	figures_set(&written, "moderate.1", 1);
	figures_set(&written, "records_seen", UINT64_MAX);
	figures_set(&written, "moderate.1", 2); /* the later value holds */
	assert_int_equal(written.count, 3);
	/* Twice: the second takes the place of the first. */
	assert_int_equal(figures_write(&written, path, &err), ST_OK);
	assert_int_equal(figures_write(&written, path, &err), ST_OK);
	assert_int_equal(figures_read(&read, path, &err), ST_OK);
	assert_int_equal(read.count, 3);
	assert_true(figures_get(&read, "pid", &value));
	assert_int_equal(value, 42);
	assert_true(figures_get(&read, "moderate.1", &value));
	assert_int_equal(value, 2);
	assert_true(figures_get(&read, "records_seen", &value));
	assert_true(value == UINT64_MAX);
	assert_false(figures_get(&read, "moderate", &value));
}

static void what_is_no_file_of_figures_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum status st;
	} rows[] = {
		{"", ST_OK},
		{"pid=1\n", ST_OK},
		{"pid=1\nhalf=", ST_OK}, /* a line without its end is none */
		{"pid\n", ST_EMALFORMED},
		{"=1\n", ST_EMALFORMED},
		{"pid=\n", ST_EMALFORMED},
		{"pid=-1\n", ST_EMALFORMED},
		{"pid=1x\n", ST_EMALFORMED},
		{"pid=18446744073709551616\n", ST_EMALFORMED},
		{"p d=1\n", ST_EMALFORMED},
		{"a_name_that_is_longer_than_any_of_ours=1\n", ST_EMALFORMED},
	};
	OWNED(freep) char *path = scratch_path("garbage.figures");
	struct figures read;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(file_replace(path, span_of(rows[i].text), 0600, &err),
				 ST_OK);
		if (figures_read(&read, path, &err) != rows[i].st)
			fail_msg("row %zu: %s", i, rows[i].text);
	}
}

static void a_file_or_a_directory_that_is_not_there_is_an_error(void **state)
{
	OWNED(freep) char *file = scratch_path("none.figures");
	OWNED(freep) char *deep = scratch_path("none/none.figures");
	struct figures figures = {.count = 0};
	struct err err;

	(void)state;
	assert_int_equal(figures_read(&figures, file, &err), ST_ENOTFOUND);
	assert_int_equal(figures.count, 0);
	assert_int_equal(figures_write(&figures, deep, &err), ST_EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_no_file_of_figures_is_refused),
		cmocka_unit_test(a_file_or_a_directory_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
