#include "uuid.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Far ahead of any clock, so that no other mint in this process came later. */
#define LATER INT64_C(4000000000000)

static void text_and_bytes_agree(void **state)
{
	static const char text[] =
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f"; /* RFC 9562, A.6 */
	uint8_t id[UUID_BYTES];
	char back[UUID_TEXT_BYTES];

	(void)state;
	assert_true(uuid_parse(id, SPAN_OF(text)));
	assert_int_equal(id[0], 0x01);
	assert_int_equal(id[6], 0x7c);
	assert_int_equal(id[15], 0x8f);
	assert_string_equal(uuid_format(back, id), text);
}

static void other_texts_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
		"017f22e279b0-7cc3-98c4-dc0c0c07398f-",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
		"017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
		"017f22e2_79b0_7cc3_98c4_dc0c0c07398f",
		"{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
	};
	uint8_t id[UUID_BYTES] = {0xAA};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (uuid_parse(id, span_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(id[0], 0xAA);
}

static int64_t ms_of(const uint8_t *id)
{
	int64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | id[i];
	return ms;
}

static void an_id_has_time_version_and_variant(void **state)
{
	uint8_t id[UUID_BYTES];

	(void)state;
	uuid_mint(id, LATER);
	assert_true(ms_of(id) == LATER);
	assert_int_equal(id[6] >> 4, 7);
	assert_int_equal(id[8] >> 6, 2);
}

/* 10000 in one millisecond use up the counter's 4096 at least twice. */
static void ids_ascend_within_a_millisecond(void **state)
{
	uint8_t before[UUID_BYTES], id[UUID_BYTES];

	(void)state;
	uuid_mint(before, LATER + 1000);
	for (int i = 0; i < 10000; i++) {
		uuid_mint(id, LATER + 1000);
		assert_true(memcmp(before, id, UUID_BYTES) < 0);
		memcpy(before, id, UUID_BYTES);
	}
	assert_true(ms_of(id) >= LATER + 1002 && ms_of(id) <= LATER + 1003);
}

static void ids_ascend_when_the_clock_goes_back(void **state)
{
	uint8_t before[UUID_BYTES], id[UUID_BYTES];

	(void)state;
	uuid_mint(before, LATER + 5000);
	uuid_mint(id, LATER);
	assert_true(memcmp(before, id, UUID_BYTES) < 0);
	uuid_mint(id, LATER + 6000);
	assert_true(ms_of(id) == LATER + 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_bytes_agree),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(an_id_has_time_version_and_variant),
		cmocka_unit_test(ids_ascend_within_a_millisecond),
		cmocka_unit_test(ids_ascend_when_the_clock_goes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
