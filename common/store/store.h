/* store.h - the audited store: opening it, its schema, its version, its failures.
 *
 * Shape:  one SQLite file, WAL, synchronous=FULL, pages of 16 KiB, STRICT tables, foreign
 *	   keys, secure_delete. What is in it: store_schema.h, docs/STORE.md.
 * Made:   as PATH.new, and renamed: a store is there whole or not at all.
 * Alone:  one process writes; it holds `PATH.lock`, has the only read-write connection in
 *	   the system and makes the checkpoints. (SQLite 3.7.0 to 3.51.2 can damage a
 *	   database when two connections commit and checkpoint at once.) Readers open
 *	   read-only and keep transactions short, so that the log can be reset.
 * Units:  n = ordinal of the journal * 2^40 + seq; see schema.sql.
 * Mode:   the file is made 0600: it holds personal data.
 */
#ifndef STORE_H
#define STORE_H

#include "status.h"

struct sqlite3;
struct sqlite3_stmt;
struct store;

#define STORE_VERSION	     1
#define STORE_APPLICATION_ID 0x4E565354 /* "NVST", PRAGMA application_id */
#define STORE_SEQ_BITS	     40

enum store_code {
#define CODE(list, symbol, code, name) symbol = code,
#include "store.def"
#undef CODE
};

enum store_mode { STORE_READ, STORE_WRITE };

/* STORE_WRITE makes the store where there is none and brings an older one up to date.
 * Errors: ST_EBUSY (another writer), ST_EVERSION (newer than this program; for a reader
 * also older), ST_ENOTFOUND (a reader, and no store), ST_ECORRUPT (no store of ours),
 * ST_EIO, ST_ENOSPACE, ST_ESTORE. */
enum status store_open(struct store **ret, const char *path, enum store_mode mode,
		       struct err *err) MUST_CHECK;

/* Whether STORE_WRITE would take what is there: nothing yet and an older version are fine.
 * Reads only. Errors: ST_EVERSION, ST_ECORRUPT, ST_EIO, ST_EBUSY, ST_ESTORE. */
enum status store_check(const char *path, struct err *err) MUST_CHECK;

void store_close(struct store *store); /* accepts NULL */
DEFINE_OWNED(struct store, store_close)

struct sqlite3 *store_db(struct store *store); /* borrowed */

/* Compiles one statement that lives as long as the store. The caller finalizes it. */
enum status store_prepare(struct store *store, struct sqlite3_stmt **ret, const char *sql,
			  struct err *err) MUST_CHECK;

/* Runs statements that give no rows. */
enum status store_exec(struct store *store, const char *sql, struct err *err) MUST_CHECK;

/* The first column of the first row, or `absent` where there is none or it is NULL. */
enum status store_int(struct store *store, int64_t *ret, const char *sql, int64_t absent,
		      struct err *err) MUST_CHECK;

/* How far that journal is committed; 0: the store does not know it. */
enum status store_committed(struct store *store, uint64_t journal_id, uint64_t *ret,
			    struct err *err) MUST_CHECK;

/* The journal that `data`'s store took records of last; 0: there is no store, or it has
 * none. */
enum status store_newest_journal(uint64_t *ret, const char *data,
				 struct err *err) MUST_CHECK;

/* What a result of SQLite's means here; `what` was being done. SQLITE_FULL is
 * ST_ENOSPACE, SQLITE_CORRUPT and SQLITE_NOTADB ST_ECORRUPT, SQLITE_BUSY ST_EBUSY, what the
 * system refused (SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY) ST_EIO. ST_ESTORE is what
 * remains, and what the rows themselves may have caused: a constraint, a value too big. */
enum status store_failed(struct store *store, int result, const char *what,
			 struct err *err);

static inline int64_t store_n(int64_t ordinal, uint64_t seq)
{
	return (int64_t)((uint64_t)ordinal << STORE_SEQ_BITS | seq);
}

static inline uint64_t store_seq(int64_t n)
{
	return (uint64_t)n & ((UINT64_C(1) << STORE_SEQ_BITS) - 1);
}

#endif
