/* Records about the pipeline itself, and those whose own work comes later. */
#include "act.h"

#include <sqlite3.h>

static struct event by_principal(const struct act *act, enum event_kind kind)
{
	return (struct event){.kind = kind,
			      .actor_role = "principal",
			      .actor = act->record->principal,
			      .source = act->record->field[FIELD_SOURCE]};
}

static struct event by_system(enum event_kind kind, struct span name)
{
	return (struct event){.kind = kind, .actor_role = "system", .actor = name};
}

static enum status run(struct act *act, sqlite3_stmt *statement, const char *what,
		       struct err *err)
{
	sqlite3_step(statement);
	int result = sqlite3_reset(statement);
	return result ? store_failed(act->apply->store, result, what, err) : ST_OK;
}

enum status apply_activation(struct act *act, struct err *err)
{
	const uint8_t *hash = act->record->field[FIELD_CONTENT_HASH].at;
	enum choice what = (enum choice)record_choice(act->record, FIELD_ACTIVATES);
	sqlite3_stmt *activate = act->apply->activate_pack;
	int64_t pack;
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);

	if (!st)
		st = act_pack_id(act->apply, &pack, hash, what, err);
	if (st)
		return st;
	sqlite3_bind_int64(activate, 1, act->n);
	sqlite3_bind_int64(activate, 2, pack);
	st = run(act, activate, "activation", err);
	struct event e =
		by_principal(act, what == ACTIVATES_POLICY ? EVENT_POLICY_ACTIVATED
							   : EVENT_RULES_ACTIVATED);
	e.content_hash = hash;
	return st ? st : act_event(act, &e, err);
}

enum status apply_refusal(struct act *act, struct err *err)
{
	static const uint8_t illegible[KEYED_HASH_BYTES];
	const struct record *r = act->record;
	const struct refusal_row row = {
		.n = act->n,
		.kind = kind_from_name(r->field[FIELD_REFUSED_KIND]),
		.field = r->field[FIELD_REFUSED_FIELD],
		.reason = r->field[FIELD_REFUSED_REASON],
		.rating = act_int(r, FIELD_RATING_VALUE)};
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);
	struct event e = by_principal(act, EVENT_RECORD_REFUSED);

	e.of = span_of(kind_name((enum kind)row.kind));
	e.field = row.field;
	e.reason = row.reason;
	e.key_hash =
		memcmp(r->key_hash, illegible, sizeof(illegible)) ? r->key_hash : NULL;
	e.line_hash = r->body_hash;
	e.has_rating = row.rating != ROW_NULL;
	e.rating_value = row.rating;
	if (!st)
		st = rows_put(act->apply->rows, ROW_REFUSAL, &row, err);
	return st ? st : act_event(act, &e, err);
}

enum status apply_repeat(struct act *act, struct err *err)
{
	const struct record *r = act->record;
	const struct repeat_row row = {
		.n = act->n,
		.kind = kind_from_name(r->field[FIELD_REPEATED_KIND]),
		.count = record_int(r, FIELD_REPEATED_COUNT, 1)};
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);
	struct event e = by_system(EVENT_RECORD_REPEATED, SPAN_OF("collect"));

	e.source = r->field[FIELD_SOURCE];
	e.of = span_of(kind_name((enum kind)row.kind));
	e.count = row.count;
	if (!st)
		st = rows_put(act->apply->rows, ROW_REPEAT, &row, err);
	return st ? st : act_event(act, &e, err);
}

enum status apply_tick(struct act *act, struct err *err)
{
	struct apply *apply = act->apply;
	struct event e = by_system(EVENT_CLOCK_TICK, SPAN_OF("collect"));
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);

	e.deadline = record_int(act->record, FIELD_TICK_DEADLINE, 0);
	if (!st && e.deadline > apply->ticked_to) {
		apply->ticked_to = e.deadline;
		sqlite3_bind_int64(apply->set_ticked, 1, e.deadline);
		st = run(act, apply->set_ticked, "tick", err);
	}
	return st ? st : act_event(act, &e, err);
}

enum status apply_carried(struct act *act, struct err *err)
{
	const struct record *r = act->record;
	const struct carried_row row = {.n = act->n,
					.expects = act_int(r, FIELD_EXPECTS),
					.target = r->field[FIELD_TARGET],
					.payload = r->field[FIELD_PAYLOAD],
					.source_id = r->field[FIELD_SOURCE_ID],
					.secret = {r->secret, RECORD_SECRET_BYTES}};
	struct event e = by_principal(act, EVENT_RECORD_CARRIED);
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);

	e.of = span_of(kind_name(r->kind));
	e.commits = true;
	if (!st)
		st = rows_put(act->apply->rows, ROW_CARRIED, &row, err);
	return st ? st : act_event(act, &e, err);
}

static const struct {
	unsigned flag;
	enum store_code stage;
	const char *detail;
} killed[] = {
	{RECORD_KILLED_DEDUP, STAGE_DEDUP, "set aside because it killed dedup"},
	{RECORD_KILLED_MODERATE, STAGE_MODERATE, "set aside because it killed moderate"},
	{RECORD_KILLED_PUBLISH, STAGE_PUBLISH, "set aside because it killed publish"},
};

static enum status put_aside(struct act *act, struct err *err)
{
	struct set_aside_row row = {
		.n = act->n, .stage = ROW_NULL, .bytes = act->record->bytes};
	const char *detail = "set aside because it killed a stage";

	for (size_t i = 0; i < ARRAY_LEN(killed); i++)
		if (act->record->flags & killed[i].flag) {
			row.stage = killed[i].stage;
			detail = killed[i].detail;
			break;
		}
	enum status st = act_record(act, OUTCOME_QUARANTINED, detail, err);
	return st ? st : rows_put(act->apply->rows, ROW_SET_ASIDE, &row, err);
}

enum status apply_set_aside(struct act *act, struct err *err)
{
	bool erased = act->record->flags & RECORD_ERASED;
	struct event e =
		by_system(erased ? EVENT_RECORD_ERASED : EVENT_RECORD_QUARANTINED,
			  SPAN_OF("collect"));
	enum status st = erased ? act_record(act, OUTCOME_ERASED,
					     "destroyed before it was stored", err)
				: put_aside(act, err);

	e.of = span_of(kind_name(act->record->kind));
	return st ? st : act_event(act, &e, err);
}
