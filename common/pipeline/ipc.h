/* ipc.h - the file of an ipc endpoint, and who has it.
 *
 * ZeroMQ removes what stands at the path before it binds: a second process would take the
 * endpoint from the first in silence, and its clients with it. So whoever binds holds
 * PATH.lock for as long as its context lives, and does not bind where somebody listens
 * who holds no lock. What a dead process left is in nobody's way.
 *
 * Source: unix(7), connect(2): ECONNREFUSED where nobody listens.
 */
#ifndef IPC_H
#define IPC_H

#include "status.h"

/* Looks, and changes nothing. ST_EBUSY: another process has it; ST_EIO: it cannot be told. */
enum status ipc_look(const char *path, struct err *err) MUST_CHECK;

/* Takes the lock, which is held until *ret_lock is closed. Errors: those of ipc_look and of
 * file_lock. */
enum status ipc_take(int *ret_lock, const char *path, struct err *err) MUST_CHECK;

#endif
