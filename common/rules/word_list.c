#include "word_list.h"

#include <stdlib.h>

#include "alloc.h"
#include "language.h"
#include "nearest.h"
#include "owner.h"

#define LISTS_MAX 500

struct word_lists {
	struct word_list *at;
	struct yaml_doc **docs;
	size_t count;
};

static enum status check_sequence(const struct yaml_doc *doc,
				  const struct yaml_node *node, const char *what,
				  struct err *err)
{
	if (node->kind == YAML_SEQUENCE && node->count > 0)
		return ST_OK;
	return yaml_error(doc, node, err, "expected a list of %s", what);
}

static enum status read_language(struct word_list *ret, const struct yaml_node *node,
				 struct err *err)
{
	size_t which;
	enum status st = yaml_name(ret->doc, node, language_codes, &which, err);

	if (!st)
		ret->language = language_codes[which];
	return st;
}

enum status word_list_read(struct word_list *ret, const struct yaml_doc *doc,
			   const struct yaml_node *mapping, struct err *err)
{
	const struct yaml_node *language = yaml_get(mapping, "language");

	*ret = (struct word_list){.doc = doc, .id = "", .language = ""};
	ret->except = yaml_get(mapping, "except");
	ret->stems = yaml_get(mapping, "stems");
	ret->words = yaml_get(mapping, "words");
	enum status st = ST_OK;
	if (!ret->words && !ret->stems)
		st = yaml_error(doc, mapping, err, "'words' or 'stems' is missing");
	if (!st && ret->words)
		st = check_sequence(doc, ret->words, "words", err);
	if (!st && ret->except)
		st = check_sequence(doc, ret->except, "phrases", err);
	if (!st && ret->stems)
		st = check_sequence(doc, ret->stems, "words", err);
	if (!st && ret->stems && !language)
		st = yaml_error_key(doc, ret->stems, err,
				    "words are inflected in a language: name it");
	return !st && language ? read_language(ret, language, err) : st;
}

static size_t count_of(const struct yaml_node *sequence)
{
	return sequence ? sequence->count : 0;
}

size_t word_list_entries(const struct word_list *list)
{
	return count_of(list->words) + count_of(list->stems);
}

/* --- those with a name ---------------------------------------------------------------- */

struct word_lists *word_lists_new(void)
{
	return xcalloc(1, sizeof(struct word_lists));
}

void word_lists_free(struct word_lists *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->count; i++)
		yaml_doc_free(l->docs[i]);
	free(l->docs);
	free(l->at);
	free(l);
}

static const struct word_list *find(const struct word_lists *l, const char *id)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->at[i].id, id) == 0)
			return &l->at[i];
	return NULL;
}

static enum status read_id(struct word_list *ret, const struct word_lists *l,
			   struct err *err)
{
	const struct yaml_node *id;
	enum status st = yaml_need(ret->doc, yaml_root(ret->doc), "list", &id, err);

	if (!st)
		st = yaml_text(ret->doc, id, &ret->id, err);
	if (!st && (id->len == 0 || id->len > WORD_LIST_ID_MAX ||
		    strspn(ret->id, "abcdefghijklmnopqrstuvwxyz0123456789-") != id->len))
		st = yaml_error(ret->doc, id, err,
				"a list's name has 1 to %d small letters, digits and "
				"hyphens",
				WORD_LIST_ID_MAX);
	if (!st && find(l, ret->id))
		st = yaml_error(ret->doc, id, err,
				"the list '%s' is there already, in %s", ret->id,
				yaml_path(find(l, ret->id)->doc));
	return st;
}

enum status word_lists_add(struct word_lists *l, struct yaml_doc *doc, struct err *err)
{
	static const char *const known[] = {"list",  "language", "owner",  "review_by",
					    "words", "stems",	 "except", NULL};
	struct word_list list;
	enum status st;

	l->docs = xrealloc(l->docs, (l->count + 1) * sizeof(struct yaml_doc *));
	l->at = xrealloc(l->at, (l->count + 1) * sizeof(*l->at));
	l->docs[l->count] = doc;
	l->at[l->count++] = (struct word_list){.doc = doc, .id = ""};
	if (l->count > LISTS_MAX)
		return yaml_error(doc, yaml_root(doc), err, "more than %d lists",
				  LISTS_MAX);
	st = yaml_known_keys(doc, yaml_root(doc), known, err);
	if (!st)
		st = word_list_read(&list, doc, yaml_root(doc), err);
	if (!st)
		st = owner_check(doc, yaml_root(doc), err);
	if (!st)
		st = read_id(&list, l, err);
	if (!st)
		l->at[l->count - 1] = list;
	return st;
}

enum status word_lists_find(const struct word_list **ret, const struct word_lists *l,
			    const struct yaml_doc *doc, const struct yaml_node *name,
			    struct err *err)
{
	const char *names[LISTS_MAX + 1] = {NULL};
	const char *id, *near;
	enum status st = yaml_text(doc, name, &id, err);

	if (st)
		return st;
	*ret = find(l, id);
	if (*ret && id[0])
		return ST_OK;
	for (size_t i = 0; i < l->count && i < LISTS_MAX; i++)
		names[i] = l->at[i].id;
	near = nearest_name(id, names);
	return yaml_error(doc, name, err, "no list '%s' in rules/lists%s%s%s", id,
			  near ? ", did you mean '" : "", near ? near : "",
			  near ? "'?" : "");
}

size_t word_lists_count(const struct word_lists *l)
{
	return l->count;
}

const struct word_list *word_lists_at(const struct word_lists *l, size_t index)
{
	return &l->at[index];
}
