#include "words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "buf.h"
#include "fold.h"

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

/* Rows of a text and what is found in it. */
static void found_as_stated(const char *const *list, const char *const (*rows)[2],
			    size_t count)
{
	OWNED(words_freep) struct words *w = words_of(list);

	for (size_t i = 0; i < count; i++)
		found_is(w, rows[i][0], rows[i][1]);
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
	found_as_stated(list, rows, ARRAY_LEN(rows));
}

/* A phrase is looked up by its longest word, wherever that stands in it. */
static void phrases_are_found_whole_around_their_longest_word(void **state)
{
	(void)state;
	static const char *const list[] = {
		"you are trash", "trash it is", "il y a", "là, idiot de là",
		"trash",	 "be",		NULL};
	static const char *const rows[][2] = {
		{"you are trash", "4:8-13 0:0-13 "},
		{"thank you are trash.", "4:14-19 0:6-19 "},
		{"xyou are trash", "4:9-14 "},
		{"éyou are trash", "4:10-15 "},
		{"“you are trash”", "4:11-16 0:3-16 "},
		{"are trash", "4:4-9 "},
		{"trash it is, trash it isn", "4:0-5 1:0-11 4:13-18 "},
		{"trash it", "4:0-5 "},
		{"il y a il y a", "2:0-6 2:7-13 "},
		{"y a, il y", ""},
		{"là, idiot de là", "3:0-17 "},
		{"au-delà, idiot de là", ""},
		{"idiot de là", ""},
	};
	found_as_stated(list, rows, ARRAY_LEN(rows));
}

/* --- beside a search that looks everywhere --------------------------------------------- */

static uint32_t draw(uint32_t below)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(state >> 33) % below;
}

/* Few words, so that phrases meet, with what most texts have among them. */
static void draw_phrase(struct buf *ret, uint32_t words)
{
	static const char *const vocabulary[] = {"a",	"not", "dress", "trash",
						 "you", "ab",  "là",	"dresses"};
	static const char *const between[] = {" ", " ", " ", "'", " - "};

	buf_clear(ret);
	for (uint32_t i = 0; i < words; i++) {
		buf_text(ret, i > 0 ? between[draw(ARRAY_LEN(between))] : "");
		buf_text(ret, vocabulary[draw(ARRAY_LEN(vocabulary))]);
	}
}

static bool is_word_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || byte >= 0x80;
}

static size_t count_whole(struct span text, struct span phrase)
{
	const uint8_t *end = text.at + text.len;
	size_t count = 0;

	for (const uint8_t *at = text.at; (size_t)(end - at) >= phrase.len; at++)
		count += memcmp(at, phrase.at, phrase.len) == 0 &&
			 (at == text.at || !is_word_byte(at[-1])) &&
			 (at + phrase.len == end || !is_word_byte(at[phrase.len]));
	return count;
}

static void on_counted(void *context, uint32_t owner, size_t start, size_t end)
{
	size_t *counts = context;

	assert_true(start < end);
	counts[owner]++;
}

static void all_is_found_that_stands_there_and_once(void **state)
{
	enum { LISTS = 3000, TEXTS = 30, PHRASES = 12 };
	struct buf phrases[PHRASES], text = BUF_INIT(4096);
	size_t total = 0;

	(void)state;
	for (size_t i = 0; i < PHRASES; i++)
		phrases[i] = BUF_INIT(4096);
	for (int list = 0; list < LISTS; list++) {
		OWNED(words_freep) struct words *w = words_new();

		for (uint32_t i = 0; i < PHRASES; i++) {
			draw_phrase(&phrases[i], 1 + draw(4));
			assert_int_equal(words_add(w, buf_view(&phrases[i]), i, NULL),
					 ST_OK);
		}
		for (int n = 0; n < TEXTS; n++) {
			size_t counts[PHRASES] = {0};

			draw_phrase(&text, draw(12));
			words_find(w, buf_view(&text), on_counted, counts);
			for (size_t i = 0; i < PHRASES; i++) {
				total += counts[i];
				assert_int_equal(counts[i],
						 count_whole(buf_view(&text),
							     buf_view(&phrases[i])));
			}
		}
	}
	assert_true(total > LISTS * TEXTS);
	for (size_t i = 0; i < PHRASES; i++)
		buf_release(&phrases[i]);
	buf_release(&text);
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

/* As an author writes it: folded first, as lists are. */
static void found_folded(const struct words *w, const char *text, const char *expected)
{
	struct fold fold;

	fold_init(&fold);
	fold_text(&fold, span_of(text));
	found_is(w, buf_string(&fold.match), expected);
	fold_release(&fold);
}

static void add_stem(struct words *w, const char *language, const char *word,
		     uint32_t owner)
{
	struct fold fold;

	fold_init(&fold);
	fold_text(&fold, span_of(word));
	assert_int_equal(words_add_stem(w, language, buf_view(&fold.match), owner, NULL),
			 ST_OK);
	fold_release(&fold);
}

static void inflections_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *language, *entry;
		const char *found, *not_found; /* words with blanks between */
	} rows[] = {
		{"fr", "insulter",
		 "insulter insulte insultes insulté insultés insultée insultées insultant "
		 "insultait insultez insultera insulterait INSULTÉ",
		 /* -ent and -ons are no endings to Snowball. */
		 "insu consulter insultent insultons"},
		{"fr", "insulté", "insulter insulte insultée insultant", "insuline"},
		{"fr", "arnaque", "arnaque arnaques arnaquer arnaqué arnaquée", "arnica"},
		{"fr", "connard", "connard connards", "connaitre connaissance"},
		{"fr", "connasse", "connasse connasses", "connaisseur"},
		{"fr", "voleur", "voleur voleurs", "volet vol"},
		{"fr", "escroquer", "escroquer escroqué escroquées", "escrime"},
		{"fr", "con", "con cons", "conseil contre consonne"},
		{"fr", "idée", "idée idées", "ideal"},
		{"fr", "pd", "pd", "pdf"},
		{"en", "insult", "insult insults insulted insulting", "insulin consult"},
		{"en", "scam", "scam scams scammed scamming", "scampi"},
		{"en", "bitch", "bitch bitches bitching bitched", "bit"},
		{"en", "fuck", "fuck fucks fucked fucking", "fucus"},
		{"en", "lie", "lie lies lied", "line liegt"},
		{"en", "spam", "spam", "спам"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(words_freep) struct words *w = words_new();
		char one[64];

		add_stem(w, rows[i].language, rows[i].entry, 7);
		found_folded(w, rows[i].not_found, "");
		for (const char *at = rows[i].found; *at; at += strspn(at, " ")) {
			size_t len = strcspn(at, " ");
			OWNED(buf_release) struct buf found = BUF_INIT(256);
			struct fold fold;

			snprintf(one, sizeof(one), "%.*s", (int)len, at);
			fold_init(&fold);
			fold_text(&fold, span_of(one));
			words_find(w, buf_view(&fold.match), on_found, &found);
			if (strncmp(buf_string(&found), "7:0-", 4) != 0)
				fail_msg("'%s' of '%s': '%s'", one, rows[i].entry,
					 buf_string(&found));
			fold_release(&fold);
			at += len;
		}
	}
}

static void phrases_are_found_inflected(void **state)
{
	(void)state;
	OWNED(words_freep) struct words *w = words_new();

	add_stem(w, "fr", "fils de pute", 0);
	add_stem(w, "fr", "sale escroc", 1);
	add_stem(w, "en", "son of a bitch", 2);
	assert_int_equal(words_add(w, span_of("sale"), 3, NULL), ST_OK);
	assert_int_equal(words_count(w), 4);
	found_folded(w, "Des fils de putes.", "0:4-17 ");
	found_folded(w, "fils  de\npute", "0:0-12 ");
	found_folded(w, "fils de, pute; fils pute; fils de", "");
	found_folded(w, "sales escrocs, sale escroc", "1:0-13 1:15-26 3:15-19 ");
	found_folded(w, "sons of a bitch! son of bitch", "2:0-15 ");
	/* At every end of a text, and in one that is not ASCII. */
	found_folded(w, "fils de pub", "");
	found_folded(w, "fils de ", "");
	found_folded(w, "спам fils de putes", "0:6-19 ");
}

static void what_has_no_stem_is_refused(void **state)
{
	(void)state;
	static const char *const refused[] = {"", " con", "$$$", "con ", "c++", "con!"};
	OWNED(words_freep) struct words *w = words_new();
	char longest[WORDS_BYTES_MAX + 2];
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		assert_int_equal(words_add_stem(w, "fr", span_of(refused[i]), 0, &err),
				 ST_ECONFIG);
	assert_int_equal(words_add_stem(w, "tlh", span_of("con"), 0, &err), ST_ECONFIG);
	assert_string_equal(err.text, "no stems are known of language tlh");
	memset(longest, 'a', sizeof(longest));
	struct span too_long = {(uint8_t *)longest, WORDS_BYTES_MAX + 1};
	assert_int_equal(words_add_stem(w, "fr", too_long, 0, &err), ST_ECONFIG);
	too_long.len = WORDS_BYTES_MAX;
	assert_int_equal(words_add_stem(w, "fr", too_long, 0, &err), ST_OK);
	longest[WORDS_BYTES_MAX] = '\0';
	found_is(w, longest, "0:0-200 ");
	longest[WORDS_BYTES_MAX] = 'a';
	longest[WORDS_BYTES_MAX + 1] = '\0';
	found_is(w, longest, ""); /* and longer words of a text are none of ours */
	assert_int_equal(words_count(w), 1);
}

static void many_stems_are_all_found(void **state)
{
	(void)state;
	OWNED(words_freep) struct words *w = words_new();
	char word[32], expected[32];

	for (uint32_t i = 0; i < 2000; i++) {
		snprintf(word, sizeof(word), "w%uordwithendable", i * 7);
		assert_int_equal(words_add_stem(w, "en", span_of(word), i, NULL), ST_OK);
	}
	for (uint32_t i = 0; i < 2000; i++) {
		int len = snprintf(word, sizeof(word), "w%uordwithendables", i * 7);

		snprintf(expected, sizeof(expected), "%u:0-%d ", i, len);
		found_is(w, word, expected);
	}
}

static void the_stemmers_have_a_mark(void **state)
{
	(void)state;
	const char *version = words_stemmer_version();

	assert_int_equal(strlen(version), strlen("snowball-") + 16);
	assert_memory_equal(version, "snowball-", 9);
	assert_ptr_equal(version, words_stemmer_version());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_whole),
		cmocka_unit_test(phrases_are_found_whole_around_their_longest_word),
		cmocka_unit_test(all_is_found_that_stands_there_and_once),
		cmocka_unit_test(a_text_may_end_anywhere),
		cmocka_unit_test(both_ways_of_reading_agree),
		cmocka_unit_test(many_words_are_all_found),
		cmocka_unit_test(what_begins_no_word_is_refused),
		cmocka_unit_test(inflections_are_found),
		cmocka_unit_test(phrases_are_found_inflected),
		cmocka_unit_test(what_has_no_stem_is_refused),
		cmocka_unit_test(many_stems_are_all_found),
		cmocka_unit_test(the_stemmers_have_a_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
