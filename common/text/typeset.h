/* typeset.h - the spaces and apostrophes that a keyboard does not have.
 *
 * Templates are written as one types; readers get what print would give them:
 *
 *	both languages	' between two letters becomes ’ (U+2019)
 *	French		the space before ; ! ? and », and the one behind «, becomes a narrow
 *			no-break space (U+202F), that before : a no-break space (U+00A0),
 *			so that no line begins with a sign
 *
 * Only for our own words: what an author wrote is quoted as it is.
 * Source: Lexique des règles typographiques en usage à l'Imprimerie nationale, "Ponctuation".
 * Tests:  tests/unit/typeset_test.c
 */
#ifndef TYPESET_H
#define TYPESET_H

#include "buf.h"

/* Appends `text` (UTF-8). Doing it twice changes nothing more. */
void typeset_put(struct buf *out, struct span text, bool french);

#endif
