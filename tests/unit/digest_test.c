#include "digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>

/* FIPS 180-4, examples. */
static void sha256_is_that_of_the_standard(void **state)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc",
		 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span text = span_of(rows[i].text);
		uint8_t whole[SHA256_BYTES], pieces[SHA256_BYTES];
		char hex[HEX_BYTES(SHA256_BYTES)];
		sha256(whole, text);
		assert_string_equal(hex_format(hex, whole, sizeof(whole)), rows[i].hex);
		size_t cut = text.len / 3;
		sha256_pieces(pieces,
			      (struct span[]){{text.at, cut},
					      SPAN_NONE,
					      {text.at + cut, text.len - cut}},
			      3);
		assert_memory_equal(pieces, whole, sizeof(whole));
	}
}

/* HMAC-SHA-256 over length (8, little-endian) and bytes of each piece; made with
 * Python's hmac module. */
/* Around each border of a block, in one piece and in three. */
static void sha256_of_every_length_is_that_of_openssl(void **state)
{
	uint8_t bytes[300], ours[SHA256_BYTES], theirs[SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + 3);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		assert_int_equal(EVP_Digest(bytes, len, theirs, NULL, EVP_sha256(), NULL),
				 1);
		sha256(ours, (struct span){bytes, len});
		assert_memory_equal(ours, theirs, SHA256_BYTES);
		sha256_pieces(ours,
			      (struct span[]){{bytes, len / 3},
					      {NULL, 0},
					      {bytes + len / 3, len - len / 3}},
			      3);
		assert_memory_equal(ours, theirs, SHA256_BYTES);
	}
}

static void keyed_hash_is_framed_hmac(void **state)
{
	static const struct {
		const char *key, *a, *b;
		const char *hex;
	} rows[] = {
		{"k", "ab", "c", "548db5622d6139684af6d4386fd39c15"},
		{"k", "a", "bc", "df1c47cb383eddbfb90776d728734c4b"},
		{"k", "abc", "", "619e04a68b85fd015f9ebe860c7bd435"},
		{"0123456789abcdef0123456789abcdef", "site", "source-1",
		 "531b72b137b51f751c0a74b28d4b8d23"},
		{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "",
		 "", "4bcc290d231e90ab18b3b649917c4de7"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t hash[KEYED_HASH_BYTES];
		char hex[HEX_BYTES(KEYED_HASH_BYTES)];
		const struct span pieces[] = {span_of(rows[i].a), span_of(rows[i].b)};
		keyed_hash(hash, span_of(rows[i].key), pieces, 2);
		assert_string_equal(hex_format(hex, hash, sizeof(hash)), rows[i].hex);
	}
}

static void crc32c_goes_on_where_it_stopped(void **state)
{
	const struct span check = SPAN_OF("123456789");
	static const uint8_t zeros[32];

	(void)state;
	assert_int_equal(crc32c(0, check), 0xE3069283);
	assert_int_equal(crc32c(0, SPAN_NONE), 0);
	assert_int_equal(crc32c(0, (struct span){zeros, 32}),
			 0x8A9136AA); /* RFC 3720 B.4 */
	for (size_t cut = 0; cut <= check.len; cut++)
		assert_int_equal(crc32c(crc32c(0, (struct span){check.at, cut}),
					(struct span){check.at + cut, check.len - cut}),
				 0xE3069283);
}

static void hex_goes_there_and_back(void **state)
{
	static const char *const bad[] = {"",	       "0",	   "00112",    "0011223",
					  "001122333", "0011223g", "0011223G", "001122AA",
					  " 0112233",  "0x112233"};
	uint8_t bytes[256], back[256], four[4];
	char text[HEX_BYTES(256)];

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	hex_format(text, bytes, 256);
	assert_int_equal(strlen(text), 512);
	assert_true(hex_parse(back, 256, span_of(text)));
	assert_memory_equal(back, bytes, 256);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(hex_parse(four, 4, span_of(bad[i])));
}

/* RFC 4648 section 10. */
static void base64_is_that_of_the_rfc(void **state)
{
	static const char *const rows[][2] = {{"", ""},
					      {"f", "Zg=="},
					      {"fo", "Zm8="},
					      {"foo", "Zm9v"},
					      {"foob", "Zm9vYg=="},
					      {"fooba", "Zm9vYmE="},
					      {"foobar", "Zm9vYmFy"},
					      {"\xFB\xFF\xFE", "+//+"}};
	char text[BASE64_BYTES(8)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(base64_format(text, (const uint8_t *)rows[i][0],
						  strlen(rows[i][0])),
				    rows[i][1]);
}

static void fast_hashes_depend_on_key_and_bytes(void **state)
{
	struct fast_key one, other;
	uint8_t a[16], b[16];

	(void)state;
	fast_key_init(&one, SPAN_OF("0123456789abcdef0123456789abcdef"));
	fast_key_init(&other, SPAN_OF("0123456789abcdef0123456789abcdeg"));
	fast_hash(a, &one, SPAN_OF("x"));
	fast_hash(b, &one, SPAN_OF("x"));
	assert_memory_equal(a, b, 16);
	fast_hash(b, &other, SPAN_OF("x"));
	assert_memory_not_equal(a, b, 16);
	fast_hash(b, &one, SPAN_OF("y"));
	assert_memory_not_equal(a, b, 16);
	assert_int_not_equal(hash64(SPAN_OF("x"), 1), hash64(SPAN_OF("x"), 2));
}

static void random_bytes_fill_all(void **state)
{
	uint8_t bytes[5000] = {0};
	size_t zeros = 0;

	(void)state;
	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		zeros += bytes[i] == 0;
	assert_true(zeros < 200); /* about 20 */
	assert_memory_not_equal(bytes, bytes + 2500, 2500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_that_of_the_standard),
		cmocka_unit_test(sha256_of_every_length_is_that_of_openssl),
		cmocka_unit_test(keyed_hash_is_framed_hmac),
		cmocka_unit_test(crc32c_goes_on_where_it_stopped),
		cmocka_unit_test(hex_goes_there_and_back),
		cmocka_unit_test(base64_is_that_of_the_rfc),
		cmocka_unit_test(fast_hashes_depend_on_key_and_bytes),
		cmocka_unit_test(random_bytes_fill_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
