// uses: stages/collect/feed.c stages/collect/intake.c stages/collect/keys.c
// uses: tests/lib/door.c tests/lib/scratch.c tests/lib/journals.c
#include "feed.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "door.h"
#include "file.h"
#include "journals.h"
#include "link.h"
#include "scratch.h"

static struct door door;
static struct feed *feed;
static struct link dedup; /* a real end of the wire, with nobody behind it */
static bool dedup_is_there;
static uint64_t incarnation, committed, last_seq;
static int64_t now_ms;
static bool known;
static struct feed_event happened; /* the last that was not nothing */

static int set_up(void **state)
{
	OWNED(freep) char *dir = NULL;

	if (scratch_make(state))
		return -1;
	door_open(&door, "batch_records: 10");
	dir = scratch_path("run");
	OWNED(freep) char *journal = scratch_path("data/journal");
	if (file_make_dirs(dir, 0700, NULL))
		return -1;
	incarnation = committed = last_seq = 0;
	now_ms = 1;
	known = dedup_is_there = false;
	return feed_open(&feed, door.bus, door.options, door.state.journal_id, journal,
			 door.keys, NULL)
		       ? -1
		       : 0;
}

static int tear_down(void **state)
{
	if (dedup_is_there)
		link_release(&dedup);
	feed_free(feed);
	door_close(&door);
	return scratch_remove(state);
}

/* --- records ------------------------------------------------------------------------------ */

static void submit_reviews(int count)
{
	static int id;
	OWNED(buf_release) struct buf lines = BUF_INIT(1 << 20);

	for (int i = 0; i < count; i++)
		buf_format(
			&lines,
			"{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"%d\","
			"\"subject\":\"p\",\"supplier\":\"q\",\"rating\":{\"value\":4}}\n",
			id++);
	door_say(&door, SUBMIT, buf_string(&lines));
	last_seq = intake_last_seq(door.intake);
}

static void activate(const char *source_id, const char *what)
{
	OWNED(freep)
	char *line = xasprintf("{\"kind\":\"activation\",\"source\":\"op\",\"source_id\":"
			       "\"%s\",\"activates\":\"%s\",\"hash\":\"" DOOR_RULES "\"}",
			       source_id, what);

	assert_non_null(strstr(door_say(&door, ADMIN, line), "accepted"));
	last_seq = intake_last_seq(door.intake);
}

/* --- dedup, as a script --------------------------------------------------------------------- */

static void kill_dedup(void)
{
	bus_remove(door.bus, dedup.socket);
	link_release(&dedup);
	dedup_is_there = false;
}

/* A new process, which says HELLO but not yet where it wants to start. */
static void start_dedup(void)
{
	char at[ADDRESS_BYTES];

	if (dedup_is_there)
		kill_dedup();
	options_endpoint(door.options, "dedup", at, sizeof(at));
	assert_int_equal(
		link_open(&dedup, door.bus, at, "dedup", ++incarnation, 1000, NULL),
		ST_OK);
	dedup_is_there = true;
	link_hello_now(&dedup, now_ms);
}

static void turn_feed(void)
{
	struct feed_event event;

	do {
		assert_int_equal(
			feed_turn(feed, now_ms, known, committed, last_seq, &event, NULL),
			ST_OK);
		if (event.culprit || event.started)
			happened = event;
		if (event.culprit)
			feed_marked(feed, event.culprit,
				    event.flags | RECORD_QUARANTINED);
	} while (event.culprit || event.started);
}

/* The next thing that dedup is told; NOTHING when it is told nothing for a while. */
static struct link_event next(int tries)
{
	struct link_event event = {0};
	struct bus_event waited;

	for (int i = 0; i < tries; i++) {
		turn_feed();
		assert_int_equal(link_recv(&dedup, &event, NULL), ST_OK);
		if (event.what != LINK_NOTHING)
			break;
		assert_int_equal(bus_wait(door.bus, 10, &waited, NULL), ST_OK);
	}
	return event;
}

static void open_at(uint64_t seq)
{
	dedup.journal_id = door.state.journal_id;
	dedup.next = seq;
	link_hello_now(&dedup, now_ms);
}

/* Takes a batch of these records and passes it on. */
static struct batch_head take(uint64_t first, uint32_t count, bool pass_on)
{
	struct link_event event = next(200);
	struct batch_head head;
	struct span items;

	while (event.what == LINK_FRAME)
		event = next(200);
	assert_int_equal(event.what, LINK_BATCH);
	assert_int_equal(batch_parse(&head, &items, event.batch, NULL), ST_OK);
	assert_int_equal(head.journal_id, door.state.journal_id);
	assert_int_equal(head.first_seq, first);
	assert_int_equal(head.count, count);
	if (pass_on)
		link_returned(&dedup, &head);
	return head;
}

/* --- what must be ------------------------------------------------------------------------ */

static void dedup_is_welcomed_when_the_store_is_known(void **state)
{
	(void)state;
	door_activate(&door);
	submit_reviews(5);
	start_dedup();
	assert_int_equal(next(20).what, LINK_NOTHING);
	known = true;
	committed = 2;
	link_hello_now(&dedup, now_ms); /* as at every heartbeat */
	struct link_event event = next(200);
	assert_int_equal(event.what, LINK_FRAME);
	assert_int_equal(event.frame.type, FRAME_WELCOME);
	assert_int_equal(event.frame.journal_id, door.state.journal_id);
	assert_int_equal(event.frame.seq, 2);
	happened.started = false;
	open_at(3);
	take(3, 4, true);
	assert_true(happened.started);
}

/* The word itself may be refused by a full wire, and the next commit may be far away. */
static void dedup_hears_at_each_beat_what_is_committed(void **state)
{
	(void)state;
	door_activate(&door);
	submit_reviews(5);
	start_dedup();
	open_at(1);
	take(1, 1, true);
	take(2, 5, true);
	known = true;
	committed = 4;
	assert_int_equal(next(20).what, LINK_NOTHING);
	link_hello_now(&dedup, now_ms);
	struct link_event event = next(200);
	assert_int_equal(event.what, LINK_FRAME);
	assert_int_equal(event.frame.type, FRAME_COMMITTED);
	assert_int_equal(event.frame.seq, 4);
}

static void batches_end_at_their_bound_and_at_activations(void **state)
{
	static const uint8_t none[32];

	(void)state;
	activate("a", "rules");	 /* 1 */
	submit_reviews(15);	 /* 2 to 16 */
	activate("b", "policy"); /* 17 */
	submit_reviews(2);	 /* 18, 19 */
	start_dedup();
	open_at(1);
	struct batch_head head = take(1, 1, true);
	assert_memory_equal(head.rules_hash, none, 32);
	head = take(2, 10, true);
	assert_memory_not_equal(head.rules_hash, none, 32);
	assert_memory_equal(head.policy_hash, none, 32);
	head = take(12, 6, true);
	assert_memory_equal(head.policy_hash, none, 32);
	head = take(18, 2, true);
	assert_memory_not_equal(head.policy_hash, none, 32);
	start_dedup();
	open_at(18); /* read from here, it is the same */
	struct batch_head again = take(18, 2, true);
	assert_memory_equal(again.policy_hash, head.policy_hash, 32);
	assert_memory_equal(again.rules_hash, head.rules_hash, 32);
}

static void only_what_is_durable_is_handed_out(void **state)
{
	(void)state;
	door_activate(&door);
	submit_reviews(5);
	last_seq = 3;
	start_dedup();
	open_at(1);
	take(1, 1, true);
	take(2, 2, true);
	assert_int_equal(next(10).what, LINK_NOTHING);
	last_seq = 6;
	take(4, 3, true);
}

/* Damage in the last segment, behind our back: waiting for more would be waiting for ever. */
static void a_durable_record_that_is_not_there_is_damage_with_its_place(void **state)
{
	static const uint8_t zeros[64];
	OWNED(freep)
	char *path = scratch_path("data/journal/00000000000000000001.journal");
	OWNED(buf_release) struct buf file = BUF_INIT(8 << 20);
	struct feed_event event;
	struct err err = {""};
	size_t ends[32];

	(void)state;
	door_activate(&door);
	submit_reviews(5);
	assert_int_equal(file_read(&file, path, NULL), ST_OK);
	assert_int_equal(journals_entry_ends(&file, ends, 31), 6);
	OWNED(file_close) int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(file_pwrite(fd, zeros, sizeof(zeros), ends[3], NULL), ST_OK);
	start_dedup();
	open_at(2);
	enum status st = ST_OK;
	for (int i = 0; i < 200 && st == ST_OK; i++) {
		struct bus_event waited;
		st = feed_turn(feed, now_ms, known, committed, last_seq, &event, &err);
		if (st == ST_OK)
			assert_int_equal(bus_wait(door.bus, 10, &waited, NULL), ST_OK);
	}
	assert_int_equal(st, ST_ECORRUPT);
	OWNED(freep) char *place = xasprintf("%s: offset %zu: ", path, ends[3]);
	assert_non_null(strstr(err.text, place));
	assert_non_null(strstr(err.text, "record 4 was synced"));
}

static void a_new_dedup_gets_what_is_not_committed(void **state)
{
	(void)state;
	door_activate(&door);
	submit_reviews(29);
	start_dedup();
	open_at(2);
	take(2, 10, true);
	take(12, 10, true);
	take(22, 9, false);
	turn_feed();
	committed = 11;
	feed_committed(feed, committed, now_ms);
	start_dedup();
	open_at(12);
	take(12, 10, true);
	take(22, 9, true);
	/* What it passed on is heard before it dies: else it died at that batch again. */
	assert_int_equal(next(20).what, LINK_NOTHING);
	start_dedup();
	open_at(17); /* the store went on, in the middle of a batch */
	take(12, 10, true);
	take(22, 9, true);
}

static void a_marked_record_carries_its_mark(void **state)
{
	struct batch_head head;
	struct span items, record, sections;

	(void)state;
	door_activate(&door);
	submit_reviews(5);
	assert_int_equal(keys_mark(door.keys, 4, last_seq,
				   RECORD_QUARANTINED | RECORD_KILLED_PUBLISH, NULL),
			 ST_OK);
	start_dedup();
	open_at(2);
	struct link_event event = next(200);
	while (event.what == LINK_FRAME)
		event = next(200);
	assert_int_equal(batch_parse(&head, &items, event.batch, NULL), ST_OK);
	for (uint64_t seq = 2; batch_next(&items, &record, &sections); seq++)
		assert_int_equal(record.at[5],
				 seq == 4 ? RECORD_QUARANTINED | RECORD_KILLED_PUBLISH
					  : 0);
}

/* Each death is followed by a new process that starts where the store is; who kills it is
 * found all the same. */
static void who_kills_dedup_is_found_across_its_lives(void **state)
{
	const uint64_t killer = 7;
	int deaths = 0;
	bool aside = false;

	(void)state;
	known = true;
	door_activate(&door);
	submit_reviews(9);
	happened = (struct feed_event){0};
	start_dedup();
	open_at(1);
	while (committed < last_seq && deaths < 30) {
		struct batch_head head;
		struct span items, record, sections;
		struct link_event event = next(200);
		bool dies = false;
		if (dedup.retired) {
			link_bye(&dedup);
			turn_feed();
			start_dedup();
			open_at(committed + 1);
			continue;
		}
		assert_int_not_equal(event.what, LINK_NOTHING);
		if (event.what != LINK_BATCH)
			continue;
		assert_int_equal(batch_parse(&head, &items, event.batch, NULL), ST_OK);
		while (batch_next(&items, &record, &sections)) {
			bool marked = record.at[5] & RECORD_QUARANTINED;
			dies |= get_le64(record.at + 8) == killer && !marked;
			aside |= marked;
		}
		if (dies) {
			deaths++;
			start_dedup();
			open_at(committed + 1);
			continue;
		}
		link_returned(&dedup, &head);
		committed = MAX(committed, head.first_seq + head.count - 1);
		dedup.next = committed + 1;
		feed_committed(feed, committed, now_ms);
	}
	assert_int_equal(committed, last_seq);
	assert_true(aside);
	assert_int_equal(happened.culprit ? happened.culprit : killer, killer);
	assert_true(deaths <= 8);
}

static void a_suspect_of_dedup_is_reported(void **state)
{
	(void)state;
	known = true;
	door_activate(&door);
	submit_reviews(3);
	start_dedup();
	open_at(1);
	take(1, 1, true);
	happened = (struct feed_event){0};
	link_say(&dedup,
		 &(struct frame){.type = FRAME_SUSPECT, .seq = 3, .text = "moderate"});
	struct link_event event = next(200);
	while (event.what != LINK_FRAME || event.frame.type != FRAME_MARKED)
		event = next(200);
	assert_int_equal(event.frame.seq, 3);
	assert_int_equal(event.frame.flags, RECORD_QUARANTINED | RECORD_KILLED_MODERATE);
	assert_int_equal(happened.culprit, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dedup_is_welcomed_when_the_store_is_known),
		TEST(dedup_hears_at_each_beat_what_is_committed),
		TEST(batches_end_at_their_bound_and_at_activations),
		TEST(only_what_is_durable_is_handed_out),
		TEST(a_durable_record_that_is_not_there_is_damage_with_its_place),
		TEST(a_new_dedup_gets_what_is_not_committed),
		TEST(a_marked_record_carries_its_mark),
		TEST(who_kills_dedup_is_found_across_its_lives),
		TEST(a_suspect_of_dedup_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
