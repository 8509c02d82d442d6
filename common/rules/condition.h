/* condition.h - the tree behind a rule's `when:`, and whether it holds for a record.
 *
 * Leaves about text (pattern, words) are not evaluated here: reading.h finds all of
 * them at once before, and a condition only asks whether its leaf matched. Everything else
 * is a comparison of the record's fields and of the findings about it.
 *
 * Language: what has languages counts where the text as a whole is in one of them or in none
 * that is known; else each place that was found is asked, and one counts that stands in a
 * sentence, folded, which is not clearly in another (language.h).
 *
 * Dates: a DATE has no time zone. It is after a TIME only if it is so everywhere (the
 * TIME's day at UTC+14 is earlier); a TIME is after a DATE only if it is so everywhere
 * (its day at UTC-12 is later). Absent fields are after nothing.
 */
#ifndef CONDITION_H
#define CONDITION_H

#include "field_value.h"
#include "likeness.h"
#include "measure.h"
#include "models.h"
#include "reading.h"
#include "word_list.h"

enum condition_type {
	CONDITION_ALL,
	CONDITION_ANY,
	CONDITION_NOT,
	CONDITION_TEXT, /* pattern, words, list, detect */
	CONDITION_LANGUAGE,
	CONDITION_CLASSIFIER,
	CONDITION_FIELD,
	CONDITION_PRESENT,
	CONDITION_DATE,
	CONDITION_MEASURE,
	CONDITION_DUPLICATE,
	CONDITION_ARRIVALS,
};

/* A set of languages: their places in language_codes, and one for "nobody can tell". */
#define CONDITION_LANGUAGE_BIT(place) (UINT64_C(1) << (place))
#define CONDITION_LANGUAGE_UNKNOWN    CONDITION_LANGUAGE_BIT(63)
#define CONDITION_LANGUAGE_ANY	      UINT64_MAX

/* A moment: a field, or the head's received_at. */
#define MOMENT_RECEIVED FIELD_COUNT

struct condition {
	enum condition_type type;
	uint32_t line, column;	    /* in the rule's file */
	struct condition *first;    /* ALL ANY NOT: children */
	struct condition *next;	    /* of the same parent */
	uint32_t leaf;		    /* TEXT */
	uint64_t languages;	    /* TEXT, LANGUAGE: CONDITION_LANGUAGE_BIT of each */
	size_t model;		    /* CLASSIFIER: number, or MODELS_MAX */
	enum field field;	    /* FIELD PRESENT DATE */
	struct field_value *values; /* FIELD: any of; texts are the condition's own */
	size_t value_count;
	bool present;	  /* PRESENT: wanted */
	enum field after; /* DATE: field or MOMENT_RECEIVED, as `field` is */
	int64_t days;	  /* DATE: and by more than so many days */
	enum measure_kind measure;
	int64_t above, below; /* CLASSIFIER, MEASURE, ARRIVALS: exclusive bounds */
	char *number; /* DATE and these: what the number that they compare is called */
	enum duplicate_kind duplicate;
	struct likeness_bounds likeness[LIKENESS_COUNT]; /* DUPLICATE */
	enum arrival arrival;
	enum window window;
};

/* Where conditions of all rules are gathered. */
struct condition_loader {
	const struct yaml_doc *doc;
	struct scan *scan;
	struct words *words;
	struct fold *fold;
	const struct word_lists *lists;
	const struct models *models;
	uint32_t rule;
	uint64_t kinds; /* of the rule's scope, KIND_BIT */
	bool negated;
	uint64_t detectors; /* bit per detector that some leaf wants */
	bool classified;    /* the rule asks a model */
	void (*without_model)(
		void *context, const struct yaml_doc *doc,
		const struct yaml_node *name); /* it names one that is not there */
	void *context;
	struct leaf *leaves; /* malloc'd */
	size_t leaf_count, leaf_room;
};

/* Errors: ST_ECONFIG (err: file:line:column: text). */
enum status condition_load(struct condition **ret, struct condition_loader *l,
			   const struct yaml_node *node, struct err *err) MUST_CHECK;
void condition_free(struct condition *c); /* accepts NULL */
DEFINE_OWNED(struct condition, condition_free)

/* Does it ask for this, and not for its absence? */
bool condition_asks(const struct condition *c, enum condition_type type);

/* What conditions are asked about: one record. */
struct facts {
	const struct record *record;
	const struct findings *findings;
	struct reading *reading;
	const struct models *models;
	uint64_t language;	     /* bit of the text's; 0: not asked yet */
	bool scored;		     /* scores are filled in on first use */
	uint16_t scores[MODELS_MAX]; /* of title or text, the higher */
	bool measured; /* measure is filled in on first use, from the text */
	struct measure measure;
	uint64_t
		duplicate_of; /* set by a duplicate condition that holds: the candidate's seq */
};

bool condition_holds(const struct condition *c, struct facts *facts);

/* Adds to a hit the numbers that speak for it, of a condition that holds:
 *
 *	classifier.abuse	score, 0 to 1000
 *	measure.words		as counted
 *	arrivals.author.day	how many came before
 *	days.received_at.experience_date	how many the first is after the second; rounded down
 *	duplicate.other-author.similarity	of the candidate that it rests on, percent rounded
 *		down; so .containment, and .bits as counted
 */
void condition_values(const struct condition *c, struct facts *facts, struct hit *hit);

struct condition_told {
	unsigned depth;
	bool holds; /* by itself */
	bool found; /* what a text condition looks for, be it where another language is */
	bool has_value;
	int64_t value; /* that it compared */
};

/* Calls `tell` for the condition and all in it, from the outside in. */
void condition_explain(const struct condition *c, struct facts *facts, unsigned depth,
		       void (*tell)(void *context, const struct condition *c,
				    const struct condition_told *told),
		       void *context);

#endif
