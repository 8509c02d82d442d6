/* inject - each call that can fail does, once, and nothing is lost.
 *
 * A pipeline runs with a library that makes one call fail (fail.h). First it is watched,
 * from its first start to its stop, under load and over restarts, for the call sites that
 * its programs pass. Then each of these sites fails once, where it was seen; then the nth
 * call of each kind of each program from its start, n from 1 to --calls. After each
 * failure records must get through again; every acknowledged one is in the store once, and
 * the books of each pipeline are opened at its end (war.h).
 *
 * A pipeline that stops is started again; it must have said why.
 */
#include "war.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "fail.h"

#define GIVE_UP_MS  40000 /* until records get through again */
#define PATIENCE_MS 300

#define AFTER_LINES  12 /* that must get through after a failure */
#define LOT_SITE     50 /* records at a time: sites that are rare come sooner */
#define LOT_NTH	     2	/* and calls are few a lot, so that the nth is met */
#define STEADY_LINES 4000
#define SOON_LINES   400
#define OFTEN	     8 /* passed, while STEADY_LINES were submitted */
#define STOP_MS	     15000

enum when { FRESH, STEADY, RESTART, STOP };

static const char *const when_names[] = {"first start", "load", "restart", "stop"};
static const char *const call_names[] = {"write", "sync", "send", "step"};

struct shot {
	const char *slot;
	enum fail_call call;
	enum when when;
	uint64_t site; /* 0: any */
	const char *frame;
	unsigned nth;
	bool other;
};

static struct {
	struct fail_page *page;
	char *run; /* of this pipeline */
	int runs;
	pid_t supervisor;
	struct war_submitter s;
	int shots, fired, stops;
} self;

static int calls_wanted = 200, step_wanted = 1;

static const char sections[] =
	"  resend_first: 200ms\n  resend_max: 1s\n"
	"processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n"
	"collect: {reserve_bytes: 0, segment_bytes: 1MiB, keep: 0}\n"
	"dedup: {sync: 1s}\n"
	"publish: {wal_checkpoint_bytes: 1MiB}\n"
	"run: {backoff_first: 10ms, backoff_max: 100ms, hang: 5s}\n";

/* --- one pipeline ----------------------------------------------------------------------- */

static void start(void)
{
	self.supervisor = war_start(self.run);
}

/* Compiled rules are as good as new: a second each time is better spent. */
static void bring_packs(void)
{
	OWNED(freep)
	char *command = xasprintf(
		"mkdir -p %s/%s/data && if [ -d %s/packs ]; then cp -r %s/packs %s/%s/data; fi",
		war.work, self.run, war.work, war.work, war.work, self.run);
	if (system(command) != 0)
		war_die("packs", "cannot be copied");
}

static void keep_packs(void)
{
	OWNED(freep)
	char *command = xasprintf("[ -d %s/packs ] || cp -r %s/%s/data/packs %s",
				  war.work, war.work, self.run, war.work);
	if (system(command) != 0)
		war_die("packs", "cannot be copied");
}

static void open_pipeline(void)
{
	free(self.run);
	self.run = xasprintf("run%d", self.runs++);
	war_forget_answers();
	war_configure(self.run, sections);
	bring_packs();
	start();
	war_submitter_open(&self.s, self.run);
	self.s.patience_ms = PATIENCE_MS;
}

static void stop_pipeline(void)
{
	int64_t begun = clock_mono_ms();
	int code = war_stop(self.supervisor);

	WAR_CHECK(code == 0, "%s: the supervisor left with %d", self.run, code);
	WAR_CHECK(clock_mono_ms() - begun < STOP_MS, "%s: the stop took %lld ms",
		  self.run, (long long)(clock_mono_ms() - begun));
}

static void close_pipeline(void)
{
	keep_packs();
	stop_pipeline();
	war_submitter_close(&self.s);
	war_check_books(self.run, self.s.first);
	if (war.failures > 0)
		return; /* it stays, to be looked into */
	OWNED(freep) char *command = xasprintf("rm -rf %s/%s", war.work, self.run);
	if (system(command) != 0)
		war_die(command, "failed");
}

/* A supervisor that stopped by itself must have said why; then it is started again. */
static void tend(void)
{
	int status;

	if (waitpid(self.supervisor, &status, WNOHANG) != self.supervisor)
		return;
	self.stops++;
	WAR_CHECK(war_log_says(self.run, "event=failed") ||
			  war_log_says(self.run, "event=refused"),
		  "%s: it stopped and did not say why", self.run);
	printf("# %s: it stopped with %d and is started again\n", self.run,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	start();
}

/* Submits so many more and waits until they are in the store. */
static bool submit_more(int lines)
{
	int from = self.s.first, until = MIN(from + lines, war.records);
	int64_t end = clock_mono_ms() + GIVE_UP_MS;

	while (clock_mono_ms() < end) {
		war_submit(&self.s, until);
		tend();
		if (self.s.first < until)
			continue;
		if (war_committed(self.run) >= (int64_t)war_corpus[until - 1].seq) {
			war_check_acknowledged(self.run, from, until);
			return true;
		}
	}
	WAR_CHECK(false,
		  "%s: nothing gets through: %d of %d answered, committed %lld of %llu",
		  self.run, self.s.first, until, (long long)war_committed(self.run),
		  (unsigned long long)war_last_acknowledged());
	return false;
}

static void kill_slot(const char *slot)
{
	pid_t pid = war_child(self.supervisor, slot);

	if (pid > 0)
		kill(pid, SIGKILL);
}

/* --- one failure ------------------------------------------------------------------------ */

static void arm(const struct shot *shot)
{
	struct fail_page *p = self.page;

	atomic_store(&p->armed, 0);
	snprintf(p->slot, sizeof(p->slot), "%s", shot->slot);
	p->call = shot->call;
	p->site = shot->site;
	p->nth = shot->nth;
	p->other = shot->other;
	atomic_store(&p->seen, 0);
	atomic_store(&p->fired, 0);
	atomic_store(&p->armed, 1);
}

static bool fired(void)
{
	return atomic_load(&self.page->fired);
}

/* Load until it has happened, or will not. */
static bool load_until_fired(const struct shot *shot, int lines)
{
	int lot = shot->site ? LOT_SITE : LOT_NTH;
	int end = MIN(self.s.first + lines, war.records);
	bool through = true;

	while (through && !fired() && self.s.first < end)
		through = submit_more(lot);
	return through && submit_more(AFTER_LINES);
}

static void begin_pipeline(const struct shot *shot)
{
	close_pipeline();
	arm(shot); /* from its first call on */
	open_pipeline();
	(void)submit_more(AFTER_LINES);
}

static void make_room(void)
{
	if (self.s.first + 2 * STEADY_LINES < war.records)
		return;
	close_pipeline();
	open_pipeline();
	(void)submit_more(AFTER_LINES);
}

/* Brings the programs there, and loads them until it has happened or so many lines are
 * through. */
static bool go_to(const struct shot *shot, enum when when, int lines)
{
	atomic_store(&self.page->phase, when);
	switch (when) {
	case FRESH:
		begin_pipeline(shot);
		break;
	case RESTART:
		kill_slot(shot->slot);
		break;
	case STOP:
		stop_pipeline();
		start();
		break;
	case STEADY:
		break;
	}
	return load_until_fired(shot, lines);
}

/* Where a site may be met again when it was not where it was seen; the dear ways last. */
static bool look_elsewhere(const struct shot *shot)
{
	static const struct {
		enum when when;
		int lines;
	} ways[] = {{RESTART, LOT_SITE},
		    {STOP, LOT_SITE},
		    {STEADY, STEADY_LINES},
		    {FRESH, LOT_SITE}};
	bool through = true;

	for (size_t i = 0; shot->site && through && !fired() && i < ARRAY_LEN(ways); i++)
		through = go_to(shot, ways[i].when, ways[i].lines);
	return through;
}

/* True when it happened. */
static bool shoot(const struct shot *shot)
{
	int failures = war.failures;

	make_room();
	if (shot->when == RESTART)
		kill_slot(shot->slot); /* or its old self would still count */
	arm(shot);
	bool through = go_to(shot, shot->when, shot->site ? SOON_LINES : STEADY_LINES) &&
		       look_elsewhere(shot);
	atomic_store(&self.page->armed, 0);
	self.shots++;
	self.fired += fired();
	if (war.failures > failures)
		printf("# that was after: %s, %s %u%s at %s, %s, other %d\n", shot->slot,
		       call_names[shot->call], shot->nth, fired() ? "" : " (not met)",
		       shot->frame, when_names[shot->when], shot->other);
	if (!through) {
		close_pipeline();
		open_pipeline();
		(void)submit_more(AFTER_LINES);
	}
	return fired();
}

/* --- all sites -------------------------------------------------------------------------- */

static void watch(void)
{
	static const char *const slots[] = {"collect", "dedup", "moderate.1", "publish"};

	atomic_store(&self.page->phase, FRESH);
	open_pipeline();
	(void)submit_more(AFTER_LINES);
	atomic_store(&self.page->phase, STEADY);
	for (int i = 0; i < STEADY_LINES; i += LOT_SITE)
		(void)submit_more(LOT_SITE);
	atomic_store(&self.page->phase, RESTART);
	for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
		kill_slot(slots[i]);
		(void)submit_more(AFTER_LINES);
	}
	atomic_store(&self.page->phase, STOP);
	stop_pipeline();
	atomic_store(&self.page->phase, RESTART);
	start();
	(void)submit_more(AFTER_LINES);
}

/* A site of restarts is passed under load as well, now and then. */
static enum when seen_when(const struct fail_site *site)
{
	static const enum when order[] = {RESTART, STOP};

	if (atomic_load(&site->passed[STEADY]) >= OFTEN)
		return STEADY;
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (atomic_load(&site->passed[order[i]]) > 0)
			return order[i];
	return atomic_load(&site->passed[STEADY]) > 0 ? STEADY : FRESH;
}

static bool fail_site(struct fail_site *site)
{
	struct shot shot = {.slot = site->slot,
			    .call = (enum fail_call)site->call,
			    .when = seen_when(site),
			    .site = atomic_load(&site->hash),
			    .frame = site->first_frame,
			    .nth = 1,
			    .other = war_random(2) == 0};

	if (shoot(&shot))
		return true;
	printf("# not met again: %s, %s at %s, seen at %s\n", shot.slot,
	       call_names[shot.call], shot.frame, when_names[shot.when]);
	return false;
}

/* Those that were watched, and those that come up only after a failure. */
static void fail_each_site(void)
{
	static bool done[FAIL_SITES_MAX];
	int sites[FAIL_CALLS] = {0}, missed = 0;
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < FAIL_SITES_MAX; i++) {
			struct fail_site *site = &self.page->sites[i];
			if (done[i] || !atomic_load(&site->ready))
				continue;
			more = done[i] = true;
			missed += !fail_site(site);
			sites[site->call]++;
		}
	}
	printf("# call sites: %d of write, %d of sync, %d of send, %d of step; %d not met again\n",
	       sites[FAIL_WRITE], sites[FAIL_SYNC], sites[FAIL_SEND], sites[FAIL_STEP],
	       missed);
}

/* --- the nth call ----------------------------------------------------------------------- */

static void fail_nth(const char *slot, enum fail_call call)
{
	int met = 0, n;

	for (n = 1; n <= calls_wanted; n += step_wanted) {
		struct shot shot = {.slot = slot,
				    .call = call,
				    .when = RESTART,
				    .frame = "any",
				    .nth = (unsigned)n,
				    .other = war_random(2) == 0};
		met += shoot(&shot);
	}
	printf("# %s: %d of its %ss from 1 to %d failed\n", slot, met, call_names[call],
	       calls_wanted);
}

static void fail_every_nth(void)
{
	static const struct {
		const char *slot;
		enum fail_call call;
	} rows[] = {
		{"collect", FAIL_WRITE}, {"collect", FAIL_SYNC},
		{"collect", FAIL_SEND},	 {"dedup", FAIL_SEND},
		{"dedup", FAIL_SYNC},	 {"moderate.1", FAIL_SEND},
		{"publish", FAIL_WRITE}, {"publish", FAIL_SYNC},
		{"publish", FAIL_SEND},	 {"publish", FAIL_STEP},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		fail_nth(rows[i].slot, rows[i].call);
}

/* --- */

static void open_page(void)
{
	OWNED(freep) char *path = xasprintf("%s/page", war.work);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(*self.page)) != 0)
		war_die(path, strerror(errno));
	self.page =
		mmap(NULL, sizeof(*self.page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (self.page == MAP_FAILED)
		war_die(path, strerror(errno));
	close(fd);
	setenv("FAIL_PAGE", path, 1);
}

static void take_argument(int option, const char *value)
{
	if (option == 'l')
		war.preload = value;
	else if (option == 'c')
		calls_wanted = atoi(value);
	else
		step_wanted = MAX(atoi(value), 1);
}

int main(int argc, char **argv)
{
	static const struct option more[] = {
		{"library", required_argument, NULL, 'l'},
		{"calls", required_argument, NULL, 'c'},
		{"step", required_argument, NULL, 't'},
		{0},
	};
	int64_t begun = clock_mono_ms();

	war.records = 30000;
	war_arguments(argc, argv, more, take_argument);
	if (!war.preload)
		war_die("--library", "is needed");
	war_make_corpus();
	open_page();
	watch();
	fail_each_site();
	fail_every_nth();
	close_pipeline();
	printf("inject: %s: %d failures in %d tries, %d stops, %lld s (seed %u)\n",
	       war.failures ? "FAILED" : "nothing lost, nothing twice", self.fired,
	       self.shots, self.stops, (long long)(clock_mono_ms() - begun) / 1000,
	       war.seed);
	return war.failures ? 1 : 0;
}
