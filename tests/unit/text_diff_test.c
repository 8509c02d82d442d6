// uses: stages/normavis/text_diff.c stages/normavis/readable.c
/* text_diff.h and readable.h: what differs, and how it is shown. */
#include "text_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "alloc.h"
#include "readable.h"
#include "utf8.h"

static void differences_are_shown_word_by_word(void **state)
{
	(void)state;
	static const struct {
		const char *older, *newer, *shown;
	} rows[] = {
		{"", "", ""},
		{"a b c", "a b c", "a b c"},
		{"a b c", "a x c", "a [-b-]{+x+} c"},
		{"a b c", "a c", "a [-b-] c"},
		{"a c", "a b c", "a {+b+} c"},
		{"a", "b", "[-a-]{+b+}"},
		{"", "b", "{+b+}"},
		{"a", "", "[-a-]"},
		{"a b", "b a", "[-a-] b {+a+}"},
		{"a  b\nc", " a b c ", "a b c "},
		{"a quiet room", "a very quiet, room", "a {+very+} quiet{+,+} room"},
		{"Accueil parfait.", "accueil parfait !",
		 "[-Accueil-]{+accueil+} parfait [-.-]{+!+}"},
		{"l'été", "l'hiver", "[-l'été-]{+l'hiver+}"},
		{"déjà", "déja", "[-déjà-]{+déja+}"},
		{"安静的房间", "安静的客房", "安静的{+客+}房[-间-]"},
		{"good soup, number 1.", "good soup, number 23.",
		 "good soup, number [-1-]{+23+}."},
		{"x a b c d e f y", "p a b c d e f q",
		 "[-x-]{+p+} a b c d e f [-y-]{+q+}"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(text_diff_release) struct text_diff d;
		OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);

		text_diff_make(&d, span_of(rows[i].older), span_of(rows[i].newer));
		readable_diff(&out, &d, false);
		OWNED(freep) char *wanted = xasprintf("    %s\n", rows[i].shown);
		if (strcmp(buf_string(&out), wanted) != 0)
			fail_msg("row %zu: %s", i, buf_string(&out));
	}
}

/* Made of the pieces, both texts are there again, but for white space at their begin. */
static void check_pieces(struct span older, struct span newer, bool coarse)
{
	OWNED(text_diff_release) struct text_diff d;
	OWNED(buf_release) struct buf b = BUF_INIT(1 << 20), a = BUF_INIT(1 << 20);

	text_diff_make(&d, older, newer);
	assert_int_equal(d.coarse, coarse);
	for (size_t i = 0; i < d.count; i++) {
		const struct text_diff_piece *p = &d.pieces[i];

		assert_true(p->text.len > 0);
		assert_int_equal(utf8_flaw(p->text), p->text.len);
		assert_true(i == 0 || p->kind != d.pieces[i - 1].kind);
		assert_false(i > 0 && p->kind == TEXT_REMOVED &&
			     d.pieces[i - 1].kind == TEXT_ADDED);
		if (p->kind != TEXT_REMOVED)
			buf_span(&b, p->text);
		if (p->kind != TEXT_ADDED)
			buf_span(&a, p->text);
	}
	assert_true(span_equal(buf_view(&b), newer));
	assert_true(span_equal(buf_view(&a), older));
}

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void random_text(struct buf *ret, uint32_t *seed, size_t words, uint32_t kinds)
{
	static const char *const known[] = {"a", "été", "Grüße", "房", ",", "...", "x"};

	buf_clear(ret);
	for (size_t i = 0; i < words; i++)
		buf_format(ret, "%s ", known[draw(seed, kinds)]);
}

static void pieces_make_both_texts(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
	uint32_t seed = 7;

	for (size_t i = 0; i < 3000; i++) {
		random_text(&a, &seed, draw(&seed, 14), 1 + draw(&seed, 7));
		random_text(&b, &seed, draw(&seed, 14), 1 + draw(&seed, 7));
		check_pieces(buf_view(&a), buf_view(&b), false);
	}
}

/* The shortest way: as many words as the longest common sequence leaves, by the plain table. */
static void no_way_is_shorter(void **state)
{
	(void)state;
	uint32_t seed = 11;

	for (size_t i = 0; i < 2000; i++) {
		char older[32] = "", newer[32] = "";
		int table[11][11] = {{0}};
		size_t n = draw(&seed, 11), m = draw(&seed, 11), kept = 0;
		OWNED(text_diff_release) struct text_diff d;

		for (size_t k = 0; k < n; k++)
			snprintf(older + 2 * k, 3, "%c ", 'a' + (char)draw(&seed, 3));
		for (size_t k = 0; k < m; k++)
			snprintf(newer + 2 * k, 3, "%c ", 'a' + (char)draw(&seed, 3));
		for (size_t x = 1; x <= n; x++)
			for (size_t y = 1; y <= m; y++)
				table[x][y] =
					older[2 * x - 2] == newer[2 * y - 2]
						? table[x - 1][y - 1] + 1
						: MAX(table[x - 1][y], table[x][y - 1]);
		text_diff_make(&d, span_of(older), span_of(newer));
		for (size_t k = 0; k < d.count; k++)
			kept += d.pieces[k].kind == TEXT_SAME ? d.pieces[k].text.len / 2
							      : 0;
		assert_int_equal(kept, table[n][m]);
	}
}

/* Texts of 64 KiB in which nothing is the same but the ends. */
static void long_texts_are_bounded(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);

	buf_text(&a, "same ");
	buf_text(&b, "same ");
	for (int i = 0; a.len < 64000; i++) {
		buf_format(&a, "a%d ", i);
		buf_format(&b, "b%d ", i);
	}
	buf_text(&a, "end");
	buf_text(&b, "end");
	check_pieces(buf_view(&a), buf_view(&b), true);
	check_pieces(buf_view(&a), buf_view(&a), false);
}

static void the_hash_is_that_of_what_is_compared(void **state)
{
	(void)state;

	assert_true(text_diff_hash(span_of(" a  b\n")) == text_diff_hash(span_of("a b")));
	assert_true(text_diff_hash(span_of("a b")) != text_diff_hash(span_of("ab")));
	assert_true(text_diff_hash(span_of("a b")) != text_diff_hash(span_of("b a")));
	assert_true(text_diff_hash(span_of("a")) != text_diff_hash(span_of("A")));
	assert_true(text_diff_hash(span_of("a")) != text_diff_hash(span_of("a a")));
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
	(void)state;
	static const uint8_t bad[] = {'a', ' ', 0xC3, ' ', 'b'};
	OWNED(text_diff_release) struct text_diff d;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);

	text_diff_make(&d, (struct span){bad, sizeof(bad)}, span_of("a b"));
	assert_int_equal(d.count, 2);
	readable_text(&out, (struct span){bad, sizeof(bad)}, 100);
	assert_string_equal(buf_string(&out), "    a \xEF\xBF\xBD\n");
}

static void a_text_cannot_act_on_a_terminal(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"a\033[2Jb", "    a\xEF\xBF\xBD[2Jb\n"},
		{"a\xC2\x9Bm", "    a\xEF\xBF\xBDm\n"},
		{"a\xE2\x80\xAE"
		 "b",
		 "    a\xEF\xBF\xBD"
		 "b\n"},
		{"a\tb\r\nc", "    a b\n    c\n"},
		{"\xF0\x9F\x8D\xB2 soup", "    \xF0\x9F\x8D\xB2 soup\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);

		readable_text(&out, span_of(rows[i].text), 100);
		assert_string_equal(buf_string(&out), rows[i].shown);
	}
	OWNED(buf_release) struct buf name = BUF_INIT(1 << 16);
	readable_name(&name, span_of("a\nb\033"));
	assert_string_equal(buf_string(&name), "a b\xEF\xBF\xBD");
}

static void what_is_long_is_cut_between_characters(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 20);
	OWNED(text_diff_release) struct text_diff d;

	readable_text(&out, span_of("ééé"), 3);
	assert_string_equal(buf_string(&out), "    é\xE2\x80\xA6 (4 bytes more)\n");
	buf_clear(&out);
	for (int i = 0; i < 400; i++)
		buf_text(&a, "é\xE2\x82\xAC ");
	buf_span(&b, buf_view(&a));
	buf_text(&a, "old ");
	buf_text(&b, "new ");
	buf_span(&b, buf_view(&a));
	text_diff_make(&d, buf_view(&a), buf_view(&b));
	readable_diff(&out, &d, false);
	assert_int_equal(utf8_flaw(buf_view(&out)), out.len);
	assert_true(out.len < 3000);
	/* Whole words stand beside what is left out. */
	assert_non_null(strstr(buf_string(&out), "    \xE2\x80\xA6 é\xE2\x82\xAC "));
}

static void what_is_the_same_behind_a_change_ends_at_a_word(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 20);
	OWNED(text_diff_release) struct text_diff d;

	buf_text(&a, "old");
	buf_text(&b, "new");
	for (int i = 0; i < 400; i++) {
		buf_text(&a, " word");
		buf_text(&b, " word");
	}
	text_diff_make(&d, buf_view(&a), buf_view(&b));
	readable_diff(&out, &d, false);
	assert_non_null(strstr(buf_string(&out), "    [-old-]{+new+} word word "));
	assert_non_null(strstr(buf_string(&out), " word \xE2\x80\xA6\n"));
	assert_true(out.len < 200);
}

static void colour_stands_in_place_of_brackets(void **state)
{
	(void)state;
	OWNED(text_diff_release) struct text_diff d;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);

	text_diff_make(&d, span_of("a b"), span_of("a c"));
	readable_diff(&out, &d, true);
	assert_string_equal(buf_string(&out), "    a \033[31mb\033[0m\033[32mc\033[0m\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_are_shown_word_by_word),
		cmocka_unit_test(pieces_make_both_texts),
		cmocka_unit_test(no_way_is_shorter),
		cmocka_unit_test(long_texts_are_bounded),
		cmocka_unit_test(the_hash_is_that_of_what_is_compared),
		cmocka_unit_test(bytes_that_are_no_text_do_no_harm),
		cmocka_unit_test(a_text_cannot_act_on_a_terminal),
		cmocka_unit_test(what_is_long_is_cut_between_characters),
		cmocka_unit_test(what_is_the_same_behind_a_change_ends_at_a_word),
		cmocka_unit_test(colour_stands_in_place_of_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
