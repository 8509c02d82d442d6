#include "digest.h"

#include <stdlib.h>
#include <sys/random.h>

/* SHA256_Init and its like, which OpenSSL 3 calls deprecated, cost 140 ns for a short text
 * where EVP with a fetched algorithm and a reused context costs 230, and need no context
 * that threads would share. A review has some thirty short texts to hash. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <isa-l/crc.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static void must(bool worked)
{
	if (!worked)
		abort(); /* a library refuses what it cannot refuse */
}

/* Two blocks of SHA-256 hold this much and the padding of FIPS 180-4, 5.1.1. */
#define SHORT_BYTES (2 * SHA256_CBLOCK - 9)

/* A short text is padded here and hashed in one go: Update and Final take longer than the
 * two blocks themselves (150 ns and 115). */
static void sha256_short(uint8_t ret[SHA256_BYTES], const struct span *pieces,
			 size_t count)
{
	uint8_t block[2 * SHA256_CBLOCK] = {0};
	size_t len = 0;
	SHA256_CTX context;

	for (size_t i = 0; i < count; i++) {
		if (pieces[i].len)
			memcpy(block + len, pieces[i].at, pieces[i].len);
		len += pieces[i].len;
	}
	block[len] = 0x80;
	size_t end = len < SHA256_CBLOCK - 8 ? SHA256_CBLOCK : sizeof(block);
	block[end - 2] = (uint8_t)(len >> 5); /* its bits, the highest byte first */
	block[end - 1] = (uint8_t)(len << 3);
	SHA256_Init(&context);
	SHA256_Transform(&context, block);
	if (end > SHA256_CBLOCK)
		SHA256_Transform(&context, block + SHA256_CBLOCK);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		ret[i] = (uint8_t)(context.h[i / 4] >> (24 - 8 * (i % 4)));
	explicit_bzero(block, len); /* salts and keys are made of secrets */
}

void sha256_pieces(uint8_t ret[SHA256_BYTES], const struct span *pieces, size_t count)
{
	SHA256_CTX context;
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += pieces[i].len;
	if (len <= SHORT_BYTES) {
		sha256_short(ret, pieces, count);
		return;
	}
	SHA256_Init(&context);
	for (size_t i = 0; i < count; i++)
		SHA256_Update(&context, pieces[i].at, pieces[i].len);
	SHA256_Final(ret, &context);
}

void sha256(uint8_t ret[SHA256_BYTES], struct span a)
{
	sha256_pieces(ret, &a, 1);
}

/* HMAC of RFC 2104, written out: OpenSSL's own HMAC calls allocate each time. Keys are at
 * most one block, which every key of ours is. */
void keyed_hash(uint8_t ret[KEYED_HASH_BYTES], struct span key, const struct span *pieces,
		size_t count)
{
	uint8_t inner[64] = {0}, outer[64] = {0}, digest[SHA256_BYTES], length[8];
	SHA256_CTX context;

	assert(key.len <= sizeof(inner));
	memcpy(inner, key.at, key.len);
	for (size_t i = 0; i < sizeof(inner); i++) {
		outer[i] = inner[i] ^ 0x5C;
		inner[i] ^= 0x36;
	}
	SHA256_Init(&context);
	SHA256_Update(&context, inner, sizeof(inner));
	for (size_t i = 0; i < count; i++) {
		put_le64(length, pieces[i].len);
		SHA256_Update(&context, length, sizeof(length));
		SHA256_Update(&context, pieces[i].at, pieces[i].len);
	}
	SHA256_Final(digest, &context);
	sha256_pieces(digest,
		      (struct span[]){{outer, sizeof(outer)}, {digest, sizeof(digest)}},
		      2);
	memcpy(ret, digest, KEYED_HASH_BYTES);
}

uint32_t crc32c(uint32_t before, struct span bytes)
{
	uint32_t crc = ~before;

	while (bytes.len > 0) {
		size_t part = MIN(bytes.len, (size_t)1 << 30); /* ISA-L counts in int */
		crc = crc32_iscsi((unsigned char *)(uintptr_t)bytes.at, (int)part, crc);
		bytes.at += part;
		bytes.len -= part;
	}
	return ~crc;
}

uint64_t hash64(struct span bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.at, bytes.len, seed);
}

void fast_key_init(struct fast_key *ret, struct span key)
{
	must(XXH3_generateSecret(ret->secret, sizeof(ret->secret), key.at, key.len) ==
	     XXH_OK);
}

void fast_hash(uint8_t ret[KEYED_HASH_BYTES], const struct fast_key *key,
	       struct span bytes)
{
	XXH128_hash_t h = XXH3_128bits_withSecret(bytes.at, bytes.len, key->secret,
						  sizeof(key->secret));

	put_le64(ret, h.low64);
	put_le64(ret + 8, h.high64);
}

char *hex_format(char *ret, const uint8_t *from, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		ret[2 * i] = digits[from[i] >> 4];
		ret[2 * i + 1] = digits[from[i] & 15];
	}
	ret[2 * len] = '\0';
	return ret;
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool hex_parse(uint8_t *ret, size_t len, struct span text)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(text.at[2 * i]), low = hex_value(text.at[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

char *base64_format(char *ret, const uint8_t *from, size_t len)
{
	(void)EVP_EncodeBlock((uint8_t *)ret, from, (int)len);
	return ret;
}

void random_bytes(void *ret, size_t len)
{
	uint8_t *at = ret;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);
		if (got < 0)
			abort();
		at += got;
		len -= (size_t)got;
	}
}
