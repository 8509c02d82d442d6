/* bench_dedup - the search for near duplicates by itself: no store, no wire.
 *
 *	bench_dedup FILE [ROUNDS]      lines of FILE are texts: from raw UTF-8 to what is found
 *	bench_dedup --flood FILE       the same, and again with as many copies of a template
 *	bench_dedup --grow N FILE      N texts made of pieces of FILE's: cost as the index grows,
 *	                               then opening it and making its slots again
 *
 * Every text is of another author, about one of 500 subjects. CPU time of this process.
 * Earlier texts come from memory and are folded again, as those of the store are.
 */
// uses: stages/dedup/near.c stages/dedup/index.c stages/dedup/index_find.c
// uses: stages/dedup/index_slots.c stages/dedup/sketches.c
// uses: stages/dedup/slots.c stages/dedup/mapped.c stages/dedup/recent.c
// uses: stages/dedup/overlap.c stages/dedup/grams.c
// uses: stages/dedup/signature.c stages/dedup/information.c
#include "../../stages/dedup/near.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../../stages/dedup/grams.h"
#include "../../stages/dedup/index.h"
#include "alloc.h"
#include "fold.h"

#define LINE_BYTES_MAX (1 << 17)
#define TEXTS_MAX      (1 << 22)
#define BATCH	       128
#define SUBJECTS       500
#define PIECE_WORDS    5

static struct {
	struct span *at;
	size_t count;
	struct span words; /* all texts, one after the other, words of any length */
} texts;

/* Text number i, from 0; borrowed until the next call. */
typedef struct span text_source(uint64_t i);

static struct {
	text_source *text;
	struct fold fold, earlier_fold;
	char dir[64];
} self;

/* --- texts -------------------------------------------------------------------------- */

static void read_texts(const char *path)
{
	static char line[LINE_BYTES_MAX];
	struct buf all = BUF_INIT((size_t)1 << 30);
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(66);
	}
	texts.at = xcalloc(TEXTS_MAX, sizeof(*texts.at));
	while (texts.count < TEXTS_MAX && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, "\n");
		texts.at[texts.count++] = (struct span){xmemdup(line, len + 1), len};
		buf_bytes(&all, line, len);
		buf_char(&all, ' ');
	}
	texts.words = buf_view(&all);
	fclose(f);
}

static struct span text_of_file(uint64_t i)
{
	return texts.at[i];
}

/* splitmix64: the same text for the same number. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += 0x9E3779B97F4A7C15;

	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
	x = (x ^ x >> 27) * 0x94D049BB133111EB;
	return x ^ x >> 31;
}

/* Pieces of one to five words of the file, as long together as one of its texts. */
static struct span text_of_pieces(uint64_t i)
{
	static char text[LINE_BYTES_MAX];
	uint64_t random = i * 0xD1342543DE82EF95 + 1;
	size_t want = texts.at[next_random(&random) % texts.count].len, len = 0;

	while (len < want && len < sizeof(text) - 1024) {
		size_t at = next_random(&random) % (texts.words.len - 1024);
		size_t words = 1 + next_random(&random) % PIECE_WORDS;
		while (texts.words.at[at] != ' ')
			at++;
		for (at++; words > 0 && len < sizeof(text) - 1024; at++) {
			text[len++] = (char)texts.words.at[at];
			words -= texts.words.at[at] == ' ';
		}
	}
	return (struct span){(const uint8_t *)text, len};
}

/* Every second one is the template, with four words and a number of its own. */
static struct span text_of_flood(uint64_t i)
{
	static char text[512];
	static const char *const words[] = {"commande", "livraison", "boutique",
					    "equipe",	"produit",   "colis",
					    "conseil",	"magasin"};
	uint64_t random = i;

	if (i % 2 == 0)
		return texts.at[i / 2];
	int len = snprintf(
		text, sizeof(text),
		"Très satisfait de ma %s chez ce vendeur, la %s est arrivée en %u jours et "
		"l'emballage était vraiment soigné ; le %s du service client a répondu à "
		"toutes mes questions avec patience, je recommande cette %s les yeux fermés.",
		words[next_random(&random) % 8], words[next_random(&random) % 8],
		(unsigned)(next_random(&random) % 1000), words[next_random(&random) % 8],
		words[next_random(&random) % 8]);
	return (struct span){(const uint8_t *)text, (size_t)len};
}

/* --- earlier.h, from memory ----------------------------------------------------------- */

static struct said said_of(uint64_t seq, struct fold *fold)
{
	fold_text(fold, self.text(seq - 1));
	return (struct said){.seq = seq,
			     .author = seq,
			     .site = 1,
			     .subject = 1 + seq % SUBJECTS,
			     .experience_date = EARLIER_NO_DATE,
			     .text = grams_text(buf_view(&fold->key))};
}

void earlier_add(struct earlier *e, const struct said *said)
{
	(void)e;
	(void)said;
}

void earlier_forget(struct earlier *e, uint64_t seq)
{
	(void)e;
	(void)seq;
}

enum status earlier_find(struct earlier *e, uint64_t seq, struct said *ret,
			 bool *ret_found, struct err *err)
{
	(void)e;
	(void)err;
	*ret = said_of(seq, &self.earlier_fold);
	*ret_found = true;
	return ST_OK;
}

/* --- rounds --------------------------------------------------------------------------- */

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum status st, const struct err *err)
{
	if (st == ST_OK)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(70);
}

static struct near *open_near(void)
{
	static const struct near_options options = {.similar = 450000, .leader = 600000};
	struct near_kind kind = {.data = self.dir, .journal_id = 1, .seed = 42};
	struct near *near = NULL;
	struct err err = {""};
	uint64_t from;

	must(near_open(&near, &from, &kind, &options, NULL, &err), &err);
	return near;
}

static void make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(self.dir, sizeof(self.dir), "%.40s/bench_dedup.XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(self.dir)) {
		perror(self.dir);
		exit(73);
	}
}

static void remove_dir(void)
{
	struct err err = {""};

	must(near_remove(self.dir, &err), &err);
	(void)rmdir(self.dir);
}

/* Looks at texts from `first` on; returns how many were found to be like an earlier one. */
static uint64_t look_at(struct near *near, uint64_t first, uint64_t count)
{
	static struct near_found found;
	struct err err = {""};
	uint64_t alike = 0;

	for (uint64_t i = first; i < first + count; i++) {
		struct said said = said_of(i + 1, &self.fold);
		must(near_look(near, &said, &found, &err), &err);
		alike += found.count > 0;
		if (i % BATCH == 0)
			must(near_commit(near, i + 1, &err), &err);
	}
	must(near_commit(near, first + count, &err), &err);
	return alike;
}

/* CPU seconds of making and folding the same texts, and nothing else. */
static double fold_seconds(uint64_t first, uint64_t count)
{
	double start = cpu_seconds();

	for (uint64_t i = first; i < first + count; i++)
		(void)said_of(i + 1, &self.fold);
	return cpu_seconds() - start;
}

static double round_of(const char *name, uint64_t count)
{
	struct near_figures f;

	make_dir();
	struct near *near = open_near();
	double start = cpu_seconds();
	uint64_t alike = look_at(near, 0, count);
	double seconds = cpu_seconds() - start;
	near_figures(near, &f);
	printf("%-8s %8.0f texts/s %6.2f us, folded %.2f us; alike %llu, candidates %.3f, "
	       "compared %.3f a text; %.1f B/text\n",
	       name, (double)count / seconds, seconds * 1e6 / (double)count,
	       fold_seconds(0, count) * 1e6 / (double)count, (unsigned long long)alike,
	       (double)f.candidates / (double)count, (double)f.compared / (double)count,
	       (double)f.bytes / (double)f.texts);
	near_close(near);
	remove_dir();
	return (double)count / seconds;
}

static void flood(void)
{
	self.text = text_of_file;
	double calm = round_of("calm", texts.count);
	self.text = text_of_flood;
	double flooded = round_of("flood", texts.count * 2);
	printf("flood / calm %.2f\n", flooded / calm);
}

/* --- growing -------------------------------------------------------------------------- */

static void reopen(struct near *near, uint64_t count)
{
	struct err err = {""};
	char path[128];

	near_close(near);
	double start = cpu_seconds();
	near = open_near();
	printf("open %.3f s\n", cpu_seconds() - start);
	near_close(near);
	snprintf(path, sizeof(path), "%s/near.bands", self.dir);
	(void)unlink(path);
	start = cpu_seconds();
	near = open_near();
	double seconds = cpu_seconds() - start;
	printf("slots made again from the sketches: %.2f s, %.1f s for ten million\n",
	       seconds, seconds * 1e7 / (double)count);
	must(near_sync(near, &err), &err);
	near_close(near);
}

/* Of each tenth of a decade: what a text costs beside being made and folded. */
static void grow(uint64_t count)
{
	struct near_figures f, before = {0};
	uint64_t done = 0;

	self.text = text_of_pieces;
	make_dir();
	struct near *near = open_near();
	while (done < count) {
		uint64_t step = MIN(count - done, MAX(count / 20, 10000));
		double start = cpu_seconds();
		uint64_t alike = look_at(near, done, step);
		double seconds = cpu_seconds() - start - fold_seconds(done, step);
		done += step;
		near_figures(near, &f);
		printf("%9llu texts: index %.2f us, candidates %.3f, compared %.4f, alike "
		       "%.5f, leaders %.4f, %.1f B/text\n",
		       (unsigned long long)done, seconds * 1e6 / (double)step,
		       (double)(f.candidates - before.candidates) / (double)step,
		       (double)(f.compared - before.compared) / (double)step,
		       (double)alike / (double)step, (double)f.leaders / (double)f.texts,
		       (double)f.bytes / (double)f.texts);
		fflush(stdout);
		before = f;
	}
	reopen(near, count);
	remove_dir();
}

int main(int argc, char **argv)
{
	bool growing = argc == 4 && strcmp(argv[1], "--grow") == 0;
	bool flooding = argc == 3 && strcmp(argv[1], "--flood") == 0;

	if (argc < 2 || (argv[1][0] == '-' && !growing && !flooding)) {
		fprintf(stderr,
			"usage: bench_dedup FILE [ROUNDS] | --flood FILE | --grow N FILE\n");
		return 64;
	}
	fold_init(&self.fold);
	fold_init(&self.earlier_fold);
	read_texts(argv[growing ? 3 : flooding ? 2 : 1]);
	if (growing) {
		grow(strtoull(argv[2], NULL, 10));
	} else if (flooding) {
		flood();
	} else {
		self.text = text_of_file;
		for (int i = 0; i < (argc > 2 ? atoi(argv[2]) : 3); i++)
			(void)round_of("round", texts.count);
	}
	return 0;
}
