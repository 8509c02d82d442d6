/* bench_raw - the finished rows of a store, inserted into an empty one as fast as can be.
 *
 *	bench_raw FINISHED EMPTY [RECORDS]
 *
 * The bar for the pipeline: one process, the same schema, indexes, pragmas and checkpoints
 * (store_open makes them), the same rows in the order of their records, RECORDS (2000, as
 * publish) in a transaction. The rows of each transaction are read into memory first, off
 * the clock. Rows of `rating`, which the pipeline changes with every review, are inserted
 * once, with their last content. Prints how the reviews were decided,
 * rows and seconds.
 */
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "alloc.h"
#include "buf.h"
#include "clock.h"
#include "store.h"

#define SQL_BYTES_MAX	1024
#define CHUNK_BYTES_MAX ((size_t)1 << 30)
#define CHECKPOINT_WAL	(16 << 20) /* publish.wal_checkpoint_bytes */

/* Tables by the record that a row belongs to, referred-to ones first. */
static const struct {
	const char *name, *record, *order;
} tables[] = {
	{"record", "n", "n"},
	{"supplier", "first_n", "first_n, id"},
	{"subject", "first_n", "first_n, id"},
	{"review", "n", "n"},
	{"revision", "n", "n"},
	{"rating_criterion", "n", "n, place"},
	{"decision", "n", "n, review"},
	{"event", "n", "idx"},
	{"outbox", "n", "id"},
	{"supplier_version", "n", "n"},
	{"subject_version", "n", "n"},
	{"site_version", "n", "n"},
	{"carried", "n", "n"},
	{"set_aside", "n", "n"},
	{"refusal", "n", "n"},
	{"repeat", "n", "n"},
	{"rating", "updated_n", "updated_n, scope, target"},
};

/* Few rows, which all others refer to: copied before the first record. */
static const char *const names[] = {"journal", "site",	 "source", "principal", "actor",
				    "rule",    "reason", "clause", "pack"};

struct cell {
	int type; /* of SQLite */
	int64_t integer;
	size_t at, len; /* in the chunk's bytes */
};

/* What comes next of one table. */
struct column {
	sqlite3_stmt *select, *insert;
	int columns;
	bool more;
	struct cell *cells;
	size_t rows, room;
};

static struct {
	struct column table[ARRAY_LEN(tables)];
	struct buf bytes;
	uint64_t rows;
	int64_t ns;
	int wal_pages;
} raw;

static void must(enum status st, const struct err *err)
{
	if (!st)
		return;
	fprintf(stderr, "bench_raw: %s: %s\n", status_name(st), err->text);
	exit(1);
}

static void must_sql(struct store *store, int result)
{
	if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW)
		return;
	fprintf(stderr, "bench_raw: %s\n", sqlite3_errmsg(store_db(store)));
	exit(1);
}

/* Runs out of the buffer's room only by a bug: the texts are in this file. */
static sqlite3_stmt *prepare(struct store *store, struct buf *sql)
{
	sqlite3_stmt *statement;
	struct err err;

	assert(!sql->full);
	must(store_prepare(store, &statement, buf_string(sql), &err), &err);
	return statement;
}

static sqlite3_stmt *prepare_insert(struct store *store, const char *table, int columns)
{
	OWNED(buf_release) struct buf sql = BUF_INIT(SQL_BYTES_MAX);

	buf_format(&sql, "INSERT INTO %s VALUES (?", table);
	for (int i = 1; i < columns; i++)
		buf_text(&sql, ",?");
	buf_text(&sql, ")");
	return prepare(store, &sql);
}

/* Each row has its record's number before its columns. */
static sqlite3_stmt *prepare_select(struct store *store, const char *table,
				    const char *record, const char *order)
{
	OWNED(buf_release) struct buf sql = BUF_INIT(SQL_BYTES_MAX);

	buf_format(&sql, "SELECT %s, t.* FROM %s t ORDER BY %s", record, table, order);
	return prepare(store, &sql);
}

/* --- reading ------------------------------------------------------------------------------ */

static void take_cell(struct cell *cell, sqlite3_stmt *select, int column)
{
	*cell = (struct cell){.type = sqlite3_column_type(select, column)};
	if (cell->type == SQLITE_INTEGER) {
		cell->integer = sqlite3_column_int64(select, column);
	} else if (cell->type != SQLITE_NULL) {
		cell->at = raw.bytes.len;
		cell->len = (size_t)sqlite3_column_bytes(select, column);
		buf_bytes(&raw.bytes, sqlite3_column_blob(select, column), cell->len);
	}
}

static void take_row(struct column *t)
{
	if (t->rows == t->room) {
		t->room = t->room ? 2 * t->room : 1024;
		t->cells = xrealloc(t->cells,
				    t->room * (size_t)t->columns * sizeof(*t->cells));
	}
	for (int i = 0; i < t->columns; i++)
		take_cell(&t->cells[t->rows * (size_t)t->columns + (size_t)i], t->select,
			  i + 1);
	t->rows++;
}

/* All rows of records up to n. */
static bool read_chunk(struct store *from, int64_t n)
{
	bool any = false;

	buf_clear(&raw.bytes);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		struct column *t = &raw.table[i];
		t->rows = 0;
		while (t->more && sqlite3_column_int64(t->select, 0) <= n) {
			take_row(t);
			int result = sqlite3_step(t->select);
			must_sql(from, result);
			t->more = result == SQLITE_ROW;
		}
		any |= t->more || t->rows > 0;
	}
	assert(!raw.bytes.full);
	return any;
}

/* --- writing ------------------------------------------------------------------------------ */

static void bind_cell(sqlite3_stmt *insert, int place, const struct cell *cell)
{
	const uint8_t *at = raw.bytes.at + cell->at;

	switch (cell->type) {
	case SQLITE_INTEGER:
		sqlite3_bind_int64(insert, place, cell->integer);
		break;
	case SQLITE_TEXT:
		sqlite3_bind_text(insert, place, (const char *)at, (int)cell->len,
				  SQLITE_STATIC);
		break;
	case SQLITE_BLOB:
		sqlite3_bind_blob(insert, place, at, (int)cell->len, SQLITE_STATIC);
		break;
	default:
		sqlite3_bind_null(insert, place);
	}
}

static void write_table(struct store *to, const struct column *t)
{
	const struct cell *cell = t->cells;

	for (size_t row = 0; row < t->rows; row++) {
		for (int i = 0; i < t->columns; i++)
			bind_cell(t->insert, i + 1, cell++);
		must_sql(to, sqlite3_step(t->insert));
		must_sql(to, sqlite3_reset(t->insert));
	}
	raw.rows += t->rows;
}

static void write_chunk(struct store *to)
{
	struct err err;
	int64_t start = clock_mono_ns();

	must(store_exec(to, "BEGIN IMMEDIATE", &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		write_table(to, &raw.table[i]);
	must(store_exec(to, "COMMIT", &err), &err);
	if (raw.wal_pages * (int64_t)16384 > CHECKPOINT_WAL)
		must_sql(to, sqlite3_wal_checkpoint_v2(store_db(to), NULL,
						       SQLITE_CHECKPOINT_PASSIVE, NULL,
						       NULL));
	raw.ns += clock_mono_ns() - start;
}

static void copy_names(struct store *from, struct store *to)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		sqlite3_stmt *select = prepare_select(from, names[i], "0", "1");
		int columns = sqlite3_column_count(select) - 1;
		sqlite3_stmt *insert = prepare_insert(to, names[i], columns);
		while (sqlite3_step(select) == SQLITE_ROW) {
			for (int c = 1; c <= columns; c++)
				sqlite3_bind_value(insert, c,
						   sqlite3_column_value(select, c));
			must_sql(to, sqlite3_step(insert));
			must_sql(to, sqlite3_reset(insert));
		}
		sqlite3_finalize(insert);
		sqlite3_finalize(select);
	}
}

static int note_wal(void *context, sqlite3 *db, const char *name, int pages)
{
	(void)context;
	(void)db;
	(void)name;
	raw.wal_pages = pages;
	return SQLITE_OK;
}

static void open_tables(struct store *from, struct store *to)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		struct column *t = &raw.table[i];
		t->select = prepare_select(from, tables[i].name, tables[i].record,
					   tables[i].order);
		t->columns = sqlite3_column_count(t->select) - 1;
		t->insert = prepare_insert(to, tables[i].name, t->columns);
		int result = sqlite3_step(t->select);
		must_sql(from, result);
		t->more = result == SQLITE_ROW;
	}
}

static void close_tables(void)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		sqlite3_finalize(raw.table[i].select);
		sqlite3_finalize(raw.table[i].insert);
		free(raw.table[i].cells);
	}
	buf_release(&raw.bytes);
}

static int64_t count_reviews(struct store *store, const char *condition)
{
	OWNED(buf_release) struct buf sql = BUF_INIT(SQL_BYTES_MAX);
	int64_t count;
	struct err err;

	buf_format(&sql, "SELECT count(*) FROM review WHERE %s", condition);
	must(store_int(store, &count, buf_string(&sql), 0, &err), &err);
	return count;
}

int main(int argc, char **argv)
{
	OWNED(store_closep) struct store *from = NULL;
	OWNED(store_closep) struct store *to = NULL;
	int64_t records = argc > 3 ? strtoll(argv[3], NULL, 10) : 2000, n;
	struct err err;

	if (argc < 3) {
		fprintf(stderr, "usage: bench_raw FINISHED EMPTY [RECORDS]\n");
		return EXIT_CODE_USAGE;
	}
	raw.bytes = BUF_INIT(CHUNK_BYTES_MAX);
	must(store_open(&from, argv[1], STORE_READ, &err), &err);
	must(store_open(&to, argv[2], STORE_WRITE, &err), &err);
	must(store_int(from, &n, "SELECT min(n) FROM record", 0, &err), &err);
	int64_t reviews = count_reviews(from, "1"),
		published = count_reviews(from, "state = 2"),
		held = count_reviews(from, "state = 4");
	sqlite3_wal_hook(store_db(to), note_wal, NULL);
	copy_names(from, to);
	open_tables(from, to);
	for (n += records - 1; read_chunk(from, n); n += records)
		write_chunk(to);
	close_tables();
	double s = (double)raw.ns / 1e9;
	printf("reviews=%lld published=%lld held=%lld rows=%llu raw_s=%.3f rate=%.0f\n",
	       (long long)reviews, (long long)published, (long long)held,
	       (unsigned long long)raw.rows, s, (double)reviews / s);
	return 0;
}
