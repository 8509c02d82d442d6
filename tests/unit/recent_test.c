/* The source itself is taken in, for numbers that are about to begin again. */
#include "../../stages/dedup/recent.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define VALUES_MAX 20000

/* The same, as a list that is looked through. */
struct list {
	struct {
		uint64_t key, seq;
		uint32_t value;
	} at[VALUES_MAX];
	size_t first, count;
};

static uint64_t next_random(uint64_t *at)
{
	uint64_t x = *at += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

static void put_both(struct recent *r, struct list *l, uint64_t key, uint64_t seq)
{
	assert_true(l->count < VALUES_MAX);
	l->at[l->count].key = key;
	l->at[l->count].seq = seq;
	l->at[l->count].value = (uint32_t)l->count;
	recent_put(r, key, (uint32_t)l->count, seq);
	l->count++;
}

static void release_both(struct recent *r, struct list *l, uint64_t seq)
{
	recent_release(r, seq);
	while (l->first < l->count && l->at[l->first].seq <= seq)
		l->first++;
}

/* All values of the key, the newest first, and none else: the keys of these tests differ in
 * the bits that are compared. */
static void assert_same(const struct recent *r, const struct list *l, uint64_t key)
{
	uint32_t at;
	bool is = recent_first(r, key, &at);

	for (size_t i = l->count; i > l->first; i--) {
		if (l->at[i - 1].key != key)
			continue;
		assert_true(is);
		assert_int_equal(recent_value(r, at), l->at[i - 1].value);
		is = recent_next(r, &at);
	}
	assert_false(is);
}

/* `keys` of them, seqs with gaps and repeats, released in steps. */
static void run(struct recent *r, uint64_t keys, size_t values, size_t window)
{
	OWNED(freep) struct list *l = xcalloc(1, sizeof(*l));
	uint64_t seed = keys, seq = 1;

	for (size_t i = 0; i < values; i++) {
		seq += next_random(&seed) % 3;
		put_both(r, l, next_random(&seed) % keys, seq);
		assert_same(r, l, next_random(&seed) % keys);
		if (next_random(&seed) % window == 0)
			release_both(r, l, seq - next_random(&seed) % MIN(seq, window));
		if (i % 100 == 0)
			for (uint64_t key = 0; key < keys; key++)
				assert_same(r, l, key);
	}
	release_both(r, l, seq);
	for (uint64_t key = 0; key < keys; key++)
		assert_same(r, l, key);
}

static void it_finds_what_a_list_finds(void **state)
{
	static const struct {
		uint64_t keys;
		size_t values, window;
	} rows[] = {{1, 1000, 50}, {3, 3000, 20}, {100, 5000, 300}, {1000, 5000, 40}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(recent_freep) struct recent *r = recent_new(64);
		run(r, rows[i].keys, rows[i].values, rows[i].window);
	}
}

static void it_grows_and_keeps_everything(void **state)
{
	OWNED(recent_freep) struct recent *r = recent_new(1);
	OWNED(freep) struct list *l = xcalloc(1, sizeof(*l));

	(void)state;
	for (uint64_t i = 0; i < 5000; i++)
		put_both(r, l, i % 700, i);
	for (uint64_t key = 0; key < 710; key++)
		assert_same(r, l, key);
	assert_int_equal(r->mask, 8191);
	release_both(r, l, 4990);
	for (uint64_t key = 0; key < 710; key++)
		assert_same(r, l, key);
	for (uint64_t i = 5000; i < 12000; i++)
		put_both(r, l, i % 700, i);
	assert_int_equal(r->mask, 8191); /* room was used again */
	for (uint64_t key = 0; key < 710; key++)
		assert_same(r, l, key);
}

static void seqs_are_compared_beyond_32_bits(void **state)
{
	OWNED(recent_freep) struct recent *r = recent_new(16);
	OWNED(freep) struct list *l = xcalloc(1, sizeof(*l));
	const uint64_t base = (UINT64_C(1) << 32) - 5;

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		put_both(r, l, 7, base + i);
	for (uint64_t i = 0; i < 10; i++) {
		release_both(r, l, base + i);
		assert_same(r, l, 7);
		assert_int_equal(l->first, i + 1);
	}
}

/* Numbers begin again while chains are there; heads and links of long ago name live ones. */
static void numbers_wrap_around(void **state)
{
	(void)state;
	for (uint32_t before = 1; before <= 200; before += 7) {
		OWNED(recent_freep) struct recent *r = recent_new(16);
		r->oldest = r->next = UINT32_MAX - before;
		run(r, 40, 1000, 30);
	}
}

/* The link of the first of a key is the number of one that comes later: of the same key. */
static void a_stale_link_is_no_way_round(void **state)
{
	OWNED(recent_freep) struct recent *r = recent_new(16);
	OWNED(freep) struct list *l = xcalloc(1, sizeof(*l));

	(void)state;
	r->oldest = r->next = UINT32_MAX - 3; /* and all heads say 0 */
	for (uint64_t i = 0; i < 8; i++)
		put_both(r, l, 5, i + 1);
	assert_same(r, l, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_finds_what_a_list_finds),
		cmocka_unit_test(it_grows_and_keeps_everything),
		cmocka_unit_test(seqs_are_compared_beyond_32_bits),
		cmocka_unit_test(numbers_wrap_around),
		cmocka_unit_test(a_stale_link_is_no_way_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
