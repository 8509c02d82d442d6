/* outbox.h - who is to be told what, and until when.
 *
 * publish only queues; notify delivers. An entry and its event are in the transaction of
 * what they tell, so that nobody is told what did not happen, and nothing that happened
 * is kept from its author. Nothing is queued for a legacy review: its author was told, or
 * not, elsewhere.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "act.h"

struct notice {
	enum store_code template; /* TEMPLATE_* */
	struct span language;	  /* of the author; borrowed */
	struct span reason;	  /* code; empty: none */
	int64_t reason_id;	  /* ROW_NULL: none */
};

/* The template for a review that went into `state`; 0: nobody is told. */
enum store_code outbox_template(enum state state);

/* Writes event notice.queued; *ret_due_at: ms UTC. */
enum status outbox_announce(struct act *act, const struct notice *notice,
			    int64_t *ret_due_at, struct err *err) MUST_CHECK;

/* Writes the entry; the review must be there. */
enum status outbox_queue(struct act *act, const struct notice *notice, int64_t due_at,
			 struct err *err) MUST_CHECK;

#endif
