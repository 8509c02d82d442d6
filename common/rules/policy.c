#include "policy.h"

#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "pack.h"
#include "yaml.h"

#define DAYS_MAX    36600 /* a century: more is a slip of the pen */
#define MONTHS_MAX  1200
#define VERSION_MAX 1000000

const char *const policy_profiles[] = {
	POLICY_PROFILE_DEFAULT, "fr", "eu-dsa", "it", "es", "uk", "us", "in", NULL};

static const char *const edit_modes[] = {"none", "versioned", NULL};
static const char *const dsa_roles[] = {"none", "hosting", "platform", "micro-small",
					NULL};
static const char *const rating_methods[] = {"mean", NULL};

/* The policy stands first, so that it and what owns its texts are one allocation. */
struct owned {
	struct policy policy;
	struct yaml_doc *doc;
	const char **languages;
	const char **reasons;
};

const char *edit_mode_name(enum edit_mode mode)
{
	return edit_modes[mode];
}

const char *dsa_role_name(enum dsa_role role)
{
	return dsa_roles[role];
}

const char *rating_method_name(enum rating_method method)
{
	return rating_methods[method];
}

void policy_free(struct policy *p)
{
	struct owned *o = (struct owned *)p;

	if (!o)
		return;
	free(o->languages);
	free(o->reasons);
	yaml_doc_free(o->doc);
	free(o);
}

/* --- typed values -------------------------------------------------------------------- */

static enum status read_number(const struct yaml_doc *doc,
			       const struct yaml_node *mapping, const char *key,
			       int64_t max, uint32_t *ret, struct err *err)
{
	const struct yaml_node *node;
	int64_t number;
	enum status st = yaml_need(doc, mapping, key, &node, err);

	if (!st)
		st = yaml_int(doc, node, 1, max, &number, err);
	if (!st)
		*ret = (uint32_t)number;
	return st;
}

static enum status read_bool(const struct yaml_doc *doc, const struct yaml_node *mapping,
			     const char *key, bool *ret, struct err *err)
{
	const struct yaml_node *node;
	enum status st = yaml_need(doc, mapping, key, &node, err);

	return st ? st : yaml_bool(doc, node, ret, err);
}

/* The place of the text at `key` in `names`. */
static enum status read_choice(const struct yaml_doc *doc,
			       const struct yaml_node *mapping, const char *key,
			       const char *const *names, size_t *ret, struct err *err)
{
	const struct yaml_node *node;
	enum status st = yaml_need(doc, mapping, key, &node, err);

	return st ? st : yaml_name(doc, node, names, ret, err);
}

/* A list of different texts, each `min` to `max` bytes of `letters`. */
struct text_list {
	const char *key, *letters;
	size_t min, max;
};

static enum status read_texts(const struct yaml_doc *doc, const struct text_list *form,
			      const char ***ret, struct err *err)
{
	const struct yaml_node *list;
	enum status st = yaml_need(doc, yaml_root(doc), form->key, &list, err);
	size_t count = 0;

	if (st)
		return st;
	if (list->kind != YAML_SEQUENCE || list->count == 0)
		return yaml_error(doc, list, err, "expected a list");
	OWNED(freep) const char **texts = xcalloc(list->count + 1, sizeof(*texts));
	for (const struct yaml_node *at = list->first; at; at = at->next) {
		st = yaml_text(doc, at, &texts[count], err);
		if (st)
			return st;
		if (at->len < form->min || at->len > form->max ||
		    strspn(at->text, form->letters) != at->len)
			return yaml_error(doc, at, err, "'%s' has no place in '%s'",
					  at->text, form->key);
		for (size_t i = 0; i < count; i++)
			if (strcmp(texts[i], texts[count]) == 0)
				return yaml_error(doc, at, err, "'%s' is there twice",
						  at->text);
		count++;
	}
	*ret = TAKE(texts);
	return ST_OK;
}

/* --- the file ------------------------------------------------------------------------ */

static enum status read_days(const struct yaml_doc *doc, struct policy *p,
			     struct err *err)
{
	const struct {
		const char *key;
		uint32_t *at;
	} days[] = {
		{"publish_days", &p->publish_days},
		{"retention_days", &p->retention_days},
		{"illicit_archive_days", &p->illicit_archive_days},
		{"hold_days", &p->hold_days},
		{"notify_days", &p->notify_days},
		{"withdraw_days", &p->withdraw_days},
		{"reply_days", &p->reply_days},
	};
	enum status st = ST_OK;

	for (size_t i = 0; i < ARRAY_LEN(days) && !st; i++)
		st = read_number(doc, yaml_root(doc), days[i].key, DAYS_MAX, days[i].at,
				 err);
	if (!st && p->hold_days > p->publish_days)
		st = yaml_error(doc, yaml_get(yaml_root(doc), "hold_days"), err,
				"a review cannot be held for %" PRIu32
				" days when it is published or refused within %" PRIu32,
				p->hold_days, p->publish_days);
	return st;
}

/* What only messages to authors need. */
static enum status read_told(const struct yaml_doc *doc, struct policy *p,
			     struct err *err)
{
	const struct yaml_node *root = yaml_root(doc), *terms = yaml_get(root, "terms");
	enum status st = terms ? yaml_text(doc, terms, &p->terms, err) : ST_OK;

	if (!st && terms && p->terms[0] == '\0')
		st = yaml_error(doc, terms, err, "expected the version of the terms");
	if (!st && yaml_get(root, "complaint_months"))
		st = read_number(doc, root, "complaint_months", MONTHS_MAX,
				 &p->complaint_months, err);
	if (!st && yaml_get(root, "complaint_days"))
		st = read_number(doc, root, "complaint_days", DAYS_MAX,
				 &p->complaint_days, err);
	return st;
}

static enum status read_gates(const struct yaml_doc *doc, struct policy *p,
			      struct err *err)
{
	static const char *const known[] = {"contact_confirmed", "proof",
					    "order_of_writing", NULL};
	const struct yaml_node *gates;
	enum status st = yaml_need(doc, yaml_root(doc), "gates", &gates, err);

	if (!st)
		st = yaml_known_keys(doc, gates, known, err);
	if (!st)
		st = read_bool(doc, gates, "contact_confirmed",
			       &p->gates.contact_confirmed, err);
	if (!st)
		st = read_bool(doc, gates, "proof", &p->gates.proof, err);
	return st ? st
		  : read_bool(doc, gates, "order_of_writing", &p->gates.order_of_writing,
			      err);
}

static enum status read_modes(const struct yaml_doc *doc, struct policy *p,
			      struct err *err)
{
	static const char *const known[] = {"method", "version", NULL};
	const struct yaml_node *root = yaml_root(doc), *rating;
	size_t edit, role, method;
	enum status st = read_choice(doc, root, "edit_mode", edit_modes, &edit, err);

	if (!st)
		st = read_choice(doc, root, "dsa_role", dsa_roles, &role, err);
	if (!st)
		st = yaml_need(doc, root, "rating", &rating, err);
	if (!st)
		st = yaml_known_keys(doc, rating, known, err);
	if (!st)
		st = read_choice(doc, rating, "method", rating_methods, &method, err);
	if (!st)
		st = read_number(doc, rating, "version", VERSION_MAX, &p->rating.version,
				 err);
	if (st)
		return st;
	p->edit_mode = (enum edit_mode)edit;
	p->dsa_role = (enum dsa_role)role;
	p->rating.method = (enum rating_method)method;
	return ST_OK;
}

static enum status read_lists(struct owned *o, struct err *err)
{
	static const struct text_list languages = {"languages",
						   "abcdefghijklmnopqrstuvwxyz", 2, 3};
	static const struct text_list reasons = {
		"reasons", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", 3, 32};
	enum status st = read_texts(o->doc, &languages, &o->languages, err);

	if (!st)
		st = read_texts(o->doc, &reasons, &o->reasons, err);
	o->policy.languages = o->languages;
	o->policy.reasons = o->reasons;
	return st;
}

static enum status read_all(struct owned *o, struct err *err)
{
	static const char *const known[] = {"version",
					    "profile",
					    "publish_days",
					    "retention_days",
					    "hold_days",
					    "notify_days",
					    "withdraw_days",
					    "illicit_archive_days",
					    "reply_days",
					    "reasons",
					    "rating",
					    "edit_mode",
					    "gates",
					    "languages",
					    "dsa_role",
					    "terms",
					    "complaint_months",
					    "complaint_days",
					    NULL};
	const struct yaml_node *root = yaml_root(o->doc), *profile;
	struct policy *p = &o->policy;
	size_t which;
	enum status st = yaml_known_keys(o->doc, root, known, err);

	if (!st)
		st = read_number(o->doc, root, "version", VERSION_MAX, &p->version, err);
	if (!st)
		st = yaml_need(o->doc, root, "profile", &profile, err);
	if (!st)
		st = yaml_name(o->doc, profile, policy_profiles, &which, err);
	if (!st)
		p->profile = policy_profiles[which];
	if (!st)
		st = read_days(o->doc, p, err);
	if (!st)
		st = read_told(o->doc, p, err);
	if (!st)
		st = read_gates(o->doc, p, err);
	if (!st)
		st = read_modes(o->doc, p, err);
	/* DSA art. 20(1). */
	if (!st && p->dsa_role == DSA_PLATFORM && p->complaint_months > 0 &&
	    p->complaint_months < 6)
		st = yaml_error(o->doc, yaml_get(root, "complaint_months"), err,
				"an online platform takes complaints for at least 6 "
				"months (DSA-22)");
	return st ? st : read_lists(o, err);
}

enum status policy_load(struct policy **ret, struct span pack, struct err *err)
{
	OWNED(policy_freep) struct policy *p = xcalloc(1, sizeof(struct owned));
	struct owned *o = (struct owned *)p;
	struct pack_file file = {0};
	struct span rest;
	enum status st = pack_begin(&rest, pack, err);

	if (!st)
		st = pack_next(&rest, &file, err);
	if (!st && rest.len > 0)
		st = err_set(err, ST_EMALFORMED, "a policy is a pack of one file");
	if (!st)
		st = yaml_parse(&o->doc, file.path, file.bytes, err);
	if (!st)
		st = read_all(o, err);
	if (st)
		return st;
	pack_hash(p->hash, pack);
	*ret = TAKE(p);
	return ST_OK;
}

static bool is_in(const char *const *texts, struct span text)
{
	for (; *texts; texts++)
		if (span_equal(span_of(*texts), text))
			return true;
	return false;
}

bool policy_allows(const struct policy *p, const char *reason)
{
	return is_in(p->reasons, span_of(reason));
}

bool policy_speaks(const struct policy *p, struct span language)
{
	return is_in(p->languages, language);
}
