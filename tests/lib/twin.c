#include "twin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "scratch.h"

#define FAMILIES 24
#define FOURS	 (SIGNATURE_BYTES / SIGNATURE_ROWS)

static uint64_t leaders_of[TWIN_SEQS_MAX]; /* of the one that never commits */

static uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

/* Bands of the family, but band 0 of a group of families, and some of its own. */
bool twin_sketch(struct sketch *ret, uint64_t seq)
{
	uint64_t dice = mixed(seq + 1000), family = dice % FAMILIES;
	unsigned own = (unsigned)(dice >> 8) % 5 * (FOURS / 5);

	*ret = (struct sketch){.seq = seq,
			       .authors = (uint16_t)(1 << (dice >> 16) % 16),
			       .subjects = (uint16_t)(1 << (dice >> 24) % 7)};
	for (unsigned b = 0; b < FOURS; b++) {
		uint64_t band = mixed(family * 100 + b);
		if (b == 0 && (dice >> 32) % 3)
			band = mixed(family % 2);
		else if (b < own)
			band = mixed(seq * 1000 + b);
		put_le32(ret->signature + (size_t)b * SIGNATURE_ROWS, (uint32_t)band);
	}
	return seq % 7 != 0;
}

static int by_ordinal(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

static uint64_t hash_of(struct candidates *c, enum twin_what what)
{
	struct buf bytes = BUF_INIT(1 << 20);

	qsort(c->at, c->count, sizeof(c->at[0]), by_ordinal);
	for (size_t i = 0; i < c->count; i++) {
		const struct candidate *one = &c->at[i];
		buf_le32(&bytes, one->ordinal);
		buf_le32(&bytes, one->alike);
		buf_le64(&bytes, one->sketch.seq);
		buf_le32(&bytes, one->sketch.flags);
		if (what == TWIN_ALL) {
			buf_le16(&bytes, one->sketch.authors);
			buf_le16(&bytes, one->sketch.subjects);
		}
	}
	buf_bytes(&bytes, c->leaders, sizeof(c->leaders));
	uint64_t hash = hash64(buf_view(&bytes), 1);
	buf_release(&bytes);
	return hash;
}

static void remember(struct index *x, uint64_t seq, struct sketch *s,
		     const struct candidates *c)
{
	unsigned best = 0;

	for (size_t i = 0; i < c->count; i++)
		best = MAX(best, c->at[i].alike);
	if (best < SIGNATURE_BYTES * 6 / 10)
		s->flags = SKETCH_LEADER;
	if (seq % 7 != 0)
		assert_int_equal(index_add(x, s, c->leaders, NULL), ST_OK);
	for (size_t i = 0; i < c->count; i++) {
		const struct candidate *one = &c->at[i];
		bool new = (one->sketch.authors | s->authors) != one->sketch.authors ||
			   (one->sketch.subjects | s->subjects) != one->sketch.subjects;
		if (new && one->alike >= SIGNATURE_BYTES * 6 / 10)
			index_spread(x, one->ordinal, s->authors, s->subjects, seq);
	}
}

void twin_step(const struct twin *t, struct index *x, uint64_t seq, enum twin_what what)
{
	static struct candidates c;
	struct sketch s;

	(void)twin_sketch(&s, seq);
	assert_int_equal(index_find(x, s.signature, &c, NULL), ST_OK);
	if (hash_of(&c, TWIN_WHO) != t->who[seq])
		fail_msg("seq %llu: others", (unsigned long long)seq);
	if (what == TWIN_ALL && hash_of(&c, TWIN_ALL) != t->all[seq])
		fail_msg("seq %llu: another spread", (unsigned long long)seq);
	remember(x, seq, &s, &c);
}

struct index *twin_open(const char *data, uint64_t *ret_from)
{
	struct index *x = NULL;

	assert_int_equal(file_make_dirs(data, 0700, NULL), ST_OK);
	assert_int_equal(
		index_open(&x, ret_from, data, TWIN_JOURNAL, TWIN_PARAMETERS, NULL),
		ST_OK);
	return x;
}

void twin_init(struct twin *t)
{
	OWNED(freep) char *data = scratch_path("never");
	static struct candidates c;
	struct sketch s;
	uint64_t from;
	OWNED(index_closep) struct index *x = twin_open(data, &from);

	for (uint64_t seq = 1; seq < TWIN_SEQS_MAX; seq++) {
		(void)twin_sketch(&s, seq);
		assert_int_equal(index_find(x, s.signature, &c, NULL), ST_OK);
		t->who[seq] = hash_of(&c, TWIN_WHO);
		t->all[seq] = hash_of(&c, TWIN_ALL);
		remember(x, seq, &s, &c);
		leaders_of[seq] = leaders_of[seq - 1] + (seq % 7 && s.flags);
	}
}

uint64_t twin_leaders(uint64_t seq)
{
	return leaders_of[seq];
}
