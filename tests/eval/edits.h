/* edits.h - copies of a text as people make them who hope that nobody notices. */
#ifndef EDITS_H
#define EDITS_H

#include "chance.h"
#include "wide.h"

enum edit {
#define EDIT(symbol, name, group, percent, bar) EDIT_##symbol,
#include "edits.def"
#undef EDIT
	EDIT_COUNT
};

enum edit_group { EDIT_SAME, EDIT_WORDS, EDIT_LETTERS, EDIT_EVASION, EDIT_PART };

struct edit_kind {
	const char *name;
	enum edit_group group;
	unsigned percent; /* of words, letters, places */
	unsigned bar;	  /* thousandths that must be found; 0: no bar */
};

extern const struct edit_kind edit_kinds[EDIT_COUNT];

/* Appends the copy of `text` to `ret`. `other` is another text, of which words are taken. */
void edit_make(struct buf *ret, enum edit kind, struct span text, struct span other,
	       struct chance *c);

/* How something looks to a reader, but not to a program (evasions.c): `in` edited to `out`,
 * which is empty. */
void edit_evade(struct wide *out, enum edit kind, const struct wide *in,
		struct chance *c);

/* An emoji, some of several characters. */
const char *edit_emoji(struct chance *c);

#endif
