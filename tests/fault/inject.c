/* inject - each call that can fail does, once, and nothing is lost.
 *
 * A pipeline runs with a library that makes one call fail (fail.h). First the call sites:
 * whenever records get through, the next site that is passed and never failed does, under
 * load, over restarts of each program, in stops, in starts without tables or with a torn
 * journal, in first starts, also beside a store without a journal, until none is met that
 * is new. Then the nth call of each kind of each program from its start, n from 1 to
 * --calls. With --all, a site that was passed and never failed is a failure of the test
 * (but see `spared`), and so is an n that some try had and its own did not. After each
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
#define STEADY_LINES 3000
#define FRESH_MANY   6 /* failures in one first start */
#define STOP_MS	     15000

enum when { FRESH, BESIDE_STORE, STEADY, RESTART, STOP, LOST, TORN };

static const char *const when_names[] = {"first start", "first start beside a store",
					 "load",	"restart",
					 "stop",	"tables lost",
					 "journal torn"};
static const char *const call_names[] = {"write", "sync", "send", "step", "call"};
static const char *const slots[] = {"collect", "dedup", "moderate.1", "publish"};

struct shot {
	const char *slot;    /* "": any */
	enum fail_call call; /* FAIL_CALLS: any */
	enum when when;
	int nth;  /* 0: a site that never failed */
	int many; /* with nth 0: so many at once */
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

static int calls_wanted = 200, step_wanted = 1, rounds_wanted = 1;
static bool all_wanted;

/* Sites that need not fail, by the function that they are in. */
static const struct {
	const char *function, *why;
} spared[] = {
	{"?", "deep in SQLite, our own frames are beyond those that are looked at"},
	{"open_collect", "only in a start behind a failed one, where nothing is armed"},
};

static const char sections[] =
	"  resend_first: 200ms\n  resend_max: 1s\n"
	"processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n"
	"collect: {reserve_bytes: 0, segment_bytes: 1MiB, keep: 0}\n"
	"dedup: {sync: 100ms}\n"
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

static void prepare_run(void)
{
	free(self.run);
	self.run = xasprintf("run%d", self.runs++);
	war_forget_answers();
	war_configure(self.run, sections);
	bring_packs();
}

static void start_run(void)
{
	start();
	war_submitter_open(&self.s, self.run);
	self.s.patience_ms = PATIENCE_MS;
}

static void open_pipeline(void)
{
	prepare_run();
	start_run();
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
	p->nth = (uint32_t)shot->nth;
	p->other = shot->other;
	atomic_store(&p->seen, 0);
	atomic_store(&p->fired, 0);
	atomic_store(&p->left, shot->many);
	atomic_store(&p->armed, 1);
}

static int fired(void)
{
	return (int)atomic_load(&self.page->fired);
}

/* Load until it has happened, or will not. */
static bool load_until_fired(int lot, int lines)
{
	int end = MIN(self.s.first + lines, war.records);
	bool through = true;

	while (through && !fired() && self.s.first < end)
		through = submit_more(lot);
	return through && submit_more(AFTER_LINES);
}

static void new_pipeline(void)
{
	close_pipeline();
	open_pipeline();
	(void)submit_more(AFTER_LINES);
}

/* They are caches: the next start makes them again, from the store. */
static void lose_tables(void)
{
	OWNED(freep)
	char *command = xasprintf("rm %s/%s/data/*.table", war.work, self.run);
	if (system(command) != 0)
		war_die("tables", "cannot be removed");
}

/* As a write leaves it that a power cut, or an error, has cut. */
static void tear_journal(void)
{
	OWNED(freep)
	char *command = xasprintf(
		"printf torn >> \"$(ls %s/%s/data/journal/*.journal | tail -n 1)\"",
		war.work, self.run);
	if (system(command) != 0)
		war_die("journal", "cannot be torn");
}

/* As publish leaves it that was the first to start, and died: a store, and no journal. */
static void make_store(void)
{
	OWNED(freep)
	char *command = xasprintf(
		"cd %s/%s && { %s/publish --config pipeline.yaml --slot publish 2>/dev/null & } && "
		"for i in $(seq 500); do [ -e data/store.db ] && break; sleep 0.02; done; "
		"kill -9 $!; [ -e data/store.db ]",
		war.work, self.run, war.bin);
	if (system(command) != 0)
		war_die("store", "cannot be made");
}

/* Brings the programs there and loads them; false: nothing gets through. */
static bool go_to(const struct shot *shot)
{
	switch (shot->when) {
	case FRESH:
		close_pipeline();
		arm(shot); /* from its first call on */
		open_pipeline();
		return load_until_fired(LOT_SITE, LOT_SITE);
	case BESIDE_STORE:
		close_pipeline();
		prepare_run();
		make_store();
		arm(shot);
		start_run();
		return load_until_fired(LOT_NTH, AFTER_LINES);
	case RESTART:
		kill_slot(shot->slot); /* or its old self would still count */
		arm(shot);
		return load_until_fired(LOT_NTH, shot->nth ? STEADY_LINES : AFTER_LINES);
	case STOP:
		arm(shot);
		stop_pipeline();
		start();
		return load_until_fired(LOT_NTH, AFTER_LINES);
	case LOST:
		stop_pipeline();
		lose_tables();
		arm(shot);
		start();
		return load_until_fired(LOT_NTH, AFTER_LINES);
	case TORN:
		stop_pipeline();
		tear_journal();
		arm(shot);
		start();
		return load_until_fired(LOT_NTH, AFTER_LINES);
	case STEADY:
		break;
	}
	arm(shot);
	return load_until_fired(LOT_SITE, STEADY_LINES);
}

static const char *frame_of_last(const bool before[FAIL_SITES_MAX])
{
	for (size_t i = 0; i < FAIL_SITES_MAX; i++)
		if (!before[i] && atomic_load(&self.page->sites[i].failed))
			return self.page->sites[i].first_frame;
	return "?";
}

/* True when it happened. */
static bool shoot(const struct shot *shot)
{
	bool before[FAIL_SITES_MAX];
	int failures = war.failures;

	for (size_t i = 0; i < FAIL_SITES_MAX; i++)
		before[i] = atomic_load(&self.page->sites[i].failed);
	if (self.s.first + 2 * STEADY_LINES > war.records)
		new_pipeline();
	bool through = go_to(shot);
	atomic_store(&self.page->armed, 0);
	self.shots++;
	self.fired += fired();
	if (war.failures > failures)
		printf("# that was after: '%s', %s %d, %s, other %d; first %s\n",
		       shot->slot, call_names[shot->call], shot->nth,
		       when_names[shot->when], shot->other, frame_of_last(before));
	if (!through)
		new_pipeline();
	return fired() > 0;
}

/* --- all sites -------------------------------------------------------------------------- */

static void fail_new_sites(const char *slot, enum when when, int many)
{
	struct shot shot = {.slot = slot,
			    .call = FAIL_CALLS,
			    .when = when,
			    .many = many,
			    .other = true};

	do
		shot.other = !shot.other;
	while (shoot(&shot));
}

/* The function of "program+0x1234"; "?" where it has no name. */
static void name_function(char ret[128], const char *first_frame)
{
	const char *plus = strchr(first_frame, '+');

	snprintf(ret, 128, "?");
	if (!plus)
		return;
	OWNED(freep)
	char *command = xasprintf("addr2line -f -e %s/%.*s %s", war.bin,
				  (int)(plus - first_frame), first_frame, plus + 1);
	FILE *answer = popen(command, "r");
	if (!answer || fscanf(answer, "%127s", ret) != 1)
		war_die("addr2line", "cannot be asked");
	pclose(answer);
}

static const char *why_spared(const char *function)
{
	for (size_t i = 0; i < ARRAY_LEN(spared); i++)
		if (strcmp(spared[i].function, function) == 0)
			return spared[i].why;
	return NULL;
}

/* The same line of the same program has failed, by another chain of callers. Chains that
 * are in libraries alone (SQLite's own depths) are one. */
static bool failed_otherwise(const struct fail_site *s)
{
	for (size_t i = 0; i < FAIL_SITES_MAX; i++) {
		const struct fail_site *o = &self.page->sites[i];
		size_t len = strcspn(s->slot, ".");
		if (atomic_load(&o->ready) && atomic_load(&o->failed) &&
		    o->call == s->call && strcspn(o->slot, ".") == len &&
		    strncmp(o->slot, s->slot, len) == 0 &&
		    strcmp(o->first_frame, s->first_frame) == 0)
			return true;
	}
	return false;
}

static void report_never_failed(const struct fail_site *s)
{
	bool otherwise = failed_otherwise(s);
	char function[128];

	name_function(function, s->first_frame);
	const char *why = otherwise ? "it did by other callers" : why_spared(function);
	printf("# passed %u times, never failed: %s, %s in %s (%s)%s%s\n",
	       atomic_load(&s->passed), s->slot, call_names[s->call], function,
	       s->first_frame, why ? ": " : "", why ? why : "");
	WAR_CHECK(!all_wanted || why, "%s in %s of %s never failed", call_names[s->call],
		  function, s->slot);
}

static void report_sites(void)
{
	int sites[FAIL_CALLS] = {0}, failed[FAIL_CALLS] = {0};

	for (size_t i = 0; i < FAIL_SITES_MAX; i++) {
		const struct fail_site *s = &self.page->sites[i];
		if (!atomic_load(&s->ready))
			continue;
		sites[s->call]++;
		failed[s->call] += atomic_load(&s->failed) != 0;
		if (!atomic_load(&s->failed))
			report_never_failed(s);
	}
	for (int call = 0; call < FAIL_CALLS; call++)
		printf("# %s: %d of %d call sites failed\n", call_names[call],
		       failed[call], sites[call]);
}

/* What is behind a failure is met only after it: another round finds more. */
static void fail_each_site(void)
{
	for (int round = 0, before = -1; round < rounds_wanted && before < self.fired;
	     round++) {
		before = self.fired;
		fail_new_sites("", STEADY, 1);
		for (size_t i = 0; i < ARRAY_LEN(slots); i++)
			fail_new_sites(slots[i], RESTART, 1);
		fail_new_sites("", STOP, 1);
		fail_new_sites("", LOST, 1);
		fail_new_sites("", TORN, 1);
		fail_new_sites("", BESIDE_STORE, 1);
		fail_new_sites("", FRESH, FRESH_MANY);
	}
}

/* --- the nth call ----------------------------------------------------------------------- */

struct row {
	const char *slot;
	enum fail_call call;
};

static void fail_nth(const struct row *row)
{
	int met = 0, tries = 0, within = 0, most = 0;

	for (int n = 1; n <= calls_wanted; n += step_wanted, tries++) {
		struct shot shot = {.slot = row->slot,
				    .call = row->call,
				    .when = RESTART,
				    .nth = n,
				    .other = war_random(2) == 0};
		met += shoot(&shot);
		most = MAX(most, (int)atomic_load(&self.page->seen));
	}
	for (int n = 1; n <= calls_wanted; n += step_wanted)
		within += n <= most;
	printf("# %s: %d of %d of its %ss from 1 to %d failed, a try had up to %d\n",
	       row->slot, met, tries, call_names[row->call], calls_wanted, most);
	if (all_wanted)
		WAR_CHECK(met >= within && most >= calls_wanted,
			  "%s: %d %ss failed, %d were there in some try", row->slot, met,
			  call_names[row->call], within);
}

static void fail_every_nth(void)
{
	static const struct row rows[] = {
		{"collect", FAIL_WRITE}, {"collect", FAIL_SYNC},
		{"collect", FAIL_SEND},	 {"dedup", FAIL_SEND},
		{"dedup", FAIL_SYNC},	 {"moderate.1", FAIL_SEND},
		{"publish", FAIL_WRITE}, {"publish", FAIL_SYNC},
		{"publish", FAIL_SEND},	 {"publish", FAIL_STEP},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		fail_nth(&rows[i]);
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
	else if (option == 'r')
		rounds_wanted = atoi(value);
	else if (option == 'a')
		all_wanted = true;
	else
		step_wanted = MAX(atoi(value), 1);
}

int main(int argc, char **argv)
{
	static const struct option more[] = {
		{"library", required_argument, NULL, 'l'},
		{"calls", required_argument, NULL, 'c'},
		{"step", required_argument, NULL, 't'},
		{"rounds", required_argument, NULL, 'r'},
		{"all", no_argument, NULL, 'a'},
		{0},
	};
	int64_t begun = clock_mono_ms();

	war.records = 30000;
	war_arguments(argc, argv, more, take_argument);
	if (!war.preload)
		war_die("--library", "is needed");
	war_make_corpus();
	open_page();
	open_pipeline();
	(void)submit_more(AFTER_LINES);
	fail_each_site();
	fail_every_nth();
	if (all_wanted)
		fail_each_site(); /* some only the nth have met */
	report_sites();
	close_pipeline();
	printf("inject: %s: %d failures in %d tries, %d stops, %lld s (seed %u)\n",
	       war.failures ? "FAILED" : "nothing lost, nothing twice", self.fired,
	       self.shots, self.stops, (long long)(clock_mono_ms() - begun) / 1000,
	       war.seed);
	return war.failures ? 1 : 0;
}
