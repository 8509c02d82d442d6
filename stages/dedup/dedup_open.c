/* How what dedup keeps is opened, filled from the store, and made again. */
#include "dedup_own.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "alive.h"
#include "alloc.h"
#include "file.h"
#include "log.h"
#include "store_replay.h"

#define KEY_BYTES    32
#define DEDUP_FORMAT 3 /* of keys and values of all tables */

/* What a full window of collect (8 MiB) has uncommitted, so that a burst makes nothing grow:
 * some eight thousand reviews, up to four lines of `exact` and five of `arrivals` each. */
#define EXACT_CHANGES	 (8192 * (EXACT_LINES_MAX + ITEMS_LINES_MAX))
#define ARRIVALS_CHANGES 65536
#define ROWS_A_BEAT	 1000

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
	d->seed = get_le64(key + 8);
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

static enum status look_at_row(struct dedup *d, const struct store_row *row,
			       struct err *err)
{
	static struct record record;
	struct review review;
	struct arrivals arrivals;
	struct duplicates duplicates;
	bool is = false;
	enum status st = review_of_row(&review, &is, &record, row, err);

	return st || !is ? st : dedup_look(d, &review, &arrivals, &duplicates, err);
}

/* Fills the tables from the store, from where they end. */
static enum status catch_up(struct dedup *d, uint64_t from, uint64_t *ret_committed,
			    const struct dedup_place *place, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", place->data);
	OWNED(store_replay_closep) struct store_replay *replay = NULL;
	struct store_row row = {0};
	bool end = false;
	enum status st = store_replay_open(&replay, ret_committed, path,
					   place->journal_id, from, true, err);

	for (unsigned rows = 1; st == ST_OK && replay; rows++) {
		st = store_replay_next(replay, &row, &end, err);
		if (st || end)
			break;
		if (rows % ROWS_A_BEAT == 0) {
			alive_beat();
			if (place->progress)
				progress_at(place->progress, row.seq);
		}
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

/* As open_table, of the search for what is nearly the same. */
static enum status open_near(struct dedup *d, uint64_t *ret_from,
			     const struct truth *truth,
			     const struct dedup_options *options, struct err *err)
{
	struct near_kind kind = {.data = truth->data,
				 .journal_id = truth->journal_id,
				 .parameters = d->parameters,
				 .seed = d->seed};
	struct near_options near = {.similar =
					    (uint32_t)options->similarity_percent * 10000,
				    .leader = (uint32_t)options->leader_percent * 10000};
	enum status st = near_open(&d->near, ret_from, &kind, &near, d->earlier, err);
	bool useless = st == ST_ECORRUPT || st == ST_EVERSION ||
		       (st == ST_OK && *ret_from > truth->stored);

	if (!useless)
		return st;
	log_info("made again", "file=near.sketches");
	near_close(TAKE(d->near));
	st = near_remove(truth->data, err);
	return st ? st : near_open(&d->near, ret_from, &kind, &near, d->earlier, err);
}

/* After a power cut each line is looked at. *ret_from: what all have. */
static enum status open_tables(struct dedup *d, uint64_t *ret_from,
			       const struct truth *truth,
			       const struct dedup_options *options, struct err *err)
{
	uint64_t exact_from = 0, arrivals_from = 0, near_from = 0;

	alive_hold();
	enum status st =
		open_table(d, &d->exact_table, &exact_from, truth, "exact.table", err);
	if (st == ST_OK)
		st = open_table(d, &d->arrivals_table, &arrivals_from, truth,
				"arrivals.table", err);
	alive_release();
	if (st == ST_OK)
		st = open_near(d, &near_from, truth, options, err);
	*ret_from = MIN(MIN(exact_from, arrivals_from), near_from);
	return st;
}

enum status dedup_open(struct dedup **ret, uint64_t *ret_next,
		       const struct dedup_place *place, struct err *err)
{
	const struct dedup_options *options = place->options;
	OWNED(freep) char *store = xasprintf("%s/store.db", place->data);
	OWNED(dedup_closep) struct dedup *d = xcalloc(1, sizeof(*d));
	struct truth truth = {.data = place->data, .journal_id = place->journal_id};
	uint64_t from = 0;

	fold_init(&d->fold);
	fold_init(&d->earlier_fold);
	d->data = xstrdup(place->data);
	d->overlap = overlap_new();
	d->earlier = earlier_new(store, place->journal_id, dedup_read_earlier, d);
	d->kinds = (struct kinds_options){
		.enough = (uint32_t)options->enough_bits * 10,
		.sure = (uint32_t)options->sure_bits * 10,
		.common = (unsigned)options->common_authors,
	};
	enum status st = load_key(d, place->data, err);
	if (st == ST_OK)
		st = stored_up_to(&truth.stored, place->data, place->journal_id, err);
	if (st == ST_OK)
		st = open_tables(d, &from, &truth, options, err);
	if (st == ST_OK && place->progress)
		progress_begin(place->progress, "duplicates", truth.stored);
	if (st)
		return st;
	d->exact = layer_new(d->exact_table, EXACT_CHANGES);
	d->arrivals = layer_new(d->arrivals_table, ARRIVALS_CHANGES);
	st = catch_up(d, from, &truth.stored, place, err);
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
	near_close(d->near);
	earlier_free(d->earlier);
	overlap_free(d->overlap);
	fold_release(&d->fold);
	fold_release(&d->earlier_fold);
	free(d->data);
	free(d);
}

enum status dedup_remove(const char *data, struct err *err)
{
	static const char *const names[] = {"exact.table", "arrivals.table"};
	enum status st = ST_OK;

	for (size_t i = 0; i < ARRAY_LEN(names) && st == ST_OK; i++) {
		OWNED(freep) char *path = xasprintf("%s/%s", data, names[i]);
		struct table *none = NULL;
		st = remove_table(&none, path, err);
	}
	return st ? st : near_remove(data, err);
}
