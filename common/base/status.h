/* status.h - how a function says that it failed.
 *
 * Every fallible function returns `enum status`, ST_OK being 0. Where the failure has a
 * detail that the caller cannot rebuild, the last parameter is `struct err *err`: one
 * line of text, written only on failure. err may be NULL everywhere.
 *
 * The class of a status decides what a program does, in one place (stage.c, or the
 * command's main.c):
 *
 *	INPUT    this input will never be valid    refuse it with its reason, go on
 *	FAULT    the environment; may pass         exit 74 or 75, or 70 where the fault is
 *						   ours; the supervisor restarts
 *	CONFIG   the operator must act             exit 78, no restart
 *	DAMAGE   stored bytes are wrong            exit 65, no restart
 *
 * A review that a rule rejects is no error: that is a decision (moderate.h).
 */
#ifndef STATUS_H
#define STATUS_H

#include "base.h"

enum status {
#define STATUS(symbol, name, class, meaning) symbol,
#include "status.def"
#undef STATUS
	STATUS_COUNT
};

enum status_class { CLASS_NONE, CLASS_INPUT, CLASS_FAULT, CLASS_CONFIG, CLASS_DAMAGE };

#define ERR_BYTES 512 /* longer messages are cut, at a character's border */

struct err {
	char text[ERR_BYTES]; /* NUL-terminated UTF-8, one line, no full stop */
};

/* The exit codes of every program (sysexits.h names them). */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FOUND = 1,  /* a check found something, or some rows were refused */
	EXIT_CODE_USAGE = 64, /* the command line */
	EXIT_CODE_UNREADABLE = 65,  /* input or stored data cannot be read */
	EXIT_CODE_UNAVAILABLE = 69, /* the pipeline is needed and not running */
	EXIT_CODE_SOFTWARE = 70,    /* our fault */
	EXIT_CODE_IO = 74,
	EXIT_CODE_TEMPFAIL = 75, /* busy, try again */
	EXIT_CODE_CONFIG = 78,
};

const char *status_name(enum status st);    /* stable, never NULL */
const char *status_meaning(enum status st); /* for people */
enum status_class status_class(enum status st);
enum exit_code status_exit_code(enum status st);

/* Writes the text and returns `st`, so that refusing is one statement. */
enum status err_set(struct err *err, enum status st, const char *format, ...)
	PRINTF(3, 4);

/* The same with ": " and strerror(errno_value) behind. ENOSPC and EDQUOT become
 * ST_ENOSPACE whatever `st` says. */
enum status err_sys(struct err *err, enum status st, int errno_value, const char *format,
		    ...) PRINTF(4, 5);

/* Puts "prefix: " before what err says. */
void err_prefix(struct err *err, const char *format, ...) PRINTF(2, 3);

#endif
