#include "information.h"
#include "information_own.h"
#include "information_table.inc"

/* In tenths of a bit. No word costs more than WORD_MAX: that one is rare does not make a
 * phrase one person's. So much costs what the list of the text's language does not have, but
 * less where that list is short and lacks common words; and less still where the text is of
 * no language with a list. Characters of scripts that put no space between words count one
 * by one. */
enum {
	WORD_MAX = 110,
	UNKNOWN_SHORT_LIST = 90,
	UNKNOWN_STRANGE = 55,
	/* Nobody has words so long: words that stand together, or letters that stood apart. Such
	 * a text is not familiar, and counts half in the end. */
	JOINED_FROM = 20, /* bytes */
	JOINED = 20,	  /* each byte more */
	DIGITS_BASE = 40,
	DIGIT = 30,
	IDEOGRAPH = 25,
};

/* Stock phrases are made of stock words, so one more of them makes a text longer rather than
 * rarer: what words of at most STOCK say beyond STOCK_FULL counts half. */
enum {
	STOCK = 80,
	STOCK_FULL = 250,
};

enum { ASK = 100, ASK_SHORT_LIST = 150, ASK_STRANGE = 200 }; /* per cent */

struct word {
	uint64_t hash;
	uint32_t ideographs;
	uint32_t joined; /* bytes more than a word has */
	uint32_t digits; /* 0: the word has something else as well */
};

/* Reads the word at *at and moves it behind the word and the space. */
static struct word read_word(const uint8_t **at, const uint8_t *end)
{
	uint64_t hash = INFORMATION_HASH_INIT;
	uint32_t digits = 0, ideographs = 0;
	const uint8_t *start = *at, *p = start;

	for (; p < end && *p != ' '; p++) {
		hash = information_hash(hash, *p);
		digits += *p >= '0' && *p <= '9';
		ideographs += *p >= 0xE3 && *p < 0xF0; /* from U+3000 on */
	}
	*at = p + (p < end);
	return (struct word){
		.hash = information_stir(hash),
		.ideographs = ideographs,
		.joined = p - start > JOINED_FROM && ideographs == 0 &&
					  (size_t)(p - start) != digits
				  ? (uint32_t)(p - start) - JOINED_FROM
				  : 0,
		.digits = (size_t)(p - start) == digits ? digits : 0,
	};
}

/* What the word costs where no list says it. */
static uint32_t unknown_cost(const struct word *w, uint32_t unknown)
{
	if (w->digits)
		return MIN(DIGITS_BASE + DIGIT * MIN(w->digits, WORD_MAX), WORD_MAX);
	return MAX(unknown, IDEOGRAPH * w->ideographs);
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

static bool has_long_list(size_t language)
{
	return language == INFORMATION_en || language == INFORMATION_fr;
}

static void add_word(struct tally *t, const struct word *w, uint32_t pair)
{
	const struct information_word *found = find_word(w->hash);

	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++) {
		uint32_t cost =
			unknown_cost(w, has_long_list(i) ? WORD_MAX : UNKNOWN_SHORT_LIST);

		if (found && found->cost[i] != INFORMATION_UNKNOWN) {
			cost = MIN(found->cost[i], WORD_MAX);
			t->of[i].known++;
		}
		add_cost(&t->of[i], MIN(cost, pair));
	}
	add_cost(&t->strange, MIN(unknown_cost(w, UNKNOWN_STRANGE), pair));
	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++)
		t->of[i].rare += w->joined * JOINED;
	t->strange.rare += w->joined * JOINED;
	t->words += w->digits == 0;
}

static bool is_familiar(const struct tally *t, size_t language)
{
	return t->of[language].known * 2 >= t->words;
}

/* Of the languages that the text may be of, the one in which it costs least; where there is
 * none, at least not more than the sum for such texts. */
static uint32_t value(const struct tally *t, unsigned *ret_ask)
{
	uint32_t least = UINT32_MAX, any = total(&t->strange);

	*ret_ask = ASK_STRANGE;
	for (size_t i = 0; i < INFORMATION_LANGUAGE_COUNT; i++) {
		uint32_t sum = total(&t->of[i]);

		any = MIN(any, sum);
		if (t->words == 0 || !is_familiar(t, i) || sum >= least)
			continue;
		least = sum;
		*ret_ask = has_long_list(i) ? ASK : ASK_SHORT_LIST;
	}
	return least != UINT32_MAX ? least : any;
}

/* Where a text turns out to be of no known language behind a beginning that was of one, the
 * beginning counts. */
struct information information_of(struct span key_text)
{
	const uint8_t *at = key_text.at, *end = at + key_text.len;
	struct tally tally = {{{0}}, {0}, 0};
	struct information ret = {0};
	uint64_t before = 0;

	while (at < end && ret.tenths < INFORMATION_MAX) {
		struct word w = read_word(&at, end);

		add_word(&tally, &w, before ? find_pair(before, w.hash) : UINT32_MAX);
		before = w.hash;
		ret.tenths =
			MAX(ret.tenths, MIN(value(&tally, &ret.ask), INFORMATION_MAX));
	}
	ret.familiar = ret.ask == ASK || ret.ask == ASK_SHORT_LIST;
	return ret;
}
