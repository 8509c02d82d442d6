/* index_own.h - what the files of the index share; nobody else includes it.
 *
 *	index.c        opening, adding, committing
 *	index_find.c   who has a band in common
 *	index_slots.c  the slots, made again from the sketches
 */
#ifndef INDEX_OWN_H
#define INDEX_OWN_H

#include "digest.h"
#include "index.h"
#include "recent.h"
#include "slots.h"

#define INDEX_SEEN 4096

/* What a commit does, in seq order. */
struct change {
	uint64_t seq;
	uint32_t ordinal;
	uint32_t bands; /* of a sketch that is added: a bit for each that it gets into */
	uint16_t authors;
	uint16_t subjects;
	bool added; /* else a spread */
};

struct index {
	char *bands_path, *texts_path;
	struct mapped_kind kind; /* parameters and journal */
	struct sketches *sketches;
	struct slots *bands, *texts;
	uint64_t count;		     /* sketches, with those that are not committed */
	uint64_t committed, leaders; /* of them; of these */

	struct recent *recent_bands, *recent_texts, *recent_spread;
	struct change *changes; /* ring */
	size_t mask;		/* its entries - 1 */
	uint64_t oldest, next;

	/* Who was met in this look-up already. */
	struct {
		uint32_t ordinal, look;
	} seen[INDEX_SEEN];
	uint32_t look;
};

/* Keys of slots and rings. */
static inline uint64_t index_mixed(uint64_t x)
{
	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
	x = (x ^ x >> 27) * 0x94D049BB133111EB;
	return x ^ x >> 31;
}

static inline uint64_t index_band_key(const uint8_t *signature, unsigned band)
{
	return index_mixed((uint64_t)(band + 1) << 32 | signature_band(signature, band));
}

static inline uint64_t index_text_key(const uint8_t *signature)
{
	return hash64((struct span){signature, SIGNATURE_BYTES}, SIGNATURE_BANDS);
}

void index_name_kind(struct mapped_kind *kind, const char name[MAPPED_KIND_BYTES]);

/* Makes both files of slots for the sketches that are committed and as many per cent of
 * them, and counts the leaders. */
enum status index_make_slots(struct index *x, unsigned percent,
			     struct err *err) MUST_CHECK;

/* What a damaged line means where it cannot be mended. */
enum status index_no_room(struct err *err, const char *what);

#endif
