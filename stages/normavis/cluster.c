#include "cluster.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "alloc.h"
#include "digest.h"
#include "text_diff.h"

#define PAGE_ROWS 64 /* each with a text of up to 64 KiB */

/* Of a member that dedup compared with the first text, that; else the best. The first has none:
 * what it may be like lies in another cluster. */
static const char member_sql[] =
	"SELECT m.n, r.received_at, r.site, o.name, x.author_ref, x.text, sp.name, sj.name, "
	"st.name, d.kind, d.shared, d.mine, d.theirs, d.bits, r.id, e.id "
	"FROM duplicate_member m JOIN record r ON r.n = m.n "
	"LEFT JOIN source o ON o.id = r.source LEFT JOIN review v ON v.n = m.n "
	"LEFT JOIN revision x ON x.n = m.n LEFT JOIN supplier sp ON sp.id = v.supplier "
	"LEFT JOIN subject sj ON sj.id = v.subject "
	"LEFT JOIN code st ON st.list = 'state' AND st.code = v.state "
	"LEFT JOIN duplicate d ON d.n = m.n AND m.n <> m.cluster AND d.place = coalesce("
	"(SELECT min(place) FROM duplicate WHERE n = m.n AND earlier = m.cluster), 1) "
	"LEFT JOIN record e ON e.n = d.earlier "
	"WHERE m.cluster = ?1 AND m.n > ?2 ORDER BY m.n LIMIT ?3";

enum {
	COLUMN_N,
	COLUMN_RECEIVED,
	COLUMN_SITE,
	COLUMN_SOURCE,
	COLUMN_AUTHOR,
	COLUMN_TEXT,
	COLUMN_SUPPLIER,
	COLUMN_SUBJECT,
	COLUMN_STATE,
	COLUMN_KIND,
	COLUMN_SHARED,
	COLUMN_MINE,
	COLUMN_THEIRS,
	COLUMN_BITS,
	COLUMN_ID,
	COLUMN_EARLIER,
};

static const char named_sql[] =
	"SELECT m.cluster, (SELECT min(cluster) FROM duplicate_member WHERE n = m.n), "
	"(SELECT max(cluster) FROM duplicate_member WHERE n = m.n) "
	"FROM duplicate_member m JOIN record r ON r.n = m.n WHERE r.id = ?1 "
	"ORDER BY m.cluster = m.n DESC, m.cluster LIMIT 1";

void cluster_release(struct cluster *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct cluster_member *m = &c->members[i];

		free(m->author_ref);
		free(m->source);
		free(m->supplier);
		free(m->subject);
		free(m->state);
	}
	free(c->members);
	free(c->groups);
	free(c->shown);
	free(c->authors.hashes);
	free(c->authors.at);
	free(c->texts.hashes);
	free(c->texts.at);
	*c = (struct cluster){0};
}

static struct span span_at(sqlite3_stmt *row, int column)
{
	return (struct span){sqlite3_column_text(row, column),
			     (size_t)sqlite3_column_bytes(row, column)};
}

static char *copy_at(sqlite3_stmt *row, int column)
{
	struct span text = span_at(row, column);

	return xstrndup(text.at ? (const char *)text.at : "", text.len);
}

static void copy_id(char ret[UUID_TEXT_BYTES], sqlite3_stmt *row, int column)
{
	const uint8_t *id = sqlite3_column_blob(row, column);

	ret[0] = '\0';
	if (id && sqlite3_column_bytes(row, column) == UUID_BYTES)
		uuid_format(ret, id);
}

/* --- labels ------------------------------------------------------------------------------- */

static size_t slot_of(const struct cluster_labels *l, uint64_t hash)
{
	size_t slot = hash & (l->room - 1);

	while (l->at[slot] && l->hashes[l->at[slot] - 1] != hash)
		slot = (slot + 1) & (l->room - 1);
	return slot;
}

static void make_room(struct cluster_labels *l)
{
	if (l->count * 2 < l->room)
		return;
	l->room = l->room ? l->room * 2 : 64;
	free(l->at);
	l->at = xcalloc(l->room, sizeof(*l->at));
	l->hashes = xrealloc(l->hashes, l->room * sizeof(*l->hashes));
	for (uint32_t label = 1; label <= l->count; label++)
		l->at[slot_of(l, l->hashes[label - 1])] = label;
}

static uint32_t label_of(struct cluster_labels *l, uint64_t hash)
{
	make_room(l);
	size_t slot = slot_of(l, hash);

	if (!l->at[slot]) {
		l->hashes[l->count++] = hash;
		l->at[slot] = (uint32_t)l->count;
	}
	return l->at[slot];
}

static unsigned author_of(struct cluster *c, sqlite3_stmt *row)
{
	struct span ref = span_at(row, COLUMN_AUTHOR);
	uint64_t seed = (uint64_t)sqlite3_column_int64(row, COLUMN_SITE);

	return ref.at ? label_of(&c->authors,
				 hash64(ref, hash64(span_at(row, COLUMN_SOURCE), seed)))
		      : 0;
}

/* --- groups ------------------------------------------------------------------------------- */

static size_t group_of(struct cluster *c, int64_t n, struct span text)
{
	size_t i = label_of(&c->texts, text.at ? text_diff_hash(text) : UINT64_MAX) - 1;

	if (i == c->group_room) {
		c->group_room = c->group_room ? c->group_room * 2 : 16;
		c->groups = xrealloc(c->groups, c->group_room * sizeof(*c->groups));
	}
	if (i == c->group_count)
		c->groups[c->group_count++] = (struct cluster_group){.example = n};
	c->groups[i].count++;
	return i;
}

static int compare_groups(const void *a, const void *b, void *groups)
{
	const struct cluster_group *of = groups;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	const struct cluster_group *left = &of[i], *right = &of[k];

	if (!i || !k)
		return (i > k) - (i < k); /* the first text */
	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return (i > k) - (i < k);
}

static void order_groups(struct cluster *c)
{
	c->shown = xcalloc(c->group_count + 1, sizeof(*c->shown));
	for (size_t i = 0; i < c->group_count; i++)
		c->shown[i] = i;
	qsort_r(c->shown, c->group_count, sizeof(*c->shown), compare_groups, c->groups);
	for (size_t i = 0; i < c->group_count; i++)
		c->groups[c->shown[i]].order = i;
}

/* --- members ------------------------------------------------------------------------------ */

static void add_member(struct cluster *c, sqlite3_stmt *row, bool author_refs)
{
	if (c->count == c->room) {
		c->room = c->room ? c->room * 2 : PAGE_ROWS;
		c->members = xrealloc(c->members, c->room * sizeof(*c->members));
	}
	struct cluster_member *m = &c->members[c->count++];

	*m = (struct cluster_member){
		.n = sqlite3_column_int64(row, COLUMN_N),
		.received_at = sqlite3_column_int64(row, COLUMN_RECEIVED),
		.author = author_of(c, row),
		.source = copy_at(row, COLUMN_SOURCE),
		.supplier = copy_at(row, COLUMN_SUPPLIER),
		.subject = copy_at(row, COLUMN_SUBJECT),
		.state = copy_at(row, COLUMN_STATE),
		.likeness = {.kind = (enum duplicate_kind)sqlite3_column_int(row,
									     COLUMN_KIND),
			     .shared = (uint32_t)sqlite3_column_int64(row, COLUMN_SHARED),
			     .mine = (uint32_t)sqlite3_column_int64(row, COLUMN_MINE),
			     .theirs = (uint32_t)sqlite3_column_int64(row, COLUMN_THEIRS),
			     .bits = (uint16_t)sqlite3_column_int(row, COLUMN_BITS)},
	};
	copy_id(m->id, row, COLUMN_ID);
	copy_id(m->earlier, row, COLUMN_EARLIER);
	if (author_refs && m->author)
		m->author_ref = copy_at(row, COLUMN_AUTHOR);
	m->group = group_of(c, m->n, span_at(row, COLUMN_TEXT));
}

static enum status load_all(struct cluster *c, sqlite3_stmt *rows, struct store *store,
			    bool author_refs, struct err *err)
{
	size_t before;
	int result;

	do {
		before = c->count;
		sqlite3_bind_int64(rows, 2, before ? c->members[before - 1].n : -1);
		while (sqlite3_step(rows) == SQLITE_ROW)
			add_member(c, rows, author_refs);
		result = sqlite3_reset(rows); /* ends the read transaction */
	} while (!result && c->count == before + PAGE_ROWS);
	return result ? store_failed(store, result, "duplicate_member", err) : ST_OK;
}

enum status cluster_load(struct cluster *ret, struct store *store, int64_t cluster,
			 bool author_refs, struct err *err)
{
	struct cluster c = {0};
	sqlite3_stmt *rows = NULL;
	enum status st = store_prepare(store, &rows, member_sql, err);

	if (st)
		return st;
	sqlite3_bind_int64(rows, 1, cluster);
	sqlite3_bind_int(rows, 3, PAGE_ROWS);
	st = load_all(&c, rows, store, author_refs, err);
	sqlite3_finalize(rows);
	if (st) {
		cluster_release(&c);
		return st;
	}
	order_groups(&c);
	*ret = c;
	return ST_OK;
}

/* --- by name ------------------------------------------------------------------------------ */

/* Why there is no cluster. */
static enum status say_why(struct store *store, const uint8_t uuid[UUID_BYTES],
			   const char *id, struct err *err)
{
	sqlite3_stmt *row = NULL;
	enum status st =
		store_prepare(store, &row, "SELECT 1 FROM record WHERE id = ?1", err);

	if (st)
		return st;
	sqlite3_bind_blob(row, 1, uuid, UUID_BYTES, SQLITE_STATIC);
	bool found = sqlite3_step(row) == SQLITE_ROW;
	sqlite3_finalize(row);
	return found ? err_set(err, ST_ENOTFOUND, "nothing was found that is like %s", id)
		     : err_set(err, ST_ENOTFOUND, "no review %s in the store", id);
}

enum status cluster_named(int64_t *ret, int64_t *ret_other, struct store *store,
			  const char *id, struct err *err)
{
	uint8_t uuid[UUID_BYTES];
	sqlite3_stmt *row = NULL;
	int64_t cluster = 0, least = 0, most = 0;

	if (!uuid_parse(uuid, span_of(id)))
		return err_set(err, ST_EMALFORMED, "'%s' is no id of a review", id);
	enum status st = store_prepare(store, &row, named_sql, err);
	if (st)
		return st;
	sqlite3_bind_blob(row, 1, uuid, sizeof(uuid), SQLITE_STATIC);
	bool found = sqlite3_step(row) == SQLITE_ROW;
	if (found) {
		cluster = sqlite3_column_int64(row, 0);
		least = sqlite3_column_int64(row, 1);
		most = sqlite3_column_int64(row, 2);
	}
	int result = sqlite3_finalize(row);
	if (result)
		return store_failed(store, result, "duplicate_member", err);
	if (!found)
		return say_why(store, uuid, id, err);
	*ret = cluster;
	*ret_other = least == most ? 0 : cluster == most ? least : most;
	return ST_OK;
}

enum status cluster_text(struct buf *ret, bool *ret_there, struct store *store, int64_t n,
			 struct err *err)
{
	sqlite3_stmt *row = NULL;
	enum status st =
		store_prepare(store, &row, "SELECT text FROM revision WHERE n = ?1", err);

	buf_clear(ret);
	*ret_there = false;
	if (st)
		return st;
	sqlite3_bind_int64(row, 1, n);
	if (sqlite3_step(row) == SQLITE_ROW &&
	    sqlite3_column_type(row, 0) != SQLITE_NULL) {
		buf_span(ret, span_at(row, 0));
		*ret_there = true;
	}
	int result = sqlite3_finalize(row);
	return result ? store_failed(store, result, "revision", err) : ST_OK;
}
