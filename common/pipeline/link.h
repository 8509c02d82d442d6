/* link.h - a stage's end of the wire to the program before it.
 *
 * A DEALER that says HELLO at every heartbeat, receives batches and the frames that go
 * with them, and gives credit back. A batch that must be named is kept, named (BEGUN), and
 * only handed over when the program before says GO: the name cannot be lost in a crash.
 */
#ifndef LINK_H
#define LINK_H

#include "bus.h"
#include "frame.h"

/* HELLO is said at least so often: a program before that starts again must not wait. */
#define LINK_HELLO_MS 250

struct link {
	struct bus_socket *socket;
	char slot[FRAME_SLOT_MAX + 1];
	uint64_t incarnation;
	uint64_t next;	     /* seq that HELLO asks for; set by the owner */
	uint64_t journal_id; /* that HELLO names; set by the owner */
	uint32_t seen;	     /* batches since the start */
	int64_t heartbeat_ms;
	int64_t hello_ms; /* monotonic, of the last HELLO */
	struct buf named; /* a batch that waits for GO */
	struct buf out;
	bool retired; /* RETIRE came: finish and come back fresh */
};

enum link_what { LINK_NOTHING, LINK_BATCH, LINK_FRAME };

struct link_event {
	enum link_what what;
	struct span batch;  /* BATCH: borrowed until the next call */
	struct frame frame; /* FRAME: WELCOME, COMMITTED, AGAIN, MARKED, GO */
};

enum status link_open(struct link *ret, struct bus *bus, const char *endpoint,
		      const char *slot, uint64_t incarnation, int64_t heartbeat_ms,
		      struct err *err) MUST_CHECK;
void link_release(struct link *l);

/* Says HELLO when it is due. */
void link_beat(struct link *l, int64_t now_ms);
void link_hello_now(struct link *l, int64_t now_ms);

/* The next thing that came, LINK_NOTHING when there is none. Errors: ST_EVERSION (the
 * other side speaks another version), ST_EWIRE. A frame that makes no sense is dropped;
 * what it held comes again. */
enum status link_recv(struct link *l, struct link_event *ret, struct err *err) MUST_CHECK;

/* The batch has been passed on. */
void link_returned(struct link *l, const struct batch_head *head);

/* Any other frame. What the wire refuses is lost: every frame is said again by its cause. */
void link_say(struct link *l, const struct frame *frame);
void link_bye(struct link *l);

#endif
