/* installation.h - one pipeline.yaml, and where what belongs to it lies.
 *
 *	DATA/journal/		collect's segments
 *	DATA/store.db		publish's store
 *	DATA/packs/HEX.pack	every rule set and policy that was ever activated
 *	RUN/NAME.lock		held by each running program, and by `normavis run`
 *	RUN/NAME.figures	what it shows to whoever looks (figures.h)
 */
#ifndef INSTALLATION_H
#define INSTALLATION_H

#include "options.h"
#include "run_dir.h"

#define INSTALLATION_CONFIG	"pipeline.yaml" /* in the working directory */
#define INSTALLATION_SUPERVISOR RUN_DIR_SUPERVISOR

struct installation {
	struct options *options;
	char *journal; /* directory */
	char *store;   /* file */
	char *packs;   /* directory */
};

/* Reads the file; `config` NULL: pipeline.yaml in the working directory or, where none is
 * there, the one that was installed. Errors as options_load, with every complaint in `report`
 * (may be NULL), a file that cannot be read included. */
enum status installation_open(struct installation *ret, const char *config,
			      struct conf_report *report, struct err *err) MUST_CHECK;

/* The same for a verb: prints whatever is wrong on stderr; returns 0 or the exit code. */
int installation_open_for(struct installation *ret, const char *config);

/* The same for a verb that writes log lines: the log is then as the file says. */
int installation_open_to_log(struct installation *ret, const char *config);

/* Prints every complaint on stderr; returns EXIT_CODE_CONFIG. */
int installation_refuse(const struct conf_report *report);

void installation_release(struct installation *i); /* empty again */

/* Whether some process holds the lock of that slot; also of one that may not be opened, as
 * by who is of the sockets' group alone. *ret_pid (may be NULL): its number,
 * 0 where the kernel does not say. Source: proc(5), /proc/locks. */
bool installation_holds(const struct installation *i, const char *slot, pid_t *ret_pid);

/* The slots of the process table in the order of their start, "moderate.1" and so on.
 * Room for INSTALLATION_SLOT_BYTES. */
#define INSTALLATION_SLOT_BYTES 32
#define INSTALLATION_SLOTS_MAX	80 /* options bound each program to 64, most to 1 */

struct installation_slot {
	enum options_program program;
	char name[INSTALLATION_SLOT_BYTES];
};

size_t installation_slots(const struct installation *i,
			  struct installation_slot ret[INSTALLATION_SLOTS_MAX]);

#endif
