/* The committed documents against the tables. */
#include "conf_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "options.h"

static void assert_file_is(const char *path, struct buf *wanted)
{
	OWNED(buf_release) struct buf there = BUF_INIT(CONF_DOC_BYTES_MAX);
	struct err err = {""};

	assert_false(wanted->full);
	assert_int_equal(file_read(&there, path, &err), ST_OK);
	if (!span_equal(buf_view(&there), buf_view(wanted)))
		fail_msg("%s is stale; write it again with `normavis docs`", path);
}

/* The test runs at the root of the tree. */
static void the_documents_are_what_the_tables_say(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(CONF_DOC_BYTES_MAX);

	(void)state;
	conf_doc_markdown(&text);
	assert_file_is("docs/CONFIG.md", &text);
	buf_clear(&text);
	conf_doc_schema(&text);
	assert_file_is("docs/schema/pipeline.schema.json", &text);
}

static void every_option_is_documented(void **state)
{
	OWNED(buf_release) struct buf text = BUF_INIT(CONF_DOC_BYTES_MAX);

	(void)state;
	conf_doc_markdown(&text);
	for (size_t i = 0; i < OPTIONS_TABLES; i++)
		for (const struct conf_row *row = options_tables[i].rows; row->name;
		     row++) {
			OWNED(freep) char *cell = xasprintf("\n| `%s` | ", row->name);

			assert_non_null(strstr(buf_string(&text), cell));
			assert_true(row->doc && strlen(row->doc) > 10);
			assert_int_equal(row->doc[strlen(row->doc) - 1], '.');
			assert_null(strchr(row->doc, '|'));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documents_are_what_the_tables_say),
		cmocka_unit_test(every_option_is_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
