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

/* --- the key of a text, in the plainest way --------------------------------------- */

#define KEY_CODES_MAX 4096

struct key_token {
	const UChar32 *at;
	int32_t len, gap; /* characters; those that stand before it */
};

static inline bool is_key_letter(UChar32 c)
{
	return U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_MC_MASK);
}

static inline bool is_key_digit(UChar32 c)
{
	return U_GET_GC_MASK(c) & U_GC_N_MASK;
}

static inline bool has_key_letter(const UChar32 *at, int32_t len)
{
	for (int32_t i = 0; i < len; i++)
		if (is_key_letter(at[i]))
			return true;
	return false;
}

/* What folding makes of single characters, one after the other. */
static inline int32_t loose_codes(struct span text, UChar32 *ret)
{
	int32_t count = 0;

	for (int32_t i = 0; i < (int32_t)text.len;) {
		int32_t start = i;
		U8_FWD_1(text.at, i, (int32_t)text.len);
		fold_text(&other, (struct span){text.at + start, (size_t)(i - start)});
		for (int32_t j = 0; j < (int32_t)other.match.len; count++) {
			assert_true(count < KEY_CODES_MAX);
			U8_NEXT(other.match.at, j, (int32_t)other.match.len, ret[count]);
		}
	}
	return count;
}

static inline int32_t key_tokens(UChar32 *codes, int32_t count, struct key_token *ret)
{
	int32_t tokens = 0, gap = 0, end;

	for (int32_t i = 0; i < count; i = end) {
		for (end = i; end < count &&
			      (is_key_letter(codes[end]) || is_key_digit(codes[end]) ||
			       codes[end] == '@' || codes[end] == '$');)
			end++;
		bool word = has_key_letter(codes + i, end - i);
		for (int32_t j = i; j < end; j++)
			if (word && codes[j] == '@')
				codes[j] = 'a';
			else if (word && codes[j] == '$')
				codes[j] = 's';
		for (; i < end; i++) {
			if (!is_key_letter(codes[i]) && !is_key_digit(codes[i])) {
				gap++;
				continue;
			}
			struct key_token t = {codes + i, 0, gap};
			for (; i < end && codes[i] != '@' && codes[i] != '$'; i++)
				t.len++;
			ret[tokens++] = t;
			gap = i < end;
		}
		if (end < count)
			end++, gap++;
	}
	return tokens;
}

/* Tokens as one word. */
static inline void key_word(struct buf *key, const struct key_token *t, int32_t count)
{
	static const char *const from = "013457", *const to = "oieast";
	UChar32 last = 0, last_but_one = 0;
	bool word = false;

	if (key->len)
		buf_char(key, ' ');
	for (int32_t i = 0; i < count; i++)
		word |= has_key_letter(t[i].at, t[i].len);
	for (int32_t i = 0; i < count; i++)
		for (int32_t j = 0; j < t[i].len; j++) {
			UChar32 c = t[i].at[j];
			uint8_t utf8[4];
			int32_t len = 0;
			if (word && c < 0x80 && strchr(from, (int)c))
				c = to[strchr(from, (int)c) - from];
			if (is_key_letter(c) && c == last && c == last_but_one)
				continue;
			last_but_one = last;
			last = c;
			U8_APPEND_UNSAFE(utf8, len, c);
			buf_bytes(key, utf8, (size_t)len);
		}
}

static inline void key_apart(struct buf *key, const struct key_token *t, int32_t count)
{
	for (int32_t i = 0; i < count; i++)
		key_word(key, t + i, 1);
}

/* A row of single letters. */
static inline void key_row(struct buf *key, const struct key_token *t, int32_t count)
{
	int32_t least = INT32_MAX;
	bool there = false;

	for (int32_t i = 1; i < count; i++) {
		least = t[i].gap < least ? t[i].gap : least;
		there |= *t[i - 1].at == 'y' && *t[i].at == 'a';
	}
	if (count < 3 || (count <= 4 && there)) {
		key_apart(key, t, count);
		return;
	}
	if (count < 6) {
		key_word(key, t, count);
		return;
	}
	for (int32_t i = 0, alone = 0; i < count;) {
		int32_t n = 1;
		while (i + n < count && t[i + n].gap == least)
			n++;
		i += n;
		alone += n == 1;
		if (n > 1 || i == count) {
			int32_t before = i - (n > 1 ? n : 0) - alone;
			if (alone >= 3)
				key_word(key, t + before, alone);
			else
				key_apart(key, t + before, alone);
			if (n > 1)
				key_word(key, t + i - n, n);
			alone = 0;
		}
	}
}

/* The key of `text`, which is UTF-8. */
static inline void check_key(const struct fold *f, struct span text)
{
	static UChar32 codes[KEY_CODES_MAX];
	static struct key_token tokens[KEY_CODES_MAX];
	OWNED(buf_release) struct buf want = BUF_INIT(1 << 16);
	int32_t count = key_tokens(codes, loose_codes(text, codes), tokens), n;

	buf_string(&want);
	for (int32_t i = 0; i < count; i += n) {
		for (n = 0; i + n < count && tokens[i + n].len == 1;)
			n++;
		key_row(&want, tokens + i, n);
		if (n == 0)
			key_word(&want, tokens + i, n = 1);
	}
	assert_string_equal(buf_string(&f->key), buf_string(&want));
	assert_int_equal(f->key.len, want.len);
}

#endif
