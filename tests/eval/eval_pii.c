/* eval_pii - how well the detectors find what somebody labelled, and what they find where
 * there is next to nothing.
 *
 *	eval_pii [--misses] [--reviews DETECTOR] [--raw] [--evade KIND]
 *
 * DATA=DIR (default ../shared/data) has presidio-pii/ (labelled texts, all three files) and
 * womens-clothing/reviews.csv; what is absent is named and left out.
 *
 * Matching: a found span is right when it overlaps a labelled span of that type by a byte;
 * a labelled span is found when a found one overlaps it. Recall is over labelled spans,
 * precision over found ones. All countries.
 *
 * Then what they cost: the patterns of each alone and of all together (MB of folded text a
 * second, best of five rounds, one thread), and the scanner as if every review were a
 * candidate.
 *
 * --misses	the first of each type that were missed, or found and not labelled
 * --reviews D	every place of detector D in the clothing reviews
 * --raw	without the folding: the author's bytes, ASCII capitals made small
 * --evade	the labelled spans written so that they are harder to read: fullwidth (digits,
 *		letters and signs), nobreak (spaces), zerowidth (between all characters)
 */
// uses: stages/normavis/csv.c stages/normavis/input.c
#include "detect.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "alloc.h"
#include "clock.h"
#include "csv.h"
#include "fold.h"

#define TEXT_BYTES_MAX	((size_t)1 << 20)
#define PLACES_MAX	256
#define LABELS_MAX	64
#define MISSES_SHOWN	15
#define REVIEW_COLUMN	4
#define REVIEWS_MAX	32768
#define FOUND_BYTES_MAX 120
#define ROUNDS		5

enum evasion {
	EVADE_NOT,
	EVADE_FULLWIDTH,
	EVADE_NOBREAK,
	EVADE_ZEROWIDTH,
	EVASION_COUNT
};

static const char *const evasion_names[EVASION_COUNT] = {"not", "fullwidth", "nobreak",
							 "zerowidth"};

/* What the labels are called, and whether a bar stands on it. */
static const struct {
	const char *label;
	enum detector detector;
} types[] = {
	{"EMAIL_ADDRESS", DETECT_EMAIL},    {"PHONE_NUMBER", DETECT_PHONE},
	{"IBAN_CODE", DETECT_IBAN},	    {"CREDIT_CARD", DETECT_CARD},
	{"DOMAIN_NAME", DETECT_URL},	    {"ADDRESS", DETECT_ADDRESS},
	{"STREET_ADDRESS", DETECT_ADDRESS},
};

struct tally {
	size_t labelled, reached; /* spans that somebody labelled, and of these found */
	size_t found, right;	  /* spans that were found, and of these labelled */
	size_t shown;
};

static struct {
	struct fold fold;
	struct buf text; /* as it is looked at before folding, evasion included */
	struct tally tallies[DETECTOR_COUNT];
	struct span reviews[REVIEWS_MAX];
	struct span readings[REVIEWS_MAX];
	size_t review_count, readings_bytes;
	bool misses, raw;
	enum evasion evade;
} self;

/* A labelled span: characters of the text as it was, then bytes as it is. */
struct label {
	enum detector detector;
	size_t first, last; /* characters; behind the last */
	size_t start, end;
	bool reached;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "eval_pii: %s: %s\n", what, why);
	exit(1);
}

/* --- reading text -------------------------------------------------------------------- */

static size_t character_len(const uint8_t *at)
{
	return *at < 0x80 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
}

/* One character as an evader writes it. */
static void put_evaded(const uint8_t *at, size_t len)
{
	if (self.evade == EVADE_FULLWIDTH && *at > ' ' && *at < 0x7F) {
		uint32_t wide = 0xFF01u + *at - '!';
		buf_char(&self.text, (char)(0xE0 | wide >> 12));
		buf_char(&self.text, (char)(0x80 | (wide >> 6 & 0x3F)));
		buf_char(&self.text, (char)(0x80 | (wide & 0x3F)));
	} else if (self.evade == EVADE_NOBREAK && *at == ' ') {
		buf_text(&self.text, "\u00a0");
	} else {
		buf_bytes(&self.text, at, len);
		if (self.evade == EVADE_ZEROWIDTH)
			buf_text(&self.text, "\u200b");
	}
}

/* Puts the text into self.text and the bytes of its labels into these. */
static void take_text(const char *text, struct label *labels, size_t count)
{
	const uint8_t *at = (const uint8_t *)text;

	buf_clear(&self.text);
	for (size_t character = 0; *at; character++) {
		size_t len = character_len(at);
		bool within = false;

		for (size_t i = 0; i < count; i++) {
			if (labels[i].first == character)
				labels[i].start = self.text.len;
			within = within || (character >= labels[i].first &&
					    character < labels[i].last);
		}
		if (within && self.evade)
			put_evaded(at, len);
		else
			buf_bytes(&self.text, at, len);
		for (size_t i = 0; i < count; i++)
			if (labels[i].last == character + 1)
				labels[i].end = self.text.len;
		at += len;
	}
}

/* What the detectors read; offsets are into self.text in both cases. */
static struct span reading(struct span text)
{
	static struct buf lower = {.max = TEXT_BYTES_MAX};

	if (!self.raw) {
		fold_text(&self.fold, text);
		return buf_view(&self.fold.match);
	}
	buf_clear(&lower);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i] == '\n' ? ' ' : text.at[i];
		buf_char(&lower, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
	}
	return buf_view(&lower);
}

static size_t places_in(enum detector d, struct span text, struct scan_place *ret)
{
	struct span read = reading(text);
	size_t count = detect_find(d, DETECT_ALL_COUNTRIES, read, ret, PLACES_MAX);

	for (size_t i = 0; i < count && !self.raw; i++) {
		ret[i].start = self.fold.match_at[ret[i].start];
		ret[i].end = self.fold.match_at[ret[i].end];
	}
	return count;
}

/* --- labelled texts ------------------------------------------------------------------ */

static size_t read_labels(const json_t *row, struct label *ret)
{
	const json_t *spans = json_object_get(row, "spans"), *span;
	size_t count = 0, index;

	json_array_foreach(spans, index, span)
	{
		const char *type =
			json_string_value(json_object_get(span, "entity_type"));

		for (size_t t = 0; type && t < ARRAY_LEN(types); t++) {
			if (strcmp(type, types[t].label) != 0 || count == LABELS_MAX)
				continue;
			ret[count++] = (struct label){
				types[t].detector,
				(size_t)json_integer_value(
					json_object_get(span, "start_position")),
				(size_t)json_integer_value(
					json_object_get(span, "end_position")),
				0,
				0,
				false};
		}
	}
	return count;
}

static void show(enum detector d, const char *what, size_t start, size_t end)
{
	if (!self.misses || self.tallies[d].shown++ >= MISSES_SHOWN)
		return;
	size_t from = start > 30 ? start - 30 : 0;
	printf("  %s %s: [%.*s] in ...", detector_names[d], what, (int)(end - start),
	       (const char *)self.text.at + start);
	for (size_t i = from; i < MIN(self.text.len, end + 20); i++)
		putchar(self.text.at[i] == '\n' ? ' ' : self.text.at[i]);
	puts("");
}

static void compare(enum detector d, struct label *labels, size_t count)
{
	struct scan_place places[PLACES_MAX];
	struct tally *t = &self.tallies[d];
	size_t found = places_in(d, buf_view(&self.text), places);

	for (size_t i = 0; i < found; i++) {
		bool right = false;
		for (size_t l = 0; l < count; l++) {
			if (labels[l].detector != d || labels[l].start >= places[i].end ||
			    labels[l].end <= places[i].start)
				continue;
			right = labels[l].reached = true;
		}
		t->right += right;
		if (!right)
			show(d, "not labelled", places[i].start, places[i].end);
	}
	t->found += found;
	for (size_t l = 0; l < count; l++) {
		if (labels[l].detector != d)
			continue;
		t->labelled++;
		t->reached += labels[l].reached;
		if (!labels[l].reached)
			show(d, "missed", labels[l].start, labels[l].end);
	}
}

static void read_labelled(const char *dir, const char *name)
{
	OWNED(freep) char *path = xasprintf("%s/presidio-pii/%s", dir, name);
	json_error_t error;
	json_t *rows = json_load_file(path, 0, &error), *row;
	size_t index;

	if (!rows) {
		printf("NOT RUN: %s: %s\n", path, error.text);
		return;
	}
	json_array_foreach(rows, index, row)
	{
		struct label labels[LABELS_MAX];
		size_t count = read_labels(row, labels);

		take_text(json_string_value(json_object_get(row, "full_text")), labels,
			  count);
		for (enum detector d = 0; d < DETECTOR_COUNT; d++)
			compare(d, labels, count);
	}
	json_decref(rows);
}

static void print_labelled(void)
{
	static const enum detector shown[] = {DETECT_EMAIL, DETECT_PHONE, DETECT_IBAN,
					      DETECT_CARD,  DETECT_URL,	  DETECT_ADDRESS};

	if (self.tallies[DETECT_PHONE].labelled == 0)
		return;
	printf("%-11s %8s %6s %6s %6s %8s %10s\n", "labelled", "spans", "tp", "fn", "fp",
	       "recall", "precision");
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const struct tally *t = &self.tallies[shown[i]];
		printf("%-11s %8zu %6zu %6zu %6zu %8.3f %10.3f\n",
		       detector_names[shown[i]], t->labelled, t->reached,
		       t->labelled - t->reached, t->found - t->right,
		       (double)t->reached / (double)MAX(t->labelled, (size_t)1),
		       (double)t->right / (double)MAX(t->found, (size_t)1));
	}
}

/* --- reviews ------------------------------------------------------------------------- */

static void read_reviews(const char *dir)
{
	OWNED(freep) char *path = xasprintf("%s/womens-clothing/reviews.csv", dir);
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	struct csv_row row;
	bool end = false;
	struct err err;

	if (input_open(&in, path, &err) ||
	    csv_open(&csv, in, CSV_DIALECT_DEFAULT, &err)) {
		printf("NOT RUN: %s\n", err.text);
		return;
	}
	while (!csv_next(csv, &row, &end, &err) && !end) {
		if (row.flaw || row.count <= REVIEW_COLUMN ||
		    self.review_count == REVIEWS_MAX)
			continue;
		struct span text = row.column[REVIEW_COLUMN];
		self.reviews[self.review_count++] =
			(struct span){xmemdup(text.len ? (const void *)text.at : "",
					      MAX(text.len, (size_t)1)),
				      text.len};
	}
}

static void count_reviews(enum detector d, bool shown)
{
	struct scan_place places[PLACES_MAX];
	size_t texts = 0, all = 0;

	for (size_t i = 0; i < self.review_count; i++) {
		struct span text = self.reviews[i];
		size_t count = places_in(d, text, places);

		texts += count > 0;
		all += count;
		for (size_t p = 0; p < count && shown; p++) {
			size_t from = places[p].start > 40 ? places[p].start - 40 : 0;
			printf("  [%.*s] in ...%.*s\n",
			       (int)MIN(places[p].end - places[p].start, FOUND_BYTES_MAX),
			       (const char *)text.at + places[p].start,
			       (int)(MIN(text.len, places[p].end + 20) - from),
			       (const char *)text.at + from);
		}
	}
	printf("%-11s %8zu of %zu reviews, %zu places\n", detector_names[d], texts,
	       self.review_count, all);
}

/* --- what it costs ------------------------------------------------------------------- */

static void count_match(void *context, uint32_t owner UNUSED, uint32_t pattern UNUSED)
{
	++*(size_t *)context;
}

/* The texts as detectors read them, kept: timing is of what comes behind. */
static void keep_readings(void)
{
	for (size_t i = 0; i < self.review_count; i++) {
		struct span read = reading(self.reviews[i]);

		self.readings[i] =
			(struct span){xmemdup(read.len ? (const void *)read.at : "",
					      MAX(read.len, (size_t)1)),
				      read.len};
		self.readings_bytes += read.len;
	}
}

static double speed(int64_t ns)
{
	return (double)self.readings_bytes * 1e3 / (double)MAX(ns, 1);
}

/* How often the patterns of the detectors `from` to `to` let a review through, and how fast
 * they are alone: best of ROUNDS. */
static void time_patterns(const char *name, enum detector from, enum detector to)
{
	OWNED(scan_freep) struct scan *s = scan_new();
	uint32_t owner;
	struct err err;
	size_t candidates = 0;
	int64_t best = INT64_MAX;

	for (enum detector d = from; d <= to; d++)
		for (const char *const *p = detect_patterns(d); *p; p++)
			if (scan_add(s, SCAN_MATCH, *p, d, &err))
				die(*p, err.text);
	if (scan_build(s, NULL, &owner, &err))
		die(name, err.text);
	for (size_t round = 0; round < ROUNDS; round++) {
		int64_t start = clock_mono_ns();

		candidates = 0;
		for (size_t i = 0; i < self.review_count; i++) {
			size_t matches = 0;
			scan_text(s, SCAN_MATCH, self.readings[i], count_match, &matches);
			candidates += matches > 0;
		}
		best = MIN(best, clock_mono_ns() - start);
	}
	printf("%-11s %8zu candidates, patterns alone %.0f MB/s\n", name, candidates,
	       speed(best));
}

static void time_scanner(enum detector d)
{
	struct scan_place places[PLACES_MAX];
	int64_t best = INT64_MAX;
	size_t count = 0;

	for (size_t round = 0; round < ROUNDS; round++) {
		int64_t start = clock_mono_ns();

		count = 0;
		for (size_t i = 0; i < self.review_count; i++)
			count += detect_find(d, DETECT_ALL_COUNTRIES, self.readings[i],
					     places, PLACES_MAX);
		best = MIN(best, clock_mono_ns() - start);
	}
	printf("%-11s %8zu places, scanner over every review %.0f MB/s\n",
	       detector_names[d], count, speed(best));
}

/* --- all ----------------------------------------------------------------------------- */

static enum evasion evasion_of(const char *name)
{
	for (size_t i = 0; i < EVASION_COUNT; i++)
		if (strcmp(evasion_names[i], name) == 0)
			return (enum evasion)i;
	die(name, "no such evasion");
	return EVADE_NOT;
}

static const char *read_options(int argc, char **argv)
{
	static const struct option options[] = {{"misses", no_argument, NULL, 'm'},
						{"raw", no_argument, NULL, 'r'},
						{"reviews", required_argument, NULL, 'd'},
						{"evade", required_argument, NULL, 'e'},
						{NULL, 0, NULL, 0}};
	const char *reviews = NULL;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == '?')
			exit(64);
		self.misses = self.misses || o == 'm';
		self.raw = self.raw || o == 'r';
		if (o == 'd')
			reviews = optarg;
		if (o == 'e')
			self.evade = evasion_of(optarg);
	}
	return reviews;
}

int main(int argc, char **argv)
{
	static const char *const files[] = {
		"generated_large.json", "generated_small.json", "synth_dataset_v2.json"};
	const char *reviews = read_options(argc, argv);
	const char *dir = getenv("DATA") ? getenv("DATA") : "../shared/data";

	fold_init(&self.fold);
	self.text = BUF_INIT(TEXT_BYTES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(files) && !reviews; i++)
		read_labelled(dir, files[i]);
	print_labelled();
	read_reviews(dir);
	for (enum detector d = 0; d < DETECTOR_COUNT && self.review_count; d++)
		if (!reviews || strcmp(reviews, detector_names[d]) == 0)
			count_reviews(d, reviews != NULL);
	if (reviews || !self.review_count)
		return 0;
	keep_readings();
	for (enum detector d = 0; d < DETECTOR_COUNT; d++) {
		time_patterns(detector_names[d], d, d);
		time_scanner(d);
	}
	time_patterns("all", 0, DETECTOR_COUNT - 1);
	return 0;
}
