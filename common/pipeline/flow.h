/* flow.h - batches on their way to the stage behind, held until they are committed.
 *
 * collect and dedup each hold what they have handed out until publish says COMMITTED.
 * Nothing here is durable and nothing here talks or reads a clock: it is bookkeeping that
 * says what to send to whom, so that tests need neither sockets nor time.
 *
 * Credit:  the bytes of all held batches stay within `window_bytes`; those with one
 *	worker within `worker_bytes` (a single larger batch goes to an idle worker). Who is slow gets less;
 *	memory is flat everywhere behind, because nothing more is under way.
 * Loss:	a worker that is gone (BYE, silence, a new incarnation in its slot, or a ROUTER that cannot
 *	reach it) gives back everything that it ever held and that is not committed, at
 *	once. The oldest batch is handed out again when there was no progress for
 *	`again_ms`, doubling up to `again_max_ms`.
 * Blame:	a worker that dies with work leaves a mark on the batch that it was at. Two
 *	marks: the batch is split into single records, each of which the worker must name (BEGUN) and
 *	is told to go on (GO), so that a crash cannot outrun its name; it gets nothing else
 *	meanwhile, so that nothing else can kill it. A record that was named by a worker that died
 *	then goes, alone, to a fresh one; FLOW_STRIKES deaths there and it is the
 *	culprit. Random kills hit nobody three times alone.
 *
 * Times are monotonic milliseconds that the caller passes in.
 */
#ifndef FLOW_H
#define FLOW_H

#include "bus.h"
#include "frame.h"

#define FLOW_STRIKES   3
#define FLOW_PEERS_MAX 64

struct flow_options {
	size_t window_bytes;
	size_t worker_bytes;
	int64_t silent_ms; /* a worker that says nothing for so long is gone */
	int64_t again_ms, again_max_ms;
	/* The one worker must see every record, in order: nothing overtakes a batch that
	 * waits, a committed batch goes only when it was passed on, and a worker is given
	 * nothing before flow_rewind said where it starts. */
	bool in_order;
};

struct flow;

struct flow *flow_new(const struct flow_options *options);
void flow_free(struct flow *f); /* accepts NULL */
DEFINE_OWNED(struct flow, flow_free)

/* --- what is handed out ----------------------------------------------------------------- */

/* Room in the window. A flow that holds nothing takes one batch of any size. */
size_t flow_room(const struct flow *f);

/* Takes a whole batch frame (copied). Batches come in seq order without gaps. */
void flow_add(struct flow *f, struct span batch);

/* Everything up to seq is in the store: let it go. */
void flow_committed(struct flow *f, uint64_t seq, int64_t now_ms);

uint64_t flow_oldest(const struct flow *f); /* seq, 0: nothing held */
uint64_t flow_newest(const struct flow *f); /* last seq ever added, 0: none */
size_t flow_held_bytes(const struct flow *f);

/* Forgets all batches, to start over from another seq or journal (peers stay). */
void flow_restart(struct flow *f);

/* in_order: the worker is ready and wants `next` first. What is held behind that is
 * handed out again, and keeps the marks of those it killed. False: `next` is not held and
 * is not what would be added next; the caller says flow_restart and adds from there. */
bool flow_rewind(struct flow *f, const struct bus_peer *peer, uint64_t next);

/* Hands out again whatever is not committed, and tells of culprits again: the store's
 * writer, or who was to hear of them, is new. */
void flow_again(struct flow *f);

/* Sets the record aside: its flags are set in the held bytes, and a culprit may go on.
 * `again`: hand it out again in any case, for those who hold it without the flags. */
void flow_set_aside(struct flow *f, uint64_t seq, unsigned record_flags, bool again);

/* --- to whom ----------------------------------------------------------------------------- */

/* A worker said HELLO, which it does at every heartbeat. Another incarnation in the same
 * slot is dead from now on. `fresh`: it has been given nothing since it started. */
void flow_hello(struct flow *f, const struct bus_peer *peer, const char *slot,
		uint64_t incarnation, bool fresh, int64_t now_ms);
void flow_bye(struct flow *f, const struct bus_peer *peer);
/* The wire cannot reach it. */
void flow_lost(struct flow *f, const struct bus_peer *peer);
bool flow_knows(const struct flow *f, const struct bus_peer *peer);

/* The worker has passed the batch on. Returned batches stay held; only their credit is free. */
void flow_returned(struct flow *f, const struct bus_peer *peer, uint64_t first_seq,
		   uint32_t count);

/* The worker names a record. True: answer GO. */
bool flow_begun(struct flow *f, const struct bus_peer *peer, uint64_t seq);

/* Silence and lack of progress. Call at every turn of the loop. */
void flow_tick(struct flow *f, int64_t now_ms);

/* --- what to do next --------------------------------------------------------------------- */

enum flow_what { FLOW_NOTHING, FLOW_SEND, FLOW_RETIRE, FLOW_CULPRIT };

struct flow_step {
	enum flow_what what;
	struct bus_peer peer;	       /* SEND, RETIRE */
	struct span batch;	       /* SEND: borrowed until the next call */
	uint64_t seq;		       /* SEND: first; CULPRIT: the record, told once */
	char slot[FRAME_SLOT_MAX + 1]; /* SEND, RETIRE: of the peer, for the log */
};

/* Call until FLOW_NOTHING. A SEND counts as sent; if the wire refuses, say flow_unsent. */
void flow_next(struct flow *f, struct flow_step *ret);
void flow_unsent(struct flow *f, uint64_t first_seq);

/* --- figures ------------------------------------------------------------------------------ */

struct flow_figures {
	uint32_t batches, peers;
	uint64_t sent, sent_again, deaths, culprits; /* since the start */
};

void flow_figures(const struct flow *f, struct flow_figures *ret);

#endif
