#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_record_is_suspected_only_of_what_it_may_have_caused(void **state)
{
	static const struct {
		enum status failed;
		bool in_order;
	} rows[STATUS_COUNT] = {
		[ST_OK] = {ST_OK, true},
		[ST_EMALFORMED] = {ST_EMALFORMED, false},
		[ST_ERANGE] = {ST_ERANGE, false},
		[ST_EUNKNOWN] = {ST_EUNKNOWN, false},
		[ST_ETOOBIG] = {ST_ETOOBIG, false},
		[ST_ECONFLICT] = {ST_ECONFLICT, false},
		[ST_EVERSION] = {ST_EVERSION, false},
		[ST_ECONFIG] = {ST_ECONFIG, false},
		[ST_ENOTFOUND] = {ST_ENOTFOUND, false},
		[ST_EBUSY] = {ST_EBUSY, true},
		[ST_EIO] = {ST_EIO, true},
		[ST_ENOSPACE] = {ST_ENOSPACE, true},
		[ST_ECORRUPT] = {ST_ECORRUPT, false},
		[ST_ESTORE] = {ST_ESTORE, false},
		[ST_EWIRE] = {ST_EWIRE, true},
		[ST_ESOFTWARE] = {ST_ESOFTWARE, false},
		[ST_EAGAIN] = {ST_EAGAIN, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct stage_run run = {.failed = rows[i].failed};

		assert_int_equal(rows[i].failed, i); /* each has its row */
		if (stage_left_in_order(&run) != rows[i].in_order)
			fail_msg("%s", status_name(rows[i].failed));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_suspected_only_of_what_it_may_have_caused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
