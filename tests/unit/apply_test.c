// uses: tests/lib/made.c tests/lib/applied.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c stages/publish/copies.c
#include "applied.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"

static void test_events_are_chained_without_gaps(void **state)
{
	struct fixture *f = *state;

	for (uint64_t seq = 1; seq <= 4; seq++) {
		const struct made m = made_review(seq);
		struct hit hold = hit_of(ACTION_HOLD, "h", "C-PII");
		store_one(f, &m, &hold, seq == 3);
	}
	assert_number(f, "SELECT max(idx) + 1 - count(*) FROM event", 0);
	assert_number(f, "SELECT count(*) FROM event e WHERE kind = 1 AND prev != -1", 0);
	assert_number(f,
		      "SELECT count(*) FROM event e JOIN event p ON p.idx = e.prev "
		      "WHERE p.review = e.review",
		      5); /* four decided, one notice */
	assert_number(
		f,
		"SELECT count(*) FROM review v JOIN event e ON e.idx = v.last_event "
		"WHERE e.review = v.n AND NOT EXISTS "
		"(SELECT 1 FROM event x WHERE x.prev = e.idx)",
		4);
	assert_number(
		f,
		"SELECT count(*) FROM event WHERE idx != json_extract(CAST(entry AS TEXT), "
		"'$.index') OR t != json_extract(CAST(entry AS TEXT), '$.t') "
		"OR prev != json_extract(CAST(entry AS TEXT), '$.prev')",
		0);
}

static void test_time_in_the_log_never_goes_back(void **state)
{
	struct fixture *f = *state;
	struct made late = made_review(1), early = made_review(2);

	early.received_at = late.received_at - 5000;
	store_one(f, &late, NULL, 0);
	apply_close(TAKE(f->apply));
	open_apply(f);
	store_one(f, &early, NULL, 0);
	assert_number(f,
		      "SELECT count(*) FROM event e JOIN event p ON p.idx = e.idx - 1 "
		      "WHERE e.t < p.t",
		      0);
	assert_number(f,
		      "SELECT json_extract(CAST(entry AS TEXT), '$.received_at') "
		      "FROM event WHERE idx = 2",
		      early.received_at);
}

static void test_a_record_that_comes_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(1);

	store_plain(f, 1);
	store_plain(f, 2);
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(put(f, &m, NULL, 0), ST_OK);
	assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
	assert_number(f, "SELECT count(*) FROM event", 4);
	assert_int_equal(apply_committed(f->apply, JOURNAL), 2);
	m.text = "other words";
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(put(f, &m, NULL, 0), ST_ECORRUPT);
	apply_rollback(f->apply);
	m = made_review(4);
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(put(f, &m, NULL, 0), ST_ECORRUPT); /* 3 is missing */
	apply_rollback(f->apply);
	store_plain(f, 3);
	assert_number(f, "SELECT count(*) FROM event", 6);
}

static void test_a_rollback_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(2);

	store_plain(f, 1);
	m.subject = "hotel-9";
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(put(f, &m, NULL, 0), ST_OK);
	apply_rollback(f->apply);
	assert_int_equal(apply_committed(f->apply, JOURNAL), 1);
	assert_number(f, "SELECT count(*) FROM record", 1);
	m.rating = 1000;
	store_one(f, &m, NULL, 0);
	assert_number(f, "SELECT max(idx) FROM event", 3);
	assert_number(f, "SELECT count(*) FROM subject", 2);
	assert_ratings_equal_recomputation(f);
}

static void test_two_journals_keep_their_own_order(void **state)
{
	struct fixture *f = *state;
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	const struct made m = made_review(1);
	struct record r;

	store_plain(f, 1);
	store_plain(f, 2);
	made_parse(&keep, &r, &m);
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(
		apply_record(f->apply, JOURNAL + 1, &r, NULL, no_hash, no_hash, NULL),
		ST_OK);
	assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
	apply_close(TAKE(f->apply));
	open_apply(f);
	assert_int_equal(apply_committed(f->apply, JOURNAL), 2);
	assert_int_equal(apply_committed(f->apply, JOURNAL + 1), 1);
	assert_number(f,
		      "SELECT count(*) FROM records WHERE journal = '1122334455667789' "
		      "AND seq = 1",
		      1);
}

/* The same records in other batches, with restarts and rollbacks between, give the same. */

static void run_mixed(struct fixture *f, uint64_t batch)
{
	for (uint64_t seq = 1; seq <= 24;) {
		assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
		for (uint64_t i = 0; i < batch && seq <= 24; i++, seq++) {
			struct made m = made_review(seq);
			struct hit duplicate = duplicate_hit(seq > 5 ? seq - 5 : 1);
			m.criteria = seq % 3 == 0;
			assert_int_equal(put(f, &m, &duplicate, seq % 5 == 0), ST_OK);
		}
		assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
		if (batch == 1) {
			struct made m = made_review(seq);
			assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
			assert_int_equal(put(f, &m, NULL, 0), ST_OK);
			apply_rollback(f->apply);
		}
		if (batch == 5) {
			apply_close(TAKE(f->apply));
			open_apply(f);
		}
	}
}

static void test_the_store_does_not_depend_on_batches(void **state)
{
	struct fixture *f = *state;
	static const uint64_t batches[] = {1, 5};
	static const char *const tables[] = {
		"record", "review",  "revision", "decision", "event",	      "rating",
		"outbox", "subject", "journal",	 "listing",  "listing_recent"};

	run_mixed(f, 24);
	for (size_t b = 0; b < ARRAY_LEN(batches); b++) {
		struct fixture *other;
		assert_int_equal(applied_set_up((void **)&other), 0);
		run_mixed(other, batches[b]);
		OWNED(freep)
		char *attach =
			xasprintf("ATTACH 'file:%s?mode=ro' AS other", other->path);
		assert_int_equal(store_exec(f->reader, attach, NULL), ST_OK);
		for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
			OWNED(freep)
			char *sql = xasprintf(
				"SELECT (SELECT count(*) FROM (SELECT * FROM main.%s EXCEPT "
				"SELECT * FROM other.%s)) + abs((SELECT count(*) FROM main.%s) - "
				"(SELECT count(*) FROM other.%s))",
				tables[i], tables[i], tables[i], tables[i]);
			assert_number(f, sql, 0);
		}
		assert_int_equal(store_exec(f->reader, "DETACH other", NULL), ST_OK);
		assert_int_equal(applied_tear_down((void **)&other), 0);
	}
}

static void test_a_checkpoint_empties_the_log(void **state)
{
	struct fixture *f = *state;

	store_plain(f, 1);
	assert_true(apply_wal_bytes(f->apply) > 0);
	assert_int_equal(apply_checkpoint(f->apply, false, NULL), ST_OK);
	assert_int_equal(apply_checkpoint(f->apply, true, NULL), ST_OK);
	OWNED(freep) char *wal = xasprintf("%s-wal", f->path);
	FILE *file = fopen(wal, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	assert_int_equal(ftell(file), 0);
	fclose(file);
	store_plain(f, 2);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_events_are_chained_without_gaps),
		TEST(test_time_in_the_log_never_goes_back),
		TEST(test_a_record_that_comes_again_changes_nothing),
		TEST(test_a_rollback_leaves_nothing),
		TEST(test_two_journals_keep_their_own_order),
		TEST(test_the_store_does_not_depend_on_batches),
		TEST(test_a_checkpoint_empties_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
