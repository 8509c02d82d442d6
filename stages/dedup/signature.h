/* signature.h - MinHash: 64 bytes that are alike as often as the texts are.
 *
 * Of each of 64 orders of all grams, the text's first gram, in 8 bits: two texts agree in
 * a component with about the probability of their Jaccard similarity. Four components are
 * a band; who shares one of the twenty bands is worth a look. Four bands take components
 * that others have taken too: that finds more than four bytes of a sketch less would.
 *
 * The orders come from a secret of the installation: without it nobody can make texts that
 * collide. An order is a multiplication, shared by sixteen, and an exclusive or; it is as
 * exact as a multiplication each (docs/DEDUP.md), and the compiler makes it vectors, for
 * the processor that it runs on (target_clones).
 *
 * Source: Broder, "On the resemblance and containment of documents" (1997); Li and Koenig,
 *	"b-bit minwise hashing" (2010).
 */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "base.h"

#define SIGNATURE_BANDS 20
#define SIGNATURE_ROWS	4
#define SIGNATURE_BYTES 64

#define SIGNATURE_GROUPS \
	5 /* of sixteen orders each; the last four of them are not used */
#define SIGNATURE_GROUP 16

struct signature_key {
	uint32_t times[SIGNATURE_GROUPS];
	uint32_t with[SIGNATURE_GROUPS * SIGNATURE_GROUP];
};

void signature_key_init(struct signature_key *ret, uint64_t seed);

/* `count` is at least 1. */
void signature_make(uint8_t ret[SIGNATURE_BYTES], const struct signature_key *key,
		    const uint32_t *grams, size_t count);

/* Components that are equal. */
unsigned signature_alike(const uint8_t a[SIGNATURE_BYTES],
			 const uint8_t b[SIGNATURE_BYTES]);

/* Four components: neighbours, or, of the bands that come after all of them are used, one of
 * each quarter. */
static inline uint32_t signature_band(const uint8_t signature[SIGNATURE_BYTES],
				      unsigned band)
{
	const uint8_t *at = signature + (size_t)band * SIGNATURE_ROWS;
	const unsigned quarter = SIGNATURE_BYTES / 4;

	if (band < SIGNATURE_BYTES / SIGNATURE_ROWS)
		return get_le32(at);
	at = signature + (band - SIGNATURE_BYTES / SIGNATURE_ROWS);
	return at[0] | (uint32_t)at[quarter] << 8 | (uint32_t)at[2 * quarter] << 16 |
	       (uint32_t)at[3 * quarter] << 24;
}

#endif
