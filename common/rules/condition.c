#include "condition.h"

#include <stdlib.h>

#include "language.h"

#define HOUR_MS ((int64_t)3600000)

void condition_free(struct condition *c)
{
	for (struct condition *next; c; c = next) {
		next = c->next;
		condition_free(c->first);
		for (size_t i = 0; i < c->value_count; i++)
			free((void *)(uintptr_t)c->values[i].text.at);
		free(c->values);
		likeness_release(c->likeness);
		free(c->number);
		free(c);
	}
}

static bool field_holds(const struct condition *c, const struct record *record)
{
	for (size_t i = 0; i < c->value_count; i++)
		if (field_value_holds(&c->values[i], record, c->field))
			return true;
	return false;
}

/* Earliest and latest day that a moment can be on; false where it is absent. */
static bool days_of(const struct record *record, enum field moment, int64_t *ret_first,
		    int64_t *ret_last)
{
	int64_t at;

	if (moment != MOMENT_RECEIVED && !record_has(record, moment))
		return false;
	at = moment == MOMENT_RECEIVED ? record->received_at
				       : record_int(record, moment, 0);
	if (moment != MOMENT_RECEIVED && field_table[moment].type == FIELD_TYPE_DATE) {
		*ret_first = *ret_last = at;
		return true;
	}
	/* Floored, as days before 1970 are. */
	int64_t first = at - 12 * HOUR_MS, last = at + 14 * HOUR_MS;
	*ret_first = (first - (first < 0 ? DAY_MS - 1 : 0)) / DAY_MS;
	*ret_last = (last - (last < 0 ? DAY_MS - 1 : 0)) / DAY_MS;
	return true;
}

static bool is_time(enum field moment)
{
	return moment == MOMENT_RECEIVED || field_table[moment].type == FIELD_TYPE_TIME;
}

static int64_t time_of(const struct record *record, enum field moment)
{
	return moment == MOMENT_RECEIVED ? record->received_at
					 : record_int(record, moment, 0);
}

static bool date_holds(const struct condition *c, const struct record *record)
{
	int64_t first, last, after_first, after_last;

	if (!days_of(record, c->field, &first, &last) ||
	    !days_of(record, c->after, &after_first, &after_last))
		return false;
	if (is_time(c->field) && is_time(c->after))
		return time_of(record, c->field) >
		       time_of(record, c->after) + c->days * DAY_MS;
	return first > after_last + c->days;
}

/* By how many whole days the first is after the second for certain. */
static bool days_between(const struct condition *c, const struct record *record,
			 int64_t *ret)
{
	int64_t first, last, after_first, after_last;

	if (!days_of(record, c->field, &first, &last) ||
	    !days_of(record, c->after, &after_first, &after_last))
		return false;
	*ret = first - after_last;
	if (is_time(c->field) && is_time(c->after))
		*ret = (time_of(record, c->field) - time_of(record, c->after)) / DAY_MS;
	return true;
}

/* That of the text, or of the title where there is no text. */
static uint64_t language_bit(const struct record *record)
{
	struct span text = record->field[FIELD_TEXT];
	struct language language =
		language_of(text.len ? text : record->field[FIELD_TITLE]);

	for (size_t i = 0; language_codes[i]; i++)
		if (strcmp(language.code, language_codes[i]) == 0)
			return CONDITION_LANGUAGE_BIT(i);
	return CONDITION_LANGUAGE_UNKNOWN;
}

static bool language_holds(const struct condition *c, struct facts *facts)
{
	if (c->languages == CONDITION_LANGUAGE_ANY)
		return true;
	if (!facts->language)
		facts->language = language_bit(facts->record);
	return (facts->language & c->languages) != 0;
}

/* What a place in a text in another language is asked. */
struct gate {
	uint64_t languages;
	bool declared; /* the record says that it is in one of them */
};

/* Common words of another language ("con") need more than the sender's word. */
static bool is_at_home(void *context, const struct reading_place *place)
{
	const struct gate *gate = context;

	return !language_is_other(place->sentence, gate->languages,
				  gate->declared && !language_is_common(place->found));
}

/* Of a text whose language nobody can tell: a common word of some language ("con") is one of
 * the language that the sender names; any other word is not excused by a claim. */
static bool is_uncommon(void *context, const struct reading_place *place)
{
	(void)context;
	return !language_is_common(place->found);
}

/* The language that the sender names; 0: none, or none that we know. */
static uint64_t declared_bit(const struct record *record)
{
	struct span declared = record->field[FIELD_LANGUAGE];

	for (size_t i = 0; language_codes[i]; i++)
		if (span_equal(declared, span_of(language_codes[i])))
			return CONDITION_LANGUAGE_BIT(i);
	return 0;
}

static bool text_holds(const struct condition *c, struct facts *facts)
{
	if (!reading_has(facts->reading, c->leaf))
		return false;
	if (c->languages == CONDITION_LANGUAGE_ANY)
		return true;
	uint64_t declared = declared_bit(facts->record);
	struct gate gate = {c->languages, (declared & c->languages) != 0};

	if (!language_holds(c, facts))
		return reading_ask(facts->reading, c->leaf, is_at_home, &gate);
	if (facts->language == CONDITION_LANGUAGE_UNKNOWN && declared && !gate.declared)
		return reading_ask(facts->reading, c->leaf, is_uncommon, NULL);
	return true;
}

static bool is_between(const struct condition *c, int64_t value)
{
	return value > c->above && value < c->below;
}

static int64_t measured(const struct condition *c, struct facts *facts)
{
	if (!facts->measured) {
		facts->measure = measure_text(facts->record->field[FIELD_TEXT]);
		facts->measured = true;
	}
	return measure_of(&facts->measure, c->measure);
}

/* The best one of the kind; with `alike`, of those that the bounds take. NULL: none. */
static const struct duplicate *candidate_of(const struct condition *c,
					    const struct facts *facts, bool alike)
{
	const struct duplicates *d = &facts->findings->duplicates;

	for (uint32_t i = 0; i < d->count; i++)
		if (d->candidate[i].kind == c->duplicate &&
		    (!alike || likeness_fits(c->likeness, &d->candidate[i])))
			return &d->candidate[i];
	return NULL;
}

static bool duplicate_holds(const struct condition *c, struct facts *facts)
{
	const struct duplicate *candidate = candidate_of(c, facts, true);

	if (candidate)
		facts->duplicate_of = candidate->seq;
	return candidate != NULL;
}

/* Of the candidate that it rests on; else of the best one of the kind, by which it fails. */
static bool likeness_compared(const struct condition *c, const struct facts *facts,
			      int64_t *ret)
{
	const struct duplicate *d = candidate_of(c, facts, true);

	d = d ? d : candidate_of(c, facts, false);
	return d && likeness_compare(c->likeness, d, ret);
}

static void score(struct facts *facts)
{
	static const enum field fields[] = {FIELD_TITLE, FIELD_TEXT};
	int32_t margins[MODELS_MAX];
	size_t count;
	const struct classifier *const *models = models_all(facts->models, &count);

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct span text = reading_match(facts->reading, fields[i]);

		classifier_margins(models, count, text, margins);
		for (size_t k = 0; k < count; k++) {
			uint16_t of_field = classifier_score_of_margin(margins[k]);
			facts->scores[k] = MAX(facts->scores[k], of_field);
		}
	}
	facts->scored = true;
}

/* The number that the condition compares; false: there is none. */
static bool number_of(const struct condition *c, struct facts *facts, int64_t *ret)
{
	if (c->type == CONDITION_MEASURE)
		*ret = measured(c, facts);
	else if (c->type == CONDITION_ARRIVALS)
		*ret = facts->findings->arrivals.count[c->arrival][c->window];
	else if (c->type == CONDITION_DATE)
		return days_between(c, facts->record, ret);
	else if (c->type == CONDITION_DUPLICATE)
		return likeness_compared(c, facts, ret);
	else if (c->type != CONDITION_CLASSIFIER || c->model == MODELS_MAX)
		return false;
	else {
		if (!facts->scored)
			score(facts);
		*ret = facts->scores[c->model];
	}
	return true;
}

static bool number_holds(const struct condition *c, struct facts *facts)
{
	int64_t value;

	return number_of(c, facts, &value) && is_between(c, value);
}

static bool not_holds(const struct condition *c, struct facts *facts)
{
	uint64_t duplicate_of = facts->duplicate_of;
	bool holds = condition_holds(c->first, facts);

	/* A candidate that was asked to be absent is not the one that the hit rests on. */
	facts->duplicate_of = duplicate_of;
	return !holds;
}

static bool children_hold(const struct condition *c, struct facts *facts)
{
	bool all = c->type == CONDITION_ALL;
	uint64_t duplicate_of = facts->duplicate_of;
	const struct condition *at = c->first;

	while (at && condition_holds(at, facts) == all)
		at = at->next;
	bool holds = at ? !all : all;
	/* A candidate in a branch that fails is not the one that the hit rests on. */
	if (!holds)
		facts->duplicate_of = duplicate_of;
	return holds;
}

bool condition_asks(const struct condition *c, enum condition_type type)
{
	bool asks = c->type == type;

	for (const struct condition *at = c->first; at && !asks; at = at->next)
		asks = c->type != CONDITION_NOT && condition_asks(at, type);
	return asks;
}

bool condition_holds(const struct condition *c, struct facts *facts)
{
	switch (c->type) {
	case CONDITION_ALL:
	case CONDITION_ANY:
		return children_hold(c, facts);
	case CONDITION_NOT:
		return not_holds(c, facts);
	case CONDITION_TEXT:
		return text_holds(c, facts);
	case CONDITION_LANGUAGE:
		return language_holds(c, facts);
	case CONDITION_FIELD:
		return field_holds(c, facts->record);
	case CONDITION_PRESENT:
		return record_has(facts->record, c->field) == c->present;
	case CONDITION_DATE:
		return date_holds(c, facts->record);
	case CONDITION_DUPLICATE:
		return duplicate_holds(c, facts);
	case CONDITION_CLASSIFIER:
	case CONDITION_MEASURE:
	case CONDITION_ARRIVALS:
		break;
	}
	return number_holds(c, facts);
}

static void add_value(struct hit *hit, const char *name, int64_t value)
{
	if (hit->value_count < HIT_VALUES_MAX)
		hit->values[hit->value_count++] =
			(struct hit_value){.name = span_of(name), .value = value};
}

static void add_likeness(const struct condition *c, const struct facts *facts,
			 struct hit *hit)
{
	const struct duplicate *d = candidate_of(c, facts, true);

	for (unsigned i = 0; d && i < LIKENESS_COUNT; i++)
		if (c->likeness[i].number)
			add_value(hit, c->likeness[i].number,
				  likeness_of(d, (enum likeness)i));
}

void condition_values(const struct condition *c, struct facts *facts, struct hit *hit)
{
	int64_t value;

	if (c->type == CONDITION_DUPLICATE)
		add_likeness(c, facts, hit);
	else if (c->number && number_of(c, facts, &value))
		add_value(hit, c->number, value);
	for (const struct condition *at = c->first; at; at = at->next)
		if (c->type == CONDITION_NOT || condition_holds(at, facts))
			condition_values(at, facts, hit);
}

void condition_explain(const struct condition *c, struct facts *facts, unsigned depth,
		       void (*tell)(void *context, const struct condition *c,
				    const struct condition_told *told),
		       void *context)
{
	struct condition_told told = {.depth = depth};

	told.holds = condition_holds(c, facts);
	told.found = c->type == CONDITION_TEXT && reading_has(facts->reading, c->leaf);
	told.has_value = number_of(c, facts, &told.value);
	tell(context, c, &told);
	for (const struct condition *at = c->first; at; at = at->next)
		condition_explain(at, facts, depth + 1, tell, context);
}
