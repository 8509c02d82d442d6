/* journals.h - journals for tests: made, filled, opened, compared, and taken apart.
 *
 * Everything about a record follows from its seq. A call that cannot do its work fails the
 * test. Linked into a test, fsync and fdatasync do nothing: no test here cuts the power
 * (tests/fault/powercut.c does), so none waits for the disc.
 */
#ifndef JOURNALS_H
#define JOURNALS_H

#include "journal.h"

#define JOURNALS_SEGMENT_BYTES 16384
#define JOURNALS_HEAD_BYTES    4096 /* of a segment */

extern char *journals_dir; /* of the test that runs, made and removed around it: */
int journals_make_scratch(void **state);
int journals_remove_scratch(void **state);

int64_t journals_received_at(uint64_t seq);
void journals_make_record(struct buf *out, uint64_t seq);

enum status journals_try_open(struct journal **ret, struct journal_state *state,
			      struct err *err);
struct journal *journals_open(struct journal_state *ret_state); /* may be NULL */
void journals_append(struct journal *j, uint64_t seq);
void journals_commit(struct journal *j);

/* Records from..to, `per_group` in one commit. */
void journals_fill(struct journal *j, uint64_t from, uint64_t to, uint64_t per_group);

/* A mark of record 3, then records 4 to 43: more than a segment holds. */
void journals_mark_and_roll(struct journal *j);

struct journals_item {
	enum journal_item what;
	struct span bytes;
	uint64_t seq;
	const char *reason;
};

struct journal_reader *journals_open_reader(uint64_t seq);
enum status journals_try_read(struct journal_reader *r, struct journals_item *ret,
			      struct err *err);
struct journals_item journals_read_item(struct journal_reader *r);
void journals_expect_records(struct journal_reader *r, uint64_t from, uint64_t to);

/* The whole journal is exactly records from..to. */
void journals_expect_journal(uint64_t from, uint64_t to);

/* The bytes of segments. The caller frees a path and releases a buffer. */
char *journals_segment_file(const char *dir, uint64_t first_seq);
void journals_read_file(struct buf *ret, uint64_t first_seq);
void journals_write_file(uint64_t first_seq, const uint8_t *at, size_t len);
size_t journals_used_bytes(
	const struct buf *file); /* without the zeros behind the entries */

/* Where the entries begin, read off their lengths, and behind the last one; their number. */
size_t journals_entry_ends(const struct buf *file, size_t *ends, size_t room);

/* A closed journal of records 1 to 6; its bytes, its entries, its used bytes. */
size_t journals_record_run(struct buf *file, size_t *ends, uint64_t per_group);

/* A closed journal of four segments; its last seq, and the first one of the second. */
uint64_t journals_several_segments(uint64_t *ret_second);

#endif
