#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "alloc.h"
#include "file.h"
#include "store_schema.h"

#define BUSY_MS 2000

struct store {
	sqlite3 *db;
	int lock_fd; /* -1: a reader */
};

enum status store_failed(struct store *store, int result, const char *what,
			 struct err *err)
{
	/* The connection has details, of the call that failed last: only if that was this. */
	bool last = store && store->db &&
		    (sqlite3_errcode(store->db) & 0xFF) == (result & 0xFF);
	const char *why = last ? sqlite3_errmsg(store->db) : sqlite3_errstr(result);
	enum status st = ST_ESTORE;

	switch (result & 0xFF) {
	case SQLITE_FULL:
		st = ST_ENOSPACE;
		break;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN: /* the log beside a store on a full disk, for one */
	case SQLITE_READONLY: /* what a file system becomes when its disk fails */
	case SQLITE_PERM:
		st = ST_EIO;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: /* busy for so long that SQLite gave up */
		st = ST_EBUSY;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		st = ST_ECORRUPT;
		break;
	}
	return err_set(err, st, "store: %s: %s", what, why);
}

enum status store_exec(struct store *store, const char *sql, struct err *err)
{
	int result = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return result ? store_failed(store, result, sql, err) : ST_OK;
}

enum status store_prepare(struct store *store, sqlite3_stmt **ret, const char *sql,
			  struct err *err)
{
	int result = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
					ret, NULL);

	return result ? store_failed(store, result, sql, err) : ST_OK;
}

enum status store_int(struct store *store, int64_t *ret, const char *sql, int64_t absent,
		      struct err *err)
{
	sqlite3_stmt *statement;
	enum status st = store_prepare(store, &statement, sql, err);

	if (st)
		return st;
	int result = sqlite3_step(statement);
	*ret = absent;
	if (result == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
		*ret = sqlite3_column_int64(statement, 0);
	else if (result != SQLITE_ROW && result != SQLITE_DONE)
		st = store_failed(store, result, sql, err);
	sqlite3_finalize(statement);
	return st;
}

enum status store_committed(struct store *store, uint64_t journal_id, uint64_t *ret,
			    struct err *err)
{
	char sql[128];
	int64_t seq = 0;

	snprintf(sql, sizeof(sql),
		 "SELECT committed_seq FROM journal WHERE journal_id = x'%016" PRIx64 "'",
		 journal_id);
	enum status st = store_int(store, &seq, sql, 0, err);
	*ret = st ? 0 : (uint64_t)seq;
	return st;
}

/* --- versions -------------------------------------------------------------------------- */

/* Refuses what is no store of ours, and what a newer program made. */
static enum status check_version(struct store *store, enum store_mode mode,
				 int64_t *ret_version, struct err *err)
{
	int64_t application, version = 0;
	enum status st = store_int(store, &application, "PRAGMA application_id", 0, err);

	if (!st)
		st = store_int(store, &version, "PRAGMA user_version", 0, err);
	if (st)
		return st;
	if (application != STORE_APPLICATION_ID)
		return err_set(err, ST_ECORRUPT, "store: an SQLite file, but no store");
	if (version > STORE_VERSION)
		return err_set(err, ST_EVERSION,
			       "store: version %lld, this program knows %d",
			       (long long)version, STORE_VERSION);
	if (mode == STORE_READ && version < STORE_VERSION)
		return err_set(err, ST_EVERSION,
			       "store: version %lld is old; publish brings it to %d",
			       (long long)version, STORE_VERSION);
	*ret_version = version;
	return ST_OK;
}

/* --- connecting ------------------------------------------------------------------------ */

static struct store *new_store(void)
{
	struct store *store = xcalloc(1, sizeof(*store));

	store->lock_fd = -1;
	return store;
}

/* Without its count of bytes SQLite takes no lock for each piece of memory. */
static void tune(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* too late is no harm */
}

static enum status connect(struct store *store, const char *path, int flags,
			   struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, tune);
	int result = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_NOMUTEX | flags, NULL);
	if (result)
		return store_failed(store, result, path, err);
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	return ST_OK;
}

/* One that is empty is none yet: somebody may have made the file to own it. */
static bool is_there(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && info.st_size > 0;
}

/* --- making ---------------------------------------------------------------------------- */

static enum status begin_file(const char *path, struct err *err)
{
	static const char *const left_over[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < ARRAY_LEN(left_over); i++) {
		OWNED(freep) char *name = xasprintf("%s%s", path, left_over[i]);
		if (unlink(name) != 0 && errno != ENOENT)
			return err_sys(err, ST_EIO, errno, "%s", name);
	}
	OWNED(file_close)
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? err_sys(err, ST_EIO, errno, "%s", path) : ST_OK;
}

/* Without SQLite's own journal: a file that is not finished is thrown away. */
static enum status fill_file(const char *path, struct err *err)
{
	OWNED(store_closep) struct store *store = new_store();
	enum status st = connect(store, path, SQLITE_OPEN_READWRITE, err);

	if (!st)
		st = store_exec(store,
				"PRAGMA page_size = 16384;"
				"PRAGMA journal_mode = OFF;",
				err);
	if (!st)
		st = store_schema_bring(store, 0, err);
	return st ? st : store_exec(store, "PRAGMA journal_mode = WAL", err);
}

/* Under another name first. Others look for the store while it is made, and a power cut may
 * come: it is there whole, or not at all. */
static enum status make(const char *path, struct err *err)
{
	OWNED(freep) char *unfinished = xasprintf("%s.new", path);
	enum status st = begin_file(unfinished, err);

	if (!st)
		st = fill_file(unfinished, err);
	return st ? st : file_put_in_place(unfinished, path, err);
}

/* --- opening --------------------------------------------------------------------------- */

static enum status open_writer(struct store *store, struct err *err)
{
	int64_t version;
	/* The cache is full after ten thousand reviews, so that memory stays flat; 64 MiB took
	 * as much CPU per review at 300,000. */
	enum status st = store_exec(store,
				    "PRAGMA foreign_keys = ON;"
				    "PRAGMA secure_delete = ON;"
				    "PRAGMA cache_size = -16384;"
				    "PRAGMA temp_store = MEMORY;"
				    "PRAGMA trusted_schema = OFF;"
				    "PRAGMA synchronous = FULL;"
				    "PRAGMA wal_autocheckpoint = 0;",
				    err);

	if (!st)
		st = check_version(store, STORE_WRITE, &version, err);
	return st ? st : store_schema_bring(store, version, err);
}

/* `judged`: as which of the two the version is looked at. */
static enum status open_reader(struct store *store, enum store_mode judged,
			       struct err *err)
{
	int64_t version;
	enum status st = store_exec(store,
				    "PRAGMA query_only = ON;"
				    "PRAGMA trusted_schema = OFF;",
				    err);

	return st ? st : check_version(store, judged, &version, err);
}

static enum status connect_reader(struct store *store, const char *path,
				  enum store_mode judged, struct err *err)
{
	if (!is_there(path))
		return err_set(err, ST_ENOTFOUND, "%s: no store", path);
	enum status st = connect(store, path, SQLITE_OPEN_READONLY, err);
	return st ? st : open_reader(store, judged, err);
}

static enum status lock_writer(struct store *store, const char *path, struct err *err)
{
	OWNED(freep) char *lock = xasprintf("%s.lock", path);
	enum status st = file_lock(&store->lock_fd, lock, err);

	if (st)
		store->lock_fd = -1;
	return st;
}

static enum status connect_writer(struct store *store, const char *path, struct err *err)
{
	enum status st = lock_writer(store, path, err);

	if (!st && !is_there(path))
		st = make(path, err);
	if (!st)
		st = connect(store, path, SQLITE_OPEN_READWRITE, err);
	return st ? st : open_writer(store, err);
}

enum status store_open(struct store **ret, const char *path, enum store_mode mode,
		       struct err *err)
{
	OWNED(store_closep) struct store *store = new_store();
	enum status st;

	if (mode == STORE_WRITE)
		st = connect_writer(store, path, err);
	else
		st = connect_reader(store, path, STORE_READ, err);
	if (!st)
		*ret = TAKE(store);
	return st;
}

enum status store_check(const char *path, struct err *err)
{
	OWNED(store_closep) struct store *store = new_store();
	enum status st = connect_reader(store, path, STORE_WRITE, err);
	return st == ST_ENOTFOUND ? ST_OK : st;
}

sqlite3 *store_db(struct store *store)
{
	return store->db;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	sqlite3_close_v2(store->db);
	if (store->lock_fd >= 0)
		file_close(&store->lock_fd);
	free(store);
}

enum status store_newest_journal(uint64_t *ret, const char *data, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", data);
	OWNED(store_closep) struct store *store = NULL;
	sqlite3_stmt *select = NULL;
	enum status st = store_open(&store, path, STORE_READ, err);

	*ret = 0;
	if (st)
		return st == ST_ENOTFOUND ? ST_OK : st;
	st = store_prepare(store, &select,
			   "SELECT journal_id FROM journal ORDER BY ordinal DESC LIMIT 1",
			   err);
	if (st)
		return st;
	int result = sqlite3_step(select);
	const uint8_t *id = result == SQLITE_ROW ? sqlite3_column_blob(select, 0) : NULL;
	for (int i = 0; id && i < sqlite3_column_bytes(select, 0); i++)
		*ret = *ret << 8 | id[i];
	sqlite3_finalize(select);
	return result == SQLITE_ROW || result == SQLITE_DONE
		       ? ST_OK
		       : store_failed(store, result, "newest journal", err);
}
