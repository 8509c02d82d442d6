#include "outlet.h"

enum status outlet_open(struct outlet *ret, struct bus *bus, const char *endpoint,
			const struct flow_options *options, struct err *err)
{
	*ret = (struct outlet){.flow = flow_new(options),
			       .out = BUF_INIT(FRAME_BYTES_MAX)};
	return bus_add(bus, &ret->socket, BUS_ROUTER, endpoint, 0600, FRAME_BYTES_MAX,
		       err);
}

void outlet_release(struct outlet *o)
{
	flow_free(o->flow);
	o->flow = NULL;
	buf_release(&o->out);
}

void outlet_say(struct outlet *o, const struct bus_peer *peer, const struct frame *frame)
{
	buf_clear(&o->out);
	frame_put(&o->out, frame);
	if (bus_send(o->socket, peer, buf_view(&o->out), NULL) == ST_ENOTFOUND)
		flow_lost(o->flow, peer);
}

static void say_incompatible(struct outlet *o, const struct bus_peer *peer)
{
	outlet_say(o, peer,
		   &(struct frame){.type = FRAME_INCOMPATIBLE,
				   .count = FRAME_VERSION,
				   .attempt = FRAME_VERSION});
}

/* True when the owner must see the frame. */
static bool take_frame(struct outlet *o, const struct bus_peer *peer,
		       const struct frame *frame, int64_t now_ms,
		       struct outlet_event *ret)
{
	*ret = (struct outlet_event){.peer = *peer, .frame = *frame};
	switch (frame->type) {
	case FRAME_HELLO:
		ret->new_worker = !flow_knows(o->flow, peer);
		flow_hello(o->flow, peer, frame->text, frame->incarnation,
			   frame->count == 0, now_ms);
		ret->what = OUTLET_HELLO;
		return true;
	case FRAME_RETURNED:
		flow_returned(o->flow, peer, frame->seq, frame->count);
		return false;
	case FRAME_BEGUN:
		if (flow_begun(o->flow, peer, frame->seq))
			outlet_say(o, peer,
				   &(struct frame){.type = FRAME_GO, .seq = frame->seq});
		return false;
	case FRAME_BYE:
		flow_bye(o->flow, peer);
		return false;
	default:
		ret->what = OUTLET_FRAME;
		return true;
	}
}

enum status outlet_recv(struct outlet *o, int64_t now_ms, struct outlet_event *ret,
			struct err *err)
{
	struct bus_message message;
	struct frame frame;

	*ret = (struct outlet_event){.what = OUTLET_NOTHING};
	for (;;) {
		enum status st = bus_recv_one(o->socket, &message, err);
		if (st == ST_EAGAIN)
			return ST_OK;
		if (st)
			return st;
		st = frame_parse(&frame, message.part[0], NULL);
		if (st == ST_EVERSION)
			say_incompatible(o, &message.peer);
		if (st)
			continue;
		struct bus_peer peer = message.peer;
		if (take_frame(o, &peer, &frame, now_ms, ret))
			return ST_OK;
	}
}

/* False when the wire is full: nothing more can be sent in this turn. */
static bool send_step(struct outlet *o, const struct flow_step *step)
{
	enum status st;

	if (step->what == FLOW_RETIRE) {
		outlet_say(o, &step->peer, &(struct frame){.type = FRAME_RETIRE});
		return true;
	}
	st = bus_send(o->socket, &step->peer, step->batch, NULL);
	if (st == ST_OK)
		return true;
	flow_unsent(o->flow, step->seq);
	if (st != ST_ENOTFOUND)
		return false;
	flow_lost(o->flow, &step->peer);
	return true;
}

void outlet_pump(struct outlet *o, int64_t now_ms, struct outlet_event *ret)
{
	struct flow_step step;

	*ret = (struct outlet_event){.what = OUTLET_NOTHING};
	flow_tick(o->flow, now_ms);
	for (;;) {
		flow_next(o->flow, &step);
		if (step.what == FLOW_NOTHING)
			return;
		if (step.what == FLOW_CULPRIT) {
			*ret = (struct outlet_event){.what = OUTLET_CULPRIT,
						     .seq = step.seq};
			return;
		}
		if (!send_step(o, &step))
			return;
	}
}
