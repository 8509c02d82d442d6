/* installation.h: where things lie, which programs there are, and which of them run. */
// uses: stages/normavis/installation.c tests/lib/scratch.c
#include "installation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "installed.h"
#include "scratch.h"

/* Below the working directory, so that a test can put one there. */
const char installed_config[] = "installed/pipeline.yaml";

#define ONE_OF_EACH "processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n"

/* The path of a configuration with these bytes; the caller frees it. */
static char *configuration(const char *text)
{
	char *path = scratch_path("pipeline.yaml");
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void open_sound(struct installation *ret, const char *text)
{
	OWNED(freep) char *path = configuration(text);
	struct err err = {""};

	if (installation_open(ret, path, NULL, &err))
		fail_msg("%s", err.text);
}

static void everything_lies_in_the_data_directory(void **state)
{
	static const struct {
		const char *text, *data; /* the latter below the scratch directory */
	} rows[] = {
		{ONE_OF_EACH, "data"},
		{ONE_OF_EACH "pipeline: {data: elsewhere/deep}\n", "elsewhere/deep"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(installation_release) struct installation in = {0};
		OWNED(freep) char *data = scratch_path(rows[i].data);
		OWNED(freep) char *journal = xasprintf("%s/journal", data);
		OWNED(freep) char *store = xasprintf("%s/store.db", data);
		OWNED(freep) char *packs = xasprintf("%s/packs", data);

		open_sound(&in, rows[i].text);
		assert_string_equal(in.journal, journal);
		assert_string_equal(in.store, store);
		assert_string_equal(in.packs, packs);
		installation_release(&in);
		assert_null(in.options);
		assert_null(in.store);
	}
}

static void write_config(const char *path, const char *site)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, ONE_OF_EACH "pipeline: {site: %s}\n", site);
	assert_int_equal(fclose(f), 0);
}

static void opens_site(const char *site)
{
	OWNED(installation_release) struct installation in = {0};
	struct err err = {""};

	if (installation_open(&in, NULL, NULL, &err))
		fail_msg("%s", err.text);
	assert_string_equal(in.options->pipeline.site, site);
}

static void where_no_file_is_named_it_is_the_one_here_or_the_installed_one(void **state)
{
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(installation_release) struct installation in = {0};
	OWNED(freep) char *before = getcwd(NULL, 0);
	struct err err = {""};

	(void)state;
	assert_int_equal(chdir(scratch_dir), 0);
	(void)remove(INSTALLATION_CONFIG);
	assert_int_not_equal(installation_open(&in, NULL, &report, &err), ST_OK);
	assert_int_equal(report.count, 1);
	assert_string_equal(report.at[0].file, INSTALLATION_CONFIG);
	assert_non_null(strstr(report.at[0].text, installed_config));
	assert_int_equal(mkdir("installed", 0700), 0);
	write_config(installed_config, "installed");
	opens_site("installed");
	write_config(INSTALLATION_CONFIG, "here");
	opens_site("here");
	assert_int_equal(chdir(before), 0);
}

static void a_file_that_cannot_be_read_is_one_complaint_that_names_it_once(void **state)
{
	OWNED(freep) char *missing = scratch_path("none.yaml");
	const char *const rows[] = {missing, scratch_dir};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(conf_report_release) struct conf_report report = {0};
		OWNED(installation_release) struct installation in = {0};
		struct err err = {""};

		assert_int_not_equal(installation_open(&in, rows[i], &report, &err),
				     ST_OK);
		assert_int_equal(report.count, 1);
		assert_string_equal(report.at[0].file, rows[i]);
		assert_int_equal(report.at[0].line, 1);
		assert_int_equal(report.at[0].column, 1);
		assert_null(strstr(report.at[0].text, rows[i]));
		assert_non_null(
			strstr(report.at[0].text, "(--config FILE names another)"));
		assert_null(in.options);
	}
}

/* What a call prints on stderr goes to a file; returns its end of the way back. */
static int divert_stderr(const char *path)
{
	int kept = dup(STDERR_FILENO);

	assert_true(kept >= 0);
	assert_non_null(freopen(path, "w", stderr));
	return kept;
}

static void take_back_stderr(int kept)
{
	fflush(stderr);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
}

static void a_verb_prints_every_complaint_and_gets_its_exit_code(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *said[2]; /* behind the file's name; NULL: nothing */
	} rows[] = {
		{ONE_OF_EACH, EXIT_CODE_OK, {NULL, NULL}},
		{ONE_OF_EACH "colour: red\n", EXIT_CODE_CONFIG, {":2:1: ", NULL}},
		{ONE_OF_EACH "run: {hang: 1}\ncollect: {keep: x}\n",
		 EXIT_CODE_CONFIG,
		 {":2:", ":3:"}},
	};
	static int (*const opens[])(struct installation *, const char *) = {
		installation_open_for, installation_open_to_log};
	OWNED(freep) char *stderr_path = scratch_path("stderr");

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
		OWNED(installation_release) struct installation in = {0};
		OWNED(freep) char *path = configuration(rows[i / 2].text);
		OWNED(buf_release) struct buf said = BUF_INIT(65536);
		int kept = divert_stderr(stderr_path);
		int code = opens[i % 2](&in, path);

		take_back_stderr(kept);
		assert_int_equal(code, rows[i / 2].code);
		assert_int_equal(file_read(&said, stderr_path, NULL), ST_OK);
		assert_int_equal(said.len == 0, rows[i / 2].said[0] == NULL);
		for (size_t k = 0; k < 2 && rows[i / 2].said[k]; k++) {
			OWNED(freep)
			char *place = xasprintf("%s%s", path, rows[i / 2].said[k]);

			assert_non_null(strstr(buf_string(&said), place));
		}
	}
}

static void the_slots_are_in_the_order_of_the_start(void **state)
{
	static const struct {
		int moderate;
		size_t count;
		const char *third, *last_but_one;
	} rows[] = {
		{1, 4, "moderate.1", "moderate.1"},
		{3, 6, "moderate.1", "moderate.3"},
		{64, 67, "moderate.1", "moderate.64"},
	};
	struct installation_slot slots[INSTALLATION_SLOTS_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(installation_release) struct installation in = {0};
		OWNED(freep)
		char *text = xasprintf(
			"processes: {publish: 1, collect: 1, dedup: 1, moderate: %d}\n",
			rows[i].moderate);

		open_sound(&in, text);
		size_t count = installation_slots(&in, slots);
		assert_int_equal(count, rows[i].count);
		assert_string_equal(slots[0].name, "publish");
		assert_string_equal(slots[1].name, "dedup");
		assert_string_equal(slots[2].name, rows[i].third);
		assert_string_equal(slots[count - 2].name, rows[i].last_but_one);
		assert_string_equal(slots[count - 1].name, "collect");
		assert_int_equal(slots[0].program, PROGRAM_PUBLISH);
		assert_int_equal(slots[count - 2].program, PROGRAM_MODERATE);
		assert_int_equal(slots[count - 1].program, PROGRAM_COLLECT);
	}
}

/* Holds the slot in a process of its own until the other end of the pipe is closed. */
static pid_t hold_elsewhere(const struct installation *in, const char *slot, int *ret_end)
{
	OWNED(freep) char *path = options_lock(in->options, slot);
	int here[2], there[2];
	char ready;

	assert_int_equal(pipe(here), 0);
	assert_int_equal(pipe(there), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int lock;

		close(here[1]);
		if (file_lock(&lock, path, NULL) || write(there[1], "x", 1) != 1)
			_exit(1);
		_exit(read(here[0], &ready, 1) == 0 ? 0 : 1);
	}
	close(here[0]);
	close(there[1]);
	assert_int_equal(read(there[0], &ready, 1), 1);
	close(there[0]);
	*ret_end = here[1];
	return pid;
}

static void a_slot_is_held_as_long_as_its_process_lives(void **state)
{
	OWNED(installation_release) struct installation in = {0};
	OWNED(file_close) int lock = -1;
	pid_t holder = -1;
	int end, status;

	(void)state;
	open_sound(&in, ONE_OF_EACH);
	assert_false(installation_holds(&in, "dedup", &holder)); /* no file */
	assert_int_equal(holder, 0);
	assert_int_equal(file_make_dirs(in.options->pipeline.run, 0700, NULL), ST_OK);
	pid_t pid = hold_elsewhere(&in, "dedup", &end);
	assert_true(installation_holds(&in, "dedup", NULL));
	assert_true(installation_holds(&in, "dedup", &holder));
	assert_true(holder == pid || holder == 0); /* the kernel need not say */
	assert_false(installation_holds(&in, "collect", NULL));
	/* To look is not to take. */
	OWNED(freep) char *collect = options_lock(in.options, "collect");
	assert_int_equal(file_lock(&lock, collect, NULL), ST_OK);
	assert_true(installation_holds(&in, "collect", NULL));
	close(end);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_false(
		installation_holds(&in, "dedup", &holder)); /* the file is still there */
	assert_int_equal(holder, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_lies_in_the_data_directory),
		TEST(a_file_that_cannot_be_read_is_one_complaint_that_names_it_once),
		TEST(where_no_file_is_named_it_is_the_one_here_or_the_installed_one),
		TEST(a_verb_prints_every_complaint_and_gets_its_exit_code),
		TEST(the_slots_are_in_the_order_of_the_start),
		TEST(a_slot_is_held_as_long_as_its_process_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
