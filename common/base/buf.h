/* buf.h - growing bytes with a maximum that is given when the buffer is made.
 *
 * `len` bytes at `at`; after any call on it the byte behind them is NUL, so that text can
 * be read as a C string. A buffer that would pass its maximum keeps what it has, sets
 * `full`, and ignores what is added until buf_clear: callers check once, at the end.
 *
 *	OWNED(buf_release) struct buf line = BUF_INIT(4096);
 *	buf_text(&line, "hello");
 *	if (line.full)
 *		...
 */
#ifndef BUF_H
#define BUF_H

#include "base.h"

struct buf {
	uint8_t *at;	 /* NULL until the first byte */
	size_t len;	 /* bytes in use */
	size_t capacity; /* bytes there, the NUL included */
	size_t max;	 /* len never passes it */
	bool full;	 /* something did not fit */
};

#define BUF_INIT(maximum) ((struct buf){NULL, 0, 0, (maximum), false})

void buf_release(struct buf *b); /* frees the bytes; the buffer can be used again */
void buf_clear(struct buf *b);	 /* no bytes, memory kept, not full */

void buf_bytes(struct buf *b, const void *from, size_t len);
void buf_span(struct buf *b, struct span s);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_format(struct buf *b, const char *format, ...) PRINTF(2, 3);
void buf_le16(struct buf *b, uint16_t v);
void buf_le32(struct buf *b, uint32_t v);
void buf_le64(struct buf *b, uint64_t v);

/* Room for `len` bytes that the caller writes at the returned place, which is valid until
 * the next call; NULL when they do not fit (the buffer is then full). */
uint8_t *buf_extend(struct buf *b, size_t len);

/* As a C string: "" for a buffer that never held a byte. */
const char *buf_string(const struct buf *b);

/* The bytes, borrowed until the next call. */
static inline struct span buf_view(const struct buf *b)
{
	return (struct span){b->at, b->len};
}

#endif
