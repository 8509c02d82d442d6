#include "canon.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_text_is_escaped_as_rfc_8785_says(void **state)
{
	static const struct {
		const char *text;
		const char *json;
	} rows[] = {
		{"", "\"\""},
		{"plain", "\"plain\""},
		{"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
		{"\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\""},
		{"\x01\x0f\x1f", "\"\\u0001\\u000f\\u001f\""},
		{"\x7f", "\"\x7f\""},
		{"\xe2\x82\xac \xc3\xa9 \xf0\x9f\x98\x80",
		 "\"\xe2\x82\xac \xc3\xa9 \xf0\x9f\x98\x80\""},
		/* The sample of RFC 8785 section 3.2.2 */
		{"\xe2\x82\xac$\x0f\nA'B\"\\\\\"/",
		 "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(256);
		struct canon c = canon_begin(&out);
		canon_text(&c, span_of(rows[i].text));
		assert_string_equal(buf_string(&out), rows[i].json);
	}
}

static void test_integers_are_decimal_digits(void **state)
{
	static const struct {
		int64_t value;
		const char *json;
	} rows[] = {
		{0, "0"},
		{-1, "-1"},
		{10, "10"},
		{CANON_INT_MAX, "9007199254740991"},
		{-CANON_INT_MAX, "-9007199254740991"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(64);
		struct canon c = canon_begin(&out);
		canon_int(&c, rows[i].value);
		assert_string_equal(buf_string(&out), rows[i].json);
	}
}

static void test_objects_and_arrays_nest_with_their_commas(void **state)
{
	static const uint8_t bytes[] = {0xde, 0xad, 0x00, 0xbe};
	OWNED(buf_release) struct buf out = BUF_INIT(1024);
	struct canon c = canon_begin(&out);

	(void)state;
	canon_object(&c);
	canon_key(&c, "a");
	canon_array(&c);
	canon_end_array(&c);
	canon_key(&c, "b");
	canon_array(&c);
	canon_int(&c, 1);
	canon_object(&c);
	canon_key(&c, "x");
	canon_bool(&c, true);
	canon_key(&c, "y");
	canon_bool(&c, false);
	canon_end_object(&c);
	canon_object(&c);
	canon_end_object(&c);
	canon_end_array(&c);
	canon_key(&c, "c");
	canon_base64(&c, bytes, sizeof(bytes));
	canon_key(&c, "d");
	canon_hex(&c, bytes, sizeof(bytes));
	canon_end_object(&c);
	assert_string_equal(buf_string(&out),
			    "{\"a\":[],\"b\":[1,{\"x\":true,\"y\":false},"
			    "{}],\"c\":\"3q0Avg==\",\"d\":\"dead00be\"}");
}

static void test_what_does_not_fit_is_told(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(8);
	struct canon c = canon_begin(&out);

	(void)state;
	canon_text(&c, SPAN_OF("much too long"));
	assert_true(out.full);
}

/* Runs `act` in a child: a bug must stop the program. */
static bool aborts(void (*act)(struct canon *))
{
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		struct buf out = BUF_INIT(256);
		struct canon c = canon_begin(&out);
		signal(SIGABRT, SIG_DFL);
		fclose(stderr);
		act(&c);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void give_keys_out_of_order(struct canon *c)
{
	canon_object(c);
	canon_key(c, "b");
	canon_int(c, 1);
	canon_key(c, "a");
}

static void give_a_key_twice(struct canon *c)
{
	canon_object(c);
	canon_key(c, "a");
	canon_int(c, 1);
	canon_key(c, "a");
}

static void give_too_large_a_number(struct canon *c)
{
	canon_int(c, CANON_INT_MAX + 1);
}

static void give_ordered_keys(struct canon *c)
{
	canon_object(c);
	canon_key(c, "a");
	canon_int(c, 1);
	canon_key(c, "b");
	canon_int(c, 1);
	canon_end_object(c);
}

static void test_a_caller_that_breaks_the_order_is_stopped(void **state)
{
	(void)state;
	assert_false(aborts(give_ordered_keys));
	assert_true(aborts(give_keys_out_of_order));
	assert_true(aborts(give_a_key_twice));
	assert_true(aborts(give_too_large_a_number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_escaped_as_rfc_8785_says),
		cmocka_unit_test(test_integers_are_decimal_digits),
		cmocka_unit_test(test_objects_and_arrays_nest_with_their_commas),
		cmocka_unit_test(test_what_does_not_fit_is_told),
		cmocka_unit_test(test_a_caller_that_breaks_the_order_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
