#include "index_own.h"

#include "alive.h"

#define FOUND_MAX \
	64	  /* numbers of one key; INDEX_A_KEY of them have it, few more seem to */
#define AHEAD 16  /* sketches, so that their lines are there in time */
#define SPARE 110 /* per cent */

enum status index_no_room(struct err *err, const char *what)
{
	return err_set(err, ST_ECORRUPT, "a line of the %s is damaged", what);
}

/* Whether fewer than INDEX_A_KEY leaders are in the band with this one's key. */
static bool band_has_room(const struct index *x, const struct slots *bands, unsigned band,
			  uint32_t ordinal, bool *ret_whole)
{
	const uint8_t *mine = sketches_signature(x->sketches, ordinal);
	uint32_t found[FOUND_MAX];
	size_t count = 0, same = 0;

	*ret_whole = slots_find(bands, band, index_band_key(mine, band), found, FOUND_MAX,
				&count);
	for (size_t i = 0; i < count; i++)
		same += signature_band(sketches_signature(x->sketches, found[i]), band) ==
			signature_band(mine, band);
	return same < INDEX_A_KEY;
}

/* Into a table that is being made: as sink_added did once. */
static bool fill_one(const struct index *x, struct slots *bands, unsigned band,
		     uint32_t ordinal)
{
	uint64_t key = index_band_key(sketches_signature(x->sketches, ordinal), band);
	bool whole = true;

	if (slots_fill(bands, band, key, ordinal))
		return true;
	if (!band_has_room(x, bands, band, ordinal, &whole))
		return whole;
	return whole && slots_put(bands, band, key, ordinal);
}

/* One band after the other, so that the processor's cache holds the part of the file that
 * it is in. */
static enum status fill_band(const struct index *x, struct slots *bands, unsigned band,
			     struct err *err)
{
	bool whole = true;

	for (uint32_t i = 0; i < x->committed && whole; i++) {
		uint64_t soon = MIN(i + AHEAD, x->committed - 1);
		slots_prefetch(
			bands, band,
			index_band_key(sketches_signature(x->sketches, (uint32_t)soon),
				       band));
		if (sketches_leads(x->sketches, i))
			whole = fill_one(x, bands, band, i);
	}
	return whole ? ST_OK : index_no_room(err, "bands");
}

static enum status fill_texts(const struct index *x, struct slots *texts, struct err *err)
{
	uint64_t count = x->committed;
	struct sketch s;

	for (uint32_t i = 0; i < count; i++) {
		enum status st = sketches_get(x->sketches, i, &s, err);
		if (st)
			return st;
		if (!(s.flags & SKETCH_FORGOTTEN) &&
		    !slots_put(texts, 0, index_text_key(s.signature), i))
			return index_no_room(err, "texts");
	}
	return ST_OK;
}

void index_name_kind(struct mapped_kind *kind, const char name[MAPPED_KIND_BYTES])
{
	memcpy(kind->name, name, MAPPED_KIND_BYTES);
}

static enum status make_bands(struct index *x, uint64_t numbers, struct err *err)
{
	OWNED(slots_closep) struct slots *made = NULL;
	uint64_t covered = mapped_covered(sketches_file(x->sketches));

	index_name_kind(&x->kind, "bands   ");
	enum status st =
		slots_make(&made, x->bands_path, &x->kind, SIGNATURE_BANDS, numbers, err);
	for (unsigned b = 0; b < SIGNATURE_BANDS && st == ST_OK; b++)
		st = fill_band(x, made, b, err);
	if (st)
		return st;
	mapped_cover(slots_file(made), x->leaders, covered);
	st = slots_name(made, err);
	if (st)
		return st;
	slots_close(x->bands);
	x->bands = TAKE(made);
	return ST_OK;
}

static enum status make_texts(struct index *x, uint64_t numbers, struct err *err)
{
	OWNED(slots_closep) struct slots *made = NULL;

	index_name_kind(&x->kind, "texts   ");
	enum status st = slots_make(&made, x->texts_path, &x->kind, 1, numbers, err);
	if (st == ST_OK)
		st = fill_texts(x, made, err);
	if (st)
		return st;
	mapped_cover(slots_file(made), 0, mapped_covered(sketches_file(x->sketches)));
	st = slots_name(made, err);
	if (st)
		return st;
	slots_close(x->texts);
	x->texts = TAKE(made);
	return ST_OK;
}

/* Also counts the leaders again. */
enum status index_make_slots(struct index *x, unsigned percent, struct err *err)
{
	uint64_t count = x->committed;

	x->leaders = 0;
	for (uint32_t i = 0; i < count; i++)
		x->leaders += sketches_leads(x->sketches, i);
	alive_hold(); /* some seconds for ten million */
	enum status st = make_texts(x, count * percent / 100, err);
	uint64_t leaders = x->leaders * percent / 100;
	/* Where few lead, a number may need more bits than their table has. */
	if (!slots_would_hold(SIGNATURE_BANDS, leaders, count * percent / 100))
		leaders = count * percent / 100;
	if (st == ST_OK)
		st = make_bands(x, leaders, err);
	alive_release();
	return st;
}

enum status index_rebuild(struct index *x, struct err *err)
{
	return index_make_slots(x, SPARE, err);
}
