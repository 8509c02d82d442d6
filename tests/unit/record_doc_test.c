#include "record_doc.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "file.h"
#include "record_json.h"

#define NOW	1790000000000
#define LIMIT	(1024 * 1024)
#define OPENING "```json\n"

/* UPDATE=1 in the environment writes the files instead of comparing them. Tests run in the
 * root of the tree. */
static void matches_the_file(const struct buf *made, const char *path)
{
	OWNED(buf_release) struct buf stored = BUF_INIT(LIMIT);

	assert_false(made->full);
	if (getenv("UPDATE"))
		assert_int_equal(file_replace(path, buf_view(made), 0644, NULL), ST_OK);
	assert_int_equal(file_read(&stored, path, NULL), ST_OK);
	if (!span_equal(buf_view(&stored), buf_view(made)))
		fail_msg("%s is stale: run this test with UPDATE=1", path);
}

static void the_page_is_fresh(void **state)
{
	OWNED(buf_release) struct buf page = BUF_INIT(LIMIT);

	(void)state;
	record_doc_markdown(&page);
	matches_the_file(&page, "docs/RECORDS.md");
}

static void the_schema_is_fresh(void **state)
{
	OWNED(buf_release) struct buf schema = BUF_INIT(LIMIT);

	(void)state;
	record_doc_schema(&schema);
	matches_the_file(&schema, "docs/schema/records.schema.json");
}

static void every_example_is_taken(void **state)
{
	OWNED(buf_release) struct buf page = BUF_INIT(LIMIT);
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	struct submission submission;
	struct refusal refusal;
	int count = 0;

	(void)state;
	record_doc_markdown(&page);
	for (const char *at = buf_string(&page); (at = strstr(at, OPENING)); count++) {
		at += strlen(OPENING);
		struct span json = {(const uint8_t *)at,
				    (size_t)(strstr(at, "```") - at)};
		if (!record_from_json(&submission, &body, &refusal, json, ADMIN, NOW,
				      NULL))
			fail_msg("example %d: %s %s", count, refusal.field,
				 refusal.detail);
	}
	assert_int_equal(count, 6);
}

static void the_page_names_every_table_row(void **state)
{
	OWNED(buf_release) struct buf page = BUF_INIT(LIMIT);
	OWNED(buf_release) struct buf row = BUF_INIT(LIMIT);

	(void)state;
	record_doc_markdown(&page);
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		buf_clear(&row);
		buf_format(&row, "| `%s` | ", field_table[f].path);
		assert_non_null(strstr(buf_string(&page), buf_string(&row)));
	}
	for (enum kind k = 1; k < KIND_LIMIT; k++) {
		buf_clear(&row);
		buf_format(&row, "| `%s` | %d |", kind_name(k) ? kind_name(k) : "",
			   (int)k);
		assert_int_equal(strstr(buf_string(&page), buf_string(&row)) != NULL,
				 kind_name(k) != NULL);
	}
}

/* By hand, the way the border reads fields: whatever a submission may hold is defined. */
static void the_schema_has_every_field_of_every_kind(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(LIMIT);

	(void)state;
	record_doc_schema(&text);
	json_t *schema = json_loadb((const char *)text.at, text.len, 0, NULL);
	const json_t *kinds = json_object_get(schema, "$defs");
	const json_t *review =
		json_object_get(json_object_get(kinds, "review"), "properties");
	const json_t *ratings = json_object_get(review, "ratings");
	const json_t *element =
		json_object_get(json_object_get(ratings, "items"), "properties");
	assert_int_equal(json_object_size(kinds), 33);
	assert_int_equal(json_array_size(json_object_get(schema, "oneOf")), 33);
	assert_int_equal(json_object_size(element), 4);
	assert_non_null(json_object_get(
		json_object_get(json_object_get(review, "contact"), "properties"),
		"value"));
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		if (!(field_table[f].kinds & KIND_BIT(KIND_REVIEW)))
			continue;
		size_t len = strcspn(field_table[f].path, ".[");
		if (!json_object_getn(review, field_table[f].path, len))
			fail_msg("%s is not in the schema", field_table[f].path);
	}
	json_decref(schema);
}

static bool matches(json_t *review, const char *key, const char *value)
{
	const char *text = json_string_value(
		json_object_get(json_object_get(review, key), "pattern"));
	regex_t pattern;

	assert_non_null(text);
	assert_int_equal(regcomp(&pattern, text, REG_EXTENDED | REG_NOSUB), 0);
	bool found = regexec(&pattern, value, 0, NULL, 0) == 0;
	regfree(&pattern);
	return found;
}

/* What the intake refuses for its form alone; what it takes, the schema takes. */
static void the_schema_knows_times_dates_and_no_nul(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(LIMIT);
	static const struct {
		const char *text;
		bool taken;
	} times[] = {
		{"2026-11-22T09:00:00Z", true},	  {"2026-11-22T09:00+01:00", true},
		{"2026-11-22 09:00:00.5Z", true}, {"1989-12-31T23:30:00-01:00", true},
		{"2026-11-22 09:00:00", false},	  {"2026-11-22T09:00:60Z", false},
		{"2026-11-22T24:00:00Z", false},  {"2026-13-22T09:00:00Z", false},
		{"1988-12-31T09:00:00Z", false},  {"2026-11-22t09:00:00Z", false},
		{"2026-11-22T09:00:00.Z", false}, {"2026-11-22", false},
	};

	(void)state;
	record_doc_schema(&text);
	json_t *schema = json_loadb((const char *)text.at, text.len, 0, NULL);
	json_t *review = json_object_get(
		json_object_get(json_object_get(schema, "$defs"), "review"),
		"properties");
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		int64_t ms;

		if (matches(review, "submitted_at", times[i].text) != times[i].taken)
			fail_msg("%s", times[i].text);
		if (times[i].taken)
			assert_true(clock_parse(&ms, span_of(times[i].text)));
	}
	assert_true(matches(review, "experience_date", "1990-01-01"));
	assert_false(matches(review, "experience_date", "1989-12-31"));
	assert_false(matches(review, "experience_date", "2026-11-22 "));
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(review, "text"), "pattern")),
			    "^[^\\u0000]*$");
	json_decref(schema);
}

/* Whoever opens a commitment finds on the page which there are. */
static void the_page_says_what_is_committed(void **state)
{
	OWNED(buf_release) struct buf page = BUF_INIT(LIMIT);
	static const char *const rows[] = {
		"| `text` | text | 0 to 65536 bytes |  |  | yes | words | ",
		"| `subject` | text | 1 to 256 bytes |  | yes |  | yes | ",
		"| `ratings[].value` | decimal | -1000000 to 1000000 |  | yes |  | in its "
		"array | ",
		"| `rating.worst` | decimal | -1000000 to 1000000 |  |  |  |  | ",
		"| `source_id` | text | 1 to 256 bytes | yes | yes | yes | ",
	};

	(void)state;
	record_doc_markdown(&page);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strstr(buf_string(&page), rows[i]))
			fail_msg("no row begins: %s", rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_fresh),
		cmocka_unit_test(the_schema_is_fresh),
		cmocka_unit_test(every_example_is_taken),
		cmocka_unit_test(the_page_names_every_table_row),
		cmocka_unit_test(the_schema_has_every_field_of_every_kind),
		cmocka_unit_test(the_schema_knows_times_dates_and_no_nul),
		cmocka_unit_test(the_page_says_what_is_committed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
