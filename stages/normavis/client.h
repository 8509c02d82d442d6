/* client.h - submits records through the intake, as any program could (docs/INTAKE.md).
 *
 * Lines are gathered into messages of up to CLIENT_LINES, of which up to CLIENT_WINDOW are
 * under way at a time. Answers are delivered in the order of the lines. A message that
 * has no answer after CLIENT_RESEND_MS is sent again: its records have ids, so that is safe. Lines
 * answered `busy` are sent again when the intake said they might be; meanwhile later
 * messages may get in before them.
 *
 * Signals: while a client is open, SIGTERM and SIGINT end its waiting (ST_EAGAIN).
 *
 * Errors of all calls that wait:
 *	ST_ENOTFOUND	the pipeline is not running: no answer for CLIENT_ABSENT_MS and nobody
 *			holds its locks (exit 69: client_exit_code); of commits, nobody has
 *			been there to make them for CLIENT_GONE_MS
 *	ST_EBUSY	busy for longer than the caller would wait
 *	ST_EAGAIN	interrupted
 *	ST_EWIRE	ZeroMQ refused, or the intake does not speak as documented
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "installation.h"
#include "record.h"

#define CLIENT_LINES	 100
#define CLIENT_WINDOW	 16
#define CLIENT_RESEND_MS 5000
#define CLIENT_ABSENT_MS 5000
#define CLIENT_GONE_MS	 1000

enum client_verdict { CLIENT_ACCEPTED, CLIENT_REPEATED, CLIENT_REFUSED };

/* Borrowed for the call. */
struct client_answer {
	uint64_t tag; /* that the caller gave the line */
	enum client_verdict verdict;
	uint64_t seq;	    /* ACCEPTED, REPEATED */
	const char *id;	    /* the same; else "" */
	const char *field;  /* REFUSED; "" where none */
	const char *reason; /* REFUSED: a name of refusals.def */
	const char *detail; /* REFUSED: for people, "" where none */
	struct span line;   /* as submitted, cut to the limit */
	const char *json;   /* the answer, with `line` being the tag */
};

typedef void client_answered(void *context, const struct client_answer *answer);

struct client_options {
	enum endpoint endpoint; /* SUBMIT or ADMIN */
	int64_t busy_ms;	/* give up when busy for so long; 0: at once */
	bool wait;		/* client_wait_committed will be called */
	client_answered *answered;
	void *context; /* its first argument */
};

struct client;

/* ST_ECONFIG where the pipeline that runs is another one (run_dir.h).
 * With options->wait, fails before anything can be sent where journal or store cannot be
 * read (what is not there yet may come): ST_EIO and other errors of store_open. */
enum status client_open(struct client **ret, const struct installation *installation,
			const struct client_options *options, struct err *err) MUST_CHECK;
void client_close(struct client *c); /* accepts NULL */
DEFINE_OWNED(struct client, client_close)

/* Adds a line (without its end; not empty), waiting while the window is full. A line over
 * the intake's limit is cut behind it: the intake then refuses it in its own words. */
enum status client_put(struct client *c, struct span line, uint64_t tag,
		       struct err *err) MUST_CHECK;

/* Lets what is gathered be sent by the next wait, without waiting for answers. Nothing happens
 * while the window is full: call it again. */
void client_push(struct client *c);

/* Lets answers come for up to timeout_ms; returns early when one came or when `fd` (-1:
 * none) is readable, which *ret_readable (may be NULL) then says. */
enum status client_wait(struct client *c, int timeout_ms, int fd, bool *ret_readable,
			struct err *err) MUST_CHECK;

/* Returns when every line has its answer. */
enum status client_flush(struct client *c, struct err *err) MUST_CHECK;

bool client_idle(const struct client *c); /* no line is without its answer */

/* Highest seq among the answers so far; 0: none. */
uint64_t client_last_seq(const struct client *c);

/* Waits until the store has committed record `seq` of the journal now in use, for as long
 * as the pipeline runs. Other errors: those of store_open. */
enum status client_wait_committed(struct client *c, uint64_t seq,
				  struct err *err) MUST_CHECK;

int client_exit_code(enum status st);

#endif
