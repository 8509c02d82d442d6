#include "frame.h"

#include "digest.h"
#include "findings.h"
#include "record.h"

/* collect ends a batch behind the record that fills it; each item has a length before it. */
static_assert(BATCH_BYTES_MAX + RECORD_BYTES_MAX +
			      BATCH_RECORDS_MAX * (4 + FINDINGS_BYTES_MAX) + 1024 <=
		      FRAME_BYTES_MAX,
	      "a frame holds a batch with all that can be found");

static const char *const names[FRAME_TYPE_LIMIT] = {
	[FRAME_HELLO] = "hello",
	[FRAME_WELCOME] = "welcome",
	[FRAME_BATCH] = "batch",
	[FRAME_RETURNED] = "returned",
	[FRAME_BEGUN] = "begun",
	[FRAME_GO] = "go",
	[FRAME_RETIRE] = "retire",
	[FRAME_COMMITTED] = "committed",
	[FRAME_AGAIN] = "again",
	[FRAME_SUSPECT] = "suspect",
	[FRAME_MARKED] = "marked",
	[FRAME_BYE] = "bye",
	[FRAME_INCOMPATIBLE] = "incompatible",
};

/* What each type carries behind the head, as the list of its members in order. */
enum member { END, INCARNATION, SEQ, JOURNAL_ID, FLAGS, DEADLINE, COUNT, ATTEMPT, TEXT };

static const enum member members[FRAME_TYPE_LIMIT][6] = {
	[FRAME_HELLO] = {INCARNATION, SEQ, JOURNAL_ID, COUNT, TEXT},
	[FRAME_WELCOME] = {JOURNAL_ID, SEQ, FLAGS},
	[FRAME_RETURNED] = {SEQ, COUNT, ATTEMPT},
	[FRAME_BEGUN] = {SEQ},
	[FRAME_GO] = {SEQ},
	[FRAME_COMMITTED] = {JOURNAL_ID, SEQ, DEADLINE},
	[FRAME_SUSPECT] = {SEQ, TEXT},
	[FRAME_MARKED] = {SEQ, FLAGS},
	[FRAME_INCOMPATIBLE] = {COUNT, ATTEMPT},
};

const char *frame_name(enum frame_type type)
{
	return type < FRAME_TYPE_LIMIT ? names[type] : NULL;
}

static void put_head(struct buf *out, enum frame_type type)
{
	buf_bytes(out, (uint8_t[]){'N', 'V', FRAME_VERSION, (uint8_t)type, 0, 0, 0, 0},
		  FRAME_HEAD_BYTES);
}

/* The members of a frame that are plain numbers, and their width on the wire. */
static void *number_of(struct frame *f, enum member member, size_t *ret_width)
{
	*ret_width = 8;
	switch (member) {
	case INCARNATION:
		return &f->incarnation;
	case JOURNAL_ID:
		return &f->journal_id;
	case FLAGS:
		return &f->flags;
	case DEADLINE:
		return &f->deadline;
	case COUNT:
		*ret_width = 4;
		return &f->count;
	case ATTEMPT:
		*ret_width = 4;
		return &f->attempt;
	case SEQ:
	case END:
	case TEXT:
		break;
	}
	return &f->seq;
}

void frame_put(struct buf *out, const struct frame *f)
{
	struct frame copy = *f;
	size_t start = out->len, width;

	assert(f->type < FRAME_TYPE_LIMIT && f->type != FRAME_BATCH);
	put_head(out, f->type);
	for (const enum member *m = members[f->type]; *m != END; m++) {
		if (*m == TEXT) {
			size_t len = strlen(f->text);
			buf_char(out, (char)len);
			buf_bytes(out, f->text, len);
			continue;
		}
		void *number = number_of(&copy, *m, &width);
		if (width == 8)
			buf_le64(out, *(uint64_t *)number);
		else
			buf_le32(out, *(uint32_t *)number);
	}
	if (!out->full)
		put_le32(out->at + start + 4, (uint32_t)(out->len - start));
}

enum status frame_type(enum frame_type *ret, struct span bytes, struct err *err)
{
	if (bytes.len < FRAME_HEAD_BYTES || bytes.at[0] != 'N' || bytes.at[1] != 'V')
		return err_set(err, ST_EMALFORMED, "not a frame of ours");
	if (bytes.at[2] != FRAME_VERSION)
		return err_set(err, ST_EVERSION, "frame version %u, %u is spoken here",
			       bytes.at[2], FRAME_VERSION);
	if (bytes.at[3] == 0 || bytes.at[3] >= FRAME_TYPE_LIMIT)
		return err_set(err, ST_EMALFORMED, "unknown frame type %u", bytes.at[3]);
	if (get_le32(bytes.at + 4) != bytes.len)
		return err_set(err, ST_EMALFORMED, "frame of %zu bytes says %u",
			       bytes.len, get_le32(bytes.at + 4));
	*ret = (enum frame_type)bytes.at[3];
	return ST_OK;
}

static bool read_text(struct frame *ret, struct span *rest)
{
	if (rest->len < 1 || rest->at[0] > FRAME_SLOT_MAX || rest->len < 1u + rest->at[0])
		return false;
	size_t len = rest->at[0];
	if (memchr(rest->at + 1, '\0', len))
		return false; /* two names would look like one */
	memcpy(ret->text, rest->at + 1, len);
	ret->text[len] = '\0';
	*rest = (struct span){rest->at + 1 + len, rest->len - 1 - len};
	return true;
}

static bool read_number(struct frame *ret, enum member member, struct span *rest)
{
	size_t width;
	void *number = number_of(ret, member, &width);

	if (rest->len < width)
		return false;
	if (width == 8)
		*(uint64_t *)number = get_le64(rest->at);
	else
		*(uint32_t *)number = get_le32(rest->at);
	*rest = (struct span){rest->at + width, rest->len - width};
	return true;
}

enum status frame_parse(struct frame *ret, struct span bytes, struct err *err)
{
	*ret = (struct frame){0};
	enum status st = frame_type(&ret->type, bytes, err);
	if (st)
		return st;
	if (ret->type == FRAME_BATCH)
		return err_set(err, ST_EMALFORMED,
			       "a batch where a message was expected");
	struct span rest = {bytes.at + FRAME_HEAD_BYTES, bytes.len - FRAME_HEAD_BYTES};
	for (const enum member *m = members[ret->type]; *m != END; m++) {
		if (!(*m == TEXT ? read_text(ret, &rest) : read_number(ret, *m, &rest)))
			return err_set(err, ST_EMALFORMED,
				       "%s frame is too short, or its text is none",
				       names[ret->type]);
	}
	if (rest.len != 0)
		return err_set(err, ST_EMALFORMED, "%s frame has %zu bytes too many",
			       names[ret->type], rest.len);
	return ST_OK;
}

/* --- batches -------------------------------------------------------------------------- */

enum {
	AT_JOURNAL = 8,
	AT_FIRST = 16,
	AT_COUNT = 24,
	AT_ATTEMPT = 28,
	AT_FLAGS = 32,
	AT_CRC = 36,
	AT_RULES = 40,
	AT_POLICY = 72
};

void batch_begin(struct buf *out, const struct batch_head *head)
{
	buf_clear(out);
	put_head(out, FRAME_BATCH);
	buf_le64(out, head->journal_id);
	buf_le64(out, head->first_seq);
	buf_le32(out, head->count);
	buf_le32(out, head->attempt);
	buf_le32(out, head->flags);
	buf_le32(out, 0);
	buf_bytes(out, head->rules_hash, BATCH_HASH_BYTES);
	buf_bytes(out, head->policy_hash, BATCH_HASH_BYTES);
}

size_t batch_item_open(struct buf *out, struct span record, struct span sections)
{
	size_t opened = out->len;

	buf_le32(out, 0);
	buf_span(out, record);
	buf_span(out, sections);
	return opened;
}

void batch_item_close(struct buf *out, size_t opened)
{
	if (!out->full)
		put_le32(out->at + opened, (uint32_t)(out->len - opened - 4));
}

void batch_item(struct buf *out, struct span record, struct span sections)
{
	batch_item_close(out, batch_item_open(out, record, sections));
}

/* Over everything but attempt and flags, which change while a batch is held. */
static uint32_t batch_crc(struct span batch)
{
	uint32_t crc =
		crc32c(0, (struct span){batch.at + AT_JOURNAL, AT_ATTEMPT - AT_JOURNAL});

	return crc32c(crc, (struct span){batch.at + AT_RULES, batch.len - AT_RULES});
}

void batch_end(struct buf *out, uint32_t count)
{
	assert(!out->full); /* batches are cut to size before they are built */
	put_le32(out->at + 4, (uint32_t)out->len);
	put_le32(out->at + AT_COUNT, count);
	put_le32(out->at + AT_CRC, batch_crc(buf_view(out)));
}

void batch_set_hashes(uint8_t *bytes, const uint8_t rules[BATCH_HASH_BYTES],
		      const uint8_t policy[BATCH_HASH_BYTES])
{
	memcpy(bytes + AT_RULES, rules, BATCH_HASH_BYTES);
	memcpy(bytes + AT_POLICY, policy, BATCH_HASH_BYTES);
}

void batch_set_attempt(uint8_t *bytes, uint32_t attempt, uint32_t flags)
{
	put_le32(bytes + AT_ATTEMPT, attempt);
	put_le32(bytes + AT_FLAGS, flags);
}

bool batch_next(struct span *items, struct span *ret_record, struct span *ret_sections)
{
	if (items->len == 0)
		return false;
	size_t len = get_le32(items->at);
	size_t record_len = get_le32(items->at + 4);
	*ret_record = (struct span){items->at + 4, record_len};
	*ret_sections = (struct span){items->at + 4 + record_len, len - record_len};
	*items = (struct span){items->at + 4 + len, items->len - 4 - len};
	return true;
}

/* Walks the items once, so that batch_next can trust every length. */
static bool whole_items(struct span items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (items.len < 4 + RECORD_HEAD_BYTES)
			return false;
		size_t len = get_le32(items.at);
		size_t record_len = get_le32(items.at + 4);
		if (len > items.len - 4 || record_len > len ||
		    record_len < RECORD_HEAD_BYTES)
			return false;
		items = (struct span){items.at + 4 + len, items.len - 4 - len};
	}
	return items.len == 0;
}

enum status batch_parse(struct batch_head *ret, struct span *ret_items, struct span bytes,
			struct err *err)
{
	enum frame_type type;
	enum status st = frame_type(&type, bytes, err);

	if (st)
		return st;
	if (type != FRAME_BATCH || bytes.len < BATCH_HEAD_BYTES)
		return err_set(err, ST_EMALFORMED, "no batch");
	ret->journal_id = get_le64(bytes.at + AT_JOURNAL);
	ret->first_seq = get_le64(bytes.at + AT_FIRST);
	ret->count = get_le32(bytes.at + AT_COUNT);
	ret->attempt = get_le32(bytes.at + AT_ATTEMPT);
	ret->flags = get_le32(bytes.at + AT_FLAGS);
	memcpy(ret->rules_hash, bytes.at + AT_RULES, BATCH_HASH_BYTES);
	memcpy(ret->policy_hash, bytes.at + AT_POLICY, BATCH_HASH_BYTES);
	struct span items = {bytes.at + BATCH_HEAD_BYTES, bytes.len - BATCH_HEAD_BYTES};
	if (batch_crc(bytes) != get_le32(bytes.at + AT_CRC))
		return err_set(err, ST_EMALFORMED, "batch at %llu: checksum differs",
			       (unsigned long long)ret->first_seq);
	if (!whole_items(items, ret->count))
		return err_set(err, ST_EMALFORMED, "batch at %llu: lengths do not fit",
			       (unsigned long long)ret->first_seq);
	*ret_items = items;
	return ST_OK;
}
