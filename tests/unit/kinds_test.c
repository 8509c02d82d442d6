// uses: stages/dedup/kinds.c
#include "kinds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ANNE	1
#define BRUNO	2
#define UNKNOWN 0

#define HOTEL 10
#define CAFE  20

#define NO_DATE EARLIER_NO_DATE

static const struct kinds_options options = {.enough = 500, .sure = 650, .common = 3};

static struct said said_by(uint64_t seq, uint64_t author, uint64_t subject)
{
	struct said s = {.seq = seq,
			 .site = 1,
			 .author = author,
			 .subject = subject,
			 .experience_date = NO_DATE};

	s.id[0] = (uint8_t)seq;
	return s;
}

static struct near_match match_of(const struct said *said)
{
	return (struct near_match){.said = *said,
				   .sizes = {80, 90, 90},
				   .jaccard = 800000,
				   .authors = 1,
				   .subjects = 1};
}

static unsigned kind_of(const struct said *mine, const struct information *information,
			const struct near_match *match)
{
	struct near_found found = {.count = 1};
	struct duplicates d = {0};

	found.match[0] = *match;
	kinds_name(&options, mine, information, &found, &d);
	if (d.count == 0)
		return 0;
	assert_int_equal(d.count, 1);
	assert_int_equal(d.candidate[0].seq, match->said.seq);
	assert_memory_equal(d.candidate[0].id, match->said.id, UUID_BYTES);
	assert_int_equal(d.candidate[0].shared, match->sizes.shared);
	assert_int_equal(d.candidate[0].mine, match->sizes.mine);
	assert_int_equal(d.candidate[0].theirs, match->sizes.theirs);
	assert_int_equal(d.candidate[0].bits, kinds_shared(information, match) / 10);
	return d.candidate[0].kind;
}

/* What both state, and what it is called. */
enum {
	NONE,
	SAME = DUPLICATE_SAME_AUTHOR_SAME_SUBJECT,
	ELSEWHERE = DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT,
	OTHER = DUPLICATE_OTHER_AUTHOR,
};
enum { LITTLE = 100, MUCH = 900 };
static const struct {
	struct {
		uint64_t author, subject, purchase;
		int32_t date;
	} mine, theirs;
	uint32_t tenths;
	bool equal;
	unsigned kind;
} kind_rows[] = {
	{{ANNE, HOTEL, 0, NO_DATE}, {ANNE, HOTEL, 0, NO_DATE}, LITTLE, false, SAME},
	{{ANNE, HOTEL, 0, NO_DATE}, {ANNE, CAFE, 0, NO_DATE}, LITTLE, false, ELSEWHERE},
	{{ANNE, HOTEL, 0, NO_DATE}, {ANNE, HOTEL, 0, NO_DATE}, MUCH, true, NONE},
	{{ANNE, HOTEL, 0, NO_DATE}, {ANNE, CAFE, 0, NO_DATE}, MUCH, true, NONE},
	{{ANNE, HOTEL, 0, NO_DATE}, {BRUNO, HOTEL, 0, NO_DATE}, MUCH, false, OTHER},
	{{ANNE, HOTEL, 0, NO_DATE}, {BRUNO, HOTEL, 0, NO_DATE}, MUCH, true, OTHER},
	{{ANNE, HOTEL, 0, NO_DATE}, {BRUNO, CAFE, 0, NO_DATE}, MUCH, false, OTHER},
	{{ANNE, HOTEL, 0, NO_DATE}, {BRUNO, HOTEL, 0, NO_DATE}, LITTLE, true, NONE},
	{{ANNE, HOTEL, 0, NO_DATE}, {UNKNOWN, HOTEL, 0, NO_DATE}, MUCH, false, OTHER},
	{{ANNE, HOTEL, 0, NO_DATE}, {UNKNOWN, HOTEL, 0, NO_DATE}, LITTLE, false, NONE},
	{{UNKNOWN, HOTEL, 0, NO_DATE}, {ANNE, HOTEL, 0, NO_DATE}, MUCH, false, OTHER},
	{{UNKNOWN, HOTEL, 0, NO_DATE}, {UNKNOWN, HOTEL, 0, NO_DATE}, LITTLE, true, NONE},
	{{UNKNOWN, HOTEL, 0, NO_DATE}, {UNKNOWN, HOTEL, 0, NO_DATE}, MUCH, true, OTHER},
	/* Dates and purchases: only of one author about one subject. */
	{{ANNE, HOTEL, 0, 5}, {ANNE, HOTEL, 0, 5}, LITTLE, false, SAME},
	{{ANNE, HOTEL, 0, 5}, {ANNE, HOTEL, 0, 6}, LITTLE, false, NONE},
	{{ANNE, HOTEL, 0, 5}, {ANNE, HOTEL, 0, NO_DATE}, LITTLE, false, SAME},
	{{ANNE, HOTEL, 0, NO_DATE}, {ANNE, HOTEL, 0, 5}, LITTLE, false, SAME},
	{{ANNE, HOTEL, 7, NO_DATE}, {ANNE, HOTEL, 7, NO_DATE}, LITTLE, false, SAME},
	{{ANNE, HOTEL, 7, NO_DATE}, {ANNE, HOTEL, 8, NO_DATE}, LITTLE, false, NONE},
	{{ANNE, HOTEL, 7, NO_DATE}, {ANNE, HOTEL, 0, NO_DATE}, LITTLE, false, SAME},
	{{ANNE, HOTEL, 0, NO_DATE}, {ANNE, HOTEL, 8, NO_DATE}, LITTLE, false, SAME},
	{{ANNE, HOTEL, 7, 5}, {ANNE, HOTEL, 7, 6}, LITTLE, false, NONE},
	{{ANNE, HOTEL, 7, 5}, {ANNE, HOTEL, 8, 5}, LITTLE, false, NONE},
	{{ANNE, HOTEL, 7, 5}, {ANNE, CAFE, 8, 6}, LITTLE, false, ELSEWHERE},
	{{ANNE, HOTEL, 7, 5}, {BRUNO, HOTEL, 8, 6}, MUCH, false, OTHER},
};

static void kinds_are_these(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kind_rows); i++) {
		struct said mine =
			said_by(9, kind_rows[i].mine.author, kind_rows[i].mine.subject);
		struct said theirs = said_by(4, kind_rows[i].theirs.author,
					     kind_rows[i].theirs.subject);
		struct information information = {kind_rows[i].tenths, true, 100};
		mine.purchase = kind_rows[i].mine.purchase;
		mine.experience_date = kind_rows[i].mine.date;
		theirs.purchase = kind_rows[i].theirs.purchase;
		theirs.experience_date = kind_rows[i].theirs.date;
		struct near_match match = match_of(&theirs);
		match.equal = kind_rows[i].equal;
		unsigned kind = kind_of(&mine, &information, &match);
		if (kind != kind_rows[i].kind)
			fail_msg("row %zu: %u", i, kind);
	}
}

/* `authors` and `subjects` are bits; what both share is the information of this one times the
 * similarity. */
static void information_decides_of_another_author(void **state)
{
	static const struct {
		uint32_t tenths, jaccard;
		bool familiar;
		uint16_t authors, subjects;
		bool tells;
	} rows[] = {
		{500, 1000000, true, 1, 1, true},
		{499, 1000000, true, 1, 1, false},
		{1000, 500000, true, 1, 1, true},
		{1000, 499000, true, 1, 1, false},
		/* Common: three authors and three subjects, at least. */
		{600, 1000000, true, 0x7, 0x7, false},
		{600, 1000000, true, 0x8011, 0x8011, false},
		{600, 1000000, true, 0xFFFF, 0x3, true},
		{600, 1000000, true, 0x3, 0xFFFF, true},
		{649, 1000000, true, 0xFFFF, 0xFF, false},
		{650, 1000000, true, 0xFFFF, 0xFF, true},
		{900, 700000, true, 0xFFFF, 0xFF, false},
		/* Of a language that nothing is known of. */
		{999, 1000000, false, 1, 1, false},
		{1000, 1000000, false, 1, 1, true},
		{1299, 1000000, false, 0xF, 0xF, false},
		{1300, 1000000, false, 0xF, 0xF, true},
	};
	struct said mine = said_by(9, ANNE, HOTEL), theirs = said_by(4, BRUNO, HOTEL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct information information = {rows[i].tenths, rows[i].familiar,
						  rows[i].familiar ? 100 : 200};
		struct near_match match = match_of(&theirs);
		match.jaccard = rows[i].jaccard;
		match.authors = rows[i].authors;
		match.subjects = rows[i].subjects;
		if (kinds_tells(&options, &information, &match) != rows[i].tells)
			fail_msg("row %zu", i);
		assert_int_equal(kind_of(&mine, &information, &match),
				 rows[i].tells ? DUPLICATE_OTHER_AUTHOR : 0);
	}
}

/* What exact.h and items.h have found: sizes are equal. */
static void add_equal(struct duplicates *d, enum duplicate_kind kind, uint64_t seq)
{
	d->candidate[d->count++] = (struct duplicate){
		.kind = kind, .seq = seq, .shared = 50, .mine = 50, .theirs = 50};
}

static void add_match(struct near_found *f, uint64_t seq, uint64_t author,
		      uint64_t subject, uint32_t shared)
{
	struct said said = said_by(seq, author, subject);
	struct near_match *m = &f->match[f->count++];

	*m = match_of(&said);
	m->sizes = (struct overlap_sizes){.shared = shared, .mine = 100, .theirs = 100};
	m->jaccard = shared * 1000000 / (200 - shared);
}

static void assert_order(const struct duplicates *d, const uint64_t *seqs, size_t count)
{
	assert_int_equal(d->count, count);
	for (size_t i = 0; i < count; i++)
		if (d->candidate[i].seq != seqs[i])
			fail_msg("%zu: %llu", i, (unsigned long long)d->candidate[i].seq);
}

static void the_most_alike_is_first(void **state)
{
	const struct said mine = said_by(99, ANNE, HOTEL);
	const struct information information = {900, true, 100};
	struct near_found found = {0};
	struct duplicates d = {0};

	(void)state;
	add_equal(&d, DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT, 30);
	add_equal(&d, DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, 40);
	add_equal(&d, DUPLICATE_COLLECTOR_FAULT, 35);
	add_match(&found, 20, BRUNO, HOTEL, 90);
	add_match(&found, 10, BRUNO, HOTEL, 90); /* the earlier one */
	add_match(&found, 21, ANNE, CAFE, 90);	 /* by kind */
	add_match(&found, 5, BRUNO, HOTEL, 80);
	add_match(&found, 6, ANNE, HOTEL, 95);
	kinds_name(&options, &mine, &information, &found, &d);
	assert_order(&d, (uint64_t[]){35, 40, 30, 6, 21, 10, 20, 5}, 8);
}

static void a_review_is_named_once(void **state)
{
	const struct said mine = said_by(99, ANNE, HOTEL);
	const struct information information = {900, true, 100};
	struct near_found found = {0};
	struct duplicates d = {0};

	(void)state;
	add_equal(&d, DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, 40);
	add_equal(&d, DUPLICATE_COLLECTOR_FAULT, 40);
	add_match(&found, 40, BRUNO, HOTEL, 100);
	add_match(&found, 41, BRUNO, HOTEL, 90);
	kinds_name(&options, &mine, &information, &found, &d);
	assert_order(&d, (uint64_t[]){40, 41}, 2);
	assert_int_equal(d.candidate[0].kind, DUPLICATE_COLLECTOR_FAULT);

	d.count = 0;
	found.count = 0;
	add_equal(&d, DUPLICATE_COLLECTOR_FAULT, 40);
	add_equal(&d, DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, 40);
	add_equal(&d, DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT, 50);
	add_equal(&d, DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, 50);
	kinds_name(&options, &mine, &information, &found, &d);
	assert_order(&d, (uint64_t[]){40, 50}, 2);
	assert_int_equal(d.candidate[0].kind, DUPLICATE_COLLECTOR_FAULT);
	assert_int_equal(d.candidate[1].kind, DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT);
}

static void no_more_are_named_than_there_is_room_for(void **state)
{
	const struct said mine = said_by(99, ANNE, HOTEL);
	const struct information information = {900, true, 100};
	struct near_found found = {0};
	struct duplicates d = {0};

	(void)state;
	add_equal(&d, DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, 50);
	add_equal(&d, DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT, 51);
	add_equal(&d, DUPLICATE_COLLECTOR_FAULT, 52);
	for (uint64_t seq = 1; seq <= NEAR_FOUND_MAX; seq++)
		add_match(&found, seq, BRUNO, HOTEL, 90);
	kinds_name(&options, &mine, &information, &found, &d);
	assert_order(&d, (uint64_t[]){52, 50, 51, 1, 2, 3, 4, 5}, DUPLICATES_MAX);
}

static void nothing_found_is_nothing_named(void **state)
{
	const struct said mine = said_by(99, ANNE, HOTEL);
	const struct information information = {10000, true, 100};
	const struct near_found found = {0};
	struct duplicates d = {0};

	(void)state;
	kinds_name(&options, &mine, &information, &found, &d);
	assert_int_equal(d.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_these),
		cmocka_unit_test(information_decides_of_another_author),
		cmocka_unit_test(the_most_alike_is_first),
		cmocka_unit_test(a_review_is_named_once),
		cmocka_unit_test(no_more_are_named_than_there_is_room_for),
		cmocka_unit_test(nothing_found_is_nothing_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
