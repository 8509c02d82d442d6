#include "alive.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define STATE_BYTES  512
#define HOLD_BEAT_MS 500
#define NS_PER_MS    ((int64_t)1000000)
#define NS_PER_S     ((int64_t)1000000000)

static void tell(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (!path || strlen(path) >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, strlen(path));
	socklen_t len =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (to.sun_path[0] == '@') /* the abstract name space */
		to.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	/* Whoever does not listen will draw its own conclusion. */
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, len);
	close(fd);
}

void alive_ready(void)
{
	tell("READY=1");
}

void alive_beat(void)
{
	tell("WATCHDOG=1");
}

static struct {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t over;
	bool holding;
} hold = {.mutex = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER};

static void *beat_until_released(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&hold.mutex);
	while (hold.holding) {
		alive_beat();
		int64_t until_ns = clock_mono_ns() + HOLD_BEAT_MS * NS_PER_MS;
		struct timespec until = {.tv_sec = until_ns / NS_PER_S,
					 .tv_nsec = until_ns % NS_PER_S};
		(void)pthread_cond_clockwait(&hold.over, &hold.mutex, CLOCK_MONOTONIC,
					     &until);
	}
	pthread_mutex_unlock(&hold.mutex);
	return NULL;
}

void alive_hold(void)
{
	assert(!hold.holding);
	hold.holding = true;
	if (pthread_create(&hold.thread, NULL, beat_until_released, NULL) != 0)
		hold.holding =
			false; /* then we may be taken for stuck, and start again */
}

void alive_release(void)
{
	if (!hold.holding)
		return;
	pthread_mutex_lock(&hold.mutex);
	hold.holding = false;
	pthread_cond_signal(&hold.over);
	pthread_mutex_unlock(&hold.mutex);
	pthread_join(hold.thread, NULL);
}

void alive_stopping(void)
{
	tell("STOPPING=1");
}

void alive_status(const char *text)
{
	char state[STATE_BYTES];

	snprintf(state, sizeof(state), "STATUS=%s", text);
	tell(state);
}
