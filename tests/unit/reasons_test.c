#include "reasons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "buf.h"
#include "file.h"
#include "utf8.h"
#include "yaml.h"

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

/* --- the shipped file ------------------------------------------------------------------ */

static void load_shipped(struct reasons **ret)
{
	OWNED(buf_release) struct buf text = BUF_INIT(YAML_BYTES_MAX);
	struct err err = {""};

	assert_int_equal(file_read(&text, "rules/reasons.yaml", NULL), ST_OK);
	if (reasons_load(ret, "rules/reasons.yaml", buf_view(&text), &err))
		fail_msg("%s", err.text);
}

/* Every code of the catalogue of requirements, 2c, in its order. */
static const char *const lawful[] = {
	"L-FAKE",      "L-FAKE-SUSP", "L-INSIDER",  "L-COMPETITOR", "L-PAID",
	"L-UNAUTH",    "L-DUP",	      "L-OFFTOPIC", "L-WRONGSUBJ",  "L-SPAM",
	"L-ABUSE",     "L-HATE",      "L-DEFAM",    "L-THREAT",	    "L-PII",
	"L-CONFID",    "L-IP",	      "L-FALSE",    "L-ILLEGAL",    "L-UNREADABLE",
	"L-AUTHORREQ", "L-COURT",     "L-EXPIRED",  "L-SUBJGONE",   "L-ERASURE",
};
static const char *const conditional[] = {
	"C-NOPROOF", "C-LATE",	   "C-OLD",	    "C-LANG",
	"C-SHORT",   "C-MISMATCH", "C-LITIG",	    "C-HOLD-DOUBT",
	"C-MINOR",   "C-MULTIPLE", "C-NOTCONSUMER",
};
static const char *const unlawful[] = {
	"U-NEG",    "U-SUPREQ", "U-PLAN",  "U-COMPLAINT",  "U-DEAL",
	"U-DELAY",  "U-EDIT",	"U-HIDE",  "U-HIDDENRULE", "U-OTHER",
	"U-NOTICE", "U-GATE",	"U-AUTO5", "U-EARLY",	   "U-LABEL",
	"U-INCENT", "U-HIJACK", "U-RETAL", "U-STALE",	   "U-ERASEHOLD",
};

static void the_shipped_list_is_the_closed_one(void **state)
{
	(void)state;
	OWNED(reasons_freep) struct reasons *r = NULL;

	load_shipped(&r);
	assert_int_equal(reasons_count(r), ARRAY_LEN(lawful) + ARRAY_LEN(conditional));
	for (size_t i = 0; i < ARRAY_LEN(lawful); i++) {
		assert_string_equal(reasons_at(r, i)->code, lawful[i]);
		assert_int_equal(reasons_at(r, i)->class, REASON_LAWFUL);
	}
	for (size_t i = 0; i < ARRAY_LEN(conditional); i++) {
		const struct reason *one = reasons_at(r, ARRAY_LEN(lawful) + i);
		assert_string_equal(one->code, conditional[i]);
		assert_int_equal(one->class, REASON_CONDITIONAL);
	}
	for (size_t i = 0; i < ARRAY_LEN(unlawful); i++) {
		const struct unlawful *one = reasons_find_unlawful(r, unlawful[i]);
		assert_non_null(one);
		assert_true(one->behaviour[0] && one->breaks[0]);
	}
}

static bool shows(const char *text)
{
	return text && !utf8_shows_nothing(span_of(text));
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

/* Schema v2 of the DSA Transparency Database; of its 69 keywords those that suit a review. */
static const char *const categories[] = {
	"STATEMENT_CATEGORY_ANIMAL_WELFARE",
	"STATEMENT_CATEGORY_CONSUMER_INFORMATION",
	"STATEMENT_CATEGORY_CYBER_VIOLENCE",
	"STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN",
	"STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
	"STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
	"STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
	"STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
	"STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE",
	"STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
	"STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
	"STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
	"STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
	"STATEMENT_CATEGORY_SELF_HARM",
	"STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
	"STATEMENT_CATEGORY_VIOLENCE",
	NULL,
};
static const char *const keywords[] = {
	"KEYWORD_INAUTHENTIC_USER_REVIEWS",
	"KEYWORD_INAUTHENTIC_ACCOUNTS",
	"KEYWORD_HIDDEN_ADVERTISEMENT",
	"KEYWORD_MISLEADING_INFO_GOODS_SERVICES",
	"KEYWORD_DEFAMATION",
	"KEYWORD_HATE_SPEECH",
	"KEYWORD_DISCRIMINATION",
	"KEYWORD_CYBER_HARASSMENT",
	"KEYWORD_MISSING_PROCESSING_GROUND",
	"KEYWORD_RIGHT_TO_BE_FORGOTTEN",
	"KEYWORD_TRADE_SECRET_INFRINGEMENT",
	"KEYWORD_COPYRIGHT_INFRINGEMENT",
	"KEYWORD_LANGUAGE_REQUIREMENTS",
	"KEYWORD_INCITEMENT_VIOLENCE_HATRED",
	NULL,
};

static void every_shipped_reason_is_complete(void **state)
{
	(void)state;
	static const char *const grounds[] = {"illegal", "incompatible", NULL};
	/* An act of the author, and an order: no restriction that is ours to explain. */
	static const char *const no_statement[] = {"L-AUTHORREQ", "L-COURT", NULL};
	OWNED(reasons_freep) struct reasons *r = NULL;

	load_shipped(&r);
	for (size_t i = 0; i < reasons_count(r); i++) {
		const struct reason *one = reasons_at(r, i);
		bool complete = shows(one->evidence);

		for (size_t k = 0; k < REASON_LANGUAGES; k++)
			complete = complete && shows(one->label[k]) &&
				   shows(one->explanation[k]);
		complete = complete && strcmp(one->explanation[REASON_EN],
					      one->explanation[REASON_FR]) != 0;
		if (one->class == REASON_CONDITIONAL)
			complete = complete && shows(one->condition);
		if (is_one_of(one->code, no_statement))
			complete = complete && !one->dsa_ground;
		else
			complete = complete && one->dsa_ground && one->dsa_category &&
				   is_one_of(one->dsa_ground, grounds) &&
				   is_one_of(one->dsa_category, categories);
		if (one->dsa_keyword)
			complete = complete && is_one_of(one->dsa_keyword, keywords);
		if (!complete)
			fail_msg("%s is not complete", one->code);
	}
}

static void every_shipped_reason_says_where_it_was_seen(void **state)
{
	(void)state;
	static const char *const lists[] = {"lawful", "conditional"};
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;

	assert_int_equal(yaml_load(&doc, "rules/reasons.yaml", NULL), ST_OK);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (const struct yaml_node *at =
			     yaml_get(yaml_root(doc), lists[i])->first;
		     at; at = at->next) {
			const struct yaml_node *seen = yaml_get(at, "seen_in");
			if (!seen || seen->kind != YAML_SEQUENCE || seen->count == 0)
				fail_msg("line %u", at->line);
		}
}

/* What the catalogue says in so many words. */
static void the_dsa_columns_are_those_of_the_catalogue(void **state)
{
	(void)state;
	static const struct {
		const char *code, *category, *keyword;
	} rows[] = {
		{"L-FAKE", "SCAMS_AND_FRAUD", "INAUTHENTIC_USER_REVIEWS"},
		{"L-FAKE-SUSP", "SCAMS_AND_FRAUD", "INAUTHENTIC_USER_REVIEWS"},
		{"L-INSIDER", "SCAMS_AND_FRAUD", "INAUTHENTIC_USER_REVIEWS"},
		{"L-COMPETITOR", "SCAMS_AND_FRAUD", "INAUTHENTIC_USER_REVIEWS"},
		{"L-PAID", "CONSUMER_INFORMATION", "HIDDEN_ADVERTISEMENT"},
		{"L-UNAUTH", "OTHER_VIOLATION_TC", NULL},
		{"L-DUP", "OTHER_VIOLATION_TC", NULL},
		{"L-OFFTOPIC", "OTHER_VIOLATION_TC", NULL},
		{"L-WRONGSUBJ", "OTHER_VIOLATION_TC", NULL},
		{"L-SPAM", "OTHER_VIOLATION_TC", NULL},
		{"L-ABUSE", "CYBER_VIOLENCE", "CYBER_HARASSMENT"},
		{"L-HATE", "ILLEGAL_OR_HARMFUL_SPEECH", "HATE_SPEECH"},
		{"L-DEFAM", "ILLEGAL_OR_HARMFUL_SPEECH", "DEFAMATION"},
		{"L-THREAT", "VIOLENCE", "INCITEMENT_VIOLENCE_HATRED"},
		{"L-PII", "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
		 "MISSING_PROCESSING_GROUND"},
		{"L-CONFID", "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
		 "TRADE_SECRET_INFRINGEMENT"},
		{"L-IP", "INTELLECTUAL_PROPERTY_INFRINGEMENTS", "COPYRIGHT_INFRINGEMENT"},
		{"L-FALSE", "CONSUMER_INFORMATION", "MISLEADING_INFO_GOODS_SERVICES"},
		{"L-UNREADABLE", "OTHER_VIOLATION_TC", NULL},
		{"L-EXPIRED", "OTHER_VIOLATION_TC", NULL},
		{"L-SUBJGONE", "OTHER_VIOLATION_TC", NULL},
		{"L-ERASURE", "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
		 "RIGHT_TO_BE_FORGOTTEN"},
	};
	OWNED(reasons_freep) struct reasons *r = NULL;

	load_shipped(&r);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct reason *one = reasons_find(r, rows[i].code);

		assert_string_equal(one->dsa_category + strlen("STATEMENT_CATEGORY_"),
				    rows[i].category);
		if (!rows[i].keyword)
			assert_null(one->dsa_keyword);
		else
			assert_string_equal(one->dsa_keyword + strlen("KEYWORD_"),
					    rows[i].keyword);
	}
	assert_string_equal(reasons_find_unlawful(r, "U-NEG")->breaks,
			    "EU-04, UK-03, US-12, AF-14, ISO-28");
	assert_string_equal(reasons_find_unlawful(r, "U-HIDDENRULE")->breaks,
			    "FR-16, AF-10, DSA-17");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_catalogue_is_read),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(the_shipped_list_is_the_closed_one),
		cmocka_unit_test(every_shipped_reason_is_complete),
		cmocka_unit_test(every_shipped_reason_says_where_it_was_seen),
		cmocka_unit_test(the_dsa_columns_are_those_of_the_catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
