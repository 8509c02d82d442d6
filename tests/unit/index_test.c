// uses: stages/dedup/index.c stages/dedup/index_find.c stages/dedup/index_slots.c
// uses: stages/dedup/sketches.c stages/dedup/slots.c stages/dedup/mapped.c
// uses: stages/dedup/recent.c stages/dedup/signature.c tests/lib/scratch.c tests/lib/twin.c
#include "index.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"
#include "twin.h"

#define LAST	     (TWIN_SEQS_MAX - 1)
#define HEADER_BYTES 4096

static struct twin twin;

static char *file_of(const char *data, const char *name)
{
	return xasprintf("%s/near.%s", data, name);
}

static void flip_at(const char *path, off_t at)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	assert_int_equal(close(fd), 0);
}

/* Another inode: what is not synced may be older. */
static void copy_anew(const char *path)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(1 << 26);

	assert_int_equal(file_read(&bytes, path, NULL), ST_OK);
	assert_int_equal(file_replace(path, buf_view(&bytes), 0600, NULL), ST_OK);
}

static void assert_counts(const struct index *x, uint64_t seq)
{
	assert_int_equal(index_texts(x), seq - seq / 7);
	assert_int_equal(index_leaders(x), twin_leaders(seq));
}

static void it_finds_the_same_committed_or_not(void **state)
{
	static const uint64_t lags[] = {0, 1, 30, 500};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lags); i++) {
		OWNED(freep) char *data = xasprintf("%s/%zu", scratch_dir, i);
		uint64_t from;
		OWNED(index_closep) struct index *x = twin_open(data, &from);
		for (uint64_t seq = 1; seq <= LAST; seq++) {
			twin_step(&twin, x, seq, TWIN_ALL);
			if (seq <= lags[i] || (lags[i] > 1 && seq % 17))
				continue;
			assert_int_equal(index_commit(x, seq - lags[i], NULL), ST_OK);
			assert_counts(x, seq - lags[i]);
		}
	}
}

/* What the process left behind, before it is started again: by turns. */
static void harm(const char *data, uint64_t turn, bool whole)
{
	OWNED(freep) char *bands = file_of(data, "bands");
	OWNED(freep) char *texts = file_of(data, "texts");
	OWNED(freep) char *sketches = file_of(data, "sketches");
	char *const slots = turn / 10 % 2 ? bands : texts;
	struct stat info;

	assert_int_equal(stat(slots, &info), 0);
	switch (turn % 10) {
	case 1:
		assert_int_equal(unlink(slots), 0);
		break;
	case 2:
		assert_int_equal(truncate(slots, info.st_size - 100), 0);
		break;
	case 3:
		for (off_t at = HEADER_BYTES; at < info.st_size; at += 64)
			flip_at(slots, at + (off_t)(turn * 5 % 64));
		break;
	case 4:
		flip_at(slots, (off_t)(turn * 31 % 512)); /* the header */
		break;
	case 5:
		copy_anew(slots);
		break;
	case 6:
		copy_anew(sketches);
		break;
	case 7:
		if (!whole)
			break;
		assert_int_equal(unlink(sketches), 0); /* alone */
		break;
	case 8:
		copy_anew(sketches);
		copy_anew(bands);
		copy_anew(texts);
		break;
	case 9:
		flip_at(sketches, 1024 + 3); /* a cover that is half there */
		break;
	default:
		break;
	}
}

/* Every batch in an index that is opened anew, behind what was committed before. */
static void it_finds_the_same_after_any_harm(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	uint64_t told = 0, from, seq = 0;

	(void)state;
	for (uint64_t turn = 0; seq < LAST; turn++) {
		OWNED(index_closep) struct index *x = twin_open(data, &from);
		assert_true(from <= told);
		for (seq = from + 1; seq <= MIN(told + 25, LAST); seq++)
			twin_step(&twin, x, seq, seq <= told ? TWIN_WHO : TWIN_ALL);
		told = MIN(told + 20, LAST);
		assert_int_equal(index_commit(x, told, NULL), ST_OK);
		assert_counts(x, told);
		if (turn % 3 == 0)
			assert_int_equal(index_sync(x, NULL), ST_OK);
		index_close(TAKE(x));
		harm(data, turn, turn % 20 == 7);
	}
}

/* Slots of an earlier time, put back: they are behind. */
static void slots_that_are_behind_are_made_again(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(freep) char *bands = file_of(data, "bands");
	OWNED(buf_release) struct buf bytes = BUF_INIT(1 << 26);
	uint64_t from;
	OWNED(index_closep) struct index *x = twin_open(data, &from);

	(void)state;
	for (uint64_t seq = 1; seq <= 500; seq++) {
		twin_step(&twin, x, seq, TWIN_ALL);
		if (seq % 250)
			continue;
		assert_int_equal(index_commit(x, seq, NULL), ST_OK);
		if (seq == 250)
			assert_int_equal(file_read(&bytes, bands, NULL), ST_OK);
	}
	index_close(TAKE(x));
	int fd = open(bands, O_RDWR | O_CLOEXEC); /* the very same inode */
	assert_int_equal(pwrite(fd, bytes.at, bytes.len, 0), bytes.len);
	assert_int_equal(close(fd), 0);
	x = twin_open(data, &from);
	assert_int_equal(from, 500);
	assert_counts(x, 500);
	for (uint64_t seq = 501; seq <= LAST; seq++)
		twin_step(&twin, x, seq, TWIN_ALL);
}

/* Lines are damaged while they are in use: found by who looks, and by who puts. */
static void damage_is_mended_on_the_way(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(freep) char *bands = file_of(data, "bands");
	OWNED(freep) char *texts = file_of(data, "texts");
	uint64_t from;
	OWNED(index_closep) struct index *x = twin_open(data, &from);
	struct stat info;

	(void)state;
	for (uint64_t seq = 1; seq <= LAST; seq++) {
		twin_step(&twin, x, seq, TWIN_ALL);
		if (seq % 100 == 50) {
			const char *path = seq % 200 == 50 ? bands : texts;
			assert_int_equal(stat(path, &info), 0);
			for (off_t at = HEADER_BYTES; at < info.st_size; at += 64)
				flip_at(path, at + (off_t)(seq % 64));
		}
		if (seq % 10 == 0)
			assert_int_equal(index_commit(x, seq, NULL), ST_OK);
	}
	assert_counts(x, LAST / 10 * 10);
}

static void damaged_sketches_are_found_when_they_may_be_old(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(freep) char *sketches = file_of(data, "sketches");
	uint64_t from;
	struct index *x = twin_open(data, &from);

	(void)state;
	for (uint64_t seq = 1; seq <= 100; seq++)
		twin_step(&twin, x, seq, TWIN_ALL);
	assert_int_equal(index_commit(x, 100, NULL), ST_OK);
	assert_int_equal(index_sync(x, NULL), ST_OK);
	index_close(x);
	for (off_t at = 0; at < 400; at += 7) {
		flip_at(sketches, HEADER_BYTES + at);
		copy_anew(sketches);
		assert_int_equal(
			index_open(&x, &from, data, TWIN_JOURNAL, TWIN_PARAMETERS, NULL),
			ST_ECORRUPT);
		flip_at(sketches, HEADER_BYTES + at);
	}
	index_close(twin_open(data, &from));
	assert_int_equal(from, 100);
	assert_int_equal(
		index_open(&x, &from, data, TWIN_JOURNAL + 1, TWIN_PARAMETERS, NULL),
		ST_EVERSION);
	assert_int_equal(
		index_open(&x, &from, data, TWIN_JOURNAL, TWIN_PARAMETERS + 1, NULL),
		ST_EVERSION);
	assert_int_equal(index_remove(data, NULL), ST_OK);
	index_close(twin_open(data, &from));
	assert_int_equal(from, 0);
}

/* Nothing of it is left that could be found, but its slots lead there. */
static void a_sketch_that_is_written_over_is_no_stranger(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(freep) char *sketches = file_of(data, "sketches");
	static struct candidates c;
	struct sketch s;
	uint64_t from;
	struct index *x = twin_open(data, &from);

	(void)state;
	for (uint64_t seq = 1; seq <= 100; seq++)
		twin_step(&twin, x, seq, TWIN_ALL);
	assert_int_equal(index_commit(x, 100, NULL), ST_OK);
	index_close(x);
	for (off_t at = 0; at < SIGNATURE_BYTES; at++)
		flip_at(sketches, HEADER_BYTES + at);
	OWNED(index_closep) struct index *again = twin_open(data, &from);
	assert_int_equal(from, 100);
	uint64_t first = 1;
	while (!twin_sketch(&s, first))
		first++;
	assert_int_equal(index_find(again, s.signature, &c, NULL), ST_ECORRUPT);
}

static bool finds_seq(struct index *x, const struct sketch *s, uint64_t seq)
{
	static struct candidates c;
	bool found = false;

	assert_int_equal(index_find(x, s->signature, &c, NULL), ST_OK);
	for (size_t i = 0; i < c.count; i++)
		found |= c.at[i].sketch.seq == seq;
	return found;
}

static void what_is_erased_is_not_found_again(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	uint64_t from;
	OWNED(index_closep) struct index *x = twin_open(data, &from);
	struct sketch s;

	(void)state;
	for (uint64_t seq = 1; seq <= 300; seq++)
		twin_step(&twin, x, seq, TWIN_ALL);
	assert_int_equal(index_commit(x, 200, NULL), ST_OK);
	for (uint64_t seq = 100; seq <= 300; seq += 50) { /* some are not committed */
		bool added = twin_sketch(&s, seq);
		assert_int_equal(finds_seq(x, &s, seq), added);
		assert_int_equal(index_forget(x, seq, NULL), ST_OK);
		assert_false(finds_seq(x, &s, seq));
		added = twin_sketch(&s, seq - 2);
		assert_int_equal(finds_seq(x, &s, seq - 2), added);
	}
	assert_int_equal(index_forget(x, 1000, NULL), ST_OK); /* is not there */
	assert_int_equal(index_commit(x, 300, NULL), ST_OK);
	for (unsigned again = 0; again < 2; again++) {
		for (uint64_t seq = 100; seq <= 300; seq++) {
			bool added = twin_sketch(&s, seq) && seq % 50;
			if (added != finds_seq(x, &s, seq))
				fail_msg("seq %llu", (unsigned long long)seq);
		}
		assert_int_equal(index_rebuild(x, NULL), ST_OK);
	}
}

/* More than the first tables hold; numbers outgrow their bits, and few lead. */
static void tables_grow(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	static const uint8_t none[SIGNATURE_BANDS];
	uint64_t from, bytes = 0;
	OWNED(index_closep) struct index *x = twin_open(data, &from);
	enum { COUNT = 100000 };

	(void)state;
	for (uint64_t seq = 1; seq <= COUNT; seq++) {
		struct sketch s = {.seq = seq, .flags = seq % 50 ? 0 : SKETCH_LEADER};
		for (unsigned i = 0; i < SIGNATURE_BYTES; i += 8)
			put_le64(s.signature + i, (seq + i) * 0x9E3779B97F4A7C15);
		assert_int_equal(index_add(x, &s, none, NULL), ST_OK);
		if (seq % 1000 == 0)
			assert_int_equal(index_commit(x, seq, NULL), ST_OK);
		if (seq == 1000)
			bytes = index_bytes(x);
	}
	assert_true(index_bytes(x) > bytes);
	assert_int_equal(index_texts(x), COUNT);
	assert_int_equal(index_leaders(x), COUNT / 50);
	for (uint64_t seq = 1; seq <= COUNT; seq++) {
		struct sketch s;
		for (unsigned i = 0; i < SIGNATURE_BYTES; i += 8)
			put_le64(s.signature + i, (seq + i) * 0x9E3779B97F4A7C15);
		assert_true(finds_seq(x, &s, seq));
		s.signature[0] ^= 1; /* another text, most bands in common */
		assert_int_equal(finds_seq(x, &s, seq), seq % 50 == 0);
	}
}

static int make_twin(void **state)
{
	int failed = scratch_make(state);

	twin_init(&twin);
	return failed || scratch_remove(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_finds_the_same_committed_or_not),
		TEST(it_finds_the_same_after_any_harm),
		TEST(slots_that_are_behind_are_made_again),
		TEST(damage_is_mended_on_the_way),
		TEST(damaged_sketches_are_found_when_they_may_be_old),
		TEST(a_sketch_that_is_written_over_is_no_stranger),
		TEST(what_is_erased_is_not_found_again),
		TEST(tables_grow),
	};

	return cmocka_run_group_tests(tests, make_twin, NULL);
}
