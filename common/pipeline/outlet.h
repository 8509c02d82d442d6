/* outlet.h - a stage's end of the wire to the program behind it: a ROUTER and a flow.
 *
 * Keeps the workers' HELLO, RETURNED, BEGUN and BYE, sends what flow.h says, and leaves to
 * its owner only what is the owner's: where to start (HELLO), whom to blame (CULPRIT), and
 * frames that are not about batches.
 */
#ifndef OUTLET_H
#define OUTLET_H

#include "flow.h"

struct outlet {
	struct bus_socket *socket;
	struct flow *flow;
	struct buf out;
};

/* What the owner must act upon; returned by outlet_recv and outlet_pump. */
enum outlet_what { OUTLET_NOTHING, OUTLET_HELLO, OUTLET_FRAME, OUTLET_CULPRIT };

struct outlet_event {
	enum outlet_what what;
	struct bus_peer peer; /* HELLO, FRAME */
	struct frame frame;   /* HELLO, FRAME */
	bool new_worker;      /* HELLO: first time from this peer */
	uint64_t seq;	      /* CULPRIT */
};

enum status outlet_open(struct outlet *ret, struct bus *bus, const char *endpoint,
			const struct flow_options *options, struct err *err) MUST_CHECK;
void outlet_release(struct outlet *o); /* the bus closes the socket */

/* The next message of a worker that its owner must see. */
enum status outlet_recv(struct outlet *o, int64_t now_ms, struct outlet_event *ret,
			struct err *err) MUST_CHECK;

/* Sends what can be sent now; stops at a CULPRIT, which the owner handles and calls again. */
void outlet_pump(struct outlet *o, int64_t now_ms, struct outlet_event *ret);

/* A frame to one worker, or to all; a worker that cannot be reached is lost. */
void outlet_say(struct outlet *o, const struct bus_peer *peer, const struct frame *frame);

#endif
