// uses: stages/dedup/information.c
#include "fold.h"
#include "information.h"
#include "information_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static uint32_t tenths(const char *key)
{
	return information_of(span_of(key)).tenths;
}

static void no_text_tells_nothing(void **state)
{
	(void)state;
	struct information i = information_of(SPAN_NONE);

	assert_int_equal(i.tenths, 0);
	assert_false(i.familiar);
	assert_int_equal(tenths(""), 0);
}

static void stock_phrases_are_not_enough(void **state)
{
	(void)state;
	static const char *const phrases[] = {
		"livraison rapide je recommande",
		"tres bon rapport qualite prix livraison rapide merci",
		"produit conforme a la description je recommande",
		"service client au top je recommande vivement",
		"tres satisfaite de mon achat merci beaucoup",
		"colis bien emballe et recu rapidement parfait",
		"great value for money would buy again",
		"excellent customer service highly recommended",
		"great product fast delivery thank you",
		"works perfectly very happy with my purchase",
		"do not buy complete waste of money",
		"exactly as described and arrived on time",
	};

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (tenths(phrases[i]) >= INFORMATION_ENOUGH)
			fail_msg("\"%s\": %u", phrases[i], tenths(phrases[i]));
}

static size_t check_phrases(struct fold *fold, const char *path)
{
	char line[256];
	size_t phrases = 0;
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	for (; fgets(line, sizeof(line), file); phrases++) {
		fold_text(fold, span_of(line));
		struct span key = {fold->key.at, fold->key.len};

		if (information_of(key).tenths >= INFORMATION_ENOUGH)
			fail_msg("%s: %s", path, line);
	}
	fclose(file);
	return phrases;
}

/* What was counted; a table that was made anew must still say so. */
static void no_phrase_of_the_lists_is_enough(void **state)
{
	static const char *const languages[] = {"de", "en", "es", "fr", "it", "nl", "pt"};
	struct fold fold;
	size_t phrases = 0;

	(void)state;
	fold_init(&fold);
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		char path[64];

		snprintf(path, sizeof(path), "tests/data/generic/tuning-%s.txt",
			 languages[i]);
		phrases += check_phrases(&fold, path);
	}
	fold_release(&fold);
	assert_true(phrases > 700);
}

static void sentences_of_somebody_are_sure(void **state)
{
	(void)state;
	static const char *const sentences[] = {
		"la troisieme vis de l etagere murale ne rentrait pas",
		"le serveur moustachu a renverse la soupe sur mon manteau",
		"ma tante utilise cette bouilloire en camping depuis juillet",
		"the third screw of the shelf stripped before it was tight",
		"our plumber sebastian found the leak behind the boiler",
		"the hinge squeaks whenever my neighbour opens the shed",
	};

	for (size_t i = 0; i < ARRAY_LEN(sentences); i++) {
		struct information info = information_of(span_of(sentences[i]));

		if (info.tenths < INFORMATION_SURE || !info.familiar)
			fail_msg("\"%s\": %u", sentences[i], info.tenths);
	}
}

/* At each border of words. */
static void check_beginnings(struct span text)
{
	uint32_t before = 0;

	for (size_t n = 1; n <= text.len; n++) {
		if (n < text.len && text.at[n] != ' ')
			continue;
		uint32_t now = information_of((struct span){text.at, n}).tenths;

		if (now < before)
			fail_msg("\"%.*s\": %u after %u", (int)n, text.at, now, before);
		before = now;
	}
	assert_true(before > 0);
}

/* Texts of known languages, of others, and of both. */
static void a_beginning_never_tells_more(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"tres bon rapport qualite prix mais la poignee est fragile et le joint fuit",
		"great value for money although the zipper jammed after nine days of use",
		"great value for money xhedo qyteti zbuluar fqinje rrugica mbremje jashte",
		"xhedo qyteti zbuluar fqinje great value for money and fast delivery",
		"2019 12 345678 rue 7 a 8 b",
		"качество отличное доставка быстрая рекомендую",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		check_beginnings(span_of(texts[i]));
}

static void what_the_word_before_calls_for_costs_less(void **state)
{
	(void)state;
	assert_true(tenths("rapport qualite prix") < tenths("prix rapport qualite"));
	assert_true(tenths("waste of money") < tenths("money of waste"));
}

static void other_languages_are_told(void **state)
{
	(void)state;
	static const char *const strange[] = {
		"produkti ishte shume i mire dhe dergesa e shpejte", /* Albanian */
		"качество отличное доставка быстрая рекомендую",
		"المنتج ممتاز والتوصيل سريع",
		"质量很好物流很快非常满意",
		"とても良い商品でした",
	};

	for (size_t i = 0; i < ARRAY_LEN(strange); i++) {
		struct information info = information_of(span_of(strange[i]));

		if (info.familiar || info.tenths == 0 ||
		    info.tenths >= INFORMATION_ENOUGH)
			fail_msg("\"%s\": %u", strange[i], info.tenths);
	}
	assert_true(information_of(SPAN_OF("buena calidad y entrega rapida")).familiar);
	assert_true(
		information_of(SPAN_OF("goede kwaliteit en snelle levering")).familiar);
}

static void digits_count_by_their_number(void **state)
{
	(void)state;
	assert_false(information_of(SPAN_OF("123456")).familiar);
	assert_true(tenths("10") < tenths("4711"));
	assert_true(tenths("4711") <= tenths("471100815"));
	assert_true(tenths("4711008154711008154711008154711008154711") <
		    INFORMATION_ENOUGH);
}

/* Neither one word without end nor many of them cost more than the most there is. */
static void long_texts_stop_counting(void **state)
{
	(void)state;
	enum { LENGTH = 64 * 1024 };
	char *text = malloc(LENGTH);

	assert_non_null(text);
	memset(text, 'x', LENGTH); /* a text whose words stand together */
	assert_int_equal(information_of((struct span){(uint8_t *)text, LENGTH}).tenths,
			 INFORMATION_MAX);
	assert_false(information_of((struct span){(uint8_t *)text, LENGTH}).familiar);
	assert_true(information_of((struct span){(uint8_t *)text, 20}).tenths <
		    INFORMATION_ENOUGH);
	for (size_t i = 7; i < LENGTH; i += 8)
		text[i] = ' ';
	assert_int_equal(information_of((struct span){(uint8_t *)text, LENGTH}).tenths,
			 INFORMATION_MAX);
	for (size_t i = 0; i + 3 <= LENGTH; i += 3) /* one word of ideographs */
		memcpy(text + i, "质", 3);
	assert_int_equal(
		information_of((struct span){(uint8_t *)text, LENGTH - 1}).tenths,
		INFORMATION_MAX);
	free(text);
}

static const struct {
	enum information_language language;
	unsigned cost;
	const char *list;
} words[] = {
#define WORDS(language, cost, list) {INFORMATION_##language, cost, list},
#include "information_words.def"
#undef WORDS
};

static const struct {
	unsigned cost;
	const char *list;
} pairs[] = {
#define PAIRS(cost, list) {cost, list},
#include "information_pairs.def"
#undef PAIRS
};

/* Each word of the list costs what the list says, or less where another language has it
 * cheaper; and stands behind the one before it. */
static void each_word_is_found(void **state)
{
	size_t count[INFORMATION_LANGUAGE_COUNT] = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct span before = SPAN_NONE;
		const char *at = words[i].list;

		while (*at) {
			struct span word = {(const uint8_t *)at, strcspn(at, " ")};

			assert_true(word.len > 0);
			assert_true(before.len == 0 || strncmp((const char *)before.at,
							       at, word.len + 1) < 0);
			assert_in_range(information_of(word).tenths, 0, words[i].cost);
			count[words[i].language]++;
			before = word;
			at += word.len + (at[word.len] == ' ');
		}
	}
	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++)
		assert_true(count[i] >= 1000);
	assert_true(count[INFORMATION_en] >= 4000 && count[INFORMATION_fr] >= 4000);
}

static void each_pair_is_found(void **state)
{
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		for (const char *at = pairs[i].list; *at; count++) {
			char pair[128];
			size_t len = strcspn(at, " "), first = strcspn(at, "_");

			assert_true(len < sizeof(pair) && first < len);
			memcpy(pair, at, len);
			pair[len] = '\0';
			pair[first] = '\0';
			uint32_t alone = tenths(pair);

			pair[first] = ' ';
			if (tenths(pair) > alone + pairs[i].cost)
				fail_msg("%s: %u after %u", pair, tenths(pair), alone);
			at += len + (at[len] == ' ');
		}
	assert_true(count >= 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_tells_nothing),
		cmocka_unit_test(stock_phrases_are_not_enough),
		cmocka_unit_test(no_phrase_of_the_lists_is_enough),
		cmocka_unit_test(sentences_of_somebody_are_sure),
		cmocka_unit_test(a_beginning_never_tells_more),
		cmocka_unit_test(what_the_word_before_calls_for_costs_less),
		cmocka_unit_test(other_languages_are_told),
		cmocka_unit_test(digits_count_by_their_number),
		cmocka_unit_test(long_texts_stop_counting),
		cmocka_unit_test(each_word_is_found),
		cmocka_unit_test(each_pair_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
