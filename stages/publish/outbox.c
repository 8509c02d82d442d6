#include "outbox.h"

#define NOTIFY_DAYS 7 /* without a policy: P.notify_days of the catalogue of norms */

static const char *template_name(enum store_code template)
{
	switch ((int)template) {
	case TEMPLATE_REJECTED:
		return "review-rejected";
	case TEMPLATE_HELD:
		return "review-held";
	default:
		return "review-awaiting-author";
	}
}

enum store_code outbox_template(enum state state)
{
	switch (state) {
	case STATE_REJECTED:
		return TEMPLATE_REJECTED;
	case STATE_HELD:
		return TEMPLATE_HELD;
	case STATE_AWAITING_AUTHOR:
		return TEMPLATE_AWAITING_AUTHOR;
	default:
		return (enum store_code)0;
	}
}

enum status outbox_announce(struct act *act, const struct notice *notice,
			    int64_t *ret_due_at, struct err *err)
{
	const struct policy *policy = act->apply->policy;
	int64_t days = policy ? policy->notify_days : NOTIFY_DAYS;
	struct event e = {.kind = EVENT_NOTICE_QUEUED,
			  .review = act->record->id,
			  .actor_role = "system",
			  .actor = SPAN_OF("publish"),
			  .reason = notice->reason,
			  .recipient = "author",
			  .template = template_name(notice->template)};

	e.due_at = *ret_due_at = act->record->received_at + days * DAY_MS;
	return act_event(act, &e, err);
}

enum status outbox_queue(struct act *act, const struct notice *notice, int64_t due_at,
			 struct err *err)
{
	const struct outbox_row row = {.id = ROW_NULL,
				       .n = act->n,
				       .review = act->n,
				       .template = notice->template,
				       .recipient = RECIPIENT_AUTHOR,
				       .language = notice->language,
				       .reason = notice->reason_id,
				       .due_at = due_at,
				       .state = NOTICE_QUEUED};

	return rows_put(act->apply->rows, ROW_OUTBOX, &row, err);
}
