/* Who is asked changes nothing about what holds: `explain` asks every rule. */
// uses: tests/lib/rulesets.c
#include "rulesets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const char *const whens[] = {
	"{words: [rare]}",
	"{not: {words: [rare]}}",
	"{all: [{words: [common]}, {words: [rare]}]}",
	"{all: [{not: {words: [rare]}}, {words: [common]}]}",
	"{all: [{field: title, present: true}, {words: [common]}]}",
	"{any: [{field: title, present: true}, {words: [common]}]}",
	"{any: [{all: [{words: [rare]}, {words: [other]}]}, {pattern: 'com+on', on: match}]}",
	"{all: [{any: [{words: [rare]}, {measure: length_chars, above: 3}]}, "
	"{not: {field: language, is: en}}]}",
	"{all: [{any: [{words: [rare]}, {words: [common]}]}, {any: [{field: language, is: en}, "
	"{field: title, is: rare}]}]}",
	"{field: language, is: en}",
	"{field: language, present: false}",
	"{not: {field: title, present: true}}",
	"{date: received_at, after: experience_date}",
	"{date: experience_date, after: received_at}",
	"{duplicate: other-author}",
	"{not: {duplicate: other-author}}",
	"{any: [{duplicate: same-author-same-subject}, {words: [rare]}]}",
	"{all: [{not: {duplicate: other-author}}, {field: source, is: src}]}",
	"{arrivals: {of: subject, window: day, above: 2}}",
	"{arrivals: {of: subject, window: day, below: 1}}",
	"{measure: letters, below: 2}",
	"{language: [en]}",
	"{classifier: absent, above: 500}",
	"{not: {classifier: absent, above: 500}}",
	"{any: [{classifier: absent, above: 500}, {words: [other]}]}",
	"{all: [{classifier: absent, above: 500}, {words: [common]}]}",
};

static const char *const texts[] = {NULL,
				    "",
				    "a",
				    "common",
				    "rare",
				    "rare common",
				    "other rare words that are common here",
				    "r a r e"};

static struct ruleset *all_rules(void)
{
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);

	buf_text(&rules, "rules:\n");
	for (size_t i = 0; i < ARRAY_LEN(whens); i++)
		buf_format(&rules, RULE("r%02zu", "%s", "label", ""), i, whens[i]);
	return rulesets_of(buf_string(&rules));
}

struct seen {
	char holding[4096];
	size_t at;
};

static void see(struct seen *seen, const char *rule, size_t len)
{
	seen->at += (size_t)snprintf(seen->holding + seen->at,
				     sizeof(seen->holding) - seen->at, "%.*s ", (int)len,
				     rule);
}

static void on_rule(void *context, const struct ruleset_view *rule)
{
	if (rule->holds)
		see(context, rule->id, strlen(rule->id));
}

static void on_condition(void *context, const struct ruleset_condition *condition)
{
	(void)context;
	(void)condition;
}

/* How many rules hold, if it is the same for both. */
static size_t holding(struct ruleset *rs, const struct review *review)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	struct record record = rulesets_record(&bytes, review);
	struct seen asked = {.at = 0}, all = {.at = 0};
	struct hit hits[HITS_MAX];
	size_t count = ruleset_evaluate(rs, &record, &review->findings, hits);

	for (size_t i = 0; i < count; i++)
		see(&asked, (const char *)hits[i].rule.at, hits[i].rule.len);
	ruleset_explain(rs, &record, &review->findings,
			&(struct ruleset_listener){.context = &all,
						   .rule = on_rule,
						   .condition = on_condition});
	assert_string_equal(asked.holding, all.holding);
	return count;
}

static void what_holds_is_what_would_hold_if_all_were_asked(void **state)
{
	OWNED(ruleset_freep) struct ruleset *rs = all_rules();
	size_t least = ARRAY_LEN(whens), most = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts) * 32; i++) {
		struct review review = {.text = texts[i / 32],
					.title = i & 1 ? "rare" : NULL,
					.language = i & 2 ? "en" : NULL,
					.experience_day = i & 4 ? 20000 : 0};
		review.findings.has_duplicates = (i & 8) != 0;
		review.findings.duplicates.count = (i & 8) != 0;
		review.findings.duplicates.candidate[0] = (struct duplicate){
			.kind = i & 1 ? DUPLICATE_OTHER_AUTHOR
				      : DUPLICATE_SAME_AUTHOR_SAME_SUBJECT,
			.seq = 3};
		review.findings.has_arrivals = true;
		review.findings.arrivals.count[ARRIVAL_SUBJECT][WINDOW_DAY] =
			i & 16 ? 5 : 0;
		size_t count = holding(rs, &review);
		least = MIN(least, count);
		most = MAX(most, count);
	}
	assert_true(least < 9);
	assert_true(most > 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_holds_is_what_would_hold_if_all_were_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
