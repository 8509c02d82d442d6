#include "scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "alloc.h"
#include "buf.h"
#include "file.h"

struct seen {
	size_t count;
	uint32_t owner, pattern;
};

static void on_found(void *context, uint32_t owner, uint32_t pattern)
{
	struct seen *seen = context;

	seen->count++;
	seen->owner = owner;
	seen->pattern = pattern;
}

static struct scan *scan_of(enum scan_input input, const char *pattern)
{
	struct scan *s = scan_new();
	uint32_t owner;

	assert_int_equal(scan_add(s, input, pattern, 7, NULL), ST_OK);
	assert_int_equal(scan_build(s, NULL, &owner, NULL), ST_OK);
	return s;
}

static size_t count_in(struct scan *s, enum scan_input input, struct span text)
{
	struct seen seen = {0};

	scan_text(s, input, text, on_found, &seen);
	return seen.count;
}

static void patterns_match_their_input_only(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		enum scan_input input;
		const char *text;
		size_t found;
	} rows[] = {
		{"ab+c", SCAN_MATCH, "xabbbcx", 1},
		{"ab+c", SCAN_MATCH, "xABCx", 0},
		{"(?i)ab+c", SCAN_RAW, "xABCx", 1},
		{"a", SCAN_MATCH, "aaaa", 1},  /* once per text */
		{"^é.t$", SCAN_RAW, "éét", 1}, /* one character, not two bytes */
		{"[éè]", SCAN_RAW, "ê", 0},
		{"^.$", SCAN_MATCH, "é", 1},
		{"^[^a]$", SCAN_RAW, "é", 1},
		{"^\\W$", SCAN_RAW, "é", 1},
		{"^[[:^alpha:]]$", SCAN_RAW, "é", 1},
		{"^[]^.]$", SCAN_RAW, ".", 1},
		{"^\\.$", SCAN_RAW, "é", 0},
		{"\\bcon\\b", SCAN_MATCH, "chili con carne", 1},
		{"\\bcon\\b", SCAN_MATCH, "second", 0},
		{"x", SCAN_RAW, "", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(scan_freep)
		struct scan *s = scan_of(rows[i].input, rows[i].pattern);

		if (count_in(s, rows[i].input, span_of(rows[i].text)) != rows[i].found)
			fail_msg("%s on %s", rows[i].pattern, rows[i].text);
		assert_int_equal(count_in(s, !rows[i].input, span_of(rows[i].text)), 0);
	}
}

static void unusable_patterns_are_refused(void **state)
{
	(void)state;
	static const char *const patterns[] = {"(",	 "a*",	  "",  "(a)\\1",
					       "(?=a)b", "[z-a]", "\\"};
	OWNED(freep) char *longest = xcalloc(1, SCAN_PATTERN_BYTES_MAX + 2);
	OWNED(scan_freep) struct scan *s = scan_new();
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		if (scan_add(s, SCAN_MATCH, patterns[i], 1, &err) != ST_ECONFIG)
			fail_msg("taken: %s", patterns[i]);
	memset(longest, 'a', SCAN_PATTERN_BYTES_MAX + 1);
	assert_int_equal(scan_add(s, SCAN_MATCH, longest, 1, &err), ST_ECONFIG);
	longest[SCAN_PATTERN_BYTES_MAX] = '\0';
	assert_int_equal(scan_add(s, SCAN_MATCH, longest, 1, &err), ST_OK);
	assert_int_equal(scan_count(s, SCAN_MATCH), 1);
}

/* It parses, and is found too large only when all is compiled. */
static void a_pattern_too_large_names_its_owner(void **state)
{
	(void)state;
	OWNED(scan_freep) struct scan *s = scan_new();
	uint32_t owner = 0;
	struct err err;

	assert_int_equal(scan_add(s, SCAN_MATCH, "fine", 1, NULL), ST_OK);
	assert_int_equal(scan_add(s, SCAN_MATCH, "a.{0,40}b.{0,40}c", 2, NULL), ST_OK);
	assert_int_equal(scan_build(s, NULL, &owner, &err), ST_ECONFIG);
	assert_int_equal(owner, 2);
}

static void places_are_found_leftmost_and_merged(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *text;
		size_t count;
		struct scan_place places[3];
	} rows[] = {
		{"[0-9]{2,}", "a 123 b 4567", 2, {{2, 5}, {8, 12}}},
		{"ab", "ababab", 3, {{0, 2}, {2, 4}, {4, 6}}},
		{"a.b", "aabb", 1, {{0, 4}}},
		{"é+", "xééy", 1, {{1, 5}}},
		{"z", "zzzzz", 3, {{0, 1}, {1, 2}, {2, 3}}},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(scan_freep) struct scan *s = scan_of(SCAN_RAW, rows[i].pattern);
		struct scan_place places[3];
		size_t count =
			scan_locate(s, SCAN_RAW, 0, span_of(rows[i].text), places, 3);

		if (count != rows[i].count)
			fail_msg("%s: %zu places", rows[i].pattern, count);
		assert_memory_equal(places, rows[i].places, count * sizeof(*places));
	}
}

static void the_cache_gives_the_same_answers(void **state)
{
	(void)state;
	const char *base = getenv("TMPDIR");
	OWNED(freep) char *dir = xasprintf("%s/scan_test.XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(dir));
	OWNED(freep) char *cache = xasprintf("%s/x.hsdb", dir);
	OWNED(buf_release) struct buf good = BUF_INIT(1 << 20);
	OWNED(buf_release) struct buf now = BUF_INIT(1 << 20);
	uint32_t owner;

	/* Round 0 makes it; 1 uses it; then damaged, empty, of other patterns: made again. */
	for (int round = 0; round < 5; round++) {
		OWNED(scan_freep) struct scan *s = scan_new();

		assert_int_equal(scan_add(s, SCAN_MATCH, "ab+c", 5, NULL), ST_OK);
		if (round == 4)
			assert_int_equal(scan_add(s, SCAN_RAW, "q", 6, NULL), ST_OK);
		if (round == 2) {
			good.at[good.len / 2] ^= 1;
			assert_int_equal(file_replace(cache, buf_view(&good), 0600, NULL),
					 ST_OK);
			good.at[good.len / 2] ^= 1;
		}
		if (round == 3)
			assert_int_equal(file_replace(cache, SPAN_NONE, 0600, NULL),
					 ST_OK);
		assert_int_equal(scan_build(s, cache, &owner, NULL), ST_OK);
		assert_int_equal(count_in(s, SCAN_MATCH, SPAN_OF("abbc")), 1);
		assert_int_equal(count_in(s, SCAN_RAW, SPAN_OF("q")), round == 4);
		assert_int_equal(file_read(round == 0 ? &good : &now, cache, NULL),
				 ST_OK);
		if (round > 0 && round < 4)
			assert_true(span_equal(buf_view(&good), buf_view(&now)));
	}
}

static void a_cache_that_cannot_be_written_is_done_without(void **state)
{
	(void)state;
	OWNED(scan_freep) struct scan *s = scan_new();
	uint32_t owner;

	assert_int_equal(scan_add(s, SCAN_MATCH, "a", 5, NULL), ST_OK);
	assert_int_equal(scan_build(s, "/nonexistent/dir/x.hsdb", &owner, NULL), ST_OK);
	assert_int_equal(count_in(s, SCAN_MATCH, SPAN_OF("a")), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_their_input_only),
		cmocka_unit_test(unusable_patterns_are_refused),
		cmocka_unit_test(a_pattern_too_large_names_its_owner),
		cmocka_unit_test(places_are_found_leftmost_and_merged),
		cmocka_unit_test(the_cache_gives_the_same_answers),
		cmocka_unit_test(a_cache_that_cannot_be_written_is_done_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
