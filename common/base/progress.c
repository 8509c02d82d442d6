#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"

#define DRAW_MS	    100
#define COLUMNS_MAX 120
#define COLUMNS_MIN 40
#define COLUMNS	    80 /* where the terminal does not say */
#define BAR_MAX	    40
#define TEXT_MAX    48 /* of what stands beside the bar */

void progress_begin(struct progress *ret, const char *what, uint64_t total)
{
	const char *terminal = getenv("TERM");

	*ret = (struct progress){
		.what = what, .total = total, .begun_ms = clock_mono_ms()};
	ret->shown = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

static int terminal_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS;
	return MAX(COLUMNS_MIN, MIN((int)size.ws_col, COLUMNS_MAX));
}

char *progress_format(char *ret, const struct progress *p, uint64_t done,
		      int64_t elapsed_ms, int columns)
{
	uint64_t rate = elapsed_ms > 0 ? done * 1000 / (uint64_t)elapsed_ms : 0;
	char bar[BAR_MAX + 1] = "";

	if (p->total == 0) {
		snprintf(ret, PROGRESS_BYTES, "%s %" PRIu64 " (%" PRIu64 "/s)", p->what,
			 done, rate);
		return ret;
	}
	uint64_t part = MIN(done, p->total);
	int room = MAX(0, MIN(BAR_MAX, columns - TEXT_MAX - (int)strlen(p->what)));
	int full = (int)(part * (uint64_t)room / p->total);
	memset(bar, '-', (size_t)room);
	memset(bar, '#', (size_t)full);
	snprintf(ret, PROGRESS_BYTES,
		 "%s [%s] %3d %% %" PRIu64 " of %" PRIu64 " (%" PRIu64 "/s)", p->what,
		 bar, (int)(part * 100 / p->total), done, p->total, rate);
	return ret;
}

void progress_at(struct progress *p, uint64_t done)
{
	char line[PROGRESS_BYTES];
	int64_t now_ms = p->shown ? clock_mono_ms() : 0;

	if (!p->shown || now_ms - p->drawn_ms < DRAW_MS)
		return;
	p->drawn_ms = now_ms;
	p->dirty = true;
	fprintf(stderr, "\r%s\033[K",
		progress_format(line, p, done, now_ms - p->begun_ms, terminal_columns()));
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->dirty)
		fputs("\r\033[K", stderr);
	p->dirty = false;
}
