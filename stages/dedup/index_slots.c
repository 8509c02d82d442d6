#include "index_own.h"

#include <stdlib.h>

#include "alive.h"
#include "alloc.h"

#define FOUND_MAX \
	64 /* numbers of one key; INDEX_A_KEY of them have it, few more seem to */
#define CHUNK_MAX   (1 << 20) /* sketches at a time */
#define BUCKET_BITS 16
#define AHEAD	    8	/* slots, so that their lines are there in time */
#define SPARE	    110 /* per cent */

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

struct entry {
	uint64_t key;
	uint32_t number;
};

/* Some sketches in the order of the lines that they go to, those of a line in their own
 * order: the file is filled from the front to the back, and each of its pages is met a few
 * times and not a thousand times. */
struct chunk {
	size_t count, room;
	struct entry *at, *sorted;
	uint32_t start[(1 << BUCKET_BITS) + 1];
};

static struct chunk *chunk_new(uint64_t sketches)
{
	struct chunk *c = xcalloc(1, sizeof(*c));

	c->room = MAX(MIN(sketches, CHUNK_MAX), 1);
	c->at = xmalloc(c->room * sizeof(*c->at));
	c->sorted = xmalloc(c->room * sizeof(*c->sorted));
	return c;
}

static void chunk_free(struct chunk *c)
{
	free(c->at);
	free(c->sorted);
	free(c);
}
DEFINE_OWNED(struct chunk, chunk_free)

static void sort_chunk(struct chunk *c)
{
	const unsigned shift = 64 - BUCKET_BITS;

	memset(c->start, 0, sizeof(c->start));
	for (size_t i = 0; i < c->count; i++)
		c->start[(c->at[i].key >> shift) + 1]++;
	for (size_t i = 1; i < ARRAY_LEN(c->start); i++)
		c->start[i] += c->start[i - 1];
	for (size_t i = 0; i < c->count; i++)
		c->sorted[c->start[c->at[i].key >> shift]++] = c->at[i];
}

/* Into a table that is being made: as a commit did once. */
static bool fill_one(const struct index *x, struct slots *slots, unsigned band,
		     uint64_t key, uint32_t ordinal)
{
	bool whole = true;

	if (slots_fill(slots, band, key, ordinal, INDEX_A_KEY))
		return true;
	/* A text is there once, and needs no bound. */
	if (slots_bands(slots) > 1 && !band_has_room(x, slots, band, ordinal, &whole))
		return whole;
	return whole && slots_put(slots, band, key, ordinal);
}

static bool fill_chunk(const struct index *x, struct chunk *c, struct slots *slots,
		       unsigned band)
{
	bool whole = true;

	sort_chunk(c);
	for (size_t i = 0; i < c->count && whole; i++) {
		const struct entry *e = &c->sorted[i];
		slots_prefetch(slots, band, c->sorted[MIN(i + AHEAD, c->count - 1)].key);
		whole = fill_one(x, slots, band, e->key, e->number);
	}
	c->count = 0;
	return whole;
}

/* One band after the other. */
static bool fill_band(const struct index *x, struct chunk *c, struct slots *bands,
		      unsigned band)
{
	bool whole = true;

	for (uint32_t i = 0; i < x->committed && whole; i++) {
		if (!sketches_leads(x->sketches, i))
			continue;
		c->at[c->count++] = (struct entry){
			index_band_key(sketches_signature(x->sketches, i), band), i};
		if (c->count == c->room)
			whole = fill_chunk(x, c, bands, band);
	}
	return whole && fill_chunk(x, c, bands, band);
}

static enum status fill_bands(const struct index *x, struct slots *bands, struct err *err)
{
	OWNED(chunk_freep) struct chunk *c = chunk_new(x->committed);
	bool whole = true;

	for (unsigned b = 0; b < SIGNATURE_BANDS && whole; b++)
		whole = fill_band(x, c, bands, b);
	return whole ? ST_OK : index_no_room(err, "bands");
}

/* Each sketch is looked at here, too. */
static enum status fill_texts(const struct index *x, struct slots *texts, struct err *err)
{
	OWNED(chunk_freep) struct chunk *c = chunk_new(x->committed);
	bool whole = true;
	struct sketch s;

	for (uint32_t i = 0; i < x->committed && whole; i++) {
		enum status st = sketches_get(x->sketches, i, &s, err);
		if (st)
			return st;
		if (s.flags & SKETCH_FORGOTTEN)
			continue;
		c->at[c->count++] = (struct entry){index_text_key(s.signature), i};
		if (c->count == c->room)
			whole = fill_chunk(x, c, texts, 0);
	}
	whole = whole && fill_chunk(x, c, texts, 0);
	return whole ? ST_OK : index_no_room(err, "texts");
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
	if (st == ST_OK)
		st = fill_bands(x, made, err);
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
