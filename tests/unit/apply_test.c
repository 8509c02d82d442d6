// uses: tests/lib/made.c
// uses: stages/publish/apply.c stages/publish/apply_review.c stages/publish/apply_fact.c
// uses: stages/publish/apply_other.c stages/publish/verdict.c stages/publish/outbox.c
// uses: stages/publish/rating.c stages/publish/names.c stages/publish/rows.c
#include "apply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "alloc.h"
#include "made.h"
#include "state.h"

#define JOURNAL UINT64_C(0x1122334455667788)

static const uint8_t no_hash[SHA256_BYTES];
static const uint8_t rules_hash[SHA256_BYTES] = {0xAA};
static const uint8_t policy_hash[SHA256_BYTES] = {0xBB};

/* A store of its own per test. */
struct fixture {
	char *directory, *path;
	struct apply *apply;
	struct store *reader;
	const struct policy *policy;
};

static enum status give_policy(void *context, const struct policy **ret,
			       const uint8_t hash[SHA256_BYTES], struct err *err)
{
	struct fixture *f = context;

	(void)err;
	assert_memory_equal(hash, policy_hash, SHA256_BYTES);
	*ret = f->policy;
	return ST_OK;
}

static void open_apply(struct fixture *f)
{
	const struct apply_options options = {.policy = give_policy, .context = f};
	struct err err;

	if (apply_open(&f->apply, f->path, &options, &err))
		fail_msg("%s", err.text);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	f->directory = xasprintf("%s/apply_test.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(f->directory))
		return -1;
	f->path = xasprintf("%s/store", f->directory);
	open_apply(f);
	*state = f;
	return store_open(&f->reader, f->path, STORE_READ, NULL) ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	OWNED(freep) char *command = xasprintf("rm -rf '%s'", f->directory);

	store_close(f->reader);
	apply_close(f->apply);
	int result = system(command);
	free(f->path);
	free(f->directory);
	free(f);
	return result;
}

static int64_t number(struct fixture *f, const char *sql)
{
	struct err err;
	int64_t value;

	if (store_int(f->reader, &value, sql, -1, &err))
		fail_msg("%s", err.text);
	return value;
}

static void assert_number(struct fixture *f, const char *sql, int64_t expected)
{
	int64_t found = number(f, sql);

	if (found != expected)
		fail_msg("%s\n\tgives %lld, not %lld", sql, (long long)found,
			 (long long)expected);
}

/* Applies one record inside the open transaction. */
static enum status put(struct fixture *f, const struct made *m, struct hit *hits,
		       size_t count)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct findings findings = {
		.has_verdict = true, .hit_count = count, .hits = hits};
	struct record r;

	made_parse(&keep, &r, m);
	return apply_record(f->apply, JOURNAL, &r, &findings, rules_hash,
			    f->policy ? policy_hash : no_hash, NULL);
}

/* The same in a transaction of its own. */
static void store_one(struct fixture *f, const struct made *m, struct hit *hits,
		      size_t count)
{
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(put(f, m, hits, count), ST_OK);
	assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
}

static void store_plain(struct fixture *f, uint64_t seq)
{
	const struct made m = made_review(seq);

	store_one(f, &m, NULL, 0);
}

static struct hit hit_of(enum action action, const char *rule, const char *reason)
{
	return (struct hit){.action = action,
			    .rule = span_of(rule),
			    .version = 3,
			    .reason = span_of(reason),
			    .clauses = SPAN_OF("ISO-27")};
}

static struct hit duplicate_hit(uint64_t of)
{
	struct hit hit = hit_of(ACTION_REJECT, "dup", "L-DUP");

	hit.duplicate_of = of;
	return hit;
}

/* State of the review of record `seq`, by name's code. */
static enum state state_of(struct fixture *f, uint64_t seq)
{
	OWNED(freep)
	char *sql = xasprintf("SELECT state FROM review WHERE n = %lld",
			      (long long)store_n(1, seq));

	return (enum state)number(f, sql);
}

static void assert_ratings_equal_recomputation(struct fixture *f)
{
	assert_number(
		f,
		"SELECT count(*) FROM (SELECT scope, target, count, sum, fifth1, fifth2, "
		"fifth3, fifth4, fifth5 FROM rating WHERE count > 0 EXCEPT "
		"SELECT * FROM ratings_recomputed)",
		0);
	assert_number(f,
		      "SELECT count(*) FROM (SELECT * FROM ratings_recomputed EXCEPT "
		      "SELECT scope, target, count, sum, fifth1, fifth2, fifth3, fifth4, "
		      "fifth5 FROM rating)",
		      0);
}

/* --- an ordinary review ---------------------------------------------------------------- */

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

static void test_groups_and_claims_are_kept(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(1);

	m.criteria = m.media = true;
	m.origin = ORIGIN_SOLICITED;
	m.experience_date = 20700;
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
}

/* --- verdicts -------------------------------------------------------------------------- */

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

/* --- duplicates ------------------------------------------------------------------------ */

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

/* --- policy ---------------------------------------------------------------------------- */

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

/* --- legacy ---------------------------------------------------------------------------- */

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
		    {ORIGIN_WITHDRAWN, STATE_WITHDRAWN}};
	struct hit reject = hit_of(ACTION_REJECT, "insult", "L-INSULT");
	int64_t deadline;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct made m = made_review(i + 1);
		m.legacy = true;
		m.origin_state = rows[i].asserted;
		m.published_at_origin = INT64_C(1600000000000);
		store_one(f, &m, &reject, 1);
		assert_int_equal(state_of(f, m.seq), rows[i].expected);
	}
	assert_number(f, "SELECT count(*) FROM notices", 0);
	assert_number(f, "SELECT count(*) FROM review WHERE published_at = 1600000000000",
		      2);
	assert_number(
		f,
		"SELECT count(*) FROM decisions WHERE action IS NULL AND rule IS NULL "
		"AND actor = 'principal:submit' AND evidence LIKE '%\"rule\":\"insult\"%'",
		5);
	assert_number(
		f,
		"SELECT count(*) FROM events_readable WHERE kind = 'review.decided' "
		"AND entry LIKE '%\"automated\":false%\"shadow\":[\"insult\"]%'",
		5);
	assert_int_equal(apply_next_deadline(f->apply, &deadline, NULL), ST_OK);
	assert_int_equal(deadline, 0);
}

/* --- ratings --------------------------------------------------------------------------- */

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
		"AND name = 'hotel-1' AND site = 'main' AND method = 'mean' AND count = 3 "
		"AND sum = 1750000 AND round(mean * 4 + 1, 4) = 3.3333 "
		"AND fifth1 = 1 AND fifth4 = 1 AND fifth5 = 1",
		1);
	assert_number(f, "SELECT count FROM public_ratings WHERE scope = 'supplier'", 3);
}

/* --- other records --------------------------------------------------------------------- */

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

/* --- order, again, rollback ------------------------------------------------------------ */

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
	static const char *const tables[] = {"record",	 "review",  "revision",
					     "decision", "event",   "rating",
					     "outbox",	 "subject", "journal"};

	run_mixed(f, 24);
	for (size_t b = 0; b < ARRAY_LEN(batches); b++) {
		struct fixture *other;
		assert_int_equal(set_up((void **)&other), 0);
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
		assert_int_equal(tear_down((void **)&other), 0);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_review_without_hits_is_published),
		TEST(test_events_are_chained_without_gaps),
		TEST(test_time_in_the_log_never_goes_back),
		TEST(test_groups_and_claims_are_kept),
		TEST(test_the_severest_live_hit_decides),
		TEST(test_a_rejection_tells_its_author),
		TEST(test_a_rejection_without_reason_is_held_with_an_alarm),
		TEST(test_a_held_review_has_a_deadline),
		TEST(test_a_duplicate_stands_only_while_the_earlier_review_is_there),
		TEST(test_a_duplicate_leads_to_the_original),
		TEST(test_another_purchase_or_date_is_no_duplicate),
		TEST(test_a_duplicate_of_no_review_is_none),
		TEST(test_gates_of_the_policy_keep_a_review_back),
		TEST(test_a_reason_that_the_policy_does_not_declare_rejects_nothing),
		TEST(test_a_legacy_review_keeps_what_its_source_asserts),
		TEST(test_ratings_equal_a_recomputation),
		TEST(test_public_ratings_show_the_mean_of_the_scale),
		TEST(test_facts_are_dated),
		TEST(test_the_same_name_in_two_sites_is_two_things),
		TEST(test_activations_refusals_repeats_and_carried_records),
		TEST(test_what_was_set_aside_is_stored_and_not_read),
		TEST(test_a_record_that_comes_again_changes_nothing),
		TEST(test_a_rollback_leaves_nothing),
		TEST(test_two_journals_keep_their_own_order),
		TEST(test_the_store_does_not_depend_on_batches),
		TEST(test_a_checkpoint_empties_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
