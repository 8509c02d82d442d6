/* normavis docs - the pages and schemas that are made from the program's own tables. */
#include "cmd.h"

#include <stdio.h>

#include "conf_doc.h"
#include "record_doc.h"
#include "state.h"
#include "vocabulary_doc.h"

#define PAGE_BYTES_MAX CONF_DOC_BYTES_MAX

static const char help[] =
	"usage: normavis docs PAGE\n"
	"\n"
	"Prints a page or a schema made from the tables that this very program runs by:\n"
	"\n"
	"  config          every option of pipeline.yaml (docs/CONFIG.md)\n"
	"  config-schema   the same as JSON Schema, for editors\n"
	"  records         every kind of record and its fields (docs/RECORDS.md)\n"
	"  records-schema  the same as JSON Schema\n"
	"  rules-schema    what a file of rules can say, as JSON Schema\n"
	"  states          the states of a review (docs/STATES.md, the table's chapter)\n";

static const struct page {
	const char *name;
	void (*print)(struct buf *ret);
} pages[] = {
	{"config", conf_doc_markdown},		 {"config-schema", conf_doc_schema},
	{"records", record_doc_markdown},	 {"records-schema", record_doc_schema},
	{"rules-schema", vocabulary_doc_schema}, {"states", state_describe},
};

static int run_docs(int argc, char **argv)
{
	OWNED(buf_release) struct buf text = BUF_INIT(PAGE_BYTES_MAX);

	if (argc != 2)
		return cmd_usage(&cmd_docs, "say which page");
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (strcmp(pages[i].name, argv[1]) != 0)
			continue;
		pages[i].print(&text);
		fputs(buf_string(&text), stdout);
		return EXIT_CODE_OK;
	}
	return cmd_usage(&cmd_docs, "no page '%s'", argv[1]);
}

const struct cmd cmd_docs = {
	.name = "docs",
	.summary = "print the pages and schemas made from the program's own tables",
	.help = help,
	.run = run_docs,
};
