#include "clause.h"

#include "nearest.h"

#define PREFIX_MAX 8 /* bytes; longer ones are near none */

/* Prefixes and how many requirements each source has. */
static const char *const prefixes[] = {"ISO", "AF", "FR", "EU", "DSA", "GD",
				       "US",  "UK", "IT", "ES", "DE",  "PL",
				       "AU",  "IN", "PB", "AI", NULL};
static const unsigned counts[] = {53, 30, 24, 10, 47, 20, 17, 30,
				  8,  4,  3,  2,  3,  10, 3,  2};

static enum status complain_prefix(const struct yaml_doc *doc,
				   const struct yaml_node *node, const char *prefix,
				   struct err *err)
{
	const char *near = nearest_name(prefix, prefixes);

	return yaml_error(doc, node, err, "no source of requirements '%s'%s%s%s", prefix,
			  near ? ", did you mean '" : "", near ? near : "",
			  near ? "'?" : "");
}

/* The number of an id, whose digits follow; 0: it is none. */
static unsigned number_of(const char *digits)
{
	unsigned number = 0;

	if (strlen(digits) != 2)
		return 0;
	for (; *digits; digits++) {
		if (*digits < '0' || *digits > '9')
			return 0;
		number = number * 10 + (unsigned)(*digits - '0');
	}
	return number;
}

enum status clause_check_one(const struct yaml_doc *doc, const struct yaml_node *node,
			     struct err *err)
{
	const char *text;
	enum status st = yaml_text(doc, node, &text, err);
	char prefix[PREFIX_MAX + 1];
	size_t which = 0;

	if (st)
		return st;
	const char *dash = strchr(text, '-');
	if (!dash || dash == text || dash - text > PREFIX_MAX)
		return yaml_error(doc, node, err,
				  "'%s' is no requirement: expected one such as FR-16",
				  text);
	memcpy(prefix, text, (size_t)(dash - text));
	prefix[dash - text] = '\0';
	while (prefixes[which] && strcmp(prefixes[which], prefix) != 0)
		which++;
	if (!prefixes[which])
		return complain_prefix(doc, node, prefix, err);
	unsigned number = number_of(dash + 1);
	if (number == 0 || number > counts[which])
		return yaml_error(doc, node, err,
				  "no requirement '%s': %s has 01 to %02u", text, prefix,
				  counts[which]);
	return ST_OK;
}

enum status clause_check(const struct yaml_doc *doc, const struct yaml_node *list,
			 struct err *err)
{
	if (list->kind != YAML_SEQUENCE || list->count == 0)
		return yaml_error(doc, list, err, "expected a list of clauses");
	for (const struct yaml_node *at = list->first; at; at = at->next) {
		enum status st = clause_check_one(doc, at, err);

		if (st)
			return st;
		for (const struct yaml_node *other = list->first; other != at;
		     other = other->next)
			if (strcmp(other->text, at->text) == 0)
				return yaml_error(doc, at, err, "'%s' stands here twice",
						  at->text);
	}
	return ST_OK;
}
