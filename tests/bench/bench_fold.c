/* bench_fold - how fast text is folded, beside what ICU does of the same in the same run.
 *
 *	bench_fold [FILE]     lines of FILE are texts; without: French and English phrases
 *
 * Prints one line per contender: MB of original text per second (best of five rounds, one
 * thread), and how many times the slower ICU path (skeleton) that is. None of ICU's two
 * does all of fold_text: NFKC_Casefold keeps marks and look-alikes, the skeleton case.
 */
// links: icu-uc icu-i18n
#include "fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "alloc.h"
#include "clock.h"
#include "phrases.h"

#define TEXTS_BYTES_MAX ((size_t)64 << 20)
#define LINE_BYTES_MAX	16384
#define ROUNDS		5

static struct span texts[1 << 20];
static size_t texts_count;
static size_t texts_bytes;

static void add_text(const char *at, size_t len)
{
	assert(texts_count < ARRAY_LEN(texts));
	texts[texts_count++] = (struct span){xmemdup(at, len), len};
	texts_bytes += len;
}

static void read_texts(const char *path)
{
	static char line[LINE_BYTES_MAX];
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(66);
	}
	while (texts_bytes < TEXTS_BYTES_MAX && texts_count < ARRAY_LEN(texts) &&
	       fgets(line, sizeof(line), f))
		add_text(line, strcspn(line, "\n"));
	fclose(f);
}

static void make_texts(void)
{
	char text[1024];

	for (unsigned i = 0; i < 40000; i++) {
		int len = 0;
		for (unsigned j = 0; j < 1 + i % 5; j++)
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%s ",
					phrases[(i * 7 + j * 3) % ARRAY_LEN(phrases)]);
		add_text(text, (size_t)len);
	}
}

static size_t by_fold(void)
{
	struct fold f;
	size_t bytes = 0;

	fold_init(&f);
	for (size_t i = 0; i < texts_count; i++) {
		fold_text(&f, texts[i]);
		bytes += f.match.len + f.key.len;
	}
	fold_release(&f);
	return bytes;
}

static size_t by_nfkc_casefold(void)
{
	static UChar in[LINE_BYTES_MAX], out[4 * LINE_BYTES_MAX];
	static char utf8[12 * LINE_BYTES_MAX];
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *n = unorm2_getNFKCCasefoldInstance(&e);
	size_t bytes = 0;

	for (size_t i = 0; i < texts_count; i++) {
		int32_t len, len8;
		u_strFromUTF8(in, ARRAY_LEN(in), &len, (const char *)texts[i].at,
			      (int32_t)texts[i].len, &e);
		len = unorm2_normalize(n, in, len, out, ARRAY_LEN(out), &e);
		u_strToUTF8(utf8, sizeof(utf8), &len8, out, len, &e);
		bytes += (size_t)len8;
	}
	assert(U_SUCCESS(e));
	return bytes;
}

static size_t by_skeleton(void)
{
	static char out[12 * LINE_BYTES_MAX];
	UErrorCode e = U_ZERO_ERROR;
	USpoofChecker *spoof = uspoof_open(&e);
	size_t bytes = 0;

	for (size_t i = 0; i < texts_count; i++)
		bytes += (size_t)uspoof_getSkeletonUTF8(
			spoof, 0, (const char *)texts[i].at, (int32_t)texts[i].len, out,
			sizeof(out), &e);
	assert(U_SUCCESS(e));
	uspoof_close(spoof);
	return bytes;
}

static double megabytes_per_s(size_t (*run)(void))
{
	int64_t best_ns = INT64_MAX;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t start_ns = clock_mono_ns();
		size_t bytes = run();
		int64_t took_ns = clock_mono_ns() - start_ns;
		assert(bytes > 0);
		best_ns = MIN(best_ns, MAX(took_ns, 1));
	}
	return (double)texts_bytes * 1e3 / (double)best_ns;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		read_texts(argv[1]);
	else
		make_texts();
	double fold = megabytes_per_s(by_fold);
	double casefold = megabytes_per_s(by_nfkc_casefold);
	double skeleton = megabytes_per_s(by_skeleton);

	printf("texts %zu, bytes %zu\n", texts_count, texts_bytes);
	printf("fold_text (match, offsets, key)  %8.0f MB/s  %6.1f\n", fold,
	       fold / skeleton);
	printf("ICU NFKC_Casefold                %8.0f MB/s  %6.1f\n", casefold,
	       casefold / skeleton);
	printf("ICU uspoof skeleton              %8.0f MB/s  %6.1f\n", skeleton, 1.0);
	for (size_t i = 0; i < texts_count; i++)
		free((void *)(uintptr_t)texts[i].at);
	return 0;
}
