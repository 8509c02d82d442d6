#include "activation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "alloc.h"
#include "catalogue.h"
#include "clock.h"
#include "criticism_shipped.h"
#include "file.h"
#include "ground.h"
#include "journal.h"
#include "messages.h"
#include "nearest.h"
#include "pack.h"
#include "policy.h"
#include "ruleset.h"
#include "segment.h"

#define SOURCE	     "normavis"
#define BUSY_MS	     30000
#define RULES_AT     "rules/" /* in the pack, wherever the directory stands */
#define REASONS_AT   "rules/reasons.yaml"
#define POLICY_AT    "rules/policy.yaml"
#define CRITICISM_AT "rules/controls/criticism.yaml"
#define MESSAGES_AT  "rules/messages.yaml"

void activation_release(struct activation *a)
{
	buf_release(&a->rules);
	buf_release(&a->policy);
	conf_report_release(&a->unavailable);
}

/* --- reading ---------------------------------------------------------------------------- */

char *activation_path(const struct installation *i, const char *path)
{
	const struct pipeline_options *o = &i->options->pipeline;

	if (strcmp(path, POLICY_AT) == 0)
		return xstrdup(o->policy);
	if (strncmp(path, RULES_AT, strlen(RULES_AT)) == 0)
		return xasprintf("%s/%s", o->rules, path + strlen(RULES_AT));
	return xstrdup(path);
}

struct complaints {
	struct conf_report *report;
	const struct installation *installation;
};

static void complain_at(const struct complaints *c, const char *path,
			struct conf_place place, const char *text)
{
	OWNED(freep) char *real = activation_path(c->installation, path);

	conf_complain(c->report, real, place, "%s", text);
}

/* Complaints name files as the pack does. */
static void complain_all(const struct complaints *c, const struct conf_report *from)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct conf_complaint *at = &from->at[i];
		complain_at(c, at->file, (struct conf_place){at->line, at->column, true},
			    at->text);
	}
	c->report->left_out += from->left_out;
}

static void complain_err(const struct complaints *c, const char *file,
			 const struct err *err)
{
	OWNED(conf_report_release) struct conf_report one = {0};

	conf_complain_err(&one, file, err);
	complain_all(c, &one);
}

static void complain_example(void *context, const struct ruleset_example *example)
{
	const struct complaints *c = context;

	if (example->must_match == example->matched)
		return;
	OWNED(freep)
	char *text = xasprintf("rule %s: this example must %smatch, and does%s",
			       example->rule, example->must_match ? "" : "not ",
			       example->matched ? "" : " not");
	complain_at(c, example->file,
		    (struct conf_place){example->line, example->column, true}, text);
}

/* Old sets are loaded without them; none is put in force without them: whoever is refused or
 * held is told why. */
static void need_messages(const struct activation *a, const struct reasons *reasons,
			  const struct complaints *complaints)
{
	OWNED(messages_freep) struct messages *messages = NULL;
	struct span bytes;
	struct err err = {""};

	if (pack_find(&bytes, buf_view(&a->rules), MESSAGES_AT, NULL))
		complain_at(complaints, MESSAGES_AT, (struct conf_place){1, 1, false},
			    "what authors are told is missing: whoever is refused or "
			    "restricted is told why (FR-04, AF-27, DSA-11)");
	else if (messages_load(&messages, MESSAGES_AT, bytes, reasons, &err) ||
		 messages_check(messages, &err))
		complain_err(complaints, MESSAGES_AT, &err);
}

/* Old sets are loaded with the reasons they had; none is put in force but with the closed
 * list. */
static void need_catalogue(const struct activation *a,
			   const struct complaints *complaints)
{
	OWNED(conf_report_release) struct conf_report wrong = {0};
	struct span bytes;

	if (pack_find(&bytes, buf_view(&a->rules), REASONS_AT, NULL))
		return; /* without it no set loads */
	catalogue_check(REASONS_AT, bytes, &wrong);
	complain_all(complaints, &wrong);
}

/* Old sets are loaded without them; none is put in force without them, or with fewer than were
 * shipped. */
static void need_criticism(const struct activation *a, const struct reasons *reasons,
			   const struct complaints *complaints)
{
	OWNED(conf_report_release) struct conf_report wrong = {0};
	struct span bytes;

	if (!pack_find(&bytes, buf_view(&a->rules), CRITICISM_AT, NULL)) {
		criticism_shipped_check(buf_view(&a->rules), reasons, &wrong);
		complain_all(complaints, &wrong);
		return;
	}
	OWNED(freep)
	char *text = xasprintf("the harsh opinions that no rule may touch are missing: "
			       "without them nobody can tell that no rule moderates the "
			       "tone (%s)",
			       reasons_cite(reasons, "U-NEG"));
	complain_at(complaints, CRITICISM_AT, (struct conf_place){1, 1, false}, text);
}

/* A rule that nobody asks would be a promise that is not kept. */
static void need_reviews(const struct ruleset *rules, const struct complaints *complaints)
{
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		struct ruleset_ground g;

		(void)ruleset_ground(rules, i, "", &g);
		if (g.kinds == KIND_BIT(KIND_REVIEW))
			continue;
		OWNED(freep)
		char *text = xasprintf("rule %s: rules are asked about reviews alone, "
				       "its scope names other kinds",
				       g.rule);
		complain_at(complaints, g.file, (struct conf_place){g.rule_line, 1, true},
			    text);
	}
}

/* Old sets are loaded with rules that ask an author without saying why; none is put in force:
 * whoever is kept waiting is told the reason too. */
static void need_reasons(const struct ruleset *rules, const struct complaints *complaints)
{
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		struct ruleset_ground g;

		(void)ruleset_ground(rules, i, "", &g);
		if (!ground_restricts(g.action) || g.reason[0])
			continue;
		OWNED(freep)
		char *text = xasprintf("rule %s: 'reason' is missing: no review is kept "
				       "waiting without one (%s; FR-04, DSA-11)",
				       g.rule,
				       reasons_cite(ruleset_reasons(rules), "U-OTHER"));
		complain_at(complaints, g.file, (struct conf_place){g.rule_line, 1, true},
			    text);
	}
}

/* The model that the writer may have meant, or NULL. */
static const char *near_model(const struct ruleset *rules, const char *name)
{
	const char *known[MODELS_MAX + 1] = {NULL};
	size_t count;
	const struct classifier *const *all = models_all(ruleset_models(rules), &count);

	for (size_t i = 0; i < count; i++)
		known[i] = classifier_about(all[i])->name;
	return nearest_name(name, known);
}

static void note_unavailable(struct activation *a, const struct installation *i,
			     const struct ruleset *rules)
{
	size_t count;
	const struct ruleset_missing *missing = ruleset_missing(rules, &count);

	for (size_t k = 0; k < count; k++) {
		OWNED(freep) char *path = activation_path(i, missing[k].file);
		const char *near = near_model(rules, missing[k].model);
		conf_complain(
			&a->unavailable, path,
			(struct conf_place){missing[k].line, missing[k].column, true},
			"no model '%s' in rules/models%s%s%s: the condition is "
			"unavailable and never holds (docs/MODELS.md)",
			missing[k].model, near ? " (did you mean '" : "",
			near ? near : "", near ? "'?)" : "");
	}
}

static void read_rules(struct activation *a, const struct installation *i, bool keep,
		       struct conf_report *report, struct ruleset **ret_rules)
{
	const char *dir = i->options->pipeline.rules;
	struct complaints complaints = {report, i};
	OWNED(conf_report_release) struct conf_report wrong = {0};
	struct err err = {""};

	if (pack_build(&a->rules, dir, &err)) {
		complain_err(&complaints, dir, &err);
		return;
	}
	pack_hash(a->rules_hash, buf_view(&a->rules));
	need_catalogue(a, &complaints);
	OWNED(freep) char *cache = pack_path(i->packs, a->rules_hash, ".hsdb");
	if (ruleset_judge(ret_rules, buf_view(&a->rules), keep ? cache : NULL, &wrong,
			  NULL)) {
		complain_all(&complaints, &wrong);
		return;
	}
	note_unavailable(a, i, *ret_rules);
	a->rule_count = ruleset_count(*ret_rules);
	a->reason_count = reasons_count(ruleset_reasons(*ret_rules));
	need_messages(a, ruleset_reasons(*ret_rules), &complaints);
	need_criticism(a, ruleset_reasons(*ret_rules), &complaints);
	need_reviews(*ret_rules, &complaints);
	need_reasons(*ret_rules, &complaints);
	(void)ruleset_test(*ret_rules, complain_example, &complaints);
}

static void read_policy(struct activation *a, const struct installation *i,
			struct conf_report *report, struct policy **ret_policy)
{
	const char *path = i->options->pipeline.policy;
	struct err err = {""};
	enum status st = pack_build_policy(&a->policy, path, &err);

	if (st == ST_OK) {
		pack_hash(a->policy_hash, buf_view(&a->policy));
		st = policy_load(ret_policy, buf_view(&a->policy), &err);
	}
	if (st)
		complain_err(&(const struct complaints){report, i}, path, &err);
	else
		snprintf(a->profile, sizeof(a->profile), "%s", (*ret_policy)->profile);
}

static void compare_reasons(const struct policy *policy, const struct reasons *reasons,
			    const char *path, struct conf_report *report)
{
	for (const char *const *code = policy->reasons; *code; code++)
		if (!reasons_find(reasons, *code))
			conf_complain(report, path, (struct conf_place){1, 1, false},
				      "reasons: '%s' is not in reasons.yaml", *code);
}

/* A reason that no reader of the terms can find is none, whatever the catalogue has. */
static void compare_rules(const struct policy *policy, const struct ruleset *rules,
			  const struct complaints *complaints)
{
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		struct ruleset_ground g;

		if (!ruleset_ground(rules, i, policy->profile, &g) ||
		    g.mode != MODE_LIVE || !g.reason[0] ||
		    policy_allows(policy, g.reason))
			continue;
		OWNED(freep)
		char *text = xasprintf(
			"rule %s: the policy does not declare '%s' (%s)", g.rule,
			g.reason, reasons_cite(ruleset_reasons(rules), "U-HIDDENRULE"));
		complain_at(complaints, g.file,
			    (struct conf_place){g.line, g.column, true}, text);
	}
}

static void empty(struct activation *a)
{
	*a = (struct activation){.rules = BUF_INIT(PACK_BYTES_MAX),
				 .policy = BUF_INIT(PACK_BYTES_MAX)};
}

enum status activation_pack(struct activation *ret,
			    const struct installation *installation, struct err *err)
{
	empty(ret);
	enum status st =
		pack_build(&ret->rules, installation->options->pipeline.rules, err);
	if (st == ST_OK)
		st = pack_build_policy(&ret->policy,
				       installation->options->pipeline.policy, err);
	if (st)
		return st;
	pack_hash(ret->rules_hash, buf_view(&ret->rules));
	pack_hash(ret->policy_hash, buf_view(&ret->policy));
	return ST_OK;
}

enum status activation_read(struct activation *ret,
			    const struct installation *installation, bool keep,
			    struct conf_report *report, struct err *err)
{
	OWNED(ruleset_freep) struct ruleset *rules = NULL;
	OWNED(policy_freep) struct policy *policy = NULL;

	empty(ret);
	read_rules(ret, installation, keep, report, &rules);
	read_policy(ret, installation, report, &policy);
	if (rules && policy) {
		compare_reasons(policy, ruleset_reasons(rules),
				installation->options->pipeline.policy, report);
		compare_rules(policy, rules,
			      &(const struct complaints){report, installation});
	}
	return conf_report_first(report, err);
}

enum status activation_store(const struct activation *a,
			     const struct installation *installation, struct err *err)
{
	uint8_t hash[SHA256_BYTES];
	enum status st = file_make_dirs(installation->packs, 0700, err);

	if (st == ST_OK)
		st = pack_store(installation->packs, buf_view(&a->rules), hash, err);
	if (st == ST_OK)
		st = pack_store(installation->packs, buf_view(&a->policy), hash, err);
	return st;
}

/* --- in force --------------------------------------------------------------------------- */

enum status activation_in_force(struct in_force *ret,
				const struct installation *installation, struct err *err)
{
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	OWNED(journal_reader_closep) struct journal_reader *reader = NULL;
	enum journal_item item;
	struct span bytes;
	const char *reason;
	uint64_t seq;

	*ret = (struct in_force){.last_seq = 0};
	enum status st = segment_list_read(&list, installation->journal, err);
	if (st || list.count == 0)
		return st == ST_ENOTFOUND ? ST_OK : st;
	/* The last segment says in its head what was in force before it. */
	ret->last_seq = list.first_seq[list.count - 1] - 1;
	st = journal_reader_open(&reader, installation->journal, ret->last_seq + 1, err);
	while (st == ST_OK) {
		st = journal_read(reader, &item, &bytes, &seq, &reason, err);
		if (st || item == JOURNAL_END)
			break;
		ret->last_seq += item == JOURNAL_RECORD;
	}
	if (st == ST_OK) /* damage would show an older state as the one of now */
		st = journal_reader_check_end(reader, err);
	if (st == ST_OK)
		journal_reader_in_force(reader, ret->rules_hash, ret->policy_hash);
	return st;
}

/* --- submitting ------------------------------------------------------------------------- */

struct outcome {
	uint64_t seq[2]; /* by tag */
	bool refused;
	char why[ERR_BYTES];
};

static void note_answer(void *context, const struct client_answer *answer)
{
	struct outcome *outcome = context;

	outcome->seq[answer->tag] = answer->seq;
	if (answer->verdict != CLIENT_REFUSED)
		return;
	outcome->refused = true;
	snprintf(outcome->why, sizeof(outcome->why), "%s: %s", answer->reason,
		 answer->detail);
}

/* An id of its own each time: the same rules may come back after others. */
static enum status put_record(struct client *c, const char *what, uint64_t tag,
			      const uint8_t hash[SHA256_BYTES], struct err *err)
{
	char hex[HEX_BYTES(SHA256_BYTES)], id[UUID_TEXT_BYTES], now[CLOCK_TEXT_BYTES];
	uint8_t uuid[UUID_BYTES];
	int64_t now_ms = clock_utc_ms();

	uuid_mint(uuid, now_ms);
	json_auto_t *record =
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "kind", "activation", "source",
			  SOURCE, "source_id", uuid_format(id, uuid), "submitted_at",
			  clock_format(now, now_ms), "activates", what, "hash",
			  hex_format(hex, hash, SHA256_BYTES));
	OWNED(freep) char *line = json_dumps(record, JSON_COMPACT);

	return client_put(c, span_of(line), tag, err);
}

enum status activation_submit(const struct activation *a,
			      const struct installation *installation,
			      uint64_t *ret_rules_seq, uint64_t *ret_policy_seq,
			      struct err *err)
{
	OWNED(client_closep) struct client *client = NULL;
	struct outcome outcome = {.refused = false};
	struct in_force now;
	enum status st = activation_in_force(&now, installation, err);
	bool rules =
		st == ST_OK && memcmp(now.rules_hash, a->rules_hash, SHA256_BYTES) != 0;
	bool policy =
		st == ST_OK && memcmp(now.policy_hash, a->policy_hash, SHA256_BYTES) != 0;
	const struct client_options options = {.endpoint = ADMIN,
					       .busy_ms = BUSY_MS,
					       .answered = note_answer,
					       .context = &outcome};

	*ret_rules_seq = *ret_policy_seq = 0;
	if (st || (!rules && !policy))
		return st;
	st = client_open(&client, installation, &options, err);
	/* The policy first: no record must meet rules without one. */
	if (st == ST_OK && policy)
		st = put_record(client, "policy", 1, a->policy_hash, err);
	if (st == ST_OK && rules)
		st = put_record(client, "rules", 0, a->rules_hash, err);
	if (st == ST_OK)
		st = client_flush(client, err);
	if (st)
		return st;
	if (outcome.refused)
		return err_set(err, ST_ECONFIG, "the intake refused the activation: %s",
			       outcome.why);
	*ret_rules_seq = outcome.seq[0];
	*ret_policy_seq = outcome.seq[1];
	return ST_OK;
}
