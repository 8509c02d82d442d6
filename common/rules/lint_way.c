/* Ways to fulfil a rule: `any` parts the way, `all` makes it longer. */
#include "lint_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "field_value.h"

/* --- ways ---------------------------------------------------------------------------- */

static void extend(struct lint_ways *w, const struct condition *c, bool negated);

static struct lint_ways new_ways(void)
{
	return (struct lint_ways){.at = xcalloc(LINT_WAYS_MAX, sizeof(struct lint_way))};
}

void lint_ways_release(struct lint_ways *w)
{
	free(w->at);
}

static void add_part(struct lint_ways *w, const struct condition *c, bool negated)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->at[i].count < LINT_WAY_MAX)
			w->at[i].part[w->at[i].count++] = (struct lint_part){c, negated};
		else
			w->cut = true;
	}
}

/* Each way there is, on through each of the conditions. */
static void part_ways(struct lint_ways *w, const struct condition *first, bool negated)
{
	OWNED(lint_ways_release) struct lint_ways before = *w, branch = new_ways();

	*w = new_ways();
	w->cut = before.cut;
	for (const struct condition *at = first; at; at = at->next) {
		memcpy(branch.at, before.at, before.count * sizeof(*branch.at));
		branch.count = before.count;
		extend(&branch, at, negated);
		w->cut |= branch.cut || branch.count > LINT_WAYS_MAX - w->count;
		for (size_t i = 0; i < branch.count && w->count < LINT_WAYS_MAX; i++)
			w->at[w->count++] = branch.at[i];
	}
}

static void extend(struct lint_ways *w, const struct condition *c, bool negated)
{
	if (c->type == CONDITION_NOT)
		extend(w, c->first, !negated);
	else if (c->type != CONDITION_ALL && c->type != CONDITION_ANY)
		add_part(w, c, negated);
	else if ((c->type == CONDITION_ANY) != negated)
		part_ways(w, c->first, negated);
	else
		for (const struct condition *at = c->first; at; at = at->next)
			extend(w, at, negated);
}

struct lint_ways lint_ways_of(const struct rule *r)
{
	struct lint_ways w = new_ways();

	w.count = 1;
	extend(&w, r->when, false);
	return w;
}

/* --- text ---------------------------------------------------------------------------- */

static const char *const data[DETECTOR_COUNT] = {
	[DETECT_EMAIL] = "anna.ortiz@example.org",
	[DETECT_PHONE] =
		("06 39 98 12 56, 07700 900 461, 212-555-0198, 02 345 67 89, "
		 "+49 30 23125 123, +34 912 345 678, +39 06 1234 5678, +354 555 1234"),
	[DETECT_MOBILE] = "06 39 98 12 56",
	[DETECT_IBAN] = "FR76 3000 6000 0112 3456 7890 189",
	[DETECT_CARD] = "4111 1111 1111 1111",
	[DETECT_NIR] = "2 69 05 49 588 157 80",
	[DETECT_ADDRESS] = "12 rue de la Paix, 75002 Paris",
	[DETECT_URL] = "https://www.example.org/page",
	[DETECT_HIDDEN_URL] = "www dot example dot com",
	[DETECT_HIDDEN_PHONE] = "06|39|98|12|56",
	[DETECT_HANDLE] = "@anna_ortiz",
	[DETECT_PRICE] = "12,50 €",
};

static const char *first_word(const struct lint *l, const struct yaml_node *node)
{
	const struct yaml_node *words = yaml_get(node, "words");
	const struct yaml_node *stems = yaml_get(node, "stems");
	const struct yaml_node *list = yaml_get(node, "list");

	for (size_t i = 0; list && i < word_lists_count(l->lists); i++)
		if (strcmp(word_lists_at(l->lists, i)->id, list->text) == 0) {
			words = word_lists_at(l->lists, i)->words;
			stems = word_lists_at(l->lists, i)->stems;
		}
	words = words ? words : stems;
	return words && words->first ? words->first->text : NULL;
}

/* What the condition finds; NULL for patterns, which say it in their own way. */
static const char *witness(const struct lint *l, const struct condition *c)
{
	const struct leaf *leaf = &l->rs->leaves[c->leaf];

	if (leaf->detector < DETECTOR_COUNT)
		return data[leaf->detector];
	return leaf->node->kind == YAML_MAPPING ? first_word(l, leaf->node) : NULL;
}

/* --- facts --------------------------------------------------------------------------- */

struct facts_made {
	bool has[FIELD_COUNT];
	struct field_value value[FIELD_COUNT];
	struct example *example;
};

static void set_number(struct facts_made *f, enum field field, int64_t number)
{
	f->has[field] = true;
	f->value[field] = (struct field_value){.number = number};
}

/* A moment of the record, in days of it. */
static void set_day(struct facts_made *f, enum field field, int64_t day)
{
	set_number(f, field,
		   field_table[field].type == FIELD_TYPE_DATE ? day : day * DAY_MS);
}

static int64_t day_of(const struct facts_made *f, enum field field)
{
	if (field == MOMENT_RECEIVED)
		return EXAMPLE_RECEIVED_AT / DAY_MS;
	if (field_table[field].type == FIELD_TYPE_DATE)
		return f->value[field].number;
	return f->value[field].number / DAY_MS;
}

static bool is_set(const struct facts_made *f, enum field field)
{
	return field == MOMENT_RECEIVED || f->has[field];
}

/* Three days more than asked for: whatever the time zone. */
static void set_date(struct facts_made *f, const struct condition *c)
{
	int64_t apart = c->days + 3;

	if (!is_set(f, c->after) && !is_set(f, c->field))
		set_day(f, c->after, day_of(f, MOMENT_RECEIVED) - apart);
	if (!is_set(f, c->after))
		set_day(f, c->after, day_of(f, c->field) - apart);
	else if (c->field != MOMENT_RECEIVED)
		set_day(f, c->field, day_of(f, c->after) + apart);
}

/* Any value. */
static void set_present(struct facts_made *f, enum field field)
{
	switch (field_table[field].type) {
	case FIELD_TYPE_DATE:
	case FIELD_TYPE_TIME:
		set_day(f, field, day_of(f, MOMENT_RECEIVED) - 3);
		break;
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
		f->has[field] = true;
		f->value[field] = (struct field_value){.text = SPAN_OF("x1")};
		break;
	case FIELD_TYPE_INT:
	case FIELD_TYPE_DECIMAL:
	case FIELD_TYPE_BOOL:
	case FIELD_TYPE_CHOICE:
		set_number(f, field, 1);
		break;
	case FIELD_TYPE_HASH:
	case FIELD_TYPE_JSON:
	case FIELD_TYPE_GROUP:
		break; /* no example can have one */
	}
}

/* As alike as the bounds allow. */
static unsigned most_of(const struct likeness_bounds *b, unsigned max)
{
	return b->number && b->below <= max ? (unsigned)b->below - 1 : max;
}

/* A containment that is bounded from above takes the similarity down with it: two texts of one
 * length have the lowest that a similarity allows. */
static void set_duplicate(struct facts_made *f, const struct condition *c)
{
	const struct likeness_bounds *bounds = c->likeness;
	unsigned similarity = most_of(&bounds[LIKENESS_SIMILARITY], 100);
	unsigned containment = most_of(&bounds[LIKENESS_CONTAINMENT], 100);
	unsigned bits = most_of(&bounds[LIKENESS_BITS], UINT16_MAX);

	while (similarity > 0 &&
	       !example_duplicate(&f->example->duplicate, c->duplicate, similarity,
				  containment, (uint16_t)bits))
		similarity--;
}

static void set_part(struct facts_made *f, const struct lint_part *part)
{
	const struct condition *c = part->condition;
	uint32_t *count = &f->example->arrivals.count[c->arrival][c->window];

	if (c->type == CONDITION_PRESENT && c->present != part->negated &&
	    !f->has[c->field])
		set_present(f, c->field);
	else if (c->type == CONDITION_ARRIVALS && !part->negated)
		*count = MAX(*count, (uint32_t)(c->above + 1));
	else if (c->type == CONDITION_ARRIVALS && c->below != INT64_MAX)
		*count = MAX(*count, (uint32_t)c->below);
	else if (part->negated)
		return; /* absent is the state of all else */
	else if (c->type == CONDITION_DATE)
		set_date(f, c);
	else if (c->type == CONDITION_DUPLICATE)
		set_duplicate(f, c);
}

static void set_values(struct facts_made *f, const struct lint_way *way)
{
	for (size_t i = 0; i < way->count; i++) {
		const struct condition *c = way->part[i].condition;

		if (c->type != CONDITION_FIELD || way->part[i].negated)
			continue;
		f->has[c->field] = true;
		f->value[c->field] = c->values[0];
	}
	for (size_t i = 0; i < way->count; i++)
		set_part(f, &way->part[i]);
}

static void put_text(const struct lint *l, const struct lint_way *way, size_t without,
		     struct buf *text)
{
	for (size_t i = 0; i < way->count; i++) {
		const struct lint_part *part = &way->part[i];
		const char *word = NULL;

		if (i != without && !part->negated &&
		    part->condition->type == CONDITION_TEXT)
			word = witness(l, part->condition);
		if (word)
			buf_format(text, "%s%s", text->len > 0 ? ", " : "", word);
	}
}

void lint_way_example(const struct lint *l, const struct rule *r,
		      const struct lint_way *way, size_t without, struct example *ret)
{
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = 1,
				   .received_at = EXAMPLE_RECEIVED_AT,
				   .site = SPAN_OF("control"),
				   .principal = SPAN_OF("control")};
	OWNED(buf_release) struct buf text = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	struct facts_made f = {.example = ret};

	*ret = (struct example){.must_match = true, .bytes = BUF_INIT(RECORD_BYTES_MAX)};
	set_values(&f, way);
	put_text(l, way, without, &text);
	f.has[FIELD_TEXT] = text.len > 0;
	f.value[FIELD_TEXT].text = buf_view(&text);
	if (!f.has[FIELD_SOURCE])
		f.value[FIELD_SOURCE].text = span_of(lint_source(r));
	f.has[FIELD_SOURCE] = true;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (f.has[i])
			field_value_put(&body, (enum field)i, &f.value[i]);
	record_put(&ret->bytes, &head, buf_view(&body));
}
