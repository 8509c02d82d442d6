/* planting.h - what an evaluation of the duplicate search looks at: natural texts, and among
 * them edited copies, texts cut short, phrases that anybody writes, a template.
 *
 * Chance decides by fixed seeds: the same texts make the same streams.
 */
#ifndef PLANTING_H
#define PLANTING_H

#include "edits.h"
#include "stream.h"

#define PLANT_CHARACTERS_MIN 40 /* of an original, folded */
#define PLANT_SUBJECTS	     500
#define PLANT_DRAWS	     13000

/* Lengths in characters, folded. */
enum { BAND_40, BAND_60, BAND_100, BAND_200, BAND_COUNT };
extern const char *const band_names[BAND_COUNT];
size_t band_of(size_t characters); /* BAND_COUNT: shorter than 40 */

struct texts {
	struct span *at; /* valid UTF-8, owned */
	size_t count, capacity;
	size_t bytes;
};

void texts_read(struct texts *t,
		const char *path); /* one a line; exits where it cannot */
void texts_make(struct texts *t, size_t count);
void texts_release(struct texts *t);

size_t characters_of(struct span utf8);

/* Every text of `t` once. What is cut is no natural text besides: `copies` of each length,
 * with one copy each that has the same text. */
void plant_naturals(struct stream *s, const struct texts *t, size_t copies);

/* `copies` of each kind, of natural texts of 40 characters and more; an original has one
 * copy as long as there are enough of them. Returns how many originals there are. */
size_t plant_copies(struct stream *s, const struct texts *t, size_t copies);

void plant_generics(struct stream *s, const struct texts *phrases);
void plant_template(struct stream *s, const struct texts *t, size_t count);

#endif
