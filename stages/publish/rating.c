#include "rating.h"

#include <stdlib.h>

#include "alloc.h"
#include "record.h"

#define MILLION	       1000000
#define FIRST_CAPACITY 256 /* a power of two */

/* Open addressing over (scope, target); count of entries at most half the capacity. */
struct rating {
	struct rating_row *slots; /* target 0: empty */
	size_t capacity;
	size_t count;
};

struct rating *rating_new(void)
{
	struct rating *rating = xcalloc(1, sizeof(*rating));

	rating->capacity = FIRST_CAPACITY;
	rating->slots = xcalloc(FIRST_CAPACITY, sizeof(*rating->slots));
	return rating;
}

void rating_free(struct rating *rating)
{
	if (!rating)
		return;
	free(rating->slots);
	free(rating);
}

void rating_forget(struct rating *rating)
{
	memset(rating->slots, 0, rating->capacity * sizeof(*rating->slots));
	rating->count = 0;
}

static struct rating_row *slot_of(const struct rating *rating, int64_t scope,
				  int64_t target)
{
	uint64_t hash = ((uint64_t)target * 2 + (uint64_t)scope) * 0x9E3779B97F4A7C15U;
	size_t at = (size_t)(hash >> 32) & (rating->capacity - 1);

	while (rating->slots[at].target &&
	       (rating->slots[at].target != target || rating->slots[at].scope != scope))
		at = (at + 1) & (rating->capacity - 1);
	return &rating->slots[at];
}

static void grow(struct rating *rating)
{
	struct rating old = *rating;

	rating->capacity *= 2;
	rating->slots = xcalloc(rating->capacity, sizeof(*rating->slots));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].target)
			*slot_of(rating, old.slots[i].scope, old.slots[i].target) =
				old.slots[i];
	free(old.slots);
}

bool rating_counts(const struct review_row *review)
{
	return review->rating != ROW_NULL && review->origin != ORIGIN_SYNDICATED &&
	       review->origin != ORIGIN_EXPERT && review->origin != ORIGIN_REFERRAL &&
	       review->rating_worst < review->rating_best &&
	       review->rating >= review->rating_worst &&
	       review->rating <= review->rating_best;
}

static void change(struct rating *rating, int64_t scope, int64_t target,
		   const struct rating_row *by)
{
	if (2 * (rating->count + 1) > rating->capacity)
		grow(rating);
	struct rating_row *slot = slot_of(rating, scope, target);
	if (!slot->target)
		rating->count++;
	slot->scope = scope;
	slot->target = target;
	slot->method = by->method;
	slot->version = by->version;
	slot->updated_n = by->updated_n;
	slot->count += by->count;
	slot->sum += by->sum;
	for (size_t i = 0; i < ARRAY_LEN(slot->fifth); i++)
		slot->fifth[i] += by->fifth[i];
}

void rating_change(struct rating *rating, const struct review_row *review, int sign,
		   uint32_t version, int64_t n)
{
	int64_t scale = review->rating_best - review->rating_worst;
	int64_t part =
		((review->rating - review->rating_worst) * MILLION + scale / 2) / scale;
	struct rating_row by = {.method = METHOD_MEAN,
				.version = version,
				.count = sign,
				.sum = sign * part,
				.updated_n = n};

	by.fifth[(part * 4 + MILLION / 2) / MILLION] = sign;
	change(rating, SCOPE_SUBJECT, review->subject, &by);
	change(rating, SCOPE_SUPPLIER, review->supplier, &by);
}

enum status rating_flush(struct rating *rating, struct rows *rows, struct err *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < rating->capacity && !st && rating->count; i++)
		if (rating->slots[i].target)
			st = rows_put(rows, ROW_RATING, &rating->slots[i], err);
	if (!st && rating->count)
		rating_forget(rating);
	return st;
}
