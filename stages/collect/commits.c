#include "commits.h"

#include "flow.h"

enum status commits_open(struct commits *ret, struct bus *bus, const char *endpoint,
			 uint64_t journal_id, struct err *err)
{
	*ret = (struct commits){.journal_id = journal_id,
				.out = BUF_INIT(FRAME_BYTES_MAX)};
	return bus_add(bus, &ret->socket, BUS_ROUTER, endpoint, 0600, FRAME_BYTES_MAX,
		       err);
}

void commits_release(struct commits *c)
{
	buf_release(&c->out);
}

void commits_say(struct commits *c, const struct frame *frame)
{
	if (c->peer.len == 0)
		return;
	buf_clear(&c->out);
	frame_put(&c->out, frame);
	if (bus_send(c->socket, &c->peer, buf_view(&c->out), NULL) == ST_ENOTFOUND)
		c->peer.len = 0;
}

void commits_welcome(struct commits *c)
{
	bool careful = c->strikes > 0 || c->barren >= COMMITS_BARREN_STARTS;

	commits_say(c, &(struct frame){.type = FRAME_WELCOME,
				       .journal_id = c->journal_id,
				       .seq = c->committed,
				       .flags = careful ? WELCOME_CAREFUL : 0});
}

/* Draws the conclusion from the death of the incarnation before. Returns the culprit. */
static uint64_t judge(struct commits *c)
{
	uint64_t culprit = 0;

	if (c->incarnation == 0)
		return 0;
	c->barren = c->progressed ? 0 : c->barren + 1;
	if (c->begun != 0 && c->begun == c->committed + 1) {
		c->strikes = c->accused == c->begun ? c->strikes + 1 : 1;
		c->accused = c->begun;
	}
	if (c->strikes >= FLOW_STRIKES) {
		culprit = c->accused;
		c->strikes = 0;
		c->accused = 0;
	}
	return culprit;
}

static void take_hello(struct commits *c, const struct bus_peer *peer,
		       const struct frame *frame, struct commits_event *ret)
{
	bool same_wire = bus_peer_equal(&c->peer, peer);

	c->peer = *peer;
	if (frame->incarnation == c->incarnation) {
		/* Over a new wire: the word before may have been lost. */
		if (!same_wire)
			ret->what = COMMITS_STARTED;
		return;
	}
	*ret = (struct commits_event){.what = COMMITS_STARTED, .culprit = judge(c)};
	c->incarnation = frame->incarnation;
	c->progressed = false;
	c->begun = 0;
}

static void take_committed(struct commits *c, const struct frame *frame,
			   struct commits_event *ret)
{
	if (frame->journal_id != c->journal_id)
		return;
	c->deadline = frame->deadline;
	if (c->known && frame->seq <= c->committed)
		return;
	c->progressed = c->known;
	c->known = true;
	c->committed = frame->seq;
	if (c->accused <= c->committed)
		c->strikes = 0;
	ret->what = COMMITS_ADVANCED;
}

static void take_frame(struct commits *c, const struct bus_peer *peer, struct span bytes,
		       struct commits_event *ret)
{
	struct frame frame;
	enum status st = frame_parse(&frame, bytes, NULL);

	if (st == ST_EVERSION) {
		c->peer = *peer;
		commits_say(c, &(struct frame){.type = FRAME_INCOMPATIBLE,
					       .count = FRAME_VERSION,
					       .attempt = FRAME_VERSION});
	}
	if (st)
		return;
	switch (frame.type) {
	case FRAME_HELLO:
		take_hello(c, peer, &frame, ret);
		break;
	case FRAME_COMMITTED:
		take_committed(c, &frame, ret);
		break;
	case FRAME_BEGUN:
		if (!bus_peer_equal(peer, &c->peer))
			break; /* late word of one that is dead */
		if (c->begun == 0)
			c->begun = frame.seq;
		commits_say(c, &(struct frame){.type = FRAME_GO, .seq = frame.seq});
		break;
	case FRAME_BYE: /* it leaves in order: nobody is to blame */
		if (!bus_peer_equal(peer, &c->peer))
			break;
		c->begun = 0;
		c->progressed = true;
		break;
	default:
		break;
	}
}

enum status commits_recv(struct commits *c, struct commits_event *ret, struct err *err)
{
	struct bus_message message;

	*ret = (struct commits_event){.what = COMMITS_NOTHING};
	while (ret->what == COMMITS_NOTHING) {
		enum status st = bus_recv_one(c->socket, &message, err);
		if (st == ST_EAGAIN)
			return ST_OK;
		if (st)
			return st;
		struct bus_peer peer = message.peer;
		take_frame(c, &peer, message.part[0], ret);
	}
	return ST_OK;
}
