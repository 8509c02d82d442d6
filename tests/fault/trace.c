#include "trace.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAPS_MAX       8
#define NAME_MAX_BYTES 512

static struct trace_page *page;
static char dir[NAME_MAX_BYTES];

/* What this process has mapped, and how it was when we last looked. */
static struct map {
	uint8_t *at, *before;
	size_t len;
	uint64_t ino;
} maps[MAPS_MAX];

/* ISO C has no cast from an object's address to a function's. */
#define REAL(name)                                     \
	static __typeof__(name) *real;                 \
	if (!real) {                                   \
		void *found = dlsym(RTLD_NEXT, #name); \
		memcpy(&real, &found, sizeof(real));   \
	}

__attribute__((constructor)) static void open_page(void)
{
	const char *path = getenv("TRACE_PAGE"), *below = getenv("TRACE_DIR");

	if (!path || !below)
		return;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || strlen(below) >= sizeof(dir))
		abort();
	void *mapped =
		mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (mapped == MAP_FAILED)
		abort();
	memcpy(dir, below, strlen(below) + 1);
	page = mapped;
}

/* --- entries ---------------------------------------------------------------------------- */

static void note(enum trace_what what, uint64_t ino, uint64_t offset, const char *name,
		 const char *other, const void *data, size_t len)
{
	struct trace_entry e = {.what = what, .ino = ino, .offset = offset};
	uint8_t *at = page->at + page->used;

	e.name_len = (uint32_t)strlen(name);
	e.other_len = (uint32_t)strlen(other);
	e.data_len = len;
	size_t names = (size_t)e.name_len + e.other_len + 2;
	e.bytes = (uint32_t)((sizeof(e) + names + len + 7) / 8 * 8);
	if (page->used + e.bytes + sizeof(e) > TRACE_BYTES)
		abort(); /* a short run was asked for */
	memcpy(at, &e, sizeof(e));
	memcpy(at + sizeof(e), name, e.name_len + 1);
	memcpy(at + sizeof(e) + e.name_len + 1, other, e.other_len + 1);
	if (len > 0)
		memcpy(at + sizeof(e) + names, data, len);
	page->used += e.bytes;
}

static void note_mapped(struct map *m)
{
	for (size_t at = 0; at < m->len; at += TRACE_BLOCK) {
		size_t len = m->len - at < TRACE_BLOCK ? m->len - at : TRACE_BLOCK;
		if (memcmp(m->at + at, m->before + at, len) == 0)
			continue;
		memcpy(m->before + at, m->at + at, len);
		note(TRACE_WRITE, m->ino, at, "", "", m->before + at, len);
	}
}

static void lock(void)
{
	if (pthread_mutex_lock(&page->lock) != 0)
		abort();
	for (size_t i = 0; i < MAPS_MAX; i++)
		if (maps[i].at)
			note_mapped(&maps[i]);
}

static void unlock(void)
{
	pthread_mutex_unlock(&page->lock);
}

/* --- what is traced --------------------------------------------------------------------- */

/* The name below TRACE_DIR, or NULL. */
static const char *name_below(const char *path)
{
	size_t len = strlen(dir), name_len;

	if (!page || strncmp(path, dir, len) != 0 || (path[len] && path[len] != '/'))
		return NULL;
	const char *name = path[len] ? path + len + 1 : "";
	name_len = strlen(name);
	if (strncmp(name, "data/run/", 9) == 0 ||
	    (name_len > 4 && strcmp(name + name_len - 4, "-shm") == 0))
		return NULL;
	return name;
}

/* The name of an open file; `type`: S_IFREG or S_IFDIR. NULL: not traced. */
static const char *traced(int fd, mode_t type, char buffer[NAME_MAX_BYTES],
			  uint64_t *ret_ino)
{
	char link[64];
	struct stat info;

	if (!page || fstat(fd, &info) != 0 || (info.st_mode & S_IFMT) != type)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, buffer, NAME_MAX_BYTES - 1);
	if (len < 0)
		return NULL;
	buffer[len] = '\0';
	*ret_ino = info.st_ino;
	return name_below(buffer);
}

static bool is_traced_file(int fd, uint64_t *ret_ino)
{
	char buffer[NAME_MAX_BYTES];
	int saved = errno;
	bool is = traced(fd, S_IFREG, buffer, ret_ino) != NULL;

	errno = saved;
	return is;
}

/* --- what stands in --------------------------------------------------------------------- */

static int traced_open(int (*real)(const char *, int, ...), const char *path, int flags,
		       mode_t mode)
{
	char buffer[NAME_MAX_BYTES];
	struct stat before = {.st_size = 0};
	uint64_t ino;

	if (!page || !(flags & (O_CREAT | O_TRUNC)) || !name_below(path))
		return real(path, flags, mode);
	lock();
	bool was_there = stat(path, &before) == 0;
	int fd = real(path, flags, mode), saved = errno;
	const char *name = fd < 0 ? NULL : traced(fd, S_IFREG, buffer, &ino);
	if (name && !was_there)
		note(TRACE_NAME, ino, 0, name, "", NULL, 0);
	else if (name && (flags & O_TRUNC) && before.st_size > 0)
		note(TRACE_RESIZE, ino, 0, "", "", NULL, 0);
	unlock();
	errno = saved;
	return fd;
}

#define MODE_OF(flags, mode)                 \
	mode_t mode = 0;                     \
	if ((flags)&O_CREAT) {               \
		va_list more;                \
		va_start(more, flags);       \
		mode = va_arg(more, mode_t); \
		va_end(more);                \
	}

int open(const char *path, int flags, ...)
{
	REAL(open)
	MODE_OF(flags, mode)
	return traced_open(real, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	REAL(open64)
	MODE_OF(flags, mode)
	return traced_open(real, path, flags, mode);
}

static void note_write(uint64_t ino, uint64_t offset, const void *from, ssize_t len)
{
	if (len > 0)
		note(TRACE_WRITE, ino, offset, "", "", from, (size_t)len);
}

ssize_t write(int fd, const void *from, size_t len)
{
	REAL(write)
	uint64_t ino;

	if (!is_traced_file(fd, &ino))
		return real(fd, from, len);
	lock();
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t put = real(fd, from, len);
	int saved = errno;
	note_write(ino, (uint64_t)at, from, put);
	unlock();
	errno = saved;
	return put;
}

static ssize_t traced_pwrite(ssize_t (*real)(int, const void *, size_t, off64_t), int fd,
			     const void *from, size_t len, off64_t offset)
{
	uint64_t ino;

	if (!is_traced_file(fd, &ino))
		return real(fd, from, len, offset);
	lock();
	ssize_t put = real(fd, from, len, offset);
	int saved = errno;
	note_write(ino, (uint64_t)offset, from, put);
	unlock();
	errno = saved;
	return put;
}

ssize_t pwrite(int fd, const void *from, size_t len, off_t offset)
{
	REAL(pwrite)
	return traced_pwrite(real, fd, from, len, offset);
}

ssize_t pwrite64(int fd, const void *from, size_t len, off64_t offset)
{
	REAL(pwrite64)
	return traced_pwrite(real, fd, from, len, offset);
}

/* `size`: what the file has when the call worked. */
static void note_size(uint64_t ino, int fd)
{
	struct stat info;

	if (fstat(fd, &info) == 0)
		note(TRACE_RESIZE, ino, (uint64_t)info.st_size, "", "", NULL, 0);
}

static int traced_resize(int (*real)(int, off64_t), int fd, off64_t size)
{
	uint64_t ino;

	if (!is_traced_file(fd, &ino))
		return real(fd, size);
	lock();
	int code = real(fd, size), saved = errno;
	note_size(ino, fd);
	unlock();
	errno = saved;
	return code;
}

int ftruncate(int fd, off_t size)
{
	REAL(ftruncate)
	return traced_resize(real, fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	REAL(ftruncate64)
	return traced_resize(real, fd, size);
}

static int traced_allocate(int (*real)(int, off64_t, off64_t), int fd, off64_t offset,
			   off64_t len)
{
	uint64_t ino;

	if (!is_traced_file(fd, &ino))
		return real(fd, offset, len);
	lock();
	int code = real(fd, offset, len);
	note_size(ino, fd);
	unlock();
	return code;
}

int posix_fallocate(int fd, off_t offset, off_t len)
{
	REAL(posix_fallocate)
	return traced_allocate(real, fd, offset, len);
}

int posix_fallocate64(int fd, off64_t offset, off64_t len)
{
	REAL(posix_fallocate64)
	return traced_allocate(real, fd, offset, len);
}

static int traced_sync(int (*real)(int), int fd)
{
	char buffer[NAME_MAX_BYTES];
	uint64_t ino = 0;
	bool file = is_traced_file(fd, &ino);
	const char *name = file ? NULL : traced(fd, S_IFDIR, buffer, &ino);

	if (!file && !name)
		return real(fd);
	lock();
	int code = real(fd), saved = errno;
	if (code == 0)
		note(file ? TRACE_SYNC : TRACE_SYNC_DIR, ino, 0, name ? name : "", "",
		     NULL, 0);
	unlock();
	errno = saved;
	return code;
}

int fsync(int fd)
{
	REAL(fsync)
	return traced_sync(real, fd);
}

int fdatasync(int fd)
{
	REAL(fdatasync)
	return traced_sync(real, fd);
}

int rename(const char *from, const char *to)
{
	REAL(rename)
	const char *old_name = name_below(from), *name = name_below(to);

	if (!old_name || !name)
		return real(from, to);
	lock();
	int code = real(from, to), saved = errno;
	if (code == 0)
		note(TRACE_RENAME, 0, 0, name, old_name, NULL, 0);
	unlock();
	errno = saved;
	return code;
}

int unlink(const char *path)
{
	REAL(unlink)
	const char *name = name_below(path);

	if (!name)
		return real(path);
	lock();
	int code = real(path), saved = errno;
	if (code == 0)
		note(TRACE_UNLINK, 0, 0, name, "", NULL, 0);
	unlock();
	errno = saved;
	return code;
}

int mkdir(const char *path, mode_t mode)
{
	REAL(mkdir)
	const char *name = name_below(path);

	if (!name)
		return real(path, mode);
	lock();
	int code = real(path, mode), saved = errno;
	if (code == 0)
		note(TRACE_MKDIR, 0, 0, name, "", NULL, 0);
	unlock();
	errno = saved;
	return code;
}

/* --- mapped files ----------------------------------------------------------------------- */

static void *traced_map(void *(*real)(void *, size_t, int, int, int, off64_t), void *at,
			size_t len, int protection, int flags, int fd, off64_t offset)
{
	void *mapped = real(at, len, protection, flags, fd, offset);
	uint64_t ino;

	if (mapped == MAP_FAILED || !(flags & MAP_SHARED) || !(protection & PROT_WRITE) ||
	    fd < 0 || !is_traced_file(fd, &ino))
		return mapped;
	for (size_t i = 0; i < MAPS_MAX; i++) {
		if (maps[i].at)
			continue;
		maps[i] = (struct map){mapped, malloc(len), len, ino};
		if (!maps[i].before)
			abort();
		memcpy(maps[i].before, mapped, len);
		return mapped;
	}
	abort(); /* more than anybody maps */
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	REAL(mmap)
	return traced_map(real, at, len, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t len, int protection, int flags, int fd, off64_t offset)
{
	REAL(mmap64)
	return traced_map(real, at, len, protection, flags, fd, offset);
}

static struct map *map_at(const void *at)
{
	for (size_t i = 0; page && i < MAPS_MAX; i++)
		if (maps[i].at && maps[i].at == at)
			return &maps[i];
	return NULL;
}

int munmap(void *at, size_t len)
{
	REAL(munmap)
	struct map *m = map_at(at);

	if (m) {
		lock(); /* notes what changed */
		unlock();
		free(m->before);
		*m = (struct map){.at = NULL};
	}
	return real(at, len);
}

int msync(void *at, size_t len, int flags)
{
	REAL(msync)
	const struct map *m = map_at(at);

	if (!m)
		return real(at, len, flags);
	lock();
	int code = real(at, len, flags), saved = errno;
	if (code == 0)
		note(TRACE_SYNC, m->ino, 0, "", "", NULL, 0);
	unlock();
	errno = saved;
	return code;
}
