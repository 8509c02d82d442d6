// uses: stages/collect/keys.c stages/collect/marks.c stages/collect/start.c
// uses: stages/collect/intake.c tests/lib/door.c tests/lib/scratch.c tests/lib/journals.c
#include "keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "door.h"
#include "marks.h"
#include "scratch.h"
#include "start.h"

static struct keys *open_keys(uint64_t journal_id, uint64_t last_seq, uint64_t *ret_from)
{
	struct keys *k = NULL;

	assert_int_equal(keys_open(&k, ret_from, scratch_dir, journal_id, last_seq, NULL),
			 ST_OK);
	return k;
}

static void add(struct keys *k, const char *source_id, uint64_t seq)
{
	uint8_t hash[16];
	struct key_entry entry = {.seq = seq};

	keys_hash_key(k, hash, "main", "shop", source_id);
	keys_hash_body(k, entry.body_hash, KIND_REVIEW, 1, span_of(source_id));
	put_le64(entry.id, seq);
	keys_add(k, hash, &entry);
}

static uint64_t found(const struct keys *k, const char *source_id)
{
	struct key_entry entry, expected;
	uint8_t hash[16];

	keys_hash_key(k, hash, "main", "shop", source_id);
	if (!keys_find(k, hash, &entry))
		return 0;
	keys_hash_body(k, expected.body_hash, KIND_REVIEW, 1, span_of(source_id));
	assert_memory_equal(entry.body_hash, expected.body_hash, 16);
	assert_int_equal(get_le64(entry.id), entry.seq);
	return entry.seq;
}

static void hashes_tell_every_part_apart(void **state)
{
	static const char *const names[][3] = {
		{"main", "shop", "1"}, {"main", "shop", "2"},  {"main", "sho", "p1"},
		{"mai", "nshop", "1"}, {"other", "shop", "1"}, {"", "mainshop", "1"}};
	uint8_t hash[ARRAY_LEN(names)][16], body[4][16];
	uint64_t from;
	OWNED(keys_closep) struct keys *k = open_keys(1, 0, &from);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		keys_hash_key(k, hash[i], names[i][0], names[i][1], names[i][2]);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(hash[i], hash[j], 16);
	}
	keys_hash_body(k, body[0], KIND_REVIEW, 1, SPAN_OF("x"));
	keys_hash_body(k, body[1], KIND_REVIEW, 2, SPAN_OF("x"));
	keys_hash_body(k, body[2], KIND_SITE, 1, SPAN_OF("x"));
	keys_hash_body(k, body[3], KIND_REVIEW, 1, SPAN_OF("y"));
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(body[i], body[j], 16);
}

static void only_what_is_committed_outlives_the_process(void **state)
{
	uint64_t from;
	OWNED(keys_closep) struct keys *k = open_keys(1, 0, &from);

	(void)state;
	assert_int_equal(from, 0);
	add(k, "a", 1);
	add(k, "b", 2);
	assert_int_equal(found(k, "a"), 1);
	assert_int_equal(keys_commit(k, 2, NULL), ST_OK);
	add(k, "c", 3);
	assert_int_equal(found(k, "c"), 3);
	keys_close(TAKE(k));
	k = open_keys(1, 2, &from);
	assert_int_equal(from, 2);
	assert_int_equal(found(k, "a"), 1);
	assert_int_equal(found(k, "b"), 2);
	assert_int_equal(found(k, "c"), 0);
	assert_int_equal(keys_count(k), 2);
}

/* Another journal, another key, or a journal that does not have those records. */
static void keys_that_are_not_of_this_journal_are_forgotten(void **state)
{
	static const struct {
		uint64_t journal_id, last_seq;
		bool new_key, kept;
	} rows[] = {{1, 5, false, true},
		    {1, 6, false, true},
		    {1, 4, false, false},
		    {2, 5, false, false},
		    {1, 5, true, false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *table = scratch_path("collect.table");
		OWNED(freep) char *key = scratch_path("keys/intake.key");
		uint64_t from;
		(void)unlink(table);
		OWNED(keys_closep) struct keys *k = open_keys(1, 0, &from);
		add(k, "a", 5);
		assert_int_equal(keys_commit(k, 5, NULL), ST_OK);
		keys_close(TAKE(k));
		if (rows[i].new_key)
			(void)unlink(key);
		k = open_keys(rows[i].journal_id, rows[i].last_seq, &from);
		assert_int_equal(from, rows[i].kept ? 5 : 0);
		assert_int_equal(found(k, "a"), rows[i].kept ? 5 : 0);
	}
}

static void marks_are_found_by_their_seq(void **state)
{
	uint64_t from;
	OWNED(keys_closep) struct keys *k = open_keys(1, 0, &from);

	(void)state;
	add(k, "a", 9);
	assert_int_equal(keys_commit(k, 9, NULL), ST_OK);
	assert_int_equal(keys_mark(k, 7, 9, 33, NULL), ST_OK);
	assert_int_equal(keys_mark(k, 7, 9, 33, NULL), ST_OK);
	keys_close(TAKE(k));
	k = open_keys(1, 9, &from);
	for (uint64_t seq = 1; seq < 1000; seq++)
		assert_int_equal(keys_marked(k, seq), seq == 7 ? 33 : 0);
}

static void marks_name_their_stage(void **state)
{
	static const struct {
		const char *said, *named;
		unsigned flags;
	} rows[] = {
		{"dedup", "dedup", RECORD_QUARANTINED | RECORD_KILLED_DEDUP},
		{"moderate", "moderate", RECORD_QUARANTINED | RECORD_KILLED_MODERATE},
		{"moderate.12", "moderate", RECORD_QUARANTINED | RECORD_KILLED_MODERATE},
		{"publish", "publish", RECORD_QUARANTINED | RECORD_KILLED_PUBLISH},
		{"", "unknown", RECORD_QUARANTINED}};
	OWNED(marks_release) struct marks m = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(marks_flags(rows[i].said), rows[i].flags);
		assert_string_equal(marks_stage(rows[i].flags), rows[i].named);
	}
	for (uint64_t seq = 1; seq <= 100; seq++) {
		assert_true(marks_add(&m, seq, 1));
		assert_false(marks_add(&m, seq, 1));
	}
	marks_forget(&m, 98);
	assert_int_equal(m.count, 2);
	assert_int_equal(m.mark[0].seq, 99);
}

/* A table that is lost, or behind, is filled from the journal: answers stay the same. */
static void what_is_lost_is_learnt_from_the_journal(void **state)
{
	static const char review[] =
		"{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"%d\","
		"\"subject\":\"p\",\"supplier\":\"q\",\"rating\":{\"value\":4}}";
	OWNED(freep) char *table = scratch_path("data/collect.table");
	OWNED(freep) char *journal = scratch_path("data/journal");
	OWNED(marks_release) struct marks marks = {0};
	struct door door;
	char line[300];

	(void)state;
	door_open(&door, "group_records: 10");
	door_activate(&door);
	for (int i = 0; i < 30; i++) {
		snprintf(line, sizeof(line), review, i);
		door_say(&door, SUBMIT, line);
	}
	journal_mark(door.journal, 5, "moderate");
	assert_int_equal(journal_commit(door.journal, NULL), ST_OK);
	assert_int_equal(unlink(table), 0);
	door_reopen(&door);
	assert_int_equal(door.keys_from, 0);
	assert_int_equal(start_learn(door.keys, door.keys_from, journal, &door.state,
				     door.options, &marks, NULL),
			 ST_OK);
	assert_int_equal(marks.count, 1);
	assert_int_equal(keys_marked(door.keys, 5),
			 RECORD_QUARANTINED | RECORD_KILLED_MODERATE);
	for (int i = 0; i < 30; i++) {
		char expected[60];
		snprintf(line, sizeof(line), review, i);
		snprintf(expected, sizeof(expected), "\"repeated\",\"seq\":%d,", i + 2);
		assert_non_null(strstr(door_say(&door, SUBMIT, line), expected));
	}
	door_close(&door);
}

/* What an earlier journal accepted has its own seq, which may be beyond all of this one. */
static void what_came_first_under_a_key_stays_whatever_the_journal(void **state)
{
	uint64_t from;
	OWNED(keys_closep) struct keys *k = open_keys(2, 0, &from);
	struct key_entry entry = {.seq = 7000, .earlier = true, .id = {1}}, got;
	uint8_t hash[16];

	(void)state;
	keys_hash_key(k, hash, "main", "shop", "a");
	assert_int_equal(keys_learn(k, hash, &entry, NULL), ST_OK);
	for (uint64_t seq = 1; seq <= 9000; seq += 4000) {
		const struct key_entry later = {.seq = seq, .id = {2}};
		assert_int_equal(keys_learn(k, hash, &later, NULL), ST_OK);
	}
	add(k, "b", 1);
	assert_int_equal(keys_commit(k, 1, NULL), ST_OK);
	keys_close(TAKE(k));
	k = open_keys(2, 1, &from);
	assert_int_equal(from, 1);
	assert_true(keys_find(k, hash, &got));
	assert_true(got.earlier);
	assert_int_equal(got.seq, 7000);
	assert_int_equal(got.id[0], 1);
	assert_int_equal(found(k, "b"), 1);
	keys_hash_key(k, hash, "main", "shop", "b");
	assert_true(keys_find(k, hash, &got));
	assert_false(got.earlier);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hashes_tell_every_part_apart),
		TEST(only_what_is_committed_outlives_the_process),
		TEST(keys_that_are_not_of_this_journal_are_forgotten),
		TEST(marks_are_found_by_their_seq),
		TEST(marks_name_their_stage),
		TEST(what_is_lost_is_learnt_from_the_journal),
		TEST(what_came_first_under_a_key_stays_whatever_the_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
