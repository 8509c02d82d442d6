#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "digest.h"

#define LOCK_TRIES 10 /* of 2 ms */

void file_fill_standard(void)
{
	/* open gives the lowest number that is free, and those below are taken. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			_exit(EXIT_CODE_IO);
}

void file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

enum status file_read(struct buf *ret, const char *path, struct err *err)
{
	OWNED(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;

	buf_clear(ret);
	if (fd < 0)
		return err_sys(err, errno == ENOENT ? ST_ENOTFOUND : ST_EIO, errno, "%s",
			       path);
	if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode))
		return err_set(err, ST_EIO, "%s: is a directory", path);
	for (;;) {
		size_t room = MIN(ret->max - ret->len, (size_t)65536) + 1;
		uint8_t chunk[65537];
		ssize_t got = read(fd, chunk, room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, ST_EIO, errno, "%s", path);
		if (got == 0)
			return ST_OK;
		buf_bytes(ret, chunk, (size_t)got);
		if (ret->full)
			return err_set(err, ST_ETOOBIG, "%s: more than %zu bytes", path,
				       ret->max);
	}
}

enum status file_pwrite(int fd, const void *from, size_t len, uint64_t offset,
			struct err *err)
{
	const uint8_t *at = from;

	while (len > 0) {
		ssize_t put = pwrite(fd, at, len, (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_sys(err, ST_EIO, errno, "write");
		at += put;
		len -= (size_t)put;
		offset += (uint64_t)put;
	}
	return ST_OK;
}

enum status file_sync(int fd, struct err *err)
{
	if (fdatasync(fd) != 0)
		return err_sys(err, ST_EIO, errno, "fdatasync");
	return ST_OK;
}

enum status file_sync_dir(const char *path, struct err *err)
{
	OWNED(file_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, ST_EIO, errno, "%s", path);
	if (fsync(fd) != 0)
		return err_sys(err, ST_EIO, errno, "fsync %s", path);
	return ST_OK;
}

/* The directory part of a path, "." where it has none. The caller frees it. */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static enum status write_temporary(const char *path, struct span content, mode_t mode,
				   struct err *err)
{
	OWNED(file_close)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return err_sys(err, ST_EIO, errno, "%s", path);
	return file_pwrite(fd, content.at, content.len, 0, err);
}

static enum status sync_all(const char *path, struct err *err)
{
	OWNED(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return err_sys(err, ST_EIO, errno, "%s", path);
	return fsync(fd) == 0 ? ST_OK : err_sys(err, ST_EIO, errno, "fsync %s", path);
}

enum status file_put_in_place(const char *from, const char *path, struct err *err)
{
	OWNED(freep) char *parent = parent_of(path);
	enum status st = sync_all(from, err);

	if (st == ST_OK && rename(from, path) != 0)
		st = err_sys(err, ST_EIO, errno, "rename to %s", path);
	return st ? st : file_sync_dir(parent, err);
}

enum status file_replace(const char *path, struct span content, mode_t mode,
			 struct err *err)
{
	OWNED(freep) char *temporary = xasprintf("%s.new", path);
	enum status st = write_temporary(temporary, content, mode, err);

	if (st == ST_OK)
		st = file_put_in_place(temporary, path, err);
	if (st)
		(void)unlink(temporary); /* the first failure is the one to report */
	return st;
}

enum status file_make_dirs(const char *path, mode_t mode, struct err *err)
{
	if (mkdir(path, mode) == 0) {
		OWNED(freep) char *parent = parent_of(path);
		return file_sync_dir(parent, err);
	}
	if (errno == ENOENT) {
		OWNED(freep) char *parent = parent_of(path);
		enum status st = file_make_dirs(parent, mode, err);
		return st ? st : file_make_dirs(path, mode, err);
	}
	int why = errno;
	struct stat info;
	if (why == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
		return ST_OK;
	return err_sys(err, ST_EIO, why == EEXIST ? ENOTDIR : why, "%s", path);
}

enum status file_lock(int *ret_fd, const char *path, struct err *err)
{
	OWNED(file_close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, ST_EIO, errno, "%s", path);
	/* Who only asks whether it is held has it for an instant. */
	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; tries++) {
		if (errno != EWOULDBLOCK)
			return err_sys(err, ST_EIO, errno, "%s", path);
		if (tries == LOCK_TRIES)
			return err_set(err, ST_EBUSY, "%s: held by another process",
				       path);
		nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	}
	*ret_fd = fd;
	fd = -1;
	return ST_OK;
}

enum status file_secret(uint8_t *ret, size_t len, const char *dir, const char *path,
			struct err *err)
{
	OWNED(buf_release) struct buf content = BUF_INIT(len + 1);
	enum status st = file_read(&content, path, err);

	if (st == ST_ENOTFOUND) {
		random_bytes(ret, len);
		st = file_make_dirs(dir, 0700, err);
		return st ? st : file_replace(path, (struct span){ret, len}, 0600, err);
	}
	if (st)
		return st;
	if (content.len != len)
		return err_set(err, ST_ECORRUPT, "%s: must have %zu bytes", path, len);
	memcpy(ret, content.at, len);
	explicit_bzero(content.at, content.len);
	return ST_OK;
}

enum status file_free_bytes(uint64_t *ret, const char *path, struct err *err)
{
	struct statvfs info;

	if (statvfs(path, &info) != 0)
		return err_sys(err, ST_EIO, errno, "%s", path);
	*ret = (uint64_t)info.f_bavail * info.f_frsize;
	return ST_OK;
}
