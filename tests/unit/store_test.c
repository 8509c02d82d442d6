#include "store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "alloc.h"
#include "file.h"

static char *directory;

static int make_directory(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	directory = xasprintf("%s/store_test.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	OWNED(freep) char *command = xasprintf("rm -rf '%s'", directory);

	(void)state;
	int result = system(command);
	free(directory);
	return result;
}

static char *path_of(const char *name)
{
	return xasprintf("%s/%s", directory, name);
}

static int64_t number(struct store *store, const char *sql)
{
	struct err err;
	int64_t value;

	if (store_int(store, &value, sql, -1, &err))
		fail_msg("%s", err.text);
	return value;
}

static void test_a_new_store_has_its_settings(void **state)
{
	OWNED(freep) char *path = path_of("new");
	OWNED(store_closep) struct store *store = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(store_open(&store, path, STORE_WRITE, NULL), ST_OK);
	assert_int_equal(number(store, "PRAGMA user_version"), STORE_VERSION);
	assert_int_equal(number(store, "PRAGMA application_id"), STORE_APPLICATION_ID);
	assert_int_equal(number(store, "PRAGMA page_size"), 16384);
	assert_int_equal(number(store, "PRAGMA synchronous"), 2);
	assert_int_equal(number(store, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(store, "PRAGMA secure_delete"), 1);
	assert_int_equal(number(store, "SELECT count(*) FROM pragma_journal_mode() "
				       "WHERE journal_mode = 'wal'"),
			 1);
	assert_int_equal(number(store, "SELECT count(*) FROM pragma_table_list "
				       "WHERE type = 'table' AND NOT strict "
				       "AND name NOT LIKE 'sqlite%'"),
			 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* collect and others look for the store while publish makes it. */
static void test_a_store_that_is_being_made_is_none_yet(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		OWNED(freep) char *name = xasprintf("made%d", i);
		OWNED(freep) char *path = path_of(name);
		enum status st = ST_ENOTFOUND;
		struct err err = {""};
		int status;
		pid_t maker = fork();

		if (maker == 0) {
			struct store *made = NULL;
			_exit(store_open(&made, path, STORE_WRITE, NULL) ? 1 : 0);
		}
		while (st == ST_ENOTFOUND || st == ST_EBUSY) {
			OWNED(store_closep) struct store *seen = NULL;
			st = store_open(&seen, path, STORE_READ, &err);
		}
		if (st)
			fail_msg("%s: %s", status_name(st), err.text);
		assert_int_equal(waitpid(maker, &status, 0), maker);
		assert_int_equal(status, 0);
	}
}

/* What an earlier, unfinished making left is thrown away; so is an empty file. */
static void test_a_making_that_was_cut_short_is_begun_again(void **state)
{
	static const char *const names[] = {"again.new", "again.new-wal", "again"};
	OWNED(store_closep) struct store *store = NULL;
	OWNED(freep) char *path = path_of("again");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		OWNED(freep) char *name = path_of(names[i]);
		struct span left = i < 2 ? SPAN_OF("SQLite format 3") : (struct span){0};
		assert_int_equal(file_replace(name, left, 0600, NULL), ST_OK);
	}
	assert_int_equal(store_open(&store, path, STORE_READ, NULL), ST_ENOTFOUND);
	assert_int_equal(store_open(&store, path, STORE_WRITE, NULL), ST_OK);
	assert_int_equal(number(store, "SELECT count(*) FROM meta"), 1);
	for (size_t i = 0; i < 2; i++) {
		OWNED(freep) char *name = path_of(names[i]);
		assert_int_not_equal(access(name, F_OK), 0);
	}
}

static void test_every_view_can_be_read(void **state)
{
	OWNED(freep) char *path = path_of("views");
	OWNED(store_closep) struct store *store = NULL;
	sqlite3_stmt *views;

	(void)state;
	assert_int_equal(store_open(&store, path, STORE_WRITE, NULL), ST_OK);
	assert_true(
		number(store, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'") >=
		10);
	assert_int_equal(
		store_prepare(store, &views,
			      "SELECT name FROM sqlite_schema WHERE type = 'view'", NULL),
		ST_OK);
	while (sqlite3_step(views) == SQLITE_ROW) {
		OWNED(freep)
		char *sql = xasprintf("SELECT count(*) FROM (SELECT * FROM %s)",
				      sqlite3_column_text(views, 0));
		number(store, sql);
	}
	sqlite3_finalize(views);
}

static void test_codes_have_their_words(void **state)
{
	OWNED(freep) char *path = path_of("codes");
	OWNED(store_closep) struct store *store = NULL;
	static const char *const rows[] = {
		"list = 'kind' AND code = 1 AND name = 'review'",
		"list = 'kind' AND code = 0 AND name = 'illegible'",
		"list = 'state' AND code = 6 AND name = 'awaiting-author'",
		"list = 'event' AND code = 2 AND name = 'review.decided'",
		"list = 'origin' AND code = 3 AND name = 'syndicated'",
		"list = 'action' AND code = 4 AND name = 'reject'",
		"list = 'duplicate' AND code = 3 AND name = 'other-author'",
		"list = 'outcome' AND code = 3 AND name = 'quarantined'",
	};

	(void)state;
	assert_int_equal(store_open(&store, path, STORE_WRITE, NULL), ST_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep)
		char *sql = xasprintf("SELECT count(*) FROM code WHERE %s", rows[i]);
		assert_int_equal(number(store, sql), 1);
	}
}

static void test_there_is_one_writer(void **state)
{
	OWNED(freep) char *path = path_of("one");
	OWNED(store_closep) struct store *first = NULL;
	OWNED(store_closep) struct store *second = NULL;

	(void)state;
	assert_int_equal(store_open(&first, path, STORE_WRITE, NULL), ST_OK);
	assert_int_equal(store_open(&second, path, STORE_WRITE, NULL), ST_EBUSY);
	assert_null(second);
	store_close(TAKE(first));
	assert_int_equal(store_open(&second, path, STORE_WRITE, NULL), ST_OK);
}

static void test_a_reader_cannot_write(void **state)
{
	OWNED(freep) char *path = path_of("read");
	OWNED(store_closep) struct store *writer = NULL;
	OWNED(store_closep) struct store *reader = NULL;

	(void)state;
	assert_int_equal(store_open(&reader, path, STORE_READ, NULL), ST_ENOTFOUND);
	assert_int_equal(store_open(&writer, path, STORE_WRITE, NULL), ST_OK);
	assert_int_equal(store_open(&reader, path, STORE_READ, NULL), ST_OK);
	assert_int_not_equal(
		store_exec(reader, "INSERT INTO site (name) VALUES ('x')", NULL), ST_OK);
	assert_int_equal(store_exec(writer, "INSERT INTO site (name) VALUES ('x')", NULL),
			 ST_OK);
	assert_int_equal(number(reader, "SELECT count(*) FROM site"), 1);
}

static void test_versions_are_told_apart(void **state)
{
	OWNED(freep) char *path = path_of("version");
	static const struct {
		int version;
		enum store_mode mode;
		enum status expected;
	} rows[] = {
		{STORE_VERSION + 1, STORE_WRITE, ST_EVERSION},
		{STORE_VERSION + 1, STORE_READ, ST_EVERSION},
		{STORE_VERSION - 1, STORE_READ, ST_EVERSION},
		{STORE_VERSION, STORE_READ, ST_OK},
		{STORE_VERSION, STORE_WRITE, ST_OK},
	};

	(void)state;
	OWNED(store_closep) struct store *store = NULL;
	assert_int_equal(store_open(&store, path, STORE_WRITE, NULL), ST_OK);
	store_close(TAKE(store));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		sqlite3 *db;
		OWNED(freep)
		char *sql = xasprintf("PRAGMA user_version = %d", rows[i].version);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		assert_int_equal(store_open(&store, path, rows[i].mode, NULL),
				 rows[i].expected);
		store_close(TAKE(store));
	}
}

static void test_what_is_no_store_is_refused(void **state)
{
	OWNED(freep) char *other = path_of("other");
	OWNED(freep) char *text = path_of("text");
	OWNED(store_closep) struct store *store = NULL;
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(other, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(store_open(&store, other, STORE_WRITE, NULL), ST_ECORRUPT);
	assert_int_equal(file_replace(text,
				      SPAN_OF("this is no database, but a text of "
					      "more than a hundred bytes, as a header "
					      "of SQLite's would have them, too.."),
				      0600, NULL),
			 ST_OK);
	assert_int_equal(store_open(&store, text, STORE_WRITE, NULL), ST_ECORRUPT);
}

static void test_results_become_statuses(void **state)
{
	static const struct {
		int result;
		enum status expected;
	} rows[] = {
		{SQLITE_FULL, ST_ENOSPACE},
		{SQLITE_IOERR_WRITE, ST_EIO},
		{SQLITE_CANTOPEN, ST_EIO},
		{SQLITE_READONLY_DBMOVED, ST_EIO},
		{SQLITE_PERM, ST_EIO},
		{SQLITE_BUSY_SNAPSHOT, ST_EBUSY},
		{SQLITE_PROTOCOL, ST_EBUSY},
		{SQLITE_CORRUPT_VTAB, ST_ECORRUPT},
		{SQLITE_CONSTRAINT_UNIQUE, ST_ESTORE},
		{SQLITE_TOOBIG, ST_ESTORE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(store_failed(NULL, rows[i].result, "x", NULL),
				 rows[i].expected);
}

static void test_numbers_hold_journal_and_seq(void **state)
{
	(void)state;
	assert_int_equal(store_n(1, 1), (INT64_C(1) << 40) + 1);
	assert_int_equal(store_seq(store_n(7, 123456)), 123456);
	assert_true(store_n(1, (UINT64_C(1) << 40) - 1) < store_n(2, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_store_has_its_settings),
		cmocka_unit_test(test_a_store_that_is_being_made_is_none_yet),
		cmocka_unit_test(test_a_making_that_was_cut_short_is_begun_again),
		cmocka_unit_test(test_every_view_can_be_read),
		cmocka_unit_test(test_codes_have_their_words),
		cmocka_unit_test(test_there_is_one_writer),
		cmocka_unit_test(test_a_reader_cannot_write),
		cmocka_unit_test(test_versions_are_told_apart),
		cmocka_unit_test(test_what_is_no_store_is_refused),
		cmocka_unit_test(test_results_become_statuses),
		cmocka_unit_test(test_numbers_hold_journal_and_seq),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
