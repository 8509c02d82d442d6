/* canon.h - JSON with one spelling: what the audit log hashes, and what must compare equal.
 *
 * RFC 8785 (JSON Canonicalization Scheme), as far as we need it: no white space, keys in
 * ascending order, the short escapes, U+0000..U+001F otherwise as \u00xx in lower case,
 * everything else as the UTF-8 bytes it is. Numbers are integers of at most 2^53 - 1 in
 * magnitude; there are no fractions anywhere in our events.
 *
 * The caller gives keys in ascending order: it knows them when it writes the program. A key
 * that does not ascend, or a number out of range, is a bug and asserted. Keys are ASCII, for
 * which the order of RFC 8785 (UTF-16 code units) is the order of bytes.
 *
 *	struct canon c = canon_begin(&out);
 *	canon_object(&c);
 *	canon_key(&c, "seq");
 *	canon_int(&c, 17);
 *	canon_end_object(&c);
 *
 * Errors: none; what does not fit sets out->full (buf.h), looked at once by the caller.
 * Source: RFC 8785 sections 3.2.2 and 3.2.3
 */
#ifndef CANON_H
#define CANON_H

#include "buf.h"

#define CANON_DEPTH_MAX 8
#define CANON_INT_MAX	((INT64_C(1) << 53) - 1)

struct canon {
	struct buf *out; /* borrowed */
	unsigned depth;
	bool comma[CANON_DEPTH_MAX];	  /* something stands before in this level */
	const char *key[CANON_DEPTH_MAX]; /* the last key of this level; borrowed */
};

struct canon canon_begin(struct buf *out);

void canon_object(struct canon *c);
void canon_end_object(struct canon *c);
void canon_array(struct canon *c);
void canon_end_array(struct canon *c);

/* `key` must live until the object ends: a literal, or a name of a .def file. */
void canon_key(struct canon *c, const char *key);

void canon_int(struct canon *c, int64_t value);
void canon_bool(struct canon *c, bool value);
void canon_text(struct canon *c,
		struct span utf8); /* valid UTF-8: checked at the border */
void canon_base64(struct canon *c, const uint8_t *from, size_t len);
void canon_hex(struct canon *c, const uint8_t *from, size_t len);
void canon_uuid(struct canon *c, const uint8_t id[16]);

#endif
