/* language_gen - prints the table that language.c includes, from language.def.
 *
 * An open hash table: the keys of words (language.h) and of endings, and for each the set
 * of languages that have it. A program of the build; not part of any library.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "language_own.h"

#define LANGUAGES_MAX 16 /* bits of a set */

static const struct {
	const char *code, *words, *endings;
} languages[] = {
#define LANGUAGE(code, words, endings) {#code, words, endings},
#include "language.def"
#undef LANGUAGE
};

#define COUNT (sizeof(languages) / sizeof(languages[0]))
_Static_assert(COUNT <= LANGUAGES_MAX, "a set has 16 bits");

static uint64_t keys[LANGUAGE_SLOTS];
static unsigned sets[LANGUAGE_SLOTS];
static size_t used;

static void add(uint64_t key, size_t language)
{
	size_t slot = language_slot(key);

	while (keys[slot] != 0 && keys[slot] != key)
		slot = (slot + 1) % LANGUAGE_SLOTS;
	used += keys[slot] == 0;
	keys[slot] = key;
	sets[slot] |= 1u << language;
}

static void add_all(const char *list, uint64_t flag, size_t letters_max, size_t language)
{
	for (const char *at = list; *at; at += *at == ' ') {
		uint64_t key = 0;
		size_t letters = 0;

		for (; *at && *at != ' '; at++, letters++) {
			if (*at < 'a' || *at > 'z') {
				fprintf(stderr, "language.def: %s: '%c'\n",
					languages[language].code, *at);
				exit(EXIT_FAILURE);
			}
			key = language_key(key, *at);
		}
		if (letters == 0 || letters > letters_max) {
			fprintf(stderr, "language.def: %s: a word of %zu letters\n",
				languages[language].code, letters);
			exit(EXIT_FAILURE);
		}
		add(key | flag, language);
	}
}

int main(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		add_all(languages[i].words, 0, LANGUAGE_WORD_LETTERS, i);
		add_all(languages[i].endings, LANGUAGE_ENDING, LANGUAGE_ENDING_LETTERS,
			i);
	}
	if (used > LANGUAGE_SLOTS / 2) {
		fprintf(stderr, "language.def: %zu words: LANGUAGE_SLOTS is too small\n",
			used);
		return EXIT_FAILURE;
	}
	printf("/* Made by language_gen.c: %zu words and endings. */\n", used);
	printf("static const struct slot table[LANGUAGE_SLOTS] = {\n");
	for (size_t i = 0; i < LANGUAGE_SLOTS; i++)
		if (keys[i])
			printf("\t[%zu] = {0x%llxu, 0x%x},\n", i,
			       (unsigned long long)keys[i], sets[i]);
	printf("};\n");
	return EXIT_SUCCESS;
}
