/* supervisor.h - the process table, kept running until somebody asks for its end.
 *
 * Start:  all programs at once; each waits for its neighbours by itself. Once all are
 *	ready, the activation task runs (`normavis rules activate`), then we are ready too, and
 *	the follow-up tasks run, one behind the other.
 * While:  a program that ends is started again (child.h); one that is silent for
 *	run.hang gets SIGABRT, then SIGKILL. SIGHUP runs the activation task again.
 * End:    SIGTERM or SIGINT, or a program that refuses. In the order of the flow: collect
 *	is asked first and leaves when everything is committed, then dedup, moderate,
 *	publish; programs that are not asked yet are still started again, so that the
 *	drain ends. Whoever needs more than run.stop is killed. A second signal asks all at once
 *	and kills after a second, a third one kills.
 *
 * Tasks are programs of their own, so that nothing they do can stall the supervision.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include "installation.h"

#define SUPERVISOR_TASKS_MAX 4
#define SUPERVISOR_ARGS_MAX  10

struct supervisor_task {
	const char *argv[SUPERVISOR_ARGS_MAX]; /* NULL-ended */
	const char *input;		       /* file, or NULL */
	const char *notice; /* printed on standard output before it starts, or NULL */
	bool output;	    /* as in spawn.h */
};

struct supervisor_plan {
	const struct installation *installation;
	struct supervisor_task activate;
	struct supervisor_task then[SUPERVISOR_TASKS_MAX]; /* once, after the start */
	size_t then_count;
	void (*welcome)(const struct supervisor_plan *plan); /* after those, or NULL */
};

/* Returns the exit code: 0 after an asked stop, or that of the program that refused. The
 * caller holds the lock of the run directory. */
int supervisor_run(const struct supervisor_plan *plan);

#endif
