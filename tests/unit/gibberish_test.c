#include "gibberish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

struct row {
	const char *text;
	unsigned permille;
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned permille = gibberish_permille(span_of(rows[i].text));

		if (permille != rows[i].permille)
			fail_msg("\"%s\": %u, not %u", rows[i].text, permille,
				 rows[i].permille);
	}
}

static void what_a_hand_leaves_on_a_keyboard_is_seen(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"asdfghjkl", 1000},
		{"qsdfqsdf", 1000},
		{"xkcjv zzkq", 1000},
		{"qwertyuiop", 1000},
		{"AZERTYUIOP", 1000},
		{"poiuytreza", 1000},
		{"qweqweqwe", 1000},
		{"wxcvbn wxcvbn", 1000},
		{"lksjdf sdkjfh kjhkjh", 1000},
		{"ghjghjghj !!!", 1000},
		{"ASDFGHJKL", 1000},
	};
	check(rows, ARRAY_LEN(rows));
}

static void words_of_languages_are_in_order(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"", 0},
		{"Très déçue par ce vendeur, le colis est arrivé abîmé.", 0},
		{"Thoroughly rhythmic strengths, knightly wharf", 0},
		{"Angstschweiß, Rechtschreibprüfung, Schwarzkopf", 0},
		{"Pedí dos y me mandaron uno, ¡qué vergüenza!", 0},
		{"Non compratelo, si rompe subito!", 0},
		{"Não comprem, estraga-se logo no primeiro dia", 0},
		{"ik wacht al zes weken op mijn geld, slechtste ooit", 0},
		{"nooooooon ! suuuuuper, hmmmmm, pfffffff", 0},
		{"clavier azerty", 461},
		{"Очень хороший товар", 0},
		{"😍😍😍😍😍😍😍😍😍", 0},
	};
	check(rows, ARRAY_LEN(rows));
}

static void codes_and_short_texts_are_not_judged(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"qsdf", 0},
		{"XBQZK HDMI PLV SNCF", 0},
		{"ref XK47JQZR2B qzx7wvt9xk", 0},
		{"mail kjhzqx@wvxqz.example merci", 0},
		{"https://qxzvk.example/wxcvbn merci beaucoup", 0},
		{"#qsdfqsdf @xkcjvzzkq vendeur", 0},
	};
	check(rows, ARRAY_LEN(rows));
}

static void only_the_share_counts(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"very good qsdfqsdf", 500},
		{"qsdfqsdf хорошийй", 500},
	};
	check(rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_hand_leaves_on_a_keyboard_is_seen),
		cmocka_unit_test(words_of_languages_are_in_order),
		cmocka_unit_test(codes_and_short_texts_are_not_judged),
		cmocka_unit_test(only_the_share_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
