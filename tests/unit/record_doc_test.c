#include "record_doc.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_fresh),
		cmocka_unit_test(the_schema_is_fresh),
		cmocka_unit_test(every_example_is_taken),
		cmocka_unit_test(the_page_names_every_table_row),
		cmocka_unit_test(the_schema_has_every_field_of_every_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
