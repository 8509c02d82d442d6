/* What is derived from a secret is fixed for ever: the log's leaves depend on it. Expected
 * bytes were computed with Python's hashlib and cryptography. */
#include "seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"

static const struct span words = {(const uint8_t *)"Tr\xC3\xA8s bien", 10};

static void fill_secret(uint8_t secret[32])
{
	for (int i = 0; i < 32; i++)
		secret[i] = (uint8_t)i;
}

static void assert_hex(const uint8_t *got, size_t len, const char *expected)
{
	OWNED(freep) char *text = xmalloc(HEX_BYTES(len));

	assert_string_equal(hex_format(text, got, len), expected);
}

static void derives_the_stated_bytes(void **unused)
{
	uint8_t secret[32], salt[SHA256_BYTES], nonce[16], commitment[SHA256_BYTES];

	(void)unused;
	fill_secret(secret);
	seal_salt(salt, secret, "text");
	assert_hex(salt, sizeof(salt),
		   "c8bf981d5dc5a3331628cd09f026a2e0996fa28818adcbc4649ad8ec7e7bb259");
	seal_nonce(nonce, secret, "review.published", 0);
	assert_hex(nonce, sizeof(nonce), "1e474d6a95cba5d314225cc865f22a82");
	seal_nonce(nonce, secret, "review.published", 1);
	assert_hex(nonce, sizeof(nonce), "0252940841c6770fdedd915b72fc03f9");
	seal_nonce(nonce, secret, "review.published", 0x01020304);
	assert_hex(nonce, sizeof(nonce), "969590670b4e2eaf252009a55166d9f8");
	seal_commit(commitment, "text", salt, words);
	assert_hex(commitment, sizeof(commitment),
		   "13931298b3b7288bc8e3b43022b78cd6fb3fe41726c8c574068519cf3cf454b3");
}

static void seals_to_the_stated_bytes(void **unused)
{
	uint8_t secret[32], sealed[64];

	(void)unused;
	fill_secret(secret);
	for (int again = 0; again < 2; again++) {
		seal(sealed, words, SPAN_OF("head"), secret);
		assert_hex(sealed, words.len + SEAL_TAG_BYTES,
			   "dcc854bcd0a72c2dcb33b61e2699f8006261fb3fc2a500a66e86");
		seal(sealed, SPAN_NONE, SPAN_NONE, secret);
		assert_hex(sealed, SEAL_TAG_BYTES, "a4c22ac5de5572ba989ab75e1398138f");
	}
}

static void opens_only_what_was_sealed(void **unused)
{
	uint8_t secret[32], sealed[64], opened[64], other[32];
	size_t len = words.len + SEAL_TAG_BYTES;

	(void)unused;
	fill_secret(secret);
	seal(sealed, words, SPAN_OF("head"), secret);
	for (size_t i = 0; i < len * 8; i++) {
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(seal_open(opened, (struct span){sealed, len},
					   SPAN_OF("head"), secret),
				 ST_ECORRUPT);
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t i = 0; i < sizeof(secret); i++) {
		memcpy(other, secret, sizeof(other));
		other[i] ^= 0x80;
		assert_int_equal(seal_open(opened, (struct span){sealed, len},
					   SPAN_OF("head"), other),
				 ST_ECORRUPT);
	}
	struct span whole = {sealed, len};
	assert_int_equal(seal_open(opened, whole, SPAN_OF("heaD"), secret), ST_ECORRUPT);
	assert_int_equal(seal_open(opened, whole, SPAN_NONE, secret), ST_ECORRUPT);
	for (size_t part = 0; part < len; part++)
		assert_int_equal(seal_open(opened, (struct span){sealed, part},
					   SPAN_OF("head"), secret),
				 ST_ECORRUPT);
	assert_int_equal(seal_open(opened, whole, SPAN_OF("head"), secret), ST_OK);
	assert_memory_equal(opened, words.at, words.len);
}

static void leaves_no_text_that_failed_its_check(void **unused)
{
	uint8_t secret[32], sealed[64], opened[64];
	static const uint8_t zeros[64];

	(void)unused;
	fill_secret(secret);
	seal(sealed, words, SPAN_NONE, secret);
	sealed[words.len] ^= 1; /* the tag */
	memset(opened, 0xEE, sizeof(opened));
	assert_int_equal(seal_open(opened,
				   (struct span){sealed, words.len + SEAL_TAG_BYTES},
				   SPAN_NONE, secret),
			 ST_ECORRUPT);
	assert_memory_equal(opened, zeros, words.len);
}

static void every_length_comes_back(void **unused)
{
	enum { MOST = 4096 };
	OWNED(freep) uint8_t *plain = xmalloc(MOST);
	OWNED(freep) uint8_t *sealed = xmalloc(MOST + SEAL_TAG_BYTES);
	OWNED(freep) uint8_t *opened = xmalloc(MOST);
	uint8_t secret[32];

	(void)unused;
	fill_secret(secret);
	for (size_t len = 0; len <= MOST; len += 1 + len / 7) {
		secret[0]++;
		for (size_t i = 0; i < len; i++)
			plain[i] = (uint8_t)(i * 31 + len);
		seal(sealed, (struct span){plain, len}, SPAN_OF("x"), secret);
		assert_int_equal(seal_open(opened,
					   (struct span){sealed, len + SEAL_TAG_BYTES},
					   SPAN_OF("x"), secret),
				 ST_OK);
		assert_memory_equal(opened, plain, len);
	}
}

/* A border between name and value that could be moved would let one commitment open twice. */
static void a_commitment_binds_field_salt_and_value(void **unused)
{
	static const struct {
		const char *name, *field, *value;
		uint8_t salt;
	} rows[] = {
		{"the one", "text", "abc", 1},	     {"another field", "texta", "bc", 1},
		{"another value", "text", "abd", 1}, {"a shorter value", "text", "ab", 1},
		{"another salt", "text", "abc", 2},
	};
	uint8_t commitments[ARRAY_LEN(rows)][SHA256_BYTES];

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t salt[SHA256_BYTES] = {rows[i].salt};
		seal_commit(commitments[i], rows[i].field, salt, span_of(rows[i].value));
		for (size_t before = 0; before < i; before++)
			assert_memory_not_equal(commitments[i], commitments[before],
						SHA256_BYTES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives_the_stated_bytes),
		cmocka_unit_test(seals_to_the_stated_bytes),
		cmocka_unit_test(opens_only_what_was_sealed),
		cmocka_unit_test(leaves_no_text_that_failed_its_check),
		cmocka_unit_test(every_length_comes_back),
		cmocka_unit_test(a_commitment_binds_field_salt_and_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
