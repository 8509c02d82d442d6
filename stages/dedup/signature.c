#include "signature.h"

#include "digest.h"

/* Grams at a time: they and their products stay in the first cache. */
#define BLOCK 1024

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
	!defined(__SANITIZE_ADDRESS__)
#define EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EACH_PROCESSOR
#endif

void signature_key_init(struct signature_key *ret, uint64_t seed)
{
	for (uint32_t i = 0; i < ARRAY_LEN(ret->times); i++)
		ret->times[i] =
			(uint32_t)hash64((struct span){(uint8_t *)&i, 4}, seed) | 1;
	/* The sixteen of a group differ in their first four bits: each looks at another
	 * sixteenth of the products first, so that they are not alike by chance. */
	for (uint32_t i = 0; i < ARRAY_LEN(ret->with); i++)
		ret->with[i] =
			(uint32_t)hash64((struct span){(uint8_t *)&i, 4}, ~seed) >> 4 |
			i % SIGNATURE_GROUP << 28;
}

/* The least of four orders that share their products: each product is read once for all. */
static inline void take_four(uint32_t *restrict least, const uint32_t *restrict with,
			     const uint32_t *restrict product, size_t count)
{
	uint32_t a = least[0], b = least[1], c = least[2], d = least[3];

	for (size_t i = 0; i < count; i++) {
		uint32_t x = product[i];
		a = MIN(a, x ^ with[0]);
		b = MIN(b, x ^ with[1]);
		c = MIN(c, x ^ with[2]);
		d = MIN(d, x ^ with[3]);
	}
	least[0] = a;
	least[1] = b;
	least[2] = c;
	least[3] = d;
}

/* The least of each order, over at most BLOCK grams, into `least`. */
EACH_PROCESSOR
static void take_block(uint32_t *restrict least, const struct signature_key *key,
		       const uint32_t *restrict grams, size_t count)
{
	uint32_t product[BLOCK];

	for (unsigned g = 0; g < SIGNATURE_GROUPS; g++) {
		unsigned first = g * SIGNATURE_GROUP;
		for (size_t i = 0; i < count; i++) {
			uint32_t x = grams[i] * key->times[g];
			product[i] = x ^ x >> 15;
		}
		for (unsigned k = first; k < first + SIGNATURE_GROUP; k += 4)
			take_four(least + k, key->with + k, product, count);
	}
}

void signature_make(uint8_t ret[SIGNATURE_BYTES], const struct signature_key *key,
		    const uint32_t *grams, size_t count)
{
	uint32_t least[SIGNATURE_GROUPS * SIGNATURE_GROUP];

	assert(count > 0);
	memset(least, 0xFF, sizeof(least));
	for (size_t i = 0; i < count; i += BLOCK)
		take_block(least, key, grams + i, MIN(BLOCK, count - i));
	for (unsigned k = 0; k < SIGNATURE_BYTES; k++)
		ret[k] = (uint8_t)least[k];
}

unsigned signature_alike(const uint8_t a[SIGNATURE_BYTES],
			 const uint8_t b[SIGNATURE_BYTES])
{
	unsigned alike = 0;

	for (unsigned k = 0; k < SIGNATURE_BYTES; k++)
		alike += a[k] == b[k];
	return alike;
}
