// uses: stages/collect/intake.c stages/collect/keys.c
// uses: tests/lib/door.c tests/lib/scratch.c tests/lib/journals.c
#include "intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest.h"
#include "door.h"
#include "scratch.h"

#define REVIEW(id, rating)                                             \
	"{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"" id \
	"\",\"subject\":\"p\",\"supplier\":\"q\",\"rating\":{\"value\":" rating "}}\n"

static struct door door;

static int set_up(void **state)
{
	if (scratch_make(state))
		return -1;
	door_open(&door, "group_records: 10");
	return 0;
}

static int tear_down(void **state)
{
	door_close(&door);
	return scratch_remove(state);
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		count++;
	return count;
}

static void assert_kind(uint64_t seq, enum kind kind)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	door_read(&door, seq, &keep, &r);
	assert_int_equal(r.kind, kind);
}

static void every_line_has_its_answer_and_good_ones_go_through(void **state)
{
	(void)state;
	door_activate(&door);
	const char *answers =
		door_say(&door, SUBMIT,
			 REVIEW("1", "4") "nonsense\n" REVIEW("2", "9")
				 REVIEW("3", "5") "{\"kind\":\"site\",\"source\":\"s\","
						  "\"source_id\":\"x\"}");
	static const char *const parts[] = {
		"{\"line\":1,\"status\":\"accepted\",\"seq\":2,",
		"{\"line\":2,\"status\":\"refused\",\"field\":\"\",\"reason\":\"not-json\"",
		"{\"line\":3,\"status\":\"refused\",\"field\":\"rating.value\",\"reason\":"
		"\"out-of-bounds\"",
		"{\"line\":4,\"status\":\"accepted\",\"seq\":5,",
		"{\"line\":5,\"status\":\"refused\",\"field\":\"kind\",\"reason\":"
		"\"kind-not-taken\""};
	const char *at = answers;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		assert_non_null(strstr(at, parts[i]));
		at = strstr(at, parts[i]) + 1;
	}
	assert_int_equal(count_of(answers, "\n"), 5);
	assert_kind(2, KIND_REVIEW);
	assert_kind(3, KIND_REFUSAL);
	assert_kind(4, KIND_REFUSAL);
	assert_kind(6, KIND_REFUSAL);
	assert_int_equal(intake_last_seq(door.intake), 6);
}

/* A refusal says what it was about, and no word of it. */
static void a_refusal_is_a_record(void **state)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	(void)state;
	door_activate(&door);
	door_say(&door, SUBMIT,
		 "{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"SECRET\","
		 "\"subject\":\"p\",\"supplier\":\"q\",\"rating\":{\"value\":1},"
		 "\"text\":\"SECRET\",\"country\":\"SECRET SECRET\"}");
	door_read(&door, 2, &keep, &r);
	assert_int_equal(r.kind, KIND_REFUSAL);
	assert_true(span_equal(r.field[FIELD_SOURCE], SPAN_OF("shop")));
	assert_true(span_equal(r.field[FIELD_REFUSED_KIND], SPAN_OF("review")));
	assert_true(span_equal(r.field[FIELD_REFUSED_FIELD], SPAN_OF("country")));
	assert_int_equal(record_int(&r, FIELD_RATING_VALUE, 0), 1000);
	assert_true(span_equal(r.principal, SPAN_OF("submit")));
	assert_null(memmem(keep.at, keep.len, "SECRET", 6));
}

/* Refusals of one key can be told from those of another, without saying whose they are. */
static void a_refusal_has_the_key_of_its_record_where_legible(void **state)
{
	static const struct {
		const char *line;
		int key; /* 0: illegible; equal ones are of one record */
	} rows[] = {
		{REVIEW("1", "4"), 1}, /* accepted */
		{REVIEW("1", "9"), 1},
		{REVIEW("1", "3"), 1}, /* conflict */
		{"{\"source_id\":\"1\",\"site\":\"main\",\"source\":\"shop\"}", 1},
		{REVIEW("2", "9"), 2},
		{"{\"source_id\":\"2\",\"source\":\"shop\",\"kind\":\"poem\"}", 2},
		{"{\"source_id\":\"1\",\"site\":\"other\",\"source\":\"shop\"}", 3},
		{"{\"source_id\":\"1\",\"site\":\"a b\",\"source\":\"shop\"}", 0},
		{"{\"source_id\":\"1\",\"site\":7,\"source\":\"shop\"}", 0},
		{"{\"source_id\":\"1\",\"source\":\"s h\"}", 0},
		{"{\"source_id\":1,\"source\":\"shop\"}", 0},
		{"{\"source_id\":\"\",\"source\":\"shop\"}", 0},
		{"{\"source\":\"shop\"}", 0},
		{"nonsense", 0},
	};
	uint8_t keys[ARRAY_LEN(rows)][KEYED_HASH_BYTES];
	static const uint8_t none[KEYED_HASH_BYTES];

	(void)state;
	door_activate(&door);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
		struct record r;
		door_say(&door, SUBMIT, rows[i].line);
		door_read(&door, 2 + i, &keep, &r);
		assert_int_equal(r.kind, i == 0 ? KIND_REVIEW : KIND_REFUSAL);
		assert_memory_not_equal(r.body_hash, none, sizeof(none));
		memcpy(keys[i], r.key_hash, sizeof(keys[i]));
		assert_int_equal(memcmp(keys[i], none, sizeof(none)) != 0,
				 rows[i].key != 0);
		for (size_t before = 0; before < i; before++)
			assert_int_equal(memcmp(keys[i], keys[before], sizeof(none)) == 0,
					 rows[i].key == rows[before].key);
	}
	door_reopen(&door); /* a refusal takes no key from a record */
	assert_non_null(strstr(door_say(&door, SUBMIT, REVIEW("2", "4")), "accepted"));
}

static void a_refusal_does_not_keep_a_key_that_is_not_ours(void **state)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	static const struct {
		const char *line, *told, *field;
	} rows[] = {
		{"{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"1\",\"subject\":"
		 "\"p\",\"supplier\":\"q\",\"rating\":{\"value\":1},\"SECRET\":1}",
		 "\"field\":\"SECRET\"", NULL},
		{"{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"1\",\"subject\":"
		 "\"p\",\"supplier\":\"q\",\"rating\":{\"value\":1,\"SECRET\":2}}",
		 "\"field\":\"rating.SECRET\"", "rating"},
		{"{\"kind\":\"SECRET\",\"source\":\"shop\",\"source_id\":\"1\"}",
		 "\"field\":\"kind\"", "kind"},
	};
	struct record r;

	(void)state;
	door_activate(&door);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_non_null(
			strstr(door_say(&door, SUBMIT, rows[i].line), rows[i].told));
		door_read(&door, 2 + i, &keep, &r);
		assert_int_equal(r.kind, KIND_REFUSAL);
		assert_true(
			span_equal(r.field[FIELD_REFUSED_FIELD], span_of(rows[i].field)));
		assert_null(memmem(keep.at, keep.len, "SECRET", 6));
	}
}

static void nothing_is_answered_before_it_is_durable(void **state)
{
	struct bus_message message;
	struct bus_event event;

	(void)state;
	door_activate(&door);
	door_send(&door, SUBMIT, REVIEW("1", "4") "nonsense\n");
	for (int committed = 0; committed < 2; committed++) {
		assert_int_equal(bus_wait(door.bus, 50, &event, NULL), ST_OK);
		assert_int_equal(bus_recv(door.dealer, &message, NULL), ST_EAGAIN);
		if (!committed)
			door_commit(&door);
	}
	intake_answer(door.intake);
	door_answer(&door);
}

static void a_repeat_has_the_first_answer_for_ever(void **state)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	char first[200];
	struct record r;

	(void)state;
	door_activate(&door);
	const char *answers =
		door_say(&door, SUBMIT, REVIEW("1", "4") REVIEW("1", "4.0"));
	const char *place = strstr(answers, "\"seq\"");
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(place, "\n"), place);
	assert_int_equal(count_of(answers, first), 2); /* within one group */
	assert_int_equal(count_of(answers, "\"repeated\""), 1);
	for (int again = 0; again < 3; again++) {
		answers = door_say(&door, again == 1 ? ADMIN : SUBMIT, REVIEW("1", "4"));
		assert_non_null(strstr(answers, first));
		assert_non_null(strstr(answers, "\"repeated\""));
	}
	door_read(&door, 3, &keep, &r); /* of the first group */
	assert_int_equal(r.kind, KIND_REPEAT);
	assert_int_equal(record_int(&r, FIELD_REPEATED_COUNT, 0), 1);
	assert_true(span_equal(r.field[FIELD_REPEATED_KIND], SPAN_OF("review")));
	door_reopen(&door);
	assert_non_null(strstr(door_say(&door, SUBMIT, REVIEW("1", "4")), first));
}

static void another_content_under_the_same_key_is_a_conflict(void **state)
{
	(void)state;
	door_activate(&door);
	door_say(&door, SUBMIT, REVIEW("1", "4"));
	const char *answers = door_say(&door, SUBMIT, REVIEW("1", "1") REVIEW("1", "4"));
	assert_non_null(
		strstr(answers, "\"field\":\"source_id\",\"reason\":\"conflict\""));
	assert_int_equal(count_of(answers, "\"repeated\""), 1);
	assert_kind(3, KIND_REFUSAL);
}

/* What was not durable when the process died was never promised. */
static void a_group_that_was_not_committed_never_was(void **state)
{
	(void)state;
	door_activate(&door);
	door_send(&door, SUBMIT, REVIEW("1", "4"));
	door_reopen(&door);
	assert_int_equal(door.state.last_seq, 1);
	assert_non_null(strstr(door_say(&door, SUBMIT, REVIEW("1", "4")),
			       "\"accepted\",\"seq\":2"));
}

static void a_closed_gate_takes_nothing_and_leaves_no_trace(void **state)
{
	static const struct {
		enum gate gate;
		const char *reason;
	} rows[] = {{GATE_DISK, "disk"}, {GATE_STOPPING, "stopping"}};

	(void)state;
	door_activate(&door);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char expected[100];
		intake_set_gate(door.intake, rows[i].gate);
		const char *answers =
			door_say(&door, SUBMIT, REVIEW("1", "4") "nonsense\n");
		snprintf(expected, sizeof(expected),
			 "\"status\":\"busy\",\"reason\":\"%s\",\"retry_after_ms\":",
			 rows[i].reason);
		assert_int_equal(count_of(answers, expected), 2);
		assert_int_equal(intake_last_seq(door.intake), 1);
	}
	intake_set_gate(door.intake, GATE_OPEN);
	assert_non_null(strstr(door_say(&door, SUBMIT, REVIEW("1", "4")), "accepted"));
}

/* However many come in one group: what may wait is counted by the line. */
static void the_last_place_is_kept_in_the_middle_of_a_message(void **state)
{
	(void)state;
	door_activate(&door);
	intake_set_end(door.intake, 3);
	const char *answers =
		door_say(&door, SUBMIT,
			 REVIEW("1", "4") REVIEW("2", "4") REVIEW("3", "4") "nonsense\n");
	assert_int_equal(count_of(answers, "\"accepted\""), 2);
	assert_int_equal(count_of(answers, "\"reason\":\"backlog\""), 2);
	assert_int_equal(intake_last_seq(door.intake), 3);
	intake_set_end(door.intake, 4);
	assert_non_null(strstr(door_say(&door, SUBMIT, REVIEW("3", "4")), "accepted"));
}

static void rules_come_first(void **state)
{
	uint8_t hash[32];

	(void)state;
	assert_false(intake_has_rules(door.intake));
	assert_non_null(strstr(door_say(&door, SUBMIT, REVIEW("1", "4")),
			       "\"busy\",\"reason\":\"no-rules\""));
	assert_int_equal(intake_last_seq(door.intake), 0);
	assert_non_null(strstr(
		door_say(
			&door, ADMIN,
			"{\"kind\":\"activation\",\"source\":\"op\",\"source_id\":"
			"\"a\",\"activates\":\"rules\",\"hash\":\"ff0102030405060708090a0b"
			"0c0d0e0f101112131415161718191a1b1c1d1e1f\"}"),
		"\"reason\":\"no-pack\""));
	door_activate(&door);
	assert_true(intake_has_rules(door.intake));
	door_reopen(&door);
	assert_true(intake_has_rules(door.intake));
	assert_true(hex_parse(hash, 32, SPAN_OF(DOOR_RULES)));
	assert_memory_equal(door.state.rules_hash, hash, 32);
}

static void a_group_has_its_limits(void **state)
{
	(void)state;
	door_activate(&door);
	assert_false(intake_full(door.intake));
	for (int i = 0; i < 10; i++) {
		char line[300];
		assert_false(intake_full(door.intake));
		snprintf(line, sizeof(line), REVIEW("%d", "4"), i);
		door_send(&door, SUBMIT, line);
	}
	assert_true(intake_full(door.intake));
	door_commit(&door);
	intake_answer(door.intake);
	assert_false(intake_full(door.intake));
	assert_false(intake_pending(door.intake));
}

/* Answers that make no record count as well: memory is bounded. */
static void busy_answers_fill_a_group_too(void **state)
{
	static char lines[2001];
	int messages = 0;

	(void)state;
	for (size_t i = 0; i < 2000; i += 2)
		memcpy(lines + i, "x\n", 2);
	intake_set_gate(door.intake, GATE_DISK);
	for (; !intake_full(door.intake); messages++) {
		door_send(&door, SUBMIT, lines);
		assert_true(messages < 100);
	}
	assert_true(messages > 1);
}

static void a_message_has_its_limits_and_what_is_beyond_is_one_refusal(void **state)
{
	OWNED(buf_release) struct buf lines = BUF_INIT(1 << 20);

	(void)state;
	door_activate(&door);
	for (int i = 0; i < 1003; i++)
		buf_format(&lines, REVIEW("%d", "4"), i);
	const char *answers = door_say(&door, SUBMIT, buf_string(&lines));
	assert_int_equal(count_of(answers, "\"accepted\""), 1000);
	assert_int_equal(count_of(answers, "\"refused\""), 1);
	assert_non_null(strstr(answers, "\"line\":1001,"));
	assert_kind(1002, KIND_REFUSAL);
	assert_int_equal(intake_last_seq(door.intake), 1002);
}

static void reception_never_goes_back(void **state)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	static const int64_t clock[] = {0, 5000, 2000, 7000};
	static const int64_t expected[] = {0, 5000, 5000, 7000};
	struct record r;

	(void)state;
	door_activate(&door);
	for (size_t i = 0; i < ARRAY_LEN(clock); i++) {
		char line[300];
		door.now_ms = DOOR_NOW + clock[i];
		if (i == 3)
			door_reopen(&door);
		snprintf(line, sizeof(line), REVIEW("%zu", "4"), i);
		door_say(&door, SUBMIT, line);
		door_read(&door, 2 + i, &keep, &r);
		assert_int_equal(r.received_at, DOOR_NOW + expected[i]);
	}
	intake_tick(door.intake, 77, DOOR_NOW);
	door_commit(&door);
	door_read(&door, 6, &keep, &r);
	assert_int_equal(r.kind, KIND_TICK);
	assert_int_equal(record_int(&r, FIELD_TICK_DEADLINE, 0), 77);
	assert_int_equal(r.received_at, DOOR_NOW + 7000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_line_has_its_answer_and_good_ones_go_through),
		TEST(a_refusal_is_a_record),
		TEST(a_refusal_has_the_key_of_its_record_where_legible),
		TEST(a_refusal_does_not_keep_a_key_that_is_not_ours),
		TEST(nothing_is_answered_before_it_is_durable),
		TEST(a_repeat_has_the_first_answer_for_ever),
		TEST(another_content_under_the_same_key_is_a_conflict),
		TEST(a_group_that_was_not_committed_never_was),
		TEST(a_closed_gate_takes_nothing_and_leaves_no_trace),
		TEST(the_last_place_is_kept_in_the_middle_of_a_message),
		TEST(rules_come_first),
		TEST(a_group_has_its_limits),
		TEST(busy_answers_fill_a_group_too),
		TEST(a_message_has_its_limits_and_what_is_beyond_is_one_refusal),
		TEST(reception_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
