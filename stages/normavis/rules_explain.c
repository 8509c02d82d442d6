/* normavis rules explain - why a review is decided as it is: rule by rule. */
#include "rules_verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "alloc.h"
#include "cmd.h"
#include "evasion.h"
#include "explained.h"
#include "file.h"
#include "language.h"
#include "pack.h"
#include "passage.h"
#include "policy.h"
#include "rules_disk.h"
#include "ruleset.h"
#include "utf8.h"

#define LINE_SHOWN 72 /* bytes of a condition as it is written */
#define RULE_SHOWN 65 /* of its id, or its reason, with the 0 */

struct explaining {
	struct explained explained;
	struct buf pack, policy_pack, json;
	struct ruleset *rules;
	struct policy *policy;
	bool as_json, nearer; /* nearer: the last rule is told in full */
	const char *file;     /* of that rule, in the pack */
	size_t passed;	      /* rules that nothing was found for */
	json_t *told;	      /* the rules */
	json_t *conditions;   /* of the last one */
	char rule[RULE_SHOWN], reason[RULE_SHOWN]; /* that decides; "" none */
	enum action action;
	size_t as_severe; /* live ones that hold and stand behind it by their id */
};

static void explaining_release(struct explaining *x)
{
	explained_release(&x->explained);
	ruleset_free(x->rules);
	policy_free(x->policy);
	buf_release(&x->pack);
	buf_release(&x->policy_pack);
	buf_release(&x->json);
}

/* --- telling ----------------------------------------------------------------------------- */

static const char *field_of(uint16_t tag, const struct record *record, struct span *ret)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (field_table[i].tag == tag) {
			*ret = record->field[i];
			return field_table[i].path;
		}
	return "";
}

/* What a condition says, from where it stands to the end of its line. */
static struct span source_of(const struct explaining *x, uint32_t line, uint32_t column)
{
	struct span bytes;

	if (pack_find(&bytes, buf_view(&x->pack), x->file, NULL))
		return SPAN_NONE;
	const uint8_t *at = bytes.at, *end = bytes.at + bytes.len;
	while (--line > 0 && at < end) {
		const uint8_t *next = memchr(at, '\n', (size_t)(end - at));
		at = next ? next + 1 : end;
	}
	at += MIN((size_t)column - 1, (size_t)(end - at));
	const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
	return (struct span){at, (size_t)((stop ? stop : end) - at)};
}

static const char *verdict(const struct ruleset_view *view)
{
	if (view->wins)
		return "holds, and decides";
	if (view->holds)
		return view->hit.mode == MODE_SHADOW ? "holds, in the shadow" : "holds";
	return view->applies ? "does not hold" : "is out of scope";
}

static const char *mode_name(enum rule_mode mode)
{
	return mode == MODE_LIVE ? "live" : "shadow";
}

/* An author's bytes on a terminal: what is no character to be seen is a blank. */
static void print_words(struct span words)
{
	const uint8_t *at = words.at, *end = at + words.len;

	for (const uint8_t *from = at; at < end; from = at) {
		uint32_t point = utf8_next(&at, end);
		if (point < 0x20 || (point >= 0x7F && point < 0xA0))
			putchar(' ');
		else
			fwrite(from, 1, (size_t)(at - from), stdout);
	}
}

static void print_spans(const struct explaining *x, const struct hit *hit)
{
	for (size_t i = 0; i < hit->span_count; i++) {
		const struct hit_span *span = &hit->spans[i];
		struct span value = SPAN_NONE;
		const char *path = field_of(span->tag, &x->explained.record, &value);

		printf("    %s %u..%u \"", path, span->start, span->start + span->len);
		print_words((struct span){value.at + span->start, span->len});
		puts("\"");
	}
}

static json_t *json_of_spans(const struct explaining *x, const struct hit *hit)
{
	json_t *ret = json_array();

	for (size_t i = 0; i < hit->span_count; i++) {
		struct span value = SPAN_NONE;
		const char *path =
			field_of(hit->spans[i].tag, &x->explained.record, &value);

		json_array_append_new(
			ret, json_pack("{s:s,s:I,s:I,s:s%}", "field", path, "start",
				       (json_int_t)hit->spans[i].start, "length",
				       (json_int_t)hit->spans[i].len, "words",
				       (const char *)value.at + hit->spans[i].start,
				       (size_t)hit->spans[i].len));
	}
	return ret;
}

static void tell_rule(void *context, const struct ruleset_view *view)
{
	struct explaining *x = context;

	x->nearer = view->near;
	x->file = view->file;
	x->passed += !view->near;
	if (view->wins) {
		x->action = view->hit.action;
		snprintf(x->rule, sizeof(x->rule), "%s", view->id);
		snprintf(x->reason, sizeof(x->reason), "%.*s", (int)view->hit.reason.len,
			 (const char *)view->hit.reason.at);
	}
	x->as_severe += view->holds && !view->wins && view->hit.mode == MODE_LIVE &&
			view->hit.action == x->action;
	if (!view->near)
		return;
	if (!x->as_json) {
		printf("\n%s: %s (%s%s%.*s, %s:%u)\n", view->id, verdict(view),
		       action_name(view->hit.action), view->hit.reason.len ? " " : "",
		       (int)view->hit.reason.len, (const char *)view->hit.reason.at,
		       view->file, view->line);
		print_spans(x, &view->hit);
		return;
	}
	x->conditions = json_array();
	json_array_append_new(
		x->told,
		json_pack("{s:s,s:s,s:I,s:s,s:s%,s:s,s:b,s:b,s:b,s:o,s:O}", "rule",
			  view->id, "file", view->file, "line", (json_int_t)view->line,
			  "action", action_name(view->hit.action), "reason",
			  (const char *)view->hit.reason.at, view->hit.reason.len, "mode",
			  mode_name(view->hit.mode), "applies", view->applies, "holds",
			  view->holds, "decides", view->wins, "spans",
			  json_of_spans(x, &view->hit), "conditions", x->conditions));
	json_decref(x->conditions);
}

static void tell_condition(void *context, const struct ruleset_condition *c)
{
	struct explaining *x = context;
	OWNED(buf_release) struct buf text = BUF_INIT(4 * LINE_SHOWN);

	passage_put_start(&text, source_of(x, c->line, c->column), LINE_SHOWN);
	if (x->as_json)
		json_array_append_new(
			x->conditions,
			json_pack("{s:I,s:I,s:I,s:b,s:b,s:o}", "line",
				  (json_int_t)c->line, "column", (json_int_t)c->column,
				  "depth", (json_int_t)c->depth, "holds", c->holds,
				  "elsewhere", c->elsewhere, "value",
				  c->has_value ? json_integer(c->value) : json_null()));
	else {
		if (c->elsewhere)
			buf_text(&text, "   (found, but in another language)");
		if (c->has_value)
			buf_format(&text, "   (it is %lld)", (long long)c->value);
		printf("    %*s%-3s %4u:%-3u %s\n", (int)c->depth * 2, "",
		       c->holds ? "yes" : "no", c->line, c->column, buf_string(&text));
	}
}

/* What signs, figures and gaps hid, a piece a line. */
static void print_hidden(const char *name, struct span text)
{
	const struct span border = SPAN_OF(EVASION_BORDER);

	while (text.len > border.len) {
		text = (struct span){text.at + border.len, text.len - border.len};
		const uint8_t *end = memmem(text.at, text.len, border.at, border.len);
		struct span piece = {text.at, end ? (size_t)(end - text.at) : text.len};

		printf("%s without what hides it: ", name);
		print_words(piece);
		putchar('\n');
		text = (struct span){text.at + piece.len, text.len - piece.len};
	}
}

static void print_read(const struct explaining *x, enum field field)
{
	const char *name = field_table[field].path;
	struct span match = ruleset_match(x->rules, field);

	if (match.len > 0) {
		printf("%s as it is read: ", name);
		print_words(match);
		putchar('\n');
	}
	print_hidden(name, ruleset_hidden(x->rules, field));
}

/* As conditions on languages see it. */
static struct language language_of_review(const struct explaining *x)
{
	const struct span *field = x->explained.record.field;

	return language_of(field[field[FIELD_TEXT].len ? FIELD_TEXT : FIELD_TITLE]);
}

static void print_head(const struct explaining *x, const char *hex)
{
	const struct explained *e = &x->explained;
	struct language language = language_of_review(x);

	printf("rules %.16s, profile %s\n", hex, x->policy->profile);
	if (e->outcome[0])
		printf("decided then: %s%s%s\n", e->outcome, e->rule[0] ? " by " : "",
		       e->rule);
	if (e->note[0])
		printf("note: %s\n", e->note);
	print_read(x, FIELD_DISPLAY_NAME);
	print_read(x, FIELD_TITLE);
	print_read(x, FIELD_TEXT);
	if (language.code[0])
		printf("language: %s, %u of 1000 sure\n", language.code, language.sure);
	else
		puts("language: nobody can tell");
}

static void print_end(const struct explaining *x)
{
	printf("\n%zu other rules found nothing that they look for\n", x->passed);
	if (x->rule[0])
		printf("so: %s%s%s, by %s%s\n", action_name(x->action),
		       x->reason[0] ? " " : "", x->reason, x->rule,
		       x->as_severe ? "; others are as severe, and behind it in order"
				    : "");
	else
		puts("so: accept, no rule decides otherwise");
}

static void print_json(struct explaining *x, const char *hex)
{
	const struct explained *e = &x->explained;
	struct span text = ruleset_match(x->rules, FIELD_TEXT);
	struct span title = ruleset_match(x->rules, FIELD_TITLE);
	struct span name = ruleset_match(x->rules, FIELD_DISPLAY_NAME);
	struct span hidden = ruleset_hidden(x->rules, FIELD_TEXT);
	struct language language = language_of_review(x);
	json_auto_t *all = json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:s%,s:s%,s:s%,s:s%,s:I,s:O,s:{s:s,s:s,s:s}}",
		"schema", "normavis.explain/1", "rules", hex, "profile",
		x->policy->profile, "outcome", e->outcome, "rule", e->rule, "note",
		e->note, "language", language.code, "sure", (json_int_t)language.sure,
		"title", title.len ? (const char *)title.at : "", title.len, "text",
		text.len ? (const char *)text.at : "", text.len, "display_name",
		name.len ? (const char *)name.at : "", name.len, "hidden",
		hidden.len ? (const char *)hidden.at : "", hidden.len, "passed",
		(json_int_t)x->passed, "near", x->told, "so", "action",
		action_name(x->rule[0] ? x->action : ACTION_ACCEPT), "rule", x->rule,
		"reason", x->reason);
	OWNED(freep) char *line = json_dumps(all, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	puts(line);
}

/* --- getting ready ----------------------------------------------------------------------- */

static enum status read_input(struct explaining *x,
			      const struct rules_arguments *arguments,
			      const struct installation *installation, struct err *err)
{
	if (arguments->operand[0])
		return explained_find(&x->explained, installation, arguments->operand[0],
				      err);
	enum status st = file_read(&x->json,
				   arguments->text ? arguments->text : "/dev/stdin", err);
	return st ? st : explained_read(&x->explained, buf_view(&x->json), err);
}

static enum status open_pack(struct buf *ret, const struct installation *installation,
			     const char *hex, struct err *err)
{
	uint8_t hash[SHA256_BYTES];

	if (!hex_parse(hash, SHA256_BYTES, span_of(hex)))
		return err_set(err, ST_ECORRUPT, "'%s' is no hash", hex);
	return pack_open(ret, installation->packs, hash, err);
}

/* With the patterns that a stage has compiled, where they are there: that takes seconds. */
static enum status load_compiled(struct explaining *x, const char *packs, struct err *err)
{
	uint8_t hash[SHA256_BYTES];

	pack_hash(hash, buf_view(&x->pack));
	OWNED(freep) char *cache = pack_path(packs, hash, ".hsdb");
	return ruleset_load(&x->rules, buf_view(&x->pack),
			    access(cache, R_OK) == 0 ? cache : NULL, err);
}

/* Those that decided it; where nothing did, or --disk: as they stand on disk. */
static enum status load_rules(struct explaining *x,
			      const struct rules_arguments *arguments,
			      const struct installation *installation, struct err *err)
{
	const struct explained *e = &x->explained;
	const struct pipeline_options *o = &installation->options->pipeline;
	bool then = e->rules[0] && e->policy[0] && !arguments->disk;
	enum status st = then ? open_pack(&x->pack, installation, e->rules, err)
			      : pack_build(&x->pack, o->rules, err);

	if (!st)
		st = then ? open_pack(&x->policy_pack, installation, e->policy, err)
			  : pack_build_policy(&x->policy_pack, o->policy, err);
	if (!st)
		st = load_compiled(x, installation->packs, err);
	if (!st)
		st = policy_load(&x->policy, buf_view(&x->policy_pack), err);
	if (!st)
		ruleset_use_profile(x->rules, x->policy->profile);
	return st;
}

static int run(const struct rules_arguments *arguments,
	       const struct installation *installation)
{
	OWNED(explaining_release)
	struct explaining x = {.pack = BUF_INIT(PACK_BYTES_MAX),
			       .policy_pack = BUF_INIT(PACK_BYTES_MAX),
			       .json = BUF_INIT(RECORD_BYTES_MAX),
			       .as_json = arguments->json};
	json_auto_t *told = json_array();
	struct ruleset_listener listener = {tell_rule, tell_condition, &x};
	char hex[HEX_BYTES(SHA256_BYTES)];
	struct err err;
	enum status st = read_input(&x, arguments, installation, &err);

	if (!st)
		st = load_rules(&x, arguments, installation, &err);
	if (st)
		return cmd_failed(&cmd_rules, st, &err);
	x.told = told;
	hex_format(hex, ruleset_hash(x.rules), SHA256_BYTES);
	if (!x.as_json) {
		struct hit hits[HITS_MAX];

		/* It is read once before, so that what was read can be printed first. */
		(void)ruleset_evaluate(x.rules, &x.explained.record,
				       &x.explained.findings, hits);
		print_head(&x, hex);
	}
	ruleset_explain(x.rules, &x.explained.record, &x.explained.findings, &listener);
	if (x.as_json)
		print_json(&x, hex);
	else
		print_end(&x);
	return EXIT_CODE_OK;
}

static const char *const options[] = {"json", "text", "disk", NULL};

const struct rules_verb rules_explain = {
	.name = "explain", .options = options, .operands = 1, .run = run};
