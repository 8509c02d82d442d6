/* fold_check.h - what the two tests of fold.h share: texts as ICU has them, and the key
 * that a match must have. To be included by a test, once.
 */
#ifndef FOLD_CHECK_H
#define FOLD_CHECK_H

#include "fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <cmocka.h>

static struct fold fold, other;
static const UNormalizer2 *nfc, *nfd, *nfkc, *nfkd;

static int open_folds(void **state)
{
	UErrorCode e = U_ZERO_ERROR;

	(void)state;
	fold_init(&fold);
	fold_init(&other);
	nfc = unorm2_getNFCInstance(&e);
	nfd = unorm2_getNFDInstance(&e);
	nfkc = unorm2_getNFKCInstance(&e);
	nfkd = unorm2_getNFKDInstance(&e);
	return U_FAILURE(e);
}

static int close_folds(void **state)
{
	(void)state;
	fold_release(&fold);
	fold_release(&other);
	return 0;
}

#define UNITS_MAX 256

struct units {
	UChar at[UNITS_MAX];
	int32_t len;
};

static inline struct units units_of(UChar32 c)
{
	struct units u = {.len = 0};

	U16_APPEND_UNSAFE(u.at, u.len, c);
	return u;
}

/* Bytes of `u`, in a place of its own for each of the two callers at a time. */
static inline struct span utf8_of(const struct units *u)
{
	static char places[2][4 * UNITS_MAX];
	static unsigned turn;
	UErrorCode e = U_ZERO_ERROR;
	int32_t len;
	char *place = places[turn++ % 2];

	u_strToUTF8(place, sizeof(places[0]), &len, u->at, u->len, &e);
	assert_true(U_SUCCESS(e));
	return (struct span){(const uint8_t *)place, (size_t)len};
}

static inline struct units normalized(const UNormalizer2 *n, const struct units *u)
{
	struct units out;
	UErrorCode e = U_ZERO_ERROR;

	out.len = unorm2_normalize(n, u->at, u->len, out.at, UNITS_MAX, &e);
	assert_true(U_SUCCESS(e));
	return out;
}

static inline bool units_equal(const struct units *a, const struct units *b)
{
	return a->len == b->len && u_memcmp(a->at, b->at, a->len) == 0;
}

/* key, put together one character at a time. */
static inline void check_key(const struct fold *f)
{
	OWNED(buf_release) struct buf want = BUF_INIT(1 << 16);
	UChar32 c, last = 0, before = 0;

	for (int32_t i = 0; i < (int32_t)f->match.len;) {
		int32_t start = i;
		U8_NEXT(f->match.at, i, (int32_t)f->match.len, c);
		bool letter = U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_MC_MASK);
		if (!letter && !(U_GET_GC_MASK(c) & U_GC_N_MASK))
			c = ' ';
		if (letter && c == last && c == before)
			continue;
		before = last;
		last = c;
		if (c != ' ')
			buf_bytes(&want, f->match.at + start, (size_t)(i - start));
		else if (want.len && want.at[want.len - 1] != ' ')
			buf_char(&want, ' ');
	}
	if (want.len && want.at[want.len - 1] == ' ')
		want.at[--want.len] = '\0';
	assert_string_equal(buf_string(&f->key), buf_string(&want));
	assert_int_equal(f->key.len, want.len);
}

#endif
