/* lint_own.h - the parts of lint.h, for lint*.c alone. */
#ifndef LINT_OWN_H
#define LINT_OWN_H

#include "lint.h"
#include "ruleset_own.h"

struct lint {
	struct ruleset *rs;
	const struct word_lists *lists;
	const struct criticism *criticism;
	struct conf_report *report;
};

void lint_complain(const struct lint *l, const struct yaml_doc *doc,
		   const struct yaml_node *node, const char *format, ...) PRINTF(4, 5);

/* Equal for trees that mean the same: the order of keys and of list items, quotes, defaults
 * that are written out and lists of one condition make no difference. */
uint64_t lint_hash(const struct yaml_node *node);

/* all, any, not; NULL: a condition without conditions in it. */
const struct yaml_node *lint_branches(const struct yaml_node *condition,
				      const char **ret_key);

/* Whether the rule applies and holds. */
bool lint_holds(const struct lint *l, const struct rule *r, struct facts *facts);

/* The first profile of its scope, and the first source (or one of ours). */
const char *lint_profile(const struct rule *r);
const char *lint_source(const struct rule *r);

void lint_tone(const struct lint *l);	    /* lint_tone.c */
void lint_neutral(const struct lint *l);    /* lint_neutral.c */
void lint_whole(const struct lint *l);	    /* lint_whole.c */
void lint_reasons(const struct lint *l);    /* lint_reason.c */
void lint_conditions(const struct lint *l); /* lint_condition.c */
void lint_words(const struct lint *l);	    /* lint_words.c */
void lint_patterns(const struct lint *l);   /* lint_pattern.c */

/* lint_subject.c: can two conditions without conditions in them hold together? */
struct lint_literal {
	const struct yaml_node *node;
	bool negated;
	uint64_t hash;
};

bool lint_contradict(const struct lint_literal *a, const struct lint_literal *b);

/* Why it can never hold, or always does, whatever stands beside it; NULL: it may. */
const char *lint_vain(const struct lint_literal *a);

/* Can the condition hold with a field that has one of these values (a scope's)? */
bool lint_meets(const struct lint_literal *a, const char *field,
		const struct yaml_node *values);

/* lint_record.c: reviews made for a trial. */
struct lint_writer {
	struct buf body, bytes;
};

void lint_writer_init(struct lint_writer *w);
void lint_writer_release(struct lint_writer *w);

/* `base` with another text and language (NULL: none is named); borrows the writer until the next.
 * false: too long. */
bool lint_write(struct lint_writer *w, const struct record *base, struct span text,
		const char *language, struct record *ret);

/* lint_length.c: what a text must come to. */
struct lint_lengths {
	int64_t chars, words, letters, lines; /* more than these */
	bool is_bounded;		      /* the rule wants it short as well */
};

/* Adds words of no tone until it does. false: no text is as long. */
bool lint_pad(struct buf *text, const char *language, const struct lint_lengths *wanted);

/* Raises them above all bounds in the condition, so that what asks for a short text does not hold. */
void lint_lengths_pass(struct lint_lengths *ret, const struct condition *c);

/* lint_way.c: one way to fulfil the conditions of a rule: all that must hold together, or (negated)
 * must not. */
#define LINT_WAYS_MAX  256 /* of a rule; one that has more is refused */
#define LINT_WAY_MAX   32  /* conditions of a way; so is one with more */
#define LINT_WAY_WHOLE SIZE_MAX

struct lint_part {
	const struct condition *condition;
	bool negated;
};

struct lint_way {
	struct lint_part part[LINT_WAY_MAX];
	size_t count;
};

struct lint_ways {
	struct lint_way *at; /* LINT_WAYS_MAX of room */
	size_t count;
	bool cut; /* not all of them, or not with all their conditions */
};

struct lint_ways lint_ways_of(const struct rule *r);
struct lint_lengths lint_way_lengths(const struct lint_way *way);
void lint_ways_release(struct lint_ways *w);

/* A review for which the conditions of the way hold that are not about text, and with a word or
 * datum for those that are, but for that of the part `without`: another text must bring it. */
void lint_way_example(const struct lint *l, const struct rule *r,
		      const struct lint_way *way, size_t without, struct example *ret);

#endif
