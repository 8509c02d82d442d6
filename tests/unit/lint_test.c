// uses: tests/lib/rulesets.c
#include "lint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "buf.h"
#include "file.h"
#include "rulesets.h"

static const char criticism[] =
	"owner: o\nreview_by: 2030-01-01\ncontrols:\n"
	"  - {text: \"Nul !!!\", language: fr, why: {en: x, fr: x}}\n"
	"  - {text: \"LIARS AND THIEVES\", language: en, why: {en: x, fr: x}}\n"
	"  - {text: \"The waiter was rude.\", language: en, why: {en: x, fr: x}}\n";

static void put_file(struct buf *pack, const char *path, const char *text)
{
	if (text)
		buf_format(pack, "file %s %zu\n%s\n", path, strlen(text), text);
}

/* Every complaint about the set, one line each, the directory of the rules left out. */
static void judge_by(struct buf *ret, const char *catalogue, const char *controls,
		     const char *list, const char *rules)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 20);
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(ruleset_freep) struct ruleset *rs = NULL;

	buf_text(&pack, "normavis-pack 1\n");
	put_file(&pack, "rules/controls/criticism.yaml", controls);
	put_file(&pack, "rules/lists/l.yaml", list);
	put_file(&pack, "rules/moderation/a.yaml", rules);
	put_file(&pack, "rules/reasons.yaml", catalogue);
	enum status st = ruleset_judge(&rs, buf_view(&pack), NULL, &report, NULL);
	assert_int_equal(st == ST_OK, report.count == 0);
	buf_clear(ret);
	conf_report_format(&report, ret);
}

static void judge(struct buf *ret, const char *controls, const char *list,
		  const char *rules)
{
	judge_by(ret, rulesets_reasons, controls, list, rules);
}

/* What a row does not say: id r, scope of reviews, hold, live, the examples a and b. */
struct row {
	const char *when, *scope, *action, *match, *pass, *id, *mode, *reason;
	const char *complaint; /* NULL: it loads */
};

/* Lines from 0: id, when (value in column 11), scope (12), action (13), mode, examples. */
static void put_rule(struct buf *out, const struct row *row)
{
	buf_format(
		out,
		"  - id: %s\n    when: %s\n    scope: %s\n    action: %s\n    mode: %s\n"
		"    examples: {match: [%s], pass: [%s]}\n    reason: %s\n    version: 1\n"
		"    clause: [AF-10]\n    title: {en: x, fr: x}\n    owner: o\n"
		"    review_by: 2030-01-01\n",
		row->id ? row->id : "r", row->when,
		row->scope ? row->scope : "{kinds: [review]}",
		row->action ? row->action : "hold", row->mode ? row->mode : "live",
		row->match ? row->match : "a", row->pass ? row->pass : "b",
		row->reason ? row->reason : "L-SPAM");
}

static void check_rows(const struct row *rows, size_t count, const char *controls)
{
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const char *expected = rows[i].complaint;

		buf_clear(&rules);
		buf_text(&rules, "rules:\n");
		put_rule(&rules, &rows[i]);
		judge(&said, controls, NULL, buf_string(&rules));
		if (expected ? strstr(buf_string(&said), expected) != NULL
			     : said.len == 0)
			continue;
		print_error("row %zu: %s: %s\n", i, rows[i].when, buf_string(&said));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

#define A	  "rules/moderation/a.yaml:"
#define ALL(a, b) "{all: [" a ", " b "]}"

/* --- by norm ------------------------------------------------------------------------- */

static void what_a_rule_may_not_rest_on_is_refused_with_code_and_clause(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{.when = "{field: rating.value, is: 1}",
		 .complaint = A "3:19: a rule cannot look at 'rating.value'"},
		{.when = "{field: rating.value, is: 1}",
		 .complaint = "(U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28)"},
		{.when = "{any: [{words: [a]}, {stars: 1}]}",
		 .complaint = A "3:33: a rule cannot look at 'stars'"},
		{.when = "{tone: negative}", .complaint = "U-NEG"},
		{.when = "{measure: sentiment, below: 10}",
		 .complaint = A "3:21: a rule cannot look at 'sentiment'"},
		{.when = "{field: review_score, is: 1}", .complaint = "U-NEG"},
		{.when = "{classifier: negative, above: 500}", .complaint = "U-NEG"},
		{.when = "{polarity: {below: 0}}", .complaint = "U-NEG"},
		{.when = "{field: plan.name, is: free}",
		 .complaint = "(U-PLAN; AF-14, IT-07, FR-22)"},
		{.when = "{premium: true}", .complaint = "U-PLAN"},
		{.when = "{field: extra, present: true}", .complaint = "U-HIDDENRULE"},
		{.when = "{words: [a]}",
		 .scope = "{suppliers: [acme]}",
		 .complaint = A "4:13: a rule cannot look at 'suppliers'"},
		{.when = "{words: [a]}",
		 .scope = "{plans: [gold]}",
		 .complaint = "U-PLAN"},
		{.when = "{words: [a]}", .scope = "{ratings: [1]}", .complaint = "U-NEG"},
		{.when = "{words: [a]}",
		 .scope = "{authors: [x]}",
		 .complaint = "(U-RETAL; US-11, DSA-03)"},
		{.when = "{words: [a]}",
		 .action = "hide",
		 .complaint = A "5:13: no rule does 'hide'"},
		{.when = "{words: [a]}", .action = "demote", .complaint = "U-HIDE"},
		{.when = "{words: [a]}", .action = "mask", .complaint = "U-EDIT"},
		{.when = "{words: [a]}", .action = "delay", .complaint = "U-DELAY"},
		{.when = "{words: [a]}",
		 .action = "redirect",
		 .complaint = "U-COMPLAINT"},
		{.when = "{words: [a]}", .action = "move", .complaint = "U-HIJACK"},
		{.when = "{words: [a]}", .action = "ban", .complaint = "U-RETAL"},
		{.when = "{words: [a]}", .action = "eat", .complaint = "unknown 'eat'"},
		/* What only a restriction may not. */
		{.when = "{field: supplier, is: acme}",
		 .complaint = A "3:19: a rule that restricts cannot name values of "
				"'supplier'"},
		{.when = "{not: {field: subject, in: [p1, p2]}}",
		 .complaint = "(U-SUPREQ; AF-30, UK-20, DE-02)"},
		{.when = "{field: supplier, is: acme}",
		 .action = "await-author",
		 .complaint = "U-SUPREQ"},
		{.when = "{field: author_ref, is: bob}", .complaint = "U-RETAL"},
		{.when = "{field: display_name, is: Bob}", .complaint = "U-RETAL"},
		{.when = "{field: source_id, is: r1}", .complaint = "U-HIDDENRULE"},
		{.when = "{field: target, present: true}",
		 .scope = "{kinds: [withdrawal]}",
		 .complaint = "(U-ERASEHOLD; GD-11, ISO-44)"},
		{.when = "{field: target, present: true}",
		 .scope = "{kinds: [invitation]}",
		 .complaint = "(U-GATE; UK-27, AU-02, IT-07, ISO-14)"},
		{.when = "{field: supplier, is: acme}",
		 .action = "label",
		 .match = "{fields: {supplier: acme}}"},
		{.when = "{field: author_ref, present: false}"},
		{.when = "{field: source, is: shop}",
		 .match = "{fields: {source: shop}}"},
		{.when = "{words: [tone, stars, rating, plan]}"},
		{.when = "{field: origin, is: expert}"},
	};

	check_rows(rows, ARRAY_LEN(rows), NULL);
}

static void a_harsh_opinion_is_touched_by_no_rule(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{.when = "{words: [nul]}",
		 .complaint = A "3:11: rule r (hold) falls upon 1 lawful opinion for the "
				"tone (U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28): "
				"rules/controls/criticism.yaml:4: \"[Nul] !!!\""},
		{.when = "{words: [thieves, rude]}",
		 .complaint = "2 lawful opinions for the tone"},
		{.when = "{words: [thieves]}",
		 .mode = "shadow",
		 .complaint = "criticism.yaml:5: \"LIARS AND [THIEVES]\""},
		{.when = "{words: [rude]}",
		 .action = "await-author",
		 .complaint = "rule r (await-author)"},
		{.when = "{words: [rude]}", .action = "reject", .complaint = "U-NEG"},
		{.when = "{pattern: '!{3}', on: raw}", .complaint = "\"Nul [!!!]\""},
		{.when = "{measure: capitals_percent, above: 60}",
		 .complaint = "\"LIARS AND THIEVES\""},
		{.when = "{not: {words: [perfect, parfait, welcome, accueil, bien, very, "
			 "tres]}}",
		 .complaint = "2 lawful opinions"},
		/* In circumstances that its own example shows. */
		{.when = "{all: [{field: origin, is: solicited}, {words: [rude]}]}",
		 .match = "{text: rude, fields: {origin: solicited}}",
		 .complaint = "1 lawful opinion"},
		{.when = "{all: [{duplicate: other-author}, {words: [rude]}]}",
		 .match = "{text: rude, duplicate: other-author}",
		 .complaint = "1 lawful opinion"},
		{.when = "{words: [rude]}",
		 .scope = "{sources: [shop], profiles: [it]}",
		 .complaint = "1 lawful opinion"},
		{.when = "{words: [rude]}",
		 .scope = "{languages: [fr]}", /* many texts name no language */
		 .complaint = "1 lawful opinion"},
		/* What is done by length, or by what a review lacks, is done to praise too. */
		{.when = "{measure: letters, below: 5}", .reason = "C-SHORT"},
		{.when = "{measure: length_chars, below: 8}", .reason = "C-SHORT"},
		{.when = "{measure: letters, below: 5}",
		 .complaint = "stops lawful opinions for being short: the reason of that "
			      "is C-SHORT"},
		{.when = "{all: [{not: {measure: length_chars, above: 8}}, {measure: "
			 "letters, above: 2}]}",
		 .action = "reject",
		 .complaint = A "3:11: rule r (reject) stops lawful opinions for being "
				"short"},
		{.when = "{field: purchase_ref, present: false}"},
		{.when = "{words: [rude]}", .action = "label"},
		{.when = "{words: [rude]}", .action = "accept"},
		{.when = "{words: [asshole]}"},
		{.when = "{all: [{duplicate: other-author}, {words: [asshole]}]}",
		 .match = "{text: asshole, duplicate: other-author}"},
	};

	check_rows(rows, ARRAY_LEN(rows), criticism);
}

/* Each hides the tone behind a circumstance: with the sentences of the shipped set. */
static void the_tone_is_found_behind_other_conditions(void **state)
{
	(void)state;
#define HARSH "{words: [nul, worst, honteux, scam, arnaque, avoid]}"
	static const struct row rows[] = {
		{.when = ALL("{detect: url}", HARSH),
		 .match = "arnaque https://shop.example.org",
		 .complaint = A "3:11: rule r (hold) falls upon a lawful opinion for the "
				"tone (U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28): in a "
				"review that fulfils its other conditions, "
				"rules/controls/criticism.yaml:13: \"Nul.\" is hit, "
				"rules/controls/criticism.yaml:"},
		{.when = ALL("{detect: phone, countries: [fr]}", HARSH),
		 .match = "arnaque 06 39 98 12 56",
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{measure: words, above: 40}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{measure: letters, above: 900}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{measure: lines, above: 3}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{not: {measure: length_chars, below: 200}}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{all: [{measure: words, below: 6}, {detect: email}]}",
			     HARSH),
		 .complaint = "is hit, praise of that length is not"},
		{.when = "{any: [{words: [zzcasino]}, " ALL(
			 HARSH, "{field: country, is: FR}") "]}",
		 .match = "zzcasino",
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{date: received_at, after: experience_date, days: 30}",
			     HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{date: submitted_at, after: experience_date}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{arrivals: {of: supplier, window: day, above: 9}}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{duplicate: other-author}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{field: purchase_ref, present: true}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{field: origin, is: solicited}",
			     "{not: {any: [{not: " HARSH "}, {words: [zz]}]}}"),
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{words: [zzcasino]}", HARSH),
		 .match = "zzcasino nul",
		 .complaint = "for the tone (U-NEG"},
		{.when = ALL("{detect: email}",
			     "{not: {words: [great, excellent, super, parfait]}}"),
		 .match = "a@example.org",
		 .complaint = "beside its example " A "7:24, "
			      "rules/controls/criticism.yaml:13: \"Nul.\" is hit"},
		{.when = ALL("{field: origin, is: solicited}",
			     "{not: {words: [great, excellent, super, parfait]}}"),
		 .complaint = "for the tone (U-NEG"},
		{.when = "{pattern: '\\b[012] ?(?:/ ?5|etoiles?|stars?)'}",
		 .complaint = "for the tone (U-NEG"},
		{.when = "{words: [une étoile]}", .complaint = "U-NEG"},
		{.when = "{words: [zero stars]}", .complaint = "U-NEG"},
		/* The same is done to praise. */
		{.when = "{any: [{detect: url}, {words: [zzcasino]}]}"},
		{.when = ALL("{detect: card}", "{words: [charged]}")},
		{.when = ALL("{words: [zzcasino]}", "{measure: words, above: 40}")},
	};
	OWNED(buf_release) struct buf shipped = BUF_INIT(1 << 20);

	assert_int_equal(file_read(&shipped, "rules/controls/criticism.yaml", NULL),
			 ST_OK);
	check_rows(rows, ARRAY_LEN(rows), buf_string(&shipped));
}

static void sentences_are_whole_or_refused(void **state)
{
	(void)state;
#define FILE(rest) "owner: o\nreview_by: 2030-01-01\n" rest
#define C	   "rules/controls/criticism.yaml:"
	static const struct {
		const char *controls, *complaint;
	} rows[] = {
		{FILE("controls: []\n"), C "3:11: expected a list of sentences"},
		{FILE("controls:\n  - {language: fr, why: {en: x, fr: x}}\n"),
		 C "4:5: 'text' is missing"},
		{FILE("controls:\n  - {text: '', language: fr, why: {en: x, fr: x}}\n"),
		 C "4:12: a sentence has 1 to"},
		{FILE("controls:\n  - {text: x, language: french, why: {en: x, fr: x}}\n"),
		 C "4:25: expected a language of two letters"},
		{FILE("controls:\n  - {text: x, language: fr, why: {en: x}}\n"),
		 C "4:34: 'fr' is missing"},
		{FILE("controls:\n  - {text: x, language: fr, tone: bad}\n"),
		 C "4:29: unknown key 'tone'"},
		{"review_by: 2030-01-01\ncontrols: [x]\n", C "1:1: 'owner' is missing"},
		{"owner: ' '\nreview_by: 2030-01-01\n", C "1:8: 'owner' is empty"},
		{"owner: o\nreview_by: soon\n", C "2:12: expected a date"},
	};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	buf_text(&rules, "rules:\n");
	put_rule(&rules, &(struct row){.when = "{words: [a]}"});
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		judge(&said, rows[i].controls, NULL, buf_string(&rules));
		if (!strstr(buf_string(&said), rows[i].complaint))
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

/* What a complaint says is broken is what the file of reasons says, and no other table. */
static void clauses_are_those_of_the_catalogue(void **state)
{
	(void)state;
	static const struct {
		const char *unlawful, *complaint;
	} rows[] = {
		{"\n  - {code: U-PLAN, behaviour: b, breaks: [IT-07, FR-22]}\n",
		 "(U-PLAN; IT-07, FR-22)"},
		{" []\n", "(U-PLAN)"},
	};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	buf_text(&rules, "rules:\n");
	put_rule(&rules, &(struct row){.when = "{field: plan, is: free}"});
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf catalogue = BUF_INIT(1 << 16);

		buf_format(
			&catalogue, "%s%s",
			"version: 1\nlawful:\n  - {code: L-SPAM, label: {en: x, fr: x}, "
			"explanation: {en: x, fr: x}, evidence: x}\nconditional: []\n"
			"unlawful:",
			rows[i].unlawful);
		judge_by(&said, buf_string(&catalogue), criticism, NULL,
			 buf_string(&rules));
		if (!strstr(buf_string(&said), rows[i].complaint))
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

/* --- by sense ------------------------------------------------------------------------ */

static void conditions_that_contradict_are_refused(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{.when = ALL("{words: [a]}", "{not: {words: [a]}}"),
		 .complaint = A "3:38: this can never hold beside another: see line 3, "
				"column 18"},
		{.when = ALL("{words: [a, b]}", "{not: {any: [{words: [b, a]}]}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{words: [a]}",
			     "{not: {any: [{words: [x]}, {words: [a]}]}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{words: [a]}",
			     "{any: [{words: [x]}, {all: [{words: [y]}, {not: {words: "
			     "[a]}}]}]}"),
		 .complaint = "can never hold"},
		{.when = ALL("{field: origin, is: expert}",
			     "{field: origin, in: [referral, solicited]}"),
		 .complaint = "can never hold"},
		{.when = ALL("{field: origin, in: [expert, referral]}",
			     "{not: {field: origin, in: [referral, expert, solicited]}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{field: origin, is: expert}",
			     "{field: origin, present: false}"),
		 .complaint = "can never hold"},
		{.when = ALL("{not: {field: origin, present: true}}",
			     "{field: origin, is: expert}"),
		 .complaint = "can never hold"},
		{.when = ALL("{measure: letters, above: 10}",
			     "{measure: letters, below: 11}"),
		 .complaint = "can never hold"},
		{.when = ALL("{measure: letters, above: 10}",
			     "{not: {measure: letters, above: 5}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{arrivals: {of: author, window: day, above: 3}}",
			     "{arrivals: {of: author, window: day, below: 3}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{date: experience_date, after: received_at}",
			     "{date: received_at, after: experience_date}"),
		 .complaint = "can never hold"},
		{.when = ALL("{language: [fr, es]}", "{language: [en, de]}"),
		 .complaint = "can never hold"},
		{.when = ALL("{language: [fr]}", "{not: {language: [en, fr]}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{measure: length_chars, below: 5}",
			     "{measure: words, above: 20}"),
		 .complaint = "can never hold"},
		{.when = ALL("{not: {measure: letters, below: 9}}",
			     "{not: {measure: length_chars, above: 5}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{words: [x1]}", "{not: {words: [x1, x2]}}"),
		 .complaint = "can never hold"},
		{.when = ALL("{not: {words: [x1, x2]}}", "{words: [x2], language: fr}"),
		 .complaint = "can never hold"},
		{.when = "{date: received_at, after: received_at}",
		 .complaint = A "3:11: no moment lies after itself"},
		{.when = "{measure: capitals_percent, above: 100}",
		 .complaint = "never above that"},
		{.when = "{measure: capitals_percent, below: 101}",
		 .complaint = "always below that"},
		{.when = "{any: [{words: [a]}, {not: {words: [a]}}]}",
		 .complaint = A "3:32: one of these branches always holds"},
		{.when = "{any: [{words: [a]}, {words: [x]}, {words: [a]}]}",
		 .complaint = A "3:46: this branch stands here twice"},
		{.when = "{any: [{pattern: abc}, {pattern: 'abc', on: match}]}",
		 .complaint = "stands here twice"},
		{.when = "{any: [{field: origin, is: expert}, {field: origin, in: "
			 "[expert]}]}",
		 .complaint = "stands here twice"},
		{.when = ALL("{words: [a]}", "{any: [{words: [a]}, {words: [x]}]}"),
		 .complaint = "this must hold already"},
		/* Scope. */
		{.when = "{words: [a], language: en}",
		 .scope = "{languages: [fr]}",
		 .complaint = A "3:11: these words are of a language that is not in the "
				"scope: see line 4, column 24"},
		{.when = ALL("{field: language, is: en}", "{words: [a]}"),
		 .scope = "{languages: [fr, de]}",
		 .complaint = "this never holds in the rule's scope"},
		{.when = "{field: source, in: [a, b]}",
		 .scope = "{sources: [c]}",
		 .complaint = "this never holds in the rule's scope"},
		{.when = ALL("{words: [a]}", "{not: {field: language, in: [fr, en]}}"),
		 .scope = "{languages: [fr]}",
		 .complaint = "this never holds in the rule's scope"},
		{.when = "{words: [a]}",
		 .scope = "{languages: [fr, en, fr]}",
		 .complaint = A "4:33: 'fr' stands in this scope twice"},
		{.when = "{field: target, present: true}",
		 .scope = "{kinds: [reply], languages: [fr]}",
		 .match = "{fields: {target: x}}",
		 .pass = "{fields: {source: y}}",
		 .complaint = A "4:40: no kind in the rule's scope has a language"},
	};

	check_rows(rows, ARRAY_LEN(rows), NULL);
}

static void conditions_that_may_hold_together_are_taken(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{.when = ALL("{words: [a]}", "{not: {words: [x]}}")},
		{.when = ALL("{field: origin, in: [expert, referral]}",
			     "{not: {field: origin, is: expert}}")},
		{.when = ALL("{measure: letters, above: 10}",
			     "{measure: letters, below: 12}")},
		{.when = ALL("{measure: letters, above: 10}",
			     "{not: {measure: letters, above: 5, below: 7}}")},
		{.when = ALL("{arrivals: {of: author, window: day, above: 3}}",
			     "{arrivals: {of: author, window: hour, below: 3}}")},
		{.when = ALL("{measure: length_chars, below: 99}",
			     "{measure: words, above: 20}")},
		{.when = ALL("{measure: words, below: 5}",
			     "{measure: length_chars, above: 20}")},
		{.when = ALL("{words: [a, x]}", "{not: {words: [x, y]}}")},
		{.when = ALL("{words: [a]}", "{not: {words: [a, x], language: fr}}")},
		{.when = ALL("{words: [a]}", "{not: {words: [a, x], except: [a b c]}}")},
		{.when = ALL("{language: [fr, es]}", "{not: {language: [fr]}}")},
		{.when = ALL("{language: [fr]}", "{words: [a], language: fr}")},
		{.when = ALL("{duplicate: other-author}",
			     "{duplicate: same-author-other-subject}")},
		{.when = "{any: [" ALL("{words: [a]}", "{words: [x]}") ", " ALL(
			 "{words: [a]}", "{words: [y]}") "]}"},
		{.when = "{any: [{words: [a], language: fr}, {words: [a], language: en}]}"},
		{.when = "{any: [{pattern: abc}, {pattern: abc, on: raw}]}"},
		{.when = "{words: [a], language: fr}", .scope = "{languages: [en, fr]}"},
		{.when = "{field: source, in: [a, c]}",
		 .scope = "{sources: [c]}",
		 .match = "{fields: {source: c}}"},
	};

	check_rows(rows, ARRAY_LEN(rows), NULL);
}

static void a_rule_of_too_many_conditions_is_refused(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf when = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	for (int count = LINT_CONDITIONS_MAX - 1; count <= LINT_CONDITIONS_MAX; count++) {
		buf_clear(&when);
		buf_text(&when, "{any: [");
		for (int i = 0; i < count; i++)
			buf_format(&when, "%s{words: [w%d]}", i ? ", " : "", i);
		buf_text(&when, "]}");
		buf_clear(&rules);
		buf_text(&rules, "rules:\n");
		put_rule(&rules, &(struct row){.when = buf_string(&when)});
		judge(&said, NULL, NULL, buf_string(&rules));
		if (count < LINT_CONDITIONS_MAX)
			assert_string_equal(buf_string(&said), "");
		else
			assert_non_null(strstr(buf_string(&said),
					       A "3:11: more than 200 conditions"));
	}
}

static void two_rules_need_two_reasons_to_be_there(void **state)
{
	(void)state;
	static const struct {
		struct row first, second;
		const char *complaint;
	} rows[] = {
		{{.when = "{words: [a, x]}"},
		 {.when = "{any: [{words: [x, a]}]}"},
		 A "15:11: rule r looks for the same in the same scope: " A
		   "2; keep one"},
		{{.when = "{words: [a]}", .scope = "{languages: [fr, en]}"},
		 {.when = "{words: [a]}", .scope = "{languages: [en, fr]}"},
		 "looks for the same"},
		{{.when = "{words: [a]}", .mode = "shadow"},
		 {.when = "{words: [a]}"},
		 "looks for the same"},
		/* A shadow may try what would be if it were severer. */
		{{.when = "{words: [a]}", .mode = "shadow", .action = "reject"},
		 {.when = "{words: [a]}"},
		 NULL},
		{{.when = "{words: [a]}", .scope = "{languages: [fr]}"},
		 {.when = "{words: [a]}", .scope = "{languages: [en]}"},
		 NULL},
		{{.when = "{words: [a]}", .action = "reject"},
		 {.when = "{words: [a, c]}", .match = "a, a c"},
		 A
		 "19:15: rule s decides none of its own examples: rule r is there each time"},
		{{.when = "{words: [a]}"},
		 {.when = "{all: [{words: [a]}, {words: [c]}]}", .match = "a c"},
		 A
		 "19:15: rule s decides none of its own examples: rule r is there each time"},
		{{.when = "{words: [a]}", .action = "reject"},
		 {.when = "{words: [a, c]}", .match = "a, c"},
		 NULL},
		{{.when = "{words: [a]}", .action = "reject", .mode = "shadow"},
		 {.when = "{words: [a, c]}"},
		 NULL},
		{{.when = "{words: [a]}",
		  .action = "reject",
		  .scope = "{profiles: [it]}"},
		 {.when = "{words: [a, c]}"},
		 NULL},
		{{.when = "{words: [a]}",
		  .action = "reject",
		  .scope = "{profiles: [it]}"},
		 {.when = "{words: [a, c]}", .scope = "{profiles: [it]}"},
		 "decides none of its own examples"},
	};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct row second = rows[i].second;
		const char *expected = rows[i].complaint;

		second.id = "s";
		buf_clear(&rules);
		buf_text(&rules, "rules:\n");
		put_rule(&rules, &rows[i].first);
		put_rule(&rules, &second);
		judge(&said, NULL, NULL, buf_string(&rules));
		if (expected ? !strstr(buf_string(&said), expected) : said.len > 0)
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

/* A rule that stands before many is named once, not they. */
static void a_rule_before_many_is_the_one_that_is_wrong(void **state)
{
	(void)state;
	static const char *const ids[] = {"s", "t", "u"};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	buf_text(&rules, "rules:\n");
	put_rule(&rules, &(struct row){.when = "{measure: letters, below: 9}",
				       .action = "reject"});
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		OWNED(buf_release) struct buf when = BUF_INIT(100);

		buf_format(&when, "{words: [%s]}", ids[i]);
		put_rule(&rules, &(struct row){.when = buf_string(&when),
					       .match = ids[i],
					       .id = ids[i]});
	}
	judge(&said, NULL, NULL, buf_string(&rules));
	assert_string_equal(buf_string(&said), A
			    "3:11: rule r is too broad: 3 rules decide none of their own "
			    "examples, because it is there each time, and before them: "
			    "s (" A "14) and others\n");
}

static void patterns_of_folded_text_are_written_as_it_is(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{.when = "{any: [{words: [a]}, {pattern: '[A-Z]{3}', on: match}]}",
		 .complaint = A "3:42: 'A' stands in no text as this pattern reads it, "
				"folded to small letters without accents: write 'a', or "
				"`on: raw`"},
		{.when = "{any: [{words: [a]}, {pattern: 'caf\xc3\xa9'}]}",
		 .complaint = "write 'e', or `on: raw`"},
		{.when = "{pattern: '(?i)caf\xc3\xa9'}", .complaint = "write 'e'"},
		{.when = "{pattern: '\\bEUR\\b'}", .complaint = "write 'e'"},
		{.when = "{pattern: '[A-Z]{3}', on: raw}"},
		{.when = "{pattern: 'caf\xc3\xa9', on: raw}"},
		{.when = "{pattern: '(?i)EUR'}"},
		{.when = "{pattern: 'a\\S\\W\\p{Lu}[[:alpha:]] ?\xe2\x82\xac'}"},
	};

	check_rows(rows, ARRAY_LEN(rows), NULL);
}

static void lists_say_each_word_once_and_to_some_end(void **state)
{
	(void)state;
#define LIST(rest) "list: l\nowner: o\nreview_by: 2030-01-01\n" rest
#define L	   "rules/lists/l.yaml:"
	static const struct {
		const char *list, *when, *complaint;
	} rows[] = {
		{LIST("words: [a, x]\n"), "{words: [a]}",
		 L "1:7: no rule names the list 'l'"},
		{LIST("words:\n  - déçu\n  - x\n  - DECU\n"), "{list: l}",
		 L "7:5: 'DECU' stands in this list twice: as 'déçu' in line 5"},
		{LIST("words: [con, x]\nexcept: [con]\n"), "{list: l}",
		 L "5:10: 'con' stands in the list and in its 'except'"},
		{LIST("words: [con]\nexcept: [chili sin carne]\n"), "{list: l}",
		 L "5:10: 'chili sin carne' takes nothing back"},
		{LIST("words: [con]\nexcept: [con carne, Con Carné]\n"), "{list: l}",
		 L "5:21: 'Con Carné' stands in this list twice"},
		{LIST("words: [con]\nlanguage: en\n"), "{list: l}",
		 A "3:11: these words are of a language that is not in the scope"},
		{NULL, "{not: {any: [{words: [x]}, {words: [a, c, a]}]}}",
		 A "3:53: 'a' stands in this list twice"},
		{NULL, "{words: [con], except: [con]}", "it is never found"},
		{NULL, "{words: [c], stems: [insulter, Insulter], language: fr}",
		 A "3:42: 'Insulter' stands in this list twice"},
		{NULL, "{words: [c], stems: [insulter], language: en}",
		 "a language that is not in the scope"},
		{LIST("words: [con, va au]\nexcept: [con carne, va au lit]\n"),
		 "{list: l}", NULL},
		{LIST("words: [x]\n"), "{not: {any: [{list: l}, {words: [c]}]}}", NULL},
	};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *expected = rows[i].complaint;

		buf_clear(&rules);
		buf_text(&rules, "rules:\n");
		put_rule(&rules, &(struct row){.when = rows[i].when,
					       .scope = "{languages: [fr]}"});
		judge(&said, NULL, rows[i].list, buf_string(&rules));
		if (expected ? !strstr(buf_string(&said), expected) : said.len > 0)
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

static void hostile_patterns_are_refused_before_they_are_compiled(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{.when = "{pattern: '(a{1,900}b?){1,900}'}",
		 .complaint = A "3:21: the pattern is too large"},
		{.when = "{pattern: 'a.{0,200}b.{0,200}c'}", .complaint = "too large"},
		{.when = "{pattern: '.*abc'}", .complaint = "begins with"},
		{.when = "{pattern: '[a-z]+'}", .complaint = "nearly any text"},
		{.when = "{pattern: '('}", .complaint = "the pattern cannot be used"},
		{.when = "{pattern: 'ab{1,9}c'}"},
	};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	check_rows(rows, ARRAY_LEN(rows), NULL);
	/* Many that pass alone. */
	buf_text(&rules, "rules:\n");
	for (int i = 0; i < 100; i++) {
		char id[16], when[64];

		snprintf(id, sizeof(id), "r%d", i);
		snprintf(when, sizeof(when), "{pattern: 'w%d.{0,60}x'}", i);
		put_rule(&rules, &(struct row){.id = id, .when = when});
	}
	judge(&said, NULL, NULL, buf_string(&rules));
	assert_non_null(strstr(buf_string(&said), "too large together"));
}

/* --- by people ----------------------------------------------------------------------- */

static void who_answers_and_on_what_ground_must_be_said(void **state)
{
	(void)state;
#define SIGNED(clause, title, owner)                                                     \
	"rules:\n  - id: r\n    clause: " clause "\n    title: {en: " title ", fr: x}\n" \
	"    owner: " owner "\n    review_by: 2030-01-01\n    version: 1\n"              \
	"    when: {words: [a]}\n    action: label\n    mode: live\n"                    \
	"    examples: {match: [a], pass: [b]}\n"
	static const struct {
		const char *rules, *complaint;
	} rows[] = {
		{SIGNED("[AF-10, AFN-10]", "x", "o"),
		 A "3:21: no source of requirements 'AFN', did you mean 'AF'?"},
		{SIGNED("[AF-31]", "x", "o"),
		 A "3:14: no requirement 'AF-31': AF has 01 to 30"},
		{SIGNED("[AF-00]", "x", "o"), "no requirement 'AF-00'"},
		{SIGNED("[AF-1]", "x", "o"), "no requirement 'AF-1'"},
		{SIGNED("[AF-1a]", "x", "o"), "no requirement 'AF-1a'"},
		{SIGNED("[AF10]", "x", "o"), "'AF10' is no requirement"},
		{SIGNED("[-10]", "x", "o"), "'-10' is no requirement"},
		{SIGNED("[af-10]", "x", "o"), "no source of requirements 'af'"},
		{SIGNED("[AF-10, FR-16, AF-10]", "x", "o"),
		 A "3:28: 'AF-10' stands here twice"},
		{SIGNED("[]", "x", "o"), "expected a list of clauses"},
		{SIGNED("AF-10", "x", "o"), "expected a list of clauses"},
		{SIGNED("[AF-10]", "r", "o"), A "4:17: the title is only the id again"},
		{SIGNED("[AF-10]", "' '", "o"), A "4:17: a title says in words"},
		{SIGNED("[AF-10]", "x", "''"), A "5:12: 'owner' is empty"},
		{SIGNED("[ISO-53, DSA-47, PB-03, AI-02]", "x", "o"), NULL},
	};
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *expected = rows[i].complaint;

		judge(&said, NULL, NULL, rows[i].rules);
		if (expected ? !strstr(buf_string(&said), expected) : said.len > 0)
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_a_rule_may_not_rest_on_is_refused_with_code_and_clause),
		cmocka_unit_test(a_harsh_opinion_is_touched_by_no_rule),
		cmocka_unit_test(the_tone_is_found_behind_other_conditions),
		cmocka_unit_test(sentences_are_whole_or_refused),
		cmocka_unit_test(patterns_of_folded_text_are_written_as_it_is),
		cmocka_unit_test(a_rule_before_many_is_the_one_that_is_wrong),
		cmocka_unit_test(clauses_are_those_of_the_catalogue),
		cmocka_unit_test(conditions_that_contradict_are_refused),
		cmocka_unit_test(conditions_that_may_hold_together_are_taken),
		cmocka_unit_test(a_rule_of_too_many_conditions_is_refused),
		cmocka_unit_test(two_rules_need_two_reasons_to_be_there),
		cmocka_unit_test(lists_say_each_word_once_and_to_some_end),
		cmocka_unit_test(hostile_patterns_are_refused_before_they_are_compiled),
		cmocka_unit_test(who_answers_and_on_what_ground_must_be_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
