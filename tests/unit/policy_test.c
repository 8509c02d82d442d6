#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "buf.h"

static const char good[] = "version: 3\n"
			   "profile: nf-iso-20488\n"
			   "publish_days: 10\n"
			   "retention_days: 1826\n"
			   "illicit_archive_days: 365\n"
			   "reasons: [L-SPAM, C-LANG]\n"
			   "rating: {method: mean, version: 1}\n"
			   "edit_mode: versioned\n"
			   "gates: {contact_confirmed: true, proof: false, "
			   "order_of_writing: false}\n"
			   "hold_days: 7\n"
			   "notify_days: 6\n"
			   "withdraw_days: 5\n"
			   "reply_days: 4\n"
			   "languages: [fr, en]\n"
			   "dsa_role: micro-small\n";

static enum status load(struct policy **ret, const char *text, struct err *err)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 16);

	buf_format(&pack, "normavis-pack 1\nfile rules/policy.yaml %zu\n%s\n",
		   strlen(text), text);
	return policy_load(ret, buf_view(&pack), err);
}

static void a_declaration_is_read(void **state)
{
	(void)state;
	OWNED(policy_freep) struct policy *p = NULL;

	assert_int_equal(load(&p, good, NULL), ST_OK);
	assert_int_equal(p->version, 3);
	assert_string_equal(p->profile, "nf-iso-20488");
	assert_int_equal(p->publish_days, 10);
	assert_int_equal(p->retention_days, 1826);
	assert_int_equal(p->illicit_archive_days, 365);
	assert_int_equal(p->hold_days, 7);
	assert_int_equal(p->notify_days, 6);
	assert_int_equal(p->withdraw_days, 5);
	assert_int_equal(p->reply_days, 4);
	assert_int_equal(p->edit_mode, EDIT_VERSIONED);
	assert_int_equal(p->dsa_role, DSA_MICRO_SMALL);
	assert_int_equal(p->rating.method, RATING_MEAN);
	assert_true(p->gates.contact_confirmed);
	assert_false(p->gates.proof || p->gates.order_of_writing);
	assert_true(policy_allows(p, "C-LANG"));
	assert_false(policy_allows(p, "C-LAN"));
	assert_true(policy_speaks(p, SPAN_OF("en")));
	assert_false(policy_speaks(p, SPAN_OF("e")));
	assert_string_equal(dsa_role_name(p->dsa_role), "micro-small");
	assert_string_equal(edit_mode_name(p->edit_mode), "versioned");
	assert_string_equal(rating_method_name(p->rating.method), "mean");
}

static void every_promise_must_be_there(void **state)
{
	(void)state;
	for (const char *at = good; *at; at = strchr(at, '\n') + 1) {
		OWNED(buf_release) struct buf less = BUF_INIT(1 << 12);
		struct policy *p = NULL;
		struct err err = {""};

		buf_bytes(&less, good, (size_t)(at - good));
		buf_text(&less, strchr(at, '\n') + 1);
		assert_int_equal(load(&p, buf_string(&less), &err), ST_ECONFIG);
		if (!strstr(err.text, "is missing"))
			fail_msg("%s", err.text);
	}
}

static void what_messages_need_may_be_left_out(void **state)
{
	(void)state;
	OWNED(policy_freep) struct policy *without = NULL, *with = NULL;
	OWNED(buf_release) struct buf text = BUF_INIT(1 << 12);

	assert_int_equal(load(&without, good, NULL), ST_OK);
	assert_null(without->terms);
	assert_int_equal(without->complaint_months, 0);
	buf_format(&text, "%sterms: \"7\"\ncomplaint_months: 6\ncomplaint_days: 15\n",
		   good);
	assert_int_equal(load(&with, buf_string(&text), NULL), ST_OK);
	assert_string_equal(with->terms, "7");
	assert_int_equal(with->complaint_months, 6);
	assert_int_equal(with->complaint_days, 15);
}

static void a_wrong_value_is_said_with_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *complaint;
	} rows[] = {
		{"hold_days: 7", "hold_days: 11",
		 "policy.yaml:10:12: a review cannot be held"},
		{"publish_days: 10", "publish_days: 0", "policy.yaml:3:15: 0 is not in"},
		{"versioned", "version", "did you mean 'versioned'?"},
		{"mean", "median", "unknown 'median'"},
		{"[fr, en]", "[french]", "'french' has no place in 'languages'"},
		{"[fr, en]", "[fr, fr]", "'fr' is there twice"},
		{"[fr, en]", "[]", "expected a list"},
		{"proof: false", "proof: no", "expected true or false"},
		{"micro-small", "hosting\nterms: \"\"",
		 "expected the version of the terms"},
		{"micro-small", "hosting\ncomplaint_days: 0", "0 is not in"},
		{"micro-small", "platform\ncomplaint_months: 5",
		 "at least 6 months (DSA-22)"},
		{"proof: false", "prof: false", "did you mean 'proof'?"},
		{"nf-iso-20488", "nf-iso-20448", "did you mean 'nf-iso-20488'?"},
		{"nf-iso-20488", "afnor", "unknown 'afnor'"},
		{"version: 3", "vesion: 3", "did you mean 'version'?"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf text = BUF_INIT(1 << 12);
		const char *at = strstr(good, rows[i].from);
		struct policy *p = NULL;
		struct err err = {""};

		buf_bytes(&text, good, (size_t)(at - good));
		buf_text(&text, rows[i].to);
		buf_text(&text, at + strlen(rows[i].from));
		assert_int_equal(load(&p, buf_string(&text), &err), ST_ECONFIG);
		if (!strstr(err.text, rows[i].complaint))
			fail_msg("row %zu: %s", i, err.text);
	}
}

static void a_pack_of_more_is_no_policy(void **state)
{
	(void)state;
	struct policy *p = NULL;

	assert_int_equal(policy_load(&p, SPAN_OF("x"), NULL), ST_EMALFORMED);
	assert_int_equal(policy_load(&p,
				     SPAN_OF("normavis-pack 1\nfile a 0\n\nfile b 0\n\n"),
				     NULL),
			 ST_EMALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_declaration_is_read),
		cmocka_unit_test(every_promise_must_be_there),
		cmocka_unit_test(what_messages_need_may_be_left_out),
		cmocka_unit_test(a_wrong_value_is_said_with_its_place),
		cmocka_unit_test(a_pack_of_more_is_no_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
