#include "near.h"

#include <stdlib.h>

#include "alloc.h"
#include "digest.h"
#include "grams.h"
#include "index.h"

/* What is compared exactly: up to so much below the similarity that is asked for, by the
 * signature, which counts telling grams alone and has a deviation of .06. */
#define SLACK 200000 /* millionths */
#define WHOLE 1000000

struct near {
	struct index *index;
	struct earlier *earlier; /* borrowed */
	struct overlap *overlap;
	struct signature_key key;
	struct near_options options;
	uint64_t seed;
	uint32_t *grams;
	size_t room;
	unsigned alike_min;
	uint64_t from; /* what the index had when it was opened */
	struct candidates candidates;
	struct near_figures figures;
};

static uint64_t parameters_of(const struct near_kind *kind,
			      const struct near_options *options)
{
	const uint64_t all[] = {kind->parameters, kind->seed,	   grams_version(),
				options->similar, options->leader, SIGNATURE_BANDS,
				SIGNATURE_ROWS,	  INDEX_A_KEY};

	return hash64((struct span){(const uint8_t *)all, sizeof(all)}, kind->seed);
}

enum status near_open(struct near **ret, uint64_t *ret_from, const struct near_kind *kind,
		      const struct near_options *options, struct earlier *earlier,
		      struct err *err)
{
	OWNED(near_closep) struct near *n = xcalloc(1, sizeof(*n));
	uint32_t least = options->similar > SLACK ? options->similar - SLACK : 0;

	n->earlier = earlier;
	n->overlap = overlap_new();
	n->options = *options;
	n->seed = kind->seed;
	n->alike_min = least * SIGNATURE_BYTES / WHOLE;
	signature_key_init(&n->key, kind->seed);
	enum status st = index_open(&n->index, ret_from, kind->data, kind->journal_id,
				    parameters_of(kind, options), err);
	if (st)
		return st;
	n->from = *ret_from;
	*ret = TAKE(n);
	return ST_OK;
}

void near_close(struct near *n)
{
	if (!n)
		return;
	index_close(n->index);
	overlap_free(n->overlap);
	free(n->grams);
	free(n);
}

enum status near_remove(const char *data, struct err *err)
{
	return index_remove(data, err);
}

/* --- signature ---------------------------------------------------------------------- */

/* Another site's signatures are other ones: nothing is found across. */
static void mix_site(uint8_t signature[SIGNATURE_BYTES], uint64_t site)
{
	for (size_t i = 0; i < SIGNATURE_BYTES; i += 4) {
		uint64_t x = (site + i) * 0x9E3779B97F4A7C15;
		put_le32(signature + i, get_le32(signature + i) ^ (uint32_t)(x >> 32));
	}
}

/* False: the text has no characters. */
static bool sign(struct near *n, const struct said *mine, uint8_t ret[SIGNATURE_BYTES])
{
	if (mine->text.len > n->room) {
		n->room = mine->text.len;
		free(n->grams);
		n->grams = xmalloc(n->room * sizeof(*n->grams));
	}
	size_t count = grams_telling(n->grams, mine->text);
	if (count == 0)
		return false;
	signature_make(ret, &n->key, n->grams, count);
	mix_site(ret, mine->site);
	return true;
}

/* --- finding ------------------------------------------------------------------------ */

static int by_likeness(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->alike != y->alike)
		return x->alike < y->alike ? 1 : -1;
	return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

static int by_jaccard(const void *a, const void *b)
{
	const struct near_match *x = a, *y = b;

	if (x->jaccard != y->jaccard)
		return x->jaccard < y->jaccard ? 1 : -1;
	return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

/* What may be alike, the best first, at most NEAR_FOUND_MAX of them. */
static void choose(const struct near *n, struct candidates *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++)
		if (c->at[i].alike >= n->alike_min)
			c->at[kept++] = c->at[i];
	c->count = kept;
	if (kept > 1)
		qsort(c->at, kept, sizeof(c->at[0]), by_likeness);
	c->count = MIN(kept, NEAR_FOUND_MAX);
}

/* The text that the store has, compared gram by gram. */
static enum status compare(struct near *n, const struct said *mine,
			   const struct candidate *c, struct near_found *ret,
			   struct err *err)
{
	struct near_match *m = &ret->match[ret->count];
	bool found;
	enum status st = earlier_find(n->earlier, c->sketch.seq, &m->said, &found, err);

	if (st)
		return st;
	if (!found) /* erased since */
		return index_forget(n->index, c->sketch.seq, err);
	n->figures.compared++;
	overlap_with(n->overlap, m->said.text, &m->sizes);
	m->jaccard = overlap_jaccard(&m->sizes);
	if (m->jaccard < n->options.similar || m->said.site != mine->site)
		return ST_OK;
	m->equal = span_equal(m->said.text, mine->text);
	m->said.text = SPAN_NONE;
	m->ordinal = c->ordinal;
	m->authors = c->sketch.authors;
	m->subjects = c->sketch.subjects;
	ret->count++;
	return ST_OK;
}

static enum status search(struct near *n, const struct said *mine,
			  const uint8_t signature[SIGNATURE_BYTES],
			  struct near_found *ret, struct err *err)
{
	enum status st = index_find(n->index, signature, &n->candidates, err);

	n->figures.looked++;
	n->figures.candidates += n->candidates.count;
	choose(n, &n->candidates);
	if (st || n->candidates.count == 0)
		return st;
	overlap_take(n->overlap, mine->text);
	for (size_t i = 0; i < n->candidates.count && st == ST_OK; i++)
		st = compare(n, mine, &n->candidates.at[i], ret, err);
	qsort(ret->match, ret->count, sizeof(ret->match[0]), by_jaccard);
	return st;
}

/* --- remembering -------------------------------------------------------------------- */

/* An unknown author is another one each time. */
static uint16_t author_bit(const struct said *mine)
{
	uint64_t who = mine->author ? mine->author : mine->seq;

	return (uint16_t)(1 << (who * 0x9E3779B97F4A7C15 >> 60));
}

static uint16_t subject_bit(const struct said *mine)
{
	return (uint16_t)(1 << (mine->subject * 0x9E3779B97F4A7C15 >> 60));
}

/* So many with the very same signature are there that one more would never be compared with
 * anything: the earliest are. A text with a number in it, sent a million times, would only
 * make a heap of them under one key. */
static bool is_crowded(const struct candidates *c)
{
	return c->count == NEAR_FOUND_MAX &&
	       c->at[NEAR_FOUND_MAX - 1].alike == SIGNATURE_BYTES;
}

static enum status remember(struct near *n, const struct said *mine,
			    const uint8_t signature[SIGNATURE_BYTES],
			    const struct near_found *found, struct err *err)
{
	uint32_t best = found->count ? found->match[0].jaccard : 0;
	struct sketch sketch = {.seq = mine->seq,
				.authors = author_bit(mine),
				.subjects = subject_bit(mine),
				.flags = best < n->options.leader ? SKETCH_LEADER : 0};
	enum status st = ST_OK;

	if (best < WHOLE && !is_crowded(&n->candidates)) {
		memcpy(sketch.signature, signature, SIGNATURE_BYTES);
		st = index_add(n->index, &sketch, n->candidates.leaders, err);
		earlier_add(n->earlier, mine);
	}
	for (size_t i = 0; i < found->count && st == ST_OK; i++) {
		const struct near_match *m = &found->match[i];
		bool new = (m->authors | sketch.authors) != m->authors ||
			   (m->subjects | sketch.subjects) != m->subjects;
		if (new && m->jaccard >= n->options.leader)
			index_spread(n->index, m->ordinal, sketch.authors,
				     sketch.subjects, mine->seq);
	}
	return st;
}

enum status near_look(struct near *n, const struct said *mine, struct near_found *ret,
		      struct err *err)
{
	uint8_t signature[SIGNATURE_BYTES];

	ret->count = 0;
	if (mine->seq <= n->from || !sign(n, mine, signature))
		return ST_OK;
	enum status st = search(n, mine, signature, ret, err);
	return st ? st : remember(n, mine, signature, ret, err);
}

enum status near_commit(struct near *n, uint64_t seq, struct err *err)
{
	return index_commit(n->index, seq, err);
}

enum status near_sync(struct near *n, struct err *err)
{
	return index_sync(n->index, err);
}

enum status near_forget(struct near *n, uint64_t seq, struct err *err)
{
	earlier_forget(n->earlier, seq);
	return index_forget(n->index, seq, err);
}

void near_figures(const struct near *n, struct near_figures *ret)
{
	*ret = n->figures;
	ret->texts = index_texts(n->index);
	ret->leaders = index_leaders(n->index);
	ret->bytes = index_bytes(n->index);
}
