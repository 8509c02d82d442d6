// uses: tests/lib/batches.c
#include "frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "batches.h"

/* One of each type with every member that it carries. */
static const struct frame each[] = {
	{.type = FRAME_HELLO,
	 .incarnation = 1,
	 .seq = 2,
	 .journal_id = UINT64_MAX,
	 .count = 4,
	 .text = "moderate.12"},
	{.type = FRAME_WELCOME, .journal_id = 1, .seq = UINT64_MAX - 1, .flags = 1},
	{.type = FRAME_RETURNED, .seq = 1, .count = UINT32_MAX, .attempt = 3},
	{.type = FRAME_BEGUN, .seq = 5},
	{.type = FRAME_GO, .seq = 6},
	{.type = FRAME_RETIRE},
	{.type = FRAME_COMMITTED, .journal_id = 1, .seq = 2, .deadline = -3},
	{.type = FRAME_AGAIN},
	{.type = FRAME_SUSPECT, .seq = 9, .text = ""},
	{.type = FRAME_MARKED, .seq = 9, .flags = 33},
	{.type = FRAME_BYE},
	{.type = FRAME_INCOMPATIBLE, .count = 1, .attempt = 2},
};

static void every_message_comes_back(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_LEN(each) + 1, FRAME_TYPE_LIMIT - 1); /* but BATCH */
	for (size_t i = 0; i < ARRAY_LEN(each); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(1000);
		struct frame back;
		enum frame_type type;
		buf_text(&out, "before"); /* it is appended */
		frame_put(&out, &each[i]);
		struct span bytes = {out.at + 6, out.len - 6};
		assert_int_equal(frame_type(&type, bytes, NULL), ST_OK);
		assert_int_equal(type, each[i].type);
		assert_non_null(frame_name(type));
		assert_int_equal(frame_parse(&back, bytes, NULL), ST_OK);
		assert_int_equal(back.incarnation, each[i].incarnation);
		assert_int_equal(back.seq, each[i].seq);
		assert_int_equal(back.journal_id, each[i].journal_id);
		assert_int_equal(back.flags, each[i].flags);
		assert_int_equal(back.deadline, each[i].deadline);
		assert_int_equal(back.count, each[i].count);
		assert_int_equal(back.attempt, each[i].attempt);
		assert_string_equal(back.text, each[i].text);
	}
	assert_null(frame_name(FRAME_TYPE_LIMIT));
}

/* From a copy of exactly that size, so that a sanitizer sees a read beyond it. */
static enum status parse_copy(struct span bytes)
{
	OWNED(freep) uint8_t *copy = bytes.len ? xmemdup(bytes.at, bytes.len) : NULL;
	struct frame frame;

	return frame_parse(&frame, (struct span){copy, bytes.len}, NULL);
}

static void no_cut_or_longer_message_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(each); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(1000);
		frame_put(&out, &each[i]);
		size_t whole = out.len;
		for (size_t len = 0; len < whole; len++) {
			assert_int_not_equal(parse_copy((struct span){out.at, len}),
					     ST_OK);
			if (len < FRAME_HEAD_BYTES)
				continue;
			put_le32(out.at + 4, (uint32_t)len); /* and says so itself */
			assert_int_equal(parse_copy((struct span){out.at, len}),
					 ST_EMALFORMED);
		}
		buf_char(&out, 0);
		put_le32(out.at + 4, (uint32_t)out.len);
		assert_int_equal(parse_copy(buf_view(&out)), ST_EMALFORMED);
	}
}

static void a_text_with_a_nul_is_no_text(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(1000);

	(void)state;
	frame_put(&out, &each[0]);
	out.at[out.len - 2] = '\0'; /* "moderate.\0002" */
	assert_int_equal(parse_copy(buf_view(&out)), ST_EMALFORMED);
}

static void other_versions_and_types_are_told_apart(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum status st;
	} rows[] = {{0, 'X', ST_EMALFORMED},
		    {1, 'X', ST_EMALFORMED},
		    {2, 2, ST_EVERSION},
		    {2, 0, ST_EVERSION},
		    {3, 0, ST_EMALFORMED},
		    {3, FRAME_BATCH, ST_EMALFORMED},
		    {3, FRAME_TYPE_LIMIT, ST_EMALFORMED},
		    {3, 255, ST_EMALFORMED}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(1000);
		frame_put(&out, &each[3]);
		out.at[rows[i].at] = rows[i].value;
		assert_int_equal(parse_copy(buf_view(&out)), rows[i].st);
	}
}

static void a_slot_may_have_its_full_length(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(1000);
	struct frame f = {.type = FRAME_HELLO}, back;

	(void)state;
	memset(f.text, 's', FRAME_SLOT_MAX);
	frame_put(&out, &f);
	assert_int_equal(frame_parse(&back, buf_view(&out), NULL), ST_OK);
	assert_string_equal(back.text, f.text);
	out.at[out.len - FRAME_SLOT_MAX - 1] = FRAME_SLOT_MAX + 1;
	assert_int_equal(parse_copy(buf_view(&out)), ST_EMALFORMED);
}

/* --- batches ---------------------------------------------------------------------------- */

static void a_batch_comes_back(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(FRAME_BYTES_MAX);
	struct batch_head head;
	struct span items, record, sections;
	uint8_t rules[32], policy[32];
	uint64_t seq = 7;

	(void)state;
	memset(rules, 1, 32);
	memset(policy, 2, 32);
	batches_make(&out, 7, 100, 33);
	batch_set_hashes(out.at, rules, policy);
	batch_end(&out, 100);
	batch_set_attempt(out.at, 5, BATCH_NAMED); /* no new checksum is needed */
	assert_int_equal(batch_parse(&head, &items, buf_view(&out), NULL), ST_OK);
	assert_int_equal(head.journal_id, BATCHES_JOURNAL);
	assert_int_equal(head.first_seq, 7);
	assert_int_equal(head.count, 100);
	assert_int_equal(head.attempt, 5);
	assert_int_equal(head.flags, BATCH_NAMED);
	assert_memory_equal(head.rules_hash, rules, 32);
	assert_memory_equal(head.policy_hash, policy, 32);
	for (; batch_next(&items, &record, &sections); seq++) {
		assert_int_equal(get_le64(record.at + 8), seq);
		assert_int_equal(sections.len, 33);
	}
	assert_int_equal(seq, 107);
}

static enum status parse_batch_copy(struct span bytes)
{
	OWNED(freep) uint8_t *copy = bytes.len ? xmemdup(bytes.at, bytes.len) : NULL;
	struct batch_head head;
	struct span items;

	return batch_parse(&head, &items, (struct span){copy, bytes.len}, NULL);
}

/* Attempt and flags aside, which change nothing that is stored. */
static void no_flipped_bit_of_a_batch_goes_unnoticed(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(FRAME_BYTES_MAX);

	(void)state;
	batches_make(&out, 7, 3, 5);
	for (size_t at = 0; at < out.len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			bool harmless = at >= 28 && at < 36;
			out.at[at] ^= (uint8_t)(1 << bit);
			assert_int_equal(parse_batch_copy(buf_view(&out)) == ST_OK,
					 harmless);
			out.at[at] ^= (uint8_t)(1 << bit);
		}
	}
	assert_int_equal(parse_batch_copy(buf_view(&out)), ST_OK);
}

static void no_cut_batch_is_taken(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(FRAME_BYTES_MAX);

	(void)state;
	batches_make(&out, 7, 3, 5);
	for (size_t len = 0; len < out.len; len++) {
		assert_int_not_equal(parse_batch_copy((struct span){out.at, len}), ST_OK);
		if (len < FRAME_HEAD_BYTES)
			continue;
		OWNED(freep) uint8_t *copy = xmemdup(out.at, len);
		put_le32(copy + 4, (uint32_t)len);
		assert_int_not_equal(parse_batch_copy((struct span){copy, len}), ST_OK);
	}
}

/* Whole by its checksum, and yet its lengths lie. */
static void lengths_that_lie_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} rows[] = {{104, 0},	       {104, UINT32_MAX}, {104, 1000}, {108, 0},
		    {108, UINT32_MAX}, {108, 1000},	  {108, 111}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(FRAME_BYTES_MAX);
		batches_make(&out, 7, 2, 5);
		put_le32(out.at + rows[i].at, rows[i].value);
		batch_end(&out, 2);
		assert_int_equal(parse_batch_copy(buf_view(&out)), ST_EMALFORMED);
	}
	for (uint32_t count = 0; count < 5; count++) {
		OWNED(buf_release) struct buf out = BUF_INIT(FRAME_BYTES_MAX);
		batches_make(&out, 7, 2, 5);
		batch_end(&out, count);
		assert_int_equal(parse_batch_copy(buf_view(&out)) == ST_OK, count == 2);
	}
}

static void sections_may_be_added_while_building(void **state)
{
	OWNED(buf_release) struct buf from = BUF_INIT(FRAME_BYTES_MAX);
	OWNED(buf_release) struct buf out = BUF_INIT(FRAME_BYTES_MAX);
	struct batch_head head;
	struct span items, record, sections;

	(void)state;
	batches_make(&from, 7, 3, 5);
	assert_int_equal(batch_parse(&head, &items, buf_view(&from), NULL), ST_OK);
	batch_begin(&out, &head);
	while (batch_next(&items, &record, &sections)) {
		size_t opened = batch_item_open(&out, record, sections);
		buf_text(&out, "more");
		batch_item_close(&out, opened);
	}
	batch_end(&out, 3);
	assert_int_equal(batch_parse(&head, &items, buf_view(&out), NULL), ST_OK);
	while (batch_next(&items, &record, &sections)) {
		assert_int_equal(sections.len, 9);
		assert_memory_equal(sections.at + 5, "more", 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_comes_back),
		cmocka_unit_test(no_cut_or_longer_message_is_taken),
		cmocka_unit_test(a_text_with_a_nul_is_no_text),
		cmocka_unit_test(other_versions_and_types_are_told_apart),
		cmocka_unit_test(a_slot_may_have_its_full_length),
		cmocka_unit_test(a_batch_comes_back),
		cmocka_unit_test(no_flipped_bit_of_a_batch_goes_unnoticed),
		cmocka_unit_test(no_cut_batch_is_taken),
		cmocka_unit_test(lengths_that_lie_are_refused),
		cmocka_unit_test(sections_may_be_added_while_building),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
