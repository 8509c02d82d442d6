#include "evasion.h"

#include <stdlib.h>

#include "alloc.h"
#include "evasion_own.h"

#define CONTEXT_BYTES_MAX 96 /* on each side of a place */
#define BORDER_LEN	  (sizeof(EVASION_BORDER) - 1)
#define BORDER_BEFORE	  3 /* bytes of it that belong to the piece before it */

void evasion_init(struct evasion *e)
{
	*e = (struct evasion){
		.text = BUF_INIT(EVASION_BYTES_MAX((size_t)FOLD_BYTES_MAX * FOLD_GROWTH)),
	};
}

void evasion_release(struct evasion *e)
{
	buf_release(&e->text);
	free(e->at);
	free(e->places);
	free(e->looks);
	*e = (struct evasion){.text = e->text};
}

/* What is being written. */
struct writing {
	struct evasion *e;
	const struct evasion_source *source;
	size_t ended; /* where in match the last piece ended */
};

/* How a piece is read: one place may have another reading than its first. */
struct reading_of {
	size_t place, reading;
};

static void put(struct evasion *e, const void *bytes, size_t len, size_t from,
		size_t step)
{
	size_t start = e->text.len, needed = start + len + 1;

	if (needed > e->at_capacity) {
		e->at_capacity = MAX(needed, 2 * e->at_capacity);
		e->at = xrealloc(e->at, e->at_capacity * sizeof(*e->at));
	}
	buf_bytes(&e->text, bytes, len);
	assert(!e->text.full);
	for (size_t i = 0; i < len; i++)
		e->at[start + i] = (uint32_t)(from + i * step);
}

/* Between a piece that ended at `end` and one that starts at `start`. */
static void put_border(struct evasion *e, size_t end, size_t start)
{
	static const char border[] = EVASION_BORDER;

	put(e, border, BORDER_BEFORE, end, 0);
	put(e, border + BORDER_BEFORE, BORDER_LEN - BORDER_BEFORE, start, 0);
}

static void put_unit(struct writing *w, const struct unit *unit, size_t reading)
{
	const uint8_t *match = w->source->match.at;

	if (unit->choices == 0) {
		put(w->e, match + unit->from, unit->len, unit->from, 1);
		return;
	}
	size_t choice = unit->stride ? reading / unit->stride : reading;
	choice = unit->stride ? choice % unit->choices
			      : MIN(choice, (size_t)unit->choices - 1);
	put(w->e, unit->choice[choice], strlen(unit->choice[choice]), unit->from, 1);
}

static void put_place(struct writing *w, const struct evasion_place *place,
		      size_t reading)
{
	struct units u;
	size_t cut = 0;

	evasion_units(w->source, place, &u);
	if (reading >= u.combinations) {
		cut = u.cuts[reading - u.combinations];
		reading = 0;
	}
	for (size_t i = 0; i < u.count; i++) {
		if (cut > 0 && i == cut)
			put(w->e, " ", 1, u.at[i].from - 1, 0);
		put_unit(w, &u.at[i], reading);
	}
}

/* match from `start` to `end`, with the places of it from the `first` on undone. */
static void put_range(struct writing *w, size_t start, size_t end, size_t first,
		      const struct reading_of *other)
{
	struct span m = w->source->match;
	size_t at = start;

	for (size_t i = first; i < w->e->place_count && w->e->places[i].start < end;
	     i++) {
		const struct evasion_place *place = &w->e->places[i];

		put(w->e, m.at + at, place->start - at, at, 1);
		put_place(w, place, other && other->place == i ? other->reading : 0);
		at = place->end;
	}
	put(w->e, m.at + at, end - at, at, 1);
}

/* Where the words before a place begin that are its context. */
static size_t context_start(struct span m, size_t place)
{
	size_t floor = place > CONTEXT_BYTES_MAX ? place - CONTEXT_BYTES_MAX : 0;
	size_t start = place, at = place;

	for (int words = 0; words <= EVASION_CONTEXT_WORDS; words++) {
		size_t blank = evasion_blank_before(m, floor, at);
		bool is_blank = blank < at && m.at[blank] == ' ';

		if (!is_blank && blank > 0)
			break;
		start = is_blank ? blank + 1 : blank;
		if (!is_blank)
			break;
		at = blank;
	}
	return start;
}

static size_t context_end(struct span m, size_t place)
{
	size_t ceiling = MIN(place + CONTEXT_BYTES_MAX, m.len);
	struct span near = {m.at, ceiling};
	size_t end = place, at = place;

	for (int words = 0; words <= EVASION_CONTEXT_WORDS; words++) {
		size_t blank = evasion_blank_behind(near, at);

		if (blank == ceiling && ceiling < m.len && m.at[ceiling] != ' ')
			break;
		end = blank;
		if (blank == ceiling)
			break;
		at = blank + 1;
	}
	return end;
}

static void put_piece(struct writing *w, size_t start, size_t end, size_t first,
		      const struct reading_of *other)
{
	bool is_first = w->e->text.len == 0;

	put_border(w->e, is_first ? start : w->ended, start);
	put_range(w, start, end, first, other);
	w->ended = end;
}

/* The first reading of every place, near ones in one piece. */
static void put_first_readings(struct writing *w)
{
	struct span m = w->source->match;
	const struct evasion_place *places = w->e->places;

	for (size_t i = 0, next; i < w->e->place_count; i = next) {
		size_t start = context_start(m, places[i].start);
		size_t end = context_end(m, places[i].end);

		for (next = i + 1; next < w->e->place_count; next++) {
			if (context_start(m, places[next].start) > end + BORDER_LEN)
				break;
			end = MAX(end, context_end(m, places[next].end));
		}
		put_piece(w, start, end, i, NULL);
	}
}

/* The further readings of place `i`, each in a piece of its own. False: no more room. */
static bool put_further_readings(struct writing *w, size_t i)
{
	struct span m = w->source->match;
	const struct evasion_place *places = w->e->places;
	size_t start = context_start(m, places[i].start);
	size_t end = context_end(m, places[i].end);
	size_t first = i;

	/* No place is cut: what is left of it could be a word. */
	for (; first > 0 && places[first - 1].end > start; first--)
		start = MIN(start, places[first - 1].start);
	for (size_t j = i + 1; j < w->e->place_count && places[j].start < end; j++)
		end = MAX(end, places[j].end);
	for (size_t reading = 1; reading < places[i].readings; reading++) {
		/* A reading is no longer than what it reads, but for one blank. */
		if (w->e->text.len + (end - start) + 1 + 2 * BORDER_LEN >
		    EVASION_BYTES_MAX(m.len))
			return false;
		put_piece(w, start, end, first, &(struct reading_of){i, reading});
	}
	return true;
}

static void find(struct evasion *e, const struct evasion_source *source)
{
	struct writing w = {.e = e, .source = source};

	assert(source->match.len <= (size_t)FOLD_BYTES_MAX * FOLD_GROWTH);
	buf_clear(&e->text);
	evasion_search(e, source);
	put_first_readings(&w);
	for (size_t i = 0; i < e->place_count && put_further_readings(&w, i); i++)
		;
	if (e->place_count > 0)
		put_border(e, w.ended, source->match.len);
	put(e, "", 0, 0, 0);
	e->at[e->text.len] = (uint32_t)source->match.len;
	assert(e->text.len <= EVASION_BYTES_MAX(source->match.len));
}

void evasion_find(struct evasion *e, struct span match)
{
	find(e, &(struct evasion_source){.match = match});
}

void evasion_find_folded(struct evasion *e, const struct fold *f, struct span raw)
{
	find(e, &(struct evasion_source){buf_view(&f->match), f->match_at,
					 evasion_find_looks(e, f, raw)});
}
