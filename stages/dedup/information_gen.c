/* information_gen - prints the tables that information.c includes, from
 * information_words.def and information_pairs.def. A program of the build. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "information_own.h"

static const struct {
	unsigned language, tenths;
	const char *list;
} words[] = {
#define WORDS(language, tenths, list) {INFORMATION_##language, tenths, list},
#include "information_words.def"
#undef WORDS
};

static const struct {
	unsigned tenths;
	const char *list;
} pairs[] = {
#define PAIRS(tenths, list) {tenths, list},
#include "information_pairs.def"
#undef PAIRS
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct information_word word_table[INFORMATION_WORD_SLOTS];
static uint32_t pair_table[INFORMATION_PAIR_SLOTS];
static size_t words_used, pairs_used;

static void refuse(const char *what, const char *at)
{
	fprintf(stderr, "information: %s: %.40s\n", what, at);
	exit(EXIT_FAILURE);
}

static void add_word(unsigned language, unsigned tenths, uint64_t hash, const char *at)
{
	uint64_t slot = hash % INFORMATION_WORD_SLOTS;
	uint32_t tag = information_tag(hash);

	while (word_table[slot].tag != 0 && word_table[slot].tag != tag)
		slot = (slot + 1) % INFORMATION_WORD_SLOTS;
	if (word_table[slot].tag == 0) {
		words_used++;
		word_table[slot].tag = tag;
		memset(word_table[slot].cost, INFORMATION_UNKNOWN,
		       sizeof(word_table[slot].cost));
	}
	if (word_table[slot].cost[language] != INFORMATION_UNKNOWN)
		refuse("twice", at);
	word_table[slot].cost[language] = (uint8_t)tenths;
}

static void add_pair(unsigned tenths, uint64_t hash, const char *at)
{
	uint64_t slot = hash % INFORMATION_PAIR_SLOTS;
	uint32_t tag = information_tag(hash) & INFORMATION_PAIR_TAG;

	while (pair_table[slot] != 0 && (pair_table[slot] & INFORMATION_PAIR_TAG) != tag)
		slot = (slot + 1) % INFORMATION_PAIR_SLOTS;
	if (pair_table[slot] != 0)
		refuse("twice", at);
	pairs_used++;
	pair_table[slot] = tag | tenths;
}

/* The hash of the word at *at, which is moved to its end. */
static uint64_t hash_word(const char **at)
{
	uint64_t hash = INFORMATION_HASH_INIT;
	const char *start = *at;

	for (; (**at >= 'a' && **at <= 'z') || (**at >= '0' && **at <= '9'); ++*at)
		hash = information_hash(hash, (uint8_t) * *at);
	if (*at == start)
		refuse("no word", start);
	return information_stir(hash);
}

static void read_words(void)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		if (words[i].tenths >= INFORMATION_UNKNOWN)
			refuse("too dear", words[i].list);
		for (const char *at = words[i].list; *at; at += *at == ' ') {
			const char *start = at;

			add_word(words[i].language, words[i].tenths, hash_word(&at),
				 start);
		}
	}
}

static void read_pairs(void)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		if (pairs[i].tenths >= INFORMATION_UNKNOWN)
			refuse("too dear", pairs[i].list);
		for (const char *at = pairs[i].list; *at; at += *at == ' ') {
			const char *start = at;
			uint64_t first = hash_word(&at);

			if (*at++ != '_')
				refuse("no pair", start);
			add_pair(pairs[i].tenths,
				 information_pair_hash(first, hash_word(&at)), start);
		}
	}
}

int main(void)
{
	read_words();
	read_pairs();
	if (words_used * 4 > INFORMATION_WORD_SLOTS * 3 ||
	    pairs_used * 4 > INFORMATION_PAIR_SLOTS * 3)
		refuse("over three quarters full", "give it more slots");
	printf("/* %zu words, %zu pairs */\n", words_used, pairs_used);
	printf("static const struct information_word word_table[] = {\n");
	for (size_t i = 0; i < INFORMATION_WORD_SLOTS; i++) {
		printf("{0x%" PRIx32 ", {", word_table[i].tag);
		for (size_t k = 0; k < INFORMATION_LANGUAGE_COUNT; k++)
			printf("%u,", (unsigned)word_table[i].cost[k]);
		printf("}},\n");
	}
	printf("};\nstatic const uint32_t pair_table[] = {\n");
	for (size_t i = 0; i < INFORMATION_PAIR_SLOTS; i++)
		printf("0x%" PRIx32 ",\n", pair_table[i]);
	printf("};\n");
	if (fflush(stdout) || ferror(stdout))
		refuse("standard output", "not written");
	return 0;
}
