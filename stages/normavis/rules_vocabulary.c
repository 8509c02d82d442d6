/* normavis rules vocabulary - everything that a rule can name. */
#include "rules_verb.h"

#include <stdio.h>

#include "rules_disk.h"
#include "vocabulary_doc.h"

static int run(const struct rules_arguments *arguments,
	       const struct installation *installation)
{
	OWNED(buf_release) struct buf text = BUF_INIT(VOCABULARY_DOC_BYTES_MAX);
	OWNED(rules_disk_release) struct rules_disk disk = {.rules = NULL};
	int code = rules_disk_load(&disk, installation);

	if (code)
		return code;
	if (arguments->json)
		vocabulary_doc_json(&text, disk.rules);
	else
		vocabulary_doc_text(&text, disk.rules);
	fputs(buf_string(&text), stdout);
	return EXIT_CODE_OK;
}

static const char *const options[] = {"json", NULL};

const struct rules_verb rules_vocabulary = {
	.name = "vocabulary", .options = options, .operands = 0, .run = run};
