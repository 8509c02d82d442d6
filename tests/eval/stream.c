#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../stages/dedup/grams.h"
#include "alloc.h"
#include "fold.h"
#include "naive.h"

#define BATCH 128

struct search {
	char dir[64];
	struct earlier *earlier;
	struct near *near;
	struct fold fold;
	uint64_t seq;
};

static void fail(const struct err *err)
{
	fprintf(stderr, "eval_dedup: %s\n", err->text);
	exit(EXIT_CODE_SOFTWARE);
}

void stream_release(struct stream *s)
{
	for (size_t i = 0; i < s->count; i++)
		free((void *)(uintptr_t)s->items[i].key.at);
	free(s->items);
	*s = (struct stream){0};
}

uint32_t stream_add(struct stream *s, const struct item *item)
{
	if (s->count == s->capacity) {
		s->capacity = s->capacity ? s->capacity * 2 : 4096;
		s->items = xrealloc(s->items, s->capacity * sizeof(*s->items));
	}
	s->items[s->count] = *item;
	return (uint32_t)s->count++;
}

/* --- searching ------------------------------------------------------------------------ */

static bool no_row(struct said *ret UNUSED, const struct store_row *row UNUSED,
		   void *context UNUSED)
{
	return false;
}

static void open_search(struct search *x)
{
	struct near_options options = {.similar = STREAM_SIMILAR,
				       .leader = STREAM_LEADER};
	const char *tmp = getenv("TMPDIR");
	struct err err = {0};
	uint64_t from;

	snprintf(x->dir, sizeof(x->dir), "%s/eval_dedup.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(x->dir)) {
		perror(x->dir);
		exit(EXIT_CODE_IO);
	}
	struct near_kind kind = {.data = x->dir, .journal_id = 1, .seed = STREAM_SEED};
	x->earlier = earlier_new("/nowhere", 1, no_row, NULL);
	if (near_open(&x->near, &from, &kind, &options, x->earlier, &err))
		fail(&err);
	fold_init(&x->fold);
	x->seq = 0;
}

static void close_search(struct search *x)
{
	struct err err = {0};

	near_close(x->near);
	earlier_free(x->earlier);
	fold_release(&x->fold);
	if (near_remove(x->dir, &err))
		fail(&err);
	if (rmdir(x->dir) != 0)
		perror(x->dir);
}

/* *ret_key borrows until the next call. */
static void look(struct search *x, const struct item *item, struct span *ret_key,
		 struct near_found *ret)
{
	struct err err = {0};

	fold_text(&x->fold, item->text);
	*ret_key = grams_text(buf_view(&x->fold.key));
	x->seq++;
	struct said said = {.seq = x->seq,
			    .author = x->seq,
			    .site = 1,
			    .subject = item->subject,
			    .text = *ret_key};
	if (near_look(x->near, &said, ret, &err))
		fail(&err);
	if (x->seq % BATCH == 0 && near_commit(x->near, x->seq, &err))
		fail(&err);
}

static const struct item *sorted;

static int by_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (sorted[x].order != sorted[y].order)
		return sorted[x].order < sorted[y].order ? -1 : 1;
	return x < y ? -1 : x > y;
}

uint32_t *stream_sequence(const struct stream *s)
{
	uint32_t *sequence = xcalloc(s->count + 1, sizeof(*sequence));

	for (size_t i = 0; i < s->count; i++)
		sequence[i] = (uint32_t)i;
	sorted = s->items;
	qsort(sequence, s->count, sizeof(*sequence), by_order);
	return sequence;
}

double stream_bytes(const struct stream *s)
{
	size_t bytes = 0;

	for (size_t i = 0; i < s->count; i++)
		bytes += s->items[i].text.len;
	return (double)bytes / (double)s->count;
}

/* Of this process: others run beside it. */
static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct kinds_options kinds = {
	.enough = INFORMATION_ENOUGH,
	.sure = INFORMATION_SURE,
	.common = STREAM_COMMON,
};

static bool is_common(const struct near_match *m)
{
	return __builtin_popcount(m->authors) >= STREAM_COMMON &&
	       __builtin_popcount(m->subjects) >= STREAM_COMMON;
}

static void take_matches(struct stream *s, struct item *item, const uint32_t *sequence,
			 const struct near_found *found)
{
	item->information = information_of(item->key);
	item->count = (uint32_t)found->count;
	for (size_t i = 0; i < found->count; i++) {
		const struct near_match *m = &found->match[i];
		uint32_t number = sequence[m->said.seq - 1];
		item->match[i] = (struct item_match){
			.item = number,
			.jaccard = m->jaccard,
			.tenths = kinds_shared(&item->information, m),
			.common = is_common(m),
			.reported = kinds_tells(&kinds, &item->information, m),
		};
		s->mismatches +=
			naive_jaccard(item->key, s->items[number].key) != m->jaccard;
	}
}

void stream_run(struct stream *s)
{
	OWNED(freep) uint32_t *sequence = stream_sequence(s);
	struct search x;
	struct near_found found;
	struct span key;

	open_search(&x);
	for (size_t i = 0; i < s->count; i++) {
		struct item *item = &s->items[sequence[i]];
		look(&x, item, &key, &found);
		item->key = (struct span){
			xmemdup(key.len ? (const void *)key.at : "", MAX(key.len, 1u)),
			key.len};
		take_matches(s, item, sequence, &found);
	}
	near_figures(x.near, &s->figures);
	close_search(&x);
}

double stream_time(const struct stream *s)
{
	OWNED(freep) uint32_t *sequence = stream_sequence(s);
	struct search x;
	struct near_found found;
	struct span key;
	volatile size_t told = 0; /* so that nothing of it is left out */

	open_search(&x);
	double start = cpu_seconds();
	for (size_t i = 0; i < s->count; i++) {
		look(&x, &s->items[sequence[i]], &key, &found);
		struct information information = information_of(key);
		for (size_t m = 0; m < found.count; m++)
			told += kinds_tells(&kinds, &information, &found.match[m]);
	}
	double seconds = cpu_seconds() - start;
	close_search(&x);
	return seconds;
}
