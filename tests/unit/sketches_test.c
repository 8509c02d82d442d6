// uses: stages/dedup/sketches.c stages/dedup/mapped.c tests/lib/scratch.c
#include "sketches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "scratch.h"

#define STORED_BYTES 80

static const struct mapped_kind kind = {.name = "sketches", .parameters = 5};

static struct sketches *open_sketches(const char *path, enum mapped_state expected)
{
	struct sketches *k = NULL;
	enum mapped_state state;

	assert_int_equal(sketches_open(&k, &state, path, &kind, NULL), ST_OK);
	assert_int_equal(state, expected);
	return k;
}

static struct sketch sketch_of(uint64_t number)
{
	struct sketch s = {.seq = number * 0x3FFFFFF & 0xFFFFFFFFFF,
			   .authors = (uint16_t)(number * 7),
			   .subjects = (uint16_t)(number * 3),
			   .flags = number % 3 ? 0 : SKETCH_LEADER};

	for (size_t i = 0; i < SIGNATURE_BYTES; i++)
		s.signature[i] = (uint8_t)(number + i * 11);
	return s;
}

static void put(struct sketches *k, uint32_t ordinal, const struct sketch *s)
{
	assert_int_equal(sketches_put(k, ordinal, s, NULL), ST_OK);
}

static void assert_is(const struct sketches *k, uint32_t ordinal, const struct sketch *s)
{
	struct sketch got;

	assert_int_equal(sketches_get(k, ordinal, &got, NULL), ST_OK);
	assert_memory_equal(got.signature, s->signature, SIGNATURE_BYTES);
	assert_int_equal(got.seq, s->seq);
	assert_int_equal(got.authors, s->authors);
	assert_int_equal(got.subjects, s->subjects);
	assert_int_equal(got.flags, s->flags);
	assert_memory_equal(sketches_signature(k, ordinal), s->signature,
			    SIGNATURE_BYTES);
	assert_int_equal(sketches_leads(k, ordinal), s->flags & SKETCH_LEADER);
}

static void what_was_put_is_there_again(void **state)
{
	OWNED(freep) char *path = scratch_path("near.sketches");
	struct sketches *k = open_sketches(path, MAPPED_NEW);
	enum { COUNT = 30000 }; /* grows several times */

	(void)state;
	for (uint32_t i = 0; i < COUNT; i++) {
		struct sketch s = sketch_of(i);
		put(k, i, &s);
	}
	assert_true(mapped_capacity(sketches_file(k)) >= COUNT);
	mapped_cover(sketches_file(k), COUNT, 1);
	sketches_close(k);
	k = open_sketches(path, MAPPED_WARM);
	assert_int_equal(mapped_count(sketches_file(k)), COUNT);
	for (uint32_t i = 0; i < COUNT; i++) {
		struct sketch s = sketch_of(i);
		sketches_prefetch(k, i);
		assert_is(k, i, &s);
	}
	sketches_close(k);
}

static void extremes_are_kept(void **state)
{
	OWNED(freep) char *path = scratch_path("near.sketches");
	OWNED(sketches_closep) struct sketches *k = open_sketches(path, MAPPED_NEW);
	struct sketch most = {.seq = 0xFFFFFFFFFF, .authors = 0xFFFF, .subjects = 0xFFFF};
	struct sketch least = {.seq = 1};

	(void)state;
	memset(most.signature, 0xFF, sizeof(most.signature));
	most.flags = SKETCH_LEADER;
	put(k, 0, &most);
	put(k, 1, &least);
	assert_is(k, 0, &most);
	assert_is(k, 1, &least);
	put(k, 0, &least); /* replayed */
	assert_is(k, 0, &least);
}

static void bits_are_added_and_none_taken(void **state)
{
	OWNED(freep) char *path = scratch_path("near.sketches");
	OWNED(sketches_closep) struct sketches *k = open_sketches(path, MAPPED_NEW);
	struct sketch s = sketch_of(6), other = sketch_of(7);

	(void)state;
	s.authors = s.subjects = 1;
	put(k, 0, &s);
	put(k, 1, &other);
	for (unsigned bit = 0; bit < 16; bit += 3) {
		s.authors |= (uint16_t)(1 << bit);
		s.subjects |= (uint16_t)(1 << (15 - bit));
		assert_int_equal(sketches_spread(k, 0, (uint16_t)(1 << bit),
						 (uint16_t)(1 << (15 - bit)), NULL),
				 ST_OK);
		assert_is(k, 0, &s);
		assert_int_equal(sketches_spread(k, 0, (uint16_t)(1 << bit), 0, NULL),
				 ST_OK);
		assert_is(k, 0, &s);
	}
	assert_int_equal(sketches_spread(k, 0, 0, 0x80, NULL), ST_OK);
	s.subjects |= 0x80;
	assert_is(k, 0, &s);
	assert_is(k, 1, &other);
}

static void what_is_forgotten_keeps_its_place_alone(void **state)
{
	OWNED(freep) char *path = scratch_path("near.sketches");
	OWNED(sketches_closep) struct sketches *k = open_sketches(path, MAPPED_NEW);
	struct sketch s = sketch_of(9), before = sketch_of(8), behind = sketch_of(10);
	struct sketch nothing = {.seq = s.seq, .flags = SKETCH_FORGOTTEN};

	(void)state;
	put(k, 0, &before);
	put(k, 1, &s);
	put(k, 2, &behind);
	sketches_forget(k, 1);
	assert_is(k, 1, &nothing);
	assert_int_equal(sketches_spread(k, 1, 0xFFFF, 0xFF, NULL), ST_OK);
	assert_is(k, 1, &nothing); /* nobody says it any more */
	sketches_forget(k, 1);
	assert_is(k, 1, &nothing);
	assert_is(k, 0, &before);
	assert_is(k, 2, &behind);
}

static void each_bit_is_checked(void **state)
{
	OWNED(freep) char *path = scratch_path("near.sketches");
	OWNED(sketches_closep) struct sketches *k = open_sketches(path, MAPPED_NEW);
	struct sketch s = sketch_of(12), got;

	(void)state;
	put(k, 0, &s);
	put(k, 1, &s);
	uint8_t *at = mapped_items(sketches_file(k));
	for (unsigned bit = 0; bit < STORED_BYTES * 8; bit++) {
		at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sketches_get(k, 0, &got, NULL), ST_ECORRUPT);
		assert_int_equal(sketches_spread(k, 0, 0x8000, 1, NULL), ST_ECORRUPT);
		assert_is(k, 1, &s);
		at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_is(k, 0, &s);
	memset(at, 0, STORED_BYTES); /* a page that never came */
	assert_int_equal(sketches_get(k, 0, &got, NULL), ST_ECORRUPT);
}

/* Of another disk block: the halves are of different times. */
static void halves_of_two_do_not_pass(void **state)
{
	OWNED(freep) char *path = scratch_path("near.sketches");
	OWNED(sketches_closep) struct sketches *k = open_sketches(path, MAPPED_NEW);
	struct sketch a = sketch_of(1), b = sketch_of(2), got;

	(void)state;
	put(k, 0, &a);
	put(k, 1, &b);
	uint8_t *at = mapped_items(sketches_file(k));
	for (size_t cut = 8; cut < STORED_BYTES; cut += 8) {
		memcpy(at, at + STORED_BYTES, cut);
		assert_int_equal(sketches_get(k, 0, &got, NULL), ST_ECORRUPT);
		put(k, 0, &a);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_put_is_there_again),
		TEST(extremes_are_kept),
		TEST(bits_are_added_and_none_taken),
		TEST(what_is_forgotten_keeps_its_place_alone),
		TEST(each_bit_is_checked),
		TEST(halves_of_two_do_not_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
