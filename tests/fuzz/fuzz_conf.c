/* Any bytes as pipeline.yaml: they load, or are refused with complaints, the first of which
 * is err; a tree has as many children as it counts. Both owners give back what they took. */
#include "options.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static size_t count_nodes(const struct yaml_node *node)
{
	size_t nodes = 1, children = 0;

	for (const struct yaml_node *child = node->first; child; child = child->next) {
		nodes += count_nodes(child);
		children++;
	}
	assert(children == node->count);
	assert((node->kind == YAML_SCALAR) == (node->text != NULL));
	assert(!node->text || strlen(node->text) == node->len);
	assert(node->line > 0 && node->column > 0);
	return nodes;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	OWNED(options_freep) struct options *options = NULL;
	OWNED(conf_report_release) struct conf_report report = {0};
	struct span bytes = {at, len};
	struct err err = {""};

	if (yaml_parse(&doc, "f", bytes, NULL) == ST_OK)
		assert(count_nodes(yaml_root(doc)) <= YAML_NODES_MAX);
	enum status st = options_parse(&options, "/f", bytes, &report, &err);
	assert((st == ST_OK) == (options != NULL));
	assert((st == ST_ECONFIG) == (report.count > 0));
	assert((st == ST_OK) == (err.text[0] == '\0'));
	if (options) {
		assert(options->collect.window_bytes >= options->collect.batch_bytes);
		assert(options->pipeline.run[0] == '/');
	}
	return 0;
}
