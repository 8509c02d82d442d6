/* import_report.h - the rows that did not get in: a file with each of them, a count by reason.
 *
 * One JSON object a line: file, line, last_line, column (of the file), field (of the record),
 * reason, detail; and, only when asked for, row: what was refused may be personal data, and
 * whoever finds the report must not find that. The file is made when the first row is refused,
 * with mode 0600, and never over one that is there: that may be a file to be imported. A report
 * that was named makes no directories; the one of the data directory makes its own.
 *
 * Reasons: those of csv.h for rows that are no rows, those of refusals.def for what the
 * intake refused.
 *
 * Tests: tests/scenario/import.bats
 */
#ifndef IMPORT_REPORT_H
#define IMPORT_REPORT_H

#include <jansson.h>

#include "status.h"

struct import_report;

/* `path`: copied. `named`: by the user. `rows`: what was refused goes in too. */
struct import_report *import_report_new(const char *path, bool named, bool rows);
void import_report_free(struct import_report *r); /* closes the file; accepts NULL */
DEFINE_OWNED(struct import_report, import_report_free)

/* Before anything is sent: could a named report be made? ST_EIO: no. */
enum status import_report_check(const struct import_report *r,
				struct err *err) MUST_CHECK;

struct import_refusal {
	const char *file;
	uint64_t line, last_line; /* last_line 0: the same */
	const char *column, *field, *reason, *detail;
	struct span row;
};

/* Errors: ST_EIO, ST_ENOSPACE; counted all the same. */
enum status import_report_add(struct import_report *r,
			      const struct import_refusal *refusal,
			      struct err *err) MUST_CHECK;

/* Everything is on the disk. */
enum status import_report_finish(struct import_report *r, struct err *err) MUST_CHECK;

uint64_t import_report_count(const struct import_report *r);
const char *import_report_path(
	const struct import_report *r); /* NULL: no file was made */

/* The counts, largest first: lines for people, or [{reason, field, column, rows}]. */
void import_report_print(const struct import_report *r);
json_t *import_report_json(const struct import_report *r);

#endif
