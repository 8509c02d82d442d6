#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"

#define FIRST_CAPACITY 256

void buf_release(struct buf *b)
{
	free(b->at);
	*b = BUF_INIT(b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->at)
		b->at[0] = '\0';
}

static bool make_room(struct buf *b, size_t len)
{
	if (b->full || len > b->max - b->len) {
		b->full = true;
		return false;
	}
	size_t wanted = b->len + len + 1;
	if (wanted <= b->capacity)
		return true;
	size_t capacity = b->capacity ? b->capacity : FIRST_CAPACITY;
	while (capacity < wanted)
		capacity *= 2;
	b->capacity = MIN(capacity, b->max + 1);
	b->at = xrealloc(b->at, b->capacity);
	return true;
}

uint8_t *buf_extend(struct buf *b, size_t len)
{
	if (!make_room(b, len))
		return NULL;
	uint8_t *place = b->at + b->len;
	b->len += len;
	b->at[b->len] = '\0';
	return place;
}

void buf_bytes(struct buf *b, const void *from, size_t len)
{
	uint8_t *place = buf_extend(b, len);

	if (place && len)
		memcpy(place, from, len);
}

void buf_span(struct buf *b, struct span s)
{
	buf_bytes(b, s.at, s.len);
}

void buf_text(struct buf *b, const char *text)
{
	buf_bytes(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
	buf_bytes(b, &c, 1);
}

/* Into the room there is, and only when that is too small once more. */
void buf_format(struct buf *b, const char *format, ...)
{
	size_t room = b->full ? 0 : b->capacity - b->len;
	va_list ap;

	va_start(ap, format);
	int len = vsnprintf(room ? (char *)b->at + b->len : NULL, room, format, ap);
	va_end(ap);
	assert(len >= 0);
	if ((size_t)len < room) {
		b->len += (size_t)len;
		return;
	}
	if (room)
		b->at[b->len] = '\0';
	uint8_t *place = buf_extend(b, (size_t)len);
	if (!place)
		return;
	va_start(ap, format);
	vsnprintf((char *)place, (size_t)len + 1, format, ap);
	va_end(ap);
}

void buf_le16(struct buf *b, uint16_t v)
{
	uint8_t *place = buf_extend(b, 2);

	if (place)
		put_le16(place, v);
}

void buf_le32(struct buf *b, uint32_t v)
{
	uint8_t *place = buf_extend(b, 4);

	if (place)
		put_le32(place, v);
}

void buf_le64(struct buf *b, uint64_t v)
{
	uint8_t *place = buf_extend(b, 8);

	if (place)
		put_le64(place, v);
}

const char *buf_string(const struct buf *b)
{
	return b->at ? (const char *)b->at : "";
}
