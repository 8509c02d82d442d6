#include "journals.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"

int fdatasync(int fd)
{
	return fd < 0 ? -1 : 0;
}

int fsync(int fd)
{
	return fd < 0 ? -1 : 0;
}

/* --- the records of these tests: everything about one follows from its seq ---------------- */

int64_t journals_received_at(uint64_t seq)
{
	return 1700000000000 + (int64_t)seq * 1000;
}

void journals_make_record(struct buf *out, uint64_t seq)
{
	struct record_head head = {
		.kind = (enum kind)1,
		.version = 1,
		.seq = seq,
		.received_at = journals_received_at(seq),
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

	journals_make_record(&expected, seq);
	assert_int_equal(got.len, expected.len);
	assert_memory_equal(got.at, expected.at, got.len);
}

void journals_append(struct journal *j, uint64_t seq)
{
	OWNED(buf_release) struct buf record = BUF_INIT(RECORD_BYTES_MAX);

	journals_make_record(&record, seq);
	journal_append(j, buf_view(&record));
}

void journals_commit(struct journal *j)
{
	struct err err;

	if (journal_commit(j, &err) != ST_OK)
		fail_msg("commit: %s", err.text);
}

void journals_fill(struct journal *j, uint64_t from, uint64_t to, uint64_t per_group)
{
	for (uint64_t seq = from; seq <= to; seq++) {
		journals_append(j, seq);
		if ((seq - from + 1) % per_group == 0)
			journals_commit(j);
	}
	journals_commit(j);
}

/* --- directories --------------------------------------------------------------------------- */

char *journals_dir;

int journals_make_scratch(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	journals_dir = xasprintf("%s/journal.XXXXXX", base ? base : "/tmp");
	return mkdtemp(journals_dir) ? 0 : -1;
}

int journals_remove_scratch(void **state)
{
	OWNED(freep) char *command = xasprintf("rm -rf '%s'", journals_dir);
	int failed = system(command);

	(void)state;
	free(TAKE(journals_dir));
	return failed;
}

char *journals_segment_file(const char *dir, uint64_t first_seq)
{
	return xasprintf("%s/%020" PRIu64 ".journal", dir, first_seq);
}

enum status journals_try_open(struct journal **ret, struct journal_state *state,
			      struct err *err)
{
	struct journal_options options = {.segment_bytes = JOURNALS_SEGMENT_BYTES};

	memset(state, 0, sizeof(*state));
	return journal_open(ret, journals_dir, &options, state, err);
}

struct journal *journals_open(struct journal_state *ret_state)
{
	struct journal *j = NULL;
	struct journal_state state;
	struct err err;

	if (journals_try_open(&j, &state, &err) != ST_OK)
		fail_msg("open: %s", err.text);
	if (ret_state)
		*ret_state = state;
	return j;
}

struct journal_reader *journals_open_reader(uint64_t seq)
{
	struct journal_reader *r = NULL;
	struct err err;

	if (journal_reader_open(&r, journals_dir, seq, &err) != ST_OK)
		fail_msg("reader: %s", err.text);
	return r;
}

enum status journals_try_read(struct journal_reader *r, struct journals_item *ret,
			      struct err *err)
{
	*ret = (struct journals_item){.what = JOURNAL_END};
	return journal_read(r, &ret->what, &ret->bytes, &ret->seq, &ret->reason, err);
}

struct journals_item journals_read_item(struct journal_reader *r)
{
	struct journals_item item;
	struct err err;

	if (journals_try_read(r, &item, &err) != ST_OK)
		fail_msg("read: %s", err.text);
	return item;
}

void journals_expect_records(struct journal_reader *r, uint64_t from, uint64_t to)
{
	for (uint64_t seq = from; seq <= to; seq++) {
		struct journals_item item = journals_read_item(r);
		assert_int_equal(item.what, JOURNAL_RECORD);
		assert_int_equal(item.seq, seq);
		assert_record(item.bytes, seq);
	}
}

void journals_expect_journal(uint64_t from, uint64_t to)
{
	OWNED(journal_reader_closep) struct journal_reader *r = journals_open_reader(0);

	journals_expect_records(r, from, to);
	assert_int_equal(journals_read_item(r).what, JOURNAL_END);
}

void journals_read_file(struct buf *ret, uint64_t first_seq)
{
	OWNED(freep) char *path = journals_segment_file(journals_dir, first_seq);

	*ret = BUF_INIT((size_t)64 << 20);
	assert_int_equal(file_read(ret, path, NULL), ST_OK);
}

void journals_write_file(uint64_t first_seq, const uint8_t *at, size_t len)
{
	OWNED(freep) char *path = journals_segment_file(journals_dir, first_seq);
	OWNED(file_close)
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	/* Emptying it first would make ext4 wait for the disc when it is closed. */
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	assert_int_equal(file_pwrite(fd, at, len, 0, NULL), ST_OK);
}

/* Entries end on multiples of 8. */
size_t journals_used_bytes(const struct buf *file)
{
	size_t len = file->len;

	while (len > 0 && file->at[len - 1] == 0)
		len--;
	return (len + 7) / 8 * 8;
}

size_t journals_entry_ends(const struct buf *file, size_t *ends, size_t room)
{
	size_t count = 0, at = JOURNALS_HEAD_BYTES;

	while (count < room) {
		ends[count++] = at;
		if (at + 16 > file->len || get_le32(file->at + at) == 0)
			break;
		at += get_le32(file->at + at + 4);
	}
	return count - 1;
}

void journals_mark_and_roll(struct journal *j)
{
	journal_mark(j, 3, "late");
	journals_commit(j);
	journals_fill(j, 4, 43, 40); /* more than a segment holds */
}

size_t journals_record_run(struct buf *file, size_t *ends, uint64_t per_group)
{
	struct journal *j = journals_open(NULL);

	journals_fill(j, 1, 6, per_group);
	journal_close(j);
	journals_read_file(file, 1);
	assert_int_equal(journals_entry_ends(file, ends, 8), 6);
	return journals_used_bytes(file);
}

uint64_t journals_several_segments(uint64_t *ret_second)
{
	struct journal *j = journals_open(NULL);
	uint64_t seq = 0, files = 1;

	*ret_second = 0;
	while (files < 4) {
		seq++;
		journals_append(j, seq);
		journals_commit(j);
		OWNED(freep) char *path = journals_segment_file(journals_dir, seq);
		if (seq > 1 && access(path, F_OK) == 0) {
			files++;
			if (!*ret_second)
				*ret_second = seq;
		}
	}
	journal_close(j);
	return seq;
}
