/* The journal gives back what was committed, after any end of its writer. */
#include "journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "seal.h"

#define SEGMENT_BYTES 16384
#define HEAD_BYTES    4096

/* No test here cuts the power (tests/fault/powercut.c does), so none waits for the disc. */
int fdatasync(int fd)
{
	return fd < 0 ? -1 : 0;
}

int fsync(int fd)
{
	return fd < 0 ? -1 : 0;
}

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

/* --- the records of these tests: everything about one follows from its seq ---------------- */

static int64_t received_at(uint64_t seq)
{
	return 1700000000000 + (int64_t)seq * 1000;
}

static void make_record(struct buf *out, uint64_t seq)
{
	struct record_head head = {
		.kind = (enum kind)1,
		.version = 1,
		.seq = seq,
		.received_at = received_at(seq),
		.site = SPAN_OF("shop"),
		.principal = SPAN_OF("importer"),
	};
	uint8_t body[2048];
	size_t len = 7 + (size_t)(seq * 131 % 1500);

	sha256(head.secret, (struct span){(const uint8_t *)&seq, sizeof(seq)});
	for (size_t i = 0; i < len; i++)
		body[i] = (uint8_t)(seq * 7 + i);
	buf_clear(out);
	record_put(out, &head, (struct span){body, len});
}

static void assert_record(struct span got, uint64_t seq)
{
	OWNED(buf_release) struct buf expected = BUF_INIT(RECORD_BYTES_MAX);

	make_record(&expected, seq);
	assert_int_equal(got.len, expected.len);
	assert_memory_equal(got.at, expected.at, got.len);
}

static void append(struct journal *j, uint64_t seq)
{
	OWNED(buf_release) struct buf record = BUF_INIT(RECORD_BYTES_MAX);

	make_record(&record, seq);
	journal_append(j, buf_view(&record));
}

static void commit(struct journal *j)
{
	struct err err;

	if (journal_commit(j, &err) != ST_OK)
		fail_msg("commit: %s", err.text);
}

/* Records from..to, `per_group` in one commit. */
static void fill(struct journal *j, uint64_t from, uint64_t to, uint64_t per_group)
{
	for (uint64_t seq = from; seq <= to; seq++) {
		append(j, seq);
		if ((seq - from + 1) % per_group == 0)
			commit(j);
	}
	commit(j);
}

/* --- directories --------------------------------------------------------------------------- */

static char *scratch; /* of one test */

static int make_scratch(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	scratch = xasprintf("%s/journal.XXXXXX", base ? base : "/tmp");
	return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
	OWNED(freep) char *command = xasprintf("rm -rf '%s'", scratch);
	int failed = system(command);

	(void)state;
	free(TAKE(scratch));
	return failed;
}

static char *segment_file(const char *dir, uint64_t first_seq)
{
	return xasprintf("%s/%020" PRIu64 ".journal", dir, first_seq);
}

static enum status try_open(struct journal **ret, struct journal_state *state,
			    struct err *err)
{
	struct journal_options options = {.segment_bytes = SEGMENT_BYTES};

	memset(state, 0, sizeof(*state));
	return journal_open(ret, scratch, &options, state, err);
}

static struct journal *open_journal(struct journal_state *ret_state)
{
	struct journal *j = NULL;
	struct journal_state state;
	struct err err;

	if (try_open(&j, &state, &err) != ST_OK)
		fail_msg("open: %s", err.text);
	if (ret_state)
		*ret_state = state;
	return j;
}

static struct journal_reader *open_reader(uint64_t seq)
{
	struct journal_reader *r = NULL;
	struct err err;

	if (journal_reader_open(&r, scratch, seq, &err) != ST_OK)
		fail_msg("reader: %s", err.text);
	return r;
}

struct item {
	enum journal_item what;
	struct span bytes;
	uint64_t seq;
	const char *reason;
};

static enum status try_read(struct journal_reader *r, struct item *ret, struct err *err)
{
	*ret = (struct item){.what = JOURNAL_END};
	return journal_read(r, &ret->what, &ret->bytes, &ret->seq, &ret->reason, err);
}

static struct item read_item(struct journal_reader *r)
{
	struct item item;
	struct err err;

	if (try_read(r, &item, &err) != ST_OK)
		fail_msg("read: %s", err.text);
	return item;
}

static void expect_records(struct journal_reader *r, uint64_t from, uint64_t to)
{
	for (uint64_t seq = from; seq <= to; seq++) {
		struct item item = read_item(r);
		assert_int_equal(item.what, JOURNAL_RECORD);
		assert_int_equal(item.seq, seq);
		assert_record(item.bytes, seq);
	}
}

/* The whole journal is exactly records from..to. */
static void expect_journal(uint64_t from, uint64_t to)
{
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);

	expect_records(r, from, to);
	assert_int_equal(read_item(r).what, JOURNAL_END);
}

static void read_file(struct buf *ret, uint64_t first_seq)
{
	OWNED(freep) char *path = segment_file(scratch, first_seq);

	*ret = BUF_INIT((size_t)64 << 20);
	assert_int_equal(file_read(ret, path, NULL), ST_OK);
}

static void write_file(uint64_t first_seq, const uint8_t *at, size_t len)
{
	OWNED(freep) char *path = segment_file(scratch, first_seq);
	OWNED(file_close)
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(file_pwrite(fd, at, len, 0, NULL), ST_OK);
}

/* Bytes up to the last one that is not zero, as entries end on multiples of 8. */
static size_t used_bytes(const struct buf *file)
{
	size_t len = file->len;

	while (len > 0 && file->at[len - 1] == 0)
		len--;
	return (len + 7) / 8 * 8;
}

/* Where the entries of a file begin, read off their lengths; ends[0] is the header's end. */
static size_t entry_ends(const struct buf *file, size_t *ends, size_t room)
{
	size_t count = 0, at = HEAD_BYTES;

	while (count < room) {
		ends[count++] = at;
		if (at + 16 > file->len || get_le32(file->at + at) == 0)
			break;
		at += get_le32(file->at + at + 4);
	}
	return count - 1;
}

static void expect_corrupt_at(uint64_t good, const char *name)
{
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	struct item item;
	struct err err = {""};

	expect_records(r, 1, good);
	assert_int_equal(try_read(r, &item, &err), ST_ECORRUPT);
	assert_non_null(strstr(err.text, name));
	assert_non_null(strstr(err.text, "offset "));
}

/* --- tests ----------------------------------------------------------------------------------- */

static void gives_back_what_was_committed(void **unused)
{
	struct journal_state state;

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(&state);
	assert_int_equal(state.first_seq, 1);
	assert_int_equal(state.last_seq, 0);
	assert_true(state.journal_id != 0);
	fill(j, 1, 100, 7);
	expect_journal(1, 100);
	uint64_t id = state.journal_id;
	journal_close(TAKE(j));

	j = open_journal(&state);
	assert_int_equal(state.journal_id, id);
	assert_int_equal(state.first_seq, 1);
	assert_int_equal(state.last_seq, 100);
	assert_int_equal(state.last_received_at, received_at(100));
	assert_int_equal(state.torn_bytes, 0);
	fill(j, 101, 120, 3);
	expect_journal(1, 120);
}

static void starts_reading_anywhere(void **unused)
{
	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 60, 4);
	for (uint64_t from = 1; from <= 61; from++) {
		OWNED(journal_reader_closep) struct journal_reader *r = open_reader(from);
		expect_records(r, from, 60);
		assert_int_equal(read_item(r).what, JOURNAL_END);
	}
}

static void a_reader_follows_the_writer_across_segments(void **unused)
{
	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	OWNED(journal_reader_closep) struct journal_reader *late = open_reader(150);
	for (uint64_t seq = 1; seq <= 200; seq++) {
		assert_int_equal(read_item(r).what, JOURNAL_END);
		append(j, seq);
		assert_int_equal(read_item(r).what, JOURNAL_END); /* only in memory */
		commit(j);
		if (seq % 5 == 0) { /* a mark behind the record, read at once or later */
			journal_mark(j, seq, "killed it");
			commit(j);
		}
		expect_records(r, seq, seq);
		if (seq % 5 == 0) {
			struct item item = read_item(r);
			assert_int_equal(item.what, JOURNAL_MARK);
			assert_int_equal(item.seq, seq);
			assert_string_equal(item.reason, "killed it");
		}
	}
	struct item item = read_item(late);
	assert_int_equal(item.what, JOURNAL_RECORD);
	assert_record(item.bytes, 150);
}

static void mark_and_roll(struct journal *j)
{
	journal_mark(j, 3, "late");
	commit(j);
	fill(j, 4, 43, 40); /* more than a segment holds */
}

static void nothing_added_before_a_roll_is_passed_over(void **unused)
{
	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 3, 1);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	expect_records(r, 1, 3);
	meanwhile_writer = j;
	meanwhile = mark_and_roll;
	struct item item = read_item(r);
	assert_int_equal(item.what, JOURNAL_MARK);
	assert_int_equal(item.seq, 3);
	expect_records(r, 4, 43);
	assert_int_equal(read_item(r).what, JOURNAL_END);
}

/* The seqs go on without it: only the next head knows where the segment ended. */
static void a_mark_cut_off_an_older_segment_is_missed(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 3, 1);
	mark_and_roll(j);
	journal_close(TAKE(j));
	read_file(&file, 1);
	assert_int_equal(entry_ends(&file, ends, 8), 4);
	write_file(1, file.at, ends[3]);
	expect_corrupt_at(3, "00000000000000000001.journal");
}

static void a_half_written_entry_is_the_end_until_it_is_whole(void **unused)
{
	OWNED(buf_release) struct buf whole = BUF_INIT(1);

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 3, 1);
	read_file(&whole, 1);
	size_t ends[8], count = entry_ends(&whole, ends, 8);
	assert_int_equal(count, 3);
	OWNED(buf_release) struct buf part = BUF_INIT(whole.max);
	buf_span(&part, buf_view(&whole));
	memset(part.at + ends[2], 0, ends[3] - ends[2]);
	write_file(1, part.at, part.len);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	expect_records(r, 1, 2);
	for (size_t at = ends[2]; at < ends[3]; at += 5) {
		memcpy(part.at + ends[2], whole.at + ends[2], at - ends[2]);
		write_file(1, part.at, part.len);
		assert_int_equal(read_item(r).what, JOURNAL_END);
	}
	write_file(1, whole.at, whole.len);
	expect_records(r, 3, 3);
}

/* After the tail was cut at `kept` records: they are there and no other. */
static void expect_reopens_with(uint64_t kept, uint64_t torn)
{
	struct journal_state state;

	OWNED(journal_closep) struct journal *j = open_journal(&state);
	assert_int_equal(state.last_seq, kept);
	assert_int_equal(state.last_received_at, kept ? received_at(kept) : 0);
	assert_int_equal(state.torn_bytes, torn);
	expect_journal(1, kept);
	if (torn % 64 != 8)
		return; /* going on allocates megabytes: every eighth time will do */
	fill(j, kept + 1, kept + 1, 1);
	expect_journal(1, kept + 1);
}

static size_t record_run(struct buf *file, size_t *ends, uint64_t per_group)
{
	struct journal *j = open_journal(NULL);

	fill(j, 1, 6, per_group);
	journal_close(j);
	read_file(file, 1);
	assert_int_equal(entry_ends(file, ends, 8), 6);
	return used_bytes(file);
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
	size_t used = record_run(&file, ends, 2);
	for (size_t len = HEAD_BYTES; len <= used; len++) {
		uint64_t kept = 0;
		while (kept < 6 && ends[kept + 1] <= len)
			kept++;
		write_file(1, file.at, len);
		expect_reopens_with(kept, without_zero_words(&file, len) - ends[kept]);
	}
}

static void any_garbled_byte_of_the_last_group_cuts_it_there(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	size_t used = record_run(&file, ends, 3);
	for (size_t at = ends[3]; at < used; at++) {
		uint64_t kept = at < ends[4] ? 3 : at < ends[5] ? 4 : 5;
		size_t secret = ends[kept] + 16 + 40;
		if (at >= secret && at < secret + RECORD_SECRET_BYTES)
			continue; /* outside the CRC: a test of its own */
		struct journal_state state;
		file.at[at] ^= 0x55;
		write_file(1, file.at, used);
		struct journal *j = open_journal(&state);
		assert_int_equal(state.last_seq, kept);
		assert_in_range(state.torn_bytes, used - ends[kept] - 8,
				used - ends[kept]);
		expect_journal(1, kept);
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
	size_t used = record_run(&file, ends, 3);
	file.at[ends[3] + 20] ^= 1; /* record 4, of the size that 4 will have again */
	write_file(1, file.at, used);
	OWNED(journal_closep) struct journal *j = open_journal(&state);
	assert_int_equal(state.last_seq, 3);
	fill(j, 4, 4, 1);
	expect_journal(1, 4);
	journal_close(TAKE(j));
	j = open_journal(&state);
	assert_int_equal(state.last_seq, 4);
	assert_int_equal(state.torn_bytes, 0);
}

/* What was synced before a later group was begun is no torn tail. */
static void damage_before_the_last_group_is_no_torn_tail(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	size_t used = record_run(&file, ends, 2);
	for (size_t at = ends[2]; at < ends[4]; at++) {
		size_t entry = at < ends[3] ? ends[2] : ends[3];
		if (at >= entry + 56 && at < entry + 56 + RECORD_SECRET_BYTES)
			continue;
		struct journal *j = NULL;
		struct journal_state state;
		struct err err = {""};
		OWNED(freep) char *expected = xasprintf("offset %zu: damaged", entry);
		file.at[at] ^= 0x10;
		write_file(1, file.at, used);
		assert_int_equal(try_open(&j, &state, &err), ST_ECORRUPT);
		assert_non_null(strstr(err.text, expected));
		assert_non_null(strstr(err.text, "00000000000000000001"));
		file.at[at] ^= 0x10;
	}
	memset(file.at + ends[2], 0, ends[4] - ends[2]); /* a hole counts as damage too */
	write_file(1, file.at, file.len);
	struct journal *j = NULL;
	struct journal_state state;
	assert_int_equal(try_open(&j, &state, NULL), ST_ECORRUPT);
}

static void a_garbled_secret_is_damage_not_an_erasure(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];
	struct item item;
	struct err err = {""};

	(void)unused;
	(void)record_run(&file, ends, 6);
	file.at[ends[2] + 56 + 3] ^= 1;
	write_file(1, file.at, file.len);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	expect_records(r, 1, 2);
	assert_int_equal(try_read(r, &item, &err), ST_ECORRUPT);
	assert_non_null(strstr(err.text, "does not open"));
}

/* Records 1..n in several segments; returns n. */
static uint64_t several_segments(uint64_t *ret_second)
{
	struct journal *j = open_journal(NULL);
	uint64_t seq = 0, files = 1;

	*ret_second = 0;
	while (files < 4) {
		seq++;
		append(j, seq);
		commit(j);
		OWNED(freep) char *path = segment_file(scratch, seq);
		if (seq > 1 && access(path, F_OK) == 0) {
			files++;
			if (!*ret_second)
				*ret_second = seq;
		}
	}
	journal_close(j);
	return seq;
}

static void a_garbled_older_segment_is_refused_by_name(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	uint64_t second;
	size_t ends[64];

	(void)unused;
	(void)several_segments(&second);
	read_file(&file, second);
	size_t count = entry_ends(&file, ends, 64);
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
		write_file(second, copy.at, copy.len);
		expect_corrupt_at(second + 1, name);
	}
	write_file(second, file.at, ends[count - 1]); /* its last record is gone */
	expect_corrupt_at(second + count - 2, ".journal");
	write_file(second, file.at, ends[count]);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	expect_records(r, 1, second + count);
}

static void a_missing_segment_is_refused(void **unused)
{
	uint64_t second;
	struct journal *j = NULL;
	struct journal_state state;
	struct err err = {""};

	(void)unused;
	(void)several_segments(&second);
	OWNED(freep) char *path = segment_file(scratch, second);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(try_open(&j, &state, &err), ST_ECORRUPT);
	assert_non_null(strstr(err.text, "is missing"));
	expect_corrupt_at(second - 1, "00000000000000000001.journal");
}

static void a_garbled_head_is_refused(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	uint64_t second;

	(void)unused;
	(void)several_segments(&second);
	read_file(&file, second);
	for (size_t at = 0; at < HEAD_BYTES; at += at < 160 ? 1 : 97) {
		struct journal *j = NULL;
		struct journal_state state;
		struct err err = {""};
		file.at[at] ^= 0x40;
		write_file(second, file.at, file.len);
		assert_int_equal(try_open(&j, &state, &err), ST_ECORRUPT);
		assert_non_null(strstr(err.text, "offset 0"));
		file.at[at] ^= 0x40;
	}
}

static void a_newer_format_is_refused_as_such(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	struct journal *j = open_journal(NULL);
	struct journal_state state;
	struct journal_reader *r = NULL;
	struct err err = {""};

	(void)unused;
	fill(j, 1, 2, 1);
	journal_close(TAKE(j));
	read_file(&file, 1);
	put_le32(file.at + 8, 2);
	put_le32(file.at + HEAD_BYTES - 4,
		 crc32c(0, (struct span){file.at, HEAD_BYTES - 4}));
	write_file(1, file.at, file.len);
	assert_int_equal(try_open(&j, &state, &err), ST_EVERSION);
	assert_non_null(strstr(err.text, "format 2"));
	assert_int_equal(journal_reader_open(&r, scratch, 0, &err), ST_EVERSION);
}

static void a_second_writer_is_refused(void **unused)
{
	struct journal *second = NULL;
	struct journal_state state;

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	assert_int_equal(try_open(&second, &state, NULL), ST_EBUSY);
	journal_close(TAKE(j));
	assert_int_equal(try_open(&second, &state, NULL), ST_OK);
	journal_close(second);
}

static void an_erased_record_is_noise(void **unused)
{
	OWNED(buf_release) struct buf before = BUF_INIT(1), after = BUF_INIT(1);
	OWNED(buf_release) struct buf plain = BUF_INIT(RECORD_BYTES_MAX);
	size_t ends[8];
	uint8_t opened[RECORD_BYTES_MAX];

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 5, 5);
	read_file(&before, 1);
	assert_int_equal(journal_erase(j, 3, NULL), ST_OK);
	assert_int_equal(journal_erase(j, 3, NULL), ST_OK);
	assert_int_equal(journal_erase(j, 6, NULL), ST_ENOTFOUND);
	assert_int_equal(journal_erase(j, 0, NULL), ST_ENOTFOUND);
	read_file(&after, 1);
	entry_ends(&after, ends, 8);

	/* Nothing changed but 32 bytes. */
	size_t secret = ends[2] + 56;
	for (size_t i = 0; i < after.len; i++)
		if (i < secret || i >= secret + RECORD_SECRET_BYTES)
			assert_int_equal(before.at[i], after.at[i]);
		else
			assert_int_equal(after.at[i], 0);

	/* The sealed body opens with the old secret, and not with what stands there now. */
	make_record(&plain, 3);
	size_t clear = plain.len - get_le32(plain.at + 108);
	struct span also = {plain.at, 40};
	struct span sealed = {after.at + ends[2] + 16 + clear,
			      plain.len - clear + SEAL_TAG_BYTES};
	assert_int_equal(seal_open(opened, sealed, also, before.at + secret), ST_OK);
	assert_memory_equal(opened, plain.at + clear, plain.len - clear);
	assert_int_equal(seal_open(opened, sealed, also, after.at + secret), ST_ECORRUPT);

	for (int again = 0; again < 2; again++) {
		OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
		struct record head;
		expect_records(r, 1, 2);
		struct item item = read_item(r);
		assert_int_equal(item.what, JOURNAL_RECORD);
		assert_int_equal(record_parse_head(&head, item.bytes, NULL), ST_OK);
		assert_int_equal(head.flags, RECORD_ERASED);
		assert_int_equal(head.body.len, 0);
		assert_int_equal(head.seq, 3);
		assert_true(span_equal(head.site, SPAN_OF("shop")));
		expect_records(r, 4, 5);
		journal_close(TAKE(j)); /* and it stays so */
		j = open_journal(NULL);
	}
}

static void an_erasure_cut_half_way_counts_as_one(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	(void)record_run(&file, ends, 6);
	for (size_t word = 0; word < RECORD_SECRET_BYTES; word += 8) {
		OWNED(buf_release) struct buf copy = BUF_INIT(file.max);
		buf_span(&copy, buf_view(&file));
		memset(copy.at + ends[0] + 56 + word, 0, 8);
		write_file(1, copy.at, copy.len);
		OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
		struct item item = read_item(r);
		assert_true(item.bytes.at[5] & RECORD_ERASED);
		assert_int_equal(item.bytes.len, RECORD_HEAD_BYTES + 12);
		for (size_t i = 40; i < 72; i++)
			assert_int_equal(item.bytes.at[i], 0);
		expect_records(r, 2, 6);
	}
}

static void erasure_reaches_older_segments(void **unused)
{
	uint64_t second;
	uint64_t last = several_segments(&second);

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	for (uint64_t seq = 1; seq <= last; seq += 2)
		assert_int_equal(journal_erase(j, seq, NULL), ST_OK);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	for (uint64_t seq = 1; seq <= last; seq++) {
		struct item item = read_item(r);
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
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 2, 2);
	journal_in_force(j, hash_a, hash_b);
	fill(j, 3, 100, 4); /* rolls several times */
	journal_in_force(j, hash_b, hash_a);
	append(j, 101);
	append(j, 102);
	commit(j);
	journal_close(TAKE(j));

	j = open_journal(&state);
	assert_memory_equal(state.rules_hash, hash_b, 32);
	assert_memory_equal(state.policy_hash, hash_a, 32);
	for (uint64_t from = 1; from <= 102; from++) {
		OWNED(journal_reader_closep) struct journal_reader *r = open_reader(from);
		expect_records(r, from, from);
		journal_reader_in_force(r, rules, policy);
		assert_memory_equal(rules,
				    from < 3	 ? none
				    : from < 101 ? hash_a
						 : hash_b,
				    32);
		assert_memory_equal(policy,
				    from < 3	 ? none
				    : from < 101 ? hash_b
						 : hash_a,
				    32);
	}
}

static void a_cut_before_an_activation_leaves_the_old_hashes(void **unused)
{
	OWNED(buf_release) struct buf file = BUF_INIT(1);
	size_t ends[8];

	(void)unused;
	struct journal *j = open_journal(NULL);
	journal_in_force(j, hash_a, hash_b);
	append(j, 1);
	journal_in_force(j, hash_b, hash_a);
	append(j, 2);
	commit(j);
	journal_close(j);
	read_file(&file, 1);
	assert_int_equal(entry_ends(&file, ends, 8), 2);
	for (size_t len = ends[1]; len <= ends[2]; len++) {
		struct journal_state state;
		write_file(1, file.at, len);
		journal_close(open_journal(&state));
		assert_int_equal(state.last_seq, len < ends[2] ? 1 : 2);
		assert_memory_equal(state.rules_hash, len < ends[2] ? hash_a : hash_b,
				    32);
	}
}

static void marks_come_back_in_their_place(void **unused)
{
	char longest[JOURNAL_REASON_MAX + 100];

	(void)unused;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 4, 4);
	journal_mark(j, 2, "worker died of signal 11");
	journal_mark(j, 4, "");
	journal_mark(j, 3, longest);
	commit(j);
	fill(j, 5, 6, 2);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(3);
	expect_records(r, 3, 4);
	struct item item = read_item(r);
	assert_int_equal(item.what, JOURNAL_MARK);
	assert_int_equal(item.seq, 2);
	assert_string_equal(item.reason, "worker died of signal 11");
	item = read_item(r);
	assert_int_equal(item.seq, 4);
	assert_string_equal(item.reason, "");
	item = read_item(r);
	assert_int_equal(item.seq, 3);
	assert_int_equal(strlen(item.reason), JOURNAL_REASON_MAX);
	expect_records(r, 5, 6);
	OWNED(journal_reader_closep) struct journal_reader *behind = open_reader(6);
	expect_records(behind, 6, 6);
}

static void marks_alone_do_not_roll_a_segment(void **unused)
{
	struct journal_state state;

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 40, 1);
	for (int i = 0; i < 400; i++) {
		journal_mark(j, 40, "again and again and again and again");
		commit(j);
	}
	journal_close(TAKE(j));
	j = open_journal(&state);
	assert_int_equal(state.last_seq, 40);
	fill(j, 41, 50, 1);
	OWNED(journal_reader_closep) struct journal_reader *r = open_reader(0);
	uint64_t records = 0, marks = 0;
	for (;;) {
		struct item item = read_item(r);
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
	uint64_t last = several_segments(&second), bytes, fewer;
	struct journal_state state;
	struct journal_reader *gone = NULL;

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	assert_int_equal(journal_disk_bytes(&bytes, scratch, NULL), ST_OK);
	int64_t expired = received_at(last + 1);

	assert_int_equal(journal_trim(j, second - 2, expired, &first, NULL), ST_OK);
	assert_int_equal(first, 1); /* its last record is not committed */
	assert_int_equal(journal_trim(j, last, received_at(second - 1), &first, NULL),
			 ST_OK);
	assert_int_equal(first, 1); /* its last record is not expired */
	expect_journal(1, last);

	assert_int_equal(
		journal_trim(j, second - 1, received_at(second - 1) + 1, &first, NULL),
		ST_OK);
	assert_int_equal(first, second);
	expect_journal(second, last);
	assert_int_equal(journal_disk_bytes(&fewer, scratch, NULL), ST_OK);
	assert_true(fewer < bytes);
	assert_int_equal(journal_reader_open(&gone, scratch, second - 1, NULL),
			 ST_ENOTFOUND);
	assert_int_equal(journal_erase(j, second - 1, NULL), ST_ENOTFOUND);

	assert_int_equal(journal_trim(j, last, expired, &first, NULL), ST_OK);
	expect_journal(first, last); /* never the last one */
	assert_true(first <= last);
	journal_close(TAKE(j));
	j = open_journal(&state);
	assert_int_equal(state.first_seq, first);
	assert_int_equal(state.last_seq, last);
}

static void no_journal_is_not_found(void **unused)
{
	struct journal_reader *r = NULL;
	OWNED(freep) char *nowhere = xasprintf("%s/nowhere", scratch);

	(void)unused;
	assert_int_equal(journal_reader_open(&r, scratch, 0, NULL), ST_ENOTFOUND);
	assert_int_equal(journal_reader_open(&r, nowhere, 1, NULL), ST_ENOTFOUND);
}

static void a_failed_commit_promises_nothing_and_is_final(void **unused)
{
	struct err err = {""};
	struct journal_state state;
	uint64_t first;

	(void)unused;
	OWNED(journal_closep) struct journal *j = open_journal(NULL);
	fill(j, 1, 5, 1);
	/* The next segment cannot be made: its temporary name is a directory. */
	for (uint64_t seq = 6; seq < 40; seq++) {
		OWNED(freep)
		char *blocked = xasprintf("%s/%020" PRIu64 ".journal.new", scratch, seq);
		assert_int_equal(mkdir(blocked, 0700), 0);
	}
	enum status st = ST_OK;
	uint64_t promised = 5;
	while (!st && promised < 40) {
		append(j, promised + 1);
		st = journal_commit(j, &err);
		promised += !st;
	}
	assert_int_equal(st, ST_EIO);
	assert_int_equal(journal_commit(j, &err), ST_EIO);
	assert_int_equal(journal_erase(j, 1, &err), ST_EIO);
	assert_int_equal(journal_trim(j, 1, INT64_MAX, &first, &err), ST_EIO);
	journal_close(TAKE(j));
	j = open_journal(&state);
	assert_int_equal(state.last_seq, promised);
	expect_journal(1, promised);
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
	struct journal *j = open_journal(&state);
	uint64_t seq = state.last_seq;

	for (;;) {
		for (uint64_t n = 1 + random_below(9); n > 0; n--)
			append(j, ++seq);
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
		journal_close(open_journal(&state));
		assert_true(state.last_seq >= reported);
		reported = state.last_seq;
	}
	expect_journal(1, reported);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_back_what_was_committed),
		TEST(starts_reading_anywhere),
		TEST(a_reader_follows_the_writer_across_segments),
		TEST(nothing_added_before_a_roll_is_passed_over),
		TEST(a_mark_cut_off_an_older_segment_is_missed),
		TEST(a_half_written_entry_is_the_end_until_it_is_whole),
		TEST(a_file_cut_at_any_byte_keeps_the_whole_records),
		TEST(any_garbled_byte_of_the_last_group_cuts_it_there),
		TEST(a_cut_tail_never_comes_back),
		TEST(damage_before_the_last_group_is_no_torn_tail),
		TEST(a_garbled_secret_is_damage_not_an_erasure),
		TEST(a_garbled_older_segment_is_refused_by_name),
		TEST(a_missing_segment_is_refused),
		TEST(a_garbled_head_is_refused),
		TEST(a_newer_format_is_refused_as_such),
		TEST(a_second_writer_is_refused),
		TEST(an_erased_record_is_noise),
		TEST(an_erasure_cut_half_way_counts_as_one),
		TEST(erasure_reaches_older_segments),
		TEST(hashes_in_force_stand_with_their_record),
		TEST(a_cut_before_an_activation_leaves_the_old_hashes),
		TEST(marks_come_back_in_their_place),
		TEST(marks_alone_do_not_roll_a_segment),
		TEST(trims_only_what_is_committed_and_expired),
		TEST(no_journal_is_not_found),
		TEST(a_failed_commit_promises_nothing_and_is_final),
		TEST(everything_reported_before_a_kill_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
