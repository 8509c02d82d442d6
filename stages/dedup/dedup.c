#include "dedup.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "alive.h"
#include "alloc.h"
#include "arrivals.h"
#include "exact.h"
#include "file.h"
#include "fold.h"
#include "hook.h"
#include "store_replay.h"

#define KEY_BYTES    32
#define DEDUP_FORMAT 2 /* of keys and values of both tables */

/* What a full window of collect (8 MiB) has uncommitted, so that a burst makes nothing grow:
 * some eight thousand reviews, up to two lines of `exact` and five of `arrivals` each. */
#define EXACT_CHANGES	 (8192 * EXACT_LINES_MAX)
#define ARRIVALS_CHANGES 65536
#define ROWS_A_BEAT	 1000

struct dedup {
	struct table *exact_table, *arrivals_table;
	struct layer *exact, *arrivals;
	struct fast_key key;
	uint64_t parameters; /* of the tables: key, fold and Unicode version, format */
	struct fold fold;
};

/* What is looked at of a review, whether it comes in a batch or from the store. */
struct review {
	uint64_t seq;
	const uint8_t *id;
	int64_t received_at;
	int32_t experience_date;
	struct span site, source, author_ref, subject, supplier, purchase_ref, text;
};

static enum status load_key(struct dedup *d, const char *data, struct err *err)
{
	OWNED(freep) char *dir = xasprintf("%s/keys", data);
	OWNED(freep) char *path = xasprintf("%s/dedup.key", dir);
	uint8_t key[KEY_BYTES];
	enum status st = file_secret(key, sizeof(key), dir, path, err);

	if (st)
		return st;
	fast_key_init(&d->key, (struct span){key, sizeof(key)});
	OWNED(freep)
	char *parameters = xasprintf("dedup %d fold %d unicode %s", DEDUP_FORMAT,
				     FOLD_VERSION, fold_unicode_version());
	d->parameters = hash64(span_of(parameters), get_le64(key));
	return ST_OK;
}

static enum status remove_table(struct table **table, const char *path, struct err *err)
{
	table_close(TAKE(*table));
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(err, ST_EIO, errno, "%s", path);
	return ST_OK;
}

/* What the tables are caches of. */
struct truth {
	const char *data; /* directory, theirs too */
	uint64_t journal_id;
	uint64_t stored; /* committed up to this seq */
};

/* A table that cannot be trusted, or that knows more than the store, is begun again. */
static enum status open_table(const struct dedup *d, struct table **ret,
			      uint64_t *ret_from, const struct truth *truth,
			      const char *name, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/%s", truth->data, name);
	enum status st =
		table_open(ret, ret_from, path, d->parameters, truth->journal_id, err);
	bool useless = st == ST_ECORRUPT || st == ST_EVERSION ||
		       (st == ST_OK && table_covered(*ret) > truth->stored);

	if (!useless)
		return st;
	st = remove_table(ret, path, err);
	return st ? st
		  : table_open(ret, ret_from, path, d->parameters, truth->journal_id,
			       err);
}

static void look_at(struct dedup *d, const struct review *r,
		    struct arrivals *ret_arrivals, struct duplicates *ret_duplicates)
{
	fold_text(&d->fold, r->text);
	struct span key_text = buf_view(&d->fold.key);
	struct arrival_names names = {.site = r->site,
				      .name = {[ARRIVAL_AUTHOR] = r->author_ref,
					       [ARRIVAL_SUBJECT] = r->subject,
					       [ARRIVAL_SUPPLIER] = r->supplier,
					       [ARRIVAL_SOURCE] = r->source,
					       [ARRIVAL_TEXT] = key_text}};
	struct exact_review exact = {.seq = r->seq,
				     .id = r->id,
				     .site = r->site,
				     .source = r->source,
				     .author_ref = r->author_ref,
				     .subject = r->subject,
				     .purchase_ref = r->purchase_ref,
				     .key_text = key_text,
				     .experience_date = r->experience_date};

	arrivals_count(d->arrivals, &d->key, &names, r->seq, r->received_at,
		       ret_arrivals);
	ret_duplicates->count = 0;
	exact_find(d->exact, &d->key, &exact, ret_duplicates);
}

static void look_at_record(struct dedup *d, const struct record *record,
			   struct arrivals *ret_arrivals,
			   struct duplicates *ret_duplicates)
{
	look_at(d,
		&(struct review){
			.seq = record->seq,
			.id = record->id,
			.received_at = record->received_at,
			.experience_date = (int32_t)record_int(
				record, FIELD_EXPERIENCE_DATE, EXACT_NO_DATE),
			.site = record->site,
			.source = record->field[FIELD_SOURCE],
			.author_ref = record->field[FIELD_AUTHOR_REF],
			.subject = record->field[FIELD_SUBJECT],
			.supplier = record->field[FIELD_SUPPLIER],
			.purchase_ref = record->field[FIELD_PURCHASE_REF],
			.text = record->field[FIELD_TEXT],
		},
		ret_arrivals, ret_duplicates);
}

/* What was set aside because it killed a stage behind us has arrived all the same, and was
 * counted before it was marked: it counts, so that the findings of later records do not
 * depend on when the mark came, nor on tables made again. What killed dedup itself was
 * never counted. */
static bool can_look_at(const struct record *record)
{
	if (record->flags & RECORD_ERASED)
		return false;
	return !(record->flags & RECORD_QUARANTINED) ||
	       record->flags & (RECORD_KILLED_MODERATE | RECORD_KILLED_PUBLISH);
}

static bool can_look_at_row(const struct store_row *row)
{
	return row->set_aside.at &&
	       (row->killed == STAGE_MODERATE || row->killed == STAGE_PUBLISH);
}

static enum status look_at_row(struct dedup *d, const struct store_row *row,
			       struct err *err)
{
	static struct record record;
	struct arrivals arrivals;
	struct duplicates duplicates;
	int32_t date = row->has_experience_date ? row->experience_date : EXACT_NO_DATE;

	if (row->kind != KIND_REVIEW || (row->quarantined && !can_look_at_row(row)))
		return ST_OK;
	if (row->quarantined) {
		enum status st = record_parse(&record, row->set_aside, err);
		if (st == ST_OK)
			look_at_record(d, &record, &arrivals, &duplicates);
		return st;
	}
	look_at(d,
		&(struct review){.seq = row->seq,
				 .id = row->id,
				 .received_at = row->received_at,
				 .experience_date = date,
				 .site = row->site,
				 .source = row->source,
				 .author_ref = row->author_ref,
				 .subject = row->subject,
				 .supplier = row->supplier,
				 .purchase_ref = row->purchase_ref,
				 .text = row->text},
		&arrivals, &duplicates);
	return ST_OK;
}

/* Fills the tables from the store, from where they end. */
static enum status catch_up(struct dedup *d, uint64_t from, uint64_t *ret_committed,
			    const char *data, uint64_t journal_id, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", data);
	OWNED(store_replay_closep) struct store_replay *replay = NULL;
	struct store_row row = {0};
	bool end = false;
	enum status st = store_replay_open(&replay, ret_committed, path, journal_id, from,
					   true, err);

	for (unsigned rows = 1; st == ST_OK && replay; rows++) {
		st = store_replay_next(replay, &row, &end, err);
		if (st || end)
			break;
		if (rows % ROWS_A_BEAT == 0)
			alive_beat();
		*ret_committed = MAX(*ret_committed, row.seq);
		st = look_at_row(d, &row, err);
		if (st == ST_OK)
			st = dedup_commit(d, row.seq, err);
	}
	return st;
}

/* How far the store is, which may be further than collect has heard. */
static enum status stored_up_to(uint64_t *ret, const char *data, uint64_t journal_id,
				struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", data);
	OWNED(store_replay_closep) struct store_replay *replay = NULL;

	return store_replay_open(&replay, ret, path, journal_id, 0, false, err);
}

/* After a power cut each line is looked at. *ret_from: what both have. */
static enum status open_tables(struct dedup *d, uint64_t *ret_from,
			       const struct truth *truth, struct err *err)
{
	uint64_t exact_from = 0, arrivals_from = 0;

	alive_hold();
	enum status st =
		open_table(d, &d->exact_table, &exact_from, truth, "exact.table", err);
	if (st == ST_OK)
		st = open_table(d, &d->arrivals_table, &arrivals_from, truth,
				"arrivals.table", err);
	alive_release();
	*ret_from = MIN(exact_from, arrivals_from);
	return st;
}

enum status dedup_open(struct dedup **ret, uint64_t *ret_next, const char *data,
		       uint64_t journal_id, struct err *err)
{
	OWNED(dedup_closep) struct dedup *d = xcalloc(1, sizeof(*d));
	struct truth truth = {.data = data, .journal_id = journal_id};
	uint64_t from = 0;

	fold_init(&d->fold);
	enum status st = load_key(d, data, err);
	if (st == ST_OK)
		st = stored_up_to(&truth.stored, data, journal_id, err);
	if (st == ST_OK)
		st = open_tables(d, &from, &truth, err);
	if (st)
		return st;
	d->exact = layer_new(d->exact_table, EXACT_CHANGES);
	d->arrivals = layer_new(d->arrivals_table, ARRIVALS_CHANGES);
	st = catch_up(d, from, &truth.stored, data, journal_id, err);
	if (st)
		return st;
	*ret_next = truth.stored + 1;
	*ret = TAKE(d);
	return ST_OK;
}

void dedup_close(struct dedup *d)
{
	if (!d)
		return;
	layer_free(d->exact);
	layer_free(d->arrivals);
	table_close(d->exact_table);
	table_close(d->arrivals_table);
	fold_release(&d->fold);
	free(d);
}

void dedup_record(struct dedup *d, const struct record *record, struct buf *out)
{
	struct arrivals arrivals;
	struct duplicates duplicates;

	if (record->kind != KIND_REVIEW || !can_look_at(record))
		return;
	hook_stage("dedup", record);
	look_at_record(d, record, &arrivals, &duplicates);
	arrivals_put(out, &arrivals);
	duplicates_put(out, &duplicates);
}

enum status dedup_commit(struct dedup *d, uint64_t seq, struct err *err)
{
	enum status st = layer_commit(d->exact, seq, err);

	return st ? st : layer_commit(d->arrivals, seq, err);
}

enum status dedup_sync(struct dedup *d, struct err *err)
{
	enum status st = table_sync(d->exact_table, err);

	return st ? st : table_sync(d->arrivals_table, err);
}
