/* The power goes at every moment of a journal's life: what was acknowledged is there.
 *
 * A run is recorded and cut before each of its calls (cutdisc.h); journal_open on each of
 * these discs must give all that was acknowledged up to the cut. The run has commits,
 * marks, activations, new segments, erasures, trims, writes that stop half-way and syncs
 * that fail, each of these followed by a reopening. The controls: with a sync that does
 * nothing, the same checks must find losses.
 *
 * POWERCUT_SEEDS: discs per cut beside the worst one (default 3).
 */
// uses: tests/fault/cutdisc.c
#include "journal.h"

#include <dirent.h>
#include <inttypes.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "cutdisc.h"
#include "digest.h"

#define SEGMENT_BYTES 24576

/* --- the records -------------------------------------------------------------------------- */

enum { ERASE_EACH = 11 };

static void make_record(struct buf *out, uint64_t seq)
{
	struct record_head head = {
		.kind = (enum kind)1,
		.version = 1,
		.seq = seq,
		.received_at = (int64_t)seq,
		.site = SPAN_OF("shop"),
		.principal = SPAN_OF("importer"),
	};
	uint8_t body[4096];
	size_t len = 20 + (size_t)(seq * 977 % 3000);

	sha256(head.secret, (struct span){(const uint8_t *)&seq, sizeof(seq)});
	for (size_t i = 0; i < len; i++)
		body[i] = (uint8_t)(seq * 7 + i);
	buf_clear(out);
	record_put(out, &head, (struct span){body, len});
}

static bool is_record(struct span got, uint64_t seq, bool must_be_erased)
{
	OWNED(buf_release) struct buf expected = BUF_INIT(RECORD_BYTES_MAX);

	if (got.at[5] & RECORD_ERASED)
		return seq % ERASE_EACH == 0 && get_le64(got.at + 8) == seq;
	make_record(&expected, seq);
	return !must_be_erased && span_equal(got, buf_view(&expected));
}

static uint8_t hash_byte(uint64_t activation)
{
	return (uint8_t)(activation * 37 + 1);
}

/* --- the checks after a cut ----------------------------------------------------------------- */

static const char *check_records(const char *dir, const struct journal_state *state,
				 const struct promise *promise)
{
	OWNED(journal_reader_closep) struct journal_reader *r = NULL;
	struct err err;
	uint64_t due = state->first_seq, seq;
	enum journal_item item = JOURNAL_RECORD;
	struct span bytes;
	const char *reason;

	if (journal_reader_open(&r, dir, 0, &err) != ST_OK)
		return "the reader does not open";
	while (item != JOURNAL_END) {
		if (journal_read(r, &item, &bytes, &seq, &reason, &err) != ST_OK)
			return "the reader meets damage";
		if (item != JOURNAL_RECORD)
			continue;
		if (seq != due ||
		    !is_record(bytes, seq,
			       seq % ERASE_EACH == 0 && seq <= promise->erased))
			return "a wrong record";
		due++;
	}
	return due == state->last_seq + 1 ? NULL : "the reader sees another end";
}

/* NULL: everything that was promised is there. */
static const char *check_disc(const char *dir, const struct promise *promise)
{
	OWNED(journal_closep) struct journal *j = NULL;
	struct journal_options options = {.segment_bytes = SEGMENT_BYTES};
	struct journal_state state;
	struct err err;

	if (journal_open(&j, dir, &options, &state, &err) != ST_OK)
		return "it does not open";
	if (promise->journal_id && state.journal_id != promise->journal_id)
		return "another journal";
	if (state.last_seq < promise->last_seq)
		return "an acknowledged record is lost";
	if (state.last_seq > promise->attempted ||
	    state.first_seq > MAX(promise->first_seq, 1))
		return "impossible bounds";
	if (state.last_received_at != (int64_t)state.last_seq)
		return "a wrong received_at";
	if (promise->activation && state.last_seq == promise->last_seq &&
	    state.rules_hash[0] != hash_byte(promise->activation))
		return "wrong hashes in force";
	return check_records(dir, &state, promise);
}

static void remove_dir(const char *path)
{
	DIR *dir = opendir(path);

	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));) {
		OWNED(freep) char *name = xasprintf("%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			assert_int_equal(unlink(name), 0);
	}
	closedir(dir);
	assert_int_equal(rmdir(path), 0);
}

/* Every cut with every chance; returns how many discs failed their check. */
static size_t cut_everywhere(const char *scratch, int seeds, bool control)
{
	OWNED(freep) char *disc = xasprintf("%s/disc", scratch);
	size_t failed = 0, discs = 0;

	for (size_t cut = 0; cut <= cutdisc_calls(); cut++) {
		for (int seed = 0; seed <= seeds; seed++) {
			struct chance c = {seed ? cut * 1000 + (uint64_t)seed : 0,
					   seed % 2 ? 4096 : 512};
			assert_int_equal(mkdir(disc, 0700), 0);
			struct promise promise = cutdisc_make(disc, cut, &c);
			const char *problem = check_disc(disc, &promise);
			remove_dir(disc);
			discs++;
			failed += problem != NULL;
			if (problem && !control)
				fail_msg(
					"cut before call %zu, seed %d: %s (acknowledged %" PRIu64
					")",
					cut, seed, problem, promise.last_seq);
		}
	}
	print_message("%zu calls, %zu discs, %zu failed their check\n", cutdisc_calls(),
		      discs, failed);
	return failed;
}

/* --- the run ------------------------------------------------------------------------------ */

struct run {
	struct journal *j;
	struct promise promise;
	char *dir;
};

static void reopen(struct run *run)
{
	struct journal_options options = {.segment_bytes = SEGMENT_BYTES};
	struct journal_state state;
	struct err err;

	journal_close(TAKE(run->j));
	if (journal_open(&run->j, run->dir, &options, &state, &err) != ST_OK)
		fail_msg("reopen: %s", err.text);
	run->promise.journal_id = state.journal_id;
	run->promise.last_seq = state.last_seq; /* what is reported counts as accepted */
	if (state.last_seq < run->promise.activation)
		run->promise.activation = 0;
	cutdisc_promise(&run->promise);
}

/* One group; a failure is followed by a new start. */
static void commit_group(struct run *run, int records, bool activates)
{
	OWNED(buf_release) struct buf record = BUF_INIT(RECORD_BYTES_MAX);
	uint64_t seq = run->promise.last_seq, activation = run->promise.activation;
	uint8_t hash[JOURNAL_HASH_BYTES];

	for (int i = 0; i < records; i++) {
		make_record(&record, ++seq);
		if (activates && i == 0) {
			activation = seq;
			memset(hash, hash_byte(seq), sizeof(hash));
			journal_in_force(run->j, hash, hash);
		}
		journal_append(run->j, buf_view(&record));
	}
	if (activates)
		journal_mark(run->j, seq, "killed a stage");
	run->promise.attempted = MAX(run->promise.attempted, seq);
	cutdisc_promise(&run->promise);
	enum status st = journal_commit(run->j, NULL);
	run->promise.activation = activation;
	if (st) {
		reopen(run);
		return;
	}
	run->promise.last_seq = seq;
	cutdisc_promise(&run->promise);
}

static void erase_and_trim(struct run *run, int step)
{
	uint64_t last = run->promise.last_seq, first;

	if (step % 5 == 4 && run->promise.erased + ERASE_EACH <= last) {
		uint64_t seq = run->promise.erased + ERASE_EACH;
		enum status st = journal_erase(run->j, seq, NULL);
		if (st == ST_OK || st == ST_ENOTFOUND) {
			run->promise.erased = seq;
			cutdisc_promise(&run->promise);
		} else {
			reopen(run);
		}
	}
	if (step % 17 == 16) {
		run->promise.first_seq = last - 10; /* from here on it may be gone */
		cutdisc_promise(&run->promise);
		if (journal_trim(run->j, last - 11, (int64_t)last, &first, NULL) != ST_OK)
			reopen(run);
	}
}

static void live_a_life(const char *scratch, bool with_failures)
{
	static const enum fault faults[] = {FAULT_SYNC, FAULT_WRITE, FAULT_DIRECTORY};
	struct run run = {0};

	run.dir = xasprintf("%s/live", scratch);
	assert_int_equal(mkdir(run.dir, 0700), 0);
	cutdisc_record(run.dir);
	reopen(&run);
	for (int step = 0; step < 52; step++) {
		if (with_failures && step % 3 == 2)
			cutdisc_fail(faults[step / 3 % 3]);
		commit_group(&run, 1 + step % 4, step % 7 == 3);
		erase_and_trim(&run, step);
		if (step % 13 == 12)
			reopen(&run);
	}
	journal_close(run.j);
	cutdisc_stop();
	remove_dir(run.dir);
	free(run.dir);
}

/* --- tests -------------------------------------------------------------------------------- */

static char *scratch;

static int make_scratch(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	scratch = xasprintf("%s/powercut.XXXXXX", base ? base : "/tmp");
	return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
	(void)state;
	cutdisc_forget();
	remove_dir(scratch);
	free(TAKE(scratch));
	return 0;
}

static int seeds(void)
{
	const char *wanted = getenv("POWERCUT_SEEDS");

	return wanted ? atoi(wanted) : 3;
}

static void a_power_cut_loses_nothing_acknowledged(void **unused)
{
	(void)unused;
	live_a_life(scratch, false);
	assert_int_equal(cut_everywhere(scratch, seeds(), false), 0);
}

static void nor_after_failed_writes_and_syncs(void **unused)
{
	(void)unused;
	live_a_life(scratch, true);
	assert_int_equal(cut_everywhere(scratch, seeds(), false), 0);
}

static void control_a_sync_that_does_nothing_is_found(void **unused)
{
	(void)unused;
	cutdisc_lie(true, false);
	live_a_life(scratch, false);
	assert_true(cut_everywhere(scratch, 0, true) > cutdisc_calls() / 2);
}

static void control_an_unsynced_directory_is_found(void **unused)
{
	(void)unused;
	cutdisc_lie(false, true);
	live_a_life(scratch, false);
	assert_true(cut_everywhere(scratch, 0, true) > cutdisc_calls() / 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_power_cut_loses_nothing_acknowledged),
		TEST(nor_after_failed_writes_and_syncs),
		TEST(control_a_sync_that_does_nothing_is_found),
		TEST(control_an_unsynced_directory_is_found),
	};

	/* Thousands of journals are opened: their buffers are not to be mapped afresh each time. */
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
