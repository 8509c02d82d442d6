/* Where a place begins and ends, and what it is made of. It is found and read by the same
 * walk, so that nothing of it is kept. */
#include "evasion_own.h"

#define SIGNS_MAX 2  /* in a row, within a word */
#define GAP_MAX	  3  /* bytes between letters that stand alone */
#define APART_MAX 40 /* letters of one place; what comes behind is the next */

#define CUT_BEFORE_MIN 4
#define CUT_BEHIND_MIN 3

/* Of a word: what speaks for an evasion, and against it. */
struct tally {
	size_t letters, looks, cash, signs; /* looks are letters */
	size_t digits, before, behind;	    /* before the first letter, behind the last */
	bool two;			    /* the one digit that is no letter */
	bool run;			    /* three of a letter */
};

/* --- within a word ------------------------------------------------------------------- */

static void count_character(struct tally *t, const uint8_t *at, enum evasion_sort sort)
{
	if (sort == DIGIT) {
		t->digits++;
		t->behind++;
		t->before += t->letters + t->cash == 0;
		t->two |= *at == '2';
		return;
	}
	t->run |= t->letters > 1 && at[0] == at[-1] && at[0] == at[-2];
	t->letters += sort == LETTER || sort == LOOK;
	t->looks += sort == LOOK;
	t->cash += sort == CASH;
	t->behind = 0;
}

/* Reads letters and what hides them, from a character that is like a letter up to a
 * border or `end`. Returns where the last one ends. */
static size_t read_word(const struct evasion_source *s, size_t start, size_t end,
			struct tally *t)
{
	size_t stop = start, signs = 0;

	*t = (struct tally){.letters = 0};
	for (size_t i = start; i < end;) {
		struct evasion_character c = evasion_character_at(s, i, end);
		if (c.sort == BORDER || (c.sort == SIGN && ++signs > SIGNS_MAX))
			break;
		if (c.sort != SIGN) {
			count_character(t, s->match.at + i, c.sort);
			t->signs += signs;
			signs = 0;
			stop = i + c.len;
		}
		i += c.len;
	}
	return stop;
}

static void units_in_word(const struct evasion_source *s,
			  const struct evasion_place *place, struct units *u)
{
	evasion_clear(u);
	for (size_t i = place->start; i < place->end;) {
		struct evasion_character c = evasion_character_at(s, i, place->end);
		evasion_add_character(s, u, i, c);
		i += c.len;
	}
	evasion_number(u);
}

/* Figures at an end of the word are more often figures than letters. */
static bool are_figures(const struct tally *t)
{
	if (t->digits > t->before + t->behind)
		return false;
	if (t->before > 0 && !(t->before == 1 && t->letters >= 3) &&
	    !(t->before <= 3 && t->letters >= 4))
		return true;
	return t->behind > 0 && !(t->behind == 1 && t->letters >= 3);
}

static bool is_evasion(const struct tally *t)
{
	if (t->two || t->letters == 0 || are_figures(t))
		return false;
	if (t->letters < 2 && t->letters + t->cash < 3)
		return false;
	return t->digits + t->cash + t->looks > 0 || t->run ||
	       (t->signs > 0 && t->letters >= 3);
}

bool evasion_find_in_word(const struct evasion_source *s, size_t *at, size_t end,
			  struct evasion_place *ret)
{
	struct tally t;
	struct units u;

	while (*at < end) {
		size_t start = *at;
		struct evasion_character c = evasion_character_at(s, start, end);

		if (c.sort == BORDER || c.sort == SIGN) {
			*at += c.len;
			continue;
		}
		*at = read_word(s, start, end, &t);
		if (!is_evasion(&t))
			continue;
		*ret = (struct evasion_place){.start = (uint32_t)start,
					      .end = (uint32_t)*at};
		units_in_word(s, ret, &u);
		ret->readings = (uint16_t)u.combinations;
		if (u.count > 1 && !u.full)
			return true;
	}
	return false;
}

/* --- letters that stand alone -------------------------------------------------------- */

/* Letters of one place, with what is before each: its width, and whether it has a blank. */
struct apart {
	size_t count, letters;
	uint32_t at[APART_MAX], width[APART_MAX];
	bool blank[APART_MAX];
	uint32_t least; /* width */
	bool tight;	/* some have no blank before them */
};

/* What stands beside a letter that is not alone. */
static bool is_solid(uint8_t byte)
{
	return evasion_is_letter(byte) || evasion_is_digit(byte) || byte >= 0x80 ||
	       byte == '\'' || byte == '`';
}

static bool is_alone(struct span m, size_t i)
{
	uint8_t byte = m.at[i];

	if (!evasion_is_letter(byte) && byte != '@' && byte != '$' &&
	    (!evasion_is_digit(byte) || byte == '2'))
		return false;
	return (i == 0 || !is_solid(m.at[i - 1])) &&
	       (i + 1 == m.len || !is_solid(m.at[i + 1]));
}

static bool is_gap(uint8_t byte)
{
	return !is_solid(byte) && byte != '@' && byte != '$';
}

/* The lone letter behind the one at `i`, or m.len. */
static size_t next_alone(struct span m, size_t i, size_t end)
{
	size_t j = i + 1;

	while (j < end && j - i <= GAP_MAX && is_gap(m.at[j]))
		j++;
	return j < end && j > i + 1 && is_alone(m, j) ? j : m.len;
}

/* The lone letter before the one at `i`, none before `from`, or m.len. */
static size_t last_alone(struct span m, size_t i, size_t from)
{
	size_t j = i;

	while (j > from && i - j < GAP_MAX && is_gap(m.at[j - 1]))
		j--;
	return j > from && j < i && is_alone(m, j - 1) ? j - 1 : m.len;
}

static uint32_t width_of(const struct evasion_source *s, size_t from, size_t to)
{
	return s->match_at ? s->match_at[to] - s->match_at[from] : (uint32_t)(to - from);
}

static void read_apart(const struct evasion_source *s, size_t start, size_t end,
		       struct apart *a)
{
	size_t before = start;

	*a = (struct apart){.least = UINT32_MAX};
	for (size_t i = start; i < end && a->count < APART_MAX;
	     before = i, i = next_alone(s->match, i, end)) {
		size_t n = a->count++;
		a->at[n] = (uint32_t)i;
		a->letters += evasion_is_letter(s->match.at[i]);
		if (n == 0)
			continue;
		a->width[n] = width_of(s, before + 1, i);
		a->blank[n] = memchr(s->match.at + before, ' ', i - before) != NULL;
		a->least = MIN(a->least, a->width[n]);
		a->tight |= !a->blank[n];
	}
}

/* Does a word begin with letter `i`? */
static bool is_word_start(const struct apart *a, size_t i)
{
	return a->width[i] > a->least || (a->tight && a->blank[i]);
}

/* "F.U.C.K. you": the dot behind the last letter is one of its own. */
static bool is_last_dot(struct span m, size_t at)
{
	return at + 1 < m.len && m.at[at] == '.' && m.at[at + 1] == ' ';
}

bool evasion_find_apart(const struct evasion_source *s, size_t from, size_t near,
			struct evasion_place *ret)
{
	struct span m = s->match;
	size_t start = near, before;
	struct apart a;

	if (start == m.len || !is_alone(m, start)) {
		if (start <= from || !is_alone(m, start - 1))
			return false;
		start--;
	}
	while ((before = last_alone(m, start, from)) != m.len)
		start = before;
	read_apart(s, start, m.len, &a);
	if (a.count < 3 || a.letters < 2)
		return false;
	size_t last = a.count;
	while (a.count == APART_MAX && last > 3 && !is_word_start(&a, last - 1))
		last--;
	last = a.count == APART_MAX && last > 3 ? last - 1 : a.count;
	*ret = (struct evasion_place){
		.start = a.at[0], .end = a.at[last - 1] + 1, .apart = true};
	ret->end += last == a.count && is_last_dot(m, ret->end);

	struct units u;
	evasion_units(s, ret, &u);
	ret->readings = (uint16_t)(u.combinations + u.cut_count);
	return true;
}

static bool is_word_alone(const struct evasion_source *s, const struct unit *unit)
{
	uint8_t byte = s->match.at[unit->from];

	return byte == 'a' || byte == 'i' || byte == 'y' || evasion_is_digit(byte);
}

/* Letters without a wider gap may be several words all the same. */
static void add_cuts(const struct evasion_source *s, struct units *u)
{
	size_t n = u->count;

	if (n < 4 || n > CUTS_MAX)
		return;
	if (is_word_alone(s, &u->at[0]))
		u->cuts[u->cut_count++] = 1;
	for (size_t i = CUT_BEFORE_MIN; i + CUT_BEHIND_MIN <= n; i++)
		u->cuts[u->cut_count++] = (uint8_t)i;
	if (is_word_alone(s, &u->at[n - 1]))
		u->cuts[u->cut_count++] = (uint8_t)(n - 1);
}

/* A word may end here: it does, or it does not. */
static void add_end(struct units *u, size_t from)
{
	struct unit *blank = evasion_add(u, from);

	if (!blank)
		return;
	evasion_add_choice(blank, " ");
	evasion_add_choice(blank, "");
}

static void units_apart(const struct evasion_source *s, const struct evasion_place *place,
			struct units *u)
{
	struct apart a;
	bool has_ends = false;

	evasion_clear(u);
	read_apart(s, place->start, place->end, &a);
	for (size_t i = 0; i < a.count; i++) {
		if (i > 0 && is_word_start(&a, i)) {
			add_end(u, a.at[i - 1] + 1);
			has_ends = true;
		}
		evasion_add_character(s, u, a.at[i],
				      evasion_character_at(s, a.at[i], s->match.len));
	}
	evasion_number(u);
	if (!has_ends)
		add_cuts(s, u);
}

void evasion_units(const struct evasion_source *s, const struct evasion_place *place,
		   struct units *ret)
{
	if (place->apart)
		units_apart(s, place, ret);
	else
		units_in_word(s, place, ret);
}
