/* evasion_own.h - the inside of evasion.h: places, and the units that they are made of. */
#ifndef EVASION_OWN_H
#define EVASION_OWN_H

#include "evasion.h"

/* What is being read. */
struct evasion_source {
	struct span match;
	const uint32_t *match_at; /* NULL where it is not known */
	const char *looks;	  /* per byte of match: evasion_find_looks; NULL: none */
};

/* What characters of raw look like otherwise than match says, at the first byte of match
 * that each gave; 0 elsewhere. NULL: there are none (evasion_looks.c). */
const char *evasion_find_looks(struct evasion *e, const struct fold *f, struct span raw);

/* Fills e->places, ascending and apart from each other (evasion_search.c). */
void evasion_search(struct evasion *e, const struct evasion_source *s);

struct evasion_place {
	uint32_t start, end; /* of match */
	uint16_t readings;   /* at least 1 */
	bool apart;	     /* letters that stand alone */
};

#define UNITS_MAX    80
#define CUTS_MAX     24
#define READINGS_MAX 8 /* by choices */

/* One letter of a reading, or what may stand for one. */
struct unit {
	uint32_t from;	   /* of match */
	uint8_t len;	   /* bytes of match that it is, where choices is 0 */
	uint8_t choices;   /* how many of the following there are */
	uint8_t stride;	   /* readings between two choices; 0: reading n takes choice n */
	char choice[3][3]; /* "" where it is left out */
};

struct units {
	struct unit at[UNITS_MAX];
	size_t count;
	size_t combinations;	/* readings by choices */
	uint8_t cuts[CUTS_MAX]; /* further ones: a blank before this unit */
	size_t cut_count;
	bool full; /* there were more */
};

/* CASH: a sign that is like a letter. LOOK: what looks like another letter. */
enum evasion_sort { BORDER, LETTER, LOOK, DIGIT, CASH, SIGN };

struct evasion_character {
	enum evasion_sort sort;
	uint8_t len; /* bytes */
};

/* --- evasion_unit.c ------------------------------------------------------------------ */

/* The one at byte `i`, of those before `end`. */
struct evasion_character evasion_character_at(const struct evasion_source *s, size_t i,
					      size_t end);

/* Is the l at byte `i` of match between consonants that it seldom stands between? */
bool evasion_is_hard(struct span match, size_t i);

void evasion_clear(struct units *u);

/* One more unit; NULL: there is no room. */
struct unit *evasion_add(struct units *u, size_t from);
void evasion_add_choice(struct unit *unit, const char *text);

/* What match has at `from`: no unit, one, or the end of a run. */
void evasion_add_character(const struct evasion_source *s, struct units *u, size_t from,
			   struct evasion_character c);

/* Once all units are there: how their choices combine. Each with each, or, where these
 * would be more than READINGS_MAX, all of them the first, all the second. */
void evasion_number(struct units *u);

/* --- evasion_place.c ----------------------------------------------------------------- */

/* The letters that stand alone around `near`, none before `from`. False: there are fewer
 * than three. */
bool evasion_find_apart(const struct evasion_source *s, size_t from, size_t near,
			struct evasion_place *ret);

/* The next place from *at to `end`, between blanks; *at moves behind it. */
bool evasion_find_in_word(const struct evasion_source *s, size_t *at, size_t end,
			  struct evasion_place *ret);

/* What a place is made of. */
void evasion_units(const struct evasion_source *s, const struct evasion_place *place,
		   struct units *ret);

static inline bool evasion_is_letter(uint8_t byte)
{
	return byte >= 'a' && byte <= 'z';
}

static inline bool evasion_is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* The last blank before byte `i`, or `from`; the first from `i` on, or the end. */
static inline size_t evasion_blank_before(struct span m, size_t from, size_t i)
{
	const uint8_t *blank = i > from ? memrchr(m.at + from, ' ', i - from) : NULL;

	return blank ? (size_t)(blank - m.at) : from;
}

static inline size_t evasion_blank_behind(struct span m, size_t i)
{
	const uint8_t *blank = i < m.len ? memchr(m.at + i, ' ', m.len - i) : NULL;

	return blank ? (size_t)(blank - m.at) : m.len;
}

#endif
