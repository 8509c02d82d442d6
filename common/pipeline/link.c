#include "link.h"

#include "clock.h"

enum status link_open(struct link *ret, struct bus *bus, const char *endpoint,
		      const char *slot, uint64_t incarnation, int64_t heartbeat_ms,
		      struct err *err)
{
	*ret = (struct link){.incarnation = incarnation,
			     .heartbeat_ms = heartbeat_ms,
			     .named = BUF_INIT(FRAME_BYTES_MAX),
			     .out = BUF_INIT(FRAME_BYTES_MAX)};
	memcpy(ret->slot, slot, MIN(strlen(slot), (size_t)FRAME_SLOT_MAX));
	return bus_add(bus, &ret->socket, BUS_DEALER, endpoint, 0, FRAME_BYTES_MAX, err);
}

void link_release(struct link *l)
{
	buf_release(&l->named);
	buf_release(&l->out);
}

void link_say(struct link *l, const struct frame *frame)
{
	buf_clear(&l->out);
	frame_put(&l->out, frame);
	(void)!bus_send(l->socket, NULL, buf_view(&l->out),
			NULL); /* said again by its cause */
}

void link_hello_now(struct link *l, int64_t now_ms)
{
	struct frame hello = {.type = FRAME_HELLO,
			      .incarnation = l->incarnation,
			      .seq = l->next,
			      .journal_id = l->journal_id,
			      .count = l->seen};

	memcpy(hello.text, l->slot, sizeof(hello.text));
	link_say(l, &hello);
	l->hello_ms = now_ms;
}

void link_beat(struct link *l, int64_t now_ms)
{
	if (l->hello_ms == 0 ||
	    now_ms - l->hello_ms >= MIN(l->heartbeat_ms, LINK_HELLO_MS))
		link_hello_now(l, now_ms);
}

void link_bye(struct link *l)
{
	link_say(l, &(struct frame){.type = FRAME_BYE});
}

void link_returned(struct link *l, const struct batch_head *head)
{
	link_say(l, &(struct frame){.type = FRAME_RETURNED,
				    .seq = head->first_seq,
				    .count = head->count,
				    .attempt = head->attempt});
}

/* A batch is handed over at once, or named first. */
static void take_batch(struct link *l, struct span bytes, struct link_event *ret)
{
	struct batch_head head;
	struct span items;

	if (batch_parse(&head, &items, bytes, NULL))
		return;
	l->seen++;
	if (head.flags & BATCH_NAMED) {
		buf_clear(&l->named);
		buf_span(&l->named, bytes);
		link_say(l, &(struct frame){.type = FRAME_BEGUN, .seq = head.first_seq});
		return;
	}
	*ret = (struct link_event){.what = LINK_BATCH, .batch = bytes};
}

/* GO for the batch that waits; without one it is for the owner, who named something. */
static void take_go(struct link *l, const struct frame *go, struct link_event *ret)
{
	struct batch_head head;
	struct span items;

	if (l->named.len == 0) {
		*ret = (struct link_event){.what = LINK_FRAME, .frame = *go};
		return;
	}
	if (batch_parse(&head, &items, buf_view(&l->named), NULL) ||
	    head.first_seq != go->seq)
		return;
	*ret = (struct link_event){.what = LINK_BATCH, .batch = buf_view(&l->named)};
}

static enum status take_frame(struct link *l, struct span bytes, struct link_event *ret,
			      struct err *err)
{
	struct frame frame;
	enum frame_type type;
	enum status st = frame_type(&type, bytes, err);

	if (st == ST_OK && type == FRAME_BATCH) {
		take_batch(l, bytes, ret);
		return ST_OK;
	}
	if (st == ST_OK)
		st = frame_parse(&frame, bytes, err);
	if (st == ST_EVERSION)
		return st;
	if (st)
		return ST_OK;
	if (frame.type == FRAME_INCOMPATIBLE)
		return err_set(
			err, ST_EVERSION,
			"the program before speaks frame versions %u to %u, this one %u",
			frame.count, frame.attempt, FRAME_VERSION);
	if (frame.type == FRAME_GO)
		take_go(l, &frame, ret);
	else if (frame.type == FRAME_RETIRE)
		l->retired = true;
	else
		*ret = (struct link_event){.what = LINK_FRAME, .frame = frame};
	return ST_OK;
}

enum status link_recv(struct link *l, struct link_event *ret, struct err *err)
{
	struct bus_message message;

	*ret = (struct link_event){.what = LINK_NOTHING};
	while (ret->what == LINK_NOTHING) {
		enum status st = bus_recv_one(l->socket, &message, err);
		if (st == ST_EAGAIN)
			return ST_OK;
		if (st == ST_OK)
			st = take_frame(l, message.part[0], ret, err);
		if (st)
			return st;
	}
	return ST_OK;
}
