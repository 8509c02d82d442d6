/* log.h - one line per event on standard error, for operators; it may be lost.
 *
 * logfmt (default):  ts=2026-11-21T19:25:00.000Z level=info prog=collect event=ready seq=7
 * json:              {"ts":"...","level":"info","prog":"collect","event":"ready","seq":"7"}
 *
 * Evidence never comes from here: it is in the store's events. Code under common/ does
 * not log; the program that decides what to do about a failure logs it, once. Personal
 * data is never logged.
 *
 *	log_info("ready", "seq=%" PRIu64 " peer=%s", seq, name);
 *
 * The text behind the event is `key=value` pairs separated by one space; a value that may
 * hold a space or a quote is printed with %s through log_quote() and stands last, or alone.
 */
#ifndef LOG_H
#define LOG_H

#include "status.h"

enum log_level {
	LOG_ERROR, /* we stop, or something is wrong that a person must see */
	LOG_WARN,  /* input refused, something tried again */
	LOG_INFO,  /* start, stop, and what changes rarely */
	LOG_DEBUG, /* everything else */
};

enum log_format { LOG_LOGFMT, LOG_JSON };

/* `prog` is borrowed for the life of the process. Under systemd (JOURNAL_STREAM is set)
 * each line starts with <3>, <4>, <6> or <7>, so that journald knows the level. */
void log_init(const char *prog, enum log_level level, enum log_format format);

bool log_level_from_name(enum log_level *ret, const char *name);

void log_error(const char *event, const char *pairs, ...) PRINTF(2, 3);
void log_warn(const char *event, const char *pairs, ...) PRINTF(2, 3);
void log_info(const char *event, const char *pairs, ...) PRINTF(2, 3);
void log_debug(const char *event, const char *pairs, ...) PRINTF(2, 3);

/* The text in double quotes with \" \\ and control characters escaped; valid until the
 * fourth following call. */
const char *log_quote(const char *text);

#endif
