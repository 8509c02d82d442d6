// uses: tests/lib/journals.c
/* The journal gives back what was committed, in order, and forgets what it is told to. */
#include "journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"
#include "journals.h"
#include "seal.h"

/* What the writer does while a reader, at the end, looks whether a next segment is there. */
static void (*meanwhile)(struct journal *j);
static struct journal *meanwhile_writer;

int access(const char *path, int mode)
{
	if (meanwhile)
		meanwhile(meanwhile_writer);
	meanwhile = NULL;
	return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}

static const uint8_t hash_a[32] = {0xA1, 0xA2}, hash_b[32] = {0xB1, 0xB2};

static void gives_back_what_was_committed(void **unused)
{
	struct journal_state state;

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(&state);
	assert_int_equal(state.first_seq, 1);
	assert_int_equal(state.last_seq, 0);
	assert_true(state.journal_id != 0);
	journals_fill(j, 1, 100, 7);
	journals_expect_journal(1, 100);
	uint64_t id = state.journal_id;
	journal_close(TAKE(j));

	j = journals_open(&state);
	assert_int_equal(state.journal_id, id);
	assert_int_equal(state.first_seq, 1);
	assert_int_equal(state.last_seq, 100);
	assert_int_equal(state.last_received_at, journals_received_at(100));
	assert_int_equal(state.torn_bytes, 0);
	journals_fill(j, 101, 120, 3);
	journals_expect_journal(1, 120);
}

static void starts_reading_anywhere(void **unused)
{
	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 60, 4);
	for (uint64_t from = 1; from <= 61; from++) {
		OWNED(journal_reader_closep)
		struct journal_reader *r = journals_open_reader(from);
		journals_expect_records(r, from, 60);
		assert_int_equal(journals_read_item(r).what, JOURNAL_END);
	}
}

static void a_reader_follows_the_writer_across_segments(void **unused)
{
	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	OWNED(journal_reader_closep)
	struct journal_reader *late = journals_open_reader(150);
	for (uint64_t seq = 1; seq <= 200; seq++) {
		assert_int_equal(journals_read_item(r).what, JOURNAL_END);
		journals_append(j, seq);
		assert_int_equal(journals_read_item(r).what,
				 JOURNAL_END); /* only in memory */
		journals_commit(j);
		if (seq % 5 == 0) { /* a mark behind the record, read at once or later */
			journal_mark(j, seq, "killed it");
			journals_commit(j);
		}
		journals_expect_records(r, seq, seq);
		if (seq % 5 == 0) {
			struct journals_item item = journals_read_item(r);
			assert_int_equal(item.what, JOURNAL_MARK);
			assert_int_equal(item.seq, seq);
			assert_string_equal(item.reason, "killed it");
		}
	}
	journals_expect_records(late, 150, 150);
}

/* Who knows what was committed stops reading there, and sees no end: what was read ahead
 * by then is older than the next record. */
static void a_reader_that_stops_in_time_finds_the_next_record_at_once(void **unused)
{
	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	for (uint64_t seq = 1; seq <= 100; seq++) {
		journals_append(j, seq);
		journals_commit(j);
		journals_expect_records(r, seq, seq);
	}
}

static void nothing_added_before_a_roll_is_passed_over(void **unused)
{
	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 3, 1);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	journals_expect_records(r, 1, 3);
	meanwhile_writer = j;
	meanwhile = journals_mark_and_roll;
	struct journals_item item = journals_read_item(r);
	assert_int_equal(item.what, JOURNAL_MARK);
	assert_int_equal(item.seq, 3);
	journals_expect_records(r, 4, 43);
	assert_int_equal(journals_read_item(r).what, JOURNAL_END);
}

static void a_second_writer_is_refused(void **unused)
{
	struct journal *second = NULL;
	struct journal_state state;

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	assert_int_equal(journals_try_open(&second, &state, NULL), ST_EBUSY);
	journal_close(TAKE(j));
	assert_int_equal(journals_try_open(&second, &state, NULL), ST_OK);
	journal_close(second);
}

static void an_erased_record_is_noise(void **unused)
{
	OWNED(buf_release) struct buf before = BUF_INIT(1), after = BUF_INIT(1);
	OWNED(buf_release) struct buf plain = BUF_INIT(RECORD_BYTES_MAX);
	size_t ends[8];
	uint8_t opened[RECORD_BYTES_MAX];

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 5, 5);
	journals_read_file(&before, 1);
	assert_int_equal(journal_erase(j, 3, NULL), ST_OK);
	assert_int_equal(journal_erase(j, 3, NULL), ST_OK);
	assert_int_equal(journal_erase(j, 6, NULL), ST_ENOTFOUND);
	assert_int_equal(journal_erase(j, 0, NULL), ST_ENOTFOUND);
	journals_read_file(&after, 1);
	journals_entry_ends(&after, ends, 8);

	/* Nothing changed but 32 bytes. */
	size_t secret = ends[2] + 56;
	for (size_t i = 0; i < after.len; i++)
		if (i < secret || i >= secret + RECORD_SECRET_BYTES)
			assert_int_equal(before.at[i], after.at[i]);
		else
			assert_int_equal(after.at[i], 0);

	/* The sealed body opens with the old secret, and not with what stands there now. */
	journals_make_record(&plain, 3);
	size_t clear = plain.len - get_le32(plain.at + 108);
	struct span also = {plain.at, 40};
	struct span sealed = {after.at + ends[2] + 16 + clear,
			      plain.len - clear + SEAL_TAG_BYTES};
	assert_int_equal(seal_open(opened, sealed, also, before.at + secret), ST_OK);
	assert_memory_equal(opened, plain.at + clear, plain.len - clear);
	assert_int_equal(seal_open(opened, sealed, also, after.at + secret), ST_ECORRUPT);

	for (int again = 0; again < 2; again++) {
		OWNED(journal_reader_closep)
		struct journal_reader *r = journals_open_reader(0);
		struct record head;
		journals_expect_records(r, 1, 2);
		struct journals_item item = journals_read_item(r);
		assert_int_equal(item.what, JOURNAL_RECORD);
		assert_int_equal(record_parse_head(&head, item.bytes, NULL), ST_OK);
		assert_int_equal(head.flags, RECORD_ERASED);
		assert_int_equal(head.body.len, 0);
		assert_int_equal(head.seq, 3);
		assert_true(span_equal(head.site, SPAN_OF("shop")));
		journals_expect_records(r, 4, 5);
		journal_close(TAKE(j)); /* and it stays so */
		j = journals_open(NULL);
	}
}

static void erasure_reaches_older_segments(void **unused)
{
	uint64_t second;
	uint64_t last = journals_several_segments(&second);

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	for (uint64_t seq = 1; seq <= last; seq += 2)
		assert_int_equal(journal_erase(j, seq, NULL), ST_OK);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	for (uint64_t seq = 1; seq <= last; seq++) {
		struct journals_item item = journals_read_item(r);
		assert_int_equal(item.seq, seq);
		assert_int_equal(item.bytes.at[5], seq % 2 ? RECORD_ERASED : 0);
	}
}

static void hashes_in_force_stand_with_their_record(void **unused)
{
	uint8_t rules[32], policy[32];
	struct journal_state state;
	static const uint8_t none[32];

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 2, 2);
	journal_in_force(j, hash_a, hash_b);
	journals_fill(j, 3, 100, 4); /* rolls several times */
	journal_in_force(j, hash_b, hash_a);
	journals_append(j, 101);
	journals_append(j, 102);
	journals_commit(j);
	journal_close(TAKE(j));

	j = journals_open(&state);
	assert_memory_equal(state.rules_hash, hash_b, 32);
	assert_memory_equal(state.policy_hash, hash_a, 32);
	for (uint64_t from = 1; from <= 102; from++) {
		OWNED(journal_reader_closep)
		struct journal_reader *r = journals_open_reader(from);
		journals_expect_records(r, from, from);
		journal_reader_in_force(r, rules, policy);
		assert_memory_equal(rules,
				    from <= 3	  ? none
				    : from <= 101 ? hash_a
						  : hash_b,
				    32);
		assert_memory_equal(policy,
				    from <= 3	  ? none
				    : from <= 101 ? hash_b
						  : hash_a,
				    32);
	}
}

static void marks_come_back_in_their_place(void **unused)
{
	char longest[JOURNAL_REASON_MAX + 100];

	(void)unused;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 4, 4);
	journal_mark(j, 2, "worker died of signal 11");
	journal_mark(j, 4, "");
	journal_mark(j, 3, longest);
	journals_commit(j);
	journals_fill(j, 5, 6, 2);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(3);
	journals_expect_records(r, 3, 4);
	struct journals_item item = journals_read_item(r);
	assert_int_equal(item.what, JOURNAL_MARK);
	assert_int_equal(item.seq, 2);
	assert_string_equal(item.reason, "worker died of signal 11");
	item = journals_read_item(r);
	assert_int_equal(item.seq, 4);
	assert_string_equal(item.reason, "");
	item = journals_read_item(r);
	assert_int_equal(item.seq, 3);
	assert_int_equal(strlen(item.reason), JOURNAL_REASON_MAX);
	journals_expect_records(r, 5, 6);
	OWNED(journal_reader_closep)
	struct journal_reader *behind = journals_open_reader(6);
	journals_expect_records(behind, 6, 6);
}

static void marks_alone_do_not_roll_a_segment(void **unused)
{
	struct journal_state state;

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 40, 1);
	for (int i = 0; i < 400; i++) {
		journal_mark(j, 40, "again and again and again and again");
		journals_commit(j);
	}
	journal_close(TAKE(j));
	j = journals_open(&state);
	assert_int_equal(state.last_seq, 40);
	journals_fill(j, 41, 50, 1);
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);
	uint64_t records = 0, marks = 0;
	for (;;) {
		struct journals_item item = journals_read_item(r);
		if (item.what == JOURNAL_END)
			break;
		records += item.what == JOURNAL_RECORD;
		marks += item.what == JOURNAL_MARK;
	}
	assert_int_equal(records, 50);
	assert_int_equal(marks, 400);
}

static void trims_only_what_is_committed_and_expired(void **unused)
{
	uint64_t second, first;
	uint64_t last = journals_several_segments(&second), bytes, fewer;
	struct journal_state state;
	struct journal_reader *gone = NULL;

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	assert_int_equal(journal_disk_bytes(&bytes, journals_dir, NULL), ST_OK);
	int64_t expired = journals_received_at(last + 1);

	assert_int_equal(journal_trim(j, second - 2, expired, &first, NULL), ST_OK);
	assert_int_equal(first, 1); /* its last record is not committed */
	assert_int_equal(
		journal_trim(j, last, journals_received_at(second - 1), &first, NULL),
		ST_OK);
	assert_int_equal(first, 1); /* its last record is not expired */
	journals_expect_journal(1, last);

	assert_int_equal(journal_trim(j, second - 1, journals_received_at(second - 1) + 1,
				      &first, NULL),
			 ST_OK);
	assert_int_equal(first, second);
	journals_expect_journal(second, last);
	assert_int_equal(journal_disk_bytes(&fewer, journals_dir, NULL), ST_OK);
	assert_true(fewer < bytes);
	assert_int_equal(journal_reader_open(&gone, journals_dir, second - 1, NULL),
			 ST_ENOTFOUND);
	assert_int_equal(journal_erase(j, second - 1, NULL), ST_ENOTFOUND);

	assert_int_equal(journal_trim(j, last, expired, &first, NULL), ST_OK);
	journals_expect_journal(first, last); /* never the last one */
	assert_true(first <= last);
	journal_close(TAKE(j));
	j = journals_open(&state);
	assert_int_equal(state.first_seq, first);
	assert_int_equal(state.last_seq, last);
}

static void no_journal_is_not_found(void **unused)
{
	struct journal_reader *r = NULL;
	OWNED(freep) char *nowhere = xasprintf("%s/nowhere", journals_dir);

	(void)unused;
	assert_int_equal(journal_reader_open(&r, journals_dir, 0, NULL), ST_ENOTFOUND);
	assert_int_equal(journal_reader_open(&r, nowhere, 1, NULL), ST_ENOTFOUND);
}

static void a_failed_commit_promises_nothing_and_is_final(void **unused)
{
	struct err err = {""};
	struct journal_state state;
	uint64_t first;

	(void)unused;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journals_fill(j, 1, 5, 1);
	/* The next segment cannot be made: its temporary name is a directory. */
	for (uint64_t seq = 6; seq < 40; seq++) {
		OWNED(freep)
		char *blocked =
			xasprintf("%s/%020" PRIu64 ".journal.new", journals_dir, seq);
		assert_int_equal(mkdir(blocked, 0700), 0);
	}
	enum status st = ST_OK;
	uint64_t promised = 5;
	while (!st && promised < 40) {
		journals_append(j, promised + 1);
		st = journal_commit(j, &err);
		promised += !st;
	}
	assert_int_equal(st, ST_EIO);
	assert_int_equal(journal_commit(j, &err), ST_EIO);
	assert_int_equal(journal_erase(j, 1, &err), ST_EIO);
	assert_int_equal(journal_trim(j, 1, INT64_MAX, &first, &err), ST_EIO);
	journal_close(TAKE(j));
	j = journals_open(&state);
	assert_int_equal(state.last_seq, promised);
	journals_expect_journal(1, promised);
}

#define TEST(name)                                                   \
	cmocka_unit_test_setup_teardown(name, journals_make_scratch, \
					journals_remove_scratch)

static void the_store_must_fit_the_journal(void **state)
{
	static const struct {
		uint64_t first_seq, last_seq, committed;
		enum status status;
	} rows[] = {
		{1, 0, 0, ST_OK},	 {1, 9, 0, ST_OK}, {1, 9, 9, ST_OK},
		{1, 9, 10, ST_ECORRUPT}, {5, 9, 4, ST_OK}, {5, 9, 3, ST_ECORRUPT},
		{5, 9, 0, ST_ECORRUPT},	 {5, 4, 4, ST_OK},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct journal_state journal = {.journal_id = 1,
						      .first_seq = rows[i].first_seq,
						      .last_seq = rows[i].last_seq};
		if (journal_check_age(&journal, rows[i].committed, NULL) !=
		    rows[i].status)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_store_must_fit_the_journal),
		TEST(gives_back_what_was_committed),
		TEST(starts_reading_anywhere),
		TEST(a_reader_follows_the_writer_across_segments),
		TEST(a_reader_that_stops_in_time_finds_the_next_record_at_once),
		TEST(nothing_added_before_a_roll_is_passed_over),
		TEST(a_second_writer_is_refused),
		TEST(an_erased_record_is_noise),
		TEST(erasure_reaches_older_segments),
		TEST(hashes_in_force_stand_with_their_record),
		TEST(marks_come_back_in_their_place),
		TEST(marks_alone_do_not_roll_a_segment),
		TEST(trims_only_what_is_committed_and_expired),
		TEST(no_journal_is_not_found),
		TEST(a_failed_commit_promises_nothing_and_is_final),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
