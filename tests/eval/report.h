/* report.h - tables that people read, or the same figures as JSON; and bars beside them. */
#ifndef REPORT_H
#define REPORT_H

#include "base.h"

#define REPORT_COLUMNS_MAX 12

struct report_column {
	const char *name;
	int decimals;
};

/* JSON: nothing is printed before report_end. */
void report_begin(bool json);

/* Ends with a column that has no name. A value that is NAN is shown as "-", and is null. */
void report_table(const char *title, const struct report_column *columns);
void report_row(const char *name, const double *values);
void report_say(const char *format, ...) PRINTF(1, 2); /* not in JSON */

/* A figure beside the bar that it must reach, or must not pass. */
void report_bar(const char *name, double value, double bar, bool at_most);

/* Prints the bars; how many were missed. */
size_t report_end(void);

#endif
