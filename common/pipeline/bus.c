#include "bus.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zmq.h>

#include "alloc.h"
#include "file.h"
#include "ipc.h"

#define HIGH_WATER	 1000
#define RECONNECT_MS	 50
#define RECONNECT_MAX_MS 1000
#define HANDSHAKE_MS	 3000
#define BYE_LINGER_MS	 200
#define TCP_HEARTBEAT_MS 1000
#define TCP_DEAD_MS	 5000
#define IPC		 "ipc://"
#define FIXED_POLL_ITEMS 2 /* the signal descriptor and the watched one */

struct bus_socket {
	struct bus *bus;
	void *zmq;
	enum bus_role role;
	bool paused;
};

struct bus {
	void *context;
	int signals;
	int watched;
	bool stop, hurry;
	bool torn; /* a socket waits for the rest of a message that will not come */
	struct bus_socket *sockets[BUS_SOCKETS_MAX];
	size_t count;
	int locks[BUS_SOCKETS_MAX]; /* of the ipc endpoints that were bound */
	size_t lock_count;
	zmq_msg_t parts[BUS_PARTS_MAX]; /* of the message that was read last */
	size_t part_count;
};

static enum status wire_error(struct err *err, const char *what)
{
	int why = zmq_errno();

	return err_set(err, ST_EWIRE, "%s: %s", what, zmq_strerror(why));
}

static enum status take_signals(int *ret_fd, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	*ret_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *ret_fd < 0 ? err_sys(err, ST_EIO, errno, "signalfd") : ST_OK;
}

enum status bus_open(struct bus **ret, struct err *err)
{
	OWNED(bus_closep) struct bus *bus = xcalloc(1, sizeof(*bus));

	bus->signals = bus->watched = -1;
	enum status st = take_signals(&bus->signals, err);
	if (st)
		return st;
	bus->context = zmq_ctx_new();
	if (!bus->context)
		return wire_error(err, "zmq_ctx_new");
	*ret = TAKE(bus);
	return ST_OK;
}

static void drop_parts(struct bus *bus)
{
	for (size_t i = 0; i < bus->part_count; i++)
		zmq_msg_close(&bus->parts[i]);
	bus->part_count = 0;
}

void bus_close(struct bus *bus)
{
	if (!bus)
		return;
	drop_parts(bus);
	while (bus->count > 0)
		bus_remove(bus, bus->sockets[bus->count - 1]);
	if (bus->context)
		zmq_ctx_term(bus->context); /* until here its threads listen */
	while (bus->lock_count > 0)
		file_close(&bus->locks[--bus->lock_count]);
	file_close(&bus->signals);
	free(bus);
}

static void set_int(void *zmq, int option, int value)
{
	int rc = zmq_setsockopt(zmq, option, &value, sizeof(value));

	assert(rc == 0); /* an option that this libzmq does not know is a bug */
	(void)rc;
}

static void set_options(const struct bus_socket *s, const char *endpoint,
			size_t bytes_max)
{
	int64_t max = (int64_t)bytes_max;

	/* BYE of a stage that leaves in order is worth a moment; nothing else is. */
	set_int(s->zmq, ZMQ_LINGER, s->role == BUS_DEALER ? BYE_LINGER_MS : 0);
	set_int(s->zmq, ZMQ_SNDHWM, HIGH_WATER);
	set_int(s->zmq, ZMQ_RCVHWM, HIGH_WATER);
	set_int(s->zmq, ZMQ_RECONNECT_IVL, RECONNECT_MS);
	set_int(s->zmq, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
	set_int(s->zmq, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
	zmq_setsockopt(s->zmq, ZMQ_MAXMSGSIZE, &max, sizeof(max));
	if (s->role == BUS_ROUTER)
		set_int(s->zmq, ZMQ_ROUTER_MANDATORY, 1);
	if (strncmp(endpoint, "tcp://", 6) == 0) {
		set_int(s->zmq, ZMQ_HEARTBEAT_IVL, TCP_HEARTBEAT_MS);
		set_int(s->zmq, ZMQ_HEARTBEAT_TIMEOUT, TCP_DEAD_MS);
	}
}

static enum status bind_ipc(struct bus_socket *s, const char *endpoint, mode_t mode,
			    struct err *err)
{
	const char *path = endpoint + strlen(IPC);
	struct bus *bus = s->bus;

	assert(bus->lock_count < BUS_SOCKETS_MAX);
	enum status st = ipc_take(&bus->locks[bus->lock_count], path, err);
	if (st)
		return st;
	bus->lock_count++;
	if (zmq_bind(s->zmq, endpoint) != 0)
		return wire_error(err, endpoint);
	if (mode && chmod(path, mode) != 0)
		return err_sys(err, ST_EIO, errno, "%s", endpoint);
	return ST_OK;
}

static enum status attach(struct bus_socket *s, const char *endpoint, mode_t mode,
			  struct err *err)
{
	bool binds = s->role == BUS_ROUTER || s->role == BUS_PULL;

	if (binds && strncmp(endpoint, IPC, strlen(IPC)) == 0)
		return bind_ipc(s, endpoint, mode, err);
	int rc = binds ? zmq_bind(s->zmq, endpoint) : zmq_connect(s->zmq, endpoint);
	return rc == 0 ? ST_OK : wire_error(err, endpoint);
}

enum status bus_add(struct bus *bus, struct bus_socket **ret, enum bus_role role,
		    const char *endpoint, mode_t mode, size_t bytes_max, struct err *err)
{
	static const int types[] = {[BUS_ROUTER] = ZMQ_ROUTER,
				    [BUS_DEALER] = ZMQ_DEALER,
				    [BUS_PUSH] = ZMQ_PUSH,
				    [BUS_PULL] = ZMQ_PULL};

	assert(bus->count < BUS_SOCKETS_MAX);
	void *zmq = zmq_socket(bus->context, types[role]);
	if (!zmq)
		return wire_error(err, endpoint);
	struct bus_socket *s = xcalloc(1, sizeof(*s));
	*s = (struct bus_socket){.bus = bus, .zmq = zmq, .role = role};
	bus->sockets[bus->count++] = s;
	set_options(s, endpoint, bytes_max);
	enum status st = attach(s, endpoint, mode, err);
	if (st) {
		bus_remove(bus, s);
		return st;
	}
	*ret = s;
	return ST_OK;
}

void bus_remove(struct bus *bus, struct bus_socket *socket)
{
	for (size_t i = 0; i < bus->count; i++) {
		if (bus->sockets[i] == socket) {
			bus->sockets[i] = bus->sockets[--bus->count];
			break;
		}
	}
	zmq_close(socket->zmq);
	free(socket);
}

void bus_watch(struct bus *bus, int fd)
{
	bus->watched = fd;
}

void bus_pause(struct bus_socket *socket, bool paused)
{
	socket->paused = paused;
}

static void read_signals(struct bus *bus, struct bus_event *ret)
{
	struct signalfd_siginfo info;

	while (read(bus->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			ret->reload = true;
		else
			bus->stop = true;
		bus->hurry |= info.ssi_signo == SIGUSR1;
	}
}

enum status bus_wait(struct bus *bus, int timeout_ms, struct bus_event *ret,
		     struct err *err)
{
	zmq_pollitem_t items[BUS_SOCKETS_MAX + FIXED_POLL_ITEMS];
	int count = 0;

	*ret = (struct bus_event){0};
	if (bus->torn)
		return err_set(err, ST_EWIRE, "a message could not be sent whole");
	items[count++] = (zmq_pollitem_t){NULL, bus->signals, ZMQ_POLLIN, 0};
	if (bus->watched >= 0)
		items[count++] = (zmq_pollitem_t){NULL, bus->watched, ZMQ_POLLIN, 0};
	for (size_t i = 0; i < bus->count; i++) {
		const struct bus_socket *s = bus->sockets[i];
		if (!s->paused && s->role != BUS_PUSH)
			items[count++] = (zmq_pollitem_t){s->zmq, 0, ZMQ_POLLIN, 0};
	}
	if (zmq_poll(items, count, timeout_ms) < 0 && zmq_errno() != EINTR)
		return wire_error(err, "zmq_poll");
	if (items[0].revents)
		read_signals(bus, ret);
	ret->stop = bus->stop;
	ret->hurry = bus->hurry;
	ret->readable = bus->watched >= 0 && items[1].revents;
	return ST_OK;
}

static bool more_follow(zmq_msg_t *part)
{
	return zmq_msg_more(part) != 0;
}

/* Reads what is left of a message that has too many parts. */
static void skip_rest(void *zmq)
{
	zmq_msg_t part;
	bool more = true;

	while (more) {
		zmq_msg_init(&part);
		if (zmq_msg_recv(&part, zmq, ZMQ_DONTWAIT) < 0)
			more = false;
		else
			more = more_follow(&part);
		zmq_msg_close(&part);
	}
}

static enum status recv_part(struct bus_socket *s, zmq_msg_t *part, struct err *err)
{
	zmq_msg_init(part);
	if (zmq_msg_recv(part, s->zmq, ZMQ_DONTWAIT) >= 0)
		return ST_OK;
	zmq_msg_close(part);
	if (zmq_errno() == EAGAIN || zmq_errno() == EINTR)
		return ST_EAGAIN;
	return wire_error(err, "receive");
}

static enum status recv_peer(struct bus_socket *s, struct bus_message *ret,
			     bool *ret_more, struct err *err)
{
	zmq_msg_t part;
	enum status st = recv_part(s, &part, err);

	if (st)
		return st;
	ret->peer.len = (uint8_t)MIN(zmq_msg_size(&part), (size_t)BUS_PEER_MAX);
	memcpy(ret->peer.id, zmq_msg_data(&part), ret->peer.len);
	*ret_more = more_follow(&part);
	zmq_msg_close(&part);
	return ST_OK;
}

enum status bus_recv(struct bus_socket *s, struct bus_message *ret, struct err *err)
{
	struct bus *bus = s->bus;
	bool more = true;

	drop_parts(bus);
	*ret = (struct bus_message){0};
	if (s->role == BUS_ROUTER) {
		enum status st = recv_peer(s, ret, &more, err);
		if (st)
			return st;
	}
	while (more) {
		if (bus->part_count == BUS_PARTS_MAX) {
			skip_rest(s->zmq);
			return err_set(err, ST_EMALFORMED,
				       "a message of more than %d parts", BUS_PARTS_MAX);
		}
		zmq_msg_t *part = &bus->parts[bus->part_count];
		enum status st = recv_part(s, part, err);
		if (st)
			return st;
		bus->part_count++;
		ret->part[ret->count++] =
			(struct span){zmq_msg_data(part), zmq_msg_size(part)};
		more = more_follow(part);
	}
	return ST_OK;
}

enum status bus_recv_one(struct bus_socket *s, struct bus_message *ret, struct err *err)
{
	for (int i = 0; i < BUS_STRANGE_MAX; i++) {
		enum status st = bus_recv(s, ret, err);

		if (st == ST_EMALFORMED || (st == ST_OK && ret->count != 1))
			continue;
		return st;
	}
	return ST_EAGAIN;
}

static enum status send_part(struct bus_socket *s, struct span part, int flags,
			     struct err *err)
{
	if (zmq_send(s->zmq, part.at, part.len, flags | ZMQ_DONTWAIT) >= 0)
		return ST_OK;
	switch (zmq_errno()) {
	case EAGAIN:
	case EINTR:
		return ST_EAGAIN;
	case EHOSTUNREACH:
		return ST_ENOTFOUND;
	default:
		return wire_error(err, "send");
	}
}

enum status bus_send_parts(struct bus_socket *s, const struct bus_peer *peer,
			   const struct span *parts, size_t count, struct err *err)
{
	enum status st = ST_OK;
	bool begun = false;

	assert((s->role == BUS_ROUTER) == (peer != NULL) && count > 0);
	if (peer) {
		st = send_part(s, (struct span){peer->id, peer->len}, ZMQ_SNDMORE, err);
		begun = st == ST_OK;
	}
	for (size_t i = 0; i < count && st == ST_OK; i++) {
		st = send_part(s, parts[i], i + 1 < count ? ZMQ_SNDMORE : 0, err);
		begun |= st == ST_OK;
	}
	/* What follows would become its end: bus_wait ends the program. */
	if (st && begun)
		s->bus->torn = true;
	return st;
}

enum status bus_send(struct bus_socket *s, const struct bus_peer *peer, struct span part,
		     struct err *err)
{
	return bus_send_parts(s, peer, &part, 1, err);
}
