// uses: tests/lib/journals.c
/* The journal tells a torn tail from damage, after any end of its writer. */
#include "journal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"
#include "journals.h"

static const uint8_t hash_a[32] = {0xA1, 0xA2}, hash_b[32] = {0xB1, 0xB2};

static void expect_corrupt_at(uint64_t good, const char *name)
{
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	struct journals_item item;
	struct err err = {""};

	journals_expect_records(r, 1, good);
	assert_int_equal(journals_try_read(r, &item, &err), ST_ECORRUPT);
	assert_non_null(strstr(err.text, name));
	assert_non_null(strstr(err.text, "offset "));
}

/* The seqs go on without it: only the next head knows where the segment ended. */
static void a_mark_cut_off_an_older_segment_is_missed(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 3, 1);
	journals_mark_and_roll(j);
	journal_close(TAKE(j));
	journals_read_file(&file, 1);
	assert_int_equal(journals_entry_ends(&file, ends, 8), 4);
	journals_write_file(1, file.at, ends[3]);
	expect_corrupt_at(3, "00000000000000000001.journal");
}

/* No reader may come by for a week: it is said at once. */
static void an_older_segment_that_is_cut_short_is_refused_at_the_start(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	struct journal_state state;
	uint64_t second;
	size_t ends[64];

	(void)unused;
	uint64_t last = journals_several_segments(&second);
	journals_read_file(&file, 1);
	size_t entries = journals_entry_ends(&file, ends, 63);
	const size_t cuts[] = {JOURNALS_HEAD_BYTES, ends[entries - 1], ends[entries] - 1};
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		struct journal *j = NULL;
		struct err err = {""};
		journals_write_file(1, file.at, cuts[i]);
		assert_int_equal(journals_try_open(&j, &state, &err), ST_ECORRUPT);
		assert_null(j);
		assert_non_null(strstr(err.text, "segment 00000000000000000001"));
		assert_non_null(strstr(err.text, "cut short"));
	}
	/* The zeros of what was allocated ahead may be there still. */
	OWNED(buf_release) struct buf longer = BUF_INIT(file.len + 4096);
	buf_span(&longer, buf_view(&file));
	buf_bytes(&longer, (const uint8_t[4096]){0}, 4096);
	journals_write_file(1, longer.at, longer.len);
	journal_close(journals_open(&state));
	assert_int_equal(state.last_seq, last);
	journals_expect_journal(1, last);
}

static void a_half_written_entry_is_the_end_until_it_is_whole(void **unused)
{
	OWNED(buf_release) struct buf whole = BUF_INIT(1);

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 3, 1);
	journals_read_file(&whole, 1);
	size_t ends[8], count = journals_entry_ends(&whole, ends, 8);
	assert_int_equal(count, 3);
	OWNED(buf_release) struct buf part = BUF_INIT(whole.max);
	buf_span(&part, buf_view(&whole));
	memset(part.at + ends[2], 0, ends[3] - ends[2]);
	journals_write_file(1, part.at, part.len);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	journals_expect_records(r, 1, 2);
	for (size_t at = ends[2]; at < ends[3]; at += 5) {
		memcpy(part.at + ends[2], whole.at + ends[2], at - ends[2]);
		journals_write_file(1, part.at, part.len);
		assert_int_equal(journals_read_item(r).what, JOURNAL_END);
	}
	journals_write_file(1, whole.at, whole.len);
	journals_expect_records(r, 3, 3);
}

/* After the tail was cut at `kept` records: they are there and no other. */
static void expect_reopens_with(uint64_t kept, uint64_t torn)
{
	struct journal_state state;

	OWNED(journal_closep) struct journal *j = journals_open(&state);
	assert_int_equal(state.last_seq, kept);
	assert_int_equal(state.last_received_at, kept ? journals_received_at(kept) : 0);
	assert_int_equal(state.torn_bytes, torn);
	journals_expect_journal(1, kept);
	if (torn % 64 != 8)
		return; /* going on allocates megabytes: every eighth time will do */
	journals_fill(j, kept + 1, kept + 1, 1);
	journals_expect_journal(1, kept + 1);
}

/* The length that is left of `len` without words of zeros at the end. */
static size_t without_zero_words(const struct buf *file, size_t len)
{
	static const uint8_t zeros[8];

	for (;;) {
		size_t word = (len - 1) / 8 * 8;
		if (memcmp(file->at + word, zeros, len - word) != 0)
			return len;
		len = word;
	}
}

static void a_file_cut_at_any_byte_keeps_the_whole_records(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	size_t used = journals_record_run(&file, ends, 2);
	for (size_t len = JOURNALS_HEAD_BYTES; len <= used; len++) {
		uint64_t kept = 0;
		while (kept < 6 && ends[kept + 1] <= len)
			kept++;
		journals_write_file(1, file.at, len);
		expect_reopens_with(kept, without_zero_words(&file, len) - ends[kept]);
	}
}

static void any_garbled_byte_of_the_last_group_cuts_it_there(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	size_t used = journals_record_run(&file, ends, 3);
	for (size_t at = ends[3]; at < used; at++) {
		uint64_t kept = at < ends[4] ? 3 : at < ends[5] ? 4 : 5;
		size_t secret = ends[kept] + 16 + 40;
		if (at >= secret && at < secret + RECORD_SECRET_BYTES)
			continue; /* outside the CRC: a test of its own */
		struct journal_state state;
		file.at[at] ^= 0x55;
		journals_write_file(1, file.at, used);
		struct journal *j = journals_open(&state);
		assert_int_equal(state.last_seq, kept);
		assert_in_range(state.torn_bytes, used - ends[kept] - 8,
				used - ends[kept]);
		journals_expect_journal(1, kept);
		journal_close(j);
		file.at[at] ^= 0x55;
	}
}

/* A record that was never acknowledged must not rise again behind the one written next. */
static void a_cut_tail_never_comes_back(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	struct journal_state state;
	size_t ends[8];

	(void)unused;
	size_t used = journals_record_run(&file, ends, 3);
	file.at[ends[3] + 20] ^= 1; /* record 4, of the size that 4 will have again */
	journals_write_file(1, file.at, used);
	OWNED(journal_closep) struct journal *j = journals_open(&state);
	assert_int_equal(state.last_seq, 3);
	journals_fill(j, 4, 4, 1);
	journals_expect_journal(1, 4);
	journal_close(TAKE(j));
	j = journals_open(&state);
	assert_int_equal(state.last_seq, 4);
	assert_int_equal(state.torn_bytes, 0);
}

/* What was synced before a later group was begun is no torn tail. */
static void damage_before_the_last_group_is_no_torn_tail(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	size_t used = journals_record_run(&file, ends, 2);
	for (size_t at = ends[2]; at < ends[4]; at++) {
		size_t entry = at < ends[3] ? ends[2] : ends[3];
		if (at >= entry + 56 && at < entry + 56 + RECORD_SECRET_BYTES)
			continue;
		struct journal *j = NULL;
		struct journal_state state;
		struct err err = {""};
		OWNED(freep) char *expected = xasprintf("offset %zu: damaged", entry);
		file.at[at] ^= 0x10;
		journals_write_file(1, file.at, used);
		assert_int_equal(journals_try_open(&j, &state, &err), ST_ECORRUPT);
		assert_non_null(strstr(err.text, expected));
		assert_non_null(strstr(err.text, "00000000000000000001"));
		file.at[at] ^= 0x10;
	}
	memset(file.at + ends[2], 0, ends[4] - ends[2]); /* a hole counts as damage too */
	journals_write_file(1, file.at, file.len);
	struct journal *j = NULL;
	struct journal_state state;
	assert_int_equal(journals_try_open(&j, &state, NULL), ST_ECORRUPT);
}

/* Who only reads tells them apart in the same way. */
static void a_reader_at_the_end_is_told_of_damage_and_not_of_a_torn_tail(void **unused)
{
	static const struct {
		size_t entry;
		enum status st;
	} rows[] = {{2, ST_ECORRUPT}, {3, ST_ECORRUPT}, {4, ST_OK}, {5, ST_OK}};
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	size_t used = journals_record_run(&file, ends, 2);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t entry = ends[rows[i].entry];
		OWNED(freep) char *offset = xasprintf("offset %zu: damaged", entry);
		struct journals_item item;
		struct err err = {""};

		file.at[entry + 20] ^= 0x10;
		journals_write_file(1, file.at, used);
		OWNED(journal_reader_closep)
		struct journal_reader *r = journals_open_reader(0);
		journals_expect_records(r, 1, rows[i].entry);
		assert_int_equal(journals_try_read(r, &item, NULL), ST_OK);
		assert_int_equal(item.what, JOURNAL_END);
		assert_int_equal(journal_reader_check_end(r, &err), rows[i].st);
		assert_int_equal(strstr(err.text, offset) != NULL, rows[i].st != ST_OK);
		assert_int_equal(strstr(err.text, "00000000000000000001.journal") != NULL,
				 rows[i].st != ST_OK);
		/* Beside a writer that was in the middle of it. */
		file.at[entry + 20] ^= 0x10;
		journals_write_file(1, file.at, used);
		assert_int_equal(journal_reader_check_end(r, &err), ST_OK);
		journals_expect_records(r, rows[i].entry + 1, 6);
	}
}

static void a_garbled_secret_is_damage_not_an_erasure(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];
	struct journals_item item;
	struct err err = {""};

	(void)unused;
	(void)journals_record_run(&file, ends, 6);
	file.at[ends[2] + 56 + 3] ^= 1;
	journals_write_file(1, file.at, file.len);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	journals_expect_records(r, 1, 2);
	assert_int_equal(journals_try_read(r, &item, &err), ST_ECORRUPT);
	assert_non_null(strstr(err.text, "does not open"));
}

static void a_garbled_older_segment_is_refused_by_name(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	uint64_t second;
	size_t ends[64];

	(void)unused;
	(void)journals_several_segments(&second);
	journals_read_file(&file, second);
	size_t count = journals_entry_ends(&file, ends, 64);
	OWNED(freep)
	char *name = xasprintf("%020" PRIu64 ".journal: offset %zu", second, ends[2]);
	static const struct {
		int at;
		uint8_t with;
		bool rest;
	} rows[] = {
		{0, 0x00, false},  {0, 0xFF, false},   {5, 0x77, false},
		{20, 0x01, false}, {300, 0x99, false}, {0, 0x00, true},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf copy = BUF_INIT(file.max);
		size_t len = rows[i].rest ? file.len - ends[2] : 4;
		buf_span(&copy, buf_view(&file));
		memset(copy.at + ends[2] + rows[i].at, rows[i].with, len);
		journals_write_file(second, copy.at, copy.len);
		expect_corrupt_at(second + 1, name);
	}
	journals_write_file(second, file.at,
			    ends[count - 1]); /* its last record is gone */
	expect_corrupt_at(second + count - 2, ".journal");
	journals_write_file(second, file.at, ends[count]);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	journals_expect_records(r, 1, second + count);
}

static void a_missing_segment_is_refused(void **unused)
{
	uint64_t second;
	struct journal *j = NULL;
	struct journal_state state;
	struct err err = {""};

	(void)unused;
	(void)journals_several_segments(&second);
	OWNED(freep) char *path = journals_segment_file(journals_dir, second);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(journals_try_open(&j, &state, &err), ST_ECORRUPT);
	assert_non_null(strstr(err.text, "is missing"));
	expect_corrupt_at(second - 1, "00000000000000000001.journal");
}

static void a_garbled_head_is_refused(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	uint64_t second;

	(void)unused;
	(void)journals_several_segments(&second);
	journals_read_file(&file, second);
	for (size_t at = 0; at < JOURNALS_HEAD_BYTES; at += at < 160 ? 1 : 97) {
		struct journal *j = NULL;
		struct journal_state state;
		struct err err = {""};
		file.at[at] ^= 0x40;
		journals_write_file(second, file.at, file.len);
		assert_int_equal(journals_try_open(&j, &state, &err), ST_ECORRUPT);
		assert_non_null(strstr(err.text, "offset 0"));
		file.at[at] ^= 0x40;
	}
}

static void a_newer_format_is_refused_as_such(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	struct journal *j = journals_open(NULL);
	struct journal_state state;
	struct journal_reader *r = NULL;
	struct err err = {""};

	(void)unused;
	journals_fill(j, 1, 2, 1);
	journal_close(TAKE(j));
	journals_read_file(&file, 1);
	put_le32(file.at + 8, 2);
	put_le32(file.at + JOURNALS_HEAD_BYTES - 4,
		 crc32c(0, (struct span){file.at, JOURNALS_HEAD_BYTES - 4}));
	journals_write_file(1, file.at, file.len);
	assert_int_equal(journals_try_open(&j, &state, &err), ST_EVERSION);
	assert_non_null(strstr(err.text, "format 2"));
	assert_int_equal(journal_reader_open(&r, journals_dir, 0, &err), ST_EVERSION);
}

static void an_erasure_cut_half_way_counts_as_one(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	(void)journals_record_run(&file, ends, 6);
	for (size_t word = 0; word < RECORD_SECRET_BYTES; word += 8) {
		OWNED(buf_release) struct buf copy = BUF_INIT(file.max);
		buf_span(&copy, buf_view(&file));
		memset(copy.at + ends[0] + 56 + word, 0, 8);
		journals_write_file(1, copy.at, copy.len);
		OWNED(journal_reader_closep)
		struct journal_reader *r = journals_open_reader(0);
		struct journals_item item = journals_read_item(r);
		assert_true(item.bytes.at[5] & RECORD_ERASED);
		assert_int_equal(item.bytes.len, RECORD_HEAD_BYTES + 12);
		for (size_t i = 40; i < 72; i++)
			assert_int_equal(item.bytes.at[i], 0);
		journals_expect_records(r, 2, 6);
	}
}

static void a_cut_before_an_activation_leaves_the_old_hashes(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	struct journal *j = journals_open(NULL);
	journal_in_force(j, hash_a, hash_b);
	journals_append(j, 1);
	journal_in_force(j, hash_b, hash_a);
	journals_append(j, 2);
	journals_commit(j);
	journal_close(j);
	journals_read_file(&file, 1);
	assert_int_equal(journals_entry_ends(&file, ends, 8), 2);
	for (size_t len = ends[1]; len <= ends[2]; len++) {
		struct journal_state state;
		journals_write_file(1, file.at, len);
		journal_close(journals_open(&state));
		assert_int_equal(state.last_seq, len < ends[2] ? 1 : 2);
		assert_memory_equal(state.rules_hash, len < ends[2] ? hash_a : hash_b,
				    32);
	}
}

static uint64_t random_state = 20260101;

static uint64_t random_below(uint64_t limit)
{
	random_state = random_state * 6364136223846793005U + 1442695040888963407U;
	return (random_state >> 33) % limit;
}

static NORETURN void append_until_killed(int report)
{
	struct journal_state state;
	struct journal *j = journals_open(&state);
	uint64_t seq = state.last_seq;

	for (;;) {
		for (uint64_t n = 1 + random_below(9); n > 0; n--)
			journals_append(j, ++seq);
		if (journal_commit(j, NULL) != ST_OK ||
		    write(report, &seq, sizeof(seq)) != sizeof(seq))
			_exit(1);
	}
}

static void everything_reported_before_a_kill_is_there(void **unused)
{
	uint64_t reported = 0;

	(void)unused;
	for (int round = 0; round < 40; round++) {
		int ends[2];
		struct journal_state state;
		assert_int_equal(pipe(ends), 0);
		uint64_t reports = 1 + random_below(30), seq = 0;
		random_below(1);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			append_until_killed(ends[1]);
		close(ends[1]);
		for (uint64_t i = 0; i < reports; i++)
			assert_int_equal(read(ends[0], &seq, sizeof(seq)), sizeof(seq));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		while (read(ends[0], &seq, sizeof(seq)) == sizeof(seq))
			;
		close(ends[0]);
		assert_true(seq > reported);
		reported = seq;
		journal_close(journals_open(&state));
		assert_true(state.last_seq >= reported);
		reported = state.last_seq;
	}
	journals_expect_journal(1, reported);
}

#define TEST(name)                                                   \
	cmocka_unit_test_setup_teardown(name, journals_make_scratch, \
					journals_remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mark_cut_off_an_older_segment_is_missed),
		TEST(an_older_segment_that_is_cut_short_is_refused_at_the_start),
		TEST(a_half_written_entry_is_the_end_until_it_is_whole),
		TEST(a_file_cut_at_any_byte_keeps_the_whole_records),
		TEST(any_garbled_byte_of_the_last_group_cuts_it_there),
		TEST(a_cut_tail_never_comes_back),
		TEST(damage_before_the_last_group_is_no_torn_tail),
		TEST(a_reader_at_the_end_is_told_of_damage_and_not_of_a_torn_tail),
		TEST(a_garbled_secret_is_damage_not_an_erasure),
		TEST(a_garbled_older_segment_is_refused_by_name),
		TEST(a_missing_segment_is_refused),
		TEST(a_garbled_head_is_refused),
		TEST(a_newer_format_is_refused_as_such),
		TEST(an_erasure_cut_half_way_counts_as_one),
		TEST(a_cut_before_an_activation_leaves_the_old_hashes),
		TEST(everything_reported_before_a_kill_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
