/* bench_classifier - what a score costs.
 *
 *	bench_classifier MODEL FILE     each line of FILE is a text
 *
 * Prints nanoseconds for each byte of folded text (best of five rounds, one thread), and the
 * same for folding it, which every text pays anyway.
 */
#include "classifier.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "file.h"
#include "fold.h"

#define TEXTS_BYTES_MAX ((size_t)256 << 20)
#define ROUNDS		5

static struct buf file = {.max = TEXTS_BYTES_MAX}, folded = {.max = TEXTS_BYTES_MAX};
static size_t *ends; /* of each text in `folded` */
static size_t texts;

static int64_t fold_all(void)
{
	int64_t start_ns = clock_mono_ns();
	struct fold f;

	fold_init(&f);
	buf_clear(&folded);
	texts = 0;
	for (size_t at = 0; at < file.len; texts++) {
		const uint8_t *end = memchr(file.at + at, '\n', file.len - at);
		size_t len = end ? (size_t)(end - file.at) - at : file.len - at;

		fold_text(&f, (struct span){file.at + at, MIN(len, FOLD_BYTES_MAX)});
		buf_span(&folded, buf_view(&f.match));
		ends = xrealloc(ends, (texts + 1) * sizeof(*ends));
		ends[texts] = folded.len;
		at += len + 1;
	}
	fold_release(&f);
	return clock_mono_ns() - start_ns;
}

static int64_t score_all(const struct classifier *c)
{
	int64_t start_ns = clock_mono_ns();
	uint64_t sum = 0;

	for (size_t i = 0, at = 0; i < texts; at = ends[i++])
		sum += classifier_score(c, (struct span){folded.at + at, ends[i] - at});
	int64_t took_ns = clock_mono_ns() - start_ns;
	assert(sum <= texts * CLASSIFIER_SCORE_MAX);
	return took_ns;
}

static int fail(const struct err *err)
{
	fprintf(stderr, "%s\n", err->text);
	return 66;
}

int main(int argc, char **argv)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(CLASSIFIER_BYTES_MAX);
	OWNED(classifier_freep) struct classifier *c = NULL;
	int64_t fold_ns = INT64_MAX, score_ns = INT64_MAX;
	struct err err = {""};

	if (argc != 3) {
		fprintf(stderr, "usage: bench_classifier MODEL FILE\n");
		return 64;
	}
	if (file_read(&bytes, argv[1], &err) || file_read(&file, argv[2], &err) ||
	    classifier_load(&c, buf_view(&bytes), &err))
		return fail(&err);
	for (int i = 0; i < ROUNDS; i++) {
		fold_ns = MIN(fold_ns, fold_all());
		score_ns = MIN(score_ns, score_all(c));
	}
	printf("texts %zu, folded bytes %zu\n", texts, folded.len);
	printf("score %.2f ns/byte, fold %.2f ns/byte\n",
	       (double)score_ns / (double)MAX(folded.len, 1),
	       (double)fold_ns / (double)MAX(folded.len, 1));
	free(ends);
	buf_release(&file);
	buf_release(&folded);
	return 0;
}
