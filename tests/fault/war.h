/* war.h - what the tests of faults share: submissions, a pipeline to hurt, and its books.
 *
 * A test makes its submissions once (war_corpus), then for each run writes a configuration
 * into WORK/run, starts `normavis run` on it, submits, does its damage, and opens the books:
 *
 *	lost	    every acknowledged record is in the store, once, under the seq and id of
 *		    its acknowledgement
 *	quarantine  exactly the planted records
 *	balance	    `normavis status` says that both lines balance
 *
 * The submitter keeps one message under way and sends it again, unchanged, until it is
 * answered, so that all runs have the same order.
 */
#ifndef WAR_H
#define WAR_H

#include "base.h"

#include <getopt.h>
#include <stdio.h>
#include <sys/types.h>

#include "bus.h"

#define WAR_CHILDREN_MAX 16

struct war {
	const char *bin;  /* where the programs are */
	const char *work; /* a directory of our own */
	int records;	  /* in the corpus */
	unsigned seed;
	bool planted;	     /* records that kill a stage; needs binaries with HOOKS=1 */
	const char *preload; /* NULL, or a library that the programs are to load */
	int failures;
};

extern struct war war;

#define WAR_CHECK(condition, ...)                       \
	do {                                            \
		if (!(condition)) {                     \
			war.failures++;                 \
			printf("not ok: " __VA_ARGS__); \
			printf("\n");                   \
		}                                       \
	} while (0)

NORETURN void war_die(const char *what, const char *why); /* exit 70: no result */

/* Takes --bin DIR --work DIR --records N --seed N --planted; anything else is a complaint
 * and exit 64. More options: `more` gets what getopt_long returned, and may be NULL. */
void war_arguments(int argc, char **argv, const struct option *more,
		   void (*take)(int option, const char *value));

/* --- what is submitted ------------------------------------------------------------------ */

struct war_submission {
	char *json;
	char source_id[32];
	uint64_t seq; /* of the acknowledgement; 0: none yet */
	char id[40];
};

extern struct war_submission *war_corpus; /* war.records of them */

uint32_t war_random(uint32_t below); /* follows from the seed */
void war_make_corpus(void);
void war_forget_answers(void);
uint64_t war_last_acknowledged(void);

/* --- the pipeline ----------------------------------------------------------------------- */

/* Everything of one run lies in WORK/run: pipeline.yaml, data, log. */
void war_configure(const char *run, const char *sections);
extern const char war_sections[]; /* the usual ones: quick restarts, a small reserve */

pid_t war_start(const char *run);
int war_stop(pid_t pid); /* SIGTERM; the exit code, 128 + signal */
size_t war_children(pid_t pid, pid_t ret[WAR_CHILDREN_MAX]);
pid_t war_child(pid_t supervisor, const char *slot); /* 0: not there */
bool war_log_says(const char *run, const char *text);

/* --- the submitter ---------------------------------------------------------------------- */

struct war_submitter {
	struct bus *bus;
	struct bus_socket *socket;
	int first, count; /* of the message that is under way */
	int64_t sent_ms, hold_ms;
	int64_t patience_ms; /* after which it is sent again */
	uint64_t busy;	     /* lines that were told to come back */
	char reason[32];     /* of the last of them */
};

void war_submitter_open(struct war_submitter *s, const char *run);
void war_submitter_close(struct war_submitter *s);

/* Sends what is below `until` and takes answers; waits 10 ms at most. */
void war_submit(struct war_submitter *s, int until);

/* Submits up to `until` and waits until all acknowledged is committed. False after
 * give_up_ms. */
bool war_submit_all(struct war_submitter *s, const char *run, int until,
		    int64_t give_up_ms);

/* --- the books -------------------------------------------------------------------------- */

char *war_store(const char *run);		     /* path; the caller frees it */
int64_t war_query(const char *run, const char *sql); /* one number; -1: no answer */
int64_t war_committed(const char *run);
void war_check_acknowledged(const char *run, int from, int until); /* all must be */
void war_check_books(const char *run, int until);

#endif
