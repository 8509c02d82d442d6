/* outcomes.h: what became of the reviews, and what the intake refused. */
// uses: stages/normavis/outcomes.c
// uses: tests/lib/made.c tests/lib/applied.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c stages/publish/copies.c
#include "outcomes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "applied.h"
#include "file.h"

/* Reviews: a row for each `times`, in the order of their seqs. Action ACCEPT: no hit. */
struct judged {
	int times;
	enum action action;
	const char *rule, *reason;
};

static uint64_t store_judged(struct fixture *f, const struct judged *rows, size_t count)
{
	uint64_t seq = 0;

	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < rows[i].times; k++) {
			const struct made m = made_review(++seq);
			struct hit hit =
				hit_of(rows[i].action, rows[i].rule, rows[i].reason);

			store_one(f, &m, &hit, rows[i].action != ACTION_ACCEPT);
		}
	return seq;
}

static void store_refusal(struct fixture *f, uint64_t seq, const char *field,
			  const char *reason)
{
	struct made m = made_of(KIND_REFUSAL, seq);

	m.refused_kind = "review";
	m.refused_field = field;
	m.refused_reason = reason;
	m.key = (uint8_t)seq;
	store_one(f, &m, NULL, 0);
}

static json_t *read_outcomes(struct fixture *f)
{
	const struct installation installation = {.store = f->path};
	struct err err = {""};
	json_t *outcomes = NULL;

	if (outcomes_read(&outcomes, &installation, &err))
		fail_msg("%s", err.text);
	return outcomes;
}

static void assert_outcomes(struct fixture *f, const char *expected)
{
	json_auto_t *outcomes = read_outcomes(f);
	OWNED(freep) char *text = json_dumps(outcomes, JSON_COMPACT | JSON_SORT_KEYS);

	assert_string_equal(text, expected);
}

static void an_empty_store_has_none(void **state)
{
	assert_outcomes(*state, "{\"refused_at_intake\":[],\"reviews\":[]}");
}

static void reviews_are_counted_by_state_reason_and_rule_the_most_first(void **state)
{
	static const struct judged rows[] = {
		{1, ACTION_HOLD, "phone", "C-PII"},
		{2, ACTION_REJECT, "insult", "L-ABUSE"},
		{2, ACTION_REJECT, "advert", "L-ABUSE"}, /* as many: by name */
		{1, ACTION_REJECT, "insult", "C-PII"},
		{4, ACTION_ACCEPT, NULL, NULL},
	};

	store_judged(*state, rows, ARRAY_LEN(rows));
	assert_outcomes(
		*state,
		"{\"refused_at_intake\":[],\"reviews\":["
		"{\"count\":4,\"state\":\"published\"},"
		"{\"count\":2,\"reason\":\"L-ABUSE\",\"rule\":\"advert\",\"state\":\"rejected\"},"
		"{\"count\":2,\"reason\":\"L-ABUSE\",\"rule\":\"insult\",\"state\":\"rejected\"},"
		"{\"count\":1,\"reason\":\"C-PII\",\"rule\":\"phone\",\"state\":\"held\"},"
		"{\"count\":1,\"reason\":\"C-PII\",\"rule\":\"insult\",\"state\":\"rejected\"}"
		"]}");
}

static void refusals_are_counted_by_field_and_reason(void **state)
{
	struct fixture *f = *state;

	store_refusal(f, 1, "rating.value", "out-of-range");
	store_refusal(f, 2, "text", "too-long");
	store_refusal(f, 3, "text", "too-long");
	store_refusal(f, 4, NULL, "not-json");
	assert_outcomes(
		f,
		"{\"refused_at_intake\":["
		"{\"count\":2,\"field\":\"text\",\"kind\":\"review\",\"reason\":\"too-long\"},"
		"{\"count\":1,\"kind\":\"review\",\"reason\":\"not-json\"},"
		"{\"count\":1,\"field\":\"rating.value\",\"kind\":\"review\","
		"\"reason\":\"out-of-range\"}],\"reviews\":[]}");
}

/* What outcomes_print writes. */
static void print_to(struct buf *ret, const char *path, const json_t *outcomes)
{
	int kept = dup(STDOUT_FILENO);

	fflush(stdout);
	assert_true(kept >= 0);
	assert_non_null(freopen(path, "w", stdout));
	outcomes_print(outcomes);
	fflush(stdout);
	assert_true(dup2(kept, STDOUT_FILENO) >= 0);
	close(kept);
	buf_clear(ret);
	assert_int_equal(file_read(ret, path, NULL), ST_OK);
}

static void two_tables_are_printed_the_second_only_where_it_has_rows(void **state)
{
	static const struct judged rows[] = {
		{2, ACTION_ACCEPT, NULL, NULL},
		{1, ACTION_REJECT, "insult", "L-ABUSE"},
	};
	struct fixture *f = *state;
	OWNED(buf_release) struct buf said = BUF_INIT(65536);
	OWNED(freep) char *path = xasprintf("%s/stdout", f->directory);
	uint64_t seq = store_judged(f, rows, ARRAY_LEN(rows));
	json_auto_t *before = read_outcomes(f);
	static const char reviews[] =
		" reviews  state            reason         rule\n"
		"       2  published                       \n"
		"       1  rejected         L-ABUSE        insult\n";

	print_to(&said, path, before);
	assert_string_equal(buf_string(&said), reviews);
	store_refusal(f, seq + 1, "text", "too-long");
	json_auto_t *after = read_outcomes(f);
	print_to(&said, path, after);
	OWNED(freep)
	char *both = xasprintf(
		"%s\n"
		" refused  kind             field                        reason\n"
		"       1  review           text                         too-long\n",
		reviews);
	assert_string_equal(buf_string(&said), both);
}

static void a_store_that_is_not_there_is_said_and_none_is_made(void **state)
{
	struct fixture *f = *state;
	OWNED(freep) char *nowhere = xasprintf("%s/none.db", f->directory);
	const struct installation installation = {.store = nowhere};
	json_t *outcomes = NULL;
	struct err err = {""};

	assert_int_equal(outcomes_read(&outcomes, &installation, &err), ST_ENOTFOUND);
	assert_null(outcomes);
	assert_non_null(strstr(err.text, nowhere));
	assert_int_not_equal(access(nowhere, F_OK), 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_store_has_none),
		TEST(reviews_are_counted_by_state_reason_and_rule_the_most_first),
		TEST(refusals_are_counted_by_field_and_reason),
		TEST(two_tables_are_printed_the_second_only_where_it_has_rows),
		TEST(a_store_that_is_not_there_is_said_and_none_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
