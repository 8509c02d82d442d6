/* disk - the disk fills up, under the journal, the store, or both; then there is space again.
 *
 *	reserve	  a small disk fills under load: the intake says busy, disk, and what was
 *		  accepted is stored all the same
 *	full	  the same without a reserve: programs fail and start again until there is space
 *	ballast	  a file takes all space at random moments, and goes away again
 *	journal	  ballast on the disk of the journal alone
 *	store	  ballast on the disk of everything else, with a reserve: the intake says
 *		  busy, disk
 *
 * Each ends with space, all records in and the books balanced (war.h). The disks are
 * tmpfs: this must be root, and says so and leaves where it is not or may not mount.
 */
#include "war.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "file.h"

#define SMALL_MIB	  40
#define TINY_MIB	  26
#define LARGE_MIB	  400
#define RESERVE_MIB	  12
#define STORE_RESERVE_MIB 4    /* more than who dies of a full disk leaves behind */
#define FULL_MS		  2500 /* how long a full disk lasts */
#define REFUSED_MS	  500  /* many looks of the intake at its disks */
#define GIVE_UP_MS	  120000
#define REFUSED_LINES	  50  /* kept for each round */
#define LEAST_LINES	  200 /* that got in before the disk was full */

static int rounds = 6;

/* --- disks ------------------------------------------------------------------------------ */

static void mount_disk(const char *path, int mib, bool again)
{
	char size[32];
	struct err err;

	snprintf(size, sizeof(size), "size=%dm,mode=700", mib);
	if (!again && file_make_dirs(path, 0700, &err))
		war_die(path, err.text);
	if (mount("tmpfs", path, "tmpfs", again ? MS_REMOUNT : 0, size) == 0)
		return;
	if (again || (errno != EPERM && errno != EACCES))
		war_die(path, strerror(errno));
	printf("disk: NOT RUN: mounting is not allowed here (%s)\n", strerror(errno));
	exit(0);
}

static void unmount_disk(const char *path)
{
	if (umount(path) != 0)
		war_die(path, strerror(errno));
}

/* A file that leaves nothing. */
static void drop_ballast(const char *disk)
{
	static const uint8_t zeros[1 << 16];
	OWNED(freep) char *path = xasprintf("%s/ballast", disk);
	OWNED(file_close)
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	for (size_t len = sizeof(zeros); len >= 512; len /= 2)
		while (write(fd, zeros, len) == (ssize_t)len)
			;
}

static void lift_ballast(const char *disk)
{
	OWNED(freep) char *path = xasprintf("%s/ballast", disk);

	(void)unlink(path);
}

static uint64_t free_mib(const char *disk)
{
	uint64_t bytes = 0;

	if (file_free_bytes(&bytes, disk, NULL))
		war_die(disk, "has no size");
	return bytes >> 20;
}

/* --- a pipeline on it ------------------------------------------------------------------- */

struct scene {
	const char *run;
	char *disk, *journal;
	bool apart; /* the journal has a disk of its own */
	pid_t supervisor;
	struct war_submitter s;
};

static void open_scene(struct scene *c, const char *run, int mib, int reserve_mib,
		       bool apart)
{
	char sections[512];

	*c = (struct scene){.run = run, .apart = apart};
	c->disk = xasprintf("%s/%s", war.work, run);
	c->journal = xasprintf("%s/data/journal", c->disk);
	snprintf(sections, sizeof(sections),
		 "  resend_first: 500ms\n  resend_max: 2s\n"
		 "processes: {publish: 1, collect: 1, dedup: 1, moderate: 2}\n"
		 "collect: {reserve_bytes: %dMiB, segment_bytes: 4MiB}\n"
		 "publish: {wal_checkpoint_bytes: 1MiB}\n"
		 "run: {backoff_first: 50ms, backoff_max: 200ms, hang: 5s}\n",
		 reserve_mib);
	mount_disk(c->disk, mib, false);
	if (apart)
		mount_disk(c->journal, mib, false);
	war_forget_answers();
	war_configure(run, sections);
	c->supervisor = war_start(run);
	war_submitter_open(&c->s, run);
}

static void close_scene(struct scene *c)
{
	(void)war_submit_all(&c->s, c->run, war.records,
			     GIVE_UP_MS); /* it says so itself */
	WAR_CHECK(waitpid(c->supervisor, NULL, WNOHANG) == 0,
		  "%s: the supervisor gave up", c->run);
	int code = war_stop(c->supervisor);
	WAR_CHECK(code == 0, "%s: the supervisor left with %d", c->run, code);
	war_submitter_close(&c->s);
	war_check_books(c->run, war.records);
	printf("# %s: %d records, %llu times busy\n", c->run, war.records,
	       (unsigned long long)c->s.busy);
	if (c->apart)
		unmount_disk(c->journal);
	unmount_disk(c->disk);
	free(c->disk);
	free(c->journal);
}

static void submit_for(struct scene *c, int until, int64_t ms)
{
	for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end;)
		war_submit(&c->s, until);
}

/* --- scenes ----------------------------------------------------------------------------- */

static void reserve(void)
{
	struct scene c;
	int64_t end = clock_mono_ms() + GIVE_UP_MS;

	open_scene(&c, "reserve", SMALL_MIB, RESERVE_MIB, false);
	while (c.s.busy == 0 || strcmp(c.s.reason, "disk") != 0) {
		war_submit(&c.s, war.records);
		if (clock_mono_ms() > end || c.s.first >= war.records)
			break;
	}
	WAR_CHECK(strcmp(c.s.reason, "disk") == 0,
		  "reserve: never busy for the disk, but '%s'", c.s.reason);
	int refused_at = c.s.first;
	submit_for(&c, war.records, FULL_MS);
	while (war_committed("reserve") < (int64_t)war_last_acknowledged() &&
	       clock_mono_ms() < end)
		usleep(20000);
	WAR_CHECK(war_committed("reserve") >= (int64_t)war_last_acknowledged(),
		  "reserve: what was accepted is not stored while the intake is shut");
	WAR_CHECK(!war_log_says("reserve", "status=no-space"),
		  "reserve: something met the end");
	printf("# reserve: shut after %d records (%d more in the meantime), %llu of %d MiB left\n",
	       refused_at, c.s.first - refused_at, (unsigned long long)free_mib(c.disk),
	       RESERVE_MIB);
	WAR_CHECK(free_mib(c.disk) >= RESERVE_MIB / 2, "reserve: it was used up");
	mount_disk(c.disk, LARGE_MIB, true);
	close_scene(&c);
}

static void full(void)
{
	struct scene c;
	int64_t end = clock_mono_ms() + GIVE_UP_MS;

	open_scene(&c, "full", TINY_MIB, 0, false);
	while (!war_log_says("full", "status=no-space") && clock_mono_ms() < end)
		submit_for(&c, war.records, 100);
	submit_for(&c, war.records, FULL_MS);
	WAR_CHECK(war_log_says("full", "status=no-space"), "full: nobody met the end");
	printf("# full: %d records before, %llu MiB left\n", c.s.first,
	       (unsigned long long)free_mib(c.disk));
	WAR_CHECK(c.s.first >= LEAST_LINES, "full: only %d records before", c.s.first);
	mount_disk(c.disk, LARGE_MIB, true);
	close_scene(&c);
}

/* Whatever disk is full: nothing is taken, and the reason is the disk. */
static void expect_refused(struct scene *c, int until, int64_t ms)
{
	unsigned long long busy = c->s.busy;

	c->s.reason[0] = '\0';
	submit_for(c, until, ms);
	WAR_CHECK(c->s.busy > busy && strcmp(c->s.reason, "disk") == 0,
		  "%s: a full disk, and the answers were %llu times busy, for '%s'",
		  c->run, (unsigned long long)c->s.busy - busy, c->s.reason);
}

/* `on_journal`: that disk; else the other, or the only one. */
static void ballast(const char *run, bool apart, bool on_journal)
{
	struct scene c;

	bool on_store = apart && !on_journal;

	open_scene(&c, run, LARGE_MIB, on_store ? STORE_RESERVE_MIB : 0, apart);
	while (c.s.first < LEAST_LINES)
		war_submit(&c.s, war.records);
	for (int i = 0; i < rounds; i++) {
		const char *disk = on_journal ? c.journal : c.disk;
		/* However fast the machine: each round has lines left to be refused. */
		int until = war.records - (rounds - i) * REFUSED_LINES;
		submit_for(&c, until, war_random(400));
		drop_ballast(disk);
		submit_for(&c, until, 300 + war_random(1200));
		if (on_store)
			expect_refused(&c, until + REFUSED_LINES, REFUSED_MS);
		lift_ballast(disk);
		(void)war_submit_all(&c.s, run, c.s.first, GIVE_UP_MS);
	}
	WAR_CHECK(!on_store || !war_log_says(run, "event=died slot=collect"),
		  "%s: nobody answered", run);
	close_scene(&c);
}

static void take_argument(int option, const char *value)
{
	(void)option; /* there is one */
	rounds = atoi(value);
}

int main(int argc, char **argv)
{
	static const struct option more[] = {{"rounds", required_argument, NULL, 'r'},
					     {0}};

	war.records = 12000;
	war_arguments(argc, argv, more, take_argument);
	war_make_corpus();
	reserve();
	full();
	ballast("ballast", false, false);
	ballast("journal", true, true);
	ballast("store", true, false);
	printf("disk: %s (seed %u)\n",
	       war.failures ? "FAILED" : "nothing lost, work resumed", war.seed);
	return war.failures ? 1 : 0;
}
