/* The source itself is taken in, for a stamp that is about to begin again. */
// uses: stages/dedup/grams.c
#include "../../stages/dedup/overlap.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT_MAX 400

static uint64_t next_random(uint64_t *at)
{
	uint64_t x = *at += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

/* Few letters, so that grams come again and texts share some. */
static struct span random_text(char *text, uint64_t *seed)
{
	size_t len = next_random(seed) % TEXT_MAX, letters = 2 + next_random(seed) % 6;

	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + next_random(seed) % letters);
	return (struct span){(const uint8_t *)text, len};
}

static bool is_among(const uint64_t *grams, size_t count, uint64_t gram)
{
	for (size_t i = 0; i < count; i++)
		if (grams[i] == gram)
			return true;
	return false;
}

/* Each gram once. */
static size_t set_of(uint64_t *ret, struct span text)
{
	size_t count = grams_of(ret, text), kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!is_among(ret, kept, ret[i]))
			ret[kept++] = ret[i];
	return kept;
}

static void assert_sizes(struct overlap *o, struct span mine, struct span theirs)
{
	uint64_t a[TEXT_MAX], b[TEXT_MAX];
	size_t count_a = set_of(a, mine), count_b = set_of(b, theirs), shared = 0;
	struct overlap_sizes sizes;

	for (size_t i = 0; i < count_b; i++)
		shared += is_among(a, count_a, b[i]);
	overlap_with(o, theirs, &sizes);
	assert_int_equal(sizes.mine, count_a);
	assert_int_equal(sizes.theirs, count_b);
	assert_int_equal(sizes.shared, shared);
	assert_int_equal(overlap_mine(o), count_a);
	size_t all = count_a + count_b - shared;
	assert_int_equal(overlap_jaccard(&sizes), all ? shared * 1000000 / all : 0);
}

static void sizes_are_those_of_the_sets(void **state)
{
	OWNED(overlap_freep) struct overlap *o = overlap_new();
	char mine[TEXT_MAX], theirs[TEXT_MAX];
	uint64_t seed = 1;

	(void)state;
	for (unsigned take = 0; take < 1500; take++) {
		struct span a = random_text(mine, &seed);
		overlap_take(o, a);
		assert_sizes(o, a, a);
		for (unsigned with = 0; with < take % 5; with++)
			assert_sizes(o, a, random_text(theirs, &seed));
		assert_sizes(o, a, SPAN_NONE);
	}
}

/* The texts grow and shrink, so that sets are made anew and used again. */
static void long_texts_and_short_ones(void **state)
{
	static const size_t lengths[] = {65536, 3, 20000, 700, 65536, 0, 1, 1500};
	OWNED(overlap_freep) struct overlap *o = overlap_new();
	OWNED(freep) uint8_t *text = xmalloc(65536);
	struct overlap_sizes sizes;
	uint64_t seed = 2;

	(void)state;
	for (size_t i = 0; i < 65536; i++) /* 2^20 possible grams: some come again */
		text[i] = (uint8_t)(' ' + next_random(&seed) % 32);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct span mine = {text, lengths[i]};
		overlap_take(o, mine);
		for (size_t k = 0; k < ARRAY_LEN(lengths); k++) {
			struct span theirs = {text, lengths[k]};
			overlap_with(o, theirs, &sizes);
			if (lengths[i] > 3 && lengths[k] > 3)
				assert_int_equal(sizes.shared,
						 MIN(sizes.mine, sizes.theirs));
			assert_int_equal(sizes.mine, overlap_mine(o));
		}
	}
}

static void similarity_is_rounded_down(void **state)
{
	static const struct {
		struct overlap_sizes sizes;
		uint32_t millionths;
	} rows[] = {
		{{0, 0, 0}, 0},
		{{0, 5, 0}, 0},
		{{5, 5, 5}, 1000000},
		{{1, 3, 1}, 333333},
		{{2, 3, 2}, 666666},
		{{65533, 65533, 65534}, 999984},
		{{UINT32_MAX, UINT32_MAX, UINT32_MAX}, 1000000},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(overlap_jaccard(&rows[i].sizes), rows[i].millionths);
}

/* After 2^32 texts a stamp comes again, and what has it from long ago must not count. */
static void stamps_begin_again(void **state)
{
	OWNED(overlap_freep) struct overlap *o = overlap_new();
	struct span a = SPAN_OF("une chambre calme"), b = SPAN_OF("un accueil parfait");

	(void)state;
	overlap_take(o, a); /* entries of stamp 1 stay where they are */
	assert_sizes(o, a, b);
	o->mine.stamp = o->others.stamp = UINT32_MAX - 1;
	for (unsigned i = 0; i < 4; i++) {
		overlap_take(o, i % 2 ? a : b);
		assert_sizes(o, i % 2 ? a : b, b);
		assert_sizes(o, i % 2 ? a : b, a);
	}
	assert_true(o->mine.stamp < 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_those_of_the_sets),
		cmocka_unit_test(long_texts_and_short_ones),
		cmocka_unit_test(similarity_is_rounded_down),
		cmocka_unit_test(stamps_begin_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
