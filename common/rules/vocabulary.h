/* vocabulary.h - everything that a rule can say, in one table.
 *
 * The loader knows no key that does not stand here; `normavis rules vocabulary`, the
 * schema for editors and docs/RULES.md are printed from it.
 */
#ifndef VOCABULARY_H
#define VOCABULARY_H

#include "record.h"

/* What a key takes. */
enum term_type {
	TERM_TEXT,	 /* a text */
	TERM_TEXTS,	 /* a list of texts, not empty */
	TERM_NUMBER,	 /* a whole number */
	TERM_BOOL,	 /* true, false */
	TERM_DATE,	 /* 2026-01-31 */
	TERM_NAME,	 /* one of `names` */
	TERM_NAMES,	 /* a list of some of `names` */
	TERM_LANGUAGES,	 /* the same, or `unknown` */
	TERM_FIELD,	 /* a field of a record, as fields.def */
	TERM_MOMENT,	 /* a field that is a date or a time, or received_at */
	TERM_VALUE,	 /* a value of that field */
	TERM_VALUES,	 /* a list of them */
	TERM_CONDITION,	 /* a condition */
	TERM_CONDITIONS, /* a list of conditions, not empty */
	TERM_MAPPING,	 /* keys of its own: `keys` */
	TERM_EXAMPLES,	 /* a list of texts, or of {text, title, fields, ...} */
};

struct term {
	const char *name; /* NULL ends a list */
	enum term_type type;
	bool needed;
	const char *const *names; /* TERM_NAME, TERM_NAMES: NULL-ended */
	const struct term *keys;  /* TERM_MAPPING */
	const char *doc;	  /* what it means, in one sentence */
};

/* A condition is known by its first key. */
enum form {
	FORM_ALL,
	FORM_ANY,
	FORM_NOT,
	FORM_PATTERN,
	FORM_WORDS,
	FORM_LIST,
	FORM_DETECT,
	FORM_LANGUAGE,
	FORM_CLASSIFIER,
	FORM_MEASURE,
	FORM_FIELD,
	FORM_DATE,
	FORM_DUPLICATE,
	FORM_ARRIVALS,
	FORM_COUNT
};

struct vocabulary_form {
	const char *doc;
	const char *example;	 /* YAML, in one line */
	const struct term *keys; /* the first one names the form */
	bool either;		 /* the second one may stand in its place */
};

extern const struct vocabulary_form vocabulary_forms[FORM_COUNT];
extern const struct term vocabulary_rule[]; /* the keys of a rule */

#define VOCABULARY_KEYS_MAX 16 /* of one form, rule or mapping */

/* The names of the keys, NULL behind the last, for yaml_known_keys. */
void vocabulary_keys(const struct term *keys, const char *ret[VOCABULARY_KEYS_MAX + 1]);

/* Whether a rule may name the field; what no rule may look at is no part of the vocabulary
 * (docs/RULES.md). */
bool vocabulary_has_field(const struct field_info *info);

/* "a whole number", "a list of texts", ... for people. */
const char *vocabulary_type(enum term_type type);

#endif
