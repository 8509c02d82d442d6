/* kinds.h - what a likeness between two reviews is called, and whether it is said at all.
 *
 *	same author, same subject     unless both state a date or purchase and they differ
 *	same author, other subject
 *	other author                  where the text tells too much to be a coincidence
 *	collector fault               items.h
 *
 * Two unknown authors are never the same author. Of the same author anything that is alike
 * is said. Of another one it is said where the information that both texts share
 * (information.h) is enough to be no coincidence, and more than that where so many authors
 * have said it about so many subjects that it looks like a phrase that everybody uses; from
 * `sure` on nobody uses it by coincidence, however many they are. Of languages that less is
 * known of, more is asked for each (information.h, ask).
 *
 * Units: tenths of a bit.
 */
#ifndef KINDS_H
#define KINDS_H

#include "findings.h"
#include "information.h"
#include "near.h"

struct kinds_options {
	uint32_t enough, sure; /* tenths of a bit */
	unsigned common;       /* authors, and subjects, from which on a text is common */
};

/* Information that two texts share, in tenths of a bit: that of this one, as far as they are
 * alike. */
uint32_t kinds_shared(const struct information *mine, const struct near_match *match);

/* Is it said of two authors that one has the other's text? */
bool kinds_tells(const struct kinds_options *options, const struct information *mine,
		 const struct near_match *match);

/* Adds what was found to *ret, which has what exact.h and items.h found, and puts all in
 * order: the most alike first, then by kind, then the earliest. An earlier review is named
 * once; a collector's fault is no fault of its author, and stands before the other kinds. */
void kinds_name(const struct kinds_options *options, const struct said *mine,
		const struct information *information, const struct near_found *found,
		struct duplicates *ret);

#endif
