#include "wide.h"

#include <stdlib.h>

#include "alloc.h"
#include "utf8.h"

void wide_release(struct wide *w)
{
	free(w->at);
	*w = (struct wide){0};
}

void wide_add(struct wide *w, uint32_t code)
{
	if (w->len == w->capacity) {
		w->capacity = w->capacity ? w->capacity * 2 : 1024;
		w->at = xrealloc(w->at, w->capacity * sizeof(*w->at));
	}
	w->at[w->len++] = code;
}

void wide_add_text(struct wide *w, const char *text)
{
	struct span s = span_of(text);

	for (const uint8_t *at = s.at, *end = at + s.len; at < end;)
		wide_add(w, utf8_next(&at, end));
}

void wide_read(struct wide *w, struct span text)
{
	w->len = 0;
	for (const uint8_t *at = text.at, *end = at + text.len; at < end;)
		wide_add(w, utf8_next(&at, end));
}

static void put_code(struct buf *ret, uint32_t code)
{
	if (code < 0x80) {
		buf_char(ret, (char)code);
		return;
	}
	if (code < 0x800) {
		buf_char(ret, (char)(0xC0 | code >> 6));
	} else if (code < 0x10000) {
		buf_char(ret, (char)(0xE0 | code >> 12));
		buf_char(ret, (char)(0x80 | (code >> 6 & 0x3F)));
	} else {
		buf_char(ret, (char)(0xF0 | code >> 18));
		buf_char(ret, (char)(0x80 | (code >> 12 & 0x3F)));
		buf_char(ret, (char)(0x80 | (code >> 6 & 0x3F)));
	}
	buf_char(ret, (char)(0x80 | (code & 0x3F)));
}

void wide_put(struct buf *ret, const struct wide *w)
{
	for (size_t i = 0; i < w->len; i++)
		put_code(ret, w->at[i]);
}

bool wide_is_letter(uint32_t code)
{
	return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
	       (code >= 0xC0 && code <= 0x17F && code != 0xD7 && code != 0xF7);
}

bool wide_is_blank(uint32_t code)
{
	return code == ' ' || code == '\t' || code == '\n' || code == '\r';
}

uint32_t wide_upper(uint32_t code)
{
	if ((code >= 'a' && code <= 'z') ||
	    (code >= 0xE0 && code <= 0xFE && code != 0xF7))
		return code - 0x20;
	return code == 0x153 ? 0x152 : code;
}

uint32_t wide_lower(uint32_t code)
{
	if ((code >= 'A' && code <= 'Z') ||
	    (code >= 0xC0 && code <= 0xDE && code != 0xD7))
		return code + 0x20;
	return code == 0x152 ? 0x153 : code;
}
