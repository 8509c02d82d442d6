/* eval_language - how often language_of is right, by length of text, and how many honest
 * texts the measures of repetition and gibberish would point at.
 *
 *	eval_language [DATA]	the data sets' directory, ../shared/data where not given
 *
 * The texts: tests/data/language (ours, short reviews in seven languages), and those of
 * the data sets that are there; each is taken to be in the language of its file, which
 * is not so for all (the French of mlma has Portuguese and Spanish in it). Times are the
 * best of five rounds for each 64 texts, added up: one thread, warm caches.
 */
// uses: stages/normavis/csv.c stages/normavis/input.c
#include "language.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "alloc.h"
#include "clock.h"
#include "csv.h"
#include "measure.h"

#define PATH_BYTES_MAX 4096
#define LINE_BYTES_MAX 4096
#define TEXTS_MAX      30000
#define ROUNDS	       5
#define BLOCK	       64 /* texts timed together */

static const struct source {
	const char *code, *path; /* path under DATA; ours where there is no column */
	const char *column;	 /* of a CSV file; "": JSON, full_text */
} sources[] = {
	{"en", "tests/data/language/en.txt", NULL},
	{"fr", "tests/data/language/fr.txt", NULL},
	{"es", "tests/data/language/es.txt", NULL},
	{"de", "tests/data/language/de.txt", NULL},
	{"it", "tests/data/language/it.txt", NULL},
	{"pt", "tests/data/language/pt.txt", NULL},
	{"nl", "tests/data/language/nl.txt", NULL},
	{"en", "womens-clothing/reviews.csv", "Review Text"},
	{"en", "womens-clothing/reviews.csv", "Title"},
	{"fr", "mlma/fr_dataset.csv", "tweet"},
	{"en", "mlma/en_dataset.csv", "tweet"},
	{"en", "davidson-en/labeled_data.csv", "tweet"},
	{"en", "hatecheck-en/test_suite_cases.csv", "test_case"},
	{"en", "presidio-pii/synth_dataset_v2.json", ""},
};

static struct span texts[TEXTS_MAX];
static size_t texts_count, texts_bytes;

static void die(const char *path, const char *why)
{
	fprintf(stderr, "eval_language: %s: %s\n", path, why);
	exit(EXIT_CODE_UNREADABLE);
}

/* --- texts ------------------------------------------------------------------------------- */

static void add_text(struct span text)
{
	if (text.len == 0 || texts_count == TEXTS_MAX)
		return;
	texts[texts_count++] = (struct span){xmemdup(text.at, text.len), text.len};
	texts_bytes += text.len;
}

static void forget_texts(void)
{
	for (size_t i = 0; i < texts_count; i++)
		free((void *)(uintptr_t)texts[i].at);
	texts_count = texts_bytes = 0;
}

static void read_lines(const char *path)
{
	char line[LINE_BYTES_MAX];
	FILE *f = fopen(path, "r");

	if (!f)
		die(path, "cannot be read; run this where tests/ is");
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		add_text(span_of(line));
	}
	fclose(f);
}

static size_t column_of(const struct csv *csv, const char *path, const char *name)
{
	size_t count;
	const struct span *header = csv_header(csv, &count);

	for (size_t i = 0; i < count; i++)
		if (span_equal(header[i], span_of(name)))
			return i;
	die(path, "has no such column");
	return 0;
}

static void read_csv(const char *path, const char *column)
{
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	struct csv_row row;
	struct err err;
	bool end = false;

	if (input_open(&in, path, &err) || csv_open(&csv, in, CSV_DIALECT_DEFAULT, &err))
		die(path, err.text);
	size_t at = column_of(csv, path, column);
	while (!csv_next(csv, &row, &end, &err) && !end)
		if (row.flaw == CSV_SOUND)
			add_text(row.column[at]);
}

static void read_json(const char *path)
{
	json_error_t why;
	json_t *list = json_load_file(path, 0, &why), *one;
	size_t i;

	if (!list)
		die(path, why.text);
	json_array_foreach(list, i, one)
		add_text(span_of(json_string_value(json_object_get(one, "full_text"))));
	json_decref(list);
}

/* False where it is not there. */
static bool read_source(const struct source *s, const char *data)
{
	char path[PATH_BYTES_MAX];

	if (!s->column) {
		read_lines(s->path);
		return true;
	}
	snprintf(path, sizeof(path), "%s/%s", data, s->path);
	if (access(path, R_OK) != 0) {
		printf("not measured: %s is not there\n", path);
		return false;
	}
	if (s->column[0])
		read_csv(path, s->column);
	else
		read_json(path);
	return true;
}

/* --- language ---------------------------------------------------------------------------- */

enum outcome { RIGHT, WRONG, UNKNOWN, OUTCOME_COUNT };

static const struct {
	const char *name;
	int64_t words_max;
} lengths[] = {{"1 word", 1}, {"2-5", 5}, {"6-15", 15}, {"16-", INT64_MAX}};

static const uint16_t sure_from[] = {1, 250, 500, 750};

struct tally {
	size_t by_length[ARRAY_LEN(lengths)][OUTCOME_COUNT], all[OUTCOME_COUNT];
	size_t by_sure[ARRAY_LEN(sure_from)][OUTCOME_COUNT];
};

static struct tally ours; /* of tests/data/language together */

static void count(struct tally *t, struct span text, const char *code)
{
	struct measure m = measure_text(text);
	struct language l = language_of(text);
	enum outcome o = !l.code[0] ? UNKNOWN : strcmp(l.code, code) == 0 ? RIGHT : WRONG;
	size_t length = 0, sure = ARRAY_LEN(sure_from) - 1;

	while (measure_of(&m, MEASURE_WORDS) > lengths[length].words_max)
		length++;
	while (sure > 0 && l.sure < sure_from[sure])
		sure--;
	t->by_length[length][o]++;
	t->by_sure[sure][o]++;
	t->all[o]++;
}

static double share(const size_t counts[OUTCOME_COUNT], enum outcome o)
{
	size_t all = counts[RIGHT] + counts[WRONG] + counts[UNKNOWN];

	return all ? 100.0 * (double)counts[o] / (double)all : 0;
}

static void print_counts(const size_t counts[OUTCOME_COUNT])
{
	if (counts[RIGHT] + counts[WRONG] + counts[UNKNOWN] == 0)
		printf(" |           -");
	else
		printf(" | %5.1f %5.1f", share(counts, RIGHT), share(counts, WRONG));
}

static void print_tally(const char *name, const struct tally *t)
{
	printf("%-30.30s", name);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		print_counts(t->by_length[i]);
	print_counts(t->all);
	printf(" |");
	for (size_t i = 0; i < ARRAY_LEN(sure_from); i++)
		printf(" %zu/%zu", t->by_sure[i][RIGHT], t->by_sure[i][WRONG]);
	printf("\n");
}

/* --- measures and time ------------------------------------------------------------------- */

static uint64_t ask_language(struct span text)
{
	return language_of(text).sure;
}

static uint64_t ask_gibberish(struct span text)
{
	struct measure m = measure_text(text);

	return (uint64_t)measure_of(&m, MEASURE_GIBBERISH);
}

static uint64_t ask_repetition(struct span text)
{
	struct measure m = measure_text(text);

	return (uint64_t)measure_of(&m, MEASURE_REPETITION_PERCENT);
}

static int64_t best_ns(uint64_t (*ask)(struct span text), size_t first, size_t end)
{
	int64_t best = INT64_MAX;

	for (int round = 0; round < ROUNDS; round++) {
		volatile uint64_t sum = 0; /* so that nothing is left out */
		int64_t start = clock_mono_ns();

		for (size_t i = first; i < end; i++)
			sum += ask(texts[i]);
		best = MIN(best, clock_mono_ns() - start);
	}
	return best;
}

static double ns_per_text(uint64_t (*ask)(struct span text))
{
	int64_t ns = 0;

	for (size_t i = 0; i < texts_count; i += BLOCK)
		ns += best_ns(ask, i, MIN(i + BLOCK, texts_count));
	return (double)ns / (double)texts_count;
}

static size_t above(uint64_t (*ask)(struct span text), uint64_t bound)
{
	size_t found = 0;

	for (size_t i = 0; i < texts_count; i++)
		found += ask(texts[i]) > bound;
	return found;
}

static void print_measures(const char *name)
{
	printf("%-30.30s %6zu texts %4zu B | gibberish >250 %3zu  >500 %3zu | "
	       "repetition >25 %3zu  >50 %3zu | ns: language %5.0f, gibberish %5.0f, "
	       "repetition %5.0f\n",
	       name, texts_count, texts_bytes / texts_count, above(ask_gibberish, 250),
	       above(ask_gibberish, 500), above(ask_repetition, 25),
	       above(ask_repetition, 50), ns_per_text(ask_language),
	       ns_per_text(ask_gibberish), ns_per_text(ask_repetition));
}

static void measure_source(const struct source *s, bool languages)
{
	char name[PATH_BYTES_MAX];

	snprintf(name, sizeof(name), "%s%s%s", s->path, s->column ? " " : "",
		 s->column ? s->column : "");
	if (!languages) {
		print_measures(name);
		return;
	}
	struct tally t = {0};
	for (size_t i = 0; i < texts_count; i++) {
		count(&t, texts[i], s->code);
		if (!s->column)
			count(&ours, texts[i], s->code);
	}
	print_tally(name, &t);
}

static void measure_all(const char *data, bool languages)
{
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		if (read_source(&sources[i], data) && texts_count > 0)
			measure_source(&sources[i], languages);
		forget_texts();
	}
}

int main(int argc, char **argv)
{
	const char *data = argc > 1 ? argv[1] : "../shared/data";

	printf("language, version %d: percent right, percent wrong (the rest unknown)\n%-30s",
	       LANGUAGE_VERSION, "by words of the text");
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		printf(" | %-11s", lengths[i].name);
	printf(" | %-11s | right/wrong by sure 1- 250- 500- 750-\n", "all");
	measure_all(data, true);
	print_tally("tests/data/language, together", &ours);
	printf("\nmeasures: how many texts are above\n");
	measure_all(data, false);
	return 0;
}
