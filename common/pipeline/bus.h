/* bus.h - ZeroMQ, and the only file that includes it.
 *
 * A program has one bus: its context, its sockets, the signals that end it, and one place
 * to wait for all of them. ZeroMQ is the fast wire and promises nothing: what counts as
 * delivered is said by COMMITTED frames alone (frame.h), never by a send that returned.
 *
 * Options on every socket: LINGER 0 (200 ms for DEALER: a BYE; a send is no promise),
 * MAXMSGSIZE, RECONNECT_IVL 50 to 1000 ms, HANDSHAKE_IVL 3 s; a routing id is never set: a
 * restarted peer is a new peer, and says HELLO. ROUTER has ROUTER_MANDATORY, so that a
 * peer that is gone or full is an error and not silence. High-water marks are 1000 and
 * never reached: the window of flow.h counts bytes. ZeroMQ's own heartbeats are for tcp;
 * who is stuck is found out by HELLO frames, which the program's own loop sends.
 *
 * ipc endpoints: one that is bound is ours until bus_close (ipc.h).
 */
#ifndef BUS_H
#define BUS_H

#include "buf.h"
#include "status.h"

#define BUS_PEER_MAX	255 /* bytes of a routing id; what ZeroMQ itself allows */
#define BUS_PARTS_MAX	3
#define BUS_SOCKETS_MAX 8
#define BUS_STRANGE_MAX 100

struct bus;
struct bus_socket;

enum bus_role { BUS_ROUTER, BUS_DEALER, BUS_PUSH, BUS_PULL };

/* What a ROUTER calls a peer. */
struct bus_peer {
	uint8_t id[BUS_PEER_MAX];
	uint8_t len;
};

static inline bool bus_peer_equal(const struct bus_peer *a, const struct bus_peer *b)
{
	return a->len == b->len && memcmp(a->id, b->id, a->len) == 0;
}

/* Signals SIGTERM and SIGINT are taken over: they make bus_wait report `stop`; SIGUSR1
 * `hurry` as well. SIGHUP sets `reload`. SIGPIPE is ignored. */
enum status bus_open(struct bus **ret, struct err *err) MUST_CHECK;
void bus_close(struct bus *bus); /* closes its sockets; accepts NULL */
DEFINE_OWNED(struct bus, bus_close)

/* ROUTER and PULL bind, DEALER and PUSH connect. `mode`: of an ipc endpoint's file, 0 to
 * leave it. `bytes_max`: of one part. Errors (err says why): ST_EBUSY: another process has
 * the endpoint; ST_EWIRE, ST_EIO, ST_ENOSPACE: it cannot be used. */
enum status bus_add(struct bus *bus, struct bus_socket **ret, enum bus_role role,
		    const char *endpoint, mode_t mode, size_t bytes_max,
		    struct err *err) MUST_CHECK;
void bus_remove(struct bus *bus, struct bus_socket *socket); /* closes it */

/* Watches another descriptor for reading; ret of bus_wait tells. */
void bus_watch(struct bus *bus, int fd);

struct bus_event {
	bool stop;     /* SIGTERM, SIGINT or SIGUSR1 came, now or before */
	bool hurry;    /* SIGUSR1 did: nothing is worth waiting for */
	bool reload;   /* SIGHUP came since the last call */
	bool readable; /* the watched descriptor is */
};

/* Waits until a socket that is not paused has a message, a signal came, the watched
 * descriptor is readable, or the time is over. */
enum status bus_wait(struct bus *bus, int timeout_ms, struct bus_event *ret,
		     struct err *err) MUST_CHECK;

/* A paused socket is not waited for (its senders are then held back by the wire). */
void bus_pause(struct bus_socket *socket, bool paused);

/* One message. `peer` only for ROUTER. Parts are borrowed until the next bus_recv on any
 * socket of the bus. */
struct bus_message {
	struct bus_peer peer;
	size_t count;
	struct span part[BUS_PARTS_MAX];
};

/* Never waits. ST_EAGAIN: none there. Of a message with too many parts the first
 * BUS_PARTS_MAX are kept, and it is reported as ST_EMALFORMED (all of *ret is filled). */
enum status bus_recv(struct bus_socket *socket, struct bus_message *ret,
		     struct err *err) MUST_CHECK;

/* The next message of one part, ret->part[0]: all that our programs say to each other. What
 * has more is passed over, nobody who speaks the protocol sends it; behind
 * BUS_STRANGE_MAX of them in a row ST_EAGAIN is reported, so that no sender can keep us
 * from our heartbeat. The rest as bus_recv; never ST_EMALFORMED. */
enum status bus_recv_one(struct bus_socket *socket, struct bus_message *ret,
			 struct err *err) MUST_CHECK;

/* Never waits. ST_EAGAIN: the peer is full, or (DEALER, PUSH) there is none yet.
 * ST_ENOTFOUND: a ROUTER's peer is gone. `peer`: ROUTER only, else NULL. When only the
 * beginning of a message could be sent, the next bus_wait fails. */
enum status bus_send(struct bus_socket *socket, const struct bus_peer *peer,
		     struct span part, struct err *err) MUST_CHECK;
enum status bus_send_parts(struct bus_socket *socket, const struct bus_peer *peer,
			   const struct span *parts, size_t count,
			   struct err *err) MUST_CHECK;

#endif
