#include "ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "alloc.h"
#include "file.h"

static enum status taken(const char *path, struct err *err)
{
	return err_set(err, ST_EBUSY, "%s: another process has it already", path);
}

/* Not waiting: a listener whose queue is full says EAGAIN, and is one. */
static enum status look_for_listener(const char *path, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	OWNED(file_close)
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_sys(err, ST_EIO, errno, "socket");
	if (strlen(path) >= sizeof(address.sun_path))
		return err_sys(err, ST_EIO, ENAMETOOLONG, "%s", path);
	memcpy(address.sun_path, path, strlen(path));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 ||
	    errno == EAGAIN || errno == EPROTOTYPE)
		return taken(path, err);
	if (errno == ECONNREFUSED || errno == ENOENT)
		return ST_OK;
	return err_sys(err, ST_EIO, errno, "%s", path);
}

static enum status look_for_lock(const char *path, const char *lock, struct err *err)
{
	OWNED(file_close) int fd = open(lock, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? ST_OK : err_sys(err, ST_EIO, errno, "%s", lock);
	if (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return taken(path, err);
	return ST_OK;
}

enum status ipc_look(const char *path, struct err *err)
{
	OWNED(freep) char *lock = xasprintf("%s.lock", path);
	enum status st = look_for_lock(path, lock, err);

	return st ? st : look_for_listener(path, err);
}

enum status ipc_take(int *ret_lock, const char *path, struct err *err)
{
	OWNED(freep) char *lock = xasprintf("%s.lock", path);
	OWNED(file_close) int fd = -1;
	enum status st = file_lock(&fd, lock, err);

	if (st == ST_EBUSY)
		return taken(path, err);
	if (st == ST_OK)
		st = look_for_listener(path, err);
	if (st)
		return st;
	*ret_lock = fd;
	fd = -1;
	return ST_OK;
}
