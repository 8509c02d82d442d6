/* child.h - one program under supervision: when it is started, killed, started again.
 *
 * Decisions only: no clock is read and no process touched, so that tests need neither.
 * supervisor.c does what is decided here.
 *
 * An end means:
 *	asked		we had asked for it
 *	retired		exit 0 unasked, after it was ready: it wants to come back fresh, at once
 *	refused		exit 78, 65, 64 or no such program: starting it again changes nothing
 *	crashed		everything else: again after a pause, doubled while it keeps dying
 * A child that was ready and lived ten times its last pause (at least a second) is sound,
 * and its next pause is the first one again.
 *
 * Times are monotonic milliseconds that the caller passes in.
 */
#ifndef CHILD_H
#define CHILD_H

#include "installation.h"

enum child_state {
	CHILD_DOWN,	/* start it at due_ms */
	CHILD_STARTING, /* it runs and has not said READY */
	CHILD_READY,
};

enum child_end { CHILD_ASKED, CHILD_RETIRED, CHILD_REFUSED, CHILD_CRASHED };

struct child {
	struct installation_slot slot;
	enum child_state state;
	pid_t pid;
	bool leaving;	    /* asked to stop: not started again */
	int64_t due_ms;	    /* DOWN: when to start it */
	int64_t started_ms; /* of the last start */
	int64_t beat_ms;    /* last sign of life; the start is one */
	int64_t pause_ms;   /* before the last start; 0: none */
	int64_t kill_ms;    /* SIGKILL is due then; 0: it is not */
	int exit_code;	    /* of the last end; 128 + signal */
	uint32_t starts;
};

void child_started(struct child *c, pid_t pid, int64_t now_ms);

/* `signs`: mask of enum vitals_sign. Returns true when the child became ready by it. */
bool child_heard(struct child *c, unsigned signs, int64_t now_ms);

/* `status` as waitpid(2) gives it. */
enum child_end child_ended(struct child *c, int status, int64_t now_ms,
			   const struct run_options *options);

/* A start that did not even make a process. */
void child_not_started(struct child *c, int64_t now_ms,
		       const struct run_options *options);

/* Whether it has been silent for too long, told once; kill_ms is then set. Also before it
 * is ready: a program whose start is long says that it lives (alive.h). */
bool child_hangs(struct child *c, int64_t now_ms, const struct run_options *options);

/* The exit code that `normavis run` leaves with after a refusal. */
int child_refusal_code(const struct child *c);

#endif
