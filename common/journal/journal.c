#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "segment.h"

#define ALLOCATE_BYTES ((uint64_t)4 << 20)

struct in_force {
	uint8_t rules[JOURNAL_HASH_BYTES];
	uint8_t policy[JOURNAL_HASH_BYTES];
};

/* Where the order stands. */
struct place {
	uint64_t seq; /* last record; 0: none */
	int64_t received_at;
	struct in_force in_force;
};

struct journal {
	char *dir;
	int lock_fd;
	int fd; /* the last segment */
	uint64_t journal_id;
	uint64_t first_seq; /* of the last segment */
	uint64_t segment_bytes;
	uint64_t end;	    /* offset behind the last entry written */
	uint64_t allocated; /* size of the file */
	struct buf group;
	struct place written; /* on disk */
	struct place added;   /* and with the group */
	bool activation;      /* the next record changes what is in force, to: */
	struct in_force next;
	bool dead;
};

static enum status dead(struct journal *j, enum status st)
{
	if (st)
		j->dead = true;
	return st;
}

static enum status refuse_dead(const struct journal *j, struct err *err)
{
	if (j->dead)
		return err_set(err, ST_EIO, "%s: an earlier write failed; start again",
			       j->dir);
	return ST_OK;
}

/* Makes the segment that begins behind what is written. Its name appears with a whole
 * header or not at all. */
static enum status make_segment(struct journal *j, uint64_t previous_first_seq,
				uint64_t previous_end, struct err *err)
{
	struct segment_head head = {
		.journal_id = j->journal_id,
		.first_seq = j->written.seq + 1,
		.previous_first_seq = previous_first_seq,
		.previous_end = previous_end,
		.created_at = clock_utc_ms(),
		.last_received_at = j->written.received_at,
	};
	uint8_t bytes[SEGMENT_HEAD_BYTES];
	OWNED(freep) char *path = segment_path(j->dir, head.first_seq);

	memcpy(head.rules, j->written.in_force.rules, JOURNAL_HASH_BYTES);
	memcpy(head.policy, j->written.in_force.policy, JOURNAL_HASH_BYTES);
	segment_head_format(bytes, &head);
	enum status st =
		file_replace(path, (struct span){bytes, sizeof(bytes)}, 0600, err);
	if (st)
		return st;
	file_close(&j->fd);
	j->first_seq = head.first_seq;
	j->end = j->allocated = SEGMENT_HEAD_BYTES;
	return segment_open(&j->fd, &head, path, O_RDWR, err);
}

static enum status roll(struct journal *j, struct err *err)
{
	if (ftruncate(j->fd, (off_t)j->end) != 0)
		return err_sys(err, ST_EIO, errno, "truncate journal");
	return make_segment(j, j->first_seq, j->end, err);
}

static enum status allocate(struct journal *j, uint64_t wanted, struct err *err)
{
	if (wanted <= j->allocated)
		return ST_OK;
	uint64_t more = (wanted - j->allocated + ALLOCATE_BYTES - 1) / ALLOCATE_BYTES *
			ALLOCATE_BYTES;
	int why = posix_fallocate(j->fd, (off_t)j->allocated, (off_t)more);
	if (why)
		return err_sys(err, ST_EIO, why, "allocate journal");
	j->allocated += more;
	return ST_OK;
}

/* --- opening ---------------------------------------------------------------------------- */

/* Each head names the segment before it, and where that ends. It may be longer: what was
 * allocated ahead goes when it is closed, which a power cut may undo. */
static enum status check_follows(const struct journal *j, const struct segment_head *head,
				 const char *path, uint64_t before, uint64_t before_bytes,
				 struct err *err)
{
	if (head->previous_first_seq != before)
		return err_set(err, ST_ECORRUPT,
			       "%s: offset 0: the segment before it, %020" PRIu64
			       ", is missing",
			       path, head->previous_first_seq);
	if (before_bytes >= head->previous_end)
		return ST_OK;
	return err_set(err, ST_ECORRUPT,
		       "%s: segment %020" PRIu64 ", offset %" PRIu64
		       ": cut short, it went on to offset %" PRIu64,
		       j->dir, before, before_bytes, head->previous_end);
}

/* Reads every head: one journal, and each follows the one before. Leaves the last one open,
 * in the mode O_RDONLY or O_RDWR. */
static enum status check_heads(struct journal *j, const struct segment_list *list,
			       int mode, struct segment_head *ret_last, struct err *err)
{
	struct stat before = {0};

	for (size_t i = 0; i < list->count; i++) {
		OWNED(freep) char *path = segment_path(j->dir, list->first_seq[i]);
		struct segment_head *head = ret_last;
		file_close(&j->fd);
		enum status st = segment_open(&j->fd, head, path, mode, err);
		if (st)
			return st;
		if (i == 0)
			j->journal_id = head->journal_id;
		if (head->journal_id != j->journal_id)
			return err_set(err, ST_ECORRUPT,
				       "%s: offset 0: belongs to another journal", path);
		if (i > 0)
			st = check_follows(j, head, path, list->first_seq[i - 1],
					   (uint64_t)before.st_size, err);
		if (!st && fstat(j->fd, &before) != 0)
			st = err_sys(err, ST_EIO, errno, "%s", path);
		if (st)
			return st;
	}
	return ST_OK;
}

static void take_entry(struct journal *j, const struct segment_entry *entry)
{
	j->written.seq = entry->seq;
	j->written.received_at = MAX(j->written.received_at, entry->received_at);
	if (entry->rules) {
		memcpy(j->written.in_force.rules, entry->rules, JOURNAL_HASH_BYTES);
		memcpy(j->written.in_force.policy, entry->policy, JOURNAL_HASH_BYTES);
	}
}

/* Steps through the last segment. *ret_group: where its last group begins. */
static enum status scan(struct journal *j, struct segment_cursor *c, uint64_t *ret_group,
			struct err *err)
{
	enum segment_found found;
	struct segment_entry entry;

	*ret_group = c->offset;
	for (;;) {
		enum status st = segment_next(c, &found, &entry, err);
		if (st || found == SEGMENT_NOTHING || found == SEGMENT_BAD)
			return st;
		if (entry.first)
			*ret_group = entry.offset;
		if (found == SEGMENT_MARK)
			continue;
		if (entry.seq != j->written.seq + 1)
			return err_set(err, ST_ECORRUPT,
				       "%s: segment %020" PRIu64 ", offset %" PRIu64
				       ": seq %" PRIu64 " where %" PRIu64 " is due",
				       j->dir, j->first_seq, entry.offset, entry.seq,
				       j->written.seq + 1);
		take_entry(j, &entry);
	}
}

/* The last group may stand in memory only, even as pages that a failed sync left marked as
 * clean. What is reported from here on counts as accepted, so it is written again. */
static enum status write_again(struct journal *j, uint64_t group, struct err *err)
{
	size_t len = (size_t)(j->end - group);
	OWNED(freep) uint8_t *bytes = xmalloc(len + 1);

	for (size_t have = 0; have < len;) {
		ssize_t got =
			pread(j->fd, bytes + have, len - have, (off_t)(group + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_sys(err, ST_EIO, got < 0 ? errno : EIO,
				       "read journal");
		have += (size_t)got;
	}
	return file_pwrite(j->fd, bytes, len, group, err);
}

/* Damage, or a torn tail. */
static enum status check_tail(const struct journal *j, const struct segment_cursor *c,
			      uint64_t *ret_torn, struct err *err)
{
	uint64_t group;
	enum status st = segment_rest(c, ret_torn, &group, err);

	if (st)
		return st;
	if (group)
		return err_set(
			err, ST_ECORRUPT,
			"%s: segment %020" PRIu64 ", offset %" PRIu64
			": damaged, and records synced later stand at offset %" PRIu64,
			j->dir, j->first_seq, c->offset, group);
	return ST_OK;
}

/* The last segment, from its head to the end of its entries. */
static enum status read_last(struct journal *j, const struct segment_head *head,
			     uint64_t *ret_group, uint64_t *ret_torn, struct err *err)
{
	OWNED(segment_cursor_release) struct segment_cursor c;

	j->first_seq = head->first_seq;
	j->written.seq = head->first_seq - 1;
	j->written.received_at = head->last_received_at;
	memcpy(j->written.in_force.rules, head->rules, JOURNAL_HASH_BYTES);
	memcpy(j->written.in_force.policy, head->policy, JOURNAL_HASH_BYTES);
	segment_cursor_init(&c, j->fd);
	enum status st = scan(j, &c, ret_group, err);
	j->end = c.offset;
	return st ? st : check_tail(j, &c, ret_torn, err);
}

static enum status recover(struct journal *j, const struct segment_head *head,
			   uint64_t *ret_torn, struct err *err)
{
	uint64_t group;
	struct stat info;
	enum status st = read_last(j, head, &group, ret_torn, err);

	if (!st && *ret_torn && ftruncate(j->fd, (off_t)j->end) != 0)
		st = err_sys(err, ST_EIO, errno, "truncate journal");
	if (!st)
		st = write_again(j, group, err);
	if (!st)
		st = file_sync(j->fd, err);
	if (!st)
		st = file_sync_dir(j->dir, err); /* its name may not have lasted either */
	if (!st && fstat(j->fd, &info) != 0)
		st = err_sys(err, ST_EIO, errno, "journal");
	if (!st)
		j->allocated = (uint64_t)info.st_size;
	return st;
}

static enum status find_or_make(struct journal *j, struct journal_state *state,
				struct err *err)
{
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	struct segment_head last;

	enum status st = segment_list_read(&list, j->dir, err);
	if (st)
		return st;
	if (list.count == 0) {
		while (!j->journal_id)
			random_bytes(&j->journal_id, sizeof(j->journal_id));
		state->first_seq = 1;
		return make_segment(j, 0, 0, err);
	}
	state->first_seq = list.first_seq[0];
	st = check_heads(j, &list, O_RDWR, &last, err);
	return st ? st : recover(j, &last, &state->torn_bytes, err);
}

static struct journal *new_journal(const char *dir)
{
	struct journal *j = xcalloc(1, sizeof(*j));

	j->dir = xstrdup(dir);
	j->lock_fd = j->fd = -1;
	j->group = BUF_INIT(JOURNAL_GROUP_BYTES_MAX);
	return j;
}

static void fill_state(struct journal_state *state, const struct journal *j)
{
	state->journal_id = j->journal_id;
	state->last_seq = j->written.seq;
	state->last_received_at = j->written.received_at;
	memcpy(state->rules_hash, j->written.in_force.rules, JOURNAL_HASH_BYTES);
	memcpy(state->policy_hash, j->written.in_force.policy, JOURNAL_HASH_BYTES);
}

enum status journal_open(struct journal **ret, const char *dir,
			 const struct journal_options *options,
			 struct journal_state *ret_state, struct err *err)
{
	OWNED(journal_closep) struct journal *j = new_journal(dir);
	OWNED(freep) char *lock = xasprintf("%s/lock", dir);
	struct journal_state state = {0};

	j->segment_bytes = options->segment_bytes;
	enum status st = file_make_dirs(dir, 0700, err);
	if (!st)
		st = file_lock(&j->lock_fd, lock, err);
	if (!st)
		st = find_or_make(j, &state, err);
	if (st)
		return st;
	j->added = j->written;
	fill_state(&state, j);
	*ret_state = state;
	*ret = TAKE(j);
	return ST_OK;
}

enum status journal_look(struct journal_state *ret, const char *dir, struct err *err)
{
	OWNED(journal_closep) struct journal *j = new_journal(dir);
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	struct journal_state state = {.first_seq = 1};
	struct segment_head last;
	uint64_t group;
	enum status st = segment_list_read(&list, dir, err);

	if (!st && list.count > 0) {
		state.first_seq = list.first_seq[0];
		st = check_heads(j, &list, O_RDONLY, &last, err);
		if (!st)
			st = read_last(j, &last, &group, &state.torn_bytes, err);
	}
	if (st)
		return st;
	fill_state(&state, j);
	*ret = state;
	return ST_OK;
}

enum status journal_check_age(const struct journal_state *state, uint64_t committed,
			      struct err *err)
{
	if (committed + 1 < state->first_seq)
		return err_set(
			err, ST_ECORRUPT,
			"records %" PRIu64 " to %" PRIu64
			" are neither in the store nor in the journal, which has let "
			"them go: the store is a copy from before, or gone",
			committed + 1, state->first_seq - 1);
	if (committed <= state->last_seq)
		return ST_OK;
	return err_set(err, ST_ECORRUPT,
		       "the store has record %" PRIu64
		       " of this journal, which ends at %" PRIu64
		       ": the journal is older than the store",
		       committed, state->last_seq);
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	file_close(&j->fd);
	file_close(&j->lock_fd);
	buf_release(&j->group);
	free(j->dir);
	free(j);
}

/* --- writing ---------------------------------------------------------------------------- */

void journal_append(struct journal *j, struct span record)
{
	const struct in_force *next = j->activation ? &j->next : NULL;

	assert(record.len >= RECORD_HEAD_BYTES);
	assert(get_le64(record.at + 8) == j->added.seq + 1);
	segment_put_record(&j->group, record, next ? next->rules : NULL,
			   next ? next->policy : NULL);
	j->added.seq++;
	j->added.received_at =
		MAX(j->added.received_at, (int64_t)get_le64(record.at + 16));
	if (next)
		j->added.in_force = *next;
	j->activation = false;
}

void journal_mark(struct journal *j, uint64_t seq, const char *reason)
{
	assert(seq >= 1 && seq <= j->added.seq);
	segment_put_mark(&j->group, seq, reason);
}

void journal_in_force(struct journal *j, const uint8_t rules[JOURNAL_HASH_BYTES],
		      const uint8_t policy[JOURNAL_HASH_BYTES])
{
	memcpy(j->next.rules, rules, JOURNAL_HASH_BYTES);
	memcpy(j->next.policy, policy, JOURNAL_HASH_BYTES);
	j->activation = true;
}

size_t journal_pending(const struct journal *j)
{
	return j->group.len;
}

enum status journal_commit(struct journal *j, struct err *err)
{
	enum status st = refuse_dead(j, err);

	if (st || j->group.len == 0)
		return st;
	/* A segment without a record would bear the name of the next one. */
	if (j->end + j->group.len > j->segment_bytes && j->written.seq >= j->first_seq)
		st = roll(j, err);
	if (!st)
		st = allocate(j, j->end + j->group.len, err);
	if (!st)
		st = file_pwrite(j->fd, j->group.at, j->group.len, j->end, err);
	if (!st)
		st = file_sync(j->fd, err);
	if (st)
		return dead(j, st);
	j->end += j->group.len;
	j->written = j->added;
	buf_clear(&j->group);
	return ST_OK;
}

/* --- removing --------------------------------------------------------------------------- */

/* Each removal is synced before the next, so that a power cut leaves no gap. */
static enum status remove_segment(struct journal *j, uint64_t first_seq, struct err *err)
{
	OWNED(freep) char *path = segment_path(j->dir, first_seq);

	if (unlink(path) != 0)
		return err_sys(err, ST_EIO, errno, "remove %s", path);
	return file_sync_dir(j->dir, err);
}

enum status journal_trim(struct journal *j, uint64_t seq, int64_t before,
			 uint64_t *ret_first_seq, struct err *err)
{
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	struct segment_head next;
	size_t i;

	enum status st = refuse_dead(j, err);
	if (!st)
		st = segment_list_read(&list, j->dir, err);
	if (st)
		return st;
	for (i = 0; i + 1 < list.count; i++) {
		OWNED(file_close) int fd = -1;
		OWNED(freep) char *path = segment_path(j->dir, list.first_seq[i + 1]);
		st = segment_open(&fd, &next, path, O_RDONLY, err);
		if (st)
			return st;
		if (next.first_seq - 1 > seq || next.last_received_at >= before)
			break;
		st = remove_segment(j, list.first_seq[i], err);
		if (st)
			return dead(j, st);
	}
	*ret_first_seq = list.first_seq[i];
	return ST_OK;
}

static enum status find_secret(uint64_t *ret_offset, int fd, const char *path,
			       uint64_t seq, struct err *err)
{
	OWNED(segment_cursor_release) struct segment_cursor c;
	enum segment_found found;
	struct segment_entry entry;

	segment_cursor_init(&c, fd);
	for (;;) {
		enum status st = segment_next(&c, &found, &entry, err);
		if (st)
			return st;
		if (found == SEGMENT_RECORD && entry.seq == seq)
			break;
		if (found == SEGMENT_NOTHING || found == SEGMENT_BAD)
			return err_set(err, ST_ECORRUPT,
				       "%s: offset %" PRIu64 ": no entry that checks",
				       path, c.offset);
	}
	*ret_offset = entry.secret_offset;
	return ST_OK;
}

enum status journal_erase(struct journal *j, uint64_t seq, struct err *err)
{
	static const uint8_t zeros[RECORD_SECRET_BYTES];
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	OWNED(file_close) int fd = -1;
	struct segment_head head;
	uint64_t offset = 0;

	enum status st = refuse_dead(j, err);
	if (!st)
		st = segment_list_read(&list, j->dir, err);
	if (st)
		return st;
	size_t i = segment_list_find(&list, seq);
	if (seq == 0 || seq > j->written.seq || i == list.count)
		return err_set(err, ST_ENOTFOUND,
			       "record %" PRIu64 " is not in the journal", seq);
	OWNED(freep) char *path = segment_path(j->dir, list.first_seq[i]);
	st = segment_open(&fd, &head, path, O_RDWR, err);
	if (!st)
		st = find_secret(&offset, fd, path, seq, err);
	if (st)
		return st;
	st = file_pwrite(fd, zeros, sizeof(zeros), offset, err);
	if (!st)
		st = file_sync(fd, err);
	return dead(j, st);
}
