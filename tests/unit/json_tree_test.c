/* json_tree.h: what it reads, what it refuses and where; against jansson on the public cases.
 * DATA names the directory that holds them; what is not there is not run, and said so. */
#include "json_tree.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "alloc.h"
#include "file.h"

static int teardown(void **state)
{
	json_tree_release(*state);
	return 0;
}

static int setup(void **state)
{
	static struct json_tree tree;

	*state = &tree;
	return 0;
}

static void assert_span(struct span got, const char *want)
{
	if (!span_equal(got, span_of(want)))
		fail_msg("'%.*s', not '%s'", (int)got.len, (const char *)got.at, want);
}

static const struct json_node *read_good(struct json_tree *t, const char *text)
{
	struct json_flaw flaw;

	if (!json_tree_read(t, span_of(text), &flaw))
		fail_msg("%s is refused: %s at %zu", text, refusal_name(flaw.reason),
			 flaw.at);
	return t->node;
}

static void an_object_is_read_with_all_it_holds(void **state)
{
	struct json_tree *t = *state;
	const struct json_node *root = read_good(
		t, " {\"a\": 1, \"b\":[true ,false,null, {\"c\":-2.5e1}], \"\":{} , "
		   "\"d\\u0065\":\"x\\ny\",\"f\":\"plain\", \"g\":[]}\n");

	assert_int_equal(root->type, NODE_OBJECT);
	assert_int_equal(root->count, 6);
	const struct json_node *a = json_tree_get(t, root, SPAN_OF("a"));
	assert_int_equal(a->type, NODE_INTEGER);
	assert_int_equal(a->integer, 1);
	const struct json_node *b = json_tree_get(t, root, SPAN_OF("b"));
	assert_int_equal(b->type, NODE_ARRAY);
	assert_int_equal(b->count, 4);
	assert_span(b->text, "[true ,false,null, {\"c\":-2.5e1}]");
	const struct json_node *n = json_tree_first(t, b);
	assert_int_equal(n->type, NODE_TRUE);
	n = json_tree_next(t, n);
	assert_int_equal(n->type, NODE_FALSE);
	n = json_tree_next(t, n);
	assert_int_equal(n->type, NODE_NULL);
	n = json_tree_next(t, n);
	assert_span(n->text, "{\"c\":-2.5e1}");
	n = json_tree_get(t, n, SPAN_OF("c"));
	assert_true(n->type == NODE_REAL && n->real == -25);
	assert_span(n->text, "-2.5e1");
	assert_null(json_tree_next(t, n));
	assert_int_equal(json_tree_get(t, root, SPAN_OF(""))->type, NODE_OBJECT);
	assert_span(json_tree_get(t, root, SPAN_OF("de"))->text, "x\ny");
	assert_span(json_tree_get(t, root, SPAN_OF("f"))->text, "plain");
	assert_null(json_tree_first(t, json_tree_get(t, root, SPAN_OF("g"))));
	assert_null(json_tree_get(t, root, SPAN_OF("c")));
	assert_null(json_tree_get(t, a, SPAN_OF("c")));
	assert_null(json_tree_get(t, NULL, SPAN_OF("c")));
}

static void strings_keep_what_the_author_wrote(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"[\"\"]", ""},
		{"[\"\\u00e9\\t\\/\\\\\\\"\"]", "\xC3\xA9\t/\\\""},
		{"[\"\\ud83d\\ude00\"]", "\xF0\x9F\x98\x80"},
		{"[\"\\uD83D\\uDE00!\"]", "\xF0\x9F\x98\x80!"},
		{"[\"\\\\ud800\"]", "\\ud800"},
		{"[\"\xC3\xA9 \xF0\x9F\x98\x80 \x7F\"]",
		 "\xC3\xA9 \xF0\x9F\x98\x80 \x7F"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct json_node *root = read_good(*state, rows[i].text);
		assert_span(json_tree_first(*state, root)->text, rows[i].want);
	}
}

static void what_is_refused_is_refused_where_it_stands(void **state)
{
	const struct {
		struct span text;
		enum refusal_reason reason;
		size_t at;
	} rows[] = {
		{SPAN_OF(""), REFUSED_NOT_JSON, 0},
		{SPAN_OF("{} {}"), REFUSED_NOT_JSON, 4},
		{SPAN_OF("{\"a\":1"), REFUSED_NOT_JSON, 6},
		{SPAN_OF("{} \""), REFUSED_NOT_JSON, 3},
		{SPAN_OF("{}\n\"abc"), REFUSED_NOT_JSON, 3},
		{SPAN_OF("[] \"\\n\"x"), REFUSED_NOT_JSON, 7},
		{SPAN_OF("{}\""), REFUSED_NOT_JSON, 2},
		{SPAN_OF("{\"a\":1,}"), REFUSED_NOT_JSON, 8},
		{SPAN_OF("[1,\f2]"), REFUSED_NOT_JSON, 3},
		{SPAN_OF("[1,\v2]"), REFUSED_NOT_JSON, 3},
		/* A number is whole only at the end of the text. */
		{SPAN_OF("[\v[2"), REFUSED_NOT_JSON, 1},
		{SPAN_OF("[\v true"), REFUSED_NOT_JSON, 1},
		{SPAN_OF("[[99999999999999999999"), REFUSED_OUT_OF_BOUNDS, 22},
		{SPAN_OF("[\"\\ud800\"]"), REFUSED_NOT_JSON, 2},
		{SPAN_OF("[\"ab\\udc00\"]"), REFUSED_NOT_JSON, 4},
		{SPAN_OF("[\"\\ud800\\u0041\"]"), REFUSED_NOT_JSON, 2},
		{SPAN_OF("[\"\\ud800\\ud800\"]"), REFUSED_NOT_JSON, 2},
		{SPAN_OF("[\"\\ud8"), REFUSED_NOT_JSON, 6},
		{SPAN_OF("[\"a\xFF\"]"), REFUSED_BAD_UTF8, 3},
		{SPAN_OF("[\"\xED\xA0\x80\"]"), REFUSED_BAD_UTF8, 2},
		{SPAN_OF("[1\0]"), REFUSED_NUL, 2},
		{SPAN_OF("[\"\\u0000\"]"), REFUSED_NUL, 9},
		{SPAN_OF("{\"\\u0000\":1}"), REFUSED_NUL, 9},
		{SPAN_OF("{\"a\":1,\"b\":2,\"\\u0061\":3}"), REFUSED_DUPLICATE_KEY, 24},
		{SPAN_OF("[{\"\":1,\"\":2}]"), REFUSED_DUPLICATE_KEY, 12},
		{SPAN_OF("[9223372036854775808]"), REFUSED_OUT_OF_BOUNDS, 20},
		{SPAN_OF("[-1e400]"), REFUSED_OUT_OF_BOUNDS, 7},
	};
	struct json_tree *t = *state;
	struct json_flaw flaw;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (json_tree_read(t, rows[i].text, &flaw))
			fail_msg("row %zu is taken", i);
		if (flaw.reason != rows[i].reason || flaw.at != rows[i].at)
			fail_msg("row %zu: %s at %zu", i, refusal_name(flaw.reason),
				 flaw.at);
		if (t->count > 0)
			assert_in_range(flaw.node, 0, t->count - 1);
	}
}

/* What is left of each: as an array or object of what could be read, in short. */
static void spell(struct buf *out, const struct json_tree *t,
		  const struct json_node *node, const struct json_node *flawed)
{
	if (node == flawed)
		buf_char(out, '!');
	if (node->key.at)
		buf_format(out, "%.*s=", (int)node->key.len, (const char *)node->key.at);
	if (node->type == NODE_STRING)
		buf_bytes(out, node->text.at, node->text.len);
	else if (node->type == NODE_INTEGER)
		buf_format(out, "%lld", (long long)node->integer);
	else
		buf_char(out, node->type == NODE_OBJECT	 ? '{'
			      : node->type == NODE_ARRAY ? '['
							 : '~');
	for (const struct json_node *n = json_tree_first(t, node); n;
	     n = json_tree_next(t, n)) {
		buf_char(out, ' ');
		spell(out, t, n, flawed);
	}
	if (node->type == NODE_OBJECT || node->type == NODE_ARRAY)
		buf_char(out, node->type == NODE_OBJECT ? '}' : ']');
}

static void what_is_legible_of_a_refused_text_is_kept(void **state)
{
	const struct {
		struct span text;
		const char *left;
	} rows[] = {
		{SPAN_OF(""), ""},
		{SPAN_OF("{\"a\":1,\"b\":2,\"a\":3}"), "{ a=1 b=2 !a=3}"},
		{SPAN_OF("{\"a\":{\"b\":1,\"b\":2},\"c\":3,\"c\":4}"),
		 "{ a={ b=1 !b=2} c=3 c=4}"},
		{SPAN_OF("{\"a\":\"x\\u0000\",\"b\":2}"), "{ !a=~ b=2}"},
		{SPAN_OF("{\"a\\u0000\":1,\"b\":2}"), "!{ =1 b=2}"},
		{SPAN_OF("{\"a\":[1,\"x\xFF\",\"y\",\"z\xFF\"],\"b\":2}"),
		 "{ a=[ 1 !~ y ~] b=2}"},
		{SPAN_OF("{\"a\":\"\\ud800\",\"b\":\"\\ud800\",\"c\":\"\\n\"}"),
		 "{ !a=~ b=~ c=\n}"},
		{SPAN_OF("{\"a\xFF\":1,\"b\xFF\":2}"), "!{ =1 =2}"},
		{SPAN_OF("{\"a\":1e400,\"b\":10000000000000000000,\"c\":7}"),
		 "{ !a=~ b=~ c=7}"},
		{SPAN_OF("{\"a\":1,\"b\":tru,\"c\":2}"), "{ a=1 !b=~}"},
		{SPAN_OF("{\"a\":1,\"b\":{\"c\":2,"), "{ a=1 !b={ c=2}}"},
		{SPAN_OF("{\"a\":1,\"b\":[2,\"x\0y\"]}"), "{ a=1 !b=[ 2]}"},
		{SPAN_OF("{\"a\":1,\f\"b\":2}"), "!{ a=1 =2}"},
		{SPAN_OF("{\"a\":1}\f"), "!{ a=1}"},
		{SPAN_OF("{\"a\":1} x"), "!{ a=1}"},
	};
	struct json_tree *t = *state;
	struct json_flaw flaw;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf left = BUF_INIT(1024);

		assert_false(json_tree_read(t, rows[i].text, &flaw));
		if (t->count > 0)
			spell(&left, t, t->node, &t->node[flaw.node]);
		if (strcmp(buf_string(&left), rows[i].left) != 0)
			fail_msg("row %zu: '%s', not '%s'", i, buf_string(&left),
				 rows[i].left);
	}
}

static void nest(struct buf *b, size_t levels)
{
	buf_clear(b);
	for (size_t i = 0; i < levels; i++)
		buf_char(b, '[');
	for (size_t i = 0; i < levels; i++)
		buf_char(b, ']');
}

static void nesting_ends_at_the_limit(void **state)
{
	OWNED(buf_release) struct buf b = BUF_INIT(1 << 20);
	struct json_flaw flaw;

	nest(&b, JSON_TREE_DEPTH_MAX);
	assert_true(json_tree_read(*state, buf_view(&b), &flaw));
	nest(&b, JSON_TREE_DEPTH_MAX + 1);
	assert_false(json_tree_read(*state, buf_view(&b), &flaw));
	assert_int_equal(flaw.reason, REFUSED_TOO_DEEP);
	assert_int_equal(flaw.at, JSON_TREE_DEPTH_MAX + 1);
	nest(&b, 100000);
	assert_false(json_tree_read(*state, buf_view(&b), &flaw));
	assert_int_equal(flaw.reason, REFUSED_TOO_DEEP);
}

static void what_a_large_text_took_is_given_back(void **state)
{
	OWNED(buf_release) struct buf b = BUF_INIT(1 << 20);
	struct json_tree *t = *state;

	buf_text(&b, "[0");
	for (int i = 1; i < 100000; i++)
		buf_format(&b, ",%d", i);
	buf_char(&b, ']');
	const struct json_node *root = read_good(t, buf_string(&b));
	assert_int_equal(root->count, 100000);
	assert_int_equal(t->node[100000].integer, 99999);
	assert_true(t->room >= 100001);
	read_good(t, "[]");
	assert_true(t->room < 1000);
}

/* Many keys with one length: a reader that compares each with each would take minutes. */
static void many_keys_are_told_apart(void **state)
{
	OWNED(buf_release) struct buf b = BUF_INIT(4 << 20);
	struct json_flaw flaw;

	buf_text(&b, "{\"k000000\":0");
	for (int i = 1; i < 200000; i++)
		buf_format(&b, ",\"k%06d\":0", i);
	size_t len = b.len;
	buf_char(&b, '}');
	assert_true(json_tree_read(*state, buf_view(&b), &flaw));
	b.len = len;
	buf_text(&b, ",\"k100000\":0}");
	assert_false(json_tree_read(*state, buf_view(&b), &flaw));
	assert_int_equal(flaw.reason, REFUSED_DUPLICATE_KEY);
}

static void equal(const struct json_tree *t, const struct json_node *node, json_t *value,
		  const char *name);

static void equal_inside(const struct json_tree *t, const struct json_node *node,
			 json_t *value, const char *name)
{
	size_t index = 0;

	for (const struct json_node *n = json_tree_first(t, node); n;
	     n = json_tree_next(t, n), index++)
		equal(t, n,
		      node->type == NODE_ARRAY
			      ? json_array_get(value, index)
			      : json_object_getn(value, (const char *)n->key.at,
						 n->key.len),
		      name);
	assert_int_equal(index, node->count);
	assert_int_equal(index, node->type == NODE_ARRAY ? json_array_size(value)
							 : json_object_size(value));
}

static void equal(const struct json_tree *t, const struct json_node *node, json_t *value,
		  const char *name)
{
	static const json_type types[] = {
		[NODE_NULL] = JSON_NULL,   [NODE_FALSE] = JSON_FALSE,
		[NODE_TRUE] = JSON_TRUE,   [NODE_INTEGER] = JSON_INTEGER,
		[NODE_REAL] = JSON_REAL,   [NODE_STRING] = JSON_STRING,
		[NODE_ARRAY] = JSON_ARRAY, [NODE_OBJECT] = JSON_OBJECT,
	};

	if (!value || json_typeof(value) != types[node->type])
		fail_msg("%s: of another type", name);
	if (node->type == NODE_STRING) {
		assert_int_equal(node->text.len, json_string_length(value));
		assert_memory_equal(node->text.at, json_string_value(value),
				    node->text.len);
	}
	if (node->type == NODE_INTEGER)
		assert_int_equal(node->integer, json_integer_value(value));
	if (node->type == NODE_REAL)
		assert_true(node->real == json_real_value(value));
	if (node->type >= NODE_ARRAY)
		equal_inside(t, node, value, name);
}

/* The one verdict in which the two differ: jansson 2.14 passes over a NUL behind a number. */
static void compare(struct json_tree *t, struct span text, const char *name)
{
	struct json_flaw flaw;
	bool nul = text.len && memchr(text.at, 0, text.len);
	json_auto_t *value = json_loadb(text.len ? (const char *)text.at : "", text.len,
					JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	bool deep = false;

	bool good = json_tree_read(t, text, &flaw);
	if (!good)
		deep = flaw.reason == REFUSED_TOO_DEEP;
	if (good != (value && !nul && !deep))
		fail_msg("%s: %s here, %s by jansson", name, good ? "taken" : "refused",
			 value ? "taken" : "refused");
	if (good)
		equal(t, t->node, value, name);
}

static size_t compare_directory(struct json_tree *t, const char *name)
{
	const char *data = getenv("DATA");
	OWNED(freep)
	char *path = xasprintf("%s/jsontestsuite/%s",
			       data && *data ? data : "../shared/data", name);
	const struct dirent *entry;
	size_t count = 0;
	DIR *dir = opendir(path);

	if (!dir) {
		print_message("NOT RUN: %s is not there\n", path);
		return 0;
	}
	while ((entry = readdir(dir))) {
		OWNED(freep) char *file = xasprintf("%s/%s", path, entry->d_name);
		OWNED(buf_release) struct buf text = BUF_INIT(1 << 20);

		if (!strstr(entry->d_name, ".json") ||
		    file_read(&text, file, NULL) != ST_OK)
			continue;
		compare(t, buf_view(&text), entry->d_name);
		count++;
	}
	closedir(dir);
	assert_true(count > 10);
	return count;
}

static void jansson_says_the_same_of_the_public_cases(void **state)
{
	size_t parsing = compare_directory(*state, "test_parsing"),
	       transform = compare_directory(*state, "test_transform");

	print_message("%zu cases\n", parsing + transform);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_read_with_all_it_holds),
		cmocka_unit_test(strings_keep_what_the_author_wrote),
		cmocka_unit_test(what_is_refused_is_refused_where_it_stands),
		cmocka_unit_test(what_is_legible_of_a_refused_text_is_kept),
		cmocka_unit_test(nesting_ends_at_the_limit),
		cmocka_unit_test(what_a_large_text_took_is_given_back),
		cmocka_unit_test(many_keys_are_told_apart),
		cmocka_unit_test(jansson_says_the_same_of_the_public_cases),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
