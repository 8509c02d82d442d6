#include "names.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "alloc.h"
#include "digest.h"

#define LINE_TEXT_BYTES 42
#define WAYS		4 /* lines where a name may be */

struct line {
	int64_t id; /* 0: empty */
	uint64_t hash;
	uint32_t site;
	uint8_t table;
	uint8_t len;
	uint8_t text[LINE_TEXT_BYTES];
};
_Static_assert(sizeof(struct line) == 64, "one cache line");

struct names {
	struct store *store;
	sqlite3_stmt *find[NAME_TABLE_COUNT];
	sqlite3_stmt *add[NAME_TABLE_COUNT];
	unsigned turn; /* which of the ways goes next */
	struct line cache[NAMES_CACHE_SLOTS];
};

static const char *const table_names[NAME_TABLE_COUNT] = {
	[NAME_SITE] = "site",		[NAME_SOURCE] = "source",
	[NAME_PRINCIPAL] = "principal", [NAME_ACTOR] = "actor",
	[NAME_RULE] = "rule",		[NAME_REASON] = "reason",
	[NAME_CLAUSE] = "clause",	[NAME_SUPPLIER] = "supplier",
	[NAME_SUBJECT] = "subject",
};

static bool has_site(enum name_table table)
{
	return table == NAME_SUPPLIER || table == NAME_SUBJECT;
}

static enum status prepare(struct names *names, enum name_table table, struct err *err)
{
	const char *name = table_names[table];
	OWNED(freep)
	char *find = xasprintf(has_site(table)
				       ? "SELECT id FROM %s WHERE name = ? AND site = ?"
				       : "SELECT id FROM %s WHERE name = ?",
			       name);
	OWNED(freep)
	char *add = xasprintf(
		has_site(table) ? "INSERT INTO %s (name, site, first_n) VALUES (?, ?, ?)"
				: "INSERT INTO %s (name) VALUES (?)",
		name);
	enum status st = store_prepare(names->store, &names->find[table], find, err);

	return st ? st : store_prepare(names->store, &names->add[table], add, err);
}

enum status names_open(struct names **ret, struct store *store, struct err *err)
{
	OWNED(names_closep) struct names *names = xcalloc(1, sizeof(*names));
	enum status st = ST_OK;

	names->store = store;
	names_forget(names); /* touches the whole cache: its memory does not grow later */
	for (unsigned i = 0; i < NAME_TABLE_COUNT && !st; i++)
		st = prepare(names, (enum name_table)i, err);
	if (!st)
		*ret = TAKE(names);
	return st;
}

void names_close(struct names *names)
{
	if (!names)
		return;
	for (unsigned i = 0; i < NAME_TABLE_COUNT; i++) {
		sqlite3_finalize(names->find[i]);
		sqlite3_finalize(names->add[i]);
	}
	free(names);
}

void names_forget(struct names *names)
{
	memset(names->cache, 0, sizeof(names->cache));
}

static bool line_is(const struct line *line, const struct name_in_site *name,
		    uint64_t hash)
{
	return line->id && line->hash == hash && line->table == name->table &&
	       line->site == name->site && line->len == name->text.len &&
	       memcmp(line->text, name->text.at, name->text.len) == 0;
}

static int add(struct names *names, const struct name_in_site *name)
{
	sqlite3_stmt *insert = names->add[name->table];

	sqlite3_bind_text(insert, 1, (const char *)name->text.at, (int)name->text.len,
			  SQLITE_STATIC);
	if (has_site(name->table)) {
		sqlite3_bind_int64(insert, 2, name->site);
		sqlite3_bind_int64(insert, 3, name->n);
	}
	sqlite3_step(insert);
	return sqlite3_reset(insert);
}

static enum status find_or_add(struct names *names, int64_t *ret,
			       const struct name_in_site *name, struct err *err)
{
	sqlite3_stmt *find = names->find[name->table];

	sqlite3_bind_text(find, 1, (const char *)name->text.at, (int)name->text.len,
			  SQLITE_STATIC);
	if (has_site(name->table))
		sqlite3_bind_int64(find, 2, name->site);
	bool found = sqlite3_step(find) == SQLITE_ROW;
	if (found)
		*ret = sqlite3_column_int64(find, 0);
	int result = sqlite3_reset(find);
	if (!found && !result) {
		result = add(names, name);
		*ret = sqlite3_last_insert_rowid(store_db(names->store));
	}
	return result ? store_failed(names->store, result, table_names[name->table], err)
		      : ST_OK;
}

enum status names_id_in(struct names *names, int64_t *ret,
			const struct name_in_site *name, struct err *err)
{
	uint64_t hash = hash64(name->text, (uint64_t)name->site << 8 | name->table);
	struct line *ways = &names->cache[hash % (NAMES_CACHE_SLOTS / WAYS) * WAYS];

	for (unsigned i = 0; i < WAYS; i++)
		if (line_is(&ways[i], name, hash)) {
			*ret = ways[i].id;
			return ST_OK;
		}
	enum status st = find_or_add(names, ret, name, err);
	if (st || name->text.len > LINE_TEXT_BYTES || name->site > UINT32_MAX)
		return st;
	struct line *line = &ways[names->turn++ % WAYS];
	*line = (struct line){.id = *ret,
			      .hash = hash,
			      .site = (uint32_t)name->site,
			      .table = (uint8_t)name->table,
			      .len = (uint8_t)name->text.len};
	memcpy(line->text, name->text.at, name->text.len);
	return ST_OK;
}

enum status names_id(struct names *names, int64_t *ret, enum name_table table,
		     struct span name, struct err *err)
{
	return names_id_in(names, ret,
			   &(struct name_in_site){.table = table, .text = name}, err);
}
