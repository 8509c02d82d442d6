/* commits.h - what publish has told us: how far the store is, and whether it is well.
 *
 * publish connects to the endpoint `commits` and says HELLO, COMMITTED and, when it was
 * asked to be careful, BEGUN. Its deaths are judged here: a record that was the first
 * thing a fresh publish named, and that killed it FLOW_STRIKES times, is the culprit.
 */
#ifndef COMMITS_H
#define COMMITS_H

#include "bus.h"
#include "frame.h"

/* Starts of publish without any commit in between before it is asked to name records. */
#define COMMITS_BARREN_STARTS 3

struct commits {
	struct bus_socket *socket;
	uint64_t journal_id;
	bool known;	      /* publish has said how far it is */
	uint64_t committed;   /* seq */
	int64_t deadline;     /* the store's next, ms UTC; 0: none */
	struct bus_peer peer; /* publish; len 0: not there */
	uint64_t incarnation;
	unsigned barren;  /* starts without progress */
	bool progressed;  /* this incarnation has committed something */
	uint64_t begun;	  /* the first record that this incarnation named, 0: none */
	unsigned strikes; /* against `accused` */
	uint64_t accused;
	struct buf out;
};

enum commits_what { COMMITS_NOTHING, COMMITS_STARTED, COMMITS_ADVANCED };

struct commits_event {
	enum commits_what what;
	uint64_t culprit; /* STARTED: 0, or the record to set aside */
};

enum status commits_open(struct commits *ret, struct bus *bus, const char *endpoint,
			 uint64_t journal_id, struct err *err) MUST_CHECK;
void commits_release(struct commits *c);

enum status commits_recv(struct commits *c, struct commits_event *ret,
			 struct err *err) MUST_CHECK;

/* Answers STARTED, after the marks were said. */
void commits_welcome(struct commits *c);
void commits_say(struct commits *c, const struct frame *frame);

#endif
