/* criticism.h - lawful harsh opinions that no rule may touch: the control of every rule set.
 *
 * rules/controls/criticism*.yaml hold sentences that an angry customer may write and everybody
 * must be able to read. A rule that would hold or reject one of them by its text moderates
 * the tone, and does not load (lint.h).
 *
 *	owner: norms
 *	review_by: 2027-11-21
 *	controls:
 *	  - text: "Une arnaque, fuyez !"
 *	    praise: "Une affaire, courez !"	optional: the same but for the tone
 *	    language: fr
 *	    why: {en: a harsh word for a bad deal, fr: un mot dur pour une mauvaise affaire}
 *	praise:
 *	  - text: "Service parfait."
 *	    language: fr
 *
 * Praise is what the same text is tried with beside them: a rule must treat both alike. A file
 * may have none, a set that is put in force may not (lint.h).
 *
 * Ownership: texts and nodes belong to the documents, which the collection owns.
 */
#ifndef CRITICISM_H
#define CRITICISM_H

#include "buf.h"
#include "yaml.h"

#define CRITICISM_PATH	    "rules/controls/criticism" /* what paths in a pack begin with */
#define CRITICISM_MAX	    2000		       /* sentences of a set */
#define CRITICISM_BYTES_MAX 2000		       /* of a sentence */

struct criticism_sentence {
	struct span text;
	struct span praise;   /* the same but for the tone; empty: any praise is */
	const char *language; /* ISO 639-1 */
	const struct yaml_doc *doc;
	const struct yaml_node *node; /* of the text */
};

struct criticism;

struct criticism *criticism_new(void);
void criticism_free(struct criticism *c); /* accepts NULL */
DEFINE_OWNED(struct criticism, criticism_free)

/* Takes the document, which is a whole file. Errors: ST_ECONFIG. */
enum status criticism_add(struct criticism *c, struct yaml_doc *doc,
			  struct err *err) MUST_CHECK;

size_t criticism_count(const struct criticism *c);
const struct criticism_sentence *criticism_at(const struct criticism *c, size_t index);

/* The sentences of praise. */
size_t criticism_praise_count(const struct criticism *c);
const struct criticism_sentence *criticism_praise_at(const struct criticism *c,
						     size_t index);

/* Praise of as many letters, characters or words as the sentence: what a rule about length alone
 * does to it, it does to both. Writes over `ret`. */
enum criticism_mirror {
	CRITICISM_LETTERS,
	CRITICISM_CHARS,
	CRITICISM_WORDS,
	CRITICISM_MIRRORS
};
void criticism_praise(struct buf *ret, const struct criticism_sentence *sentence,
		      enum criticism_mirror mirror);

#define CRITICISM_WORD_MAX 16 /* characters of a word of criticism_pad */

/* Words of no tone, so that conditions on length can be met: appends the next one of an endless
 * text of some lines in the language. *step starts at 0. */
void criticism_pad(struct buf *ret, const char *language, size_t *step);

#endif
