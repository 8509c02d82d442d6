/* explained.h - one review with what is needed to explain it: its bytes, its findings.
 *
 * From standard input: one JSON object as for `submit`. By its id: the record as the journal
 * has it, or what the store keeps of it where the journal has let it go, and the duplicates that
 * were found then. How much had arrived before it is not kept: then all
 * counts are 0, and `note` says so.
 */
#ifndef EXPLAINED_H
#define EXPLAINED_H

#include "findings.h"
#include "installation.h"
#include "record.h"

struct explained {
	struct buf bytes; /* of the record */
	struct record record;
	struct findings findings;
	char rules[65], policy[65]; /* hex: that it was decided under; "" none */
	char outcome[32], rule[65]; /* its first decision; "" none */
	char note[256];		    /* what is not as it was then; "" nothing */
};

/* Errors: ST_EMALFORMED (no JSON object, or one that would be refused). */
enum status explained_read(struct explained *ret, struct span json,
			   struct err *err) MUST_CHECK;

/* `id` as 8-4-4-4-12 hex digits. Errors: ST_EMALFORMED (no id), ST_ENOTFOUND (no such review,
 * or erased), those of store.h and journal.h. */
enum status explained_find(struct explained *ret, const struct installation *installation,
			   const char *id, struct err *err) MUST_CHECK;
void explained_release(struct explained *e);

#endif
