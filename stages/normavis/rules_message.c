/* normavis rules message - what an author would be told, for the review of templates. */
#include "rules_verb.h"

#include <stdio.h>
#include <stdlib.h>

#include "activation.h"
#include "alloc.h"
#include "clock.h"
#include "cmd.h"
#include "file.h"
#include "messages.h"
#include "pack.h"
#include "policy.h"
#include "rules_disk.h"
#include "utf8.h"

#define MESSAGES_PATH  "rules/messages.yaml"
#define TEXT_BYTES_MAX 65536 /* fields.def: text */
#define SPANS_MAX      64

struct telling {
	struct rules_disk disk;
	struct buf policy_pack, text, body, bytes;
	struct messages *messages;
	struct policy *policy;
	struct record record;
	struct hit_span spans[SPANS_MAX];
	size_t span_count;
	char *clauses;
	const char *reason;
};

static void telling_release(struct telling *t)
{
	messages_free(t->messages);
	policy_free(t->policy);
	rules_disk_release(&t->disk);
	buf_release(&t->policy_pack);
	buf_release(&t->text);
	buf_release(&t->body);
	buf_release(&t->bytes);
	free(t->clauses);
}

/* --- what the message is made of --------------------------------------------------------- */

static enum status load(struct telling *t, const struct installation *installation,
			struct err *err)
{
	OWNED(freep) char *path = activation_path(installation, MESSAGES_PATH);
	struct span bytes;
	enum status st = pack_find(&bytes, buf_view(&t->disk.pack), MESSAGES_PATH, NULL);

	if (st == ST_ENOTFOUND)
		return err_set(err, ST_ECONFIG,
			       "%s: there is none: no message can be written", path);
	if (!st)
		st = messages_load(&t->messages, path, bytes,
				   ruleset_reasons(t->disk.rules), err);
	if (!st)
		st = pack_build_policy(&t->policy_pack,
				       installation->options->pipeline.policy, err);
	return st ? st : policy_load(&t->policy, buf_view(&t->policy_pack), err);
}

static enum status check_reason(const struct telling *t, struct err *err)
{
	const struct reasons *reasons = ruleset_reasons(t->disk.rules);
	const char *near = reasons_nearest(reasons, t->reason);

	if (reasons_find(reasons, t->reason))
		return ST_OK;
	return err_set(err, ST_EUNKNOWN, "no reason is called '%s'%s%s%s", t->reason,
		       near ? "; did you mean '" : "", near ? near : "",
		       near ? "'?" : "");
}

static enum status read_text(struct telling *t, const struct rules_arguments *arguments,
			     struct err *err)
{
	static const char *const samples[REASON_LANGUAGES] = {
		"We waited for an hour and the soup was cold.",
		"Une heure d'attente, et une soupe froide."};
	const char *path = arguments->text;

	if (!path) {
		buf_text(&t->text,
			 samples[messages_language(span_of(arguments->language))]);
		return ST_OK;
	}
	enum status st = file_read(&t->text, path, err);
	if (!st && utf8_flaw(buf_view(&t->text)) != t->text.len)
		st = err_set(err, ST_EMALFORMED, "%s: not UTF-8", path);
	return st;
}

/* A review as collect would pass it on. */
static enum status make_record(struct telling *t, const char *language, struct err *err)
{
	struct record_head head = {
		.kind = KIND_REVIEW,
		.version = 1,
		.seq = 1,
		.received_at = clock_utc_ms(),
		.site = SPAN_OF("default"),
		.principal = SPAN_OF("anyone"),
	};

	uuid_mint(head.id, head.received_at);
	body_put_bytes(&t->body, FIELD_SOURCE, SPAN_OF("normavis"));
	body_put_bytes(&t->body, FIELD_SOURCE_ID, SPAN_OF("1"));
	body_put_bytes(&t->body, FIELD_SUBJECT, SPAN_OF("subject"));
	body_put_bytes(&t->body, FIELD_SUPPLIER, SPAN_OF("Chez Jules"));
	body_put_bytes(&t->body, FIELD_TEXT, buf_view(&t->text));
	body_put_bytes(&t->body, FIELD_LANGUAGE, span_of(language));
	record_put(&t->bytes, &head, buf_view(&t->body));
	return record_parse(&t->record, buf_view(&t->bytes), err);
}

/* The words that rules with the reason found, and what the first of these rests on; where
 * none holds, what the first rule with the reason rests on. */
static void note_rule(void *context, const struct ruleset_view *view)
{
	struct telling *t = context;

	if (!span_equal(view->hit.reason, span_of(t->reason)))
		return;
	if (!t->clauses || (view->holds && t->span_count == 0)) {
		free(t->clauses);
		t->clauses = xstrndup((const char *)view->hit.clauses.at,
				      view->hit.clauses.len);
	}
	for (size_t i = 0; view->holds && i < view->hit.span_count; i++)
		if (t->span_count < SPANS_MAX)
			t->spans[t->span_count++] = view->hit.spans[i];
}

static void pass_over(void *context, const struct ruleset_condition *condition)
{
	(void)context;
	(void)condition;
}

static void look_at_rules(struct telling *t)
{
	const struct findings findings = {.has_arrivals = false};
	const struct ruleset_listener listener = {
		.rule = note_rule, .condition = pass_over, .context = t};

	ruleset_use_profile(t->disk.rules, t->policy->profile);
	ruleset_explain(t->disk.rules, &t->record, &findings, &listener);
}

/* --- the message ------------------------------------------------------------------------- */

static enum status write_message(struct buf *out, const struct telling *t,
				 const struct rules_arguments *arguments,
				 enum action action, struct err *err)
{
	const struct message_facts facts = {
		.language = messages_language(span_of(arguments->language)),
		.action = action,
		.reason = arguments->reason,
		.ask = action == ACTION_AWAIT_AUTHOR ? ASK_ANSWER : ASK_NOTHING,
		.automatic = !arguments->note,
		.record = &t->record,
		.spans = t->spans,
		.span_count = t->span_count,
		.clauses = span_of(t->clauses),
		.note = span_of(arguments->note),
		.policy = t->policy,
		.site = SPAN_OF("example.org"),
		.terms_address = SPAN_OF("https://example.org/terms"),
		.resubmit_address = SPAN_OF("https://example.org/write"),
		.complaint_address = SPAN_OF("https://example.org/complain"),
	};

	return messages_write(out, t->messages, &facts, err);
}

static int tell(struct telling *t, const struct rules_arguments *arguments,
		const struct installation *installation, enum action action)
{
	OWNED(buf_release) struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);
	struct err err = {""};
	enum status st = load(t, installation, &err);

	if (!st)
		st = check_reason(t, &err);
	if (!st)
		st = read_text(t, arguments, &err);
	if (!st)
		st = make_record(t, arguments->language, &err);
	if (st)
		return cmd_failed(&cmd_rules, st, &err);
	look_at_rules(t);
	if (action == ACTION_REJECT && !arguments->note &&
	    messages_need_note(t->messages, arguments->reason))
		return cmd_usage(&cmd_rules,
				 "%s: say with --note which law or which order it rests "
				 "on",
				 arguments->reason);
	st = write_message(&out, t, arguments, action, &err);
	if (st)
		return cmd_failed(&cmd_rules, st, &err);
	fwrite(out.at, 1, out.len, stdout);
	return EXIT_CODE_OK;
}

static enum action action_of(const char *name)
{
	for (size_t i = 0; i < ACTION_COUNT; i++)
		if (strcmp(action_names[i], name) == 0)
			return (enum action)i;
	return ACTION_COUNT;
}

static int run(const struct rules_arguments *arguments,
	       const struct installation *installation)
{
	struct rules_arguments wanted = *arguments;
	enum action action = action_of(wanted.action ? wanted.action : "reject");

	if (!wanted.reason)
		return cmd_usage(&cmd_rules, "message: say for which --reason");
	if (!wanted.language)
		wanted.language = "en";
	if (strcmp(wanted.language, "en") != 0 && strcmp(wanted.language, "fr") != 0)
		return cmd_usage(&cmd_rules, "--language is en or fr, not '%s'",
				 wanted.language);
	if (action != ACTION_REJECT && action != ACTION_HOLD &&
	    action != ACTION_AWAIT_AUTHOR)
		return cmd_usage(&cmd_rules,
				 "--action is reject, hold or await-author, not '%s'",
				 wanted.action);
	OWNED(telling_release)
	struct telling t = {
		.policy_pack = BUF_INIT(PACK_BYTES_MAX),
		.text = BUF_INIT(TEXT_BYTES_MAX),
		.body = BUF_INIT(RECORD_BYTES_MAX),
		.bytes = BUF_INIT(RECORD_BYTES_MAX),
		.reason = wanted.reason,
	};
	int code = rules_disk_load(&t.disk, installation);
	return code ? code : tell(&t, &wanted, installation, action);
}

static const char *const options[] = {"reason", "language", "action",
				      "text",	"note",	    NULL};

const struct rules_verb rules_message = {"message", options, 0, run};
