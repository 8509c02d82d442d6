// uses: tests/lib/made.c tests/lib/applied.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c
/* What a page is made from: all that it must show, and nothing that it must not. */
#include "applied.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"

#define HASH "abababababababababababababababababababababababababababababababab"

static void store_illustrated(struct fixture *f, uint64_t seq, struct hit *hit)
{
	struct made m = made_review(seq);

	m.criteria = m.media = true;
	m.media_address = "https://img.example/a.jpg";
	store_one(f, &m, hit, hit != NULL);
}

static void criteria_stand_with_their_scale(void **state)
{
	struct fixture *f = *state;

	store_illustrated(f, 1, NULL);
	assert_number(f,
		      "SELECT group_concat(place || criterion || ' ' || value || ' ' || "
		      "worst || ' ' || best) = "
		      "'1calm 4000 1000 5000,2welcome 8500 1000 10000' "
		      "FROM (SELECT * FROM public_criteria ORDER BY n, place)",
		      1);
	assert_number(f,
		      "SELECT count(*) FROM public_reviews p JOIN public_criteria c "
		      "ON c.n = p.n AND c.id = p.id",
		      2);
}

static void media_stand_with_hash_type_and_address(void **state)
{
	struct fixture *f = *state;
	struct made plain = made_review(2);

	store_illustrated(f, 1, NULL);
	plain.media = true;
	store_one(f, &plain, NULL, 0);
	store_plain(f, 3);
	assert_number(f,
		      "SELECT count(*) FROM public_media m JOIN public_reviews p "
		      "ON p.n = m.n AND p.id = m.id WHERE m.place = 1 "
		      "AND m.hash = '" HASH "' AND m.type = 'image/jpeg'",
		      2);
	assert_number(f,
		      "SELECT count(*) FROM public_media WHERE n & 255 = 1 "
		      "AND address = 'https://img.example/a.jpg'",
		      1);
	assert_number(f,
		      "SELECT count(*) FROM public_media WHERE n & 255 = 2 "
		      "AND address IS NULL",
		      1);
	assert_number(f, "SELECT count(*) FROM public_media", 2);
}

static void what_is_not_published_shows_nothing(void **state)
{
	struct fixture *f = *state;
	struct hit hits[] = {hit_of(ACTION_REJECT, "insult", "L-INSULT"),
			     hit_of(ACTION_HOLD, "hold", "C-PII"),
			     hit_of(ACTION_AWAIT_AUTHOR, "ask", "C-MISMATCH")};

	for (size_t i = 0; i < ARRAY_LEN(hits); i++)
		store_illustrated(f, i + 1, &hits[i]);
	assert_number(f, "SELECT count(*) FROM rating_criterion", 6);
	assert_number(f, "SELECT count(*) FROM revision WHERE media IS NOT NULL", 3);
	assert_number(f, "SELECT count(*) FROM public_criteria", 0);
	assert_number(f, "SELECT count(*) FROM public_media", 0);
}

/* Revisions have no record that makes them yet: written by hand, as that one will. */
static void only_the_revision_that_stands_is_shown(void **state)
{
	struct fixture *f = *state;
	OWNED(store_closep) struct store *writer = NULL;

	store_illustrated(f, 1, NULL);
	store_plain(f, 2);
	apply_close(TAKE(f->apply));
	assert_int_equal(store_open(&writer, f->path, STORE_WRITE, NULL), ST_OK);
	assert_int_equal(
		store_exec(writer,
			   "DELETE FROM revision WHERE n & 255 = 2;"
			   "INSERT INTO revision (n, review, number, secret, media) "
			   "SELECT (SELECT max(n) FROM record), n, 2, x'00', "
			   "'[{\"hash\":\"cd\",\"type\":\"video/mp4\"}]' FROM revision;"
			   "INSERT INTO rating_criterion "
			   "SELECT max(n), 1, 'calm', 2000, NULL, NULL FROM record;"
			   "UPDATE review SET live = (SELECT max(n) FROM record), "
			   "revisions = 2 WHERE n & 255 = 1;",
			   NULL),
		ST_OK);
	assert_number(
		f,
		"SELECT group_concat(value) = '2000' FROM public_criteria WHERE n & 255 = 1",
		1);
	assert_number(
		f,
		"SELECT group_concat(hash || type) = 'cdvideo/mp4' FROM public_media "
		"WHERE n & 255 = 1",
		1);
}

/* A column that comes to a public view is thought about: no contact, account, purchase or
 * reason of a source stands beside a review. */
static void public_views_have_these_columns_and_no_more(void **state)
{
	struct fixture *f = *state;
	static const char *const views[][2] = {
		{"public_reviews",
		 "n,id,site,subject_number,subject,supplier_number,supplier,published_at,"
		 "experience_date,experience_date_source,rating,rating_worst,rating_best,"
		 "title,text,display_name,language,country,origin,syndication_from,legacy,"
		 "incentive,incentive_disclosed,verification,revised_at,reply,replied_at"},
		{"public_criteria", "n,id,place,criterion,value,worst,best"},
		{"public_media", "n,id,place,hash,type,address"},
		{"public_listing", "subject_number,published_at,n"},
		{"public_ratings",
		 "scope_code,target,scope,site,name,method,version,count,sum,mean,"
		 "fifth1,fifth2,fifth3,fifth4,fifth5,updated_at"},
	};

	for (size_t i = 0; i < ARRAY_LEN(views); i++) {
		OWNED(freep)
		char *sql = xasprintf("SELECT group_concat(name) = '%s' "
				      "FROM pragma_table_info('%s')",
				      views[i][1], views[i][0]);
		if (number(f, sql) != 1)
			fail_msg("%s has other columns", views[i][0]);
	}
	assert_number(f,
		      "SELECT count(*) FROM sqlite_schema WHERE type = 'view' "
		      "AND name LIKE 'public%'",
		      ARRAY_LEN(views));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, applied_set_up, applied_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(criteria_stand_with_their_scale),
		TEST(media_stand_with_hash_type_and_address),
		TEST(what_is_not_published_shows_nothing),
		TEST(only_the_revision_that_stands_is_shown),
		TEST(public_views_have_these_columns_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
