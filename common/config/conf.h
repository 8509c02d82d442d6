/* conf.h - tables of options, bound to YAML by name, with positions.
 *
 * A program's options are rows of a table: name, type, unit, default, bounds, where the
 * value goes, and one sentence with the reason of the default. The same rows make
 * docs/CONFIG.md and the schema (conf_doc.h), so neither can say something else.
 *
 * Values:  int        5
 *          bytes      8MiB; B KiB MiB GiB; a plain number counts the row's unit
 *          duration   30s; ms s min h d; a plain number counts the row's unit
 *          bool       true false
 *          text       any text that the row's `check` takes
 *          path       relative ones start at the directory of the file
 *          enum       one of `choices`
 *          ratio      0.85, from 0 to 1
 *          mode       0660: octal, read and write for the owner, nothing for others
 *
 * Complaints are collected, never only the first: unknown names (with the nearest known
 * one), wrong types, values out of bounds, required options that are missing.
 */
#ifndef CONF_H
#define CONF_H

#include "buf.h"
#include "status.h"
#include "yaml.h"

enum conf_type {
	CONF_INT,      /* int64_t */
	CONF_BYTES,    /* int64_t, in the row's unit */
	CONF_DURATION, /* int64_t, in the row's unit */
	CONF_BOOL,     /* bool */
	CONF_TEXT,     /* char *, owned by the options */
	CONF_PATH,     /* char *, owned by the options, absolute */
	CONF_ENUM,     /* an enum, whose values count as `choices` does */
	CONF_RATIO,    /* double */
	CONF_MODE,     /* mode_t */
};

struct conf_row {
	const char *name; /* NULL ends the table */
	enum conf_type type;
	const char *unit;  /* what a plain number counts: "records", "ms", "B", "KiB" */
	const char *value; /* the default as written in YAML; NULL: required or derived */
	const char *derived; /* how the default follows from other options, or NULL */
	int64_t min, max;    /* in the unit; CONF_INT, CONF_BYTES, CONF_DURATION only */
	size_t target;	     /* offset of the member in the table's struct */
	const char *const *choices; /* CONF_ENUM: NULL-ended names */
	enum status (*check)(const char *text, struct err *err); /* CONF_TEXT, or NULL */
	const char *doc; /* one sentence, with the reason of the default */
};

/* Begins and ends a row: {CONF("window", struct collect_options, window_bytes), ...}. */
#define CONF(row_name, type, member) .name = (row_name), .target = offsetof(type, member)
#define CONF_END             \
	{                    \
		.name = NULL \
	}

struct conf_table {
	const char *name; /* of the section */
	const char *doc;  /* what it governs, a sentence */
	const struct conf_row *rows;
	size_t target; /* offset of the section's struct in the whole */
};

/* Where the value of a row stands; without one: its section, or the file's first line. */
struct conf_place {
	uint32_t line, column; /* 1-based */
	bool given;	       /* written in the file, not a default */
};

/* --- complaints --------------------------------------------------------------------- */

#define CONF_COMPLAINTS_MAX 200 /* more are counted, not kept */

struct conf_complaint {
	char *file;
	uint32_t line, column;
	char *text; /* without the position */
};

struct conf_report { /* starts as {0}; in the order of the lines within a file */
	struct conf_complaint *at;
	size_t count;
	size_t left_out;
};

void conf_report_release(struct conf_report *report); /* empty again, usable again */
void conf_complain(struct conf_report *report, const char *file, struct conf_place place,
		   const char *format, ...) PRINTF(4, 5);

/* What a loader said: "file:line:column: text", or a text that is about the whole `file`. */
void conf_complain_err(struct conf_report *report, const char *file,
		       const struct err *err);

/* The first complaint as "file:line:column: text"; ST_ECONFIG, or ST_OK without any. */
enum status conf_report_first(const struct conf_report *report, struct err *err);

/* Every complaint, one line each, and how many were left out. */
void conf_report_format(const struct conf_report *report, struct buf *ret);

/* --- binding ------------------------------------------------------------------------ */

struct conf_source {
	const struct yaml_doc *doc;
	const char *base; /* absolute directory that relative paths start at */
	struct conf_report *report;
};

/* Fills the struct at `target` (zeroed before): defaults, then what `section` says (NULL:
 * it is not in the file). `places` gets one entry per row. A value with a complaint keeps
 * its default, so that the rest can still be judged. */
void conf_bind(const struct conf_source *source, const struct conf_table *table,
	       const struct yaml_node *section, void *target, struct conf_place *places);

/* Frees the texts and paths of the struct. */
void conf_unbind(const struct conf_table *table, void *target);

size_t conf_row_count(const struct conf_row *rows);

/* base/path, or the path itself where it is absolute. The caller frees it. */
char *conf_path(const char *base, const char *path);

/* --- values ------------------------------------------------------------------------- */

/* A quantity with or without suffix, as a count of the row's unit. Bounds are the
 * caller's. Errors: ST_EMALFORMED (err: what was expected), ST_ERANGE. */
enum status conf_quantity_parse(const struct conf_row *row, const char *text,
				int64_t *ret, struct err *err) MUST_CHECK;

#define CONF_QUANTITY_BYTES 32

/* The shortest exact spelling: 8MiB, 30s, 5. `ret` has CONF_QUANTITY_BYTES; returns it. */
char *conf_quantity_format(const struct conf_row *row, int64_t value, char *ret);

/* Sets the row's member of the struct at `target` from the text of a YAML scalar.
 * Errors: ST_EMALFORMED, ST_ERANGE; the struct is then unchanged. */
enum status conf_value_set(const struct conf_row *row, const struct yaml_node *value,
			   const char *base, void *target, struct err *err) MUST_CHECK;

#endif
