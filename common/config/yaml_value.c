/* Reading typed values out of a tree. Stricter than YAML's own resolution on purpose: one
 * spelling of each value, so that `no`, `010` and `1_000` never surprise anybody. */
#include "yaml.h"

#include <inttypes.h>
#include <stdio.h>

#include "nearest.h"

/* What stands there, for "expected X, found ...". */
static const char *found(const struct yaml_node *node, char ret[48])
{
	switch (node->kind) {
	case YAML_SEQUENCE:
		return "a list";
	case YAML_MAPPING:
		return "a mapping";
	case YAML_SCALAR:
		break;
	}
	if (node->plain && node->len == 0)
		return "nothing";
	if (node->len > 30 || strchr(node->text, '\n'))
		return node->plain ? "a longer text" : "a text in quotes";
	snprintf(ret, 48, node->plain ? "%s" : "the text '%s'", node->text);
	return ret;
}

static bool is_null(const struct yaml_node *node)
{
	return node->plain && (node->len == 0 || strcmp(node->text, "~") == 0 ||
			       strcmp(node->text, "null") == 0);
}

enum status yaml_need(const struct yaml_doc *doc, const struct yaml_node *mapping,
		      const char *key, const struct yaml_node **ret, struct err *err)
{
	const struct yaml_node *value = yaml_get(mapping, key);

	if (!value)
		return yaml_error(doc, mapping, err, "'%s' is missing", key);
	*ret = value;
	return ST_OK;
}

enum status yaml_text(const struct yaml_doc *doc, const struct yaml_node *node,
		      const char **ret, struct err *err)
{
	char was[48];

	if (node->kind != YAML_SCALAR || is_null(node))
		return yaml_error(doc, node, err, "expected a text, found %s",
				  found(node, was));
	*ret = node->text;
	return ST_OK;
}

enum status yaml_name(const struct yaml_doc *doc, const struct yaml_node *node,
		      const char *const *names, size_t *ret, struct err *err)
{
	const char *text = "";
	enum status st = yaml_text(doc, node, &text, err);

	if (st)
		return st;
	for (size_t i = 0; names[i]; i++) {
		if (strcmp(names[i], text) != 0)
			continue;
		*ret = i;
		return ST_OK;
	}
	const char *near = nearest_name(text, names);
	if (near)
		return yaml_error(doc, node, err, "unknown '%s', did you mean '%s'?",
				  text, near);
	return yaml_error(doc, node, err, "unknown '%s', expected for example '%s'", text,
			  names[0] ? names[0] : "");
}

/* -?(0|[1-9][0-9]*) within int64_t. */
static bool parse_int(const char *text, int64_t *ret)
{
	bool negative = *text == '-';
	int64_t value = 0;

	text += negative;
	if (*text == '\0' || (*text == '0' && (text[1] != '\0' || negative)))
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, *text - '0', &value))
			return false;
	}
	/* gathered below zero, where int64_t reaches one further */
	*ret = value;
	return negative || !__builtin_sub_overflow(0, value, ret);
}

enum status yaml_int(const struct yaml_doc *doc, const struct yaml_node *node,
		     int64_t min, int64_t max, int64_t *ret, struct err *err)
{
	int64_t value;
	char was[48];

	if (node->kind != YAML_SCALAR || !node->plain || !parse_int(node->text, &value))
		return yaml_error(doc, node, err, "expected a whole number, found %s",
				  found(node, was));
	if (value < min || value > max)
		return yaml_error(doc, node, err,
				  "%" PRId64 " is not in %" PRId64 "..%" PRId64, value,
				  min, max);
	*ret = value;
	return ST_OK;
}

enum status yaml_bool(const struct yaml_doc *doc, const struct yaml_node *node, bool *ret,
		      struct err *err)
{
	bool yes = node->kind == YAML_SCALAR && strcmp(node->text, "true") == 0;
	char was[48];

	if (node->kind != YAML_SCALAR || !node->plain ||
	    (!yes && strcmp(node->text, "false") != 0))
		return yaml_error(doc, node, err, "expected true or false, found %s",
				  found(node, was));
	*ret = yes;
	return ST_OK;
}

static bool is_known(const char *key, const char *const *known)
{
	for (; *known; known++)
		if (strcmp(key, *known) == 0)
			return true;
	return false;
}

enum status yaml_known_keys(const struct yaml_doc *doc, const struct yaml_node *mapping,
			    const char *const *known, struct err *err)
{
	char was[48];

	if (mapping->kind != YAML_MAPPING)
		return yaml_error(doc, mapping, err, "expected a mapping, found %s",
				  found(mapping, was));
	for (const struct yaml_node *at = mapping->first; at; at = at->next) {
		if (is_known(at->key, known))
			continue;
		const char *near = nearest_name(at->key, known);
		if (!near)
			return yaml_error_key(doc, at, err, "unknown key '%s'", at->key);
		return yaml_error_key(doc, at, err,
				      "unknown key '%s', did you mean '%s'?", at->key,
				      near);
	}
	return ST_OK;
}
