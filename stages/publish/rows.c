#include "rows.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "alloc.h"
#include "buf.h"

/* A table is a list of places in its struct; one loop binds them all. Thirty calls written
 * out per table would be no faster: the time goes into SQLite. */

struct column {
	uint16_t offset;
	enum { INTEGER, TEXT, BLOB } type;
};

#define I(row, member)                                \
	{                                             \
		offsetof(struct row, member), INTEGER \
	}
#define T(row, member)                             \
	{                                          \
		offsetof(struct row, member), TEXT \
	}
#define B(row, member)                             \
	{                                          \
		offsetof(struct row, member), BLOB \
	}

static const struct column record_columns[] = {
	I(record_row, n),	    I(record_row, kind),	 I(record_row, site),
	B(record_row, id),	    I(record_row, source),	 I(record_row, principal),
	I(record_row, received_at), I(record_row, submitted_at), B(record_row, key_hash),
	B(record_row, body_hash),   I(record_row, version),	 I(record_row, outcome),
	T(record_row, detail),
};

static const struct column review_columns[] = {
	I(review_row, n),
	I(review_row, state),
	I(review_row, state_version),
	I(review_row, subject),
	I(review_row, supplier),
	I(review_row, rating),
	I(review_row, rating_worst),
	I(review_row, rating_best),
	T(review_row, language),
	T(review_row, country),
	I(review_row, experience_date),
	I(review_row, experience_date_source),
	I(review_row, origin),
	I(review_row, incentive_type),
	T(review_row, incentive_value),
	I(review_row, incentive_conditioned),
	I(review_row, incentive_disclosed),
	I(review_row, attestation),
	I(review_row, attestation_at),
	T(review_row, terms_version),
	I(review_row, published_at),
	I(review_row, published_at_origin),
	I(review_row, legacy),
	I(review_row, origin_state),
	I(review_row, origin_decided_at),
	T(review_row, syndication_from),
	I(review_row, verification),
	I(review_row, live),
	I(review_row, revisions),
	I(review_row, decision),
	I(review_row, duplicate_of),
	I(review_row, deadline),
	I(review_row, last_event),
};

static const struct column revision_columns[] = {
	I(revision_row, n),
	I(revision_row, review),
	I(revision_row, number),
	B(revision_row, secret),
	T(revision_row, source_id),
	T(revision_row, author_ref),
	I(revision_row, contact_channel),
	T(revision_row, contact),
	T(revision_row, display_name),
	T(revision_row, title),
	T(revision_row, text),
	T(revision_row, purchase_ref),
	T(revision_row, consumer_ref),
	T(revision_row, invitation),
	T(revision_row, origin_reason),
	T(revision_row, syndication_id),
	T(revision_row, syndication_url),
	T(revision_row, media),
	T(revision_row, extra),
	T(revision_row, consents),
};

static const struct column criterion_columns[] = {
	I(criterion_row, n),	 I(criterion_row, place), T(criterion_row, criterion),
	I(criterion_row, value), I(criterion_row, worst), I(criterion_row, best),
};

static const struct column decision_columns[] = {
	I(decision_row, n),
	I(decision_row, review),
	I(decision_row, outcome),
	I(decision_row, action),
	I(decision_row, reason),
	I(decision_row, rule),
	I(decision_row, rule_version),
	I(decision_row, clause),
	I(decision_row, rules),
	I(decision_row, policy),
	I(decision_row, actor),
	I(decision_row, at),
	T(decision_row, evidence),
};

static const struct column event_columns[] = {
	I(event_row, idx),    I(event_row, t),	  I(event_row, n),     I(event_row, kind),
	I(event_row, review), I(event_row, prev), B(event_row, entry),
};

static const struct column outbox_columns[] = {
	I(outbox_row, id),	 I(outbox_row, n),	   I(outbox_row, review),
	I(outbox_row, template), I(outbox_row, recipient), T(outbox_row, language),
	I(outbox_row, reason),	 I(outbox_row, due_at),	   I(outbox_row, state),
};

static const struct column rating_columns[] = {
	I(rating_row, scope),	 I(rating_row, target),	  I(rating_row, method),
	I(rating_row, version),	 I(rating_row, count),	  I(rating_row, sum),
	I(rating_row, fifth[0]), I(rating_row, fifth[1]), I(rating_row, fifth[2]),
	I(rating_row, fifth[3]), I(rating_row, fifth[4]), I(rating_row, updated_n),
};

static const struct column supplier_version_columns[] = {
	I(supplier_version_row, supplier),    I(supplier_version_row, n),
	T(supplier_version_row, label),	      I(supplier_version_row, contact_channel),
	T(supplier_version_row, contact),     T(supplier_version_row, language),
	T(supplier_version_row, country),     T(supplier_version_row, sector),
	T(supplier_version_row, plan_name),   I(supplier_version_row, plan_from),
	T(supplier_version_row, identifiers), T(supplier_version_row, extra),
	T(supplier_version_row, source_id),   B(supplier_version_row, secret),
};

static const struct column subject_version_columns[] = {
	I(subject_version_row, subject),  I(subject_version_row, n),
	I(subject_version_row, supplier), T(subject_version_row, label),
	I(subject_version_row, type),	  I(subject_version_row, parent),
	T(subject_version_row, address),  T(subject_version_row, identifiers),
	T(subject_version_row, extra),	  T(subject_version_row, source_id),
	B(subject_version_row, secret),
};

static const struct column site_version_columns[] = {
	I(site_version_row, site),	I(site_version_row, n),
	T(site_version_row, label),	T(site_version_row, operator),
	T(site_version_row, country),	T(site_version_row, extra),
	T(site_version_row, source_id), B(site_version_row, secret),
};

static const struct column listing_columns[] = {
	I(listing_row, subject),
	I(listing_row, published_at),
	I(listing_row, n),
};

static const struct column carried_columns[] = {
	I(carried_row, n),	 I(carried_row, expects),   T(carried_row, target),
	T(carried_row, payload), T(carried_row, source_id), B(carried_row, secret),
};

static const struct column set_aside_columns[] = {
	I(set_aside_row, n),
	I(set_aside_row, stage),
	B(set_aside_row, bytes),
};

static const struct column refusal_columns[] = {
	I(refusal_row, n),	I(refusal_row, kind),	T(refusal_row, field),
	T(refusal_row, reason), I(refusal_row, rating),
};

static const struct column repeat_columns[] = {
	I(repeat_row, n),
	I(repeat_row, kind),
	I(repeat_row, count),
};

static const struct column duplicate_columns[] = {
	I(duplicate_row, n),	  I(duplicate_row, place),  I(duplicate_row, earlier),
	I(duplicate_row, kind),	  I(duplicate_row, shared), I(duplicate_row, mine),
	I(duplicate_row, theirs), I(duplicate_row, bits),
};

static const struct column duplicate_member_columns[] = {
	I(duplicate_member_row, n),
	I(duplicate_member_row, cluster),
};

#define ADD(column) #column " = " #column " + excluded." #column ", "

static const struct {
	const char *table;
	const struct column *columns;
	size_t count;
	const char *tail; /* behind the VALUES */
} tables[ROW_TABLE_COUNT] = {
#define TABLE(name) \
	.table = #name, .columns = name##_columns, .count = ARRAY_LEN(name##_columns)
	[ROW_RECORD] = {TABLE(record)},
	[ROW_REVIEW] = {TABLE(review)},
	[ROW_REVISION] = {TABLE(revision)},
	[ROW_CRITERION] = {.table = "rating_criterion",
			   .columns = criterion_columns,
			   .count = ARRAY_LEN(criterion_columns)},
	[ROW_DECISION] = {TABLE(decision)},
	[ROW_EVENT] = {TABLE(event)},
	[ROW_OUTBOX] = {TABLE(outbox)},
	[ROW_RATING] =
		{TABLE(rating),
		 .tail = " ON CONFLICT DO UPDATE SET " ADD(count) ADD(sum) ADD(
			 fifth1) ADD(fifth2) ADD(fifth3) ADD(fifth4)
			 ADD(fifth5) "method = excluded.method, version = excluded.version, "
				     "updated_n = excluded.updated_n"},
	[ROW_SUPPLIER_VERSION] = {TABLE(supplier_version)},
	[ROW_SUBJECT_VERSION] = {TABLE(subject_version)},
	[ROW_SITE_VERSION] = {TABLE(site_version)},
	[ROW_LISTING] = {.table = "listing_recent",
			 .columns = listing_columns,
			 .count = ARRAY_LEN(listing_columns)},
	[ROW_CARRIED] = {TABLE(carried)},
	[ROW_SET_ASIDE] = {TABLE(set_aside)},
	[ROW_REFUSAL] = {TABLE(refusal)},
	[ROW_REPEAT] = {TABLE(repeat)},
	[ROW_DUPLICATE] = {TABLE(duplicate)},
	[ROW_DUPLICATE_MEMBER] = {TABLE(duplicate_member),
				  .tail = " ON CONFLICT DO NOTHING"},
#undef TABLE
};

struct rows {
	struct store *store;
	sqlite3_stmt *insert[ROW_TABLE_COUNT];
};

static enum status prepare(struct rows *rows, enum row_table table, struct err *err)
{
	OWNED(buf_release) struct buf sql = BUF_INIT(4096);

	buf_format(&sql, "INSERT INTO %s VALUES (", tables[table].table);
	for (size_t i = 0; i < tables[table].count; i++)
		buf_text(&sql, i ? ",?" : "?");
	buf_format(&sql, ")%s", tables[table].tail ? tables[table].tail : "");
	return store_prepare(rows->store, &rows->insert[table], buf_string(&sql), err);
}

enum status rows_open(struct rows **ret, struct store *store, struct err *err)
{
	OWNED(rows_closep) struct rows *rows = xcalloc(1, sizeof(*rows));
	enum status st = ST_OK;

	rows->store = store;
	for (unsigned i = 0; i < ROW_TABLE_COUNT && !st; i++)
		st = prepare(rows, (enum row_table)i, err);
	if (!st)
		*ret = TAKE(rows);
	return st;
}

void rows_close(struct rows *rows)
{
	if (!rows)
		return;
	for (unsigned i = 0; i < ROW_TABLE_COUNT; i++)
		sqlite3_finalize(rows->insert[i]);
	free(rows);
}

static void bind(sqlite3_stmt *insert, int place, const struct column *column,
		 const char *row)
{
	const void *at = row + column->offset;
	const struct span *s = at;

	if (column->type == INTEGER) {
		int64_t value = *(const int64_t *)at;
		if (value == ROW_NULL)
			sqlite3_bind_null(insert, place);
		else
			sqlite3_bind_int64(insert, place, value);
	} else if (!s->at) {
		sqlite3_bind_null(insert, place);
	} else if (column->type == TEXT) {
		sqlite3_bind_text(insert, place, (const char *)s->at, (int)s->len,
				  SQLITE_STATIC);
	} else {
		sqlite3_bind_blob(insert, place, s->at, (int)s->len, SQLITE_STATIC);
	}
}

enum status rows_put(struct rows *rows, enum row_table table, const void *row,
		     struct err *err)
{
	sqlite3_stmt *insert = rows->insert[table];
	const struct column *column = tables[table].columns;

	for (size_t i = 0; i < tables[table].count; i++)
		bind(insert, (int)i + 1, &column[i], row);
	sqlite3_step(insert);
	int result = sqlite3_reset(insert); /* gives the error of the step, too */
	return result ? store_failed(rows->store, result, tables[table].table, err)
		      : ST_OK;
}
