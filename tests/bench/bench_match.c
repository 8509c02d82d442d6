/* bench_match - texts through the whole shipped rule set, beside two bare loops over them.
 *
 *	bench_match [--rules DIR] [FILE]     lines of FILE are texts; without: phrases
 *
 * The bare loops are the fold alone, and then the raw scan of the same patterns over the
 * same texts. Then the same rule set with ten thousand made-up words more, and, where `make
 * model` has made them, with its classifiers: these are not shipped. Ratios are of processor
 * time in one run, of rounds that take turns; the median of five is printed. One thread. At
 * last the memory after 200,000 texts.
 */
#include "ruleset_own.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alloc.h"
#include "evasion.h"
#include "file.h"
#include "pack.h"
#include "phrases.h"

#define ROUNDS	       5
#define TEXTS_MAX      30000
#define LINE_BYTES_MAX 16384
#define ADDED_WORDS    10000
#define MANY	       200000
#define MODELS_DIR     "rules/models/"

static struct {
	struct buf bytes;
	size_t starts[TEXTS_MAX + 1]; /* of records */
	size_t count, text_bytes;
	struct fold fold;
	struct evasion hidden;
} self;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_match: %s: %s\n", what, why);
	exit(EXIT_CODE_UNREADABLE);
}

/* --- the texts --------------------------------------------------------------------------- */

static void add_text(struct span text)
{
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = self.count + 1,
				   .site = SPAN_OF("bench"),
				   .principal = SPAN_OF("bench")};
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);

	body_put_bytes(&body, FIELD_TEXT, text);
	record_put(&bytes, &head, buf_view(&body));
	buf_span(&self.bytes, buf_view(&bytes));
	self.starts[++self.count] = self.bytes.len;
	self.text_bytes += text.len;
}

static void read_texts(const char *path)
{
	static char line[LINE_BYTES_MAX];
	FILE *file = path ? fopen(path, "r") : NULL;

	if (path && !file)
		die(path, "cannot be read");
	while (file && self.count < TEXTS_MAX && fgets(line, sizeof(line), file))
		if (strcspn(line, "\n") > 0)
			add_text((struct span){(uint8_t *)line, strcspn(line, "\n")});
	if (file)
		fclose(file);
	for (size_t i = 0; !path && i < TEXTS_MAX; i++)
		add_text(span_of(phrases[i % ARRAY_LEN(phrases)]));
}

static struct record record_at(size_t i)
{
	struct record record;

	if (record_parse(&record,
			 (struct span){self.bytes.at + self.starts[i],
				       self.starts[i + 1] - self.starts[i]},
			 NULL))
		die("record", "is none");
	return record;
}

/* --- the loops --------------------------------------------------------------------------- */

static void ignore(void *context UNUSED, uint32_t owner UNUSED, uint32_t pattern UNUSED)
{
}

static void fold_all(struct ruleset *rs UNUSED)
{
	for (size_t i = 0; i < self.count; i++)
		fold_text(&self.fold, record_at(i).field[FIELD_TEXT]);
}

/* The folded texts are there beforehand: this is the scan alone. */
static struct buf folded;
static size_t folded_at[TEXTS_MAX + 1];

static void keep_folded(void)
{
	for (size_t i = 0; i < self.count; i++) {
		fold_text(&self.fold, record_at(i).field[FIELD_TEXT]);
		buf_span(&folded, buf_view(&self.fold.match));
		folded_at[i + 1] = folded.len;
	}
}

static struct span folded_text(size_t i)
{
	return (struct span){folded.at + folded_at[i], folded_at[i + 1] - folded_at[i]};
}

static void scan_all(struct ruleset *rs)
{
	for (size_t i = 0; i < self.count; i++) {
		scan_text(rs->scan, SCAN_RAW, record_at(i).field[FIELD_TEXT], ignore,
			  NULL);
		scan_text(rs->scan, SCAN_MATCH, folded_text(i), ignore, NULL);
	}
}

static void ignore_word(void *context UNUSED, uint32_t owner UNUSED, size_t start UNUSED,
			size_t end UNUSED)
{
}

static void find_words(struct ruleset *rs)
{
	for (size_t i = 0; i < self.count; i++)
		words_find(rs->words, folded_text(i), ignore_word, NULL);
}

static void find_hidden(struct ruleset *rs UNUSED)
{
	for (size_t i = 0; i < self.count; i++)
		evasion_find(&self.hidden, folded_text(i));
}

static void evaluate_all(struct ruleset *rs)
{
	static struct hit hits[HITS_MAX];
	static const struct findings none = {.has_arrivals = true};

	for (size_t i = 0; i < self.count; i++) {
		struct record record = record_at(i);
		(void)ruleset_evaluate(rs, &record, &none, hits);
	}
}

/* --- the rule sets ----------------------------------------------------------------------- */

static void add_words(struct buf *list)
{
	uint64_t state = 1;

	buf_text(list, "list: made-up\nowner: bench\nreview_by: 2030-01-01\nwords:\n");
	for (int i = 0; i < ADDED_WORDS; i++) {
		char word[12] = "";
		for (size_t at = 0; at < 5 + (size_t)i % 5; at++) {
			state = state * 6364136223846793005U + 1442695040888963407U;
			word[at] = (char)('a' + (state >> 33) % 26);
		}
		buf_format(list, "  - z%sq\n", word);
	}
}

static const char added_rule[] =
	"rules:\n  - {id: zz-added, version: 1, clause: [AF-10], title: {en: x, fr: y}, "
	"owner: bench, review_by: 2030-01-01, when: {list: made-up}, action: label, "
	"mode: shadow, examples: {match: [zabq], pass: [b]}}\n";

static void put_file(struct buf *pack, const char *path, struct span bytes)
{
	buf_format(pack, "file %s %zu\n", path, bytes.len);
	buf_span(pack, bytes);
	buf_text(pack, "\n");
}

/* As the repository has it: a pack without models. */
static void without_models(struct buf *ret, struct span pack)
{
	struct pack_file file = {0};
	struct span rest;

	if (pack_begin(&rest, pack, NULL))
		die("pack", "is none");
	buf_text(ret, "normavis-pack 1\n");
	while (rest.len > 0 && !pack_next(&rest, &file, NULL))
		if (strncmp(file.path, MODELS_DIR, strlen(MODELS_DIR)) != 0)
			put_file(ret, file.path, file.bytes);
}

/* The shipped pack with a list and a rule put in at their places. */
static void with_more_words(struct buf *ret, struct span pack)
{
	OWNED(buf_release) struct buf list = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf rule = BUF_INIT(4096);
	struct pack_file file = {0};
	struct span rest;
	bool list_done = false, rule_done = false;

	add_words(&list);
	buf_text(&rule, added_rule);
	if (pack_begin(&rest, pack, NULL))
		die("pack", "is none");
	buf_text(ret, "normavis-pack 1\n");
	while (rest.len > 0 && !pack_next(&rest, &file, NULL)) {
		if (!list_done && strcmp(file.path, "rules/lists/zz-made-up.yaml") > 0) {
			put_file(ret, "rules/lists/zz-made-up.yaml", buf_view(&list));
			list_done = true;
		}
		if (!rule_done && strcmp(file.path, "rules/moderation/zz.yaml") > 0) {
			put_file(ret, "rules/moderation/zz.yaml", buf_view(&rule));
			rule_done = true;
		}
		put_file(ret, file.path, file.bytes);
	}
}

static struct ruleset *load(struct span pack)
{
	struct ruleset *rs = NULL;
	struct err err;

	if (ruleset_load(&rs, pack, NULL, &err))
		die("rules", err.text);
	return rs;
}

/* --- the figures ------------------------------------------------------------------------- */

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(void (*loop)(struct ruleset *rs), struct ruleset *rs)
{
	double begun = seconds();

	loop(rs);
	return seconds() - begun;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double values[ROUNDS])
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

/* Memory of our own, in KiB (proc(5), RssAnon). */
static double anonymous_kib(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	double kib = 0;

	while (status && fgets(line, sizeof(line), status))
		(void)!sscanf(line, "RssAnon: %lf", &kib);
	if (status)
		fclose(status);
	return kib;
}

static void evaluate_many(struct ruleset *rs, size_t reviews)
{
	for (size_t done = 0; done < reviews; done += self.count)
		evaluate_all(rs);
}

static void measure_memory(struct ruleset *rs)
{
	evaluate_many(rs, MANY / 10);
	double before = anonymous_kib();
	evaluate_many(rs, MANY - MANY / 10);
	printf("memory after %d   %7.2f    (of that after %d; flat is 1.00)\n", MANY,
	       anonymous_kib() / before, MANY / 10);
}

static void measure(struct ruleset *shipped, struct ruleset *more, struct ruleset *models)
{
	double fold[ROUNDS], scan[ROUNDS], all[ROUNDS], words[ROUNDS], hidden[ROUNDS];
	double ratio[ROUNDS], added[ROUNDS], with_models[ROUNDS];
	double megabytes = (double)self.text_bytes / 1e6;

	evaluate_all(shipped);
	evaluate_all(more);
	for (int i = 0; i < ROUNDS; i++) {
		fold[i] = seconds_of(fold_all, shipped);
		scan[i] = seconds_of(scan_all, shipped);
		words[i] = seconds_of(find_words, shipped);
		hidden[i] = seconds_of(find_hidden, shipped);
		all[i] = seconds_of(evaluate_all, shipped);
		added[i] = seconds_of(evaluate_all, more) / all[i];
		ratio[i] = (fold[i] + scan[i]) / all[i];
		with_models[i] =
			models ? (fold[i] + scan[i]) / seconds_of(evaluate_all, models)
			       : 0;
	}
	printf("%zu texts, %.1f MB, %zu rules\n", self.count, megabytes,
	       ruleset_count(shipped));
	printf("fold alone             %7.1f MB/s\n", megabytes / median(fold));
	printf("scan alone             %7.1f MB/s\n", megabytes / median(scan));
	printf("words alone            %7.1f MB/s\n", megabytes / median(words));
	printf("what is hidden alone   %7.1f MB/s\n", megabytes / median(hidden));
	printf("the whole rule set     %7.1f MB/s\n", megabytes / median(all));
	printf("speed / both loops     %7.2f    (at least 0.6)\n", median(ratio));
	printf("time with %d words %6.3f    (at most 1.10)\n", ADDED_WORDS,
	       median(added));
	if (models)
		printf("speed with its models  %7.2f    (of both loops)\n",
		       median(with_models));
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"rules", required_argument, NULL, 'r'},
		{0},
	};
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	OWNED(buf_release) struct buf shipped_pack = BUF_INIT(PACK_BYTES_MAX);
	OWNED(buf_release) struct buf longer = BUF_INIT(PACK_BYTES_MAX);
	const char *dir = "rules";
	struct err err;

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
		if (c != 'r')
			return EXIT_CODE_USAGE;
		dir = optarg;
	}
	fold_init(&self.fold);
	evasion_init(&self.hidden);
	self.bytes = BUF_INIT((size_t)256 << 20);
	folded = BUF_INIT((size_t)512 << 20);
	read_texts(optind < argc ? argv[optind] : NULL);
	if (pack_build(&pack, dir, &err))
		die(dir, err.text);
	without_models(&shipped_pack, buf_view(&pack));
	with_more_words(&longer, buf_view(&shipped_pack));
	OWNED(ruleset_freep) struct ruleset *shipped = load(buf_view(&shipped_pack));
	OWNED(ruleset_freep) struct ruleset *more = load(buf_view(&longer));
	OWNED(ruleset_freep) struct ruleset *models = NULL;
	if (pack.len > shipped_pack.len)
		models = load(buf_view(&pack));
	keep_folded();
	measure(shipped, more, models);
	measure_memory(models ? models : shipped);
	fold_release(&self.fold);
	evasion_release(&self.hidden);
	buf_release(&self.bytes);
	buf_release(&folded);
	return 0;
}
