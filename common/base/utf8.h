/* utf8.h - are these bytes UTF-8, and is there anything to be seen?
 *
 * Source: RFC 3629 section 4: no overlong form, no surrogate, nothing above U+10FFFF.
 * Tests:  tests/unit/csv_test.c
 */
#ifndef UTF8_H
#define UTF8_H

#include "base.h"

/* The offset of the first byte that fits nowhere; bytes.len where all is well. */
size_t utf8_flaw(struct span bytes);

/* Does white space or a control character begin here (Unicode 15: White_Space=yes, category
 * Cc)? `len` bytes are left; they are UTF-8. */
bool utf8_is_blank(const uint8_t *at, size_t len);

/* White space, control characters and characters without width, and nothing else: to a
 * reader the text is empty. */
bool utf8_shows_nothing(struct span text);

#endif
