/* intake.h - submissions become records of the group that is being built, and answers.
 *
 * A message is a request id (any bytes, returned as they came) and NDJSON: one record a
 * line. The reply has the same id and one JSON answer a line, in the same order
 * (docs/INTAKE.md):
 *
 *	{"line":1,"status":"accepted","seq":7,"id":"..."}
 *	{"line":1,"status":"repeated","seq":7,"id":"..."}
 *	{"line":1,"status":"repeated","seq":7,"id":"...","journal":"earlier"}
 *	{"line":1,"status":"refused","field":"rating.value","reason":"out-of-bounds","detail":"..."}
 *	{"line":1,"status":"busy","reason":"disk","retry_after_ms":1000}
 *
 * Nothing is answered before the group is durable: a refusal is a record too (kind
 * refusal), and so are the repeats, counted per group. Only `busy` leaves no trace: nothing was read.
 *
 * Order of calls, again and again:
 *	intake_take ... until intake_full or nothing is there
 *	intake_close_group, journal_commit, intake_answer
 */
#ifndef INTAKE_H
#define INTAKE_H

#include "bus.h"
#include "journal.h"
#include "keys.h"
#include "options.h"
#include "record_json.h"

/* Why nothing is taken at present. */
enum gate {
	GATE_OPEN,
	GATE_DISK,
	GATE_BACKLOG,
	GATE_STOPPING,
	GATE_NO_RULES,
	GATE_COUNT
};

#define INTAKE_LINES_MAX 1000 /* records in one message; the rest is refused */

struct intake;

struct intake *intake_new(const struct options *options, struct journal *journal,
			  struct keys *keys, const struct journal_state *state);
void intake_free(struct intake *i); /* accepts NULL */
DEFINE_OWNED(struct intake, intake_free)

/* BACKLOG and NO_RULES are never set: intake knows the last place to be given, and whether
 * a rule set is in force. */
void intake_set_gate(struct intake *i, enum gate gate);

/* The last place to be given: lines behind it are busy, `backlog`, also in the middle of a
 * message. None at first. */
void intake_set_end(struct intake *i, uint64_t seq);

/* One message from an endpoint; one that has not two parts is one refusal. `now_ms`: UTC;
 * received_at never goes back. */
void intake_take(struct intake *i, struct bus_socket *from, enum endpoint endpoint,
		 const struct bus_message *message, int64_t now_ms);

/* A record of collect's own: the tick of a deadline. */
void intake_tick(struct intake *i, int64_t deadline_ms, int64_t now_ms);

bool intake_full(const struct intake *i);
bool intake_pending(const struct intake *i); /* something to commit or to answer */

void intake_close_group(struct intake *i);
void intake_answer(struct intake *i);

uint64_t intake_last_seq(const struct intake *i);
bool intake_has_rules(const struct intake *i);

/* Since the start, for the log and for status. */
struct intake_figures {
	uint64_t accepted, repeated, refused, busy;
};

void intake_figures(const struct intake *i, struct intake_figures *ret);

#endif
