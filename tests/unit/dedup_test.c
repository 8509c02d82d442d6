// uses: tests/lib/made.c tests/lib/scratch.c
// uses: stages/dedup/dedup.c stages/dedup/dedup_open.c stages/dedup/exact.c stages/dedup/arrivals.c
// uses: stages/dedup/items.c stages/dedup/review.c stages/dedup/kinds.c
// uses: stages/dedup/near.c stages/dedup/index.c stages/dedup/index_find.c
// uses: stages/dedup/index_slots.c stages/dedup/sketches.c
// uses: stages/dedup/slots.c stages/dedup/mapped.c stages/dedup/recent.c
// uses: stages/dedup/earlier.c stages/dedup/overlap.c stages/dedup/grams.c
// uses: stages/dedup/signature.c stages/dedup/information.c
// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c
// uses: stages/publish/apply_fact.c stages/publish/apply_other.c stages/publish/verdict.c
// uses: stages/publish/outbox.c stages/publish/rating.c stages/publish/names.c
// uses: stages/publish/rows.c stages/publish/copies.c
#include "dedup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../stages/publish/apply.h"
#include "alloc.h"
#include "file.h"
#include "made.h"
#include "scratch.h"

#define JOURNAL UINT64_C(0x1122334455667788)
#define HOUR_MS INT64_C(3600000)

static const struct dedup_options options = {
	.similarity_percent = 45,
	.leader_percent = 60,
	.enough_bits = 50,
	.sure_bits = 65,
	.common_authors = 3,
};

static struct dedup *open_dedup(const char *data, uint64_t expected_next)
{
	const struct dedup_place place = {
		.data = data, .journal_id = JOURNAL, .options = &options};
	struct dedup *d = NULL;
	uint64_t next = 0;

	assert_int_equal(dedup_open(&d, &next, &place, NULL), ST_OK);
	assert_int_equal(next, expected_next);
	return d;
}

/* The sections of one record, marked or not: dedup reads it whole. */
static void look(struct dedup *d, const struct made *m, struct buf *sections)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	made_parse(&keep, &r, m);
	assert_int_equal(record_parse(&r, buf_view(&keep), NULL), ST_OK);
	assert_int_equal(dedup_record(d, &r, sections, NULL), ST_OK);
}

static struct findings find(struct dedup *d, const struct made *m)
{
	OWNED(buf_release) struct buf sections = BUF_INIT(100000);
	struct findings f;
	struct hit hits[HITS_MAX];

	look(d, m, &sections);
	assert_int_equal(findings_parse(&f, hits, buf_view(&sections), NULL), ST_OK);
	f.hits = NULL;
	return f;
}

/* --- exact repeats ---------------------------------------------------------------------- */

static void other_author(struct made *m)
{
	m->author_ref = "bruno";
}
static void other_source(struct made *m)
{
	m->source = "app";
}
static void no_author(struct made *m)
{
	m->author_ref = NULL;
}
static void other_subject(struct made *m)
{
	m->subject = "hotel-2";
}
static void other_site(struct made *m)
{
	m->site = "other";
}
static void other_text(struct made *m)
{
	m->text = "Tout autre chose.";
}
static void no_text(struct made *m)
{
	m->text = NULL;
}
static void same_folded(struct made *m)
{
	m->text = "UNE  chambre calme - un accueil parfait!!";
}
static void other_purchase(struct made *m)
{
	m->purchase_ref = "order-2";
}
static void same_purchase(struct made *m)
{
	m->purchase_ref = "order-1";
}
static void no_purchase(struct made *m)
{
	m->purchase_ref = NULL;
}
static void other_date(struct made *m)
{
	m->experience_date = 20001;
}
static void same_date(struct made *m)
{
	m->experience_date = 20000;
}
static void no_date(struct made *m)
{
	m->experience_date = 0;
}
static void other_rating(struct made *m)
{
	m->rating = 1000;
}
static void nothing(struct made *m)
{
	(void)m;
}
static void dated(struct made *m)
{
	m->purchase_ref = "order-1";
	m->experience_date = 20000;
}

static void the_same_by_the_same_about_the_same_is_found(void **state)
{
	enum {
		NONE,
		SAME = DUPLICATE_SAME_AUTHOR_SAME_SUBJECT,
		OTHER = DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT,
	};
	static const struct {
		void (*first)(struct made *), (*second)(struct made *);
		unsigned kind;
	} rows[] = {
		{nothing, nothing, SAME},
		{nothing, same_folded, SAME},
		{nothing, other_rating, SAME},
		{nothing, other_author, NONE},
		{nothing, other_source, NONE},
		{other_source, other_source, SAME},
		{nothing, no_author, NONE},
		{no_author, no_author, NONE},
		{nothing, other_subject, OTHER},
		{nothing, other_site, NONE},
		{nothing, other_text, NONE},
		{no_text, no_text, NONE},
		{dated, dated, SAME},
		{dated, nothing, SAME},
		{nothing, dated, SAME},
		{same_purchase, other_purchase, NONE},
		{same_purchase, no_purchase, SAME},
		{same_date, other_date, NONE},
		{same_date, no_date, SAME},
		{same_date, same_date, SAME},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *data = xasprintf("%s/%zu", scratch_dir, i);
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
		struct made first = made_review(1), second = made_review(2);
		rows[i].first(&first);
		rows[i].second(&second);
		struct findings f = find(d, &first);
		assert_true(f.has_duplicates && f.duplicates.count == 0);
		f = find(d, &second);
		if (f.duplicates.count != (rows[i].kind != NONE))
			fail_msg("row %zu", i);
		if (rows[i].kind == NONE)
			continue;
		const struct duplicate *c = &f.duplicates.candidate[0];
		assert_int_equal(c->seq, 1);
		assert_int_equal(c->kind, rows[i].kind);
		assert_true(c->shared > 0 && c->shared == c->mine &&
			    c->shared == c->theirs);
	}
}

/* What each of one author's reviews states, in a row, all with the same text about the same
 * subject; and which one the last of them repeats. */
static void the_same_experience_is_found_behind_others(void **state)
{
	enum { A = 1, B, NONE };
	static const struct {
		struct {
			int purchase, date; /* 0: no more reviews */
		} review[5];
		uint64_t found; /* seq; 0: none */
	} rows[] = {
		{{{A, NONE}, {B, NONE}, {A, NONE}}, 1},
		{{{NONE, A}, {NONE, B}, {NONE, A}}, 1},
		{{{A, A}, {B, A}, {A, B}, {A, A}}, 1},
		{{{A, NONE}, {A, NONE}, {B, NONE}, {A, NONE}}, 2},
		{{{A, A}, {B, A}, {A, B}, {B, B}}, 0},
		{{{A, NONE}, {B, NONE}, {NONE, NONE}}, 2},
		{{{A, NONE}, {NONE, NONE}, {B, NONE}}, 2},
		{{{A, NONE}, {NONE, NONE}, {B, NONE}, {A, NONE}}, 1},
		{{{NONE, NONE}, {A, NONE}, {B, NONE}}, 0},
		{{{NONE, A}, {A, NONE}}, 1},
		{{{A, NONE}, {NONE, A}, {B, NONE}, {NONE, A}}, 2},
	};
	static const char *const orders[] = {[A] = "order-1", [B] = "order-2"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *data = xasprintf("%s/%zu", scratch_dir, i);
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
		struct findings f = {0};
		for (uint64_t seq = 1; rows[i].review[seq - 1].purchase; seq++) {
			int purchase = rows[i].review[seq - 1].purchase;
			int date = rows[i].review[seq - 1].date;
			struct made m = made_review(seq);
			m.purchase_ref = purchase == NONE ? NULL : orders[purchase];
			m.experience_date = date == NONE ? 0 : 20000 + date;
			f = find(d, &m);
		}
		uint64_t found = f.duplicates.count ? f.duplicates.candidate[0].seq : 0;
		if (found != rows[i].found || f.duplicates.count > 1)
			fail_msg("row %zu: %llu", i, (unsigned long long)found);
	}
}

static void the_newest_earlier_one_is_named_committed_or_not(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);

	(void)state;
	for (uint64_t seq = 1; seq <= 20; seq++) {
		struct made m = made_review(seq);
		struct findings f = find(d, &m);
		assert_int_equal(f.duplicates.count, seq > 1);
		if (seq > 1)
			assert_int_equal(f.duplicates.candidate[0].seq, seq - 1);
		if (seq % 3 == 0)
			assert_int_equal(dedup_commit(d, seq - 2, NULL), ST_OK);
	}
}

static void only_reviews_that_are_there_are_looked_at(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
	OWNED(buf_release) struct buf sections = BUF_INIT(100000);
	struct made site = made_of(KIND_SITE, 1), aside = made_review(2);

	(void)state;
	site.name = "x";
	aside.flags = RECORD_QUARANTINED;
	look(d, &site, &sections);
	look(d, &aside, &sections);
	assert_int_equal(sections.len, 0);
	struct made m = made_review(3);
	struct findings f = find(d, &m);
	assert_int_equal(f.duplicates.count, 0);
	assert_int_equal(f.arrivals.count[ARRIVAL_AUTHOR][WINDOW_EVER], 0);
}

/* --- the same item again ------------------------------------------------------------------ */

static unsigned faults(const struct findings *f)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < f->duplicates.count; i++)
		count += f->duplicates.candidate[i].kind == DUPLICATE_COLLECTOR_FAULT;
	return count;
}

static void stated(struct made *m)
{
	m->submitted_at = MADE_FIRST_MS;
}

/* One page, fetched 42 times, its rows numbered anew each time. */
static void a_page_that_is_fetched_again_is_the_collectors_fault(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);

	(void)state;
	for (uint64_t seq = 1; seq <= 42; seq++) {
		struct made m = made_review(seq);
		stated(&m);
		struct findings f = find(d, &m);
		assert_int_equal(f.duplicates.count, seq > 1);
		assert_int_equal(faults(&f), seq > 1);
		if (seq == 1)
			continue;
		const struct duplicate *c = &f.duplicates.candidate[0];
		assert_int_equal(c->seq, seq - 1);
		assert_true(c->shared > 0 && c->shared == c->mine &&
			    c->shared == c->theirs);
		if (seq % 5 == 0)
			assert_int_equal(dedup_commit(d, seq - 2, NULL), ST_OK);
	}
}

static void not_stated(struct made *m)
{
	m->submitted_at = 0;
}
static void later(struct made *m)
{
	m->submitted_at = MADE_FIRST_MS + 1;
}
static void other_title(struct made *m)
{
	stated(m);
	m->title = "Un titre";
}
static void other_name(struct made *m)
{
	stated(m);
	m->display_name = "Bruno";
}
static void other_stars(struct made *m)
{
	stated(m);
	m->rating = 1000;
}
static void nobody(struct made *m)
{
	stated(m);
	m->author_ref = m->display_name = NULL;
	m->text = "Parfait";
}
static void nobody_with_much(struct made *m)
{
	nobody(m);
	m->text = "Le plombier moustachu a renverse la bouilloire sur le parquet de la "
		  "veranda, puis la tondeuse a traverse notre grenier.";
}
static void somebody(struct made *m)
{
	nobody(m);
	m->display_name = "Anne D.";
}
static void one_letter_else(struct made *m)
{
	stated(m);
	m->text = "Une chambre calme, un accueil \"parfait\"!";
}
static void another_purchase(struct made *m)
{
	stated(m);
	m->purchase_ref = "order-2";
}

static void all_that_an_item_says_must_be_the_same(void **state)
{
	static const struct {
		void (*first)(struct made *), (*second)(struct made *);
		bool fault;
	} rows[] = {
		{stated, stated, true},
		{not_stated, not_stated, false},
		{stated, not_stated, false},
		{not_stated, stated, false},
		{stated, later, false},
		{later, later, true},
		{stated, other_title, false},
		{other_title, other_title, true},
		{stated, other_name, false},
		{stated, other_stars, false},
		{stated, one_letter_else, false},
		{stated, another_purchase, false},
		{nobody, nobody, false}, /* two people, one day, "Parfait" */
		{nobody_with_much, nobody_with_much, true},
		{somebody, somebody, true},
		{nobody, somebody, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *data = xasprintf("%s/%zu", scratch_dir, i);
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
		struct made first = made_review(1), second = made_review(2);
		rows[i].first(&first);
		rows[i].second(&second);
		(void)find(d, &first);
		struct findings f = find(d, &second);
		if (faults(&f) != rows[i].fault)
			fail_msg("row %zu: %u", i, faults(&f));
	}
}

/* --- the same elsewhere ------------------------------------------------------------------- */

/* One author's reviews with one text, about these subjects in a row; and which earlier one
 * about another subject the last of them repeats. */
static void the_newest_about_another_subject_is_named(void **state)
{
	static const struct {
		const char *subjects; /* a letter each */
		uint64_t found;
	} rows[] = {
		{"a", 0},     {"aa", 0},    {"aaaa", 0},  {"ab", 1},	 {"aab", 2},
		{"aba", 2},   {"abb", 1},   {"abbb", 1},  {"abbbb", 1},	 {"abc", 2},
		{"abca", 3},  {"abcc", 2},  {"abccc", 2}, {"abaab", 4},	 {"aaba", 3},
		{"aabaa", 3}, {"abcbb", 3}, {"abab", 3},  {"abcdab", 5}, {"abbaab", 5},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (uint64_t lag = 0; lag <= 2; lag++) {
			OWNED(freep)
			char *data =
				xasprintf("%s/%zu-%u", scratch_dir, i, (unsigned)lag);
			OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
			uint64_t found = 0;
			for (uint64_t seq = 1; rows[i].subjects[seq - 1]; seq++) {
				const char name[2] = {rows[i].subjects[seq - 1], '\0'};
				struct made m = made_review(seq);
				m.subject = name;
				struct findings f = find(d, &m);
				found = 0;
				for (uint32_t k = 0; k < f.duplicates.count; k++)
					if (f.duplicates.candidate[k].kind ==
					    DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT)
						found = f.duplicates.candidate[k].seq;
				if (seq > lag)
					assert_int_equal(dedup_commit(d, seq - lag, NULL),
							 ST_OK);
			}
			if (found != rows[i].found)
				fail_msg("row %zu: %llu", i, (unsigned long long)found);
		}
}

/* --- arrivals --------------------------------------------------------------------------- */

/* A window is the period of now and the one before, from one boundary to another. */
static void windows_begin_on_boundaries(void **state)
{
	static const int64_t month_ms = 30 * DAY_MS;
	const int64_t base = MADE_FIRST_MS / month_ms * month_ms; /* of all windows */
	const struct {
		int64_t before_ms, now_ms;
		uint32_t hour, day, month;
	} rows[] = {
		{0, 0, 1, 1, 1},
		{0, HOUR_MS - 1, 1, 1, 1},
		{0, 2 * HOUR_MS - 1, 1, 1, 1},
		{0, 2 * HOUR_MS, 0, 1, 1},
		{HOUR_MS - 1, HOUR_MS, 1, 1, 1},
		{HOUR_MS - 1, 2 * HOUR_MS, 0, 1, 1},
		{0, 2 * DAY_MS - 1, 0, 1, 1},
		{0, 2 * DAY_MS, 0, 0, 1},
		{0, 2 * month_ms - 1, 0, 0, 1},
		{0, 2 * month_ms, 0, 0, 0},
		{month_ms - 1, 2 * month_ms, 0, 0, 0},
		{month_ms, 2 * month_ms, 0, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *data = xasprintf("%s/%zu", scratch_dir, i);
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
		struct made first = made_review(1), second = made_review(2);
		first.received_at = base + rows[i].before_ms;
		second.received_at = base + rows[i].now_ms;
		(void)find(d, &first);
		struct findings f = find(d, &second);
		for (int dimension = 0; dimension < ARRIVAL_COUNT; dimension++) {
			const uint32_t *count = f.arrivals.count[dimension];
			assert_int_equal(count[WINDOW_HOUR], rows[i].hour);
			assert_int_equal(count[WINDOW_DAY], rows[i].day);
			assert_int_equal(count[WINDOW_MONTH], rows[i].month);
			assert_int_equal(count[WINDOW_EVER], 1);
		}
	}
}

static void who_is_unknown_is_not_counted(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
	struct findings f = {0};

	(void)state;
	for (uint64_t seq = 1; seq <= 3; seq++) {
		struct made m = made_review(seq);
		m.author_ref = NULL;
		m.text = NULL;
		f = find(d, &m);
	}
	assert_int_equal(f.arrivals.count[ARRIVAL_AUTHOR][WINDOW_EVER], 0);
	assert_int_equal(f.arrivals.count[ARRIVAL_TEXT][WINDOW_EVER], 0);
	assert_int_equal(f.arrivals.count[ARRIVAL_SUBJECT][WINDOW_EVER], 2);
	struct made elsewhere = made_review(4);
	elsewhere.site = "mein"; /* the same names mean others there */
	f = find(d, &elsewhere);
	assert_int_equal(f.arrivals.count[ARRIVAL_SUBJECT][WINDOW_EVER], 0);
}

/* Two sources' account of the same name are two people; of what is the site's, and not a
 * source's, the name is enough. */
static void an_author_is_counted_within_its_source(void **state)
{
	static const struct {
		const char *source, *author_ref;
		uint32_t by_author, by_source;
	} rows[] = {
		{"shop", "42", 1, 1}, {"app", "42", 0, 0},  {"shop", "43", 0, 1},
		{"shop4", "2", 0, 0}, {"sho", "p42", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *data = xasprintf("%s/%zu", scratch_dir, i);
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
		struct made first = made_review(1), second = made_review(2);
		first.source = "shop";
		first.author_ref = "42";
		second.source = rows[i].source;
		second.author_ref = rows[i].author_ref;
		(void)find(d, &first);
		struct findings f = find(d, &second);
		assert_int_equal(f.arrivals.count[ARRIVAL_AUTHOR][WINDOW_EVER],
				 rows[i].by_author);
		assert_int_equal(f.arrivals.count[ARRIVAL_SOURCE][WINDOW_EVER],
				 rows[i].by_source);
		assert_int_equal(f.arrivals.count[ARRIVAL_SUBJECT][WINDOW_EVER], 1);
		assert_int_equal(f.arrivals.count[ARRIVAL_TEXT][WINDOW_EVER], 1);
	}
}

/* --- again ------------------------------------------------------------------------------ */

#define RECORDS 720
#define BATCH	10

/* Ten of them tell enough, two do not; four or so are in between. */
static const char *const words[] = {
	"chaudiere",  "plombier",  "ascenseur", "moustachu", "camping",	  "etagere",
	"bouilloire", "balcon",	   "perceuse",	"cousine",   "parquet",	  "veranda",
	"lavabo",     "voisinage", "escalier",	"tondeuse",  "serrurier", "cheminee",
	"grenier",    "peinture",  "jardinier", "marmite",   "oreiller",  "tabouret",
};

static void add_words(struct buf *text, uint64_t which, unsigned count)
{
	static const char *const before[] = {"le", "dans notre", "avec un", "et la",
					     "pour"};

	for (unsigned i = 0; i < count; i++, which += 7 + which % 3)
		buf_format(text, "%s %s ", before[which % ARRAY_LEN(before)],
			   words[which % ARRAY_LEN(words)]);
}

/* Near copies, templates with a number in them, and phrases of any length. */
static void write_text(struct buf *text, uint64_t mixed, uint64_t seq)
{
	buf_clear(text);
	switch (mixed % 4) {
	case 0: /* one of six, with a word of its own somewhere */
		add_words(text, mixed / 4 % 6, (unsigned)(mixed / 32 % 18));
		buf_format(text, "numero%llu ", (unsigned long long)seq);
		add_words(text, mixed / 4 % 6 + 3, 25);
		break;
	case 1: /* nearly all of its signatures are one */
		add_words(text, 5, 20);
		buf_format(text, "commande %llu ", (unsigned long long)(seq % 50));
		add_words(text, 11, 50);
		break;
	case 2: /* which many write */
		add_words(text, mixed / 4 % 3, 2 + (unsigned)(mixed / 16 % 4));
		break;
	default: /* which two or three write */
		add_words(text, mixed / 4 % 200, 4 + (unsigned)(mixed / 1024 % 12));
		break;
	}
}

static struct made one_of_few_words(uint64_t seq)
{
	static const char *const authors[] = {"anne", "bruno", "chloe", NULL};
	static const char *const subjects[] = {"hotel-1", "hotel-2", "hotel-3"};
	static const char *const texts[] = {
		"Bien.",	  "bien", "Tres bien, merci", NULL, "Une chambre calme.",
		"A \xC3\xA9viter"};
	static const char *const orders[] = {NULL, NULL, "order-1", "order-2"};
	static const char *const sources[] = {"shop", "shop", "shop", "app"};
	static const uint8_t killed[] = {0, RECORD_KILLED_DEDUP, RECORD_KILLED_MODERATE,
					 RECORD_KILLED_PUBLISH};
	uint64_t mixed = seq * UINT64_C(0x9E3779B97F4A7C15) >> 20;
	struct made m = made_review(seq);

	m.source = sources[(mixed >> 24) % 4];
	m.author_ref = authors[mixed % 4];
	m.subject = subjects[(mixed >> 3) % 3];
	m.text = texts[(mixed >> 6) % 6];
	m.purchase_ref = orders[(mixed >> 12) % 4];
	m.experience_date = (mixed >> 16) % 3 ? 0 : (int32_t)(20000 + (mixed >> 20) % 2);
	if (seq % 13 == 0)
		m.flags = RECORD_QUARANTINED | killed[seq / 13 % 4];
	return m;
}

/* Of all that a review can state some; one in nine is an item that came before, under
 * another source_id. Borrows until the next call. */
static struct made made_at(uint64_t seq)
{
	static char text[4000], author[16];
	OWNED(buf_release) struct buf written = BUF_INIT(sizeof(text) - 1);
	uint64_t item = seq > 40 && seq % 9 == 0 ? seq - 1 - seq % 31 : seq;
	uint64_t mixed = item * UINT64_C(0xD1B54A32D192ED03) >> 16;
	struct made m = one_of_few_words(item);

	m.seq = seq;
	m.received_at = MADE_FIRST_MS + (int64_t)(seq * 23) * 60000;
	if (item != seq)
		m.flags = 0;
	m.has_rating = mixed % 5 != 0;
	m.best = mixed % 5 == 1 ? 10000 : 0;
	m.submitted_at = mixed % 7 ? MADE_FIRST_MS - (int64_t)item * 1000 : 0;
	m.title = mixed % 3 ? NULL : "Un titre";
	if ((mixed >> 8) % 3 == 0)
		return m;
	snprintf(author, sizeof(author), "a%llu",
		 (unsigned long long)((mixed >> 12) % 30));
	m.author_ref = (mixed >> 16) % 6 ? author : NULL;
	m.display_name = (mixed >> 20) % 3 ? m.display_name : NULL;
	write_text(&written, mixed >> 24, item);
	m.text = strcpy(text, buf_string(&written));
	return m;
}

static void assert_kinds_occur(const struct buf *sections, const size_t *ends)
{
	unsigned kinds[DUPLICATE_COLLECTOR_FAULT + 1] = {0}, full = 0;
	struct hit hits[HITS_MAX];
	struct findings f;

	for (uint64_t seq = 1; seq <= RECORDS; seq++) {
		struct span one = {sections->at + ends[seq - 1],
				   ends[seq] - ends[seq - 1]};
		assert_int_equal(findings_parse(&f, hits, one, NULL), ST_OK);
		for (uint32_t i = 0; i < f.duplicates.count; i++)
			kinds[f.duplicates.candidate[i].kind]++;
		full += f.duplicates.count == DUPLICATES_MAX;
	}
	assert_true(kinds[DUPLICATE_SAME_AUTHOR_SAME_SUBJECT] > 50);
	assert_true(kinds[DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT] > 50);
	assert_true(kinds[DUPLICATE_OTHER_AUTHOR] > 500);
	assert_true(kinds[DUPLICATE_COLLECTOR_FAULT] > 30);
	assert_true(full > 10);
}

/* Who has another key makes other signatures, and misses others. */
static void give_key(const char *data)
{
	OWNED(freep) char *keys = xasprintf("%s/keys", data);
	OWNED(freep) char *path = xasprintf("%s/dedup.key", keys);

	assert_int_equal(file_make_dirs(keys, 0700, NULL), ST_OK);
	assert_int_equal(file_replace(path, SPAN_OF("a key that is the same each time"),
				      0600, NULL),
			 ST_OK);
}

/* The sections of every record in a run in which nobody died. */
static void run_through(struct buf *sections, size_t ends[RECORDS + 1])
{
	OWNED(freep) char *data = scratch_path("unkilled");
	give_key(data);
	OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);

	ends[0] = 0;
	for (uint64_t seq = 1; seq <= RECORDS; seq++) {
		struct made m = made_at(seq);
		look(d, &m, sections);
		ends[seq] = sections->len;
	}
	assert_false(sections->full);
}

static void store_made(struct apply *apply, const struct made *m)
{
	static const uint8_t none[SHA256_BYTES];
	const struct findings findings = {0};
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	made_parse(&keep, &r, m);
	assert_int_equal(apply_record(apply, JOURNAL, &r, &findings, none, none, NULL),
			 ST_OK);
}

static void store_up_to(struct apply *apply, uint64_t seq)
{
	assert_int_equal(apply_begin(apply, NULL), ST_OK);
	for (uint64_t n = apply_committed(apply, JOURNAL) + 1; n <= seq; n++) {
		struct made m = made_at(n);
		store_made(apply, &m);
	}
	assert_int_equal(apply_commit(apply, NULL), ST_OK);
}

static void lose_tables(const char *data, uint64_t turn)
{
	static const char *const names[] = {"exact.table", "arrivals.table",
					    "near.sketches", "near.bands", "near.texts"};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		OWNED(freep) char *path = xasprintf("%s/%s", data, names[i]);
		if (turn >> i & 1)
			(void)unlink(path);
	}
}

/* dedup dies at every batch; the store is a little or far behind; tables are kept, lost,
 * or one of them is. It finds the same bytes as if it had never died. */
static void a_replay_finds_the_same(void **state)
{
	OWNED(buf_release) struct buf expected = BUF_INIT(1 << 20);
	OWNED(freep) char *data = scratch_path("data");
	OWNED(freep) char *path = scratch_path("data/store.db");
	OWNED(apply_closep) struct apply *apply = NULL;
	const struct apply_options none = {0};
	size_t ends[RECORDS + 1];

	(void)state;
	run_through(&expected, ends);
	assert_kinds_occur(&expected, ends);
	give_key(data);
	assert_int_equal(apply_open(&apply, path, &none, NULL), ST_OK);
	uint64_t committed = 0, told = 0;
	for (uint64_t turn = 0; committed + BATCH < RECORDS; turn++) {
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, committed + 1);
		uint64_t upto = MIN(committed + BATCH * (1 + turn % 4), RECORDS);
		OWNED(buf_release) struct buf found = BUF_INIT(1 << 20);
		for (uint64_t seq = committed + 1; seq <= upto; seq++) {
			struct made m = made_at(seq);
			look(d, &m, &found);
		}
		assert_int_equal(found.len, ends[upto] - ends[committed]);
		assert_memory_equal(found.at, expected.at + ends[committed], found.len);
		/* The store goes on; dedup hears of it or does not. */
		uint64_t before = committed;
		committed += (upto - committed) / (1 + turn % 3);
		store_up_to(apply, committed);
		told = turn % 5 == 0 ? before : committed;
		assert_int_equal(dedup_commit(d, told, NULL), ST_OK);
		if (turn % 2)
			assert_int_equal(dedup_sync(d, NULL), ST_OK);
		dedup_close(TAKE(d));
		lose_tables(data, turn * 5 % 37);
	}
	assert_true(committed > RECORDS / 2);
}

/* The store was put back to an older state: what the tables know beyond it is forgotten. */
static void a_table_ahead_of_the_store_is_thrown_away(void **state)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
	struct made m = made_review(1), again = made_review(1);

	(void)state;
	(void)find(d, &m);
	assert_int_equal(dedup_commit(d, 1, NULL), ST_OK);
	dedup_close(TAKE(d));
	d = open_dedup(data, 1); /* no store */
	struct findings f = find(d, &again);
	assert_int_equal(f.duplicates.count, 0);
	assert_int_equal(f.arrivals.count[ARRIVAL_AUTHOR][WINDOW_EVER], 0);
}

/* The mark of a record that killed a stage behind may come before or after dedup has seen
 * it: later records must find the same. */
static void what_killed_a_stage_behind_has_arrived_all_the_same(void **state)
{
	static const unsigned flags[] = {0, RECORD_QUARANTINED | RECORD_KILLED_MODERATE,
					 RECORD_QUARANTINED | RECORD_KILLED_PUBLISH,
					 RECORD_QUARANTINED | RECORD_KILLED_DEDUP};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		char name[16];
		snprintf(name, sizeof(name), "data%zu", i);
		OWNED(freep) char *data = scratch_path(name);
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
		OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
		OWNED(buf_release) struct buf sections = BUF_INIT(100000);
		struct made first = made_review(1), second = made_review(2);
		struct record r;

		made_parse(&keep, &r, &first);
		r.flags = (uint8_t)flags[i];
		assert_int_equal(dedup_record(d, &r, &sections, NULL), ST_OK);
		uint32_t seen =
			find(d, &second).arrivals.count[ARRIVAL_AUTHOR][WINDOW_EVER];
		assert_int_equal(seen, flags[i] & RECORD_KILLED_DEDUP ? 0 : 1);
	}
}

/* Nor do they depend on whether the tables lived on or were made again from the store. */
static void what_was_set_aside_is_found_in_the_store(void **state)
{
	static const struct {
		unsigned flags;
		bool counted;
	} rows[] = {
		{0, true},
		{RECORD_QUARANTINED, false},
		{RECORD_QUARANTINED | RECORD_KILLED_DEDUP, false},
		{RECORD_QUARANTINED | RECORD_KILLED_MODERATE, true},
		{RECORD_QUARANTINED | RECORD_KILLED_PUBLISH, true},
		{RECORD_QUARANTINED | RECORD_KILLED_MODERATE | RECORD_ERASED, false},
	};
	const struct apply_options none = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *data = xasprintf("%s/%zu", scratch_dir, i);
		OWNED(freep) char *path = xasprintf("%s/store.db", data);
		OWNED(apply_closep) struct apply *apply = NULL;
		OWNED(dedup_closep) struct dedup *d = open_dedup(data, 1);
		OWNED(buf_release) struct buf kept = BUF_INIT(100000);
		OWNED(buf_release) struct buf remade = BUF_INIT(100000);
		struct made first = made_review(1), second = made_review(2);
		first.purchase_ref = second.purchase_ref = "order-1";
		first.experience_date = 20000;
		first.flags = (uint8_t)rows[i].flags;

		look(d, &first, &kept);
		buf_clear(&kept);
		look(d, &second, &kept);
		dedup_close(TAKE(d));
		lose_tables(data, 31);
		assert_int_equal(apply_open(&apply, path, &none, NULL), ST_OK);
		assert_int_equal(apply_begin(apply, NULL), ST_OK);
		store_made(apply, &first);
		assert_int_equal(apply_commit(apply, NULL), ST_OK);
		d = open_dedup(data, 2);
		look(d, &second, &remade);
		assert_int_equal(remade.len, kept.len);
		assert_memory_equal(remade.at, kept.at, kept.len);

		struct findings f;
		struct hit hits[HITS_MAX];
		assert_int_equal(findings_parse(&f, hits, buf_view(&remade), NULL),
				 ST_OK);
		assert_int_equal(f.duplicates.count, rows[i].counted);
		assert_int_equal(f.arrivals.count[ARRIVAL_AUTHOR][WINDOW_EVER],
				 rows[i].counted);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_by_the_same_about_the_same_is_found),
		TEST(the_same_experience_is_found_behind_others),
		TEST(the_newest_earlier_one_is_named_committed_or_not),
		TEST(only_reviews_that_are_there_are_looked_at),
		TEST(a_page_that_is_fetched_again_is_the_collectors_fault),
		TEST(all_that_an_item_says_must_be_the_same),
		TEST(the_newest_about_another_subject_is_named),
		TEST(windows_begin_on_boundaries),
		TEST(who_is_unknown_is_not_counted),
		TEST(an_author_is_counted_within_its_source),
		TEST(a_replay_finds_the_same),
		TEST(a_table_ahead_of_the_store_is_thrown_away),
		TEST(what_killed_a_stage_behind_has_arrived_all_the_same),
		TEST(what_was_set_aside_is_found_in_the_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
