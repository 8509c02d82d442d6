/* yaml.h - one YAML document as a tree that knows where each node stands.
 *
 * For what people write: pipeline.yaml, rules, reasons, policies, import mappings. libyaml
 * parses; this keeps line and column, so that every complaint is `file:line:column: text`.
 *
 * Bounds: YAML_BYTES_MAX per file, YAML_DEPTH_MAX levels, YAML_NODES_MAX nodes. Aliases and
 * anchors, tags other than the core scalars' and repeated keys are refused: what a
 * lawyer reads must be what the machine reads. Exactly one document; an empty file is
 * refused.
 *
 * Keys are scalars; merge keys (<<), tag directives, a NUL inside a text and UTF-16 are
 * refused for the same reason.
 *
 * Ownership: the document owns every node; nodes and their text are borrowed until
 * yaml_doc_free (libyaml exports a yaml_free of its own, which ours would replace).
 *
 * This header shadows libyaml's, which bears the same name: only yaml.c wants that one,
 * and gets it through <yaml_lib.h>.
 */
#ifndef YAML_H_
#define YAML_H_

#include "status.h"

#define YAML_BYTES_MAX (4 << 20)
#define YAML_DEPTH_MAX 32
#define YAML_NODES_MAX 400000

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
	enum yaml_kind kind;
	uint32_t line, column; /* 1-based, of the node's first character */
	const char *text;      /* scalar: NUL-terminated UTF-8; else NULL */
	size_t len;	       /* scalar: bytes */
	bool plain;	       /* scalar: written without quotes (5, true, null) */
	const char *key;       /* as a value of a mapping: its key; else NULL */
	uint32_t key_line, key_column;
	struct yaml_node *first; /* first child of a sequence or mapping */
	struct yaml_node *next;	 /* next child of the same parent */
	uint32_t count;		 /* children */
};

struct yaml_doc; /* owns the nodes and the file's name */

/* `path` names the file in complaints; yaml_load reads it, yaml_parse is given its bytes.
 * Errors: ST_ENOTFOUND, ST_EIO, ST_ETOOBIG, ST_ECONFIG (err: file:line:column: text). */
enum status yaml_load(struct yaml_doc **ret_doc, const char *path,
		      struct err *err) MUST_CHECK;
enum status yaml_parse(struct yaml_doc **ret_doc, const char *path, struct span bytes,
		       struct err *err) MUST_CHECK;
void yaml_doc_free(struct yaml_doc *doc); /* accepts NULL */
DEFINE_OWNED(struct yaml_doc, yaml_doc_free)

const struct yaml_node *yaml_root(const struct yaml_doc *doc);
const char *yaml_path(const struct yaml_doc *doc);

/* The value of a key, or NULL where the mapping has none (or the node is no mapping). */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

/* Complains about a node: "file:line:column: text"; returns ST_ECONFIG. yaml_error_key
 * points at the node's key instead of its value. */
enum status yaml_error(const struct yaml_doc *doc, const struct yaml_node *node,
		       struct err *err, const char *format, ...) PRINTF(4, 5);
enum status yaml_error_key(const struct yaml_doc *doc, const struct yaml_node *node,
			   struct err *err, const char *format, ...) PRINTF(4, 5);

/* The value of a key that must be there; complains about the mapping where it is not. */
enum status yaml_need(const struct yaml_doc *doc, const struct yaml_node *mapping,
		      const char *key, const struct yaml_node **ret,
		      struct err *err) MUST_CHECK;

/* Typed scalars; each complains with the position and what was expected. */
enum status yaml_text(const struct yaml_doc *doc, const struct yaml_node *node,
		      const char **ret, struct err *err) MUST_CHECK;
/* One of `names` (NULL-ended), as its index; names the nearest one where it is none. */
enum status yaml_name(const struct yaml_doc *doc, const struct yaml_node *node,
		      const char *const *names, size_t *ret, struct err *err) MUST_CHECK;
enum status yaml_int(const struct yaml_doc *doc, const struct yaml_node *node,
		     int64_t min, int64_t max, int64_t *ret, struct err *err) MUST_CHECK;
enum status yaml_bool(const struct yaml_doc *doc, const struct yaml_node *node, bool *ret,
		      struct err *err) MUST_CHECK;

/* Complains about the first key of `mapping` that is not in `known` (NULL-ended), naming
 * the nearest known one ("unknown key 'windo', did you mean 'window'?"). */
enum status yaml_known_keys(const struct yaml_doc *doc, const struct yaml_node *mapping,
			    const char *const *known, struct err *err) MUST_CHECK;

#endif
