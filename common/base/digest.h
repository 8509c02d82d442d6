/* digest.h - hashes: SHA-256 for evidence, keyed 128 bits for identity, CRC32C for discs.
 *
 * Shape: SHA-256 by OpenSSL (with SHA-NI 3 to 4 times libsodium's), one context per call on
 * the stack, so that every thread may hash. CRC32C is ISA-L's crc32_iscsi, finished the
 * usual way, so that crc32c("123456789") is 0xE3069283. XXH3 spreads keys in memory and
 * is never evidence.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include "base.h"

#define SHA256_BYTES	 32
#define KEYED_HASH_BYTES 16
#define HEX_BYTES(n)	 ((n)*2 + 1) /* text room for n bytes as hex */
#define BASE64_BYTES(n)	 (((n) + 2) / 3 * 4 + 1)

/* SHA-256 of up to four pieces, one behind the other. */
void sha256(uint8_t ret[SHA256_BYTES], struct span a);
void sha256_pieces(uint8_t ret[SHA256_BYTES], const struct span *pieces, size_t count);

/* The first 16 bytes of HMAC-SHA-256: what stands for a personal key outside the record.
 * Each piece is hashed behind its length, so that ("ab","c") is not ("a","bc"). */
void keyed_hash(uint8_t ret[KEYED_HASH_BYTES], struct span key, const struct span *pieces,
		size_t count);

uint32_t crc32c(uint32_t before, struct span bytes); /* before: 0, or to go on */

/* Fast keys of caches that personal names go into: XXH3 with a secret of this installation,
 * so that lines can neither be read nor aimed at. Not evidence. */
struct fast_key {
	uint8_t secret[192];
};

void fast_key_init(struct fast_key *ret, struct span key);
void fast_hash(uint8_t ret[KEYED_HASH_BYTES], const struct fast_key *key,
	       struct span bytes);

uint64_t hash64(struct span bytes,
		uint64_t seed); /* XXH3, process and disk caches only */

/* `ret` has HEX_BYTES or BASE64_BYTES of room. Lower case; RFC 4648 section 4, padded. */
char *hex_format(char *ret, const uint8_t *from, size_t len);
bool hex_parse(uint8_t *ret, size_t len, struct span text); /* exactly 2*len digits */
char *base64_format(char *ret, const uint8_t *from, size_t len);

/* Random bytes from the kernel; aborts where there are none. */
void random_bytes(void *ret, size_t len);

#endif
