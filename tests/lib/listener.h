/* listener.h - a stranger's socket: somebody listens there, and holds no lock. */
#ifndef LISTENER_H
#define LISTENER_H

/* Its file stays when the descriptor is closed, as a dead process leaves it. */
int listener_open(const char *path);

#endif
