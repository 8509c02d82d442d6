#include "index_own.h"

#define FOUND_MAX \
	64 /* numbers of one key; INDEX_A_KEY of them have it, few more seem to */

/* Adds numbers that were not met in this look-up, where the sketch is. */
struct meeting {
	struct index *x;
	uint32_t met[INDEX_CANDIDATES_MAX];
	size_t count;
};

static void meet(struct meeting *m, uint32_t ordinal)
{
	struct index *x = m->x;
	size_t i = ordinal * UINT32_C(0x9E3779B1) >> 20;

	/* A slot of what was never committed, from before a kill: not there yet. */
	if (ordinal >= x->count || m->count == INDEX_CANDIDATES_MAX)
		return;
	for (; x->seen[i % INDEX_SEEN].look == x->look; i++)
		if (x->seen[i % INDEX_SEEN].ordinal == ordinal)
			return;
	x->seen[i % INDEX_SEEN].ordinal = ordinal;
	x->seen[i % INDEX_SEEN].look = x->look;
	m->met[m->count++] = ordinal;
	sketches_prefetch(x->sketches, ordinal);
}
static_assert(INDEX_SEEN == 1 << (32 - 20), "meet");

static bool meet_slots(struct meeting *m, const struct slots *slots, unsigned band,
		       uint64_t key)
{
	uint32_t found[FOUND_MAX];
	size_t count = 0;
	bool whole = slots_find(slots, band, key, found, FOUND_MAX, &count);

	for (size_t i = 0; i < count; i++)
		meet(m, found[i]);
	return whole;
}

static void meet_recent(struct meeting *m, const struct recent *recent, uint64_t key)
{
	uint32_t at;

	for (bool is = recent_first(recent, key, &at); is; is = recent_next(recent, &at))
		meet(m, recent_value(recent, at));
}

/* False: a line of slots is damaged. */
static bool meet_all(struct meeting *m, const uint8_t *signature)
{
	struct index *x = m->x;
	uint64_t keys[SIGNATURE_BANDS], text = index_text_key(signature);
	bool whole = true;

	if (++x->look == 0) {
		memset(x->seen, 0, sizeof(x->seen));
		x->look = 1;
	}
	slots_prefetch(x->texts, 0, text);
	for (unsigned b = 0; b < SIGNATURE_BANDS; b++) {
		keys[b] = index_band_key(signature, b);
		slots_prefetch(x->bands, b, keys[b]);
	}
	for (unsigned b = 0; b < SIGNATURE_BANDS && whole; b++) {
		whole = meet_slots(m, x->bands, b, keys[b]);
		meet_recent(m, x->recent_bands, keys[b]);
	}
	whole = whole && meet_slots(m, x->texts, 0, text);
	meet_recent(m, x->recent_texts, text);
	return whole;
}

/* Which bands both have. */
static uint32_t common_bands(const uint8_t *a, const uint8_t *b)
{
	uint32_t bands = 0;

	for (unsigned i = 0; i < SIGNATURE_BANDS; i++)
		bands |= (uint32_t)(signature_band(a, i) == signature_band(b, i)) << i;
	return bands;
}

static void count_bands(struct candidates *ret, uint32_t bands)
{
	for (; bands; bands &= bands - 1) {
		unsigned b = (unsigned)__builtin_ctz(bands);
		ret->leaders[b] += ret->leaders[b] < INDEX_A_KEY;
	}
}

/* With what it has got since, committed or not. */
static void add_spread(const struct index *x, struct candidate *c)
{
	uint32_t at;

	if (!recent_first(x->recent_spread, c->ordinal, &at))
		return;
	c->sketch.authors |= (uint16_t)recent_value(x->recent_spread, at);
	c->sketch.subjects |= (uint16_t)(recent_value(x->recent_spread, at) >> 16);
}

enum status index_find(struct index *x, const uint8_t signature[SIGNATURE_BYTES],
		       struct candidates *ret, struct err *err)
{
	struct meeting m = {.x = x};
	enum status st = ST_OK;

	ret->count = 0;
	memset(ret->leaders, 0, sizeof(ret->leaders));
	if (!meet_all(&m, signature)) {
		st = index_rebuild(x, err);
		m.count = 0;
		if (st == ST_OK && !meet_all(&m, signature))
			st = index_no_room(err, "index");
	}
	for (size_t i = 0; i < m.count && st == ST_OK; i++) {
		struct candidate *c = &ret->at[ret->count];
		const uint8_t *theirs = sketches_signature(x->sketches, m.met[i]);
		uint32_t bands = common_bands(signature, theirs);
		/* Before it is passed over: who has no band in common may be a slot that had too
		 * few bits to tell, or a sketch that is damaged all over. */
		st = sketches_get(x->sketches, m.met[i], &c->sketch, err);
		if (st || !bands || c->sketch.flags & SKETCH_FORGOTTEN)
			continue;
		c->ordinal = m.met[i];
		c->alike = signature_alike(signature, theirs);
		if (c->sketch.flags & SKETCH_LEADER)
			count_bands(ret, bands);
		else if (c->alike < SIGNATURE_BYTES)
			continue;
		add_spread(x, c);
		ret->count++;
	}
	return st;
}
