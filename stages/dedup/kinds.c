#include "kinds.h"

#include <stdlib.h>

#define WHOLE 1000000 /* a Jaccard of 1 */

uint32_t kinds_shared(const struct information *mine, const struct near_match *match)
{
	return (uint32_t)((uint64_t)mine->tenths * match->jaccard / WHOLE);
}

bool kinds_tells(const struct kinds_options *options, const struct information *mine,
		 const struct near_match *match)
{
	uint32_t shared = kinds_shared(mine, match);
	bool common = (unsigned)__builtin_popcount(match->authors) >= options->common &&
		      (unsigned)__builtin_popcount(match->subjects) >= options->common;

	return shared >= (common ? options->sure : options->enough) * mine->ask / 100;
}

static bool other_experience(const struct said *mine, const struct said *theirs)
{
	return (mine->experience_date != EARLIER_NO_DATE &&
		theirs->experience_date != EARLIER_NO_DATE &&
		mine->experience_date != theirs->experience_date) ||
	       (mine->purchase && theirs->purchase && mine->purchase != theirs->purchase);
}

/* 0: nothing to say. */
static enum duplicate_kind kind_of(const struct kinds_options *options,
				   const struct said *mine,
				   const struct information *information,
				   const struct near_match *match)
{
	const struct said *theirs = &match->said;

	if (mine->author == 0 || mine->author != theirs->author)
		return kinds_tells(options, information, match) ? DUPLICATE_OTHER_AUTHOR
								: 0;
	if (match->equal)
		return 0; /* exact.h has the newest of them, and knows which one it is */
	if (mine->subject != theirs->subject)
		return DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT;
	return other_experience(mine, theirs) ? 0 : DUPLICATE_SAME_AUTHOR_SAME_SUBJECT;
}

static uint16_t whole_bits(uint32_t tenths)
{
	return (uint16_t)MIN(tenths / 10, UINT16_MAX);
}

static bool is_named(const struct duplicates *d, uint64_t seq)
{
	for (uint32_t i = 0; i < d->count; i++)
		if (d->candidate[i].seq == seq)
			return true;
	return false;
}

static void add(struct duplicates *ret, enum duplicate_kind kind,
		const struct information *information, const struct near_match *match)
{
	struct duplicate *d = &ret->candidate[ret->count++];

	*d = (struct duplicate){
		.kind = kind,
		.seq = match->said.seq,
		.shared = match->sizes.shared,
		.mine = match->sizes.mine,
		.theirs = match->sizes.theirs,
		.bits = whole_bits(kinds_shared(information, match)),
	};
	memcpy(d->id, match->said.id, UUID_BYTES);
}

/* Of those that name one review, the collector's fault, or the first. */
static void name_once(struct duplicates *d)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < d->count; i++) {
		bool again = false;
		for (uint32_t j = 0; j < d->count && !again; j++) {
			bool fault = d->candidate[j].kind == DUPLICATE_COLLECTOR_FAULT;
			again = j != i && d->candidate[j].seq == d->candidate[i].seq &&
				(fault || j < i) &&
				d->candidate[i].kind != DUPLICATE_COLLECTOR_FAULT;
		}
		if (!again)
			d->candidate[kept++] = d->candidate[i];
	}
	d->count = kept;
}

/* A fault of the collector is none of the author's: it is read first. */
static int rank_of(enum duplicate_kind kind)
{
	return kind == DUPLICATE_COLLECTOR_FAULT ? 0 : (int)kind;
}

static int by_likeness(const void *a, const void *b)
{
	const struct duplicate *x = a, *y = b;
	uint64_t mine = (uint64_t)x->shared * ((uint64_t)y->mine + y->theirs - y->shared),
		 theirs = (uint64_t)y->shared *
			  ((uint64_t)x->mine + x->theirs - x->shared);

	if (mine != theirs)
		return mine < theirs ? 1 : -1;
	if (x->kind != y->kind)
		return rank_of(x->kind) - rank_of(y->kind);
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

void kinds_name(const struct kinds_options *options, const struct said *mine,
		const struct information *information, const struct near_found *found,
		struct duplicates *ret)
{
	name_once(ret);
	for (size_t i = 0; i < found->count && ret->count < DUPLICATES_MAX; i++) {
		const struct near_match *m = &found->match[i];
		enum duplicate_kind kind;
		if (is_named(ret, m->said.seq))
			continue;
		kind = kind_of(options, mine, information, m);
		if (kind)
			add(ret, kind, information, m);
	}
	qsort(ret->candidate, ret->count, sizeof(ret->candidate[0]), by_likeness);
}
