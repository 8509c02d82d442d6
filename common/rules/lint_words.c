/* Words as they are looked for: folded. */
#include "lint_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "fold.h"
#include "words.h"

struct entry {
	char *folded; /* no NUL in it: words.h takes none */
	const struct yaml_node *node;
};

struct entries {
	struct entry *at;
	size_t count;
};

struct check {
	const struct lint *l;
	struct fold fold;
};

static void entries_release(struct entries *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->at[i].folded);
	free(e->at);
}

static bool stands_before(const struct yaml_node *a, const struct yaml_node *b)
{
	return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static int by_folded(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = strcmp(left->folded, right->folded);

	if (order != 0)
		return order;
	return stands_before(left->node, right->node) ? -1 : 1;
}

static struct entries fold_all(struct check *c, const struct yaml_node *list)
{
	struct entries e = {xcalloc(list->count, sizeof(*e.at)), 0};

	for (const struct yaml_node *at = list->first; at; at = at->next) {
		if (at->kind != YAML_SCALAR || at->len > WORDS_BYTES_MAX)
			continue;
		fold_text(&c->fold, (struct span){(const uint8_t *)at->text, at->len});
		e.at[e.count++] = (struct entry){xstrdup(buf_string(&c->fold.match)), at};
	}
	qsort(e.at, e.count, sizeof(*e.at), by_folded);
	return e;
}

static void check_twice(const struct check *c, const struct yaml_doc *doc,
			const struct entries *e)
{
	for (size_t i = 1; i < e->count; i++)
		if (strcmp(e->at[i - 1].folded, e->at[i].folded) == 0)
			lint_complain(
				c->l, doc, e->at[i].node,
				"'%s' stands in this list twice: as '%s' in line %u",
				e->at[i].node->text, e->at[i - 1].node->text,
				e->at[i - 1].node->line);
}

/* --- except --------------------------------------------------------------------------- */

static void on_found(void *context, uint32_t owner, size_t start, size_t end)
{
	size_t *longest = context;

	(void)owner;
	*longest = MAX(*longest, end - start);
}

/* A phrase takes back a word that stands in it, and is longer than that word. */
static void check_phrase(const struct check *c, const struct yaml_doc *doc,
			 const struct words *words, const struct entry *phrase)
{
	size_t longest = 0;

	words_find(words, span_of(phrase->folded), on_found, &longest);
	if (longest == 0)
		lint_complain(c->l, doc, phrase->node,
			      "'%s' takes nothing back: no word of the list stands in it",
			      phrase->node->text);
	else if (longest == strlen(phrase->folded))
		lint_complain(c->l, doc, phrase->node,
			      "'%s' stands in the list and in its 'except': it is never "
			      "found",
			      phrase->node->text);
}

static void check_except(struct check *c, const struct yaml_doc *doc,
			 const struct entries *listed, const struct yaml_node *except)
{
	OWNED(entries_release) struct entries phrases = fold_all(c, except);
	OWNED(words_freep) struct words *words = words_new();

	check_twice(c, doc, &phrases);
	for (size_t i = 0; i < listed->count; i++)
		if (words_add(words, span_of(listed->at[i].folded), 0, NULL))
			return; /* was refused where it is used */
	for (size_t i = 0; i < phrases.count; i++)
		check_phrase(c, doc, words, &phrases.at[i]);
}

/* A mapping with `words`, `stems` and `except`: a condition, or the file of a list. */
static void check_list(struct check *c, const struct yaml_doc *doc,
		       const struct yaml_node *mapping)
{
	const struct yaml_node *words = yaml_get(mapping, "words");
	const struct yaml_node *stems = yaml_get(mapping, "stems");
	const struct yaml_node *except = yaml_get(mapping, "except");

	if (stems && stems->kind == YAML_SEQUENCE) {
		OWNED(entries_release) struct entries all = fold_all(c, stems);
		check_twice(c, doc, &all);
	}
	if (!words || words->kind != YAML_SEQUENCE)
		return;
	OWNED(entries_release) struct entries all = fold_all(c, words);
	check_twice(c, doc, &all);
	/* In which phrases an inflection stands, only the stemmer knows. */
	if (except && !stems)
		check_except(c, doc, &all, except);
}

/* --- the set -------------------------------------------------------------------------- */

static void check_tree(struct check *c, const struct yaml_doc *doc,
		       const struct yaml_node *node)
{
	check_list(c, doc, node);
	for (const struct yaml_node *at = node->first; at; at = at->next)
		if (at->kind != YAML_SCALAR)
			check_tree(c, doc, at);
}

static bool names(const struct yaml_node *node, const char *id)
{
	const struct yaml_node *list = yaml_get(node, "list");

	if (list && list->text && strcmp(list->text, id) == 0)
		return true;
	for (const struct yaml_node *at = node->first; at; at = at->next)
		if (at->kind != YAML_SCALAR && names(at, id))
			return true;
	return false;
}

static bool is_used(const struct lint *l, const char *id)
{
	for (size_t i = 0; i < l->rs->rule_count; i++)
		if (names(yaml_get(l->rs->rules[i].node, "when"), id))
			return true;
	return false;
}

static void check_release(struct check *c)
{
	fold_release(&c->fold);
}

void lint_words(const struct lint *l)
{
	OWNED(check_release) struct check c = {.l = l};

	fold_init(&c.fold);
	for (size_t i = 0; i < l->rs->rule_count; i++)
		check_tree(&c, l->rs->rules[i].doc,
			   yaml_get(l->rs->rules[i].node, "when"));
	for (size_t i = 0; i < word_lists_count(l->lists); i++) {
		const struct word_list *list = word_lists_at(l->lists, i);

		check_list(&c, list->doc, yaml_root(list->doc));
		if (!is_used(l, list->id))
			lint_complain(l, list->doc,
				      yaml_get(yaml_root(list->doc), "list"),
				      "no rule names the list '%s'", list->id);
	}
}
