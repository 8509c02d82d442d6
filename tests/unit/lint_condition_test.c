// uses: tests/lib/judged.c
// uses: tests/lib/rulesets.c
#include "judged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "lint.h"

static void conditions_that_contradict_are_refused(void **state)
{
	(void)state;
	static const struct judged_row rows[] = {
		{.when = BOTH("{words: [a]}", "{not: {words: [a]}}"),
		 .complaint =
			 A_YAML "3:38: this can never hold beside another: see line 3, "
				"column 18"},
		{.when = BOTH("{words: [a, b]}", "{not: {any: [{words: [b, a]}]}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{words: [a]}",
			      "{not: {any: [{words: [x]}, {words: [a]}]}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{words: [a]}",
			      "{any: [{words: [x]}, {all: [{words: [y]}, {not: {words: "
			      "[a]}}]}]}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{field: origin, is: expert}",
			      "{field: origin, in: [referral, solicited]}"),
		 .complaint = "can never hold"},
		{.when = BOTH(
			 "{field: origin, in: [expert, referral]}",
			 "{not: {field: origin, in: [referral, expert, solicited]}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{field: origin, is: expert}",
			      "{field: origin, present: false}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{not: {field: origin, present: true}}",
			      "{field: origin, is: expert}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{measure: letters, above: 10}",
			      "{measure: letters, below: 11}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{measure: letters, above: 10}",
			      "{not: {measure: letters, above: 5}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{arrivals: {of: author, window: day, above: 3}}",
			      "{arrivals: {of: author, window: day, below: 3}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{date: experience_date, after: received_at}",
			      "{date: received_at, after: experience_date}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{language: [fr, es]}", "{language: [en, de]}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{language: [fr]}", "{not: {language: [en, fr]}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{measure: length_chars, below: 5}",
			      "{measure: words, above: 20}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{not: {measure: letters, below: 9}}",
			      "{not: {measure: length_chars, above: 5}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{words: [x1]}", "{not: {words: [x1, x2]}}"),
		 .complaint = "can never hold"},
		{.when = BOTH("{not: {words: [x1, x2]}}", "{words: [x2], language: fr}"),
		 .complaint = "can never hold"},
		{.when = "{date: received_at, after: received_at}",
		 .complaint = A_YAML "3:11: no moment lies after itself"},
		{.when = "{measure: capitals_percent, above: 100}",
		 .complaint = "never above that"},
		{.when = "{measure: capitals_percent, below: 101}",
		 .complaint = "always below that"},
		{.when = "{any: [{words: [a]}, {not: {words: [a]}}]}",
		 .complaint = A_YAML "3:32: one of these branches always holds"},
		{.when = "{any: [{words: [a]}, {words: [x]}, {words: [a]}]}",
		 .complaint = A_YAML "3:46: this branch stands here twice"},
		{.when = "{any: [{pattern: abc}, {pattern: 'abc', on: match}]}",
		 .complaint = "stands here twice"},
		{.when = "{any: [{field: origin, is: expert}, {field: origin, in: "
			 "[expert]}]}",
		 .complaint = "stands here twice"},
		{.when = BOTH("{words: [a]}", "{any: [{words: [a]}, {words: [x]}]}"),
		 .complaint = "this must hold already"},
		/* Scope. */
		{.when = "{words: [a], language: en}",
		 .scope = "{languages: [fr]}",
		 .complaint =
			 A_YAML "3:11: these words are of a language that is not in the "
				"scope: see line 4, column 24"},
		{.when = BOTH("{field: language, is: en}", "{words: [a]}"),
		 .scope = "{languages: [fr, de]}",
		 .complaint = "this never holds in the rule's scope"},
		{.when = "{field: source, in: [a, b]}",
		 .scope = "{sources: [c]}",
		 .complaint = "this never holds in the rule's scope"},
		{.when = BOTH("{words: [a]}", "{not: {field: language, in: [fr, en]}}"),
		 .scope = "{languages: [fr]}",
		 .complaint = "this never holds in the rule's scope"},
		{.when = "{words: [a]}",
		 .scope = "{languages: [fr, en, fr]}",
		 .complaint = A_YAML "4:33: 'fr' stands in this scope twice"},
		{.when = "{field: target, present: true}",
		 .scope = "{kinds: [reply], languages: [fr]}",
		 .match = "{fields: {target: x}}",
		 .pass = "{fields: {source: y}}",
		 .complaint = A_YAML "4:40: no kind in the rule's scope has a language"},
	};

	judged_rows(rows, ARRAY_LEN(rows), NULL);
}

static void conditions_that_may_hold_together_are_taken(void **state)
{
	(void)state;
	static const struct judged_row rows[] = {
		{.when = BOTH("{words: [a]}", "{not: {words: [x]}}")},
		{.when = BOTH("{field: origin, in: [expert, referral]}",
			      "{not: {field: origin, is: expert}}")},
		{.when = BOTH("{measure: letters, above: 10}",
			      "{measure: letters, below: 12}")},
		{.when = BOTH("{measure: letters, above: 10}",
			      "{not: {measure: letters, above: 5, below: 7}}")},
		{.when = BOTH("{arrivals: {of: author, window: day, above: 3}}",
			      "{arrivals: {of: author, window: hour, below: 3}}")},
		{.when = BOTH("{measure: length_chars, below: 99}",
			      "{measure: words, above: 20}")},
		{.when = BOTH("{measure: words, below: 5}",
			      "{measure: length_chars, above: 20}")},
		{.when = BOTH("{words: [a, x]}", "{not: {words: [x, y]}}")},
		{.when = BOTH("{words: [a]}", "{not: {words: [a, x], language: fr}}")},
		{.when = BOTH("{words: [a]}", "{not: {words: [a, x], except: [a b c]}}")},
		{.when = BOTH("{language: [fr, es]}", "{not: {language: [fr]}}"),
		 .reason = "C-LANG"},
		{.when = BOTH("{language: [fr]}", "{words: [a], language: fr}")},
		{.when = BOTH("{duplicate: other-author}",
			      "{duplicate: same-author-other-subject}")},
		{.when = "{any: [" BOTH("{words: [a]}", "{words: [x]}") ", " BOTH(
			 "{words: [a]}", "{words: [y]}") "]}"},
		{.when = "{any: [{words: [a], language: fr}, {words: [a], language: en}]}"},
		{.when = "{any: [{pattern: abc}, {pattern: abc, on: raw}]}"},
		{.when = "{words: [a], language: fr}", .scope = "{languages: [en, fr]}"},
		{.when = "{field: source, in: [a, c]}",
		 .scope = "{sources: [c]}",
		 .match = "{fields: {source: c}}"},
	};

	judged_rows(rows, ARRAY_LEN(rows), NULL);
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
		judged_put_rule(&rules, &(struct judged_row){.when = buf_string(&when)});
		judged(&said, NULL, NULL, buf_string(&rules));
		if (count < LINT_CONDITIONS_MAX)
			assert_string_equal(buf_string(&said), "");
		else
			assert_non_null(strstr(buf_string(&said),
					       A_YAML "3:11: more than 200 conditions"));
	}
}

static void two_rules_need_two_reasons_to_be_there(void **state)
{
	(void)state;
	static const struct {
		struct judged_row first, second;
		const char *complaint;
	} rows[] = {
		{{.when = "{words: [a, x]}"},
		 {.when = "{any: [{words: [x, a]}]}"},
		 A_YAML "15:11: rule r looks for the same in the same scope: " A_YAML
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
		 A_YAML
		 "19:15: rule s decides none of its own examples: rule r is there each time"},
		{{.when = "{words: [a]}"},
		 {.when = "{all: [{words: [a]}, {words: [c]}]}", .match = "a c"},
		 A_YAML
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
		struct judged_row second = rows[i].second;
		const char *expected = rows[i].complaint;

		second.id = "s";
		buf_clear(&rules);
		buf_text(&rules, "rules:\n");
		judged_put_rule(&rules, &rows[i].first);
		judged_put_rule(&rules, &second);
		judged(&said, NULL, NULL, buf_string(&rules));
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
	judged_put_rule(&rules,
			&(struct judged_row){.when = "{measure: letters, below: 9}",
					     .action = "reject"});
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		OWNED(buf_release) struct buf when = BUF_INIT(100);

		buf_format(&when, "{words: [%s]}", ids[i]);
		judged_put_rule(&rules, &(struct judged_row){.when = buf_string(&when),
							     .match = ids[i],
							     .id = ids[i]});
	}
	judged(&said, NULL, NULL, buf_string(&rules));
	assert_string_equal(buf_string(&said), A_YAML
			    "3:11: rule r is too broad: 3 rules decide none of their own "
			    "examples, because it is there each time, and before them: "
			    "s (" A_YAML "14) and others\n");
}

static void patterns_of_folded_text_are_written_as_it_is(void **state)
{
	(void)state;
	static const struct judged_row rows[] = {
		{.when = "{any: [{words: [a]}, {pattern: '[A-Z]{3}', on: match}]}",
		 .complaint =
			 A_YAML "3:42: 'A' stands in no text as this pattern reads it, "
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

	judged_rows(rows, ARRAY_LEN(rows), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_of_folded_text_are_written_as_it_is),
		cmocka_unit_test(a_rule_before_many_is_the_one_that_is_wrong),
		cmocka_unit_test(conditions_that_contradict_are_refused),
		cmocka_unit_test(conditions_that_may_hold_together_are_taken),
		cmocka_unit_test(a_rule_of_too_many_conditions_is_refused),
		cmocka_unit_test(two_rules_need_two_reasons_to_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
