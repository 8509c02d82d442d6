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

/* The code point at *at, which moves behind it. The bytes up to `end` are UTF-8; of others
 * the value means nothing, but no byte from `end` on is read. */
static inline uint32_t utf8_next(const uint8_t **at, const uint8_t *end)
{
	uint8_t lead = *(*at)++;
	unsigned more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
	uint32_t point = more ? lead & (0x3Fu >> more) : lead;

	for (; more > 0 && *at < end; more--)
		point = point << 6 | (*(*at)++ & 0x3Fu);
	return point;
}

/* Does white space or a control character begin here (Unicode 15: White_Space=yes, category
 * Cc)? `len` bytes are left; they are UTF-8. */
bool utf8_is_blank(const uint8_t *at, size_t len);

/* White space, control characters and characters without width, and nothing else: to a
 * reader the text is empty. */
bool utf8_shows_nothing(struct span text);

#endif
