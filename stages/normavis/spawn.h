/* spawn.h - starting another program that must not outlive us.
 *
 * The child is alone in a process group, so that Ctrl-C at a terminal reaches `normavis
 * run` alone, which then stops the programs in their order. It gets SIGUSR1 when we die
 * (PR_SET_PDEATHSIG, prctl(2)) and an empty signal mask. All it prints goes to one place:
 * log lines to our standard error, what is for people to our standard output.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include "status.h"

#define SPAWN_NO_PROGRAM 127 /* exit code of a child whose exec failed */

struct spawn {
	const char *const *argv; /* NULL-ended; argv[0] is the path */
	const char *input;	 /* file for standard input, NULL: /dev/null */
	const char *notify;	 /* NOTIFY_SOCKET of the child, NULL: none */
	bool output;		 /* it writes no log: standard output, else error */
};

/* Errors: ST_EIO (no process, or no input). */
enum status spawn_start(pid_t *ret, const struct spawn *spawn,
			struct err *err) MUST_CHECK;

/* "DIR/NAME", DIR being where this program's own file is. The caller frees it. */
char *spawn_sibling(const char *name);

#endif
