// uses: tests/lib/made.c
/* The bytes of the log are final: what stands here as expected may never change. The values
 * were computed a second time apart from this program, from docs/EVENTS.md alone. */
#include "event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "made.h"

static void event_bytes(struct buf *out, const struct made *m, struct event e)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	made_parse(&keep, &r, m);
	e.record = &r;
	if (e.review)
		e.review = r.id;
	event_put(out, &e);
}

static const uint8_t some_id[UUID_BYTES];

static void test_a_received_review_has_these_bytes(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(EVENT_BYTES_MAX);
	struct made m = made_review(3);
	const char *expected =
		"{\"actor\":\"principal:submit\",\"commit\":{\"author_ref\":\"M4P8un8M+"
		"LMogkYpGgZgXheoY49U3Ijo6DNiXJI5TYI=\",\"contact.channel\":\"yoIZWFIYxI"
		"RrTKRkXv8YDpuA/svlbeELdPm981v3usg=\",\"contact.value\":\"U470wwp5c0ebt"
		"y4ZaRPCSTMyRoSA+CvXTq29AZ21zt0=\",\"display_name\":\"MVpquPZN9esWyOXbh"
		"OyLIZkCkfWpzdIY/wSH5Trl92Y=\",\"experience_date\":\"0nKcdGn/ejzuGN1Pp3"
		"0vZGe0vZ6M9ztXqbF+7bO7sbc=\",\"language\":\"RmBUKcLLLENsyS0ctMjY4+ZuAT"
		"+JIVjeCn/iZaXZ/yY=\",\"media[]\":\"alStX+OI7hX7L0TB9xElRKBRFVLBZQhsRVr"
		"onXuf1go=\",\"rating.value\":\"rKCevzHQHWEZmqr291RreGlkbTG1+1w1fpLZ1YH"
		"wcn4=\",\"ratings[]\":\"BJGJU3T1IQ1XKZ3iCeYKCsip5FA6AjdFKRHpNkNPV2M=\""
		",\"source_id\":\"VYRJLoWNeDobWowpOLcjp7Pmks1jGvtKA5z4+eHMhew=\",\"subj"
		"ect\":\"QNH/0NPD3S1QNf3N2WLxtBqSYPk43q5Wc3AgYgJZasE=\",\"supplier\":\""
		"a76YTwp6oopTa1gpiKq2Js4Cq8OtC6rlc7hys7XxYO8=\",\"text\":\"6Wt/SO3MSCrT"
		"TpkgAG+1lysWkLwVgKRsALOQM7MOjQQ=\"},\"index\":41,\"journal\":\"00ff00f"
		"f00ff00ff\",\"kind\":\"review.received\",\"language\":\"fr\",\"nonce\""
		":\"AFaWyFmvxHw6cpQOu0K2dg==\",\"origin\":\"unsolicited\",\"prev\":-1,"
		"\"rating\":{\"best\":5000,\"value\":5000,\"worst\":1000},\"received_at"
		"\":1795000003000,\"record\":\"00000000-0000-0000-0000-000000000003\","
		"\"review\":\"00000000-0000-0000-0000-000000000003\",\"seq\":3,\"site\""
		":\"main\",\"source\":\"shop\",\"subject\":12,\"supplier\":4,\"t\":1795"
		"000003001,\"v\":1}";

	(void)state;
	m.contact = "anne@example.org";
	m.criteria = m.media = true;
	m.experience_date = 20775;
	event_bytes(&out, &m,
		    (struct event){.kind = EVENT_REVIEW_RECEIVED,
				   .index = 41,
				   .t = m.received_at + 1,
				   .prev = -1,
				   .journal = UINT64_C(0x00ff00ff00ff00ff),
				   .review = some_id,
				   .actor_role = "principal",
				   .actor = SPAN_OF("submit"),
				   .commits = true,
				   .shows_review = true,
				   .subject = 12,
				   .supplier = 4,
				   .source = SPAN_OF("shop")});
	assert_string_equal(buf_string(&out), expected);
}

static void test_a_decision_has_these_bytes(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(EVENT_BYTES_MAX);
	const struct made m = made_review(3);
	const struct span shadow[] = {SPAN_OF("c-short"), SPAN_OF("l-link")};
	uint8_t rules[SHA256_BYTES], policy[SHA256_BYTES];
	const char *expected =
		"{\"action\":\"reject\",\"actor\":\"system:moderate\",\"automated\":tru"
		"e,\"clause\":\"ISO-30\",\"duplicate_of\":\"00000000-0000-0000-0000-000"
		"000000000\",\"evidence\":\"hAqt+pcf+w5Fbm7byaI9pNL0Vf2umeTfgF/WpGvn3LU"
		"=\",\"from\":\"received\",\"index\":42,\"journal\":\"0000000000000001"
		"\",\"kind\":\"review.decided\",\"nonce\":\"9VeeFc7XfIIVoi+Fat95LA==\","
		"\"policy\":\"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0"
		"b0b0b0b\",\"prev\":41,\"reason\":\"L-DUP\",\"record\":\"00000000-0000-"
		"0000-0000-000000000003\",\"review\":\"00000000-0000-0000-0000-00000000"
		"0003\",\"rule\":\"dup-same-author\",\"rule_version\":2,\"rules\":\"aaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"seq"
		"\":3,\"shadow\":[\"c-short\",\"l-link\"],\"site\":\"main\",\"t\":17950"
		"00003000,\"to\":\"rejected\",\"v\":1}";

	(void)state;
	memset(rules, 0xAA, sizeof(rules));
	memset(policy, 0x0B, sizeof(policy));
	event_bytes(&out, &m,
		    (struct event){.kind = EVENT_REVIEW_DECIDED,
				   .index = 42,
				   .ordinal = 1,
				   .t = m.received_at,
				   .prev = 41,
				   .journal = 1,
				   .review = some_id,
				   .actor_role = "system",
				   .actor = SPAN_OF("moderate"),
				   .action = "reject",
				   .from = "received",
				   .to = "rejected",
				   .reason = SPAN_OF("L-DUP"),
				   .rule = SPAN_OF("dup-same-author"),
				   .rule_version = 2,
				   .clause = SPAN_OF("ISO-30"),
				   .rules = rules,
				   .policy = policy,
				   .duplicate_of = some_id,
				   .evidence = SPAN_OF("[]"),
				   .decided = true,
				   .automated = true,
				   .shadow_count = 2,
				   .shadow = shadow});
	assert_string_equal(buf_string(&out), expected);
}

static void test_a_refusal_has_these_bytes(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(EVENT_BYTES_MAX);
	const struct made m = made_of(KIND_REFUSAL, 3);
	static const uint8_t key[KEYED_HASH_BYTES] = {0xC1};
	static const uint8_t line[KEYED_HASH_BYTES] = {0xB2};
	const char *expected =
		"{\"actor\":\"principal:admin\",\"field\":\"ratings[2].value\",\"index"
		"\":7,\"journal\":\"0000000000000001\",\"key\":\"c100000000000000000000"
		"0000000000\",\"kind\":\"record.refused\",\"line\":\"b20000000000000000"
		"00000000000000\",\"nonce\":\"voApmk1y7WT3AnSc3yAOJw==\",\"of\":\"revie"
		"w\",\"prev\":-1,\"rating_value\":1000,\"reason\":\"out-of-bounds\",\"r"
		"ecord\":\"00000000-0000-0000-0000-000000000003\",\"seq\":3,\"site\":\""
		"main\",\"source\":\"shop\",\"t\":1795000003000,\"v\":1}";

	(void)state;
	event_bytes(&out, &m,
		    (struct event){.kind = EVENT_RECORD_REFUSED,
				   .index = 7,
				   .t = m.received_at,
				   .prev = -1,
				   .journal = 1,
				   .actor_role = "principal",
				   .actor = SPAN_OF("admin"),
				   .source = SPAN_OF("shop"),
				   .of = SPAN_OF("review"),
				   .field = SPAN_OF("ratings[2].value"),
				   .reason = SPAN_OF("out-of-bounds"),
				   .has_rating = true,
				   .rating_value = 1000,
				   .key_hash = key,
				   .line_hash = line});
	assert_string_equal(buf_string(&out), expected);
}

/* One record may cause several events of a kind. */
static void test_events_of_one_kind_of_a_record_have_nonces_of_their_own(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(EVENT_BYTES_MAX);
	const struct made m = made_of(KIND_TICK, 3);
	char first[64] = "";

	(void)state;
	for (uint32_t ordinal = 0; ordinal < 2; ordinal++) {
		event_bytes(
			&out, &m,
			(struct event){.kind = EVENT_REVIEW_DECIDED, .ordinal = ordinal});
		const char *nonce = strstr(buf_string(&out), "\"nonce\"");
		assert_non_null(nonce);
		assert_memory_not_equal(nonce, first, 33);
		memcpy(first, nonce, 33);
	}
}

/* Every key at once: canon.c asserts that they ascend. */
static void test_all_keys_ascend(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(EVENT_BYTES_MAX);
	struct made m = made_review(3);
	uint8_t hash[SHA256_BYTES] = {1};

	(void)state;
	m.legacy = true;
	m.origin = ORIGIN_SYNDICATED;
	event_bytes(&out, &m,
		    (struct event){.kind = EVENT_ALARM_RAISED,
				   .review = some_id,
				   .actor_role = "system",
				   .actor = SPAN_OF("a"),
				   .commits = true,
				   .shows_review = true,
				   .subject = 1,
				   .supplier = 1,
				   .from = "a",
				   .to = "b",
				   .action = "hold",
				   .rule = SPAN_OF("r"),
				   .reason = SPAN_OF("x"),
				   .clause = SPAN_OF("c"),
				   .rules = hash,
				   .policy = hash,
				   .duplicate_of = some_id,
				   .evidence = SPAN_OF("[]"),
				   .decided = true,
				   .shadow_count = 1,
				   .shadow = &SPAN_OF("s"),
				   .source = SPAN_OF("shop"),
				   .of = SPAN_OF("review"),
				   .field = SPAN_OF("text"),
				   .has_rating = true,
				   .count = 3,
				   .key_hash = hash,
				   .line_hash = hash,
				   .content_hash = hash,
				   .deadline = 1,
				   .due_at = 1,
				   .template = "t",
				   .recipient = "author",
				   .what = "w"});
	assert_non_null(strstr(buf_string(&out), "\"what\":\"w\"}"));
}

static void test_no_words_of_a_person_are_in_an_event(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(EVENT_BYTES_MAX);
	struct made m = made_review(9);
	static const char *const personal[] = {
		"zq-text", "zq-title", "zq-name", "zq-author", "zq@mail",  "zq-po",
		"zq-id",   "zq-inv",   "zq-why",  "zq-there",  "zq-place", "zq-firm"};

	(void)state;
	m.text = "zq-text";
	m.title = "zq-title";
	m.display_name = "zq-name";
	m.author_ref = "zq-author";
	m.contact = "zq@mail";
	m.purchase_ref = "zq-po";
	m.source_id = "zq-id";
	m.invitation = "zq-inv";
	m.origin_reason = "zq-why";
	m.original_url = "https://zq-there.example";
	m.subject = "zq-place";
	m.supplier = "zq-firm";
	event_bytes(&out, &m,
		    (struct event){.kind = EVENT_REVIEW_RECEIVED,
				   .review = some_id,
				   .commits = true,
				   .shows_review = true});
	for (size_t i = 0; i < ARRAY_LEN(personal); i++)
		assert_null(strstr(buf_string(&out), personal[i]));
}

static void test_values_are_written_as_an_opening_gives_them(void **state)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct made m = made_review(1);
	static const struct {
		enum field field;
		const char *value;
	} rows[] = {
		{FIELD_TEXT, "Une chambre calme, un accueil \"parfait\"."},
		{FIELD_RATING_VALUE, "5000"},
		{FIELD_EXPERIENCE_DATE, "2026-11-18"},
		{FIELD_ORIGIN, "expert"},
		{FIELD_LEGACY, "true"},
		{FIELD_PUBLISHED_AT_ORIGIN, "1500000000000"},
		{FIELD_ORIGIN_DECIDED_AT, "1500000000001"},
		{FIELD_RATINGS,
		 "[{\"criterion\":\"calm\",\"value\":4000},"
		 "{\"best\":10000,\"criterion\":\"welcome\",\"value\":8500}]"},
		{FIELD_MEDIA,
		 "[{\"hash\":\"abababababababababababababababababababababababababab"
		 "abababababab\",\"type\":\"image/jpeg\"}]"},
	};
	struct record r;

	(void)state;
	m.criteria = m.media = m.legacy = true;
	m.experience_date = 20775;
	m.origin = ORIGIN_EXPERT;
	m.published_at_origin = INT64_C(1500000000000);
	m.origin_decided_at = INT64_C(1500000000001);
	made_parse(&bytes, &r, &m);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span value = event_value(&keep, &r, rows[i].field);
		if (!span_equal(value, span_of(rows[i].value)))
			fail_msg("%s: %.*s", field_table[rows[i].field].path,
				 (int)value.len, (const char *)value.at);
	}
}

static void test_an_activation_shows_its_hash(void **state)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf value = BUF_INIT(256);
	struct made m = made_of(KIND_ACTIVATION, 1);
	struct record r;

	(void)state;
	m.activates = ACTIVATES_RULES;
	made_parse(&keep, &r, &m);
	assert_true(span_equal(
		event_value(&value, &r, FIELD_CONTENT_HASH),
		SPAN_OF("1111111111111111111111111111111111111111111111111111111111111111")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_received_review_has_these_bytes),
		cmocka_unit_test(test_a_decision_has_these_bytes),
		cmocka_unit_test(test_a_refusal_has_these_bytes),
		cmocka_unit_test(
			test_events_of_one_kind_of_a_record_have_nonces_of_their_own),
		cmocka_unit_test(test_all_keys_ascend),
		cmocka_unit_test(test_no_words_of_a_person_are_in_an_event),
		cmocka_unit_test(test_values_are_written_as_an_opening_gives_them),
		cmocka_unit_test(test_an_activation_shows_its_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
