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

static void test_ratings_equal_a_recomputation(void **state)
{
	struct fixture *f = *state;
	uint64_t random = 1;

	for (uint64_t batch = 0; batch < 6; batch++) {
		assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
		for (uint64_t i = 1; i <= 50; i++) {
			struct made m = made_review(batch * 50 + i);
			char subject[32];
			struct hit hold = hit_of(ACTION_HOLD, "hold", "C-PII");
			random = random * 6364136223846793005U + 1442695040888963407U;
			snprintf(subject, sizeof(subject), "s%u",
				 (unsigned)(random >> 60));
			m.subject = subject;
			m.origin = (int)(random >> 40 & 7) % 7;
			m.has_rating = (random >> 30 & 3) != 0;
			m.worst = random >> 20 & 1 ? 500 : 0;
			m.best = random >> 21 & 1 ? 10000 : 0;
			m.rating = 1000 + (int64_t)(random >> 50 & 3) * 1333;
			assert_int_equal(put(f, &m, &hold, (random >> 33 & 7) == 0),
					 ST_OK);
		}
		assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
		assert_ratings_equal_recomputation(f);
	}
	assert_true(number(f, "SELECT count(*) FROM rating") > 10);
	assert_true(
		number(f,
		       "SELECT count(*) FROM review WHERE state = 2 AND rating NOT NULL "
		       "AND origin IN (3, 4, 5)") > 0);
}

static void test_public_ratings_show_the_mean_of_the_scale(void **state)
{
	struct fixture *f = *state;
	static const int64_t stars[] = {5000, 4000, 1000};

	for (uint64_t i = 0; i < ARRAY_LEN(stars); i++) {
		struct made m = made_review(i + 1);
		m.rating = stars[i];
		store_one(f, &m, NULL, 0);
	}
	assert_number(
		f,
		"SELECT count(*) FROM public_ratings WHERE scope = 'subject' "
		"AND id = 'hotel-1' AND name IS NULL AND site = 'main' AND method = 'mean' AND count = 3 "
		"AND sum = 1750000 AND round(mean * 4 + 1, 4) = 3.3333 "
		"AND fifth1 = 1 AND fifth4 = 1 AND fifth5 = 1",
		1);
	assert_number(f, "SELECT count FROM public_ratings WHERE scope = 'supplier'", 3);
}

static void test_facts_are_dated(void **state)
{
	struct fixture *f = *state;
	struct made m = made_of(KIND_SUBJECT, 2);

	store_plain(f, 1); /* names a subject and a supplier that nobody has described */
	assert_number(f, "SELECT count(*) FROM subject", 1);
	assert_number(f, "SELECT count(*) FROM subject_version", 0);
	m.subject = "hotel-1";
	m.supplier = "hotels";
	m.name = "Le Calme";
	store_one(f, &m, NULL, 0);
	m.seq = 3;
	m.name = "Le Grand Calme";
	store_one(f, &m, NULL, 0);
	m = made_of(KIND_SUPPLIER, 4);
	m.supplier = "hotels";
	m.contact = "desk@example.org";
	store_one(f, &m, NULL, 0);
	m = made_of(KIND_SITE, 5);
	m.name = "Avis du monde";
	store_one(f, &m, NULL, 0);
	assert_number(f, "SELECT count(*) FROM subject", 1);
	assert_number(f,
		      "SELECT group_concat(label, '>') = 'Le Calme>Le Grand Calme' "
		      "FROM subject_version",
		      1);
	assert_number(
		f,
		"SELECT count(*) FROM supplier_version WHERE contact = 'desk@example.org'",
		1);
	assert_number(
		f,
		"SELECT count(*) FROM events_readable WHERE kind IN ('subject.stated', "
		"'supplier.stated', 'site.stated') AND entry LIKE '%\"commit\":{%' "
		"AND entry NOT LIKE '%example.org%'",
		4);
	assert_number(
		f,
		"SELECT count(*) FROM events_readable WHERE "
		"(json_extract(entry, '$.commit.subject') NOT NULL) = "
		"(kind IN ('review.received', 'subject.stated')) AND "
		"(json_extract(entry, '$.commit.supplier') NOT NULL) = "
		"(kind IN ('review.received', 'subject.stated', 'supplier.stated'))",
		6);
	assert_number(f,
		      "SELECT count(*) FROM events_readable WHERE entry LIKE "
		      "'%hotel-1%' OR entry LIKE '%\"hotels\"%'",
		      0);
}

static void test_a_refusal_says_which_by_keyed_hashes(void **state)
{
	struct fixture *f = *state;
	struct made m = made_of(KIND_REFUSAL, 1);

	m.refused_kind = "review";
	m.refused_field = "ratings[2].value";
	m.refused_reason = "conflict";
	m.key = 0xC1;
	store_one(f, &m, NULL, 0);
	m.seq = 2;
	m.key = 0; /* illegible */
	store_one(f, &m, NULL, 0);
	assert_number(
		f,
		"SELECT count(*) FROM events_readable WHERE json_extract(entry, "
		"'$.key') = 'c1000000000000000000000000000000' AND "
		"json_extract(entry, '$.line') = '01000000000000000000000000000000' "
		"AND json_extract(entry, '$.field') = 'ratings[2].value' "
		"AND json_extract(entry, '$.actor') = 'principal:submit'",
		1);
	assert_number(f,
		      "SELECT count(*) FROM events_readable WHERE json_type(entry, "
		      "'$.key') IS NULL AND json_extract(entry, '$.line') LIKE '02%'",
		      1);
}

static void test_the_same_name_in_two_sites_is_two_things(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(2);

	store_plain(f, 1);
	m.site = "other";
	store_one(f, &m, NULL, 0);
	assert_number(f, "SELECT count(*) FROM subject WHERE name = 'hotel-1'", 2);
	assert_number(f,
		      "SELECT count(*) FROM public_ratings WHERE scope = 'subject' "
		      "AND count = 1",
		      2);
}

static void test_activations_refusals_repeats_and_carried_records(void **state)
{
	struct fixture *f = *state;
	struct made m = made_of(KIND_ACTIVATION, 1);

	m.activates = ACTIVATES_RULES;
	store_one(f, &m, NULL, 0);
	m = made_of(KIND_REFUSAL, 2);
	m.refused_kind = "review";
	m.refused_reason = "too-long";
	m.has_rating = true;
	m.rating = 1000;
	store_one(f, &m, NULL, 0);
	m = made_of(KIND_REPEAT, 3);
	m.repeated_kind = "review";
	m.count = 17;
	store_one(f, &m, NULL, 0);
	m = made_of(KIND_WITHDRAWAL, 4);
	m.target = "00000000-0000-0000-0000-000000000001";
	m.payload = "{\"why\":\"moved on\"}";
	store_one(f, &m, NULL, 0);
	m = made_of(KIND_REFUSAL, 5);
	m.refused_reason = "not-json";
	store_one(f, &m, NULL, 0);
	assert_number(f, "SELECT active_from FROM pack WHERE hex(hash) LIKE '1111%'",
		      store_n(1, 1));
	assert_number(f, "SELECT rating FROM refusals WHERE reason = 'too-long'", 1000);
	assert_number(f, "SELECT count(*) FROM refusals WHERE kind = 'illegible'", 1);
	assert_number(
		f,
		"SELECT count(*) FROM carried WHERE payload = '{\"why\":\"moved on\"}'",
		1);
	assert_number(f,
		      "SELECT count(*) FROM conservation_records WHERE kind = 'review' "
		      "AND repeated = 17 AND refused_at_intake = 1 AND stored = 0",
		      1);
	assert_number(
		f,
		"SELECT count(*) FROM events_readable WHERE kind IN ('rules.activated', "
		"'record.refused', 'record.repeated', 'record.carried')",
		5);
	assert_number(
		f, "SELECT count(*) FROM events_readable WHERE entry LIKE '%moved on%'",
		0);
	assert_number(f, "SELECT count(*) FROM record WHERE outcome != 1", 0);
}

static void test_what_was_set_aside_is_stored_and_not_read(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(1);

	m.flags = RECORD_QUARANTINED;
	store_one(f, &m, NULL, 0);
	m = made_review(2);
	m.flags = RECORD_ERASED;
	store_one(f, &m, NULL, 0);
	store_plain(f, 3);
	assert_number(f, "SELECT count(*) FROM review", 1);
	assert_number(f,
		      "SELECT count(*) FROM conservation_records WHERE kind = 'review' "
		      "AND stored = 3 AND applied = 1 AND quarantined = 1 AND erased = 1",
		      1);
	assert_number(f, "SELECT sum(reviews) FROM conservation_reviews", 1);
	assert_number(f,
		      "SELECT count(*) FROM records WHERE outcome = 'quarantined' "
		      "AND source IS NULL AND detail NOT NULL",
		      1);
}

/* Its body need not even be readable; whoever mends the fault finds every byte. */
static void test_what_was_set_aside_is_kept_byte_for_byte(void **state)
{
	static const struct {
		uint8_t flags;
		const char *row;
	} rows[] = {
		{RECORD_QUARANTINED, "a.stage IS NULL AND detail LIKE '%killed a stage'"},
		{RECORD_QUARANTINED | RECORD_KILLED_DEDUP,
		 "c.name = 'dedup' AND detail LIKE '%killed dedup'"},
		{RECORD_QUARANTINED | RECORD_KILLED_MODERATE,
		 "c.name = 'moderate' AND detail LIKE '%killed moderate'"},
		{RECORD_QUARANTINED | RECORD_KILLED_PUBLISH,
		 "c.name = 'publish' AND detail LIKE '%killed publish'"},
		{RECORD_QUARANTINED | RECORD_KILLED_PUBLISH | RECORD_ERASED,
		 "a.n IS NULL AND detail LIKE 'destroyed%'"},
	};
	struct fixture *f = *state;
	const struct findings findings = {0};

	for (uint64_t seq = 1; seq <= ARRAY_LEN(rows); seq++) {
		OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
		struct record_head head = {.kind = KIND_REVIEW,
					   .version = 1,
					   .seq = seq,
					   .received_at = MADE_FIRST_MS,
					   .site = SPAN_OF("main"),
					   .principal = SPAN_OF("submit")};
		struct record r;
		head.secret[0] = 0xC5;
		record_put(&bytes, &head, SPAN_OF("no row of fields"));
		assert_int_equal(record_parse_head(&r, buf_view(&bytes), NULL), ST_OK);
		r.flags = rows[seq - 1].flags;
		assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
		assert_int_equal(apply_record(f->apply, JOURNAL, &r, &findings, no_hash,
					      no_hash, NULL),
				 ST_OK);
		assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
		OWNED(freep)
		char *sql = xasprintf(
			"SELECT count(*) FROM record r LEFT JOIN set_aside a ON a.n = r.n"
			" LEFT JOIN code c ON c.list = 'stage' AND c.code = a.stage"
			" WHERE r.n = %lld AND %s",
			(long long)store_n(1, seq), rows[seq - 1].row);
		assert_number(f, sql, 1);
	}
	assert_number(f,
		      "SELECT count(*) FROM set_aside WHERE length(bytes) = 112 + 10 + 16"
		      " AND substr(bytes, 41, 1) = x'C5'"
		      " AND substr(bytes, -16) = CAST('no row of fields' AS BLOB)",
		      4);
	assert_number(f, "SELECT count(*) FROM record WHERE submitted_at NOT NULL", 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ratings_equal_a_recomputation),
		TEST(test_public_ratings_show_the_mean_of_the_scale),
		TEST(test_facts_are_dated),
		TEST(test_a_refusal_says_which_by_keyed_hashes),
		TEST(test_the_same_name_in_two_sites_is_two_things),
		TEST(test_activations_refusals_repeats_and_carried_records),
		TEST(test_what_was_set_aside_is_stored_and_not_read),
		TEST(test_what_was_set_aside_is_kept_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
