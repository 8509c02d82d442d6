#include "language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "buf.h"
#include "fold.h"

struct row {
	const char *text, *code;
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct language l = language_of(span_of(rows[i].text));

		if (strcmp(l.code, rows[i].code) != 0)
			fail_msg("\"%s\": \"%s\", not \"%s\"", rows[i].text, l.code,
				 rows[i].code);
		assert_int_equal(l.sure > 0, l.code[0] != 0);
		assert_true(l.sure <= 1000);
	}
}

static void sentences_have_languages(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"Livraison rapide, produit conforme à la description.", "fr"},
		{"The parcel arrived two days late and the box was crushed.", "en"},
		{"El paquete llegó roto y nadie contesta al teléfono.", "es"},
		{"Das Paket kam beschädigt an und niemand geht ans Telefon.", "de"},
		{"Il pacco è arrivato rotto e nessuno risponde al telefono.", "it"},
		{"A encomenda chegou partida e ninguém atende o telefone.", "pt"},
		{"Het pakket kwam beschadigd aan en niemand neemt op.", "nl"},
		{"Bardzo dobry produkt, szybka wysyłka, polecam!", "pl"},
		{"Det är en bra produkt och snabb leverans.", "sv"},
		{"Det er et godt produkt, og leveringen var hurtig.", "da"},
		{"Πολύ καλό προϊόν", "el"},
		{"Это очень хороший товар, спасибо", "ru"},
		{"Дуже гарний товар, дякую, всім раджу її", "uk"},
		{"Страхотен продукт, бърза доставка", "bg"},
		{"منتج جيد جدا", "ar"},
		{"מוצר מעולה", "he"},
		{"สินค้าดีมาก", "th"},
		{"质量很好", "zh"},
		{"とても良い商品です", "ja"},
		{"정말 좋은 상품입니다", "ko"},
	};
	check(rows, ARRAY_LEN(rows));
}

static void short_plain_and_shouted_texts_are_read(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"parfait merci", "fr"},
		{"PRODUIT TRES DECEVANT A NE PAS ACHETER", "fr"},
		{"j'ai adore, rien a redire", "fr"},
		{"Would not buy again.", "en"},
		{"GREAT VALUE", "en"},
		{"Don't buy!!", "en"},
		{"muy bueno", "es"},
		{"todo bien gracias", "es"},
		{"gerne wieder", "de"},
		{"NICHT EMPFEHLENSWERT", "de"},
		{"ottimo prodotto", "it"},
		{"muito bom", "pt"},
		{"werkt goed", "nl"},
		{"e\xCC\x81te\xCC\x81 tre\xCC\x80s de\xCC\x81\xC3\xA7u", "fr"},
	};
	check(rows, ARRAY_LEN(rows));
}

static void what_says_nothing_is_unknown(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"", ""},
		{"  \n", ""},
		{"12345", ""},
		{"😍😍😍", ""},
		{"Samsung Galaxy S21", ""},
		{"qsdfqsdf", ""},
		{"xkcjvzzkqxkcjvzzkqxkcjvzzkq", ""},
		{"ok", ""},
		{"великолепно", ""},		 /* Cyrillic letters that many have */
		{"Одлична услуга, љубазни", ""}, /* Serbian */
		{"بسیار خوب پچ", ""},		 /* Persian */
	};
	check(rows, ARRAY_LEN(rows));
}

static void a_folded_text_has_the_language_of_the_text(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"Très déçue par ce vendeur, le colis est arrivé abîmé.",
		"Die Schuhe fallen kleiner aus, besser größer bestellen.",
		"La habitación era pequeña pero limpia, y el desayuno completo.",
		"O quarto era pequeno mas limpo, não há nada a dizer.",
	};
	struct fold f;

	fold_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct language l = language_of(span_of(texts[i]));

		fold_text(&f, span_of(texts[i]));
		assert_string_equal(language_of(buf_view(&f.match)).code, l.code);
		assert_string_not_equal(l.code, "");
	}
	fold_release(&f);
}

static void more_words_make_it_surer_and_a_second_language_less(void **state)
{
	(void)state;
	uint16_t word = language_of(SPAN_OF("merci")).sure;
	uint16_t sentence = language_of(SPAN_OF("merci pour votre accueil, je suis "
						"très satisfaite de vous"))
				    .sure;
	uint16_t mixed = language_of(SPAN_OF("merci pour votre accueil, je suis très "
					     "satisfaite, the room was very nice"))
				 .sure;

	assert_true(word < sentence);
	assert_true(mixed < sentence);
}

/* The beginning counts; the end is not even read. */
static void long_texts_are_read_up_to_a_bound(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf text = BUF_INIT((size_t)1 << 20);

	while (text.len < LANGUAGE_BYTES_MAX)
		buf_text(&text, "le colis est arrivé et je suis ravie ");
	struct language before = language_of(buf_view(&text));
	while (text.len < ((size_t)1 << 20) - 64)
		buf_text(&text, "the parcel has arrived and I am happy ");
	struct language after = language_of(buf_view(&text));
	assert_string_equal(before.code, "fr");
	assert_string_equal(after.code, "fr");
	assert_int_equal(before.sure, after.sure);
}

/* Every file is short texts in one language. What is wrong matters more than what is
 * unknown: a rule for one language then looks at another. */
static void files_of_reviews_are_read(void **state)
{
	(void)state;
	static const char *const codes[] = {"en", "fr", "es", "de", "it", "pt", "nl"};
	unsigned right = 0, wrong = 0, count = 0;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		char path[64], line[1024];

		snprintf(path, sizeof(path), "tests/data/language/%s.txt", codes[i]);
		FILE *f = fopen(path, "r");
		assert_non_null(f);
		while (fgets(line, sizeof(line), f)) {
			struct language l = language_of(span_of(line));

			count++;
			right += strcmp(l.code, codes[i]) == 0;
			wrong += l.code[0] && strcmp(l.code, codes[i]) != 0;
		}
		fclose(f);
	}
	assert_int_equal(count, 280);
	if (right * 100 < count * 85 || wrong * 100 > count)
		fail_msg("of %u texts %u are right, %u wrong", count, right, wrong);
}

static void a_text_is_other_only_where_it_is_clear(void **state)
{
	static const struct {
		const char *text, *wanted;
		bool declared, other;
	} rows[] = {
		{"con leche", "fr", false, true}, /* es or it, but not fr */
		{"con leche", "es", false, false},
		{"le service est nul", "fr", false, false},
		{"le service est nul", "en", false, true},
		{"gracias connard", "fr", false, true},
		{"gracias connard", "fr", true, false},
		{"muchas gracias por todo connard", "fr", true, true},
		{"xyzzy", "fr", false, false},
		{"", "fr", false, false},
		{"Все было очень вкусно, мы довольны", "fr", false, true},
		{"Εξαιρετικό φαγητό", "fr", false, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t place = 0;

		while (strcmp(language_codes[place], rows[i].wanted) != 0)
			place++;
		if (language_is_other(span_of(rows[i].text), UINT64_C(1) << place,
				      rows[i].declared) != rows[i].other)
			fail_msg("%s: %s", rows[i].wanted, rows[i].text);
	}
}

static void every_answer_is_listed(void **state)
{
	(void)state;
	size_t count = 0;

	for (; language_codes[count]; count++)
		assert_int_equal(strlen(language_codes[count]), 2);
	assert_int_equal(count, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences_have_languages),
		cmocka_unit_test(short_plain_and_shouted_texts_are_read),
		cmocka_unit_test(what_says_nothing_is_unknown),
		cmocka_unit_test(a_folded_text_has_the_language_of_the_text),
		cmocka_unit_test(more_words_make_it_surer_and_a_second_language_less),
		cmocka_unit_test(long_texts_are_read_up_to_a_bound),
		cmocka_unit_test(files_of_reviews_are_read),
		cmocka_unit_test(a_text_is_other_only_where_it_is_clear),
		cmocka_unit_test(every_answer_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
