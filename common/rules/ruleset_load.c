/* From a pack to rules that are sorted, compiled and ready. The documents live only as
 * long as the loading does: what a rule keeps, it owns. */
#include "ruleset_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "pack.h"
#include "policy.h"

#define REASONS_PATH "rules/reasons.yaml"
#define RULES_MAX    5000

struct loading {
	struct ruleset *rs;
	struct condition_loader gathered;
	struct fold fold;
	struct yaml_doc **docs;
	size_t doc_count;
	size_t rule_room;
};

static void loading_release(struct loading *l)
{
	for (size_t i = 0; i < l->doc_count; i++)
		yaml_doc_free(l->docs[i]);
	free(l->docs);
	free(l->gathered.leaves);
	fold_release(&l->fold);
}

void ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; i < rs->rule_count; i++)
		rule_release(&rs->rules[i]);
	for (size_t i = 0; i < READ_FIELDS; i++)
		fold_release(&rs->folds[i]);
	reasons_free(rs->reasons);
	scan_free(rs->scan);
	words_free(rs->words);
	free(rs->rules);
	free(rs->profile);
	free(rs->leaves);
	free(rs->always);
	free(rs->matched);
	free(rs->word_counts);
	free(rs->candidates);
	free(rs->sightings);
	free(rs);
}

/* --- the files ----------------------------------------------------------------------- */

/* The reasons come first, wherever their file stands in the pack. */
static enum status load_reasons(struct loading *l, struct span pack, struct err *err)
{
	struct pack_file file = {0};
	struct span rest;
	enum status st = pack_begin(&rest, pack, err);

	while (!st && rest.len > 0) {
		st = pack_next(&rest, &file, err);
		if (!st && strcmp(file.path, REASONS_PATH) == 0)
			st = reasons_load(&l->rs->reasons, file.path, file.bytes, err);
	}
	if (!st && !l->rs->reasons)
		st = err_set(err, ST_ECONFIG, "the rule set has no " REASONS_PATH);
	return st;
}

static enum status load_rule(struct loading *l, const struct yaml_node *node,
			     struct err *err)
{
	struct ruleset *rs = l->rs;
	struct rule rule;
	enum status st;

	if (rs->rule_count == RULES_MAX)
		return yaml_error(l->gathered.doc, node, err, "more than %d rules",
				  RULES_MAX);
	l->gathered.rule = (uint32_t)rs->rule_count;
	st = rule_load(&rule, &l->gathered, node, rs->reasons, err);
	if (st)
		return st;
	if (rs->rule_count == l->rule_room) {
		l->rule_room = l->rule_room ? l->rule_room * 2 : 64;
		rs->rules = xrealloc(rs->rules, l->rule_room * sizeof(*rs->rules));
	}
	rs->rules[rs->rule_count++] = rule;
	return ST_OK;
}

static enum status load_file(struct loading *l, const struct pack_file *file,
			     struct err *err)
{
	static const char *const known[] = {"rules", NULL};
	const struct yaml_node *list;
	struct yaml_doc *doc = NULL;
	enum status st = yaml_parse(&doc, file->path, file->bytes, err);

	if (st)
		return st;
	l->docs = xrealloc(l->docs, (l->doc_count + 1) * sizeof(struct yaml_doc *));
	l->docs[l->doc_count++] = doc;
	l->gathered.doc = doc;
	st = yaml_known_keys(doc, yaml_root(doc), known, err);
	if (!st)
		st = yaml_need(doc, yaml_root(doc), "rules", &list, err);
	if (!st && list->kind != YAML_SEQUENCE)
		st = yaml_error(doc, list, err, "expected a list of rules");
	for (const struct yaml_node *at = st ? NULL : list->first; at && !st;
	     at = at->next)
		st = load_rule(l, at, err);
	return st;
}

static enum status load_files(struct loading *l, struct span pack, struct err *err)
{
	struct pack_file file = {0};
	struct span rest;
	enum status st = pack_begin(&rest, pack, err);

	while (!st && rest.len > 0) {
		st = pack_next(&rest, &file, err);
		if (!st && strcmp(file.path, REASONS_PATH) != 0)
			st = load_file(l, &file, err);
	}
	if (!st && l->rs->rule_count == 0)
		st = err_set(err, ST_ECONFIG, "the rule set has no rules");
	return st;
}

/* --- order --------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct rule *const *left = a, *const *right = b;

	return strcmp((*left)->id, (*right)->id);
}

static int by_severity(const void *a, const void *b)
{
	const struct rule *const *left = a, *const *right = b;

	if ((*left)->action != (*right)->action)
		return (*left)->action > (*right)->action ? -1 : 1;
	return by_id(a, b);
}

static enum status check_ids(const struct rule **sorted, size_t count, struct err *err)
{
	qsort(sorted, count, sizeof(struct rule *), by_id);
	for (size_t i = 1; i < count; i++) {
		const struct rule *first = sorted[i - 1], *second = sorted[i];

		if (strcmp(first->id, second->id) != 0)
			continue;
		if (first > second)
			first = sorted[i], second = sorted[i - 1];
		return yaml_error(second->doc, yaml_get(second->node, "id"), err,
				  "the id '%s' is there already, in %s:%u", second->id,
				  first->file, first->node->line);
	}
	return ST_OK;
}

/* Sorts the rules and tells the leaves the new numbers. */
static enum status sort_rules(struct loading *l, struct err *err)
{
	struct ruleset *rs = l->rs;
	OWNED(freep)
	const struct rule **sorted = xcalloc(rs->rule_count, sizeof(struct rule *));
	OWNED(freep) uint32_t *new_number = xcalloc(rs->rule_count, sizeof(*new_number));
	enum status st;

	for (size_t i = 0; i < rs->rule_count; i++)
		sorted[i] = &rs->rules[i];
	st = check_ids(sorted, rs->rule_count, err);
	if (st)
		return st;
	qsort(sorted, rs->rule_count, sizeof(struct rule *), by_severity);
	struct rule *rules = xcalloc(rs->rule_count, sizeof(*rules));
	for (size_t i = 0; i < rs->rule_count; i++) {
		rules[i] = *sorted[i];
		new_number[sorted[i] - rs->rules] = (uint32_t)i;
	}
	for (size_t i = 0; i < l->gathered.leaf_count; i++)
		l->gathered.leaves[i].rule = new_number[l->gathered.leaves[i].rule];
	free(rs->rules);
	rs->rules = rules;
	return ST_OK;
}

/* --- ready --------------------------------------------------------------------------- */

static enum status compile(struct loading *l, const char *cache, struct err *err)
{
	uint32_t leaf = 0;
	struct err why;
	enum status st = scan_build(l->rs->scan, cache, &leaf, &why);

	if (!st)
		return ST_OK;
	return yaml_error(l->gathered.leaves[leaf].doc, l->gathered.leaves[leaf].node,
			  err, "%s", why.text);
}

static void make_room(struct ruleset *rs)
{
	size_t patterns =
		scan_count(rs->scan, SCAN_MATCH) + scan_count(rs->scan, SCAN_RAW);

	rs->matched = xcalloc(rs->leaf_count + 1, sizeof(*rs->matched));
	rs->word_counts = xcalloc(rs->leaf_count + 1, sizeof(*rs->word_counts));
	rs->candidate_words = (rs->rule_count + 63) / 64;
	rs->candidates = xcalloc(rs->candidate_words, sizeof(*rs->candidates));
	rs->always = xcalloc(rs->candidate_words, sizeof(*rs->always));
	rs->sightings =
		xcalloc(rs->leaf_count * HIT_SPANS_MAX + patterns * READ_FIELDS + 1,
			sizeof(*rs->sightings));
	for (size_t i = 0; i < rs->rule_count; i++) {
		rs->kinds |= rs->rules[i].kinds;
		if (!rs->rules[i].waits_for_text)
			rs->always[i / 64] |= UINT64_C(1) << i % 64;
	}
}

static struct ruleset *new_ruleset(struct span pack)
{
	struct ruleset *rs = xcalloc(1, sizeof(*rs));

	pack_hash(rs->hash, pack);
	rs->profile = xstrdup(POLICY_PROFILE_DEFAULT);
	rs->scan = scan_new();
	rs->words = words_new();
	for (size_t i = 0; i < READ_FIELDS; i++)
		fold_init(&rs->folds[i]);
	return rs;
}

enum status ruleset_load(struct ruleset **ret, struct span pack, const char *cache,
			 struct err *err)
{
	OWNED(ruleset_freep) struct ruleset *rs = new_ruleset(pack);
	OWNED(loading_release) struct loading l = {.rs = rs};
	enum status st;

	fold_init(&l.fold);
	l.gathered.scan = rs->scan;
	l.gathered.words = rs->words;
	l.gathered.fold = &l.fold;
	st = load_reasons(&l, pack, err);
	if (!st)
		st = load_files(&l, pack, err);
	if (!st)
		st = sort_rules(&l, err);
	if (!st)
		st = compile(&l, cache, err);
	if (st)
		return st;
	rs->leaf_count = l.gathered.leaf_count;
	rs->leaves = TAKE(l.gathered.leaves);
	make_room(rs);
	*ret = TAKE(rs);
	return ST_OK;
}
