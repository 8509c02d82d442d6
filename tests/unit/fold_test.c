/* fold.h: the disguises that it is there for, and random texts against a slow folding
 * made of their single characters. fold_table_test.c has the single characters.
 */
// links: icu-uc icu-i18n
#include "fold.h"

#include <stdio.h>

#include "../lib/fold_check.h"
#include "alloc.h"

#define RANDOM_TEXTS 60000
#define SEED	     20488

/* --- single texts ----------------------------------------------------------------- */

static void texts_fold_as_written_here(void **state)
{
	static const struct {
		const char *text, *match, *key;
	} rows[] = {
		{"", "", ""},
		{" ", " ", ""},
		{" \t\r\n ", " ", ""},
		{"a", "a", "a"},
		{"Très  déçu :\n\nÇA n'a PAS marché !", "tres decu : ca n'a pas marche !",
		 "tres decu ca n a pas marche"},
		{"Œuvre, SŒUR et Cœur", "oeuvre, soeur et coeur",
		 "oeuvre soeur et coeur"},
		{"l’été « chaud » – 12,50 €", "l'ete « chaud » - 12,50 €",
		 "l ete chaud 12 50"},
		{"Straße STRASSE", "strasse strasse", "strasse strasse"},
		{"ﬀ Ｆ f̲ ƒ 𝕗 Ϝ", "ff f f f f f", "ff ff"},
		{"x² + ½ = ①", "x2 + 1⁄2 = 1", "x2 121"},
		{"nuuuuul", "nuuuuul", "nuul"},
		{"noooooon !!!!!!!!!! 100000", "noooooon !!!!!!!!!! 100000",
		 "noon 100000"},
		{"ÉéÈeEe", "eeeeee", "ee"},
		{"aa a aaaa b", "aa a aaaa b", "aa a aa b"},
		{"aaaaaaaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaab", "aab"},
		{"abcdefgggggggggggggh", "abcdefgggggggggggggh", "abcdefggh"},
		{"哈哈哈哈 日本", "哈哈哈哈 日本", "哈哈 日本"},
		{"---a---", "---a---", "a"},
		{"...........................", "...........................", ""},
		{"👍👍🏽 ❤️ 🇫🇷 👨‍👩‍👧",
		 "👍👍🏽 ❤ 🇫🇷 👨👩👧", ""},
		{"\u200b\u00ad\ufeff\u2060", "", ""},
		{"\x01\x02\x7f", "", ""},
		{"a \u200b \u0301 b", "a b", "a b"},
		{"\u00a0a\u2003\u3000b\u2028", " a b ", "a b"},
		{"한국어 ㅋㅋㅋㅋ",
		 "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165 "
		 "\u110f\u110f\u110f\u110f",
		 "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165 \u110f\u110f"},
		{"किताब", "\u0915\u093f\u0924\u093e\u092c",
		 "\u0915\u093f\u0924\u093e\u092c"},
		{"И Щ", "и щ", "и щ"},
		{"\U0002F800 \U00020000", "\u4e3d \U00020000", "\u4e3d \U00020000"},
		{"\U00030000\U000E0061\U000E0100\U0010FFFF", "\U00030000\U0010FFFF",
		 "\U00030000"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fold_text(&fold, span_of(rows[i].text));
		assert_string_equal(buf_string(&fold.match), rows[i].match);
		assert_string_equal(buf_string(&fold.key), rows[i].key);
	}
}

static void keys_mend_what_is_spaced_out_or_spelt_with_digits(void **state)
{
	static const struct {
		const char *text, *key;
	} rows[] = {
		/* letters that stand apart */
		{"t r e s  b o n", "tres bon"},
		{"t r è s  b o n  p r o d u i t !", "tres bon produit"},
		{"t r e s b o n", "tresbon"},
		{"p.a.r.f.a.i.t", "parfait"},
		{"C'est P.A.R.F.A.I.T.", "c est parfait"},
		{"g-r-e-a-t value", "great value"},
		{"f. u. n.   o. u. t.", "fun out"},
		{"t\u00a0r\u00a0e\u00a0s\u3000\u00a0b o n", "tres bon"},
		{"t r e s \n\n b o n", "tres bon"},
		{"t \u200br e s  b o n", "tres bon"},
		{"n u l", "nul"},
		{"n u  l", "nul"},
		{"a b", "a b"},
		{"a b mot c d", "a b mot c d"},
		{"a  b  c", "abc"},
		{"ab c d  e fg", "ab cde fg"},
		{"a b  c d  e f", "ab cd ef"},
		{"i l  y  a  e u", "il y a eu"},
		{"i l  y  a  à  d i r e", "il yaa dire"},
		{"n o o o o n", "noon"},
		{"l a  r o b e", "la robe"},
		{"c 0 n n 4 r d", "connard"},
		{"1 2  3 4  5 6", "12 34 56"},
		{"0 6 . 1", "061"},
		/* and what only looks like it */
		{"il y a l'air", "il y a l air"},
		{"il n'y a", "il n y a"},
		{"Y a-t-il", "y a t il"},
		{"N'y a-t-il pas", "n y a t il pas"},
		{"v o y a g e", "voyage"},
		{"I am a", "i am a"},
		{"I'm a M", "imam"},
		/* digits for letters */
		{"p4rf4it s3rvic3, tr0p b13n", "parfait service trop bien"},
		{"7res", "tres"},
		{"2023 10 1", "2023 10 1"},
		{"s@lut @ve", "salut ave"},
		{"p@$$ion", "passion"},
		{"a @ b", "a b"},
		{"5$ 10$ $20 @ $$$", "5 10 20"},
		{"1@2", "1 2"},
		{"1$2@é", "is2ae"},
		{"1er 2nd 4x4 mp3 h24", "ier 2nd axa mpe h2a"},
		{"b0000n a44a n00n", "boon aa noon"},
		{"aa@", "aa"},
		{"aaa44", "aa"},
		{"10e 222222b", "ioe 222222b"},
		{"à 10h30, 5 %", "a ioheo 5"},
		{"٣a", "٣a"},
		{"٣ 3", "٣ 3"},
		/* other scripts */
		{"好 日 本 です", "好日本 てす"},
		{"a 好 日", "a好日"},
		{"好 日", "好 日"},
		{"3件", "e件"},
		{"\U00020000 \U00020001 b", "\U00020000\U00020001b"},
		{"и в а", "иba"},
		{"да не на", "дa he ha"},
		{"х о р о ш о", "xopoшo"},
		{"very bon 日本 t r o p 好", "very bon 日本 trop好"},
		/* none, or little */
		{"@", ""},
		{"$ @ $", ""},
		{"😀😀 😀 ❤️ ⭐⭐⭐⭐⭐", ""},
		{"日", "日"},
		{"4", "4"},
		{"x", "x"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fold_text(&fold, span_of(rows[i].text));
		assert_string_equal(buf_string(&fold.key), rows[i].key);
		check_key(&fold, span_of(rows[i].text));
		fold_text(&other, span_of(rows[i].key));
		assert_string_equal(buf_string(&other.key), rows[i].key);
	}
}

/* A place to mend at each distance from the borders of 8, 16 and 64 bytes. */
static void what_is_mended_may_stand_anywhere(void **state)
{
	static const char *const mended[][2] = {
		{"n u l", "nul"},     {"tr0p", "trop"},	   {"4u", "au"},
		{"日 本 a", "日本a"}, {"m@", "ma"},	   {"b o n  b o n", "bon bon"},
		{"y a l", "y a l"},   {"x g ɟ x", "xgɟx"}, {"日4 w", "日a w"},
		{"4日 w", "a日 w"},
	};
	char text[256], key[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mended); i++)
		for (int before = 2; before < 140; before++) {
			for (int j = 0; j < before; j++)
				text[j] = key[j] = "uvw"[j % 3];
			snprintf(text + before, sizeof(text) - (size_t)before,
				 " %s word %s", mended[i][0], mended[i][0]);
			snprintf(key + before, sizeof(key) - (size_t)before,
				 " %s word %s", mended[i][1], mended[i][1]);
			fold_text(&fold, span_of(text));
			assert_string_equal(buf_string(&fold.key), key);
		}
}

static void long_texts_of_one_sort_have_short_keys(void **state)
{
	static const struct {
		const char *unit;
		size_t key_len;
	} rows[] = {
		{"a", 2},     {"é", 2},	 {"日", 6}, {" ", 0},	{".", 0},
		{"@", 0},     {"$", 0},	 {"😀", 0},  {"a ", 2},	{"a  ", 2},
		{"4", 65536}, {"@a", 2}, {"4a", 2}, {"日 ", 6}, {"a.b", 65535},
	};
	OWNED(freep) char *text = xmalloc(65537);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t unit = strlen(rows[i].unit), len = 0;
		for (; len < 65536; len += unit)
			memcpy(text + len, rows[i].unit, MIN(unit, 65536 - len));
		len = 65536 / unit * unit;
		fold_text(&fold, (struct span){(uint8_t *)text, len});
		assert_int_equal(fold.key.len, rows[i].key_len);
	}
}

static void disguises_fold_to_what_they_hide(void **state)
{
	static const struct {
		const char *name, *disguise, *text;
	} rows[] = {
		{"full width", "Ａｒｎａｑｕｅ　！", "arnaque !"},
		{"maths bold", "𝐚𝐫𝐧𝐚𝐪𝐮𝐞", "arnaque"},
		{"maths script", "𝒜𝓇𝓃𝒶𝓆𝓊𝑒", "arnaque"},
		{"maths monospace", "𝚊𝚛𝚗𝚊𝚚𝚞𝚎 𝟙𝟚𝟛", "arnaque 123"},
		{"maths capitals of Greek", "𝚨𝐑𝚴𝚨𝐐𝐔𝚬", "arvaque"},
		{"combining marks", "a̶r̶n̶a̶q̶u̶e̶", "arnaque"},
		{"many marks", "á̧͂r͇ͅnaque", "arnaque"},
		{"enclosing marks", "a⃝rnaque", "arnaque"},
		{"zero width joiners", "ar\u200dna\u200cq\u200bue", "arnaque"},
		{"soft hyphen", "ar\u00adnaque", "arnaque"},
		{"direction marks", "\u202earnaque\u202c\u2066", "arnaque"},
		{"variation selectors", "a\ufe0frnaque\U000e0101", "arnaque"},
		{"tags", "arn\U000e0061aque", "arnaque"},
		{"control characters", "ar\x01naque", "arnaque"},
		{"Cyrillic", "аrnаquе", "arnaque"},
		{"Cyrillic capitals", "НОТЕL МАСВЕТН", "hotel macbeth"},
		{"Cyrillic i", "Іnternet іnternet ӏnternet",
		 "internet internet internet"},
		{"Greek", "αrnαque Ηοtel", "arnaque notel"},
		{"Greek capitals", "ΑΒΕΖΙΚΜΟΡΤΧ", "abezikmoptx"},
		{"Armenian", "հօtel", "hotel"},
		{"Cherokee", "ᎪᎡᎬ", "are"},
		{"Lisu", "ꓦꓲꓑ", "vip"},
		{"Canadian", "ᑭᗪ", "pd"},
		{"Coptic", "ⲞⲤ", "oc"},
		{"small capitals", "ᴀʀɴᴀqᴜᴇ", "arnaque"},
		{"IPA letters", "ɑrnɑque ɡratuit", "arnaque gratuit"},
		{"strokes", "ørnøque łđħŧ", "ornoque ldht"},
		{"hooks", "ɓƙɗɱ", "bkdm"},
		{"Turkish", "İstanbul ıstanbul", "istanbul istanbul"},
		{"ligatures", "ﬃ ﬁ ﬂ ﬅ ĳ ǆ œ æ Ꜳ", "ffi fi fl st ij dz oe ae aa"},
		{"circled", "ⓐⓡⓝⓐⓠⓤⓔ", "arnaque"},
		{"superscript", "ᵃʳⁿᵃ", "arna"},
		{"Roman numerals", "Ⅷ ⅿ", "viii m"},
		{"long s", "ſuper", "super"},
		{"Kelvin and Ångström", "K Å", "k a"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fold_text(&fold, span_of(rows[i].disguise));
		fold_text(&other, span_of(rows[i].text));
		if (!span_equal(buf_view(&fold.match), buf_view(&other.match)) ||
		    !span_equal(buf_view(&fold.key), buf_view(&other.key)))
			fail_msg("%s: \"%s\", not \"%s\"", rows[i].name,
				 buf_string(&fold.match), rows[i].text);
	}
}

static void offsets_name_the_character_that_gave_each_byte(void **state)
{
	static const struct {
		const char *text;
		uint32_t at[16]; /* of each byte of match, then the end */
	} rows[] = {
		{"", {0}},
		{"ab", {0, 1, 2}},
		{"éa", {0, 2, 3}},
		{"a\u0301b", {0, 3, 4}},
		{"ﬃx", {0, 0, 0, 3, 4}},
		{"a \t\u00a0 b", {0, 1, 6, 7}},
		{"\u200ba\u200b", {3, 7}},
		{"ABCDEFGHI", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"ABCDEFGé  I", {0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12}},
		{"각a", {0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fold_text(&fold, span_of(rows[i].text));
		for (size_t j = 0; j <= fold.match.len; j++)
			assert_int_equal(fold.match_at[j], rows[i].at[j]);
		assert_int_equal(rows[i].at[fold.match.len], strlen(rows[i].text));
	}
}

static void bytes_that_are_no_utf8_fold_like_the_replacement_character(void **state)
{
	static const struct {
		const char *text, *match;
	} rows[] = {
		{"a\x80z", "a\ufffdz"},
		{"\xc3", "\ufffd"},
		{"\xc3\x28", "\ufffd("},
		{"\xc0\xaf", "\ufffd\ufffd"},
		{"\xe2\x82", "\ufffd\ufffd"},
		{"\xe0\x80\x80", "\ufffd\ufffd\ufffd"},
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
		{"\xf0\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"\xf5\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"\xf0\x9f\x92", "\ufffd\ufffd\ufffd"},
		{"\xff long enough for eight", "\ufffd long enough for eight"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fold_text(&fold, span_of(rows[i].text));
		assert_string_equal(buf_string(&fold.match), rows[i].match);
	}
}

static void the_longest_text_grows_no_more_than_promised(void **state)
{
	static const char widest[] = "\ufdfa";
	size_t len = FOLD_BYTES_MAX / 3 * 3;
	OWNED(freep) uint8_t *text = xmalloc(FOLD_BYTES_MAX);

	(void)state;
	for (size_t i = 0; i < len; i++)
		text[i] = (uint8_t)widest[i % 3];
	fold_text(&fold, (struct span){text, len});
	assert_int_equal(fold.match.len, len * FOLD_GROWTH);
	assert_int_equal(fold.match_at[fold.match.len], len);
	assert_int_equal(fold.match_at[fold.match.len - 1], len - 3);

	memset(text, 'A', FOLD_BYTES_MAX);
	fold_text(&fold, (struct span){text, FOLD_BYTES_MAX});
	assert_int_equal(fold.match.len, FOLD_BYTES_MAX);
	assert_string_equal(buf_string(&fold.key), "aa");
	fold_release(&fold);
	fold_init(&fold);
	fold_text(&fold, SPAN_OF("again"));
	assert_string_equal(buf_string(&fold.key), "again");
}

/* --- random texts ----------------------------------------------------------------- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((random_state >> 33) % n);
}

/* What breaks an eight, and what the key mends: runs, accents, white space, marks, wide and empty foldings. */
static UChar32 random_code_point(void)
{
	static const UChar32 odd[] = {
		' ',	 '\n',	  '.',	   '-',	     '\t',   0x7f,    0xe9,    0xc9,
		0xe7,	 0x153,	  0x301,   0x345,    0x200b, 0xad,    0xa0,    0x3000,
		0x2028,	 0xfb03,  0xfdfa,  0x430,    0x41d,  0x3c2,   0xac01,  0xd7a3,
		0x11ff,	 0x1f44d, 0x1f1eb, 0x4e00,   0x54c8, 0x1d400, 0x2f800, 0x93f,
		0x1d165, 0x1d16d, 0xe0041, 0x10ffff,
	};
	UChar32 c;

	switch (random_below(8)) {
	case 0:
		return odd[random_below(ARRAY_LEN(odd))];
	case 4:
		return "013478y@$a "[random_below(11)];
	case 1:
		return (UChar32)random_below(0x80);
	case 2:
		do
			c = (UChar32)random_below(random_below(2) ? 0x110000 : 0x3000);
		while (U_IS_SURROGATE(c));
		return c;
	default:
		return "aab  .AZ09eE"[random_below(12)];
	}
}

/* Letters that stand alone. */
static void random_row(struct units *u)
{
	for (uint32_t n = random_below(12); n > 0; n--) {
		static const UChar32 letters[] = {'a', 'y', '1', 0x4e00, 0xe9, 0x1d400};
		UChar32 c = letters[random_below(ARRAY_LEN(letters))];
		U16_APPEND_UNSAFE(u->at, u->len, c);
		for (uint32_t gap = 1 + !random_below(4) + !random_below(8); gap > 0;
		     gap--)
			u->at[u->len++] = (UChar) " .\n "[random_below(4)];
	}
}

static void random_units(struct units *u)
{
	int32_t len = (int32_t)random_below(60);

	u->len = 0;
	if (random_below(4) == 0)
		random_row(u);
	while (u->len < len) {
		UChar32 c = random_code_point();
		uint32_t times = random_below(6) ? 1 : 1 + random_below(10);
		while (times--)
			U16_APPEND_UNSAFE(u->at, u->len, c);
	}
}

/* match, put together from the foldings of the single characters. */
static void check_match(struct span text)
{
	OWNED(buf_release) struct buf want = BUF_INIT(1 << 16);
	uint32_t from[1 << 13];

	for (int32_t i = 0; i < (int32_t)text.len;) {
		int32_t start = i;
		U8_FWD_1(text.at, i, (int32_t)text.len);
		fold_text(&other, (struct span){text.at + start, (size_t)(i - start)});
		for (size_t j = 0; j < other.match.len; j++) {
			char byte = (char)other.match.at[j];
			if (byte == ' ' && want.len && want.at[want.len - 1] == ' ')
				continue;
			assert_true(want.len < ARRAY_LEN(from));
			from[want.len] = (uint32_t)start;
			buf_char(&want, byte);
		}
	}
	from[want.len] = (uint32_t)text.len;
	assert_string_equal(buf_string(&fold.match), buf_string(&want));
	assert_int_equal(fold.match.len, want.len);
	assert_memory_equal(fold.match_at, from, (want.len + 1) * sizeof(from[0]));
}

static void check_folding_again(void)
{
	fold_text(&other, buf_view(&fold.match));
	assert_string_equal(buf_string(&other.match), buf_string(&fold.match));
	fold_text(&other, buf_view(&fold.key));
	assert_string_equal(buf_string(&other.match), buf_string(&fold.key));
	assert_string_equal(buf_string(&other.key), buf_string(&fold.key));
}

static void check_spelling(const struct units *spelling)
{
	fold_text(&other, utf8_of(spelling));
	assert_string_equal(buf_string(&other.match), buf_string(&fold.match));
	assert_string_equal(buf_string(&other.key), buf_string(&fold.key));
}

static void random_texts_fold_as_their_characters_do(void **state)
{
	(void)state;
	random_state = SEED;
	for (unsigned i = 0; i < RANDOM_TEXTS; i++) {
		struct units u;
		random_units(&u);
		struct span text = utf8_of(&u);
		fold_text(&fold, text);
		for (size_t j = 0; j <= fold.match.len; j++) {
			uint32_t at = fold.match_at[j];
			assert_true(at <= text.len &&
				    (j == 0 || at >= fold.match_at[j - 1]));
			assert_true(at == text.len || !U8_IS_TRAIL(text.at[at]));
		}
		check_match(text);
		check_key(&fold, text);
		check_folding_again();
	}
}

static void random_texts_fold_alike_in_every_normal_form(void **state)
{
	(void)state;
	random_state = SEED + 1;
	for (unsigned i = 0; i < RANDOM_TEXTS; i++) {
		struct units u, spelling;
		random_units(&u);
		u.len = MIN(u.len, 12); /* U+FDFA is 18 long */
		if (u.len && U16_IS_LEAD(u.at[u.len - 1]))
			u.len--;
		fold_text(&fold, utf8_of(&u));
		spelling = normalized(nfd, &u);
		check_spelling(&spelling);
		spelling = normalized(nfc, &u);
		check_spelling(&spelling);
		spelling = normalized(nfkd, &u);
		check_spelling(&spelling);
		spelling = normalized(nfkc, &u);
		check_spelling(&spelling);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_fold_as_written_here),
		cmocka_unit_test(keys_mend_what_is_spaced_out_or_spelt_with_digits),
		cmocka_unit_test(what_is_mended_may_stand_anywhere),
		cmocka_unit_test(long_texts_of_one_sort_have_short_keys),
		cmocka_unit_test(disguises_fold_to_what_they_hide),
		cmocka_unit_test(offsets_name_the_character_that_gave_each_byte),
		cmocka_unit_test(
			bytes_that_are_no_utf8_fold_like_the_replacement_character),
		cmocka_unit_test(the_longest_text_grows_no_more_than_promised),
		cmocka_unit_test(random_texts_fold_as_their_characters_do),
		cmocka_unit_test(random_texts_fold_alike_in_every_normal_form),
	};

	return cmocka_run_group_tests(tests, open_folds, close_folds);
}
