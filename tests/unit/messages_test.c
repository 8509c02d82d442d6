#include "messages.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "pack.h"
#include "utf8.h"
#include "yaml.h"

#define TEXT_TAG 25

/* --- a small file ---------------------------------------------------------------------- */

static const char catalogue[] =
	"version: 1\n"
	"lawful:\n"
	"  - {code: L-SPAM, label: {en: Spam, fr: Publicité}, evidence: e,\n"
	"     explanation: {en: You advertise., fr: \"Vous annoncez ; c'est dit.\"},\n"
	"     dsa: {ground: incompatible, category: C}}\n"
	"  - {code: L-COURT, label: {en: Order, fr: Ordre}, evidence: e,\n"
	"     explanation: {en: A court., fr: Un juge.}}\n"
	"conditional: []\n"
	"unlawful: []\n";

static const char small[] =
	"version: 1\n"
	"months:\n"
	"  en: [Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, Nov, Dec]\n"
	"  fr: [janv., févr., mars, avr., mai, juin, juil., août, sept., oct., nov., déc.]\n"
	"untitled: {en: rating, fr: note}\n"
	"fields: {title: {en: title, fr: titre}, text: {en: text, fr: texte},\n"
	"  display_name: {en: name, fr: nom}}\n"
	"passage: {en: \"{field}: {quote}\", fr: \"{field} : « {quote} »\"}\n"
	"asks: {answer: {en: A, fr: A}, contact: {en: C, fr: C}, proof: {en: P, fr: P}}\n"
	"grounds: {illegal: {en: law, fr: loi}, incompatible: {en: \"terms {terms}\", "
	"fr: \"conditions {terms}\"}}\n"
	"resubmit: {again: {en: \"again {resubmit_address}\", fr: \"encore {resubmit_address}\"}}\n"
	"out_of_court: {en: body, fr: organe}\n"
	"parts:\n"
	"  who: {en: \"{site} {supplier} {received_on} {decide_by}\", fr: \"{site} {received_on}\"}\n"
	"  why: {en: \"{reason_label}: {explanation}\", fr: \"{reason_label} : {explanation}\"}\n"
	"  own: {en: \"{own}\", fr: \"{own}\"}\n"
	"  what: {en: \"You wrote:\\n{passages}\", fr: \"Vous avez écrit :\\n{passages}\"}\n"
	"  clauses: {en: \"{clauses}\", fr: \"{clauses}\"}\n"
	"  rest: {en: \"{ground} / {decider}\", fr: \"{ground} / {decider}\"}\n"
	"  more: {en: \"{resubmit}\", fr: \"{resubmit}\"}\n"
	"  note: {en: \"{note}\", fr: \"{note}\"}\n"
	"  ask: {en: \"{ask}\", fr: \"{ask}\"}\n"
	"  court: {en: \"{out_of_court}\", fr: \"{out_of_court}\"}\n"
	"messages:\n"
	"  reject: {subject: {en: \"No “{review_title}”\", fr: \"Non « {review_title} »\"},\n"
	"    machine: {en: machine, fr: machine}, person: {en: person, fr: personne},\n"
	"    body: [who, why, own, what, note, clauses, rest, more, court]}\n"
	"  hold: {subject: {en: Held, fr: Attente}, machine: {en: m, fr: m},\n"
	"    person: {en: p, fr: p}, body: [who, why, own]}\n"
	"  await-author: {subject: {en: Asked, fr: Question}, machine: {en: m, fr: m},\n"
	"    person: {en: p, fr: p}, body: [why, ask]}\n"
	"clauses: {ISO: {en: iso, fr: norme iso}, ISO-05: {en: iso 5, fr: iso 5},\n"
	"  US: {en: us, fr: us, profiles: [us]}}\n"
	"reasons:\n"
	"  L-SPAM: {resubmit: again, hold: {en: held own, fr: propre}}\n"
	"  L-COURT: {resubmit: none, needs_note: true}\n";

static const struct policy policy = {
	.profile = "nf-iso-20488",
	.hold_days = 7,
	.complaint_months = 6,
	.complaint_days = 15,
	.terms = "3",
};

/* Of a record what messages read; the texts are the caller's. */
static struct record review(const char *title, const char *text)
{
	static const uint8_t id[UUID_BYTES] = {1, 2, 3};
	struct record r = {.id = id, .received_at = 1793491200000}; /* 2026-11-01 */

	r.field[FIELD_SUPPLIER] = SPAN_OF("p-1");
	r.field[FIELD_TITLE] = title ? span_of(title) : SPAN_NONE;
	r.field[FIELD_TEXT] = text ? span_of(text) : SPAN_NONE;
	return r;
}

static struct message_facts facts_of(const struct record *r)
{
	return (struct message_facts){
		.language = REASON_EN,
		.action = ACTION_REJECT,
		.reason = "L-SPAM",
		.record = r,
		.policy = &policy,
		.site = SPAN_OF("Reviews"),
		.terms_address = SPAN_OF("https://a.example/terms"),
		.resubmit_address = SPAN_OF("https://a.example/write"),
		.complaint_address = SPAN_OF("https://a.example/complain"),
	};
}

static struct reasons *load_reasons(void)
{
	struct reasons *reasons = NULL;
	struct err err = {""};

	if (reasons_load(&reasons, "r.yaml", SPAN_OF(catalogue), &err))
		fail_msg("%s", err.text);
	return reasons;
}

static void a_template_is_filled_in(void **state)
{
	(void)state;
	OWNED(reasons_freep) struct reasons *reasons = load_reasons();
	OWNED(messages_freep) struct messages *m = NULL;
	struct record r = review("Best\nshop", "Visit shop.example now, it's good");
	struct message_facts facts = facts_of(&r);
	const struct hit_span spans[] = {{TEXT_TAG, 6, 12}};
	OWNED(buf_release) struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);
	struct err err = {""};

	if (messages_load(&m, "m.yaml", SPAN_OF(small), reasons, &err))
		fail_msg("%s", err.text);
	facts.spans = spans;
	facts.span_count = ARRAY_LEN(spans);
	facts.clauses = SPAN_OF("ISO-05, US-13, ISO-31,ISO-05");
	facts.automatic = true;
	assert_int_equal(messages_write(&out, m, &facts, NULL), ST_OK);
	assert_string_equal(buf_string(&out),
			    "No “Best shop”\n\n"
			    "Reviews p-1 1 Nov 2026 8 Nov 2026\n\n"
			    "Spam: You advertise.\n\n"
			    "You wrote:\ntext: Visit [shop.example] now, it's good\n\n"
			    "iso 5, iso\n\n"
			    "terms 3 / machine\n\n"
			    "again https://a.example/write\n");

	/* French signs; the author's own stay. */
	buf_clear(&out);
	facts.language = REASON_FR;
	facts.automatic = false;
	facts.note = SPAN_OF("voir là");
	assert_int_equal(messages_write(&out, m, &facts, NULL), ST_OK);
	assert_string_equal(
		buf_string(&out),
		"Non «\u202FBest shop\u202F»\n\n"
		"Reviews 1er nov. 2026\n\n"
		"Publicité\u00A0: Vous annoncez\u202F; c\u2019est dit.\n\n"
		"Vous avez écrit\u00A0:\n"
		"texte\u00A0: «\u202FVisit [shop.example] now, it's good\u202F»\n\n"
		"voir là\n\n"
		"iso 5, norme iso\n\n"
		"conditions 3 / personne\n\n"
		"encore https://a.example/write\n");
}

static void what_has_nothing_to_say_is_left_out(void **state)
{
	(void)state;
	OWNED(reasons_freep) struct reasons *reasons = load_reasons();
	OWNED(messages_freep) struct messages *m = NULL;
	struct record r = review(NULL, NULL);
	struct message_facts facts = facts_of(&r);
	/* Of an erased text, of the title of a review without one, of a date. */
	const struct hit_span spans[] = {{TEXT_TAG, 0, 4}, {24, 0, 4}, {28, 0, 4}};
	struct policy platform = policy;
	OWNED(buf_release) struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);

	assert_int_equal(messages_load(&m, "m.yaml", SPAN_OF(small), reasons, NULL),
			 ST_OK);
	facts.reason = "L-COURT";
	facts.note = SPAN_OF("Order 7");
	facts.spans = spans;
	facts.span_count = ARRAY_LEN(spans);
	platform.dsa_role = DSA_PLATFORM;
	facts.policy = &platform;
	assert_int_equal(messages_write(&out, m, &facts, NULL), ST_OK);
	assert_string_equal(buf_string(&out), "No “rating”\n\n"
					      "Reviews p-1 1 Nov 2026 8 Nov 2026\n\n"
					      "Order: A court.\n\n"
					      "Order 7\n\n"
					      "body\n");

	buf_clear(&out);
	facts.action = ACTION_HOLD;
	facts.reason = "L-SPAM";
	facts.supplier = SPAN_OF("Chez Léa");
	assert_int_equal(messages_write(&out, m, &facts, NULL), ST_OK);
	assert_string_equal(buf_string(&out),
			    "Held\n\nReviews Chez Léa 1 Nov 2026 8 Nov 2026\n\n"
			    "held own\n");

	buf_clear(&out);
	facts.action = ACTION_AWAIT_AUTHOR;
	facts.reason = NULL;
	facts.ask = ASK_PROOF;
	assert_int_equal(messages_write(&out, m, &facts, NULL), ST_OK);
	assert_string_equal(buf_string(&out), "Asked\n\nP\n");
}

static void a_message_with_a_hole_is_refused(void **state)
{
	(void)state;
	OWNED(reasons_freep) struct reasons *reasons = load_reasons();
	OWNED(messages_freep) struct messages *m = NULL;
	struct record r = review("T", "text");
	struct policy silent = policy;
	OWNED(buf_release) struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);
	struct message_facts rows[7];
	static const struct {
		enum status st;
		const char *says;
	} expected[] = {
		{ST_ECONFIG, "'{site}'"},
		{ST_ECONFIG, "'{terms}'"},
		{ST_EUNKNOWN, "L-NONE"},
		{ST_ECONFIG, "U-NOTICE"},
		{ST_ECONFIG, "L-COURT needs a note"},
		{ST_EUNKNOWN, "label"},
		{ST_ECONFIG, "'{resubmit_address}'"},
	};

	assert_int_equal(messages_load(&m, "m.yaml", SPAN_OF(small), reasons, NULL),
			 ST_OK);
	silent.terms = NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		rows[i] = facts_of(&r);
	rows[0].site = SPAN_NONE;
	rows[1].policy = &silent;
	rows[2].reason = "L-NONE";
	rows[3].reason = NULL;
	rows[4].reason = "L-COURT";
	rows[5].action = ACTION_LABEL;
	rows[6].resubmit_address = SPAN_OF(" ");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = {""};

		buf_clear(&out);
		assert_int_equal(messages_write(&out, m, &rows[i], &err), expected[i].st);
		if (!strstr(err.text, expected[i].says))
			fail_msg("row %zu: %s", i, err.text);
	}
	struct message_facts fine = facts_of(&r);
	OWNED(buf_release) struct buf little = BUF_INIT(40);
	assert_int_equal(messages_write(&little, m, &fine, NULL), ST_ETOOBIG);
	assert_true(messages_need_note(m, "L-COURT"));
	assert_false(messages_need_note(m, "L-SPAM"));
}

static void what_is_wrong_in_the_file_is_said_with_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *complaint;
	} rows[] = {
		{"version: 1", "version: 2", "m.yaml:1:10: 2 is not in 1..1"},
		{"[Jan,", "[", "m.yaml:3:7: expected twelve months"},
		{"untitled: {en: rating, fr: note}", "untitled: {en: rating}",
		 "m.yaml:5:11: 'fr' is missing"},
		{"fr: note}", "fr: ''}", "m.yaml:5:28: an empty text"},
		{"fr: note}", "fr: note, de: Note}", "unknown key 'de'"},
		{"{supplier}", "{suplier}",
		 "m.yaml:14:13: unknown placeholder '{suplier}', did you mean '{supplier}'?"},
		{"{supplier}", "{supplier", "m.yaml:14:13: a brace without its other"},
		{"{supplier}", "supplier}", "m.yaml:14:13: a brace without its other"},
		{"{supplier}", "{}", "unknown placeholder '{}'"},
		{"{supplier}", "{{supplier}}", "a brace without its other"},
		{"{supplier}", "{quote}", "'{quote}' has no place in this text"},
		{"{en: \"again {resubmit_address}\"", "{en: \"again {ground}\"",
		 "'{ground}' has no place in this text"},
		{"{en: Held,", "{en: \"{passages}\",", "'{passages}' has no place"},
		{"[why, ask]", "[why, asks]", "no part is called 'asks'"},
		{"[why, ask]", "[]", "expected a list of 1 to 32 parts"},
		{"  hold: {subject", "  held: {subject", "unknown key 'held'"},
		{"resubmit: none", "resubmit: agan", "'agan' is neither none nor"},
		{"L-COURT: {", "L-CURT: {",
		 "no reason is called 'L-CURT', did you mean 'L-COURT'?"},
		{"  L-COURT: {resubmit: none, needs_note: true}\n", "",
		 "m.yaml:35:3: 'L-COURT' is missing"},
		{"needs_note: true", "needs_note: yes", "expected true or false"},
		{"profiles: [us]", "profiles: us", "expected a list of profiles"},
		{"out_of_court: {en: body", "out_of_cort: {en: body",
		 "did you mean 'out_of_court'?"},
	};
	OWNED(reasons_freep) struct reasons *reasons = load_reasons();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf text = BUF_INIT(1 << 16);
		const char *at = strstr(small, rows[i].from);
		struct messages *m = NULL;
		struct err err = {""};

		assert_non_null(at);
		buf_bytes(&text, small, (size_t)(at - small));
		buf_text(&text, rows[i].to);
		buf_text(&text, at + strlen(rows[i].from));
		assert_int_equal(
			messages_load(&m, "m.yaml", buf_view(&text), reasons, &err),
			ST_ECONFIG);
		if (!strstr(err.text, rows[i].complaint))
			fail_msg("row %zu: %s", i, err.text);
	}
}

/* --- the shipped file ------------------------------------------------------------------ */

struct shipped {
	struct reasons *reasons;
	struct messages *messages;
	struct policy *policy;
};

static void shipped_release(struct shipped *s)
{
	messages_free(s->messages);
	reasons_free(s->reasons);
	policy_free(s->policy);
}

static void load_shipped(struct shipped *ret)
{
	OWNED(buf_release) struct buf text = BUF_INIT(YAML_BYTES_MAX);
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	struct err err = {""};
	enum status st = file_read(&text, "rules/reasons.yaml", &err);

	if (!st)
		st = reasons_load(&ret->reasons, "rules/reasons.yaml", buf_view(&text),
				  &err);
	if (!st)
		st = file_read(&text, "rules/messages.yaml", &err);
	if (!st)
		st = messages_load(&ret->messages, "rules/messages.yaml", buf_view(&text),
				   ret->reasons, &err);
	if (!st)
		st = pack_build_policy(&pack, "rules/policy.yaml", &err);
	if (!st)
		st = policy_load(&ret->policy, buf_view(&pack), &err);
	if (st)
		fail_msg("%s", err.text);
}

/* No paragraph may be empty, and none may stand twice. */
static void look_at_paragraphs(const char *code, const char *message)
{
	OWNED(freep) char *copy = xstrdup(message);
	const char *seen[64];
	size_t count = 0;

	if (message[strlen(message) - 1] != '\n' || strstr(message, "\n\n\n"))
		fail_msg("%s: an empty paragraph:\n%s", code, message);
	for (char *at = copy, *end; *at; at = end) {
		end = strstr(at, "\n\n");
		if (end) {
			*end = '\0';
			end += 2;
		} else {
			end = at + strlen(at);
		}
		for (size_t i = 0; i < count; i++)
			if (strcmp(seen[i], at) == 0)
				fail_msg("%s: twice: %s", code, at);
		if (utf8_shows_nothing(span_of(at)))
			fail_msg("%s: an empty paragraph", code);
		seen[count++] = at;
	}
}

/* A line may not begin with one of these signs: the space before is never a plain one. */
static void look_at_french(const char *code, const char *message)
{
	static const char *const wrong[] = {" ;", " !", " ?", " :", " »", "« "};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (strstr(message, wrong[i]))
			fail_msg("%s: '%s' in:\n%s", code, wrong[i], message);
	for (const char *at = message; (at = strchr(at, '\'')) != NULL; at++)
		if (isalpha((unsigned char)at[1]))
			fail_msg("%s: a straight apostrophe: %s", code, at);
}

static void must_say(const char *code, const char *message, const char *what)
{
	if (!strstr(message, what))
		fail_msg("%s: does not say \"%s\":\n%s", code, what, message);
}

static void look_at(const char *code, const char *message, enum reason_language language)
{
	if (strpbrk(message, "{}"))
		fail_msg("%s: a placeholder is left:\n%s", code, message);
	assert_int_equal(utf8_flaw(span_of(message)), strlen(message));
	look_at_paragraphs(code, message);
	if (language == REASON_FR)
		look_at_french(code, message);
	must_say(code, message, "Chez Jules");
	must_say(code, message, "01020300-0000-0000-0000-000000000000");
	must_say(code, message, "[serveur]");
	must_say(code, message, "https://a.example/complain");
	must_say(code, message,
		 language == REASON_FR ? "1er novembre 2026" : "1 November 2026");
	must_say(code, message, "ISO 20488");
}

static void every_lawful_and_conditional_code_is_told_in_both_languages(void **state)
{
	(void)state;
	static const enum action actions[] = {ACTION_REJECT, ACTION_HOLD,
					      ACTION_AWAIT_AUTHOR};
	OWNED(shipped_release) struct shipped s = {NULL, NULL, NULL};
	struct record r = review("Une soirée", "Le serveur était là.");
	struct message_facts facts = facts_of(&r);
	const struct hit_span spans[] = {{TEXT_TAG, 3, 7}};
	OWNED(buf_release) struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);
	size_t told = 0;

	load_shipped(&s);
	facts.spans = spans;
	facts.span_count = ARRAY_LEN(spans);
	facts.clauses = SPAN_OF("ISO-05,FR-16");
	facts.supplier = SPAN_OF("Chez Jules");
	facts.note = SPAN_OF("Code civil, art. 1.");
	facts.policy = s.policy;
	for (size_t i = 0; i < reasons_count(s.reasons) * ARRAY_LEN(actions) * 2; i++) {
		const struct reason *one = reasons_at(s.reasons, i / 6);
		struct err err = {""};

		facts.reason = one->code;
		facts.language = (enum reason_language)(i % 2);
		facts.action = actions[i / 2 % 3];
		facts.automatic = i % 4 == 0;
		facts.ask = ASK_ANSWER;
		buf_clear(&out);
		if (messages_write(&out, s.messages, &facts, &err))
			fail_msg("%s: %s", one->code, err.text);
		look_at(one->code, buf_string(&out), facts.language);
		told++;
	}
	assert_int_equal(told, 36 * 3 * 2);
}

/* Writing again is offered only where it is possible and lawful. */
static void only_who_may_write_again_is_told_how(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		bool again;
	} rows[] = {
		{"L-ABUSE", true}, {"L-PII", true},	     {"L-UNAUTH", true},
		{"L-FAKE", false}, {"L-DUP", false},	     {"L-COURT", false},
		{"L-PAID", false}, {"L-ERASURE", false},     {"C-MINOR", false},
		{"C-LATE", true},  {"C-NOTCONSUMER", false},
	};
	OWNED(shipped_release) struct shipped s = {NULL, NULL, NULL};
	struct record r = review("T", "Un texte.");
	struct message_facts facts = facts_of(&r);
	OWNED(buf_release) struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);

	load_shipped(&s);
	facts.policy = s.policy;
	facts.note = SPAN_OF("n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		facts.reason = rows[i].code;
		buf_clear(&out);
		assert_int_equal(messages_write(&out, s.messages, &facts, NULL), ST_OK);
		if (rows[i].again != !!strstr(buf_string(&out), "a.example/write"))
			fail_msg("%s:\n%s", rows[i].code, buf_string(&out));
	}
}

/* Every clause that a shipped rule rests on has a name for readers. */
static void no_clause_of_a_shipped_rule_is_a_bare_code(void **state)
{
	(void)state;
	static const char *const profiles[] = {"nf-iso-20488", "us", "uk", "it",
					       "es",	       "in", NULL};
	OWNED(shipped_release) struct shipped s = {NULL, NULL, NULL};
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	struct pack_file file = {0};
	struct span rest;

	load_shipped(&s);
	assert_int_equal(pack_build(&pack, "rules", NULL), ST_OK);
	assert_int_equal(pack_begin(&rest, buf_view(&pack), NULL), ST_OK);
	while (rest.len > 0) {
		OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;

		assert_int_equal(pack_next(&rest, &file, NULL), ST_OK);
		if (strncmp(file.path, "rules/moderation/", 17) != 0)
			continue;
		assert_int_equal(yaml_parse(&doc, file.path, file.bytes, NULL), ST_OK);
		for (const struct yaml_node *rule =
			     yaml_get(yaml_root(doc), "rules")->first;
		     rule; rule = rule->next)
			for (const struct yaml_node *clause =
				     yaml_get(rule, "clause")->first;
			     clause; clause = clause->next) {
				struct record r = review("T", "Un texte.");
				struct message_facts facts = facts_of(&r);
				struct policy of_profile = *s.policy;
				bool named = false;

				facts.clauses = span_of(clause->text);
				facts.policy = &of_profile;
				for (size_t i = 0; profiles[i]; i++) {
					OWNED(buf_release)
					struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);

					of_profile.profile = profiles[i];
					assert_int_equal(messages_write(&out, s.messages,
									&facts, NULL),
							 ST_OK);
					named = named ||
						strstr(buf_string(&out), "rule rests on");
				}
				if (!named)
					fail_msg("%s:%u: %s has no name in "
						 "rules/messages.yaml",
						 file.path, clause->line, clause->text);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_template_is_filled_in),
		cmocka_unit_test(what_has_nothing_to_say_is_left_out),
		cmocka_unit_test(a_message_with_a_hole_is_refused),
		cmocka_unit_test(what_is_wrong_in_the_file_is_said_with_its_place),
		cmocka_unit_test(
			every_lawful_and_conditional_code_is_told_in_both_languages),
		cmocka_unit_test(only_who_may_write_again_is_told_how),
		cmocka_unit_test(no_clause_of_a_shipped_rule_is_a_bare_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
