#include "words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "buf.h"

static void on_found(void *context, uint32_t owner, size_t start, size_t end)
{
	buf_format(context, "%u:%zu-%zu ", owner, start, end);
}

static void found_is(const struct words *w, const char *text, const char *expected)
{
	OWNED(buf_release) struct buf found = BUF_INIT(4096);

	words_find(w, span_of(text), on_found, &found);
	if (strcmp(buf_string(&found), expected) != 0)
		fail_msg("'%s': '%s' instead of '%s'", text, buf_string(&found),
			 expected);
}

static struct words *words_of(const char *const *list)
{
	struct words *w = words_new();

	for (uint32_t i = 0; list[i]; i++)
		assert_int_equal(words_add(w, span_of(list[i]), i, NULL), ST_OK);
	return w;
}

static void words_are_found_whole(void **state)
{
	(void)state;
	static const char *const list[] = {"con",
					   "fils de pute",
					   "extraordinary",
					   "extraordinarily",
					   "m.l.m.",
					   "a",
					   "спам",
					   "c++",
					   NULL};
	static const char *const rows[][2] = {
		{"", ""},
		{"con", "0:0-3 "},
		{"second conned icon con2 con_ _con", ""},
		{"(con), con", "0:1-4 0:7-10 "},
		{"«con» “con”", "0:2-5 0:11-14 "},
		{"des fils de pute!", "1:4-16 "},
		{"fils de putes, fils  de pute", ""},
		{"extraordinary extraordinarily extraordinar", "2:0-13 3:14-29 "},
		{"m.l.m.x m.l.m", "4:0-6 "},
		{"a", "5:0-1 "},
		{"спам спама", "6:0-8 "},
		{"éconé conö", ""},
		{"c++ c+", "7:0-3 "},
		{"c++11", "7:0-3 "},
	};
	OWNED(words_freep) struct words *w = words_of(list);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		found_is(w, rows[i][0], rows[i][1]);
}

static void a_text_may_end_anywhere(void **state)
{
	(void)state;
	static const char *const list[] = {"fils de pute", "abcdefgh", NULL};
	OWNED(words_freep) struct words *w = words_of(list);
	const char text[] = "fils de pute abcdefgh";

	for (size_t len = 0; len < sizeof(text); len++) {
		OWNED(buf_release) struct buf found = BUF_INIT(4096);
		OWNED(buf_release) struct buf copy = BUF_INIT(4096);

		buf_bytes(&copy, text, len);
		words_find(w, buf_view(&copy), on_found, &found);
		assert_string_equal(buf_string(&found), len < 12 ? ""
							: len < sizeof(text) - 1
								? "0:0-12 "
								: "0:0-12 1:13-21 ");
	}
}

/* Words across the borders of the blocks that are read at once, with and without a
 * character that is not ASCII: both ways give the same. */
static void both_ways_of_reading_agree(void **state)
{
	(void)state;
	static const char *const list[] = {"abc", "abc def", "x_9", "Z", NULL};
	static const char *const pieces[] = {"abc", " ",    "abc def", "-",    "x_9",
					     "Z",   "abcd", "[",       "@abc", "\x7F",
					     "{",   "/",    ":",       "`"};
	OWNED(words_freep) struct words *w = words_of(list);
	uint32_t seed = 1;

	for (int round = 0; round < 2000; round++) {
		OWNED(buf_release) struct buf text = BUF_INIT(1000);
		OWNED(buf_release) struct buf ascii = BUF_INIT(1 << 14);
		OWNED(buf_release) struct buf any = BUF_INIT(1 << 14);

		for (int i = 0; i < round % 90; i++) {
			seed = seed * 1103515245 + 12345;
			buf_text(&text, pieces[(seed >> 16) % ARRAY_LEN(pieces)]);
		}
		words_find(w, buf_view(&text), on_found, &ascii);
		buf_text(&text, "\xE2\x80\xA6"); /* an ellipsis */
		words_find(w, buf_view(&text), on_found, &any);
		assert_string_equal(buf_string(&ascii), buf_string(&any));
	}
}

static void many_words_are_all_found(void **state)
{
	(void)state;
	OWNED(words_freep) struct words *w = words_new();
	char word[32], expected[32];

	for (uint32_t i = 0; i < 10000; i++) {
		snprintf(word, sizeof(word), "w%uordwithend", i * 7);
		assert_int_equal(words_add(w, span_of(word), i, NULL), ST_OK);
	}
	assert_int_equal(words_count(w), 10000);
	for (uint32_t i = 0; i < 10000; i++) {
		int len = snprintf(word, sizeof(word), "w%uordwithend", i * 7);

		snprintf(expected, sizeof(expected), "%u:0-%d ", i, len);
		found_is(w, word, expected);
	}
	found_is(w, "w1ordwithend", "");
}

static void what_begins_no_word_is_refused(void **state)
{
	(void)state;
	static const char *const refused[] = {"", " con", "$$$", "-x", "😍"};
	char longest[WORDS_BYTES_MAX + 2];
	OWNED(words_freep) struct words *w = words_new();

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		assert_int_equal(words_add(w, span_of(refused[i]), 0, NULL), ST_ECONFIG);
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(words_add(w,
				   (struct span){(uint8_t *)longest, WORDS_BYTES_MAX + 1},
				   0, NULL),
			 ST_ECONFIG);
	assert_int_equal(words_count(w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_whole),
		cmocka_unit_test(a_text_may_end_anywhere),
		cmocka_unit_test(both_ways_of_reading_agree),
		cmocka_unit_test(many_words_are_all_found),
		cmocka_unit_test(what_begins_no_word_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
