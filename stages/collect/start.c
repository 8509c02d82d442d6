#include "start.h"

#include <stdlib.h>

#include "alive.h"
#include "alloc.h"
#include "data_dir.h"
#include "log.h"
#include "store_replay.h"

#define RECORDS_A_BEAT 1000

/* Millions of records may have to be read. */
static void beat(uint64_t seq)
{
	if (seq % RECORDS_A_BEAT == 0)
		alive_beat();
}

static enum status learn_record(struct keys *keys, struct span bytes, struct err *err)
{
	struct record record;
	struct key_entry entry = {0};
	enum status st = record_parse_head(&record, bytes, err);

	if (st)
		return st;
	/* What collect writes itself has no key. */
	if (kind_endpoints(record.kind) == OWN)
		return ST_OK;
	entry.seq = record.seq;
	memcpy(entry.id, record.id, sizeof(entry.id));
	memcpy(entry.body_hash, record.body_hash, sizeof(entry.body_hash));
	return keys_learn(keys, record.key_hash, &entry, err);
}

static enum status learn_from_journal(struct keys *keys, uint64_t from, const char *dir,
				      struct marks *marks, struct err *err)
{
	OWNED(journal_reader_closep) struct journal_reader *reader = NULL;
	enum status st = journal_reader_open(&reader, dir, from, err);
	enum journal_item item = JOURNAL_END;
	struct span bytes;
	const char *reason;
	uint64_t seq;

	while (st == ST_OK) {
		st = journal_read(reader, &item, &bytes, &seq, &reason, err);
		if (st || item == JOURNAL_END)
			break;
		beat(seq);
		if (item == JOURNAL_RECORD) {
			st = learn_record(keys, bytes, err);
			continue;
		}
		(void)marks_add(marks, seq, marks_flags(reason));
		st = keys_mark(keys, seq, TABLE_SEQ_MAX, marks_flags(reason), err);
	}
	return st;
}

static enum status learn_row(struct keys *keys, const struct store_row *row, bool earlier,
			     struct err *err)
{
	struct key_entry entry = {.seq = row->seq, .earlier = earlier};

	if (kind_endpoints(row->kind) == OWN)
		return ST_OK;
	memcpy(entry.id, row->id, sizeof(entry.id));
	memcpy(entry.body_hash, row->body_hash, sizeof(entry.body_hash));
	return keys_learn(keys, row->key_hash, &entry, err);
}

/* What was accepted under a journal that is no longer here keeps its first answer. */
static enum status learn_earlier(struct keys *keys, const struct journal_state *state,
				 const struct options *options, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", options->pipeline.data);
	OWNED(store_replay_closep) struct store_replay *replay = NULL;
	struct store_row row = {0};
	bool end = false;
	enum status st = store_replay_open_others(&replay, path, state->journal_id, err);

	while (st == ST_OK && replay) {
		st = store_replay_next(replay, &row, &end, err);
		if (st || end)
			break;
		beat(row.seq);
		st = learn_row(keys, &row, true, err);
	}
	return st;
}

static enum status learn_from_store(struct keys *keys, uint64_t from,
				    const struct journal_state *state,
				    const struct options *options, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", options->pipeline.data);
	OWNED(store_replay_closep) struct store_replay *replay = NULL;
	struct store_row row = {0};
	uint64_t committed;
	bool end = false;
	enum status st = store_replay_open(&replay, &committed, path, state->journal_id,
					   from, false, err);

	while (st == ST_OK && replay) {
		st = store_replay_next(replay, &row, &end, err);
		if (st || end || row.seq >= state->first_seq)
			break;
		beat(row.seq);
		st = learn_row(keys, &row, false, err);
	}
	return st;
}

enum status start_learn(struct keys *keys, uint64_t from, const char *journal_dir,
			const struct journal_state *state, const struct options *options,
			struct marks *marks, struct err *err)
{
	enum status st = ST_OK;

	if (from == 0)
		st = learn_earlier(keys, state, options, err);
	if (st || state->last_seq == 0)
		return st;
	if (from + 1 < state->first_seq) {
		log_warn("keys_rebuild", "from=%llu to=%llu", (unsigned long long)from,
			 (unsigned long long)state->first_seq);
		st = learn_from_store(keys, from, state, options, err);
	}
	if (st == ST_OK)
		st = learn_from_journal(keys, MAX(from + 1, state->first_seq),
					journal_dir, marks, err);
	return st;
}

/* A store that cannot be read is publish's to judge: what it says is checked as well. */
static enum status look_at_store(const struct options *options,
				 const struct journal_state *state, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", options->pipeline.data);
	OWNED(store_replay_closep) struct store_replay *replay = NULL;
	uint64_t committed = 0;

	if (store_replay_open(&replay, &committed, path, state->journal_id,
			      state->last_seq, false, NULL))
		return ST_OK;
	return journal_check_age(state, committed, err);
}

static enum status open_keys(struct keys **ret, uint64_t *ret_from, const char *data,
			     const struct journal_state *state, struct err *err)
{
	enum status st = data_dir_check_key(data, state->last_seq, err);

	return st ? st
		  : keys_open(ret, ret_from, data, state->journal_id, state->last_seq,
			      err);
}

enum status start_open(struct journal **ret, struct keys **ret_keys, uint64_t *ret_from,
		       const struct options *options, struct journal_state *ret_state,
		       struct err *err)
{
	const struct journal_options journal = {
		.segment_bytes = (uint64_t)options->collect.segment_bytes};
	const char *data = options->pipeline.data;
	OWNED(freep) char *dir = xasprintf("%s/journal", data);

	alive_hold(); /* a whole segment is read, after a power cut the whole table */
	enum status st = data_dir_check_journal(data, err);
	if (st == ST_OK)
		st = journal_open(ret, dir, &journal, ret_state, err);
	if (st == ST_OK)
		st = data_dir_journal_made(data, err);
	if (st == ST_OK)
		st = look_at_store(options, ret_state, err);
	if (st == ST_OK)
		st = open_keys(ret_keys, ret_from, data, ret_state, err);
	alive_release();
	return st;
}
