// uses: tests/lib/batches.c
// uses: tests/lib/crew.c
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "batches.h"
#include "crew.h"

static void two_deaths_split_a_batch(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	crew_add(&c, 7);
	for (int deaths = 0; deaths < 2; deaths++) {
		crew_start(&c, 0);
		crew_pump(&c);
		assert_int_equal(c.member[0].queue[0].count, 7);
		crew_kill(&c, 0);
	}
	crew_start(&c, 0);
	for (uint64_t seq = 1; seq <= 7; seq++) {
		crew_pump(&c);
		assert_int_equal(c.member[0].count, 1); /* one by one */
		assert_int_equal(c.member[0].queue[0].first, seq);
		assert_int_equal(c.member[0].queue[0].count, 1);
		assert_true(c.member[0].queue[0].named);
		crew_work(&c, 0);
	}
	crew_commit(&c);
	assert_int_equal(c.committed, 7);
}

/* Splits a batch of two; the first of them is named next. */
static void suspect_two(struct crew *c)
{
	crew_add(c, 2);
	for (int deaths = 0; deaths < 2; deaths++) {
		crew_start(c, 0);
		crew_pump(c);
		crew_kill(c, 0);
	}
}

/* Dead before it named the record: not by its doing. */
static void only_who_was_named_is_suspected_further(void **state)
{
	const struct bus_peer peer = {{'p'}, 1};
	OWNED(crew_release) struct crew c = crew_of(1, false);
	struct flow_step step;

	(void)state;
	suspect_two(&c);
	for (uint64_t deaths = 0; deaths < 10; deaths++) {
		flow_hello(c.flow, &peer, "w.0", 900 + deaths, false, c.now_ms);
		flow_next(c.flow, &step); /* not to a fresh one: it is not yet alone */
		assert_int_equal(step.what, FLOW_SEND);
		assert_int_equal(step.seq, 1);
		if (deaths == 8) {
			assert_true(flow_begun(c.flow, &peer, 1));
			flow_unsent(c.flow, 1); /* given back: its name is forgotten */
			flow_next(c.flow, &step);
			assert_int_equal(step.what, FLOW_SEND);
		}
		if (deaths == 9)
			assert_true(flow_begun(c.flow, &peer, 1));
		flow_lost(c.flow, &peer);
	}
	flow_hello(c.flow, &peer, "w.0", 990, false, c.now_ms);
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_RETIRE);
}

static void three_deaths_alone_in_a_fresh_worker(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);
	struct flow_figures figures;
	struct flow_step step;

	(void)state;
	suspect_two(&c);
	crew_start(&c, 0);
	crew_pump(&c);
	crew_kill(&c, 0);		   /* named: from now on alone */
	for (uint64_t m = 0; m < 3; m++) { /* three that have worked before */
		const struct bus_peer peer = {{(uint8_t)('a' + m)}, 1};
		const char slot[] = {'s', (char)('0' + m), '\0'};
		flow_hello(c.flow, &peer, slot, 5000 + m, false, c.now_ms);
	}
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_RETIRE);
	flow_next(c.flow, &step); /* one is enough: the other record goes to another */
	assert_int_equal(step.what, FLOW_SEND);
	assert_int_equal(step.seq, 2);
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_NOTHING);
	for (int strike = 1; strike <= FLOW_STRIKES; strike++) {
		flow_figures(c.flow, &figures);
		assert_int_equal(figures.culprits, 0);
		crew_start(&c, 0);
		crew_pump(&c);
		assert_int_equal(c.member[0].queue[0].first, 1);
		crew_kill(&c, 0);
	}
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_CULPRIT);
	assert_int_equal(step.seq, 1);
}

/* A fresh worker that was given something is fresh no more; what the wire refused does
 * not count. */
static void fresh_is_who_has_seen_nothing(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);
	const struct bus_peer peer = {{'p'}, 1};
	struct flow_step step;

	(void)state;
	suspect_two(&c);
	crew_start(&c, 0);
	crew_pump(&c);
	crew_kill(&c, 0); /* record 1: alone from now on */
	flow_hello(c.flow, &peer, "w.0", 900, true, c.now_ms);
	for (int i = 0; i < 3; i++) {
		flow_next(c.flow, &step);
		assert_int_equal(step.what, FLOW_SEND);
		assert_int_equal(step.seq, 1);
		flow_unsent(c.flow, 1);
	}
	flow_next(c.flow, &step);
	assert_int_equal(step.seq, 1);
	flow_returned(c.flow, &peer, 1, 1);
	flow_again(c.flow); /* record 1 again, and the worker has seen it */
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_RETIRE);
}

static void two_workers_share(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(2, false);

	(void)state;
	crew_start(&c, 0);
	crew_start(&c, 1);
	for (int i = 0; i < 4; i++)
		crew_add(&c, 5);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 2);
	assert_int_equal(c.member[1].count, 2);
}

static void orderly_ends_blame_nobody(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	crew_add(&c, 7);
	for (int i = 0; i < 20; i++) {
		crew_start(&c, 0);
		crew_pump(&c);
		assert_int_equal(c.member[0].queue[0].count, 7);
		crew_bye(&c, 0);
	}
}

/* A record that kills whoever looks at it is told of, once, after a bounded number of
 * deaths; no other ever is. */
static void a_killer_is_found(void **state)
{
	static const struct {
		size_t workers;
		bool in_order;
		uint64_t killer;
		uint32_t batch;
	} rows[] = {{1, false, 4, 7},  {3, false, 1, 7},  {3, false, 100, 10},
		    {2, false, 50, 1}, {1, true, 33, 10}, {1, true, 1, 1},
		    {1, true, 100, 64}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(crew_release)
		struct crew c = crew_of(rows[i].workers, rows[i].in_order);
		struct flow_figures figures;
		c.killer = rows[i].killer;
		for (int turn = 0; turn < 6000 && c.committed < 120; turn++) {
			if (c.next <= 120 && flow_room(c.flow) > CREW_WORKER)
				crew_add(&c, rows[i].batch);
			crew_turn(&c);
		}
		flow_figures(c.flow, &figures);
		assert_true(c.committed >= 120);
		assert_int_equal(figures.culprits, 1);
		assert_int_equal(c.aside, rows[i].killer);
		assert_true(figures.deaths <= 10);
	}
}

/* A poisoned batch that waits its turn must not kill the worker of another suspect. */
static void nothing_else_is_near_a_record_that_is_named(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	crew_add(&c, 2);
	for (int deaths = 0; deaths < 2; deaths++) {
		crew_start(&c, 0);
		crew_pump(&c);
		crew_kill(&c, 0);
	}
	crew_start(&c, 0);
	crew_add(&c, 2);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 1);
	assert_true(c.member[0].queue[0].named);
}

static void a_culprit_is_told_again_after_again(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);
	struct flow_step step;

	(void)state;
	c.killer = 1;
	c.deaf = true; /* hears of the culprit and does nothing */
	crew_add(&c, 1);
	for (int turn = 0; turn < 100 && c.aside == 0; turn++)
		crew_turn(&c);
	assert_int_equal(c.aside, 1);
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_NOTHING);
	flow_again(c.flow);
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_CULPRIT);
	assert_int_equal(step.seq, 1);
	flow_set_aside(c.flow, 1, RECORD_QUARANTINED, true);
	crew_start(&c, 0);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 1);
	assert_int_equal(c.member[0].queue[0].flags, RECORD_QUARANTINED);
	assert_false(c.member[0].queue[0].named);
}

static void a_mark_reaches_those_who_hold_the_record_without_it(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	crew_start(&c, 0);
	crew_add(&c, 3);
	crew_pump(&c);
	crew_lose(&c, 0);
	flow_set_aside(c.flow, 2, RECORD_QUARANTINED, false);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 0);
	flow_set_aside(c.flow, 2, RECORD_QUARANTINED, true);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 1);
	assert_int_equal(c.member[0].queue[0].flags, RECORD_QUARANTINED);
	flow_set_aside(c.flow, 99, RECORD_QUARANTINED, true); /* not held: nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_deaths_split_a_batch),
		cmocka_unit_test(only_who_was_named_is_suspected_further),
		cmocka_unit_test(three_deaths_alone_in_a_fresh_worker),
		cmocka_unit_test(fresh_is_who_has_seen_nothing),
		cmocka_unit_test(two_workers_share),
		cmocka_unit_test(orderly_ends_blame_nobody),
		cmocka_unit_test(a_killer_is_found),
		cmocka_unit_test(nothing_else_is_near_a_record_that_is_named),
		cmocka_unit_test(a_culprit_is_told_again_after_again),
		cmocka_unit_test(a_mark_reaches_those_who_hold_the_record_without_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
