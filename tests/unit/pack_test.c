#include "pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "alloc.h"
#include "file.h"

/* A new directory under $TMPDIR. */
static char *make_dir(void)
{
	const char *base = getenv("TMPDIR");
	char *dir = xasprintf("%s/pack_test.XXXXXX", base ? base : "/tmp");

	assert_non_null(mkdtemp(dir));
	return dir;
}

static void write_file(const char *dir, const char *name, struct span content)
{
	OWNED(freep) char *path = xasprintf("%s/%s", dir, name);

	assert_int_equal(file_replace(path, content, 0600, NULL), ST_OK);
}

static char *make_rules(void)
{
	char *dir = make_dir();
	OWNED(freep) char *moderation = xasprintf("%s/moderation", dir);

	assert_int_equal(file_make_dirs(moderation, 0700, NULL), ST_OK);
	write_file(dir, "reasons.yaml", SPAN_OF("R\n"));
	write_file(dir, "moderation/b.yaml", SPAN_OF("bb"));
	write_file(dir, "moderation/a.yaml", SPAN_OF(""));
	write_file(dir, "moderation/.hidden.yaml", SPAN_OF("no"));
	write_file(dir, "moderation/notes.txt", SPAN_OF("no"));
	return dir;
}

static void a_rule_set_has_one_form(void **state)
{
	(void)state;
	OWNED(freep) char *dir = make_rules();
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);

	assert_int_equal(pack_build(&pack, dir, NULL), ST_OK);
	assert_string_equal(buf_string(&pack), "normavis-pack 1\n"
					       "file rules/moderation/a.yaml 0\n\n"
					       "file rules/moderation/b.yaml 2\nbb\n"
					       "file rules/reasons.yaml 2\nR\n\n");
}

static void what_a_set_may_have_besides_goes_in_its_place(void **state)
{
	(void)state;
	OWNED(freep) char *dir = make_rules();
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	static const char *const directories[] = {"lists", "models", "controls"};
	static const struct {
		const char *name, *content;
	} files[] = {
		{"messages.yaml", "M"},	  {"policy.yaml", "not of the set"},
		{"lists/z.yaml", "Z"},	  {"lists/a.yaml", "A"},
		{"lists/a.txt", "no"},	  {"models/m.model", "model"},
		{"models/m.yaml", "no"},  {"models/.m.model", "no"},
		{"controls/c.yaml", "C"}, {"notes.yaml", "no"},
	};

	for (size_t i = 0; i < ARRAY_LEN(directories); i++) {
		OWNED(freep) char *path = xasprintf("%s/%s", dir, directories[i]);
		assert_int_equal(file_make_dirs(path, 0700, NULL), ST_OK);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		write_file(dir, files[i].name, span_of(files[i].content));
	assert_int_equal(pack_build(&pack, dir, NULL), ST_OK);
	assert_string_equal(buf_string(&pack), "normavis-pack 1\n"
					       "file rules/controls/c.yaml 1\nC\n"
					       "file rules/lists/a.yaml 1\nA\n"
					       "file rules/lists/z.yaml 1\nZ\n"
					       "file rules/messages.yaml 1\nM\n"
					       "file rules/models/m.model 5\nmodel\n"
					       "file rules/moderation/a.yaml 0\n\n"
					       "file rules/moderation/b.yaml 2\nbb\n"
					       "file rules/reasons.yaml 2\nR\n\n");
	/* The order is the one that readers insist on. */
	struct pack_file file = {0};
	struct span rest;
	assert_int_equal(pack_begin(&rest, buf_view(&pack), NULL), ST_OK);
	while (rest.len > 0)
		assert_int_equal(pack_next(&rest, &file, NULL), ST_OK);
	/* A link that leads nowhere is no choice to leave the file out. */
	OWNED(freep) char *link = xasprintf("%s/messages.yaml", dir);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("nowhere", link), 0);
	assert_int_equal(pack_build(&pack, dir, NULL), ST_ENOTFOUND);
}

static void its_files_are_stepped_through(void **state)
{
	(void)state;
	OWNED(freep) char *dir = make_rules();
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	struct pack_file file = {0};
	struct span rest;

	assert_int_equal(pack_build(&pack, dir, NULL), ST_OK);
	assert_int_equal(pack_begin(&rest, buf_view(&pack), NULL), ST_OK);
	assert_int_equal(pack_next(&rest, &file, NULL), ST_OK);
	assert_string_equal(file.path, "rules/moderation/a.yaml");
	assert_int_equal(file.bytes.len, 0);
	assert_int_equal(pack_next(&rest, &file, NULL), ST_OK);
	assert_true(span_equal(file.bytes, SPAN_OF("bb")));
	assert_int_equal(pack_next(&rest, &file, NULL), ST_OK);
	assert_string_equal(file.path, "rules/reasons.yaml");
	assert_int_equal(rest.len, 0);
}

static void what_is_no_pack_is_refused(void **state)
{
#define HEAD "normavis-pack 1\n"
	(void)state;
	const struct {
		struct span bytes;
		enum status st;
	} rows[] = {
		{SPAN_OF(""), ST_EMALFORMED},
		{SPAN_OF("normavis-pack 2\n"), ST_EVERSION},
		{SPAN_OF("something else\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a 1\nx\n"), ST_OK},
		{SPAN_OF(HEAD "file a 1\nx"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a 1\nxy\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a 01\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a 999999999\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a 18446744073709551615\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a -1\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file  1\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a\0b 1\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a*b 1\nx\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file b 0\n\nfile a 0\n\n"), ST_EMALFORMED},
		{SPAN_OF(HEAD "file a 0\n\nfile a 0\n\n"), ST_EMALFORMED},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pack_file file = {0};
		struct span rest;
		enum status st = pack_begin(&rest, rows[i].bytes, NULL);

		while (!st && rest.len > 0)
			st = pack_next(&rest, &file, NULL);
		if (st != rows[i].st)
			fail_msg("row %zu: %s", i, status_name(st));
	}
}

static void what_is_missing_is_said(void **state)
{
	(void)state;
	OWNED(freep) char *dir = make_dir();
	OWNED(freep) char *moderation = xasprintf("%s/moderation", dir);
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);

	assert_int_equal(pack_build(&pack, dir, NULL), ST_ENOTFOUND);
	assert_int_equal(file_make_dirs(moderation, 0700, NULL), ST_OK);
	assert_int_equal(pack_build(&pack, dir, NULL), ST_ECONFIG);
	write_file(dir, "moderation/a.yaml", SPAN_OF("x"));
	assert_int_equal(pack_build(&pack, dir, NULL), ST_ENOTFOUND);
	write_file(dir, "reasons.yaml", SPAN_OF("x"));
	assert_int_equal(pack_build(&pack, dir, NULL), ST_OK);
	write_file(dir, "moderation/a b.yaml", SPAN_OF("x"));
	assert_int_equal(pack_build(&pack, dir, NULL), ST_ECONFIG);
}

static void what_would_be_passed_over_is_said(void **state)
{
	(void)state;
	OWNED(freep) char *dir = make_dir();
	OWNED(freep) char *inner = xasprintf("%s/moderation/more", dir);
	OWNED(freep) char *yml = xasprintf("%s/moderation/mine.yml", dir);
	OWNED(freep) char *pipe = xasprintf("%s/moderation/pipe.yaml", dir);
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	struct err err;

	assert_int_equal(file_make_dirs(inner, 0700, NULL), ST_OK);
	write_file(dir, "moderation/a.yaml", SPAN_OF("x"));
	write_file(dir, "reasons.yaml", SPAN_OF("x"));
	assert_int_equal(pack_build(&pack, dir, &err), ST_ECONFIG);
	assert_non_null(strstr(err.text, "more: is no file"));
	assert_int_equal(rmdir(inner), 0);
	assert_int_equal(pack_build(&pack, dir, &err), ST_OK);
	write_file(dir, "moderation/mine.yml", SPAN_OF("x"));
	assert_int_equal(pack_build(&pack, dir, &err), ST_ECONFIG);
	assert_non_null(strstr(err.text, "mine.yml: is not read"));
	assert_int_equal(unlink(yml), 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(pack_build(&pack, dir, &err),
			 ST_ECONFIG); /* and does not wait */
	assert_non_null(strstr(err.text, "pipe.yaml: is no file"));
}

static void a_file_is_found_by_its_path(void **state)
{
	(void)state;
	const struct span pack =
		SPAN_OF("normavis-pack 1\nfile rules/a 1\nA\nfile rules/b 0\n\n");
	struct span bytes = SPAN_NONE;

	assert_int_equal(pack_find(&bytes, pack, "rules/a", NULL), ST_OK);
	assert_true(span_equal(bytes, SPAN_OF("A")));
	assert_int_equal(pack_find(&bytes, pack, "rules/b", NULL), ST_OK);
	assert_int_equal(bytes.len, 0);
	assert_int_equal(pack_find(&bytes, pack, "rules/", NULL), ST_ENOTFOUND);
	assert_int_equal(pack_find(&bytes, SPAN_OF("x"), "rules/a", NULL), ST_EMALFORMED);
}

static void a_stored_pack_is_found_by_its_hash(void **state)
{
	(void)state;
	OWNED(freep) char *dir = make_dir();
	OWNED(freep) char *packs = xasprintf("%s/new/packs", dir);
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	uint8_t hash[SHA256_BYTES], again[SHA256_BYTES], other[SHA256_BYTES] = {0};

	assert_int_equal(pack_store(packs, SPAN_OF("content"), hash, NULL), ST_OK);
	assert_int_equal(pack_store(packs, SPAN_OF("content"), again, NULL), ST_OK);
	assert_memory_equal(hash, again, sizeof(hash));
	assert_int_equal(pack_open(&pack, packs, hash, NULL), ST_OK);
	assert_string_equal(buf_string(&pack), "content");
	assert_int_equal(pack_open(&pack, packs, other, NULL), ST_ENOTFOUND);
}

static void a_changed_pack_is_noticed_and_mended(void **state)
{
	(void)state;
	OWNED(freep) char *dir = make_dir();
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	uint8_t hash[SHA256_BYTES];

	assert_int_equal(pack_store(dir, SPAN_OF("content"), hash, NULL), ST_OK);
	OWNED(freep) char *path = pack_path(dir, hash, ".pack");
	assert_int_equal(file_replace(path, SPAN_OF("c0ntent"), 0600, NULL), ST_OK);
	assert_int_equal(pack_open(&pack, dir, hash, NULL), ST_ECORRUPT);
	assert_int_equal(pack_store(dir, SPAN_OF("content"), hash, NULL), ST_OK);
	assert_int_equal(pack_open(&pack, dir, hash, NULL), ST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_set_has_one_form),
		cmocka_unit_test(what_a_set_may_have_besides_goes_in_its_place),
		cmocka_unit_test(its_files_are_stepped_through),
		cmocka_unit_test(what_is_no_pack_is_refused),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(what_would_be_passed_over_is_said),
		cmocka_unit_test(a_file_is_found_by_its_path),
		cmocka_unit_test(a_stored_pack_is_found_by_its_hash),
		cmocka_unit_test(a_changed_pack_is_noticed_and_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
