#include "detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../lib/detect_rows.h"
#include "fold.h"

#define PLACES 16

static struct fold fold;

static int fold_open(void **state)
{
	(void)state;
	fold_init(&fold);
	return 0;
}

static int fold_close(void **state)
{
	(void)state;
	fold_release(&fold);
	return 0;
}

/* --- tests --------------------------------------------------------------------------- */

static struct span folded(const char *text)
{
	fold_text(&fold, span_of(text));
	return buf_view(&fold.match);
}

static void each_row_is_found_or_left_alone(void **state)
{
	(void)state;
	size_t wrong = 0;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct row *row = &tables[t].rows[i];
			struct span text = folded(row->text);
			struct scan_place places[PLACES];
			size_t count =
				detect_find(tables[t].detector, DETECT_ALL_COUNTRIES,
					    text, places, PLACES);
			struct span found = {text.at + (count ? places[0].start : 0),
					     count ? places[0].end - places[0].start : 0};

			if (span_equal(found, span_of(row->found)))
				continue;
			print_error("%s: [%.*s] in [%s]\n",
				    detector_names[tables[t].detector], (int)found.len,
				    (const char *)found.at, row->text);
			wrong++;
		}
	assert_int_equal(wrong, 0);
}

static void on_match(void *context, uint32_t owner, uint32_t pattern UNUSED)
{
	((bool *)context)[owner] = true;
}

/* Else the engine, which asks the patterns first, would miss what detect_find knows. */
static void patterns_match_whatever_is_found(void **state)
{
	(void)state;
	OWNED(scan_freep) struct scan *s = scan_new();
	uint32_t owner;
	size_t missed = 0;

	for (enum detector d = 0; d < DETECTOR_COUNT; d++)
		for (const char *const *p = detect_patterns(d); *p; p++)
			assert_int_equal(scan_add(s, SCAN_MATCH, *p, d, NULL), ST_OK);
	assert_int_equal(scan_build(s, NULL, &owner, NULL), ST_OK);
	/* Every detector over every row: they find things in each other's, too. */
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			bool matched[DETECTOR_COUNT] = {false};
			struct span text = folded(tables[t].rows[i].text);
			struct scan_place place;

			scan_text(s, SCAN_MATCH, text, on_match, matched);
			for (enum detector d = 0; d < DETECTOR_COUNT; d++) {
				if (matched[d] || !detect_find(d, DETECT_ALL_COUNTRIES,
							       text, &place, 1))
					continue;
				print_error("%s in [%s]\n", detector_names[d],
					    tables[t].rows[i].text);
				missed++;
			}
		}
	assert_int_equal(missed, 0);
}

static void all_places_are_found_in_order(void **state)
{
	(void)state;
	struct span text = folded("06 39 98 12 56, 01 99 00 12 34 / +33 1 99 00 23 45; "
				  "tel 785 8949");
	struct scan_place places[PLACES];

	assert_int_equal(
		detect_find(DETECT_PHONE, DETECT_ALL_COUNTRIES, text, places, PLACES), 4);
	for (size_t i = 1; i < 4; i++)
		assert_true(places[i].start >= places[i - 1].end);
	assert_int_equal(detect_find(DETECT_PHONE, DETECT_ALL_COUNTRIES, text, places, 2),
			 2);
	assert_int_equal(places[1].start, 16);
}

static void phones_are_those_of_the_countries_asked_for(void **state)
{
	(void)state;
	static const struct {
		const char *country, *text;
		size_t count;
	} rows[] = {
		{"fr", "06 39 98 12 56", 1},	{"gb", "06 39 98 12 56", 0},
		{"gb", "07700 900 461", 1},	{"us", "07700 900 461", 0},
		{"us", "212-555-0198", 1},	{"fr", "212-555-0198", 0},
		{"fr", "+33 6 39 98 12 56", 1}, {"fr", "+44 20 7946 0815", 0},
		{"gb", "+44 20 7946 0815", 1},	{"other", "+44 20 7946 0815", 0},
		{"other", "+354 555 1234", 1},	{"fr", "+354 555 1234", 0},
		{"other", "call 785 8949", 1},	{"fr", "call 785 8949", 0},
		{"be", "02 345 67 89", 1},	{"ch", "079 123 45 67", 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct scan_place places[PLACES];
		uint64_t bit = detect_country(span_of(rows[i].country));

		assert_true(bit != 0);
		if (detect_find(DETECT_PHONE, bit, folded(rows[i].text), places,
				PLACES) != rows[i].count)
			fail_msg("%s: %s", rows[i].country, rows[i].text);
	}
}

static void names_are_those_that_rules_write(void **state)
{
	(void)state;
	size_t count = 0;

	assert_null(detector_names[DETECTOR_COUNT]);
	for (enum detector d = 0; d < DETECTOR_COUNT; d++)
		assert_true(detector_names[d] && detect_patterns(d)[0]);
	while (detect_country_names[count])
		count++;
	assert_true(count >= 15);
	assert_int_equal(detect_country(SPAN_OF("xx")), 0);
	assert_int_equal(detect_country(SPAN_NONE), 0);
	assert_true(detect_country(SPAN_OF("fr")) != detect_country(SPAN_OF("be")));
}

static void every_detector_has_fifteen_rows_of_each_kind(void **state)
{
	(void)state;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		size_t found = 0;

		for (size_t i = 0; i < tables[t].count; i++)
			found += tables[t].rows[i].found != NULL;
		assert_true(found >= 15 && tables[t].count - found >= 15);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_is_found_or_left_alone),
		cmocka_unit_test(patterns_match_whatever_is_found),
		cmocka_unit_test(all_places_are_found_in_order),
		cmocka_unit_test(phones_are_those_of_the_countries_asked_for),
		cmocka_unit_test(names_are_those_that_rules_write),
		cmocka_unit_test(every_detector_has_fifteen_rows_of_each_kind),
	};

	return cmocka_run_group_tests(tests, fold_open, fold_close);
}
