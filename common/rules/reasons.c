#include "reasons.h"

#include <stdlib.h>

#include "alloc.h"
#include "buf.h"
#include "nearest.h"
#include "yaml.h"

#define CITED_BYTES_MAX 280 /* of an unlawful code and its clauses */

struct reasons {
	struct yaml_doc *doc; /* owns the texts */
	struct reason *reason;
	size_t reason_count;
	struct unlawful *unlawful;
	size_t unlawful_count;
	const char **codes; /* of the reasons, NULL-ended */
};

void reasons_free(struct reasons *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->unlawful_count; i++)
		free(r->unlawful[i].cited);
	free(r->unlawful);
	free(r->reason);
	free(r->codes);
	yaml_doc_free(r->doc);
	free(r);
}

/* --- one entry ----------------------------------------------------------------------- */

static enum status need_text(const struct yaml_doc *doc, const struct yaml_node *mapping,
			     const char *key, const char **ret, struct err *err)
{
	const struct yaml_node *node;
	enum status st = yaml_need(doc, mapping, key, &node, err);

	return st ? st : yaml_text(doc, node, ret, err);
}

static enum status optional_text(const struct yaml_doc *doc,
				 const struct yaml_node *mapping, const char *key,
				 const char **ret, struct err *err)
{
	const struct yaml_node *node = yaml_get(mapping, key);

	return node ? yaml_text(doc, node, ret, err) : ST_OK;
}

/* {en: ..., fr: ...}: an author is told in the author's language, so both are there. */
static enum status need_both(const struct yaml_doc *doc, const struct yaml_node *mapping,
			     const char *key, const char *ret[REASON_LANGUAGES],
			     struct err *err)
{
	static const char *const known[] = {"en", "fr", NULL};
	const struct yaml_node *both;
	enum status st = yaml_need(doc, mapping, key, &both, err);

	if (!st)
		st = yaml_known_keys(doc, both, known, err);
	if (!st)
		st = need_text(doc, both, "en", &ret[REASON_EN], err);
	return st ? st : need_text(doc, both, "fr", &ret[REASON_FR], err);
}

static enum status read_dsa(const struct yaml_doc *doc, const struct yaml_node *node,
			    struct reason *ret, struct err *err)
{
	static const char *const known[] = {"ground", "category", "keyword", NULL};
	enum status st;

	if (!node)
		return ST_OK;
	st = yaml_known_keys(doc, node, known, err);
	if (!st)
		st = need_text(doc, node, "ground", &ret->dsa_ground, err);
	if (!st)
		st = optional_text(doc, node, "category", &ret->dsa_category, err);
	return st ? st : optional_text(doc, node, "keyword", &ret->dsa_keyword, err);
}

static enum status read_code(const struct reasons *r, const struct yaml_node *node,
			     const char *prefix, const char **ret, struct err *err)
{
	const char *code;
	enum status st = need_text(r->doc, node, "code", &code, err);

	if (st)
		return st;
	const struct yaml_node *at = yaml_get(node, "code");
	size_t len = strlen(code);
	if (strncmp(code, prefix, 2) != 0 || len < 3 || len > REASON_CODE_MAX ||
	    strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != len)
		return yaml_error(r->doc, at, err,
				  "'%s' is no code: %s, capitals, digits and hyphens",
				  code, prefix);
	if (reasons_find(r, code) || reasons_find_unlawful(r, code))
		return yaml_error(r->doc, at, err, "'%s' is there twice", code);
	*ret = code;
	return ST_OK;
}

static enum status read_reason(struct reasons *r, const struct yaml_node *node,
			       enum reason_class class, struct err *err)
{
	static const char *const known[] = {"code",	"label",     "explanation",
					    "evidence", "condition", "dsa",
					    "seen_in",	NULL};
	struct reason one = {.class = class};
	bool lawful = class == REASON_LAWFUL;
	enum status st = yaml_known_keys(r->doc, node, known, err);

	if (!st)
		st = read_code(r, node, lawful ? "L-" : "C-", &one.code, err);
	if (!st)
		st = need_both(r->doc, node, "label", one.label, err);
	if (!st)
		st = need_both(r->doc, node, "explanation", one.explanation, err);
	if (!st)
		st = need_text(r->doc, node, "evidence", &one.evidence, err);
	if (!st && lawful && yaml_get(node, "condition"))
		st = yaml_error_key(r->doc, yaml_get(node, "condition"), err,
				    "a lawful code has no condition");
	if (!st && !lawful)
		st = need_text(r->doc, node, "condition", &one.condition, err);
	if (!st)
		st = read_dsa(r->doc, yaml_get(node, "dsa"), &one, err);
	if (!st)
		r->reason[r->reason_count++] = one;
	return st;
}

static enum status read_breaks(const struct yaml_doc *doc, const struct yaml_node *list,
			       struct unlawful *ret, struct err *err)
{
	OWNED(buf_release) struct buf joined = BUF_INIT(CITED_BYTES_MAX);

	if (list->kind != YAML_SEQUENCE || list->count == 0)
		return yaml_error(doc, list, err, "expected a list of clauses");
	buf_text(&joined, ret->code);
	for (const struct yaml_node *at = list->first; at; at = at->next) {
		const char *clause;
		enum status st = yaml_text(doc, at, &clause, err);

		if (st)
			return st;
		buf_format(&joined, "%s%s", at == list->first ? "; " : ", ", clause);
	}
	if (joined.full)
		return yaml_error(doc, list, err, "more than %d bytes of clauses",
				  CITED_BYTES_MAX);
	ret->cited = xstrdup(buf_string(&joined));
	ret->breaks = ret->cited + strlen(ret->code) + strlen("; ");
	return ST_OK;
}

static enum status read_unlawful(struct reasons *r, const struct yaml_node *node,
				 struct err *err)
{
	static const char *const known[] = {"code", "behaviour", "breaks", NULL};
	struct unlawful one = {0};
	const struct yaml_node *breaks = NULL;
	enum status st = yaml_known_keys(r->doc, node, known, err);

	if (!st)
		st = read_code(r, node, "U-", &one.code, err);
	if (!st)
		st = need_text(r->doc, node, "behaviour", &one.behaviour, err);
	if (!st)
		st = yaml_need(r->doc, node, "breaks", &breaks, err);
	if (!st)
		st = read_breaks(r->doc, breaks, &one, err);
	if (!st)
		r->unlawful[r->unlawful_count++] = one;
	return st;
}

/* --- the file ------------------------------------------------------------------------ */

static enum status need_list(const struct yaml_doc *doc, const char *key,
			     const struct yaml_node **ret, struct err *err)
{
	enum status st = yaml_need(doc, yaml_root(doc), key, ret, err);

	if (!st && (*ret)->kind != YAML_SEQUENCE)
		st = yaml_error(doc, *ret, err, "expected a list of codes");
	return st;
}

static enum status read_all(struct reasons *r, struct err *err)
{
	static const char *const known[] = {"version", "lawful", "conditional",
					    "unlawful", NULL};
	const struct yaml_node *lawful, *conditional, *unlawful, *version;
	int64_t number;
	enum status st = yaml_known_keys(r->doc, yaml_root(r->doc), known, err);

	if (!st)
		st = yaml_need(r->doc, yaml_root(r->doc), "version", &version, err);
	if (!st)
		st = yaml_int(r->doc, version, 1, 1, &number, err);
	if (!st)
		st = need_list(r->doc, "lawful", &lawful, err);
	if (!st)
		st = need_list(r->doc, "conditional", &conditional, err);
	if (!st)
		st = need_list(r->doc, "unlawful", &unlawful, err);
	if (st)
		return st;
	r->reason = xcalloc(lawful->count + conditional->count + 1, sizeof(*r->reason));
	r->unlawful = xcalloc(unlawful->count + 1, sizeof(*r->unlawful));
	for (const struct yaml_node *at = lawful->first; at && !st; at = at->next)
		st = read_reason(r, at, REASON_LAWFUL, err);
	for (const struct yaml_node *at = conditional->first; at && !st; at = at->next)
		st = read_reason(r, at, REASON_CONDITIONAL, err);
	for (const struct yaml_node *at = unlawful->first; at && !st; at = at->next)
		st = read_unlawful(r, at, err);
	return st;
}

enum status reasons_load(struct reasons **ret, const char *path, struct span bytes,
			 struct err *err)
{
	OWNED(reasons_freep) struct reasons *r = xcalloc(1, sizeof(*r));
	enum status st = yaml_parse(&r->doc, path, bytes, err);

	if (!st)
		st = read_all(r, err);
	if (st)
		return st;
	r->codes = xcalloc(r->reason_count + 1, sizeof(*r->codes));
	for (size_t i = 0; i < r->reason_count; i++)
		r->codes[i] = r->reason[i].code;
	*ret = TAKE(r);
	return ST_OK;
}

/* --- looking up ---------------------------------------------------------------------- */

size_t reasons_count(const struct reasons *r)
{
	return r->reason_count;
}

const struct reason *reasons_at(const struct reasons *r, size_t index)
{
	assert(index < r->reason_count);
	return &r->reason[index];
}

const struct reason *reasons_find(const struct reasons *r, const char *code)
{
	for (size_t i = 0; i < r->reason_count; i++)
		if (strcmp(r->reason[i].code, code) == 0)
			return &r->reason[i];
	return NULL;
}

const struct unlawful *reasons_find_unlawful(const struct reasons *r, const char *code)
{
	for (size_t i = 0; i < r->unlawful_count; i++)
		if (strcmp(r->unlawful[i].code, code) == 0)
			return &r->unlawful[i];
	return NULL;
}

const char *reasons_cite(const struct reasons *r, const char *code)
{
	const struct unlawful *unlawful = reasons_find_unlawful(r, code);

	return unlawful ? unlawful->cited : code;
}

const char *reasons_nearest(const struct reasons *r, const char *code)
{
	return nearest_name(code, r->codes);
}
