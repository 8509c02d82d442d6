#include "act.h"

#include <sqlite3.h>

enum status act_event(struct act *act, struct event *e, struct err *err)
{
	struct apply *apply = act->apply;

	e->index = apply->next_event;
	e->t = act->t;
	e->prev = e->review ? act->last_event : -1;
	e->journal = act->journal->id;
	e->record = act->record;
	e->ordinal = act->events++;
	event_put(&apply->event, e);
	struct event_row row = {.idx = (int64_t)e->index,
				.t = e->t,
				.n = act->n,
				.kind = e->kind,
				.review = e->review ? act->n : ROW_NULL,
				.prev = e->prev,
				.entry = buf_view(&apply->event)};
	enum status st = rows_put(apply->rows, ROW_EVENT, &row, err);
	if (st)
		return st;
	apply->next_event++;
	apply->last_t = act->t;
	if (e->review)
		act->last_event = (int64_t)e->index;
	return ST_OK;
}

enum status act_record(struct act *act, enum store_code outcome, const char *detail,
		       struct err *err)
{
	const struct record *r = act->record;
	const struct record_row row = {
		.n = act->n,
		.kind = r->kind,
		.site = act->site,
		.id = {r->id, UUID_BYTES},
		.source = act->source,
		.principal = act->principal,
		.received_at = r->received_at,
		.submitted_at = act_int(r, FIELD_SUBMITTED_AT),
		.key_hash = {r->key_hash, KEYED_HASH_BYTES},
		.body_hash = {r->body_hash, KEYED_HASH_BYTES},
		.version = r->version,
		.outcome = outcome,
		.detail = span_of(detail),
	};

	return rows_put(act->apply->rows, ROW_RECORD, &row, err);
}

struct span act_json(struct apply *apply, unsigned keep, const struct record *r,
		     enum field field)
{
	assert(keep < ACT_JSON_COUNT);
	return record_has(r, field) ? event_value(&apply->json[keep], r, field)
				    : SPAN_NONE;
}

enum status act_pack_id(struct apply *apply, int64_t *ret,
			const uint8_t hash[SHA256_BYTES], enum choice kind,
			struct err *err)
{
	sqlite3_stmt *find = apply->find_pack, *add = apply->add_pack;

	sqlite3_bind_blob(find, 1, hash, SHA256_BYTES, SQLITE_STATIC);
	bool found = sqlite3_step(find) == SQLITE_ROW;
	if (found)
		*ret = sqlite3_column_int64(find, 0);
	int result = sqlite3_reset(find);
	if (!found && !result) {
		sqlite3_bind_blob(add, 1, hash, SHA256_BYTES, SQLITE_STATIC);
		sqlite3_bind_int(add, 2, kind);
		sqlite3_step(add);
		result = sqlite3_reset(add);
		*ret = sqlite3_last_insert_rowid(store_db(apply->store));
	}
	return result ? store_failed(apply->store, result, "pack", err) : ST_OK;
}
