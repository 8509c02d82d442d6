/* bench_words - what it costs to find words, many of them, inflected, and hidden ones.
 *
 *	bench_words [FILE]     lines of FILE are texts; without: column "Review Text" of
 *			       $DATA/womens-clothing/reviews.csv (DATA: ../shared/data), and
 *			       where that is absent a few phrases, which it says
 *
 * Prints processor time per text of one run, of rounds that take turns (best of ROUNDS), and their
 * ratios: fold_text with evasion_find behind it, and without; words_find with 10 and with 10,000 words; the
 * same with stems. The words are made up, from a fixed seed: as long as real ones, and
 * none of them in the texts but by chance. One thread.
 */
// uses: stages/normavis/csv.c
// uses: stages/normavis/input.c
#include "evasion.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alloc.h"
#include "csv.h"
#include "words.h"
#include "phrases.h"

#define ROUNDS	  25
#define TEXTS_MAX 30000
#define FEW	  10
#define MANY	  10000
#define STEMS	  300

static struct span texts[TEXTS_MAX]; /* as their authors wrote them */
static struct span folded[TEXTS_MAX];
static size_t text_count;
static size_t folded_bytes;
static size_t found_count;
static struct fold fold;
static struct evasion evasion;

/* --- texts --------------------------------------------------------------------------- */

static void add_text(struct span text)
{
	if (text.len == 0 || text_count == TEXTS_MAX)
		return;
	fold_text(&fold, text);
	texts[text_count] = (struct span){xmemdup(text.at, text.len), text.len};
	folded[text_count++] =
		(struct span){xmemdup(fold.match.at, fold.match.len), fold.match.len};
	folded_bytes += fold.match.len;
}

static bool read_lines(const char *path)
{
	static char line[FOLD_BYTES_MAX];
	FILE *file = fopen(path, "r");

	while (file && text_count < TEXTS_MAX && fgets(line, sizeof(line), file))
		add_text((struct span){(uint8_t *)line, strcspn(line, "\n")});
	if (file)
		fclose(file);
	return text_count > 0;
}

static bool read_reviews(const char *path)
{
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	struct csv_row row;
	size_t columns, column = 0;
	bool end = false;

	if (input_open(&in, path, NULL) || csv_open(&csv, in, CSV_DIALECT_DEFAULT, NULL))
		return false;
	const struct span *names = csv_header(csv, &columns);
	while (column < columns && !span_equal(names[column], SPAN_OF("Review Text")))
		column++;
	while (column < columns && !csv_next(csv, &row, &end, NULL) && !end)
		if (row.flaw == CSV_SOUND)
			add_text(row.column[column]);
	return text_count > 0;
}

static void load_texts(const char *path)
{
	const char *data = getenv("DATA");
	OWNED(freep)
	char *usual = xasprintf("%s/womens-clothing/reviews.csv",
				data ? data : "../shared/data");

	if (path ? read_lines(path) : read_reviews(usual))
		return;
	printf("NOT READ: %s; phrases of our own instead\n", path ? path : usual);
	for (size_t i = 0; i < TEXTS_MAX; i++)
		add_text(span_of(phrases[i % ARRAY_LEN(phrases)]));
}

/* --- words --------------------------------------------------------------------------- */

static uint32_t random_below(uint32_t limit)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * limit >> 24);
}

/* Of 2 to 5 syllables, so that it begins as real words do. */
static struct span made_word(char to[32])
{
	static const char *const syllables[] = {
		"ba", "con", "de",  "di",  "fa",  "gra", "ho", "in", "jo",  "ka",
		"le", "li",  "mar", "mo",  "na",  "or",	 "pa", "pe", "qui", "re",
		"sa", "se",  "so",  "tan", "ter", "un",	 "va", "vi", "wo",  "zu"};
	int len = 0;

	for (uint32_t i = 0, n = 2 + random_below(4); i < n; i++)
		len += snprintf(to + len, 32 - (size_t)len, "%s",
				syllables[random_below(ARRAY_LEN(syllables))]);
	return (struct span){(uint8_t *)to, (size_t)len};
}

static struct words *made_words(size_t count, size_t stems)
{
	struct words *w = words_new();
	char word[32];

	for (uint32_t i = 0; i < count; i++) {
		enum status st = words_add(w, made_word(word), i, NULL);
		assert(!st);
	}
	for (uint32_t i = 0; i < stems; i++) {
		const char *language = i % 2 ? "en" : "fr";
		enum status st = words_add_stem(w, language, made_word(word), i, NULL);
		assert(!st);
	}
	return w;
}

/* --- times --------------------------------------------------------------------------- */

static void on_found(void *context, uint32_t owner, size_t start, size_t end)
{
	(void)context;
	(void)owner;
	found_count += end > start;
}

static void by_fold(void *context)
{
	(void)context;
	for (size_t i = 0; i < text_count; i++)
		fold_text(&fold, texts[i]);
}

/* As it is used: what was folded a moment ago. */
static void by_fold_and_evasion(void *context)
{
	(void)context;
	for (size_t i = 0; i < text_count; i++) {
		fold_text(&fold, texts[i]);
		evasion_find_folded(&evasion, &fold, texts[i]);
	}
}

static void by_words(void *context)
{
	for (size_t i = 0; i < text_count; i++)
		words_find(context, folded[i], on_found, NULL);
}

struct contender {
	const char *name;
	void (*run)(void *context);
	void *context;
	size_t beside; /* the contender that the ratio is to */
	clock_t best;  /* of all rounds */
};

static double best_ns(const struct contender *c)
{
	return (double)c->best * (1e9 / CLOCKS_PER_SEC) / (double)text_count;
}

static void race(struct contender *contenders, size_t count)
{
	for (size_t i = 0; i < count; i++)
		contenders[i].best = INT32_MAX;
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < count; i++) {
			clock_t start = clock();
			contenders[i].run(contenders[i].context);
			clock_t took = clock() - start;
			contenders[i].best = MIN(contenders[i].best, took);
		}
	for (size_t i = 0; i < count; i++)
		printf("%-36s %8.0f ns a text   x %.3f\n", contenders[i].name,
		       best_ns(&contenders[i]),
		       best_ns(&contenders[i]) /
			       best_ns(&contenders[contenders[i].beside]));
}

static void print_pieces(void)
{
	size_t with = 0, bytes = 0, most = 0;

	for (size_t i = 0; i < text_count; i++) {
		evasion_find(&evasion, folded[i]);
		with += evasion.text.len > 0;
		bytes += evasion.text.len;
		most = MAX(most, evasion.text.len);
	}
	printf("texts with a piece: %zu of %zu (%.1f %%), %zu bytes for %zu of match (%.1f %%), "
	       "at most %zu\n",
	       with, text_count, 100.0 * (double)with / (double)text_count, bytes,
	       folded_bytes, 100.0 * (double)bytes / (double)folded_bytes, most);
}

int main(int argc, char **argv)
{
	fold_init(&fold);
	evasion_init(&evasion);
	load_texts(argc > 1 ? argv[1] : NULL);
	printf("texts %zu, folded bytes %zu\n", text_count, folded_bytes);

	OWNED(words_freep) struct words *few = made_words(FEW, 0);
	OWNED(words_freep) struct words *many = made_words(MANY, 0);
	OWNED(words_freep) struct words *stems = made_words(FEW, STEMS);
	OWNED(words_freep) struct words *many_stems = made_words(FEW, MANY);
	struct contender contenders[] = {
		{.name = "fold_text", .run = by_fold, .beside = 0},
		{.name = "fold_text and evasion_find",
		 .run = by_fold_and_evasion,
		 .beside = 0},
		{.name = "words_find, 10 words",
		 .run = by_words,
		 .context = few,
		 .beside = 2},
		{.name = "words_find, 10,000 words",
		 .run = by_words,
		 .context = many,
		 .beside = 2},
		{.name = "words_find, 10 words, 300 stems",
		 .run = by_words,
		 .context = stems,
		 .beside = 2},
		{.name = "words_find, 10 words, 10,000 stems",
		 .run = by_words,
		 .context = many_stems,
		 .beside = 2},
	};

	race(contenders, ARRAY_LEN(contenders));
	print_pieces();
	for (size_t i = 0; i < text_count; i++) {
		free((void *)(uintptr_t)texts[i].at);
		free((void *)(uintptr_t)folded[i].at);
	}
	evasion_release(&evasion);
	fold_release(&fold);
	return 0;
}
