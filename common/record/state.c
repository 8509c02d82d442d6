#include "state.h"

static const struct {
	const char *name;
	const char *meaning;
} states[STATE_LIMIT] = {
#define STATE(symbol, code, name, meaning) [code] = {name, meaning},
#include "state.def"
#undef STATE
};

static const struct {
	const char *name;
	const char *meaning;
} triggers[TRIGGER_COUNT] = {
#define TRIGGER(symbol, name, meaning) {name, meaning},
#include "state.def"
#undef TRIGGER
};

static const struct {
	enum guard guard;
	const char *name;
	const char *meaning;
} guards[] = {
#define GUARD(symbol, bit, name, meaning) {symbol, name, meaning},
#include "state.def"
#undef GUARD
};

static const struct transition {
	enum state from;
	enum trigger trigger;
	enum guard guard;
	enum state to;
} transitions[] = {
#define TRANSITION(from, trigger, guard, to) {from, trigger, guard, to},
#include "state.def"
#undef TRANSITION
};

enum state state_next(enum state from, enum trigger trigger, unsigned facts)
{
	for (size_t i = 0; i < ARRAY_LEN(transitions); i++) {
		const struct transition *t = &transitions[i];
		if (t->from == from && t->trigger == trigger &&
		    (t->guard == GUARD_NONE || (facts & t->guard)))
			return t->to;
	}
	return STATE_NONE;
}

const char *state_name(enum state state)
{
	return (unsigned)state < STATE_LIMIT ? states[state].name : NULL;
}

const char *state_meaning(enum state state)
{
	return (unsigned)state < STATE_LIMIT ? states[state].meaning : NULL;
}

enum state state_from_name(struct span name)
{
	for (unsigned i = 1; i < STATE_LIMIT; i++)
		if (states[i].name && span_equal(name, span_of(states[i].name)))
			return (enum state)i;
	return STATE_NONE;
}

const char *trigger_name(enum trigger trigger)
{
	return (unsigned)trigger < TRIGGER_COUNT ? triggers[trigger].name : NULL;
}

static const char *guard_name(enum guard guard)
{
	for (size_t i = 0; i < ARRAY_LEN(guards); i++)
		if (guards[i].guard == guard)
			return guards[i].name;
	return "";
}

/* mermaid takes no hyphen in the name of a state. */
static void put_node(struct buf *out, enum state state)
{
	const char *name = state == STATE_NONE ? "[*]" : states[state].name;

	for (; *name; name++)
		buf_char(out, *name == '-' ? '_' : *name);
}

static void describe_drawing(struct buf *out)
{
	buf_text(out, "```mermaid\nstateDiagram-v2\n");
	for (size_t i = 0; i < ARRAY_LEN(transitions); i++) {
		const struct transition *t = &transitions[i];
		buf_text(out, "    ");
		put_node(out, t->from);
		buf_text(out, " --> ");
		put_node(out, t->to);
		buf_format(out, ": %s", triggers[t->trigger].name);
		if (t->guard)
			buf_format(out, " [%s]", guard_name(t->guard));
		buf_char(out, '\n');
	}
	buf_text(out, "```\n");
}

static void describe_lists(struct buf *out)
{
	buf_text(out, "\n| State | Code | What it means |\n|---|---|---|\n");
	for (unsigned i = 1; i < STATE_LIMIT; i++)
		buf_format(out, "| %s | %u | %s |\n", states[i].name, i,
			   states[i].meaning);
	buf_text(out, "\n| Trigger | What happens |\n|---|---|\n");
	for (unsigned i = 0; i < TRIGGER_COUNT; i++)
		buf_format(out, "| %s | %s |\n", triggers[i].name, triggers[i].meaning);
	buf_text(out, "\n| Guard | What must be so |\n|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(guards); i++)
		buf_format(out, "| %s | %s |\n", guards[i].name, guards[i].meaning);
}

void state_describe(struct buf *out)
{
	describe_drawing(out);
	describe_lists(out);
	buf_text(out, "\n| From | Trigger | Guard | To |\n|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(transitions); i++) {
		const struct transition *t = &transitions[i];
		buf_format(out, "| %s | %s | %s | %s |\n",
			   t->from ? states[t->from].name : "(none)",
			   triggers[t->trigger].name, guard_name(t->guard),
			   states[t->to].name);
	}
}
