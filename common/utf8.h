/* utf8.h - are these bytes UTF-8?
 *
 * Source: RFC 3629 section 4: no overlong form, no surrogate, nothing above U+10FFFF.
 * Tests:  tests/unit/csv_test.c
 */
#ifndef UTF8_H
#define UTF8_H

#include "base.h"

/* The offset of the first byte that fits nowhere; bytes.len where all is well. */
size_t utf8_flaw(struct span bytes);

#endif
