// uses: tests/lib/batches.c
// uses: tests/lib/crew.c
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "batches.h"
#include "crew.h"

/* --- credit ----------------------------------------------------------------------------- */

static void the_window_counts_bytes(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);
	size_t batch;

	(void)state;
	assert_int_equal(flow_room(c.flow), SIZE_MAX); /* one of any size */
	crew_add(&c, 10);
	batch = flow_held_bytes(c.flow);
	assert_int_equal(flow_room(c.flow), CREW_WINDOW - batch);
	crew_add(&c, 10);
	assert_int_equal(flow_held_bytes(c.flow), 2 * batch);
	flow_committed(c.flow, 9, 0); /* not yet the whole first batch */
	assert_int_equal(flow_held_bytes(c.flow), 2 * batch);
	flow_committed(c.flow, 10, 0);
	assert_int_equal(flow_held_bytes(c.flow), batch);
	assert_int_equal(flow_oldest(c.flow), 11);
	flow_committed(c.flow, 20, 0);
	assert_int_equal(flow_oldest(c.flow), 0);
	assert_int_equal(flow_newest(c.flow), 20);
	assert_int_equal(flow_room(c.flow), SIZE_MAX);
}

static void a_worker_gets_what_its_credit_allows(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	for (int i = 0; i < 8; i++)
		crew_add(&c, 10);
	crew_start(&c, 0);
	crew_pump(&c);
	size_t given = c.member[0].count;
	assert_true(given >= 1 && given < 8);
	assert_true(crew_credit(&c, 0) <= CREW_WORKER);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, given);
	crew_work(&c, 0); /* one passed on, one more given */
	crew_pump(&c);
	assert_int_equal(c.member[0].count, given);
}

static void a_batch_larger_than_the_credit_goes_to_an_idle_worker(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	crew_start(&c, 0);
	crew_add(&c, 1);
	crew_add_padded(&c, 1, 2 * CREW_WORKER);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 1);
	crew_work(&c, 0);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 1);
	assert_int_equal(c.member[0].queue[0].first, 2);
}

static void the_slow_one_gets_less(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(2, false);
	size_t done[2] = {0};

	(void)state;
	crew_start(&c, 0);
	crew_start(&c, 1);
	for (int turn = 0; turn < 400; turn++) {
		while (flow_room(c.flow) > CREW_WORKER)
			crew_add(&c, 10);
		crew_pump(&c);
		done[0] += crew_work(&c, 0);
		done[1] += turn % 10 == 0 && crew_work(&c, 1);
		crew_commit(&c);
	}
	assert_true(done[0] > 5 * done[1] && done[1] > 0);
}

static void a_wire_that_refuses_gives_the_batch_back(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);
	struct flow_step step;
	struct batch_head head;
	struct span items;

	(void)state;
	crew_start(&c, 0);
	crew_add(&c, 3);
	for (int i = 0; i < 50; i++) {
		flow_next(c.flow, &step);
		assert_int_equal(step.what, FLOW_SEND);
		assert_int_equal(batch_parse(&head, &items, step.batch, NULL), ST_OK);
		assert_int_equal(head.attempt, 0);
		flow_unsent(c.flow, step.seq);
	}
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 1);
}

/* --- loss ------------------------------------------------------------------------------- */

static void gone_by_bye(struct crew *c)
{
	crew_bye(c, 0);
}
static void gone_by_wire(struct crew *c)
{
	crew_kill(c, 0);
}
static void gone_by_successor(struct crew *c)
{
	crew_replace(c, 0);
}
static void gone_by_silence(struct crew *c)
{
	c->now_ms += CREW_SILENT_MS + 1;
	crew_hello(c, 1);
	flow_tick(c->flow, c->now_ms);
}
static void gone_by_new_wire(struct crew *c)
{
	crew_rewire(c, 0);
}

/* What a worker held, passed on or not, is given to another at once; over a new wire it
 * keeps what it has passed on. */
static void whoever_is_gone_gives_everything_back(void **state)
{
	static const struct {
		void (*go)(struct crew *);
		size_t back;
	} rows[] = {{gone_by_bye, 2},
		    {gone_by_wire, 2},
		    {gone_by_successor, 2},
		    {gone_by_silence, 2},
		    {gone_by_new_wire, 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(crew_release) struct crew c = crew_of(2, false);
		struct flow_figures figures;
		crew_start(&c, 0);
		crew_add(&c, 5);
		crew_add(&c, 5);
		crew_pump(&c);
		crew_work(&c, 0);
		assert_int_equal(c.member[0].count, 1);
		crew_start(&c, 1);
		rows[i].go(&c);
		crew_pump(&c);
		flow_figures(c.flow, &figures);
		assert_int_equal(figures.sent_again, rows[i].back);
	}
}

static void what_was_passed_on_and_lost_comes_again_ever_more_slowly(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);
	int64_t patience = CREW_AGAIN_MS;

	(void)state;
	crew_start(&c, 0);
	crew_add(&c, 5);
	for (int i = 0; i < 6; i++) {
		crew_pump(&c);
		assert_int_equal(c.member[0].count, 1);
		crew_lose(&c, 0); /* passed on, and never seen again */
		flow_tick(c.flow, c.now_ms);
		c.now_ms += patience - 1;
		crew_hello(&c, 0);
		crew_pump(&c);
		assert_int_equal(c.member[0].count, 0);
		c.now_ms += 1;
		patience = MIN(2 * patience, CREW_AGAIN_MAX_MS);
	}
	crew_pump(&c);
	crew_work(&c, 0);
	crew_commit(&c); /* progress: patience is short again */
	crew_add(&c, 5);
	crew_pump(&c);
	crew_lose(&c, 0);
	flow_tick(c.flow, c.now_ms);
	c.now_ms += CREW_AGAIN_MS;
	crew_hello(&c, 0);
	crew_pump(&c);
	assert_int_equal(c.member[0].count, 1);
}

static void a_new_writer_of_the_store_gets_all_again(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	crew_start(&c, 0);
	for (int i = 0; i < 3; i++) {
		crew_add(&c, 5);
		crew_pump(&c);
		crew_lose(&c, 0);
	}
	flow_again(c.flow);
	while (crew_pump(&c), crew_work(&c, 0))
		;
	crew_commit(&c);
	assert_int_equal(c.committed, 15);
	assert_int_equal(flow_held_bytes(c.flow), 0);
}

static void late_words_change_nothing(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(2, false);

	(void)state;
	crew_start(&c, 0);
	crew_start(&c, 1);
	crew_add(&c, 5);
	crew_pump(&c);
	struct bus_peer before = c.member[0].peer;
	crew_kill(&c, 0);
	crew_pump(&c);
	flow_returned(c.flow, &before, 1, 5);		/* of the dead */
	flow_returned(c.flow, &c.member[1].peer, 2, 4); /* no such batch */
	flow_returned(c.flow, &c.member[1].peer, 1, 4);
	assert_false(flow_begun(c.flow, &before, 1));
	assert_int_not_equal(crew_credit(&c, 1), 0);
	assert_int_equal(crew_work(&c, 1), 1);
	crew_commit(&c);
	assert_int_equal(flow_held_bytes(c.flow), 0);
}

static void another_journal_starts_from_nothing(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, false);

	(void)state;
	crew_add(&c, 5);
	flow_committed(c.flow, 5, 0);
	flow_restart(c.flow);
	c.next = 1;
	crew_add(&c, 5);
	flow_committed(c.flow, 2, 0);
	assert_int_equal(flow_oldest(c.flow), 1);
	assert_int_not_equal(flow_held_bytes(c.flow), 0);
}

/* --- in order --------------------------------------------------------------------------- */

static void in_order_a_committed_batch_waits_until_it_was_seen(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, true);

	(void)state;
	crew_add(&c, 5);
	flow_committed(c.flow, 5, 0);
	assert_int_equal(flow_oldest(c.flow), 1);
	crew_start(&c, 0);
	crew_pump(&c);
	crew_work(&c, 0);
	assert_int_equal(flow_oldest(c.flow), 0);
}

static void in_order_nothing_is_given_before_the_worker_says_where(void **state)
{
	OWNED(crew_release) struct crew c = crew_of(1, true);
	const struct bus_peer peer = {{'p'}, 1};
	struct flow_step step;

	(void)state;
	crew_add(&c, 5);
	crew_add(&c, 5);
	crew_add(&c, 5);
	flow_hello(c.flow, &peer, "dedup", 5, true, 0);
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_NOTHING);
	assert_true(flow_rewind(c.flow, &peer, 8)); /* in the middle of the second */
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_SEND);
	assert_int_equal(step.seq, 6);
	assert_true(flow_rewind(c.flow, &peer, 16)); /* what would be added next */
	flow_next(c.flow, &step);
	assert_int_equal(step.what, FLOW_NOTHING);
	assert_false(flow_rewind(c.flow, &peer, 17));
	assert_true(flow_rewind(c.flow, &peer, 1));
	flow_committed(c.flow, 15, 0);
	assert_int_equal(flow_oldest(c.flow), 1); /* not seen since */
	assert_true(flow_rewind(c.flow, &peer, 16));
	assert_int_equal(flow_oldest(c.flow), 0);
	assert_false(flow_rewind(c.flow, &peer, 15)); /* gone */
}

/* --- everything at random ---------------------------------------------------------------- */

static void random_kills_lose_nothing(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++) {
		OWNED(crew_release)
		struct crew c = crew_of(1 + seed % 4, seed % 5 == 0);
		struct flow_figures figures;
		c.random = seed;
		for (int turn = 0; turn < 3000; turn++) {
			if (flow_room(c.flow) > CREW_WORKER)
				crew_add(&c, 1 + crew_random(&c, 20));
			if (crew_random(&c, 40) == 0)
				crew_accident(&c);
			crew_turn(&c); /* checks what must hold at any time */
		}
		for (int turn = 0; turn < 2000 && c.committed + 1 < c.next; turn++) {
			c.now_ms += 50;
			crew_turn(&c);
		}
		flow_figures(c.flow, &figures);
		assert_int_equal(c.committed + 1, c.next);
		assert_int_equal(flow_held_bytes(c.flow), 0);
		assert_true(figures.deaths > 10 && figures.sent_again > 0);
		assert_int_equal(figures.culprits, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_counts_bytes),
		cmocka_unit_test(a_worker_gets_what_its_credit_allows),
		cmocka_unit_test(a_batch_larger_than_the_credit_goes_to_an_idle_worker),
		cmocka_unit_test(the_slow_one_gets_less),
		cmocka_unit_test(a_wire_that_refuses_gives_the_batch_back),
		cmocka_unit_test(whoever_is_gone_gives_everything_back),
		cmocka_unit_test(
			what_was_passed_on_and_lost_comes_again_ever_more_slowly),
		cmocka_unit_test(a_new_writer_of_the_store_gets_all_again),
		cmocka_unit_test(late_words_change_nothing),
		cmocka_unit_test(another_journal_starts_from_nothing),
		cmocka_unit_test(in_order_a_committed_batch_waits_until_it_was_seen),
		cmocka_unit_test(in_order_nothing_is_given_before_the_worker_says_where),
		cmocka_unit_test(random_kills_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
