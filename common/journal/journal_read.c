#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "seal.h"
#include "segment.h"

/* Offsets in a record (record.h). */
enum { AT_FLAGS = 5, AT_SECRET = 40, AT_BODY_LEN = 108 };

struct journal_reader {
	char *dir;
	char *path; /* of the segment that is open */
	int fd;
	struct segment_head head;
	struct segment_cursor cursor;
	bool final;	 /* a later segment was seen: this one does not grow any more */
	uint64_t due;	 /* seq of the next record in the file */
	uint64_t wanted; /* entries before this record are passed over */
	uint8_t rules[JOURNAL_HASH_BYTES];
	uint8_t policy[JOURNAL_HASH_BYTES];
	bool activated; /* the record read last: these take effect behind it */
	uint8_t next_rules[JOURNAL_HASH_BYTES];
	uint8_t next_policy[JOURNAL_HASH_BYTES];
	uint8_t *record; /* RECORD_BYTES_MAX, the record last returned */
};

static enum status corrupt(const struct journal_reader *r, uint64_t offset,
			   const char *what, struct err *err)
{
	return err_set(err, ST_ECORRUPT, "%s: offset %" PRIu64 ": %s", r->path, offset,
		       what);
}

static enum status listed_later(struct journal_reader *r, struct err *err)
{
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};

	enum status st = segment_list_read(&list, r->dir, err);
	if (!st)
		r->final =
			list.count && list.first_seq[list.count - 1] > r->head.first_seq;
	return st;
}

/* Opens the segment that begins with `first_seq`, in place of the one that is open. */
static enum status use_segment(struct journal_reader *r, uint64_t first_seq,
			       struct err *err)
{
	OWNED(freep) char *path = segment_path(r->dir, first_seq);
	OWNED(file_close) int fd = -1;
	struct segment_head head;

	enum status st = segment_open(&fd, &head, path, O_RDONLY, err);
	if (st)
		return st;
	if (r->fd >= 0 && (head.journal_id != r->head.journal_id ||
			   head.previous_first_seq != r->head.first_seq ||
			   head.previous_end != r->cursor.offset))
		return err_set(err, ST_ECORRUPT,
			       "%s: offset 0: does not follow %s, offset %" PRIu64, path,
			       r->path, r->cursor.offset);
	file_close(&r->fd);
	free(r->path);
	r->path = TAKE(path);
	r->fd = fd;
	fd = -1;
	r->head = head;
	r->due = first_seq;
	memcpy(r->rules, head.rules, sizeof(r->rules));
	memcpy(r->policy, head.policy, sizeof(r->policy));
	segment_cursor_start(&r->cursor, r->fd);
	return listed_later(r, err);
}

enum status journal_reader_open(struct journal_reader **ret, const char *dir,
				uint64_t seq, struct err *err)
{
	OWNED(journal_reader_closep) struct journal_reader *r = xcalloc(1, sizeof(*r));
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};

	r->dir = xstrdup(dir);
	r->fd = -1;
	r->wanted = seq;
	r->record = xmalloc(RECORD_BYTES_MAX);
	segment_cursor_init(&r->cursor, -1);
	enum status st = segment_list_read(&list, dir, err);
	if (st)
		return st;
	if (list.count == 0)
		return err_set(err, ST_ENOTFOUND, "%s: no journal", dir);
	size_t i = seq ? segment_list_find(&list, seq) : 0;
	if (i == list.count)
		return err_set(err, ST_ENOTFOUND,
			       "%s: record %" PRIu64 " is gone, the oldest is %" PRIu64,
			       dir, seq, list.first_seq[0]);
	st = use_segment(r, list.first_seq[i], err);
	if (st)
		return st;
	*ret = TAKE(r);
	return ST_OK;
}

void journal_reader_close(struct journal_reader *r)
{
	if (!r)
		return;
	segment_cursor_release(&r->cursor);
	file_close(&r->fd);
	free(r->record);
	free(r->path);
	free(r->dir);
	free(r);
}

/* An erasure that a power cut stopped half-way leaves words of zeros: the secret is gone
 * all the same. */
static bool secret_erased(const uint8_t *secret)
{
	for (size_t i = 0; i < RECORD_SECRET_BYTES; i += 8)
		if (get_le64(secret + i) == 0)
			return true;
	return false;
}

static enum status open_record(struct journal_reader *r,
			       const struct segment_entry *entry, struct span *ret,
			       struct err *err)
{
	uint8_t *record = r->record;
	size_t clear = entry->clear.len;

	memcpy(record, entry->clear.at, clear);
	if (seal_open(record + clear, entry->sealed,
		      (struct span){entry->clear.at, AT_SECRET},
		      entry->clear.at + AT_SECRET) == ST_OK) {
		*ret = (struct span){record, clear + entry->sealed.len - SEAL_TAG_BYTES};
		return ST_OK;
	}
	if (!secret_erased(record + AT_SECRET))
		return corrupt(r, entry->offset, "the body does not open", err);
	put_le32(record, (uint32_t)clear);
	record[AT_FLAGS] |= RECORD_ERASED;
	memset(record + AT_SECRET, 0, RECORD_SECRET_BYTES);
	put_le32(record + AT_BODY_LEN, 0);
	*ret = (struct span){record, clear};
	return ST_OK;
}

/* Nothing that checks stands at the cursor. Either this is the end for now, or a later
 * segment is there: what was read before that was known is looked at once more, since
 * the writer may have added to this one in between; then the next one must follow. */
static enum status at_end(struct journal_reader *r, enum segment_found found,
			  bool *ret_end, struct err *err)
{
	enum status st = ST_OK;

	if (r->final && (found == SEGMENT_BAD || r->due == r->head.first_seq))
		return corrupt(r, r->cursor.offset, "no entry that checks", err);
	if (r->final) {
		st = use_segment(r, r->due, err);
		return st == ST_ENOTFOUND
			       ? corrupt(r, r->cursor.offset,
					 "neither an entry nor a segment follows", err)
			       : st;
	}
	OWNED(freep) char *next = segment_path(r->dir, r->due);
	if (r->due > r->head.first_seq && access(next, F_OK) == 0)
		r->final = true;
	else if (found == SEGMENT_BAD)
		st = listed_later(r, err);
	*ret_end = !r->final;
	return st;
}

static enum status take_record(struct journal_reader *r,
			       const struct segment_entry *entry, struct err *err)
{
	if (entry->seq != r->due)
		return corrupt(r, entry->offset, "a record out of order", err);
	r->due++;
	if (entry->rules) {
		r->activated = true;
		memcpy(r->next_rules, entry->rules, sizeof(r->next_rules));
		memcpy(r->next_policy, entry->policy, sizeof(r->next_policy));
	}
	return ST_OK;
}

static void take_effect(struct journal_reader *r)
{
	if (!r->activated)
		return;
	r->activated = false;
	memcpy(r->rules, r->next_rules, sizeof(r->rules));
	memcpy(r->policy, r->next_policy, sizeof(r->policy));
}

enum status journal_read(struct journal_reader *r, enum journal_item *ret,
			 struct span *ret_bytes, uint64_t *ret_seq,
			 const char **ret_reason, struct err *err)
{
	enum segment_found found;
	struct segment_entry entry;
	bool end = false;

	while (!end) {
		take_effect(r);
		enum status st = segment_next(&r->cursor, &found, &entry, err);
		if (!st && found == SEGMENT_RECORD)
			st = take_record(r, &entry, err);
		else if (!st && found != SEGMENT_MARK)
			st = at_end(r, found, &end, err);
		if (st)
			return st;
		if (found == SEGMENT_RECORD && entry.seq >= r->wanted) {
			*ret = JOURNAL_RECORD;
			*ret_seq = entry.seq;
			return open_record(r, &entry, ret_bytes, err);
		}
		if (found == SEGMENT_MARK && r->due >= r->wanted) {
			*ret = JOURNAL_MARK;
			*ret_seq = entry.seq;
			*ret_reason = entry.reason;
			return ST_OK;
		}
	}
	*ret = JOURNAL_END;
	return ST_OK;
}

enum status journal_reader_missing(const struct journal_reader *r, uint64_t seq,
				   struct err *err)
{
	return err_set(err, ST_ECORRUPT,
		       "%s: offset %" PRIu64
		       ": no entry that checks, though record %" PRIu64 " was synced",
		       r->path, r->cursor.offset, seq);
}

enum status journal_reader_check_end(const struct journal_reader *r, struct err *err)
{
	OWNED(segment_cursor_release) struct segment_cursor again;
	struct segment_entry entry;
	enum segment_found found;
	uint64_t torn, group;
	enum status st = segment_rest(&r->cursor, &torn, &group, err);

	segment_cursor_init(&again, r->fd);
	again.offset = r->cursor.offset;
	if (st || group == 0)
		return st;
	/* What the writer was in the middle of is whole before it begins a later group. */
	st = segment_next(&again, &found, &entry, err);
	if (st || found == SEGMENT_RECORD || found == SEGMENT_MARK)
		return st;
	return err_set(err, ST_ECORRUPT,
		       "%s: offset %" PRIu64
		       ": damaged, and records synced later stand at offset %" PRIu64,
		       r->path, again.offset, group);
}

uint64_t journal_reader_id(const struct journal_reader *r)
{
	return r->head.journal_id;
}

void journal_reader_in_force(const struct journal_reader *r,
			     uint8_t rules[JOURNAL_HASH_BYTES],
			     uint8_t policy[JOURNAL_HASH_BYTES])
{
	memcpy(rules, r->rules, JOURNAL_HASH_BYTES);
	memcpy(policy, r->policy, JOURNAL_HASH_BYTES);
}

enum status journal_disk_bytes(uint64_t *ret, const char *dir, struct err *err)
{
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	uint64_t bytes = 0;

	enum status st = segment_list_read(&list, dir, err);
	if (st)
		return st;
	for (size_t i = 0; i < list.count; i++) {
		OWNED(freep) char *path = segment_path(dir, list.first_seq[i]);
		struct stat info;
		if (stat(path, &info) == 0)
			bytes += (uint64_t)info.st_size;
		else if (errno != ENOENT) /* trimmed meanwhile */
			return err_sys(err, ST_EIO, errno, "%s", path);
	}
	*ret = bytes;
	return ST_OK;
}
