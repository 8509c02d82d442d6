#include "digest.h"

#include <stdlib.h>
#include <sys/random.h>

/* SHA256_Init and its like, which OpenSSL 3 calls deprecated, cost 140 ns for a short text
 * where EVP with a fetched algorithm and a reused context costs 230, and need no context
 * that threads would share. A review has some thirty short texts to hash. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <isa-l/crc.h>
#include <openssl/sha.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static void must(bool worked)
{
	if (!worked)
		abort(); /* a library refuses what it cannot refuse */
}

void sha256_pieces(uint8_t ret[SHA256_BYTES], const struct span *pieces, size_t count)
{
	SHA256_CTX context;

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
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *at = ret;

	for (size_t i = 0; i < len; i += 3) {
		size_t rest = len - i;
		uint32_t group = (uint32_t)from[i] << 16;
		group |= rest > 1 ? (uint32_t)from[i + 1] << 8 : 0;
		group |= rest > 2 ? from[i + 2] : 0;
		*at++ = digits[group >> 18];
		*at++ = digits[group >> 12 & 63];
		*at++ = rest > 1 ? digits[group >> 6 & 63] : '=';
		*at++ = rest > 2 ? digits[group & 63] : '=';
	}
	*at = '\0';
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
