/* Dated facts about sites, suppliers and subjects: each record is a version of its own. */
#include "act.h"

static enum status tell(struct act *act, enum event_kind kind, int64_t subject,
			int64_t supplier, struct err *err)
{
	struct event e = {.kind = kind,
			  .actor_role = "principal",
			  .actor = act->record->principal,
			  .commits = true,
			  .subject = subject,
			  .supplier = supplier,
			  .source = act->record->field[FIELD_SOURCE]};

	return act_event(act, &e, err);
}

static enum status name_in_site(struct act *act, int64_t *ret, enum name_table table,
				enum field field, struct err *err)
{
	*ret = ROW_NULL;
	if (!record_has(act->record, field))
		return ST_OK;
	const struct name_in_site name = {table, act->site, act->record->field[field],
					  act->n};
	return names_id_in(act->apply->names, ret, &name, err);
}

enum status apply_supplier(struct act *act, struct err *err)
{
	const struct record *r = act->record;
	struct supplier_version_row row = {
		.n = act->n,
		.label = r->field[FIELD_NAME],
		.contact_channel = act_code(r, FIELD_CONTACT_CHANNEL),
		.contact = r->field[FIELD_CONTACT_VALUE],
		.language = r->field[FIELD_LANGUAGE],
		.country = r->field[FIELD_COUNTRY],
		.sector = r->field[FIELD_SECTOR],
		.plan_name = r->field[FIELD_PLAN_NAME],
		.plan_from = act_int(r, FIELD_PLAN_FROM),
		.identifiers = act_json(act->apply, 0, r, FIELD_IDENTIFIERS),
		.extra = r->field[FIELD_EXTRA],
		.source_id = r->field[FIELD_SOURCE_ID],
		.secret = {r->secret, RECORD_SECRET_BYTES},
	};
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);

	if (!st)
		st = name_in_site(act, &row.supplier, NAME_SUPPLIER, FIELD_SUPPLIER, err);
	if (!st)
		st = rows_put(act->apply->rows, ROW_SUPPLIER_VERSION, &row, err);
	return st ? st : tell(act, EVENT_SUPPLIER_STATED, 0, row.supplier, err);
}

enum status apply_subject(struct act *act, struct err *err)
{
	const struct record *r = act->record;
	struct subject_version_row row = {
		.n = act->n,
		.label = r->field[FIELD_NAME],
		.type = act_code(r, FIELD_SUBJECT_TYPE),
		.address = r->field[FIELD_ADDRESS],
		.identifiers = act_json(act->apply, 0, r, FIELD_IDENTIFIERS),
		.extra = r->field[FIELD_EXTRA],
		.source_id = r->field[FIELD_SOURCE_ID],
		.secret = {r->secret, RECORD_SECRET_BYTES},
	};
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);

	if (!st)
		st = name_in_site(act, &row.subject, NAME_SUBJECT, FIELD_SUBJECT, err);
	if (!st)
		st = name_in_site(act, &row.supplier, NAME_SUPPLIER, FIELD_SUPPLIER, err);
	if (!st)
		st = name_in_site(act, &row.parent, NAME_SUBJECT, FIELD_PARENT, err);
	if (!st)
		st = rows_put(act->apply->rows, ROW_SUBJECT_VERSION, &row, err);
	return st ? st : tell(act, EVENT_SUBJECT_STATED, row.subject, row.supplier, err);
}

enum status apply_site(struct act *act, struct err *err)
{
	const struct record *r = act->record;
	const struct site_version_row row = {
		.site = act->site,
		.n = act->n,
		.label = r->field[FIELD_NAME],
		.operator= r->field[FIELD_OPERATOR],
		.country = r->field[FIELD_COUNTRY],
		.extra = r->field[FIELD_EXTRA],
		.source_id = r->field[FIELD_SOURCE_ID],
		.secret = {r->secret, RECORD_SECRET_BYTES},
	};
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);

	if (!st)
		st = rows_put(act->apply->rows, ROW_SITE_VERSION, &row, err);
	return st ? st : tell(act, EVENT_SITE_STATED, 0, 0, err);
}
