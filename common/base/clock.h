/* clock.h - the only callers of clock_gettime.
 *
 * Wall time is for received_at and for people; everything that waits uses the monotonic
 * clock. Deciders never call either: they use the times that a record carries.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include "base.h"

int64_t clock_utc_ms(void);  /* milliseconds since 1970-01-01T00:00:00Z */
int64_t clock_mono_ms(void); /* milliseconds since some moment of this boot */
int64_t clock_mono_ns(void);

#define CLOCK_TEXT_BYTES 32

/* RFC 3339 in UTC with milliseconds: 2026-11-21T19:25:00.000Z. `ret` has room for
 * CLOCK_TEXT_BYTES; years outside 0..9999 are written as such years. Returns ret. */
char *clock_format(char *ret, int64_t utc_ms);

/* An RFC 3339 date-time with any offset ("Z", "+02:00"), seconds and fraction optional,
 * 'T' or one space between date and time. False when it is none, or no real date. */
bool clock_parse(int64_t *ret_utc_ms, struct span text);

/* A calendar date YYYY-MM-DD as days since 1970-01-01. False when it is no real date. */
bool clock_parse_date(int32_t *ret_days, struct span text);
char *clock_format_date(char *ret, int32_t days); /* room for CLOCK_TEXT_BYTES */

#define DAY_MS ((int64_t)86400000)

#endif
