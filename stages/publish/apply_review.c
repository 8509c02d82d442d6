/* A review enters the store: received, decided, told about; all in one go. */
#include "act.h"
#include "copies.h"
#include "outbox.h"
#include "verdict.h"

#include <sqlite3.h>

/* Without a policy, days from reception: the operator's declarations replace them. */
#define HOLD_DAYS    5
#define PUBLISH_DAYS 10

struct review_act {
	struct act *act;
	struct verdict verdict;
	bool legacy;
	enum trigger trigger;
	enum state state;
	struct review_row row;
	struct decision_row decision;
	struct span reason, rule, clause;
	struct notice notice;
	int64_t due_at;
};

static enum status name_targets(struct review_act *in, struct err *err)
{
	const struct act *act = in->act;
	const struct name_in_site subject = {NAME_SUBJECT, act->site,
					     act->record->field[FIELD_SUBJECT], act->n};
	const struct name_in_site supplier = {NAME_SUPPLIER, act->site,
					      act->record->field[FIELD_SUPPLIER], act->n};
	enum status st = names_id_in(act->apply->names, &in->row.subject, &subject, err);

	return st ? st
		  : names_id_in(act->apply->names, &in->row.supplier, &supplier, err);
}

static enum status tell_received(struct review_act *in, struct err *err)
{
	const struct record *r = in->act->record;
	struct event e = {.kind = EVENT_REVIEW_RECEIVED,
			  .review = r->id,
			  .actor_role = "principal",
			  .actor = r->principal,
			  .commits = true,
			  .shows_review = true,
			  .subject = in->row.subject,
			  .supplier = in->row.supplier,
			  .source = r->field[FIELD_SOURCE]};

	return act_event(in->act, &e, err);
}

/* --- which state ----------------------------------------------------------------------- */

static enum trigger trigger_of(const struct review_act *in)
{
	if (in->legacy) {
		switch (record_choice(in->act->record, FIELD_ORIGIN_STATE)) {
		case ORIGIN_REJECTED:
			return TRIGGER_ASSERT_REJECTED;
		case ORIGIN_HELD:
			return TRIGGER_ASSERT_HELD;
		case ORIGIN_WITHDRAWN:
			return TRIGGER_ASSERT_WITHDRAWN;
		case ORIGIN_RESTRICTED:
			return TRIGGER_ASSERT_RESTRICTED;
		case ORIGIN_EXPIRED:
			return TRIGGER_ASSERT_EXPIRED;
		default:
			return TRIGGER_ASSERT_PUBLISHED;
		}
	}
	switch (in->verdict.action) {
	case ACTION_REJECT:
		return TRIGGER_REJECT;
	case ACTION_HOLD:
		return TRIGGER_HOLD;
	case ACTION_AWAIT_AUTHOR:
		return TRIGGER_AWAIT;
	default:
		return TRIGGER_ACCEPT;
	}
}

static bool reason_counts(const struct review_act *in)
{
	const struct policy *policy = in->act->apply->policy;
	char code[64];

	if (in->reason.len == 0)
		return false;
	if (!policy)
		return true;
	if (in->reason.len >= sizeof(code))
		return false;
	memcpy(code, in->reason.at, in->reason.len);
	code[in->reason.len] = '\0';
	return policy_allows(policy, code);
}

static enum status is_behind(struct review_act *in, bool *ret, struct err *err)
{
	struct apply *apply = in->act->apply;

	*ret = false;
	if (!apply->policy || !apply->policy->gates.order_of_writing)
		return ST_OK;
	sqlite3_bind_int64(apply->is_behind, 1, in->row.subject);
	*ret = sqlite3_step(apply->is_behind) == SQLITE_ROW;
	int result = sqlite3_reset(apply->is_behind);
	return result ? store_failed(apply->store, result, "order of writing", err)
		      : ST_OK;
}

/* No check record acts yet, so a gate that the policy closes is never passed here. */
static enum status find_state(struct review_act *in, struct err *err)
{
	const struct policy *policy = in->act->apply->policy;
	unsigned facts = reason_counts(in) ? GUARD_REASON : 0;
	bool behind;
	enum status st = is_behind(in, &behind, err);

	if (st)
		return st;
	if (behind)
		facts |= GUARD_BEHIND;
	if (policy && (policy->gates.contact_confirmed || policy->gates.proof))
		facts |= GUARD_AUTHOR_OWES;
	in->trigger = trigger_of(in);
	in->state = state_next(STATE_RECEIVED, in->trigger, facts);
	assert(in->state != STATE_NONE); /* the table has a row for each trigger above */
	return ST_OK;
}

static int64_t deadline_of(const struct review_act *in)
{
	const struct policy *policy = in->act->apply->policy;
	int64_t days;

	if (in->legacy)
		return ROW_NULL; /* what comes from elsewhere starts no clock */
	switch (in->state) {
	case STATE_HELD:
	case STATE_WAITING:
		days = policy ? policy->hold_days : HOLD_DAYS;
		break;
	case STATE_AWAITING_AUTHOR:
		days = policy ? policy->publish_days : PUBLISH_DAYS;
		break;
	default:
		return ROW_NULL;
	}
	return in->act->record->received_at + days * DAY_MS;
}

/* --- the decision ---------------------------------------------------------------------- */

static enum status name_or_null(struct act *act, int64_t *ret, enum name_table table,
				struct span name, struct err *err)
{
	*ret = ROW_NULL;
	return name.len ? names_id(act->apply->names, ret, table, name, err) : ST_OK;
}

static enum status name_decision(struct review_act *in, struct err *err)
{
	struct act *act = in->act;
	struct decision_row *d = &in->decision;
	uint8_t actor[16 + RECORD_NAME_MAX] = "principal:";
	struct span name = SPAN_OF("system:moderate");
	enum status st;

	if (in->legacy) {
		struct span principal = act->record->principal;
		memcpy(actor + 10, principal.at, principal.len);
		name = (struct span){actor, 10 + principal.len};
	}
	st = names_id(act->apply->names, &d->actor, NAME_ACTOR, name, err);
	if (!st)
		st = name_or_null(act, &d->reason, NAME_REASON, in->reason, err);
	if (!st)
		st = name_or_null(act, &d->rule, NAME_RULE, in->rule, err);
	return st ? st : name_or_null(act, &d->clause, NAME_CLAUSE, in->clause, err);
}

static enum status decide(struct review_act *in, struct err *err)
{
	struct act *act = in->act;
	struct verdict *v = &in->verdict;
	enum status st = verdict_find(v, act, in->legacy, err);

	if (!st && v->hit) {
		in->reason = v->hit->reason;
		in->rule = v->hit->rule;
		in->clause = v->hit->clauses;
	}
	if (!st)
		st = find_state(in, err);
	if (!st)
		st = name_decision(in, err);
	if (st)
		return st;
	struct decision_row *d = &in->decision;
	d->n = d->review = act->n;
	d->outcome = in->state;
	d->action = in->legacy ? ROW_NULL : v->action;
	d->rule_version = v->hit ? v->hit->version : ROW_NULL;
	d->rules = act->apply->rules.id;
	d->policy = act->apply->policy_pack.id;
	d->at = act->t;
	d->evidence = verdict_evidence(v, act);
	return ST_OK;
}

static enum status tell_decided(struct review_act *in, struct err *err)
{
	const struct apply *apply = in->act->apply;
	const struct verdict *v = &in->verdict;
	struct event e = {
		.kind = EVENT_REVIEW_DECIDED,
		.review = in->act->record->id,
		.actor_role = in->legacy ? "principal" : "system",
		.actor = in->legacy ? in->act->record->principal : SPAN_OF("moderate"),
		.action = in->legacy ? "assert" : action_name(v->action),
		.from = state_name(STATE_RECEIVED),
		.to = state_name(in->state),
		.reason = in->reason,
		.rule = in->rule,
		.rule_version = v->hit ? v->hit->version : 0,
		.clause = in->clause,
		.rules = apply->rules.id == ROW_NULL ? NULL : apply->rules.hash,
		.policy = apply->policy_pack.id == ROW_NULL ? NULL
							    : apply->policy_pack.hash,
		.duplicate_of = v->duplicate_n == ROW_NULL ? NULL : v->duplicate_id,
		.evidence = in->decision.evidence,
		.decided = true,
		.automated = !in->legacy,
		.shadow_count = v->shadow_count,
		.shadow = v->shadow,
		.deadline = in->row.deadline == ROW_NULL ? 0 : in->row.deadline,
	};

	return act_event(in->act, &e, err);
}

/* A rejection without a reason that may be used does not load and cannot be said: it became
 * a hold, and somebody must look at the rule. */
static enum status alarm_reasonless(struct review_act *in, struct err *err)
{
	struct event e = {.kind = EVENT_ALARM_RAISED,
			  .review = in->act->record->id,
			  .actor_role = "system",
			  .actor = SPAN_OF("publish"),
			  .rule = in->rule,
			  .rule_version = in->verdict.hit->version,
			  .what = "reject-without-reason"};

	return act_event(in->act, &e, err);
}

static enum status announce(struct review_act *in, struct err *err)
{
	enum store_code template = outbox_template(in->state);

	if (in->legacy || !template)
		return ST_OK;
	in->notice = (struct notice){.template = template,
				     .language = in->act->record->field[FIELD_LANGUAGE],
				     .reason = in->reason,
				     .reason_id = in->decision.reason};
	return outbox_announce(in->act, &in->notice, &in->due_at, err);
}

/* --- rows ------------------------------------------------------------------------------ */

static void fill_rating(struct review_row *row, const struct record *r)
{
	row->rating = act_int(r, FIELD_RATING_VALUE);
	row->rating_worst = row->rating_best = ROW_NULL;
	if (row->rating != ROW_NULL)
		record_rating_scale(r, &row->rating_worst, &row->rating_best);
}

static void fill_claims(struct review_row *row, const struct record *r)
{
	int origin = record_choice(r, FIELD_ORIGIN);

	row->language = r->field[FIELD_LANGUAGE];
	row->country = r->field[FIELD_COUNTRY];
	row->experience_date = act_int(r, FIELD_EXPERIENCE_DATE);
	row->experience_date_source = act_code(r, FIELD_EXPERIENCE_DATE_SOURCE);
	row->origin = origin ? origin : ORIGIN_UNSOLICITED;
	row->incentive_type = act_code(r, FIELD_INCENTIVE_TYPE);
	row->incentive_value = r->field[FIELD_INCENTIVE_VALUE];
	row->incentive_conditioned = act_code(r, FIELD_INCENTIVE_CONDITIONED);
	row->incentive_disclosed = act_code(r, FIELD_INCENTIVE_DISCLOSED);
	row->attestation = act_code(r, FIELD_ATTESTATION);
	row->attestation_at = act_int(r, FIELD_ATTESTATION_AT);
	row->terms_version = r->field[FIELD_TERMS_VERSION];
	row->origin_state = act_code(r, FIELD_ORIGIN_STATE);
	row->origin_decided_at = act_int(r, FIELD_ORIGIN_DECIDED_AT);
	row->syndication_from = r->field[FIELD_SYNDICATION_FROM];
}

static void fill_standing(struct review_act *in)
{
	struct review_row *row = &in->row;
	const struct record *r = in->act->record;

	row->n = row->live = row->decision = in->act->n;
	row->state = in->state;
	row->state_version = row->revisions = 1;
	row->legacy = in->legacy;
	row->verification = VERIFICATION_NONE;
	row->duplicate_of = in->verdict.duplicate_n;
	row->published_at_origin = act_int(r, FIELD_PUBLISHED_AT_ORIGIN);
	row->published_at = ROW_NULL;
	if (in->state == STATE_PUBLISHED) {
		bool elsewhere = in->legacy && row->published_at_origin != ROW_NULL;
		row->published_at = elsewhere ? row->published_at_origin : in->act->t;
	}
}

static enum status put_revision(struct review_act *in, struct err *err)
{
	struct apply *apply = in->act->apply;
	const struct record *r = in->act->record;
	const struct revision_row row = {
		.n = in->act->n,
		.review = in->act->n,
		.number = 1,
		.secret = {r->secret, RECORD_SECRET_BYTES},
		.source_id = r->field[FIELD_SOURCE_ID],
		.author_ref = r->field[FIELD_AUTHOR_REF],
		.contact_channel = act_code(r, FIELD_CONTACT_CHANNEL),
		.contact = r->field[FIELD_CONTACT_VALUE],
		.display_name = r->field[FIELD_DISPLAY_NAME],
		.title = r->field[FIELD_TITLE],
		.text = r->field[FIELD_TEXT],
		.purchase_ref = r->field[FIELD_PURCHASE_REF],
		.consumer_ref = r->field[FIELD_CONSUMER_REF],
		.invitation = r->field[FIELD_INVITATION_ID],
		.origin_reason = r->field[FIELD_ORIGIN_REASON],
		.syndication_id = r->field[FIELD_SYNDICATION_ID],
		.syndication_url = r->field[FIELD_SYNDICATION_URL],
		.media = act_json(apply, 0, r, FIELD_MEDIA),
		.extra = r->field[FIELD_EXTRA],
		.consents = act_json(apply, 1, r, FIELD_CONSENTS),
	};

	return rows_put(apply->rows, ROW_REVISION, &row, err);
}

static enum status put_criteria(struct review_act *in, struct err *err)
{
	struct span at = SPAN_NONE;
	struct record element;
	struct criterion_row row = {.n = in->act->n};
	enum status st = ST_OK;

	if (!record_has(in->act->record, FIELD_RATINGS))
		return ST_OK;
	while (!st && record_next(in->act->record, FIELD_RATINGS, &at, &element)) {
		row.place++;
		row.criterion = element.field[FIELD_RATINGS_CRITERION];
		row.value = record_int(&element, FIELD_RATINGS_VALUE, 0);
		row.worst = act_int(&element, FIELD_RATINGS_WORST);
		row.best = act_int(&element, FIELD_RATINGS_BEST);
		st = rows_put(in->act->apply->rows, ROW_CRITERION, &row, err);
	}
	return st;
}

static enum status list(struct review_act *in, struct err *err)
{
	const struct listing_row row = {in->row.subject, in->row.published_at,
					in->act->n};

	return rows_put(in->act->apply->rows, ROW_LISTING, &row, err);
}

static enum status put_rows(struct review_act *in, struct err *err)
{
	struct rows *rows = in->act->apply->rows;

	fill_standing(in);
	in->row.last_event = in->act->last_event;
	enum status st = rows_put(rows, ROW_REVIEW, &in->row, err);
	if (!st)
		st = put_revision(in, err);
	if (!st)
		st = put_criteria(in, err);
	if (!st)
		st = rows_put(rows, ROW_DECISION, &in->decision, err);
	if (!st && in->state == STATE_PUBLISHED)
		st = list(in, err);
	if (!st && in->act->findings && in->act->findings->duplicates.count > 0)
		st = copies_keep(in->act, err);
	if (!st && in->notice.template)
		st = outbox_queue(in->act, &in->notice, in->due_at, err);
	return st;
}

enum status apply_review(struct act *act, struct err *err)
{
	struct review_act in;

	/* The verdict is large and fills itself; everything else starts empty. */
	in.act = act;
	in.legacy = record_bool(act->record, FIELD_LEGACY);
	in.reason = in.rule = in.clause = SPAN_NONE;
	in.notice.template = (enum store_code)0;
	fill_rating(&in.row, act->record);
	fill_claims(&in.row, act->record);
	enum status st = act_record(act, OUTCOME_APPLIED, NULL, err);
	if (!st)
		st = name_targets(&in, err);
	if (!st)
		st = tell_received(&in, err);
	if (!st)
		st = decide(&in, err);
	if (st)
		return st;
	in.row.deadline = deadline_of(&in);
	st = tell_decided(&in, err);
	if (!st && in.trigger == TRIGGER_REJECT && in.state != STATE_REJECTED)
		st = alarm_reasonless(&in, err);
	if (!st)
		st = announce(&in, err);
	if (!st)
		st = put_rows(&in, err);
	if (!st && in.state == STATE_PUBLISHED && rating_counts(&in.row))
		rating_change(act->apply->rating, &in.row, 1,
			      act->apply->policy ? act->apply->policy->rating.version : 1,
			      act->n);
	return st;
}
