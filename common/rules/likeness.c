#include "likeness.h"

#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"

static const char *const names[LIKENESS_COUNT] = {
	[LIKENESS_SIMILARITY] = "similarity",
	[LIKENESS_CONTAINMENT] = "containment",
	[LIKENESS_BITS] = "bits",
};

static enum status read_bounds(struct likeness_bounds *ret, const struct yaml_doc *doc,
			       const struct yaml_node *node, int64_t max, struct err *err)
{
	static const char *const known[] = {"at_least", "below", NULL};
	const struct yaml_node *least = yaml_get(node, "at_least");
	const struct yaml_node *below = yaml_get(node, "below");
	enum status st = yaml_known_keys(doc, node, known, err);

	ret->at_least = 0;
	ret->below = INT64_MAX;
	if (!st && !least && !below)
		st = yaml_error_key(doc, node, err, "'at_least' or 'below' is missing");
	if (!st && least)
		st = yaml_int(doc, least, 1, max, &ret->at_least, err);
	if (!st && below)
		st = yaml_int(doc, below, 1, max, &ret->below, err);
	if (!st && ret->at_least >= ret->below)
		st = yaml_error_key(doc, node, err,
				    "no number is at least %" PRId64
				    " and below %" PRId64,
				    ret->at_least, ret->below);
	return st;
}

enum status likeness_read(struct likeness_bounds ret[LIKENESS_COUNT],
			  const struct yaml_doc *doc, const struct yaml_node *node,
			  enum duplicate_kind kind, struct err *err)
{
	const struct likeness_bounds *similarity = &ret[LIKENESS_SIMILARITY];
	const struct likeness_bounds *containment = &ret[LIKENESS_CONTAINMENT];
	enum status st = ST_OK;

	for (unsigned i = 0; i < LIKENESS_COUNT && !st; i++) {
		const struct yaml_node *bounds = yaml_get(node, names[i]);
		int64_t max = i == LIKENESS_BITS ? UINT16_MAX : 100;

		if (!bounds)
			continue;
		st = read_bounds(&ret[i], doc, bounds, max, err);
		if (!st)
			ret[i].number = xasprintf("duplicate.%s.%s",
						  duplicate_kind_name(kind), names[i]);
	}
	if (!st && similarity->number && containment->number &&
	    similarity->at_least >= containment->below)
		st = yaml_error_key(doc, yaml_get(node, "containment"), err,
				    "a containment is never below the similarity");
	return st;
}

void likeness_release(struct likeness_bounds bounds[LIKENESS_COUNT])
{
	for (unsigned i = 0; i < LIKENESS_COUNT; i++)
		free(bounds[i].number);
}

int64_t likeness_of(const struct duplicate *d, enum likeness likeness)
{
	switch (likeness) {
	case LIKENESS_SIMILARITY:
		return duplicate_similarity(d);
	case LIKENESS_CONTAINMENT:
		return duplicate_containment(d);
	case LIKENESS_BITS:
	case LIKENESS_COUNT:
		break;
	}
	return d->bits;
}

static bool fits(const struct likeness_bounds *b, int64_t value)
{
	return !b->number || (value >= b->at_least && value < b->below);
}

bool likeness_fits(const struct likeness_bounds bounds[LIKENESS_COUNT],
		   const struct duplicate *d)
{
	bool all = true;

	for (unsigned i = 0; i < LIKENESS_COUNT && all; i++)
		all = fits(&bounds[i], likeness_of(d, (enum likeness)i));
	return all;
}

bool likeness_compare(const struct likeness_bounds bounds[LIKENESS_COUNT],
		      const struct duplicate *d, int64_t *ret)
{
	bool found = false;

	for (unsigned i = 0; i < LIKENESS_COUNT; i++) {
		int64_t value = likeness_of(d, (enum likeness)i);

		if (!bounds[i].number)
			continue;
		if (!fits(&bounds[i], value)) {
			*ret = value;
			return true;
		}
		*ret = found ? *ret : value;
		found = true;
	}
	return found;
}
