#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void add_text(struct buf *b)
{
	buf_text(b, "12345678");
}
static void add_span(struct buf *b)
{
	buf_span(b, SPAN_OF("12345678"));
}
static void add_format(struct buf *b)
{
	buf_format(b, "%d%s", 1234, "5678");
}
static void add_le64(struct buf *b)
{
	buf_le64(b, UINT64_C(0x3837363534333231));
}
static void add_le32(struct buf *b)
{
	buf_le32(b, 0x34333231);
	buf_le32(b, 0x38373635);
}
static void add_le16(struct buf *b)
{
	buf_text(b, "123456");
	buf_le16(b, 0x3837);
}
static void add_chars(struct buf *b)
{
	for (char c = '1'; c <= '8'; c++)
		buf_char(b, c);
}
static void add_extended(struct buf *b)
{
	uint8_t *place = buf_extend(b, 8);

	if (place)
		memcpy(place, "12345678", 8);
}

static void (*const ways[])(struct buf *) = {add_text,	add_span,    add_format,
					     add_le64,	add_le32,    add_le16,
					     add_chars, add_extended};

static void every_way_adds_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		OWNED(buf_release) struct buf b = BUF_INIT(8);
		ways[i](&b);
		assert_false(b.full);
		assert_int_equal(b.len, 8);
		assert_string_equal(buf_string(&b), "12345678");
	}
}

/* One byte too many: what was there stays, and everything that follows is ignored. */
static void nothing_passes_the_maximum(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		OWNED(buf_release) struct buf b = BUF_INIT(10);
		buf_text(&b, "abc");
		ways[i](&b);
		assert_true(b.full);
		assert_true(b.len <= 10);
		assert_memory_equal(b.at, "abc", 3);
		size_t len = b.len;
		buf_text(&b, "d");
		buf_text(&b, "");
		assert_int_equal(b.len, len);
		buf_clear(&b);
		assert_string_equal(buf_string(&b), "");
		ways[i](&b);
		assert_false(b.full);
		assert_string_equal(buf_string(&b), "12345678");
	}
}

static void it_grows_to_its_maximum_and_is_a_c_string_all_the_way(void **state)
{
	OWNED(buf_release) struct buf b = BUF_INIT(100000);

	(void)state;
	assert_string_equal(buf_string(&b), "");
	for (size_t i = 0; i < 100000; i++) {
		buf_char(&b, 'x');
		assert_int_equal(b.at[b.len], 0);
		assert_true(b.capacity <= b.max + 1);
	}
	assert_int_equal(b.len, 100000);
	assert_false(b.full);
	buf_char(&b, 'x');
	assert_true(b.full);
}

static void nothing_of_no_bytes_is_fine(void **state)
{
	OWNED(buf_release) struct buf b = BUF_INIT(0);

	(void)state;
	buf_span(&b, SPAN_NONE);
	buf_bytes(&b, NULL, 0);
	assert_false(b.full);
	assert_int_equal(b.len, 0);
	buf_char(&b, 'x');
	assert_true(b.full);
	assert_null(buf_extend(&b, SIZE_MAX));
}

static void it_can_be_used_again_after_release(void **state)
{
	OWNED(buf_release) struct buf b = BUF_INIT(4);

	(void)state;
	buf_text(&b, "12345");
	buf_release(&b);
	buf_text(&b, "1234");
	assert_false(b.full);
	assert_int_equal(buf_view(&b).len, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_adds_the_same),
		cmocka_unit_test(nothing_passes_the_maximum),
		cmocka_unit_test(it_grows_to_its_maximum_and_is_a_c_string_all_the_way),
		cmocka_unit_test(nothing_of_no_bytes_is_fine),
		cmocka_unit_test(it_can_be_used_again_after_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
