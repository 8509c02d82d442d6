#include "record_json.h"

static const struct {
	const char *name;
	const char *meaning;
} reasons[REFUSED_COUNT] = {
#define REFUSAL(symbol, name, meaning) [symbol] = {name, meaning},
#include "refusals.def"
#undef REFUSAL
};

const char *refusal_name(enum refusal_reason reason)
{
	return reason < REFUSED_COUNT ? reasons[reason].name : NULL;
}

const char *refusal_meaning(enum refusal_reason reason)
{
	return reason < REFUSED_COUNT ? reasons[reason].meaning : NULL;
}

enum refusal_reason refusal_from_name(struct span name)
{
	for (unsigned i = REFUSED_NOTHING + 1; i < REFUSED_COUNT; i++)
		if (span_equal(name, span_of(reasons[i].name)))
			return (enum refusal_reason)i;
	return REFUSED_NOTHING;
}

void refusal_place(struct refusal *ret, const char *path)
{
	size_t len = strlen(path);

	assert(len < sizeof(ret->known));
	memcpy(ret->field, path, len + 1);
	if (len > 0 && path[len - 1] == '.')
		len--; /* the object itself: what is in it is not known */
	memcpy(ret->known, path, len);
	ret->known[len] = '\0';
}
