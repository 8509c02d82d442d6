#include "seal.h"

#include <stdlib.h>

#include <openssl/evp.h>

/* One context per direction: setting a new key on it costs a key schedule, making one
 * costs several microseconds. */
static EVP_CIPHER_CTX *sealing;
static EVP_CIPHER_CTX *opening;

/* 96 bits; each key seals one body (seal.h). */
static const uint8_t nonce_zero[12];

static void must(bool worked)
{
	if (!worked)
		abort(); /* OpenSSL has no AES-256-GCM, or no memory */
}

static EVP_CIPHER_CTX *context_new(int encrypt)
{
	EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

	must(algorithm && context &&
	     EVP_CipherInit_ex2(context, algorithm, NULL, NULL, encrypt, NULL));
	EVP_CIPHER_free(algorithm); /* the context holds it */
	return context;
}

static void derive(uint8_t ret[SHA256_BYTES], struct span label, const uint8_t secret[32],
		   struct span name)
{
	sha256_pieces(ret, (struct span[]){label, {secret, 32}, name}, 3);
}

static void set_key(EVP_CIPHER_CTX *context, struct span also, const uint8_t secret[32])
{
	uint8_t key[SHA256_BYTES];
	int len;

	derive(key, SPAN_OF("normavis/body/v1"), secret, SPAN_NONE);
	must(EVP_CipherInit_ex2(context, NULL, key, nonce_zero, -1, NULL));
	if (also.len)
		must(EVP_CipherUpdate(context, NULL, &len, also.at, (int)also.len));
	explicit_bzero(key, sizeof(key));
}

void seal(uint8_t *ret, struct span plain, struct span also, const uint8_t secret[32])
{
	int len;

	if (!sealing)
		sealing = context_new(1);
	set_key(sealing, also, secret);
	if (plain.len)
		must(EVP_CipherUpdate(sealing, ret, &len, plain.at, (int)plain.len));
	must(EVP_CipherFinal_ex(sealing, ret + plain.len, &len));
	must(EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES,
				 ret + plain.len));
}

enum status seal_open(uint8_t *ret, struct span sealed, struct span also,
		      const uint8_t secret[32])
{
	uint8_t tag[SEAL_TAG_BYTES], rest[SEAL_TAG_BYTES];
	int len;

	if (sealed.len < SEAL_TAG_BYTES)
		return ST_ECORRUPT;
	size_t plain = sealed.len - SEAL_TAG_BYTES;
	memcpy(tag, sealed.at + plain, sizeof(tag));
	if (!opening)
		opening = context_new(0);
	set_key(opening, also, secret);
	if (plain)
		must(EVP_CipherUpdate(opening, ret, &len, sealed.at, (int)plain));
	must(EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag));
	if (EVP_CipherFinal_ex(opening, rest, &len) == 1)
		return ST_OK;
	memset(ret, 0, plain); /* what failed its check is not looked at */
	return ST_ECORRUPT;
}

void seal_salt(uint8_t ret[SHA256_BYTES], const uint8_t secret[32], const char *field)
{
	derive(ret, SPAN_OF("normavis/salt/v1"), secret, span_of(field));
}

void seal_nonce(uint8_t ret[16], const uint8_t secret[32], const char *event_kind,
		uint32_t ordinal)
{
	const uint8_t place[4] = {(uint8_t)(ordinal >> 24), (uint8_t)(ordinal >> 16),
				  (uint8_t)(ordinal >> 8), (uint8_t)ordinal};
	uint8_t whole[SHA256_BYTES];

	sha256_pieces(whole,
		      (struct span[]){SPAN_OF("normavis/nonce/v1"),
				      {secret, 32},
				      span_of(event_kind),
				      {place, sizeof(place)}},
		      4);
	memcpy(ret, whole, 16);
}

void seal_commit(uint8_t ret[SHA256_BYTES], const char *field,
		 const uint8_t salt[SHA256_BYTES], struct span value)
{
	static const char label[] = "rv-commit/v1"; /* hashed with its NUL */
	uint8_t salt_and_len[SHA256_BYTES + 8];

	memcpy(salt_and_len, salt, SHA256_BYTES);
	for (int i = 0; i < 8; i++)
		salt_and_len[SHA256_BYTES + i] =
			(uint8_t)((uint64_t)value.len >> (56 - 8 * i));
	sha256_pieces(ret,
		      (struct span[]){{(const uint8_t *)label, sizeof(label)},
				      {(const uint8_t *)field, strlen(field) + 1},
				      {salt_and_len, sizeof(salt_and_len)},
				      value},
		      4);
}
