/* bench_dedup - how fast near duplicates are looked for, from raw UTF-8 to what is found.
 *
 *	bench_dedup FILE [ROUNDS]    lines of FILE are texts, each of another author
 */
// uses: stages/dedup/near.c stages/dedup/index.c stages/dedup/index_find.c
// uses: stages/dedup/index_slots.c stages/dedup/sketches.c
// uses: stages/dedup/slots.c stages/dedup/mapped.c stages/dedup/recent.c
// uses: stages/dedup/earlier.c stages/dedup/overlap.c stages/dedup/grams.c
// uses: stages/dedup/signature.c stages/dedup/information.c
#include "../../stages/dedup/near.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../stages/dedup/grams.h"
#include "alloc.h"
#include "clock.h"
#include "fold.h"

#define LINE_BYTES_MAX (1 << 17)
#define TEXTS_MAX      (1 << 22)
#define BATCH	       128

static struct span *texts;
static size_t texts_count, texts_bytes;

static void read_texts(const char *path)
{
	static char line[LINE_BYTES_MAX];
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(66);
	}
	texts = xcalloc(TEXTS_MAX, sizeof(*texts));
	while (texts_count < TEXTS_MAX && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, "\n");
		texts[texts_count++] = (struct span){xmemdup(line, len + 1), len};
		texts_bytes += len;
	}
	fclose(f);
}

static bool no_row(struct said *ret, const struct store_row *row, void *context)
{
	(void)ret;
	(void)row;
	(void)context;
	return false;
}

/* Of this process: others run beside it. */
static int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void fail(const struct err *err)
{
	fprintf(stderr, "%s\n", err->text);
	exit(70);
}

static void round_of(void)
{
	char dir[] = "/tmp/bench_dedup.XXXXXX";
	struct near_kind kind = {.data = dir, .journal_id = 1, .seed = 42};
	struct near_options options = {.similar = 450000, .leader = 600000};
	struct earlier *earlier = earlier_new("/nowhere", 1, no_row, NULL);
	struct near *near;
	struct near_found found;
	struct near_figures figures;
	struct fold fold;
	struct err err = {0};
	uint64_t from, found_count = 0;

	if (!mkdtemp(dir)) {
		perror(dir);
		exit(73);
	}
	if (near_open(&near, &from, &kind, &options, earlier, &err))
		fail(&err);
	fold_init(&fold);
	int64_t start = cpu_ns();
	for (size_t i = 0; i < texts_count; i++) {
		fold_text(&fold, texts[i]);
		struct said said = {.seq = i + 1,
				    .author = i + 1,
				    .site = 1,
				    .subject = i + 1,
				    .text = grams_text(buf_view(&fold.key))};
		if (near_look(near, &said, &found, &err))
			fail(&err);
		found_count += found.count > 0;
		if (i % BATCH == 0 && near_commit(near, i + 1, &err))
			fail(&err);
	}
	double seconds = (double)(cpu_ns() - start) / 1e9;
	near_figures(near, &figures);
	printf("%.0f texts/s  %.2f us  found %llu  candidates %.3f  compared %.3f  leaders %.3f  %.1f B/text\n",
	       (double)texts_count / seconds, seconds * 1e6 / (double)texts_count,
	       (unsigned long long)found_count,
	       (double)figures.candidates / (double)texts_count,
	       (double)figures.compared / (double)texts_count,
	       (double)figures.leaders / (double)texts_count,
	       (double)figures.bytes / (double)figures.texts);
	near_close(near);
	earlier_free(earlier);
	fold_release(&fold);
	if (near_remove(dir, &err) || rmdir(dir) != 0)
		fail(&err);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 64;
	read_texts(argv[1]);
	for (int i = 0; i < (argc > 2 ? atoi(argv[2]) : 3); i++)
		round_of();
	return 0;
}
