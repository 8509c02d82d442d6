/* The places of all leaves lie in one array; a rule that hits collects its own from it. That
 * is quadratic in what was found, which is little, and costs the other records nothing. */
#include "reading.h"

#include <stdlib.h>

#include "alloc.h"
#include "evasion.h"

/* What is published of an author's words, in the order of the tags. */
#define READ_FIELDS 3
static const enum field read_fields[READ_FIELDS] = {FIELD_DISPLAY_NAME, FIELD_TITLE,
						    FIELD_TEXT};

/* Words of lists with exceptions that are kept for a second look; more are taken as found. */
#define DOUBTFUL_MAX 4096

/* The texts that a field is read as. */
enum reading_of { OF_RAW, OF_MATCH, OF_HIDDEN };

/* Something that was found. */
struct find {
	uint32_t leaf;
	uint32_t pattern;    /* of scan.h, or FIND_PLACE */
	uint8_t field;	     /* 0 .. READ_FIELDS-1 */
	uint8_t of;	     /* enum reading_of */
	uint32_t start, end; /* of a place, in the text that was read */
};

#define FIND_PLACE UINT32_MAX

struct finds {
	struct find *at;
	size_t count, room;
};

struct reading {
	struct scan *scan;
	struct words *words;
	const struct leaf *leaves;
	const struct record *record;
	uint32_t round;
	uint32_t *found;	/* per leaf: the round in which it was found last */
	uint8_t *places;	/* per leaf, in that round */
	uint32_t *found_leaves; /* in this round */
	size_t found_count, leaf_count;
	struct fold folds[READ_FIELDS];
	struct evasion hidden[READ_FIELDS];
	uint32_t *detecting; /* leaves that are detectors */
	size_t detecting_count;
	uint64_t candidates; /* bit per detector, of the field that is being read */
	struct finds finds;
	struct finds doubtful, exceptions; /* of the field that is being read */
};

struct reading *reading_new(struct scan *scan, struct words *words,
			    const struct leaf *leaves, size_t leaf_count)
{
	struct reading *r = xcalloc(1, sizeof(*r));

	r->scan = scan;
	r->words = words;
	r->leaves = leaves;
	r->leaf_count = leaf_count;
	r->found = xcalloc(leaf_count + 1, sizeof(*r->found));
	r->places = xcalloc(leaf_count + 1, sizeof(*r->places));
	r->found_leaves = xcalloc(leaf_count + 1, sizeof(*r->found_leaves));
	r->detecting = xcalloc(leaf_count + 1, sizeof(*r->detecting));
	for (uint32_t i = 0; i < leaf_count; i++)
		if (leaves[i].detector < DETECTOR_COUNT)
			r->detecting[r->detecting_count++] = i;
	for (size_t i = 0; i < READ_FIELDS; i++) {
		fold_init(&r->folds[i]);
		evasion_init(&r->hidden[i]);
	}
	return r;
}

void reading_free(struct reading *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < READ_FIELDS; i++) {
		fold_release(&r->folds[i]);
		evasion_release(&r->hidden[i]);
	}
	free(r->detecting);
	free(r->found);
	free(r->places);
	free(r->found_leaves);
	free(r->finds.at);
	free(r->doubtful.at);
	free(r->exceptions.at);
	free(r);
}

/* --- finding ------------------------------------------------------------------------- */

static void keep(struct finds *finds, const struct find *find)
{
	if (finds->count == finds->room) {
		finds->room = finds->room ? finds->room * 2 : 64;
		finds->at = xrealloc(finds->at, finds->room * sizeof(*finds->at));
	}
	finds->at[finds->count++] = *find;
}

static void note(struct reading *r, const struct find *find)
{
	uint32_t leaf = find->leaf;

	if (r->found[leaf] != r->round) {
		r->found[leaf] = r->round;
		r->places[leaf] = 0;
		r->found_leaves[r->found_count++] = leaf;
	}
	if (find->pattern == FIND_PLACE && ++r->places[leaf] > HIT_SPANS_MAX)
		r->places[leaf] = HIT_SPANS_MAX;
	else
		keep(&r->finds, find);
}

/* One engine over one text. */
struct pass {
	struct reading *r;
	uint8_t field, of;
};

static void on_pattern(void *context, uint32_t leaf, uint32_t pattern)
{
	const struct pass *p = context;

	if (leaf >= READING_DETECTOR(DETECTOR_COUNT - 1))
		p->r->candidates |= UINT64_C(1) << (READING_DETECTOR(0) - leaf);
	else
		note(p->r, &(struct find){.leaf = leaf,
					  .pattern = pattern,
					  .field = p->field,
					  .of = p->of});
}

static void on_word(void *context, uint32_t leaf, size_t start, size_t end)
{
	const struct pass *p = context;
	struct reading *r = p->r;
	struct find find = {.leaf = leaf,
			    .pattern = FIND_PLACE,
			    .field = p->field,
			    .of = p->of,
			    .start = (uint32_t)start,
			    .end = (uint32_t)end};

	if (r->leaves[leaf].except_of != LEAF_NONE) {
		find.leaf = r->leaves[leaf].except_of;
		keep(&r->exceptions, &find);
	} else if (r->leaves[leaf].has_except && r->doubtful.count < DOUBTFUL_MAX) {
		keep(&r->doubtful, &find);
	} else {
		note(r, &find);
	}
}

static bool is_excepted(const struct reading *r, const struct find *find)
{
	for (size_t i = 0; i < r->exceptions.count; i++) {
		const struct find *e = &r->exceptions.at[i];
		if (e->leaf == find->leaf && e->start <= find->start &&
		    find->end <= e->end)
			return true;
	}
	return false;
}

static void find_words(struct pass *p, struct span text)
{
	struct reading *r = p->r;

	r->doubtful.count = r->exceptions.count = 0;
	words_find(r->words, text, on_word, p);
	for (size_t i = 0; i < r->doubtful.count; i++)
		if (!is_excepted(r, &r->doubtful.at[i]))
			note(r, &r->doubtful.at[i]);
}

static void detect(struct reading *r, uint8_t field, struct span match)
{
	for (size_t i = 0; i < r->detecting_count && r->candidates; i++) {
		uint32_t leaf = r->detecting[i];
		struct scan_place places[HIT_SPANS_MAX];
		size_t count = 0;

		if (r->candidates >> r->leaves[leaf].detector & 1)
			count = detect_find(r->leaves[leaf].detector,
					    r->leaves[leaf].countries, match, places,
					    ARRAY_LEN(places));
		for (size_t k = 0; k < count; k++)
			note(r, &(struct find){.leaf = leaf,
					       .pattern = FIND_PLACE,
					       .field = field,
					       .of = OF_MATCH,
					       .start = (uint32_t)places[k].start,
					       .end = (uint32_t)places[k].end});
	}
}

static void read_hidden(struct reading *r, uint8_t field)
{
	struct pass hidden = {r, field, OF_HIDDEN};

	evasion_find_folded(&r->hidden[field], &r->folds[field],
			    r->record->field[read_fields[field]]);
	struct span text = buf_view(&r->hidden[field].text);
	if (text.len == 0)
		return;
	scan_text(r->scan, SCAN_MATCH, text, on_pattern, &hidden);
	find_words(&hidden, text);
}

static void read_field(struct reading *r, uint8_t field, struct span text)
{
	struct pass raw = {r, field, OF_RAW}, folded = {r, field, OF_MATCH};

	scan_text(r->scan, SCAN_RAW, text, on_pattern, &raw);
	fold_text(&r->folds[field], text);
	struct span match = buf_view(&r->folds[field].match);
	r->candidates = 0;
	scan_text(r->scan, SCAN_MATCH, match, on_pattern, &folded);
	detect(r, field, match);
	find_words(&folded, match);
	read_hidden(r, field);
}

void reading_read(struct reading *r, const struct record *record)
{
	if (++r->round == 0) {
		memset(r->found, 0, r->leaf_count * sizeof(*r->found));
		r->round = 1;
	}
	r->record = record;
	r->found_count = 0;
	r->finds.count = 0;
	for (uint8_t i = 0; i < READ_FIELDS; i++) {
		buf_clear(&r->folds[i].match);
		buf_clear(&r->hidden[i].text);
		if (record->field[read_fields[i]].len > 0)
			read_field(r, i, record->field[read_fields[i]]);
	}
}

/* --- answers ------------------------------------------------------------------------- */

size_t reading_count(const struct reading *r)
{
	return r->found_count;
}

uint32_t reading_leaf(const struct reading *r, size_t index)
{
	return r->found_leaves[index];
}

bool reading_has(const struct reading *r, uint32_t leaf)
{
	return r->found[leaf] == r->round;
}

static size_t place_of(enum field field)
{
	size_t i = 0;

	while (i < READ_FIELDS && read_fields[i] != field)
		i++;
	return i;
}

struct span reading_match(const struct reading *r, enum field field)
{
	size_t i = place_of(field);

	return i < READ_FIELDS ? buf_view(&r->folds[i].match) : SPAN_NONE;
}

struct span reading_hidden(const struct reading *r, enum field field)
{
	size_t i = place_of(field);

	return i < READ_FIELDS ? buf_view(&r->hidden[i].text) : SPAN_NONE;
}

/* --- evidence ------------------------------------------------------------------------ */

static void add_span(struct hit *hit, const struct hit_span *span)
{
	for (size_t i = 0; i < hit->span_count; i++) {
		struct hit_span *old = &hit->spans[i];
		uint32_t end = MAX(old->start + old->len, span->start + span->len);

		if (old->tag != span->tag || old->start + old->len <= span->start ||
		    span->start + span->len <= old->start)
			continue;
		old->start = MIN(old->start, span->start);
		old->len = end - old->start;
		return;
	}
	if (hit->span_count < HIT_SPANS_MAX)
		hit->spans[hit->span_count++] = *span;
}

/* What the field was read as. */
static struct span text_of(const struct reading *r, const struct find *find)
{
	if (find->of == OF_RAW)
		return r->record->field[read_fields[find->field]];
	return find->of == OF_MATCH ? buf_view(&r->folds[find->field].match)
				    : buf_view(&r->hidden[find->field].text);
}

/* The places of a find, in the text that was read. */
static size_t locate(const struct reading *r, const struct find *find,
		     struct scan_place ret[HIT_SPANS_MAX])
{
	ret[0] = (struct scan_place){find->start, find->end};
	if (find->pattern == FIND_PLACE)
		return 1;
	return scan_locate(r->scan, find->of == OF_RAW ? SCAN_RAW : SCAN_MATCH,
			   find->pattern, text_of(r, find), ret, HIT_SPANS_MAX);
}

/* From bytes that were read to bytes of match. */
static struct scan_place place_in_match(const struct reading *r, const struct find *find,
					struct scan_place place)
{
	const struct fold *fold = &r->folds[find->field];
	const struct evasion *hidden = &r->hidden[find->field];
	size_t i = 0, k;

	if (find->of == OF_MATCH)
		return place;
	if (find->of == OF_HIDDEN)
		return (struct scan_place){hidden->at[place.start],
					   hidden->at[place.end]};
	while (i < fold->match.len && fold->match_at[i] < place.start)
		i++;
	for (k = i; k < fold->match.len && fold->match_at[k] < place.end;)
		k++;
	return (struct scan_place){i, k};
}

/* From bytes that were read to bytes that the author wrote. */
static void add_place(const struct reading *r, struct hit *hit, const struct find *find,
		      struct scan_place place)
{
	const struct fold *fold = &r->folds[find->field];

	if (find->of != OF_RAW) {
		place = place_in_match(r, find, place);
		size_t start = fold->match_at[place.start], end = place.end;

		/* A character can give several bytes; it is shown whole. */
		while (end < fold->match.len && fold->match_at[end] <= start)
			end++;
		place = (struct scan_place){start, fold->match_at[end]};
	}
	add_span(hit, &(struct hit_span){.tag = field_table[read_fields[find->field]].tag,
					 .start = (uint32_t)place.start,
					 .len = (uint32_t)(place.end - place.start)});
}

static void add_find(const struct reading *r, struct hit *hit, const struct find *find)
{
	struct scan_place places[HIT_SPANS_MAX];
	size_t count = locate(r, find, places);

	for (size_t i = 0; i < count; i++)
		add_place(r, hit, find, places[i]);
}

void reading_evidence(struct reading *r, uint32_t leaf, struct hit *hit)
{
	for (size_t i = 0; i < r->finds.count; i++)
		if (r->finds.at[i].leaf == leaf)
			add_find(r, hit, &r->finds.at[i]);
}

/* --- sentences ----------------------------------------------------------------------- */

/* Does a sentence end before the blank at `i` of match? Of a line's end match has kept a
 * blank. */
static bool ends_sentence(const struct fold *f, struct span raw, size_t i)
{
	const uint8_t *match = f->match.at;
	size_t start = f->match_at[i], end = f->match_at[i + 1];

	if (match[i] != ' ')
		return false;
	if (i > 0 && (match[i - 1] == '.' || match[i - 1] == '!' || match[i - 1] == '?'))
		return true;
	return memchr(raw.at + start, '\n', end - start) != NULL;
}

static struct span sentence_around(const struct fold *f, struct span raw,
				   struct scan_place place)
{
	size_t start = place.start, end = place.end;
	size_t first = start - MIN(start, READING_SENTENCE_MAX);
	size_t last = MIN(end + READING_SENTENCE_MAX, f->match.len);

	while (start > first && !ends_sentence(f, raw, start - 1))
		start--;
	while (end < last && !ends_sentence(f, raw, end))
		end++;
	return (struct span){f->match.at + start, end - start};
}

bool reading_ask(struct reading *r, uint32_t leaf,
		 bool (*counts)(void *context, const struct reading_place *place),
		 void *context)
{
	for (size_t i = 0; i < r->finds.count; i++) {
		const struct find *find = &r->finds.at[i];
		const struct fold *f = &r->folds[find->field];
		struct span raw = r->record->field[read_fields[find->field]];
		struct scan_place places[HIT_SPANS_MAX];
		size_t count = find->leaf == leaf ? locate(r, find, places) : 0;

		for (size_t k = 0; k < count; k++) {
			struct scan_place at = place_in_match(r, find, places[k]);
			struct reading_place place = {
				.found = {f->match.at + at.start, at.end - at.start},
				.sentence = sentence_around(f, raw, at)};
			if (counts(context, &place))
				return true;
		}
	}
	return false;
}
