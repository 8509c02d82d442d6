/* seal.h - everything that is derived from a record's secret.
 *
 * The secret (32 random bytes, minted by collect) stands in the record's clear head. From it:
 *
 *	body key	SHA-256("normavis/body/v1" || secret)
 *	salt of a field	SHA-256("normavis/salt/v1" || secret || field name)
 *	nonce of a leaf	first 16 bytes of SHA-256("normavis/nonce/v1" || secret || event kind ||
 *			u32be(ordinal of the event among those of its record, from 0))
 *
 * so that a replay gives the same leaves, and 32 bytes overwritten in the journal and
 * in the store make the body unreadable and every commitment of the record impossible to open or guess.
 * The body is sealed with AES-256-GCM; its key is used once, so the nonce is zero.
 */
#ifndef SEAL_H
#define SEAL_H

#include "digest.h"
#include "status.h"

#define SEAL_TAG_BYTES 16

/* `ret` has room for plain.len + SEAL_TAG_BYTES; `also` is authenticated, not hidden. */
void seal(uint8_t *ret, struct span plain, struct span also, const uint8_t secret[32]);

/* `ret` has room for sealed.len - SEAL_TAG_BYTES. ST_ECORRUPT: not what was sealed. */
enum status seal_open(uint8_t *ret, struct span sealed, struct span also,
		      const uint8_t secret[32]) MUST_CHECK;

void seal_salt(uint8_t ret[SHA256_BYTES], const uint8_t secret[32], const char *field);
void seal_nonce(uint8_t ret[16], const uint8_t secret[32], const char *event_kind,
		uint32_t ordinal);

/* The commitment of the audit log to one value:
 * SHA-256("rv-commit/v1" || 0 || field || 0 || salt[32] || u64be(len) || value). */
void seal_commit(uint8_t ret[SHA256_BYTES], const char *field,
		 const uint8_t salt[SHA256_BYTES], struct span value);

#endif
