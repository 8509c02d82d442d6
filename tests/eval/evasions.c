/* The look-alikes are Unicode's (confusables.txt), a part of them, chosen without looking at
 * what the fold makes of them. */
#include "edits.h"

#define PERCENT(kind) edit_kinds[kind].percent

static const struct {
	char letter;
	const char *looks;
} homoglyphs[] = {
	{'a', "аα"}, {'c', "сϲ"}, {'e', "е"},  {'h', "һ"},  {'i', "іι"}, {'j', "јϳ"},
	{'k', "к"},  {'n', "ո"},  {'o', "оο"}, {'p', "рρ"}, {'s', "ѕ"},	 {'u', "υս"},
	{'v', "νѵ"}, {'w', "ԝ"},  {'x', "х"},  {'y', "уү"}, {'d', "ԁ"},	 {'q', "ԛ"},
	{'A', "АΑ"}, {'B', "ВΒ"}, {'C', "СϹ"}, {'E', "ЕΕ"}, {'H', "НΗ"}, {'I', "ІΙ"},
	{'J', "Ј"},  {'K', "КΚ"}, {'M', "МΜ"}, {'N', "Ν"},  {'O', "ОΟ"}, {'P', "РΡ"},
	{'S', "Ѕ"},  {'T', "ТΤ"}, {'X', "ХΧ"}, {'Y', "ҮΥ"}, {'Z', "Ζ"},
};

/* A letter, the same without its accent, and the accent. */
static const struct accented {
	uint32_t letter, bare, mark;
} accented[] = {
	{0xE0, 'a', 0x300}, {0xE2, 'a', 0x302}, {0xE4, 'a', 0x308}, {0xE1, 'a', 0x301},
	{0xE9, 'e', 0x301}, {0xE8, 'e', 0x300}, {0xEA, 'e', 0x302}, {0xEB, 'e', 0x308},
	{0xEE, 'i', 0x302}, {0xEF, 'i', 0x308}, {0xED, 'i', 0x301}, {0xF4, 'o', 0x302},
	{0xF6, 'o', 0x308}, {0xF3, 'o', 0x301}, {0xF9, 'u', 0x300}, {0xFB, 'u', 0x302},
	{0xFC, 'u', 0x308}, {0xFA, 'u', 0x301}, {0xE7, 'c', 0x327}, {0xF1, 'n', 0x303},
};

static const char *const emojis[] = {
	"😀", "😂", "👍", "👍🏽",    "❤️", "🔥",  "⭐", "⭐⭐⭐⭐⭐",
	"🎉", "😡", "👎", "👩‍👧", "✅",	"🇫🇷", "🙏",
};

const char *edit_emoji(struct chance *c)
{
	return emojis[chance_below(c, ARRAY_LEN(emojis))];
}

/* NULL: no accent. */
static const struct accented *accent_of(uint32_t code, bool *ret_upper)
{
	uint32_t lower = wide_lower(code);

	*ret_upper = lower != code;
	for (size_t i = 0; i < ARRAY_LEN(accented); i++)
		if (accented[i].letter == lower)
			return &accented[i];
	return NULL;
}

static bool is_plain(uint32_t code)
{
	return code < 0x80 && wide_is_letter(code);
}

static bool is_word(uint32_t code)
{
	return code >= 0x80 || wide_is_letter(code) || (code >= '0' && code <= '9');
}

/* One letter written so that it looks the same, or nearly. */
static void add_homoglyph(struct wide *out, uint32_t code, struct chance *c)
{
	struct wide looks = {0};

	for (size_t i = 0; i < ARRAY_LEN(homoglyphs); i++)
		if ((uint32_t)homoglyphs[i].letter == code)
			wide_add_text(&looks, homoglyphs[i].looks);
	if (looks.len == 0 || !chance_percent(c, PERCENT(EDIT_HOMOGLYPHS)))
		wide_add(out, code);
	else
		wide_add(out, looks.at[chance_below(c, looks.len)]);
	wide_release(&looks);
}

static void add_zero_width(struct wide *out, uint32_t code, struct chance *c)
{
	static const uint32_t none[] = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD};

	wide_add(out, code);
	if (chance_percent(c, PERCENT(EDIT_ZERO_WIDTH)))
		wide_add(out, none[chance_below(c, ARRAY_LEN(none))]);
}

static void add_bare(struct wide *out, uint32_t code, bool apart)
{
	bool upper;
	const struct accented *a = accent_of(code, &upper);

	if (!a) {
		wide_add(out, code);
		return;
	}
	wide_add(out, upper ? wide_upper(a->bare) : a->bare);
	if (apart)
		wide_add(out, a->mark);
}

static void add_accent(struct wide *out, uint32_t code, struct chance *c)
{
	static const uint32_t marks[] = {0x300, 0x301, 0x302, 0x303, 0x308, 0x323, 0x336};
	const struct accented *a = &accented[chance_below(c, ARRAY_LEN(accented))];

	if (!is_plain(code) || !chance_percent(c, PERCENT(EDIT_ACCENTS))) {
		wide_add(out, code);
	} else if (a->bare == wide_lower(code)) {
		wide_add(out,
			 code == wide_lower(code) ? a->letter : wide_upper(a->letter));
	} else {
		wide_add(out, code);
		wide_add(out, marks[chance_below(c, ARRAY_LEN(marks))]);
	}
}

/* Alphabets without holes: bold, sans-serif bold, monospace. */
static void add_maths(struct wide *out, uint32_t code, size_t alphabet)
{
	static const uint32_t upper[] = {0x1D400, 0x1D5D4, 0x1D670},
			      digit[] = {0x1D7CE, 0x1D7EC, 0x1D7F6};

	if (code >= 'A' && code <= 'Z')
		wide_add(out, upper[alphabet] + code - 'A');
	else if (code >= 'a' && code <= 'z')
		wide_add(out, upper[alphabet] + 26 + code - 'a');
	else if (code >= '0' && code <= '9')
		wide_add(out, digit[alphabet] + code - '0');
	else
		wide_add(out, code);
}

static void add_leet(struct wide *out, uint32_t code, struct chance *c)
{
	static const char letters[] = "aeiost", *const with[] = {"4@", "3",  "1!",
								 "0",  "5$", "7"};
	const char *at =
		code < 0x80 && code ? strchr(letters, (int)wide_lower(code)) : NULL;

	if (!at || !chance_percent(c, PERCENT(EDIT_LEET))) {
		wide_add(out, code);
		return;
	}
	const char *choice = with[at - letters];
	wide_add(out, (uint32_t)choice[chance_below(c, strlen(choice))]);
}

static void add_blank(struct wide *out, struct chance *c)
{
	static const char *const blanks[] = {"  ",     "\u00a0", "\t", "\u2009",
					     "\u3000", " \n ",	 "   "};

	wide_add_text(out, chance_percent(c, PERCENT(EDIT_BLANKS))
				   ? blanks[chance_below(c, ARRAY_LEN(blanks))]
				   : " ");
}

static void recase(struct wide *out, const struct wide *in, struct chance *c)
{
	size_t way = chance_below(c, 4);

	for (size_t i = 0; i < in->len; i++) {
		bool upper = way == 0 || (way == 1 && i % 2) ||
			     (way == 2 && (i == 0 || in->at[i - 1] == ' '));
		wide_add(out, upper ? wide_upper(in->at[i]) : wide_lower(in->at[i]));
	}
}

/* Signs at the ends of words become others, come, and go; those within words stay, for
 * without them a word would be another one. */
static void repunctuate(struct wide *out, const struct wide *in, struct chance *c)
{
	static const char *const signs[] = {"", ",", ".", "!", "!!!", "...", ";", " -"};

	for (size_t i = 0; i < in->len; i++) {
		bool end = i + 1 == in->len || wide_is_blank(in->at[i + 1]);
		bool sign = in->at[i] < 0x80 && !is_word(in->at[i]) &&
			    !wide_is_blank(in->at[i]);
		if (!end || !sign || chance_percent(c, 50))
			wide_add(out, in->at[i]);
		if (end && (sign || chance_percent(c, PERCENT(EDIT_PUNCTUATION))))
			wide_add_text(out, signs[chance_below(c, ARRAY_LEN(signs))]);
	}
}

/* Between words, with or without a blank. */
static void strew_emoji(struct wide *out, const struct wide *in, struct chance *c)
{
	for (size_t i = 0; i < in->len; i++) {
		if (wide_is_blank(in->at[i]) && chance_percent(c, PERCENT(EDIT_EMOJI))) {
			if (chance_percent(c, 50))
				wide_add(out, ' ');
			wide_add_text(out, edit_emoji(c));
		}
		wide_add(out, in->at[i]);
	}
	wide_add(out, ' ');
	wide_add_text(out, edit_emoji(c));
}

/* The letters of a word apart, of each or of some. */
static void space(struct wide *out, const struct wide *in, enum edit kind,
		  struct chance *c)
{
	bool apart = kind != EDIT_SPACED_SOME || chance_percent(c, PERCENT(kind));

	for (size_t i = 0; i < in->len; i++) {
		if (wide_is_blank(in->at[i])) {
			wide_add_text(out, kind == EDIT_SPACED_GAPS ? "   " : " ");
			apart = kind != EDIT_SPACED_SOME ||
				chance_percent(c, PERCENT(kind));
			continue;
		}
		wide_add(out, in->at[i]);
		if (apart && i + 1 < in->len && !wide_is_blank(in->at[i + 1]))
			wide_add(out, ' ');
	}
}

static void evade_letter(struct wide *out, enum edit kind, uint32_t code, size_t alphabet,
			 struct chance *c)
{
	if (kind == EDIT_HOMOGLYPHS)
		add_homoglyph(out, code, c);
	else if (kind == EDIT_ZERO_WIDTH)
		add_zero_width(out, code, c);
	else if (kind == EDIT_NO_ACCENTS || kind == EDIT_NFD)
		add_bare(out, code, kind == EDIT_NFD);
	else if (kind == EDIT_ACCENTS)
		add_accent(out, code, c);
	else if (kind == EDIT_FULLWIDTH)
		wide_add(out, code > ' ' && code < 0x7F ? 0xFF00 + code - ' ' : code);
	else if (kind == EDIT_MATHS)
		add_maths(out, code, alphabet);
	else if (kind == EDIT_LEET)
		add_leet(out, code, c);
	else if (kind == EDIT_BLANKS && wide_is_blank(code))
		add_blank(out, c);
	else
		wide_add(out, code);
}

void edit_evade(struct wide *out, enum edit kind, const struct wide *in, struct chance *c)
{
	size_t alphabet = chance_below(c, 3);

	if (kind == EDIT_CASE)
		recase(out, in, c);
	else if (kind == EDIT_PUNCTUATION)
		repunctuate(out, in, c);
	else if (kind == EDIT_EMOJI)
		strew_emoji(out, in, c);
	else if (kind == EDIT_SPACED_SOME || kind == EDIT_SPACED_GAPS ||
		 kind == EDIT_SPACED_EVEN)
		space(out, in, kind, c);
	else
		for (size_t i = 0; i < in->len; i++)
			evade_letter(out, kind, in->at[i], alphabet, c);
}
