// uses: tests/lib/listener.c tests/lib/scratch.c
#include "bus.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "listener.h"
#include "scratch.h"

#define PATIENCE_MS 5000

static char *endpoint(const char *name)
{
	return xasprintf("ipc://%s/%s", scratch_dir, name);
}

static struct bus_socket *add(struct bus *bus, enum bus_role role, const char *at)
{
	struct bus_socket *s = NULL;

	assert_int_equal(bus_add(bus, &s, role, at, 0600, 4096, NULL), ST_OK);
	return s;
}

/* Waits for the next message of a socket. */
static enum status recv_one(struct bus *bus, struct bus_socket *s,
			    struct bus_message *ret)
{
	struct bus_event event;
	enum status st = bus_recv(s, ret, NULL);

	for (int i = 0; st == ST_EAGAIN && i < 20; i++) {
		assert_int_equal(bus_wait(bus, PATIENCE_MS / 20, &event, NULL), ST_OK);
		st = bus_recv(s, ret, NULL);
	}
	return st;
}

static void assert_part(struct span part, const char *text)
{
	assert_int_equal(part.len, strlen(text));
	assert_memory_equal(part.at, text, part.len);
}

static void a_router_answers_whom_it_heard(void **state)
{
	OWNED(freep) char *at = endpoint("r");
	OWNED(freep) char *file = scratch_path("r");
	OWNED(bus_closep) struct bus *bus = NULL;
	struct bus_message m;
	struct stat info;

	(void)state;
	assert_int_equal(bus_open(&bus, NULL), ST_OK);
	struct bus_socket *router = add(bus, BUS_ROUTER, at);
	assert_int_equal(stat(file, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	struct bus_socket *a = add(bus, BUS_DEALER, at), *b = add(bus, BUS_DEALER, at);
	assert_int_equal(bus_recv(router, &m, NULL), ST_EAGAIN);
	assert_int_equal(bus_send(a, NULL, SPAN_OF("from a"), NULL), ST_OK);
	assert_int_equal(recv_one(bus, router, &m), ST_OK);
	assert_int_equal(m.count, 1);
	assert_part(m.part[0], "from a");
	struct bus_peer peer_a = m.peer;
	const struct span two[] = {SPAN_OF("id"), SPAN_OF("lines")};
	assert_int_equal(bus_send_parts(b, NULL, two, 2, NULL), ST_OK);
	assert_int_equal(recv_one(bus, router, &m), ST_OK);
	assert_int_equal(m.count, 2);
	assert_part(m.part[0], "id");
	assert_part(m.part[1], "lines");
	assert_false(bus_peer_equal(&m.peer, &peer_a));
	assert_int_equal(bus_send_parts(router, &peer_a, two, 2, NULL), ST_OK);
	assert_int_equal(recv_one(bus, a, &m), ST_OK);
	assert_int_equal(m.count, 2);
	assert_int_equal(bus_recv(b, &m, NULL), ST_EAGAIN);
}

static void a_message_of_too_many_parts_is_said_to_be_one_and_leaves_no_rest(void **state)
{
	OWNED(freep) char *at = endpoint("r");
	OWNED(bus_closep) struct bus *bus = NULL;
	struct span parts[BUS_PARTS_MAX + 4];
	struct bus_message m;

	(void)state;
	assert_int_equal(bus_open(&bus, NULL), ST_OK);
	struct bus_socket *router = add(bus, BUS_ROUTER, at),
			  *dealer = add(bus, BUS_DEALER, at);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		parts[i] = SPAN_OF("x");
	for (size_t count = 1; count <= ARRAY_LEN(parts); count++) {
		assert_int_equal(bus_send_parts(dealer, NULL, parts, count, NULL), ST_OK);
		assert_int_equal(recv_one(bus, router, &m),
				 count <= BUS_PARTS_MAX ? ST_OK : ST_EMALFORMED);
		assert_int_not_equal(m.peer.len, 0);
		assert_int_equal(m.count, MIN(count, (size_t)BUS_PARTS_MAX));
		assert_part(m.part[0], "x");
		assert_int_equal(bus_send(dealer, NULL, SPAN_OF("next"), NULL), ST_OK);
		assert_int_equal(recv_one(bus, router, &m), ST_OK);
		assert_int_equal(m.count, 1);
		assert_part(m.part[0], "next");
	}
}

/* `strange` messages of two or too many parts, then one of one part. */
static void put_strange(struct bus_socket *from, size_t strange)
{
	struct span parts[BUS_PARTS_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		parts[i] = SPAN_OF("x");
	for (size_t i = 0; i < strange; i++)
		assert_int_equal(bus_send_parts(from, NULL, parts,
						i % 2 ? 2 : ARRAY_LEN(parts), NULL),
				 ST_OK);
	assert_int_equal(bus_send(from, NULL, SPAN_OF("one"), NULL), ST_OK);
}

static void what_has_not_one_part_is_passed_over(void **state)
{
	static const struct {
		size_t strange;
		int empty; /* times that ST_EAGAIN comes before the message */
	} rows[] = {
		{0, 0},
		{1, 0},
		{2, 0},
		{BUS_STRANGE_MAX - 1, 0},
		{BUS_STRANGE_MAX, 1},
		{2 * BUS_STRANGE_MAX + 1, 2},
	};
	/* Within a process what was sent is there at once: no empty turn is chance. */
	static const char at[] = "inproc://strange";
	OWNED(bus_closep) struct bus *bus = NULL;
	struct bus_message m;

	(void)state;
	assert_int_equal(bus_open(&bus, NULL), ST_OK);
	struct bus_socket *router = add(bus, BUS_ROUTER, at),
			  *dealer = add(bus, BUS_DEALER, at);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		put_strange(dealer, rows[i].strange);
		for (int k = 0; k < rows[i].empty; k++)
			assert_int_equal(bus_recv_one(router, &m, NULL), ST_EAGAIN);
		assert_int_equal(bus_recv_one(router, &m, NULL), ST_OK);
		assert_int_equal(m.count, 1);
		assert_part(m.part[0], "one");
		assert_int_not_equal(m.peer.len, 0);
		assert_int_equal(bus_recv_one(router, &m, NULL), ST_EAGAIN);
	}
}

static void a_peer_that_is_not_there_is_an_error(void **state)
{
	OWNED(freep) char *at = endpoint("r");
	OWNED(bus_closep) struct bus *bus = NULL;
	const struct bus_peer nobody = {{1, 2, 3, 4, 5}, 5};
	const struct span two[] = {SPAN_OF("a"), SPAN_OF("b")};
	struct bus_message m;

	(void)state;
	assert_int_equal(bus_open(&bus, NULL), ST_OK);
	struct bus_socket *router = add(bus, BUS_ROUTER, at);
	assert_int_equal(bus_send(router, &nobody, SPAN_OF("x"), NULL), ST_ENOTFOUND);
	assert_int_equal(bus_send_parts(router, &nobody, two, 2, NULL), ST_ENOTFOUND);
	struct bus_socket *dealer = add(bus, BUS_DEALER, at);
	assert_int_equal(bus_send(dealer, NULL, SPAN_OF("hello"), NULL), ST_OK);
	assert_int_equal(recv_one(bus, router, &m),
			 ST_OK); /* nothing was left half-sent */
	struct bus_peer peer = m.peer;
	bus_remove(bus, dealer);
	enum status st = ST_OK;
	for (int i = 0; i < 500 && st == ST_OK; i++) {
		struct bus_event event;
		st = bus_send(router, &peer, SPAN_OF("x"), NULL);
		assert_int_equal(bus_wait(bus, 10, &event, NULL), ST_OK);
	}
	assert_int_equal(st, ST_ENOTFOUND);
}

static void a_paused_socket_keeps_its_messages(void **state)
{
	OWNED(freep) char *at = endpoint("p");
	OWNED(bus_closep) struct bus *bus = NULL;
	struct bus_event event;
	struct bus_message m;

	(void)state;
	assert_int_equal(bus_open(&bus, NULL), ST_OK);
	struct bus_socket *pull = add(bus, BUS_PULL, at), *push = add(bus, BUS_PUSH, at);
	for (int i = 0; i < 3; i++)
		assert_int_equal(bus_send(push, NULL, SPAN_OF("x"), NULL), ST_OK);
	assert_int_equal(recv_one(bus, pull, &m), ST_OK);
	bus_pause(pull, true);
	assert_int_equal(bus_wait(bus, 0, &event, NULL), ST_OK);
	bus_pause(pull, false); /* half drained: no edge is missed */
	assert_int_equal(recv_one(bus, pull, &m), ST_OK);
	assert_int_equal(recv_one(bus, pull, &m), ST_OK);
	assert_int_equal(bus_recv(pull, &m, NULL), ST_EAGAIN);
}

static void signals_and_descriptors_are_told(void **state)
{
	OWNED(bus_closep) struct bus *bus = NULL;
	struct bus_event event;
	int ends[2];

	(void)state;
	assert_int_equal(bus_open(&bus, NULL), ST_OK);
	assert_int_equal(bus_wait(bus, 0, &event, NULL), ST_OK);
	assert_false(event.stop || event.reload || event.readable);
	raise(SIGHUP);
	assert_int_equal(bus_wait(bus, PATIENCE_MS, &event, NULL), ST_OK);
	assert_true(event.reload && !event.stop);
	assert_int_equal(pipe(ends), 0);
	bus_watch(bus, ends[0]);
	assert_int_equal(bus_wait(bus, 0, &event, NULL), ST_OK);
	assert_false(event.reload || event.readable);
	assert_int_equal(write(ends[1], "x", 1), 1);
	raise(SIGTERM);
	assert_int_equal(bus_wait(bus, PATIENCE_MS, &event, NULL), ST_OK);
	assert_true(event.stop && event.readable && !event.hurry);
	assert_int_equal(bus_wait(bus, 0, &event, NULL), ST_OK);
	assert_true(event.stop); /* for good */
	raise(SIGUSR1);
	assert_int_equal(bus_wait(bus, PATIENCE_MS, &event, NULL), ST_OK);
	assert_true(event.stop && event.hurry);
	close(ends[0]);
	close(ends[1]);
}

static void an_endpoint_that_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *endpoint;
		enum status st;
	} rows[] = {{"", ST_EWIRE},
		    {"nonsense", ST_EWIRE},
		    {"ipc:///no/such/directory/x", ST_EIO}};
	OWNED(bus_closep) struct bus *bus = NULL;
	struct bus_socket *s;
	struct err err;

	(void)state;
	assert_int_equal(bus_open(&bus, NULL), ST_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(
			bus_add(bus, &s, BUS_ROUTER, rows[i].endpoint, 0, 100, &err),
			rows[i].st);
}

/* Binds in a bus of its own. */
static enum status bind_elsewhere(struct bus **ret, const char *at, struct err *err)
{
	struct bus_socket *s;

	assert_int_equal(bus_open(ret, NULL), ST_OK);
	return bus_add(*ret, &s, BUS_ROUTER, at, 0600, 100, err);
}

static void an_endpoint_that_another_has_is_not_taken_from_it(void **state)
{
	OWNED(freep) char *at = endpoint("x"), *path = scratch_path("x");
	OWNED(freep) char *said = xasprintf("%s: another process has it already", path);
	OWNED(bus_closep) struct bus *first = NULL, *second = NULL, *third = NULL;
	struct bus_message m;
	struct err err;

	(void)state;
	assert_int_equal(bus_open(&first, NULL), ST_OK);
	struct bus_socket *pull = add(first, BUS_PULL, at);
	assert_int_equal(bind_elsewhere(&second, at, &err), ST_EBUSY);
	assert_string_equal(err.text, said);
	/* Nor is its file removed by who was refused. */
	bus_close(second);
	second = NULL;
	struct bus_socket *push = add(first, BUS_PUSH, at);
	assert_int_equal(bus_send(push, NULL, SPAN_OF("x"), NULL), ST_OK);
	assert_int_equal(recv_one(first, pull, &m), ST_OK);
	/* Its lock counts where its file is gone. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(bind_elsewhere(&second, at, &err), ST_EBUSY);
	bus_close(first);
	first = NULL;
	assert_int_equal(bind_elsewhere(&third, at, &err), ST_OK);
}

static void a_socket_of_a_stranger_is_left_alone_and_one_of_the_dead_is_replaced(
	void **state)
{
	OWNED(freep) char *at = endpoint("x"), *path = scratch_path("x");
	OWNED(bus_closep) struct bus *first = NULL, *second = NULL;
	OWNED(file_close) int fd = listener_open(path);
	struct err err;

	(void)state;
	assert_int_equal(bind_elsewhere(&first, at, &err), ST_EBUSY);
	file_close(&fd);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(bind_elsewhere(&second, at, &err), ST_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_router_answers_whom_it_heard),
		TEST(a_message_of_too_many_parts_is_said_to_be_one_and_leaves_no_rest),
		TEST(what_has_not_one_part_is_passed_over),
		TEST(a_peer_that_is_not_there_is_an_error),
		TEST(a_paused_socket_keeps_its_messages),
		TEST(signals_and_descriptors_are_told),
		TEST(an_endpoint_that_cannot_be_is_refused),
		TEST(an_endpoint_that_another_has_is_not_taken_from_it),
		TEST(a_socket_of_a_stranger_is_left_alone_and_one_of_the_dead_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
