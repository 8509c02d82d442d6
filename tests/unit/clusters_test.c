// uses: stages/normavis/clusters.c stages/normavis/cluster.c stages/normavis/text_diff.c
// uses: tests/lib/made.c tests/lib/applied.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c stages/publish/copies.c
/* clusters.h and cluster.h: which clusters there are, and who says what in one. */
#include "clusters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "applied.h"
#include "clock.h"
#include "cluster.h"

/* One review; `of` 0: nothing was found, else `shared` of 100 words in that seq. */
struct said {
	uint64_t seq, of;
	uint32_t shared;
	enum duplicate_kind kind;
	const char *author, *supplier, *text, *site;
	int64_t days; /* later than the first */
};

static void store_said(struct fixture *f, const struct said *s)
{
	struct made m = made_review(s->seq);
	struct duplicates found = {.count = s->of != 0,
				   .candidate = {{.kind = s->kind,
						  .seq = s->of,
						  .shared = s->shared,
						  .mine = 100,
						  .theirs = 100,
						  .bits = 50}}};

	m.author_ref = s->author;
	m.supplier = s->supplier ? s->supplier : m.supplier;
	m.site = s->site ? s->site : m.site;
	m.text = s->text ? s->text : "Calm room.";
	m.received_at += s->days * DAY_MS;
	store_found(f, &m, &found, NULL, 0);
}

#define SAME_SUBJECT  DUPLICATE_SAME_AUTHOR_SAME_SUBJECT
#define OTHER_SUBJECT DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT
#define OTHER	      DUPLICATE_OTHER_AUTHOR

/* Three clusters: of 1 with 4 and 5; of 2 with 6, 7, 8; of 3 with 9. */
static void store_three(struct fixture *f)
{
	static const struct said rows[] = {
		{.seq = 1, .author = "anne"},
		{.seq = 2, .author = "bea", .supplier = "s-2", .site = "north"},
		{.seq = 3, .author = "cy"},
		{4, 1, 100, SAME_SUBJECT, "anne", NULL, NULL, NULL, 1},
		{5, 4, 100, SAME_SUBJECT, "anne", "s-3", NULL, NULL, 2},
		{6, 2, 100, OTHER, "dan", "s-2", NULL, "north", 3},
		{7, 6, 90, OTHER, "eve", "s-2", NULL, "north", 3},
		{8, 7, 100, OTHER, NULL, "s-2", NULL, "north", 4},
		{9, 3, 80, OTHER_SUBJECT, "cy", NULL, NULL, NULL, 9},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		store_said(f, &rows[i]);
}

static void clusters_are_filtered_and_sorted(void **state)
{
	struct fixture *f = *state;
	const int64_t day = MADE_FIRST_MS / DAY_MS * DAY_MS;
	const struct {
		struct clusters_filter filter;
		const char *expected; /* last digits of the ids */
	} rows[] = {
		{{.kind = 0}, "213"},
		{{.sort = CLUSTERS_NEWEST}, "321"},
		{{.sort = CLUSTERS_BY_SUPPLIERS}, "123"}, /* of 3 and of 4 */
		{{.min_size = 3}, "21"},
		{{.min_size = 5}, ""},
		{{.supplier = "s-2"}, "2"},
		{{.supplier = "s-3"}, "1"},
		{{.supplier = "s-4"}, ""},
		{{.author = "eve"}, "2"},
		{{.author = "cy"}, "3"},
		{{.author = "e"}, ""},
		{{.site = "north"}, "2"},
		{{.site = "main"}, "13"},
		{{.kind = OTHER}, "2"},
		{{.kind = OTHER_SUBJECT}, "3"},
		{{.kind = DUPLICATE_COLLECTOR_FAULT}, ""},
		{{.since = day + 5 * DAY_MS}, "3"},
		{{.since = day + 4 * DAY_MS}, "23"},
		{{.until = day}, ""},
		{{.until = day + DAY_MS}, "213"},
		{{.since = day + 4 * DAY_MS, .kind = OTHER, .site = "north"}, "2"},
	};

	store_three(f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(clusters_release) struct clusters c = {NULL, 0, 0};
		char found[16] = "";

		assert_int_equal(clusters_read(&c, f->reader, &rows[i].filter, NULL),
				 ST_OK);
		for (size_t k = 0; k < c.count && k < 15; k++)
			found[k] = c.rows[k].id[UUID_TEXT_BYTES - 2];
		if (strcmp(found, rows[i].expected) != 0)
			fail_msg("row %zu: '%s'", i, found);
	}
}

static void a_row_counts_who_and_what(void **state)
{
	struct fixture *f = *state;
	struct clusters_row row = {0};

	store_three(f);
	assert_int_equal(clusters_find(&row, f->reader, store_n(1, 2), NULL), ST_OK);
	assert_int_equal(row.size, 4);
	assert_int_equal(row.authors, 4); /* who is unknown is one more */
	assert_int_equal(row.suppliers, 1);
	assert_string_equal(row.site, "north");
	assert_string_equal(row.kinds, "other-author");
	assert_true(row.lowest > 0.8181 && row.lowest < 0.8182); /* 90 of 110 */
	assert_true(row.last_ms - row.first_ms == 4 * DAY_MS + 6000);
	clusters_row_release(&row);
	assert_int_equal(clusters_find(&row, f->reader, store_n(1, 9), NULL),
			 ST_ENOTFOUND);
}

static void no_page_hides_a_cluster(void **state)
{
	struct fixture *f = *state;
	OWNED(clusters_release) struct clusters c = {NULL, 0, 0};
	const struct clusters_filter filter = {.sort = CLUSTERS_NEWEST};

	/* Two pages, the second one full to the last place. */
	for (uint64_t i = 0; i < 512; i++) {
		struct said first = {.seq = 2 * i + 1, .author = "a"};
		struct said again = {.seq = 2 * i + 2,
				     .of = 2 * i + 1,
				     .shared = 100,
				     .kind = SAME_SUBJECT,
				     .author = "a"};

		store_said(f, &first);
		store_said(f, &again);
	}
	assert_int_equal(clusters_read(&c, f->reader, &filter, NULL), ST_OK);
	assert_int_equal(c.count, 512);
	for (size_t i = 0; i < c.count; i++)
		assert_true(store_seq(c.rows[i].cluster) == 2 * (511 - i) + 1);
}

/* --- one ---------------------------------------------------------------------------------- */

static char *id_of(uint64_t seq)
{
	return xasprintf("00000000-0000-0000-0000-%012llx", (unsigned long long)seq);
}

static void a_cluster_is_named_by_any_of_its_reviews(void **state)
{
	struct fixture *f = *state;
	static const struct said rows[] = {
		{.seq = 1, .author = "a"},
		{2, 1, 75, OTHER, "b", NULL, NULL, NULL, 0},
		{3, 2, 74, OTHER, "c", NULL, NULL, NULL,
		 0}, /* begins one of its own: of 2 */
		{.seq = 4, .author = "d"},
	};
	static const struct {
		uint64_t seq, cluster, other;
		enum status st;
	} names[] = {
		{1, 1, 0, ST_OK},	 {2, 2, 1, ST_OK},	  {3, 2, 0, ST_OK},
		{4, 0, 0, ST_ENOTFOUND}, {5, 0, 0, ST_ENOTFOUND},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		store_said(f, &rows[i]);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		OWNED(freep) char *id = id_of(names[i].seq);
		int64_t cluster = 0, other = 0;
		struct err err = {""};

		assert_int_equal(cluster_named(&cluster, &other, f->reader, id, &err),
				 names[i].st);
		assert_int_equal(cluster ? (int64_t)store_seq(cluster) : 0,
				 names[i].cluster);
		assert_int_equal(other ? (int64_t)store_seq(other) : 0, names[i].other);
		if (names[i].seq == 4)
			assert_non_null(strstr(err.text, "nothing was found"));
	}
	int64_t n;
	assert_int_equal(cluster_named(&n, &n, f->reader, "x", NULL), ST_EMALFORMED);
}

static void members_stand_by_what_they_say(void **state)
{
	struct fixture *f = *state;
	static const char first[] = "A calm room.", more[] = "A very calm room.";
	static const struct said rows[] = {
		{.seq = 1, .author = "anne", .text = first},
		{2, 1, 90, OTHER, "bea", NULL, "A calm flat.", NULL, 0},
		{3, 1, 91, OTHER, "cy", NULL, more, NULL, 0},
		{4, 3, 100, OTHER, "anne", NULL, more, NULL, 0},
		{5, 1, 100, OTHER, NULL, NULL, " A calm   room.", NULL, 0},
		{6, 1, 92, OTHER, "bea", NULL, more, NULL, 0},
	};
	OWNED(cluster_release) struct cluster c = {0};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		store_said(f, &rows[i]);
	assert_int_equal(cluster_load(&c, f->reader, store_n(1, 1), true, NULL), ST_OK);
	assert_int_equal(c.count, 6);
	assert_int_equal(c.group_count, 3);
	/* The first text with 5, then the largest with 3, 4 and 6. */
	assert_int_equal(c.groups[c.shown[0]].count, 2);
	assert_int_equal(store_seq(c.groups[c.shown[0]].example), 1);
	assert_int_equal(c.groups[c.shown[1]].count, 3);
	assert_int_equal(store_seq(c.groups[c.shown[1]].example), 3);
	assert_int_equal(c.groups[c.shown[2]].count, 1);
	assert_int_equal(c.members[0].author, 1);
	assert_int_equal(c.members[1].author, 2);
	assert_int_equal(c.members[2].author, 3);
	assert_int_equal(c.members[3].author, 1);
	assert_int_equal(c.members[4].author, 0);
	assert_string_equal(c.members[3].author_ref, "anne");
	assert_null(c.members[4].author_ref);
	assert_string_equal(c.members[0].earlier, "");
	assert_string_equal(c.members[3].earlier, c.members[2].id);
	assert_int_equal(c.members[1].likeness.shared, 90);
	assert_int_equal(c.members[1].likeness.kind, OTHER);
	assert_string_equal(c.members[5].state, "published");
}

/* The first text where dedup compared with it, though another was nearer. */
static void likeness_is_to_the_first_text_if_it_is_known(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(3);
	const struct duplicates found = {.count = 2,
					 .candidate = {{.kind = OTHER,
							.seq = 2,
							.shared = 99,
							.mine = 100,
							.theirs = 100},
						       {.kind = OTHER,
							.seq = 1,
							.shared = 90,
							.mine = 100,
							.theirs = 100}}};
	OWNED(cluster_release) struct cluster c = {0};

	store_said(f, &(struct said){.seq = 1});
	store_said(f, &(struct said){2, 1, 90, OTHER, "b", NULL, NULL, NULL, 0});
	store_found(f, &m, &found, NULL, 0);
	assert_int_equal(cluster_load(&c, f->reader, store_n(1, 1), false, NULL), ST_OK);
	assert_string_equal(c.members[2].earlier, c.members[0].id);
	assert_int_equal(c.members[2].likeness.shared, 90);
	assert_null(c.members[1].author_ref);
}

/* Pages of 64: what is at their ends is there once. Many authors and texts, too. */
static void long_clusters_are_read_to_their_end(void **state)
{
	struct fixture *f = *state;
	OWNED(cluster_release) struct cluster c = {0};

	for (uint64_t seq = 1; seq <= 320; seq++) {
		OWNED(freep) char *author = xasprintf("a-%d", (int)(seq % 100));
		OWNED(freep) char *text = xasprintf("Room %d.", (int)(seq % 150));
		struct said s = {.seq = seq,
				 .of = seq > 1,
				 .shared = 100,
				 .kind = OTHER,
				 .author = author,
				 .text = text};

		store_said(f, &s);
	}
	assert_int_equal(cluster_load(&c, f->reader, store_n(1, 1), false, NULL), ST_OK);
	assert_int_equal(c.count, 320);
	assert_int_equal(c.authors.count, 100);
	assert_int_equal(c.group_count, 150);
	for (size_t i = 0; i < c.count; i++) {
		assert_int_equal(store_seq(c.members[i].n), i + 1);
		assert_int_equal(c.members[i].author, i % 100 + 1);
		assert_int_equal(c.members[i].group, i % 150);
	}
}

static void what_was_erased_is_not_there(void **state)
{
	struct fixture *f = *state;
	OWNED(store_closep) struct store *writer = NULL;
	OWNED(cluster_release) struct cluster c = {0};
	OWNED(buf_release) struct buf text = BUF_INIT(1 << 16);
	bool there = true;

	store_said(f, &(struct said){.seq = 1, .author = "a"});
	store_said(f, &(struct said){2, 1, 90, OTHER, "b", NULL, NULL, NULL, 0});
	apply_close(TAKE(f->apply));
	assert_int_equal(store_open(&writer, f->path, STORE_WRITE, NULL), ST_OK);
	assert_int_equal(store_exec(writer,
				    "UPDATE revision SET text = NULL, author_ref = NULL "
				    "WHERE n & 255 = 2",
				    NULL),
			 ST_OK);
	store_close(TAKE(writer));
	assert_int_equal(cluster_load(&c, f->reader, store_n(1, 1), true, NULL), ST_OK);
	assert_int_equal(c.members[1].author, 0);
	assert_int_equal(c.group_count, 2);
	assert_int_equal(cluster_text(&text, &there, f->reader, store_n(1, 2), NULL),
			 ST_OK);
	assert_false(there);
	assert_int_equal(cluster_text(&text, &there, f->reader, store_n(1, 1), NULL),
			 ST_OK);
	assert_true(there);
	assert_string_equal(buf_string(&text), "Calm room.");
	open_apply(f);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(clusters_are_filtered_and_sorted),
		TEST(a_row_counts_who_and_what),
		TEST(no_page_hides_a_cluster),
		TEST(a_cluster_is_named_by_any_of_its_reviews),
		TEST(members_stand_by_what_they_say),
		TEST(likeness_is_to_the_first_text_if_it_is_known),
		TEST(long_clusters_are_read_to_their_end),
		TEST(what_was_erased_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
