#include "passage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "utf8.h"

#define TEXT 25 /* any tag */

static void spans_are_put_in_order_and_joined(void **state)
{
	(void)state;
	struct hit_span spans[] = {
		{TEXT, 30, 5}, {TEXT, 10, 4}, {24, 7, 1}, {TEXT, 12, 10},
		{TEXT, 22, 1}, {TEXT, 50, 0}, {24, 0, 3}, {TEXT, 10, 20},
	};
	static const struct hit_span sorted[] = {{24, 0, 3}, {24, 7, 1}, {TEXT, 10, 25}};

	assert_int_equal(passage_sort(spans, ARRAY_LEN(spans)), ARRAY_LEN(sorted));
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		assert_int_equal(spans[i].tag, sorted[i].tag);
		assert_int_equal(spans[i].start, sorted[i].start);
		assert_int_equal(spans[i].len, sorted[i].len);
	}
	assert_int_equal(passage_sort(NULL, 0), 0);
}

#define SIXTY "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk llll "

static void a_passage_is_quoted_among_its_words(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct hit_span spans[3];
		size_t count, used;
		const char *quote;
	} rows[] = {
		{"an idiot here", {{TEXT, 3, 5}}, 1, 1, "an [idiot] here"},
		{"idiot", {{TEXT, 0, 5}}, 1, 1, "[idiot]"},
		{" \n idiot\t\n", {{TEXT, 3, 5}}, 1, 1, "[idiot]"},
		{"one\r\n\r\ntwo  idiot\tthree",
		 {{TEXT, 12, 5}},
		 1,
		 1,
		 "one two [idiot] three"},
		{"un idiot, ", {{TEXT, 3, 6}}, 1, 1, "un [idiot,]"},
		{"an idiot here", {{TEXT, 2, 7}}, 1, 1, "an [idiot] here"},
		/* Two within reach are one quotation. */
		{"an idiot and a fool here",
		 {{TEXT, 3, 5}, {TEXT, 15, 4}},
		 2,
		 2,
		 "an [idiot] and a [fool] here"},
		/* Whole words before and behind, and the rest left out. */
		{SIXTY "x idiot y " SIXTY,
		 {{TEXT, 62, 5}},
		 1,
		 1,
		 "… bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk llll x [idiot] y "
		 "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk …"},
		/* Two that are far from each other are two. */
		{"idiot " SIXTY SIXTY SIXTY "fool",
		 {{TEXT, 0, 5}, {TEXT, 186, 4}},
		 2,
		 1,
		 "[idiot] aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk llll …"},
		/* Spans that end inside a character, or behind the text. */
		{"é été é", {{TEXT, 4, 3}}, 1, 1, "é [été] é"},
		{"abc", {{TEXT, 1, 99}}, 1, 1, "a[bc]"},
		{"abc", {{TEXT, 99, 9}}, 1, 1, "abc"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(4096);

		assert_int_equal(passage_put(&out, span_of(rows[i].text), rows[i].spans,
					     rows[i].count),
				 rows[i].used);
		if (strcmp(buf_string(&out), rows[i].quote) != 0)
			fail_msg("row %zu: %s", i, buf_string(&out));
	}
}

/* Texts of characters of one to four bytes, marked and cut at every place. */
static void no_character_is_ever_cut(void **state)
{
	(void)state;
	static const char *const letters[] = {"a", "é", "語", "😀", " "};
	OWNED(buf_release) struct buf text = BUF_INIT(4096);
	OWNED(buf_release) struct buf out = BUF_INIT(4096);

	for (size_t i = 0; i < 300; i++)
		buf_text(&text, letters[(i * 7 + i / 11) % ARRAY_LEN(letters)]);
	for (uint32_t start = 0; start < text.len; start++)
		for (uint32_t len = 1; len < 400; len += 37) {
			const struct hit_span spans[] = {{TEXT, start, len},
							 {TEXT, start + len + 5, 3}};
			size_t count = start + len + 5 < text.len ? 2 : 1;

			buf_clear(&out);
			passage_put(&out, buf_view(&text), spans, count);
			assert_int_equal(utf8_flaw(buf_view(&out)), out.len);
			assert_true(out.len < 1500);
			buf_clear(&out);
			passage_put_start(&out, buf_view(&text), len);
			assert_int_equal(utf8_flaw(buf_view(&out)), out.len);
			assert_true(out.len <= len + 3);
		}
}

static void a_start_is_one_line_of_whole_words(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t max;
		const char *start;
	} rows[] = {
		{"", 10, ""},
		{"all of it", 10, "all of it"},
		{"all of\nit\n", 10, "all of it"},
		{"all of it and more", 10, "all of it…"},
		{"onelongword", 5, "onelo…"},
		{"éééé", 3, "é…"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(100);

		passage_put_start(&out, span_of(rows[i].text), rows[i].max);
		assert_string_equal(buf_string(&out), rows[i].start);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_are_put_in_order_and_joined),
		cmocka_unit_test(a_passage_is_quoted_among_its_words),
		cmocka_unit_test(no_character_is_ever_cut),
		cmocka_unit_test(a_start_is_one_line_of_whole_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
