/* How it survives.
 *
 * Death of the process (kill -9). The kernel keeps the pages as they were after the last
 * instruction, so program order is all that counts. A change of one line is 64 bytes and
 * two counters, more than one store; therefore it is first written into the header as an
 * intent, the intent is armed by one 8-byte store, the change is made, the intent is
 * disarmed. Whoever opens the file does an armed intent again, which is harmless when it
 * was done already. Writing value first and seq last would not be enough: a count raised
 * under the old seq would be raised again by the replay.
 *
 * Power cut. Any mixture of older and newer 512-byte sectors may be on the disk, none
 * older than the last table_sync; covered, counters and intent mean nothing then. Lines do
 * not cross sectors; one that was torn all the same (written out while it changed) fails
 * its check, and the table is refused. The rest is repaired by replaying from synced,
 * because a slot never changes its key:
 *
 *	- A removed line becomes a grave, which is neither moved nor reused before the next
 *	  growth. Closing the gap by shifting lines back would touch two sectors; with the
 *	  older one of the target and the newer one of the source on the disk, a line that
 *	  no replay brings back would be gone.
 *	- So a slot that was filled when some record was first applied is filled when it is
 *	  replayed: the sector is newer, or the replay has filled it just as then. Each
 *	  line that stands on the disk is thus reachable no later than at the record that
 *	  put it there, is found, and skips what it has seen.
 *	- A line may be put twice for a while, when the disk has its grave or its second
 *	  life already; look-ups take the first, and the removal between both lives, which
 *	  is replayed too, takes all.
 *
 * Growth writes a new file in full, syncs it, and only then renames it.
 */
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alive.h"
#include "alloc.h"
#include "file.h"
#include "table_header.h"
#include "table_line.h"

#define LOAD_PERCENT 65 /* overflow is visible from 75 on */

struct table {
	char *path;
	int fd;
	uint8_t *map;		  /* MAP_FAILED until mapped */
	struct table_hot *hot;	  /* in the map */
	struct table_line *lines; /* in the map */
	uint64_t mask;		  /* slots - 1 */
	uint64_t limit;		  /* most slots that may be filled */
	uint64_t covered;
	uint64_t live, filled; /* keys; keys and graves */
	struct table_header header;
};

static uint64_t home_of(const struct table *t, const uint8_t *key)
{
	/* The high bits: a growth then reads and writes both files from front to back. */
	return get_le64(key) >> (64 - t->header.capacity_log2);
}

/* The first slot at or behind *slot that holds the key; false at the first empty one. The
 * load limit sees to it that there is one. */
static bool seek(const struct table *t, const uint8_t *key, uint64_t *slot)
{
	for (;; *slot = (*slot + 1) & t->mask) {
		const struct table_line *line = &t->lines[*slot];
		if (table_line_empty(line))
			return false;
		if (memcmp(line->key, key, TABLE_KEY_BYTES) == 0)
			return true;
	}
}

static void store_word(uint64_t *at, uint64_t value)
{
	__atomic_store_n(at, table_word_seal(value), __ATOMIC_RELEASE);
}

/* Program order: all that a kill needs. */
static void barrier(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

static void store_line(struct table *t, uint64_t slot, const struct table_line *line,
		       uint64_t live, uint64_t filled)
{
	t->lines[slot] = *line;
	t->live = live;
	t->filled = filled;
	store_word(&t->hot->live, live);
	store_word(&t->hot->filled, filled);
}

/* store_line, as a whole or not at all. */
static void change_line(struct table *t, uint64_t slot, const struct table_line *line,
			uint64_t live, uint64_t filled)
{
	struct table_hot *hot = t->hot;

	hot->intent_line = *line;
	store_word(&hot->intent_live, live);
	store_word(&hot->intent_filled, filled);
	barrier();
	store_word(&hot->intent_slot, slot + 1);
	barrier();
	store_line(t, slot, line, live, filled);
	barrier();
	store_word(&hot->intent_slot, 0);
	barrier();
}

void table_close(struct table *t)
{
	if (!t)
		return;
	if (t->map != MAP_FAILED)
		munmap(t->map, table_bytes(t));
	file_close(&t->fd);
	free(t->path);
	free(t);
}

static struct table *table_new(const char *path)
{
	struct table *t = xcalloc(1, sizeof(*t));

	t->path = xstrdup(path);
	t->fd = -1;
	t->map = MAP_FAILED;
	return t;
}

static uint64_t limit_of(uint32_t capacity_log2)
{
	return ((uint64_t)1 << capacity_log2) / 100 * LOAD_PERCENT;
}

/* Needs fd and header. A copy may have holes, so that an old file is allocated too. */
static enum status map_file(struct table *t, struct err *err)
{
	int why = posix_fallocate(t->fd, 0, (off_t)table_bytes(t));

	if (why)
		return err_sys(err, ST_EIO, why, "allocate %llu bytes",
			       (unsigned long long)table_bytes(t));
	t->map = mmap(NULL, table_bytes(t), PROT_READ | PROT_WRITE, MAP_SHARED, t->fd, 0);
	if (t->map == MAP_FAILED)
		return err_sys(err, ST_EIO, errno, "mmap");
	t->hot = (struct table_hot *)(void *)(t->map + TABLE_HOT_OFFSET);
	t->lines = (struct table_line *)(void *)(t->map + TABLE_HEADER_BYTES);
	t->mask = ((uint64_t)1 << t->header.capacity_log2) - 1;
	t->limit = limit_of(t->header.capacity_log2);
	return ST_OK;
}

static void store_hot(struct table *t)
{
	memset(t->hot, 0, sizeof(*t->hot));
	store_word(&t->hot->intent_slot, 0);
	store_word(&t->hot->covered, t->covered);
	store_word(&t->hot->live, t->live);
	store_word(&t->hot->filled, t->filled);
}

/* An empty table of this header's size in a new file. */
static enum status make_file(struct table *t, const char *temporary, struct err *err)
{
	t->fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		     0600);
	if (t->fd < 0)
		return err_sys(err, ST_EIO, errno, "open %s", temporary);
	enum status st = place_find(&t->header.place, t->fd, err);
	if (st == ST_OK)
		st = map_file(t, err);
	return st;
}

/* Everything in the file is on the disk, then the file has t's name. */
static enum status name_file(struct table *t, const char *temporary, struct err *err)
{
	store_hot(t);
	enum status st = table_header_write(&t->header, t->fd, err);
	if (st)
		return st;
	if (fsync(t->fd) != 0) /* what was written through the map too */
		return err_sys(err, ST_EIO, errno, "fsync");
	if (rename(temporary, t->path) != 0)
		return err_sys(err, ST_EIO, errno, "rename");
	return ST_OK;
}

static enum status sync_parent(const char *path, struct err *err)
{
	OWNED(freep) char *copy = xstrdup(path);

	return file_sync_dir(dirname(copy), err);
}

/* Every live line of `from`, without graves. Of a key that is there twice (after a power
 * cut, see above) the newer line. */
static void copy_lines(struct table *t, const struct table *from)
{
	for (uint64_t i = 0; i <= from->mask; i++) {
		const struct table_line *line = &from->lines[i];
		if (table_seq(line) == 0)
			continue;
		uint64_t slot = home_of(t, line->key);
		bool twice = seek(t, line->key, &slot);
		if (twice && table_seq(&t->lines[slot]) >= table_seq(line))
			continue;
		t->lines[slot] = *line;
		t->live += !twice;
	}
	t->filled = t->live;
}

/* Twice the slots, or as many where it was graves that filled them; more where `keys` more
 * keys need them. */
static enum status grow(struct table *t, uint64_t keys, struct err *err)
{
	OWNED(freep) char *temporary = xasprintf("%s.new", t->path);
	OWNED(table_closep) struct table *bigger = table_new(t->path);

	bigger->header = t->header;
	bigger->header.capacity_log2 += t->live > t->limit / 2;
	while (limit_of(bigger->header.capacity_log2) < t->live + keys)
		bigger->header.capacity_log2++;
	bigger->header.synced = t->covered;
	bigger->covered = t->covered;
	alive_hold(); /* a table of some gigabytes takes longer than a hang may */
	enum status st = make_file(bigger, temporary, err);
	if (st == ST_OK) {
		copy_lines(bigger, t);
		st = name_file(bigger, temporary, err);
	}
	alive_release();
	if (st) {
		(void)unlink(temporary); /* the first failure is the one to report */
		err_prefix(err, "%s: growing", t->path);
		return st;
	}
	struct table old = *t;
	*t = *bigger;
	*bigger = old;
	return sync_parent(t->path, err);
}

static enum status create(struct table *t, const char *temporary, struct err *err)
{
	enum status st = make_file(t, temporary, err);

	if (st == ST_OK)
		st = name_file(t, temporary, err);
	if (st) {
		(void)unlink(temporary); /* the first failure is the one to report */
		return st;
	}
	return sync_parent(t->path, err);
}

/* The process died or was stopped, the pages are as it left them. */
static enum status go_on_warm(struct table *t, struct err *err)
{
	struct table_hot *hot = t->hot;
	uint64_t slot, live, filled;

	if (!table_word_open(&t->covered, hot->covered) ||
	    !table_word_open(&t->live, hot->live) ||
	    !table_word_open(&t->filled, hot->filled) ||
	    !table_word_open(&slot, hot->intent_slot) || slot > t->mask + 1)
		return err_set(err, ST_ECORRUPT, "a counter's check is wrong");
	if (slot) {
		if (!table_word_open(&live, hot->intent_live) ||
		    !table_word_open(&filled, hot->intent_filled) ||
		    !table_line_whole(&hot->intent_line))
			return err_set(err, ST_ECORRUPT,
				       "the last change's check is wrong");
		store_line(t, slot - 1, &hot->intent_line, live, filled);
		barrier();
		store_word(&hot->intent_slot, 0);
	}
	if (t->filled > t->limit || t->live > t->filled || t->covered < t->header.synced)
		return err_set(err, ST_ECORRUPT, "the counters do not fit together");
	return ST_OK;
}

/* After a power cut or in a copy: what is not older than the last sync, no more. The place
 * is written last, so that dying in here leads to here again. */
static enum status go_on_cold(struct table *t, const struct place *place, struct err *err)
{
	for (uint64_t i = 0; i <= t->mask; i++) {
		const struct table_line *line = &t->lines[i];
		if (!table_line_whole(line))
			return err_set(err, ST_ECORRUPT, "line %llu: its check is wrong",
				       (unsigned long long)i);
		t->filled += !table_line_empty(line);
		t->live += table_seq(line) != 0;
	}
	if (t->filled > t->limit)
		return err_set(err, ST_ECORRUPT, "more lines than it may have");
	t->covered = t->header.synced;
	store_hot(t);
	t->header.place = *place;
	return table_header_write(&t->header, t->fd, err);
}

static enum status open_file(struct table *t, uint64_t parameters, uint64_t journal_id,
			     struct err *err)
{
	struct place place = {0};
	enum status st = table_header_read(&t->header, t->fd, err);

	if (st)
		return st;
	if (t->header.parameters != parameters)
		return err_set(err, ST_EVERSION, "made with other parameters");
	if (t->header.journal_id != journal_id)
		return err_set(err, ST_EVERSION, "belongs to another journal");
	st = map_file(t, err);
	if (st == ST_OK)
		st = place_find(&place, t->fd, err);
	if (st)
		return st;
	if (place_same(&place, &t->header.place))
		return go_on_warm(t, err);
	return go_on_cold(t, &place, err);
}

enum status table_open(struct table **ret, uint64_t *ret_from, const char *path,
		       uint64_t parameters, uint64_t journal_id, struct err *err)
{
	OWNED(table_closep) struct table *t = table_new(path);
	OWNED(freep) char *temporary = xasprintf("%s.new", path);
	enum status st;

	(void)unlink(
		temporary); /* of a growth that did not end; most often there is none */
	t->fd = open(path, O_RDWR | O_CLOEXEC);
	if (t->fd >= 0) {
		st = open_file(t, parameters, journal_id, err);
	} else if (errno == ENOENT) {
		t->header = (struct table_header){.capacity_log2 = TABLE_LOG2_MIN,
						  .parameters = parameters,
						  .journal_id = journal_id};
		st = create(t, temporary, err);
	} else {
		st = err_sys(err, ST_EIO, errno, "open");
	}
	if (st) {
		err_prefix(err, "%s", path);
		return st;
	}
	*ret_from = t->covered;
	*ret = TAKE(t);
	return ST_OK;
}

const struct table_line *table_find(const struct table *t,
				    const uint8_t key[TABLE_KEY_BYTES])
{
	uint64_t slot = home_of(t, key);

	return seek(t, key, &slot) ? &t->lines[slot] : NULL;
}

enum status table_put(struct table *t, const uint8_t key[TABLE_KEY_BYTES], uint64_t seq,
		      const uint8_t value[TABLE_VALUE_BYTES], struct err *err)
{
	struct table_line line = {0};
	uint64_t slot = home_of(t, key);
	bool there = seek(t, key, &slot);

	assert(seq > 0 && seq <= TABLE_SEQ_MAX);
	if (there && table_seq(&t->lines[slot]) >= seq)
		return ST_OK;
	if (!there && t->filled == t->limit) {
		enum status st = grow(t, 1, err);
		if (st)
			return st;
		slot = home_of(t, key);
		there = seek(t, key, &slot);
	}
	memcpy(line.key, key, TABLE_KEY_BYTES);
	put_le32(line.seq, (uint32_t)seq);
	put_le16(line.seq + 4, (uint16_t)(seq >> 32));
	memcpy(line.value, value, TABLE_VALUE_BYTES);
	table_line_seal(&line);
	change_line(t, slot, &line, t->live + !there, t->filled + !there);
	return ST_OK;
}

enum status table_reserve(struct table *t, uint64_t keys, struct err *err)
{
	return t->filled + keys > t->limit ? grow(t, keys, err) : ST_OK;
}

void table_remove(struct table *t, const uint8_t key[TABLE_KEY_BYTES])
{
	const struct table_line grave = table_line_grave();
	uint64_t slot = home_of(t, key);

	while (seek(t, key, &slot))
		change_line(t, slot, &grave, t->live - 1, t->filled);
}

void table_cover(struct table *t, uint64_t seq)
{
	if (seq <= t->covered)
		return;
	t->covered = seq;
	store_word(&t->hot->covered, seq);
}

uint64_t table_covered(const struct table *t)
{
	return t->covered;
}

enum status table_sync(struct table *t, struct err *err)
{
	struct table_header header = t->header;
	enum status st;

	header.synced = t->covered;
	if (msync(t->map, table_bytes(t), MS_SYNC) != 0) {
		st = err_sys(err, ST_EIO, errno, "msync");
	} else {
		st = table_header_write(&header, t->fd, err);
		if (st == ST_OK)
			st = file_sync(t->fd, err);
	}
	if (st) {
		err_prefix(err, "%s", t->path);
		return st;
	}
	t->header = header;
	return ST_OK;
}

uint64_t table_lines(const struct table *t)
{
	return t->live;
}

uint64_t table_bytes(const struct table *t)
{
	return table_header_file_bytes(&t->header);
}

void table_prefetch(const struct table *t, const uint8_t key[TABLE_KEY_BYTES])
{
	__builtin_prefetch(&t->lines[home_of(t, key)], 1);
}
