#include "vitals.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"

#define MESSAGE_BYTES 1024

enum status vitals_open(struct vitals *ret, const char *path, struct err *err)
{
	OWNED(file_close)
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int yes = 1;

	if (strlen(path) >= sizeof(at.sun_path))
		return err_set(err, ST_ETOOBIG, "%s: too long for a socket", path);
	memcpy(at.sun_path, path, strlen(path));
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(err, ST_EIO, errno, "%s", path);
	mode_t mask = umask(0177);
	bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		     setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) == 0;
	int why = errno;
	umask(mask);
	if (!bound)
		return err_sys(err, ST_EIO, why, "%s", path);
	*ret = (struct vitals){fd, xstrdup(path)};
	fd = -1;
	return ST_OK;
}

void vitals_close(struct vitals *v)
{
	file_close(&v->fd);
	if (v->path)
		(void)unlink(v->path);
	free(v->path);
	v->path = NULL;
}

static unsigned read_signs(char *text)
{
	unsigned signs = 0;
	char *rest = text;

	for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
		if (strcmp(line, "READY=1") == 0)
			signs |= VITALS_READY;
		if (strcmp(line, "WATCHDOG=1") == 0)
			signs |= VITALS_BEAT;
		if (strcmp(line, "STOPPING=1") == 0)
			signs |= VITALS_STOPPING;
	}
	return signs;
}

bool vitals_next(const struct vitals *v, pid_t *ret_pid, unsigned *ret_signs)
{
	char text[MESSAGE_BYTES];
	union {
		struct cmsghdr head; /* for the alignment */
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec part = {text, sizeof(text) - 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t len = recvmsg(v->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *head = len < 0 ? NULL : CMSG_FIRSTHDR(&message);
	struct ucred from = {0};

	if (len < 0)
		return false;
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_CREDENTIALS)
		memcpy(&from, CMSG_DATA(head), sizeof(from));
	text[len] = '\0';
	*ret_pid = from.pid;
	*ret_signs = read_signs(text);
	return true;
}
