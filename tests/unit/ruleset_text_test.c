/* What rules find in texts by more than words and patterns: hidden words, forms, languages,
 * stems, models. */
// uses: tests/lib/rulesets.c
#include "rulesets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "classifier.h"

struct row {
	const char *when, *text;
	bool holds;
	uint32_t start, len; /* of the first place; len 0: not looked at */
};

static void check_review(const struct row *row, const char *language)
{
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	struct hit hits[HITS_MAX];

	buf_format(&rules,
		   "rules:\n  - {id: r, version: 1, " PEOPLE ", when: %s, action: label, "
		   "reason: L-SPAM, mode: live, " EXAMPLES "}\n",
		   row->when);
	OWNED(ruleset_freep) struct ruleset *rs = rulesets_of(buf_string(&rules));
	size_t count = rulesets_evaluate(
		rs, &(struct review){.text = row->text, .language = language}, hits);
	if ((count > 0) != row->holds)
		fail_msg("%s: %s: %zu hits", row->when, row->text, count);
	if (row->len == 0)
		return;
	if (hits[0].span_count == 0 || hits[0].spans[0].start != row->start ||
	    hits[0].spans[0].len != row->len)
		fail_msg("%s: %s: at %u, %u", row->when, row->text,
			 hits[0].spans[0].start, hits[0].spans[0].len);
}

static void check_row(const struct row *row)
{
	check_review(row, NULL);
}

static void hidden_words_are_found(void **state)
{
	static const struct row rows[] = {
		{"{words: [connard]}", "Quel c0nn4rd !", true, 5, 7},
		{"{words: [connard]}", "Quel c.o.n.n.a.r.d, ce vendeur.", true, 5, 13},
		{"{words: [connard]}", "Bonjour. C O N N A R D, va.", true, 9, 13},
		{"{words: [connard]}", "Quel connnnnard.", true, 5, 10},
		{"{words: [connard]}", "Éh, c⓪nnàrd", true, 5, 10},
		{"{words: [va te faire foutre]}", "Va te f4ire foutre, toi.", true, 0,
		 18},
		{"{pattern: '\\bwe will kill you\\b'}", "We will k1ll you", true, 0, 16},
		{"{words: [connard]}", "Un canard laqué.", false, 0, 0},
		{"{words: [ass]}", "Assez bien, a s s is z.", true, 12, 5},
		{"{words: [sex], except: [sex shop]}", "s3x shop", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

static void forms_are_detected(void **state)
{
	static const struct row rows[] = {
		{"{detect: email}", "Écrivez à a.b@example.org.", true, 12, 15},
		{"{detect: email}", "Vu sur @example.", false, 0, 0},
		{"{detect: card}", "Carte 4111 1111 1111 1111.", true, 6, 19},
		{"{detect: card}", "Carte 4111 1111 1111 1112.", false, 0, 0},
		{"{detect: iban}", "FR76 3000 6000 0112 3456 7890 189", true, 0, 33},
		{"{detect: phone}", "Tél. 01 23 45 67 89", true, 6, 14},
		{"{detect: phone, countries: [gb]}", "Tél. 01 23 45 67 89", false, 0, 0},
		{"{any: [{detect: url}, {detect: email}]}", "www.example.org", true, 0,
		 15},
		{"{not: {detect: url}}", "www.example.org", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

/* Whatever is published of an author's words. */
static void names_are_read_too(void **state)
{
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of("rules:\n" RULE(
		"a", "{any: [{words: [connard]}, {detect: email}]}", "hold", ""));
	struct hit hits[HITS_MAX];

	(void)state;
	assert_int_equal(rulesets_evaluate(rs,
					   &(struct review){.name = "Gros c0nnard",
							    .text = "Bien."},
					   hits),
			 1);
	assert_int_equal(hits[0].spans[0].tag, field_table[FIELD_DISPLAY_NAME].tag);
	assert_int_equal(hits[0].spans[0].start, 5);
	assert_int_equal(hits[0].spans[0].len, 7);
	assert_int_equal(
		rulesets_evaluate(rs, &(struct review){.name = "a.b@example.org"}, hits),
		1);
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.name = "Ada L."}, hits),
			 0);
}

/* What is no detector hears of no detector's places. */
static void a_detector_is_heard_by_its_own_conditions_alone(void **state)
{
	static const struct row rows[] = {
		{"{all: [{detect: email}, {words: [zebra]}]}", "a.b@example.org", false,
		 0, 0},
		{"{all: [{detect: email}, {pattern: zebra}]}", "a.b@example.org", false,
		 0, 0},
		{"{all: [{detect: email}, {not: {words: [zebra]}}]}", "a.b@example.org",
		 true, 0, 15},
		{"{any: [{detect: email}, {detect: card}]}", "a.b@example.org", true, 0,
		 15},
		{"{all: [{detect: email}, {detect: card}]}", "a.b@example.org", false, 0,
		 0},
		{"{words: [sex], except: [sex shop]}", "sex, a.b@example.org", true, 0,
		 3},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

#define FRENCH	 "Le vendeur est un con et le service est nul."
#define FR(word) "{words: [" word "], language: fr}"
#define EN(word) "{words: [" word "], language: en}"
#define SPANISH	 "El pollo con arroz es muy bueno y la cena estaba rica."

static void languages_are_told_apart(void **state)
{
	static const struct row rows[] = {
		{"{language: [fr]}", FRENCH, true, 0, 0},
		{"{language: [fr, unknown]}", SPANISH, false, 0, 0},
		{"{language: [unknown]}", "Xyzzy 12", true, 0, 0},
		{"{words: [con], language: fr}", FRENCH, true, 18, 3},
		{"{words: [con], language: fr}", SPANISH, false, 0, 0},
		{"{words: [con], language: fr}", "Con!", true, 0, 3},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

/* A text in another language does not hide a sentence, and letters of other scripts make
 * none. A word that is innocent there stays so, whatever the sender says. */
static void words_count_in_sentences_of_their_language(void **state)
{
	static const struct {
		const char *language;
		struct row row;
	} rows[] = {
		{NULL, {FR("connards"), "Bande de connards. Gracias.", true, 9, 8}},
		{NULL,
		 {FR("connards"), "Bande de connards\nMuchas gracias a todos", true, 9,
		  8}},
		{NULL,
		 {EN("morons"), "You are all morons. Merci, c'était très bien.", true, 12,
		  6}},
		{NULL,
		 {EN("know where you live"),
		  "I know where you live. C'est honteux, une arnaque, fuyez.", true, 2,
		  19}},
		{NULL, {EN("idiot"), "Thе mаnаgеr іs а cоmplеtе іdіоt", true, 35, 8}},
		{NULL, {FR("connard"), "quel cønnard", true, 5, 8}},
		{NULL, {FR("connard"), "quel conńard", true, 5, 8}},
		{NULL, {FR("connard"), "quel co\u200Cnnard", true, 5, 10}},
		{NULL, {FR("connard"), "Connard muchas gracias", false, 0, 0}},
		{"fr", {FR("connard"), "Connard gracias", true, 0, 7}},
		{NULL, {FR("con"), SPANISH " Con leche. Fui con mi madre.", false, 0, 0}},
		{"fr", {FR("con"), SPANISH " Con leche. Fui con mi madre.", false, 0, 0}},
		{"fr", {FR("con"), SPANISH "\nTodo con mucho gusto", false, 0, 0}},
		{"es", {FR("con"), "pan con tomate", false, 0, 0}},
		{"es", {FR("connard"), "Connard !", true, 0, 7}},
		{"en",
		 {EN("romano"), "Il pecorino romano era ottimo, molto buona la pizza.",
		  false, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_review(&rows[i].row, rows[i].language);
}

static void stems_are_found_inflected(void **state)
{
	static const struct row rows[] = {
		{"{words: [x], stems: [insulter], language: fr}",
		 "Le serveur nous a insultés et il a ri.", true, 18, 9},
		{"{words: [x], stems: [insulter], language: fr}",
		 "Le serveur nous a servis et il a ri.", false, 0, 0},
		{"{stems: [décevoir], language: fr}", "Décevoir, encore.", true, 0, 9},
		{"{stems: [insulter], language: fr}",
		 "Le serveur nous a insultés et il a ri.", true, 18, 9},
		{"{words: [x], stems: [threaten], language: en}",
		 "The owner threatened us with the police.", true, 10, 10},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

/* --- models ------------------------------------------------------------------------------ */

#define CLASSIFIED(id, above) \
	RULE(id, "{classifier: abuse, above: " above "}", "hold", "")

static void a_model_that_is_not_there_never_holds(void **state)
{
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of("rules:\n" CLASSIFIED("r", "1"));
	struct hit hits[HITS_MAX];
	size_t count;

	(void)state;
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "bad"}, hits), 0);
	const struct ruleset_missing *missing = ruleset_missing(rs, &count);
	assert_int_equal(count, 1);
	assert_string_equal(missing[0].model, "abuse");
	assert_string_equal(missing[0].file, "rules/moderation/a.yaml");
	assert_int_equal(missing[0].line, 2);
}

static void a_model_never_rejects(void **state)
{
	struct ruleset *rs = NULL;
	struct err err = {""};

	(void)state;
	assert_int_equal(
		rulesets_load(&rs,
			      "rules:\n" RULE("r",
					      "{all: [{words: [a]}, {classifier: "
					      "abuse, above: 900}]}",
					      "reject", ""),
			      &err),
		ST_ECONFIG);
	assert_non_null(strstr(err.text, "never reject"));
}

/* A model that only knows that everything is of its kind. */
static void put_model(struct buf *pack, int32_t bias)
{
	OWNED(buf_release) struct buf model = BUF_INIT(CLASSIFIER_BYTES_MAX);
	static const int8_t weights[1 << CLASSIFIER_BITS_MIN];
	const struct classifier_about about = {.name = "abuse",
					       .languages = "en",
					       .created = "2026-01-01",
					       .bits = CLASSIFIER_BITS_MIN,
					       .scale = 1,
					       .bias = bias};

	classifier_store(&model, &about, weights);
	buf_format(pack, "file rules/models/abuse.model %zu\n", model.len);
	buf_span(pack, buf_view(&model));
	buf_text(pack, "\n");
}

static void a_model_is_asked(void **state)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf all = BUF_INIT(1 << 20);
	OWNED(ruleset_freep) struct ruleset *rs = NULL;
	struct hit hits[HITS_MAX];
	struct err err = {""};
	size_t count;

	(void)state;
	rulesets_pack(&pack, NULL,
		      "rules:\n" CLASSIFIED("even", "400") CLASSIFIED("sure", "600"));
	/* Between the head and rules/moderation. */
	size_t head = (size_t)((uint8_t *)strchr((char *)pack.at, '\n') + 1 - pack.at);
	buf_bytes(&all, pack.at, head);
	put_model(&all, 0);
	buf_bytes(&all, pack.at + head, pack.len - head);
	if (ruleset_judge(&rs, buf_view(&all), NULL, NULL, &err))
		fail_msg("%s", err.text);
	(void)ruleset_missing(rs, &count);
	assert_int_equal(count, 0);
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "A word."}, hits),
			 1);
	assert_memory_equal(hits[0].rule.at, "even", 4);
	assert_int_equal(rulesets_evaluate(rs, &(struct review){.text = "!?"}, hits), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_words_are_found),
		cmocka_unit_test(forms_are_detected),
		cmocka_unit_test(names_are_read_too),
		cmocka_unit_test(a_detector_is_heard_by_its_own_conditions_alone),
		cmocka_unit_test(languages_are_told_apart),
		cmocka_unit_test(words_count_in_sentences_of_their_language),
		cmocka_unit_test(stems_are_found_inflected),
		cmocka_unit_test(a_model_that_is_not_there_never_holds),
		cmocka_unit_test(a_model_never_rejects),
		cmocka_unit_test(a_model_is_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
