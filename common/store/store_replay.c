#include "store_replay.h"

#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "alloc.h"

#define PAGE_ROWS 2000

struct store_replay {
	struct store *store;
	sqlite3_stmt *page;
	int64_t ordinal;     /* of the journal; 0: of all others */
	int64_t after, end;  /* n, both exclusive */
	int64_t then, until; /* the range behind that one; 0: there is none */
	uint32_t left;	     /* rows of this page that may still come */
};

static const char sql_plain[] =
	"SELECT r.n, r.kind, r.outcome, r.received_at, r.id, r.key_hash, r.body_hash, s.name, o.name"
	" FROM record r JOIN site s ON s.id = r.site LEFT JOIN source o ON o.id = r.source"
	" WHERE r.n > ?1 AND r.n < ?2 ORDER BY r.n LIMIT ?3";

static const char sql_texts[] =
	"SELECT r.n, r.kind, r.outcome, r.received_at, r.id, r.key_hash, r.body_hash, s.name, o.name,"
	" sj.name, sp.name, x.author_ref, x.text, x.purchase_ref, v.experience_date,"
	" a.stage, a.bytes, r.submitted_at, x.display_name, x.title, v.rating, v.rating_worst,"
	" v.rating_best"
	" FROM record r JOIN site s ON s.id = r.site LEFT JOIN source o ON o.id = r.source"
	" LEFT JOIN review v ON v.n = r.n LEFT JOIN revision x ON x.n = r.n"
	" LEFT JOIN subject sj ON sj.id = v.subject LEFT JOIN supplier sp ON sp.id = v.supplier"
	" LEFT JOIN set_aside a ON a.n = r.n AND r.outcome = 3"
	" WHERE r.n > ?1 AND r.n < ?2 ORDER BY r.n LIMIT ?3";

enum column {
	COLUMN_N,
	COLUMN_KIND,
	COLUMN_OUTCOME,
	COLUMN_RECEIVED_AT,
	COLUMN_ID,
	COLUMN_KEY_HASH,
	COLUMN_BODY_HASH,
	COLUMN_SITE,
	COLUMN_SOURCE,
	COLUMN_SUBJECT,
	COLUMN_SUPPLIER,
	COLUMN_AUTHOR_REF,
	COLUMN_TEXT,
	COLUMN_PURCHASE_REF,
	COLUMN_EXPERIENCE_DATE,
	COLUMN_KILLED,
	COLUMN_SET_ASIDE,
	COLUMN_SUBMITTED_AT,
	COLUMN_DISPLAY_NAME,
	COLUMN_TITLE,
	COLUMN_RATING,
	COLUMN_RATING_WORST,
	COLUMN_RATING_BEST,
};

_Static_assert(OUTCOME_QUARANTINED == 3, "sql_texts has the number");

/* Finds the journal. *ret_ordinal 0: the store does not know it. */
static enum status find_journal(struct store *store, uint64_t journal_id,
				int64_t *ret_ordinal, uint64_t *ret_committed,
				struct err *err)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		 "SELECT ordinal FROM journal WHERE journal_id = x'%016llx'",
		 (unsigned long long)journal_id);
	enum status st = store_int(store, ret_ordinal, sql, 0, err);
	return st || *ret_ordinal == 0
		       ? st
		       : store_committed(store, journal_id, ret_committed, err);
}

enum status store_replay_open(struct store_replay **ret, uint64_t *ret_committed,
			      const char *path, uint64_t journal_id, uint64_t after,
			      bool texts, struct err *err)
{
	OWNED(store_replay_closep) struct store_replay *r = xcalloc(1, sizeof(*r));

	*ret = NULL;
	*ret_committed = 0;
	enum status st = store_open(&r->store, path, STORE_READ, err);
	int64_t ordinal = 0;
	if (st == ST_ENOTFOUND)
		return ST_OK;
	if (st == ST_OK)
		st = find_journal(r->store, journal_id, &ordinal, ret_committed, err);
	if (st || ordinal == 0)
		return st;
	st = store_prepare(r->store, &r->page, texts ? sql_texts : sql_plain, err);
	if (st)
		return st;
	r->ordinal = ordinal;
	r->after = store_n(ordinal, after);
	r->end = store_n(ordinal + 1, 0);
	*ret = TAKE(r);
	return ST_OK;
}

enum status store_replay_open_others(struct store_replay **ret, const char *path,
				     uint64_t journal_id, struct err *err)
{
	OWNED(store_replay_closep) struct store_replay *r = xcalloc(1, sizeof(*r));
	uint64_t committed = 0;
	int64_t ordinal = 0;

	*ret = NULL;
	enum status st = store_open(&r->store, path, STORE_READ, err);
	if (st == ST_ENOTFOUND)
		return ST_OK;
	if (st == ST_OK)
		st = find_journal(r->store, journal_id, &ordinal, &committed, err);
	if (st == ST_OK)
		st = store_prepare(r->store, &r->page, sql_plain, err);
	if (st)
		return st;
	r->end = INT64_MAX;
	if (ordinal > 0) {
		r->end = store_n(ordinal, 0);
		r->then = store_n(ordinal + 1, 0);
		r->until = INT64_MAX;
	}
	*ret = TAKE(r);
	return ST_OK;
}

void store_replay_close(struct store_replay *r)
{
	if (!r)
		return;
	sqlite3_finalize(r->page);
	store_close(r->store);
	free(r);
}

static struct span text_at(sqlite3_stmt *row, enum column column)
{
	if (column >= (enum column)sqlite3_column_count(row) ||
	    sqlite3_column_type(row, (int)column) == SQLITE_NULL)
		return SPAN_NONE;
	const uint8_t *at = sqlite3_column_text(row, (int)column);
	return (struct span){at, (size_t)sqlite3_column_bytes(row, (int)column)};
}

static struct span bytes_at(sqlite3_stmt *row, enum column column)
{
	if (column >= (enum column)sqlite3_column_count(row) ||
	    sqlite3_column_type(row, (int)column) == SQLITE_NULL)
		return SPAN_NONE;
	const uint8_t *at = sqlite3_column_blob(row, (int)column);
	return (struct span){at, (size_t)sqlite3_column_bytes(row, (int)column)};
}

static int64_t int_at(sqlite3_stmt *row, enum column column)
{
	if (column >= (enum column)sqlite3_column_count(row) ||
	    sqlite3_column_type(row, (int)column) == SQLITE_NULL)
		return INT64_MIN;
	return sqlite3_column_int64(row, (int)column);
}

static void fill(struct store_row *ret, sqlite3_stmt *row)
{
	*ret = (struct store_row){
		.seq = store_seq(sqlite3_column_int64(row, COLUMN_N)),
		.kind = (enum kind)sqlite3_column_int(row, COLUMN_KIND),
		.quarantined =
			sqlite3_column_int(row, COLUMN_OUTCOME) == OUTCOME_QUARANTINED,
		.received_at = sqlite3_column_int64(row, COLUMN_RECEIVED_AT),
		.id = sqlite3_column_blob(row, COLUMN_ID),
		.key_hash = sqlite3_column_blob(row, COLUMN_KEY_HASH),
		.body_hash = sqlite3_column_blob(row, COLUMN_BODY_HASH),
		.site = text_at(row, COLUMN_SITE),
		.source = text_at(row, COLUMN_SOURCE),
		.subject = text_at(row, COLUMN_SUBJECT),
		.supplier = text_at(row, COLUMN_SUPPLIER),
		.author_ref = text_at(row, COLUMN_AUTHOR_REF),
		.text = text_at(row, COLUMN_TEXT),
		.purchase_ref = text_at(row, COLUMN_PURCHASE_REF),
		.display_name = text_at(row, COLUMN_DISPLAY_NAME),
		.title = text_at(row, COLUMN_TITLE),
		.submitted_at = int_at(row, COLUMN_SUBMITTED_AT),
		.rating = int_at(row, COLUMN_RATING),
		.rating_worst = int_at(row, COLUMN_RATING_WORST),
		.rating_best = int_at(row, COLUMN_RATING_BEST),
	};
	ret->has_experience_date = text_at(row, COLUMN_EXPERIENCE_DATE).at != NULL;
	if (ret->has_experience_date)
		ret->experience_date = sqlite3_column_int(row, COLUMN_EXPERIENCE_DATE);
	ret->set_aside = bytes_at(row, COLUMN_SET_ASIDE);
	if (ret->set_aside.at)
		ret->killed = (enum store_code)sqlite3_column_int(row, COLUMN_KILLED);
}

static void start_page(struct store_replay *r)
{
	sqlite3_reset(r->page);
	sqlite3_bind_int64(r->page, 1, r->after);
	sqlite3_bind_int64(r->page, 2, r->end);
	sqlite3_bind_int(r->page, 3, PAGE_ROWS);
	r->left = PAGE_ROWS;
}

enum status store_replay_next(struct store_replay *r, struct store_row *ret,
			      bool *ret_end, struct err *err)
{
	*ret_end = false;
	if (r->left == 0)
		start_page(r);
	int result = sqlite3_step(r->page);
	if (result == SQLITE_ROW) {
		r->left--;
		fill(ret, r->page);
		r->after = sqlite3_column_int64(r->page, COLUMN_N);
		return ST_OK;
	}
	if (result != SQLITE_DONE)
		return store_failed(r->store, result, "reading records back", err);
	sqlite3_reset(r->page);
	if (r->left == PAGE_ROWS) {
		*ret_end = r->then == 0;
		if (*ret_end)
			return ST_OK;
		r->after = r->then;
		r->end = r->until;
		r->then = 0;
	}
	start_page(r); /* the page was short: look once more, then it is the end */
	return store_replay_next(r, ret, ret_end, err);
}

enum status store_replay_one(struct store_replay *r, uint64_t seq, struct store_row *ret,
			     bool *ret_found, struct err *err)
{
	int64_t n = store_n(r->ordinal, seq);

	sqlite3_reset(r->page);
	sqlite3_bind_int64(r->page, 1, n - 1);
	sqlite3_bind_int64(r->page, 2, n + 1);
	sqlite3_bind_int(r->page, 3, 1);
	int result = sqlite3_step(r->page);
	*ret_found = result == SQLITE_ROW;
	if (*ret_found)
		fill(ret, r->page);
	return result == SQLITE_ROW || result == SQLITE_DONE
		       ? ST_OK
		       : store_failed(r->store, result, "reading a record back", err);
}

void store_replay_pause(struct store_replay *r)
{
	sqlite3_reset(r->page);
}
