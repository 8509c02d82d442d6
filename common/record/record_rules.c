#include "record_rules.h"

#include <stdio.h>

#include "utf8.h"

static bool broken(struct flaw *ret, enum refusal_reason reason, const char *detail)
{
	ret->reason = reason;
	snprintf(ret->detail, sizeof(ret->detail), "%s", detail);
	return false;
}

static bool scale_holds(int64_t worst, int64_t best, struct flaw *ret_flaw)
{
	return worst < best ||
	       broken(ret_flaw, REFUSED_OUT_OF_BOUNDS, "worst must be below best");
}

static bool on_scale(int64_t value, int64_t worst, int64_t best, struct flaw *ret_flaw)
{
	return (value >= worst && value <= best) ||
	       broken(ret_flaw, REFUSED_OUT_OF_BOUNDS,
		      "the rating lies outside its scale");
}

static bool rating_holds(const struct record *r, enum field *ret_field,
			 struct flaw *ret_flaw)
{
	int64_t worst, best;

	if (!record_has(r, FIELD_RATING_VALUE))
		return true;
	record_rating_scale(r, &worst, &best);
	*ret_field = record_has(r, FIELD_RATING_WORST) ? FIELD_RATING_WORST
						       : FIELD_RATING_BEST;
	if (!scale_holds(worst, best, ret_flaw))
		return false;
	*ret_field = FIELD_RATING_VALUE;
	return on_scale(record_int(r, FIELD_RATING_VALUE, 0), worst, best, ret_flaw);
}

static bool element_holds(const struct record *element, enum field *ret_field,
			  struct flaw *ret_flaw)
{
	int64_t worst, best;

	record_element_scale(element, &worst, &best);
	*ret_field = record_has(element, FIELD_RATINGS_WORST) ? FIELD_RATINGS_WORST
							      : FIELD_RATINGS_BEST;
	if (!scale_holds(worst, best, ret_flaw))
		return false;
	*ret_field = FIELD_RATINGS_VALUE;
	return on_scale(record_int(element, FIELD_RATINGS_VALUE, 0), worst, best,
			ret_flaw);
}

static bool ratings_hold(const struct record *r, enum field *ret_field, long *ret_element,
			 struct flaw *ret_flaw)
{
	struct span at = SPAN_NONE;
	struct record element;

	for (*ret_element = 0; record_next(r, FIELD_RATINGS, &at, &element);
	     ++*ret_element)
		if (!element_holds(&element, ret_field, ret_flaw))
			return false;
	*ret_element = -1;
	return true;
}

/* What the source asserts about an old review's state means something only for a review
 * that is brought in as such. */
static bool legacy_holds(const struct record *r, enum field *ret_field,
			 struct flaw *ret_flaw)
{
	*ret_field = FIELD_LEGACY;
	if (record_bool(r, FIELD_LEGACY) ||
	    (!record_has(r, FIELD_ORIGIN_STATE) && !record_has(r, FIELD_ORIGIN_REASON) &&
	     !record_has(r, FIELD_ORIGIN_DECIDED_AT)))
		return true;
	return broken(ret_flaw, REFUSED_MISSING, "an old state needs \"legacy\": true");
}

bool record_rules_hold(const struct record *r, enum kind kind, enum field *ret_field,
		       long *ret_element, struct flaw *ret_flaw)
{
	if (kind != KIND_REVIEW)
		return true;
	*ret_field = FIELD_TEXT;
	if (!record_has(r, FIELD_RATING_VALUE) &&
	    utf8_shows_nothing(r->field[FIELD_TEXT]))
		return broken(ret_flaw, REFUSED_EMPTY, "a review has a rating or a text");
	return rating_holds(r, ret_field, ret_flaw) &&
	       ratings_hold(r, ret_field, ret_element, ret_flaw) &&
	       legacy_holds(r, ret_field, ret_flaw);
}
