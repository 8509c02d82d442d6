// uses: tests/lib/scratch.c
#include "layer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"
#include "scratch.h"

#define KEYS	      3000
#define FIRST_CHANGES 1024 /* fewer than there come: it grows */

static unsigned seed;

static unsigned chance(unsigned below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 12) % below;
}

/* Few homes, so that keys collide and are shifted back. */
static void key_of(uint8_t ret[TABLE_KEY_BYTES], unsigned number)
{
	put_le64(ret,
		 hash64((struct span){(uint8_t *)&number, sizeof(number)}, 1) & 0x3FF);
	put_le64(ret + 8, number + 1);
}

static void value_of(uint8_t ret[TABLE_VALUE_BYTES], uint64_t seq)
{
	memset(ret, (int)(seq & 0xFF), TABLE_VALUE_BYTES);
	put_le64(ret, seq);
}

/* What the newest change of each key was, and what has sunk. */
struct model {
	uint64_t newest[KEYS], sunk[KEYS];
	uint64_t seq, committed;
};

static void assert_same(const struct layer *l, const struct table *t,
			const struct model *m)
{
	uint8_t key[TABLE_KEY_BYTES], value[TABLE_VALUE_BYTES],
		expected[TABLE_VALUE_BYTES];
	uint64_t seq;

	for (unsigned k = 0; k < KEYS; k++) {
		key_of(key, k);
		assert_int_equal(layer_find(l, key, value, &seq), m->newest[k] != 0);
		if (m->newest[k] != 0) {
			assert_int_equal(seq, m->newest[k]);
			value_of(expected, seq);
			assert_memory_equal(value, expected, sizeof(value));
		}
		const struct table_line *line = table_find(t, key);
		assert_int_equal(line ? table_seq(line) : 0, m->sunk[k]);
	}
	assert_int_equal(table_covered(t), m->committed);
}

/* A table never has what is not committed; a layer always has the newest. */
static void random_changes_follow_the_model(void **state)
{
	(void)state;
	for (seed = 1; seed < 4; seed++) {
		OWNED(freep) char *path = xasprintf("%s/%u.table", scratch_dir, seed);
		OWNED(freep) struct model *m = xcalloc(1, sizeof(*m));
		uint64_t *by_seq =
			xcalloc(100000, sizeof(*by_seq)); /* number of the key */
		uint64_t from;
		OWNED(table_closep) struct table *t = NULL;
		assert_int_equal(table_open(&t, &from, path, 1, 1, NULL), ST_OK);
		OWNED(layer_freep) struct layer *l = layer_new(t, FIRST_CHANGES);
		for (int step = 0; step < 60; step++) {
			for (unsigned n = chance(600); n > 0; n--) {
				uint8_t key[TABLE_KEY_BYTES], value[TABLE_VALUE_BYTES];
				unsigned k = chance(KEYS);
				key_of(key, k);
				value_of(value, ++m->seq);
				layer_put(l, key, m->seq, value);
				m->newest[k] = m->seq;
				by_seq[m->seq] = k;
			}
			uint64_t upto = m->committed;
			if (step % 3 == 0)
				upto += chance((unsigned)(m->seq - m->committed) + 1);
			while (m->committed < upto) {
				m->committed++;
				m->sunk[by_seq[m->committed]] = m->committed;
			}
			assert_int_equal(layer_commit(l, m->committed, NULL), ST_OK);
			assert_int_equal(layer_count(l), m->seq - m->committed);
			assert_same(l, t, m);
		}
		assert_int_equal(layer_commit(l, m->seq + 5, NULL), ST_OK);
		assert_int_equal(layer_count(l), 0);
		assert_int_equal(table_covered(t), m->seq + 5);
		free(by_seq);
	}
}

static void one_record_may_change_several_keys(void **state)
{
	OWNED(freep) char *path = scratch_path("table");
	uint8_t a[16], b[16], value[TABLE_VALUE_BYTES];
	OWNED(table_closep) struct table *t = NULL;
	uint64_t seq;

	(void)state;
	key_of(a, 1);
	key_of(b, 2);
	assert_int_equal(table_open(&t, &seq, path, 1, 1, NULL), ST_OK);
	OWNED(layer_freep) struct layer *l = layer_new(t, FIRST_CHANGES);
	value_of(value, 7);
	layer_put(l, a, 7, value);
	layer_put(l, b, 7, value);
	layer_put(l, a, 8, value);
	assert_int_equal(layer_commit(l, 7, NULL), ST_OK);
	assert_int_equal(layer_count(l), 1);
	assert_true(layer_find(l, a, value, &seq));
	assert_int_equal(seq, 8);
	assert_int_equal(table_seq(table_find(t, a)), 7);
	assert_int_equal(table_seq(table_find(t, b)), 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(random_changes_follow_the_model),
		TEST(one_record_may_change_several_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
