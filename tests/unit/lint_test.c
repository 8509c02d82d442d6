// uses: tests/lib/judged.c
// uses: tests/lib/rulesets.c
#include "judged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* --- by norm ------------------------------------------------------------------------- */

static void what_a_rule_may_not_rest_on_is_refused_with_code_and_clause(void **state)
{
	(void)state;
	static const struct judged_row rows[] = {
		{.when = "{field: rating.value, is: 1}",
		 .complaint = A_YAML "3:19: a rule cannot look at 'rating.value'"},
		{.when = "{field: rating.value, is: 1}",
		 .complaint = "(U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28)"},
		{.when = "{any: [{words: [a]}, {stars: 1}]}",
		 .complaint = A_YAML "3:33: a rule cannot look at 'stars'"},
		{.when = "{tone: negative}", .complaint = "U-NEG"},
		{.when = "{measure: sentiment, below: 10}",
		 .complaint = A_YAML "3:21: a rule cannot look at 'sentiment'"},
		{.when = "{field: review_score, is: 1}", .complaint = "U-NEG"},
		{.when = "{classifier: negative, above: 500}", .complaint = "U-NEG"},
		{.when = "{polarity: {below: 0}}", .complaint = "U-NEG"},
		{.when = "{field: plan.name, is: free}",
		 .complaint = "(U-PLAN; AF-14, IT-07, FR-22)"},
		{.when = "{premium: true}", .complaint = "U-PLAN"},
		{.when = "{field: extra, present: true}", .complaint = "U-HIDDENRULE"},
		{.when = "{words: [a]}",
		 .scope = "{suppliers: [acme]}",
		 .complaint = A_YAML "4:13: a rule cannot look at 'suppliers'"},
		{.when = "{words: [a]}",
		 .scope = "{plans: [gold]}",
		 .complaint = "U-PLAN"},
		{.when = "{words: [a]}", .scope = "{ratings: [1]}", .complaint = "U-NEG"},
		{.when = "{words: [a]}",
		 .scope = "{authors: [x]}",
		 .complaint = "(U-RETAL; US-11, DSA-03)"},
		{.when = "{words: [a]}",
		 .action = "hide",
		 .complaint = A_YAML "5:13: no rule does 'hide'"},
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
		 .complaint = A_YAML "3:19: a rule that restricts cannot name values of "
				     "'supplier'"},
		{.when = "{not: {field: subject, in: [p1, p2]}}",
		 .complaint = "(U-SUPREQ; AF-30, UK-20, DE-02)"},
		{.when = "{field: supplier, is: acme}",
		 .action = "await-author",
		 .complaint = "U-SUPREQ"},
		{.when = "{field: author_ref, is: bob}", .complaint = "U-RETAL"},
		{.when = "{field: display_name, is: Bob}", .complaint = "U-RETAL"},
		{.when = "{field: source_id, is: r1}", .complaint = "U-HIDDENRULE"},
		{.when = "{field: title, in: [Arnaque, Nul, Scam]}",
		 .action = "reject",
		 .complaint =
			 A_YAML "3:19: a rule that restricts cannot name values of "
				"'title': no review is refused, held or slowed for its "
				"rating or its tone (U-NEG; EU-04, UK-03, US-12, AF-14, "
				"ISO-28); look for words or a pattern in it"},
		{.when = "{any: [{words: [a]}, {not: {field: text, is: Nul}}]}",
		 .mode = "shadow",
		 .complaint = A_YAML "3:46: a rule that restricts cannot name values of "
				     "'text'"},
		{.when = "{field: title, is: Nul}",
		 .action = "label",
		 .match = "{title: Nul}"},
		{.when = "{field: title, present: false}"},
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

	judged_rows(rows, ARRAY_LEN(rows), NULL);
}

static void a_reason_is_that_of_the_ground(void **state)
{
	(void)state;
#define NO_PURCHASE   "{field: purchase_ref, present: false}"
#define NO_INVITATION "{not: {field: invitation_id, present: true}}"
#define LATE	      "{date: submitted_at, after: experience_date, days: 30}"
	static const struct judged_row rows[] = {
		{.when = NO_PURCHASE,
		 .reason = "L-FAKE",
		 .complaint = A_YAML "8:13: rule r (hold) rests on a missing proof of "
				     "purchase: the reason of that is C-NOPROOF, which "
				     "the terms declare, and not L-FAKE (U-HIDDENRULE; "
				     "FR-16, AF-10, DSA-17; AF-05, FR-06)"},
		{.when = BOTH(NO_PURCHASE, NO_INVITATION), .complaint = "is C-NOPROOF"},
		{.when = "{any: [{words: [zz]}, " BOTH(
			 NO_INVITATION, "{not: {field: country, is: FR}}") "]}",
		 .action = "await-author",
		 .mode = "shadow",
		 .complaint = "is C-NOPROOF"},
		{.when = BOTH(NO_PURCHASE, "{measure: letters, above: 0}"),
		 .complaint = "is C-NOPROOF"},
		{.when = BOTH(NO_PURCHASE, "{not: {words: [zz]}}"),
		 .complaint = "is C-NOPROOF"},
		{.when = NO_PURCHASE, .reason = "C-NOPROOF"},
		{.when = NO_PURCHASE, .action = "label"},
		{.when = "{not: " NO_PURCHASE "}",
		 .match = "{fields: {purchase_ref: P}}"},
		/* One sign among several. */
		{.when = BOTH(NO_PURCHASE, "{words: [zzcasino]}"), .match = "zzcasino"},
		{.when = BOTH(NO_PURCHASE, "{field: attestation, is: false}"),
		 .reason = "L-FAKE",
		 .match = "{fields: {attestation: false}}"},
		{.when = BOTH(NO_PURCHASE,
			      "{arrivals: {of: author, window: day, above: 9}}"),
		 .reason = "L-FAKE",
		 .match = "{arrivals: [{of: author, window: day, count: 10}]}"},
		/* Time. */
		{.when = LATE,
		 .reason = "L-EXPIRED",
		 .complaint = A_YAML "8:13: rule r (hold) rests on the time since the "
				     "experience: the reason of that is C-LATE"},
		{.when = "{date: received_at, after: experience_date}",
		 .complaint = "FR-16, AF-10, DSA-17; ES-01, IT-01)"},
		{.when = "{date: received_at, after: published_at_origin, days: 731}",
		 .reason = "C-LATE",
		 .complaint = "since the first publication: the reason of that is C-OLD"},
		{.when = LATE,
		 .reason = "C-LATE",
		 .match = "{fields: {experience_date: 2026-01-01, submitted_at: "
			  "'2026-06-01T10:00:00Z'}}"},
		{.when = "{date: experience_date, after: received_at}",
		 .match = "{fields: {experience_date: 2027-01-01}}"},
		/* Language. */
		{.when = "{not: {language: [fr, en, unknown]}}",
		 .complaint = "the reason of that is C-LANG"},
		{.when = "{field: language, in: [es]}",
		 .match = "{fields: {language: es}}",
		 .complaint = "DSA-17; ISO-29, AF-15)"},
		{.when = "{field: language, in: [es]}",
		 .match = "{fields: {language: es}}",
		 .reason = "C-LANG"},
		/* What only a person can say. */
		{.when = "{words: [a]}",
		 .action = "reject",
		 .reason = "L-ILLEGAL",
		 .complaint =
			 A_YAML "8:13: rule r rejects with L-ILLEGAL, which only a "
				"person can give: no rule knows its evidence (x); hold "
				"instead (U-OTHER; DSA-17, DSA-19, DSA-16)"},
		{.when = "{words: [a]}",
		 .action = "reject",
		 .mode = "shadow",
		 .reason = "L-COURT",
		 .complaint = "rejects with L-COURT"},
		{.when = "{words: [a]}",
		 .action = "reject",
		 .reason = "L-EXPIRED",
		 .complaint = "rejects with L-EXPIRED"},
		{.when = "{words: [a]}",
		 .action = "reject",
		 .reason = "L-FAKE",
		 .complaint = "rejects with L-FAKE"},
		{.when = "{words: [a]}", .reason = "L-ILLEGAL"},
		{.when = "{words: [a]}", .reason = "L-COURT"},
		{.when = "{words: [a]}", .action = "reject", .reason = "L-OFFTOPIC"},
	};

	judged_rows(rows, ARRAY_LEN(rows), NULL);
}

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
	judged_put_rule(&rules, &(struct judged_row){.when = "{field: plan, is: free}"});
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf catalogue = BUF_INIT(1 << 16);

		buf_format(
			&catalogue, "%s%s",
			"version: 1\nlawful:\n  - {code: L-SPAM, label: {en: x, fr: x}, "
			"explanation: {en: x, fr: x}, evidence: x}\nconditional: []\n"
			"unlawful:",
			rows[i].unlawful);
		judged_by(&said, buf_string(&catalogue), judged_criticism, NULL,
			  buf_string(&rules));
		if (!strstr(buf_string(&said), rows[i].complaint))
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

/* --- by sense ------------------------------------------------------------------------ */

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
		 A_YAML "3:11: these words are of a language that is not in the scope"},
		{NULL, "{not: {any: [{words: [x]}, {words: [a, c, a]}]}}",
		 A_YAML "3:53: 'a' stands in this list twice"},
		{NULL, "{words: [con], except: [con]}", "it is never found"},
		{NULL, "{words: [c], stems: [insulter, Insulter], language: fr}",
		 A_YAML "3:42: 'Insulter' stands in this list twice"},
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
		judged_put_rule(&rules,
				&(struct judged_row){.when = rows[i].when,
						     .scope = "{languages: [fr]}"});
		judged(&said, NULL, rows[i].list, buf_string(&rules));
		if (expected ? !strstr(buf_string(&said), expected) : said.len > 0)
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

static void hostile_patterns_are_refused_before_they_are_compiled(void **state)
{
	(void)state;
	static const struct judged_row rows[] = {
		{.when = "{pattern: '(a{1,900}b?){1,900}'}",
		 .complaint = A_YAML "3:21: the pattern is too large"},
		{.when = "{pattern: 'a.{0,200}b.{0,200}c'}", .complaint = "too large"},
		{.when = "{pattern: '.*abc'}", .complaint = "begins with"},
		{.when = "{pattern: '[a-z]+'}", .complaint = "nearly any text"},
		{.when = "{pattern: '('}", .complaint = "the pattern cannot be used"},
		{.when = "{pattern: 'ab{1,9}c'}"},
	};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	judged_rows(rows, ARRAY_LEN(rows), NULL);
	/* Many that pass alone. */
	buf_text(&rules, "rules:\n");
	for (int i = 0; i < 100; i++) {
		char id[16], when[64];

		snprintf(id, sizeof(id), "r%d", i);
		snprintf(when, sizeof(when), "{pattern: 'w%d.{0,60}x'}", i);
		judged_put_rule(&rules, &(struct judged_row){.id = id, .when = when});
	}
	judged(&said, NULL, NULL, buf_string(&rules));
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
		 A_YAML "3:21: no source of requirements 'AFN', did you mean 'AF'?"},
		{SIGNED("[AF-31]", "x", "o"),
		 A_YAML "3:14: no requirement 'AF-31': AF has 01 to 30"},
		{SIGNED("[AF-00]", "x", "o"), "no requirement 'AF-00'"},
		{SIGNED("[AF-1]", "x", "o"), "no requirement 'AF-1'"},
		{SIGNED("[AF-1a]", "x", "o"), "no requirement 'AF-1a'"},
		{SIGNED("[AF10]", "x", "o"), "'AF10' is no requirement"},
		{SIGNED("[-10]", "x", "o"), "'-10' is no requirement"},
		{SIGNED("[af-10]", "x", "o"), "no source of requirements 'af'"},
		{SIGNED("[AF-10, FR-16, AF-10]", "x", "o"),
		 A_YAML "3:28: 'AF-10' stands here twice"},
		{SIGNED("[]", "x", "o"), "expected a list of clauses"},
		{SIGNED("AF-10", "x", "o"), "expected a list of clauses"},
		{SIGNED("[AF-10]", "r", "o"),
		 A_YAML "4:17: the title is only the id again"},
		{SIGNED("[AF-10]", "' '", "o"), A_YAML "4:17: a title says in words"},
		{SIGNED("[AF-10]", "x", "''"), A_YAML "5:12: 'owner' is empty"},
		{SIGNED("[ISO-53, DSA-47, PB-03, AI-02]", "x", "o"), NULL},
	};
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *expected = rows[i].complaint;

		judged(&said, NULL, NULL, rows[i].rules);
		if (expected ? !strstr(buf_string(&said), expected) : said.len > 0)
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_a_rule_may_not_rest_on_is_refused_with_code_and_clause),
		cmocka_unit_test(a_reason_is_that_of_the_ground),
		cmocka_unit_test(clauses_are_those_of_the_catalogue),
		cmocka_unit_test(lists_say_each_word_once_and_to_some_end),
		cmocka_unit_test(hostile_patterns_are_refused_before_they_are_compiled),
		cmocka_unit_test(who_answers_and_on_what_ground_must_be_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
