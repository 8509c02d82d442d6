/* Two conditions about one thing: a field, the text's language, words, a number, two dates. */
#include "lint_own.h"

#include <stdlib.h>

#define NO_BOUND INT64_MAX

static const char *text_of(const struct yaml_node *mapping, const char *key)
{
	const struct yaml_node *node = yaml_get(mapping, key);

	return node && node->kind == YAML_SCALAR ? node->text : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* --- values -------------------------------------------------------------------------- */

/* What a condition about values speaks of: "field" and a path, or "language" of the text. */
struct values {
	const char *key, *of;
	const struct yaml_node *at; /* a scalar or a list; NULL: presence alone */
};

static bool read_values(const struct yaml_node *node, struct values *ret)
{
	const char *field = text_of(node, "field");
	const struct yaml_node *is = yaml_get(node, "is"), *in = yaml_get(node, "in");

	if (field) {
		*ret = (struct values){"field", field, is ? is : in};
		return true;
	}
	if (node->count != 1 || !yaml_get(node, "language"))
		return false;
	*ret = (struct values){"language", "", yaml_get(node, "language")};
	return true;
}

static bool has_value(const struct yaml_node *values, const char *text)
{
	if (values->kind == YAML_SCALAR)
		return same_text(values->text, text);
	for (const struct yaml_node *at = values->first; at; at = at->next)
		if (same_text(at->text, text))
			return true;
	return false;
}

/* Has `a` a value that `b` has, or (not `shared`) one that `b` lacks? */
static bool has_one(const struct yaml_node *a, const struct yaml_node *b, bool shared)
{
	if (a->kind == YAML_SCALAR)
		return has_value(b, a->text) == shared;
	for (const struct yaml_node *at = a->first; at; at = at->next)
		if (at->text && has_value(b, at->text) == shared)
			return true;
	return false;
}

/* 1: the field must be there; -1: must not; 0: no matter. */
static int presence(const struct lint_literal *a, const struct values *values)
{
	bool wanted = same_text(text_of(a->node, "present"), "true");

	if (values->at)
		return a->negated ? 0 : 1;
	return wanted == a->negated ? -1 : 1;
}

static bool values_contradict(const struct lint_literal *a, const struct values *left,
			      const struct lint_literal *b, const struct values *right)
{
	if (presence(a, left) * presence(b, right) < 0)
		return true;
	if (!left->at || !right->at || (a->negated && b->negated))
		return false;
	if (!a->negated && !b->negated)
		return !has_one(left->at, right->at, true);
	return a->negated ? !has_one(right->at, left->at, false)
			  : !has_one(left->at, right->at, false);
}

bool lint_meets(const struct lint_literal *a, const char *field,
		const struct yaml_node *values)
{
	const struct lint_literal scope = {.node = a->node};
	const struct values of_scope = {"field", field, values};
	struct values own;

	if (!read_values(a->node, &own) || !same_text(own.of, field) || !own.at)
		return true;
	return !values_contradict(a, &own, &scope, &of_scope);
}

/* --- numbers ------------------------------------------------------------------------- */

/* What is counted, and strictly between what. */
struct range {
	const char *key, *of, *window;
	int64_t above, below;
};

static int64_t bound(const struct yaml_node *node, const char *key, int64_t absent)
{
	const char *text = text_of(node, key);

	return text ? strtoll(text, NULL, 10) : absent;
}

static bool read_range(const struct yaml_node *node, struct range *ret)
{
	const struct yaml_node *counts = yaml_get(node, "arrivals");

	*ret = (struct range){.key = "measure", .of = text_of(node, "measure")};
	if (!ret->of)
		*ret = (struct range){.key = "classifier",
				      .of = text_of(node, "classifier")};
	if (counts) {
		ret->key = "arrivals";
		ret->of = text_of(counts, "of");
		ret->window = text_of(counts, "window");
		node = counts;
	}
	ret->above = bound(node, "above", -1);
	ret->below = bound(node, "below", NO_BOUND);
	return ret->of != NULL;
}

/* As what must hold; false: both sides of a gap are left. */
static bool turn(struct range *r)
{
	if (r->above >= 0 && r->below != NO_BOUND)
		return false;
	if (r->above >= 0)
		*r = (struct range){r->key, r->of, r->window, -1, r->above + 1};
	else
		*r = (struct range){r->key, r->of, r->window, r->below - 1, NO_BOUND};
	return true;
}

/* Is there never more of the one than of the other? */
static bool is_part(const char *part, const char *whole)
{
	static const char *const parts[][2] = {{"letters", "length_chars"},
					       {"words", "length_chars"},
					       {"lines", "length_chars"},
					       {"longest_run", "length_chars"},
					       {"mixed_script_words", "words"},
					       {"mixed_script_words", "letters"},
					       {"mixed_script_words", "length_chars"}};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (strcmp(parts[i][0], part) == 0 && strcmp(parts[i][1], whole) == 0)
			return true;
	return false;
}

/* More of a part is asked for than there may be of the whole. */
static bool parts_contradict(const struct range *part, const struct range *whole)
{
	return strcmp(part->key, "measure") == 0 && is_part(part->of, whole->of) &&
	       whole->below != NO_BOUND && part->above >= whole->below - 1;
}

static bool ranges_contradict(const struct lint_literal *a, const struct lint_literal *b)
{
	struct range left, right;

	if (!read_range(a->node, &left) || !read_range(b->node, &right) ||
	    strcmp(left.key, right.key) != 0)
		return false;
	if (left.window && !same_text(left.window, right.window))
		return false;
	if ((a->negated && !turn(&left)) || (b->negated && !turn(&right)))
		return false;
	if (!same_text(left.of, right.of))
		return parts_contradict(&left, &right) || parts_contradict(&right, &left);
	int64_t above = MAX(left.above, right.above);
	int64_t below = MIN(left.below, right.below);
	return above >= below - 1;
}

/* The largest number there is, or NO_BOUND. */
static int64_t largest(const struct range *r)
{
	static const char percent[] = "percent";
	size_t len = strlen(r->of);

	if (strcmp(r->key, "classifier") == 0 || strcmp(r->of, "gibberish") == 0)
		return 1000;
	if (strcmp(r->key, "measure") == 0 && len > sizeof(percent) &&
	    strcmp(r->of + len - (sizeof(percent) - 1), percent) == 0)
		return 100;
	return NO_BOUND;
}

/* --- words --------------------------------------------------------------------------- */

static bool has_all(const struct yaml_node *list, const struct yaml_node *of)
{
	for (const struct yaml_node *at = of ? of->first : NULL; at; at = at->next)
		if (!list || !at->text || !has_value(list, at->text))
			return false;
	return true;
}

/* Wherever a word of `wanted` stands, one of `refused` does. */
static bool words_contradict(const struct lint_literal *wanted,
			     const struct lint_literal *refused)
{
	const struct yaml_node *a = wanted->node, *b = refused->node;
	const char *language = text_of(b, "language");

	return !wanted->negated && refused->negated &&
	       (yaml_get(a, "words") || yaml_get(a, "stems")) && !yaml_get(b, "except") &&
	       (!language || same_text(language, text_of(a, "language"))) &&
	       has_all(yaml_get(b, "words"), yaml_get(a, "words")) &&
	       has_all(yaml_get(b, "stems"), yaml_get(a, "stems"));
}

/* --- together ------------------------------------------------------------------------ */

static bool dates_contradict(const struct lint_literal *a, const struct lint_literal *b)
{
	return !a->negated && !b->negated &&
	       same_text(text_of(a->node, "date"), text_of(b->node, "after")) &&
	       same_text(text_of(a->node, "after"), text_of(b->node, "date"));
}

bool lint_contradict(const struct lint_literal *a, const struct lint_literal *b)
{
	struct values left, right;

	if (a->hash == b->hash)
		return a->negated != b->negated;
	if (read_values(a->node, &left) && read_values(b->node, &right))
		return strcmp(left.key, right.key) == 0 && same_text(left.of, right.of) &&
		       values_contradict(a, &left, b, &right);
	if (words_contradict(a, b) || words_contradict(b, a))
		return true;
	return ranges_contradict(a, b) || dates_contradict(a, b);
}

const char *lint_vain(const struct lint_literal *a)
{
	struct range r;

	if (same_text(text_of(a->node, "date"), text_of(a->node, "after")))
		return "no moment lies after itself";
	if (!read_range(a->node, &r) || largest(&r) == NO_BOUND)
		return NULL;
	if (r.above >= largest(&r))
		return "the number is never above that";
	return r.below != NO_BOUND && r.below > largest(&r) && r.above < 0
		       ? "the number is always below that"
		       : NULL;
}
