/* state.h - the states of a review, and the one table that says how it goes on.
 *
 * Shape:  state.def. A transition asks for a state, a trigger and facts; the first row of the
 *	   table that fits gives the next state. There is no other place where a review
 *	   changes its state, and no row may be skipped.
 */
#ifndef STATE_H
#define STATE_H

#include "buf.h"

enum state {
	STATE_NONE = 0, /* no such review yet; also: no transition */
#define STATE(symbol, code, name, meaning) symbol = code,
#include "state.def"
#undef STATE
	STATE_LIMIT
};

enum trigger {
#define TRIGGER(symbol, name, meaning) symbol,
#include "state.def"
#undef TRIGGER
	TRIGGER_COUNT
};

/* Facts, as bits. */
enum guard {
	GUARD_NONE = 0,
#define GUARD(symbol, bit, name, meaning) symbol = bit,
#include "state.def"
#undef GUARD
};

/* The state that `from` goes to; STATE_NONE: nothing of the kind may happen there.
 * facts: mask of enum guard, of what is so. */
enum state state_next(enum state from, enum trigger trigger, unsigned facts);

const char *state_name(enum state state); /* NULL for a number that is no state */
const char *state_meaning(enum state state);
enum state state_from_name(struct span name); /* STATE_NONE: no such state */
const char *trigger_name(enum trigger trigger);

/* The chapter of docs/STATES.md that is made from the table: the drawing (mermaid), the
 * states and the transitions, as Markdown. */
void state_describe(struct buf *out);

#endif
