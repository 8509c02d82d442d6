// uses: tests/bench/submitter.c
/* bench_load - submits reviews as fast as they are taken, and waits for the store.
 *
 *	bench_load CONFIG CORPUS FIRST COUNT [RULES]
 *
 * Messages of 100 lines, eight of them under way. RULES: a directory that is put in force
 * first. Prints how long it took until all were accepted, and until all were committed,
 * both from the first message on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "submitter.h"

#define MESSAGE_LINES 100
#define WINDOW	      8
#define POLL_US	      1000

static void submit_all(struct submitter *s, const struct lines *lines)
{
	for (size_t at = 0; at < lines->count; at += MESSAGE_LINES) {
		while (s->sent - s->answered >= WINDOW)
			submitter_receive(s);
		submitter_send(s, lines->line + at,
			       MIN(lines->count - at, (size_t)MESSAGE_LINES));
	}
	while (s->answered < s->sent)
		submitter_receive(s);
}

int main(int argc, char **argv)
{
	struct submitter s;
	struct lines lines;

	if (argc < 5) {
		fprintf(stderr, "usage: bench_load CONFIG CORPUS FIRST COUNT [RULES]\n");
		return EXIT_CODE_USAGE;
	}
	lines_read(&lines, argv[2], strtoull(argv[3], NULL, 10),
		   strtoull(argv[4], NULL, 10));
	submitter_open(&s, argv[1]);
	if (argc > 5)
		submitter_activate(&s, argv[5]);
	uint64_t before = submitter_committed(&s);
	s.accepted = 0;
	int64_t start = clock_mono_ns();
	submit_all(&s, &lines);
	double accepted_s = (double)(clock_mono_ns() - start) / 1e9;
	if (s.accepted != lines.count) {
		fprintf(stderr, "bench_load: %llu of %zu accepted\n",
			(unsigned long long)s.accepted, lines.count);
		return 1;
	}
	submitter_wait_committed(&s, before + lines.count, POLL_US);
	double committed_s = (double)(clock_mono_ns() - start) / 1e9;
	double n = (double)lines.count;
	printf("reviews=%zu accepted_s=%.3f committed_s=%.3f accepted_rate=%.0f rate=%.0f\n",
	       lines.count, accepted_s, committed_s, n / accepted_s, n / committed_s);
	lines_release(&lines);
	submitter_close(&s);
	return 0;
}
