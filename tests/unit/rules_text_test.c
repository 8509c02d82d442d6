// uses: stages/normavis/rules_text.c
#include "rules_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char file[] = "# Of the whole file.\n"
			   "rules:\n"
			   "  # Why the first.\n"
			   "  - id: first\n"
			   "    version: 1\n"
			   "\n"
			   "  # Why the second,\n"
			   "  # at length.\n"
			   "  - id: second\n"
			   "    version: 1\n"
			   "  - {id: third, version: 1}\n"
			   "\n"
			   "\n";

static void make_pack(struct buf *pack)
{
	buf_format(pack,
		   "normavis-pack 1\n"
		   "file rules/moderation/a.yaml 7\n{ no [\n\n"
		   "file rules/moderation/b.yaml %zu\n%s\n"
		   "file rules/reasons.yaml 2\nR\n\n",
		   strlen(file), file);
}

static void a_rule_is_cut_out_with_its_comment(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		uint32_t line;
		const char *text;
	} rows[] = {
		{"first", 3, "  # Why the first.\n  - id: first\n    version: 1\n"},
		{"second", 7,
		 "  # Why the second,\n  # at length.\n  - id: second\n    version: 1\n"},
		{"third", 11, "  - {id: third, version: 1}\n"},
	};
	OWNED(buf_release) struct buf pack = BUF_INIT(4096);

	make_pack(&pack);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rules_text found;

		assert_int_equal(
			rules_text_find(&found, buf_view(&pack), rows[i].id, NULL),
			ST_OK);
		assert_string_equal(found.path, "rules/moderation/b.yaml");
		assert_int_equal(found.line, rows[i].line);
		if (!span_equal(found.text, span_of(rows[i].text)))
			fail_msg("%s: \"%.*s\"", rows[i].id, (int)found.text.len,
				 (const char *)found.text.at);
	}
}

static void what_is_not_there_is_said(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf pack = BUF_INIT(4096);
	struct rules_text found;
	struct err err = {""};

	make_pack(&pack);
	assert_int_equal(rules_text_find(&found, buf_view(&pack), "secnd", &err),
			 ST_ENOTFOUND);
	assert_string_equal(err.text,
			    "no rule is called 'secnd'; did you mean 'second'?");
	assert_int_equal(rules_text_find(&found, SPAN_OF("x"), "a", NULL), ST_EMALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_cut_out_with_its_comment),
		cmocka_unit_test(what_is_not_there_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
