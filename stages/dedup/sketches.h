/* sketches.h - what stays of each text that was indexed: its signature, and who said it.
 *
 * A sketch is found by its ordinal, 0 for the first. It does not change but for its spread,
 * and is forgotten when its review is erased. What stands behind `count` is on its way, and
 * not there for whoever opens the file.
 *
 * Shape:  80 bytes: signature, of its site alone (near.h); seq of the review (5); flags;
 *	how many authors and subjects (16 bits each) have come with this text or one like
 *	it, as bits of hashes: so many bits, at least so many are there; check (32 bits of
 *	XXH3). The last 8 bytes change in one store.
 */
#ifndef SKETCHES_H
#define SKETCHES_H

#include "mapped.h"
#include "signature.h"

enum {
	SKETCH_LEADER = 1,    /* in the bands: texts like it are found by it */
	SKETCH_FORGOTTEN = 2, /* erased: nothing else is left */
};

struct sketch {
	uint8_t signature[SIGNATURE_BYTES];
	uint64_t seq;
	uint16_t authors;
	uint16_t subjects;
	uint8_t flags;
};

struct sketches;

enum status sketches_open(struct sketches **ret, enum mapped_state *ret_state,
			  const char *path, const struct mapped_kind *kind,
			  struct err *err) MUST_CHECK;
void sketches_close(struct sketches *k); /* accepts NULL */
DEFINE_OWNED(struct sketches, sketches_close)

struct mapped *sketches_file(struct sketches *k); /* to cover and to sync */

/* ST_ECORRUPT: its check is wrong. */
enum status sketches_get(const struct sketches *k, uint32_t ordinal, struct sketch *ret,
			 struct err *err) MUST_CHECK;
void sketches_prefetch(const struct sketches *k, uint32_t ordinal);

/* Unchecked, for those who have checked before or will; until the next sketches_put. */
const uint8_t *sketches_signature(const struct sketches *k, uint32_t ordinal);
bool sketches_leads(const struct sketches *k, uint32_t ordinal);

/* Grows the file where it must. */
enum status sketches_put(struct sketches *k, uint32_t ordinal,
			 const struct sketch *sketch, struct err *err) MUST_CHECK;

/* Adds bits to those that are there. */
enum status sketches_spread(struct sketches *k, uint32_t ordinal, uint16_t authors,
			    uint16_t subjects, struct err *err) MUST_CHECK;

void sketches_forget(struct sketches *k, uint32_t ordinal);

#endif
