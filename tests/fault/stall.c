/* stall - a program that neither dies nor works, with every buffer full.
 *
 *	worker	 publish is stopped until everything before it is full; then one of two
 *		 workers is, and publish goes on. The one that stands wakes up before
 *		 `run.hang`, with old batches in its hands, and goes on too
 *	hung	 the same, but it stays away for longer: the work goes on around it, and it
 *		 is replaced
 *	publish	 stopped under load for seconds: nobody before it grows
 */
#include "war.h"

#include <signal.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"

#define GIVE_UP_MS  120000
#define FILL_MS	    2000 /* less than the shortest hang */
#define LEAST_LINES 500
#define GROWTH_KIB  2048 /* what malloc may take on while nothing piles up */

static const char *const others[] = {"collect", "dedup", "moderate.1", "moderate.2"};

static int stall_ms = 6000; /* more than the shorter hang and its kill */

static char *sections(const char *hang)
{
	return xasprintf("processes: {publish: 1, collect: 1, dedup: 1, moderate: 2}\n"
			 "collect: {reserve_bytes: 16MiB, window_bytes: 2MiB}\n"
			 "run: {backoff_first: 50ms, backoff_max: 200ms, hang: %s}\n",
			 hang);
}

/* A quarter of all records, evenly over this time. */
static void submit_for(struct war_submitter *s, int64_t ms)
{
	int first = s->first, quarter = war.records / 4;
	int64_t begun = clock_mono_ms(), passed = 0;

	for (; passed < ms; passed = clock_mono_ms() - begun)
		war_submit(s, MIN(first + (int)(quarter * passed / ms), war.records));
}

static pid_t open_run(struct war_submitter *s, const char *run, const char *hang)
{
	OWNED(freep) char *text = sections(hang);

	war_forget_answers();
	war_configure(run, text);
	pid_t supervisor = war_start(run);
	war_submitter_open(s, run);
	while (s->first < LEAST_LINES)
		war_submit(s, war.records);
	return supervisor;
}

static void close_run(struct war_submitter *s, const char *run, pid_t supervisor)
{
	(void)war_submit_all(s, run, war.records, GIVE_UP_MS); /* it says so itself */
	war_submitter_close(s);
	int code = war_stop(supervisor);
	WAR_CHECK(code == 0, "%s: the supervisor left with %d", run, code);
	war_check_books(run, war.records);
}

static pid_t must_find(pid_t supervisor, const char *slot)
{
	pid_t pid = war_child(supervisor, slot);

	if (pid == 0)
		war_die(slot, "is not there");
	return pid;
}

/* `replaced`: it stands for longer than `hang`. */
static void stall_worker(const char *run, const char *hang, bool replaced)
{
	struct war_submitter s;
	pid_t supervisor = open_run(&s, run, hang);
	pid_t publish = must_find(supervisor, "publish");
	pid_t worker = must_find(supervisor, "moderate.1");

	kill(publish, SIGSTOP);
	submit_for(&s, FILL_MS);
	kill(worker, SIGSTOP);
	kill(publish, SIGCONT);
	int64_t before = war_committed(run), due = (int64_t)war_last_acknowledged();
	submit_for(&s, stall_ms);
	int64_t after = war_committed(run);
	printf("# %s: %lld of the %lld that waited were committed while a worker stood\n",
	       run, (long long)(after - before), (long long)(due - before));
	WAR_CHECK(!replaced || after >= due, "%s: the work stood still", run);
	WAR_CHECK(replaced == (war_child(supervisor, "moderate.1") != worker),
		  "%s: the worker was %sreplaced", run, replaced ? "not " : "");
	kill(worker, SIGCONT); /* or nobody, by now */
	close_run(&s, run, supervisor);
}

/* Kibibytes of memory that is nobody's file. */
static int64_t anonymous_kib(pid_t pid)
{
	OWNED(freep) char *path = xasprintf("/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	char line[256];
	long long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "RssAnon: %lld kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

static void stall_publish(void)
{
	struct war_submitter s;
	pid_t supervisor = open_run(&s, "publish", "60s");
	pid_t publish = must_find(supervisor, "publish");
	int64_t kib[ARRAY_LEN(others)];

	kill(publish, SIGSTOP);
	submit_for(&s, FILL_MS);
	int first = s.first;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		kib[i] = anonymous_kib(must_find(supervisor, others[i]));
	submit_for(&s, stall_ms);
	WAR_CHECK(s.first > first, "publish: the intake stood still");
	printf("# publish: %d records were taken in while it stood\n", s.first - first);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		int64_t now = anonymous_kib(must_find(supervisor, others[i]));
		printf("# %s: %lld KiB, then %lld KiB\n", others[i], (long long)kib[i],
		       (long long)now);
		WAR_CHECK(now - kib[i] <= GROWTH_KIB, "publish: %s grew by %lld KiB",
			  others[i], (long long)(now - kib[i]));
	}
	kill(publish, SIGCONT);
	close_run(&s, "publish", supervisor);
}

static void take_argument(int option, const char *value)
{
	(void)option; /* there is one */
	stall_ms = atoi(value);
}

int main(int argc, char **argv)
{
	static const struct option more[] = {{"stall-ms", required_argument, NULL, 't'},
					     {0}};

	war.records = 60000;
	war_arguments(argc, argv, more, take_argument);
	war_make_corpus();
	stall_worker("worker", "60s", false); /* SIGCONT comes first */
	stall_worker("hung", "3s", true);
	stall_publish();
	printf("stall: %s (seed %u)\n",
	       war.failures ? "FAILED" : "no deadlock, nothing twice", war.seed);
	return war.failures ? 1 : 0;
}
