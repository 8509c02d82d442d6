#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "seal.h"

/* Offsets in the head of a segment. */
enum {
	AT_FORMAT = 8,
	AT_JOURNAL_ID = 16,
	AT_FIRST_SEQ = 24,
	AT_PREVIOUS_FIRST_SEQ = 32,
	AT_PREVIOUS_END = 40,
	AT_CREATED_AT = 48,
	AT_LAST_RECEIVED_AT = 56,
	AT_RULES = 64,
	AT_POLICY = 96,
	AT_HEAD_CRC = SEGMENT_HEAD_BYTES - 4,
};

/* Offsets in an entry. */
enum {
	AT_LENGTH = 4,
	AT_CRC = 8,
	AT_TYPE = 12,
	AT_ENTRY_FLAGS = 13,
	ENTRY_HEAD_BYTES = 16,
};

/* Offsets in a record (record.h). */
enum {
	AT_SEQ = 8,
	AT_RECEIVED_AT = 16,
	AT_SECRET = 40,
	AT_SITE_LEN = 106,
	AT_PRINCIPAL_LEN = 107,
	AT_BODY_LEN = 108,
};

enum entry_type { ENTRY_RECORD = 1, ENTRY_MARK = 2, ENTRY_ACTIVATION = 3 };

#define ENTRY_FIRST    0x01	   /* entry flag: first of its group */
#define ENTRY_MAGIC    0x544E454AU /* "JENT" */
#define IN_FORCE_BYTES (2 * JOURNAL_HASH_BYTES)
#define ENTRY_BYTES_MAX \
	(ENTRY_HEAD_BYTES + IN_FORCE_BYTES + RECORD_BYTES_MAX + SEAL_TAG_BYTES + 8)
#define BUFFER_BYTES ((size_t)1 << 20)
#define FIRST_STEP   ((size_t)64 << 10)

static const char head_magic[8] = {'N', 'V', 'J', 'O', 'U', 'R', 'N', '1'};

static size_t align8(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

void segment_head_format(uint8_t ret[SEGMENT_HEAD_BYTES], const struct segment_head *head)
{
	memset(ret, 0, SEGMENT_HEAD_BYTES);
	memcpy(ret, head_magic, sizeof(head_magic));
	put_le32(ret + AT_FORMAT, SEGMENT_FORMAT);
	put_le64(ret + AT_JOURNAL_ID, head->journal_id);
	put_le64(ret + AT_FIRST_SEQ, head->first_seq);
	put_le64(ret + AT_PREVIOUS_FIRST_SEQ, head->previous_first_seq);
	put_le64(ret + AT_PREVIOUS_END, head->previous_end);
	put_le64(ret + AT_CREATED_AT, (uint64_t)head->created_at);
	put_le64(ret + AT_LAST_RECEIVED_AT, (uint64_t)head->last_received_at);
	memcpy(ret + AT_RULES, head->rules, JOURNAL_HASH_BYTES);
	memcpy(ret + AT_POLICY, head->policy, JOURNAL_HASH_BYTES);
	put_le32(ret + AT_HEAD_CRC, crc32c(0, (struct span){ret, AT_HEAD_CRC}));
}

/* As many of `len` bytes as the file has at `offset`. */
static enum status read_at(int fd, uint8_t *to, size_t len, uint64_t offset, size_t *ret,
			   struct err *err)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = pread(fd, to + have, len - have, (off_t)(offset + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, ST_EIO, errno, "read journal");
		if (got == 0)
			break;
		have += (size_t)got;
	}
	*ret = have;
	return ST_OK;
}

static enum status read_head(struct segment_head *ret, int fd, const char *path,
			     struct err *err)
{
	uint8_t at[SEGMENT_HEAD_BYTES];
	size_t have;

	enum status st = read_at(fd, at, sizeof(at), 0, &have, err);
	if (st)
		return st;
	if (have < sizeof(at) || memcmp(at, head_magic, sizeof(head_magic)) != 0 ||
	    get_le32(at + AT_HEAD_CRC) != crc32c(0, (struct span){at, AT_HEAD_CRC}))
		return err_set(err, ST_ECORRUPT, "%s: offset 0: the head does not check",
			       path);
	if (get_le32(at + AT_FORMAT) != SEGMENT_FORMAT)
		return err_set(err, ST_EVERSION,
			       "%s: journal format %" PRIu32 ", this program knows %d",
			       path, get_le32(at + AT_FORMAT), SEGMENT_FORMAT);
	ret->journal_id = get_le64(at + AT_JOURNAL_ID);
	ret->first_seq = get_le64(at + AT_FIRST_SEQ);
	ret->previous_first_seq = get_le64(at + AT_PREVIOUS_FIRST_SEQ);
	ret->previous_end = get_le64(at + AT_PREVIOUS_END);
	ret->created_at = (int64_t)get_le64(at + AT_CREATED_AT);
	ret->last_received_at = (int64_t)get_le64(at + AT_LAST_RECEIVED_AT);
	memcpy(ret->rules, at + AT_RULES, JOURNAL_HASH_BYTES);
	memcpy(ret->policy, at + AT_POLICY, JOURNAL_HASH_BYTES);
	return ST_OK;
}

enum status segment_open(int *ret_fd, struct segment_head *ret_head, const char *path,
			 int mode, struct err *err)
{
	OWNED(file_close) int fd = open(path, mode | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, errno == ENOENT ? ST_ENOTFOUND : ST_EIO, errno, "%s",
			       path);
	enum status st = read_head(ret_head, fd, path, err);
	if (st)
		return st;
	if (ret_head->first_seq != segment_seq_of_name(strrchr(path, '/') + 1))
		return err_set(err, ST_ECORRUPT,
			       "%s: offset 0: its head says first seq %" PRIu64, path,
			       ret_head->first_seq);
	*ret_fd = fd;
	fd = -1;
	return ST_OK;
}

/* Everything but magic, the CRC itself and the secret, so that an erasure leaves an
 * entry that checks. */
static uint32_t entry_crc(const uint8_t *at, size_t len, const uint8_t *secret)
{
	const uint8_t *from = at + AT_TYPE;
	uint32_t crc = crc32c(0, (struct span){at + AT_LENGTH, 4});

	if (secret) {
		crc = crc32c(crc, (struct span){from, (size_t)(secret - from)});
		from = secret + RECORD_SECRET_BYTES;
	}
	return crc32c(crc, (struct span){from, (size_t)(at + len - from)});
}

/* Room for an entry at the end of `out`, zeroed where its padding is. A buffer that holds
 * nothing begins a group. */
static uint8_t *entry_begin(struct buf *out, enum entry_type type, size_t len)
{
	bool first = out->len == 0;
	uint8_t *at = buf_extend(out, len);

	assert(at); /* the caller commits before JOURNAL_GROUP_BYTES_MAX */
	memset(at + len - 8, 0, 8);
	put_le32(at, ENTRY_MAGIC);
	put_le32(at + AT_LENGTH, (uint32_t)len);
	at[AT_TYPE] = (uint8_t)type;
	at[AT_ENTRY_FLAGS] = first ? ENTRY_FIRST : 0;
	put_le16(at + AT_ENTRY_FLAGS + 1, 0);
	return at;
}

/* Length of head, site and principal; the record's first 112 bytes are there. */
static size_t clear_bytes(const uint8_t *record)
{
	return RECORD_HEAD_BYTES + (size_t)record[AT_SITE_LEN] + record[AT_PRINCIPAL_LEN];
}

void segment_put_record(struct buf *out, struct span record, const uint8_t *rules,
			const uint8_t *policy)
{
	assert(record.len >= RECORD_HEAD_BYTES && record.len <= RECORD_BYTES_MAX);
	size_t clear = clear_bytes(record.at), before = rules ? IN_FORCE_BYTES : 0;
	assert(get_le32(record.at) == record.len &&
	       clear + get_le32(record.at + AT_BODY_LEN) == record.len);
	/* A secret of zeros is what an erasure leaves: such a body could never be erased. */
	static const uint8_t zeros[RECORD_SECRET_BYTES];
	assert(clear == record.len ||
	       memcmp(record.at + AT_SECRET, zeros, sizeof(zeros)) != 0);

	size_t len = align8(ENTRY_HEAD_BYTES + before + record.len + SEAL_TAG_BYTES);
	uint8_t *at = entry_begin(out, rules ? ENTRY_ACTIVATION : ENTRY_RECORD, len);
	uint8_t *to = at + ENTRY_HEAD_BYTES;
	if (rules) {
		memcpy(to, rules, JOURNAL_HASH_BYTES);
		memcpy(to + JOURNAL_HASH_BYTES, policy, JOURNAL_HASH_BYTES);
		to += IN_FORCE_BYTES;
	}
	memcpy(to, record.at, clear);
	seal(to + clear, (struct span){record.at + clear, record.len - clear},
	     (struct span){to, AT_SECRET}, to + AT_SECRET);
	put_le32(at + AT_CRC, entry_crc(at, len, to + AT_SECRET));
}

void segment_put_mark(struct buf *out, uint64_t seq, const char *reason)
{
	size_t text = strnlen(reason, JOURNAL_REASON_MAX);
	size_t len = align8(ENTRY_HEAD_BYTES + 8 + text + 1);
	uint8_t *at = entry_begin(out, ENTRY_MARK, len);

	put_le64(at + ENTRY_HEAD_BYTES, seq);
	memcpy(at + ENTRY_HEAD_BYTES + 8, reason, text);
	put_le32(at + AT_CRC, entry_crc(at, len, NULL));
}

void segment_cursor_init(struct segment_cursor *ret, int fd)
{
	*ret = (struct segment_cursor){.buffer = xmalloc(BUFFER_BYTES)};
	segment_cursor_start(ret, fd);
}

void segment_cursor_start(struct segment_cursor *c, int fd)
{
	c->fd = fd;
	c->offset = SEGMENT_HEAD_BYTES;
	c->buffer_len = 0;
	c->step = FIRST_STEP;
}

void segment_cursor_release(struct segment_cursor *c)
{
	free(c->buffer);
	c->buffer = NULL;
}

/* The bytes at the cursor's offset: at least `len`, or as many as the file has. Who is at
 * the end reads little, who reads on reads much. */
static enum status look(struct segment_cursor *c, size_t len, struct span *ret,
			struct err *err)
{
	size_t used = (size_t)(c->offset - c->buffer_offset);
	size_t have = c->buffer_len > used ? c->buffer_len - used : 0;

	if (have < len) {
		size_t wanted = MIN(MAX(c->step, len), BUFFER_BYTES) - have, got;
		if (have)
			memmove(c->buffer, c->buffer + used, have);
		enum status st = read_at(c->fd, c->buffer + have, wanted,
					 c->offset + have, &got, err);
		if (st)
			return st;
		c->step = MIN(4 * c->step, BUFFER_BYTES);
		c->buffer_offset = c->offset;
		c->buffer_len = have + got;
		used = 0;
		have += got;
	}
	*ret = (struct span){c->buffer + used, have};
	return ST_OK;
}

/* Does a record whose entry has `len` bytes, `rest` of them from `record` on, fit? */
static bool record_fits(const uint8_t *record, size_t len, size_t rest)
{
	if (rest < RECORD_HEAD_BYTES + SEAL_TAG_BYTES)
		return false;
	size_t whole = get_le32(record);
	return whole <= RECORD_BYTES_MAX &&
	       clear_bytes(record) + (size_t)get_le32(record + AT_BODY_LEN) == whole &&
	       align8(len - rest + whole + SEAL_TAG_BYTES) == len;
}

static bool record_entry(struct segment_entry *ret, struct span entry, bool activation)
{
	const uint8_t *in_force = entry.at + ENTRY_HEAD_BYTES;
	const uint8_t *record = in_force + (activation ? IN_FORCE_BYTES : 0);
	size_t before = (size_t)(record - entry.at);

	if (entry.len < before || !record_fits(record, entry.len, entry.len - before) ||
	    get_le32(entry.at + AT_CRC) !=
		    entry_crc(entry.at, entry.len, record + AT_SECRET))
		return false;
	size_t clear = clear_bytes(record);
	ret->seq = get_le64(record + AT_SEQ);
	ret->received_at = (int64_t)get_le64(record + AT_RECEIVED_AT);
	ret->clear = (struct span){record, clear};
	ret->sealed = (struct span){record + clear,
				    get_le32(record + AT_BODY_LEN) + SEAL_TAG_BYTES};
	ret->secret_offset = ret->offset + before + AT_SECRET;
	ret->rules = activation ? in_force : NULL;
	ret->policy = activation ? in_force + JOURNAL_HASH_BYTES : NULL;
	return true;
}

static bool mark_entry(struct segment_entry *ret, struct span entry)
{
	if (entry.at[entry.len - 1] != 0 || entry.len < ENTRY_HEAD_BYTES + 16 ||
	    get_le32(entry.at + AT_CRC) != entry_crc(entry.at, entry.len, NULL))
		return false;
	ret->seq = get_le64(entry.at + ENTRY_HEAD_BYTES);
	ret->reason = (const char *)entry.at + ENTRY_HEAD_BYTES + 8;
	return true;
}

static enum status parse_entry(enum segment_found *ret, struct segment_entry *ret_entry,
			       struct span entry, struct err *err)
{
	uint8_t type = entry.at[AT_TYPE];
	bool whole;

	ret_entry->first = entry.at[AT_ENTRY_FLAGS] & ENTRY_FIRST;
	if (type == ENTRY_MARK) {
		whole = mark_entry(ret_entry, entry);
		*ret = whole ? SEGMENT_MARK : SEGMENT_BAD;
		return ST_OK;
	}
	if (type == ENTRY_RECORD || type == ENTRY_ACTIVATION) {
		whole = record_entry(ret_entry, entry, type == ENTRY_ACTIVATION);
		*ret = whole ? SEGMENT_RECORD : SEGMENT_BAD;
		return ST_OK;
	}
	*ret = SEGMENT_BAD;
	if (get_le32(entry.at + AT_CRC) == entry_crc(entry.at, entry.len, NULL))
		return err_set(err, ST_EVERSION,
			       "journal, offset %" PRIu64 ": entry of unknown type %u",
			       ret_entry->offset, type);
	return ST_OK;
}

static enum status find_next(struct segment_cursor *c, enum segment_found *ret,
			     struct segment_entry *ret_entry, struct err *err)
{
	struct span seen;
	enum status st = look(c, ENTRY_HEAD_BYTES, &seen, err);

	if (st)
		return st;
	*ret = SEGMENT_NOTHING;
	*ret_entry = (struct segment_entry){.offset = c->offset};
	if (seen.len >= ENTRY_HEAD_BYTES && get_le32(seen.at) != 0) {
		size_t len = get_le32(seen.at + AT_LENGTH);
		*ret = SEGMENT_BAD;
		if (get_le32(seen.at) == ENTRY_MAGIC && len % 8 == 0 &&
		    len > ENTRY_HEAD_BYTES && len <= ENTRY_BYTES_MAX) {
			st = look(c, len, &seen, err);
			if (!st && seen.len >= len)
				st = parse_entry(ret, ret_entry,
						 (struct span){seen.at, len}, err);
		}
		if (!st && *ret != SEGMENT_BAD) {
			c->offset += len;
			return ST_OK;
		}
	}
	c->buffer_len = 0; /* the writer may be at work here: no stale bytes next time */
	c->step = FIRST_STEP;
	return st;
}

/* Where nothing stands in bytes that were read ahead with an earlier entry, something may
 * have been written since: whoever follows the writer must not wait for another call. */
enum status segment_next(struct segment_cursor *c, enum segment_found *ret,
			 struct segment_entry *ret_entry, struct err *err)
{
	bool ahead = c->buffer_len > 0;
	enum status st = find_next(c, ret, ret_entry, err);

	if (!st && ahead && (*ret == SEGMENT_NOTHING || *ret == SEGMENT_BAD))
		st = find_next(c, ret, ret_entry, err);
	return st;
}

/* Is there a whole entry at `offset` that begins a group? */
static bool group_at(const struct segment_cursor *c, uint64_t offset)
{
	struct segment_cursor probe;
	struct segment_entry entry;
	enum segment_found found;

	segment_cursor_init(&probe, c->fd);
	probe.offset = offset;
	enum status st = segment_next(&probe, &found, &entry, NULL);
	segment_cursor_release(&probe);
	return st == ST_OK && (found == SEGMENT_RECORD || found == SEGMENT_MARK) &&
	       entry.first;
}

enum status segment_rest(const struct segment_cursor *c, uint64_t *ret_torn,
			 uint64_t *ret_group, struct err *err)
{
	OWNED(freep) uint8_t *chunk = xmalloc(BUFFER_BYTES);
	uint64_t offset = c->offset;
	size_t have;

	*ret_torn = *ret_group = 0;
	do {
		enum status st = read_at(c->fd, chunk, BUFFER_BYTES, offset, &have, err);
		if (st)
			return st;
		memset(chunk + have, 0, align8(have) - have);
		for (size_t i = 0; i < have; i += 8) {
			if (get_le64(chunk + i) == 0)
				continue;
			*ret_torn = offset + MIN(i + 8, have) - c->offset;
			if (get_le32(chunk + i) != ENTRY_MAGIC ||
			    !group_at(c, offset + i))
				continue;
			*ret_group = offset + i;
			return ST_OK;
		}
		offset += have;
	} while (have == BUFFER_BYTES);
	return ST_OK;
}
