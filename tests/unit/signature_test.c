// uses: stages/dedup/signature.c
#include "signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"

#define SEED	  UINT64_C(0x0123456789ABCDEF)
#define GRAMS_MAX 5000

static uint64_t next_random(uint64_t *at)
{
	uint64_t x = *at += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

static void fill(uint32_t *grams, size_t count, uint64_t seed)
{
	for (size_t i = 0; i < count; i++)
		grams[i] = (uint32_t)next_random(&seed);
}

static void shuffle(uint32_t *grams, size_t count, uint64_t seed)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = next_random(&seed) % i;
		uint32_t kept = grams[i - 1];
		grams[i - 1] = grams[other];
		grams[other] = kept;
	}
}

/* What signature.h says, a gram and an order at a time. */
static void make_plainly(uint8_t ret[SIGNATURE_BYTES], const struct signature_key *key,
			 const uint32_t *grams, size_t count)
{
	for (unsigned k = 0; k < SIGNATURE_BYTES; k++) {
		uint32_t least = UINT32_MAX;
		for (size_t i = 0; i < count; i++) {
			uint32_t x = grams[i] * key->times[k / SIGNATURE_GROUP];
			x = (x ^ x >> 15) ^ key->with[k];
			least = MIN(least, x);
		}
		ret[k] = (uint8_t)least;
	}
}

/* Counts around the blocks and the vectors, too. */
static void a_signature_is_what_one_gram_after_the_other_gives(void **state)
{
	static const size_t counts[] = {1,    2,    3,	  4,	7,    8,	15,
					16,   17,   31,	  33,	100,  999,	1023,
					1024, 1025, 2047, 2048, 2049, GRAMS_MAX};
	OWNED(freep) uint32_t *grams = xcalloc(GRAMS_MAX, sizeof(*grams));
	uint8_t made[SIGNATURE_BYTES], plain[SIGNATURE_BYTES];
	struct signature_key key;

	(void)state;
	signature_key_init(&key, SEED);
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		fill(grams, counts[i], i);
		signature_make(made, &key, grams, counts[i]);
		make_plainly(plain, &key, grams, counts[i]);
		assert_memory_equal(made, plain, sizeof(made));
	}
}

static void order_and_repeats_do_not_matter(void **state)
{
	OWNED(freep) uint32_t *grams = xcalloc(GRAMS_MAX, sizeof(*grams));
	uint8_t first[SIGNATURE_BYTES], again[SIGNATURE_BYTES];
	struct signature_key key;

	(void)state;
	signature_key_init(&key, SEED);
	for (uint64_t round = 1; round <= 50; round++) {
		size_t count = round * 17;
		fill(grams, count, round);
		signature_make(first, &key, grams, count);
		for (size_t i = 0; i < count; i++) /* some of them up to three times */
			grams[count + i] = grams[i * i % count];
		shuffle(grams, 2 * count, round);
		signature_make(again, &key, grams, 2 * count);
		assert_memory_equal(first, again, sizeof(first));
		assert_int_equal(signature_alike(first, again), SIGNATURE_BYTES);
	}
}

static void another_seed_is_another_signature(void **state)
{
	uint32_t grams[200];
	uint8_t a[SIGNATURE_BYTES], b[SIGNATURE_BYTES];
	struct signature_key key;
	unsigned alike = 0;

	(void)state;
	fill(grams, ARRAY_LEN(grams), 1);
	signature_key_init(&key, SEED);
	signature_make(a, &key, grams, ARRAY_LEN(grams));
	for (uint64_t i = 1; i <= 100; i++) {
		signature_key_init(&key, SEED + i);
		signature_make(b, &key, grams, ARRAY_LEN(grams));
		alike += signature_alike(a, b);
	}
	assert_in_range(alike, 5, 60); /* of 6400: one in 256 are, by chance: 25 */
	signature_key_init(&key, SEED);
	signature_make(b, &key, grams, ARRAY_LEN(grams));
	assert_memory_equal(a, b, sizeof(a));
}

/* Sets of `count` grams of which `shared` are in both; over many pairs the share of equal
 * components is the Jaccard similarity and, of the others, one in 256. */
static void components_are_equal_as_often_as_the_sets_are_alike(void **state)
{
	static const struct {
		size_t count, shared;
	} rows[] = {{300, 0}, {300, 100}, {300, 200}, {300, 270}, {40, 30}, {2000, 1800}};
	enum { PAIRS = 300 };
	OWNED(freep) uint32_t *grams = xcalloc(2 * GRAMS_MAX, sizeof(*grams));
	uint8_t a[SIGNATURE_BYTES], b[SIGNATURE_BYTES];
	struct signature_key key;

	(void)state;
	signature_key_init(&key, SEED);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t count = rows[i].count, shared = rows[i].shared;
		double jaccard = (double)shared / (double)(2 * count - shared);
		double expected = jaccard + (1 - jaccard) / 256;
		unsigned alike = 0;
		for (uint64_t pair = 0; pair < PAIRS; pair++) {
			fill(grams, 2 * count - shared, pair << 20 | i);
			signature_make(a, &key, grams, count);
			signature_make(b, &key, grams + count - shared, count);
			alike += signature_alike(a, b);
		}
		double share = alike / (double)(PAIRS * SIGNATURE_BYTES);
		if (share < expected - .02 || share > expected + .02)
			fail_msg("row %zu: %f, not %f", i, share, expected);
	}
}

/* Neighbours; and, of the bands behind those, one of each quarter. */
static void bands_are_the_components_in_fours(void **state)
{
	const unsigned fours = SIGNATURE_BYTES / SIGNATURE_ROWS;
	uint8_t a[SIGNATURE_BYTES], b[SIGNATURE_BYTES];

	(void)state;
	for (unsigned i = 0; i < SIGNATURE_BYTES; i++)
		a[i] = b[i] = (uint8_t)(i * 3);
	for (unsigned i = 0; i < SIGNATURE_BYTES; i++) {
		b[i] ^= 0x80;
		assert_int_equal(signature_alike(a, b), SIGNATURE_BYTES - 1);
		for (unsigned band = 0; band < SIGNATURE_BANDS; band++) {
			bool has = band < fours ? i / SIGNATURE_ROWS == band
						: i % fours == band - fours;
			assert_int_equal(
				signature_band(a, band) != signature_band(b, band), has);
		}
		b[i] ^= 0x80;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_what_one_gram_after_the_other_gives),
		cmocka_unit_test(order_and_repeats_do_not_matter),
		cmocka_unit_test(another_seed_is_another_signature),
		cmocka_unit_test(components_are_equal_as_often_as_the_sets_are_alike),
		cmocka_unit_test(bands_are_the_components_in_fours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
