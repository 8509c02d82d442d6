#include "clause.h"

#include "nearest.h"

#define PREFIX_MAX 8 /* bytes; longer ones are near none */

const struct clause_source clause_sources[] = {
	{"ISO", 53, "ISO 20488:2018"},
	{"AF", 30, "practice under AFNOR NF Z74-501"},
	{"FR", 24, "French law"},
	{"EU", 10, "European consumer law"},
	{"DSA", 47, "Digital Services Act, Regulation (EU) 2022/2065"},
	{"GD", 20, "GDPR, Regulation (EU) 2016/679"},
	{"US", 17, "United States: 16 CFR Part 465 and other law"},
	{"UK", 30, "United Kingdom: DMCC Act 2024 and other law"},
	{"IT", 8, "Italian law"},
	{"ES", 4, "Spanish law"},
	{"DE", 3, "German law"},
	{"PL", 2, "Polish law"},
	{"AU", 3, "Australian practice"},
	{"IN", 10, "India: IS 19000:2022"},
	{"PB", 3, "platform to business, Regulation (EU) 2019/1150"},
	{"AI", 2, "AI Act, Regulation (EU) 2024/1689"},
	{NULL, 0, NULL},
};

static enum status complain_prefix(const struct yaml_doc *doc,
				   const struct yaml_node *node, const char *prefix,
				   struct err *err)
{
	const char *known[ARRAY_LEN(clause_sources)];

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		known[i] = clause_sources[i].prefix;
	const char *near = nearest_name(prefix, known);

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
	const struct clause_source *source = clause_sources;

	if (st)
		return st;
	const char *dash = strchr(text, '-');
	if (!dash || dash == text || dash - text > PREFIX_MAX)
		return yaml_error(doc, node, err,
				  "'%s' is no requirement: expected one such as FR-16",
				  text);
	memcpy(prefix, text, (size_t)(dash - text));
	prefix[dash - text] = '\0';
	while (source->prefix && strcmp(source->prefix, prefix) != 0)
		source++;
	if (!source->prefix)
		return complain_prefix(doc, node, prefix, err);
	unsigned number = number_of(dash + 1);
	if (number == 0 || number > source->count)
		return yaml_error(doc, node, err,
				  "no requirement '%s': %s has 01 to %02u", text, prefix,
				  source->count);
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
