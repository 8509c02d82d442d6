#include "index.h"

#include <stdlib.h>

#include "alive.h"
#include "alloc.h"
#include "digest.h"
#include "recent.h"
#include "slots.h"

#define FOUND_MAX \
	64 /* numbers of one key; INDEX_A_KEY of them have it, few more seem to */
#define GROWTH_PERCENT	120	  /* of slots that are full */
#define AHEAD		16	  /* sketches, so that their lines are there in time */
#define RECENT_BANDS	(1 << 15) /* what some 1,700 reviews under way need */
#define RECENT_OTHERS	(1 << 11)
#define SEEN		4096
#define INDEX_TEXTS_MAX ((uint32_t)1 << 30) /* numbers of slots have 31 bits */

/* What a commit does, in seq order. */
struct change {
	uint64_t seq;
	uint32_t ordinal;
	uint32_t bands; /* of a sketch that is added: a bit for each that it gets into */
	uint16_t authors;
	uint8_t subjects;
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
	} seen[SEEN];
	uint32_t look;
};

static uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
	x = (x ^ x >> 27) * 0x94D049BB133111EB;
	return x ^ x >> 31;
}

static uint64_t band_key(const uint8_t *signature, unsigned band)
{
	return mixed((uint64_t)(band + 1) << 32 | signature_band(signature, band));
}

static uint64_t text_key(const uint8_t *signature)
{
	return hash64((struct span){signature, SIGNATURE_BYTES}, SIGNATURE_BANDS);
}

/* --- slots, made from the sketches --------------------------------------------------- */

static enum status no_room(struct err *err, const char *what)
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

	*ret_whole =
		slots_find(bands, band, band_key(mine, band), found, FOUND_MAX, &count);
	for (size_t i = 0; i < count; i++)
		same += signature_band(sketches_signature(x->sketches, found[i]), band) ==
			signature_band(mine, band);
	return same < INDEX_A_KEY;
}

/* Into a table that is being made: as sink_added did once. */
static bool fill_one(const struct index *x, struct slots *bands, unsigned band,
		     uint32_t ordinal)
{
	uint64_t key = band_key(sketches_signature(x->sketches, ordinal), band);
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
			band_key(sketches_signature(x->sketches, (uint32_t)soon), band));
		if (sketches_leads(x->sketches, i))
			whole = fill_one(x, bands, band, i);
	}
	return whole ? ST_OK : no_room(err, "bands");
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
		    !slots_put(texts, 0, text_key(s.signature), i))
			return no_room(err, "texts");
	}
	return ST_OK;
}

static void name_kind(struct mapped_kind *kind, const char name[MAPPED_KIND_BYTES])
{
	memcpy(kind->name, name, MAPPED_KIND_BYTES);
}

static enum status make_bands(struct index *x, uint64_t numbers, struct err *err)
{
	OWNED(slots_closep) struct slots *made = NULL;
	uint64_t covered = mapped_covered(sketches_file(x->sketches));

	name_kind(&x->kind, "bands   ");
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

	name_kind(&x->kind, "texts   ");
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
static enum status remake(struct index *x, uint64_t growing, struct err *err)
{
	uint64_t count = x->committed;

	x->leaders = 0;
	for (uint32_t i = 0; i < count; i++)
		x->leaders += sketches_leads(x->sketches, i);
	alive_hold(); /* some seconds for ten million */
	enum status st = make_texts(x, count * growing / 100, err);
	uint64_t leaders = x->leaders * growing / 100;
	/* Where few lead, a number may need more bits than their table has. */
	if (!slots_would_hold(SIGNATURE_BANDS, leaders, count * growing / 100))
		leaders = count * growing / 100;
	if (st == ST_OK)
		st = make_bands(x, leaders, err);
	alive_release();
	return st;
}

enum status index_rebuild(struct index *x, struct err *err)
{
	return remake(x, 110, err);
}

/* --- open and close ------------------------------------------------------------------ */

static char *path_of(const char *data, const char *name)
{
	return xasprintf("%s/near.%s", data, name);
}

enum status index_remove(const char *data, struct err *err)
{
	static const char *const names[] = {"sketches", "bands", "texts"};
	enum status st = ST_OK;

	for (size_t i = 0; i < ARRAY_LEN(names) && st == ST_OK; i++) {
		OWNED(freep) char *path = path_of(data, names[i]);
		st = mapped_remove(path, err);
	}
	return st;
}

void index_close(struct index *x)
{
	if (!x)
		return;
	sketches_close(x->sketches);
	slots_close(x->bands);
	slots_close(x->texts);
	recent_free(x->recent_bands);
	recent_free(x->recent_texts);
	recent_free(x->recent_spread);
	free(x->changes);
	free(x->bands_path);
	free(x->texts_path);
	free(x);
}

static struct index *index_new(const char *data, uint64_t journal_id, uint64_t parameters)
{
	struct index *x = xcalloc(1, sizeof(*x));

	x->kind.parameters = parameters;
	x->kind.journal_id = journal_id;
	x->bands_path = path_of(data, "bands");
	x->texts_path = path_of(data, "texts");
	x->recent_bands = recent_new(RECENT_BANDS);
	x->recent_texts = recent_new(RECENT_OTHERS);
	x->recent_spread = recent_new(RECENT_OTHERS);
	x->mask = RECENT_OTHERS - 1;
	x->changes = xcalloc(RECENT_OTHERS, sizeof(*x->changes));
	return x;
}

/* A kill amid a commit leaves sketches that are replayed, and so not there yet. */
static enum status drop_uncovered(struct index *x, struct err *err)
{
	uint64_t covered = mapped_covered(sketches_file(x->sketches));
	enum status st = ST_OK;
	struct sketch s;

	for (; x->count > 0 && st == ST_OK; x->count--) {
		st = sketches_get(x->sketches, (uint32_t)x->count - 1, &s, err);
		if (st == ST_OK && s.seq <= covered)
			break;
	}
	x->committed = x->count;
	return st;
}

/* After a power cut: each one is looked at. */
static enum status check_sketches(const struct index *x, struct err *err)
{
	struct sketch s;
	enum status st = ST_OK;

	alive_hold();
	for (uint32_t i = 0; i < x->count && st == ST_OK; i++)
		st = sketches_get(x->sketches, i, &s, err);
	alive_release();
	return st;
}

/* *ret_whole: whether they are as the sketches want them. Slots that cannot be read are no
 * reason to fail, they are made again. */
static enum status open_slots(struct index *x, bool *ret_whole, struct err *err)
{
	uint64_t covered = mapped_covered(sketches_file(x->sketches));
	enum mapped_state bands = MAPPED_NEW, texts = MAPPED_NEW;

	name_kind(&x->kind, "bands   ");
	enum status st = slots_open(&x->bands, &bands, x->bands_path, &x->kind,
				    SIGNATURE_BANDS, 1, err);
	if (st == ST_OK) {
		name_kind(&x->kind, "texts   ");
		st = slots_open(&x->texts, &texts, x->texts_path, &x->kind, 1, 1, err);
	}
	*ret_whole = st == ST_OK && bands != MAPPED_COLD && texts != MAPPED_COLD &&
		     mapped_covered(slots_file(x->bands)) >= covered &&
		     mapped_covered(slots_file(x->texts)) >= covered;
	if (*ret_whole)
		x->leaders = mapped_count(slots_file(x->bands));
	return st == ST_ECORRUPT || st == ST_EVERSION ? ST_OK : st;
}

enum status index_open(struct index **ret, uint64_t *ret_from, const char *data,
		       uint64_t journal_id, uint64_t parameters, struct err *err)
{
	OWNED(index_closep) struct index *x = index_new(data, journal_id, parameters);
	OWNED(freep) char *path = path_of(data, "sketches");
	enum mapped_state state;
	bool whole = false;

	name_kind(&x->kind, "sketches");
	enum status st = sketches_open(&x->sketches, &state, path, &x->kind, err);
	if (st)
		return st;
	x->count = x->committed = mapped_count(sketches_file(x->sketches));
	if (state == MAPPED_COLD)
		st = check_sketches(x, err);
	if (st == ST_OK)
		st = drop_uncovered(x, err);
	if (st == ST_OK)
		st = open_slots(x, &whole, err);
	if (st == ST_OK && !whole)
		st = index_rebuild(x, err);
	if (st)
		return st;
	*ret_from = mapped_covered(sketches_file(x->sketches));
	*ret = TAKE(x);
	return ST_OK;
}

/* --- finding -------------------------------------------------------------------------- */

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
	for (; x->seen[i % SEEN].look == x->look; i++)
		if (x->seen[i % SEEN].ordinal == ordinal)
			return;
	x->seen[i % SEEN].ordinal = ordinal;
	x->seen[i % SEEN].look = x->look;
	m->met[m->count++] = ordinal;
	sketches_prefetch(x->sketches, ordinal);
}
static_assert(SEEN == 1 << (32 - 20), "meet");

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
	uint64_t keys[SIGNATURE_BANDS], text = text_key(signature);
	bool whole = true;

	if (++x->look == 0) {
		memset(x->seen, 0, sizeof(x->seen));
		x->look = 1;
	}
	slots_prefetch(x->texts, 0, text);
	for (unsigned b = 0; b < SIGNATURE_BANDS; b++) {
		keys[b] = band_key(signature, b);
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
	c->sketch.subjects |= (uint8_t)(recent_value(x->recent_spread, at) >> 16);
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
			st = no_room(err, "index");
	}
	for (size_t i = 0; i < m.count && st == ST_OK; i++) {
		struct candidate *c = &ret->at[ret->count];
		const uint8_t *theirs = sketches_signature(x->sketches, m.met[i]);
		uint32_t bands = common_bands(signature, theirs);
		if (!bands)
			continue; /* the slot had too few bits to tell */
		st = sketches_get(x->sketches, m.met[i], &c->sketch, err);
		if (st || c->sketch.flags & SKETCH_FORGOTTEN)
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

/* --- adding --------------------------------------------------------------------------- */

static void add_change(struct index *x, const struct change *change)
{
	if (x->next - x->oldest > x->mask) {
		size_t entries = (x->mask + 1) * 2;
		struct change *bigger = xcalloc(entries, sizeof(*bigger));
		for (uint64_t i = x->oldest; i < x->next; i++)
			bigger[i & (entries - 1)] = x->changes[i & x->mask];
		free(x->changes);
		x->changes = bigger;
		x->mask = entries - 1;
	}
	x->changes[x->next++ & x->mask] = *change;
}

enum status index_add(struct index *x, const struct sketch *sketch,
		      const uint8_t leaders[SIGNATURE_BANDS], struct err *err)
{
	struct change change = {
		.seq = sketch->seq, .ordinal = (uint32_t)x->count, .added = true};
	enum status st;

	if (x->count >= INDEX_TEXTS_MAX)
		return err_set(err, ST_ETOOBIG, "the index is full: %u texts",
			       INDEX_TEXTS_MAX);
	st = sketches_put(x->sketches, change.ordinal, sketch, err);
	if (st)
		return st;
	x->count++;
	recent_put(x->recent_texts, text_key(sketch->signature), change.ordinal,
		   sketch->seq);
	for (unsigned b = 0; b < SIGNATURE_BANDS && sketch->flags & SKETCH_LEADER; b++) {
		if (leaders[b] >= INDEX_A_KEY)
			continue;
		change.bands |= (uint32_t)1 << b;
		recent_put(x->recent_bands, band_key(sketch->signature, b),
			   change.ordinal, sketch->seq);
	}
	add_change(x, &change);
	return ST_OK;
}

void index_spread(struct index *x, uint32_t ordinal, uint16_t authors, uint8_t subjects,
		  uint64_t seq)
{
	uint32_t before, value = authors | (uint32_t)subjects << 16;

	/* The newest has all of those before it, so that a look-up reads one. */
	if (recent_first(x->recent_spread, ordinal, &before))
		value |= recent_value(x->recent_spread, before);
	recent_put(x->recent_spread, ordinal, value, seq);
	add_change(x, &(struct change){.seq = seq,
				       .ordinal = ordinal,
				       .authors = authors,
				       .subjects = subjects});
}

/* Sketches are in the order of their reviews. */
enum status index_forget(struct index *x, uint64_t seq, struct err *err)
{
	uint64_t low = 0, high = x->count;
	struct sketch s;

	while (low < high) {
		uint64_t middle = (low + high) / 2;
		enum status st = sketches_get(x->sketches, (uint32_t)middle, &s, err);
		if (st)
			return st;
		if (s.seq == seq) {
			sketches_forget(x->sketches, (uint32_t)middle);
			return ST_OK;
		}
		if (s.seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return ST_OK;
}

/* --- committing ----------------------------------------------------------------------- */

static bool sink_slots(struct index *x, const struct change *c)
{
	const uint8_t *signature = sketches_signature(x->sketches, c->ordinal);
	uint64_t keys[SIGNATURE_BANDS], text = text_key(signature);

	slots_prefetch(x->texts, 0, text);
	for (uint32_t bands = c->bands; bands; bands &= bands - 1) {
		unsigned b = (unsigned)__builtin_ctz(bands);
		keys[b] = band_key(signature, b);
		slots_prefetch(x->bands, b, keys[b]);
	}
	bool whole = slots_put(x->texts, 0, text, c->ordinal);
	for (uint32_t bands = c->bands; bands && whole; bands &= bands - 1) {
		unsigned b = (unsigned)__builtin_ctz(bands);
		whole = slots_put(x->bands, b, keys[b], c->ordinal);
	}
	return whole;
}

/* Slots that are full or damaged are made again with it in them. */
static enum status sink_added(struct index *x, const struct change *c, struct err *err)
{
	bool leads = sketches_leads(x->sketches, c->ordinal);
	uint64_t count = (uint64_t)c->ordinal + 1;
	bool sunk = slots_hold(x->texts, count, count) &&
		    slots_hold(x->bands, x->leaders + leads, count) && sink_slots(x, c);

	x->committed = count;
	if (!sunk)
		return remake(x, GROWTH_PERCENT, err);
	x->leaders += leads;
	return ST_OK;
}

enum status index_commit(struct index *x, uint64_t seq, struct err *err)
{
	enum status st = ST_OK;

	for (; x->oldest < x->next && st == ST_OK; x->oldest++) {
		const struct change *c = &x->changes[x->oldest & x->mask];
		if (c->seq > seq)
			break;
		st = c->added ? sink_added(x, c, err)
			      : sketches_spread(x->sketches, c->ordinal, c->authors,
						c->subjects, err);
	}
	if (st)
		return st;
	recent_release(x->recent_bands, seq);
	recent_release(x->recent_texts, seq);
	recent_release(x->recent_spread, seq);
	struct mapped *files[] = {slots_file(x->bands), slots_file(x->texts),
				  sketches_file(x->sketches)};
	uint64_t counts[] = {x->leaders, 0, x->committed};
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		mapped_cover(files[i], counts[i], MAX(seq, mapped_covered(files[i])));
	return ST_OK;
}

enum status index_sync(struct index *x, struct err *err)
{
	enum status st = mapped_sync(slots_file(x->bands), err);

	if (st == ST_OK)
		st = mapped_sync(slots_file(x->texts), err);
	return st ? st : mapped_sync(sketches_file(x->sketches), err);
}

uint64_t index_texts(const struct index *x)
{
	return x->committed;
}

uint64_t index_leaders(const struct index *x)
{
	return x->leaders;
}

uint64_t index_bytes(const struct index *x)
{
	return mapped_bytes(sketches_file(x->sketches)) +
	       mapped_bytes(slots_file(x->bands)) + mapped_bytes(slots_file(x->texts));
}
