#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"

#define REQUEST "request-1"

static void open_state(struct door *d)
{
	const struct journal_options journal = {.segment_bytes = 16 << 20};
	OWNED(freep) char *dir = scratch_path("data/journal");

	assert_int_equal(journal_open(&d->journal, dir, &journal, &d->state, NULL),
			 ST_OK);
	assert_int_equal(keys_open(&d->keys, &d->keys_from, d->options->pipeline.data,
				   d->state.journal_id, d->state.last_seq, NULL),
			 ST_OK);
	d->intake = intake_new(d->options, d->journal, d->keys, &d->state);
}

void door_open(struct door *d, const char *more_options)
{
	OWNED(freep) char *path = scratch_path("pipeline.yaml");
	OWNED(freep)
	char *yaml =
		xasprintf("pipeline: {data: data, run: run}\n"
			  "processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n"
			  "collect: {%s}\n",
			  more_options);
	OWNED(freep) char *packs = scratch_path("data/packs");
	OWNED(freep) char *pack = scratch_path("data/packs/" DOOR_RULES ".pack");
	OWNED(freep) char *at = xasprintf("ipc://%s/door", scratch_dir);
	struct err err = {""};

	*d = (struct door){.answers = BUF_INIT(4 << 20), .now_ms = DOOR_NOW};
	if (options_parse(&d->options, path, span_of(yaml), NULL, &err))
		fail_msg("%s", err.text);
	assert_int_equal(file_make_dirs(packs, 0700, NULL), ST_OK);
	assert_int_equal(file_replace(pack, SPAN_NONE, 0600, NULL), ST_OK);
	assert_int_equal(bus_open(&d->bus, NULL), ST_OK);
	assert_int_equal(bus_add(d->bus, &d->router, BUS_ROUTER, at, 0600, 8 << 20, NULL),
			 ST_OK);
	assert_int_equal(bus_add(d->bus, &d->dealer, BUS_DEALER, at, 0, 8 << 20, NULL),
			 ST_OK);
	open_state(d);
}

static void close_state(struct door *d)
{
	intake_free(TAKE(d->intake));
	keys_close(TAKE(d->keys));
	journal_close(TAKE(d->journal));
}

void door_close(struct door *d)
{
	close_state(d);
	bus_close(d->bus);
	options_free(d->options);
	buf_release(&d->answers);
}

void door_reopen(struct door *d)
{
	close_state(d);
	open_state(d);
}

static void recv_from(struct door *d, struct bus_socket *s, struct bus_message *ret)
{
	struct bus_event event;
	enum status st = bus_recv(s, ret, NULL);

	for (int i = 0; st == ST_EAGAIN && i < 100; i++) {
		assert_int_equal(bus_wait(d->bus, 100, &event, NULL), ST_OK);
		st = bus_recv(s, ret, NULL);
	}
	assert_int_equal(st, ST_OK);
}

void door_send(struct door *d, enum endpoint endpoint, const char *lines)
{
	const struct span parts[] = {SPAN_OF(REQUEST), span_of(lines)};
	struct bus_message message;

	assert_int_equal(bus_send_parts(d->dealer, NULL, parts, 2, NULL), ST_OK);
	recv_from(d, d->router, &message);
	intake_take(d->intake, d->router, endpoint, &message, d->now_ms);
}

void door_commit(struct door *d)
{
	intake_close_group(d->intake);
	assert_int_equal(journal_commit(d->journal, NULL), ST_OK);
	assert_int_equal(keys_commit(d->keys, intake_last_seq(d->intake), NULL), ST_OK);
}

void door_answer(struct door *d)
{
	struct bus_message message;

	recv_from(d, d->dealer, &message);
	assert_int_equal(message.count, 2);
	assert_true(span_equal(message.part[0], SPAN_OF(REQUEST)));
	buf_clear(&d->answers);
	buf_span(&d->answers, message.part[1]);
}

const char *door_say(struct door *d, enum endpoint endpoint, const char *lines)
{
	door_send(d, endpoint, lines);
	door_commit(d);
	intake_answer(d->intake);
	door_answer(d);
	return buf_string(&d->answers);
}

void door_activate(struct door *d)
{
	const char *answer = door_say(
		d, ADMIN,
		"{\"kind\":\"activation\",\"source\":\"op\",\"source_id\":\"a-1\","
		"\"activates\":\"rules\",\"hash\":\"" DOOR_RULES "\"}");

	assert_non_null(strstr(answer, "\"accepted\""));
}

void door_read(struct door *d, uint64_t seq, struct buf *keep, struct record *ret)
{
	OWNED(freep) char *dir = scratch_path("data/journal");
	OWNED(journal_reader_closep) struct journal_reader *r = NULL;
	enum journal_item item;
	struct span bytes;
	const char *reason;
	uint64_t got;

	(void)d;
	assert_int_equal(journal_reader_open(&r, dir, seq, NULL), ST_OK);
	assert_int_equal(journal_read(r, &item, &bytes, &got, &reason, NULL), ST_OK);
	assert_int_equal(item, JOURNAL_RECORD);
	assert_int_equal(got, seq);
	buf_clear(keep);
	buf_span(keep, bytes);
	assert_int_equal(record_parse(ret, buf_view(keep), NULL), ST_OK);
}
