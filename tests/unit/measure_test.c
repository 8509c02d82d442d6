#include "measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "buf.h"

static void texts_are_counted(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t chars, letters, capitals, percent;
	} rows[] = {
		{"", 0, 0, 0, 0},
		{"123 !?", 6, 0, 0, 0},
		{"Abc", 3, 3, 1, 33},
		{"[@`{", 4, 0, 0, 0},
		{"ÉTÉ à Œuvre", 11, 9, 4, 44},
		{"ПРИВЕТ мир", 10, 9, 6, 66},
		{"ΑΒγ", 3, 3, 2, 66},
		{"好的", 2, 2, 0, 0},
		{"😍×÷", 3, 0, 0, 0},
		{"A LONGER TEXT THAN ONE BLOCK OF BYTES, é", 40, 31, 30, 96},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct measure m = measure_text(span_of(rows[i].text));

		if (m.chars != rows[i].chars || m.letters != rows[i].letters ||
		    m.capitals != rows[i].capitals)
			fail_msg("%s: %u %u %u", rows[i].text, m.chars, m.letters,
				 m.capitals);
		assert_int_equal(measure_capitals_percent(&m), rows[i].percent);
		assert_int_equal(measure_of(&m, MEASURE_CAPITALS_PERCENT),
				 rows[i].percent);
		assert_int_equal(measure_of(&m, MEASURE_LENGTH_CHARS), rows[i].chars);
		assert_int_equal(measure_of(&m, MEASURE_LETTERS), rows[i].letters);
	}
}

struct row {
	const char *text;
	int64_t value;
};

static void check(enum measure_kind kind, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct measure m = measure_text(span_of(rows[i].text));
		int64_t value = measure_of(&m, kind);

		if (value != rows[i].value)
			fail_msg("%s of \"%s\": %d, not %d", measure_names[kind],
				 rows[i].text, (int)value, (int)rows[i].value);
		assert_int_equal(measure_of(&m, kind), value);
	}
}

#define CHECK(kind, ...)                                        \
	do {                                                    \
		static const struct row rows[] = {__VA_ARGS__}; \
		check(kind, rows, ARRAY_LEN(rows));             \
	} while (0)

static void words_are_runs_of_letters_and_digits(void **state)
{
	(void)state;
	CHECK(MEASURE_WORDS, {"", 0}, {" ,;! 😍", 0}, {"bon", 1}, {"don't l’été", 2},
	      {"rock 'n' roll", 3}, {"l''été", 2}, {"porte-monnaie, 12,50 €", 4},
	      {"e\xCC\x81t\xCC\x81 fini", 2}, {"好的 ok", 3}, {"привет мир", 2});
}

static void lines_are_those_with_something_on_them(void **state)
{
	(void)state;
	CHECK(MEASURE_LINES, {"", 0}, {"\n \n\t", 0}, {"a", 1}, {"a\n", 1}, {"a\r\nb", 2},
	      {"a\r\r\rb\n\n😍", 3},
	      {"a\xE2\x80\xA8"
	       "b",
	       2});
}

static void the_longest_run_ignores_case_and_ends_at_white_space(void **state)
{
	(void)state;
	CHECK(MEASURE_LONGEST_RUN, {"", 0}, {"   ", 0}, {"abc", 1}, {"nooo!!", 3},
	      {"NoOoO", 4}, {"aa aa", 2}, {"ÉéÉé", 4}, {"parfait !!!!!!!!", 8},
	      {"❤️❤️❤️", 3}, {"Жжж", 3});
}

#define PARAGRAPH "Livraison rapide et vendeur sérieux, je recommande cette boutique. "

static void repetition_is_what_was_said_before(void **state)
{
	(void)state;
	CHECK(MEASURE_REPETITION_PERCENT, {"", 0}, {"bon", 0}, {"bon bon bon", 0},
	      {"bon bon bon bon bon", 80}, {"great great GREAT, great!", 75},
	      {"très très bon", 0},
	      {"Je recommande ce produit, et je recommande ce vendeur.", 33},
	      {"I love it, I love it, I love it", 66}, {"a b c d a b c", 42},
	      {"好好好好好好", 83},
	      {PARAGRAPH PARAGRAPH PARAGRAPH PARAGRAPH PARAGRAPH, 80});
}

/* More words than the table on the stack has room for. */
static void a_long_text_repeats_as_a_short_one_does(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf text = BUF_INIT(65536);

	for (unsigned i = 0; i < 1000; i++)
		buf_format(&text, "w%u ", i);
	struct measure once = measure_text(buf_view(&text));
	assert_int_equal(measure_of(&once, MEASURE_REPETITION_PERCENT), 0);
	for (unsigned i = 0; i < 1000; i++)
		buf_format(&text, "w%u ", i);
	struct measure twice = measure_text(buf_view(&text));
	assert_int_equal(measure_of(&twice, MEASURE_REPETITION_PERCENT), 50);
}

static void emoji_are_counted_among_what_is_visible(void **state)
{
	(void)state;
	CHECK(MEASURE_EMOJI_PERCENT, {"", 0}, {"ok", 0}, {"😍", 100}, {"😍 😍\n😍", 100},
	      {"top 👍", 25}, {"❤️❤️", 100}, {"👍🏽👍🏿", 100},
	      {"👩‍👧", 100}, {"1️⃣ © ™ ★", 0}, {"☀a", 50});
}

static void digits_are_counted_among_what_is_visible(void **state)
{
	(void)state;
	CHECK(MEASURE_DIGITS_PERCENT, {"", 0}, {"abc", 0}, {"06 12 34", 100}, {"a1", 50},
	      {"１２ab", 50}, {"5 étoiles", 12});
}

static void words_of_two_scripts_are_seen(void **state)
{
	(void)state;
	CHECK(MEASURE_MIXED_SCRIPT_WORDS, {"", 0}, {"free frее fr\xCE\xB5\xCE\xB5", 2},
	      {"привет hello Αθήνα", 0}, {"5 \xCE\xBCm, 3 k\xCE\xA9, 2 µg", 0},
	      {"hеllо wоrld", 2}, {"été œuvre", 0}, {"β-carotène", 0});
}

static void gibberish_is_measured(void **state)
{
	(void)state;
	CHECK(MEASURE_GIBBERISH, {"", 0}, {"qsdfqsdf xkcjv zzkq", 1000},
	      {"Parfait, merci beaucoup", 0});
}

static void every_measure_has_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < MEASURE_KIND_COUNT; i++)
		assert_non_null(measure_names[i]);
	assert_null(measure_names[MEASURE_KIND_COUNT]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_counted),
		cmocka_unit_test(words_are_runs_of_letters_and_digits),
		cmocka_unit_test(lines_are_those_with_something_on_them),
		cmocka_unit_test(the_longest_run_ignores_case_and_ends_at_white_space),
		cmocka_unit_test(repetition_is_what_was_said_before),
		cmocka_unit_test(a_long_text_repeats_as_a_short_one_does),
		cmocka_unit_test(emoji_are_counted_among_what_is_visible),
		cmocka_unit_test(digits_are_counted_among_what_is_visible),
		cmocka_unit_test(words_of_two_scripts_are_seen),
		cmocka_unit_test(gibberish_is_measured),
		cmocka_unit_test(every_measure_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
