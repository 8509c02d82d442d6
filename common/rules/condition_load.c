/* Reading conditions. What no rule may look at was refused before (ground.h). */
#include "condition.h"

#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "language.h"
#include "vocabulary.h"

#define BOUND_MAX INT32_MAX
#define DAYS_MAX  36600

static enum status refuse(const struct condition_loader *l, const struct yaml_node *node,
			  const struct err *why, struct err *err)
{
	return yaml_error(l->doc, node, err, "%s", why->text);
}

/* --- text ---------------------------------------------------------------------------- */

static uint32_t new_leaf(struct condition_loader *l, const struct yaml_node *node)
{
	if (l->leaf_count == l->leaf_room) {
		l->leaf_room = l->leaf_room ? l->leaf_room * 2 : 64;
		l->leaves = xrealloc(l->leaves, l->leaf_room * sizeof(*l->leaves));
	}
	l->leaves[l->leaf_count] = (struct leaf){.rule = l->rule,
						 .negated = l->negated,
						 .except_of = LEAF_NONE,
						 .detector = DETECTOR_COUNT,
						 .doc = l->doc,
						 .node = node};
	return (uint32_t)l->leaf_count++;
}

static enum status need_text(const struct condition_loader *l,
			     const struct yaml_node *node, struct err *err)
{
	if (field_table[FIELD_TEXT].kinds & l->kinds)
		return ST_OK;
	return yaml_error(l->doc, node, err, "no kind in the rule's scope has a text");
}

static enum status read_input(const struct condition_loader *l,
			      const struct yaml_node *node, size_t *ret, struct err *err)
{
	static const char *const names[] = {
		[SCAN_MATCH] = "match", [SCAN_RAW] = "raw", [SCAN_INPUT_COUNT] = NULL};
	const struct yaml_node *on = yaml_get(node, "on");
	enum status st = need_text(l, node, err);

	*ret = SCAN_MATCH;
	return !st && on ? yaml_name(l->doc, on, names, ret, err) : st;
}

static enum status load_pattern(struct condition *c, struct condition_loader *l,
				const struct yaml_node *node, struct err *err)
{
	const struct yaml_node *at = yaml_get(node, "pattern");
	const char *pattern;
	struct err why;
	size_t input;
	enum status st = yaml_text(l->doc, at, &pattern, err);

	if (!st)
		st = read_input(l, node, &input, err);
	if (st)
		return st;
	c->type = CONDITION_TEXT;
	c->languages = CONDITION_LANGUAGE_ANY;
	c->leaf = new_leaf(l, at);
	if (strlen(pattern) != at->len)
		return yaml_error(l->doc, at, err, "a pattern holds no U+0000");
	if (scan_add(l->scan, (enum scan_input)input, pattern, c->leaf, &why))
		return refuse(l, at, &why, err);
	return ST_OK;
}

/* The word is folded as texts are, so that a list may be written with its accents. */
static enum status add_word(const struct condition_loader *l,
			    const struct word_list *list, const struct yaml_node *node,
			    uint32_t leaf, struct err *err)
{
	const char *word;
	struct err why;
	enum status st = yaml_text(list->doc, node, &word, err);

	if (st)
		return st;
	if (node->len > WORDS_BYTES_MAX)
		return yaml_error(list->doc, node, err, "a word of more than %d bytes",
				  WORDS_BYTES_MAX);
	fold_text(l->fold, (struct span){(const uint8_t *)word, node->len});
	if (words_add(l->words, buf_view(&l->fold->match), leaf, &why))
		return yaml_error(list->doc, node, err, "%s", why.text);
	return ST_OK;
}

static enum status add_words(const struct condition_loader *l,
			     const struct word_list *list, const struct yaml_node *words,
			     uint32_t leaf, struct err *err)
{
	enum status st = ST_OK;

	for (const struct yaml_node *at = words ? words->first : NULL; at && !st;
	     at = at->next)
		st = add_word(l, list, at, leaf, err);
	return st;
}

/* The language, or that nobody can tell; "" is any. */
static uint64_t language_set(const char *language)
{
	for (size_t i = 0; language[0] && language_codes[i]; i++)
		if (strcmp(language, language_codes[i]) == 0)
			return CONDITION_LANGUAGE_BIT(i) | CONDITION_LANGUAGE_UNKNOWN;
	return CONDITION_LANGUAGE_ANY;
}

static enum status add_stems(const struct condition_loader *l,
			     const struct word_list *list, uint32_t leaf, struct err *err)
{
	const char *word;
	struct err why;

	for (const struct yaml_node *at = list->stems ? list->stems->first : NULL; at;
	     at = at->next) {
		enum status st = yaml_text(list->doc, at, &word, err);
		if (st)
			return st;
		fold_text(l->fold, (struct span){(const uint8_t *)word, at->len});
		if (words_add_stem(l->words, list->language, buf_view(&l->fold->match),
				   leaf, &why))
			return yaml_error(list->doc, at, err, "%s", why.text);
	}
	return ST_OK;
}

/* The leaf of the words, and one more of the phrases in which they are no find. */
static enum status use_list(struct condition *c, struct condition_loader *l,
			    const struct word_list *list, const struct yaml_node *node,
			    struct err *err)
{
	enum status st;

	c->type = CONDITION_TEXT;
	c->leaf = new_leaf(l, node);
	c->languages = language_set(list->language);
	l->leaves[c->leaf].has_except = list->except != NULL;
	st = add_words(l, list, list->words, c->leaf, err);
	if (!st)
		st = add_stems(l, list, c->leaf, err);
	if (st || !list->except)
		return st;
	uint32_t except = new_leaf(l, node);
	l->leaves[except].except_of = c->leaf;
	return add_words(l, list, list->except, except, err);
}

static enum status load_words(struct condition *c, struct condition_loader *l,
			      const struct yaml_node *node, struct err *err)
{
	struct word_list list;
	enum status st = need_text(l, node, err);

	if (!st)
		st = word_list_read(&list, l->doc, node, err);
	return st ? st : use_list(c, l, &list, node, err);
}

static enum status load_list(struct condition *c, struct condition_loader *l,
			     const struct yaml_node *node, struct err *err)
{
	const struct word_list *list;
	enum status st = need_text(l, node, err);

	if (!st)
		st = word_lists_find(&list, l->lists, l->doc, yaml_get(node, "list"),
				     err);
	return st ? st : use_list(c, l, list, node, err);
}

/* --- detectors, languages, models ----------------------------------------------------- */

static enum status read_countries(const struct condition_loader *l,
				  const struct yaml_node *list, struct leaf *leaf,
				  struct err *err)
{
	size_t which;

	if (leaf->detector != DETECT_PHONE)
		return yaml_error_key(l->doc, list, err,
				      "only a phone number has a country");
	if (list->kind != YAML_SEQUENCE || list->count == 0)
		return yaml_error(l->doc, list, err, "expected a list of countries");
	leaf->countries = 0;
	for (const struct yaml_node *at = list->first; at; at = at->next) {
		enum status st = yaml_name(l->doc, at, detect_country_names, &which, err);
		if (st)
			return st;
		leaf->countries |= UINT64_C(1) << which;
	}
	return ST_OK;
}

static enum status load_detect(struct condition *c, struct condition_loader *l,
			       const struct yaml_node *node, struct err *err)
{
	const struct yaml_node *countries = yaml_get(node, "countries");
	const struct yaml_node *at = yaml_get(node, "detect");
	size_t which = 0;
	enum status st = need_text(l, node, err);

	if (!st)
		st = yaml_name(l->doc, at, detector_names, &which, err);
	if (st)
		return st;
	c->type = CONDITION_TEXT;
	c->languages = CONDITION_LANGUAGE_ANY;
	c->leaf = new_leaf(l, at);
	struct leaf *leaf = &l->leaves[c->leaf];
	leaf->detector = (enum detector)which;
	leaf->countries = DETECT_ALL_COUNTRIES;
	l->detectors |= UINT64_C(1) << which;
	return countries ? read_countries(l, countries, leaf, err) : ST_OK;
}

/* One name as a bit; `unknown` is one. */
static enum status read_language(const struct condition_loader *l,
				 const struct yaml_node *node, uint64_t *ret,
				 struct err *err)
{
	size_t which;

	if (node->kind == YAML_SCALAR && strcmp(node->text, "unknown") == 0) {
		*ret |= CONDITION_LANGUAGE_UNKNOWN;
		return ST_OK;
	}
	enum status st = yaml_name(l->doc, node, language_codes, &which, err);
	if (!st)
		*ret |= CONDITION_LANGUAGE_BIT(which);
	return st;
}

static enum status load_language(struct condition *c, struct condition_loader *l,
				 const struct yaml_node *node, struct err *err)
{
	const struct yaml_node *list = yaml_get(node, "language");
	enum status st = need_text(l, node, err);

	c->type = CONDITION_LANGUAGE;
	if (!st && (list->kind != YAML_SEQUENCE || list->count == 0))
		st = yaml_error(l->doc, list, err, "expected a list of languages");
	for (const struct yaml_node *at = st ? NULL : list->first; at && !st;
	     at = at->next)
		st = read_language(l, at, &c->languages, err);
	return st;
}

/* A model that is not there is no mistake: rules are shipped, models are made. */
static enum status load_classifier(struct condition *c, struct condition_loader *l,
				   const struct yaml_node *node, struct err *err)
{
	const struct yaml_node *name = yaml_get(node, "classifier"), *above;
	const char *text;
	enum status st = need_text(l, node, err);

	c->type = CONDITION_CLASSIFIER;
	c->below = INT64_MAX;
	if (!st)
		st = yaml_text(l->doc, name, &text, err);
	if (!st)
		st = yaml_need(l->doc, node, "above", &above, err);
	if (!st)
		st = yaml_int(l->doc, above, 0, CLASSIFIER_SCORE_MAX - 1, &c->above, err);
	if (st)
		return st;
	c->number = xasprintf("classifier.%s", text);
	c->model = models_find(l->models, text);
	if (c->model == MODELS_MAX)
		l->without_model(l->context, l->doc, name);
	l->classified = true;
	return ST_OK;
}

/* --- fields -------------------------------------------------------------------------- */

static enum status read_field(const struct condition_loader *l,
			      const struct yaml_node *node, enum field *ret,
			      struct err *err)
{
	const char *path;
	enum status st = yaml_text(l->doc, node, &path, err);

	if (!st)
		st = field_value_field(ret, l->doc, node, path, err);
	if (st)
		return st;
	if (!(field_table[*ret].kinds & l->kinds))
		return yaml_error(l->doc, node, err,
				  "no kind in the rule's scope has a field '%s'", path);
	if (strstr(path, "[]."))
		return yaml_error(l->doc, node, err, "a rule cannot look into a list");
	return ST_OK;
}

static enum status add_value(struct condition *c, const struct condition_loader *l,
			     const struct yaml_node *node, struct err *err)
{
	struct field_value value;
	enum status st = field_value_read(&value, l->doc, node, c->field, err);

	if (st)
		return st;
	if (value.text.at)
		value.text.at = xmemdup(value.text.at, value.text.len + 1);
	c->values[c->value_count++] = value;
	return ST_OK;
}

static enum status load_values(struct condition *c, const struct condition_loader *l,
			       const struct yaml_node *is, const struct yaml_node *in,
			       struct err *err)
{
	enum status st = ST_OK;

	c->type = CONDITION_FIELD;
	if (in && (in->kind != YAML_SEQUENCE || in->count == 0))
		return yaml_error(l->doc, in, err, "expected a list of values");
	c->values = xcalloc(in ? in->count : 1, sizeof(*c->values));
	if (is)
		return add_value(c, l, is, err);
	assert(in); /* exactly one of the two */
	for (const struct yaml_node *at = in->first; at && !st; at = at->next)
		st = add_value(c, l, at, err);
	return st;
}

static enum status load_field(struct condition *c, struct condition_loader *l,
			      const struct yaml_node *node, struct err *err)
{
	const struct yaml_node *is = yaml_get(node, "is"), *in = yaml_get(node, "in");
	const struct yaml_node *present = yaml_get(node, "present");
	enum status st = read_field(l, yaml_get(node, "field"), &c->field, err);

	if (!st && (is != NULL) + (in != NULL) + (present != NULL) != 1)
		st = yaml_error(l->doc, node, err,
				"a field needs one of 'is', 'in' and 'present'");
	if (st)
		return st;
	if (!present)
		return load_values(c, l, is, in, err);
	c->type = CONDITION_PRESENT;
	return yaml_bool(l->doc, present, &c->present, err);
}

/* --- dates, measures, findings ------------------------------------------------------- */

static enum status read_moment(const struct condition_loader *l,
			       const struct yaml_node *node, enum field *ret,
			       struct err *err)
{
	if (node->kind == YAML_SCALAR && strcmp(node->text, "received_at") == 0) {
		*ret = MOMENT_RECEIVED;
		return ST_OK;
	}
	enum status st = read_field(l, node, ret, err);
	if (!st && field_table[*ret].type != FIELD_TYPE_DATE &&
	    field_table[*ret].type != FIELD_TYPE_TIME)
		st = yaml_error(l->doc, node, err, "'%s' is no date", node->text);
	return st;
}

static const char *moment_path(enum field moment)
{
	return moment == MOMENT_RECEIVED ? "received_at" : field_table[moment].path;
}

static enum status load_date(struct condition *c, struct condition_loader *l,
			     const struct yaml_node *node, struct err *err)
{
	const struct yaml_node *after, *days = yaml_get(node, "days");
	enum status st = yaml_need(l->doc, node, "after", &after, err);

	c->type = CONDITION_DATE;
	if (!st)
		st = read_moment(l, yaml_get(node, "date"), &c->field, err);
	if (!st)
		st = read_moment(l, after, &c->after, err);
	if (!st && days)
		st = yaml_int(l->doc, days, 0, DAYS_MAX, &c->days, err);
	if (!st)
		c->number = xasprintf("days.%s.%s", moment_path(c->field),
				      moment_path(c->after));
	return st;
}

static enum status read_bounds(struct condition *c, const struct condition_loader *l,
			       const struct yaml_node *node, struct err *err)
{
	const struct yaml_node *above = yaml_get(node, "above");
	const struct yaml_node *below = yaml_get(node, "below");
	enum status st = ST_OK;

	c->above = -1;
	c->below = INT64_MAX;
	if (!above && !below)
		st = yaml_error(l->doc, node, err, "'above' or 'below' is missing");
	if (!st && above)
		st = yaml_int(l->doc, above, 0, BOUND_MAX, &c->above, err);
	if (!st && below)
		st = yaml_int(l->doc, below, 1, BOUND_MAX, &c->below, err);
	if (!st && c->above >= c->below - 1)
		st = yaml_error(l->doc, node, err,
				"no number is above %" PRId64 " and below %" PRId64,
				c->above, c->below);
	return st;
}

static enum status load_measure(struct condition *c, struct condition_loader *l,
				const struct yaml_node *node, struct err *err)
{
	size_t which;
	enum status st =
		yaml_name(l->doc, yaml_get(node, "measure"), measure_names, &which, err);

	if (st)
		return st;
	c->type = CONDITION_MEASURE;
	c->measure = (enum measure_kind)which;
	c->number = xasprintf("measure.%s", measure_names[which]);
	return read_bounds(c, l, node, err);
}

static enum status load_duplicate(struct condition *c, struct condition_loader *l,
				  const struct yaml_node *node, struct err *err)
{
	size_t which;
	enum status st = yaml_name(l->doc, yaml_get(node, "duplicate"),
				   duplicate_kind_names, &which, err);

	c->type = CONDITION_DUPLICATE;
	if (!st)
		c->duplicate = (enum duplicate_kind)(which + 1);
	return st ? st : likeness_read(c->likeness, l->doc, node, c->duplicate, err);
}

static enum status load_arrivals(struct condition *c, struct condition_loader *l,
				 const struct yaml_node *node, struct err *err)
{
	const char *known[VOCABULARY_KEYS_MAX + 1];
	const struct yaml_node *counts = yaml_get(node, "arrivals"), *of, *window;
	size_t dimension, length;
	enum status st;

	vocabulary_keys(vocabulary_forms[FORM_ARRIVALS].keys[0].keys, known);
	st = yaml_known_keys(l->doc, counts, known, err);
	if (!st)
		st = yaml_need(l->doc, counts, "of", &of, err);
	if (!st)
		st = yaml_need(l->doc, counts, "window", &window, err);
	if (!st)
		st = yaml_name(l->doc, of, arrival_names, &dimension, err);
	if (!st)
		st = yaml_name(l->doc, window, window_names, &length, err);
	if (st)
		return st;
	c->type = CONDITION_ARRIVALS;
	c->arrival = (enum arrival)dimension;
	c->window = (enum window)length;
	c->number = xasprintf("arrivals.%s.%s", arrival_names[dimension],
			      window_names[length]);
	return read_bounds(c, l, counts, err);
}

/* --- the tree ------------------------------------------------------------------------ */

static enum status load_children(struct condition *c, struct condition_loader *l,
				 const struct yaml_node *list, struct err *err)
{
	struct condition **end = &c->first;
	enum status st = ST_OK;

	if (list->kind != YAML_SEQUENCE || list->count == 0)
		return yaml_error(l->doc, list, err, "expected a list of conditions");
	for (const struct yaml_node *at = list->first; at && !st; at = at->next) {
		st = condition_load(end, l, at, err);
		if (!st)
			end = &(*end)->next;
	}
	return st;
}

static enum status load_all(struct condition *c, struct condition_loader *l,
			    const struct yaml_node *node, struct err *err)
{
	c->type = CONDITION_ALL;
	return load_children(c, l, yaml_get(node, "all"), err);
}

static enum status load_any(struct condition *c, struct condition_loader *l,
			    const struct yaml_node *node, struct err *err)
{
	c->type = CONDITION_ANY;
	return load_children(c, l, yaml_get(node, "any"), err);
}

static enum status load_not(struct condition *c, struct condition_loader *l,
			    const struct yaml_node *node, struct err *err)
{
	c->type = CONDITION_NOT;
	l->negated = !l->negated;
	enum status st = condition_load(&c->first, l, yaml_get(node, "not"), err);
	l->negated = !l->negated;
	return st;
}

typedef enum status loader(struct condition *c, struct condition_loader *l,
			   const struct yaml_node *node, struct err *err);

static loader *const loaders[FORM_COUNT] = {
	[FORM_ALL] = load_all,
	[FORM_ANY] = load_any,
	[FORM_NOT] = load_not,
	[FORM_PATTERN] = load_pattern,
	[FORM_WORDS] = load_words,
	[FORM_LIST] = load_list,
	[FORM_DETECT] = load_detect,
	[FORM_LANGUAGE] = load_language,
	[FORM_CLASSIFIER] = load_classifier,
	[FORM_MEASURE] = load_measure,
	[FORM_FIELD] = load_field,
	[FORM_DATE] = load_date,
	[FORM_DUPLICATE] = load_duplicate,
	[FORM_ARRIVALS] = load_arrivals,
};

/* A list of words may have a language as well: the first form whose key is there wins. */
static enum status find_form(const struct condition_loader *l,
			     const struct yaml_node *node, enum form *ret,
			     struct err *err)
{
	const char *names[FORM_COUNT + 1] = {NULL};
	OWNED(buf_release) struct buf all = BUF_INIT(1024);

	for (size_t i = 0; i < FORM_COUNT; i++) {
		names[i] = vocabulary_forms[i].keys[0].name;
		buf_format(&all, "%s%s", i ? ", " : "", names[i]);
		if (!yaml_get(node, names[i]) &&
		    !(vocabulary_forms[i].either &&
		      yaml_get(node, vocabulary_forms[i].keys[1].name)))
			continue;
		*ret = (enum form)i;
		return ST_OK;
	}
	if (node->kind == YAML_MAPPING && node->count > 0) {
		enum status st = yaml_known_keys(l->doc, node, names, err);

		if (st)
			return st;
	}
	return yaml_error(l->doc, node, err, "expected a condition: %s",
			  buf_string(&all));
}

enum status condition_load(struct condition **ret, struct condition_loader *l,
			   const struct yaml_node *node, struct err *err)
{
	OWNED(condition_freep) struct condition *c = xcalloc(1, sizeof(*c));
	const char *known[VOCABULARY_KEYS_MAX + 1];
	enum form form = FORM_ALL;
	enum status st = find_form(l, node, &form, err);

	c->line = node->line;
	c->column = node->column;
	if (st)
		return st;
	vocabulary_keys(vocabulary_forms[form].keys, known);
	st = yaml_known_keys(l->doc, node, known, err);
	if (!st)
		st = loaders[form](c, l, node, err);
	if (!st)
		*ret = TAKE(c);
	return st;
}
