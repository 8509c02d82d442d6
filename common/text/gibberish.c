#include "gibberish.h"

#include "script.h"
#include "utf8.h"

/* How rare a letter is behind another, -log2 of its share, rounded, in hexadecimal; f: it
 * does not occur, or less than five times. Rows: the letter before, columns: the letter;
 * the first row and column are the word's edge, then a to z.
 *
 * Counted over the words (each once, three letters or more, with a vowel, marks taken off,
 * no acronyms) of the lists wamerican 2020.12.07, wfrench 1.2.7, wspanish 1.0.30, wngerman
 * 20161207, witalian 1.10, wportuguese 20220621 and wdutch 2.20.19 of Debian 12; of the
 * seven languages the one counts in which the pair is commonest. */
static const char rarity[27][28] = {
	"f33333544464545448324445a85", /* edge */
	"234438544275333657233337866", /* a */
	"62287175737738829c345487f66", /* b */
	"52f3b3fc03d34ba2d74634ffe6b", /* c */
	"22795186727758727a447467f78", /* d */
	"255434656365332668224667674", /* e */
	"42694235627637737c343366f56", /* f */
	"12796193438737338e335278f79", /* g */
	"4179918791b745429c442395f58", /* h */
	"23634253893644236642375a8c4", /* i */
	"517a424684f367426fa46258ff5", /* j */
	"32598177516447537b433476c47", /* k */
	"426642663286355369853468b36", /* l */
	"2248628772b773713c855478f78", /* m */
	"236323524475784277722667885", /* n */
	"165553545576341347224355777", /* o */
	"42787237437738833f255478f78", /* p */
	"77fffffff7fffffffffff0f6fff", /* q */
	"225642656395655368443466d66", /* r */
	"136363664376557347732467f77", /* s */
	"22668186425767837e344476f55", /* t */
	"444443445265342558333464686", /* u */
	"71cef1acf2cb4cf2bf47a65ff8f", /* v */
	"4169618942a748438f447489f8a", /* w */
	"1283838752f587f428962577656", /* x */
	"11544376859533323b5252778f7", /* y */
	"0066a18672b8566287974284f62", /* z */
};

#define RARE_NUMERATOR	 9 /* a word whose mean is 9/2 or more is improbable */
#define RARE_DENOMINATOR 2
#define WORD_LETTERS_MIN 4
#define KEYS_LETTERS_MIN 5
#define KEYS_ROW_MIN	 3
#define CAPITALS_MAX	 5
#define WORD_LETTERS_MAX 64 /* what is longer is judged by its beginning */

struct word {
	char letters[WORD_LETTERS_MAX]; /* a to z */
	size_t count;
	size_t chars, capitals; /* letters as written */
};

static unsigned rarity_of(char before, char letter)
{
	char digit = rarity[before ? before - 'a' + 1 : 0][letter ? letter - 'a' + 1 : 0];

	return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* "nooooon" has one o. */
static void shorten_runs(struct word *w)
{
	size_t kept = 0;

	for (size_t i = 0, run; i < w->count; i += run) {
		for (run = 1; i + run < w->count && w->letters[i + run] == w->letters[i];)
			run++;
		for (size_t j = 0; j < (run > 2 ? 1 : run); j++)
			w->letters[kept++] = w->letters[i];
	}
	w->count = kept;
}

static bool is_rare(const struct word *w)
{
	unsigned sum = 0;
	char before = 0;

	for (size_t i = 0; i < w->count; i++) {
		sum += rarity_of(before, w->letters[i]);
		before = w->letters[i];
	}
	sum += rarity_of(before, 0);
	return sum * RARE_DENOMINATOR >= RARE_NUMERATOR * (w->count + 1);
}

/* What stands right of each letter, a to z, on a QWERTY, AZERTY or QWERTZ keyboard. */
static const char right_of[26][4] = {
	['a' - 'a'] = "sz", ['b' - 'a'] = "n",	['c' - 'a'] = "v",  ['d' - 'a'] = "f",
	['e' - 'a'] = "r",  ['f' - 'a'] = "g",	['g' - 'a'] = "h",  ['h' - 'a'] = "j",
	['i' - 'a'] = "o",  ['j' - 'a'] = "k",	['k' - 'a'] = "l",  ['l' - 'a'] = "m",
	['m' - 'a'] = "",   ['n' - 'a'] = "m",	['o' - 'a'] = "p",  ['p' - 'a'] = "",
	['q' - 'a'] = "sw", ['r' - 'a'] = "t",	['s' - 'a'] = "d",  ['t' - 'a'] = "yz",
	['u' - 'a'] = "i",  ['v' - 'a'] = "b",	['w' - 'a'] = "ex", ['x' - 'a'] = "c",
	['y' - 'a'] = "ux", ['z' - 'a'] = "eux"};

static bool is_right_of(char letter, char neighbour)
{
	return strchr(right_of[letter - 'a'], neighbour) != NULL;
}

/* Letters from `at` on that are neighbours in one direction. */
static size_t keys_row(const struct word *w, size_t at, bool right)
{
	size_t end = at + 1;

	while (end < w->count &&
	       (right ? is_right_of(w->letters[end - 1], w->letters[end])
		      : is_right_of(w->letters[end], w->letters[end - 1])))
		end++;
	return end - at;
}

static bool is_keys(const struct word *w)
{
	if (w->count < KEYS_LETTERS_MIN)
		return false;
	for (size_t at = 0; at < w->count;) {
		size_t row = MAX(keys_row(w, at, true), keys_row(w, at, false));

		if (row < KEYS_ROW_MIN)
			return false;
		at += row;
	}
	return true;
}

static bool is_improbable(struct word *w)
{
	if (w->chars == w->capitals && w->chars <= CAPITALS_MAX)
		return false;
	shorten_runs(w);
	return w->count >= WORD_LETTERS_MIN && (is_rare(w) || is_keys(w));
}

struct tally {
	size_t letters, improbable;
};

static void end_word(struct tally *t, struct word *w)
{
	t->letters += w->chars;
	if (w->count > 0 && is_improbable(w))
		t->improbable += w->chars;
	w->count = w->chars = w->capitals = 0;
}

static void take_letter(struct word *w, uint32_t point)
{
	char plain[2];
	unsigned count = script_plain(point, plain);

	w->chars++;
	w->capitals += script_small(point) != point;
	for (unsigned i = 0; i < count && w->count < WORD_LETTERS_MAX; i++)
		w->letters[w->count++] = plain[i];
}

static void judge_piece(struct tally *t, const uint8_t *at, const uint8_t *end)
{
	struct word w;

	w.count = w.chars = w.capitals = 0;
	while (at < end) {
		uint32_t point = utf8_next(&at, end);
		enum script script = script_of(point);

		if (script == SCRIPT_LATIN) {
			take_letter(&w, point);
		} else if (!script_is_mark(point)) {
			end_word(t, &w);
			t->letters += script != SCRIPT_NONE;
		}
	}
	end_word(t, &w);
}

static bool is_letter(uint8_t byte)
{
	return (uint8_t)((byte | 0x20) - 'a') < 26;
}

/* A code, an address, a link, a handle. A full stop at the end is punctuation. */
static bool is_code(const uint8_t *at, const uint8_t *end)
{
	for (; at < end; at++) {
		if (is_letter(*at) || *at >= 0x80)
			continue;
		if ((uint8_t)(*at - '0') < 10)
			return true;
		switch (*at) {
		case '@':
		case '/':
		case '\\':
		case '_':
		case '#':
		case '&':
			return true;
		case '.':
		case ':':
			if (at + 1 < end && is_letter(at[1]))
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

unsigned gibberish_permille(struct span text)
{
	struct tally t = {0};

	if (text.len == 0)
		return 0;
	const uint8_t *at = text.at, *end = at + text.len;
	while (at < end) {
		const uint8_t *start = at;

		while (at<end && * at> ' ')
			at++;
		if (!is_code(start, at))
			judge_piece(&t, start, at);
		while (at < end && *at <= ' ')
			at++;
	}
	if (t.letters < GIBBERISH_LETTERS_MIN)
		return 0;
	return (unsigned)(t.improbable * 1000 / t.letters);
}
