// uses: tests/lib/rulesets.c
/* From a pack to a rule set: what is refused, and what is said of it. */
#include "rulesets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "pack.h"

static void unlawful_and_unclear_rules_do_not_load(void **state)
{
	(void)state;
#define WHEN(when) "rules:\n" RULE("r", when, "hold", "")
#define BARE(rest) \
	"rules:\n  - {id: r, version: 1, " PEOPLE ", when: {words: [a]}, " rest "}\n"
	static const struct {
		const char *rules, *complaint;
	} rows[] = {
		{WHEN("{field: rating.value, in: [1]}"), "U-NEG"},
		{WHEN("{field: ratings, present: true}"), "U-NEG"},
		{WHEN("{date: rating.value, after: received_at}"), "U-NEG"},
		{WHEN("{field: plan.name, is: free}"), "U-PLAN"},
		{WHEN("{field: extra, present: true}"), "U-HIDDENRULE"},
		{BARE("action: hold, mode: live, " EXAMPLES), "'reason' is missing"},
		{BARE("action: reject, mode: live, " EXAMPLES), "U-OTHER"},
		{BARE("action: reject, reason: U-NEG, mode: live, " EXAMPLES),
		 "is unlawful"},
		{BARE("action: hold, reason: L-SPAN, mode: live, " EXAMPLES),
		 "no reason 'L-SPAN' in the catalogue, did you mean 'L-SPAM'?"},
		{BARE("action: drop, reason: L-SPAM, mode: live, " EXAMPLES),
		 "unknown 'drop'"},
		{BARE("action: label, mode: life, " EXAMPLES), "did you mean 'live'?"},
		{BARE("action: label, mode: live"), "'examples' is missing"},
		{BARE("action: label, mode: live, examples: {match: [a]}"),
		 "'pass' is missing"},
		{BARE("action: label, mode: live, examples: {match: [], pass: [b]}"),
		 "must match, at least 1 time"},
		{BARE("action: label, mode: live, wen: 1, " EXAMPLES),
		 "unknown key 'wen', did you mean 'when'?"},
		{BARE("action: label, mode: live, scope: {kinds: [revew]}, " EXAMPLES),
		 "no kind of record: 'revew'"},
		{BARE("action: label, mode: live, scope: {kinds: [reply]}, " EXAMPLES),
		 "no kind in the rule's scope has a text"},
		{BARE("action: label, mode: live, scope: {profiles: [uks]}, " EXAMPLES),
		 "did you mean 'uk'?"},
		{"rules:\n" RULE("r", "{words: [a]}", "hold", "")
			 RULE("r", "{words: [a]}", "hold", ""),
		 "a.yaml:3:10: the id 'r' is there already, in rules/moderation/a.yaml:2"},
		{"rules:\n" RULE("R", "{words: [a]}", "hold", ""), "an id has"},
		{"rules: []\n", "there is no rule in it"},
		{"rules: {}\n", "expected a list of rules"},
		{"", "a.yaml:"},
		{WHEN("{pattern: '('}"), "the pattern cannot be used"},
		{WHEN("{pattern: 'a*'}"), "it matches the empty text"},
		{WHEN("{pattern: '(?:a.{30}|b.{40}){30}'}"), "too large"},
		{WHEN("{pattern: a, on: rav}"), "did you mean 'raw'?"},
		{WHEN("{words: []}"), "expected a list of words"},
		{WHEN("{words: [a], on: raw}"), "unknown key 'on'"},
		{WHEN("{stems: [insulter]}"),
		 "words are inflected in a language: name it"},
		{WHEN("{stems: [], language: fr}"), "expected a list of words"},
		{WHEN("{stems: [insulter], words: [], language: fr}"),
		 "expected a list of words"},
		{WHEN("{stems: [insulter], language: fr, on: raw}"), "unknown key 'on'"},
		{WHEN("{words: [a], language: french}"), "unknown 'french'"},
		{WHEN("{words: [a], language: xx}"), "unknown 'xx'"},
		{WHEN("{words: [a], except: []}"), "expected a list of phrases"},
		{WHEN("{list: insult-fr}"), "no list 'insult-fr' in rules/lists"},
		{WHEN("{words: ['$$$']}"), "a word begins with a letter"},
		{WHEN("{all: []}"), "expected a list of conditions"},
		{WHEN("{wrds: [a]}"), "unknown key 'wrds', did you mean 'words'?"},
		{WHEN("{words: [a], any: []}"), "unknown key 'words'"},
		{WHEN("[]"), "expected a condition"},
		{WHEN("{field: titel, present: true}"), "did you mean 'title'?"},
		{WHEN("{field: title}"), "a field needs one of"},
		{WHEN("{field: origin, is: solicted}"), "did you mean 'solicited'?"},
		{WHEN("{field: legacy, is: yes}"), "expected true or false"},
		{WHEN("{field: activates, is: rules}"),
		 "no kind in the rule's scope has a field"},
		{WHEN("{field: 'consents[].given', is: true}"),
		 "cannot look into a list"},
		{WHEN("{date: title, after: received_at}"), "'title' is no date"},
		{WHEN("{date: experience_date}"), "'after' is missing"},
		{WHEN("{measure: letters}"), "'above' or 'below' is missing"},
		{WHEN("{measure: letters, above: 3, below: 4}"), "no number is above 3"},
		{WHEN("{duplicate: same-author}"), "unknown 'same-author'"},
		{WHEN("{arrivals: {of: author, window: week, above: 1}}"),
		 "unknown 'week'"},
		{WHEN("{arrivals: {of: rating, window: day, above: 1}}"),
		 "unknown 'rating'"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ruleset *rs = NULL;
		struct err err = {""};
		enum status st = rulesets_load(&rs, rows[i].rules, &err);

		if (st != ST_ECONFIG || !strstr(err.text, rows[i].complaint))
			fail_msg("row %zu: %s: %s", i, status_name(st), err.text);
		if (i + 2 < ARRAY_LEN(rows) && strcmp(rows[i].rules, "rules: []\n") != 0)
			assert_non_null(strstr(err.text, "rules/moderation/a.yaml:"));
	}
}

#define LIST(id, rest) "list: " id "\nowner: o\nreview_by: 2030-01-01\n" rest

/* A pack of one list and one file of rules. */
static enum status load_with_list(struct ruleset **ret, const char *list,
				  const char *rules, struct conf_report *report)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 20);

	rulesets_pack(&pack, list, rules);
	return ruleset_judge(ret, buf_view(&pack), NULL, report, NULL);
}

static void lists_have_names(void **state)
{
	OWNED(ruleset_freep) struct ruleset *rs = NULL;
	struct hit hits[HITS_MAX];

	(void)state;
	assert_int_equal(
		load_with_list(&rs,
			       LIST("bad", "words: [vilain]\nexcept: [petit vilain]\n"),
			       "rules:\n" RULE("a", "{list: bad}", "hold", "")
				       RULE("b", "{not: {list: bad}}", "label", ""),
			       NULL),
		ST_OK);
	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.text = "Un vilain."}, hits), 1);
	assert_string_equal((const char *)hits[0].rule.at, "a");
	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.text = "Petit vilain."}, hits),
		1);
	assert_string_equal((const char *)hits[0].rule.at, "b");
}

static void lists_may_have_stems_alone(void **state)
{
	OWNED(ruleset_freep) struct ruleset *rs = NULL;
	OWNED(conf_report_release) struct conf_report report = {0};
	struct hit hits[HITS_MAX];

	(void)state;
	assert_int_equal(
		load_with_list(&rs, LIST("bad", "language: fr\nstems: [insulter]\n"),
			       "rules:\n" RULE("a", "{list: bad}", "hold", ""), NULL),
		ST_OK);
	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.text = "Il insultait."}, hits),
		1);
	ruleset_free(TAKE(rs));
	assert_int_equal(load_with_list(&rs, LIST("bad", "language: fr\n"),
					"rules:\n" RULE("a", "{list: bad}", "hold", ""),
					&report),
			 ST_ECONFIG);
	assert_string_equal(report.at[0].text, "'words' or 'stems' is missing");
}

static void every_complaint_is_heard(void **state)
{
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(ruleset_freep) struct ruleset *rs = NULL;

	(void)state;
	assert_int_equal(
		load_with_list(&rs, LIST("bad", "wrds: [a]\n"),
			       "rules:\n" RULE("a", "{words: []}", "hold", "")
				       RULE("b", "{words: [x]}", "hold", "")
					       RULE("c", "{list: bd}", "hold", ""),
			       &report),
		ST_ECONFIG);
	assert_int_equal(report.count, 3);
	assert_string_equal(report.at[0].file, "rules/lists/l.yaml");
	assert_int_equal(report.at[0].line, 4);
	assert_int_equal(report.at[1].line, 2);
	assert_int_equal(report.at[2].line, 4);
}

/* One slip of a rule hides no other, least of all that the rule is unlawful, nor that its id is
 * taken. */
static void every_complaint_about_one_rule_is_heard(void **state)
{
	static const struct {
		const char *rules;
		const char *complaints[6];
	} rows[] = {
		{"rules:\n"
		 "  - {id: a, version: 1, clause: [XX-1], title: {en: x, fr: x}, owner: o, "
		 "review_by: 2027-13-41, when: {words: [x]}, action: hold, "
		 "reason: L-NONE, mode: live, " EXAMPLES "}\n",
		 {"no source of requirements 'XX'", "expected a date",
		  "no reason 'L-NONE'"}},
		{"rules:\n"
		 "  - {id: a, verzion: 1, " PEOPLE ", when: {stars: 1}, action: ban, "
		 "reason: L-SPAM, mode: live, " EXAMPLES "}\n",
		 {"unknown key 'verzion'", "'version' is missing",
		  "(U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28)",
		  "(U-RETAL; US-11, DSA-03)"}},
		{"rules:\n" RULE("a", "{words: [x]}", "hold", "")
			 RULE("a", "{words: []}", "hold", ""),
		 {"the id 'a' is there already, in rules/moderation/a.yaml:2",
		  "expected a list of words"}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(conf_report_release) struct conf_report report = {0};
		OWNED(ruleset_freep) struct ruleset *rs = NULL;
		OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);
		size_t count = 0;

		assert_int_equal(load_with_list(&rs, NULL, rows[i].rules, &report),
				 ST_ECONFIG);
		conf_report_format(&report, &said);
		for (; rows[i].complaints[count]; count++)
			if (!strstr(buf_string(&said), rows[i].complaints[count]))
				fail_msg("row %zu: %s", i, buf_string(&said));
		if (report.count != count)
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

/* What is wrong with the whole is a complaint too, for who wants no `err` as well. */
static void the_whole_is_complained_about(void **state)
{
	static const struct {
		const char *rules, *complaint;
		unsigned line;
	} rows[] = {
		{"rules:\n" RULE("a", "{words: [x]}", "hold", "")
			 RULE("a", "{words: [y]}", "hold", ""),
		 "the id 'a' is there already", 3},
		{"rules: []\n", "there is no rule in it", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(conf_report_release) struct conf_report report = {0};
		OWNED(ruleset_freep) struct ruleset *rs = NULL;

		assert_int_equal(load_with_list(&rs, NULL, rows[i].rules, &report),
				 ST_ECONFIG);
		assert_null(rs);
		assert_int_equal(report.count, 1);
		assert_int_equal(report.at[0].line, rows[i].line);
		assert_non_null(strstr(report.at[0].text, rows[i].complaint));
		assert_int_equal(load_with_list(&rs, NULL, rows[i].rules, NULL),
				 ST_ECONFIG);
	}
}

static void the_hash_is_that_of_the_pack(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 20);
	uint8_t hash[SHA256_BYTES];
	OWNED(ruleset_freep) struct ruleset *rs = NULL;

	rulesets_pack(&pack, NULL, "rules:\n" RULE("r", "{words: [a]}", "hold", ""));
	pack_hash(hash, buf_view(&pack));
	assert_int_equal(ruleset_judge(&rs, buf_view(&pack), NULL, NULL, NULL), ST_OK);
	assert_memory_equal(ruleset_hash(rs), hash, sizeof(hash));
	assert_int_equal(ruleset_count(rs), 1);
	assert_non_null(reasons_find(ruleset_reasons(rs), "L-DUP"));
}

/* Or a judgement that has grown stricter would stop what was in force yesterday. */
static void what_was_stored_loads_whatever_is_thought_of_it_now(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 20);
	OWNED(ruleset_freep) struct ruleset *judged = NULL, *stored = NULL;

	rulesets_pack(&pack, NULL,
		      "rules:\n" RULE("r", "{all: [{words: [a]}, {not: {words: [a]}}]}",
				      "hold", ""));
	assert_int_equal(ruleset_judge(&judged, buf_view(&pack), NULL, NULL, NULL),
			 ST_ECONFIG);
	assert_int_equal(ruleset_load(&stored, buf_view(&pack), NULL, NULL), ST_OK);
	assert_int_equal(ruleset_count(stored), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unlawful_and_unclear_rules_do_not_load),
		cmocka_unit_test(lists_have_names),
		cmocka_unit_test(lists_may_have_stems_alone),
		cmocka_unit_test(every_complaint_is_heard),
		cmocka_unit_test(every_complaint_about_one_rule_is_heard),
		cmocka_unit_test(the_whole_is_complained_about),
		cmocka_unit_test(the_hash_is_that_of_the_pack),
		cmocka_unit_test(what_was_stored_loads_whatever_is_thought_of_it_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
