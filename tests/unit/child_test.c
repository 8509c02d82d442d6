/* A program under supervision: what its end means, and when it is started again. */
// uses: stages/normavis/child.c
#include "child.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

#include "spawn.h"
#include "vitals.h"

static const struct run_options options = {.backoff_first_ms = 100,
					   .backoff_max_ms = 5000,
					   .hang_ms = 10000,
					   .stop_ms = 30000};

static int exited(int code)
{
	return code << 8; /* wait(2): as WEXITSTATUS reads it */
}

static struct child ready_child(int64_t now_ms)
{
	struct child c = {.slot = {.name = "dedup"}};

	child_started(&c, 42, now_ms);
	(void)child_heard(&c, VITALS_READY, now_ms);
	return c;
}

static void an_end_means_what_its_code_says(void **state)
{
	static const struct {
		const char *name;
		int status;
		bool was_ready, leaving;
		enum child_end end;
	} rows[] = {
		{"asked", 0, true, true, CHILD_ASKED},
		{"asked, and killed", SIGKILL, true, true, CHILD_ASKED},
		{"asked, and refused", 78 << 8, true, true, CHILD_ASKED},
		{"retired", 0, true, false, CHILD_RETIRED},
		{"left before it was ready", 0, false, false, CHILD_CRASHED},
		{"configuration", 78 << 8, false, false, CHILD_REFUSED},
		{"damage", 65 << 8, true, false, CHILD_REFUSED},
		{"usage", 64 << 8, false, false, CHILD_REFUSED},
		{"no program", SPAWN_NO_PROGRAM << 8, false, false, CHILD_REFUSED},
		{"busy", 75 << 8, false, false, CHILD_CRASHED},
		{"disk", 74 << 8, true, false, CHILD_CRASHED},
		{"killed", SIGKILL, true, false, CHILD_CRASHED},
		{"aborted with a core", SIGABRT | 0x80, true, false, CHILD_CRASHED},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct child c = ready_child(0);

		if (!rows[i].was_ready)
			c.state = CHILD_STARTING;
		c.leaving = rows[i].leaving;
		if (child_ended(&c, rows[i].status, 500, &options) != rows[i].end)
			fail_msg("%s", rows[i].name);
		assert_int_equal(c.state, CHILD_DOWN);
		assert_int_equal(c.pid, 0);
	}
}

static void a_refusal_is_not_started_again_and_gives_its_code(void **state)
{
	static const struct {
		int code, refusal;
	} rows[] = {{78, 78}, {65, 65}, {64, 70}, {SPAWN_NO_PROGRAM, 70}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct child c = ready_child(0);

		assert_int_equal(child_ended(&c, exited(rows[i].code), 10, &options),
				 CHILD_REFUSED);
		assert_true(c.leaving);
		assert_int_equal(child_refusal_code(&c), rows[i].refusal);
	}
}

static void the_pause_doubles_up_to_its_bound_while_it_keeps_dying(void **state)
{
	static const int64_t pauses[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000};
	struct child c = {.slot = {.name = "dedup"}};
	int64_t now_ms = 1000;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pauses); i++) {
		child_started(&c, 42, now_ms);
		now_ms += 20;
		assert_int_equal(child_ended(&c, SIGSEGV, now_ms, &options),
				 CHILD_CRASHED);
		assert_int_equal(c.due_ms - now_ms, pauses[i]);
		now_ms = c.due_ms;
	}
}

static void a_sound_life_resets_the_pause(void **state)
{
	static const struct {
		const char *name;
		int64_t pause_ms, lived_ms, next_ms;
	} rows[] = {
		{"a second is enough for the first pause", 100, 1000, 100},
		{"less is not", 100, 999, 200},
		{"ten times a longer pause", 800, 8000, 100},
		{"less than that", 800, 7999, 1600},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct child c = ready_child(0);

		c.pause_ms = rows[i].pause_ms;
		assert_int_equal(child_ended(&c, SIGKILL, rows[i].lived_ms, &options),
				 CHILD_CRASHED);
		if (c.pause_ms != rows[i].next_ms)
			fail_msg("%s", rows[i].name);
	}
}

static void who_was_never_ready_was_not_sound(void **state)
{
	struct child c = {.slot = {.name = "dedup"}};

	(void)state;
	c.pause_ms = 100;
	child_started(&c, 42, 0);
	assert_int_equal(child_ended(&c, SIGKILL, 60000, &options), CHILD_CRASHED);
	assert_int_equal(c.pause_ms, 200);
}

static void retiring_costs_no_pause(void **state)
{
	struct child c = ready_child(0);

	(void)state;
	assert_int_equal(child_ended(&c, exited(0), 50, &options), CHILD_RETIRED);
	assert_int_equal(c.due_ms, 50);
	assert_int_equal(c.pause_ms, 0);
}

static void silence_after_ready_is_a_hang_told_once(void **state)
{
	struct child c = ready_child(0);

	(void)state;
	assert_false(child_hangs(&c, 9999, &options));
	(void)child_heard(&c, VITALS_BEAT, 9999);
	assert_false(child_hangs(&c, 19998, &options));
	assert_true(child_hangs(&c, 19999, &options));
	assert_int_equal(c.kill_ms, 21999);
	assert_false(child_hangs(&c, 20500, &options));
}

/* Which may take as long as it likes while it says that it lives. */
static void silence_before_ready_is_a_hang_too(void **state)
{
	struct child c = {.slot = {.name = "collect"}};

	(void)state;
	child_started(&c, 42, 50000);
	assert_false(child_hangs(&c, 50000, &options));
	assert_false(child_hangs(&c, 59999, &options));
	assert_false(child_heard(&c, VITALS_BEAT, 59999));
	assert_false(child_hangs(&c, 69998, &options));
	assert_true(child_hangs(&c, 69999, &options));
	assert_int_equal(c.kill_ms, 71999);
	assert_false(child_hangs(&c, 70500, &options));
	(void)child_ended(&c, SIGABRT, 71000, &options);
	assert_false(child_hangs(&c, 90000, &options));
	child_started(&c, 43, 90000);
	assert_false(child_hangs(&c, 90001, &options));
}

static void silence_while_leaving_is_no_hang(void **state)
{
	struct child c = ready_child(0);

	(void)state;
	c.leaving = true;
	assert_false(child_hangs(&c, 60000, &options));
}

static void it_becomes_ready_once(void **state)
{
	struct child c = {.slot = {.name = "dedup"}};

	(void)state;
	child_started(&c, 42, 0);
	assert_false(child_heard(&c, VITALS_BEAT, 1));
	assert_int_equal(c.state, CHILD_STARTING);
	assert_true(child_heard(&c, VITALS_READY, 2));
	assert_false(child_heard(&c, VITALS_READY, 3));
	assert_int_equal(c.state, CHILD_READY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_means_what_its_code_says),
		cmocka_unit_test(a_refusal_is_not_started_again_and_gives_its_code),
		cmocka_unit_test(the_pause_doubles_up_to_its_bound_while_it_keeps_dying),
		cmocka_unit_test(a_sound_life_resets_the_pause),
		cmocka_unit_test(who_was_never_ready_was_not_sound),
		cmocka_unit_test(retiring_costs_no_pause),
		cmocka_unit_test(silence_after_ready_is_a_hang_told_once),
		cmocka_unit_test(silence_before_ready_is_a_hang_too),
		cmocka_unit_test(silence_while_leaving_is_no_hang),
		cmocka_unit_test(it_becomes_ready_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
