// uses: tests/bench/submitter.c
/* bench_idle - how long one submission takes while nothing else is going on.
 *
 *	bench_idle CONFIG CORPUS FIRST COUNT
 *
 * One review at a time: from sending to its answer, and to its commit as a reader of the
 * store sees it. Between two of them, 4 KiB are appended to a file beside the journal's directory and
 * synced: what the disk itself asks for. Prints the three medians.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "file.h"
#include "submitter.h"

#define APPEND_BYTES 4096
#define POLL_US	     200
#define PAUSE_US     20000 /* longer than publish waits for more */

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double median_us(int64_t *ns, size_t count)
{
	qsort(ns, count, sizeof(*ns), compare);
	return (double)ns[count / 2] / 1000;
}

static int64_t append_once(int fd, uint64_t *offset)
{
	static const uint8_t block[APPEND_BYTES];
	struct err err;
	int64_t start = clock_mono_ns();

	bench_must(file_pwrite(fd, block, sizeof(block), *offset, &err), &err);
	bench_must(file_sync(fd, &err), &err);
	*offset += sizeof(block);
	return clock_mono_ns() - start;
}

int main(int argc, char **argv)
{
	struct submitter s;
	struct lines lines;

	if (argc < 5) {
		fprintf(stderr, "usage: bench_idle CONFIG CORPUS FIRST COUNT\n");
		return EXIT_CODE_USAGE;
	}
	size_t count = strtoull(argv[4], NULL, 10);
	int64_t *answer = xcalloc(count, sizeof(*answer)),
		*commit = xcalloc(count, sizeof(*commit)),
		*sync = xcalloc(count, sizeof(*sync));
	lines_read(&lines, argv[2], strtoull(argv[3], NULL, 10), count);
	submitter_open(&s, argv[1]);
	OWNED(freep)
	char *path = xasprintf("%s/bench-append", s.options->pipeline.data);
	OWNED(file_close)
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint64_t offset = 0, seq = submitter_committed(&s);
	for (size_t i = 0; i < count; i++) {
		usleep(PAUSE_US);
		sync[i] = append_once(fd, &offset);
		usleep(PAUSE_US);
		int64_t start = clock_mono_ns();
		submitter_send(&s, &lines.line[i], 1);
		submitter_receive(&s);
		answer[i] = clock_mono_ns() - start;
		submitter_wait_committed(&s, ++seq, POLL_US);
		commit[i] = clock_mono_ns() - start;
	}
	unlink(path);
	double sync_us = median_us(sync, count), answer_us = median_us(answer, count);
	printf("submissions=%zu fdatasync_us=%.0f answer_us=%.0f ratio=%.2f committed_ms=%.2f\n",
	       count, sync_us, answer_us, answer_us / sync_us,
	       median_us(commit, count) / 1000);
	lines_release(&lines);
	submitter_close(&s);
	free(answer);
	free(commit);
	free(sync);
	return 0;
}
