/* alive.h - tells whoever supervises us that we are ready and not stuck.
 *
 * The protocol of sd_notify(3): datagrams of "KEY=value" lines to the socket that
 * $NOTIFY_SOCKET names. `normavis run` listens there, and so does systemd, so that a
 * program can be run by either. Without the variable nothing happens.
 */
#ifndef ALIVE_H
#define ALIVE_H

#include "base.h"

void alive_ready(void);
void alive_beat(void);
void alive_stopping(void);

/* Goes on saying that we live, from a thread of its own, until alive_release: for work that
 * is known to be long and to end. */
void alive_hold(void);
void alive_release(void);

/* One line for people, as `systemctl status` and `normavis status` show it. */
void alive_status(const char *text);

#endif
