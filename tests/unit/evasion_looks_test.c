/* Every character that confusables.txt takes for one ASCII letter or digit, by ICU: in the
 * place of that letter it hides no word.
 */
// links: icu-uc icu-i18n
#include "evasion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <unicode/uchar.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "words.h"

/* The letter that a figure among letters stands for; ' ': it stays a figure (evasion.h), so
 * what looks like it hides no letter. */
static const char leet[] = "ol easgtbg";

/* Signs that NFKD takes apart into a blank and a mark: match has no letter in their place. */
static bool is_blank(UChar32 c)
{
	return c == 0x2DB || c == 0x37A;
}

static void on_word(void *context, uint32_t owner, size_t start, size_t end)
{
	(void)start;
	(void)end;
	((bool *)context)[owner] = true;
}

/* What the character looks like, in small letters; 0: not like one ASCII letter or digit. */
static char skeleton_of(USpoofChecker *spoof, UChar32 c)
{
	UChar one[2], skeleton[64];
	int32_t len = 0;
	UErrorCode e = U_ZERO_ERROR;

	U16_APPEND_UNSAFE(one, len, c);
	len = uspoof_getSkeleton(spoof, 0, one, len, skeleton, 64, &e);
	assert_true(U_SUCCESS(e));
	if (len != 1 || skeleton[0] >= 0x80 || !u_isalnum(skeleton[0]))
		return 0;
	return (char)u_tolower(skeleton[0]);
}

/* Word n is "ma?ud" with letter n for the question mark. */
static struct words *all_words(void)
{
	struct words *ret = words_new();
	char word[] = "ma?ud";

	for (uint32_t i = 0; i < 26; i++) {
		word[2] = (char)('a' + i);
		assert_int_equal(words_add(ret, span_of(word), i, NULL), ST_OK);
	}
	return ret;
}

static bool is_found(const struct words *words, UChar32 c, char letter)
{
	char text[16], *at = text + 2;
	bool found[26] = {false};
	struct fold fold;
	struct evasion evasion;
	int32_t len = 2;
	UBool bad = false;

	memcpy(text, "ma", 2);
	U8_APPEND((uint8_t *)text, len, 12, c, bad);
	assert_false(bad);
	at = text + len;
	memcpy(at, "ud", 3);
	fold_init(&fold);
	evasion_init(&evasion);
	fold_text(&fold, span_of(text));
	evasion_find_folded(&evasion, &fold, span_of(text));
	words_find(words, buf_view(&fold.match), on_word, found);
	words_find(words, buf_view(&evasion.text), on_word, found);
	evasion_release(&evasion);
	fold_release(&fold);
	return found[letter - 'a'];
}

static void no_lookalike_hides_a_word(void **state)
{
	(void)state;
	UErrorCode e = U_ZERO_ERROR;
	USpoofChecker *spoof = uspoof_open(&e);
	OWNED(words_freep) struct words *words = all_words();
	unsigned count = 0, missed = 0;

	assert_true(U_SUCCESS(e));
	for (UChar32 c = 0x21; c <= UCHAR_MAX_VALUE; c++) {
		char looks = U_IS_SURROGATE(c) ? 0 : skeleton_of(spoof, c);
		char letter = u_isdigit(looks) ? leet[looks - '0'] : looks;

		count += looks != 0;
		if (!looks || letter == ' ' || is_blank(c) || is_found(words, c, letter))
			continue;
		print_error("U+%04X as %c\n", (unsigned)c, letter);
		missed++;
	}
	uspoof_close(spoof);
	assert_int_equal(missed, 0);
	assert_in_range(count, 1300, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_lookalike_hides_a_word)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
