/* yaml.h: typed values, names and keys of a tree. */
#include "yaml.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void ints_have_one_spelling(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
		const char *complaint;
	} rows[] = {
		{"a: 0", 0, ""},
		{"a: -5", -5, ""},
		{"a: 100", 100, ""},
		{"a: 101", 0, "f:1:4: 101 is not in -10..100"},
		{"a: -11", 0, "f:1:4: -11 is not in -10..100"},
		{"a: 010", 0, "f:1:4: expected a whole number, found 010"},
		{"a: 0x10", 0, "f:1:4: expected a whole number, found 0x10"},
		{"a: 1_0", 0, "f:1:4: expected a whole number, found 1_0"},
		{"a: +1", 0, "f:1:4: expected a whole number, found +1"},
		{"a: -0", 0, "f:1:4: expected a whole number, found -0"},
		{"a: 1.0", 0, "f:1:4: expected a whole number, found 1.0"},
		{"a: '5'", 0, "f:1:4: expected a whole number, found the text '5'"},
		{"a:", 0, "f:1:3: expected a whole number, found nothing"},
		{"a: [5]", 0, "f:1:4: expected a whole number, found a list"},
		{"a: {b: 5}", 0, "f:1:4: expected a whole number, found a mapping"},
		{"a: 9223372036854775808", 0,
		 "f:1:4: expected a whole number, found 9223372036854775808"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
		struct err err = {""};
		int64_t value = 0;

		print_message("  %s\n", rows[i].text);
		assert_int_equal(yaml_parse(&doc, "f", span_of(rows[i].text), &err),
				 ST_OK);
		enum status st = yaml_int(doc, yaml_get(yaml_root(doc), "a"), -10, 100,
					  &value, &err);
		assert_string_equal(err.text, rows[i].complaint);
		assert_int_equal(st, *rows[i].complaint ? ST_ECONFIG : ST_OK);
		assert_true(value == rows[i].value);
	}
}

static void the_ends_of_int64_are_read(void **state)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	int64_t value;

	(void)state;
	assert_int_equal(
		yaml_parse(&doc, "f",
			   span_of("[9223372036854775807, -9223372036854775808]"), NULL),
		ST_OK);
	const struct yaml_node *at = yaml_root(doc)->first;
	assert_int_equal(yaml_int(doc, at, INT64_MIN, INT64_MAX, &value, NULL), ST_OK);
	assert_true(value == INT64_MAX);
	assert_int_equal(yaml_int(doc, at->next, INT64_MIN, INT64_MAX, &value, NULL),
			 ST_OK);
	assert_true(value == INT64_MIN);
}

static void bools_are_true_and_false_alone(void **state)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	struct err err;
	bool value = false;

	(void)state;
	assert_int_equal(
		yaml_parse(&doc, "f", span_of("[true, false, yes, 'true', True]"), NULL),
		ST_OK);
	const struct yaml_node *at = yaml_root(doc)->first;
	assert_int_equal(yaml_bool(doc, at, &value, NULL), ST_OK);
	assert_true(value);
	at = at->next;
	assert_int_equal(yaml_bool(doc, at, &value, NULL), ST_OK);
	assert_false(value);
	at = at->next;
	assert_int_equal(yaml_bool(doc, at, &value, &err), ST_ECONFIG);
	assert_string_equal(err.text, "f:1:15: expected true or false, found yes");
	at = at->next;
	assert_int_equal(yaml_bool(doc, at, &value, &err), ST_ECONFIG);
	assert_string_equal(err.text,
			    "f:1:20: expected true or false, found the text 'true'");
	assert_int_equal(yaml_bool(doc, at->next, &value, NULL), ST_ECONFIG);
}

static void texts_keep_what_is_written(void **state)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	struct err err;
	const char *value = NULL;

	(void)state;
	assert_int_equal(
		yaml_parse(&doc, "f",
			   span_of("{country: no, empty: '', none: ~, list: []}"), NULL),
		ST_OK);
	const struct yaml_node *root = yaml_root(doc);
	assert_int_equal(yaml_text(doc, yaml_get(root, "country"), &value, NULL), ST_OK);
	assert_string_equal(value, "no");
	assert_int_equal(yaml_text(doc, yaml_get(root, "empty"), &value, NULL), ST_OK);
	assert_string_equal(value, "");
	assert_int_equal(yaml_text(doc, yaml_get(root, "none"), &value, &err),
			 ST_ECONFIG);
	assert_string_equal(err.text, "f:1:32: expected a text, found ~");
	assert_int_equal(yaml_text(doc, yaml_get(root, "list"), &value, &err),
			 ST_ECONFIG);
	assert_string_equal(err.text, "f:1:41: expected a text, found a list");
	assert_null(yaml_get(root, "absent"));
	assert_null(yaml_get(yaml_get(root, "country"), "absent"));
}

static void unknown_keys_name_the_nearest(void **state)
{
	static const char *const known[] = {"window", "mode", "id", NULL};
	static const struct {
		const char *text, *complaint;
	} rows[] = {
		{"window: 1\nmode: 2", ""},
		{"window: 1\nwindo: 2",
		 "f:2:1: unknown key 'windo', did you mean 'window'?"},
		{"widnow: 1", "f:1:1: unknown key 'widnow', did you mean 'window'?"},
		{"entirely: 1", "f:1:1: unknown key 'entirely'"},
		{"- window", "f:1:1: expected a mapping, found a list"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
		struct err err = {""};

		assert_int_equal(yaml_parse(&doc, "f", span_of(rows[i].text), NULL),
				 ST_OK);
		enum status st = yaml_known_keys(doc, yaml_root(doc), known, &err);
		assert_string_equal(err.text, rows[i].complaint);
		assert_int_equal(st, *rows[i].complaint ? ST_ECONFIG : ST_OK);
	}
}

static void names_become_their_index(void **state)
{
	static const char *const names[] = {"accept", "hold", "reject", NULL};
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	struct err err;
	size_t index = 9;

	(void)state;
	assert_int_equal(
		yaml_parse(&doc, "f", span_of("[hold, hodl, publish, []]"), NULL), ST_OK);
	const struct yaml_node *at = yaml_root(doc)->first;
	assert_int_equal(yaml_name(doc, at, names, &index, NULL), ST_OK);
	assert_int_equal(index, 1);
	at = at->next;
	assert_int_equal(yaml_name(doc, at, names, &index, &err), ST_ECONFIG);
	assert_string_equal(err.text, "f:1:8: unknown 'hodl', did you mean 'hold'?");
	at = at->next;
	assert_int_equal(yaml_name(doc, at, names, &index, &err), ST_ECONFIG);
	assert_string_equal(err.text,
			    "f:1:14: unknown 'publish', expected for example 'accept'");
	assert_int_equal(yaml_name(doc, at->next, names, &index, &err), ST_ECONFIG);
	assert_string_equal(err.text, "f:1:23: expected a text, found a list");
	assert_int_equal(index, 1);
}

static void a_needed_key_that_is_missing_is_told_at_its_mapping(void **state)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	const struct yaml_node *value = NULL;
	struct err err;

	(void)state;
	assert_int_equal(yaml_parse(&doc, "f", span_of("a:\n  id: 5\n"), NULL), ST_OK);
	const struct yaml_node *mapping = yaml_get(yaml_root(doc), "a");
	assert_int_equal(yaml_need(doc, mapping, "id", &value, NULL), ST_OK);
	assert_string_equal(value->text, "5");
	assert_int_equal(yaml_need(doc, mapping, "mode", &value, &err), ST_ECONFIG);
	assert_string_equal(err.text, "f:2:3: 'mode' is missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ints_have_one_spelling),
		cmocka_unit_test(the_ends_of_int64_are_read),
		cmocka_unit_test(bools_are_true_and_false_alone),
		cmocka_unit_test(texts_keep_what_is_written),
		cmocka_unit_test(unknown_keys_name_the_nearest),
		cmocka_unit_test(names_become_their_index),
		cmocka_unit_test(a_needed_key_that_is_missing_is_told_at_its_mapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
