#include "cutdisc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc.h"

#define OPS_MAX	  4096
#define FILES_MAX 64
#define FD_MAX	  1024
#define NEVER	  SIZE_MAX

/* --- the recorder ------------------------------------------------------------------------- */

enum what { WRITE, RESIZE, NAME, UNNAME, PROMISE };

struct op {
	enum what what;
	int file;
	uint64_t offset; /* or size */
	uint8_t *bytes;
	size_t len;
	char *name;
	char *old_name; /* NULL: a new file */
	struct promise promise;
	size_t synced_at; /* number of the op before which it was synced; NEVER */
	bool lost; /* a failed sync has dropped it: later ones do not bring it back */
};

static struct op *ops;
static size_t op_count;
static bool recording;
static bool lying_sync; /* the controls */
static bool lying_directory;
static enum fault pending;
static bool half_written; /* the call after it fails */
static char *live;	  /* directory that is recorded */
static int file_count;
static int file_of_fd[FD_MAX];
static struct {
	char *name;
	int file;
} names[FILES_MAX];

static struct op *note(enum what what, int file)
{
	assert(op_count < OPS_MAX);
	struct op *op = &ops[op_count++];
	*op = (struct op){.what = what, .file = file, .synced_at = NEVER};
	return op;
}

static const char *name_in_live(const char *path)
{
	size_t len = live ? strlen(live) : 0;

	if (!recording || strncmp(path, live, len) != 0 || path[len] != '/')
		return NULL;
	return path + len + 1;
}

/* -1: no file has that name. */
static int file_named(const char *name)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (names[i].name && strcmp(names[i].name, name) == 0)
			return names[i].file;
	return -1;
}

static void drop_name(const char *name)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (names[i].name && strcmp(names[i].name, name) == 0)
			free(TAKE(names[i].name));
}

static void set_name(const char *name, int file)
{
	int i = 0;

	drop_name(name);
	while (names[i].name)
		assert(++i < FILES_MAX);
	names[i].name = xstrdup(name);
	names[i].file = file;
}

static int note_open(const char *path, int flags, mode_t mode)
{
	const char *name = name_in_live(path);
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);

	if (fd < 0)
		return fd;
	assert(fd < FD_MAX);
	file_of_fd[fd] = -1;
	if (!name)
		return fd;
	int file = file_named(name);
	if (file < 0) {
		file = file_count++;
		note(NAME, file)->name = xstrdup(name);
		set_name(name, file);
	} else if (flags & O_TRUNC) {
		note(RESIZE, file);
	}
	file_of_fd[fd] = file;
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return note_open(path, flags, mode);
}

/* What _FORTIFY_SOURCE makes of open where the flags are no constant. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return note_open(path, flags, 0);
}

static int recorded(int fd)
{
	return recording && fd >= 0 && fd < FD_MAX ? file_of_fd[fd] : -1;
}

static bool fires(enum fault fault)
{
	if (pending != fault)
		return false;
	pending = FAULT_NONE;
	return true;
}

ssize_t pwrite(int fd, const void *from, size_t len, off_t offset)
{
	int file = recorded(fd);

	if (file >= 0 && half_written) {
		half_written = false;
		errno = EIO;
		return -1;
	}
	if (file >= 0 && len > 8 && fires(FAULT_WRITE)) {
		len = len * 5 / 8;
		half_written = true;
	}
	if (file >= 0) {
		struct op *op = note(WRITE, file);
		op->offset = (uint64_t)offset;
		op->bytes = xmemdup(from, len);
		op->len = len;
	}
	return syscall(SYS_pwrite64, fd, from, len, offset);
}

static void resize(int fd, uint64_t size)
{
	int file = recorded(fd);

	if (file >= 0)
		note(RESIZE, file)->offset = size;
}

int ftruncate(int fd, off_t size)
{
	resize(fd, (uint64_t)size);
	return (int)syscall(SYS_ftruncate, fd, size);
}

/* A hole does for space that nobody has written to, and costs nothing. */
int posix_fallocate(int fd, off_t offset, off_t len)
{
	struct stat info;

	if (fstat(fd, &info) == 0 && info.st_size >= offset + len)
		return 0;
	resize(fd, (uint64_t)(offset + len));
	return syscall(SYS_ftruncate, fd, offset + len) ? errno : 0;
}

static bool of_directory(const struct op *op)
{
	return op->what == NAME || op->what == UNNAME;
}

static int sync_file(int file)
{
	bool fails = fires(FAULT_SYNC);

	for (size_t i = 0; i < op_count; i++) {
		struct op *op = &ops[i];
		if ((op->what != WRITE && op->what != RESIZE) || op->file != file ||
		    op->synced_at != NEVER || op->lost)
			continue;
		if (fails)
			op->lost = true;
		else
			op->synced_at = op_count;
	}
	errno = EIO;
	return fails ? -1 : 0;
}

int fdatasync(int fd)
{
	int file = recorded(fd);

	return file < 0 || lying_sync ? 0 : sync_file(file);
}

int fsync(int fd)
{
	struct stat info;
	int file = recorded(fd);

	if (file >= 0)
		return sync_file(file);
	if (!recording || lying_directory || fstat(fd, &info) != 0 ||
	    !S_ISDIR(info.st_mode))
		return 0;
	if (fires(FAULT_DIRECTORY)) {
		errno = EIO;
		return -1;
	}
	for (size_t i = 0; i < op_count; i++)
		if (of_directory(&ops[i]) && ops[i].synced_at == NEVER)
			ops[i].synced_at = op_count;
	return 0;
}

int rename(const char *from, const char *to)
{
	const char *old_name = name_in_live(from), *name = name_in_live(to);

	if (old_name && name) {
		struct op *op = note(NAME, file_named(old_name));
		op->name = xstrdup(name);
		op->old_name = xstrdup(old_name);
		set_name(name, op->file);
		drop_name(old_name);
	}
	return (int)syscall(SYS_rename, from, to);
}

int unlink(const char *path)
{
	const char *name = name_in_live(path);

	if (name && file_named(name) >= 0) {
		note(UNNAME, -1)->name = xstrdup(name);
		drop_name(name);
	}
	return (int)syscall(SYS_unlink, path);
}

void cutdisc_record(const char *dir)
{
	live = xstrdup(dir);
	ops = xcalloc(OPS_MAX, sizeof(*ops));
	op_count = 0;
	file_count = 0;
	recording = true;
}

void cutdisc_stop(void)
{
	recording = false;
}

void cutdisc_promise(const struct promise *promise)
{
	note(PROMISE, -1)->promise = *promise;
}

size_t cutdisc_calls(void)
{
	return op_count;
}

void cutdisc_lie(bool file_syncs, bool directory_syncs)
{
	lying_sync = file_syncs;
	lying_directory = directory_syncs;
}

void cutdisc_fail(enum fault fault)
{
	pending = fault;
	half_written = false;
}

void cutdisc_forget(void)
{
	for (size_t i = 0; i < op_count; i++) {
		free(ops[i].bytes);
		free(ops[i].name);
		free(ops[i].old_name);
	}
	for (int i = 0; i < FILES_MAX; i++)
		free(TAKE(names[i].name));
	free(TAKE(ops));
	free(TAKE(live));
	recording = lying_sync = lying_directory = false;
	cutdisc_fail(FAULT_NONE);
}

/* --- a disc after the cut ----------------------------------------------------------------- */

static void must(bool worked)
{
	if (!worked)
		abort(); /* the real disc failed */
}

static bool survives(struct chance *c)
{
	if (!c->state)
		return false;
	c->state = c->state * 6364136223846793005U + 1442695040888963407U;
	return c->state >> 63;
}

static void write_blocks(int fd, const struct op *op, bool whole, struct chance *c)
{
	for (size_t at = 0; at < op->len;) {
		uint64_t to = (op->offset + at) / c->block * c->block + c->block;
		size_t len = whole ? op->len
				   : MIN(op->len - at, (size_t)(to - op->offset - at));
		if (whole || survives(c))
			must(pwrite(fd, op->bytes + at, len, (off_t)(op->offset + at)) ==
			     (ssize_t)len);
		at += len;
	}
}

static int *open_inodes(const char *dir)
{
	int *fds = xcalloc((size_t)file_count, sizeof(int));

	for (int i = 0; i < file_count; i++) {
		OWNED(freep) char *path = xasprintf("%s/inode-%d", dir, i);
		fds[i] = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
		must(fds[i] >= 0);
	}
	return fds;
}

struct promise cutdisc_make(const char *dir, size_t cut, struct chance *c)
{
	OWNED(freep) int *fds = open_inodes(dir);
	struct promise promise = {0};

	for (size_t i = 0; i < cut; i++) {
		const struct op *op = &ops[i];
		bool synced = op->synced_at <= cut;
		if (op->what == PROMISE)
			promise = op->promise;
		else if (op->what == WRITE)
			write_blocks(fds[op->file], op, synced, c);
		else if (op->what == RESIZE && (synced || survives(c)))
			must(ftruncate(fds[op->file], (off_t)op->offset) == 0);
		if (!of_directory(op) || !(synced || survives(c)))
			continue;
		OWNED(freep) char *name = xasprintf("%s/%s", dir, op->name);
		OWNED(freep)
		char *old = xasprintf("%s/%s", dir, op->old_name ? op->old_name : "-");
		OWNED(freep) char *inode = xasprintf("%s/inode-%d", dir, op->file);
		(void)unlink(name); /* may not be there */
		if (op->what == NAME)
			must(link(inode, name) == 0);
		if (op->old_name)
			(void)unlink(old); /* its making may not have survived */
	}
	for (int i = 0; i < file_count; i++) {
		OWNED(freep) char *inode = xasprintf("%s/inode-%d", dir, i);
		close(fds[i]);
		must(unlink(inode) == 0);
	}
	return promise;
}
