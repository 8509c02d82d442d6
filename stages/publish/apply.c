#include "apply.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "act.h"
#include "alloc.h"

#define JSON_BYTES_MAX (2 * RECORD_BYTES_MAX)
#define LISTING_STEP   32768 /* records; schema.sql says why */

/* --- opening --------------------------------------------------------------------------- */

static enum status prepare_statements(struct apply *apply, struct err *err)
{
	const struct {
		sqlite3_stmt **statement;
		const char *sql;
	} all[] = {
		{&apply->committed_record,
		 "SELECT id, body_hash FROM record WHERE n = ?"},
		{&apply->set_committed,
		 "UPDATE journal SET committed_seq = ? WHERE ordinal = ?"},
		{&apply->add_journal, "INSERT INTO journal VALUES (?, ?, 0)"},
		{&apply->find_pack, "SELECT id FROM pack WHERE hash = ?"},
		{&apply->add_pack, "INSERT INTO pack (hash, kind) VALUES (?, ?)"},
		{&apply->activate_pack, "UPDATE pack SET active_from = ? WHERE id = ?"},
		{&apply->earlier_review,
		 "SELECT v.state, v.duplicate_of, v.experience_date, x.purchase_ref, r.id "
		 "FROM review v JOIN record r ON r.n = v.n "
		 "LEFT JOIN revision x ON x.n = v.live WHERE v.n = ?"},
		{&apply->is_behind,
		 "SELECT 1 FROM review WHERE subject = ? AND (state = 4 OR state = 5) LIMIT 1"},
		{&apply->cluster_of,
		 "SELECT min(cluster) FROM duplicate_member WHERE n = ?"},
		{&apply->next_deadline,
		 "SELECT min(deadline) FROM review WHERE deadline > ?"},
		{&apply->set_ticked, "INSERT INTO meta VALUES ('ticked_to', ?) "
				     "ON CONFLICT DO UPDATE SET value = excluded.value"},
	};
	enum status st = ST_OK;

	for (size_t i = 0; i < ARRAY_LEN(all) && !st; i++)
		st = store_prepare(apply->store, all[i].statement, all[i].sql, err);
	return st;
}

static enum status load_journals(struct apply *apply, struct err *err)
{
	sqlite3_stmt *select;
	enum status st = store_prepare(apply->store, &select,
				       "SELECT ordinal, journal_id, committed_seq "
				       "FROM journal ORDER BY ordinal",
				       err);

	if (st)
		return st;
	apply->journal_count = 0;
	while (sqlite3_step(select) == SQLITE_ROW &&
	       apply->journal_count < ACT_JOURNALS_MAX) {
		struct act_journal *j = &apply->journals[apply->journal_count++];
		const uint8_t *id = sqlite3_column_blob(select, 1);
		*j = (struct act_journal){.ordinal = sqlite3_column_int64(select, 0)};
		for (int i = 0; i < sqlite3_column_bytes(select, 1); i++)
			j->id = j->id << 8 | id[i];
		j->committed = j->applied = (uint64_t)sqlite3_column_int64(select, 2);
	}
	int result = sqlite3_finalize(select);
	return result ? store_failed(apply->store, result, "journal", err) : ST_OK;
}

/* What memory holds of the store; also after a rollback. */
static enum status load(struct apply *apply, struct err *err)
{
	int64_t next;
	enum status st = load_journals(apply, err);

	if (!st)
		st = store_int(apply->store, &next, "SELECT max(idx) + 1 FROM event", 0,
			       err);
	if (!st)
		st = store_int(apply->store, &apply->last_t,
			       "SELECT t FROM event ORDER BY idx DESC LIMIT 1", 0, err);
	if (!st)
		st = store_int(apply->store, &apply->ticked_to,
			       "SELECT value FROM meta WHERE key = 'ticked_to'", 0, err);
	if (st)
		return st;
	apply->next_event = (uint64_t)next;
	names_forget(apply->names);
	rating_forget(apply->rating);
	apply->rules = apply->policy_pack = (struct act_pack){.id = 0};
	apply->policy = NULL;
	return ST_OK;
}

static int count_wal(void *context, sqlite3 *db, const char *name, int pages)
{
	struct apply *apply = context;

	(void)db;
	(void)name;
	apply->wal_bytes = (uint64_t)pages * 16384;
	return SQLITE_OK;
}

enum status apply_open(struct apply **ret, const char *store_path,
		       const struct apply_options *options, struct err *err)
{
	OWNED(apply_closep) struct apply *apply = xcalloc(1, sizeof(*apply));

	apply->options = *options;
	if (!apply->options.listing_step)
		apply->options.listing_step = LISTING_STEP;
	apply->rating = rating_new();
	apply->event = BUF_INIT(EVENT_BYTES_MAX);
	apply->evidence = BUF_INIT(JSON_BYTES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(apply->json); i++)
		apply->json[i] = BUF_INIT(JSON_BYTES_MAX);
	enum status st = store_open(&apply->store, store_path, STORE_WRITE, err);
	if (!st)
		st = rows_open(&apply->rows, apply->store, err);
	if (!st)
		st = names_open(&apply->names, apply->store, err);
	if (!st)
		st = prepare_statements(apply, err);
	if (!st)
		st = load(apply, err);
	if (st)
		return st;
	sqlite3_wal_hook(store_db(apply->store), count_wal, apply);
	*ret = TAKE(apply);
	return ST_OK;
}

void apply_close(struct apply *apply)
{
	if (!apply)
		return;
	sqlite3_stmt *const all[] = {
		apply->committed_record, apply->set_committed, apply->add_journal,
		apply->find_pack,	 apply->add_pack,      apply->activate_pack,
		apply->earlier_review,	 apply->is_behind,     apply->next_deadline,
		apply->set_ticked,	 apply->cluster_of,
	};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		sqlite3_finalize(all[i]);
	names_close(apply->names);
	rows_close(apply->rows);
	store_close(apply->store);
	rating_free(apply->rating);
	buf_release(&apply->event);
	buf_release(&apply->evidence);
	for (size_t i = 0; i < ARRAY_LEN(apply->json); i++)
		buf_release(&apply->json[i]);
	free(apply);
}

/* --- one record ------------------------------------------------------------------------ */

static enum status add_journal(struct apply *apply, uint64_t journal_id,
			       struct act_journal **ret, struct err *err)
{
	uint8_t id[8];

	if (apply->journal_count == ACT_JOURNALS_MAX)
		return err_set(err, ST_ECORRUPT, "store: more than %d journals",
			       ACT_JOURNALS_MAX);
	for (int i = 0; i < 8; i++)
		id[i] = (uint8_t)(journal_id >> (56 - 8 * i));
	struct act_journal *j = &apply->journals[apply->journal_count];
	*j = (struct act_journal){.id = journal_id,
				  .ordinal = (int64_t)apply->journal_count + 1};
	sqlite3_bind_int64(apply->add_journal, 1, j->ordinal);
	sqlite3_bind_blob(apply->add_journal, 2, id, sizeof(id), SQLITE_STATIC);
	sqlite3_step(apply->add_journal);
	int result = sqlite3_reset(apply->add_journal);
	if (result)
		return store_failed(apply->store, result, "journal", err);
	apply->journal_count++;
	*ret = j;
	return ST_OK;
}

static enum status journal_of(struct apply *apply, uint64_t journal_id,
			      struct act_journal **ret, struct err *err)
{
	for (size_t i = apply->journal_count; i-- > 0;)
		if (apply->journals[i].id == journal_id) {
			*ret = &apply->journals[i];
			return ST_OK;
		}
	return add_journal(apply, journal_id, ret, err);
}

static enum status check_again(struct apply *apply, int64_t n, const struct record *r,
			       struct err *err)
{
	sqlite3_stmt *select = apply->committed_record;
	bool same = false;

	sqlite3_bind_int64(select, 1, n);
	if (sqlite3_step(select) == SQLITE_ROW &&
	    sqlite3_column_bytes(select, 0) == UUID_BYTES &&
	    sqlite3_column_bytes(select, 1) == KEYED_HASH_BYTES)
		same = !memcmp(sqlite3_column_blob(select, 0), r->id, UUID_BYTES) &&
		       !memcmp(sqlite3_column_blob(select, 1), r->body_hash,
			       KEYED_HASH_BYTES);
	int result = sqlite3_reset(select);
	if (result)
		return store_failed(apply->store, result, "record", err);
	if (!same)
		return err_set(err, ST_ECORRUPT,
			       "record %llu came again with other bytes than stored",
			       (unsigned long long)r->seq);
	return ST_OK;
}

static enum status load_pack(struct apply *apply, struct act_pack *pack,
			     const uint8_t hash[SHA256_BYTES], enum choice kind,
			     bool *ret_changed, struct err *err)
{
	static const uint8_t zero[SHA256_BYTES];

	*ret_changed = false;
	if (pack->id && !memcmp(pack->hash, hash, SHA256_BYTES))
		return ST_OK;
	int64_t id = ROW_NULL;
	enum status st = ST_OK;
	if (memcmp(hash, zero, SHA256_BYTES) != 0)
		st = act_pack_id(apply, &id, hash, kind, err);
	if (st)
		return st;
	memcpy(pack->hash, hash, SHA256_BYTES);
	pack->id = id;
	*ret_changed = true;
	return ST_OK;
}

static enum status load_packs(struct apply *apply, const uint8_t *rules,
			      const uint8_t *policy, struct err *err)
{
	bool changed;
	enum status st =
		load_pack(apply, &apply->rules, rules, ACTIVATES_RULES, &changed, err);

	if (!st)
		st = load_pack(apply, &apply->policy_pack, policy, ACTIVATES_POLICY,
			       &changed, err);
	if (st || !changed)
		return st;
	apply->policy = NULL;
	if (apply->policy_pack.id == ROW_NULL || !apply->options.policy)
		return ST_OK;
	st = apply->options.policy(apply->options.context, &apply->policy, policy, err);
	if (st)
		apply->policy_pack.id = 0; /* asked for again */
	return st;
}

static enum status name_record(struct act *act, struct err *err)
{
	const struct record *r = act->record;
	struct names *names = act->apply->names;
	enum status st = names_id(names, &act->site, NAME_SITE, r->site, err);

	if (!st)
		st = names_id(names, &act->principal, NAME_PRINCIPAL, r->principal, err);
	act->source = ROW_NULL;
	if (!st && !(r->flags & (RECORD_QUARANTINED | RECORD_ERASED)) &&
	    record_has(r, FIELD_SOURCE))
		st = names_id(names, &act->source, NAME_SOURCE, r->field[FIELD_SOURCE],
			      err);
	return st;
}

static enum status dispatch(struct act *act, struct err *err)
{
	if (act->record->flags & (RECORD_QUARANTINED | RECORD_ERASED))
		return apply_set_aside(act, err);
	switch (act->record->kind) {
	case KIND_REVIEW:
		return apply_review(act, err);
	case KIND_SUPPLIER:
		return apply_supplier(act, err);
	case KIND_SUBJECT:
		return apply_subject(act, err);
	case KIND_SITE:
		return apply_site(act, err);
	case KIND_ACTIVATION:
		return apply_activation(act, err);
	case KIND_REFUSAL:
		return apply_refusal(act, err);
	case KIND_REPEAT:
		return apply_repeat(act, err);
	case KIND_TICK:
		return apply_tick(act, err);
	default:
		return apply_carried(act, err);
	}
}

enum status apply_record(struct apply *apply, uint64_t journal_id,
			 const struct record *record, const struct findings *findings,
			 const uint8_t rules_hash[SHA256_BYTES],
			 const uint8_t policy_hash[SHA256_BYTES], struct err *err)
{
	struct act_journal *journal = NULL;

	assert(apply->open);
	enum status st = journal_of(apply, journal_id, &journal, err);
	if (!journal)
		return st;
	struct act act = {.apply = apply,
			  .record = record,
			  .findings = findings,
			  .journal = journal,
			  .n = store_n(journal->ordinal, record->seq),
			  .t = MAX(apply->last_t, record->received_at),
			  .last_event = -1};
	if (record->seq <= journal->applied)
		return check_again(apply, act.n, record, err);
	if (record->seq != journal->applied + 1)
		return err_set(err, ST_ECORRUPT, "record %llu came, %llu is next",
			       (unsigned long long)record->seq,
			       (unsigned long long)journal->applied + 1);
	st = load_packs(apply, rules_hash, policy_hash, err);
	if (!st)
		st = name_record(&act, err);
	if (!st)
		st = dispatch(&act, err);
	if (!st && record->seq % apply->options.listing_step == 0)
		st = store_exec(apply->store,
				"INSERT INTO listing SELECT * FROM listing_recent;"
				"DELETE FROM listing_recent;",
				err);
	if (!st)
		journal->applied = record->seq;
	return st;
}

/* --- transactions ---------------------------------------------------------------------- */

uint64_t apply_committed(const struct apply *apply, uint64_t journal_id)
{
	for (size_t i = 0; i < apply->journal_count; i++)
		if (apply->journals[i].id == journal_id)
			return apply->journals[i].committed;
	return 0;
}

enum status apply_begin(struct apply *apply, struct err *err)
{
	assert(!apply->open);
	if (apply->dead)
		return err_set(err, apply->dead,
			       "store: could not be read after a rollback");
	enum status st = store_exec(apply->store, "BEGIN IMMEDIATE", err);
	apply->open = st == ST_OK;
	return st;
}

static enum status move_committed(struct apply *apply, struct act_journal *j,
				  struct err *err)
{
	if (j->applied == j->committed)
		return ST_OK;
	sqlite3_bind_int64(apply->set_committed, 1, (int64_t)j->applied);
	sqlite3_bind_int64(apply->set_committed, 2, j->ordinal);
	sqlite3_step(apply->set_committed);
	int result = sqlite3_reset(apply->set_committed);
	return result ? store_failed(apply->store, result, "journal", err) : ST_OK;
}

enum status apply_commit(struct apply *apply, struct err *err)
{
	assert(apply->open);
	enum status st = rating_flush(apply->rating, apply->rows, err);
	for (size_t i = 0; i < apply->journal_count && !st; i++)
		st = move_committed(apply, &apply->journals[i], err);
	if (!st)
		st = store_exec(apply->store, "COMMIT", err);
	if (st)
		return st;
	apply->open = false;
	for (size_t i = 0; i < apply->journal_count; i++)
		apply->journals[i].committed = apply->journals[i].applied;
	return ST_OK;
}

void apply_rollback(struct apply *apply)
{
	if (!apply->open)
		return;
	if (!sqlite3_get_autocommit(store_db(apply->store)))
		sqlite3_exec(store_db(apply->store), "ROLLBACK", NULL, NULL, NULL);
	apply->open = false;
	apply->dead = load(apply, NULL);
}

enum status apply_next_deadline(struct apply *apply, int64_t *ret, struct err *err)
{
	sqlite3_stmt *select = apply->next_deadline;

	sqlite3_bind_int64(select, 1, apply->ticked_to);
	*ret = sqlite3_step(select) == SQLITE_ROW ? sqlite3_column_int64(select, 0) : 0;
	int result = sqlite3_reset(select);
	return result ? store_failed(apply->store, result, "next deadline", err) : ST_OK;
}

enum status apply_checkpoint(struct apply *apply, bool truncate, struct err *err)
{
	assert(!apply->open);
	int result = sqlite3_wal_checkpoint_v2(store_db(apply->store), NULL,
					       truncate ? SQLITE_CHECKPOINT_TRUNCATE
							: SQLITE_CHECKPOINT_PASSIVE,
					       NULL, NULL);
	if (result == SQLITE_BUSY && !truncate)
		return ST_OK; /* a reader is in the way: as much as could be was done */
	return result ? store_failed(apply->store, result, "checkpoint", err) : ST_OK;
}

uint64_t apply_wal_bytes(const struct apply *apply)
{
	return apply->wal_bytes;
}
