#include "fail.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>
#include <zmq.h>

#define OWN_FRAMES 2 /* fails() and the call that stands in */

static struct fail_page *page;
static char slot[FAIL_SLOT_BYTES];
static sqlite3_stmt *failed_step; /* whose reset says so again */
static int failed_code;

/* --- the calls themselves --------------------------------------------------------------- */

/* ISO C has no cast from an object's address to a function's. */
#define REAL(name)                                     \
	static __typeof__(name) *real;                 \
	if (!real) {                                   \
		void *found = dlsym(RTLD_NEXT, #name); \
		memcpy(&real, &found, sizeof(real));   \
	}

/* --- who we are ------------------------------------------------------------------------- */

static void find_slot(void)
{
	char line[4096];
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	line[len > 0 ? len : 0] = '\0';
	for (ssize_t at = 0; at < len; at += (ssize_t)strlen(line + at) + 1)
		if (strcmp(line + at, "--slot") == 0)
			snprintf(slot, sizeof(slot), "%s", line + at + sizeof("--slot"));
}

__attribute__((constructor)) static void open_page(void)
{
	const char *path = getenv("FAIL_PAGE");
	int fd;

	find_slot();
	if (!path || !slot[0])
		return; /* the supervisor, a task: none of ours */
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		abort();
	void *mapped =
		mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (mapped == MAP_FAILED)
		abort();
	void *warm[4];
	(void)backtrace(warm, 4); /* it loads a library at its first call */
	page = mapped;
}

/* --- sites ------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
	return hash ^ hash >> 29;
}

static uint64_t name_site(uint32_t call, char first_frame[96])
{
	void *frames[FAIL_FRAMES + OWN_FRAMES + 1];
	int count = backtrace(frames, FAIL_FRAMES + OWN_FRAMES + 1);
	uint64_t hash = mix(0, call + 1);
	int left = call == FAIL_STEP ? FAIL_OWN_FRAMES - 1 : FAIL_OWN_FRAMES;

	first_frame[0] = '\0';
	for (const char *c = slot; *c && *c != '.'; c++) /* workers are all alike */
		hash = mix(hash, (uint8_t)*c);
	for (int i = OWN_FRAMES + 1; i < count && left > 0; i++) {
		Dl_info info;
		if (!dladdr(frames[i], &info) || !info.dli_fname)
			continue;
		const char *slash = strrchr(info.dli_fname, '/');
		const char *name = slash ? slash + 1 : info.dli_fname;
		unsigned long offset =
			(unsigned long)((char *)frames[i] - (char *)info.dli_fbase);
		for (const char *c = name; *c; c++)
			hash = mix(hash, (uint8_t)*c);
		hash = mix(hash, offset);
		if (strstr(name, ".so"))
			continue;
		left--;
		if (!first_frame[0])
			snprintf(first_frame, 96, "%s+0x%lx", name, offset);
	}
	return hash | 1;
}

static struct fail_site *note_site(uint64_t hash, uint32_t call, const char *first_frame)
{
	for (uint32_t probe = 0; probe < FAIL_SITES_MAX; probe++) {
		struct fail_site *s = &page->sites[(hash + probe) % FAIL_SITES_MAX];
		uint64_t found = 0;
		if (atomic_compare_exchange_strong(&s->hash, &found, hash)) {
			s->call = call;
			memcpy(s->slot, slot, sizeof(slot));
			memcpy(s->first_frame, first_frame, sizeof(s->first_frame));
			atomic_store(&s->ready, 1);
			return s;
		}
		if (found == hash)
			return s;
	}
	abort(); /* more sites than anybody thought of */
}

/* A site fails once in this manner. */
static bool is_new(struct fail_site *s)
{
	uint32_t never = 0;

	return atomic_load(&page->left) > 0 &&
	       atomic_compare_exchange_strong(&s->failed, &never, 1) &&
	       atomic_fetch_sub(&page->left, 1) > 0;
}

/* True when this call is to fail. */
static __attribute__((noinline)) bool fails(enum fail_call call)
{
	char first_frame[96];

	if (!page)
		return false;
	int saved = errno;
	uint64_t hash = name_site(call, first_frame);
	struct fail_site *s = note_site(hash, call, first_frame);
	atomic_fetch_add(&s->passed, 1);
	errno = saved;
	if (!atomic_load(&page->armed) ||
	    (page->call != FAIL_CALLS && page->call != (uint32_t)call) ||
	    (page->slot[0] && strcmp(page->slot, slot) != 0))
		return false;
	if (page->nth == 0 ? !is_new(s)
			   : atomic_fetch_add(&page->seen, 1) + 1 != page->nth)
		return false;
	atomic_store(&s->failed, 1);
	atomic_fetch_add(&page->fired, 1);
	return true;
}

/* --- what stands in --------------------------------------------------------------------- */

/* The log may be one, too; a line that it loses is no call that anybody answers for. */
static bool is_file(int fd)
{
	struct stat info;

	return page && fd > STDERR_FILENO && fstat(fd, &info) == 0 &&
	       S_ISREG(info.st_mode);
}

static int write_errno(void)
{
	return page->other ? EIO : ENOSPC;
}

ssize_t write(int fd, const void *from, size_t len)
{
	REAL(write)
	if (!is_file(fd) || !fails(FAIL_WRITE))
		return real(fd, from, len);
	errno = write_errno();
	return -1;
}

/* Half of it gets there. */
static ssize_t write_half(ssize_t (*real)(int, const void *, size_t, off64_t), int fd,
			  const void *from, size_t len, off64_t offset)
{
	(void)!real(fd, from, len / 2, offset);
	errno = write_errno();
	return -1;
}

ssize_t pwrite(int fd, const void *from, size_t len, off_t offset)
{
	REAL(pwrite)
	if (!is_file(fd) || !fails(FAIL_WRITE))
		return real(fd, from, len, offset);
	return write_half(real, fd, from, len, offset);
}

ssize_t pwrite64(int fd, const void *from, size_t len, off64_t offset)
{
	REAL(pwrite64)
	if (!is_file(fd) || !fails(FAIL_WRITE))
		return real(fd, from, len, offset);
	return write_half(real, fd, from, len, offset);
}

int posix_fallocate(int fd, off_t offset, off_t len)
{
	REAL(posix_fallocate)
	return fails(FAIL_WRITE) ? write_errno() : real(fd, offset, len);
}

int ftruncate(int fd, off_t len)
{
	REAL(ftruncate)
	if (!is_file(fd) || !fails(FAIL_WRITE))
		return real(fd, len);
	errno = EIO;
	return -1;
}

int ftruncate64(int fd, off64_t len)
{
	REAL(ftruncate64)
	if (!is_file(fd) || !fails(FAIL_WRITE))
		return real(fd, len);
	errno = EIO;
	return -1;
}

int fsync(int fd)
{
	REAL(fsync)
	if (!fails(FAIL_SYNC))
		return real(fd);
	errno = EIO;
	return -1;
}

int fdatasync(int fd)
{
	REAL(fdatasync)
	if (!fails(FAIL_SYNC))
		return real(fd);
	errno = EIO;
	return -1;
}

int msync(void *from, size_t len, int flags)
{
	REAL(msync)
	if (!fails(FAIL_SYNC))
		return real(from, len, flags);
	errno = EIO;
	return -1;
}

int zmq_send(void *socket, const void *from, size_t len, int flags)
{
	REAL(zmq_send)
	int type = 0;
	size_t size = sizeof(type);

	if (!fails(FAIL_SEND))
		return real(socket, from, len, flags);
	(void)zmq_getsockopt(socket, ZMQ_TYPE, &type, &size);
	errno = type == ZMQ_ROUTER && page->other ? EHOSTUNREACH : EAGAIN;
	return -1;
}

/* SQLite steps its own statements too, and knows better than to ask what became of them. */
static bool calls_itself(void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) && info.dli_fname &&
	       strstr(info.dli_fname, "libsqlite3");
}

int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
		 void *context, char **why)
{
	REAL(sqlite3_exec)
	if (calls_itself(__builtin_return_address(0)) || !fails(FAIL_STEP))
		return real(db, sql, row, context, why);
	return page->other ? SQLITE_IOERR : SQLITE_FULL;
}

int sqlite3_step(sqlite3_stmt *statement)
{
	REAL(sqlite3_step)
	if (calls_itself(__builtin_return_address(0)) || !fails(FAIL_STEP))
		return real(statement);
	failed_step = statement;
	failed_code = page->other ? SQLITE_IOERR : SQLITE_FULL;
	return failed_code;
}

int sqlite3_reset(sqlite3_stmt *statement)
{
	REAL(sqlite3_reset)
	int code = real(statement);

	if (!statement || statement != failed_step)
		return code;
	failed_step = NULL;
	return code ? code : failed_code;
}

int sqlite3_finalize(sqlite3_stmt *statement)
{
	REAL(sqlite3_finalize)
	int code = real(statement);

	if (!statement || statement != failed_step)
		return code;
	failed_step = NULL;
	return code ? code : failed_code;
}
