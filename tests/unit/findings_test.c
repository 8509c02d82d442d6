#include "findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void names_are_stable(void **state)
{
	(void)state;
	assert_string_equal(duplicate_kind_name(DUPLICATE_SAME_AUTHOR_SAME_SUBJECT),
			    "same-author-same-subject");
	assert_string_equal(duplicate_kind_name(DUPLICATE_COLLECTOR_FAULT),
			    "collector-fault");
	assert_string_equal(action_name(ACTION_AWAIT_AUTHOR), "await-author");
	assert_null(action_names[ACTION_COUNT]);
	assert_string_equal(arrival_names[ARRIVAL_TEXT], "text");
	assert_string_equal(window_names[WINDOW_EVER], "ever");
}

static struct arrivals some_arrivals(void)
{
	struct arrivals a;

	for (uint32_t of = 0; of < ARRIVAL_COUNT; of++)
		for (uint32_t window = 0; window < WINDOW_COUNT; window++)
			a.count[of][window] = of * 1000 + window * 70000;
	return a;
}

static struct duplicates some_duplicates(void)
{
	struct duplicates d = {.count = 2};

	d.candidate[0] = (struct duplicate){.kind = DUPLICATE_OTHER_AUTHOR,
					    .seq = UINT64_C(0x1122334455667788),
					    .id = {1, 2, 3},
					    .shared = 7,
					    .mine = 9,
					    .theirs = 11,
					    .bits = 0xABCD};
	d.candidate[1] = (struct duplicate){.kind = DUPLICATE_COLLECTOR_FAULT, .seq = 2};
	return d;
}

static struct hit some_hit(void)
{
	return (struct hit){.action = ACTION_REJECT,
			    .mode = MODE_SHADOW,
			    .rule = SPAN_OF("pii-email"),
			    .version = 513,
			    .reason = SPAN_OF("L-PII"),
			    .clauses = SPAN_OF("ISO-05,US-13"),
			    .duplicate_of = UINT64_C(1) << 40,
			    .span_count = 2,
			    .spans = {{25, 3, 70000}, {24, 0, 1}},
			    .value_count = 1,
			    .values = {{SPAN_OF("measure.words"), -5}}};
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);
	struct arrivals a = some_arrivals();
	struct duplicates d = some_duplicates();
	struct hit written[2] = {some_hit(), {.rule = SPAN_OF("r"), .version = 1}};
	struct hit hits[HITS_MAX];
	struct findings f;

	arrivals_put(&out, &a);
	duplicates_put(&out, &d);
	hits_put(&out, written, 2);
	assert_int_equal(findings_parse(&f, hits, buf_view(&out), NULL), ST_OK);
	assert_true(f.has_arrivals && f.has_duplicates && f.has_verdict);
	assert_memory_equal(&f.arrivals, &a, sizeof(a));
	assert_int_equal(f.duplicates.count, 2);
	assert_int_equal(f.duplicates.candidate[0].kind, DUPLICATE_OTHER_AUTHOR);
	assert_true(f.duplicates.candidate[0].seq == d.candidate[0].seq);
	assert_memory_equal(f.duplicates.candidate[0].id, d.candidate[0].id, UUID_BYTES);
	assert_int_equal(f.duplicates.candidate[0].theirs, 11);
	assert_int_equal(f.duplicates.candidate[0].bits, 0xABCD);
	assert_int_equal(f.duplicates.candidate[1].bits, 0);
	assert_int_equal(f.hit_count, 2);
	assert_int_equal(f.hits[0].mode, MODE_SHADOW);
	assert_int_equal(f.hits[0].version, 513);
	assert_true(span_equal(f.hits[0].clauses, SPAN_OF("ISO-05,US-13")));
	assert_true(f.hits[0].duplicate_of == UINT64_C(1) << 40);
	assert_int_equal(f.hits[0].spans[0].len, 70000);
	assert_int_equal(f.hits[0].spans[1].tag, 24);
	assert_int_equal(f.hits[0].value_count, 1);
	assert_true(span_equal(f.hits[0].values[0].name, SPAN_OF("measure.words")));
	assert_true(f.hits[0].values[0].value == -5);
	assert_int_equal(f.hits[1].action, ACTION_ACCEPT);
	assert_int_equal(f.hits[1].reason.len, 0);
}

/* The layout is a promise to other programs: type, version, length, content. */
static void bytes_are_as_documented(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);
	struct hit hit = {.action = ACTION_HOLD,
			  .rule = SPAN_OF("a"),
			  .version = 2,
			  .reason = SPAN_OF("b"),
			  .clauses = SPAN_OF("c"),
			  .duplicate_of = 3,
			  .span_count = 1,
			  .spans = {{4, 5, 6}},
			  .value_count = 1,
			  .values = {{SPAN_OF("v"), 7}}};
	const uint8_t expected[] = {3,	 0, 3,	 0, 42,	 0, 0,	 0, 1, 0, 3, 0, 1,
				    'a', 2, 0,	 1, 'b', 1, 'c', 3, 0, 0, 0, 0, 0,
				    0,	 0, 1,	 4, 0,	 5, 0,	 0, 0, 6, 0, 0, 0,
				    1,	 1, 'v', 7, 0,	 0, 0,	 0, 0, 0, 0};

	hits_put(&out, &hit, 1);
	assert_int_equal(out.len, sizeof(expected));
	assert_memory_equal(out.at, expected, sizeof(expected));
}

static void a_duplicate_has_its_bytes(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);
	struct duplicates d = {.count = 1,
			       .candidate = {{.kind = DUPLICATE_COLLECTOR_FAULT,
					      .seq = 9,
					      .id = {1},
					      .shared = 2,
					      .mine = 3,
					      .theirs = 4,
					      .bits = 0x0506}}};
	const uint8_t expected[] = {2, 0, 3, 0, 40, 0, 0, 0, 1, 4, 9, 0, 0, 0, 0, 0,
				    0, 0, 1, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				    0, 0, 2, 0, 0,  0, 3, 0, 0, 0, 4, 0, 0, 0, 6, 5};

	duplicates_put(&out, &d);
	assert_int_equal(out.len, sizeof(expected));
	assert_memory_equal(out.at, expected, sizeof(expected));
}

/* Rounded down, so that a rule's "at least" cannot be passed by rounding. */
static void likeness_is_in_whole_percent(void **state)
{
	(void)state;
	static const struct {
		uint32_t shared, mine, theirs;
		unsigned similarity, containment;
	} rows[] = {
		{10, 10, 10, 100, 100},
		{0, 10, 10, 0, 0},
		{0, 0, 0, 0, 0},
		{7, 9, 11, 53, 77},
		{10, 10, 40, 25, 100},
		{2, 3, 3, 50, 66},
		{94999, 94999, 100000, 94, 100},
		{95, 95, 100, 95, 100},
		{UINT32_MAX, UINT32_MAX, UINT32_MAX, 100, 100},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct duplicate d = {.shared = rows[i].shared,
				      .mine = rows[i].mine,
				      .theirs = rows[i].theirs};
		assert_int_equal(duplicate_similarity(&d), rows[i].similarity);
		assert_int_equal(duplicate_containment(&d), rows[i].containment);
	}
}

static void more_shared_than_there_is_is_refused(void **state)
{
	(void)state;
	struct hit hits[HITS_MAX];
	struct findings f;

	for (uint32_t shared = 3; shared <= 4; shared++) {
		OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);
		struct duplicates d = {.count = 1,
				       .candidate = {{.kind = DUPLICATE_OTHER_AUTHOR,
						      .shared = shared,
						      .mine = 3,
						      .theirs = 9}}};
		duplicates_put(&out, &d);
		assert_int_equal(findings_parse(&f, hits, buf_view(&out), NULL),
				 shared == 3 ? ST_OK : ST_EMALFORMED);
	}
}

static void nothing_is_zero(void **state)
{
	(void)state;
	struct hit hits[HITS_MAX];
	struct findings f;

	assert_int_equal(findings_parse(&f, hits, SPAN_NONE, NULL), ST_OK);
	assert_false(f.has_arrivals || f.has_duplicates || f.has_verdict);
	assert_int_equal(f.arrivals.count[ARRIVAL_AUTHOR][WINDOW_EVER], 0);
	assert_int_equal(f.duplicates.count, 0);
	assert_int_equal(f.hit_count, 0);
}

static void every_cut_is_refused(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf out = BUF_INIT(1 << 16);
	struct duplicates d = some_duplicates();
	struct hit hit = some_hit(), hits[HITS_MAX];
	struct findings f;

	duplicates_put(&out, &d);
	size_t first = out.len;
	hits_put(&out, &hit, 1);
	for (size_t len = 1; len < out.len; len++)
		assert_int_equal(
			findings_parse(&f, hits, (struct span){out.at, len}, NULL),
			len == first ? ST_OK : ST_EMALFORMED);
}

static void wrong_content_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		uint8_t bytes[48];
		size_t len;
		enum status st;
	} rows[] = {
		{"newer version", {2, 0, 4, 0, 1, 0, 0, 0, 0}, 9, ST_EVERSION},
		{"older version", {2, 0, 2, 0, 1, 0, 0, 0, 0}, 9, ST_EVERSION},
		{"unknown section is passed over", {9, 0, 7, 0, 1, 0, 0, 0, 0}, 9, ST_OK},
		{"no type", {0, 0, 2, 0, 0, 0, 0, 0}, 8, ST_OK},
		{"byte too many", {2, 0, 3, 0, 2, 0, 0, 0, 0, 0}, 10, ST_EMALFORMED},
		{"too many candidates", {2, 0, 3, 0, 1, 0, 0, 0, 9}, 9, ST_EMALFORMED},
		{"no such kind", {2, 0, 3, 0, 40, 0, 0, 0, 1, 5}, 48, ST_EMALFORMED},
		{"too many hits", {3, 0, 3, 0, 2, 0, 0, 0, 65, 0}, 10, ST_EMALFORMED},
		{"no such action",
		 {3, 0, 3, 0, 4, 0, 0, 0, 1, 0, 5, 0},
		 12,
		 ST_EMALFORMED},
		{"no such mode", {3, 0, 3, 0, 4, 0, 0, 0, 1, 0, 1, 2}, 12, ST_EMALFORMED},
		{"the same section twice",
		 {2, 0, 3, 0, 1, 0, 0, 0, 0, 2, 0, 3, 0, 1, 0, 0, 0, 0},
		 18,
		 ST_EMALFORMED},
	};
	struct hit hits[HITS_MAX];
	struct findings f;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum status st = findings_parse(
			&f, hits, (struct span){rows[i].bytes, rows[i].len}, NULL);

		if (st != rows[i].st)
			fail_msg("%s: %s", rows[i].what, status_name(st));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_stable),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(bytes_are_as_documented),
		cmocka_unit_test(a_duplicate_has_its_bytes),
		cmocka_unit_test(likeness_is_in_whole_percent),
		cmocka_unit_test(more_shared_than_there_is_is_refused),
		cmocka_unit_test(nothing_is_zero),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(wrong_content_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
