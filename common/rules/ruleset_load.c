/* From a pack to rules that are sorted, compiled and ready. The documents live only as
 * long as the loading does: what a rule keeps, it owns. */
#include "ruleset_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "lint.h"
#include "pack.h"
#include "policy.h"

#define REASONS_PATH "rules/reasons.yaml"
#define LISTS_DIR    "rules/lists/"
#define MODELS_DIR   "rules/models/"
#define RULES_DIR    "rules/moderation/"
#define RULES_MAX    5000

struct loading {
	struct ruleset *rs;
	struct condition_loader gathered;
	struct fold fold;
	struct yaml_doc **docs;
	size_t doc_count;
	size_t rule_room;
	struct word_lists *lists;
	struct criticism *criticism;
	struct conf_report *report;
};

static void loading_release(struct loading *l)
{
	for (size_t i = 0; i < l->doc_count; i++)
		yaml_doc_free(l->docs[i]);
	free(l->docs);
	free(l->gathered.leaves);
	word_lists_free(l->lists);
	criticism_free(l->criticism);
	fold_release(&l->fold);
}

void ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; i < rs->rule_count; i++)
		rule_release(&rs->rules[i]);
	reading_free(rs->reading);
	reasons_free(rs->reasons);
	scan_free(rs->scan);
	words_free(rs->words);
	models_free(rs->models);
	for (size_t i = 0; i < rs->list_count; i++)
		free(rs->lists[i].name);
	free(rs->lists);
	for (size_t i = 0; i < rs->missing_count; i++) {
		free(rs->missing[i].file);
		free(rs->missing[i].model);
	}
	free(rs->missing);
	free(rs->rules);
	free(rs->profile);
	free(rs->leaves);
	candidates_free(rs->candidates);
	free(rs);
}

/* --- the files ----------------------------------------------------------------------- */

/* Goes on behind what is wrong in a file, so that all of it is said at once. */
static enum status complain(struct loading *l, const char *file, enum status st,
			    const struct err *why)
{
	if (st == ST_ECONFIG)
		conf_complain_err(l->report, file, why);
	return st == ST_ECONFIG ? ST_OK : st;
}

static bool is_in(const char *path, const char *dir)
{
	return strncmp(path, dir, strlen(dir)) == 0;
}

static enum status load_reasons(struct loading *l, const struct pack_file *file,
				struct err *err)
{
	if (strcmp(file->path, REASONS_PATH) != 0)
		return ST_OK;
	return reasons_load(&l->rs->reasons, file->path, file->bytes, err);
}

static enum status load_list(struct loading *l, const struct pack_file *file,
			     struct err *err)
{
	struct yaml_doc *doc = NULL;
	enum status st;

	if (!is_in(file->path, LISTS_DIR))
		return ST_OK;
	st = yaml_parse(&doc, file->path, file->bytes, err);
	return st ? st : word_lists_add(l->lists, doc, err);
}

static enum status load_criticism(struct loading *l, const struct pack_file *file,
				  struct err *err)
{
	struct yaml_doc *doc = NULL;
	enum status st;

	if (!is_in(file->path, CRITICISM_PATH))
		return ST_OK;
	st = yaml_parse(&doc, file->path, file->bytes, err);
	return st ? st : criticism_add(l->criticism, doc, err);
}

static enum status load_model(struct loading *l, const struct pack_file *file,
			      struct err *err)
{
	if (!is_in(file->path, MODELS_DIR))
		return ST_OK;
	return models_add(l->rs->models, file->path, file->bytes, err);
}

static void note_missing(void *context, const struct yaml_doc *doc,
			 const struct yaml_node *name)
{
	struct ruleset *rs = context;

	rs->missing =
		xrealloc(rs->missing, (rs->missing_count + 1) * sizeof(*rs->missing));
	rs->missing[rs->missing_count++] =
		(struct ruleset_missing){.file = xstrdup(yaml_path(doc)),
					 .line = name->line,
					 .column = name->column,
					 .model = xstrdup(name->text)};
}

static enum status load_rule(struct loading *l, const struct yaml_node *node,
			     struct err *err)
{
	struct ruleset *rs = l->rs;
	struct rule rule;
	enum status st;

	if (rs->rule_count == RULES_MAX)
		return complain(l, yaml_path(l->gathered.doc),
				yaml_error(l->gathered.doc, node, err,
					   "more than %d rules", RULES_MAX),
				err);
	l->gathered.rule = (uint32_t)rs->rule_count;
	st = rule_load(&rule, &l->gathered, node, rs->reasons, l->report, err);
	if (st)
		return st;
	if (rs->rule_count == l->rule_room) {
		l->rule_room = l->rule_room ? l->rule_room * 2 : 64;
		rs->rules = xrealloc(rs->rules, l->rule_room * sizeof(*rs->rules));
	}
	rs->rules[rs->rule_count++] = rule;
	return ST_OK;
}

static enum status load_rules(struct loading *l, const struct pack_file *file,
			      struct err *err)
{
	static const char *const known[] = {"rules", NULL};
	const struct yaml_node *list;
	struct yaml_doc *doc = NULL;
	enum status st;

	if (!is_in(file->path, RULES_DIR))
		return ST_OK;
	st = yaml_parse(&doc, file->path, file->bytes, err);
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
	     at = at->next) {
		struct err why = {""};
		st = load_rule(l, at, &why);
		if (st == ST_ECONFIG)
			st = ST_OK; /* it is in the report; the next one may be wrong too */
		if (st)
			*err = why;
	}
	return st;
}

/* One kind of files; they may stand in any order in the pack. */
static enum status load_files(struct loading *l, struct span pack,
			      enum status (*load)(struct loading *l,
						  const struct pack_file *file,
						  struct err *err),
			      struct err *err)
{
	struct pack_file file = {0};
	struct span rest;
	enum status st = pack_begin(&rest, pack, err);

	while (!st && rest.len > 0) {
		struct err why = {""};
		st = pack_next(&rest, &file, err);
		if (st)
			break;
		st = complain(l, file.path, load(l, &file, &why), &why);
		if (st)
			*err = why;
	}
	return st;
}

/* The id of an entry of `rules:`, loaded or not. */
struct named {
	const struct yaml_doc *doc;
	const struct yaml_node *rule, *id;
	size_t number;
};

static int by_name(const void *a, const void *b)
{
	const struct named *left = a, *right = b;
	int order = strcmp(left->id->text, right->id->text);

	return order ? order
		     : (left->number > right->number) - (left->number < right->number);
}

/* Also among rules that something else is wrong with. */
static void check_ids(struct loading *l)
{
	struct named *named = NULL;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < l->doc_count; i++) {
		const struct yaml_node *list = yaml_get(yaml_root(l->docs[i]), "rules");

		room += list ? list->count : 0;
		named = xrealloc(named, (room + 1) * sizeof(*named));
		for (const struct yaml_node *at = list ? list->first : NULL; at;
		     at = at->next) {
			const struct yaml_node *id = yaml_get(at, "id");

			if (id && id->kind == YAML_SCALAR)
				named[count] = (struct named){l->docs[i], at, id, count},
				count++;
		}
	}
	if (count > 0)
		qsort(named, count, sizeof(*named), by_name);
	for (size_t i = 1; i < count; i++) {
		const struct named *first = &named[i - 1], *second = &named[i];

		if (strcmp(first->id->text, second->id->text) == 0)
			conf_complain(l->report, yaml_path(second->doc),
				      (struct conf_place){second->id->line,
							  second->id->column, true},
				      "the id '%s' is there already, in %s:%u",
				      second->id->text, yaml_path(first->doc),
				      first->rule->line);
	}
	free(named);
}

/* Rules come last: they name what stands in the others. */
static enum status load_pack(struct loading *l, struct span pack, struct err *err)
{
	enum status st = load_files(l, pack, load_reasons, err);

	if (!st && l->report->count == 0 && !l->rs->reasons)
		st = err_set(err, ST_ECONFIG,
			     REASONS_PATH
			     ":1:1: there is none: no rule could give a reason");
	if (!st)
		st = load_files(l, pack, load_list, err);
	if (!st)
		st = load_files(l, pack, load_criticism, err);
	if (!st)
		st = load_files(l, pack, load_model, err);
	if (!st && l->rs->reasons)
		st = load_files(l, pack, load_rules, err);
	check_ids(l);
	if (!st && l->report->count == 0 && l->rs->rule_count == 0)
		st = err_set(err, ST_ECONFIG,
			     "rules/moderation:1:1: there is no rule in it");
	return st ? st : conf_report_first(l->report, err);
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
	if ((*left)->guesses != (*right)->guesses)
		return (*left)->guesses ? 1 : -1;
	return by_id(a, b);
}

/* Sorts the rules and tells the leaves the new numbers. */
static void sort_rules(struct loading *l)
{
	struct ruleset *rs = l->rs;
	OWNED(freep)
	const struct rule **sorted = xcalloc(rs->rule_count, sizeof(struct rule *));
	OWNED(freep) uint32_t *new_number = xcalloc(rs->rule_count, sizeof(*new_number));

	for (size_t i = 0; i < rs->rule_count; i++)
		sorted[i] = &rs->rules[i];
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
}

/* --- ready --------------------------------------------------------------------------- */

/* The patterns of the detectors that some rule wants. */
static enum status add_detectors(struct loading *l, struct err *err)
{
	for (unsigned d = 0; d < DETECTOR_COUNT; d++) {
		const char *const *pattern = detect_patterns((enum detector)d);

		for (; l->gathered.detectors >> d & 1 && *pattern; pattern++) {
			enum status st = scan_add(l->rs->scan, SCAN_MATCH, *pattern,
						  READING_DETECTOR(d), err);
			if (st)
				return st;
		}
	}
	return ST_OK;
}

static enum status compile(struct loading *l, const char *cache, struct err *err)
{
	uint32_t leaf = 0;
	struct err why;
	enum status st = add_detectors(l, err);

	if (st)
		return st;
	st = scan_build(l->rs->scan, cache, &leaf, &why);
	if (!st)
		return ST_OK;
	if (leaf >= l->gathered.leaf_count)
		return err_set(err, st, "a detector: %s", why.text);
	return yaml_error(l->gathered.leaves[leaf].doc, l->gathered.leaves[leaf].node,
			  err, "%s", why.text);
}

static void make_room(struct ruleset *rs)
{
	rs->reading = reading_new(rs->scan, rs->words, rs->leaves, rs->leaf_count);
	rs->candidates = candidates_new(rs->rules, rs->rule_count, rs->leaf_count);
	for (size_t i = 0; i < rs->rule_count; i++)
		rs->kinds |= rs->rules[i].kinds;
}

/* The documents go; what the lists are called stays. */
static void keep_lists(struct ruleset *rs, const struct word_lists *lists)
{
	rs->list_count = word_lists_count(lists);
	rs->lists = xcalloc(rs->list_count, sizeof(*rs->lists));
	for (size_t i = 0; i < rs->list_count; i++) {
		const struct word_list *list = word_lists_at(lists, i);

		rs->lists[i] = (struct ruleset_list){.name = xstrdup(list->id),
						     .language = list->language,
						     .entries = word_list_entries(list)};
	}
}

static struct ruleset *new_ruleset(struct span pack)
{
	struct ruleset *rs = xcalloc(1, sizeof(*rs));

	pack_hash(rs->hash, pack);
	rs->profile = xstrdup(POLICY_PROFILE_DEFAULT);
	rs->scan = scan_new();
	rs->words = words_new();
	rs->models = models_new();
	return rs;
}

/* What is about the set as a whole has not been put into the report yet. */
static enum status complain_last(struct loading *l, enum status st, const struct err *err)
{
	if (l->report->count == 0)
		conf_complain_err(l->report, "rules", err);
	return st;
}

static enum status load_set(struct ruleset **ret, struct span pack, const char *cache,
			    bool judged, struct conf_report *report, struct err *err)
{
	OWNED(conf_report_release) struct conf_report own = {0};
	OWNED(ruleset_freep) struct ruleset *rs = new_ruleset(pack);
	OWNED(loading_release)
	struct loading l = {.rs = rs,
			    .lists = word_lists_new(),
			    .criticism = criticism_new(),
			    .report = report ? report : &own};
	struct err why = {""};
	enum status st;

	err = err ? err : &why; /* a complaint is made of it */
	fold_init(&l.fold);
	l.gathered.scan = rs->scan;
	l.gathered.words = rs->words;
	l.gathered.fold = &l.fold;
	l.gathered.lists = l.lists;
	l.gathered.models = rs->models;
	l.gathered.without_model = note_missing;
	l.gathered.context = rs;
	st = load_pack(&l, pack, err);
	if (!st) {
		sort_rules(&l);
		st = compile(&l, cache, err);
	}
	if (st)
		return complain_last(&l, st, err);
	rs->leaf_count = l.gathered.leaf_count;
	rs->leaves = TAKE(l.gathered.leaves);
	make_room(rs);
	keep_lists(rs, l.lists);
	if (judged)
		lint_ruleset(rs, l.lists, l.criticism, l.report);
	st = conf_report_first(l.report, err);
	if (!st)
		*ret = TAKE(rs);
	return st;
}

enum status ruleset_load(struct ruleset **ret, struct span pack, const char *cache,
			 struct err *err)
{
	return load_set(ret, pack, cache, false, NULL, err);
}

enum status ruleset_judge(struct ruleset **ret, struct span pack, const char *cache,
			  struct conf_report *report, struct err *err)
{
	return load_set(ret, pack, cache, true, report, err);
}
