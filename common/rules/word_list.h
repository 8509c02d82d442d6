/* word_list.h - words and phrases of one language, and where they are no find.
 *
 * Written in a rule's condition, or under a name in rules/lists/NAME.yaml, so that several
 * rules can look for them and a list can be long without making a rule unreadable:
 *
 *	list: insult-fr
 *	language: fr			the language they belong to; left out: any
 *	owner: norms
 *	review_by: 2027-11-21
 *	words: [connard, va te faire foutre]	or stems alone
 *	stems: [insulter]		words in all their inflections; needs the language
 *	except: [le dîner de cons]	phrases in which they are no find
 *
 * Ownership: nodes and texts belong to the document, which must stay.
 */
#ifndef WORD_LIST_H
#define WORD_LIST_H

#include "yaml.h"

#define WORD_LIST_ID_MAX 64 /* bytes */

struct word_list {
	const struct yaml_doc *doc;
	const char *id;					/* "" in a condition */
	const char *language;				/* "" any */
	const struct yaml_node *words, *stems, *except; /* NULL where there is none */
};

/* The keys words, stems, language, except of a mapping. Errors: ST_ECONFIG. */
enum status word_list_read(struct word_list *ret, const struct yaml_doc *doc,
			   const struct yaml_node *mapping, struct err *err) MUST_CHECK;

/* Words, phrases and stems; not the exceptions. */
size_t word_list_entries(const struct word_list *list);

/* --- those with a name --------------------------------------------------------------- */

struct word_lists;

struct word_lists *word_lists_new(void);
void word_lists_free(struct word_lists *l); /* accepts NULL */

/* Takes the document, which is a whole file. Errors: ST_ECONFIG. */
enum status word_lists_add(struct word_lists *l, struct yaml_doc *doc,
			   struct err *err) MUST_CHECK;

/* The list that a scalar names; complains about the node where there is none. */
enum status word_lists_find(const struct word_list **ret, const struct word_lists *l,
			    const struct yaml_doc *doc, const struct yaml_node *name,
			    struct err *err) MUST_CHECK;

size_t word_lists_count(const struct word_lists *l);
const struct word_list *word_lists_at(const struct word_lists *l, size_t index);

#endif
