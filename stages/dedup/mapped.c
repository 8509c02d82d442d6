#include "mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "place.h"

#define FORMAT_VERSION 1
#define HEADER_BYTES   4096
#define HOT_OFFSET     1024
#define CAPACITY_MAX   ((uint64_t)1 << 40)

static const uint8_t magic[8] = {'N', 'V', 'M', 'A', 'P', 'P', 'E', 'D'};

/* The first sector as it lies on the disk: written whole or not at all. */
struct sector {
	uint8_t magic[8];
	uint8_t version[4];
	uint8_t item_bytes[4];
	uint8_t kind[MAPPED_KIND_BYTES];
	uint8_t parameters[8];
	uint8_t journal_id[8];
	uint8_t capacity[8];
	uint8_t synced_count[8];
	uint8_t synced_seq[8];
	uint8_t place[PLACE_BYTES];
	uint8_t zero[384];
	uint8_t crc[4]; /* CRC32C of all before it */
};
static_assert(sizeof(struct sector) == 512, "one sector");

/* In the map; true of the items while the machine runs. */
struct hot {
	uint8_t count[8];
	uint8_t seq[8];
	uint8_t check[8]; /* of both: another one is a kill between the three */
};

struct mapped {
	char *path, *temporary;
	int fd;
	uint8_t *map; /* MAP_FAILED until mapped */
	struct mapped_kind kind;
	uint64_t capacity, count, seq, synced_count, synced_seq;
	struct place place;
};

static uint64_t bytes_of(const struct mapped *m, uint64_t capacity)
{
	return HEADER_BYTES + capacity * m->kind.item_bytes;
}

uint64_t mapped_bytes(const struct mapped *m)
{
	return bytes_of(m, m->capacity);
}

static uint32_t sector_crc(const struct sector *s)
{
	return crc32c(0, (struct span){s->magic, offsetof(struct sector, crc)});
}

static enum status write_sector(const struct mapped *m, struct err *err)
{
	struct sector s = {0};

	memcpy(s.magic, magic, sizeof(magic));
	put_le32(s.version, FORMAT_VERSION);
	put_le32(s.item_bytes, m->kind.item_bytes);
	memcpy(s.kind, m->kind.name, MAPPED_KIND_BYTES);
	put_le64(s.parameters, m->kind.parameters);
	put_le64(s.journal_id, m->kind.journal_id);
	put_le64(s.capacity, m->capacity);
	put_le64(s.synced_count, m->synced_count);
	put_le64(s.synced_seq, m->synced_seq);
	place_put(s.place, &m->place);
	put_le32(s.crc, sector_crc(&s));
	return file_pwrite(m->fd, &s, sizeof(s), 0, err);
}

/* Whether the sector is whole and this caller's; fills m. */
static enum status read_sector(struct mapped *m, struct err *err)
{
	struct sector s;
	struct stat info;
	ssize_t got = pread(m->fd, &s, sizeof(s), 0);

	if (got < 0 || fstat(m->fd, &info) != 0)
		return err_sys(err, ST_EIO, errno, "read");
	if (got != (ssize_t)sizeof(s) || memcmp(s.magic, magic, sizeof(magic)) != 0)
		return err_set(err, ST_ECORRUPT, "not a mapped file");
	if (get_le32(s.crc) != sector_crc(&s))
		return err_set(err, ST_ECORRUPT, "the header's CRC32C is wrong");
	if (get_le32(s.version) != FORMAT_VERSION ||
	    get_le32(s.item_bytes) != m->kind.item_bytes ||
	    memcmp(s.kind, m->kind.name, MAPPED_KIND_BYTES) != 0)
		return err_set(err, ST_EVERSION, "made in another format");
	if (get_le64(s.parameters) != m->kind.parameters)
		return err_set(err, ST_EVERSION, "made with other parameters");
	if (get_le64(s.journal_id) != m->kind.journal_id)
		return err_set(err, ST_EVERSION, "belongs to another journal");
	m->capacity = get_le64(s.capacity);
	m->synced_count = get_le64(s.synced_count);
	m->synced_seq = get_le64(s.synced_seq);
	place_get(&m->place, s.place);
	if (m->capacity > CAPACITY_MAX || m->synced_count > m->capacity ||
	    (uint64_t)info.st_size < mapped_bytes(m))
		return err_set(err, ST_ECORRUPT, "%lld bytes hold no %llu items",
			       (long long)info.st_size, (unsigned long long)m->capacity);
	return ST_OK;
}

static struct hot *hot_of(const struct mapped *m)
{
	return (struct hot *)(void *)(m->map + HOT_OFFSET);
}

static uint64_t hot_check(const struct hot *hot)
{
	return hash64((struct span){hot->count, 16}, FORMAT_VERSION);
}

void mapped_cover(struct mapped *m, uint64_t count, uint64_t seq)
{
	struct hot *hot = hot_of(m);

	assert(count <= m->capacity);
	m->count = count;
	m->seq = seq;
	put_le64(hot->count, count);
	put_le64(hot->seq, seq);
	put_le64(hot->check, hot_check(hot));
}

static enum status allocate(const struct mapped *m, struct err *err)
{
	int why = posix_fallocate(m->fd, 0, (off_t)mapped_bytes(m));

	return why ? err_sys(err, ST_EIO, why, "allocate %llu bytes",
			     (unsigned long long)mapped_bytes(m))
		   : ST_OK;
}

static enum status map(struct mapped *m, int flags, int fd, struct err *err)
{
	m->map = mmap(NULL, mapped_bytes(m), PROT_READ | PROT_WRITE, flags, fd, 0);
	return m->map == MAP_FAILED ? err_sys(err, ST_EIO, errno, "mmap") : ST_OK;
}

static enum status map_file(struct mapped *m, struct err *err)
{
	enum status st = allocate(m, err);

	return st ? st : map(m, MAP_SHARED, m->fd, err);
}

/* A file that is being made is filled in memory, and written from the front to the back when
 * it gets its name: a fault of a mapped file's page costs as much as filling it, and huge
 * pages are for memory alone. */
static enum status map_memory(struct mapped *m, struct err *err)
{
	enum status st = allocate(m, err);

	if (st == ST_OK)
		st = map(m, MAP_PRIVATE | MAP_ANONYMOUS, -1, err);
	if (st == ST_OK)
		(void)madvise(m->map, mapped_bytes(m), MADV_HUGEPAGE); /* or without */
	return st;
}

static enum status write_memory(struct mapped *m, struct err *err)
{
	uint8_t *memory = m->map;
	enum status st = file_pwrite(m->fd, memory, mapped_bytes(m), 0, err);

	if (st)
		return st;
	st = map(m, MAP_SHARED, m->fd, err);
	if (st)
		m->map = memory;
	else
		munmap(memory, mapped_bytes(m));
	return st;
}

static struct mapped *mapped_new(const char *path, const struct mapped_kind *kind)
{
	struct mapped *m = xcalloc(1, sizeof(*m));

	m->path = xstrdup(path);
	m->fd = -1;
	m->map = MAP_FAILED;
	m->kind = *kind;
	return m;
}

void mapped_close(struct mapped *m)
{
	if (!m)
		return;
	if (m->map != MAP_FAILED)
		munmap(m->map, mapped_bytes(m));
	file_close(&m->fd);
	if (m->temporary)
		(void)unlink(m->temporary);
	free(m->temporary);
	free(m->path);
	free(m);
}

enum status mapped_make(struct mapped **ret, const char *path,
			const struct mapped_kind *kind, uint64_t capacity,
			struct err *err)
{
	OWNED(mapped_closep) struct mapped *m = mapped_new(path, kind);

	m->capacity = capacity;
	m->temporary = xasprintf("%s.new", path);
	m->fd = open(m->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		     0600);
	if (m->fd < 0)
		return err_sys(err, ST_EIO, errno, "%s", m->temporary);
	enum status st = place_find(&m->place, m->fd, err);
	if (st == ST_OK)
		st = map_memory(m, err);
	if (st) {
		err_prefix(err, "%s", m->temporary);
		return st;
	}
	mapped_cover(m, 0, 0);
	*ret = TAKE(m);
	return ST_OK;
}

enum status mapped_name(struct mapped *m, struct err *err)
{
	enum status st = write_memory(m, err);

	if (st == ST_OK)
		st = mapped_sync(m, err);
	if (st == ST_OK)
		st = file_put_in_place(m->temporary, m->path, err);
	if (st)
		return st;
	freep(&m->temporary);
	m->temporary = NULL;
	return ST_OK;
}

/* A word that does not fit is a kill between two stores: one commit is lost, which the
 * replay from synced brings back. */
static enum status go_on(struct mapped *m, enum mapped_state *ret_state, struct err *err)
{
	const struct hot *hot = hot_of(m);
	struct place place;
	enum status st = place_find(&place, m->fd, err);

	if (st)
		return st;
	*ret_state = MAPPED_WARM;
	if (place_same(&place, &m->place) && get_le64(hot->check) == hot_check(hot) &&
	    get_le64(hot->count) <= m->capacity && get_le64(hot->seq) >= m->synced_seq) {
		m->count = get_le64(hot->count);
		m->seq = get_le64(hot->seq);
		return ST_OK;
	}
	*ret_state = MAPPED_COLD;
	mapped_cover(m, m->synced_count, m->synced_seq);
	m->place = place;
	return write_sector(m, err);
}

static enum status open_file(struct mapped *m, enum mapped_state *ret_state,
			     struct err *err)
{
	enum status st = read_sector(m, err);

	if (st == ST_OK)
		st = map_file(m, err);
	return st ? st : go_on(m, ret_state, err);
}

static enum status make_named(struct mapped **ret, const char *path,
			      const struct mapped_kind *kind, uint64_t capacity,
			      struct err *err)
{
	OWNED(mapped_closep) struct mapped *made = NULL;
	enum status st = mapped_make(&made, path, kind, capacity, err);

	if (st)
		return st;
	assert(made);
	st = mapped_name(made, err);
	if (st == ST_OK)
		*ret = TAKE(made);
	return st;
}

enum status mapped_open(struct mapped **ret, enum mapped_state *ret_state,
			const char *path, const struct mapped_kind *kind,
			uint64_t capacity, struct err *err)
{
	OWNED(mapped_closep) struct mapped *m = mapped_new(path, kind);
	enum status st;

	m->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (m->fd >= 0) {
		st = open_file(m, ret_state, err);
	} else if (errno == ENOENT) {
		*ret_state = MAPPED_NEW;
		return make_named(ret, path, kind, capacity, err);
	} else {
		st = err_sys(err, ST_EIO, errno, "open");
	}
	if (st) {
		err_prefix(err, "%s", path);
		return st;
	}
	*ret = TAKE(m);
	return ST_OK;
}

enum status mapped_remove(const char *path, struct err *err)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(err, ST_EIO, errno, "%s", path);
	return ST_OK;
}

void *mapped_items(const struct mapped *m)
{
	return m->map + HEADER_BYTES;
}

uint64_t mapped_capacity(const struct mapped *m)
{
	return m->capacity;
}

enum status mapped_grow(struct mapped *m, uint64_t capacity, struct err *err)
{
	uint64_t before = m->capacity, old_bytes = mapped_bytes(m),
		 bytes = bytes_of(m, capacity);
	int why = posix_fallocate(m->fd, 0, (off_t)bytes);

	if (why) {
		(void)!ftruncate(m->fd, (off_t)old_bytes); /* the first failure counts */
		return err_sys(err, ST_EIO, why, "%s: allocate %llu bytes", m->path,
			       (unsigned long long)bytes);
	}
	/* A kill before the sector is written leaves a longer file than it says, which does
	 * no harm. */
	m->capacity = capacity;
	enum status st = write_sector(m, err);
	uint8_t *map = MAP_FAILED;
	if (st == ST_OK)
		map = mremap(m->map, old_bytes, bytes, MREMAP_MAYMOVE);
	if (map == MAP_FAILED) {
		m->capacity = before;
		return st ? st : err_sys(err, ST_EIO, errno, "%s: mremap", m->path);
	}
	m->map = map;
	return ST_OK;
}

uint64_t mapped_count(const struct mapped *m)
{
	return m->count;
}

uint64_t mapped_covered(const struct mapped *m)
{
	return m->seq;
}

enum status mapped_sync(struct mapped *m, struct err *err)
{
	uint64_t count = m->synced_count, seq = m->synced_seq;
	enum status st = ST_OK;

	if (msync(m->map, mapped_bytes(m), MS_SYNC) != 0)
		st = err_sys(err, ST_EIO, errno, "msync");
	m->synced_count = m->count;
	m->synced_seq = m->seq;
	if (st == ST_OK)
		st = write_sector(m, err);
	if (st == ST_OK)
		st = file_sync(m->fd, err);
	if (st) {
		m->synced_count = count;
		m->synced_seq = seq;
		err_prefix(err, "%s", m->path);
	}
	return st;
}
