/* What a service manager hears: readiness, beats, and beats while the caller is busy. */
#include "alive.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define DEADLINE_MS 10000

struct listener {
	char dir[64];
	struct sockaddr_un at;
	int fd;
};

static int listen_there(void **state)
{
	static struct listener l;
	const char *tmp = getenv("TMPDIR");

	snprintf(l.dir, sizeof(l.dir), "%s/alive.XXXXXX",
		 tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	assert_non_null(mkdtemp(l.dir));
	l.at.sun_family = AF_UNIX;
	snprintf(l.at.sun_path, sizeof(l.at.sun_path), "%s/notify", l.dir);
	l.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(l.fd, (struct sockaddr *)&l.at, sizeof(l.at)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", l.at.sun_path, 1), 0);
	*state = &l;
	return 0;
}

static int leave(void **state)
{
	const struct listener *l = *state;

	close(l->fd);
	unlink(l->at.sun_path);
	rmdir(l->dir);
	return 0;
}

static void hear(const struct listener *l, const char *expected)
{
	struct pollfd wait = {.fd = l->fd, .events = POLLIN};
	char heard[64] = "";

	assert_int_equal(poll(&wait, 1, DEADLINE_MS), 1);
	ssize_t len = recv(l->fd, heard, sizeof(heard) - 1, 0);
	assert_true(len > 0);
	assert_string_equal(heard, expected);
}

static bool hears_nothing(const struct listener *l)
{
	char heard[64];

	return recv(l->fd, heard, sizeof(heard), MSG_DONTWAIT) < 0;
}

static void each_sign_is_one_datagram(void **state)
{
	alive_ready();
	hear(*state, "READY=1");
	alive_beat();
	hear(*state, "WATCHDOG=1");
	alive_stopping();
	hear(*state, "STOPPING=1");
	assert_true(hears_nothing(*state));
}

static void a_hold_beats_until_it_is_released_and_not_after(void **state)
{
	for (int round = 0; round < 3; round++) {
		alive_hold();
		hear(*state, "WATCHDOG=1");
		hear(*state, "WATCHDOG=1"); /* the second comes by time alone */
		alive_release();
		while (!hears_nothing(*state))
			;
		alive_beat();
		hear(*state, "WATCHDOG=1");
		assert_true(hears_nothing(*state));
	}
}

static void without_a_listener_nothing_happens(void **state)
{
	(void)state;
	assert_int_equal(setenv("NOTIFY_SOCKET", "/nowhere/notify", 1), 0);
	alive_beat();
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	alive_beat();
	alive_hold();
	alive_release();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sign_is_one_datagram),
		cmocka_unit_test(a_hold_beats_until_it_is_released_and_not_after),
		cmocka_unit_test(without_a_listener_nothing_happens),
	};
	return cmocka_run_group_tests_name("alive", tests, listen_there, leave);
}
