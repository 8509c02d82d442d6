#include "state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "file.h"

#define BEGINNING "<!-- made from common/record/state.def: "
#define ENDING	  "<!-- end of what is made -->\n"

static void test_transitions_follow_the_table(void **state)
{
	static const struct {
		enum state from;
		enum trigger trigger;
		unsigned facts;
		enum state to;
	} rows[] = {
		{STATE_NONE, TRIGGER_RECEIVE, 0, STATE_RECEIVED},
		{STATE_RECEIVED, TRIGGER_ACCEPT, 0, STATE_PUBLISHED},
		{STATE_RECEIVED, TRIGGER_ACCEPT, GUARD_AUTHOR_OWES,
		 STATE_AWAITING_AUTHOR},
		{STATE_RECEIVED, TRIGGER_ACCEPT, GUARD_BEHIND, STATE_WAITING},
		/* The author's part comes before the queue. */
		{STATE_RECEIVED, TRIGGER_ACCEPT, GUARD_BEHIND | GUARD_AUTHOR_OWES,
		 STATE_AWAITING_AUTHOR},
		{STATE_RECEIVED, TRIGGER_REJECT, GUARD_REASON, STATE_REJECTED},
		{STATE_RECEIVED, TRIGGER_REJECT, 0, STATE_HELD},
		{STATE_RECEIVED, TRIGGER_HOLD, GUARD_BEHIND, STATE_HELD},
		{STATE_RECEIVED, TRIGGER_AWAIT, 0, STATE_AWAITING_AUTHOR},
		{STATE_RECEIVED, TRIGGER_ASSERT_WITHDRAWN, 0, STATE_WITHDRAWN},
		{STATE_HELD, TRIGGER_DECIDE_ACCEPT, GUARD_BEHIND, STATE_WAITING},
		{STATE_HELD, TRIGGER_DECIDE_REJECT, 0, STATE_NONE},
		{STATE_HELD, TRIGGER_DECIDE_REJECT, GUARD_REASON, STATE_REJECTED},
		{STATE_WAITING, TRIGGER_SETTLED, 0, STATE_PUBLISHED},
		{STATE_PUBLISHED, TRIGGER_RESTRICT, 0, STATE_NONE},
		{STATE_PUBLISHED, TRIGGER_RESTRICT, GUARD_REASON, STATE_RESTRICTED},
		{STATE_RESTRICTED, TRIGGER_REINSTATE, 0, STATE_PUBLISHED},
		{STATE_WITHDRAWN, TRIGGER_REINSTATE, 0, STATE_NONE},
		{STATE_PUBLISHED, TRIGGER_DECIDE_ACCEPT, 0, STATE_NONE},
		{STATE_REJECTED, TRIGGER_WITHDRAW, 0, STATE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (state_next(rows[i].from, rows[i].trigger, rows[i].facts) !=
		    rows[i].to)
			fail_msg("row %zu: from %d by %s", i, rows[i].from,
				 trigger_name(rows[i].trigger));
}

static void test_every_state_can_be_reached_and_left_by_erasure(void **state)
{
	bool reached[STATE_LIMIT] = {[STATE_NONE] = true};
	bool more = true;

	(void)state;
	while (more) {
		more = false;
		for (unsigned s = 0; s < STATE_LIMIT; s++)
			for (unsigned t = 0; t < TRIGGER_COUNT && reached[s]; t++)
				for (unsigned facts = 0; facts < 8; facts++) {
					enum state to = state_next(
						(enum state)s, (enum trigger)t, facts);
					more = more || !reached[to];
					reached[to] = true;
				}
	}
	for (unsigned s = 1; s < STATE_LIMIT; s++) {
		assert_true(reached[s]);
		if (s != STATE_RECEIVED && s != STATE_ERASED)
			assert_int_equal(state_next((enum state)s, TRIGGER_ERASE, 0),
					 STATE_ERASED);
	}
}

static void test_nothing_follows_an_erasure(void **state)
{
	(void)state;
	for (unsigned t = 0; t < TRIGGER_COUNT; t++)
		for (unsigned facts = 0; facts < 8; facts++)
			assert_int_equal(state_next(STATE_ERASED, (enum trigger)t, facts),
					 STATE_NONE);
}

static void test_names_lead_back_to_their_states(void **state)
{
	(void)state;
	for (unsigned s = 1; s < STATE_LIMIT; s++) {
		const char *name = state_name((enum state)s);
		assert_non_null(name);
		assert_int_equal(state_from_name(span_of(name)), s);
	}
	assert_int_equal(state_from_name(SPAN_OF("lost")), STATE_NONE);
	assert_null(state_name((enum state)99));
}

/* With UPDATE_DOCS=1 the chapter is written anew instead. */
static void test_the_drawing_in_the_documentation_is_of_this_table(void **state)
{
	OWNED(buf_release) struct buf page = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf made = BUF_INIT(1 << 20);

	(void)state;
	assert_int_equal(file_read(&page, "docs/STATES.md", NULL), ST_OK);
	char *text = (char *)page.at;
	char *from = strstr(text, BEGINNING), *to = strstr(text, ENDING);
	assert_true(from && to && from < to);
	from = strchr(from, '\n') + 1;
	buf_bytes(&made, text, (size_t)(from - text));
	state_describe(&made);
	buf_text(&made, to);
	if (getenv("UPDATE_DOCS"))
		assert_int_equal(
			file_replace("docs/STATES.md", buf_view(&made), 0644, NULL),
			ST_OK);
	else if (!span_equal(buf_view(&made), buf_view(&page)))
		fail_msg("docs/STATES.md is stale: run this test with UPDATE_DOCS=1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transitions_follow_the_table),
		cmocka_unit_test(test_every_state_can_be_reached_and_left_by_erasure),
		cmocka_unit_test(test_nothing_follows_an_erasure),
		cmocka_unit_test(test_names_lead_back_to_their_states),
		cmocka_unit_test(test_the_drawing_in_the_documentation_is_of_this_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
