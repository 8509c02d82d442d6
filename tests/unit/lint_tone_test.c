// uses: tests/lib/judged.c
// uses: tests/lib/rulesets.c
#include "judged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "file.h"

static void a_harsh_opinion_is_touched_by_no_rule(void **state)
{
	(void)state;
	static const struct judged_row rows[] = {
		{.when = "{words: [nul]}",
		 .complaint =
			 A_YAML "3:11: rule r (hold) falls upon 1 lawful opinion for the "
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
		{.when = "{stems: [thief, waiter], language: en}",
		 .complaint = "The [waiter] was rude."},
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
		 .complaint =
			 A_YAML "3:11: rule r (reject) stops lawful opinions for being "
				"short"},
		{.when = "{field: purchase_ref, present: false}", .reason = "C-NOPROOF"},
		{.when = "{words: [rude]}", .action = "label"},
		{.when = "{words: [rude]}", .action = "accept"},
		{.when = "{words: [asshole]}"},
		{.when = "{all: [{duplicate: other-author}, {words: [asshole]}]}",
		 .match = "{text: asshole, duplicate: other-author}"},
	};

	judged_rows(rows, ARRAY_LEN(rows), judged_criticism);
}

/* Each hides the tone behind a circumstance: with the sentences of the shipped set. */
static void the_tone_is_found_behind_other_conditions(void **state)
{
	(void)state;
#define HARSH "{words: [nul, worst, honteux, scam, arnaque, avoid]}"
	static const struct judged_row rows[] = {
		{.when = BOTH("{detect: url}", HARSH),
		 .match = "arnaque https://shop.example.org",
		 .complaint =
			 A_YAML "3:11: rule r (hold) falls upon a lawful opinion for the "
				"tone (U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28): in a "
				"review that fulfils its other conditions, "
				"rules/controls/criticism.yaml:13: \"Nul.\" is hit, "
				"rules/controls/criticism.yaml:"},
		{.when = BOTH("{detect: phone, countries: [fr]}", HARSH),
		 .match = "arnaque 06 39 98 12 56",
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{measure: words, above: 40}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{measure: letters, above: 900}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{measure: lines, above: 3}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{not: {measure: length_chars, below: 200}}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{all: [{measure: words, below: 6}, {detect: email}]}",
			      HARSH),
		 .complaint = "is hit, praise of that length is not"},
		{.when = "{any: [{words: [zzcasino]}, " BOTH(
			 HARSH, "{field: country, is: FR}") "]}",
		 .match = "zzcasino",
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{date: received_at, after: experience_date, days: 30}",
			      HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{date: submitted_at, after: experience_date}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{arrivals: {of: supplier, window: day, above: 9}}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{duplicate: other-author}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{field: purchase_ref, present: true}", HARSH),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{field: origin, is: solicited}",
			      "{not: {any: [{not: " HARSH "}, {words: [zz]}]}}"),
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{stems: [parler], language: fr}", HARSH),
		 .match = "nul, ils parlent",
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{words: [zzcasino]}", HARSH),
		 .match = "zzcasino nul",
		 .complaint = "for the tone (U-NEG"},
		{.when = BOTH("{detect: email}",
			      "{not: {words: [great, excellent, super, parfait]}}"),
		 .match = "a@example.org",
		 .complaint = "beside its example " A_YAML "7:24, "
			      "rules/controls/criticism.yaml:13: \"Nul.\" is hit"},
		{.when = BOTH("{field: origin, is: solicited}",
			      "{not: {words: [great, excellent, super, parfait]}}"),
		 .complaint = "for the tone (U-NEG"},
		{.when = "{pattern: '\\b[012] ?(?:/ ?5|etoiles?|stars?)'}",
		 .complaint = "for the tone (U-NEG"},
		{.when = "{words: [une étoile]}", .complaint = "U-NEG"},
		{.when = "{words: [zero stars]}", .complaint = "U-NEG"},
		/* The same is done to praise. */
		{.when = "{any: [{detect: url}, {words: [zzcasino]}]}"},
		{.when = BOTH("{detect: card}", "{words: [charged]}")},
		{.when = BOTH("{words: [zzcasino]}", "{measure: words, above: 40}")},
	};
	OWNED(buf_release) struct buf shipped = BUF_INIT(1 << 20);

	assert_int_equal(file_read(&shipped, "rules/controls/criticism.yaml", NULL),
			 ST_OK);
	judged_rows(rows, ARRAY_LEN(rows), buf_string(&shipped));
}

/* With the sentences of the shipped set. */
static void a_rule_that_stops_everything_is_refused(void **state)
{
	(void)state;
#define EVERYTHING "stops everything: all "
#define TOO_SHORT  "for being short: the reason of that is C-SHORT"
	static const struct judged_row rows[] = {
		{.when = "{measure: words, above: 0}",
		 .reason = "L-OFFTOPIC",
		 .complaint = A_YAML "3:11: rule r (hold) stops everything: all "},
		{.when = "{measure: words, above: 0}",
		 .reason = "L-OFFTOPIC",
		 .complaint = "nobody who reads 'L-OFFTOPIC' could know why "
			      "(U-HIDDENRULE; FR-16, AF-10, DSA-17)"},
		{.when = "{measure: length_chars, above: 0}", .complaint = EVERYTHING},
		{.when = "{measure: words, above: 40}", .complaint = EVERYTHING},
		{.when = "{measure: words, above: 40}",
		 .reason = "C-SHORT",
		 .complaint = EVERYTHING},
		{.when = "{not: {measure: letters, below: 3000}}",
		 .mode = "shadow",
		 .complaint = EVERYTHING},
		{.when = "{all: [{measure: words, above: 40}, {measure: words, below: "
			 "400}]}",
		 .complaint = EVERYTHING},
		{.when = "{measure: longest_run, below: 30}", .complaint = EVERYTHING},
		{.when = "{language: [fr, en, unknown]}",
		 .reason = "C-LANG",
		 .complaint = EVERYTHING},
		{.when = "{any: [{field: origin, is: expert}, {not: {words: [zz]}}]}",
		 .complaint = EVERYTHING},
		{.when = BOTH("{measure: lines, above: 0}",
			      "{field: text, present: true}"),
		 .complaint = EVERYTHING},
		{.when = BOTH("{measure: letters, above: 1}",
			      "{not: {duplicate: other-author}}"),
		 .complaint = EVERYTHING},
		/* What is short, by another name. */
		{.when = "{measure: words, below: 200}",
		 .reason = "L-OFFTOPIC",
		 .complaint = TOO_SHORT},
		{.when = "{measure: words, below: 10}",
		 .reason = "L-OFFTOPIC",
		 .complaint = TOO_SHORT},
		{.when = "{measure: words, below: 4}", .complaint = TOO_SHORT},
		/* About something. */
		{.when = "{measure: words, below: 10}", .reason = "C-SHORT"},
		{.when = "{measure: words, below: 200}", .reason = "C-SHORT"},
		{.when = "{measure: words, above: 40}", .action = "label"},
		{.when = "{field: purchase_ref, present: false}", .reason = "C-NOPROOF"},
		{.when = "{not: {field: attestation, is: true}}"},
		{.when = BOTH("{measure: words, above: 40}",
			      "{field: origin, is: expert}")},
		{.when = "{measure: longest_run, above: 40}"},
		{.when = "{not: {language: [fr, en, unknown]}}", .reason = "C-LANG"},
	};
	OWNED(buf_release) struct buf shipped = BUF_INIT(1 << 20);

	assert_int_equal(file_read(&shipped, "rules/controls/criticism.yaml", NULL),
			 ST_OK);
	judged_rows(rows, ARRAY_LEN(rows), buf_string(&shipped));
	/* And nothing is said of the tone of what is a matter of length. */
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	buf_text(&rules, "rules:\n");
	judged_put_rule(&rules,
			&(struct judged_row){.when = "{measure: words, below: 10}"});
	judged(&said, buf_string(&shipped), NULL, buf_string(&rules));
	assert_null(strstr(buf_string(&said), "for the tone"));
}

/* What is not tried hides nothing: a rule of more ways than are tried is refused. */
static void a_rule_of_too_many_ways_is_refused(void **state)
{
	(void)state;
#define FOUR(x) \
	"{words: [" x "a]}, {words: [" x "b]}, {words: [" x "c]}, {words: [" x "d]}"
#define SIXTEEN(x) \
	"{any: [" FOUR(x "a") ", " FOUR(x "b") ", " FOUR(x "c") ", " FOUR(x "d") "]}"
#define EIGHT(x) FOUR(x "a") ", " FOUR(x "b")
	static const struct judged_row rows[] = {
		{.when = BOTH(SIXTEEN("za"),
			      "{any: [" EIGHT("ya") ", " EIGHT("yb") ", {words: [zz]}]}"),
		 .complaint =
			 A_YAML "3:11: rule r (hold) can be fulfilled in more than 256 "
				"ways, or in one of more than 32 conditions, and not all "
				"would be tried for the tone: split it, or use lists of "
				"words (U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28)"},
		{.when = "{any: [" BOTH(SIXTEEN("za"), SIXTEEN("zb")) ", {words: [zz]}]}",
		 .mode = "shadow",
		 .complaint = "in more than 256 ways"},
		{.when = "{not: {any: [" EIGHT("za") ", " EIGHT("zb") ", " EIGHT(
			 "zc") ", " EIGHT("zd") ", {words: [zebre]}]}}",
		 .complaint = "more than 32 conditions"},
		{.when = BOTH(SIXTEEN("za"), SIXTEEN("zb")), .match = "zaaa zbaa"},
		{.when = BOTH(SIXTEEN("za"),
			      "{any: [" EIGHT("ya") ", " EIGHT("yb") ", {words: [zz]}]}"),
		 .match = "zaaa zz",
		 .action = "label"},
	};

	judged_rows(rows, ARRAY_LEN(rows), judged_criticism);
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
		{FILE("controls:\n  - {text: x, language: fr, why: {en: x, fr: x}}\n"),
		 C "4:12: no praise stands beside the harsh opinions"},
		{FILE("controls:\n  - {text: x, language: fr, tone: bad}\n"),
		 C "4:29: unknown key 'tone'"},
		{"review_by: 2030-01-01\ncontrols: [x]\n", C "1:1: 'owner' is missing"},
		{"owner: ' '\nreview_by: 2030-01-01\n", C "1:8: 'owner' is empty"},
		{"owner: o\nreview_by: soon\n", C "2:12: expected a date"},
	};
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);

	buf_text(&rules, "rules:\n");
	judged_put_rule(&rules, &(struct judged_row){.when = "{words: [a]}"});
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		judged(&said, rows[i].controls, NULL, buf_string(&rules));
		if (!strstr(buf_string(&said), rows[i].complaint))
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_harsh_opinion_is_touched_by_no_rule),
		cmocka_unit_test(the_tone_is_found_behind_other_conditions),
		cmocka_unit_test(a_rule_that_stops_everything_is_refused),
		cmocka_unit_test(a_rule_of_too_many_ways_is_refused),
		cmocka_unit_test(sentences_are_whole_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
