/* The committed documents against the tables. */
#include "conf_doc.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "alloc.h"
#include "file.h"
#include "options.h"

static void assert_file_is(const char *path, struct buf *wanted)
{
	OWNED(buf_release) struct buf there = BUF_INIT(CONF_DOC_BYTES_MAX);
	struct err err = {""};

	assert_false(wanted->full);
	assert_int_equal(file_read(&there, path, &err), ST_OK);
	if (!span_equal(buf_view(&there), buf_view(wanted)))
		fail_msg("%s is stale; write it again with `normavis docs`", path);
}

/* The test runs at the root of the tree. */
static void the_documents_are_what_the_tables_say(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(CONF_DOC_BYTES_MAX);

	(void)state;
	conf_doc_markdown(&text);
	assert_file_is("docs/CONFIG.md", &text);
	buf_clear(&text);
	conf_doc_schema(&text);
	assert_file_is("docs/schema/pipeline.schema.json", &text);
}

static void every_option_is_documented(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(CONF_DOC_BYTES_MAX);

	(void)state;
	conf_doc_markdown(&text);
	for (size_t i = 0; i < OPTIONS_TABLES; i++)
		for (const struct conf_row *row = options_tables[i].rows; row->name;
		     row++) {
			OWNED(freep) char *cell = xasprintf("\n| `%s` | ", row->name);

			assert_non_null(strstr(buf_string(&text), cell));
			assert_true(row->doc && strlen(row->doc) > 10);
			assert_int_equal(row->doc[strlen(row->doc) - 1], '.');
			assert_null(strchr(row->doc, '|'));
		}
}

static bool matches(json_t *schema, const char *section, const char *option,
		    const char *value)
{
	json_t *alternatives, *properties;
	regex_t pattern;
	const char *text = NULL;

	properties = json_object_get(
		json_object_get(json_object_get(schema, "properties"), section),
		"properties");
	alternatives = json_object_get(json_object_get(properties, option), "anyOf");
	for (size_t i = 0; !text && i < json_array_size(alternatives); i++)
		text = json_string_value(
			json_object_get(json_array_get(alternatives, i), "pattern"));
	assert_non_null(text);
	assert_int_equal(regcomp(&pattern, text, REG_EXTENDED | REG_NOSUB), 0);
	bool found = regexec(&pattern, value, 0, NULL, 0) == 0;
	regfree(&pattern);
	return found;
}

/* Each row around its own bound, as the programs read it. */
static void what_is_above_a_bound_is_above_it_in_the_schema(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(CONF_DOC_BYTES_MAX);
	char written[CONF_QUANTITY_BYTES];
	int seen = 0;

	(void)state;
	conf_doc_schema(&text);
	json_t *schema = json_loadb((const char *)text.at, text.len, 0, NULL);
	for (size_t i = 0; i < OPTIONS_TABLES; i++)
		for (const struct conf_row *row = options_tables[i].rows; row->name;
		     row++) {
			const char *in = options_tables[i].name;

			if (row->type != CONF_BYTES && row->type != CONF_DURATION)
				continue;
			assert_true(
				matches(schema, in, row->name,
					conf_quantity_format(row, row->max, written)));
			assert_false(matches(
				schema, in, row->name,
				conf_quantity_format(row, row->max + 1, written)));
			seen++;
		}
	assert_true(seen > 5);
	assert_true(matches(schema, "collect", "keep", "7d"));
	assert_false(matches(schema, "collect", "keep", "9999d"));
	assert_true(matches(schema, "collect", "submit_mode", "0660"));
	assert_false(matches(schema, "collect", "submit_mode", "0777"));
	json_decref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documents_are_what_the_tables_say),
		cmocka_unit_test(every_option_is_documented),
		cmocka_unit_test(what_is_above_a_bound_is_above_it_in_the_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
