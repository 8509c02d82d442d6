// uses: tests/lib/rulesets.c
/* likeness.h: which candidates a bounded condition takes, and what its hit says. */
#include "rulesets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "example.h"

#define ANY_RULE(when) "rules:\n" RULE("r", when, "hold", "")

/* One candidate of so many percent and bits, in lists of 100 elements. */
static struct duplicate alike(unsigned percent, uint16_t bits, uint64_t seq)
{
	struct duplicate d;

	assert_true(example_duplicate(&d, DUPLICATE_OTHER_AUTHOR, percent, 0, bits));
	d.seq = seq;
	return d;
}

static void bounds_are_exact(void **state)
{
	(void)state;
	static const struct {
		const char *bounds;
		uint32_t shared, mine, theirs;
		uint16_t bits;
		bool holds;
	} rows[] = {
		{"", 1, 9, 9, 0, true},
		{", similarity: {at_least: 80}", 80, 80, 100, 0, true},
		{", similarity: {at_least: 80}", 79999, 79999, 100000, 0, false},
		{", similarity: {below: 80}", 79999, 79999, 100000, 0, true},
		{", similarity: {below: 80}", 80, 80, 100, 0, false},
		{", similarity: {at_least: 60, below: 95}", 60, 60, 100, 0, true},
		{", similarity: {at_least: 60, below: 95}", 95, 95, 100, 0, false},
		{", similarity: {at_least: 60, below: 95}", 59, 59, 100, 0, false},
		{", similarity: {at_least: 100}", 100, 100, 100, 0, true},
		{", similarity: {at_least: 100}", 99999, 99999, 100000, 0, false},
		{", containment: {at_least: 90}", 9, 10, 90, 0, true},
		{", containment: {at_least: 90}", 9, 90, 10, 0, true},
		{", containment: {at_least: 90}", 8, 10, 90, 0, false},
		{", bits: {at_least: 40}", 1, 9, 9, 40, true},
		{", bits: {at_least: 40}", 1, 9, 9, 39, false},
		{", bits: {below: 40}", 1, 9, 9, 39, true},
		{", similarity: {at_least: 50}, bits: {at_least: 40}", 9, 9, 9, 39,
		 false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
		struct review review = {.text = "x"};
		struct hit hits[HITS_MAX];

		buf_format(&rules, ANY_RULE("{duplicate: other-author%s}"),
			   rows[i].bounds);
		OWNED(ruleset_freep) struct ruleset *rs = rulesets_of(buf_string(&rules));
		review.findings.duplicates.count = 1;
		review.findings.duplicates.candidate[0] =
			(struct duplicate){.kind = DUPLICATE_OTHER_AUTHOR,
					   .seq = 3,
					   .shared = rows[i].shared,
					   .mine = rows[i].mine,
					   .theirs = rows[i].theirs,
					   .bits = rows[i].bits};
		if (rulesets_evaluate(rs, &review, hits) != rows[i].holds)
			fail_msg("row %zu%s", i, rows[i].bounds);
	}
}

/* The hit rests on the first candidate that the bounds take, and has its numbers. */
static void a_hit_has_the_numbers_of_its_candidate(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of(
		ANY_RULE("{duplicate: other-author, similarity: {below: 90}, bits: "
			 "{at_least: 30}}"));
	struct review review = {.text = "x"};
	struct hit hits[HITS_MAX];
	struct duplicates *d = &review.findings.duplicates;

	d->count = 3;
	d->candidate[0] = alike(95, 70, 11);
	d->candidate[1] = alike(88, 20, 12);
	d->candidate[2] = alike(61, 31, 13);
	assert_int_equal(rulesets_evaluate(rs, &review, hits), 1);
	assert_int_equal(hits[0].duplicate_of, 13);
	assert_int_equal(hits[0].value_count, 2);
	assert_true(span_equal(hits[0].values[0].name,
			       SPAN_OF("duplicate.other-author.similarity")));
	assert_int_equal(hits[0].values[0].value, 61);
	assert_true(span_equal(hits[0].values[1].name,
			       SPAN_OF("duplicate.other-author.bits")));
	assert_int_equal(hits[0].values[1].value, 31);
	d->count = 2;
	assert_int_equal(rulesets_evaluate(rs, &review, hits), 0);
}

static void what_was_asked_to_be_absent_gives_no_number(void **state)
{
	(void)state;
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of(
		ANY_RULE("{not: {duplicate: other-author, similarity: {at_least: 90}}}"));
	struct review review = {.text = "x"};
	struct hit hits[HITS_MAX];

	review.findings.duplicates.count = 1;
	review.findings.duplicates.candidate[0] = alike(80, 9, 4);
	assert_int_equal(rulesets_evaluate(rs, &review, hits), 1);
	assert_int_equal(hits[0].duplicate_of, 0);
	assert_int_equal(hits[0].value_count, 0);
}

static void unclear_bounds_do_not_load(void **state)
{
	(void)state;
	static const struct {
		const char *bounds, *complaint;
	} rows[] = {
		{"similarity: 80", "a.yaml:2:"},
		{"similarity: {}", "'at_least' or 'below' is missing"},
		{"similarity: {above: 3}", "unknown key 'above'"},
		{"similarity: {at_least: 101}", "a.yaml:2:"},
		{"bits: {at_least: 65536}", "a.yaml:2:"},
		{"bits: {at_least: 9, below: 9}", "no number is at least 9 and below 9"},
		{"similarity: {at_least: 80}, containment: {below: 80}",
		 "a containment is never below the similarity"},
		{"simlarity: {at_least: 80}", "did you mean 'similarity'?"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
		struct ruleset *rs = NULL;
		struct err err = {""};

		buf_format(&rules, ANY_RULE("{duplicate: other-author, %s}"),
			   rows[i].bounds);
		assert_int_equal(rulesets_load(&rs, buf_string(&rules), &err),
				 ST_ECONFIG);
		if (!strstr(err.text, rows[i].complaint))
			fail_msg("%s: %s", rows[i].bounds, err.text);
	}
}

static void an_example_says_how_alike(void **state)
{
	(void)state;
	static const char rules[] =
		"rules:\n"
		"  - {id: near, version: 1, " PEOPLE
		", when: {duplicate: other-author, similarity: {at_least: 60, below: 95}}, "
		"action: label, mode: live, examples: {match: ["
		"{text: a, duplicate: other-author, similarity: 60}, "
		"{text: a, duplicate: other-author, similarity: 94}], pass: ["
		"{text: a, duplicate: other-author}, "
		"{text: a, duplicate: other-author, similarity: 95}, "
		"{text: a, duplicate: other-author, similarity: 59}]}}\n"
		"  - {id: more, version: 1, " PEOPLE
		", when: {duplicate: other-author, containment: {at_least: 90}, bits: "
		"{at_least: 50}}, "
		"action: label, mode: live, examples: {match: ["
		"{text: a, duplicate: other-author}, "
		"{text: a, duplicate: other-author, similarity: 40, containment: 90}], pass: ["
		"{text: a, duplicate: other-author, similarity: 40, containment: 89}, "
		"{text: a, duplicate: other-author, similarity: 40}, "
		"{text: a, duplicate: other-author, bits: 49}]}}\n";
	OWNED(ruleset_freep) struct ruleset *rs = rulesets_of(rules);

	assert_int_equal(ruleset_test(rs, NULL, NULL), 0);
}

static void no_two_texts_share_less_of_one_than_of_both(void **state)
{
	(void)state;
	struct duplicate d;

	for (unsigned similarity = 1; similarity <= 100; similarity++) {
		unsigned least =
			(200 * similarity + 99 + similarity) / (100 + similarity);

		assert_true(
			example_duplicate(&d, DUPLICATE_OTHER_AUTHOR, similarity, 0, 1));
		assert_int_equal(duplicate_similarity(&d), similarity);
		assert_true(example_duplicate(&d, DUPLICATE_OTHER_AUTHOR, similarity, 100,
					      1));
		assert_int_equal(duplicate_similarity(&d), similarity);
		assert_int_equal(duplicate_containment(&d), 100);
		assert_true(example_duplicate(&d, DUPLICATE_OTHER_AUTHOR, similarity,
					      least, 1));
		assert_int_equal(duplicate_similarity(&d), similarity);
		assert_int_equal(duplicate_containment(&d), least);
		assert_false(example_duplicate(&d, DUPLICATE_OTHER_AUTHOR, similarity,
					       least - 1, 1) &&
			     least > 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_exact),
		cmocka_unit_test(a_hit_has_the_numbers_of_its_candidate),
		cmocka_unit_test(what_was_asked_to_be_absent_gives_no_number),
		cmocka_unit_test(unclear_bounds_do_not_load),
		cmocka_unit_test(an_example_says_how_alike),
		cmocka_unit_test(no_two_texts_share_less_of_one_than_of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
