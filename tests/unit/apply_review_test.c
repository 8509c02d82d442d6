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

static void test_a_review_without_hits_is_published(void **state)
{
	struct fixture *f = *state;

	store_plain(f, 1);
	assert_int_equal(state_of(f, 1), STATE_PUBLISHED);
	assert_int_equal(apply_committed(f->apply, JOURNAL), 1);
	assert_int_equal(apply_committed(f->apply, JOURNAL + 1), 0);
	assert_number(f,
		      "SELECT count(*) FROM public_reviews WHERE subject = 'hotel-1' "
		      "AND supplier = 'hotels' AND site = 'main' AND rating = 5000 "
		      "AND rating_worst = 1000 AND rating_best = 5000 "
		      "AND text = 'Une chambre calme, un accueil \"parfait\".' "
		      "AND display_name = 'Anne D.' AND origin = 'unsolicited' "
		      "AND verification = 'none' AND published_at = 1795000001000 "
		      "AND revised_at IS NULL AND reply IS NULL",
		      1);
	assert_number(
		f,
		"SELECT count(*) FROM decisions WHERE outcome = 'published' "
		"AND action = 'accept' AND actor = 'system:moderate' AND rule IS NULL",
		1);
	assert_number(f, "SELECT count(*) FROM event", 2);
	assert_number(f, "SELECT count(*) FROM notices", 0);
}

static void test_groups_and_claims_are_kept(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(1);

	m.criteria = m.media = true;
	m.origin = ORIGIN_SOLICITED;
	m.experience_date = 20700;
	m.invitation = "i-5";
	m.origin_reason = "spam";
	m.original_url = "https://there.example/9";
	m.attestation_at = m.received_at - 60000;
	store_one(f, &m, NULL, 0);
	assert_number(
		f,
		"SELECT group_concat(place || criterion || value || ifnull(best, '-')) = "
		"'1calm4000-,2welcome850010000' FROM rating_criterion",
		1);
	assert_number(
		f,
		"SELECT media LIKE '[{\"hash\":\"abab%\",\"type\":\"image/jpeg\"}]' "
		"FROM revision",
		1);
	assert_number(f,
		      "SELECT count(*) FROM public_reviews WHERE origin = 'solicited' "
		      "AND experience_date = 20700",
		      1);
	assert_number(f, "SELECT received_at - attestation_at FROM reviews", 60000);
	assert_number(f,
		      "SELECT count(*) FROM revision WHERE invitation = 'i-5' "
		      "AND origin_reason = 'spam' AND syndication_id IS NULL "
		      "AND syndication_url = 'https://there.example/9'",
		      1);
}

static void test_the_severest_live_hit_decides(void **state)
{
	struct fixture *f = *state;
	struct hit shadow = hit_of(ACTION_REJECT, "shadow", "L-LINK");
	struct hit hold = hit_of(ACTION_HOLD, "hold", "C-PII");
	struct hit reject = hit_of(ACTION_REJECT, "reject", "L-INSULT");
	struct hit again = hit_of(ACTION_REJECT, "second", "L-LINK");
	struct hit await = hit_of(ACTION_AWAIT_AUTHOR, "ask", "C-MISMATCH");
	struct hit label = hit_of(ACTION_LABEL, "label", "");
	struct {
		struct hit hits[3];
		size_t count;
		enum state expected;
		const char *rule;
	} rows[] = {
		{{shadow}, 1, STATE_PUBLISHED, ""},
		{{label}, 1, STATE_PUBLISHED, "label"},
		{{hold, await}, 2, STATE_HELD, "hold"},
		{{await, hold}, 2, STATE_HELD, "hold"},
		{{await}, 1, STATE_AWAITING_AUTHOR, "ask"},
		{{reject, again, hold}, 3, STATE_REJECTED, "reject"},
		{{hold, reject, again}, 3, STATE_REJECTED, "reject"},
	};

	rows[0].hits[0].mode = MODE_SHADOW;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct made m = made_review(i + 1);
		store_one(f, &m, rows[i].hits, rows[i].count);
		assert_int_equal(state_of(f, i + 1), rows[i].expected);
		OWNED(freep)
		char *sql = xasprintf(
			"SELECT count(*) FROM decisions WHERE n = %lld AND ifnull(rule, '') = '%s'",
			(long long)store_n(1, i + 1), rows[i].rule);
		assert_number(f, sql, 1);
	}
	assert_number(f,
		      "SELECT count(*) FROM events_readable "
		      "WHERE entry LIKE '%\"shadow\":[\"shadow\"]%'",
		      1);
}

static void test_a_rejection_tells_its_author(void **state)
{
	struct fixture *f = *state;
	const struct made m = made_review(1);
	struct hit reject = hit_of(ACTION_REJECT, "insult", "L-INSULT");

	reject.span_count = 1;
	reject.spans[0] = (struct hit_span){field_table[FIELD_TEXT].tag, 4, 7};
	store_one(f, &m, &reject, 1);
	assert_number(
		f,
		"SELECT count(*) FROM notices WHERE template = 'review-rejected' "
		"AND recipient = 'author' AND language = 'fr' AND reason = 'L-INSULT' "
		"AND state = 'queued' AND due_at = 1795000001000 + 7 * 86400000",
		1);
	assert_number(f,
		      "SELECT count(*) FROM decisions WHERE reason = 'L-INSULT' "
		      "AND rule = 'insult' AND rule_version = 3 AND clauses = 'ISO-27' "
		      "AND length(rules) = 64 AND evidence LIKE "
		      "'%\"spans\":[{\"field\":\"text\",\"length\":7,\"start\":4}]%'",
		      1);
	assert_number(f,
		      "SELECT count(*) FROM events_readable WHERE kind = 'notice.queued'",
		      1);
	assert_number(f, "SELECT count(*) FROM public_reviews", 0);
	assert_number(f, "SELECT count(*) FROM rating", 0);
}

static void test_a_rejection_without_reason_is_held_with_an_alarm(void **state)
{
	struct fixture *f = *state;
	const struct made m = made_review(1);
	struct hit reject = hit_of(ACTION_REJECT, "careless", "");

	store_one(f, &m, &reject, 1);
	assert_int_equal(state_of(f, 1), STATE_HELD);
	assert_number(f,
		      "SELECT count(*) FROM events_readable WHERE kind = 'alarm.raised' "
		      "AND entry LIKE '%\"rule\":\"careless\"%reject-without-reason%'",
		      1);
}

static void test_a_held_review_has_a_deadline(void **state)
{
	struct fixture *f = *state;
	const struct made m = made_review(1);
	struct hit hold = hit_of(ACTION_HOLD, "hold", "C-PII");
	int64_t deadline;

	store_one(f, &m, &hold, 1);
	assert_int_equal(apply_next_deadline(f->apply, &deadline, NULL), ST_OK);
	assert_int_equal(deadline, m.received_at + 5 * DAY_MS);
	struct made tick = made_of(KIND_TICK, 2);
	tick.deadline = deadline;
	store_one(f, &tick, NULL, 0);
	assert_int_equal(apply_next_deadline(f->apply, &deadline, NULL), ST_OK);
	assert_int_equal(deadline, 0);
	apply_close(TAKE(f->apply));
	open_apply(f);
	assert_int_equal(apply_next_deadline(f->apply, &deadline, NULL), ST_OK);
	assert_int_equal(deadline, 0);
}

static void test_a_duplicate_stands_only_while_the_earlier_review_is_there(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum action first;
		enum state expected;
	} rows[] = {
		{ACTION_ACCEPT, STATE_REJECTED},
		{ACTION_HOLD, STATE_REJECTED},
		{ACTION_REJECT, STATE_PUBLISHED}, /* a corrected resubmission */
		{ACTION_AWAIT_AUTHOR, STATE_PUBLISHED},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct made first = made_review(2 * i + 1),
				  second = made_review(2 * i + 2);
		struct hit hit = hit_of(rows[i].first, "first", "L-LINK");
		struct hit duplicate = duplicate_hit(first.seq);
		store_one(f, &first, &hit, rows[i].first != ACTION_ACCEPT);
		store_one(f, &second, &duplicate, 1);
		assert_int_equal(state_of(f, second.seq), rows[i].expected);
	}
	assert_number(f,
		      "SELECT count(*) FROM events_readable WHERE entry LIKE "
		      "'%\"duplicate_of\":\"00000000-0000-0000-0000-000000000001\"%'",
		      1);
}

static void test_a_duplicate_leads_to_the_original(void **state)
{
	struct fixture *f = *state;

	store_plain(f, 1);
	for (uint64_t seq = 2; seq <= 4; seq++) {
		const struct made m = made_review(seq);
		struct hit duplicate = duplicate_hit(seq - 1);
		store_one(f, &m, &duplicate, 1);
		assert_int_equal(state_of(f, seq), STATE_REJECTED);
	}
	OWNED(freep)
	char *sql = xasprintf("SELECT count(*) FROM review WHERE duplicate_of = %lld",
			      (long long)store_n(1, 1));
	assert_number(f, sql, 3);
}

static void test_another_purchase_or_date_is_no_duplicate(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *purchase;
		int32_t date;
		enum state expected;
	} rows[] = {
		{"po-1", 20000, STATE_REJECTED},  {"po-2", 20000, STATE_PUBLISHED},
		{"po-1", 20001, STATE_PUBLISHED}, {NULL, 0, STATE_REJECTED},
		{NULL, 20000, STATE_REJECTED},	  {NULL, 20001, STATE_PUBLISHED},
	};
	struct made first = made_review(1);
	struct hit duplicate = duplicate_hit(1);

	first.purchase_ref = "po-1";
	first.experience_date = 20000;
	store_one(f, &first, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct made m = made_review(i + 2);
		m.purchase_ref = rows[i].purchase;
		m.experience_date = rows[i].date;
		store_one(f, &m, &duplicate, 1);
		assert_int_equal(state_of(f, m.seq), rows[i].expected);
	}
}

static struct duplicates found_one(enum duplicate_kind kind, uint64_t seq)
{
	return (struct duplicates){
		.count = 1,
		.candidate = {
			{.kind = kind, .seq = seq, .shared = 9, .mine = 9, .theirs = 9}}};
}

/* Two accounts that paste one text may state what they like; one author who says two things of
 * two experiences repeats nothing. */
static void test_the_experience_is_asked_of_one_author_alone(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum duplicate_kind kind;
		enum state expected;
	} rows[] = {
		{DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, STATE_PUBLISHED},
		{DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT, STATE_PUBLISHED},
		{DUPLICATE_COLLECTOR_FAULT, STATE_PUBLISHED},
		{DUPLICATE_OTHER_AUTHOR, STATE_HELD},
	};
	struct made first = made_review(1);

	first.purchase_ref = "po-1";
	first.experience_date = 20000;
	store_one(f, &first, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct made m = made_review(i + 2);
		struct duplicates found = found_one(rows[i].kind, 1);
		struct hit hit = hit_of(ACTION_HOLD, "copy", "L-FAKE-SUSP");

		hit.duplicate_of = 1;
		m.purchase_ref = "po-2";
		m.experience_date = 20001;
		store_found(f, &m, &found, &hit, 1);
		assert_int_equal(state_of(f, m.seq), rows[i].expected);
	}
}

/* The nearest in time may tell of another experience, and one before it of this. */
static void test_any_candidate_that_is_as_like_does(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int32_t date;
		uint32_t shared; /* with the first, of 9; the second has all */
		enum state expected;
		int64_t earlier;
	} rows[] = {
		{20000, 9, STATE_REJECTED, 1},
		{20001, 9, STATE_REJECTED, 2},
		{20002, 9, STATE_PUBLISHED, 0},
		{20000, 8, STATE_PUBLISHED, 0}, /* the rule may not have taken it */
	};

	for (uint64_t seq = 1; seq <= 2; seq++) {
		struct made m = made_review(seq);
		m.experience_date = 19999 + (int32_t)seq;
		store_one(f, &m, NULL, 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct made m = made_review(i + 3);
		struct duplicates found =
			found_one(DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, 2);
		struct hit hit = duplicate_hit(2);

		found.candidate[found.count] = found.candidate[0];
		found.candidate[found.count].shared = rows[i].shared;
		found.candidate[found.count++].seq = 1;
		m.experience_date = rows[i].date;
		store_found(f, &m, &found, &hit, 1);
		assert_int_equal(state_of(f, m.seq), rows[i].expected);
		OWNED(freep)
		char *sql =
			xasprintf("SELECT coalesce(duplicate_of, 0) & 255 FROM review "
				  "WHERE n & 255 = %d",
				  (int)m.seq);
		assert_number(f, sql, rows[i].earlier);
		OWNED(freep)
		char *evidence =
			xasprintf("SELECT count(*) FROM decision WHERE n & 255 = %d "
				  "AND evidence LIKE '%%\"seq\":%d,%%'",
				  (int)m.seq, rows[i].earlier == 1 ? 1 : 2);
		assert_number(f, evidence, 1);
	}
}

static void set_state(struct fixture *f, uint64_t seq, enum state to)
{
	OWNED(freep)
	char *sql = xasprintf("UPDATE review SET state = %d WHERE n = %lld", (int)to,
			      (long long)store_n(1, seq));
	OWNED(store_closep) struct store *writer = NULL;

	apply_close(TAKE(f->apply));
	assert_int_equal(store_open(&writer, f->path, STORE_WRITE, NULL), ST_OK);
	assert_int_equal(store_exec(writer, sql, NULL), ST_OK);
	store_close(TAKE(writer));
	open_apply(f);
}

/* Every state that the earlier review can be in; and what it had repeated itself, a text that is
 * still there, counts only if it was rejected for that. */
static void test_a_state_that_is_not_there_frees_the_text(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum state earlier, expected, behind_another;
	} rows[] = {
		{STATE_PUBLISHED, STATE_REJECTED, STATE_REJECTED},
		{STATE_HELD, STATE_REJECTED, STATE_REJECTED},
		{STATE_WAITING, STATE_REJECTED, STATE_REJECTED},
		{STATE_REJECTED, STATE_PUBLISHED, STATE_REJECTED},
		{STATE_AWAITING_AUTHOR, STATE_PUBLISHED, STATE_PUBLISHED},
		{STATE_RESTRICTED, STATE_PUBLISHED, STATE_PUBLISHED},
		{STATE_WITHDRAWN, STATE_PUBLISHED, STATE_PUBLISHED},
		{STATE_EXPIRED, STATE_PUBLISHED, STATE_PUBLISHED},
		{STATE_ERASED, STATE_PUBLISHED, STATE_PUBLISHED},
	};

	store_plain(f, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t seq = 4 * i + 2;
		struct made m[4];
		struct hit of_root = duplicate_hit(1), of_free = duplicate_hit(seq),
			   of_copy = duplicate_hit(seq + 1);

		for (size_t k = 0; k < 4; k++)
			m[k] = made_review(seq + k);
		store_one(f, &m[0], NULL, 0);
		store_one(f, &m[1], &of_root, 1);
		set_state(f, seq, rows[i].earlier);
		set_state(f, seq + 1, rows[i].earlier);
		store_one(f, &m[2], &of_free, 1);
		assert_int_equal(state_of(f, seq + 2), rows[i].expected);
		store_one(f, &m[3], &of_copy, 1);
		assert_int_equal(state_of(f, seq + 3), rows[i].behind_another);
	}
}

static void test_a_duplicate_of_no_review_is_none(void **state)
{
	struct fixture *f = *state;
	struct made supplier = made_of(KIND_SUPPLIER, 1);
	const struct made m = made_review(2);
	struct hit hits[] = {duplicate_hit(1), hit_of(ACTION_HOLD, "hold", "C-PII")};

	supplier.supplier = "hotels";
	store_one(f, &supplier, NULL, 0);
	store_one(f, &m, hits, 2);
	assert_int_equal(state_of(f, 2), STATE_HELD); /* by the other hit */
}

static void test_gates_of_the_policy_keep_a_review_back(void **state)
{
	struct fixture *f = *state;
	static const char *const reasons[] = {"C-PII", "L-LINK", NULL};
	struct policy policy = {.hold_days = 2,
				.publish_days = 9,
				.notify_days = 1,
				.rating.version = 4,
				.reasons = reasons};
	struct hit hold = hit_of(ACTION_HOLD, "hold", "C-PII");
	struct made m = made_review(1);

	f->policy = &policy;
	store_one(f, &m, &hold, 1);
	m = made_review(2);
	store_one(f, &m, NULL, 0); /* the order of writing is not kept */
	assert_int_equal(state_of(f, 2), STATE_PUBLISHED);
	policy.gates.order_of_writing = true;
	m = made_review(3);
	store_one(f, &m, NULL, 0);
	assert_int_equal(state_of(f, 3), STATE_WAITING);
	m = made_review(4);
	m.subject = "hotel-2";
	store_one(f, &m, NULL, 0);
	assert_int_equal(state_of(f, 4), STATE_PUBLISHED);
	policy.gates.contact_confirmed = true;
	m = made_review(5);
	store_one(f, &m, NULL, 0);
	assert_int_equal(state_of(f, 5), STATE_AWAITING_AUTHOR);
	assert_number(f, "SELECT deadline - 1795000000000 FROM review WHERE state = 4",
		      1000 + 2 * DAY_MS);
	assert_number(f, "SELECT deadline - 1795000000000 FROM review WHERE state = 6",
		      5000 + 9 * DAY_MS);
	assert_number(f, "SELECT count(*) FROM rating WHERE version = 4", 3);
}

static void test_a_reason_that_the_policy_does_not_declare_rejects_nothing(void **state)
{
	struct fixture *f = *state;
	static const char *const reasons[] = {"L-LINK", NULL};
	const struct policy policy = {.hold_days = 2, .reasons = reasons};
	const struct made m = made_review(1), other = made_review(2);
	struct hit reject = hit_of(ACTION_REJECT, "r", "L-INSULT");

	f->policy = &policy;
	store_one(f, &m, &reject, 1);
	assert_int_equal(state_of(f, 1), STATE_HELD);
	reject.reason = SPAN_OF("L-LINK");
	store_one(f, &other, &reject, 1);
	assert_int_equal(state_of(f, 2), STATE_REJECTED);
}

static void test_a_legacy_review_keeps_what_its_source_asserts(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int asserted;
		enum state expected;
	} rows[] = {{0, STATE_PUBLISHED},
		    {ORIGIN_PUBLISHED, STATE_PUBLISHED},
		    {ORIGIN_REJECTED, STATE_REJECTED},
		    {ORIGIN_HELD, STATE_HELD},
		    {ORIGIN_WITHDRAWN, STATE_WITHDRAWN},
		    {ORIGIN_RESTRICTED, STATE_RESTRICTED},
		    {ORIGIN_EXPIRED, STATE_EXPIRED}};
	struct hit reject = hit_of(ACTION_REJECT, "insult", "L-INSULT");
	int64_t deadline;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct made m = made_review(i + 1);
		m.legacy = true;
		m.origin_state = rows[i].asserted;
		m.published_at_origin = INT64_C(1600000000000);
		m.origin_decided_at = rows[i].asserted ? INT64_C(1590000000000) : 0;
		store_one(f, &m, &reject, 1);
		assert_int_equal(state_of(f, m.seq), rows[i].expected);
	}
	assert_number(f, "SELECT count(*) FROM notices", 0);
	assert_number(f, "SELECT count(*) FROM review WHERE published_at = 1600000000000",
		      2);
	assert_number(
		f,
		"SELECT count(*) FROM reviews WHERE legacy "
		"AND origin_decided_at = 1590000000000 AND origin_state = state "
		"AND (SELECT at FROM decisions d WHERE d.n = decision) > origin_decided_at",
		6);
	assert_number(f,
		      "SELECT count(*) FROM reviews WHERE origin_decided_at IS NULL "
		      "AND origin_state IS NULL",
		      1);
	assert_number(
		f,
		"SELECT count(*) FROM events_readable WHERE kind = 'review.received' "
		"AND entry LIKE '%\"commit\":{%\"origin_decided_at\":%'",
		6);
	assert_number(f, "SELECT count(*) FROM event WHERE entry LIKE '%1590000000000%'",
		      0);
	struct made undated = made_review(ARRAY_LEN(rows) + 1);
	undated.legacy = true;
	store_one(f, &undated, &reject, 0);
	assert_number(
		f,
		"SELECT count(*) FROM public_reviews WHERE legacy AND published_at IS NULL",
		1);
	assert_number(
		f,
		"SELECT count(*) FROM decisions WHERE action IS NULL AND rule IS NULL "
		"AND actor = 'principal:submit' AND evidence LIKE '%\"rule\":\"insult\"%'",
		7);
	assert_number(
		f,
		"SELECT count(*) FROM events_readable WHERE kind = 'review.decided' "
		"AND entry LIKE '%\"automated\":false%\"shadow\":[\"insult\"]%'",
		7);
	assert_int_equal(apply_next_deadline(f->apply, &deadline, NULL), ST_OK);
	assert_int_equal(deadline, 0);
}

static void test_published_reviews_are_listed_newest_first(void **state)
{
	struct fixture *f = *state;
	struct hit hold = hit_of(ACTION_HOLD, "hold", "C-PII");

	for (uint64_t seq = 1; seq <= 20; seq++) { /* poured together at 8 and 16 */
		struct made m = made_review(seq);
		m.subject = seq % 2 ? "odd" : "even";
		m.legacy = seq % 7 == 0;
		m.published_at_origin =
			m.legacy ? INT64_C(1500000000000) + (int64_t)seq : 0;
		store_one(f, &m, &hold, seq % 5 == 0);
	}
	assert_number(f, "SELECT count(*) FROM listing", 13);
	assert_number(f, "SELECT count(*) FROM listing_recent", 3);
	assert_number(
		f,
		"SELECT count(*) FROM review v LEFT JOIN public_listing l ON l.n = v.n "
		"AND l.subject_number = v.subject AND l.published_at = v.published_at "
		"WHERE (v.state = 2) != (l.n IS NOT NULL)",
		0);
	assert_number(
		f,
		"SELECT group_concat(n & 255) = '19,17,13,11,9,3,1,7' FROM "
		"(SELECT l.n FROM public_listing l JOIN public_reviews p ON p.n = l.n "
		"WHERE p.subject = 'odd' ORDER BY l.published_at DESC, l.n DESC)",
		1);
}

/* What a moderator or a tick will need; no record decides about two reviews yet. */
static void test_one_record_may_decide_about_several_reviews(void **state)
{
	struct fixture *f = *state;
	OWNED(store_closep) struct store *writer = NULL;

	store_plain(f, 1);
	store_plain(f, 2);
	apply_close(TAKE(f->apply));
	assert_int_equal(store_open(&writer, f->path, STORE_WRITE, NULL), ST_OK);
	static const char also[] =
		"INSERT INTO decision SELECT (SELECT max(n) FROM record), review, outcome, "
		"action, reason, rule, rule_version, clause, rules, policy, actor, at, "
		"evidence FROM decision WHERE n = (SELECT min(n) FROM record)";
	assert_int_equal(store_exec(writer, also, NULL), ST_OK);
	assert_int_not_equal(store_exec(writer, also, NULL),
			     ST_OK); /* but once about each */
	assert_number(f, "SELECT count(*) FROM decisions WHERE n & 255 = 2", 2);
	assert_number(f,
		      "SELECT count(*) FROM reviews v JOIN decisions d "
		      "ON d.n = v.decision AND d.review = v.n",
		      2);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_review_without_hits_is_published),
		TEST(test_groups_and_claims_are_kept),
		TEST(test_one_record_may_decide_about_several_reviews),
		TEST(test_published_reviews_are_listed_newest_first),
		TEST(test_the_severest_live_hit_decides),
		TEST(test_a_rejection_tells_its_author),
		TEST(test_a_rejection_without_reason_is_held_with_an_alarm),
		TEST(test_a_held_review_has_a_deadline),
		TEST(test_a_duplicate_stands_only_while_the_earlier_review_is_there),
		TEST(test_a_duplicate_leads_to_the_original),
		TEST(test_another_purchase_or_date_is_no_duplicate),
		TEST(test_the_experience_is_asked_of_one_author_alone),
		TEST(test_any_candidate_that_is_as_like_does),
		TEST(test_a_state_that_is_not_there_frees_the_text),
		TEST(test_a_duplicate_of_no_review_is_none),
		TEST(test_gates_of_the_policy_keep_a_review_back),
		TEST(test_a_reason_that_the_policy_does_not_declare_rejects_nothing),
		TEST(test_a_legacy_review_keeps_what_its_source_asserts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
