#include "measure.h"

#include "emoji.h"
#include "gibberish.h"
#include "repetition.h"
#include "script.h"
#include "token.h"
#include "utf8.h"

const char *const measure_names[MEASURE_KIND_COUNT + 1] = {
	[MEASURE_CAPITALS_PERCENT] = "capitals_percent",
	[MEASURE_LENGTH_CHARS] = "length_chars",
	[MEASURE_LETTERS] = "letters",
	[MEASURE_WORDS] = "words",
	[MEASURE_LINES] = "lines",
	[MEASURE_LONGEST_RUN] = "longest_run",
	[MEASURE_REPETITION_PERCENT] = "repetition_percent",
	[MEASURE_EMOJI_PERCENT] = "emoji_percent",
	[MEASURE_DIGITS_PERCENT] = "digits_percent",
	[MEASURE_MIXED_SCRIPT_WORDS] = "mixed_script_words",
	[MEASURE_GIBBERISH] = "gibberish",
};

/* Code points from..to, ASCII apart: which of them are letters, and which of these are capitals. */
enum capitals { NO_CAPITALS, ALL_CAPITALS, EVEN_CAPITALS, ODD_CAPITALS };

static const struct range {
	uint32_t from, to;
	enum capitals capitals;
} ranges[] = {
	{0x41, 0x5A, ALL_CAPITALS},    {0x61, 0x7A, NO_CAPITALS},
	{0xAA, 0xAA, NO_CAPITALS},     {0xB5, 0xB5, NO_CAPITALS},
	{0xBA, 0xBA, NO_CAPITALS},     {0xC0, 0xD6, ALL_CAPITALS},
	{0xD8, 0xDE, ALL_CAPITALS},    {0xDF, 0xF6, NO_CAPITALS},
	{0xF8, 0xFF, NO_CAPITALS},     {0x100, 0x137, EVEN_CAPITALS},
	{0x138, 0x138, NO_CAPITALS},   {0x139, 0x148, ODD_CAPITALS},
	{0x149, 0x149, NO_CAPITALS},   {0x14A, 0x177, EVEN_CAPITALS},
	{0x178, 0x178, ALL_CAPITALS},  {0x179, 0x17E, ODD_CAPITALS},
	{0x17F, 0x1CC, NO_CAPITALS},   {0x1CD, 0x1DC, ODD_CAPITALS},
	{0x1DD, 0x1DD, NO_CAPITALS},   {0x1DE, 0x1EF, EVEN_CAPITALS},
	{0x1F0, 0x2AF, NO_CAPITALS},   {0x386, 0x38F, ALL_CAPITALS},
	{0x390, 0x390, NO_CAPITALS},   {0x391, 0x3AB, ALL_CAPITALS},
	{0x3AC, 0x3FF, NO_CAPITALS},   {0x400, 0x42F, ALL_CAPITALS},
	{0x430, 0x45F, NO_CAPITALS},   {0x460, 0x481, EVEN_CAPITALS},
	{0x48A, 0x4BF, EVEN_CAPITALS}, {0x4C0, 0x4CF, ODD_CAPITALS},
	{0x4D0, 0x52F, EVEN_CAPITALS}, {0x531, 0x556, ALL_CAPITALS},
	{0x561, 0x587, NO_CAPITALS},   {0x5D0, 0x5EA, NO_CAPITALS},
	{0x620, 0x64A, NO_CAPITALS},   {0x66E, 0x6D3, NO_CAPITALS},
	{0x900, 0x1DBF, NO_CAPITALS},  {0x1E00, 0x1EFF, EVEN_CAPITALS},
	{0x1F00, 0x1FFF, NO_CAPITALS}, {0x3041, 0x3096, NO_CAPITALS},
	{0x30A1, 0x30FA, NO_CAPITALS}, {0x3400, 0x4DBF, NO_CAPITALS},
	{0x4E00, 0x9FFF, NO_CAPITALS}, {0xA000, 0xA48C, NO_CAPITALS},
	{0xAC00, 0xD7A3, NO_CAPITALS}, {0xFF21, 0xFF3A, ALL_CAPITALS},
	{0xFF41, 0xFF5A, NO_CAPITALS}, {0x20000, 0x3FFFF, NO_CAPITALS},
};

static void count(struct measure *m, uint32_t point)
{
	size_t low = 0, high = ARRAY_LEN(ranges);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ranges[middle].to < point)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == ARRAY_LEN(ranges) || point < ranges[low].from)
		return;
	enum capitals c = ranges[low].capitals;
	m->letters++;
	m->capitals += c == ALL_CAPITALS || (c == EVEN_CAPITALS && point % 2 == 0) ||
		       (c == ODD_CAPITALS && point % 2 == 1);
}

#define BLOCK 32

/* Adds what ASCII says; true where there is more than ASCII. */
static bool count_ascii(struct measure *m, const uint8_t *at, size_t len)
{
	uint8_t chars = 0, letters = 0, capitals = 0, high = 0;

	for (size_t i = 0; i < len; i++) {
		chars += (at[i] & 0xC0) != 0x80;
		letters += (uint8_t)((at[i] | 0x20) - 'a') < 26;
		capitals += (uint8_t)(at[i] - 'A') < 26;
		high |= at[i];
	}
	m->chars += chars;
	m->letters += letters;
	m->capitals += capitals;
	return high & 0x80;
}

/* ASCII first, in blocks of a fixed length, which compilers turn into vectors: a rule that
 * measures is asked about every review. */
struct measure measure_text(struct span text)
{
	struct measure m = {.text = text};
	bool more = false;

	if (text.len == 0)
		return m; /* at may be NULL, to which nothing can be added */
	const uint8_t *at = text.at, *end = text.at + text.len;
	for (; end - at >= BLOCK; at += BLOCK)
		more |= count_ascii(&m, at, BLOCK);
	more |= count_ascii(&m, at, (size_t)(end - at));
	for (at = more ? text.at : end; at < end;) {
		if (*at < 0x80)
			at++;
		else
			count(&m, utf8_next(&at, end));
	}
	return m;
}

bool measure_is_length(enum measure_kind kind)
{
	return kind == MEASURE_LENGTH_CHARS || kind == MEASURE_LETTERS ||
	       kind == MEASURE_WORDS || kind == MEASURE_LINES;
}

uint32_t measure_capitals_percent(const struct measure *m)
{
	return m->letters ? (uint32_t)((uint64_t)m->capitals * 100 / m->letters) : 0;
}

/* --- what is counted on demand ------------------------------------------------------- */

static uint32_t percent(uint64_t part, uint64_t whole)
{
	return whole ? (uint32_t)(part * 100 / whole) : 0;
}

static void know(struct measure *m, enum measure_kind kind, uint32_t value)
{
	m->value[kind] = value;
	m->known |= 1u << kind;
}

static bool is_line_end(uint32_t point)
{
	return point == '\n' || point == '\r' || point == 0x2028 || point == 0x2029;
}

static bool is_digit(uint32_t point)
{
	return point - '0' < 10 || point - 0xFF10 < 10;
}

/* What one pass over the characters says. */
static void count_visible(struct measure *m)
{
	const uint8_t *at = m->text.at, *end = m->text.len ? at + m->text.len : at;
	uint32_t visible = 0, emoji = 0, digits = 0, lines = 0, run = 0, longest = 0;
	uint32_t before = 0;
	bool blank = true; /* the line, as yet */

	while (at < end) {
		bool hidden = utf8_is_blank(at, (size_t)(end - at));
		uint32_t point = utf8_next(&at, end), small = script_small(point);

		if (emoji_is_part(point))
			continue;
		if (hidden) {
			blank |= is_line_end(point);
			before = 0;
			continue;
		}
		visible++;
		emoji += emoji_is(point);
		digits += is_digit(point);
		lines += blank;
		blank = false;
		run = small == before ? run + 1 : 1;
		longest = MAX(longest, run);
		before = small;
	}
	know(m, MEASURE_LINES, lines);
	know(m, MEASURE_LONGEST_RUN, longest);
	know(m, MEASURE_EMOJI_PERCENT, percent(emoji, visible));
	know(m, MEASURE_DIGITS_PERCENT, percent(digits, visible));
}

static bool is_mixed(const struct token *t)
{
	unsigned others = 1u << SCRIPT_CYRILLIC | (t->unit ? 0 : 1u << SCRIPT_GREEK);

	return t->scripts & 1u << SCRIPT_LATIN && t->scripts & others;
}

static void count_words(struct measure *m)
{
	uint32_t words = 0, mixed = 0;
	struct token t;

	for (struct span rest = m->text; token_next(&t, &rest);) {
		words++;
		mixed += is_mixed(&t);
	}
	know(m, MEASURE_WORDS, words);
	know(m, MEASURE_MIXED_SCRIPT_WORDS, mixed);
}

static void look(struct measure *m, enum measure_kind kind)
{
	switch (kind) {
	case MEASURE_CAPITALS_PERCENT:
		know(m, kind, measure_capitals_percent(m));
		break;
	case MEASURE_LENGTH_CHARS:
		know(m, kind, m->chars);
		break;
	case MEASURE_LETTERS:
		know(m, kind, m->letters);
		break;
	case MEASURE_WORDS:
	case MEASURE_MIXED_SCRIPT_WORDS:
		count_words(m);
		break;
	case MEASURE_LINES:
	case MEASURE_LONGEST_RUN:
	case MEASURE_EMOJI_PERCENT:
	case MEASURE_DIGITS_PERCENT:
		count_visible(m);
		break;
	case MEASURE_REPETITION_PERCENT:
		know(m, kind, repetition_percent(m->text));
		break;
	case MEASURE_GIBBERISH:
		know(m, kind, gibberish_permille(m->text));
		break;
	case MEASURE_KIND_COUNT:
		break;
	}
}

int64_t measure_of(struct measure *m, enum measure_kind kind)
{
	assert(kind < MEASURE_KIND_COUNT);
	if (!(m->known & 1u << kind))
		look(m, kind);
	return m->value[kind];
}
