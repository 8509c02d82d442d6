/* submitter.h - a submitter that costs little: what benches measure is the pipeline.
 *
 * It sends lines as they are, a window of messages ahead, and only counts the answers
 * that say "accepted"; whoever wants to know more uses the client of `normavis`. Every
 * failure ends the program with a line on stderr: a bench has nobody to tell.
 */
#ifndef SUBMITTER_H
#define SUBMITTER_H

#include "bus.h"
#include "options.h"
#include "store.h"

struct submitter {
	struct options *options;
	struct bus *bus;
	struct bus_socket *submit, *admin;
	struct store *store;
	uint64_t sent, answered; /* messages */
	uint64_t accepted;	 /* lines */
};

/* The lines of a file, in memory. */
struct lines {
	struct buf text;
	struct span *line;
	size_t count;
};

void submitter_open(struct submitter *ret, const char *config);
void submitter_close(struct submitter *s);

/* Puts the rule set of `rules` in force, and waits until it is. */
void submitter_activate(struct submitter *s, const char *rules);

/* Sends some lines as one message; receives an answer, waiting for it. */
void submitter_send(struct submitter *s, const struct span *lines, size_t count);
void submitter_receive(struct submitter *s);

/* How far the store of the newest journal is; 0 where there is none yet. */
uint64_t submitter_committed(struct submitter *s);
void submitter_wait_committed(struct submitter *s, uint64_t seq, int64_t poll_us);

/* Lines first..first+count-1 of the file. */
void lines_read(struct lines *ret, const char *path, size_t first, size_t count);
void lines_release(struct lines *l);

/* Ends the program when st is not ST_OK. */
void bench_must(enum status st, const struct err *err);

#endif
