// uses: tests/lib/made.c tests/lib/applied.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c stages/publish/copies.c
#include "store_replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "applied.h"

static struct store_replay *open_replay(const struct fixture *f, uint64_t journal_id,
					uint64_t after, bool texts,
					uint64_t *ret_committed)
{
	struct store_replay *r = NULL;

	assert_int_equal(store_replay_open(&r, ret_committed, f->path, journal_id, after,
					   texts, NULL),
			 ST_OK);
	return r;
}

static bool next(struct store_replay *r, struct store_row *row)
{
	bool end;

	assert_int_equal(store_replay_next(r, row, &end, NULL), ST_OK);
	return !end;
}

static void no_store_and_no_journal_have_nothing(void **state)
{
	struct fixture *f = *state;
	OWNED(freep) char *none = xasprintf("%s/none", f->directory);
	struct store_replay *r = NULL;
	uint64_t committed = 9;

	assert_int_equal(store_replay_open(&r, &committed, none, JOURNAL, 0, true, NULL),
			 ST_OK);
	assert_null(r);
	assert_int_equal(committed, 0);
	assert_null(open_replay(f, JOURNAL, 0, true, &committed));
	store_plain(f, 1);
	assert_null(open_replay(f, JOURNAL + 1, 0, true, &committed));
	assert_int_equal(committed, 0);
}

static void assert_set_aside(const struct store_row *row, bool expected)
{
	struct record r;

	assert_int_equal(row->set_aside.at != NULL, expected);
	assert_int_equal(row->killed, expected ? STAGE_MODERATE : 0);
	if (!expected)
		return;
	assert_int_equal(record_parse(&r, row->set_aside, NULL), ST_OK);
	assert_int_equal(r.bytes.len, row->set_aside.len);
	assert_int_equal(r.seq, row->seq);
	assert_true(span_equal(r.field[FIELD_SUBJECT], SPAN_OF("hotel-1")));
}

static void every_record_comes_back_in_order(void **state)
{
	struct fixture *f = *state;
	struct store_row row;
	uint64_t committed;

	for (uint64_t seq = 1; seq <= 30; seq++) {
		struct made m = seq % 3 ? made_review(seq) : made_of(KIND_SUPPLIER, seq);
		m.supplier = "hotels";
		m.name = seq % 3 ? NULL : "x";
		m.flags = seq == 10 ? RECORD_QUARANTINED | RECORD_KILLED_MODERATE : 0;
		m.experience_date = seq == 11 ? 20000 : 0;
		m.purchase_ref = seq == 11 ? "order" : NULL;
		store_one(f, &m, NULL, 0);
	}
	for (uint64_t after = 0; after <= 31; after++) {
		for (int texts = 0; texts < 2; texts++) {
			OWNED(store_replay_closep)
			struct store_replay *r =
				open_replay(f, JOURNAL, after, texts, &committed);
			assert_int_equal(committed, 30);
			uint64_t seq = after;
			while (next(r, &row)) {
				assert_int_equal(row.seq, ++seq);
				assert_int_equal(row.kind, seq % 3 || seq == 10
								   ? KIND_REVIEW
								   : KIND_SUPPLIER);
				assert_int_equal(row.quarantined, seq == 10);
				assert_int_equal(row.received_at,
						 MADE_FIRST_MS + (int64_t)seq * 1000);
				assert_non_null(row.id);
				assert_non_null(row.key_hash);
				assert_non_null(row.body_hash);
				assert_true(span_equal(row.site, SPAN_OF("main")));
				assert_set_aside(&row, texts && seq == 10);
				bool read = texts && seq % 3 && seq != 10;
				assert_int_equal(row.text.at != NULL, read);
				assert_int_equal(row.author_ref.at != NULL, read);
				assert_int_equal(row.has_experience_date,
						 texts && seq == 11);
				if (!read)
					continue;
				assert_true(span_equal(row.subject, SPAN_OF("hotel-1")));
				assert_true(span_equal(row.supplier, SPAN_OF("hotels")));
				assert_true(span_equal(row.source, SPAN_OF("shop")));
				assert_int_equal(row.experience_date,
						 seq == 11 ? 20000 : 0);
				assert_int_equal(row.purchase_ref.at != NULL, seq == 11);
			}
			assert_int_equal(seq, MAX(after, 30));
			if (after > 30)
				continue;
			assert_false(next(r, &row)); /* and stays at its end */
		}
	}
}

/* More than a page, and what is committed while it reads. */
static void pages_follow_one_another(void **state)
{
	struct fixture *f = *state;
	struct store_row row;
	uint64_t committed, seq = 0;

	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	for (uint64_t n = 1; n <= 4000; n++) {
		struct made m = made_of(KIND_TICK, n);
		m.deadline = 1;
		assert_int_equal(put(f, &m, NULL, 0), ST_OK);
	}
	assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
	OWNED(store_replay_closep)
	struct store_replay *r = open_replay(f, JOURNAL, 0, false, &committed);
	while (next(r, &row)) {
		assert_int_equal(row.seq, ++seq);
		if (seq == 3000)
			store_plain(f, 4001);
	}
	assert_int_equal(committed, 4000);
	assert_int_equal(seq, 4001);
}

static void store_of(struct fixture *f, uint64_t journal_id, uint64_t first,
		     uint64_t last)
{
	for (uint64_t seq = first; seq <= last; seq++) {
		OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
		struct made m = made_of(KIND_TICK, seq);
		struct findings findings = {.has_verdict = true};
		struct record r;

		m.deadline = 1;
		made_parse(&keep, &r, &m);
		assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
		assert_int_equal(apply_record(f->apply, journal_id, &r, &findings,
					      no_hash, no_hash, NULL),
				 ST_OK);
		assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
	}
}

/* Of three journals, whichever is the one that is left out; and of all, for a new one. */
static void other_journals_come_whole_and_one_behind_the_other(void **state)
{
	static const uint64_t lasts[] = {3, 5, 2};
	struct fixture *f = *state;
	struct store_row row;

	for (uint64_t j = 0; j < ARRAY_LEN(lasts); j++)
		store_of(f, 100 + j, 1, lasts[j]);
	for (uint64_t mine = 0; mine <= ARRAY_LEN(lasts); mine++) {
		OWNED(store_replay_closep) struct store_replay *r = NULL;
		assert_int_equal(store_replay_open_others(&r, f->path, 100 + mine, NULL),
				 ST_OK);
		for (uint64_t j = 0; j < ARRAY_LEN(lasts); j++) {
			for (uint64_t seq = 1; j != mine && seq <= lasts[j]; seq++) {
				assert_true(next(r, &row));
				assert_int_equal(row.seq, seq);
			}
		}
		assert_false(next(r, &row));
		assert_false(next(r, &row));
	}
	struct store_replay *none = NULL;
	assert_int_equal(store_replay_open_others(&none, "/nowhere/store.db", 1, NULL),
			 ST_OK);
	assert_null(none);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_store_and_no_journal_have_nothing),
		TEST(every_record_comes_back_in_order),
		TEST(pages_follow_one_another),
		TEST(other_journals_come_whole_and_one_behind_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
