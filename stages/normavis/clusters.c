#include "clusters.h"

#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "alloc.h"

#define PAGE_ROWS 256

const char *const clusters_sort_names[] = {
	[CLUSTERS_BY_SIZE] = "size",
	[CLUSTERS_NEWEST] = "newest",
	[CLUSTERS_BY_SUPPLIERS] = "suppliers",
	NULL,
};

static const char page_sql[] =
	"SELECT DISTINCT cluster FROM duplicate_member WHERE cluster > ?1 ORDER BY cluster "
	"LIMIT ?2";

enum { CLUSTER, SUPPLIER, AUTHOR, SITE, KIND, SINCE, UNTIL, MIN_SIZE, FILTERS };

static const char row_sql[] =
	"SELECT c.id, c.site, c.kinds, c.size, c.authors, c.suppliers, c.subjects, "
	"c.first_received_at, c.last_received_at, c.lowest_jaccard "
	"FROM duplicate_clusters c WHERE c.cluster = ?1 "
	"AND (?2 IS NULL OR EXISTS (SELECT 1 FROM duplicate_member m "
	"JOIN review v ON v.n = m.n JOIN supplier s ON s.id = v.supplier "
	"WHERE m.cluster = ?1 AND s.name = ?2)) "
	"AND (?3 IS NULL OR EXISTS (SELECT 1 FROM duplicate_member m "
	"JOIN revision x ON x.n = m.n WHERE m.cluster = ?1 AND x.author_ref = ?3)) "
	"AND (?4 IS NULL OR c.site = ?4) "
	"AND (?5 = 0 OR EXISTS (SELECT 1 FROM duplicate_member m JOIN duplicate d "
	"ON d.n = m.n WHERE m.cluster = ?1 AND m.n <> ?1 AND d.kind = ?5)) "
	"AND c.last_received_at >= ?6 AND (?7 = 0 OR c.first_received_at < ?7) "
	"AND c.size >= ?8";

struct reader {
	struct store *store;
	sqlite3_stmt *page, *row;
};

static void reader_release(struct reader *r)
{
	sqlite3_finalize(r->page);
	sqlite3_finalize(r->row);
}

static enum status reader_open(struct reader *ret, struct store *store, struct err *err)
{
	*ret = (struct reader){.store = store};
	enum status st = store_prepare(store, &ret->page, page_sql, err);

	return st ? st : store_prepare(store, &ret->row, row_sql, err);
}

void clusters_row_release(struct clusters_row *row)
{
	free(row->site);
	free(row->kinds);
	*row = (struct clusters_row){0};
}

void clusters_release(struct clusters *c)
{
	for (size_t i = 0; i < c->count; i++)
		clusters_row_release(&c->rows[i]);
	free(c->rows);
	*c = (struct clusters){NULL, 0, 0};
}

static char *text_at(sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	return xstrdup(text ? (const char *)text : "");
}

static void read_columns(struct clusters_row *ret, sqlite3_stmt *row, int64_t cluster)
{
	const unsigned char *id = sqlite3_column_text(row, 0);

	*ret = (struct clusters_row){
		.cluster = cluster,
		.site = text_at(row, 1),
		.kinds = text_at(row, 2),
		.size = sqlite3_column_int64(row, 3),
		.authors = sqlite3_column_int64(row, 4),
		.suppliers = sqlite3_column_int64(row, 5),
		.subjects = sqlite3_column_int64(row, 6),
		.first_ms = sqlite3_column_int64(row, 7),
		.last_ms = sqlite3_column_int64(row, 8),
		.lowest = sqlite3_column_double(row, 9),
	};
	snprintf(ret->id, sizeof(ret->id), "%s", id ? (const char *)id : "");
}

static void bind_text(sqlite3_stmt *row, int place, const char *text)
{
	if (text)
		sqlite3_bind_text(row, place + 1, text, -1, SQLITE_STATIC);
}

static void bind_filter(sqlite3_stmt *row, const struct clusters_filter *f)
{
	bind_text(row, SUPPLIER, f->supplier);
	bind_text(row, AUTHOR, f->author);
	bind_text(row, SITE, f->site);
	sqlite3_bind_int(row, KIND + 1, f->kind);
	sqlite3_bind_int64(row, SINCE + 1, f->since);
	sqlite3_bind_int64(row, UNTIL + 1, f->until);
	sqlite3_bind_int64(row, MIN_SIZE + 1, f->min_size);
}

/* *ret_found: whether it passes; *ret is written only then. */
static enum status read_row(struct reader *r, int64_t cluster, struct clusters_row *ret,
			    bool *ret_found, struct err *err)
{
	sqlite3_bind_int64(r->row, CLUSTER + 1, cluster);
	*ret_found = sqlite3_step(r->row) == SQLITE_ROW;
	if (*ret_found)
		read_columns(ret, r->row, cluster);
	int result = sqlite3_reset(r->row);
	return result ? store_failed(r->store, result, "duplicate_clusters", err) : ST_OK;
}

/* The next clusters behind `after`; fewer than PAGE_ROWS: the last ones. */
static enum status read_page(struct reader *r, int64_t after, int64_t ret[PAGE_ROWS],
			     size_t *ret_count, struct err *err)
{
	*ret_count = 0;
	sqlite3_bind_int64(r->page, 1, after);
	sqlite3_bind_int(r->page, 2, PAGE_ROWS);
	while (*ret_count < PAGE_ROWS && sqlite3_step(r->page) == SQLITE_ROW)
		ret[(*ret_count)++] = sqlite3_column_int64(r->page, 0);
	int result = sqlite3_reset(r->page);
	return result ? store_failed(r->store, result, "duplicate_member", err) : ST_OK;
}

static enum status add_page(struct clusters *c, struct reader *r, const int64_t *clusters,
			    size_t count, struct err *err)
{
	enum status st = ST_OK;
	bool found;

	for (size_t i = 0; i < count && !st; i++) {
		if (c->count == c->room) {
			c->room = c->room ? c->room * 2 : PAGE_ROWS;
			c->rows = xrealloc(c->rows, c->room * sizeof(*c->rows));
		}
		st = read_row(r, clusters[i], &c->rows[c->count], &found, err);
		c->count += !st && found;
	}
	return st;
}

static int descending(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

static int by_age(const struct clusters_row *a, const struct clusters_row *b)
{
	int last = descending(a->last_ms, b->last_ms);

	return last ? last : descending(a->cluster, b->cluster);
}

static int by_size(const struct clusters_row *a, const struct clusters_row *b)
{
	int size = descending(a->size, b->size);

	return size ? size : by_age(a, b);
}

static int compare_size(const void *a, const void *b)
{
	return by_size(a, b);
}

static int compare_age(const void *a, const void *b)
{
	return by_age(a, b);
}

static int compare_suppliers(const void *a, const void *b)
{
	const struct clusters_row *left = a, *right = b;
	int suppliers = descending(left->suppliers, right->suppliers);

	return suppliers ? suppliers : by_size(left, right);
}

static void sort(struct clusters *c, enum clusters_sort by)
{
	static int (*const compare[])(const void *, const void *) = {
		[CLUSTERS_BY_SIZE] = compare_size,
		[CLUSTERS_NEWEST] = compare_age,
		[CLUSTERS_BY_SUPPLIERS] = compare_suppliers,
	};

	if (c->count > 0)
		qsort(c->rows, c->count, sizeof(*c->rows), compare[by]);
}

enum status clusters_read(struct clusters *ret, struct store *store,
			  const struct clusters_filter *filter, struct err *err)
{
	OWNED(reader_release) struct reader r;
	struct clusters c = {NULL, 0, 0};
	int64_t page[PAGE_ROWS];
	size_t count = PAGE_ROWS;
	enum status st = reader_open(&r, store, err);

	if (!st)
		bind_filter(r.row, filter);
	for (int64_t after = -1; !st && count == PAGE_ROWS; after = page[count - 1]) {
		st = read_page(&r, after, page, &count, err);
		if (!st)
			st = add_page(&c, &r, page, count, err);
		if (count == 0)
			break;
	}
	if (st) {
		clusters_release(&c);
		return st;
	}
	sort(&c, filter->sort);
	*ret = c;
	return ST_OK;
}

enum status clusters_find(struct clusters_row *ret, struct store *store, int64_t n,
			  struct err *err)
{
	OWNED(reader_release) struct reader r;
	bool found = false;
	enum status st = reader_open(&r, store, err);

	if (st)
		return st;
	bind_filter(r.row, &(struct clusters_filter){.kind = 0});
	st = read_row(&r, n, ret, &found, err);
	return st || found ? st : err_set(err, ST_ENOTFOUND, "it begins no cluster");
}
