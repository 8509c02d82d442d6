// uses: stages/dedup/near.c stages/dedup/index.c stages/dedup/index_find.c
// uses: stages/dedup/index_slots.c stages/dedup/sketches.c stages/dedup/slots.c
// uses: stages/dedup/mapped.c stages/dedup/recent.c stages/dedup/signature.c
// uses: stages/dedup/grams.c stages/dedup/overlap.c stages/dedup/earlier.c
// uses: tests/lib/scratch.c
#include "near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"

#define SITE	 1
#define TEXT_MAX 4000

static const struct near_options options = {.similar = 450000, .leader = 600000};

/* No store: what is compared with waits for its commit in memory. */
static bool no_row(struct said *ret, const struct store_row *row, void *context)
{
	(void)ret;
	(void)row;
	(void)context;
	return false;
}

struct world {
	struct earlier *earlier;
	struct near *near;
	struct near_found found; /* of the last look */
	uint64_t seq;
};

static void open_near(struct world *w, const struct near_options *with, uint64_t expected)
{
	struct near_kind kind = {
		.data = scratch_dir, .journal_id = 1, .parameters = 2, .seed = 3};
	uint64_t from;

	assert_int_equal(near_open(&w->near, &from, &kind, with, w->earlier, NULL),
			 ST_OK);
	assert_int_equal(from, expected);
}

static void world_init(struct world *w, const struct near_options *with)
{
	OWNED(freep) char *store = scratch_path("store.db");

	*w = (struct world){.earlier = earlier_new(store, 1, no_row, NULL)};
	open_near(w, with, 0);
}

static void world_release(struct world *w)
{
	near_close(w->near);
	earlier_free(w->earlier);
}

/* By an author of its own, about the same subject. */
static const struct near_found *look_at(struct world *w, uint64_t site, const char *text)
{
	struct said said = {.seq = ++w->seq,
			    .site = site,
			    .author = w->seq * 1000003,
			    .subject = 5,
			    .experience_date = EARLIER_NO_DATE,
			    .text = span_of(text)};

	said.id[3] = (uint8_t)w->seq;
	assert_int_equal(near_look(w->near, &said, &w->found, NULL), ST_OK);
	return &w->found;
}

/* `count` words that hardly any other text has; of another `which`, other ones. */
static void write_words(char *text, uint64_t which, unsigned count)
{
	size_t len = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t x = (which * 1000 + i + 1) * UINT64_C(0x9E3779B97F4A7C15);
		x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
		for (unsigned k = 0; k < 6; k++, x >>= 7)
			text[len++] = (char)('a' + (x >> 20) % 26);
		text[len++] = ' ';
	}
	text[len] = '\0';
}

static void assert_exact(const struct near_match *m, const char *mine, const char *theirs)
{
	OWNED(overlap_freep) struct overlap *o = overlap_new();
	struct overlap_sizes sizes;

	overlap_take(o, span_of(mine));
	overlap_with(o, span_of(theirs), &sizes);
	assert_memory_equal(&sizes, &m->sizes, sizeof(sizes));
	assert_int_equal(m->jaccard, overlap_jaccard(&sizes));
	assert_int_equal(m->equal, strcmp(mine, theirs) == 0);
}

static void what_is_nearly_the_same_is_found_with_its_exact_score(void **state)
{
	OWNED(world_release) struct world w;
	static char texts[60][TEXT_MAX];

	(void)state;
	world_init(&w, &options);
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		write_words(texts[i], i / 2, 60);
		if (i % 2) /* up to 29 of 60 words are others */
			write_words(texts[i] + (size_t)7 * (60 - i / 2), 100 + i, i / 2);
		const struct near_found *f = look_at(&w, SITE, texts[i]);
		if (i % 2 == 0) {
			assert_int_equal(f->count, 0);
			continue;
		}
		assert_true(f->count <= 1);
		if (i / 2 <= 12) /* a fifth of the words: it is hardly ever missed */
			assert_int_equal(f->count, 1);
		if (f->count == 0)
			continue;
		assert_int_equal(f->match[0].said.seq, w.seq - 1);
		assert_int_equal(f->match[0].said.id[3], w.seq - 1);
		assert_int_equal(f->match[0].said.author, (w.seq - 1) * 1000003);
		assert_exact(&f->match[0], texts[i], texts[i - 1]);
		assert_true(f->match[0].jaccard >= options.similar);
	}
}

/* What is less alike than asked for is not reported, however little. */
static void the_bound_of_similarity_is_exact(void **state)
{
	OWNED(world_release) struct world first;
	static char a[TEXT_MAX], b[TEXT_MAX];

	(void)state;
	write_words(a, 1, 100);
	write_words(b, 1, 100);
	write_words(b + (size_t)7 * 90, 2, 10);
	world_init(&first, &options);
	(void)look_at(&first, SITE, a);
	uint32_t jaccard = look_at(&first, SITE, b)->match[0].jaccard;
	assert_in_range(jaccard, 750000, 900000);
	for (unsigned above = 0; above <= 1; above++) {
		OWNED(world_release) struct world w;
		struct near_options with = {.similar = jaccard + above, .leader = 900000};
		assert_int_equal(near_remove(scratch_dir, NULL), ST_OK);
		world_init(&w, &with);
		(void)look_at(&w, SITE, a);
		assert_int_equal(look_at(&w, SITE, b)->count, !above);
	}
}

static void another_site_is_another_world(void **state)
{
	OWNED(world_release) struct world w;
	static char text[TEXT_MAX];

	(void)state;
	world_init(&w, &options);
	write_words(text, 1, 60);
	(void)look_at(&w, SITE, text);
	assert_int_equal(look_at(&w, SITE + 1, text)->count, 0);
	assert_int_equal(look_at(&w, SITE, text)->match[0].said.seq, 1);
	assert_int_equal(look_at(&w, SITE + 1, text)->match[0].said.seq, 2);
	assert_int_equal(w.found.count, 1);
	assert_true(w.found.match[0].equal);
}

/* A copy word for word adds nothing, a variant is remembered and leads nothing, at most as
 * many as are ever compared with; and what is found is the earliest. */
static void a_template_costs_what_a_few_cost(void **state)
{
	OWNED(world_release) struct world w;
	static char text[TEXT_MAX];
	struct near_figures figures;
	enum { TIMES = 2000 };

	(void)state;
	world_init(&w, &options);
	for (unsigned i = 0; i < 100; i++) {
		write_words(text, 1, 150);
		assert_int_equal(look_at(&w, SITE, text)->count, i > 0);
	}
	assert_int_equal(w.found.match[0].said.seq, 1);
	assert_int_equal(near_commit(w.near, w.seq, NULL), ST_OK);
	near_figures(w.near, &figures);
	assert_int_equal(figures.texts, 1);
	for (unsigned i = 0; i < TIMES; i++) {
		write_words(text, 1, 150);
		snprintf(text + 700, 8, "n%06u", i);
		text[707] = ' ';
		(void)look_at(&w, SITE, text);
		assert_true(w.found.count >= 1 && w.found.match[0].jaccard > 950000);
	}
	assert_int_equal(w.found.count, NEAR_FOUND_MAX);
	assert_int_equal(near_commit(w.near, w.seq, NULL), ST_OK);
	near_figures(w.near, &figures);
	assert_int_equal(figures.leaders, 1);
	assert_true(figures.texts < 1 + TIMES * 9 / 10);
	assert_true(figures.candidates < (uint64_t)(TIMES + 100) * 2 * NEAR_FOUND_MAX);
	assert_true(figures.compared <= (uint64_t)(TIMES + 100) * NEAR_FOUND_MAX);
}

/* A member, less alike to its leader than what comes next, is found word for word. */
static void a_member_is_found_word_for_word(void **state)
{
	OWNED(world_release) struct world w;
	static char leader[TEXT_MAX], member[TEXT_MAX];

	(void)state;
	world_init(&w, &options);
	write_words(leader, 1, 100);
	write_words(member, 1, 100);
	write_words(member + (size_t)7 * 92, 2, 8);
	for (unsigned committed = 0; committed < 2; committed++) {
		(void)look_at(&w, SITE, committed ? member : leader);
		assert_int_equal(look_at(&w, SITE, member)->count, 1 + committed);
		if (!committed)
			assert_int_equal(w.found.match[0].said.seq, 1);
		assert_int_equal(near_commit(w.near, w.seq, NULL), ST_OK);
	}
	assert_int_equal(w.found.match[0].said.seq, 2);
	assert_true(w.found.match[0].equal);
	assert_int_equal(w.found.match[1].said.seq, 1);
	assert_exact(&w.found.match[1], member, leader);
	struct near_figures figures;
	near_figures(w.near, &figures);
	assert_int_equal(figures.texts, 2);
	assert_int_equal(figures.leaders, 1);
}

/* Bits of authors and subjects gather on what was said. */
static void who_has_said_it_is_counted(void **state)
{
	OWNED(world_release) struct world w;
	static char text[TEXT_MAX];
	uint16_t seen = 0;

	(void)state;
	world_init(&w, &options);
	write_words(text, 1, 60);
	for (unsigned i = 0; i < 60; i++) {
		(void)look_at(&w, SITE, text);
		if (i == 0)
			continue;
		uint16_t authors = w.found.match[0].authors;
		assert_int_equal(authors & seen, seen); /* none is lost */
		seen = authors;
		assert_true((unsigned)__builtin_popcount(authors) <= i);
		assert_int_equal(__builtin_popcount(w.found.match[0].subjects), 1);
		if (i % 7 == 0)
			assert_int_equal(near_commit(w.near, w.seq - 3, NULL), ST_OK);
	}
	assert_true(__builtin_popcount(seen) > 12);
}

static void what_is_erased_is_forgotten(void **state)
{
	static char text[TEXT_MAX];

	(void)state;
	for (unsigned committed = 0; committed < 2; committed++) {
		OWNED(world_release) struct world w;
		assert_int_equal(near_remove(scratch_dir, NULL), ST_OK);
		world_init(&w, &options);
		write_words(text, 1, 60);
		(void)look_at(&w, SITE, text);
		assert_int_equal(look_at(&w, SITE, text)->count, 1);
		if (committed)
			assert_int_equal(near_commit(w.near, w.seq, NULL), ST_OK);
		assert_int_equal(near_forget(w.near, 1, NULL), ST_OK);
		assert_int_equal(look_at(&w, SITE, text)->count, 0);
		assert_int_equal(look_at(&w, SITE, text)->match[0].said.seq, 3);
		assert_int_equal(near_forget(w.near, 77, NULL), ST_OK);
		assert_int_equal(near_commit(w.near, w.seq, NULL), ST_OK);
	}
}

/* The store, which has none here, is where what is committed is read: nothing of it is left,
 * and what was is forgotten. */
static void what_the_store_has_not_any_more_is_forgotten(void **state)
{
	OWNED(world_release) struct world w;
	static char text[TEXT_MAX];

	(void)state;
	world_init(&w, &options);
	write_words(text, 1, 60);
	(void)look_at(&w, SITE, text);
	assert_int_equal(near_commit(w.near, 1, NULL), ST_OK);
	earlier_commit(w.earlier, 1);
	assert_int_equal(look_at(&w, SITE, text)->count, 0);
	assert_int_equal(look_at(&w, SITE, text)->match[0].said.seq, 2);
}

static void no_text_is_like_nothing(void **state)
{
	OWNED(world_release) struct world w;
	struct near_figures figures;

	(void)state;
	world_init(&w, &options);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(look_at(&w, SITE, "")->count, 0);
	assert_int_equal(near_commit(w.near, w.seq, NULL), ST_OK);
	near_figures(w.near, &figures);
	assert_int_equal(figures.texts, 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(look_at(&w, SITE, "ok")->count, i > 0);
}

/* Opened again: what was there is passed over when it comes again, and is found. */
static void what_was_there_is_passed_over(void **state)
{
	OWNED(world_release) struct world w;
	static char text[TEXT_MAX];
	struct near_figures figures;

	(void)state;
	world_init(&w, &options);
	for (unsigned i = 1; i <= 10; i++) {
		write_words(text, i, 40);
		(void)look_at(&w, SITE, text);
	}
	assert_int_equal(near_commit(w.near, 6, NULL), ST_OK);
	near_close(w.near);
	earlier_forget(w.earlier, 0); /* is not there: nothing happens */
	open_near(&w, &options, 6);
	w.seq = 0;
	for (unsigned i = 1; i <= 6; i++) {
		write_words(text, i, 40);
		assert_int_equal(look_at(&w, SITE, text)->count, 0);
	}
	near_figures(w.near, &figures);
	assert_int_equal(figures.texts, 6);
	assert_int_equal(figures.looked, 0);
	w.seq = 10;
	assert_int_equal(look_at(&w, SITE, text)->match[0].said.seq, 6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_nearly_the_same_is_found_with_its_exact_score),
		TEST(the_bound_of_similarity_is_exact),
		TEST(another_site_is_another_world),
		TEST(a_template_costs_what_a_few_cost),
		TEST(a_member_is_found_word_for_word),
		TEST(who_has_said_it_is_counted),
		TEST(what_is_erased_is_forgotten),
		TEST(what_the_store_has_not_any_more_is_forgotten),
		TEST(no_text_is_like_nothing),
		TEST(what_was_there_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
