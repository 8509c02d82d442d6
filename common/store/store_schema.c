#include "store_schema.h"

#include <stdio.h>

#include <sqlite3.h>

#include "buf.h"
#include "event.h"
#include "findings.h"
#include "record.h"
#include "state.h"

#define SCHEMA_BYTES_MAX (1 << 20)

/* One per version; migration[0] makes an empty file into version 1. */
static const char *const version_1[] = {
#include "schema.inc"
	NULL};
static const char *const *const migrations[STORE_VERSION] = {version_1};

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
	for (int i = 0; duplicate_kind_names[i] && !st; i++)
		st = put_code(store, insert, "duplicate", i + 1, duplicate_kind_names[i],
			      err);
	sqlite3_finalize(insert);
	return st;
}

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
			sqlite3_errmsg(store_db(store)));
	return st;
}

enum status store_schema_bring(struct store *store, int64_t version, struct err *err)
{
	enum status st = store_exec(store, "BEGIN EXCLUSIVE", err);

	for (; version < STORE_VERSION && !st; version++)
		st = run_step(store, version, err);
	if (!st)
		st = fill_codes(store, err);
	if (!st)
		return store_exec(store, "COMMIT", err);
	sqlite3_exec(store_db(store), "ROLLBACK", NULL, NULL, NULL);
	return st;
}
