#include "index_own.h"

#include <stdlib.h>

#include "alive.h"
#include "alloc.h"

#define GROWTH_PERCENT	120	  /* of slots that are full */
#define RECENT_BANDS	(1 << 15) /* what some 1,700 reviews under way need */
#define RECENT_OTHERS	(1 << 11)
#define INDEX_TEXTS_MAX ((uint32_t)1 << 30) /* numbers of slots have 31 bits */

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
 * reason to fail, they are made again; so are those that are ahead (a kill between two
 * covers, or sketches that were lost alone): they count leaders that are not there yet. */
static enum status open_slots(struct index *x, bool *ret_whole, struct err *err)
{
	uint64_t covered = mapped_covered(sketches_file(x->sketches));
	enum mapped_state bands = MAPPED_NEW, texts = MAPPED_NEW;

	index_name_kind(&x->kind, "bands   ");
	enum status st = slots_open(&x->bands, &bands, x->bands_path, &x->kind,
				    SIGNATURE_BANDS, 1, err);
	if (st == ST_OK) {
		index_name_kind(&x->kind, "texts   ");
		st = slots_open(&x->texts, &texts, x->texts_path, &x->kind, 1, 1, err);
	}
	*ret_whole = st == ST_OK && bands != MAPPED_COLD && texts != MAPPED_COLD &&
		     mapped_covered(slots_file(x->bands)) == covered &&
		     mapped_covered(slots_file(x->texts)) == covered;
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

	index_name_kind(&x->kind, "sketches");
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
	recent_put(x->recent_texts, index_text_key(sketch->signature), change.ordinal,
		   sketch->seq);
	for (unsigned b = 0; b < SIGNATURE_BANDS && sketch->flags & SKETCH_LEADER; b++) {
		if (leaders[b] >= INDEX_A_KEY)
			continue;
		change.bands |= (uint32_t)1 << b;
		recent_put(x->recent_bands, index_band_key(sketch->signature, b),
			   change.ordinal, sketch->seq);
	}
	add_change(x, &change);
	return ST_OK;
}

void index_spread(struct index *x, uint32_t ordinal, uint16_t authors, uint16_t subjects,
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
	uint64_t keys[SIGNATURE_BANDS], text = index_text_key(signature);

	slots_prefetch(x->texts, 0, text);
	for (uint32_t bands = c->bands; bands; bands &= bands - 1) {
		unsigned b = (unsigned)__builtin_ctz(bands);
		keys[b] = index_band_key(signature, b);
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
		return index_make_slots(x, GROWTH_PERCENT, err);
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
