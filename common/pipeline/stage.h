/* stage.h - what every program of the pipeline does the same way.
 *
 * stage_main reads the command line and pipeline.yaml, takes the program's lock, opens the
 * bus, tells the supervisor when the stage is ready, and turns the loop:
 *
 *	wait for the wire, a signal or the time -> stage->turn() -> say that we live
 *
 * until the stage has nothing more to do after a stop was asked for, or something failed.
 * SIGTERM and SIGINT ask for a stop in order; SIGUSR1 asks to leave behind the next turn,
 * whatever is left: the pipeline cannot go on, and what was accepted is in the journal.
 * A failure is logged here, once, and its class becomes the exit code (status.h), by which
 * the supervisor tells a crash from a refusal to start.
 */
#ifndef STAGE_H
#define STAGE_H

#include "bus.h"
#include "figures.h"
#include "options.h"

/* Of the stages before publish: what it cannot store, they only pile up. */
#define STAGE_NICE_BEFORE_PUBLISH 10

struct stage_run {
	const struct options *options;
	struct bus *bus;
	const char *slot;     /* "dedup", "moderate.2" */
	uint64_t incarnation; /* random, never 0 */
	int64_t now_ms;	      /* monotonic, at the start of this turn */
	bool stopping;	      /* a stop was asked for */
	bool reload;	      /* SIGHUP came before this turn */
	int wait_ms;	      /* set by turn(): how long the next wait may be */
	bool done;	      /* set by turn(): leave the loop in order */
	enum status failed;   /* for close(): why we leave, ST_OK in order */
};

struct stage {
	const char *name;
	const char
		*about; /* for --help: what comes in, what goes out, what state is kept */
	int nice;	/* added to its nice value at the start (decision 0016) */
	enum status (*open)(struct stage_run *run, struct err *err);
	enum status (*turn)(struct stage_run *run, struct err *err);
	void (*close)(struct stage_run *run); /* also after a failed open */
	/* What `normavis status` shows of it; asked once a heartbeat, after open. */
	void (*figures)(struct figures *ret);
	/* For --rebuild: makes again, from the store, what it keeps beside it. NULL: it keeps
	 * nothing of the kind. Holds the program's lock, without a bus. */
	enum status (*rebuild)(const struct options *options, struct err *err);
};

/* For close(): true when no record is to blame for our leaving: a stop in order, or an
 * environment that refuses (no space, no I/O, somebody else's lock), or a cache that is to
 * be made again (ST_EAGAIN). ST_ESTORE is none of
 * these: store.h leaves it to what a record may have caused. */
bool stage_left_in_order(const struct stage_run *run);

/* The exit code. argv: [--config FILE] [--slot NAME] [--check] [--rebuild] [--help] [--version]. */
int stage_main(int argc, char **argv, const struct stage *stage);

#define STAGE_VERSION "0.1.0"

#endif
