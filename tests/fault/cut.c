/* cut - the power of the whole machine goes, at random moments under load.
 *
 * The pipeline lives on an ext4 image that is mounted by a loop device. A cut: every
 * process is stopped, the image is copied as it is, with what was synced and without what
 * only stood in memory, and all are killed; the copy is mounted in its place, and the same
 * submitter goes on. At the end every acknowledged record is there with its seq and id,
 * and the books balance (war.h).
 *
 * The control: with libeatmydata, which makes every sync do nothing, acknowledged records
 * must be lost, or the test would not see a sync that is missing.
 *
 * This must be root, and says so and leaves where it may not mount.
 */
#include "war.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "buf.h"
#include "clock.h"
#include "file.h"

#define IMAGE_MIB  192
#define GIVE_UP_MS 120000
#define LEAST_MS   300 /* from an answer after a start to the next cut */
#define MOST_MS	   1800
#define SETTLE_MS  8000 /* for what the control has kept */
#define NO_SYNC	   "libeatmydata.so"

static int cuts_wanted = 8;

/* Nobody but the programs writes back: a copy takes longer than a moment. */
#define MOUNT "mount -o loop,commit=300 %s/image.%d %s/disk"

static int sh(const char *format, ...) PRINTF(1, 2);

static int sh(const char *format, ...)
{
	char command[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}

static void must(int code, const char *what)
{
	if (code != 0)
		war_die(what, "failed");
}

static void make_disk(void)
{
	must(sh("mkdir -p %s/disk && rm -f %s/image.* && truncate -s %dM %s/image.0 && "
		"mkfs.ext4 -q -F %s/image.0",
		war.work, war.work, IMAGE_MIB, war.work, war.work),
	     "mkfs.ext4");
	if (sh(MOUNT " 2>/dev/null", war.work, 0, war.work) == 0)
		return;
	printf("cut: NOT RUN: mounting an image is not allowed here\n");
	exit(0);
}

/* --- a cut ------------------------------------------------------------------------------ */

/* 'T' only when it is out of every system call. */
static bool has_stopped(pid_t pid)
{
	OWNED(freep) char *path = xasprintf("/proc/%d/stat", pid);
	OWNED(buf_release) struct buf text = BUF_INIT(4096);

	if (file_read(&text, path, NULL))
		return true; /* gone */
	const char *after = strrchr(buf_string(&text), ')');
	return after && strchr("TZX", after[2]);
}

/* Stops all; returns how many they are. */
static size_t freeze(pid_t supervisor, pid_t ret[WAR_CHILDREN_MAX + 1])
{
	size_t count = 1;

	ret[0] = supervisor;
	kill(supervisor, SIGSTOP);
	while (!has_stopped(supervisor))
		usleep(1000);
	count += war_children(supervisor, ret + 1); /* no more of them from now on */
	for (size_t i = 1; i < count; i++)
		kill(ret[i], SIGSTOP);
	for (size_t i = 1; i < count; i++)
		while (!has_stopped(ret[i]))
			usleep(1000);
	return count;
}

/* What was answered before counts, even if we have not read it yet. */
static void hear_the_last(struct war_submitter *s)
{
	for (int64_t end = clock_mono_ms() + 50; clock_mono_ms() < end;)
		war_submit(s, s->first);
}

/* `cut`: the image that is in use, from 0; the next one takes its place. */
static void cut_power(pid_t supervisor, struct war_submitter *s, int cut)
{
	pid_t all[WAR_CHILDREN_MAX + 1];
	size_t count = freeze(supervisor, all);

	hear_the_last(s);
	must(sh("cp --sparse=always %s/image.%d %s/image.%d", war.work, cut, war.work,
		cut + 1),
	     "cp");
	for (size_t i = 0; i < count; i++)
		kill(all[i], SIGKILL);
	waitpid(supervisor, NULL, 0);
	for (int tries = 0; sh("umount %s/disk 2>/dev/null", war.work) != 0; tries++) {
		if (tries > 200) /* the orphans are not ours to wait for */
			war_die("umount", "it stays busy");
		usleep(20000);
	}
	must(sh("rm %s/image.%d", war.work, cut), "rm");
	must(sh(MOUNT, war.work, cut + 1, war.work), "mount of the copy");
}

/* Load until there were answers and then for a while. */
static void live(struct war_submitter *s, int until)
{
	int first = s->first;
	int64_t give_up = clock_mono_ms() + GIVE_UP_MS;

	while (s->first == first && clock_mono_ms() < give_up)
		war_submit(s, until);
	WAR_CHECK(s->first > first, "nothing gets through after a cut");
	for (int64_t end = clock_mono_ms() + LEAST_MS + war_random(MOST_MS - LEAST_MS);
	     clock_mono_ms() < end;)
		war_submit(s, until);
}

/* --- the test and its control ----------------------------------------------------------- */

static void lose_nothing(void)
{
	struct war_submitter s;

	make_disk();
	war_configure("disk", war_sections);
	war_submitter_open(&s, "disk");
	pid_t supervisor = war_start("disk");
	for (int cut = 0; cut < cuts_wanted; cut++) {
		live(&s, (int)((int64_t)war.records * (cut + 1) / (cuts_wanted + 1)));
		cut_power(supervisor, &s, cut);
		printf("# cut %d after %d records were answered\n", cut + 1, s.first);
		supervisor = war_start("disk");
	}
	(void)war_submit_all(&s, "disk", war.records, GIVE_UP_MS); /* it says so itself */
	war_submitter_close(&s);
	int code = war_stop(supervisor);
	WAR_CHECK(code == 0, "the supervisor left with %d", code);
	war_check_books("disk", war.records);
	must(sh("umount %s/disk", war.work), "umount");
}

static void control(void)
{
	struct war_submitter s;

	if (sh("LD_PRELOAD=" NO_SYNC " true 2>&1 | grep -q ERROR") == 0) {
		printf("cut: the control is NOT RUN: no " NO_SYNC
		       " (package eatmydata)\n");
		return;
	}
	make_disk();
	war_forget_answers();
	war_configure("disk", war_sections);
	war.preload = NO_SYNC;
	pid_t supervisor = war_start("disk");
	war.preload = NULL;
	war_submitter_open(&s, "disk");
	live(&s, war.records);
	int answered = s.first;
	cut_power(supervisor, &s, 0);
	war_submitter_close(&s);
	supervisor = sh("test -f %s/disk/pipeline.yaml", war.work) == 0
			     ? war_start("disk")
			     : 0;
	usleep(SETTLE_MS * 1000);
	int64_t kept = war_committed("disk"), due = (int64_t)war_last_acknowledged();
	printf("# control: %d answered, up to %lld; the copy has %lld\n", answered,
	       (long long)due, (long long)kept);
	WAR_CHECK(kept < due,
		  "control: nothing is lost without syncs, so this test sees nothing");
	if (supervisor)
		(void)war_stop(supervisor);
	must(sh("umount %s/disk", war.work), "umount");
}

static void take_argument(int option, const char *value)
{
	(void)option; /* there is one */
	cuts_wanted = atoi(value);
}

int main(int argc, char **argv)
{
	static const struct option more[] = {{"cuts", required_argument, NULL, 'c'}, {0}};

	war.records = 20000;
	war_arguments(argc, argv, more, take_argument);
	war_make_corpus();
	lose_nothing();
	control();
	printf("cut: %s, %d cuts (seed %u)\n",
	       war.failures ? "FAILED" : "nothing acknowledged lost", cuts_wanted,
	       war.seed);
	return war.failures ? 1 : 0;
}
