#include "status.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void every_status_has_a_name_and_an_exit_code(void **state)
{
	static const struct {
		enum status st;
		enum exit_code code;
	} rows[] = {{ST_OK, EXIT_CODE_OK},
		    {ST_EMALFORMED, EXIT_CODE_UNREADABLE},
		    {ST_ECONFIG, EXIT_CODE_CONFIG},
		    {ST_EVERSION, EXIT_CODE_CONFIG},
		    {ST_ECORRUPT, EXIT_CODE_UNREADABLE},
		    {ST_EIO, EXIT_CODE_IO},
		    {ST_ENOSPACE, EXIT_CODE_IO},
		    {ST_EWIRE, EXIT_CODE_IO},
		    {ST_ESOFTWARE, EXIT_CODE_SOFTWARE},
		    {ST_EBUSY, EXIT_CODE_TEMPFAIL},
		    {ST_EAGAIN, EXIT_CODE_TEMPFAIL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(status_exit_code(rows[i].st), rows[i].code);
	for (int st = 0; st < STATUS_COUNT; st++) {
		assert_true(strlen(status_meaning((enum status)st)) > 0);
		for (int other = 0; other < st; other++)
			assert_string_not_equal(status_name((enum status)st),
						status_name((enum status)other));
		assert_int_equal(status_exit_code((enum status)st) == EXIT_CODE_OK,
				 st == ST_OK);
	}
}

static void a_message_is_one_line(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, ST_ECONFIG, "a '%s' b", "x\ny\t\x7F\x01"),
			 ST_ECONFIG);
	assert_string_equal(err.text, "a 'x?y?"
				      "?"
				      "?' b");
	assert_int_equal(err_set(NULL, ST_EIO, "nobody %d", 1), ST_EIO);
	assert_int_equal(err_sys(NULL, ST_EIO, ENOSPC, "nobody"), ST_ENOSPACE);
	err_prefix(NULL, "nobody");
}

static void a_full_disk_is_told_apart(void **state)
{
	static const struct {
		int errno_value;
		enum status st;
	} rows[] = {{EIO, ST_EIO}, {ENOSPC, ST_ENOSPACE}, {EDQUOT, ST_ENOSPACE}};
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(
			err_sys(&err, ST_EIO, rows[i].errno_value, "write %d", 7),
			rows[i].st);
		assert_memory_equal(err.text, "write 7: ", 9);
		assert_string_equal(err.text + 9, strerror(rows[i].errno_value));
	}
}

static void a_prefix_stands_before(void **state)
{
	struct err err;

	(void)state;
	(void)err_set(&err, ST_EIO, "inner");
	err_prefix(&err, "outer %d", 1);
	assert_string_equal(err.text, "outer 1: inner");
}

/* "é" is two bytes: no cut may leave one of them. */
static void a_cut_ends_at_a_character(void **state)
{
	char text[3 * ERR_BYTES];
	struct err err;

	(void)state;
	for (size_t lead = 0; lead < 4; lead++) {
		memset(text, 'a', lead);
		for (size_t i = lead; i + 2 < sizeof(text); i += 2)
			memcpy(text + i, "\xC3\xA9\0", 3);
		for (int prefixed = 0; prefixed < 2; prefixed++) {
			(void)err_set(&err, ST_EIO, "%s", text);
			if (prefixed)
				err_prefix(&err, "p");
			size_t len = strlen(err.text);
			assert_true(len >= ERR_BYTES - 3 && len < ERR_BYTES);
			assert_int_equal((unsigned char)err.text[len - 1], 0xA9);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_a_name_and_an_exit_code),
		cmocka_unit_test(a_message_is_one_line),
		cmocka_unit_test(a_full_disk_is_told_apart),
		cmocka_unit_test(a_prefix_stands_before),
		cmocka_unit_test(a_cut_ends_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
