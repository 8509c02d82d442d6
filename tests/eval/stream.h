/* stream.h - texts in an order, each looked for among those before it, and remembered.
 *
 * The product's own search (near.h), with no store: nothing is taken out of its memory of
 * what is under way. Each item is of another author.
 */
#ifndef STREAM_H
#define STREAM_H

#include "../../stages/dedup/kinds.h"

#define STREAM_SIMILAR 450000
#define STREAM_LEADER  600000
#define STREAM_COMMON  2
#define STREAM_SEED    42

enum item_kind {
	ITEM_NATURAL,
	ITEM_COPY,     /* edited, of a natural one */
	ITEM_CUT,      /* natural, cut to a length */
	ITEM_CUT_COPY, /* the same text as a cut one */
	ITEM_GENERIC,  /* a phrase that anybody may write */
	ITEM_TEMPLATE, /* one of many that are nearly the same */
};

struct item_match {
	uint32_t item;
	uint32_t jaccard; /* millionths */
	uint32_t tenths;  /* of a bit, that both share */
	bool common;	  /* many authors, and subjects, have it */
	bool reported;	  /* as another author's duplicate (kinds.h) */
};

struct item {
	enum item_kind kind;
	uint32_t what;	 /* edit, band, phrase */
	uint32_t origin; /* the item that it is made of; itself, or STREAM_NONE */
	uint64_t order;
	uint32_t subject;
	struct span text; /* borrowed */

	/* What came of it. */
	struct span key; /* folded; of the stream */
	struct information information;
	uint32_t count;
	struct item_match match[NEAR_FOUND_MAX];
};

struct stream {
	struct item *items;
	size_t count, capacity;
	size_t mismatches; /* a score that naive.h says otherwise */
	struct near_figures figures;
};

void stream_release(struct stream *s);

/* Returns its number. `order` decides who comes first. */
uint32_t stream_add(struct stream *s, const struct item *item);

double stream_bytes(const struct stream *s); /* of a text */

/* The items' numbers in their order; owned by the caller. */
uint32_t *stream_sequence(const struct stream *s);

/* Looks for all of them. */
void stream_run(struct stream *s);

/* The same without keeping what is found: processor time, in seconds, from raw UTF-8 to what
 * is reported. */
double stream_time(const struct stream *s);

#endif
