#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "alloc.h"
#include "buf.h"
#include "digest.h"
#include "event.h"
#include "file.h"
#include "findings.h"
#include "record.h"
#include "state.h"

#define SCHEMA_BYTES_MAX (1 << 20)
#define BUSY_MS		 2000

struct store {
	sqlite3 *db;
	int lock_fd; /* -1: a reader */
};

/* One per version; migration[0] makes an empty file into version 1. */
static const char *const version_1[] = {
#include "schema.inc"
	NULL};
static const char *const *const migrations[STORE_VERSION] = {version_1};

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

/* --- codes and their words ------------------------------------------------------------- */

static enum status put_code(struct store *store, sqlite3_stmt *insert, const char *list,
			    int code, const char *name, struct err *err)
{
	if (!name)
		return ST_OK;
	sqlite3_bind_text(insert, 1, list, -1, SQLITE_STATIC);
	sqlite3_bind_int(insert, 2, code);
	sqlite3_bind_text(insert, 3, name, -1, SQLITE_STATIC);
	sqlite3_step(insert);
	int result = sqlite3_reset(insert);
	return result ? store_failed(store, result, "filling table code", err) : ST_OK;
}

static const struct {
	const char *list;
	int code;
	const char *name;
} fixed_codes[] = {
	{"kind", 0, "illegible"},
#define CODE(list, symbol, code, name) {list, code, name},
#include "store.def"
#undef CODE
#define KIND(symbol, number, name, endpoints, meaning) {"kind", number, name},
#include "kinds.def"
#undef KIND
#define STATE(symbol, code, name, meaning) {"state", code, name},
#include "state.def"
#undef STATE
#define EVENT(symbol, code, name, meaning) {"event", code, name},
#include "events.def"
#undef EVENT
};

static const struct {
	enum field field;
	int code;
	const char *name;
} choice_codes[] = {
#define CHOICE(field, symbol, code, name) {field, code, name},
#include "choices.def"
#undef CHOICE
};

static enum status fill_codes(struct store *store, struct err *err)
{
	sqlite3_stmt *insert;
	enum status st = store_prepare(
		store, &insert,
		"INSERT INTO code VALUES (?, ?, ?) ON CONFLICT DO NOTHING", err);

	if (st)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(fixed_codes) && !st; i++)
		st = put_code(store, insert, fixed_codes[i].list, fixed_codes[i].code,
			      fixed_codes[i].name, err);
	for (size_t i = 0; i < ARRAY_LEN(choice_codes) && !st; i++)
		st = put_code(store, insert, field_table[choice_codes[i].field].path,
			      choice_codes[i].code, choice_codes[i].name, err);
	for (unsigned i = 0; i < ACTION_COUNT && !st; i++)
		st = put_code(store, insert, "action", (int)i,
			      action_name((enum action)i), err);
	sqlite3_finalize(insert);
	return st;
}

/* --- versions -------------------------------------------------------------------------- */

static enum status run_step(struct store *store, int64_t version, struct err *err)
{
	OWNED(buf_release) struct buf sql = BUF_INIT(SCHEMA_BYTES_MAX);

	for (const char *const *line = migrations[version]; *line; line++)
		buf_text(&sql, *line);
	buf_format(&sql, "PRAGMA user_version = %d;", (int)version + 1);
	if (version == 0)
		buf_format(&sql,
			   "PRAGMA application_id = %d;"
			   "INSERT INTO meta VALUES ('store_id', randomblob(16));",
			   STORE_APPLICATION_ID);
	assert(!sql.full);
	enum status st = store_exec(store, buf_string(&sql), err);
	if (st)
		err_set(err, st, "store: making version %d: %s", (int)version + 1,
			sqlite3_errmsg(store->db));
	return st;
}

static enum status migrate(struct store *store, int64_t version, struct err *err)
{
	enum status st = store_exec(store, "BEGIN EXCLUSIVE", err);

	for (; version < STORE_VERSION && !st; version++)
		st = run_step(store, version, err);
	if (!st)
		st = fill_codes(store, err);
	if (!st)
		return store_exec(store, "COMMIT", err);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return st;
}

/* All of one moment: publish may be making the store while others look for it. */
static enum status read_version(struct store *store, int64_t *ret_application,
				int64_t *ret_version, int64_t *ret_tables,
				struct err *err)
{
	enum status st = store_exec(store, "BEGIN", err);

	if (!st)
		st = store_int(store, ret_application, "PRAGMA application_id", 0, err);
	if (!st)
		st = store_int(store, ret_version, "PRAGMA user_version", 0, err);
	if (!st)
		st = store_int(store, ret_tables, "SELECT count(*) FROM sqlite_schema", 0,
			       err);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* it only read */
	return st;
}

/* Refuses what is no store of ours, and what a newer program made. */
static enum status check_version(struct store *store, enum store_mode mode,
				 int64_t *ret_version, struct err *err)
{
	int64_t application, version, tables;
	enum status st = read_version(store, &application, &version, &tables, err);

	if (st)
		return st;
	if (tables > 0 && application != STORE_APPLICATION_ID)
		return err_set(err, ST_ECORRUPT, "store: an SQLite file, but no store");
	if (version > STORE_VERSION)
		return err_set(err, ST_EVERSION,
			       "store: version %lld, this program knows %d",
			       (long long)version, STORE_VERSION);
	if (mode == STORE_READ && tables == 0)
		return err_set(err, ST_ENOTFOUND, "store: nothing in it yet");
	if (mode == STORE_READ && version < STORE_VERSION)
		return err_set(err, ST_EVERSION,
			       "store: version %lld is old; publish brings it to %d",
			       (long long)version, STORE_VERSION);
	*ret_version = version;
	return ST_OK;
}

/* --- opening --------------------------------------------------------------------------- */

static enum status make_private(const char *path, struct err *err)
{
	OWNED(file_close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(err, ST_EIO, errno, "%s", path) : ST_OK;
}

static enum status lock_writer(struct store *store, const char *path, struct err *err)
{
	OWNED(freep) char *lock = xasprintf("%s.lock", path);
	enum status st = file_lock(&store->lock_fd, lock, err);

	if (st)
		store->lock_fd = -1;
	return st ? st : make_private(path, err);
}

static enum status open_writer(struct store *store, struct err *err)
{
	int64_t version;
	/* page_size only counts in an empty file; the rest is of the connection. The cache is
	 * full after ten thousand reviews, so that memory stays flat; 64 MiB took as much CPU
	 * per review at 300,000. */
	enum status st = store_exec(store,
				    "PRAGMA page_size = 16384;"
				    "PRAGMA foreign_keys = ON;"
				    "PRAGMA secure_delete = ON;"
				    "PRAGMA cache_size = -16384;"
				    "PRAGMA temp_store = MEMORY;"
				    "PRAGMA trusted_schema = OFF;",
				    err);

	if (!st)
		st = check_version(store, STORE_WRITE, &version, err);
	if (!st)
		st = store_exec(store,
				"PRAGMA journal_mode = WAL;"
				"PRAGMA synchronous = FULL;"
				"PRAGMA wal_autocheckpoint = 0;",
				err);
	return st ? st : migrate(store, version, err);
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

	if (st == ST_OK)
		st = check_version(store, judged, &version, err);
	/* There is a journal to be rolled back only until the store is in WAL mode: its making
	 * was cut short, and the next writer begins it again. */
	if (st && sqlite3_extended_errcode(store->db) == SQLITE_READONLY_ROLLBACK)
		return err_set(err, ST_ENOTFOUND, "store: nothing in it yet");
	return st;
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

static enum status connect_reader(struct store *store, const char *path,
				  enum store_mode judged, struct err *err)
{
	if (access(path, F_OK) != 0)
		return err_set(err, ST_ENOTFOUND, "%s: no store", path);
	enum status st = connect(store, path, SQLITE_OPEN_READONLY, err);
	return st ? st : open_reader(store, judged, err);
}

static enum status connect_writer(struct store *store, const char *path, struct err *err)
{
	enum status st = lock_writer(store, path, err);

	if (!st)
		st = connect(store, path, SQLITE_OPEN_READWRITE, err);
	return st ? st : open_writer(store, err);
}

enum status store_open(struct store **ret, const char *path, enum store_mode mode,
		       struct err *err)
{
	OWNED(store_closep) struct store *store = xcalloc(1, sizeof(*store));
	enum status st;

	store->lock_fd = -1;
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
	OWNED(store_closep) struct store *store = xcalloc(1, sizeof(*store));

	store->lock_fd = -1;
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
