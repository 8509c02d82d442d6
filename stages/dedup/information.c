#include "information.h"
#include "information_own.h"
#include "information_table.inc"

/* What an unknown word may cost, in tenths of a bit: by its letters where the text is of the
 * language, so that a name or a rare word tells much and a row of letters not without end;
 * a third of it where the text is of a language without a list, whose commonest words are
 * unknown too. Characters of scripts that put no space between words count one by one. */
enum {
	UNKNOWN_BASE = 110,
	UNKNOWN_LETTER = 12,
	UNKNOWN_MAX = 200,
	STRANGE_DIVISOR = 3,
	DIGIT = 30,
	DIGITS_BASE = 40,
	DIGITS_MAX = 160,
	IDEOGRAPH = 25,
};

struct word {
	uint64_t hash;
	uint32_t unknown; /* cost where no list has it */
	bool number;
};

/* Reads the word at *at and moves it behind the word and the space. */
static struct word read_word(const uint8_t **at, const uint8_t *end)
{
	uint64_t hash = INFORMATION_HASH_INIT;
	uint32_t letters = 0, digits = 0, ideographs = 0;
	const uint8_t *p = *at;

	for (; p < end && *p != ' '; p++) {
		hash = information_hash(hash, *p);
		digits += *p >= '0' && *p <= '9';
		letters += (*p & 0xC0) != 0x80;
		ideographs += *p >= 0xE3 && *p < 0xF0; /* from U+3000 on */
	}
	*at = p + (p < end);
	struct word w = {.hash = information_stir(hash), .number = digits == letters};
	if (w.number)
		w.unknown = MIN(DIGITS_BASE + DIGIT * digits, DIGITS_MAX);
	else
		w.unknown = MIN(UNKNOWN_BASE + UNKNOWN_LETTER * letters, UNKNOWN_MAX) +
			    IDEOGRAPH * STRANGE_DIVISOR * ideographs;
	return w;
}

static const struct information_word *find_word(uint64_t hash)
{
	uint32_t tag = information_tag(hash);
	size_t slot = hash % INFORMATION_WORD_SLOTS;

	for (; word_table[slot].tag != tag; slot = (slot + 1) % INFORMATION_WORD_SLOTS)
		if (word_table[slot].tag == 0)
			return NULL;
	return &word_table[slot];
}

/* Of the second behind the first; UINT32_MAX: the pair is nothing special. */
static uint32_t find_pair(uint64_t first, uint64_t second)
{
	uint64_t hash = information_pair_hash(first, second);
	uint32_t tag = information_tag(hash);
	size_t slot = hash % INFORMATION_PAIR_SLOTS;

	for (; pair_table[slot].tag != tag; slot = (slot + 1) % INFORMATION_PAIR_SLOTS)
		if (pair_table[slot].tag == 0)
			return UINT32_MAX;
	return pair_table[slot].cost;
}

struct tally {
	uint32_t cost[INFORMATION_LANGUAGE_COUNT];
	uint32_t known[INFORMATION_LANGUAGE_COUNT];
	uint32_t strange; /* cost if no list counts */
	uint32_t words;	  /* numbers left out */
};

static void add_word(struct tally *t, const struct word *w, uint32_t pair)
{
	const struct information_word *found = find_word(w->hash);

	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++) {
		bool known = found && found->cost[i] != INFORMATION_UNKNOWN;
		uint32_t cost = known ? found->cost[i] : w->unknown;

		t->cost[i] += MIN(cost, pair);
		t->known[i] += known && !w->number;
	}
	t->strange += w->number ? w->unknown : MIN(w->unknown / STRANGE_DIVISOR, pair);
	t->words += !w->number;
}

static bool is_familiar(const struct tally *t, size_t language)
{
	return t->known[language] * 2 >= t->words;
}

/* Of the languages that the text may be of, the one in which it costs least; where there is
 * none, at least not more than the sum for such texts. */
static uint32_t value(const struct tally *t)
{
	uint32_t least = UINT32_MAX, any = t->strange;

	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++) {
		if (is_familiar(t, i))
			least = MIN(least, t->cost[i]);
		any = MIN(any, t->cost[i]);
	}
	return least != UINT32_MAX ? least : any;
}

/* Where a text turns out to be of no known language behind a beginning that was of one, the
 * beginning counts. */
struct information information_of(struct span key_text)
{
	const uint8_t *at = key_text.at, *end = at + key_text.len;
	struct tally tally = {{0}, {0}, 0, 0};
	struct information ret = {0, false};
	uint64_t before = 0;

	while (at < end && ret.tenths < INFORMATION_MAX) {
		struct word w = read_word(&at, end);

		add_word(&tally, &w, before ? find_pair(before, w.hash) : UINT32_MAX);
		before = w.hash;
		ret.tenths = MAX(ret.tenths, MIN(value(&tally), INFORMATION_MAX));
	}
	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++)
		ret.familiar |= tally.words > 0 && is_familiar(&tally, i);
	return ret;
}
