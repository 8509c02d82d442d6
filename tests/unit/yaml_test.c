/* yaml.h: what is read, what is refused and where, and the public YAML test suite. */
#include "yaml.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "buf.h"
#include "file.h"

/* One line per node: key=@line:column kind text, children in brackets. */
static void dump(struct buf *out, const struct yaml_node *node)
{
	if (node->key)
		buf_format(out, "%s@%u:%u=", node->key, node->key_line, node->key_column);
	buf_format(out, "%u:%u", node->line, node->column);
	if (node->kind == YAML_SCALAR) {
		buf_format(out, node->plain ? "(%s)" : "'%s'", node->text);
		assert_int_equal(node->len, strlen(node->text));
		return;
	}
	uint32_t count = 0;
	buf_text(out, node->kind == YAML_SEQUENCE ? "[" : "{");
	for (const struct yaml_node *at = node->first; at; at = at->next) {
		buf_text(out, count++ ? " " : "");
		assert_int_equal(node->kind == YAML_MAPPING, at->key != NULL);
		dump(out, at);
	}
	assert_int_equal(count, node->count);
	buf_text(out, node->kind == YAML_SEQUENCE ? "]" : "}");
}

static void trees_carry_positions(void **state)
{
	static const struct {
		const char *name, *text, *tree;
	} rows[] = {
		{"no directive", "a: x %TAG y\nb: 5 %\n",
		 "1:1{a@1:1=1:4(x %TAG y) b@2:1=2:4(5 %)}"},
		{"mapping", "a: 1\nbc: two words\n",
		 "1:1{a@1:1=1:4(1) bc@2:1=2:5(two words)}"},
		{"sequence under a key", "a:\n  - x\n  - 'y'\n",
		 "1:1{a@1:1=2:3[2:5(x) 3:5'y']}"},
		{"flow", "{a: [1, \"2\"], b: }",
		 "1:1{a@1:2=1:5[1:6(1) 1:9'2'] b@1:15=1:18()}"},
		{"columns count characters", "é: ü\n", "1:1{é@1:1=1:4(ü)}"},
		{"byte order mark",
		 "\xEF\xBB\xBF"
		 "a: 1\n",
		 "1:1{a@1:1=1:4(1)}"},
		{"block text", "a: |\n  one\n  two\n", "1:1{a@1:1=1:4'one\ntwo\n'}"},
		{"core tags", "- !!int 5\n- !!str 5\n", "1:1[1:3(5) 2:3'5']"},
		{"one scalar", "--- text\n...\n", "1:5(text)"},
		{"quoted key", "'<<': 1\n\"b c\": 2\n",
		 "1:1{<<@1:1=1:7(1) b c@2:1=2:8(2)}"},
		{"same key in two mappings", "a: {x: 1}\nb: {x: 2}\n",
		 "1:1{a@1:1=1:4{x@1:5=1:8(1)} b@2:1=2:4{x@2:5=2:8(2)}}"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
		OWNED(buf_release) struct buf tree = BUF_INIT(1000);
		struct err err = {""};

		print_message("  %s\n", rows[i].name);
		enum status st = yaml_parse(&doc, "f", span_of(rows[i].text), &err);
		assert_string_equal(err.text, "");
		assert_int_equal(st, ST_OK);
		dump(&tree, yaml_root(doc));
		assert_string_equal(buf_string(&tree), rows[i].tree);
	}
}

static void what_could_be_misread_is_refused(void **state)
{
	static const struct {
		const char *name, *text, *complaint;
	} rows[] = {
		{"empty", "", "f:1:1: the file is empty"},
		{"comments only", "# nothing\n", "f:1:1: the file is empty"},
		{"empty document", "---\n", "f:1:1: the file is empty"},
		{"two documents", "a: 1\n---\nb: 2\n",
		 "f:2:1: a second document; one file holds one"},
		{"anchor", "a: &x 1\n", "f:1:4: anchors (&x) are not used here"},
		{"anchor on a list", "a: &x [1]\n",
		 "f:1:4: anchors (&x) are not used here"},
		{"anchor on a key", "&x a: 1\n", "f:1:1: anchors (&x) are not used here"},
		{"alias", "a: *x\n", "f:1:4: aliases (*x) are not used here"},
		{"merge key", "b:\n  <<: {a: 1}\n",
		 "f:2:3: merge keys (<<) are not used here"},
		{"local tag", "a: !x 1\n", "f:1:4: unknown tag '!x'"},
		{"tag on a mapping", "a: !!set {b}\n",
		 "f:1:4: unknown tag 'tag:yaml.org,2002:set'"},
		{"binary", "a: !!binary aGk=\n",
		 "f:1:4: unknown tag 'tag:yaml.org,2002:binary'"},
		{"repeated key", "a: 1\nb: 2\nb: 3\na: 4\n",
		 "f:3:1: key 'b' stands already in line 2"},
		{"repeated in flow", "{a: 1, 'a': 2}",
		 "f:1:8: key 'a' stands already in line 1"},
		{"three times", "a: 1\na: 2\na: 3\n",
		 "f:2:1: key 'a' stands already in line 1"},
		{"list as key", "? [a]\n: 1\n",
		 "f:1:3: a key must be a single word or text"},
		{"mapping as key", "{{a: 1}: 2}\n",
		 "f:1:2: a key must be a single word or text"},
		{"NUL in a text", "a:\n  b: \"x\\0y\"\n",
		 "f:2:6: a text cannot hold a NUL character"},
		{"no UTF-8", "a: 1\nb: é\xFF\n", "f:2:5: invalid leading UTF-8 octet"},
		{"UTF-16",
		 "\xFF\xFE"
		 "a",
		 "f:1:1: UTF-16; write the file as UTF-8"},
		{"tab as indent", "a:\n\tb: 1\n",
		 "f:2:1: while scanning for the next token, found character that cannot start any token"},
		{"two colons", "a: b: c\n",
		 "f:1:5: mapping values are not allowed in this context"},
		{"open quote", "a: \"x\n",
		 "f:2:1: while scanning a quoted scalar, found unexpected end of stream"},
		{"tag directive", "# x\n%TAG ! a\n--- a\n",
		 "f:2:1: tag directives are not used here"},
		{"tag directive first", "%TAG ! a\n--- a\n",
		 "f:1:1: tag directives are not used here"},
		{"line break in a key", "\"a\\nb\": 1\n\"a\\nb\": 2\n",
		 "f:2:1: key 'a?b' stands already in line 1"},
		{"newer YAML", "%YAML 3.0\n--- a\n",
		 "f:1:1: found incompatible YAML document"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct yaml_doc *doc = NULL;
		struct err err = {""};

		print_message("  %s\n", rows[i].name);
		enum status st = yaml_parse(&doc, "f", span_of(rows[i].text), &err);
		assert_string_equal(err.text, rows[i].complaint);
		assert_int_equal(st, ST_ECONFIG);
		assert_null(doc);
	}
}

static void repeat(struct buf *out, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_text(out, text);
}

static void refuses(struct buf *text, enum status wanted, const char *complaint)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	struct err err = {""};

	assert_false(text->full);
	assert_int_equal(yaml_parse(&doc, "f", buf_view(text), &err), wanted);
	assert_string_equal(err.text, complaint);
	buf_clear(text);
}

static void bounds_are_kept(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(YAML_BYTES_MAX + 1);
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;

	(void)state;
	repeat(&text, "[", YAML_DEPTH_MAX);
	repeat(&text, "]", YAML_DEPTH_MAX);
	assert_int_equal(yaml_parse(&doc, "f", buf_view(&text), NULL), ST_OK);
	buf_clear(&text);

	repeat(&text, "[", YAML_BYTES_MAX);
	refuses(&text, ST_ECONFIG, "f:1:33: deeper than 32 levels");
	repeat(&text, "{a: ", YAML_BYTES_MAX / 4);
	refuses(&text, ST_ECONFIG, "f:1:129: deeper than 32 levels");
	repeat(&text, "- ", YAML_BYTES_MAX / 2);
	refuses(&text, ST_ECONFIG, "f:1:65: deeper than 32 levels");
	repeat(&text, "? ", YAML_BYTES_MAX / 2);
	refuses(&text, ST_ECONFIG, "f:1:3: a key must be a single word or text");

	repeat(&text, "- 1\n", YAML_NODES_MAX - 1);
	yaml_doc_free(TAKE(doc));
	assert_int_equal(yaml_parse(&doc, "f", buf_view(&text), NULL), ST_OK);
	assert_int_equal(yaml_root(doc)->count, YAML_NODES_MAX - 1);
	repeat(&text, "- 1\n", 1);
	refuses(&text, ST_ECONFIG, "f:400000:3: more than 400000 values");

	repeat(&text, "#", YAML_BYTES_MAX + 1);
	refuses(&text, ST_ETOOBIG, "f: more than 4194304 bytes");
}

/* Nine lists of nine aliases each: a thousand million values where they are followed. */
static void an_alias_bomb_is_refused_at_its_fuse(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(4096);

	(void)state;
	buf_text(&text, "a: &a [x, x, x, x, x, x, x, x, x]\n");
	for (char c = 'b'; c < 'j'; c++)
		buf_format(&text,
			   "%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c,
			   c, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1,
			   c - 1);
	refuses(&text, ST_ECONFIG, "f:1:4: anchors (&a) are not used here");
}

/* A quadratic search for repetitions would need 8 thousand million comparisons here. */
static void many_keys_are_compared_in_time(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(YAML_BYTES_MAX);

	(void)state;
	for (int i = 0; i < 130000; i++)
		buf_format(&text, "key-%d: %d\n", i, i);
	buf_text(&text, "key-77: again\n");
	refuses(&text, ST_ECONFIG, "f:130001:1: key 'key-77' stands already in line 78");
}

static void many_tag_directives_are_refused_at_the_first(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(YAML_BYTES_MAX);

	(void)state;
	buf_text(&text, "a\n...\n");
	for (int i = 0; i < 200000; i++)
		buf_format(&text, "%%TAG !%x! a\n", (unsigned)i);
	refuses(&text, ST_ECONFIG, "f:3:1: tag directives are not used here");
}

static void a_file_that_is_not_there_says_so(void **state)
{
	struct yaml_doc *doc = NULL;
	struct err err;

	(void)state;
	assert_int_equal(yaml_load(&doc, "/nonexistent/x.yaml", &err), ST_ENOTFOUND);
	assert_string_equal(err.text, "/nonexistent/x.yaml: No such file or directory");
	assert_int_equal(yaml_load(&doc, "/dev/zero", &err), ST_ETOOBIG);
}

/* --- the public suite --------------------------------------------------------------- */

/* The suite shows what cannot be seen: spaces, tabs, carriage returns, marks, ends. */
static void decode_case(struct buf *out, const char *shown)
{
	static const struct {
		const char *sign, *text;
	} signs[] = {{"␣", " "},  {"»", "\t"},		 {"—", ""},
		     {"←", "\r"}, {"⇔", "\xEF\xBB\xBF"}, {"↵", ""}};

	while (*shown) {
		size_t i = 0;

		if (strcmp(shown, "∎\n") == 0) /* the last line has no end */
			return;
		while (i < ARRAY_LEN(signs) &&
		       strncmp(shown, signs[i].sign, strlen(signs[i].sign)) != 0)
			i++;
		if (i == ARRAY_LEN(signs)) {
			buf_char(out, *shown++);
			continue;
		}
		buf_text(out, signs[i].text);
		shown += strlen(signs[i].sign);
	}
}

/* Every refusal of the suite's texts has a position within the text. */
static void check_position(const char *complaint, const struct buf *text)
{
	unsigned line = 0, column = 0;
	unsigned lines = 1;

	for (size_t i = 0; i < text->len; i++)
		lines += text->at[i] == '\n' || text->at[i] == '\r';
	assert_int_equal(sscanf(complaint, "case:%u:%u: ", &line, &column), 2);
	assert_in_range(line, 1, lines);
	assert_in_range(column, 1, text->len + 1);
}

/* The same shape and the same texts; what JSON has as a number, a bool or null is written
 * in too many ways to compare. */
static bool same(const struct yaml_node *node, const json_t *value)
{
	bool equal = true;
	size_t i = 0;

	switch (node->kind) {
	case YAML_SCALAR:
		return json_is_string(value)
			       ? strcmp(node->text, json_string_value(value)) == 0
			       : node->plain && !json_is_array(value) &&
					 !json_is_object(value);
	case YAML_SEQUENCE:
		equal = json_array_size(value) == node->count && json_is_array(value);
		for (const struct yaml_node *at = node->first; at && equal; at = at->next)
			equal = same(at, json_array_get(value, i++));
		return equal;
	case YAML_MAPPING:
		equal = json_object_size(value) == node->count && json_is_object(value);
		for (const struct yaml_node *at = node->first; at && equal; at = at->next)
			equal = json_object_get(value, at->key) &&
				same(at, json_object_get(value, at->key));
		return equal;
	}
	return false;
}

/* libyaml 0.2.5 reads these otherwise: a '?' that begins a key in flow, and lines of mere
 * spaces at the end of a block text. */
static bool is_known(const json_t *file)
{
	static const char *const known[] = {"src/652Z.yaml", "src/HM87.yaml",
					    "src/JEF9.yaml", "src/L24T.yaml"};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i], json_string_value(file)) == 0)
			return true;
	return false;
}

struct tally {
	size_t cases, loaded, compared, invalid, invalid_loaded;
};

static void run_case(struct tally *tally, const json_t *row)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	OWNED(buf_release) struct buf text = BUF_INIT(1 << 16);
	bool invalid = json_is_true(json_object_get(row, "fail"));
	const json_t *json = json_object_get(row, "json");
	struct err err;

	tally->cases++;
	tally->invalid += invalid;
	decode_case(&text, json_string_value(json_object_get(row, "yaml")));
	if (yaml_parse(&doc, "case", buf_view(&text), &err)) {
		check_position(err.text, &text);
		return;
	}
	tally->loaded++;
	tally->invalid_loaded += invalid;
	json_t *wanted =
		invalid || !json_is_string(json)
			? NULL
			: json_loads(json_string_value(json), JSON_DECODE_ANY, NULL);
	if (!wanted)
		return;
	tally->compared++;
	if (!same(yaml_root(doc), wanted) && !is_known(json_object_get(row, "file")))
		fail_msg("%s: %s", json_string_value(json_object_get(row, "file")),
			 json_string_value(json_object_get(row, "name")));
	json_decref(wanted);
}

/* Valid cases that are refused use what yaml.h refuses, or what libyaml 0.2.5 does not
 * know; the invalid ones that load are libyaml's, and may become fewer. */
static void every_case_of_the_yaml_test_suite_loads_or_is_refused(void **state)
{
	const char *data = getenv("DATA");
	OWNED(freep)
	char *path = xasprintf("%s/yaml-test-suite/cases.ndjson",
			       data ? data : "../shared/data");
	OWNED(buf_release) struct buf content = BUF_INIT(16 << 20);
	struct tally tally = {0};

	(void)state;
	if (file_read(&content, path, NULL)) {
		print_message("NOT RUN: the YAML test suite, %s is not there\n", path);
		return;
	}
	char *rest = (char *)content.at;
	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		json_t *row = json_loads(line, 0, NULL);

		assert_non_null(row);
		run_case(&tally, row);
		json_decref(row);
	}
	print_message(
		"%zu cases: %zu load, of which %zu are the suite's own values and %zu "
		"of its %zu invalid ones\n",
		tally.cases, tally.loaded, tally.compared, tally.invalid_loaded,
		tally.invalid);
	assert_int_equal(tally.cases, 406);
	assert_int_equal(tally.invalid, 94);
	assert_true(tally.compared > 150);
	assert_true(tally.invalid_loaded <= 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_carry_positions),
		cmocka_unit_test(what_could_be_misread_is_refused),
		cmocka_unit_test(bounds_are_kept),
		cmocka_unit_test(an_alias_bomb_is_refused_at_its_fuse),
		cmocka_unit_test(many_keys_are_compared_in_time),
		cmocka_unit_test(many_tag_directives_are_refused_at_the_first),
		cmocka_unit_test(a_file_that_is_not_there_says_so),
		cmocka_unit_test(every_case_of_the_yaml_test_suite_loads_or_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
