// uses: tests/lib/rulesets.c
#include "rulesets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static bool hits_text(struct ruleset *rs, const char *text)
{
	struct hit hits[HITS_MAX];

	return rulesets_evaluate(rs, &(struct review){.text = text}, hits) > 0;
}

/* --- conditions ---------------------------------------------------------------------- */

static void text_conditions_hold_where_they_match(void **state)
{
	(void)state;
	static const struct {
		const char *when, *text;
		bool holds;
	} rows[] = {
		{"{words: [déçu, fils de pute]}", "Très DECU !", true},
		{"{words: [déçu, fils de pute]}", "Fils  de\tPute", true},
		{"{words: [con]}", "chili cons carne", false},
		{"{words: [con]}", "ＣＯＮ", true},
		{"{pattern: 'ab+c', on: match}", "xxABBC", true},
		{"{pattern: 'ab+c', on: raw}", "xxABBC", false},
		{"{pattern: '(?i)ab+c', on: raw}", "xxABBC", true},
		{"{pattern: 'é', on: raw}", "é", true},
		{"{not: {words: [a]}}", "b", true},
		{"{not: {words: [a]}}", "a", false},
		{"{all: [{words: [a]}, {words: [b]}]}", "b a", true},
		{"{all: [{words: [a]}, {words: [b]}]}", "b", false},
		{"{any: [{words: [a]}, {words: [b]}]}", "b", true},
		{"{all: [{words: [a]}, {not: {pattern: b}}]}", "a b", false},
		{"{any: [{words: [a]}, {not: {pattern: b}}]}", "c", true},
		{"{measure: length_chars, above: 3}", "éééé", true},
		{"{measure: length_chars, above: 4}", "éééé", false},
		{"{measure: letters, below: 3}", "a 1", true},
		{"{measure: capitals_percent, above: 49, below: 51}", "aB", true},
		{"{field: title, present: false}", "x", true},
		{"{field: source, is: src}", "x", true},
		{"{field: source, in: [a, b]}", "x", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);

		buf_format(&rules, "rules:\n" RULE("r", "%s", "hold", ""), rows[i].when);
		OWNED(ruleset_freep) struct ruleset *rs = rulesets_of(buf_string(&rules));
		if (hits_text(rs, rows[i].text) != rows[i].holds)
			fail_msg("%s on '%s'", rows[i].when, rows[i].text);
	}
}

static void dates_are_compared_as_days_everywhere(void **state)
{
	(void)state;
	static const char rules[] =
		"rules:\n"
		"  - {id: future, version: 1, " PEOPLE
		", when: {date: experience_date, after: submitted_at}, action: label, mode: live,"
		" examples: {match: [{fields: {experience_date: 2026-06-03, submitted_at: "
		"\"2026-06-01T10:00:00Z\"}}], pass: [{fields: {experience_date: 2026-06-02, "
		"submitted_at: \"2026-06-01T10:00:00Z\"}}, {fields: {experience_date: "
		"2026-06-03}}]}}\n"
		"  - {id: late, version: 1, " PEOPLE
		", when: {date: received_at, after: experience_date, days: 30}, action: label, "
		"mode: live, examples: {match: [{received_at: \"2026-02-01T12:00:00Z\", fields: "
		"{experience_date: 2026-01-01}}], pass: [{received_at: "
		"\"2026-02-01T11:59:59Z\", fields: {experience_date: 2026-01-01}}]}}\n"
		"  - {id: order, version: 1, " PEOPLE
		", when: {date: submitted_at, after: received_at}, action: label, mode: live, "
		"examples: {match: [{fields: {submitted_at: \"2026-01-01T00:00:01Z\"}}], pass: "
		"[{fields: {submitted_at: \"2026-01-01T00:00:00Z\"}}]}}\n";
	OWNED(ruleset_freep) struct ruleset *rs = rulesets_of(rules);

	assert_int_equal(ruleset_test(rs, NULL, NULL), 0);
}

static void findings_are_conditions_too(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of("rules:\n" RULE(
		"dup", "{duplicate: same-author-same-subject}", "reject",
		"") RULE("many", "{arrivals: {of: author, window: day, above: 3}}",
			 "hold", "") RULE("not-dup", "{not: {duplicate: other-author}}",
					  "label", ""));
	struct review review = {.text = "x"};
	struct hit hits[HITS_MAX];

	review.findings.duplicates.count = 2;
	review.findings.duplicates.candidate[0] =
		(struct duplicate){.kind = DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT, .seq = 4};
	review.findings.duplicates.candidate[1] =
		(struct duplicate){.kind = DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, .seq = 5};
	review.findings.arrivals.count[ARRIVAL_AUTHOR][WINDOW_DAY] = 4;
	assert_int_equal(rulesets_evaluate(rs, &review, hits), 3);
	assert_true(span_equal(hits[0].rule, SPAN_OF("dup")));
	assert_int_equal(hits[0].duplicate_of, 5);
	assert_true(span_equal(hits[1].rule, SPAN_OF("many")));
	assert_int_equal(hits[1].duplicate_of, 0);
	assert_int_equal(hits[2].duplicate_of, 0);
	review.findings.arrivals.count[ARRIVAL_AUTHOR][WINDOW_DAY] = 3;
	review.findings.duplicates.candidate[1].kind = DUPLICATE_OTHER_AUTHOR;
	assert_int_equal(rulesets_evaluate(rs, &review, hits), 0);
}

/* --- scope, order, evidence ---------------------------------------------------------- */

static void a_rule_applies_in_its_scope(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of(
		"rules:\n" RULE("fr", "{words: [a]}", "hold",
				", scope: {languages: [fr]}")
			RULE("src", "{words: [b]}", "hold", ", scope: {sources: [shop]}")
				RULE("es", "{words: [c]}", "hold",
				     ", scope: {profiles: [es, it]}"));
	struct hit hits[HITS_MAX];

	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "a"}, hits), 1);
	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.text = "a", .language = "fr"},
				  hits),
		1);
	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.text = "a", .language = "en"},
				  hits),
		0);
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "b"}, hits), 0);
	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.text = "b", .source = "shop"},
				  hits),
		1);
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "c"}, hits), 0);
	ruleset_use_profile(rs, "it");
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "c"}, hits), 1);
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.kind = KIND_TICK}, hits),
			 0);
}

static void other_kinds_are_evaluated_where_the_scope_says_so(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of(
		"rules:\n  - {id: r, version: 1, " PEOPLE
		", scope: {kinds: [reply]}, when: {field: source, is: x}, action: label, "
		"mode: shadow, examples: {match: [{fields: {source: x}}], pass: [{fields: "
		"{source: y}}]}}\n");
	struct hit hits[HITS_MAX];

	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.kind = KIND_REPLY, .source = "x"},
				  hits),
		1);
	assert_int_equal(hits[0].mode, MODE_SHADOW);
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.source = "x"}, hits), 0);
	assert_int_equal(ruleset_test(rs, NULL, NULL), 0);
}

static void hits_come_by_severity_then_by_id(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of(
		"rules:\n" RULE("z", "{words: [z1]}", "accept", "")
			RULE("b", "{words: [b1]}", "hold", "") RULE("c", "{words: [c1]}",
								    "reject", "")
				RULE("a", "{words: [a1]}", "await-author", "")
					RULE("ab", "{words: [ab1]}", "hold", "")
						RULE("d", "{words: [d1]}", "label", ""));
	static const char *const order[] = {"c", "ab", "b", "a", "d", "z"};
	struct hit hits[HITS_MAX];

	assert_int_equal(rulesets_evaluate(rs,
					   &(struct review){.text = "z1 b1 c1 a1 ab1 d1"},
					   hits),
			 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(span_equal(hits[i].rule, span_of(order[i])));
	assert_true(span_equal(hits[0].reason, SPAN_OF("L-SPAM")));
	assert_true(span_equal(hits[0].clauses, SPAN_OF("AF-10")));
}

static void the_numbers_that_speak_for_a_hit_are_its_evidence(void **state)
{
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of("rules:\n" RULE(
		"r",
		"{all: [{words: [a]}, {not: {measure: letters, above: 99}}, "
		"{any: [{measure: words, above: 50}, {arrivals: {of: text, window: day, "
		"above: 2}}]}, {date: received_at, after: experience_date, days: 9}]}",
		"label", ""));
	struct review review = {.text = "a b c", .experience_day = -100};
	struct hit hits[HITS_MAX];
	static const struct {
		const char *name;
		int64_t value;
	} expected[] = {
		{"measure.letters", 3},
		{"arrivals.text.day", 7},
		/* Received in 1970 somewhere on earth, at the earliest on the day before. */
		{"days.received_at.experience_date", 99},
	};

	(void)state;
	review.findings.arrivals.count[ARRIVAL_TEXT][WINDOW_DAY] = 7;
	assert_int_equal(rulesets_evaluate(rs, &review, hits), 1);
	assert_int_equal(hits[0].value_count, ARRAY_LEN(expected));
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		assert_true(
			span_equal(hits[0].values[i].name, span_of(expected[i].name)));
		assert_int_equal(hits[0].values[i].value, expected[i].value);
	}
}

/* Which model files lie there must not change a decision that is sure without them. */
static void what_is_known_goes_before_what_is_guessed(void **state)
{
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of(
		"rules:\n" RULE("a", "{any: [{words: [x]}, {classifier: m, above: 900}]}",
				"hold", "") RULE("c", "{words: [y]}", "label", "")
			RULE("b", "{words: [x]}", "hold", ""));
	static const char *const order[] = {"b", "a", "c"};
	struct hit hits[HITS_MAX];

	(void)state;
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "x y"}, hits), 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(span_equal(hits[i].rule, span_of(order[i])));
}

static void live_hits_come_before_shadows_where_there_are_too_many(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	struct hit hits[HITS_MAX];
	size_t live = 0;

	buf_text(&rules, "rules:\n");
	for (int i = 0; i < 100; i++)
		buf_format(
			&rules,
			"  - {id: r%03d, version: 1, " PEOPLE
			", when: {words: [a, w%03d]}, action: hold, reason: L-SPAM, mode: %s, "
			"examples: {match: [w%03d], pass: [b]}}\n",
			i, i, i < 60 ? "shadow" : "live", i);
	OWNED(ruleset_freep) struct ruleset *rs = rulesets_of(buf_string(&rules));
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "a"}, hits),
			 HITS_MAX);
	for (size_t i = 0; i < HITS_MAX; i++) {
		live += hits[i].mode == MODE_LIVE;
		assert_true(i == 0 ||
			    memcmp(hits[i - 1].rule.at, hits[i].rule.at, 4) < 0);
	}
	assert_int_equal(live, 40);
	assert_true(span_equal(hits[0].rule, SPAN_OF("r000")));
}

static void evidence_points_into_the_authors_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *when, *title, *text;
		size_t count;
		struct hit_span spans[3];
	} rows[] = {
		{"{words: [con]}", NULL, "é ＣＯＮ con", 2, {{25, 3, 9}, {25, 13, 3}}},
		{"{words: [con]}", "con", "con", 2, {{24, 0, 3}, {25, 0, 3}}},
		{"{pattern: '[0-9]{2,}', on: match}",
		 NULL,
		 "é 123 à 4567",
		 2,
		 {{25, 3, 3}, {25, 10, 4}}},
		{"{pattern: '[0-9]{2,}', on: raw}",
		 NULL,
		 "é 123 à 4567",
		 2,
		 {{25, 3, 3}, {25, 10, 4}}},
		{"{pattern: fi, on: match}",
		 NULL,
		 "of\xEF\xAC\x81"
		 "ce",
		 1,
		 {{25, 2, 3}}},
		{"{pattern: '^f', on: match}", NULL, "\xEF\xAC\x81n", 1, {{25, 0, 3}}},
		{"{all: [{words: [a]}, {not: {words: [b]}}]}",
		 NULL,
		 "a",
		 1,
		 {{25, 0, 1}}},
		{"{any: [{words: [abc]}, {pattern: 'bcd? '}]}",
		 NULL,
		 "xx abc d",
		 1,
		 {{25, 3, 4}}},
		{"{not: {words: [b]}}", NULL, "a", 0, {{0}}},
	};
	struct hit hits[HITS_MAX];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);

		buf_format(&rules, "rules:\n" RULE("r", "%s", "hold", ""), rows[i].when);
		OWNED(ruleset_freep) struct ruleset *rs = rulesets_of(buf_string(&rules));
		assert_int_equal(
			rulesets_evaluate(rs,
					  &(struct review){.title = rows[i].title,
							   .text = rows[i].text},
					  hits),
			1);
		if (hits[0].span_count != rows[i].count)
			fail_msg("row %zu: %d spans", i, hits[0].span_count);
		for (size_t k = 0; k < rows[i].count; k++) {
			assert_int_equal(hits[0].spans[k].tag, rows[i].spans[k].tag);
			assert_int_equal(hits[0].spans[k].start, rows[i].spans[k].start);
			assert_int_equal(hits[0].spans[k].len, rows[i].spans[k].len);
		}
	}
}

static void a_flood_of_matches_stays_within_bounds(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of("rules:\n" RULE(
		"r", "{any: [{words: [a, b]}, {pattern: 'c'}]}", "hold",
		"") RULE("s", "{any: [{words: [a]}, {pattern: 'c', on: raw}]}", "hold",
			 ", scope: {sources: [src]}"));
	OWNED(buf_release) struct buf text = BUF_INIT(60001);
	struct hit hits[HITS_MAX];

	while (!text.full)
		buf_text(&text, "a b c ");
	struct review review = {.title = "a b c a b c", .text = buf_string(&text)};
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rulesets_evaluate(rs, &review, hits), 2);
		assert_int_equal(hits[0].span_count, HIT_SPANS_MAX);
	}
}

/* --- examples ----------------------------------------------------------- */

static void on_example(void *context, const struct ruleset_example *example)
{
	struct ruleset_example *failed = context;

	if (example->must_match != example->matched)
		*failed = *example;
}

static void an_example_that_fails_is_reported(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs =
		rulesets_of("rules:\n"
			    "  - {id: r, version: 1, " PEOPLE
			    ", scope: {profiles: [it], sources: [x]},\n"
			    "     when: {words: [a]}, action: label, mode: live,\n"
			    "     examples: {match: [a, {title: a}], pass: [b,\n"
			    "       {text: A}]}}\n");
	struct ruleset_example failed = {0};

	assert_int_equal(ruleset_test(rs, on_example, &failed), 1);
	assert_string_equal(failed.rule, "r");
	assert_string_equal(failed.file, "rules/moderation/a.yaml");
	assert_int_equal(failed.line, 5);
	assert_int_equal(failed.column, 8);
	assert_true(failed.matched);
}

static void phrases_take_words_back(void **state)
{
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of("rules:\n" RULE(
		"r", "{words: [con, bar], except: [con carne, le con est]}", "hold", ""));
	static const struct {
		const char *text;
		size_t hits, spans;
	} rows[] = {
		{"Quel con.", 1, 1},	     {"Chili con carne.", 0, 0},
		{"Le CON est là.", 0, 0},    {"Con carne, quel con, con carne.", 1, 1},
		{"Con carne au bar.", 1, 1}, {"Con carnet.", 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct hit hits[HITS_MAX];
		size_t count = rulesets_evaluate(
			rs, &(struct review){.text = rows[i].text}, hits);
		if (count != rows[i].hits ||
		    (count && hits[0].span_count != rows[i].spans))
			fail_msg("row %zu: %zu hits", i, count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_conditions_hold_where_they_match),
		cmocka_unit_test(dates_are_compared_as_days_everywhere),
		cmocka_unit_test(findings_are_conditions_too),
		cmocka_unit_test(a_rule_applies_in_its_scope),
		cmocka_unit_test(other_kinds_are_evaluated_where_the_scope_says_so),
		cmocka_unit_test(hits_come_by_severity_then_by_id),
		cmocka_unit_test(the_numbers_that_speak_for_a_hit_are_its_evidence),
		cmocka_unit_test(what_is_known_goes_before_what_is_guessed),
		cmocka_unit_test(live_hits_come_before_shadows_where_there_are_too_many),
		cmocka_unit_test(evidence_points_into_the_authors_bytes),
		cmocka_unit_test(a_flood_of_matches_stays_within_bounds),
		cmocka_unit_test(an_example_that_fails_is_reported),
		cmocka_unit_test(phrases_take_words_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
