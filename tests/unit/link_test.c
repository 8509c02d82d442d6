// uses: tests/lib/batches.c tests/lib/scratch.c
#include "link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "batches.h"
#include "outlet.h"
#include "scratch.h"

/* Both ends of one wire, in one process. */
static struct bus *bus;
static struct outlet outlet;
static struct link worker;
static char *endpoint;
static int64_t now_ms;

static const struct flow_options options = {.window_bytes = 1 << 20,
					    .worker_bytes = 1 << 16,
					    .silent_ms = 5000,
					    .again_ms = 500,
					    .again_max_ms = 4000};

static void open_worker(uint64_t incarnation)
{
	assert_int_equal(
		link_open(&worker, bus, endpoint, "w.1", incarnation, 1000, NULL), ST_OK);
}

static int set_up(void **state)
{
	now_ms = 1;
	if (scratch_make(state) || bus_open(&bus, NULL))
		return -1;
	endpoint = xasprintf("ipc://%s/wire", scratch_dir);
	if (outlet_open(&outlet, bus, endpoint, &options, NULL))
		return -1;
	open_worker(1);
	return 0;
}

static int tear_down(void **state)
{
	link_release(&worker);
	outlet_release(&outlet);
	bus_close(bus);
	free(endpoint);
	return scratch_remove(state);
}

static void add(uint64_t first, uint32_t count)
{
	OWNED(buf_release) struct buf batch = BUF_INIT(FRAME_BYTES_MAX);

	batches_make(&batch, first, count, 10);
	flow_add(outlet.flow, buf_view(&batch));
}

/* The outlet hears and hands out; the last event that its owner must see. */
static struct outlet_event turn_outlet(void)
{
	struct outlet_event event, seen = {0};

	do {
		assert_int_equal(outlet_recv(&outlet, now_ms, &event, NULL), ST_OK);
		if (event.what != OUTLET_NOTHING)
			seen = event;
	} while (event.what != OUTLET_NOTHING);
	outlet_pump(&outlet, now_ms, &event);
	return event.what == OUTLET_CULPRIT ? event : seen;
}

static struct outlet_event outlet_sees(enum outlet_what what)
{
	struct outlet_event event = {0};
	struct bus_event waited;

	for (int i = 0; i < 200 && event.what != what; i++) {
		event = turn_outlet();
		if (event.what != what)
			assert_int_equal(bus_wait(bus, 20, &waited, NULL), ST_OK);
	}
	assert_int_equal(event.what, what);
	return event;
}

static struct link_event worker_sees(int tries)
{
	struct link_event event = {0};
	struct bus_event waited;

	for (int i = 0; i < tries; i++) {
		(void)turn_outlet();
		assert_int_equal(link_recv(&worker, &event, NULL), ST_OK);
		if (event.what != LINK_NOTHING)
			break;
		assert_int_equal(bus_wait(bus, 10, &waited, NULL), ST_OK);
	}
	return event;
}

static struct batch_head expect_batch(uint64_t first, uint32_t count)
{
	struct link_event event = worker_sees(200);
	struct batch_head head;
	struct span items;

	assert_int_equal(event.what, LINK_BATCH);
	assert_int_equal(batch_parse(&head, &items, event.batch, NULL), ST_OK);
	assert_int_equal(head.first_seq, first);
	assert_int_equal(head.count, count);
	return head;
}

static void hello_is_said_when_it_is_due(void **state)
{
	(void)state;
	worker.next = 7;
	worker.journal_id = 8;
	link_beat(&worker, now_ms);
	struct outlet_event event = outlet_sees(OUTLET_HELLO);
	assert_true(event.new_worker);
	assert_int_equal(event.frame.incarnation, 1);
	assert_int_equal(event.frame.seq, 7);
	assert_int_equal(event.frame.journal_id, 8);
	assert_string_equal(event.frame.text, "w.1");
	for (int64_t ms = 2; ms <= 1000; ms += 100)
		link_beat(&worker, ms); /* not yet */
	link_beat(&worker, 1001);
	event = outlet_sees(OUTLET_HELLO);
	assert_false(event.new_worker);
	assert_int_equal(turn_outlet().what, OUTLET_NOTHING);
}

static void batches_go_out_and_credit_comes_back(void **state)
{
	struct batch_head head;

	(void)state;
	for (uint64_t first = 1; first < 1000; first += 10)
		add(first, 10); /* more than the worker's credit */
	link_beat(&worker, now_ms);
	for (uint64_t first = 1; first < 1000; first += 10) {
		head = expect_batch(first, 10);
		link_returned(&worker, &head);
	}
	assert_int_equal(worker.seen, 100);
	flow_committed(outlet.flow, 1000, now_ms);
	assert_int_equal(flow_held_bytes(outlet.flow), 0);
}

/* Twice dead: the batch is named, and handed over only after GO. */
static void a_named_batch_needs_go(void **state)
{
	struct link_event event;

	(void)state;
	add(1, 2);
	for (uint64_t life = 2; life <= 3; life++) {
		link_beat(&worker, now_ms);
		(void)expect_batch(1, 2);
		bus_remove(bus, worker.socket);
		link_release(&worker);
		open_worker(life);
	}
	link_beat(&worker, now_ms);
	/* The batch comes; without a word from the outlet nothing is handed over. */
	(void)outlet_sees(OUTLET_HELLO);
	for (int i = 0; i < 20; i++) {
		struct bus_event waited;
		assert_int_equal(link_recv(&worker, &event, NULL), ST_OK);
		assert_int_equal(event.what, LINK_NOTHING);
		assert_int_equal(bus_wait(bus, 5, &waited, NULL), ST_OK);
	}
	assert_int_not_equal(worker.named.len, 0);
	struct batch_head head = expect_batch(1, 1);
	assert_int_equal(head.flags, BATCH_NAMED);
	link_returned(&worker, &head);
	head = expect_batch(2, 1);
	link_returned(&worker, &head);
}

static void what_is_no_batch_goes_to_the_owner(void **state)
{
	(void)state;
	link_beat(&worker, now_ms);
	struct outlet_event hello = outlet_sees(OUTLET_HELLO);
	outlet_say(&outlet, &hello.peer,
		   &(struct frame){.type = FRAME_WELCOME, .journal_id = 3, .seq = 4});
	struct link_event event = worker_sees(200);
	assert_int_equal(event.what, LINK_FRAME);
	assert_int_equal(event.frame.type, FRAME_WELCOME);
	assert_int_equal(event.frame.seq, 4);
	outlet_say(&outlet, &hello.peer, &(struct frame){.type = FRAME_GO, .seq = 9});
	event = worker_sees(200); /* it named something itself */
	assert_int_equal(event.frame.type, FRAME_GO);
	link_say(&worker, &(struct frame){.type = FRAME_SUSPECT, .seq = 5, .text = "x"});
	struct outlet_event suspect = outlet_sees(OUTLET_FRAME);
	assert_int_equal(suspect.frame.seq, 5);
	assert_false(worker.retired);
	outlet_say(&outlet, &hello.peer, &(struct frame){.type = FRAME_RETIRE});
	(void)worker_sees(20);
	assert_true(worker.retired);
	link_bye(&worker);
	for (int i = 0; i < 200 && flow_knows(outlet.flow, &hello.peer); i++) {
		struct bus_event waited;
		(void)turn_outlet();
		assert_int_equal(bus_wait(bus, 10, &waited, NULL), ST_OK);
	}
	assert_false(flow_knows(outlet.flow, &hello.peer));
}

static void nonsense_is_passed_over(void **state)
{
	static const char *const rows[] = {"", "x", "NV", "NV\x01\x01\x08",
					   "hello, this is no frame of ours"};

	(void)state;
	link_beat(&worker, now_ms);
	struct outlet_event hello = outlet_sees(OUTLET_HELLO);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(bus_send(worker.socket, NULL, span_of(rows[i]), NULL),
				 ST_OK);
		assert_int_equal(
			bus_send(outlet.socket, &hello.peer, span_of(rows[i]), NULL),
			ST_OK);
	}
	add(1, 3);
	(void)expect_batch(1, 3);
	link_hello_now(&worker, now_ms);
	(void)outlet_sees(OUTLET_HELLO);
}

static void another_version_stops_the_stage(void **state)
{
	uint8_t newer[] = {'N', 'V', FRAME_VERSION + 1, FRAME_HELLO, 8, 0, 0, 0};
	struct link_event event;
	enum status st = ST_OK;

	(void)state;
	assert_int_equal(
		bus_send(worker.socket, NULL, (struct span){newer, sizeof(newer)}, NULL),
		ST_OK);
	for (int i = 0; i < 200 && st == ST_OK; i++) {
		struct bus_event waited;
		(void)turn_outlet();
		st = link_recv(&worker, &event, NULL);
		assert_int_equal(bus_wait(bus, 10, &waited, NULL), ST_OK);
	}
	assert_int_equal(st, ST_EVERSION);
	assert_int_equal(status_exit_code(st), EXIT_CODE_CONFIG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hello_is_said_when_it_is_due),
		TEST(batches_go_out_and_credit_comes_back),
		TEST(a_named_batch_needs_go),
		TEST(what_is_no_batch_goes_to_the_owner),
		TEST(nonsense_is_passed_over),
		TEST(another_version_stops_the_stage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
