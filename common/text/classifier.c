#include "classifier_own.h"

#include <stdlib.h>

#include "words.h"

/* Hashing is part of the format: whoever changes it raises CLASSIFIER_VERSION. Multiplying
 * by odd constants (of SplitMix64) and folding the upper half down once spreads pieces of up
 * to 5 bytes as well as XXH3 does, at a fifth of its cost for keys as short as these. */
#define FACTOR_1 UINT64_C(0xBF58476D1CE4E5B9)
#define FACTOR_2 UINT64_C(0x94D049BB133111EB)
#define SEED	 UINT64_C(0x6E6F726D61766973)

/* Beside the lengths of runs, 3 to 5, in the byte that says what a piece is. */
#define IS_WORD 8
#define IS_PAIR 9

static inline uint32_t spread(uint64_t piece, unsigned what)
{
	uint64_t h = (piece ^ (uint64_t)what << 56 ^ SEED) * FACTOR_1;

	h ^= h >> 32;
	return (uint32_t)((h * FACTOR_2) >> 32);
}

/* Of the bytes that were read last, the latest in the lowest place. */
static inline uint32_t run_of(uint64_t last, unsigned len)
{
	return spread(last & ((UINT64_C(1) << 8 * len) - 1), len);
}

static bool is_number(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.at[i] < '0' || word.at[i] > '9')
			return false;
	return true;
}

/* The next word, cut off where it is too long to be one. */
static struct span next_word(struct span *rest)
{
	struct span word = words_next(rest);

	if (word.len > CLASSIFIER_WORD_BYTES_MAX) {
		size_t over = word.len - CLASSIFIER_WORD_BYTES_MAX;

		rest->at -= over;
		rest->len += over;
		word.len -= over;
	}
	return word;
}

size_t classifier_word(struct classifier_place *place,
		       uint32_t ret[CLASSIFIER_WORD_PIECES_MAX])
{
	struct span word = place->rest.len ? next_word(&place->rest) : SPAN_NONE;
	bool number = is_number(word);
	uint64_t last = ' ', whole = SEED;
	size_t count = 0;

	if (word.len == 0)
		return 0;
	for (size_t i = 0; i <= word.len; i++) {
		uint8_t byte = i == word.len ? ' ' : number ? '0' : word.at[i];

		last = last << 8 | byte;
		if (i >= 1)
			ret[count++] = run_of(last, 3);
		if (i >= 2)
			ret[count++] = run_of(last, 4);
		if (i >= 3)
			ret[count++] = run_of(last, 5);
		whole = (whole ^ byte) * FACTOR_1;
		whole ^= whole >> 29;
	}
	ret[count++] = spread(whole, IS_WORD);
	if (place->before)
		ret[count++] = spread(place->before * FACTOR_2 + whole, IS_PAIR);
	place->before = whole | 1;
	return count;
}

/* floor(sqrt(v)) */
static uint32_t root_of(uint32_t v)
{
	uint32_t root = 0;

	for (uint32_t bit = UINT32_C(1) << 30; bit; bit >>= 2) {
		if (v >= root + bit) {
			v -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
	}
	return root;
}

struct block {
	int64_t sum[CLASSIFIER_TOGETHER_MAX]; /* of weights, by model */
	uint32_t pieces;		      /* 0: the block is empty */
};

static int64_t sum_of(const struct classifier *c, const uint32_t *piece, size_t count)
{
	unsigned shift = 32 - c->about.bits;
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += c->weights[piece[i] >> shift];
	return sum;
}

static struct block read_block(const struct classifier *const *c, size_t count,
			       struct classifier_place *place)
{
	uint32_t piece[CLASSIFIER_BLOCK_WORDS * CLASSIFIER_WORD_PIECES_MAX];
	struct block b = {0};
	size_t pieces = 0;

	for (unsigned i = 0; i < CLASSIFIER_BLOCK_WORDS; i++)
		pieces += classifier_word(place, piece + pieces);
	for (size_t i = 0; i < count; i++)
		b.sum[i] = sum_of(c[i], piece, pieces);
	b.pieces = (uint32_t)pieces;
	return b;
}

/* A window has at most 2 * 8 words of 122 pieces, below 2^12, so that sum * scale * 2^8 stays
 * below 2^7 * 2^12 * 2^24 * 2^8, and pieces * 2^16 below 2^28. */
static void raise_margins(const struct classifier *const *c, size_t count,
			  const struct block *a, const struct block *b, int32_t *ret)
{
	int64_t root = root_of((a->pieces + b->pieces) << 16); /* 2^8 * sqrt(pieces) */

	for (size_t i = 0; i < count; i++) {
		int64_t sum = (a->sum[i] + b->sum[i]) * c[i]->about.scale * (1 << 8);
		int64_t share = root * (CLASSIFIER_SCALE_MAX / CLASSIFIER_MARGIN_ONE);
		ret[i] = MAX(ret[i], (int32_t)(sum / share) + c[i]->about.bias);
	}
}

void classifier_margins(const struct classifier *const *c, size_t count,
			struct span match, int32_t *ret)
{
	struct classifier_place place = {match, 0};
	struct block before = {0}, here;
	bool paired = false;

	assert(count <= CLASSIFIER_TOGETHER_MAX);
	for (size_t i = 0; i < count; i++)
		ret[i] = INT32_MIN;
	while ((here = read_block(c, count, &place)).pieces > 0) {
		paired = before.pieces > 0;
		if (paired)
			raise_margins(c, count, &before, &here, ret);
		before = here;
	}
	if (!paired && before.pieces > 0) /* one block is the whole text */
		raise_margins(c, count, &before, &here, ret);
}

int32_t classifier_margin(const struct classifier *c, struct span match)
{
	int32_t margin;

	classifier_margins(&c, 1, match, &margin);
	return margin;
}

/* 65536 / (1 + exp(-i / 16)) for i from 0, rounded. */
#define STEPS_PER_LOGIT 16
static const uint16_t logistic[] = {
	32768, 33792, 34813, 35831, 36843, 37847, 38841, 39824, 40793, 41748, 42687,
	43608, 44511, 45393, 46254, 47094, 47911, 48704, 49474, 50220, 50941, 51638,
	52310, 52957, 53581, 54179, 54754, 55306, 55834, 56339, 56822, 57284, 57724,
	58144, 58544, 58925, 59287, 59632, 59959, 60270, 60565, 60844, 61109, 61360,
	61598, 61823, 62036, 62238, 62428, 62608, 62778, 62938, 63090, 63233, 63368,
	63495, 63615, 63728, 63835, 63935, 64030, 64119, 64203, 64283, 64357, 64427,
	64494, 64556, 64614, 64669, 64721, 64770, 64816, 64859, 64900, 64938, 64974,
	65008, 65039, 65069, 65097, 65124, 65149, 65172, 65194, 65215, 65234, 65252,
	65269, 65285, 65300, 65315, 65328, 65341, 65352, 65364, 65374, 65384, 65393,
	65402, 65410, 65417, 65425, 65431, 65438, 65444, 65449, 65454, 65459, 65464,
	65468, 65472, 65476, 65480, 65483, 65486, 65489, 65492, 65495, 65497, 65500,
	65502, 65504, 65506, 65508, 65509, 65511, 65513, 65514,
};

uint16_t classifier_score_of_margin(int32_t margin)
{
	const uint32_t step = CLASSIFIER_MARGIN_ONE / STEPS_PER_LOGIT;
	uint32_t distance = margin < 0 ? 0u - (uint32_t)margin : (uint32_t)margin;
	uint32_t i = distance / step;
	uint32_t score = CLASSIFIER_SCORE_MAX;

	if (i + 1 < ARRAY_LEN(logistic)) {
		uint32_t share = (uint32_t)(logistic[i + 1] - logistic[i]) *
				 (distance % step) / step;

		score = ((logistic[i] + share) * CLASSIFIER_SCORE_MAX + 32768) >> 16;
	}
	return (uint16_t)(margin < 0 ? CLASSIFIER_SCORE_MAX - score : score);
}

uint16_t classifier_score(const struct classifier *c, struct span match)
{
	return classifier_score_of_margin(classifier_margin(c, match));
}

const struct classifier_about *classifier_about(const struct classifier *c)
{
	return &c->about;
}

const uint8_t *classifier_hash(const struct classifier *c)
{
	return c->hash;
}

void classifier_free(struct classifier *c)
{
	if (!c)
		return;
	free(c->weights);
	free(c);
}
