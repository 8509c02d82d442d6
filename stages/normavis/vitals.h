/* vitals.h - what the programs say of themselves: ready, alive, stopping.
 *
 * The listening end of alive.h: a datagram socket in the run directory, mode 0600. Who
 * said it is told by the kernel (SO_PASSCRED, unix(7)), not by the message.
 */
#ifndef VITALS_H
#define VITALS_H

#include "status.h"

struct vitals {
	int fd; /* poll it for reading */
	char *path;
};

#define VITALS_NONE ((struct vitals){-1, NULL})

/* `path` must be ours: what stands there is removed. Errors: ST_EIO, ST_ETOOBIG. */
enum status vitals_open(struct vitals *ret, const char *path, struct err *err) MUST_CHECK;
void vitals_close(struct vitals *v); /* removes the socket; accepts VITALS_NONE */

enum vitals_sign { VITALS_READY = 1, VITALS_BEAT = 2, VITALS_STOPPING = 4 };

/* The next message that came: who, and a mask of signs. False: none there. */
bool vitals_next(const struct vitals *v, pid_t *ret_pid, unsigned *ret_signs);

#endif
