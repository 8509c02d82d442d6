#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alive.h"
#include "alloc.h"
#include "child.h"
#include "clock.h"
#include "figures.h"
#include "file.h"
#include "log.h"
#include "spawn.h"
#include "vitals.h"

#define HURRY_MS       1000 /* from a second signal to SIGKILL */
#define AGAIN_FIRST_MS 500  /* between tries of the activation */
#define AGAIN_MAX_MS   10000

struct supervisor {
	const struct supervisor_plan *plan;
	const struct options *options;
	char *config, *notify;
	struct child child[INSTALLATION_SLOTS_MAX];
	char *path[INSTALLATION_SLOTS_MAX]; /* of the child's program */
	size_t count;
	struct vitals vitals;
	int signals;
	int64_t now_ms, beat_ms;
	/* The task that runs: activation, or plan->then[then_next - 1]. */
	pid_t task;
	bool task_activates;
	bool activate;	     /* to be run */
	int64_t activate_ms; /* not before */
	int64_t again_ms;    /* pause before the next try */
	bool ready;	     /* the first activation is done */
	size_t then_next;
	bool welcomed;
	/* The end. */
	bool stopping;
	unsigned asked; /* signals that came */
	size_t phase;
	int64_t phase_kill_ms; /* 0: the phase has not begun */
	int exit_code;
};

static const enum options_program stop_order[] = {PROGRAM_COLLECT, PROGRAM_DEDUP,
						  PROGRAM_MODERATE, PROGRAM_PUBLISH};

/* --- the end ---------------------------------------------------------------------------- */

static void send_signal(const struct child *c, int number)
{
	if (c->pid > 0)
		(void)kill(c->pid, number); /* it is ours until it is waited for */
}

static void ask_child(struct child *c)
{
	if (!c->leaving)
		send_signal(c, SIGTERM);
	c->leaving = true;
}

/* Without a drain: for what it would wait is not worth it, or will not come. Who has not
 * begun to listen gets no more time than it would take to answer. */
static void hurry_child(struct supervisor *s, struct child *c)
{
	send_signal(c, SIGUSR1);
	c->leaving = true;
	if (c->state == CHILD_STARTING)
		c->kill_ms = s->now_ms + HURRY_MS;
}

static void begin_stop(struct supervisor *s, int exit_code)
{
	if (s->stopping) {
		if (s->exit_code == EXIT_CODE_OK)
			s->exit_code = exit_code; /* asked to, and then refused */
		return;
	}
	s->stopping = true;
	s->exit_code = exit_code;
	s->activate = false;
	if (s->task > 0)
		(void)kill(s->task, SIGTERM);
	log_info("stopping", "code=%d", exit_code);
	alive_stopping();
}

static void hear_stop(struct supervisor *s)
{
	s->asked++;
	begin_stop(s, EXIT_CODE_OK);
	if (s->asked == 1)
		return;
	log_warn("hurrying", "asked=%u", s->asked);
	for (size_t i = 0; i < s->count; i++) {
		struct child *c = &s->child[i];

		ask_child(c);
		c->kill_ms = s->asked == 2 ? s->now_ms + HURRY_MS : s->now_ms;
	}
}

/* Asks the programs of this phase; true when none of them runs any more. */
static bool phase_is_over(struct supervisor *s)
{
	bool begun = s->phase_kill_ms != 0, over = true;

	if (!begun)
		s->phase_kill_ms = s->now_ms + s->options->run.stop_ms;
	for (size_t i = 0; i < s->count; i++) {
		struct child *c = &s->child[i];

		if (c->slot.program != stop_order[s->phase])
			continue;
		ask_child(c);
		if (c->kill_ms == 0)
			c->kill_ms = s->phase_kill_ms;
		over &= c->state == CHILD_DOWN;
	}
	return over;
}

/* True when everything has ended. */
static bool go_on_stopping(struct supervisor *s)
{
	while (s->phase < ARRAY_LEN(stop_order) && phase_is_over(s)) {
		s->phase++;
		s->phase_kill_ms = 0;
	}
	if (s->phase == ARRAY_LEN(stop_order) && s->task > 0)
		(void)kill(s->task, SIGKILL); /* it has had its SIGTERM */
	return s->phase == ARRAY_LEN(stop_order) && s->task == 0;
}

/* --- children --------------------------------------------------------------------------- */

static void start_child(struct supervisor *s, size_t index)
{
	struct child *c = &s->child[index];
	const char *argv[] = {s->path[index], "--config",   s->config,
			      "--slot",	      c->slot.name, NULL};
	const struct spawn spawn = {.argv = argv, .notify = s->notify};
	struct err err = {""};
	pid_t pid;

	if (spawn_start(&pid, &spawn, &err)) {
		child_not_started(c, s->now_ms, &s->options->run);
		log_error("not_started", "slot=%s why=%s", c->slot.name,
			  log_quote(err.text));
		return;
	}
	child_started(c, pid, s->now_ms);
	log_info("started", "slot=%s pid=%d starts=%u", c->slot.name, (int)pid,
		 c->starts);
}

static void child_is_over(struct supervisor *s, struct child *c, int status)
{
	int64_t lived_ms = s->now_ms - c->started_ms;
	int pid = (int)c->pid;

	switch (child_ended(c, status, s->now_ms, &s->options->run)) {
	case CHILD_ASKED:
		log_info("ended", "slot=%s pid=%d code=%d", c->slot.name, pid,
			 c->exit_code);
		return;
	case CHILD_RETIRED:
		log_info("retired", "slot=%s pid=%d lived_ms=%lld", c->slot.name, pid,
			 (long long)lived_ms);
		return;
	case CHILD_REFUSED:
		log_error("refused", "slot=%s pid=%d code=%d", c->slot.name, pid,
			  c->exit_code);
		/* A drain would wait for what the refused one will never do. */
		begin_stop(s, child_refusal_code(c));
		for (size_t i = 0; i < s->count; i++)
			hurry_child(s, &s->child[i]);
		return;
	case CHILD_CRASHED:
		log_warn("died", "slot=%s pid=%d code=%d lived_ms=%lld again_in_ms=%lld",
			 c->slot.name, pid, c->exit_code, (long long)lived_ms,
			 (long long)c->pause_ms);
		return;
	}
}

static struct child *find_child(struct supervisor *s, pid_t pid)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->child[i].pid == pid && s->child[i].state != CHILD_DOWN)
			return &s->child[i];
	return NULL;
}

static bool all_ready(const struct supervisor *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->child[i].state != CHILD_READY)
			return false;
	return true;
}

static void hear_children(struct supervisor *s)
{
	unsigned signs;
	pid_t pid;

	while (vitals_next(&s->vitals, &pid, &signs)) {
		struct child *c = find_child(s, pid);

		if (c && child_heard(c, signs, s->now_ms))
			log_debug("is_ready", "slot=%s pid=%d after_ms=%lld",
				  c->slot.name, (int)pid,
				  (long long)(s->now_ms - c->started_ms));
	}
}

static void tend_children(struct supervisor *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct child *c = &s->child[i];

		if (c->state == CHILD_DOWN && !c->leaving && c->due_ms <= s->now_ms)
			start_child(s, i);
		if (child_hangs(c, s->now_ms, &s->options->run)) {
			log_error("hangs", "slot=%s pid=%d silent_ms=%lld", c->slot.name,
				  (int)c->pid, (long long)(s->now_ms - c->beat_ms));
			send_signal(c, SIGABRT);
		}
		if (c->state != CHILD_DOWN && c->kill_ms != 0 &&
		    c->kill_ms <= s->now_ms) {
			log_error("killed", "slot=%s pid=%d", c->slot.name, (int)c->pid);
			send_signal(c, SIGKILL);
			c->kill_ms = INT64_MAX; /* once */
		}
	}
}

/* --- tasks ------------------------------------------------------------------------------ */

static bool start_task(struct supervisor *s, const struct supervisor_task *task)
{
	const struct spawn spawn = {
		.argv = task->argv, .input = task->input, .output = task->output};
	struct err err = {""};

	if (task->notice) {
		puts(task->notice);
		fflush(stdout);
	}
	if (spawn_start(&s->task, &spawn, &err) == ST_OK)
		return true;
	s->task = 0;
	log_error("not_started", "task=%s why=%s", task->argv[1], log_quote(err.text));
	return false;
}

static void pause_activation(struct supervisor *s)
{
	s->activate = true;
	s->activate_ms = s->now_ms + s->again_ms;
	s->again_ms = MIN(2 * s->again_ms, AGAIN_MAX_MS);
}

/* What is wrong with the rules themselves will not pass: the old ones stay in force. */
static void activation_is_over(struct supervisor *s, int code)
{
	if (code == EXIT_CODE_OK)
		s->again_ms = AGAIN_FIRST_MS;
	else if (code == EXIT_CODE_CONFIG)
		log_error("not_activated", "code=%d in_force=%s", code, "unchanged");
	else if (!s->stopping) {
		log_warn("not_activated", "code=%d again_in_ms=%lld", code,
			 (long long)s->again_ms);
		pause_activation(s);
	}
	if (s->ready || (code != EXIT_CODE_OK && code != EXIT_CODE_CONFIG) || s->stopping)
		return;
	s->ready = true;
	alive_ready();
	log_info("running", "programs=%zu submit=%s", s->count,
		 s->options->collect.submit);
}

static void task_is_over(struct supervisor *s, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

	s->task = 0;
	if (s->task_activates)
		activation_is_over(s, code);
	else if (code != EXIT_CODE_OK && code != EXIT_CODE_FOUND)
		log_warn("task_failed", "task=%s code=%d",
			 s->plan->then[s->then_next - 1].argv[1], code);
}

static void tend_tasks(struct supervisor *s)
{
	if (s->stopping || s->task > 0)
		return;
	if (s->activate && s->activate_ms <= s->now_ms && all_ready(s)) {
		s->activate = false;
		s->task_activates = true;
		if (!start_task(s, &s->plan->activate))
			pause_activation(s);
		return;
	}
	if (!s->ready || s->welcomed)
		return;
	if (s->then_next < s->plan->then_count) {
		s->task_activates = false;
		(void)start_task(s, &s->plan->then[s->then_next++]); /* logged */
		return;
	}
	s->welcomed = true;
	if (s->plan->welcome)
		s->plan->welcome(s->plan);
}

/* --- the loop --------------------------------------------------------------------------- */

static void reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *c = find_child(s, pid);

		if (c)
			child_is_over(s, c, status);
		else if (pid == s->task)
			task_is_over(s, status);
	}
}

static void hear_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			hear_stop(s);
		if (info.ssi_signo == SIGHUP && !s->stopping) {
			log_info("reloading", "rules=%s", s->options->pipeline.rules);
			s->activate = true;
			s->activate_ms = s->now_ms;
			s->again_ms = AGAIN_FIRST_MS;
		}
	}
	reap(s); /* one SIGCHLD may stand for several ends */
}

/* Milliseconds until something is due. */
static int wait_ms(const struct supervisor *s)
{
	int64_t until = s->now_ms + s->options->pipeline.heartbeat_ms;

	for (size_t i = 0; i < s->count; i++) {
		const struct child *c = &s->child[i];

		if (c->state == CHILD_DOWN && !c->leaving)
			until = MIN(until, c->due_ms);
		if (c->state != CHILD_DOWN && c->kill_ms != 0)
			until = MIN(until, c->kill_ms);
	}
	if (s->activate && s->activate_ms > s->now_ms)
		until = MIN(until, s->activate_ms);
	return (int)MAX(until - s->now_ms, 0);
}

/* Of each slot, for `normavis status`; nothing stops for want of them. */
static void show_restarts(const struct supervisor *s)
{
	OWNED(freep) char *path = options_figures(s->options, INSTALLATION_SUPERVISOR);
	struct figures figures = {.count = 0};

	figures_set(&figures, "pid", (uint64_t)getpid());
	for (size_t i = 0; i < s->count; i++) {
		unsigned starts = s->child[i].starts;
		figures_set(&figures, s->child[i].slot.name, starts ? starts - 1 : 0);
	}
	(void)!figures_write(&figures, path, NULL);
}

static void beat(struct supervisor *s)
{
	if (s->now_ms - s->beat_ms < s->options->pipeline.heartbeat_ms)
		return;
	s->beat_ms = s->now_ms;
	alive_beat();
	show_restarts(s);
}

static void turn_until_over(struct supervisor *s)
{
	struct pollfd watched[] = {{s->signals, POLLIN, 0}, {s->vitals.fd, POLLIN, 0}};

	for (;;) {
		s->now_ms = clock_mono_ms();
		hear_children(s);
		hear_signals(s);
		tend_children(s);
		tend_tasks(s);
		if (s->stopping && go_on_stopping(s))
			return;
		beat(s);
		(void)poll(watched, ARRAY_LEN(watched), wait_ms(s));
	}
}

static enum status take_signals(int *ret_fd, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	*ret_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *ret_fd < 0 ? err_sys(err, ST_EIO, errno, "signalfd") : ST_OK;
}

static enum status open_supervisor(struct supervisor *s, struct err *err)
{
	struct installation_slot slots[INSTALLATION_SLOTS_MAX];

	s->notify = xasprintf("%s/normavis.notify", s->options->pipeline.run);
	s->count = installation_slots(s->plan->installation, slots);
	for (size_t i = 0; i < s->count; i++) {
		s->child[i].slot = slots[i];
		s->path[i] = spawn_sibling(options_program_name(slots[i].program));
		if (access(s->path[i], X_OK) != 0)
			return err_sys(err, ST_ECONFIG, errno, "%s", s->path[i]);
	}
	enum status st = vitals_open(&s->vitals, s->notify, err);
	return st ? st : take_signals(&s->signals, err);
}

static void release_supervisor(struct supervisor *s)
{
	vitals_close(&s->vitals);
	file_close(&s->signals);
	for (size_t i = 0; i < s->count; i++)
		free(s->path[i]);
	free(s->notify);
}

int supervisor_run(const struct supervisor_plan *plan)
{
	OWNED(release_supervisor)
	struct supervisor s = {
		.plan = plan,
		.options = plan->installation->options,
		.config = plan->installation->options->file,
		.vitals = VITALS_NONE,
		.signals = -1,
		.activate = true,
		.again_ms = AGAIN_FIRST_MS,
	};
	struct err err = {""};
	enum status st = open_supervisor(&s, &err);

	if (st) {
		log_error("failed", "status=%s why=%s", status_name(st),
			  log_quote(err.text));
		return (int)status_exit_code(st);
	}
	turn_until_over(&s);
	log_info("stopped", "code=%d", s.exit_code);
	return s.exit_code;
}
