#include "import_outcome.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "alloc.h"

/* --- ranges --------------------------------------------------------------------------------- */

/* True when the last range has taken it: it comes next, or there is no room for another. */
static bool extend_last(struct outcome_ranges *r, uint64_t seq)
{
	struct outcome_range *last = &r->range[r->count - 1];

	if (seq == last->last + 1) {
		last->last = seq;
		return true;
	}
	if (r->count < OUTCOME_RANGES_MAX)
		return false;
	r->approximate = true;
	last->first = MIN(last->first, seq);
	last->last = MAX(last->last, seq);
	return true;
}

/* Seqs come in the order of the answers, which is that of the rows; a row that was sent
 * again may have got a later seq than those behind it. */
void outcome_ranges_add(struct outcome_ranges *r, uint64_t seq)
{
	r->records++;
	if (r->count > 0 && extend_last(r, seq))
		return;
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->range = xrealloc(r->range, r->room * sizeof(*r->range));
	}
	r->range[r->count++] = (struct outcome_range){seq, seq};
}

void outcome_ranges_release(struct outcome_ranges *r)
{
	free(r->range);
	*r = (struct outcome_ranges){0};
}

/* --- the store ------------------------------------------------------------------------------ */

static const char reviews_sql[] =
	"SELECT 'review ' || v.state, coalesce(d.reason, ''), count(*) FROM reviews v "
	"LEFT JOIN decisions d ON d.n = v.decision AND d.review = v.n "
	"WHERE v.n BETWEEN ?1 AND ?2 GROUP BY 1, 2";

static const char records_sql[] =
	"SELECT kind || ' ' || outcome, '', count(*) FROM records "
	"WHERE n BETWEEN ?1 AND ?2 AND (kind <> 'review' OR outcome <> 'applied') GROUP BY 1";

/* A review that several rules object to counts once, for the severest: what a live rule
 * set would have done with it. */
static const char would_sql[] =
	"WITH objection AS (SELECT v.n, json_extract(e.value, '$.action') AS action, "
	"  json_extract(e.value, '$.rule') AS rule, "
	"  coalesce(json_extract(e.value, '$.reason'), '') AS reason, "
	"  row_number() OVER (PARTITION BY v.n ORDER BY CASE json_extract(e.value, '$.action') "
	"    WHEN 'reject' THEN 1 WHEN 'hold' THEN 2 WHEN 'await-author' THEN 3 ELSE 4 END) AS rank "
	"  FROM reviews v JOIN decisions d ON d.n = v.decision AND d.review = v.n, "
	"  json_each(d.evidence) e "
	"  WHERE v.n BETWEEN ?1 AND ?2 AND v.legacy "
	"  AND json_extract(e.value, '$.mode') = 'live' AND json_extract(e.value, '$.holds')) "
	"SELECT action || ' ' || rule, reason, count(*) FROM objection WHERE rank = 1 GROUP BY 1, 2";

static void add_line(struct outcome_lines *lines, const char *what, const char *reason,
		     uint64_t records)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct outcome_line *l = &lines->line[i];

		if (strcmp(l->what, what) == 0 && strcmp(l->reason, reason) == 0) {
			l->records += records;
			return;
		}
	}
	lines->line = xrealloc(lines->line, (lines->count + 1) * sizeof(*lines->line));
	lines->line[lines->count++] =
		(struct outcome_line){xstrdup(what), xstrdup(reason), records};
}

/* One query over one piece of a range. */
static enum status read_piece(struct store *store, sqlite3_stmt *select, int64_t first,
			      int64_t last, struct outcome_lines *lines, struct err *err)
{
	int result;

	sqlite3_bind_int64(select, 1, first);
	sqlite3_bind_int64(select, 2, last);
	while ((result = sqlite3_step(select)) == SQLITE_ROW)
		add_line(lines, (const char *)sqlite3_column_text(select, 0),
			 (const char *)sqlite3_column_text(select, 1),
			 (uint64_t)sqlite3_column_int64(select, 2));
	result = sqlite3_reset(select);
	return result ? store_failed(store, result, "outcome", err) : ST_OK;
}

static int more_records(const void *a, const void *b)
{
	const struct outcome_line *left = a, *right = b;

	return (right->records > left->records) - (right->records < left->records);
}

static enum status read_lines(struct store *store, const char *sql, int64_t ordinal,
			      const struct outcome_ranges *ranges,
			      struct outcome_lines *lines, struct err *err)
{
	sqlite3_stmt *select = NULL;
	enum status st = store_prepare(store, &select, sql, err);

	for (size_t i = 0; !st && i < ranges->count; i++) {
		uint64_t at = ranges->range[i].first;

		for (; !st && at <= ranges->range[i].last; at += OUTCOME_STEP)
			st = read_piece(store, select, store_n(ordinal, at),
					store_n(ordinal, MIN(at + OUTCOME_STEP - 1,
							     ranges->range[i].last)),
					lines, err);
	}
	sqlite3_finalize(select);
	if (lines->count)
		qsort(lines->line, lines->count, sizeof(*lines->line), more_records);
	return st;
}

enum status outcome_read(struct outcome *ret, struct store *store,
			 const struct outcome_ranges *ranges, bool legacy,
			 struct err *err)
{
	int64_t ordinal;
	enum status st =
		store_int(store, &ordinal, "SELECT max(ordinal) FROM journal", 0, err);

	*ret = (struct outcome){0};
	if (!st)
		st = read_lines(store, reviews_sql, ordinal, ranges, &ret->became, err);
	if (!st)
		st = read_lines(store, records_sql, ordinal, ranges, &ret->became, err);
	if (!st && legacy)
		st = read_lines(store, would_sql, ordinal, ranges, &ret->would, err);
	if (st)
		outcome_release(ret);
	return st;
}

static void release_lines(struct outcome_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		free(lines->line[i].what);
		free(lines->line[i].reason);
	}
	free(lines->line);
}

void outcome_release(struct outcome *o)
{
	release_lines(&o->became);
	release_lines(&o->would);
	*o = (struct outcome){0};
}
