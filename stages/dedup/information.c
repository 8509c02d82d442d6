#include "information.h"
#include "information_own.h"
#include "information_table.inc"

/* In tenths of a bit. An unknown word costs by its letters where the text is of the language,
 * so that a name or a rare word tells much and a row of letters not without end; in languages
 * with short lists, which lack common words too, less; and where the text is of none, a third.
 * Characters of scripts that put no space between words count one by one. */
enum {
	UNKNOWN_BASE = 110,
	UNKNOWN_LETTER = 12,
	UNKNOWN_MAX = 200,
	SHORT_LIST_PERCENT = 65,
	STRANGE_PERCENT = 33,
	DIGITS_BASE = 40,
	DIGIT = 30,
	DIGITS_MAX = 160,
	IDEOGRAPH = 75,
};

/* Stock phrases are made of stock words, so one more of them makes a text longer rather than
 * rarer: what words of at most STOCK say beyond STOCK_FULL counts half. */
enum {
	STOCK = 80,
	STOCK_FULL = 250,
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
			    IDEOGRAPH * ideographs;
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
	uint32_t tag = information_tag(hash) & INFORMATION_PAIR_TAG;
	size_t slot = hash % INFORMATION_PAIR_SLOTS;

	for (; (pair_table[slot] & INFORMATION_PAIR_TAG) != tag;
	     slot = (slot + 1) % INFORMATION_PAIR_SLOTS)
		if (pair_table[slot] == 0)
			return UINT32_MAX;
	return pair_table[slot] & ~INFORMATION_PAIR_TAG;
}

/* What a text tells as one of a language, or of none. */
struct sum {
	uint32_t stock, rare; /* tenths of a bit */
	uint32_t known;	      /* words that the list has, numbers left out */
};

struct tally {
	struct sum of[INFORMATION_LANGUAGE_COUNT], strange;
	uint32_t words; /* numbers left out */
};

static void add_cost(struct sum *s, uint32_t cost)
{
	if (cost <= STOCK)
		s->stock += cost;
	else
		s->rare += cost;
}

static uint32_t total(const struct sum *s)
{
	uint32_t full = MIN(s->stock, STOCK_FULL);

	return s->rare + full + (s->stock - full) / 2;
}

static uint32_t percent_of(uint32_t cost, uint32_t percent)
{
	return cost * percent / 100;
}

static void add_word(struct tally *t, const struct word *w, uint32_t pair)
{
	const struct information_word *found = find_word(w->hash);

	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++) {
		bool long_list = i == INFORMATION_en || i == INFORMATION_fr;
		uint32_t cost = w->unknown;

		if (found && found->cost[i] != INFORMATION_UNKNOWN) {
			cost = found->cost[i];
			t->of[i].known++;
		} else if (!long_list && !w->number) {
			cost = percent_of(cost, SHORT_LIST_PERCENT);
		}
		add_cost(&t->of[i], MIN(cost, pair));
	}
	add_cost(&t->strange,
		 MIN(w->number ? w->unknown : percent_of(w->unknown, STRANGE_PERCENT),
		     pair));
	t->words += !w->number;
}

static bool is_familiar(const struct tally *t, size_t language)
{
	return t->of[language].known * 2 >= t->words;
}

/* Of the languages that the text may be of, the one in which it costs least; where there is
 * none, at least not more than the sum for such texts. */
static uint32_t value(const struct tally *t)
{
	uint32_t least = UINT32_MAX, any = total(&t->strange);

	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++) {
		uint32_t sum = total(&t->of[i]);

		if (is_familiar(t, i))
			least = MIN(least, sum);
		any = MIN(any, sum);
	}
	return least != UINT32_MAX ? least : any;
}

/* Where a text turns out to be of no known language behind a beginning that was of one, the
 * beginning counts. */
struct information information_of(struct span key_text)
{
	const uint8_t *at = key_text.at, *end = at + key_text.len;
	struct tally tally = {{{0}}, {0}, 0};
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
