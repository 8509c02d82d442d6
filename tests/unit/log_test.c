#include "log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

static char line[8192];
static int stderr_before, reading;

static void listen_to_stderr(void)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	stderr_before = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	reading = ends[0];
}

/* What was logged since listen_to_stderr. */
static void heard(void)
{
	ssize_t got = read(reading, line, sizeof(line) - 1);

	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	close(reading);
	line[got > 0 ? got : 0] = '\0';
}

static const char *behind_time(void)
{
	char *space = strchr(line, ' ');

	assert_memory_equal(line, "ts=20", 5);
	assert_non_null(space);
	return space + 1;
}

static void logfmt_is_one_line_of_pairs(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_init("collect", LOG_INFO, LOG_LOGFMT);
	listen_to_stderr();
	log_info("ready", "seq=%d why=%s", 7, log_quote("a \"b\"\n\x01\\"));
	heard();
	assert_string_equal(behind_time(), "level=info prog=collect event=ready seq=7 "
					   "why=\"a \\\"b\\\"\\n\\u0001\\\\\"\n");
	listen_to_stderr();
	log_error("bare", "%s", "");
	heard();
	assert_string_equal(behind_time(), "level=error prog=collect event=bare\n");
}

static void json_is_an_object_a_line(void **state)
{
	json_error_t error;

	(void)state;
	log_init("dedup", LOG_DEBUG, LOG_JSON);
	listen_to_stderr();
	log_debug("ready", "seq=%d  why=%s last=%s", 7, log_quote("a b=\"c\"\n\x7F\\"),
		  "x");
	heard();
	assert_int_equal(line[strlen(line) - 1], '\n');
	json_auto_t *object = json_loads(line, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(object);
	static const char *const members[][2] = {
		{"level", "debug"},	      {"prog", "dedup"},
		{"event", "ready"},	      {"seq", "7"},
		{"why", "a b=\"c\"\n\x7F\\"}, {"last", "x"}};
	assert_int_equal(json_object_size(object), ARRAY_LEN(members) + 1);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		assert_string_equal(
			json_string_value(json_object_get(object, members[i][0])),
			members[i][1]);
}

/* However long a text: one whole line, and JSON that is JSON. */
static void a_long_text_is_cut_and_the_line_is_whole(void **state)
{
	static char text[9000];
	json_error_t error;

	(void)state;
	for (size_t start = 0; start < 4; start++) {
		memset(text, 'y', sizeof(text) - 1);
		for (size_t i = start; i < sizeof(text) - 1; i += 3)
			text[i] = start % 2 ? '\x01' : '"';
		for (int format = LOG_LOGFMT; format <= LOG_JSON; format++) {
			log_init("publish", LOG_INFO, (enum log_format)format);
			listen_to_stderr();
			log_info("long", "why=%s", log_quote(text));
			heard();
			assert_int_equal(line[strlen(line) - 1], '\n');
			json_auto_t *object =
				format == LOG_JSON ? json_loads(line, 0, &error) : NULL;
			assert_true(format == LOG_LOGFMT || object);
		}
	}
}

static void levels_are_heeded_and_journald_is_told(void **state)
{
	enum log_level level;

	(void)state;
	log_init("x", LOG_WARN, LOG_LOGFMT);
	listen_to_stderr();
	log_info("quiet", "a=1");
	heard();
	assert_string_equal(line, "");
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init("x", LOG_WARN, LOG_LOGFMT);
	unsetenv("JOURNAL_STREAM");
	listen_to_stderr();
	log_warn("loud", "a=1");
	heard();
	assert_memory_equal(line, "<4>ts=", 6);
	assert_true(log_level_from_name(&level, "debug"));
	assert_int_equal(level, LOG_DEBUG);
	assert_false(log_level_from_name(&level, "DEBUG"));
}

static void four_quotes_live_at_once(void **state)
{
	(void)state;
	const char *a = log_quote("a"), *b = log_quote("b"), *c = log_quote("c"),
		   *d = log_quote("d");
	assert_string_equal(a, "\"a\"");
	assert_string_equal(b, "\"b\"");
	assert_string_equal(c, "\"c\"");
	assert_string_equal(d, "\"d\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logfmt_is_one_line_of_pairs),
		cmocka_unit_test(json_is_an_object_a_line),
		cmocka_unit_test(a_long_text_is_cut_and_the_line_is_whole),
		cmocka_unit_test(levels_are_heeded_and_journald_is_told),
		cmocka_unit_test(four_quotes_live_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
