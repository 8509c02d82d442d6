/* mapping.h - a YAML file that says which column becomes which field of a record.
 *
 * docs/IMPORT.md has every key with examples. A value comes from a column, a template of
 * columns or a constant, and is then written as the field's type asks for. What cannot be
 * read so (a date of another form, a number that is none) is passed on as it stands: collect
 * refuses it and records the refusal, which a refusal here would not be. An empty value is
 * an absent field, and so is a template with an empty column in it.
 *
 * The columns of a CSV file are its header's names; those of an NDJSON file are paths of
 * keys ("consumer.displayName").
 *
 * Ownership: a mapping owns its document; texts it hands out live as long as it does.
 * Bounds: MAPPING_FIELDS_MAX fields, MAPPING_COLUMNS_MAX columns.
 * Tests:  tests/unit/mapping_test.c
 */
#ifndef MAPPING_H
#define MAPPING_H

#include <jansson.h>

#include "csv.h"
#include "record.h"

#define MAPPING_FIELDS_MAX  128
#define MAPPING_COLUMNS_MAX 128

enum mapping_format { MAPPING_CSV, MAPPING_NDJSON };

struct mapping;

/* Errors: ST_ECONFIG (err: file:line:column: text), a file that cannot be read included. */
enum status mapping_load(struct mapping **ret, const char *path,
			 struct err *err) MUST_CHECK;
enum status mapping_parse(struct mapping **ret, const char *path, struct span bytes,
			  struct err *err) MUST_CHECK;
void mapping_free(struct mapping *m); /* accepts NULL */
DEFINE_OWNED(struct mapping, mapping_free)

enum mapping_format mapping_format(const struct mapping *m);
struct csv_dialect mapping_dialect(const struct mapping *m);
enum kind mapping_kind(const struct mapping *m);
const char *mapping_source(const struct mapping *m); /* NULL: not said */
const char *mapping_site(const struct mapping *m);   /* NULL: not said */

/* Fills origin_state, origin_reason or origin_decided_at, which only --legacy may. */
bool mapping_needs_legacy(const struct mapping *m);

/* Where the mapping's columns stand in one file. */
struct mapping_places {
	size_t position[MAPPING_COLUMNS_MAX];
};

/* Finds the mapping's columns in a header. ST_ECONFIG: one is not there, or there twice;
 * err says where the mapping names it. */
enum status mapping_bind(const struct mapping *m, struct mapping_places *ret,
			 const struct span *header, size_t count, const char *file,
			 struct err *err) MUST_CHECK;

/* Which columns of that header neither a field nor `ignore` names: fn is called for each. */
void mapping_unused(const struct mapping *m, const struct span *header, size_t count,
		    void (*fn)(void *arg, struct span column), void *arg);

/* The record of a sound row, or of a JSON object: an object of its fields without the
 * envelope (kind, site, source). The caller owns it. */
json_t *mapping_row(const struct mapping *m, const struct mapping_places *places,
		    const struct csv_row *row);
json_t *mapping_object(const struct mapping *m, const json_t *object);

/* The column that fills a field ("rating.value"), for reports; "" where none does. Several
 * of a template: the first. */
const char *mapping_column_of(const struct mapping *m, const char *field);

#endif
