// uses: tests/lib/listener.c tests/lib/scratch.c
/* What of the machine would stop a start, and at which option that is told. */
#include "options_check.h"

#include <arpa/inet.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "listener.h"
#include "scratch.h"

#define PROCESSES "processes: {publish: 1, collect: 1, dedup: 1, moderate: 2}\n"

struct place {
	char directory[PATH_MAX];
};

static int make_place(void **state)
{
	static struct place place;
	int failed = scratch_make(state);

	snprintf(place.directory, sizeof(place.directory), "%s", scratch_dir);
	*state = &place;
	return failed;
}

static void write_file(const struct place *place, const char *name, const char *text)
{
	OWNED(freep) char *path = xasprintf("%s/%s", place->directory, name);

	assert_int_equal(file_replace(path, span_of(text), 0600, NULL), ST_OK);
}

static void make_directory(const struct place *place, const char *name)
{
	OWNED(freep) char *path = xasprintf("%s/%s", place->directory, name);

	assert_int_equal(mkdir(path, 0700), 0);
}

/* Loads DIR/p.yaml with this text and returns what options_check says, each DIR as "@". */
static void check(const struct place *place, const char *text, struct buf *ret)
{
	OWNED(options_freep) struct options *o = NULL;
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(buf_release) struct buf said = BUF_INIT(10000);
	OWNED(freep) char *path = xasprintf("%s/p.yaml", place->directory);
	struct err err = {""};

	write_file(place, "p.yaml", text);
	enum status st = options_load(&o, path, &report, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	options_check(o, &report);
	conf_report_format(&report, &said);
	size_t len = strlen(place->directory);
	for (const char *at = buf_string(&said); *at;) {
		bool here = strncmp(at, place->directory, len) == 0;

		buf_char(ret, here ? '@' : *at);
		at += here ? len : 1;
	}
}

static void a_machine_that_is_ready_has_no_complaint(void **state)
{
	OWNED(buf_release) struct buf said = BUF_INIT(10000);
	OWNED(freep) char *data = NULL;
	const struct place *place = *state;

	make_directory(place, "rules");
	write_file(place, "rules/policy.yaml", "a: 1\n");
	check(place, PROCESSES "collect: {reserve_bytes: 0}\n", &said);
	assert_string_equal(buf_string(&said), "");
	data = xasprintf("%s/data", place->directory);
	assert_int_not_equal(access(data, F_OK), 0); /* it looks and makes nothing */
}

static void what_stops_a_start_is_told_at_its_option(void **state)
{
	OWNED(buf_release) struct buf said = BUF_INIT(10000);
	const struct place *place = *state;

	make_directory(place, "rules");
	write_file(place, "a", "a file\n");
	OWNED(freep)
	char *text = xasprintf(PROCESSES "pipeline:\n"
					 "  data: a\n"
					 "  rules: a\n"
					 "  policy: rules\n"
					 "  run: a/b/c\n"
					 "collect:\n"
					 "  reserve_bytes: 0\n"
					 "  submit: ipc://%s/a\n"
					 "  admin: ipc://%s/none/x.sock\n",
			       place->directory, place->directory);
	check(place, text, &said);
	assert_string_equal(
		buf_string(&said),
		"@/p.yaml:3:9: data: @/a: @/a is no directory\n"
		"@/p.yaml:4:10: rules: @/a: is no directory\n"
		"@/p.yaml:5:11: policy: @/rules: is a directory\n"
		"@/p.yaml:6:8: run: @/a/b/c: Not a directory\n"
		"@/p.yaml:9:11: submit: @/a: is there and no socket; it would be deleted\n"
		"@/p.yaml:10:10: admin: @/none/x.sock: @/none is no directory\n");
}

static void a_missing_policy_is_told_at_its_section(void **state)
{
	OWNED(buf_release) struct buf said = BUF_INIT(10000);
	const struct place *place = *state;

	make_directory(place, "rules");
	check(place, PROCESSES "pipeline:\n  data: x\ncollect: {reserve_bytes: 0}\n",
	      &said);
	assert_string_equal(
		buf_string(&said),
		"@/p.yaml:2:1: policy: @/rules/policy.yaml: No such file or directory\n");
}

static void missing_rules_are_one_complaint_though_the_policy_lies_in_them(void **state)
{
	OWNED(buf_release) struct buf said = BUF_INIT(10000);

	check(*state, PROCESSES "pipeline:\n  data: x\ncollect: {reserve_bytes: 0}\n",
	      &said);
	assert_string_equal(buf_string(&said),
			    "@/p.yaml:2:1: rules: @/rules: No such file or directory\n");
}

/* A listening socket on a port that the kernel chooses. */
static int listen_anywhere(unsigned *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static void a_port_in_use_is_told_unless_we_hold_it(void **state)
{
	OWNED(buf_release) struct buf said = BUF_INIT(10000);
	const struct place *place = *state;
	unsigned port;
	OWNED(file_close) int fd = listen_anywhere(&port);
	OWNED(file_close) int lock = -1;

	make_directory(place, "rules");
	make_directory(place, "run");
	write_file(place, "rules/policy.yaml", "a: 1\n");
	OWNED(freep)
	char *text = xasprintf(PROCESSES "pipeline: {run: run}\n"
					 "collect:\n"
					 "  reserve_bytes: 0\n"
					 "  submit: tcp://127.0.0.1:%u\n",
			       port);
	OWNED(freep)
	char *wanted = xasprintf(
		"@/p.yaml:5:11: submit: tcp://127.0.0.1:%u: Address already in use\n",
		port);
	OWNED(freep) char *path = xasprintf("%s/run/collect.lock", place->directory);
	check(place, text, &said);
	assert_string_equal(buf_string(&said), wanted);

	assert_int_equal(file_lock(&lock, path, NULL), ST_OK);
	buf_clear(&said);
	check(place, text, &said);
	assert_string_equal(buf_string(&said), "");

	file_close(&lock);
	file_close(&fd);
	buf_clear(&said);
	check(place, text, &said);
	assert_string_equal(buf_string(&said), "");
}

/* What check says with the socket `name` of that place as the intake. */
static void check_submit(const struct place *place, const char *name, struct buf *ret)
{
	OWNED(freep)
	char *text = xasprintf(PROCESSES "pipeline: {run: run}\n"
					 "collect:\n"
					 "  reserve_bytes: 0\n"
					 "  submit: ipc://%s/%s\n",
			       place->directory, name);

	buf_clear(ret);
	check(place, text, ret);
}

static void a_socket_that_another_has_is_told_unless_we_hold_it(void **state)
{
	static const struct {
		const char *socket, *lock, *complaint;
	} rows[] = {
		{"x.sock", "collect",
		 "@/p.yaml:5:11: submit: @/x.sock: another process has it already\n"},
		{"run/x.sock", "collect",
		 "@/p.yaml:5:11: submit: @/run/x.sock: another process has it already\n"},
		{"run/commits.sock", "collect",
		 "@/p.yaml:2:17: run: @/run/commits.sock: another process has it already\n"},
		{"run/moderate.sock", "dedup",
		 "@/p.yaml:2:17: run: @/run/moderate.sock: another process has it already\n"},
		{"run/publish.sock", "publish",
		 "@/p.yaml:2:17: run: @/run/publish.sock: another process has it already\n"},
	};
	OWNED(buf_release) struct buf said = BUF_INIT(10000);
	const struct place *place = *state;

	make_directory(place, "rules");
	make_directory(place, "run");
	write_file(place, "rules/policy.yaml", "a: 1\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep)
		char *path = xasprintf("%s/%s", place->directory, rows[i].socket);
		OWNED(freep)
		char *slot = xasprintf("%s/run/%s.lock", place->directory, rows[i].lock);
		const char *submit =
			strstr(rows[i].complaint, "submit") ? rows[i].socket : "y.sock";
		OWNED(file_close) int fd = listener_open(path);
		OWNED(file_close) int lock = -1;

		check_submit(place, submit, &said);
		assert_string_equal(buf_string(&said), rows[i].complaint);
		assert_int_equal(file_lock(&lock, slot, NULL), ST_OK);
		check_submit(place, submit, &said);
		assert_string_equal(buf_string(&said), "");
		file_close(&lock);
		file_close(&fd); /* what is left of it is in nobody's way */
		check_submit(place, submit, &said);
		assert_string_equal(buf_string(&said), "");
	}
}

/* No disk has as much as this; pipeline.yaml could not ask for it. */
static void too_little_disk_is_told_at_the_reserve(void **state)
{
	OWNED(options_freep) struct options *o = NULL;
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(freep) char *path = NULL;
	const struct place *place = *state;

	make_directory(place, "rules");
	write_file(place, "rules/policy.yaml", "a: 1\n");
	write_file(place, "p.yaml", PROCESSES "collect: {reserve_bytes: 1MiB}\n");
	path = xasprintf("%s/p.yaml", place->directory);
	assert_int_equal(options_load(&o, path, NULL, NULL), ST_OK);
	o->collect.reserve_bytes = INT64_MAX;
	options_check(o, &report);
	assert_int_equal(report.count, 1);
	assert_int_equal(report.at[0].line, 2);
	assert_int_equal(report.at[0].column, 26);
	assert_non_null(strstr(report.at[0].text, "the intake would refuse everything"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_machine_that_is_ready_has_no_complaint,
						make_place, scratch_remove),
		cmocka_unit_test_setup_teardown(what_stops_a_start_is_told_at_its_option,
						make_place, scratch_remove),
		cmocka_unit_test_setup_teardown(a_missing_policy_is_told_at_its_section,
						make_place, scratch_remove),
		cmocka_unit_test_setup_teardown(
			missing_rules_are_one_complaint_though_the_policy_lies_in_them,
			make_place, scratch_remove),
		cmocka_unit_test_setup_teardown(
			a_socket_that_another_has_is_told_unless_we_hold_it, make_place,
			scratch_remove),
		cmocka_unit_test_setup_teardown(a_port_in_use_is_told_unless_we_hold_it,
						make_place, scratch_remove),
		cmocka_unit_test_setup_teardown(too_little_disk_is_told_at_the_reserve,
						make_place, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
