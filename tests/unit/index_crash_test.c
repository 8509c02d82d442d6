// uses: stages/dedup/index.c stages/dedup/index_find.c stages/dedup/index_slots.c
// uses: stages/dedup/sketches.c stages/dedup/slots.c stages/dedup/mapped.c
// uses: stages/dedup/recent.c stages/dedup/signature.c tests/lib/scratch.c
// uses: tests/lib/twin.c
// valgrind: no, it steps its children with ptrace
#include "index.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"
#include "twin.h"

#define COMMITTED 300
#define UNDER_WAY 24 /* records of the commit that is stopped */
#define BEHIND	  40 /* that follow it */
#define FILES	  3

static struct twin twin;

static const char *const names[FILES] = {"sketches", "bands", "texts"};

struct files {
	char *path[FILES], *kept[FILES]; /* kept: another name of the same inode */
	struct buf bytes[FILES];
};

static void files_init(struct files *f, const char *data)
{
	for (size_t i = 0; i < FILES; i++) {
		f->path[i] = xasprintf("%s/near.%s", data, names[i]);
		f->kept[i] = xasprintf("%s/kept.%s", data, names[i]);
		f->bytes[i] = BUF_INIT(1 << 24);
	}
}

static void files_release(struct files *f)
{
	for (size_t i = 0; i < FILES; i++) {
		free(f->path[i]);
		free(f->kept[i]);
		buf_release(&f->bytes[i]);
	}
}

static void keep(struct files *f)
{
	for (size_t i = 0; i < FILES; i++) {
		assert_int_equal(file_read(&f->bytes[i], f->path[i], NULL), ST_OK);
		assert_int_equal(link(f->path[i], f->kept[i]), 0);
	}
}

/* The child goes on with what it had, in the files that it has open. */
static void put_back(const struct files *f)
{
	for (size_t i = 0; i < FILES; i++) {
		if (rename(f->kept[i], f->path[i]) != 0)
			fail_msg("%s", f->kept[i]);
		(void)unlink(
			f->kept[i]); /* where both were one inode, nothing happened */
		int fd = open(f->path[i], O_RDWR | O_CLOEXEC);
		assert_int_equal(ftruncate(fd, (off_t)f->bytes[i].len), 0);
		assert_int_equal(pwrite(fd, f->bytes[i].at, f->bytes[i].len, 0),
				 f->bytes[i].len);
		assert_int_equal(close(fd), 0);
	}
}

/* As if the process had died here. Says how far the index is. */
static uint64_t try_now(struct files *f, const char *data)
{
	uint64_t from, last = COMMITTED + UNDER_WAY;

	keep(f);
	struct index *x = twin_open(data, &from);
	for (uint64_t seq = from + 1; seq <= last + BEHIND; seq++)
		twin_step(&twin, x, seq, seq <= last ? TWIN_WHO : TWIN_ALL);
	assert_int_equal(index_commit(x, last + BEHIND, NULL), ST_OK);
	assert_int_equal(index_texts(x), last + BEHIND - (last + BEHIND) / 7);
	assert_int_equal(index_leaders(x), twin_leaders(last + BEHIND));
	index_close(x);
	put_back(f);
	return from;
}

static bool step(pid_t child)
{
	int status;

	assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status));
	return WSTOPSIG(status) == SIGTRAP;
}

/* A child that stops before and behind its commit. */
static pid_t fork_commit(const char *data)
{
	uint64_t from;
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct index *x = twin_open(data, &from);
		for (uint64_t seq = from + 1; seq <= COMMITTED + UNDER_WAY; seq++)
			twin_step(&twin, x, seq, TWIN_ALL);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		if (index_commit(x, COMMITTED + UNDER_WAY, NULL) != ST_OK)
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	return child;
}

/* The commit is stopped at every `every`th instruction of its beginning and of all the rest,
 * `first` of them being passed over. Instructions of the last covers are few and last. */
static unsigned long stop_a_commit(unsigned long every, unsigned long first)
{
	OWNED(freep) char *data = scratch_path("data");
	OWNED(files_release) struct files files;
	uint64_t from;
	unsigned long steps = 0, old_states = 0;
	struct index *x = twin_open(data, &from);
	int status;

	files_init(&files, data);
	for (uint64_t seq = 1; seq <= COMMITTED; seq++) {
		twin_step(&twin, x, seq, TWIN_ALL);
		if (seq != COMMITTED / 2 && seq != COMMITTED)
			continue;
		assert_int_equal(index_commit(x, seq, NULL), ST_OK);
	}
	assert_int_equal(index_sync(x, NULL), ST_OK);
	index_close(x);
	pid_t child = fork_commit(data);
	do {
		if (steps++ < first || steps % every)
			continue;
		from = try_now(&files, data);
		/* A cover that is half there: back to what was synced. */
		assert_true(from == COMMITTED || from == COMMITTED + UNDER_WAY);
		old_states += from == COMMITTED;
	} while (step(child));
	assert_int_equal(try_now(&files, data), COMMITTED + UNDER_WAY);
	assert_true(old_states > 5);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return steps;
}

static int make_twin(void **state)
{
	int failed = scratch_make(state);

	twin_init(&twin);
	return failed || scratch_remove(state);
}

static void a_commit_that_is_stopped_anywhere_loses_nothing(void **state)
{
	unsigned long steps = stop_a_commit(97, 0);

	assert_true(steps > 3000);
	assert_int_equal(scratch_remove(state), 0);
	assert_int_equal(scratch_make(state), 0);
	/* Each instruction of the end: where the files are covered. */
	(void)stop_a_commit(1, steps - 600);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_commit_that_is_stopped_anywhere_loses_nothing),
	};

	return cmocka_run_group_tests(tests, make_twin, NULL);
}
