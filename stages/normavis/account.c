#include "account.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "account_events.h"
#include "alloc.h"
#include "data_dir.h"
#include "digest.h"
#include "journal.h"
#include "segment.h"
#include "store.h"

#define TRIES 3 /* a segment may be trimmed while we look */

struct counting {
	struct account *account;
	struct store *store; /* NULL: there is none */
	int64_t ordinal;     /* of this journal in the store, 0: unknown there */
	uint64_t in_journal[KIND_LIMIT]; /* records up to committed_seq */
	uint64_t in_store[KIND_LIMIT];	 /* the same seqs */
	uint64_t behind[KIND_LIMIT];	 /* records behind it */
	uint64_t journal_ids, store_ids; /* sums of id hashes over those seqs */
};

void account_release(struct account *a)
{
	for (size_t i = 0; i < a->fault_count; i++)
		free(a->fault[i]);
	*a = (struct account){0};
}

void account_fault(struct account *a, const char *format, ...)
{
	char text[ERR_BYTES];
	va_list ap;

	if (a->fault_count == ACCOUNT_FAULTS_MAX)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	a->fault[a->fault_count++] = xstrdup(text);
}

void account_require_equal(struct account *a, uint64_t left, uint64_t right,
			   const char *what)
{
	if (left != right)
		account_fault(a, "%s: %" PRIu64 " and %" PRIu64, what, left, right);
}

/* --- the store -------------------------------------------------------------------------- */

/* Calls `take` for each row. */
static enum status each_row(struct counting *c, const char *sql,
			    void (*take)(struct counting *, sqlite3_stmt *),
			    struct err *err)
{
	sqlite3_stmt *rows = NULL;
	enum status st = store_prepare(c->store, &rows, sql, err);
	int result = SQLITE_DONE;

	while (st == ST_OK && (result = sqlite3_step(rows)) == SQLITE_ROW)
		take(c, rows);
	if (st == ST_OK && result != SQLITE_DONE)
		st = store_failed(c->store, result, "counting", err);
	sqlite3_finalize(rows);
	return st;
}

static uint64_t column(sqlite3_stmt *row, int at)
{
	return (uint64_t)sqlite3_column_int64(row, at);
}

static struct account_line *line_of(struct account *a, sqlite3_stmt *row)
{
	const char *name = (const char *)sqlite3_column_text(row, 0);

	return &a->kind[kind_from_name(span_of(name))]; /* KIND_NONE: "illegible" */
}

static void take_kind(struct counting *c, sqlite3_stmt *row)
{
	struct account_line *l = line_of(c->account, row);

	l->repeated += column(row, 1);
	l->refused_at_intake += column(row, 2);
	l->accepted += column(row, 3);
	l->applied += column(row, 4);
	l->refused += column(row, 5);
	l->quarantined += column(row, 6);
	l->erased += column(row, 7);
}

static void take_state(struct counting *c, sqlite3_stmt *row)
{
	const char *name = (const char *)sqlite3_column_text(row, 0);

	c->account->state[state_from_name(span_of(name))] += column(row, 1);
	c->account->reviews += column(row, 1);
}

static void take_journal(struct counting *c, sqlite3_stmt *row)
{
	uint64_t id = 0;
	const uint8_t *bytes = sqlite3_column_blob(row, 1);

	for (int i = 0; i < sqlite3_column_bytes(row, 1); i++)
		id = id << 8 | bytes[i];
	account_require_equal(
		c->account, column(row, 2), column(row, 3),
		"committed records of a journal, and its rows in the store");
	if (c->account->has_journal && id != c->account->journal_id)
		return;
	c->ordinal = sqlite3_column_int64(row, 0);
	c->account->journal_id = id;
	c->account->committed_seq = column(row, 2);
}

/* A sum tells whether journal and store have the same ids at the same places, in whatever
 * order they are read. */
static uint64_t id_at(uint64_t seq, const uint8_t *id)
{
	return hash64((struct span){id, UUID_BYTES}, seq);
}

static void take_in_store(struct counting *c, sqlite3_stmt *row)
{
	uint64_t kind = column(row, 0);

	if (kind < KIND_LIMIT)
		c->in_store[kind]++;
	if (sqlite3_column_bytes(row, 2) == UUID_BYTES)
		c->store_ids += id_at(store_seq(sqlite3_column_int64(row, 1)),
				      sqlite3_column_blob(row, 2));
}

static enum status count_store(struct counting *c, struct err *err)
{
	OWNED(freep) char *overlap = NULL;
	struct account *a = c->account;
	enum status st = each_row(
		c,
		"SELECT j.ordinal, j.journal_id, j.committed_seq, (SELECT count(*) FROM record r"
		" WHERE r.n > j.ordinal << 40 AND r.n < (j.ordinal + 1) << 40)"
		" FROM journal j ORDER BY j.ordinal",
		take_journal, err);

	if (st == ST_OK)
		st = each_row(c, "SELECT * FROM conservation_records", take_kind, err);
	if (st == ST_OK)
		st = each_row(c, "SELECT * FROM conservation_reviews", take_state, err);
	if (st || !a->has_journal || c->ordinal == 0)
		return st;
	overlap = xasprintf(
		"SELECT kind, n, id FROM record WHERE n BETWEEN %" PRId64 " AND %" PRId64,
		store_n(c->ordinal, a->first_seq), store_n(c->ordinal, a->committed_seq));
	return each_row(c, overlap, take_in_store, err);
}

/* --- the journal ------------------------------------------------------------------------ */

static void count_behind(struct counting *c, const struct record *r)
{
	struct account *a = c->account;

	c->behind[r->kind]++;
	a->kind[r->kind].accepted++;
	a->kind[r->kind].in_flight++;
	if (r->kind == KIND_REFUSAL)
		a->kind[kind_from_name(r->field[FIELD_REFUSED_KIND])].refused_at_intake++;
	if (r->kind == KIND_REPEAT)
		a->kind[kind_from_name(r->field[FIELD_REPEATED_KIND])].repeated +=
			(uint64_t)record_int(r, FIELD_REPEATED_COUNT, 0);
}

static enum status count_record(struct counting *c, struct span bytes, struct err *err)
{
	struct account *a = c->account;
	struct record record = {0};
	enum status st = record_parse_head(&record, bytes, err);

	if (st)
		return st;
	account_require_equal(a, record.seq, a->last_seq + 1,
			      "a record, and its place in the journal");
	a->last_seq = record.seq;
	if (record.seq <= a->committed_seq) {
		c->in_journal[record.kind]++;
		c->journal_ids += id_at(record.seq, record.id);
		a->compared++;
		return ST_OK;
	}
	if (!(record.flags & RECORD_ERASED))
		st = record_parse(&record, bytes, err);
	if (st == ST_OK)
		count_behind(c, &record);
	return st;
}

static enum status count_journal(struct counting *c, const char *dir, struct err *err)
{
	OWNED(journal_reader_closep) struct journal_reader *reader = NULL;
	enum journal_item item = JOURNAL_END;
	struct span bytes;
	const char *reason;
	uint64_t seq;
	enum status st = journal_reader_open(&reader, dir, c->account->first_seq, err);

	c->account->last_seq = c->account->first_seq - 1;
	while (st == ST_OK) {
		st = journal_read(reader, &item, &bytes, &seq, &reason, err);
		if (st || item == JOURNAL_END)
			break;
		if (item == JOURNAL_RECORD)
			st = count_record(c, bytes, err);
	}
	return st ? st : journal_reader_check_end(reader, err);
}

/* Whether it is the store's, in the words of `check` and of a start: to count on where it
 * is not would only name everything that follows from that. */
static enum status check_journal(const struct account *a, const struct installation *i,
				 struct err *err)
{
	const struct journal_state state = {.first_seq = a->first_seq,
					    .last_seq = a->last_seq};

	return a->has_journal ? journal_check_age(&state, a->committed_seq, err)
			      : data_dir_check_journal(i->options->pipeline.data, err);
}

/* The oldest record, and whose journal it is. */
static enum status find_journal(struct account *a, const char *dir, struct err *err)
{
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	OWNED(journal_reader_closep) struct journal_reader *reader = NULL;
	enum status st = segment_list_read(&list, dir, err);

	if (st || list.count == 0)
		return st;
	st = journal_reader_open(&reader, dir, list.first_seq[0], err);
	if (st)
		return st;
	a->has_journal = true;
	a->first_seq = list.first_seq[0];
	a->journal_id = journal_reader_id(reader);
	return ST_OK;
}

/* --- both ------------------------------------------------------------------------------- */

static void add_line(struct account_line *to, const struct account_line *l)
{
	to->repeated += l->repeated;
	to->refused_at_intake += l->refused_at_intake;
	to->accepted += l->accepted;
	to->applied += l->applied;
	to->refused += l->refused;
	to->quarantined += l->quarantined;
	to->erased += l->erased;
	to->in_flight += l->in_flight;
}

static void judge_kind(struct counting *c, enum kind kind)
{
	struct account *a = c->account;
	const struct account_line *l = &a->kind[kind];
	const char *name = kind ? kind_name(kind) : "illegible";
	char what[128];

	snprintf(what, sizeof(what),
		 "%s: records in the journal, and the same in the store",
		 name ? name : "unknown kind");
	account_require_equal(a, c->in_journal[kind], c->in_store[kind], what);
	snprintf(what, sizeof(what), "%s: accepted, and the sum of their outcomes",
		 name ? name : "unknown kind");
	account_require_equal(a, l->accepted,
			      l->applied + l->refused + l->quarantined + l->erased +
				      l->in_flight,
			      what);
	add_line(kind_endpoints(kind) == OWN ? &a->own : &a->total, l);
}

static void judge(struct counting *c)
{
	struct account *a = c->account;

	for (int k = 0; k < KIND_LIMIT; k++)
		judge_kind(c, (enum kind)k);
	account_require_equal(a, a->kind[KIND_REVIEW].applied, a->reviews,
			      "reviews applied, and reviews in all states");
	if (c->ordinal != 0 && c->journal_ids != c->store_ids)
		account_fault(a,
			      "journal and store have other records under the same seqs");
}

static enum status count_once(struct account *ret, const struct installation *i,
			      struct err *err)
{
	OWNED(store_closep) struct store *store = NULL;
	struct counting counting = {.account = ret};
	struct account_events events;
	enum status st = store_open(&store, i->store, STORE_READ, err);

	if (st && st != ST_ENOTFOUND)
		return st;
	counting.store = store;
	ret->has_store = store != NULL;
	if (store)
		st = store_exec(store, "BEGIN; SELECT count(*) FROM journal", err);
	else
		st = ST_OK;
	if (st == ST_OK)
		st = find_journal(ret, i->journal, err);
	if (st == ST_OK && store)
		st = count_store(&counting, err);
	if (st == ST_OK && store)
		st = account_events_begin(&events, store, err);
	if (st == ST_OK &&
	    store) /* a long reader would keep the store's log from ending */
		st = store_exec(store, "COMMIT", err);
	if (st == ST_OK && ret->has_journal)
		st = count_journal(&counting, i->journal, err);
	if (st == ST_OK)
		st = check_journal(ret, i, err);
	if (st == ST_OK)
		judge(&counting);
	if (st == ST_OK && store)
		st = account_events_judge(&events, ret, store, err);
	return st;
}

enum status account_take(struct account *ret, const struct installation *installation,
			 struct err *err)
{
	enum status st = ST_ENOTFOUND;

	for (int i = 0; i < TRIES && st == ST_ENOTFOUND; i++) {
		*ret = (struct account){0};
		st = count_once(ret, installation, err);
		if (st)
			account_release(ret);
	}
	return st;
}
