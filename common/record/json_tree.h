/* json_tree.h - one JSON text as a tree, read strictly and at little cost.
 *
 * The border reads every record through it: jansson, which everything else here uses, takes
 * eight times as long for a review (decision 0015). yajl does the reading; what it lets
 * pass and RFC 8259 or a record does not is caught here: bytes that are no UTF-8, form feeds
 * between values, a string behind the end that is never closed, halves of surrogate pairs,
 * U+0000, a key that stands twice in an object, nesting beyond JSON_TREE_DEPTH_MAX levels,
 * numbers beyond 64 bits or beyond a double.
 *
 * Nodes stand in one array in the order of the text and refer to each other by their index;
 * the root has index 0. Strings without an escape point into the text that was read, others
 * into the tree: both live until the next reading.
 *
 * A text with a flaw is refused, and read on for as long as it can be: what of it is legible
 * stays in the tree, for the record of the refusal. What cannot be read is null there, a
 * key that cannot be read is empty, and of a key that stands twice the first is found.
 *
 *	static struct json_tree tree;
 *	struct json_flaw flaw;
 *	if (!json_tree_read(&tree, text, &flaw))
 *		...
 *	const struct json_node *title = json_tree_get(&tree, tree.node, SPAN_OF("title"));
 *
 * Tests: tests/unit/json_tree_test.c (JSONTestSuite, each verdict compared with jansson's)
 */
#ifndef JSON_TREE_H
#define JSON_TREE_H

#include "buf.h"
#include "record_json.h"

#define JSON_TREE_DEPTH_MAX 64

enum json_node_type {
	NODE_NULL,
	NODE_FALSE,
	NODE_TRUE,
	NODE_INTEGER, /* without fraction and exponent */
	NODE_REAL,
	NODE_STRING,
	NODE_ARRAY,
	NODE_OBJECT
};

struct json_node {
	enum json_node_type type;
	uint32_t next;	  /* the next one in the same array or object; 0: none */
	uint32_t first;	  /* ARRAY, OBJECT: the first one inside; 0: none */
	uint32_t count;	  /* ARRAY, OBJECT: how many are inside */
	struct span key;  /* decoded; of what is in an object */
	struct span text; /* STRING: decoded; ARRAY, OBJECT, numbers: as in the input */
	union {
		int64_t integer;
		double real;
	};
};

/* Zeroed before first use; the memory is kept from text to text. */
struct json_tree {
	struct json_node *node;
	size_t count, room;
	struct buf decoded; /* strings that had escapes */
};

struct json_flaw {
	enum refusal_reason reason;
	size_t at; /* byte of the text, from 0, where it begins, or that it ends before */
	size_t node; /* that holds it: the value, or where that is no value what it is in;
		      * 0 too where the tree is empty */
};

void json_tree_release(struct json_tree *t);

/* Reads `text`, at most UINT32_MAX / 2 bytes; false with *ret_flaw, and what is legible in
 * the tree, which may be nothing. `text` is borrowed until the next reading. */
bool json_tree_read(struct json_tree *t, struct span text,
		    struct json_flaw *ret_flaw) MUST_CHECK;

/* The value of a key; NULL when it is not there, or `object` is NULL or no object. */
const struct json_node *json_tree_get(const struct json_tree *t,
				      const struct json_node *object, struct span key);

/* for (const struct json_node *n = json_tree_first(t, o); n; n = json_tree_next(t, n)) */
const struct json_node *json_tree_first(const struct json_tree *t,
					const struct json_node *parent);
const struct json_node *json_tree_next(const struct json_tree *t,
				       const struct json_node *node);

#endif
