/* store_schema.h - what a store has in it: tables and views by version, the words of codes.
 *
 * schema.sql is version 1; each later version is a step in store_schema.c.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store.h"

/* From `version` (0: an empty file) to STORE_VERSION, and the words of new codes; all in one
 * transaction. Errors: what store_failed makes of SQLite's. */
enum status store_schema_bring(struct store *store, int64_t version,
			       struct err *err) MUST_CHECK;

#endif
