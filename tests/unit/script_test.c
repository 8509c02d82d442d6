#include "script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void characters_have_scripts(void **state)
{
	(void)state;
	static const struct {
		uint32_t point;
		enum script script;
	} rows[] = {
		{0, SCRIPT_NONE},	 {'A', SCRIPT_LATIN},	 {'z', SCRIPT_LATIN},
		{'1', SCRIPT_NONE},	 {'{', SCRIPT_NONE},	 {0xB5, SCRIPT_NONE},
		{0xD7, SCRIPT_NONE},	 {0xE9, SCRIPT_LATIN},	 {0x153, SCRIPT_LATIN},
		{0x301, SCRIPT_NONE},	 {0x3B1, SCRIPT_GREEK},	 {0x43F, SCRIPT_CYRILLIC},
		{0x5D0, SCRIPT_HEBREW},	 {0x628, SCRIPT_ARABIC}, {0xE01, SCRIPT_THAI},
		{0x905, SCRIPT_OTHER},	 {0x4E00, SCRIPT_HAN},	 {0x3042, SCRIPT_KANA},
		{0xAC00, SCRIPT_HANGUL}, {0x1EF9, SCRIPT_LATIN}, {0xFF21, SCRIPT_LATIN},
		{0x1F600, SCRIPT_NONE},	 {0x20000, SCRIPT_HAN},	 {0x10FFFF, SCRIPT_NONE},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (script_of(rows[i].point) != rows[i].script)
			fail_msg("U+%04X: %d", rows[i].point, script_of(rows[i].point));
}

static void capitals_have_small_letters(void **state)
{
	(void)state;
	static const uint32_t rows[][2] = {
		{'A', 'a'},	{'@', '@'},	{'[', '['},	{0xC9, 0xE9},
		{0xD7, 0xD7},	{0xDF, 0xDF},	{0x152, 0x153}, {0x153, 0x153},
		{0x141, 0x142}, {0x142, 0x142}, {0x17B, 0x17C}, {0x17C, 0x17C},
		{0x391, 0x3B1}, {0x401, 0x451}, {0x416, 0x436}, {0x4E00, 0x4E00},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (script_small(rows[i][0]) != rows[i][1])
			fail_msg("U+%04X: U+%04X", rows[i][0], script_small(rows[i][0]));
}

static void latin_letters_have_plain_ones(void **state)
{
	(void)state;
	static const struct {
		uint32_t point;
		const char *plain;
	} rows[] = {
		{'Q', "q"},  {'1', ""},	    {0xC9, "e"},  {0xDF, "ss"},
		{0xF1, "n"}, {0x153, "oe"}, {0x142, "l"}, {0x17F, "s"},
		{0x180, ""}, {0xD7, ""},    {0x3B1, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char plain[3] = "";
		unsigned count = script_plain(rows[i].point, plain);

		if (count != strlen(rows[i].plain) ||
		    memcmp(plain, rows[i].plain, count) != 0)
			fail_msg("U+%04X: %u %.2s", rows[i].point, count, plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_scripts),
		cmocka_unit_test(capitals_have_small_letters),
		cmocka_unit_test(latin_letters_have_plain_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
