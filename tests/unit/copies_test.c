// uses: tests/lib/made.c tests/lib/applied.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c stages/publish/copies.c
/* What dedup found is kept, whoever asked for it, and tells which reviews belong together. */
#include "applied.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "alloc.h"

static struct duplicate of_seq(uint64_t seq, enum duplicate_kind kind, uint32_t shared)
{
	return (struct duplicate){.kind = kind,
				  .seq = seq,
				  .shared = shared,
				  .mine = 100,
				  .theirs = 100,
				  .bits = 77};
}

/* `seq` by `author` (NULL: unknown), of whose text dedup found `shared` of 100 in `of`. */
static void store_copy(struct fixture *f, uint64_t seq, const char *author, uint64_t of,
		       uint32_t shared)
{
	struct made m = made_review(seq);
	struct duplicates found = {
		.count = 1, .candidate = {of_seq(of, DUPLICATE_OTHER_AUTHOR, shared)}};

	m.author_ref = author;
	store_found(f, &m, &found, NULL, 0);
}

static int64_t cluster_of(struct fixture *f, uint64_t seq)
{
	OWNED(freep)
	char *sql = xasprintf("SELECT min(cluster) FROM duplicate_member WHERE n = %lld",
			      (long long)store_n(1, seq));
	int64_t n = number(f, sql);

	return n < 0 ? n : (int64_t)store_seq(n);
}

static void an_ordinary_review_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	const struct made m = made_review(2);
	const struct duplicates none = {.count = 0};

	store_plain(f, 1);
	store_found(f, &m, &none, NULL, 0);
	assert_number(f, "SELECT count(*) FROM duplicate", 0);
	assert_number(f, "SELECT count(*) FROM duplicate_member", 0);
	assert_number(f, "SELECT count(*) FROM duplicate_clusters", 0);
}

static void every_candidate_is_kept_without_any_rule(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(9);
	struct duplicates found = {.count = DUPLICATES_MAX};

	for (uint32_t i = 0; i < DUPLICATES_MAX; i++) {
		store_plain(f, i + 1);
		found.candidate[i] =
			of_seq(i + 1, (enum duplicate_kind)(i % 4 + 1), 90 - i);
	}
	m.subject = "hotel-2";
	store_found(f, &m, &found, NULL, 0);
	assert_int_equal(state_of(f, 9), STATE_PUBLISHED);
	assert_number(f, "SELECT count(*) FROM duplicates WHERE n & 255 = 9", 8);
	assert_number(f,
		      "SELECT count(*) FROM duplicates WHERE place = 3 AND bits = 77 "
		      "AND kind = 'other-author' AND jaccard_exact = '88/112' "
		      "AND abs(jaccard - 0.785714) < 0.00001 "
		      "AND containment_exact = '88/100' AND containment = 0.88 "
		      "AND id LIKE '%09' AND earlier_id LIKE '%03' AND site = 'main' "
		      "AND earlier_site = 'main' AND supplier = earlier_supplier "
		      "AND subject = 'hotel-2' AND earlier_subject = 'hotel-1' "
		      "AND state = 'published' AND earlier_state = 'published' "
		      "AND received_at > earlier_received_at AND cluster & 255 = 1",
		      1);
}

static void a_cluster_grows_by_the_best_candidate(void **state)
{
	struct fixture *f = *state;

	store_plain(f, 1);
	store_copy(f, 2, "b", 1, 90);
	store_copy(f, 3, "b", 2, 80); /* 80/120: close */
	store_copy(f, 4, NULL, 3, 95);
	store_copy(f, 5, NULL, 4, 100);
	for (uint64_t seq = 1; seq <= 5; seq++)
		assert_int_equal(cluster_of(f, seq), 1);
	assert_number(f,
		      "SELECT count(*) FROM duplicate_clusters WHERE size = 5 "
		      "AND authors = 4 AND suppliers = 1 AND subjects = 1 "
		      "AND kinds = 'other-author' AND site = 'main' AND id LIKE '%01' "
		      "AND last_received_at - first_received_at = 4000 "
		      "AND abs(lowest_jaccard - 0.666667) < 0.00001",
		      1);
}

/* Also of a candidate that is not the best. */
static void a_cluster_names_all_kinds_once(void **state)
{
	struct fixture *f = *state;
	const struct made m = made_review(4);
	const struct duplicates found = {
		.count = 2,
		.candidate = {of_seq(3, DUPLICATE_OTHER_AUTHOR, 100),
			      of_seq(1, DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, 90)}};

	store_plain(f, 1);
	store_copy(f, 2, "b", 1, 90);
	store_copy(f, 3, "c", 1, 90);
	store_found(f, &m, &found, NULL, 0);
	assert_number(
		f,
		"SELECT count(*) FROM duplicate_clusters WHERE size = 4 "
		"AND length(kinds) = length('other-author,same-author-same-subject') "
		"AND kinds LIKE '%other-author%' "
		"AND kinds LIKE '%same-author-same-subject%'",
		1);
}

/* 75/125 is 0.6, and 74/126 is not: there the candidate begins a cluster of its own. */
static void none_drifts_away_step_by_step(void **state)
{
	struct fixture *f = *state;

	store_plain(f, 1);
	store_copy(f, 2, "b", 1, 75);
	store_copy(f, 3, "c", 2, 74);
	store_copy(f, 4, "d", 3, 100);
	store_copy(f, 5, "e", 2, 100);
	assert_int_equal(cluster_of(f, 2), 1);
	assert_int_equal(cluster_of(f, 3), 2);
	assert_int_equal(cluster_of(f, 4), 2);
	assert_int_equal(cluster_of(f, 5),
			 1); /* 2 belongs to 1, and is the first of another */
	assert_number(f,
		      "SELECT group_concat((cluster & 255) || ':' || size) = '1:3,2:3' "
		      "FROM duplicate_clusters ORDER BY cluster",
		      1);
}

/* A rollback takes them along, as everything else of the record. */
static void they_come_with_the_transaction(void **state)
{
	struct fixture *f = *state;

	store_plain(f, 1);
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	apply_rollback(f->apply);
	store_copy(f, 2, "b", 1, 100);
	apply_close(TAKE(f->apply));
	open_apply(f);
	store_copy(f, 3, "c", 2, 100);
	assert_int_equal(cluster_of(f, 3), 1);
	assert_number(f, "SELECT count(*) FROM duplicate", 2);
}

/* What came before may have been set aside, unread: there is a record and no review. */
static void a_candidate_without_a_review_is_shown(void **state)
{
	struct fixture *f = *state;
	struct made aside = made_review(1);

	aside.flags = RECORD_QUARANTINED;
	store_one(f, &aside, NULL, 0);
	store_copy(f, 2, "b", 1, 100);
	assert_number(f,
		      "SELECT count(*) FROM duplicates WHERE earlier_state IS NULL "
		      "AND earlier_id LIKE '%01'",
		      1);
	assert_number(f, "SELECT size FROM duplicate_clusters", 2);
}

/* Whoever asks about one review or cluster reads no other. */
static void views_are_reached_by_key(void **state)
{
	struct fixture *f = *state;
	static const char *const rows[] = {
		"SELECT * FROM duplicates WHERE n = 5",
		"SELECT * FROM duplicate_clusters WHERE cluster = 5",
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *sql = xasprintf("EXPLAIN QUERY PLAN %s", rows[i]);
		sqlite3_stmt *plan = NULL;

		assert_int_equal(store_prepare(f->reader, &plan, sql, NULL), ST_OK);
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(plan, 3);

			if (strncmp(step, "MATERIALIZE", 11) == 0 ||
			    (strncmp(step, "SCAN", 4) == 0 &&
			     strcmp(step, "SCAN duplicate_clusters") != 0))
				fail_msg("%s: %s", rows[i], step);
		}
		sqlite3_finalize(plan);
	}
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_ordinary_review_leaves_nothing),
		TEST(every_candidate_is_kept_without_any_rule),
		TEST(a_cluster_grows_by_the_best_candidate),
		TEST(a_cluster_names_all_kinds_once),
		TEST(none_drifts_away_step_by_step),
		TEST(they_come_with_the_transaction),
		TEST(a_candidate_without_a_review_is_shown),
		TEST(views_are_reached_by_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
