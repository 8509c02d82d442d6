/* run_dir.h - the directory of sockets and locks, and whose it is.
 *
 * Every program holds RUN/SLOT.lock while it runs, and says in it where its data lie. Two
 * installations that were given the same run directory are told apart by that: the commands
 * of one would else reach the intake of the other.
 *
 *	2049 131090 /var/lib/normavis	device, inode and path of the data directory
 *
 * What counts is the inode: a path may be another in a container, or after a move.
 */
#ifndef RUN_DIR_H
#define RUN_DIR_H

#include "options.h"

#define RUN_DIR_SUPERVISOR "normavis" /* the slot of `normavis run` */

/* Holds the slot's lock until *ret_lock is closed; both directories are there. Errors:
 * those of file_lock. */
enum status run_dir_take(int *ret_lock, const struct options *options, const char *slot,
			 struct err *err) MUST_CHECK;

/* ST_ECONFIG where a program runs in it whose data are others than ours. Who may not read
 * the locks, as one of the sockets' group, cannot know, and nothing is wrong for it. */
enum status run_dir_check(const struct options *options, struct err *err) MUST_CHECK;

/* Whether some process holds the lock of that slot, as far as we may open it. */
bool run_dir_is_held(const struct options *options, const char *slot);

#endif
