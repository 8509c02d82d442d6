/* The border against outside corpora: JSONTestSuite and the big list of naughty strings.
 * DATA names the directory that holds them (jsontestsuite, blns); what is not there is not
 * run, and said so. */
#include "record_json.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "alloc.h"
#include "file.h"

#define NOW 1790000000000
#define HEAD                                                                           \
	"{\"kind\":\"review\",\"source\":\"s\",\"source_id\":\"1\",\"subject\":\"p\"," \
	"\"supplier\":\"q\",\"rating\":{\"value\":4}"

static const char *data_directory(void)
{
	const char *path = getenv("DATA");

	return path && *path ? path : "../shared/data";
}

static enum refusal_reason outcome(struct buf *body, struct span json)
{
	struct submission submission;
	struct refusal refusal;

	/* In memory of exactly its size, so that a read beyond the end is seen. */
	uint8_t *exact = malloc(json.len ? json.len : 1);
	if (json.len)
		memcpy(exact, json.at, json.len);
	bool good = record_from_json(&submission, body, &refusal,
				     (struct span){exact, json.len}, SUBMIT, NOW, "demo");
	free(exact);
	assert_int_equal(good, refusal.reason == REFUSED_NOTHING);
	return refusal.reason;
}

static enum refusal_reason embedded(struct buf *body, const char *before,
				    struct span json, const char *after)
{
	OWNED(buf_release) struct buf whole = BUF_INIT(RECORD_BYTES_MAX);

	buf_text(&whole, before);
	buf_span(&whole, json);
	buf_text(&whole, after);
	return outcome(body, buf_view(&whole));
}

/* What a parser must refuse is refused alone, and as the value of a field. */
static void try_invalid(struct span json, const char *name)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);

	if (outcome(&body, json) == REFUSED_NOTHING)
		fail_msg("%s is taken", name);
	if (embedded(&body, HEAD ",\"extra\":{\"a\":", json, "}}") == REFUSED_NOTHING)
		fail_msg("%s is taken inside extra", name);
}

/* Valid objects meet the field table once our own fields stand before theirs. */
static void try_object(struct span json, const char *name)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	json_t *object = json_loadb((const char *)json.at, json.len, 0, NULL);
	bool ours = object &&
		    (json_object_size(object) == 0 || json_object_get(object, "title"));
	const uint8_t *brace = memchr(json.at, '{', json.len);
	struct span rest = {brace + 1, (size_t)(json.at + json.len - brace - 1)};

	enum refusal_reason reason = embedded(
		&body, ours && !json_object_size(object) ? HEAD : HEAD ",", rest, "");
	bool expected = ours ? reason == REFUSED_NOTHING
			     : reason == REFUSED_UNKNOWN_FIELD ||
					reason == REFUSED_DUPLICATE_KEY ||
					reason == REFUSED_NUL;
	if (!expected)
		fail_msg("%s: %s", name, reason ? refusal_name(reason) : "accepted");
	json_decref(object);
}

/* ["text"], or "text", becomes the review's text, and comes out as JSON decodes it. */
static void try_string(struct span json, const char *name)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	json_t *array = json_loadb((const char *)json.at, json.len,
				   JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
	const json_t *string = json_is_array(array) ? json_array_get(array, 0) : array;
	const uint8_t *open = memchr(json.at, '"', json.len);
	const uint8_t *close = memrchr(json.at, '"', json.len);

	if (!string)
		fail_msg("%s is no array of a string", name);
	enum refusal_reason reason = embedded(
		&body, HEAD ",\"text\":", (struct span){open, (size_t)(close + 1 - open)},
		"}");
	struct span text = {(const uint8_t *)json_string_value(string),
			    json_string_length(string)};
	bool nul = memchr(text.at, 0, text.len) != NULL;
	if (reason != (nul ? REFUSED_NUL : REFUSED_NOTHING))
		fail_msg("%s: %s", name, reason ? refusal_name(reason) : "accepted");
	struct record r = {0};
	if (!nul) {
		assert_int_equal(record_parse_body(&r, buf_view(&body), NULL), ST_OK);
		assert_true(span_equal(r.field[FIELD_TEXT], text));
	}
	json_decref(array);
}

static void try_file(const char *directory, const char *name)
{
	OWNED(freep) char *path = NULL;
	OWNED(buf_release) struct buf json = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	assert_int_equal(file_read(&json, path, NULL), ST_OK);
	assert_int_not_equal(outcome(&body, buf_view(&json)), REFUSED_NOTHING);
	if (name[0] == 'n')
		try_invalid(buf_view(&json), name);
	else if (strncmp(name, "y_object", 8) == 0)
		try_object(buf_view(&json), name);
	else if (strncmp(name, "y_string", 8) == 0)
		try_string(buf_view(&json), name);
	else
		embedded(&body, HEAD ",\"extra\":{\"a\":", buf_view(&json), "}}");
}

static void jsontestsuite(void **state)
{
	OWNED(freep) char *path = NULL;
	int files = 0;

	(void)state;
	assert_true(asprintf(&path, "%s/jsontestsuite/test_parsing", data_directory()) >
		    0);
	DIR *directory = opendir(path);
	if (!directory) {
		print_message("NOT RUN: no JSONTestSuite at %s (DATA=DIR)\n", path);
		return;
	}
	for (struct dirent *entry; (entry = readdir(directory));) {
		if (entry->d_name[0] == '.')
			continue;
		try_file(path, entry->d_name);
		files++;
	}
	closedir(directory);
	print_message("%d files of JSONTestSuite\n", files);
	assert_true(files > 300);
}

static void check_string(const json_t *string, size_t flags)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	char *quoted = json_dumps(string, JSON_ENCODE_ANY | flags);
	struct span text = {(const uint8_t *)json_string_value(string),
			    json_string_length(string)};
	struct record r = {0};

	assert_int_equal(embedded(&body, HEAD ",\"text\":", span_of(quoted), "}"),
			 REFUSED_NOTHING);
	assert_int_equal(record_parse_body(&r, buf_view(&body), NULL), ST_OK);
	assert_true(span_equal(r.field[FIELD_TEXT], text));
	assert_int_equal(record_has(&r, FIELD_TEXT), text.len > 0);
	free(quoted);
}

static void naughty_strings_survive(void **state)
{
	OWNED(freep) char *path = NULL;
	json_t *list;
	json_t *string;
	size_t i;

	(void)state;
	assert_true(asprintf(&path, "%s/blns/blns.json", data_directory()) > 0);
	list = json_load_file(path, 0, NULL);
	if (!list) {
		print_message("NOT RUN: no list of naughty strings at %s (DATA=DIR)\n",
			      path);
		return;
	}
	json_array_foreach(list, i, string)
	{
		check_string(string, 0);
		check_string(string, JSON_ENSURE_ASCII);
	}
	print_message("%zu naughty strings\n", json_array_size(list));
	assert_true(json_array_size(list) > 400);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jsontestsuite),
		cmocka_unit_test(naughty_strings_survive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
