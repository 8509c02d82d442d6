// uses: stages/dedup/grams.c
#include "grams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"

#define E_ACUTE "\xC3\xA9"	   /* U+00E9 */
#define KANA	"\xE3\x81\x82"	   /* U+3042 */
#define HAN	"\xE6\x97\xA5"	   /* U+65E5 */
#define HAN_2	"\xE6\x9C\xAC"	   /* U+672C */
#define GOTHIC	"\xF0\x90\x8C\xB0" /* U+10330 */
#define DESERET "\xF0\x90\x90\x80" /* U+10400 */
#define DESER_2 "\xF0\x90\x90\x81" /* U+10401 */
#define HAN_FAR "\xF0\xA0\x80\x80" /* U+20000: counts two */

/* A gram of up to four characters of the basic plane. */
#define GRAM(a, b, c, d) \
	((uint64_t)(a) << 48 | (uint64_t)(b) << 32 | (uint64_t)(c) << 16 | (d))

static void grams_are_these(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		uint64_t gram[4];
	} rows[] = {
		{"", 0, {0}},
		{"a", 1, {'a'}},
		{E_ACUTE, 1, {0xE9}},
		{HAN, 1, {0x65E5}},
		{"abc", 1, {GRAM(0, 'a', 'b', 'c')}},
		{"abcd", 1, {GRAM('a', 'b', 'c', 'd')}},
		{"abcde", 2, {GRAM('a', 'b', 'c', 'd'), GRAM('b', 'c', 'd', 'e')}},
		{"a bc d", 1, {GRAM('a', 'b', 'c', 'd')}},
		{"   ", 0, {0}},
		{"aaaaaa",
		 3,
		 {GRAM('a', 'a', 'a', 'a'), GRAM('a', 'a', 'a', 'a'),
		  GRAM('a', 'a', 'a', 'a')}},
		{"ab" E_ACUTE "de",
		 2,
		 {GRAM('a', 'b', 0xE9, 'd'), GRAM('b', 0xE9, 'd', 'e')}},
		{HAN HAN_2, 1, {GRAM(0, 0, 0x65E5, 0x672C)}},
		{HAN HAN_2 KANA,
		 2,
		 {GRAM(0, 0, 0x65E5, 0x672C), GRAM(0, 0, 0x672C, 0x3042)}},
		{"a" HAN "b", 1, {GRAM(0, 'a', 0x65E5, 'b')}},
		{"a" HAN HAN_2,
		 2,
		 {GRAM(0, 'a', 0x65E5, 0x672C), GRAM(0, 0, 0x65E5, 0x672C)}},
		{"abc" HAN "d",
		 3,
		 {GRAM('a', 'b', 'c', 0x65E5), GRAM(0, 'b', 'c', 0x65E5),
		  GRAM(0, 'c', 0x65E5, 'd')}},
	};
	uint64_t gram[32];
	uint32_t telling[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span text = span_of(rows[i].text);
		if (grams_of(gram, text) != rows[i].count)
			fail_msg("row %zu: %zu grams", i, grams_of(gram, text));
		for (size_t k = 0; k < rows[i].count; k++)
			if (gram[k] != rows[i].gram[k])
				fail_msg("row %zu, gram %zu: %llx", i, k,
					 (unsigned long long)gram[k]);
		assert_int_equal(grams_telling(telling, text), rows[i].count);
	}
}

/* Their code points are longer than a quarter of a gram. */
static void letters_beyond_the_basic_plane_make_grams_of_their_own(void **state)
{
	static const char *const texts[] = {
		DESERET,
		DESER_2,
		GOTHIC,
		DESERET DESER_2, /* unlike the next, though their bits overlap alike */
		DESER_2 DESER_2,
		DESERET DESERET DESERET,
		DESERET DESERET DESERET DESERET,
		DESERET DESERET DESERET DESER_2,
		"abc" GOTHIC,
		"abc" DESERET,
		HAN_FAR HAN_FAR,
		HAN_FAR "a" HAN,
	};
	uint64_t gram[ARRAY_LEN(texts)], room[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_int_equal(grams_of(room, span_of(texts[i])), 1);
		gram[i] = room[0];
		for (size_t k = 0; k < i; k++)
			if (gram[k] == gram[i])
				fail_msg("%zu and %zu are one", k, i);
	}
	assert_int_equal(grams_of(room, SPAN_OF(DESERET DESERET DESERET DESERET DESERET)),
			 2);
	assert_true(room[0] == room[1]);
	assert_int_equal(grams_of(room, SPAN_OF(HAN_FAR HAN_FAR HAN_FAR)), 2);
}

static void a_text_is_cut_between_characters(void **state)
{
	OWNED(freep) char *text = xmalloc(GRAMS_TEXT_MAX + 8);
	static const struct {
		const char *across; /* starts `before` bytes before the bound */
		size_t before, len;
	} rows[] = {
		{"aa", 1, GRAMS_TEXT_MAX},	  {E_ACUTE, 2, GRAMS_TEXT_MAX},
		{E_ACUTE, 1, GRAMS_TEXT_MAX - 1}, {HAN, 3, GRAMS_TEXT_MAX},
		{HAN, 2, GRAMS_TEXT_MAX - 2},	  {HAN, 1, GRAMS_TEXT_MAX - 1},
		{GOTHIC, 4, GRAMS_TEXT_MAX},	  {GOTHIC, 3, GRAMS_TEXT_MAX - 3},
		{GOTHIC, 1, GRAMS_TEXT_MAX - 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(text, 'x', GRAMS_TEXT_MAX + 8);
		memcpy(text + GRAMS_TEXT_MAX - rows[i].before, rows[i].across,
		       strlen(rows[i].across));
		struct span whole = {(const uint8_t *)text, GRAMS_TEXT_MAX + 8};
		struct span cut = grams_text(whole);
		assert_ptr_equal(cut.at, whole.at);
		if (cut.len != rows[i].len)
			fail_msg("row %zu: %zu", i, cut.len);
	}
	for (size_t len = 0; len <= GRAMS_TEXT_MAX; len += GRAMS_TEXT_MAX / 4)
		assert_int_equal(grams_text((struct span){(uint8_t *)text, len}).len,
				 len);
}

static void the_longest_text_has_room(void **state)
{
	OWNED(freep) uint8_t *text = xmalloc(GRAMS_TEXT_MAX);
	OWNED(freep) uint64_t *gram = xcalloc(GRAMS_TEXT_MAX, sizeof(*gram));
	OWNED(freep) uint32_t *telling = xcalloc(GRAMS_TEXT_MAX, sizeof(*telling));
	struct span whole = {text, GRAMS_TEXT_MAX};

	(void)state;
	memset(text, 'z', GRAMS_TEXT_MAX);
	assert_int_equal(grams_of(gram, whole), GRAMS_TEXT_MAX - 3);
	for (size_t i = 0; i < GRAMS_TEXT_MAX - 3; i++)
		assert_true(gram[i] == GRAM('z', 'z', 'z', 'z'));
	assert_int_equal(grams_telling(telling, whole), GRAMS_TEXT_MAX - 3);
	for (size_t i = 0; i + 2 <= GRAMS_TEXT_MAX; i += 2)
		memcpy(text + i, E_ACUTE, 2);
	assert_int_equal(grams_of(gram, whole), GRAMS_TEXT_MAX / 2 - 3);
}

/* "with", "emen" and "ment" are common. */
static void common_grams_tell_nothing_unless_alone(void **state)
{
	static const struct {
		const char *text;
		size_t telling; /* grams */
	} rows
		[] =
			{
				{"with", 1},	 {"w i t h", 1},
				{"ement", 2}, /* nothing else is there: all of them */
				{"xyzq", 1},	 {"xyzqw", 2},
				{"xyzqwith", 4}, {"xyz qem ent", 4},
			};
	uint32_t telling[64], first[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t count = grams_telling(telling, span_of(rows[i].text));
		if (count != rows[i].telling)
			fail_msg("\"%s\": %zu", rows[i].text, count);
	}
	assert_int_equal(grams_telling(first, SPAN_OF("emen")), 1);
	size_t count = grams_telling(telling, SPAN_OF("xyzqement"));
	for (size_t i = 0; i < count; i++)
		assert_int_not_equal(telling[i], first[0]);
	assert_int_equal(grams_telling(telling, SPAN_OF("ement")), 2);
	assert_int_equal(telling[0], first[0]); /* not written over */
}

/* Each of the list, alone in a text that has a telling gram, too. */
static void the_whole_list_is_common(void **state)
{
	static const char list[] =
#include "../../stages/dedup/grams_common.def"
		;
	uint32_t telling[64], alone[8];

	(void)state;
	assert_int_equal((sizeof(list) - 1) % 4, 0);
	for (size_t i = 0; i + 4 < sizeof(list); i += 4) {
		char text[32] = "";
		memcpy(text, list + i, 4);
		assert_int_equal(grams_telling(alone, span_of(text)), 1);
		memcpy(text + 4, "#xyzq", 6);
		size_t count = grams_telling(telling, span_of(text));
		assert_in_range(count, 1, 5);
		for (size_t k = 0; k < count; k++)
			assert_int_not_equal(telling[k], alone[0]);
	}
	assert_true(grams_version() ==
		    hash64((struct span){(const uint8_t *)list, sizeof(list) - 1}, 4));
}

/* Two grams are one in 32 bits as often as chance has it, not more. */
static void telling_grams_keep_texts_apart(void **state)
{
	char text[8] = "";
	uint32_t a[8], b[8];

	(void)state;
	for (unsigned i = 0; i < 26 * 26 * 26; i++) {
		text[0] = 'q';
		text[1] = (char)('a' + i % 26);
		text[2] = (char)('a' + i / 26 % 26);
		text[3] = (char)('a' + i / 676);
		assert_int_equal(grams_telling(a, span_of(text)), 1);
		text[3] = (char)(text[3] == 'z' ? 'a' : text[3] + 1);
		assert_int_equal(grams_telling(b, span_of(text)), 1);
		assert_int_not_equal(a[0], b[0]);
	}
	assert_int_equal(grams_telling(a, SPAN_OF("abc")), 1);
	assert_int_equal(grams_telling(b, SPAN_OF("bc")), 1);
	assert_int_not_equal(a[0], b[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grams_are_these),
		cmocka_unit_test(letters_beyond_the_basic_plane_make_grams_of_their_own),
		cmocka_unit_test(a_text_is_cut_between_characters),
		cmocka_unit_test(the_longest_text_has_room),
		cmocka_unit_test(common_grams_tell_nothing_unless_alone),
		cmocka_unit_test(the_whole_list_is_common),
		cmocka_unit_test(telling_grams_keep_texts_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
