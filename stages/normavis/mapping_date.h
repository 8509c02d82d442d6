/* mapping_date.h - dates as files write them, by a format of the mapping.
 *
 * A format is letters and what stands between them: YYYY four digits, MM DD hh mm ss one
 * or two, everything else as it stands ("DD/MM/YYYY", "YYYY-MM-DD hh:mm:ss UTC"). Times
 * are UTC. Two formats are words: `epoch-s` and `epoch-ms`, counts since 1970-01-01.
 */
#ifndef MAPPING_DATE_H
#define MAPPING_DATE_H

#include "clock.h"

/* Year, month and day, or an epoch, are there, each once; nothing but known letters. */
bool mapping_date_format_ok(const char *format);

/* Writes YYYY-MM-DD, or (`time`) RFC 3339 in UTC. False when the text is not of the
 * format, or no real date. */
bool mapping_date(char ret[CLOCK_TEXT_BYTES], struct span text, const char *format,
		  bool time);

#endif
