/* The table behind fold.h against ICU, code point by code point: foldings, spellings,
 * cases, look-alikes, digits.
 */
// links: icu-uc icu-i18n
#include "fold.h"

#include <stdio.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include "../lib/fold_check.h"

static USpoofChecker *spoof;

static int open_all(void **state)
{
	UErrorCode e = U_ZERO_ERROR;

	spoof = uspoof_open(&e);
	return open_folds(state) || U_FAILURE(e);
}

static int close_all(void **state)
{
	uspoof_close(spoof);
	return close_folds(state);
}

static void assert_span(const char *what, UChar32 c, struct span got, struct span want)
{
	if (!span_equal(got, want))
		fail_msg("%s of U+%04X: \"%.*s\", not \"%.*s\"", what, (unsigned)c,
			 (int)got.len, (const char *)got.at, (int)want.len,
			 (const char *)want.at);
}

/* --- what ICU says ---------------------------------------------------------------- */

/* Marks, ignorables and controls out, white space to a space. */
static struct units stripped(const struct units *u)
{
	struct units out = {.len = 0};
	UChar32 c;

	for (int32_t i = 0; i < u->len;) {
		U16_NEXT(u->at, i, u->len, c);
		if (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK) ||
		    u_getCombiningClass(c) ||
		    u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
			continue;
		if (u_isUWhiteSpace(c))
			c = ' ';
		else if (u_charType(c) == U_CONTROL_CHAR)
			continue;
		else if (c == 0x2018 || c == 0x2019 || c == 0x201B)
			c = '\'';
		else if ((c >= 0x2010 && c <= 0x2013) || c == 0x2212)
			c = '-';
		U16_APPEND_UNSAFE(out.at, out.len, c);
	}
	return out;
}

/* NFKD, stripped, case folded, until it stays as it is. */
static struct units plain(struct units u)
{
	struct units before;

	do {
		UErrorCode e = U_ZERO_ERROR;
		before = u;
		struct units apart = normalized(nfkd, &u);
		apart = stripped(&apart);
		u.len = u_strFoldCase(u.at, UNITS_MAX, apart.at, apart.len, 0, &e);
		assert_true(U_SUCCESS(e));
	} while (!units_equal(&u, &before));
	return u;
}

static struct units plain_skeleton(const struct units *u)
{
	struct units out;
	UErrorCode e = U_ZERO_ERROR;

	out.len = uspoof_getSkeleton(spoof, 0, u->at, u->len, out.at, UNITS_MAX, &e);
	assert_true(U_SUCCESS(e));
	return plain(out);
}

static bool looks_the_same(const struct units *a, const struct units *b)
{
	struct units x = plain_skeleton(a), y = plain_skeleton(b);

	return units_equal(&x, &y);
}

static struct units upper(const struct units *u)
{
	struct units out = {.len = 0};
	UChar32 c;

	for (int32_t i = 0; i < u->len;) {
		U16_NEXT(u->at, i, u->len, c);
		U16_APPEND_UNSAFE(out.at, out.len, u_toupper(c));
	}
	return out;
}

static bool is_small_capital(UChar32 c, UChar letter)
{
	char name[128], want[64];
	UErrorCode e = U_ZERO_ERROR;

	u_charName(c, U_UNICODE_CHAR_NAME, name, sizeof(name), &e);
	snprintf(want, sizeof(want), "LATIN LETTER SMALL CAPITAL %c", u_toupper(letter));
	return strcmp(name, want) == 0;
}

/* May `part` have become the Latin `letters`? */
static bool is_lookalike(UChar32 part, const struct units *letters)
{
	struct units low = units_of(part);
	struct units high = upper(&low), capitals = upper(letters);

	return u_isalpha(part) &&
	       (looks_the_same(&low, letters) || looks_the_same(&high, &capitals) ||
		(letters->len == 1 && is_small_capital(part, letters->at[0])));
}

static bool has_latin_shapes(UChar32 c)
{
	static const UScriptCode scripts[] = {
		USCRIPT_COMMON,	  USCRIPT_LATIN,    USCRIPT_GREEK,
		USCRIPT_COPTIC,	  USCRIPT_CYRILLIC, USCRIPT_ARMENIAN,
		USCRIPT_CHEROKEE, USCRIPT_LISU,	    USCRIPT_CANADIAN_ABORIGINAL,
	};
	UErrorCode e = U_ZERO_ERROR;

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		if (uscript_getScript(c, &e) == scripts[i])
			return true;
	return false;
}

/* Must `part` have become one Latin letter, by its own shape or its capital's? */
static bool must_be_latin(UChar32 part)
{
	struct units low = units_of(part);
	struct units high = upper(&low);
	struct units a = plain_skeleton(&low), b = plain_skeleton(&high);

	return part >= 0x80 && u_isalpha(part) && has_latin_shapes(part) &&
	       ((a.len == 1 && a.at[0] >= 'a' && a.at[0] <= 'z') ||
		(b.len == 1 && b.at[0] >= 'a' && b.at[0] <= 'z'));
}

/* Is `got` the parts of `want`, in order, each as it is or as what it looks like? */
static bool is_explained(const struct units *got, const struct units *want)
{
	int32_t g = 0;
	UChar32 part;

	for (int32_t w = 0; w < want->len;) {
		struct units letters = {.len = 0};
		int32_t start = w;
		U16_NEXT(want->at, w, want->len, part);
		if (!must_be_latin(part) && g + w - start <= got->len &&
		    u_memcmp(got->at + g, want->at + start, w - start) == 0) {
			g += w - start;
			continue;
		}
		int32_t count = want->len == w - start ? got->len : 1;
		while (letters.len < count && g < got->len && got->at[g] < 0x80)
			letters.at[letters.len++] = got->at[g++];
		if (letters.len == 0 || part < 0x80 || !has_latin_shapes(part) ||
		    !is_lookalike(part, &letters))
			return false;
	}
	return g == got->len;
}

static struct units units_of_match(void)
{
	struct units u;
	UErrorCode e = U_ZERO_ERROR;

	u_strFromUTF8(u.at, UNITS_MAX, &u.len, buf_string(&fold.match),
		      (int32_t)fold.match.len, &e);
	assert_true(U_SUCCESS(e));
	return u;
}

static void every_code_point_folds_as_icu_says(void **state)
{
	unsigned lookalikes = 0;

	(void)state;
	for (UChar32 c = 0; c <= UCHAR_MAX_VALUE; c++) {
		if (U_IS_SURROGATE(c))
			continue;
		struct units one = units_of(c);
		struct units want = plain(one);
		fold_text(&fold, utf8_of(&one));
		check_key(&fold, utf8_of(&one));
		struct units got = units_of_match();
		bool equal = units_equal(&got, &want);
		if (equal && (c < 0x80 || c >= 0x20000))
			continue;
		if (!is_explained(&got, &want))
			assert_span("match", c, buf_view(&fold.match), utf8_of(&want));
		lookalikes += !equal;
	}
	assert_in_range(lookalikes, 500, 5000);
}

static void the_table_has_the_unicode_version_of_icu(void **state)
{
	UVersionInfo version;
	char text[32];

	(void)state;
	u_getUnicodeVersion(version);
	snprintf(text, sizeof(text), "%d.%d", version[0], version[1]);
	assert_string_equal(fold_unicode_version(), text);
}

static void assert_folds_like(const char *what, UChar32 c, const struct units *spelling)
{
	fold_text(&other, utf8_of(spelling));
	assert_span(what, c, buf_view(&other.match), buf_view(&fold.match));
}

static void spellings_and_cases_of_a_code_point_fold_alike(void **state)
{
	(void)state;
	for (UChar32 c = 0; c <= UCHAR_MAX_VALUE; c++) {
		if (U_IS_SURROGATE(c) || u_charType(c) == U_UNASSIGNED)
			continue;
		struct units one = units_of(c), spelling;
		fold_text(&fold, utf8_of(&one));
		spelling = normalized(nfd, &one);
		assert_folds_like("NFD", c, &spelling);
		spelling = normalized(nfc, &one);
		assert_folds_like("NFC", c, &spelling);
		spelling = normalized(nfkd, &one);
		assert_folds_like("NFKD", c, &spelling);
		spelling = normalized(nfkc, &one);
		assert_folds_like("NFKC", c, &spelling);
		if (c == 0x345) /* a mark, whose capital is a letter */
			continue;
		spelling = units_of(u_tolower(c));
		assert_folds_like("lower case", c, &spelling);
		spelling = units_of(u_toupper(c));
		assert_folds_like("upper case", c, &spelling);
		spelling = units_of(u_totitle(c));
		assert_folds_like("title case", c, &spelling);
	}
}

static void ascii_letters_stay_and_digits_never_become_letters(void **state)
{
	(void)state;
	for (UChar32 c = 0; c <= UCHAR_MAX_VALUE; c++) {
		if (!u_isdigit(c) && !(c < 0x80 && u_isalpha(c)))
			continue;
		struct units one = units_of(c);
		struct units want = units_of(u_tolower(c));
		want = normalized(nfkd, &want);
		fold_text(&fold, utf8_of(&one));
		assert_span("match", c, buf_view(&fold.match), utf8_of(&want));
		assert_span("key", c, buf_view(&fold.key), utf8_of(&want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_the_unicode_version_of_icu),
		cmocka_unit_test(every_code_point_folds_as_icu_says),
		cmocka_unit_test(spellings_and_cases_of_a_code_point_fold_alike),
		cmocka_unit_test(ascii_letters_stay_and_digits_never_become_letters),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
