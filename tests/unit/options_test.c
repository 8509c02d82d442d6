/* pipeline.yaml as a whole: defaults, what follows from what, and every kind of mistake. */
#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"

#define PROCESSES "processes: {publish: 1, collect: 1, dedup: 1, moderate: 2}\n"

static enum status parse(struct options **ret, const char *text, struct buf *said)
{
	OWNED(conf_report_release) struct conf_report report = {0};
	struct err err = {""};
	enum status st = options_parse(ret, "/srv/p.yaml", span_of(text), &report, &err);

	conf_report_format(&report, said);
	if (st && report.count > 0) { /* err is the first of them */
		assert_memory_equal(buf_string(said), err.text, strlen(err.text));
		assert_int_equal(((const char *)said->at)[strlen(err.text)], '\n');
	}
	return st;
}

static void a_short_file_has_every_default(void **state)
{
	OWNED(options_freep) struct options *o = NULL;
	OWNED(buf_release) struct buf said = BUF_INIT(4000);
	char endpoint[ADDRESS_BYTES];

	(void)state;
	assert_int_equal(parse(&o, PROCESSES, &said), ST_OK);
	assert_string_equal(o->file, "/srv/p.yaml");
	assert_string_equal(o->base, "/srv");
	assert_string_equal(o->pipeline.site, "main");
	assert_string_equal(o->pipeline.data, "/srv/data");
	assert_string_equal(o->pipeline.run, "/srv/data/run");
	assert_string_equal(o->pipeline.rules, "/srv/rules");
	assert_string_equal(o->pipeline.policy, "/srv/rules/policy.yaml");
	assert_int_equal(o->pipeline.log_format, LOG_LOGFMT);
	assert_int_equal(o->pipeline.log_level, LOG_INFO);
	assert_int_equal(o->pipeline.heartbeat_ms, 1000);
	assert_int_equal(o->pipeline.resend_first_ms, 2000);
	assert_int_equal(o->pipeline.resend_max_ms, 30000);
	assert_string_equal(o->processes[PROGRAM_MODERATE].program, "moderate");
	assert_int_equal(o->processes[PROGRAM_MODERATE].count, 2);
	assert_int_equal(o->processes[PROGRAM_PUBLISH].count, 1);
	assert_string_equal(o->collect.submit, "ipc:///srv/data/run/submit.sock");
	assert_string_equal(o->collect.admin, "ipc:///srv/data/run/admin.sock");
	assert_int_equal(o->collect.submit_mode, 0660);
	assert_int_equal(o->collect.admin_mode, 0600);
	assert_int_equal(o->collect.segment_bytes, 64 << 20);
	assert_int_equal(o->collect.keep_ms, 7 * 86400000LL);
	assert_int_equal(o->collect.window_bytes, 8 << 20);
	assert_int_equal(o->collect.drain_ms, 30000);
	assert_int_equal(o->dedup.worker_window_bytes, 512 << 10);
	assert_int_equal(o->moderate.scan_bytes_max, 256 << 10);
	assert_int_equal(o->publish.reorder_bytes, 16 << 20);
	assert_int_equal(o->run.hang_ms, 10000);
	assert_true(o->run.stop_ms > o->collect.drain_ms + o->run.hang_ms);
	options_endpoint(o, "dedup-in", endpoint, sizeof(endpoint));
	assert_string_equal(endpoint, "ipc:///srv/data/run/dedup-in.sock");
	OWNED(freep) char *lock = options_lock(o, "collect");
	assert_string_equal(lock, "/srv/data/run/collect.lock");
}

static void what_follows_from_other_options_follows(void **state)
{
	OWNED(options_freep) struct options *o = NULL;
	OWNED(buf_release) struct buf said = BUF_INIT(4000);

	(void)state;
	assert_int_equal(
		parse(&o,
		      PROCESSES
		      "pipeline: {data: ./d, rules: /etc/n, log_level: debug}\n"
		      "collect:\n  window_bytes: 1MiB\n"
		      "  submit: tcp://127.0.0.1:5570\n  admin: ipc:///x/a.sock\n",
		      &said),
		ST_OK);
	assert_string_equal(o->pipeline.run, "/srv/d/run");
	assert_string_equal(o->pipeline.policy, "/etc/n/policy.yaml");
	assert_int_equal(o->pipeline.log_level, LOG_DEBUG);
	assert_int_equal(o->publish.reorder_bytes, 2 << 20);
	assert_string_equal(o->collect.submit, "tcp://127.0.0.1:5570");
	assert_string_equal(o->collect.admin, "ipc:///x/a.sock");
	struct conf_place place = options_place(o, "collect", "window_bytes");
	assert_int_equal(place.line, 4);
	assert_int_equal(place.column, 17);
	assert_true(place.given);
	place = options_place(o, "collect", "keep");
	assert_int_equal(place.line, 3); /* a default: its section */
	assert_int_equal(place.column, 1);
	assert_false(place.given);
	place = options_place(o, "run", "hang");
	assert_int_equal(place.line, 1); /* no section either */
}

#define NO_ENDPOINT \
	" is no endpoint: a name of a-z, 0-9 and '-', ipc:///path or tcp://127.0.0.1:port\n"
#define P "/srv/p.yaml"

static void every_mistake_in_the_file_is_told(void **state)
{
	static const struct {
		const char *text, *complaints;
	} rows[] = {
		{"", P ":1:1: the file is empty\n"},
		{"a: [\n", P
		 ":2:1: while parsing a flow node, did not find expected node content\n"},
		{"- a\n",
		 P ":1:1: expected sections such as pipeline: and processes:\n" P
		   ":1:1: processes: 'publish' is missing and has no default\n" P
		   ":1:1: processes: 'collect' is missing and has no default\n" P
		   ":1:1: processes: 'dedup' is missing and has no default\n" P
		   ":1:1: processes: 'moderate' is missing and has no default\n"},
		{"processes: {publish: 1, collect: 1, moderate: 1}\n",
		 P ":1:1: processes: 'dedup' is missing and has no default\n"},
		{"processes: {publish: 2, collect: 1, dedup: 0, moderate: 65, moderat: 1}\n",
		 P
		 ":1:22: publish: 2 is not in 1..1\n" P
		 ":1:44: dedup: 0 is not in 1..1\n" P
		 ":1:57: moderate: 65 is not in 1..64\n" P
		 ":1:61: unknown option 'moderat' in processes, did you mean 'moderate'?\n"},
		{PROCESSES "colect: {}\n",
		 P ":2:1: unknown section 'colect', did you mean 'collect'?\n"},
		{PROCESSES "serve: {}\n", P ":2:1: unknown section 'serve'\n"},
		{PROCESSES "collect: 5\n",
		 P ":2:10: collect: expected a mapping of options\n"},
		{PROCESSES "collect:\npublish: {flush: 2s}\n",
		 P ":3:18: flush: 2s is not in 0..1s\n"},
		{PROCESSES "pipeline: {site: 'a b'}\n", P
		 ":2:18: site: 'a b' is no site: at most 64 letters, digits and signs, no space\n"},
		{PROCESSES "pipeline: {log_level: loud}\n",
		 P ":2:23: log_level: 'loud' is none of error, warn, info, debug\n"},
		{PROCESSES "pipeline: {resend_first: 30s, resend_max: 10s}\n",
		 P ":2:43: resend_max: less than resend_first\n"},
		{PROCESSES "run: {backoff_first: 1s, backoff_max: 500ms}\n",
		 P ":2:39: backoff_max: less than backoff_first\n"},
		{PROCESSES "run:\n  hang: 2s\n", P
		 ":3:9: hang: less than three times pipeline.heartbeat: healthy programs would be "
		 "killed\n"},
		{PROCESSES "pipeline: {heartbeat: 5s}\nrun:\n", P
		 ":2:23: run.hang: less than three times pipeline.heartbeat: healthy programs would "
		 "be killed\n"},
		{PROCESSES "collect: {drain: 1min}\n", P
		 ":2:18: run.stop: not above collect.drain: a drain that takes all its time would "
		 "end in a kill\n"},
		{PROCESSES "collect: {drain: 1min}\nrun: {hang: 10s}\n", P
		 ":2:18: run.stop: not above collect.drain: a drain that takes all its time would "
		 "end in a kill\n"},
		{PROCESSES "run: {stop: 1s}\n", P
		 ":2:13: stop: not above collect.drain: a drain that takes all its time would end "
		 "in a kill\n"},
		{PROCESSES "collect: {drain: 20s}\nrun: {stop: 20s}\n", P
		 ":3:13: stop: not above collect.drain: a drain that takes all its time would end "
		 "in a kill\n"},
		{PROCESSES "collect: {window_bytes: 512KiB, batch_bytes: 1MiB}\n", P
		 ":2:25: window_bytes: less than batch_bytes: no batch could leave\n" P
		 ":2:46: dedup.worker_window_bytes: less than collect.batch_bytes: no batch could "
		 "leave\n"},
		{PROCESSES "publish: {reorder_bytes: 1MiB}\n", P
		 ":2:26: reorder_bytes: less than collect.window_bytes: the store could stand "
		 "still\n"},
		{PROCESSES "collect: {submit: same, admin: same}\n", P
		 ":2:32: admin: the same endpoint as submit: each must say which records it "
		 "takes\n"},
		{PROCESSES "collect: {submit: dedup-in}\n", P
		 ":2:19: submit: 'dedup-in' begins like a program, whose own sockets are called "
		 "so\n"},
		{PROCESSES "collect: {submit: Not/OK}\n",
		 P ":2:19: submit: 'Not/OK'" NO_ENDPOINT},
		{PROCESSES
		 "pipeline:\n  run: /"
		 "0123456789012345678901234567890123456789012345678901234567890123456789"
		 "1234567\n",
		 P
		 ":3:8: run: "
		 "/01234567890123456789012345678901234567890123456789012345678901234567891234567"
		 " has 78 bytes; at most 77 leave room for a socket's name in the 107 bytes of "
		 "its path\n"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf said = BUF_INIT(10000);
		struct options *o = NULL;

		assert_int_equal(parse(&o, rows[i].text, &said), ST_ECONFIG);
		assert_string_equal(buf_string(&said), rows[i].complaints);
		assert_null(o);
	}
}

static void the_longest_run_directory_leaves_room(void **state)
{
	OWNED(options_freep) struct options *o = NULL;
	OWNED(buf_release) struct buf said = BUF_INIT(4000);
	char endpoint[ADDRESS_BYTES];

	(void)state;
	assert_int_equal(
		parse(&o,
		      PROCESSES
		      "pipeline:\n  run: /"
		      "012345678901234567890123456789012345678901234567890123456789"
		      "0123456789123456\n",
		      &said),
		ST_OK);
	options_endpoint(o, "abcdefghijklmnopqrstuvwx", endpoint, sizeof(endpoint));
	assert_int_equal(strlen(endpoint), strlen("ipc://") + ADDRESS_IPC_PATH_MAX);
}

static void the_shipped_file_loads(void **state)
{
	OWNED(options_freep) struct options *o = NULL;
	struct err err = {""};

	(void)state;
	enum status st = options_load(&o, "pipeline.yaml", NULL, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	assert_int_equal(o->pipeline.data[0], '/');
	assert_int_equal(o->file[0], '/');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_file_has_every_default),
		cmocka_unit_test(what_follows_from_other_options_follows),
		cmocka_unit_test(every_mistake_in_the_file_is_told),
		cmocka_unit_test(the_longest_run_directory_leaves_room),
		cmocka_unit_test(the_shipped_file_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
