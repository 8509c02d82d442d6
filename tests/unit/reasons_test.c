#include "reasons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define LAWFUL                                                                       \
	"version: 1\n"                                                               \
	"lawful:\n"                                                                  \
	"  - code: L-SPAM\n"                                                         \
	"    label: {en: Spam, fr: Publicité}\n"                                    \
	"    explanation: {en: You advertise., fr: Vous faites de la publicité.}\n" \
	"    evidence: passage\n"                                                    \
	"    dsa: {ground: incompatible, category: OTHER, keyword: K}\n"             \
	"    seen_in: [AV]\n"
#define CONDITIONAL                                          \
	"conditional:\n"                                     \
	"  - code: C-LATE\n"                                 \
	"    label: {en: Late, fr: Tardif}\n"                \
	"    explanation: {en: Too late., fr: Trop tard.}\n" \
	"    evidence: dates\n"                              \
	"    condition: Declared.\n"
#define UNLAWFUL      \
	"unlawful:\n" \
	"  - {code: U-NEG, behaviour: Low rating, breaks: [EU-04, ISO-28]}\n"
#define GOOD LAWFUL CONDITIONAL UNLAWFUL

static void the_catalogue_is_read(void **state)
{
	(void)state;
	OWNED(reasons_freep) struct reasons *r = NULL;

	assert_int_equal(reasons_load(&r, "r.yaml", SPAN_OF(GOOD), NULL), ST_OK);
	assert_int_equal(reasons_count(r), 2);
	const struct reason *spam = reasons_find(r, "L-SPAM");
	assert_ptr_equal(spam, reasons_at(r, 0));
	assert_int_equal(spam->class, REASON_LAWFUL);
	assert_string_equal(spam->label[REASON_FR], "Publicité");
	assert_string_equal(spam->explanation[REASON_EN], "You advertise.");
	assert_string_equal(spam->dsa_keyword, "K");
	assert_null(spam->condition);
	const struct reason *late = reasons_find(r, "C-LATE");
	assert_int_equal(late->class, REASON_CONDITIONAL);
	assert_string_equal(late->condition, "Declared.");
	assert_null(late->dsa_ground);
	assert_null(reasons_find(r, "L-NONE"));
	assert_null(reasons_find(r, "U-NEG"));
	assert_string_equal(reasons_find_unlawful(r, "U-NEG")->breaks, "EU-04, ISO-28");
	assert_string_equal(reasons_nearest(r, "L-SAPM"), "L-SPAM");
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *complaint;
	} rows[] = {
		{LAWFUL CONDITIONAL, "r.yaml:1:1: 'unlawful' is missing"},
		{"version: 2\n", "r.yaml:1:10: 2 is not in 1..1"},
		{GOOD "more: 1\n", "unknown key 'more'"},
		{"version: 1\nlawful:\n  - code: l-spam\nconditional: []\nunlawful: []\n",
		 "r.yaml:3:11: 'l-spam' is no code"},
		{"version: 1\nlawful:\n  - code: C-X\nconditional: []\nunlawful: []\n",
		 "'C-X' is no code"},
		{"version: 1\nlawful:\n  - code: L-X\n    label: {en: x}\n"
		 "conditional: []\nunlawful: []\n",
		 "r.yaml:4:12: 'fr' is missing"},
		{"version: 1\nlawful: []\nconditional: []\nunlawful:\n"
		 "  - {code: U-X, behaviour: x, breaks: []}\n",
		 "expected a list of clauses"},
		{LAWFUL "    condition: no\n" CONDITIONAL UNLAWFUL,
		 "a lawful code has no condition"},
		{"version: 1\nlawful: []\nconditional: []\nunlawful:\n"
		 "  - {code: U-X, behaviour: x, breaks: [a]}\n"
		 "  - {code: U-X, behaviour: x, breaks: [a]}\n",
		 "r.yaml:6:12: 'U-X' is there twice"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reasons *r = NULL;
		struct err err = {""};

		assert_int_equal(reasons_load(&r, "r.yaml", span_of(rows[i].text), &err),
				 ST_ECONFIG);
		if (!strstr(err.text, rows[i].complaint))
			fail_msg("row %zu: %s", i, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_catalogue_is_read),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
