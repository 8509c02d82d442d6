/* Two hash sets with linear probing that are never cleared: an entry is there when its
 * stamp is the present one. `mine` is filled once and its entries are stamped again by
 * each text that has them; grams that it has not go to `others`. */
#include "overlap.h"

#include <stdlib.h>

#include "alloc.h"
#include "grams.h"

#define FIRST_SIZE 1024

struct entry {
	uint64_t gram;
	uint32_t stamp; /* of the text that it is of */
	uint32_t met;	/* of mine: the last text that had it, too */
};

struct set {
	struct entry *at;
	size_t mask; /* entries - 1 */
	uint32_t stamp, count;
};

struct overlap {
	struct set mine, others;
	uint64_t *grams;
	size_t room;
	uint32_t met;
};

static void start_set(struct set *set, size_t grams)
{
	if (!set->at || grams * 2 > set->mask + 1) {
		size_t size = set->at ? set->mask + 1 : FIRST_SIZE;
		while (size < grams * 2)
			size *= 2;
		free(set->at);
		set->at = xcalloc(size, sizeof(*set->at));
		set->mask = size - 1;
		set->stamp = 0;
	}
	if (++set->stamp == 0) {
		memset(set->at, 0, (set->mask + 1) * sizeof(*set->at));
		set->stamp = 1;
	}
	set->count = 0;
}

/* The entry of a gram, or the free one where it would be. */
static struct entry *entry_of(const struct set *set, uint64_t gram)
{
	size_t i = (size_t)(gram * 0x9E3779B97F4A7C15 >> 32);

	for (;; i++) {
		struct entry *e = &set->at[i & set->mask];
		if (e->stamp != set->stamp || e->gram == gram)
			return e;
	}
}

static void add(struct set *set, uint64_t gram)
{
	struct entry *e = entry_of(set, gram);

	if (e->stamp == set->stamp)
		return;
	*e = (struct entry){.gram = gram, .stamp = set->stamp};
	set->count++;
}

struct overlap *overlap_new(void)
{
	return xcalloc(1, sizeof(struct overlap));
}

void overlap_free(struct overlap *o)
{
	if (!o)
		return;
	free(o->mine.at);
	free(o->others.at);
	free(o->grams);
	free(o);
}

static size_t read_grams(struct overlap *o, struct span text)
{
	if (text.len > o->room) {
		o->room = MAX(text.len, FIRST_SIZE);
		free(o->grams);
		o->grams = xmalloc(o->room * sizeof(*o->grams));
	}
	return grams_of(o->grams, text);
}

void overlap_take(struct overlap *o, struct span mine)
{
	size_t count = read_grams(o, mine);

	start_set(&o->mine, count);
	o->met = 0;
	for (size_t i = 0; i < count; i++)
		add(&o->mine, o->grams[i]);
}

void overlap_with(struct overlap *o, struct span theirs, struct overlap_sizes *ret)
{
	size_t count = read_grams(o, theirs);
	uint32_t shared = 0;

	start_set(&o->others, count);
	o->met++;
	for (size_t i = 0; i < count; i++) {
		struct entry *e = entry_of(&o->mine, o->grams[i]);
		if (e->stamp != o->mine.stamp) {
			add(&o->others, o->grams[i]);
		} else if (e->met != o->met) {
			e->met = o->met;
			shared++;
		}
	}
	*ret = (struct overlap_sizes){.shared = shared,
				      .mine = o->mine.count,
				      .theirs = shared + o->others.count};
}

uint32_t overlap_mine(const struct overlap *o)
{
	return o->mine.count;
}

uint32_t overlap_jaccard(const struct overlap_sizes *s)
{
	uint64_t all = (uint64_t)s->mine + s->theirs - s->shared;

	return all ? (uint32_t)((uint64_t)s->shared * 1000000 / all) : 0;
}
