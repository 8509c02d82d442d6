/* uuid.h - time-ordered ids: UUID version 7 (RFC 9562 section 5.7).
 *
 * 48 bits of Unix milliseconds, then 74 random bits; ids of one process ascend within a
 * millisecond too (the 12 bits behind the version are a counter).
 */
#ifndef UUID_H
#define UUID_H

#include "base.h"

#define UUID_BYTES	16
#define UUID_TEXT_BYTES 37 /* with the NUL */

void uuid_mint(uint8_t ret[UUID_BYTES], int64_t utc_ms);
char *uuid_format(char *ret, const uint8_t id[UUID_BYTES]); /* lower case; returns ret */
bool uuid_parse(uint8_t ret[UUID_BYTES], struct span text);

#endif
