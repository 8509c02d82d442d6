/* supervisor.h: programs of our own making, started, ended, and stopped by the real one.
 *
 * The test copies itself into a scratch directory under the names of the programs, since
 * `normavis run` starts its neighbours. What each copy does stands in NAME.does beside it.
 * Everything that is said comes through one pipe: reading it is the only waiting.
 */
// uses: stages/normavis/supervisor.c stages/normavis/child.c stages/normavis/spawn.c
// uses: stages/normavis/vitals.c stages/normavis/installation.c stages/normavis/installed.c tests/lib/scratch.c
#include "supervisor.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "alive.h"
#include "alloc.h"
#include "file.h"
#include "log.h"
#include "scratch.h"

#define PATIENCE_S     60 /* then SIGALRM ends whoever still waits */
#define PROGRAM_MAX    (64 << 20)
#define SAID_BYTES_MAX (1 << 20)

static const char config_text[] =
	"pipeline: {heartbeat: 100ms}\n"
	"processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n"
	"collect: {drain: 0}\n"
	"run: {backoff_first: 10ms, stop: 1s}\n";

/* --- what the copies do ----------------------------------------------------------------- */

/* The first line of NAME.does, which is taken away when it is meant for one time. */
static void read_deed(const char *program, char *ret, int bytes)
{
	OWNED(freep) char *path = xasprintf("%s.does", program);
	FILE *f = fopen(path, "r");

	*ret = '\0';
	if (!f)
		return;
	if (!fgets(ret, bytes, f))
		*ret = '\0';
	fclose(f);
	if (strncmp(ret, "once ", 5) == 0)
		unlink(path);
}

static int play(const char *program, const char *argument)
{
	char deed[32];
	sigset_t set;
	int signal_number;

	alarm(PATIENCE_S);
	read_deed(program, deed, sizeof(deed));
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (strcmp(argument, "--config") != 0) { /* a task */
		fprintf(stderr, "task %s\n", argument);
		return strncmp(deed, "once exit ", 10) == 0 ? atoi(deed + 10) : 0;
	}
	if (strcmp(deed, "once die") == 0)
		raise(SIGKILL);
	if (strcmp(deed, "refuse") == 0)
		return EXIT_CODE_CONFIG;
	alive_ready();
	while (sigwait(&set, &signal_number) == 0 && strcmp(deed, "stay") == 0)
		continue;
	return 0;
}

static void welcome(const struct supervisor_plan *plan)
{
	(void)plan;
	fprintf(stderr, "welcome\n");
}

static int supervise(const char *config)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(freep)
	char *task = xasprintf("%.*s/task", (int)(strlen(config) - 5), config);
	struct supervisor_plan plan = {
		.installation = &installation,
		.activate = {.argv = {task, "activate"}},
		.then = {{.argv = {task, "first"}}, {.argv = {task, "second"}}},
		.then_count = 2,
		.welcome = welcome,
	};

	alarm(PATIENCE_S);
	log_init("normavis", LOG_INFO, LOG_LOGFMT);
	if (installation_open(&installation, config, NULL, NULL) ||
	    file_make_dirs(installation.options->pipeline.run, 0700, NULL))
		return EXIT_CODE_SOFTWARE;
	return supervisor_run(&plan);
}

/* --- the stage -------------------------------------------------------------------------- */

static void write_file(const char *name, const void *bytes, size_t len)
{
	OWNED(freep) char *path = scratch_path(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void set_the_stage(void)
{
	static const char *const names[] = {"publish", "collect", "dedup", "moderate",
					    "task"};
	OWNED(buf_release) struct buf self = BUF_INIT(PROGRAM_MAX);
	OWNED(freep) char *first = scratch_path("supervisor");

	assert_int_equal(file_read(&self, "/proc/self/exe", NULL), ST_OK);
	write_file("supervisor", self.at, self.len);
	assert_int_equal(chmod(first, 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		OWNED(freep) char *path = scratch_path(names[i]);

		assert_int_equal(link(first, path), 0);
	}
	write_file("conf", config_text, strlen(config_text));
}

static pid_t start_supervisor(FILE **ret_said)
{
	OWNED(freep) char *program = scratch_path("supervisor");
	OWNED(freep) char *config = scratch_path("conf");
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(program, program, config, (char *)NULL);
		_exit(EXIT_CODE_SOFTWARE);
	}
	close(ends[1]);
	*ret_said = fdopen(ends[0], "r");
	assert_non_null(*ret_said);
	return pid;
}

/* Reads on until a line has `text`, or to the end (NULL). */
static void read_until(FILE *said, struct buf *all, const char *text)
{
	char line[1024];

	while (fgets(line, sizeof(line), said)) {
		buf_text(all, line);
		if (text && strstr(line, text))
			return;
	}
	if (text)
		fail_msg("'%s' was not said in:\n%s", text, buf_string(all));
}

static void assert_said_in_order(struct buf *all, const char *const *expected)
{
	const char *at = buf_string(all);

	for (; *expected; expected++) {
		const char *found = strstr(at, *expected);

		if (!found)
			fail_msg("'%s' is not said, or out of order, in:\n%s", *expected,
				 buf_string(all));
		at = found + strlen(*expected);
	}
}

/* --- the cases -------------------------------------------------------------------------- */

struct scene {
	const char *name;
	const char *actor,
		*deed; /* NULL: all do what they should; deed NULL: is not there */
	struct {
		const char *after;
		int number;
	} signals[3];
	int code;
	const char *said[11]; /* in this order, among other things */
};

static const struct scene scenes[] = {
	{"asked_it_stops_in_the_order_of_the_flow",
	 NULL,
	 NULL,
	 {{"welcome", SIGTERM}},
	 EXIT_CODE_OK,
	 {"task activate", "event=running", "task first", "task second", "welcome",
	  "event=ended slot=collect", "event=ended slot=dedup",
	  "event=ended slot=moderate.1", "event=ended slot=publish", "event=stopped"}},
	{"what_dies_is_started_again_and_until_then_nothing_is_activated",
	 "dedup",
	 "once die",
	 {{"event=running", SIGINT}},
	 EXIT_CODE_OK,
	 {"event=started slot=dedup", "event=died slot=dedup", "event=started slot=dedup",
	  "task activate", "event=running", "event=stopped"}},
	{"who_refuses_ends_everything_with_its_code",
	 "moderate",
	 "refuse",
	 {{NULL, 0}},
	 EXIT_CODE_CONFIG,
	 {"event=refused slot=moderate.1", "event=stopping code=78",
	  "event=ended slot=publish", "event=stopped code=78"}},
	{"who_does_not_leave_within_run_stop_is_killed_the_others_are_not",
	 "publish",
	 "stay",
	 {{"event=running", SIGTERM}},
	 EXIT_CODE_OK,
	 {"event=ended slot=collect", "event=ended slot=moderate.1",
	  "event=killed slot=publish", "event=ended slot=publish",
	  "event=stopped code=0"}},
	{"a_second_signal_does_not_wait_for_the_first_in_the_order",
	 "collect",
	 "stay",
	 {{"event=running", SIGTERM}, {"event=stopping", SIGTERM}},
	 EXIT_CODE_OK,
	 {"event=stopping", "event=hurrying asked=2",
	  "event=ended slot=", "event=killed slot=collect", "event=stopped code=0"}},
	{"an_activation_that_the_intake_was_too_busy_for_is_tried_again",
	 "task",
	 "once exit 75",
	 {{"event=running", SIGTERM}},
	 EXIT_CODE_OK,
	 {"task activate", "task activate", "event=running", "event=stopped code=0"}},
	{"wrong_rules_keep_the_old_ones_in_force_no_reason_not_to_run",
	 "task",
	 "once exit 78",
	 {{"welcome", SIGTERM}},
	 EXIT_CODE_OK,
	 {"task activate", "event=not_activated", "event=running", "welcome"}},
	{"SIGHUP_activates_again_and_the_other_tasks_stay_done",
	 NULL,
	 NULL,
	 {{"welcome", SIGHUP}, {"task activate", SIGTERM}},
	 EXIT_CODE_OK,
	 {"welcome", "event=reloading", "task activate", "event=stopped code=0"}},
	{"nothing_is_started_when_a_program_is_not_there",
	 "dedup",
	 NULL,
	 {{NULL, 0}},
	 EXIT_CODE_CONFIG,
	 {"event=failed status=config"}},
};

static void act(const struct scene *scene)
{
	OWNED(buf_release) struct buf all = BUF_INIT(SAID_BYTES_MAX);
	FILE *said;
	int status;

	if (scene->deed) {
		OWNED(freep) char *name = xasprintf("%s.does", scene->actor);

		write_file(name, scene->deed, strlen(scene->deed));
	} else if (scene->actor) {
		OWNED(freep) char *path = scratch_path(scene->actor);

		assert_int_equal(unlink(path), 0);
	}
	pid_t pid = start_supervisor(&said);
	for (size_t i = 0; scene->signals[i].after; i++) {
		read_until(said, &all, scene->signals[i].after);
		assert_int_equal(kill(pid, scene->signals[i].number), 0);
	}
	read_until(said, &all, NULL);
	fclose(said);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_said_in_order(&all, scene->said);
	assert_int_equal(WEXITSTATUS(status), scene->code);
	if (strncmp(scene->said[0], "event=failed", 12) == 0)
		assert_null(strstr(buf_string(&all), "event=started"));
}

/* The state of each test is its scene. */
static int set_up(void **state)
{
	alarm(PATIENCE_S);
	return scratch_make(state);
}

static int tear_down(void **state)
{
	alarm(0);
	return scratch_remove(state);
}

static void play_scene(void **state)
{
	set_the_stage();
	act(*state);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[ARRAY_LEN(scenes)];
	const char *slash = strrchr(argv[0], '/');

	if (slash && strcmp(slash, "/supervisor") == 0 && argc == 2)
		return supervise(argv[1]);
	if (argc > 1)
		return play(argv[0], argv[1]);
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		tests[i] = (struct CMUnitTest){scenes[i].name, play_scene, set_up,
					       tear_down, (void *)(uintptr_t)&scenes[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
