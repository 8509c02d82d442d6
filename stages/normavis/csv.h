/* csv.h - rows of a CSV file, one at a time, as RFC 4180 has them.
 *
 * A row ends with LF, CRLF or CR outside of quotes, or with the file. A field that begins
 * with a quote ends with one, may hold delimiters and line ends, and holds a quote as two.
 * In a field that does not begin with one, a quote is a character as any other (5" tall):
 * RFC 4180 has no such field, but all who write one mean the same.
 * Every row has as many fields as the first one, the header. Empty lines are passed over.
 * Nothing is trimmed: what stands between two delimiters is the value.
 *
 * A row with a flaw is told as such and costs itself alone. Text behind a closing quote on the
 * same line does not hide the end of its row, so reading goes on behind it. A quote that opens
 * a field is stray where the next one that could close it is followed by text, on a later
 * line (there it opens a field of another row), or where none comes: the row then ends with
 * that quote's line, and reading goes on at the next one (no later row is lost, and no byte is
 * looked at more than twice: docs/decisions/0006-csv.md).
 *
 * Units:  lines count from 1 as an editor does; a field may hold several.
 * Bounds: INPUT_WINDOW_MAX bytes a row, CSV_COLUMNS_MAX fields.
 * Source: RFC 4180; https://github.com/max-mapper/csv-spectrum for the cases
 * Tests:  tests/unit/csv_test.c, tests/fuzz/fuzz_csv.c
 */
#ifndef CSV_H
#define CSV_H

#include "input.h"

#define CSV_COLUMNS_MAX 1024

enum csv_flaw {
	CSV_SOUND = 0,
	CSV_TEXT_BEHIND,      /* text between the closing quote and the delimiter */
	CSV_UNCLOSED_QUOTE,   /* a stray one opens a field */
	CSV_TOO_FEW_COLUMNS,  /* than the header has */
	CSV_TOO_MANY_COLUMNS, /* than the header has */
	CSV_BAD_UTF8,
	CSV_NUL,
	CSV_TOO_BIG,
	CSV_FLAW_COUNT
};

const char *csv_flaw_name(enum csv_flaw flaw);	  /* stable: stands in reports */
const char *csv_flaw_meaning(enum csv_flaw flaw); /* for people */

struct csv_dialect {
	char delimiter; /* one ASCII character, no quote, no line end */
	bool quotes;	/* false: a quote is a character as any other (some TSV files) */
};

#define CSV_DIALECT_DEFAULT ((struct csv_dialect){',', true})

struct csv_row {
	uint64_t line, last_line; /* where it begins and ends */
	enum csv_flaw flaw;
	size_t flaw_column; /* from 0, where the flaw lies in one; else SIZE_MAX */
	struct span raw; /* its bytes, line end included; borrowed until the next call */
	size_t count;	 /* fields; of a flawed row: those that were read */
	const struct span
		*column; /* borrowed until the next call; valid UTF-8 when sound */
};

struct csv;

/* Reads the header. `in` is borrowed until csv_free. ST_EMALFORMED: there is none, or it
 * is flawed. Errors: also ST_EIO. */
enum status csv_open(struct csv **ret, struct input *in, struct csv_dialect dialect,
		     struct err *err) MUST_CHECK;
void csv_free(struct csv *csv); /* accepts NULL */
DEFINE_OWNED(struct csv, csv_free)

/* Names of the columns; borrowed as long as the csv lives. */
const struct span *csv_header(const struct csv *csv, size_t *ret_count);

/* The next row, flawed or not; *ret_end is set where there is none. Errors: ST_EIO. */
enum status csv_next(struct csv *csv, struct csv_row *ret, bool *ret_end,
		     struct err *err) MUST_CHECK;

#endif
