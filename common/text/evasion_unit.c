/* What a character may stand for, and how the choices of several combine. */
#include "evasion_own.h"

/* --- characters ---------------------------------------------------------------------- */

static bool starts_with(const uint8_t *at, size_t left, const char *text)
{
	size_t len = strlen(text);

	return left >= len && memcmp(at, text, len) == 0;
}

/* As words.h has them: what is no word character is a border here, but for three signs. */
static struct evasion_character character_of_many(const uint8_t *at, size_t left)
{
	size_t len = *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
	uint8_t bytes = (uint8_t)MIN(len, left);

	if (starts_with(at, left, "€"))
		return (struct evasion_character){CASH, bytes};
	if (starts_with(at, left, "•") || starts_with(at, left, "·"))
		return (struct evasion_character){SIGN, bytes};
	if (*at < 0xC3 || *at == 0xE2 || *at == 0xEF ||
	    starts_with(at, left, "\xE3\x80") || starts_with(at, left, "\xF0\x9F"))
		return (struct evasion_character){BORDER, bytes};
	return (struct evasion_character){LETTER, bytes};
}

/* Bit per letter: what an l stands between in few words. Behind an r ("world", "girls") and
 * beside another l it often does. */
#define HARD(letter) (1u << ((letter) - 'a'))
#define HARD_BEHIND         \
	(((1u << 26) - 1) & \
	 ~(HARD('a') | HARD('e') | HARD('i') | HARD('o') | HARD('u') | HARD('y')))
#define HARD_BEFORE (HARD_BEHIND & ~(HARD('l') | HARD('r')))

static bool is_in(uint32_t set, uint8_t byte)
{
	return evasion_is_letter(byte) && (set >> (byte - 'a') & 1);
}

bool evasion_is_hard(struct span match, size_t i)
{
	return i > 0 && i + 1 < match.len && is_in(HARD_BEFORE, match.at[i - 1]) &&
	       is_in(HARD_BEHIND, match.at[i + 1]);
}

static struct evasion_character character_of(const uint8_t *at, size_t left)
{
	static const uint8_t sorts[128] = {
		['!'] = SIGN,  ['#'] = SIGN,  ['$'] = CASH,  ['%'] = SIGN,  ['&'] = SIGN,
		['('] = SIGN,  [')'] = SIGN,  ['*'] = SIGN,  ['+'] = SIGN,  [','] = SIGN,
		['.'] = SIGN,  ['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT,
		['4'] = DIGIT, ['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT,
		['9'] = DIGIT, [':'] = SIGN,  [';'] = SIGN,  ['<'] = SIGN,  ['='] = SIGN,
		['>'] = SIGN,  ['?'] = SIGN,  ['@'] = CASH,  ['['] = SIGN,  ['\\'] = SIGN,
		[']'] = SIGN,  ['^'] = SIGN,  ['_'] = SIGN,  ['{'] = SIGN,  ['|'] = SIGN,
		['}'] = SIGN,  ['~'] = SIGN,
	};

	if (evasion_is_letter(*at))
		return (struct evasion_character){LETTER, 1};
	if (*at < 0x80)
		return (struct evasion_character){sorts[*at], 1};
	return character_of_many(at, left);
}

struct evasion_character evasion_character_at(const struct evasion_source *s, size_t i,
					      size_t end)
{
	struct evasion_character c = character_of(s->match.at + i, end - i);

	if ((s->looks && s->looks[i]) ||
	    (s->match.at[i] == 'l' && evasion_is_hard(s->match, i)))
		c.sort = LOOK;
	return c;
}

/* What a character may stand for, the likeliest first; NULL ends the list, an empty one
 * says: it stands for nothing. */
static const char *const *meanings_of(const uint8_t *at)
{
	static const char *const digits[10][3] = {{"o"}, {"i", "l"}, {NULL}, {"e"},
						  {"a"}, {"s"},	     {"g"},  {"t"},
						  {"b"}, {"g"}};
	static const char *const letter_a[] = {"a", NULL}, *const dollar[] = {"s", NULL},
				 *const bang[] = {"i", "", NULL},
				 *const bracket[] = {"c", "", NULL},
				 *const plus[] = {"t", "", NULL},
				 *const euro[] = {"e", NULL}, *const none[] = {NULL};
	static const char *const bar[] = {"i", "l", "", NULL};

	switch (*at) {
	case '@':
		return letter_a;
	case '$':
		return dollar;
	case '!':
		return bang;
	case '|':
		return bar;
	case '(':
		return bracket;
	case '+':
		return plus;
	case 0xE2: /* €; the bullet goes on with 0x80 */
		return at[1] == 0x82 ? euro : none;
	default:
		return evasion_is_digit(*at) ? digits[*at - '0'] : none;
	}
}

/* --- units --------------------------------------------------------------------------- */

/* What is behind the counts needs no clearing, and is long. */
void evasion_clear(struct units *u)
{
	u->count = u->combinations = u->cut_count = 0;
	u->full = false;
}

struct unit *evasion_add(struct units *u, size_t from)
{
	if (u->count == UNITS_MAX) {
		u->full = true;
		return NULL;
	}
	u->at[u->count] = (struct unit){.from = (uint32_t)from};
	return &u->at[u->count++];
}

void evasion_add_choice(struct unit *unit, const char *text)
{
	char *to = unit->choice[unit->choices++];

	for (size_t i = 0; i < 2 && text[i]; i++)
		to[i] = text[i];
}

static bool is_run(const struct unit *unit)
{
	return unit->choices == 2 && unit->choice[1][1] && !unit->choice[0][1];
}

/* The one letter that a unit is, a run's too; 0: it is something else. */
static char letter_of(const struct evasion_source *s, const struct unit *unit)
{
	if (unit->choices == 0)
		return unit->len == 1 ? (char)s->match.at[unit->from] : 0;
	return unit->choices == 1 || is_run(unit) ? unit->choice[0][0] : 0;
}

/* The last unit may be the third of a letter, or the fourth: the run becomes one unit. */
static void close_run(const struct evasion_source *s, struct units *u)
{
	struct unit *last = &u->at[u->count - 1];
	char letter = letter_of(s, last);

	if (!letter || letter == ' ' || u->count < 2 || letter_of(s, last - 1) != letter)
		return;
	if (is_run(last - 1)) {
		u->count--;
		return;
	}
	if (u->count < 3 || letter_of(s, last - 2) != letter)
		return;
	u->count -= 2;
	last -= 2;
	*last = (struct unit){.from = last->from};
	evasion_add_choice(last, (const char[]){letter, '\0'});
	evasion_add_choice(last, (const char[]){letter, letter, '\0'});
}

/* Two ones in a row are both i or both l. */
static bool doubles_one(const struct evasion_source *s, struct units *u, size_t from)
{
	struct unit *last = u->count ? &u->at[u->count - 1] : NULL;

	if (!last || s->match.at[from] != '1' || last->from + 1 != from ||
	    s->match.at[last->from] != '1' || last->choices != 2 || last->choice[0][1])
		return false;
	for (size_t i = 0; i < 2; i++)
		last->choice[i][1] = last->choice[i][0];
	return true;
}

/* As it looks, and as match has it. */
static void add_look(const struct evasion_source *s, struct units *u, size_t from)
{
	uint8_t byte = s->match.at[from];
	const char look = s->looks && s->looks[from] ? s->looks[from] : 'i';
	struct unit *unit = evasion_add(u, from);

	if (!unit)
		return;
	if (evasion_is_digit((uint8_t)look))
		for (const char *const *m = meanings_of((const uint8_t *)&look); *m; m++)
			evasion_add_choice(unit, *m);
	else
		evasion_add_choice(unit, (const char[]){look, '\0'});
	if (evasion_is_letter(byte))
		evasion_add_choice(unit, (const char[]){(char)byte, '\0'});
	else if (look == 'l')
		evasion_add_choice(unit, "i");
}

void evasion_add_character(const struct evasion_source *s, struct units *u, size_t from,
			   struct evasion_character c)
{
	const uint8_t *at = s->match.at + from;

	if (c.sort == LOOK) {
		add_look(s, u, from);
	} else if (c.sort == LETTER) {
		struct unit *unit = evasion_add(u, from);
		if (unit)
			unit->len = c.len;
	} else if (!doubles_one(s, u, from)) {
		const char *const *meaning = meanings_of(at);
		struct unit *unit = *meaning ? evasion_add(u, from) : NULL;
		for (size_t i = 0; unit && i < 3 && meaning[i]; i++)
			evasion_add_choice(unit, meaning[i]);
	}
	if (!u->full && u->count > 0)
		close_run(s, u);
}

/* How the choices combine: each with each, or, where these would be too many, all of them
 * the first, all the second. */
void evasion_number(struct units *u)
{
	size_t product = 1, most = 1;

	for (size_t i = 0; i < u->count; i++) {
		size_t choices = MAX(u->at[i].choices, 1);
		most = MAX(most, choices);
		u->at[i].stride = (uint8_t)(product <= READINGS_MAX ? product : 0);
		product = MIN(product * choices, READINGS_MAX + 1);
	}
	u->combinations = product <= READINGS_MAX ? product : most;
	for (size_t i = 0; product > READINGS_MAX && i < u->count; i++)
		u->at[i].stride = 0;
}
