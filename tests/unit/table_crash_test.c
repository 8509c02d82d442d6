// uses: tests/lib/toy.c
// valgrind: no, it steps its children with ptrace
#include "../lib/toy.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"

#define SECTOR 512

/* Sector by sector the state at the sync or one of three later ones. */
static void mixture(struct buf *ret, const struct buf *states, uint64_t seed)
{
	buf_clear(ret);
	for (size_t at = 0; at < states[0].len; at += SECTOR) {
		size_t which = toy_mix(at, seed) % 4;
		buf_bytes(ret, states[which].at + at, SECTOR);
	}
}

/* Replays a part, without a sync, and mixes that with what the replay had begun from. */
static void cut_again(struct buf *bytes, const char *path, const struct toy_model *m,
		      uint64_t seed)
{
	struct buf states[4] = {TOY_FILE_BUF, TOY_FILE_BUF, TOY_FILE_BUF, TOY_FILE_BUF};
	uint64_t from;

	toy_write_bytes(path, buf_view(bytes));
	struct table *t = toy_open(path, &from);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		buf_span(&states[i], i % 2 ? SPAN_NONE : buf_view(bytes));
		if (states[i].len == 0)
			toy_read_bytes(&states[i], path);
		toy_apply(t, m, from, from + 200);
		from += 200;
	}
	table_close(t);
	mixture(bytes, states, seed + 1000);
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		buf_release(&states[i]);
}

static void test_power_cut_is_repaired_from_synced(void **state)
{
	OWNED(freep) char *path = toy_path("power");
	OWNED(freep) char *cut = toy_path("power-cut");
	OWNED(freep) char *again = toy_path("power-cut-again");
	OWNED(freep) struct toy_model *m = toy_model_new(1500, 4);
	struct buf states[4] = {TOY_FILE_BUF, TOY_FILE_BUF, TOY_FILE_BUF, TOY_FILE_BUF};
	OWNED(buf_release) struct buf mixed = TOY_FILE_BUF;
	uint64_t from, upto = 1000;
	struct table *t = toy_open(path, &from);

	(void)state;
	toy_apply(t, m, 0, upto);
	assert_int_equal(table_sync(t, NULL), ST_OK);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		toy_read_bytes(&states[i], path);
		toy_apply(t, m, upto, upto + 300);
		upto += 300;
	}
	assert_int_equal(table_bytes(t), states[0].len); /* one file throughout */
	table_close(t);
	toy_model_apply(m, upto);
	for (uint64_t seed = 0; seed < 100; seed++) {
		mixture(&mixed, states, seed);
		cut_again(&mixed, cut, m, seed);
		toy_write_bytes(again, buf_view(&mixed));
		t = toy_open(again, &from);
		assert_int_equal(from, 1000);
		toy_apply(t, m, from, upto);
		toy_assert_same(t, m);
		table_close(t);
	}
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		buf_release(&states[i]);
}

static void put_number(struct table *t, uint64_t number, uint64_t seq)
{
	const uint8_t value[TABLE_VALUE_BYTES] = {7};
	uint8_t key[TABLE_KEY_BYTES];

	toy_key(key, number);
	assert_int_equal(table_put(t, key, seq, value, NULL), ST_OK);
}

/* A table with key 0 in two slots, seq 1 before seq 2, as a power cut can leave it. */
static struct table *open_twofold(const char *path, uint64_t *ret_from)
{
	OWNED(freep) char *original = xasprintf("%s-original", path);
	OWNED(buf_release) struct buf bytes = TOY_FILE_BUF;
	struct table_line first;
	uint8_t key[TABLE_KEY_BYTES];
	struct table *t = toy_open(original, ret_from);

	toy_key(key, 0);
	put_number(t, 0, 1);
	first = *table_find(t, key);
	put_number(t, 0, 2);
	table_close(t);
	toy_read_bytes(&bytes, original);
	uint8_t *at = memmem(bytes.at + TOY_HEADER_BYTES, bytes.len - TOY_HEADER_BYTES,
			     key, sizeof(key));
	assert_non_null(at);
	memcpy(at + sizeof(first), at, sizeof(first));
	memcpy(at, &first, sizeof(first));
	toy_write_bytes(path, buf_view(&bytes));
	return toy_open(path, ret_from);
}

static void test_key_in_two_slots_is_removed_from_both(void **state)
{
	OWNED(freep) char *path = toy_path("twofold-remove");
	uint8_t key[TABLE_KEY_BYTES];
	uint64_t from;
	OWNED(table_closep) struct table *t = open_twofold(path, &from);

	(void)state;
	toy_key(key, 0);
	assert_int_equal(table_seq(table_find(t, key)), 1);
	table_remove(t, key);
	assert_null(table_find(t, key));
	assert_int_equal(table_lines(t), 0);
}

static void test_key_in_two_slots_grows_into_the_newer(void **state)
{
	OWNED(freep) char *path = toy_path("twofold-grow");
	uint8_t key[TABLE_KEY_BYTES];
	uint64_t from, seq = 2;
	OWNED(table_closep) struct table *t = open_twofold(path, &from);
	uint64_t bytes = table_bytes(t);

	(void)state;
	while (table_bytes(t) == bytes) {
		seq++;
		put_number(t, seq, seq);
	}
	toy_key(key, 0);
	assert_int_equal(table_seq(table_find(t, key)), 2);
	assert_int_equal(table_lines(t), seq - 1);
}

/* The child works through the journal for ever, saying which record it begins. */
static NORETURN void work(const char *path, const struct toy_model *m, uint64_t *begun)
{
	uint64_t from;
	struct table *t = toy_open(path, &from);

	for (uint64_t seq = from + 1;; seq++) {
		if (seq > __atomic_load_n(begun, __ATOMIC_RELAXED))
			__atomic_store_n(begun, seq, __ATOMIC_RELEASE);
		toy_apply_record(t, m, seq);
		table_cover(t, seq);
		if (seq % 4096 == 0 && table_sync(t, NULL) != ST_OK)
			_exit(1);
	}
}

static void test_kill_at_any_moment_loses_and_repeats_nothing(void **state)
{
	OWNED(freep) char *path = toy_path("kill");
	OWNED(freep) struct toy_model *m = toy_model_new(TOY_KEYS_MAX, 30);
	uint64_t *begun = mmap(NULL, sizeof(*begun), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t from;

	(void)state;
	for (uint64_t round = 0; round < 100; round++) {
		uint64_t until = *begun + toy_mix(round, 6) % 2000;
		int status = 0;
		pid_t child = fork();
		if (child == 0)
			work(path, m, begun);
		while (__atomic_load_n(begun, __ATOMIC_ACQUIRE) < until)
			if (waitpid(child, &status, WNOHANG) != 0)
				fail_msg("the child died by itself");
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		struct table *t = toy_open(path, &from);
		assert_true(from <= *begun && from + 1 >= *begun);
		toy_apply(t, m, from, *begun);
		toy_model_apply(m, *begun);
		toy_assert_same(t, m);
		table_close(t);
	}
	assert_int_equal(munmap(begun, sizeof(*begun)), 0);
}

enum change { CHANGE_VALUE, CHANGE_NEW, CHANGE_REMOVE };

static void change(struct table *t, enum change what, uint64_t seq)
{
	uint8_t key[TABLE_KEY_BYTES], value[TABLE_VALUE_BYTES];

	for (size_t i = 0; i < sizeof(value); i += 8)
		put_le64(value + i, seq);
	toy_key(key, what == CHANGE_VALUE ? 0 : seq);
	if (what == CHANGE_REMOVE)
		table_remove(t, key);
	else
		assert_int_equal(table_put(t, key, seq, value, NULL), ST_OK);
}

/* A child that stops before and behind its change. */
static pid_t fork_change(struct table *t, enum change what, uint64_t seq)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		change(t, what, seq);
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	return child;
}

/* One instruction; false when the child has come to its second stop. */
static bool step(pid_t child)
{
	int status;

	assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status));
	return WSTOPSIG(status) == SIGTRAP;
}

/* The line is whole, old or new, and counted. Says whether it is new. */
static bool assert_whole(const struct table *t, enum change what, uint64_t seq,
			 uint64_t lines_before)
{
	uint8_t key[TABLE_KEY_BYTES];

	toy_key(key, what == CHANGE_VALUE ? 0 : seq);
	const struct table_line *line = table_find(t, key);
	for (size_t i = 0; line && i < TABLE_VALUE_BYTES; i += 8)
		assert_int_equal(get_le64(line->value + i), table_seq(line));
	if (what == CHANGE_NEW)
		assert_int_equal(table_lines(t), lines_before + (line != NULL));
	else if (what == CHANGE_REMOVE)
		assert_int_equal(table_lines(t), lines_before - (line == NULL));
	else
		assert_non_null(line);
	return what == CHANGE_REMOVE ? !line : line && table_seq(line) == seq;
}

/* Opens what the child has left so far, as if it had died here, and puts the bytes back
 * for the child to go on. */
static bool is_changed_now(const char *path, enum change what, uint64_t lines_before,
			   struct buf *bytes)
{
	uint64_t from;

	toy_read_bytes(bytes, path);
	struct table *t = toy_open(path, &from);
	bool changed = assert_whole(t, what, 2, lines_before);
	table_close(t);
	toy_overwrite(path, bytes->at, bytes->len, 0);
	return changed;
}

static void kill_at_each_instruction(enum change what)
{
	OWNED(freep) char *path = xasprintf("%s/step-%d", toy_directory, what);
	OWNED(buf_release) struct buf bytes = TOY_FILE_BUF;
	uint64_t from;
	struct table *t = toy_open(path, &from);
	unsigned old_states = 0, new_states = 0;
	int status;

	change(t, CHANGE_VALUE, 1);
	if (what == CHANGE_REMOVE)
		change(t, CHANGE_NEW, 2);
	pid_t child = fork_change(t, what, 2);
	do {
		bool changed = is_changed_now(path, what, table_lines(t), &bytes);
		assert_true(changed || new_states == 0); /* no way back */
		new_states += changed;
		old_states += !changed;
	} while (step(child));
	assert_true(old_states > 10 && new_states > 10);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	table_close(t);
}

static void test_kill_at_each_instruction_of_an_update(void **state)
{
	(void)state;
	kill_at_each_instruction(CHANGE_VALUE);
}

static void test_kill_at_each_instruction_of_an_insertion(void **state)
{
	(void)state;
	kill_at_each_instruction(CHANGE_NEW);
}

static void test_kill_at_each_instruction_of_a_removal(void **state)
{
	(void)state;
	kill_at_each_instruction(CHANGE_REMOVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_power_cut_is_repaired_from_synced),
		cmocka_unit_test(test_key_in_two_slots_is_removed_from_both),
		cmocka_unit_test(test_key_in_two_slots_grows_into_the_newer),
		cmocka_unit_test(test_kill_at_any_moment_loses_and_repeats_nothing),
		cmocka_unit_test(test_kill_at_each_instruction_of_an_update),
		cmocka_unit_test(test_kill_at_each_instruction_of_an_insertion),
		cmocka_unit_test(test_kill_at_each_instruction_of_a_removal),
	};

	return cmocka_run_group_tests(tests, toy_make_directory, toy_remove_directory);
}
