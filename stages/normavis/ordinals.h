/* ordinals.h - how often did this row come before in this file?
 *
 * A row without an id of its own is named by the SHA-256 of its content and its ordinal
 * among equal rows ("<64 hex digits>-1", "...-2"): never by a path or an offset. So the
 * same file, also renamed, appended to or sorted otherwise, imports nothing twice, and
 * eighteen people who wrote "parfait merci" are eighteen reviews.
 *
 * Counts are in a table.h file of 64 bytes a row in a directory of its own under $TMPDIR,
 * removed at the end: memory stays flat however long the file is. Its keys are
 * hashes under a random key that only the running import knows, so that what a killed one
 * leaves behind tells nothing; the next import of the same user removes it.
 *
 * Tests: tests/unit/feed_test.c
 */
#ifndef ORDINALS_H
#define ORDINALS_H

#include "digest.h"
#include "status.h"

struct ordinals;

/* Errors: those of table_open. */
enum status ordinals_open(struct ordinals **ret, struct err *err) MUST_CHECK;
void ordinals_close(struct ordinals *o); /* accepts NULL */
DEFINE_OWNED(struct ordinals, ordinals_close)

#define ORDINALS_ID_BYTES 96

/* The id of this row's content. Errors: ST_EIO, ST_ENOSPACE. */
enum status ordinals_next(struct ordinals *o, struct span content,
			  char ret[ORDINALS_ID_BYTES], struct err *err) MUST_CHECK;

#endif
