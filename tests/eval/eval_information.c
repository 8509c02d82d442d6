// uses: stages/dedup/information.c
/* eval_information [-c] FILE... - what texts tell (information.h), one text a line: for each
 * file the share of its texts, in per cent, that tell so many bits or more, and what a call
 * costs. -c: of each text one piece of 40 to 60 characters between words, at a place that
 * depends on the text alone; shorter texts are left out. */
#include "fold.h"
#include "information.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FROM = 350, STEP = 50, STEPS = 11, PIECE_MIN = 40, PIECE_MAX = 60 };

struct shares {
	size_t texts, reached[STEPS];
	int64_t took_ns;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The start of the word at or behind `at`. */
static size_t word_start(struct span text, size_t at)
{
	while (at > 0 && at < text.len && text.at[at - 1] != ' ')
		at++;
	return at;
}

static struct span piece_of(struct span text)
{
	uint64_t random = 1;

	for (size_t i = 0; i < text.len; i++)
		random = (random ^ text.at[i]) * UINT64_C(0x100000001B3);
	random ^= random >> 29;
	if (text.len < PIECE_MIN)
		return SPAN_NONE;
	size_t start = word_start(text, random % (text.len - PIECE_MIN + 1));
	size_t len = PIECE_MIN + (random >> 40) % (PIECE_MAX - PIECE_MIN + 1);

	if (start + len > text.len)
		len = text.len - start;
	else
		while (len > 0 && start + len < text.len && text.at[start + len] != ' ')
			len--;
	return len < PIECE_MIN ? SPAN_NONE : (struct span){text.at + start, len};
}

static void count(struct shares *s, struct span text)
{
	int64_t start = now_ns();
	uint32_t tenths = information_of(text).tenths;

	s->took_ns += now_ns() - start;
	s->texts++;
	for (size_t i = 0; i < STEPS; i++)
		s->reached[i] += tenths >= FROM + STEP * i;
}

static void evaluate(const char *path, bool pieces)
{
	struct shares shares = {0};
	struct fold fold;
	char *line = NULL;
	size_t capacity = 0;
	FILE *file = fopen(path, "r");

	if (!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	fold_init(&fold);
	for (ssize_t len; (len = getline(&line, &capacity, file)) > 0;) {
		fold_text(&fold,
			  (struct span){(uint8_t *)line, (size_t)MIN(len, 1 << 20)});
		struct span key = {fold.key.at, fold.key.len};

		if (pieces)
			key = piece_of(key);
		if (key.len)
			count(&shares, key);
	}
	printf("%-40s %6zu", path, shares.texts);
	for (size_t i = 0; i < STEPS && shares.texts; i++)
		printf(" %5.1f",
		       100.0 * (double)shares.reached[i] / (double)shares.texts);
	printf("  %" PRId64 " ns\n",
	       shares.texts ? shares.took_ns / (int64_t)shares.texts : 0);
	fold_release(&fold);
	free(line);
	fclose(file);
}

int main(int argc, char **argv)
{
	bool pieces = argc > 1 && strcmp(argv[1], "-c") == 0;

	printf("%-40s %6s", "bits", "texts");
	for (size_t i = 0; i < STEPS; i++)
		printf(" %5zu", (FROM + STEP * i) / 10);
	printf("\n");
	for (int i = 1 + pieces; i < argc; i++)
		evaluate(argv[i], pieces);
	return 0;
}
