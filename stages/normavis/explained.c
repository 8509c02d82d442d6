#include "explained.h"

#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "clock.h"
#include "journal.h"
#include "record_json.h"
#include "store.h"

void explained_release(struct explained *e)
{
	buf_release(&e->bytes);
	*e = (struct explained){.note = ""};
}

static void begin(struct explained *e)
{
	*e = (struct explained){
		.bytes = BUF_INIT(RECORD_BYTES_MAX),
		.findings = {.has_arrivals = true, .has_duplicates = true}};
}

static void add_note(struct explained *e, const char *text)
{
	size_t len = strlen(e->note);

	snprintf(e->note + len, sizeof(e->note) - len, "%s%s", len ? "; " : "", text);
}

/* --- from JSON --------------------------------------------------------------------------- */

enum status explained_read(struct explained *ret, struct span json, struct err *err)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	struct submission submission;
	struct refusal refusal;
	struct record_head head = {
		.seq = 1, .received_at = clock_utc_ms(), .principal = SPAN_OF("explain")};

	begin(ret);
	if (!record_from_json(&submission, &body, &refusal, json, SUBMIT,
			      head.received_at, "default"))
		return err_set(err, ST_EMALFORMED, "it would be refused: %s%s%s: %s",
			       refusal_name(refusal.reason), refusal.field[0] ? ": " : "",
			       refusal.field, refusal.detail);
	head.kind = submission.kind;
	head.version = submission.version;
	head.site = span_of(submission.site);
	record_put(&ret->bytes, &head, buf_view(&body));
	add_note(ret, "nothing is known of duplicates and of what arrived before");
	return record_parse(&ret->record, buf_view(&ret->bytes), err);
}

/* --- by its id --------------------------------------------------------------------------- */

static const char row_sql[] =
	"SELECT r.n, j.journal_id, x.title, x.text, v.language, o.name, s.name, r.received_at, "
	"v.experience_date FROM record r JOIN journal j ON j.ordinal = r.n >> 40 "
	"JOIN site s ON s.id = r.site LEFT JOIN source o ON o.id = r.source "
	"JOIN review v ON v.n = r.n LEFT JOIN revision x ON x.review = r.n "
	"WHERE r.id = ?1 ORDER BY x.number LIMIT 1";

static const char decision_sql[] =
	"SELECT outcome, rule, rules, policy FROM decisions WHERE review = ?1 "
	"ORDER BY n LIMIT 1";

static const char duplicates_sql[] =
	"SELECT kind, earlier, shared, mine, theirs, bits FROM duplicate WHERE n = ?1 "
	"ORDER BY place";

static struct span text_at(sqlite3_stmt *row, int column)
{
	return (struct span){sqlite3_column_text(row, column),
			     (size_t)sqlite3_column_bytes(row, column)};
}

static void copy_text(char *ret, size_t room, sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	snprintf(ret, room, "%s", text ? (const char *)text : "");
}

/* The record as it was accepted. False: the journal has it no more. */
static bool from_journal(struct explained *e, const struct installation *installation,
			 uint64_t journal_id, uint64_t seq)
{
	OWNED(journal_reader_closep) struct journal_reader *reader = NULL;
	enum journal_item item;
	struct span bytes;
	const char *reason;
	uint64_t marked;

	if (journal_reader_open(&reader, installation->journal, seq, NULL) ||
	    journal_reader_id(reader) != journal_id)
		return false;
	do {
		if (journal_read(reader, &item, &bytes, &marked, &reason, NULL) ||
		    item == JOURNAL_END)
			return false;
	} while (item != JOURNAL_RECORD);
	buf_clear(&e->bytes);
	buf_span(&e->bytes, bytes);
	return !record_parse(&e->record, buf_view(&e->bytes), NULL) &&
	       e->record.seq == seq && !(e->record.flags & RECORD_ERASED);
}

static void put_text(struct buf *body, enum field field, struct span text)
{
	if (text.len > 0)
		body_put_bytes(body, field, text);
}

/* What rules about text need; fields in the order of their tags. */
static enum status from_store(struct explained *e, sqlite3_stmt *row, struct err *err)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = store_seq(sqlite3_column_int64(row, 0)),
				   .received_at = sqlite3_column_int64(row, 7),
				   .site = text_at(row, 6),
				   .principal = SPAN_OF("store")};

	if (sqlite3_column_type(row, 3) == SQLITE_NULL &&
	    sqlite3_column_type(row, 2) == SQLITE_NULL)
		return err_set(err, ST_ENOTFOUND, "its words are not kept any more");
	put_text(&body, FIELD_SOURCE, text_at(row, 5));
	put_text(&body, FIELD_TITLE, text_at(row, 2));
	put_text(&body, FIELD_TEXT, text_at(row, 3));
	put_text(&body, FIELD_LANGUAGE, text_at(row, 4));
	record_put(&e->bytes, &head, buf_view(&body));
	add_note(e,
		 "the journal has let the record go: only its words, language and source "
		 "are looked at");
	return record_parse(&e->record, buf_view(&e->bytes), err);
}

/* What dedup found, as it was then. */
static enum status read_duplicates(struct duplicates *ret, struct store *store, int64_t n,
				   struct err *err)
{
	sqlite3_stmt *row;
	enum status st = store_prepare(store, &row, duplicates_sql, err);

	if (st)
		return st;
	sqlite3_bind_int64(row, 1, n);
	while (ret->count < DUPLICATES_MAX && sqlite3_step(row) == SQLITE_ROW)
		ret->candidate[ret->count++] = (struct duplicate){
			.kind = (enum duplicate_kind)sqlite3_column_int(row, 0),
			.seq = store_seq(sqlite3_column_int64(row, 1)),
			.shared = (uint32_t)sqlite3_column_int64(row, 2),
			.mine = (uint32_t)sqlite3_column_int64(row, 3),
			.theirs = (uint32_t)sqlite3_column_int64(row, 4),
			.bits = (uint16_t)sqlite3_column_int(row, 5)};
	sqlite3_finalize(row);
	return ST_OK;
}

static enum status read_decision(struct explained *e, struct store *store, int64_t n,
				 struct err *err)
{
	sqlite3_stmt *row;
	enum status st = store_prepare(store, &row, decision_sql, err);

	if (st)
		return st;
	sqlite3_bind_int64(row, 1, n);
	if (sqlite3_step(row) == SQLITE_ROW) {
		copy_text(e->outcome, sizeof(e->outcome), row, 0);
		copy_text(e->rule, sizeof(e->rule), row, 1);
		copy_text(e->rules, sizeof(e->rules), row, 2);
		copy_text(e->policy, sizeof(e->policy), row, 3);
	}
	sqlite3_finalize(row);
	return ST_OK;
}

static enum status read_review(struct explained *e,
			       const struct installation *installation,
			       struct store *store, sqlite3_stmt *row, struct err *err)
{
	int64_t n = sqlite3_column_int64(row, 0);
	const uint8_t *journal_id = sqlite3_column_blob(row, 1);
	uint64_t id = 0;
	enum status st = ST_OK;

	for (int i = 0; journal_id && i < sqlite3_column_bytes(row, 1); i++)
		id = id << 8 | journal_id[i];
	add_note(e, "what arrived before it is not kept");
	if (!from_journal(e, installation, id, store_seq(n)))
		st = from_store(e, row, err);
	if (!st)
		st = read_duplicates(&e->findings.duplicates, store, n, err);
	return st ? st : read_decision(e, store, n, err);
}

enum status explained_find(struct explained *ret, const struct installation *installation,
			   const char *id, struct err *err)
{
	OWNED(store_closep) struct store *store = NULL;
	uint8_t uuid[UUID_BYTES];
	sqlite3_stmt *row;

	begin(ret);
	if (!uuid_parse(uuid, span_of(id)))
		return err_set(err, ST_EMALFORMED, "'%s' is no id of a review", id);
	enum status st = store_open(&store, installation->store, STORE_READ, err);
	if (!st)
		st = store_prepare(store, &row, row_sql, err);
	if (st)
		return st;
	sqlite3_bind_blob(row, 1, uuid, sizeof(uuid), SQLITE_STATIC);
	if (sqlite3_step(row) == SQLITE_ROW)
		st = read_review(ret, installation, store, row, err);
	else
		st = err_set(err, ST_ENOTFOUND, "no review %s in the store", id);
	sqlite3_finalize(row);
	return st;
}
