// uses: tests/lib/taken.c
/* What is said, and what is kept, of a record that is refused. */
#include "record_json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "taken.h"

static void what_is_legible_of_a_refused_record_is_kept(void **state)
{
	static const struct {
		const char *json;
		const char *kind, *source, *site;
		bool has_rating;
		int64_t rating;
	} legible[] = {
		{"{\"kind\":\"review\",\"source\":\"a\",\"site\":\"b\",\"rating\":{\"value\":1}}",
		 "review", "a", "b", true, 1000},
		{"{\"kind\":\"revue\",\"source\":\"a\",\"rating\":{\"value\":0.5}}",
		 "revue", "a", "", true, 500},
		{"{\"rating\":1}", "", "", "", true, 1000},
		{"{\"rating\":\"1\"}", "", "", "", false, 0},
		{"{\"rating\":{\"value\":1e9}}", "", "", "", false, 0},
		{"{\"kind\":7,\"source\":\"a b\",\"site\":[]}", "", "", "", false, 0},
		{"{\"kind\":\"a-kind-with-a-name-of-more-than-32-bytes\"}", "", "", "",
		 false, 0},
		{"{\"kind\":\"review\",", "review", "", "", false, 0},
		{"{\"kind\":\"review\",\"source\":\"a\",\"rating\":{\"value\":1},\"text\":\"\","
		 "\"text\":\"\"}",
		 "review", "a", "", true, 1000},
		{"{\"text\":\"\\u0000\",\"kind\":\"review\",\"source\":\"a\",\"rating\":1}",
		 "review", "a", "", true, 1000},
		{"{\"text\":\"\xFF\",\"kind\":\"review\",\"source\":\"\xFF\",\"site\":\"b\","
		 "\"rating\":{\"value\":1}}",
		 "review", "", "b", true, 1000},
		{"{\"kind\":\"review\",\"rating\":{\"value\":1000000000000000000000000000000}}",
		 "review", "", "", false, 0},
		{"{\"kind\":\"review\",\"rating\":{\"value\":1,", "review", "", "", true,
		 1000},
		{"[{\"kind\":\"review\",\"rating\":{\"value\":1}}", "", "", "", false, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(legible); i++) {
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		struct refusal r =
			take_record(&body, span_of(legible[i].json), SUBMIT).refusal;
		assert_string_equal(r.kind, legible[i].kind);
		assert_string_equal(r.source, legible[i].source);
		assert_string_equal(r.site, legible[i].site);
		assert_int_equal(r.has_rating, legible[i].has_rating);
		assert_true(r.rating == legible[i].rating);
	}
}

/* Most senders write the head first; what is cut off is not guessed. */
static void of_one_that_is_too_long_the_beginning_is_legible(void **state)
{
	OWNED(buf_release) struct buf json = BUF_INIT(4 * RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	struct refusal alone = {.reason = REFUSED_TOO_BIG};

	(void)state;
	buf_text(&json, TAKEN_HEAD ",\"text\":\"");
	taken_repeat(&json, "0123456789abcdef", RECORD_BYTES_MAX / 16);
	buf_text(&json, "\",\"site\":\"other\"}");
	struct refusal r = take_record(&body, buf_view(&json), SUBMIT).refusal;
	assert_int_equal(r.reason, REFUSED_TOO_BIG);
	record_json_legible(&alone, buf_view(&json));
	assert_int_equal(alone.reason, REFUSED_TOO_BIG);
	for (const struct refusal *each = &r; each; each = each == &r ? &alone : NULL) {
		assert_string_equal(each->kind, "review");
		assert_string_equal(each->source, "s");
		assert_string_equal(each->source_id, "1");
		assert_string_equal(each->site, "");
		assert_true(each->has_rating && each->rating == 4000);
	}
}

static void a_long_unknown_key_is_cut_at_a_character(void **state)
{
	OWNED(buf_release) struct buf json = BUF_INIT(4096);
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);

	(void)state;
	buf_text(&json, TAKEN_HEAD ",\"x");
	taken_repeat(&json, "é", 400);
	buf_text(&json, "\":1}");
	struct taken o = take_record(&body, buf_view(&json), SUBMIT);
	assert_int_equal(o.refusal.reason, REFUSED_UNKNOWN_FIELD);
	assert_int_equal(strlen(o.refusal.field), 127);
	assert_string_equal(o.refusal.known, "");
}

/* Half of a key would be the key of another record. */
static void a_source_id_is_kept_where_it_is_legible(void **state)
{
	static const struct {
		const char *json, *source_id;
	} cases[] = {
		{"{\"source\":\"a\",\"source_id\":\"x\",\"text\":\"\\u0000\"}", "x"},
		{"{\"text\":\"\\ud800\",\"source\":\"a\",\"source_id\":\"x\"}", "x"},
		{"{\"text\":\"\\ud800\",\"source\":\"a\",\"source_id\":\"x\\ud800\"}",
		 ""},
		{"{\"source\":\"a\",\"source_id\":\"x\\u0000y\"}", ""},
		{"{\"source\":\"a\",\"source_id\":\"x\xFFy\"}", ""},
		{"{\"source\":\"a\",\"source_id\":\"x\",\"site\":\"\\u0000\"}", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		struct refusal r =
			take_record(&body, span_of(cases[i].json), SUBMIT).refusal;
		assert_string_equal(r.source_id, cases[i].source_id);
	}
}

/* What stands behind the head of a record, the field that the sender is told, and the one that
 * the log keeps. */
struct flaw {
	const char *rest, *told, *recorded;
};

static void flaws_have_their_fields(const struct flaw *flaws, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		OWNED(buf_release) struct buf json = BUF_INIT(4096);
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		buf_format(&json, "%s%s", TAKEN_HEAD, flaws[i].rest);
		struct taken o = take_record(&body, buf_view(&json), SUBMIT);
		assert_false(o.good);
		assert_string_equal(o.refusal.field, flaws[i].told);
		assert_string_equal(o.refusal.known, flaws[i].recorded);
	}
}

/* The place of a flaw in the text itself, told and recorded like that of any other. */
static void a_flaw_of_the_text_has_its_field(void **state)
{
	static const struct flaw flaws[] = {
		{",\"site\":\"\\u0000\"}", "site", "site"},
		{",\"kind\":\"review\"}", "kind", "kind"},
		{",\"contact\":{\"channel\":\"sms\",\"value\":\"\xFF\"}}",
		 "contact.value", "contact.value"},
		{",\"contact\":{\"channel\":\"sms\",\"Anne\":1,\"Anne\":2}}",
		 "contact.Anne", "contact"},
		{",\"contact\":{\"channel\":\"sms\" x}}", "contact", "contact"},
		{",\"contact\":[\"\xFF\"]}", "contact", "contact"},
		{",\"Anne\":{\"value\":\"\xFF\"}}", "Anne", ""},
		{",\"An\xFFne\":1}", "", ""},
		{",\"rating\":{\"value\":1},\"title\":\"\xFF\"}", "title", "title"},
		{",\"extra\":{\"Anne\":{\"x\":\"\\u0000\"}}}", "extra", "extra"},
		{",\"ratings\":[{\"criterion\":\"a\",\"value\":2},{\"criterion\":\"\xFF\"}]}",
		 "ratings[1].criterion", "ratings[1].criterion"},
		{",\"ratings\":[{\"Anne\":1,\"Anne\":2}]}", "ratings[0].Anne",
		 "ratings[0]"},
		{",\"ratings\":[{},{\"\xFF\":1}]}", "ratings[1]", "ratings[1]"},
		{",\"ratings\":[{},{},1e400]}", "ratings[2]", "ratings[2]"},
		{",\"ratings\":[{},x]}", "ratings", "ratings"},
		{",\"ratings\":\"\xFF\"}", "ratings", "ratings"},
		{",\"ratings\":{\"a\":\"\xFF\"}}", "ratings", "ratings"},
	};

	(void)state;
	flaws_have_their_fields(flaws, ARRAY_LEN(flaws));
}

/* A key that is not ours may be anything, a name too: the sender hears it, no one else. */
static void an_unknown_key_is_told_and_not_recorded(void **state)
{
	static const struct flaw flaws[] = {
		{",\"Anne Dupont\":1}", "Anne Dupont", ""},
		{",\"contact\":{\"channel\":\"sms\",\"value\":\"abc\",\"anne@x\":1}}",
		 "contact.anne@x", "contact"},
		{",\"ratings\":[{\"criterion\":\"a\",\"value\":2},{\"criterion\":\"a\","
		 "\"value\":2,\"Anne\":1}]}",
		 "ratings[1].Anne", "ratings[1]"},
		{",\"ratings\":[{\"criterion\":\"a\",\"value\":99}]}", "ratings[0].value",
		 "ratings[0].value"},
		{",\"contact\":{\"channel\":\"sms\"}}", "contact.value", "contact.value"},
	};

	(void)state;
	flaws_have_their_fields(flaws, ARRAY_LEN(flaws));
}

static void refusals_have_names(void **state)
{
	(void)state;
	for (unsigned i = 1; i < REFUSED_COUNT; i++) {
		enum refusal_reason reason = (enum refusal_reason)i;
		assert_int_equal(refusal_from_name(span_of(refusal_name(reason))),
				 reason);
		assert_true(strlen(refusal_meaning(reason)) > 0);
		assert_true(strlen(refusal_name(reason)) <= 32);
	}
	assert_null(refusal_name(REFUSED_NOTHING));
	assert_null(refusal_name(REFUSED_COUNT));
	assert_int_equal(refusal_from_name(SPAN_OF("rude")), REFUSED_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_legible_of_a_refused_record_is_kept),
		cmocka_unit_test(of_one_that_is_too_long_the_beginning_is_legible),
		cmocka_unit_test(a_long_unknown_key_is_cut_at_a_character),
		cmocka_unit_test(a_source_id_is_kept_where_it_is_legible),
		cmocka_unit_test(a_flaw_of_the_text_has_its_field),
		cmocka_unit_test(an_unknown_key_is_told_and_not_recorded),
		cmocka_unit_test(refusals_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
