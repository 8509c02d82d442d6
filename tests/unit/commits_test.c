// uses: stages/collect/commits.c
// uses: tests/lib/scratch.c
#include "commits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "flow.h"
#include "scratch.h"

#define JOURNAL 7

/* publish as a script: a DEALER for each of its lives. */
struct stage_scene {
	struct bus *bus;
	struct commits commits;
	char *endpoint;
	struct bus_socket *publish;
	uint64_t incarnation;
	struct commits_event last;
};

static struct stage_scene scene;

static int set_up(void **state)
{
	scene = (struct stage_scene){0};
	if (scratch_make(state))
		return -1;
	scene.endpoint = xasprintf("ipc://%s/commits", scratch_dir);
	if (bus_open(&scene.bus, NULL))
		return -1;
	return commits_open(&scene.commits, scene.bus, scene.endpoint, JOURNAL, NULL) ? -1
										      : 0;
}

static int tear_down(void **state)
{
	commits_release(&scene.commits);
	bus_close(scene.bus);
	free(scene.endpoint);
	return scratch_remove(state);
}

static void say(struct frame frame)
{
	OWNED(buf_release) struct buf out = BUF_INIT(1000);

	frame_put(&out, &frame);
	assert_int_equal(bus_send(scene.publish, NULL, buf_view(&out), NULL), ST_OK);
}

static enum status poll_for(struct bus_socket *s, struct bus_message *m, int tries)
{
	struct bus_event event;
	enum status st = bus_recv(s, m, NULL);

	bus_pause(scene.commits.socket,
		  true); /* what waits there must not end our wait */

	for (int i = 0; st == ST_EAGAIN && i < tries; i++) {
		assert_int_equal(bus_wait(scene.bus, 50, &event, NULL), ST_OK);
		st = bus_recv(s, m, NULL);
	}
	bus_pause(scene.commits.socket, false);
	return st;
}

/* The next frame that collect said; its type must be the expected one. */
static struct frame hear(enum frame_type expected)
{
	struct bus_message m;
	struct frame frame;

	assert_int_equal(poll_for(scene.publish, &m, 100), ST_OK);
	assert_int_equal(frame_parse(&frame, m.part[0], NULL), ST_OK);
	assert_int_equal(frame.type, expected);
	return frame;
}

/* Lets collect hear until it reports something. */
static struct commits_event collect(void)
{
	struct commits_event event = {0};
	struct bus_event waited;

	bus_pause(scene.publish, true);
	for (int i = 0; i < 100 && event.what == COMMITS_NOTHING; i++) {
		assert_int_equal(commits_recv(&scene.commits, &event, NULL), ST_OK);
		if (event.what == COMMITS_NOTHING)
			assert_int_equal(bus_wait(scene.bus, 50, &waited, NULL), ST_OK);
	}
	bus_pause(scene.publish, false);
	return event;
}

static void say_hello(void)
{
	say((struct frame){.type = FRAME_HELLO,
			   .incarnation = scene.incarnation,
			   .text = "publish"});
}

/* The process before is killed, and a new one says HELLO. Returns whom collect blames. */
static uint64_t start(bool *ret_careful)
{
	if (scene.publish)
		bus_remove(scene.bus, scene.publish);
	assert_int_equal(bus_add(scene.bus, &scene.publish, BUS_DEALER, scene.endpoint, 0,
				 4096, NULL),
			 ST_OK);
	scene.incarnation++;
	say_hello();
	struct commits_event event = collect();
	assert_int_equal(event.what, COMMITS_STARTED);
	commits_welcome(&scene.commits);
	struct frame welcome = hear(FRAME_WELCOME);
	assert_int_equal(welcome.journal_id, JOURNAL);
	assert_int_equal(welcome.seq, scene.commits.committed);
	if (ret_careful)
		*ret_careful = welcome.flags & WELCOME_CAREFUL;
	return event.culprit;
}

static void commit(uint64_t seq, bool advances)
{
	say((struct frame){.type = FRAME_COMMITTED,
			   .journal_id = JOURNAL,
			   .seq = seq,
			   .deadline = 99});
	if (!advances)
		return;
	assert_int_equal(collect().what, COMMITS_ADVANCED);
	assert_int_equal(scene.commits.committed, seq);
	assert_int_equal(scene.commits.deadline, 99);
}

/* Names a record and waits for GO. */
static void name(uint64_t seq)
{
	struct commits_event event;
	struct bus_message m;

	say((struct frame){.type = FRAME_BEGUN, .seq = seq});
	for (int i = 0; i < 100; i++) {
		assert_int_equal(commits_recv(&scene.commits, &event, NULL), ST_OK);
		if (poll_for(scene.publish, &m, 1) == ST_OK)
			break;
	}
	struct frame go;
	assert_int_equal(frame_parse(&go, m.part[0], NULL), ST_OK);
	assert_int_equal(go.type, FRAME_GO);
	assert_int_equal(go.seq, seq);
}

static void it_knows_how_far_the_store_is(void **state)
{
	(void)state;
	start(NULL);
	assert_false(scene.commits.known);
	commit(0, true); /* an empty store is a word too */
	assert_true(scene.commits.known);
	commit(5, true);
	commit(3, false); /* nothing goes back */
	say((struct frame){.type = FRAME_COMMITTED, .journal_id = 8, .seq = 100});
	commit(6, true);
}

/* A publish that dies at one record, whatever is done: at first it is not known at which,
 * then it must name them, then it is three times the first. */
static void a_killer_is_found_within_a_bounded_number_of_deaths(void **state)
{
	const uint64_t killer = 12;
	uint64_t culprit = 0, at = 10;
	bool careful;
	int deaths = 0;

	(void)state;
	culprit = start(&careful);
	commit(at, true);
	while (!culprit && deaths < 20) {
		if (careful) {
			for (; at + 1 < killer; at++) {
				name(at + 1);
				commit(at + 1, true);
			}
			name(killer);
		}
		deaths++;
		culprit = start(&careful);
		commit(at, false);
	}
	assert_int_equal(culprit, killer);
	assert_true(deaths <= 11);
}

/* Kills between commits, however many, ask for care at most. */
static void who_makes_progress_is_blamed_for_nothing(void **state)
{
	bool careful;

	(void)state;
	start(NULL);
	commit(0, true);
	for (uint64_t seq = 1; seq < 40; seq++) {
		assert_int_equal(start(&careful), 0);
		assert_false(careful && seq > 1);
		name(seq);
		commit(seq, true);
		name(seq + 1); /* not the first that it named */
	}
}

static void leaving_in_order_is_no_death(void **state)
{
	bool careful;

	(void)state;
	start(NULL);
	commit(4, true);
	for (int i = 0; i < 12; i++) {
		name(5);
		say((struct frame){.type = FRAME_BYE});
		struct commits_event event;
		struct bus_event waited;
		for (int n = 0; n < 100 && scene.commits.begun; n++) {
			assert_int_equal(commits_recv(&scene.commits, &event, NULL),
					 ST_OK);
			assert_int_equal(bus_wait(scene.bus, 10, &waited, NULL), ST_OK);
		}
		assert_int_equal(start(&careful), 0);
		assert_false(careful);
	}
}

/* The same process again: nothing; over a new wire: another WELCOME, and no blame. */
static void a_new_wire_is_welcomed_again(void **state)
{
	struct commits_event event;

	(void)state;
	start(NULL);
	commit(4, true);
	say_hello();
	commit(5, true); /* the HELLO before was nothing to report */
	bus_remove(scene.bus, scene.publish);
	assert_int_equal(bus_add(scene.bus, &scene.publish, BUS_DEALER, scene.endpoint, 0,
				 4096, NULL),
			 ST_OK);
	say_hello();
	event = collect();
	assert_int_equal(event.what, COMMITS_STARTED);
	assert_int_equal(event.culprit, 0);
	assert_int_equal(scene.commits.barren, 0);
	commits_welcome(&scene.commits);
	(void)hear(FRAME_WELCOME);
}

static void another_version_is_told_so(void **state)
{
	const uint8_t newer[] = {'N', 'V', FRAME_VERSION + 1, FRAME_HELLO, 8, 0, 0, 0};
	struct commits_event event;
	struct bus_message m;

	(void)state;
	start(NULL);
	assert_int_equal(
		bus_send(scene.publish, NULL, (struct span){newer, sizeof(newer)}, NULL),
		ST_OK);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(commits_recv(&scene.commits, &event, NULL), ST_OK);
		if (poll_for(scene.publish, &m, 1) == ST_OK)
			break;
	}
	struct frame frame;
	assert_int_equal(frame_parse(&frame, m.part[0], NULL), ST_OK);
	assert_int_equal(frame.type, FRAME_INCOMPATIBLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_knows_how_far_the_store_is),
		TEST(a_killer_is_found_within_a_bounded_number_of_deaths),
		TEST(who_makes_progress_is_blamed_for_nothing),
		TEST(leaving_in_order_is_no_death),
		TEST(a_new_wire_is_welcomed_again),
		TEST(another_version_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
