#include "items.h"

/* Two 16-byte hashes, and what has a fixed length. */
#define PIECES_BYTES_MAX 512

struct pieces {
	uint8_t at[PIECES_BYTES_MAX];
	size_t len;
};

/* A text goes in as its own hash: it can be long. */
static void add_text(struct pieces *p, const struct fast_key *key, struct span text)
{
	assert(p->len + KEYED_HASH_BYTES + 1 <= sizeof(p->at));
	p->at[p->len++] = text.at != NULL && text.len > 0;
	fast_hash(p->at + p->len, key, text);
	p->len += KEYED_HASH_BYTES;
}

static void add_number(struct pieces *p, int64_t number)
{
	assert(p->len + 8 <= sizeof(p->at));
	put_le64(p->at + p->len, (uint64_t)number);
	p->len += 8;
}

static void item_key(uint8_t ret[TABLE_KEY_BYTES], const struct fast_key *key,
		     const struct review *r)
{
	const struct span texts[] = {r->site,	  r->source,	   r->subject,
				     r->supplier, r->author_ref,   r->display_name,
				     r->title,	  r->purchase_ref, r->text};
	struct pieces p = {.len = 0};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		add_text(&p, key, texts[i]);
	add_number(&p, r->submitted_at);
	add_number(&p, r->experience_date);
	add_number(&p, r->rating);
	add_number(&p, r->rating_best);
	add_number(&p, r->rating_worst);
	fast_hash(ret, key, (struct span){p.at, p.len});
}

bool items_needs_information(const struct review *r)
{
	return r->submitted_at != REVIEW_NO_TIME && r->author_ref.len == 0 &&
	       r->display_name.len == 0;
}

void items_find(struct layer *layer, const struct fast_key *key, const struct review *r,
		bool telling, struct duplicates *ret)
{
	uint8_t line[TABLE_KEY_BYTES], value[TABLE_VALUE_BYTES] = {0};
	uint64_t newest;

	if (r->submitted_at == REVIEW_NO_TIME || (items_needs_information(r) && !telling))
		return;
	item_key(line, key, r);
	if (layer_find(layer, line, value, &newest) && newest < r->seq &&
	    ret->count < DUPLICATES_MAX) {
		struct duplicate *d = &ret->candidate[ret->count++];
		*d = (struct duplicate){.kind = DUPLICATE_COLLECTOR_FAULT, .seq = newest};
		memcpy(d->id, value, UUID_BYTES);
	}
	memset(value, 0, sizeof(value));
	memcpy(value, r->id, UUID_BYTES);
	layer_put(layer, line, r->seq, value);
}
