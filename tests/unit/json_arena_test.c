#include "json_arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "buf.h"

#define BIG_BYTES (4 << 20) /* several times the area */

static json_t *parse(const char *text, size_t len)
{
	json_t *root = json_loadb(text, len, 0, NULL);

	assert_non_null(root);
	return root;
}

static void each_record_uses_the_same_memory(void **state)
{
	static const char text[] = "{\"a\":[1,2,{\"b\":\"c\"}]}";
	const json_t *first;

	(void)state;
	json_arena_begin();
	json_t *root = parse(text, sizeof(text) - 1);
	first = root;
	json_arena_end(root);
	json_arena_begin();
	root = parse(text, sizeof(text) - 1);
	assert_ptr_equal(root, first);
	assert_int_equal(json_array_size(json_object_get(root, "a")), 3);
	json_arena_end(root);
}

/* Run under a sanitizer or valgrind this also shows that nothing of it is lost. */
static void what_does_not_fit_is_freed_too(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(2 * BIG_BYTES);

	(void)state;
	buf_text(&text, "[\"first\"");
	while (text.len < BIG_BYTES)
		buf_text(&text, ",\"another string that takes a piece of memory\"");
	buf_text(&text, "]");
	json_arena_begin();
	json_t *root = parse(buf_string(&text), text.len);
	size_t last = json_array_size(root) - 1;
	assert_string_equal(json_string_value(json_array_get(root, 0)), "first");
	assert_string_equal(json_string_value(json_array_get(root, last)),
			    "another string that takes a piece of memory");
	json_arena_end(root);
}

static void a_text_that_is_no_json_leaves_nothing(void **state)
{
	json_error_t error;

	(void)state;
	json_arena_begin();
	assert_null(json_loads("{\"a\":", 0, &error));
	json_arena_end(NULL);
}

static void outside_of_a_record_memory_is_mallocs(void **state)
{
	(void)state;
	json_arena_begin();
	json_arena_end(NULL);
	json_t *kept = json_pack("{s:s}", "name", "value");
	json_arena_begin();
	json_arena_end(parse("[1,2,3]", 7));
	char *text = json_dumps(kept, JSON_COMPACT);
	assert_string_equal(text, "{\"name\":\"value\"}");
	free(text);
	json_decref(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_record_uses_the_same_memory),
		cmocka_unit_test(what_does_not_fit_is_freed_too),
		cmocka_unit_test(a_text_that_is_no_json_leaves_nothing),
		cmocka_unit_test(outside_of_a_record_memory_is_mallocs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
