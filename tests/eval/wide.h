/* wide.h - a text as code points, to be edited. */
#ifndef WIDE_H
#define WIDE_H

#include "buf.h"

struct wide {
	uint32_t *at;
	size_t len, capacity;
};

void wide_release(struct wide *w);
void wide_add(struct wide *w, uint32_t code);
void wide_add_text(struct wide *w, const char *text);
void wide_read(struct wide *w, struct span text); /* emptied first */
void wide_put(struct buf *ret, const struct wide *w);

/* Letters that an edit may be about: ASCII, Latin-1, Latin Extended-A. */
bool wide_is_letter(uint32_t code);
bool wide_is_blank(uint32_t code); /* ASCII */
uint32_t wide_upper(uint32_t code);
uint32_t wide_lower(uint32_t code);

#endif
