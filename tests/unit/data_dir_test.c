/* Journal, store and keys of a data directory: what may be begun beside what. */
// uses: tests/lib/scratch.c
#include "data_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "journal.h"
#include "scratch.h"
#include "store.h"

enum there { NOTHING, EMPTY, RECORDS }; /* of a store */

static void make_store(enum there what)
{
	OWNED(freep) char *path = scratch_path("store.db");
	OWNED(store_closep) struct store *store = NULL;

	if (what == NOTHING)
		return;
	assert_int_equal(store_open(&store, path, STORE_WRITE, NULL), ST_OK);
	if (what == RECORDS)
		assert_int_equal(store_exec(store,
					    "INSERT INTO journal VALUES"
					    " (1, x'0000000000000001', 7),"
					    " (2, x'0000000000000002', 0)",
					    NULL),
				 ST_OK);
}

static void make_journal(bool segment)
{
	OWNED(freep) char *dir = scratch_path("journal");
	OWNED(journal_closep) struct journal *j = NULL;
	const struct journal_options options = {.segment_bytes = 1 << 20};
	struct journal_state state;

	if (segment)
		assert_int_equal(journal_open(&j, dir, &options, &state, NULL), ST_OK);
	else
		assert_int_equal(file_make_dirs(dir, 0700, NULL), ST_OK);
}

static void touch(const char *directory, const char *name)
{
	OWNED(freep) char *dir = scratch_path(directory);
	OWNED(freep) char *path = scratch_path(name);

	assert_int_equal(file_make_dirs(dir, 0700, NULL), ST_OK);
	assert_int_equal(file_replace(path, SPAN_NONE, 0600, NULL), ST_OK);
}

static bool is_there(const char *name)
{
	OWNED(freep) char *path = scratch_path(name);

	return access(path, F_OK) == 0;
}

static void renew(void **state)
{
	assert_int_equal(scratch_remove(state), 0);
	assert_int_equal(scratch_make(state), 0);
}

static void a_journal_is_begun_beside_records_only_when_that_is_meant(void **state)
{
	static const struct {
		const char *name;
		enum there store;
		bool directory, segment, permitted;
		enum status expected;
	} rows[] = {
		{"a first start", NOTHING, false, false, false, ST_OK},
		{"a start that had made a store", EMPTY, false, false, false, ST_OK},
		{"as always", RECORDS, true, true, false, ST_OK},
		{"the store is gone", NOTHING, true, true, false, ST_OK},
		{"the journal is gone", RECORDS, false, false, false, ST_ECORRUPT},
		{"its disk is not mounted", RECORDS, true, false, false, ST_ECORRUPT},
		{"it is meant", RECORDS, false, false, true, ST_OK},
		{"it is meant, and the directory left", RECORDS, true, false, true,
		 ST_OK},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = {""};

		renew(state);
		make_store(rows[i].store);
		if (rows[i].directory)
			make_journal(rows[i].segment);
		if (rows[i].permitted)
			touch("", "new-journal");
		if (data_dir_check_journal(scratch_dir, &err) != rows[i].expected)
			fail_msg("%s", rows[i].name);
		if (!rows[i].expected)
			continue;
		assert_non_null(strstr(err.text, "/journal: "));
		assert_non_null(strstr(err.text, "/new-journal "));
	}
}

static void a_permission_is_good_for_one_journal(void **state)
{
	(void)state;
	assert_int_equal(data_dir_journal_made(scratch_dir, NULL), ST_OK);
	make_store(RECORDS);
	touch("", "new-journal");
	assert_int_equal(data_dir_check_journal(scratch_dir, NULL), ST_OK);
	assert_true(is_there("new-journal")); /* nothing was made yet */
	assert_int_equal(data_dir_journal_made(scratch_dir, NULL), ST_OK);
	assert_false(is_there("new-journal"));
	assert_int_equal(data_dir_check_journal(scratch_dir, NULL), ST_ECORRUPT);
}

static void a_key_is_made_only_where_nothing_was_accepted(void **state)
{
	static const struct {
		const char *name;
		enum there store;
		uint64_t last_seq;
		bool key;
		enum status expected;
	} rows[] = {
		{"a first start", NOTHING, 0, false, ST_OK},
		{"a start that was cut short", EMPTY, 0, false, ST_OK},
		{"as always", RECORDS, 7, true, ST_OK},
		{"a journal", NOTHING, 1, false, ST_ECORRUPT},
		{"a store", RECORDS, 0, false, ST_ECORRUPT},
		{"both", RECORDS, 7, false, ST_ECORRUPT},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = {""};

		renew(state);
		make_store(rows[i].store);
		if (rows[i].key)
			touch("keys", "keys/intake.key");
		if (data_dir_check_key(scratch_dir, rows[i].last_seq, &err) !=
		    rows[i].expected)
			fail_msg("%s", rows[i].name);
		if (rows[i].expected)
			assert_non_null(strstr(err.text, "/keys/intake.key: missing"));
		assert_int_equal(is_there("keys/intake.key"), rows[i].key);
	}
}

/* Whether it has records nobody can tell. */
static void a_store_that_cannot_be_read_is_no_empty_one(void **state)
{
	OWNED(freep) char *path = scratch_path("store.db");

	(void)state;
	assert_int_equal(file_replace(path, SPAN_OF("no store, but long enough for one"),
				      0600, NULL),
			 ST_OK);
	assert_int_equal(data_dir_check_journal(scratch_dir, NULL), ST_ECORRUPT);
	assert_int_equal(data_dir_check_key(scratch_dir, 0, NULL), ST_ECORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_journal_is_begun_beside_records_only_when_that_is_meant),
		TEST(a_permission_is_good_for_one_journal),
		TEST(a_key_is_made_only_where_nothing_was_accepted),
		TEST(a_store_that_cannot_be_read_is_no_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
