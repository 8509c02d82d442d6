/* door.h - collect's intake over a real journal, keys and sockets in a scratch directory.
 *
 * fsync does nothing here (journals.c is linked in): no test of it cuts the power.
 */
#ifndef DOOR_H
#define DOOR_H

#include "../../stages/collect/intake.h"

#define DOOR_NOW   INT64_C(1795000000000)
#define DOOR_RULES "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

struct door {
	struct options *options;
	struct bus *bus;
	struct bus_socket *router, *dealer;
	struct journal *journal;
	struct journal_state state; /* as found when it was opened */
	struct keys *keys;
	uint64_t keys_from;
	struct intake *intake;
	struct buf answers; /* of the last message, NDJSON */
	int64_t now_ms;
};

void door_open(struct door *d, const char *more_options); /* YAML for `collect` */
void door_close(struct door *d);
void door_reopen(struct door *d); /* as after kill -9 */

/* One message to an endpoint; taken, but not committed and not answered. */
void door_send(struct door *d, enum endpoint endpoint, const char *lines);
void door_commit(struct door *d); /* the group is durable; nothing is answered yet */
void door_answer(struct door *d); /* the next answer comes into d->answers */

/* All three; returns the answers. */
const char *door_say(struct door *d, enum endpoint endpoint, const char *lines);

void door_activate(struct door *d); /* the rule set DOOR_RULES */

/* What the journal has at seq; `keep` holds its bytes. */
void door_read(struct door *d, uint64_t seq, struct buf *keep, struct record *ret);

#endif
