#include "account_events.h"

#include <inttypes.h>
#include <stdio.h>

#include <sqlite3.h>

#define PAGE_EVENTS 10000

/* One event for each row. `kind` EVENT_NONE: the kinds of which each record causes one, its
 * first. */
static const struct {
	enum event_kind kind;
	const char *table, *what;
} told[] = {
	{EVENT_NONE, "record", "records, and events that tell of one"},
	{EVENT_REVIEW_RECEIVED, "review", "reviews, and events review.received"},
	{EVENT_RECORD_REFUSED, "refusal", "refusals, and events record.refused"},
	{EVENT_RECORD_REPEATED, "repeat", "repeats, and events record.repeated"},
	{EVENT_RECORD_CARRIED, "carried", "carried records, and events record.carried"},
};

_Static_assert(ARRAY_LEN(told) == ARRAY_LEN(((struct account_events *)0)->rows),
	       "a count for each");

enum status account_events_begin(struct account_events *ret, struct store *store,
				 struct err *err)
{
	enum status st;
	char sql[64];

	*ret = (struct account_events){.last_index = -1};
	st = store_int(store, &ret->last_index, "SELECT max(idx) FROM event", -1, err);
	if (st == ST_OK)
		st = store_int(store, &ret->last_review, "SELECT max(n) FROM review", 0,
			       err);
	for (size_t i = 0; st == ST_OK && i < ARRAY_LEN(told); i++) {
		int64_t count = 0;

		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", told[i].table);
		st = store_int(store, &count, sql, 0, err);
		ret->rows[i] = (uint64_t)count;
	}
	return st;
}

/* --- how many ----------------------------------------------------------------------------- */

static enum status count_page(struct account_events *e, sqlite3_stmt *page,
			      struct store *store, int64_t from, struct err *err)
{
	int64_t to = MIN(from + PAGE_EVENTS - 1, e->last_index);
	int result;

	sqlite3_bind_int64(page, 1, from);
	sqlite3_bind_int64(page, 2, to);
	while ((result = sqlite3_step(page)) == SQLITE_ROW) {
		int64_t kind = sqlite3_column_int64(page, 0);
		uint64_t count = (uint64_t)sqlite3_column_int64(page, 1);

		e->all += count;
		if (kind > EVENT_NONE && kind < EVENT_LIMIT)
			e->of[kind] += count;
	}
	sqlite3_reset(page);
	return result == SQLITE_DONE ? ST_OK : store_failed(store, result, "events", err);
}

static enum status count_events(struct account_events *e, struct store *store,
				struct err *err)
{
	sqlite3_stmt *page = NULL;
	enum status st = store_prepare(store, &page,
				       "SELECT kind, count(*) FROM event"
				       " WHERE idx BETWEEN ? AND ? GROUP BY kind",
				       err);

	for (int64_t at = 0; st == ST_OK && at <= e->last_index; at += PAGE_EVENTS)
		st = count_page(e, page, store, at, err);
	sqlite3_finalize(page);
	return st;
}

/* What may follow the first event of a record. */
static bool follows(enum event_kind kind)
{
	return kind == EVENT_REVIEW_DECIDED || kind == EVENT_NOTICE_QUEUED ||
	       kind == EVENT_ALARM_RAISED;
}

static uint64_t events_of(const struct account_events *e, enum event_kind kind)
{
	uint64_t count = 0;

	if (kind != EVENT_NONE)
		return e->of[kind];
	for (int k = EVENT_NONE + 1; k < EVENT_LIMIT; k++)
		if (!follows((enum event_kind)k))
			count += e->of[k];
	return count;
}

/* --- what they say ------------------------------------------------------------------------ */

struct chains {
	struct store *store;
	sqlite3_stmt *page, *event;
	int64_t after; /* n */
	uint64_t broken;
	int64_t first_broken; /* n */
};

/* Follows `prev` from the review's last event to its last decision: what state has it? */
static enum status decided_state(struct chains *c, int64_t review, int64_t index,
				 enum state *ret, struct err *err)
{
	sqlite3_stmt *event = c->event;
	int result = SQLITE_DONE;
	bool decided = false;

	*ret = STATE_NONE;
	while (index >= 0 && !decided) {
		sqlite3_bind_int64(event, 1, index);
		sqlite3_bind_int64(event, 2, review);
		result = sqlite3_step(event);
		int64_t prev = -1;
		if (result == SQLITE_ROW) {
			const char *to = (const char *)sqlite3_column_text(event, 2);
			decided = sqlite3_column_int(event, 0) == EVENT_REVIEW_DECIDED;
			if (decided && to)
				*ret = state_from_name(span_of(to));
			prev = sqlite3_column_int64(event, 1);
		}
		index = prev < index ? prev : -1; /* a chain goes back */
		sqlite3_reset(event);
	}
	/* SQLITE_ERROR: the entry is no JSON, and so says no state. */
	return result == SQLITE_ROW || result == SQLITE_DONE ||
			       (result & 0xFF) == SQLITE_ERROR
		       ? ST_OK
		       : store_failed(c->store, result, "last decision", err);
}

/* *ret_rows 0: there are no more reviews. */
static enum status check_page(struct chains *c, int64_t last, int *ret_rows,
			      struct err *err)
{
	enum status st = ST_OK;
	enum state state;
	int result = SQLITE_DONE;

	*ret_rows = 0;
	sqlite3_bind_int64(c->page, 1, c->after);
	sqlite3_bind_int64(c->page, 2, last);
	while (st == ST_OK && (result = sqlite3_step(c->page)) == SQLITE_ROW) {
		++*ret_rows;
		c->after = sqlite3_column_int64(c->page, 0);
		st = decided_state(c, c->after, sqlite3_column_int64(c->page, 2), &state,
				   err);
		if (st || (int)state == sqlite3_column_int(c->page, 1))
			continue;
		if (c->broken++ == 0)
			c->first_broken = c->after;
	}
	sqlite3_reset(c->page);
	return st || result == SQLITE_DONE
		       ? st
		       : store_failed(c->store, result, "states of reviews", err);
}

static enum status check_states(struct chains *c, int64_t last, struct err *err)
{
	int rows = 1;
	enum status st = store_prepare(c->store, &c->page,
				       "SELECT n, state, last_event FROM review"
				       " WHERE n > ?1 AND n <= ?2 ORDER BY n LIMIT 2000",
				       err);

	_Static_assert(EVENT_REVIEW_DECIDED == 2, "the statement has the number");
	if (st == ST_OK)
		st = store_prepare(c->store, &c->event,
				   "SELECT kind, prev, CASE kind WHEN 2"
				   " THEN json_extract(CAST(entry AS TEXT), '$.to') END"
				   " FROM event WHERE idx = ?1 AND review = ?2",
				   err);
	while (st == ST_OK && rows > 0)
		st = check_page(c, last, &rows, err);
	sqlite3_finalize(c->page);
	sqlite3_finalize(c->event);
	return st;
}

enum status account_events_judge(struct account_events *e, struct account *account,
				 struct store *store, struct err *err)
{
	struct chains chains = {.store = store};
	enum status st = count_events(e, store, err);

	if (st == ST_OK)
		st = check_states(&chains, e->last_review, err);
	if (st)
		return st;
	account_require_equal(account, e->all, (uint64_t)(e->last_index + 1),
			      "events of the log, and their last index plus one");
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		account_require_equal(account, e->rows[i], events_of(e, told[i].kind),
				      told[i].what);
	if (chains.broken > 0)
		account_fault(account,
			      "%" PRIu64
			      " reviews have another state than their last decision in "
			      "the log says, the first is record %" PRIu64,
			      chains.broken, store_seq(chains.first_broken));
	return ST_OK;
}
