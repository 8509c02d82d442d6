#include "language.h"

#include "language_own.h"
#include "script.h"
#include "utf8.h"

/* Languages in Latin letters, in the order of language.def: bits of a set. */
enum latin {
#define LANGUAGE(code, words, endings) latin_##code,
#include "language.def"
#undef LANGUAGE
	LATIN_COUNT
};

const char *const language_codes[] = {
#define LANGUAGE(code, words, endings) #code,
#include "language.def"
#undef LANGUAGE
	"el", "ru", "uk", "bg", "ar", "he", "th", "zh", "ja", "ko", NULL};

struct slot {
	uint64_t key; /* 0: empty */
	uint16_t set;
};

#include "language_table.inc"

/* What a sign is worth, before it is divided among the languages that have it. A character
 * says less than a word: names are spelt with it in any language. */
#define WORD_POINTS	 60
#define CHARACTER_POINTS 24
#define ENDING_POINTS	 18
#define LEAD_MIN	 19 /* points before the second language; less is unknown */

#define IN(code) (1u << latin_##code)

/* Characters of few languages, in small letters, ascending. */
static const struct character {
	uint16_t point;
	uint16_t set;
} characters[] = {
	{0xA1, IN(es)},			  /* ¡ */
	{0xBF, IN(es)},			  /* ¿ */
	{0xDF, IN(de)},			  /* ß */
	{0xE0, IN(fr) | IN(it) | IN(pt)}, /* à */
	{0xE1, IN(es) | IN(pt)},	  /* á */
	{0xE2, IN(fr) | IN(pt)},	  /* â */
	{0xE3, IN(pt)},			  /* ã */
	{0xE4, IN(de) | IN(sv)},	  /* ä */
	{0xE5, IN(sv) | IN(da)},	  /* å */
	{0xE6, IN(da)},			  /* æ */
	{0xE7, IN(fr) | IN(pt)},	  /* ç */
	{0xE8, IN(fr) | IN(it)},	  /* è */
	{0xE9, IN(fr) | IN(es) | IN(pt)}, /* é */
	{0xEA, IN(fr) | IN(pt)},	  /* ê */
	{0xEB, IN(nl) | IN(fr)},	  /* ë */
	{0xEC, IN(it)},			  /* ì */
	{0xED, IN(es) | IN(pt)},	  /* í */
	{0xEE, IN(fr)},			  /* î */
	{0xEF, IN(fr) | IN(nl)},	  /* ï */
	{0xF1, IN(es)},			  /* ñ */
	{0xF2, IN(it)},			  /* ò */
	{0xF3, IN(es) | IN(pt) | IN(pl)}, /* ó */
	{0xF4, IN(fr) | IN(pt)},	  /* ô */
	{0xF5, IN(pt)},			  /* õ */
	{0xF6, IN(de) | IN(sv)},	  /* ö */
	{0xF8, IN(da)},			  /* ø */
	{0xF9, IN(fr) | IN(it)},	  /* ù */
	{0xFA, IN(es) | IN(pt)},	  /* ú */
	{0xFB, IN(fr)},			  /* û */
	{0xFC, IN(de)},			  /* ü */
	{0x105, IN(pl)},		  /* ą */
	{0x107, IN(pl)},		  /* ć */
	{0x119, IN(pl)},		  /* ę */
	{0x142, IN(pl)},		  /* ł */
	{0x144, IN(pl)},		  /* ń */
	{0x153, IN(fr)},		  /* œ */
	{0x15B, IN(pl)},		  /* ś */
	{0x17A, IN(pl)},		  /* ź */
	{0x17C, IN(pl)},		  /* ż */
};

struct reading {
	uint64_t key; /* of the word that is being read */
	unsigned letters;
	uint32_t points[LATIN_COUNT];
	uint32_t scripts[SCRIPT_OTHER + 1]; /* letters of each */
	bool russian, ukrainian, bulgarian; /* Cyrillic letters of these were seen */
	bool other_cyrillic, other_arabic;
	bool kana;
};

static void give(struct reading *r, unsigned set, uint32_t points)
{
	uint32_t share = points / (uint32_t)__builtin_popcount(set);

	for (; set; set &= set - 1)
		r->points[__builtin_ctz(set)] += share;
}

/* The languages that have it; none where the table has it not. */
static unsigned look_up(uint64_t key)
{
	size_t slot = language_slot(key);

	while (table[slot].key != key && table[slot].key != 0)
		slot = (slot + 1) % LANGUAGE_SLOTS;
	return table[slot].set;
}

static void end_word(struct reading *r)
{
	unsigned set = r->letters <= LANGUAGE_WORD_LETTERS ? look_up(r->key) : 0;

	if (set) {
		give(r, set, WORD_POINTS);
	} else if (r->letters > LANGUAGE_ENDING_LETTERS) {
		set = look_up((r->key & LANGUAGE_ENDING_MASK) | LANGUAGE_ENDING);
		if (set)
			give(r, set, ENDING_POINTS);
	}
	r->scripts[SCRIPT_LATIN] += r->letters;
	r->key = 0;
	r->letters = 0;
}

static void read_character(struct reading *r, uint32_t point)
{
	size_t low = 0, high = ARRAY_LEN(characters);
	uint32_t small = script_small(point);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (characters[middle].point < small)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < ARRAY_LEN(characters) && characters[low].point == small)
		give(r, characters[low].set, CHARACTER_POINTS);
}

static void read_cyrillic(struct reading *r, uint32_t small)
{
	switch (small) {
	case 0x44A: /* ъ */
		r->bulgarian = true;
		break;
	case 0x44B: /* ы */
	case 0x44D: /* э */
	case 0x451: /* ё */
		r->russian = true;
		break;
	case 0x454: /* є */
	case 0x456: /* і */
	case 0x457: /* ї */
	case 0x490: /* Ґ */
	case 0x491: /* ґ */
		r->ukrainian = true;
		break;
	default:
		r->other_cyrillic |= small > 0x451;
	}
}

static void read_other(struct reading *r, uint32_t point)
{
	char letters[2];
	unsigned count = script_plain(point, letters);
	enum script script = script_of(point);

	read_character(r, point);
	if (script_is_mark(point))
		return;
	if (script == SCRIPT_LATIN) {
		for (unsigned i = 0; i < count; i++)
			r->key = language_key(r->key, letters[i]);
		r->letters += count;
		return;
	}
	if (r->letters)
		end_word(r);
	r->scripts[script]++;
	if (script == SCRIPT_CYRILLIC)
		read_cyrillic(r, script_small(point));
	/* Letters that Persian, Urdu and others have beside the Arabic ones. */
	r->other_arabic |= script == SCRIPT_ARABIC && point > 0x64A && point < 0xFB50;
}

static void read_text(struct reading *r, struct span text)
{
	const uint8_t *at = text.at;
	const uint8_t *end = at + MIN(text.len, LANGUAGE_BYTES_MAX);

	while (at < end) {
		uint8_t small = *at | 0x20;

		if (*at >= 0x80) {
			read_other(r, utf8_next(&at, end));
			continue;
		}
		if ((uint8_t)(small - 'a') < 26) {
			r->key = language_key(r->key, (char)small);
			r->letters++;
		} else if (r->letters) {
			end_word(r);
		}
		at++;
	}
	if (r->letters)
		end_word(r);
}

static const struct language unknown;

static struct language answer(const char *code, uint32_t sure)
{
	return (struct language){{code[0], code[1], 0}, (uint16_t)sure};
}

static struct language latin_answer(const struct reading *r)
{
	uint32_t best = 0, second = 0;
	size_t which = 0;

	for (size_t i = 0; i < LATIN_COUNT; i++) {
		if (r->points[i] > best) {
			second = best;
			best = r->points[i];
			which = i;
		} else if (r->points[i] > second) {
			second = r->points[i];
		}
	}
	if (best - second < LEAD_MIN)
		return unknown;
	/* One word more for nobody: a text of one word can't be sure. */
	return answer(language_codes[which],
		      (best - second) * 1000 / (best + WORD_POINTS));
}

static struct language cyrillic_answer(const struct reading *r)
{
	if (r->other_cyrillic || (r->ukrainian && r->russian))
		return unknown;
	return r->ukrainian   ? answer("uk", 800)
	       : r->russian   ? answer("ru", 800)
	       : r->bulgarian ? answer("bg", 500)
			      : unknown;
}

/* The script that most of its letters are in; kana count as Han. */
static enum script read_scripts(struct reading *r, struct span text)
{
	enum script most = SCRIPT_LATIN;

	*r = (struct reading){0};
	if (text.len > 0)
		read_text(r, text);
	r->scripts[SCRIPT_NONE] = 0;
	r->kana = r->scripts[SCRIPT_KANA] > 0;
	r->scripts[SCRIPT_HAN] += r->scripts[SCRIPT_KANA];
	r->scripts[SCRIPT_KANA] = 0;
	for (size_t i = 0; i < ARRAY_LEN(r->scripts); i++)
		if (r->scripts[i] > r->scripts[most])
			most = (enum script)i;
	return most;
}

static struct language answer_of(const struct reading *r, enum script most)
{
	switch (most) {
	case SCRIPT_LATIN:
		return latin_answer(r);
	case SCRIPT_CYRILLIC:
		return cyrillic_answer(r);
	case SCRIPT_GREEK:
		return answer("el", 1000);
	case SCRIPT_HEBREW:
		return answer("he", 1000);
	case SCRIPT_THAI:
		return answer("th", 1000);
	case SCRIPT_HANGUL:
		return answer("ko", 1000);
	case SCRIPT_HAN:
		return r->kana ? answer("ja", 1000) : answer("zh", 800);
	case SCRIPT_ARABIC:
		return r->other_arabic ? unknown : answer("ar", 800);
	case SCRIPT_NONE:
	case SCRIPT_KANA:
	case SCRIPT_OTHER:
		break;
	}
	return unknown;
}

struct language language_of(struct span text)
{
	struct reading r;
	enum script most = read_scripts(&r, text);

	return answer_of(&r, most);
}

static bool is_among(struct language language, uint64_t languages)
{
	for (size_t i = 0; language_codes[i]; i++)
		if (strcmp(language.code, language_codes[i]) == 0)
			return languages >> i & 1;
	return true; /* unknown: it can be any */
}

bool language_is_other(struct span text, uint64_t languages, bool declared)
{
	struct reading r;
	enum script most = read_scripts(&r, text);
	uint32_t wanted = 0, best = 0;

	if (most != SCRIPT_LATIN)
		return !is_among(answer_of(&r, most), languages);
	for (size_t i = 0; i < LATIN_COUNT; i++) {
		best = MAX(best, r.points[i]);
		if (languages >> i & 1)
			wanted = MAX(wanted, r.points[i]);
	}
	wanted += declared ? WORD_POINTS : 0;
	return best >= wanted + LEAD_MIN;
}

bool language_is_common(struct span word)
{
	uint64_t key = 0;

	if (word.len == 0 || word.len > LANGUAGE_WORD_LETTERS)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] < 'a' || word.at[i] > 'z')
			return false;
		key = language_key(key, (char)word.at[i]);
	}
	return look_up(key) != 0;
}
