// uses: tests/lib/made.c tests/lib/applied.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c stages/publish/copies.c
/* What a page is made from: all that it must show, and nothing that it must not. */
#include "applied.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

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

static void state_subject(struct fixture *f, uint64_t seq, const char *name)
{
	struct made m = made_of(KIND_SUBJECT, seq);

	m.subject = "room-7";
	m.supplier = "hotels";
	m.parent = "hotel-1";
	m.name = name;
	m.subject_type = SUBJECT_PLACE;
	m.address = "7 rue du Port";
	store_one(f, &m, NULL, 0);
}

static void state_supplier(struct fixture *f, uint64_t seq, const char *name)
{
	struct made m = made_of(KIND_SUPPLIER, seq);

	m.supplier = "hotels";
	m.name = name;
	store_one(f, &m, NULL, 0);
}

static void review_room(struct fixture *f, uint64_t seq)
{
	struct made m = made_review(seq);

	m.subject = "room-7";
	store_one(f, &m, NULL, 0);
}

/* Reviews 1, 4 and 6 of a room that is named in between, and again. */
static void name_a_room_twice(struct fixture *f)
{
	review_room(f, 1);
	state_subject(f, 2, "Le Calme");
	state_supplier(f, 3, "Hotels SA");
	review_room(f, 4);
	state_subject(f, 5, "Le Grand Calme");
	review_room(f, 6);
	state_supplier(f, 7, "Hotels SAS");
}

static void a_review_keeps_the_facts_of_its_time(void **state)
{
	struct fixture *f = *state;

	name_a_room_twice(f);
	assert_number(f,
		      "SELECT group_concat(coalesce(subject_name, '-') || ' by ' || "
		      "coalesce(supplier_name, '-')) = '- by -,Le Calme by Hotels SA,"
		      "Le Grand Calme by Hotels SA' "
		      "FROM (SELECT * FROM public_reviews ORDER BY n)",
		      1);
	assert_number(
		f,
		"SELECT count(*) FROM public_reviews WHERE subject_type = 'place' "
		"AND subject_parent = 'hotel-1' AND subject_address = '7 rue du Port'",
		2);
	assert_number(
		f,
		"SELECT group_concat(id || ' ' || name) = 'room-7 Le Grand Calme,hotels "
		"Hotels SAS' FROM (SELECT * FROM public_ratings ORDER BY scope_code)",
		1);
}

static void every_version_of_a_fact_can_be_read(void **state)
{
	struct fixture *f = *state;
	struct made site = made_of(KIND_SITE, 8);

	name_a_room_twice(f);
	site.name = "Avis";
	site.operator= "Avis SAS";
	store_one(f, &site, NULL, 0);
	assert_number(
		f,
		"SELECT group_concat(seq || name) = '2Le Calme,5Le Grand Calme' "
		"FROM (SELECT * FROM subjects WHERE subject = 'room-7' AND site = 'main' "
		"AND supplier = 'hotels' AND type = 'place' AND parent = 'hotel-1' "
		"ORDER BY n)",
		1);
	assert_number(
		f,
		"SELECT group_concat(seq || name) = '3Hotels SA,7Hotels SAS' "
		"FROM (SELECT * FROM suppliers WHERE supplier = 'hotels' ORDER BY n)",
		1);
	assert_number(f,
		      "SELECT count(*) FROM sites WHERE seq = 8 AND name = 'Avis' AND "
		      "site = 'main' AND operator = 'Avis SAS' AND received_at > 0",
		      1);
}

static void an_incentive_stands_with_all_that_must_be_told(void **state)
{
	struct fixture *f = *state;
	struct made m = made_review(1);

	m.incentive_value = "10 EUR";
	store_one(f, &m, NULL, 0);
	assert_number(f,
		      "SELECT count(*) FROM public_reviews WHERE incentive = 'discount' "
		      "AND incentive_value = '10 EUR' AND incentive_conditioned = 1 "
		      "AND incentive_disclosed = 0",
		      1);
}

/* Of what hits, only what labels, acts and holds; whatever the decision was. */
static void labels_are_those_that_rules_set(void **state)
{
	struct fixture *f = *state;
	struct made legacy = made_review(4);
	struct hit hits[] = {hit_of(ACTION_HOLD, "hold", "C-PII"),
			     hit_of(ACTION_LABEL, "short", "L-SHORT"),
			     hit_of(ACTION_LABEL, "tried", "L-TRIED")};

	hits[2].mode = MODE_SHADOW;
	store_illustrated(f, 1, &hits[1]);
	struct made held = made_review(2);
	store_one(f, &held, hits, ARRAY_LEN(hits));
	store_plain(f, 3);
	legacy.legacy = true;
	legacy.origin_state = ORIGIN_PUBLISHED;
	store_one(f, &legacy, &hits[1], 1);
	assert_number(
		f,
		"SELECT group_concat((l.n & 255) || v.state || ' ' || rule || ' ' || "
		"rule_version || ' ' || reason) = '1published short 3 L-SHORT,"
		"2held short 3 L-SHORT' FROM (SELECT * FROM labels ORDER BY n) l "
		"JOIN reviews v ON v.n = l.n AND v.id = l.id",
		1);
}

/* However many reviews and versions there are: a page looks up, and scans none of them. */
static void a_page_is_found_by_keys(void **state)
{
	struct fixture *f = *state;
	static const char *const queries[] = {
		"SELECT p.* FROM (SELECT * FROM public_listing WHERE subject_number = 1 "
		"AND (published_at, n) < (9, 9) ORDER BY published_at DESC, n DESC LIMIT 10) "
		"l JOIN public_reviews p ON p.n = l.n ORDER BY l.published_at DESC, l.n DESC",
		"SELECT * FROM public_ratings WHERE scope_code = 1 AND target = 1",
		"SELECT * FROM labels WHERE n = 1",
		"SELECT * FROM suppliers WHERE supplier_number = 1 AND n < 9 "
		"ORDER BY n DESC LIMIT 1",
		"SELECT * FROM subjects WHERE subject_number = 1 AND n < 9 "
		"ORDER BY n DESC LIMIT 1",
	};

	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		OWNED(freep) char *sql = xasprintf("EXPLAIN QUERY PLAN %s", queries[i]);
		sqlite3_stmt *plan = NULL;
		assert_int_equal(store_prepare(f->reader, &plan, sql, NULL), ST_OK);
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(plan, 3);
			bool rows = strncmp(step, "SCAN ", 5) == 0 &&
				    !strstr(step, "VIRTUAL TABLE") &&
				    !strstr(step, "CONSTANT ROW") &&
				    strcmp(step, "SCAN l") != 0;
			if (rows || strstr(step, "AUTOMATIC"))
				fail_msg("%s: %s", queries[i], step);
		}
		sqlite3_finalize(plan);
	}
}

/* A column that comes to a public view is thought about: no contact, account, purchase or
 * reason of a source stands beside a review. */
static void public_views_have_these_columns_and_no_more(void **state)
{
	struct fixture *f = *state;
	static const char *const views[][2] = {
		{"public_reviews",
		 "n,id,site,subject_number,subject,subject_name,subject_type,"
		 "subject_parent,subject_address,supplier_number,supplier,supplier_name,"
		 "published_at,experience_date,experience_date_source,rating,rating_worst,rating_best,"
		 "title,text,display_name,language,country,origin,syndication_from,legacy,"
		 "incentive,incentive_value,incentive_conditioned,incentive_disclosed,verification,revised_at,reply,replied_at"},
		{"public_criteria", "n,id,place,criterion,value,worst,best"},
		{"public_media", "n,id,place,hash,type,address"},
		{"public_listing", "subject_number,published_at,n"},
		{"public_ratings",
		 "scope_code,target,scope,site,id,name,method,version,count,sum,mean,"
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
		TEST(a_review_keeps_the_facts_of_its_time),
		TEST(every_version_of_a_fact_can_be_read),
		TEST(an_incentive_stands_with_all_that_must_be_told),
		TEST(labels_are_those_that_rules_set),
		TEST(a_page_is_found_by_keys),
		TEST(public_views_have_these_columns_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
