#include "exact.h"

#define NAMES_BYTES_MAX 1024

enum { AT_ID = 0, AT_DATE = 16, AT_LENGTH = 20, AT_PURCHASE = 24 };

/* Length before each piece, so that no two rows of pieces give the same bytes. */
static size_t append(uint8_t *at, struct span piece)
{
	put_le32(at, (uint32_t)piece.len);
	if (piece.len)
		memcpy(at + 4, piece.at, piece.len);
	return 4 + piece.len;
}

/* The text goes in as its own hash: it can be long. */
static void line_key(uint8_t ret[TABLE_KEY_BYTES], const struct fast_key *key,
		     const struct exact_review *r)
{
	uint8_t text_hash[KEYED_HASH_BYTES], joined[NAMES_BYTES_MAX];
	size_t len = 0;

	fast_hash(text_hash, key, r->key_text);
	assert(r->site.len + r->author_ref.len + r->subject.len + 32 < sizeof(joined));
	len += append(joined, r->site);
	len += append(joined + len, r->author_ref);
	len += append(joined + len, r->subject);
	len += append(joined + len, (struct span){text_hash, sizeof(text_hash)});
	fast_hash(ret, key, (struct span){joined, len});
}

static uint64_t purchase_hash(const struct fast_key *key, struct span purchase)
{
	uint8_t hash[KEYED_HASH_BYTES];

	if (purchase.len == 0)
		return 0;
	fast_hash(hash, key, purchase);
	return get_le64(hash) | 1; /* 0 says that none was stated */
}

static bool other_experience(const uint8_t *line, int32_t date, uint64_t purchase)
{
	int32_t their_date = (int32_t)get_le32(line + AT_DATE);
	uint64_t their_purchase = get_le64(line + AT_PURCHASE);

	return (date != EXACT_NO_DATE && their_date != EXACT_NO_DATE &&
		date != their_date) ||
	       (purchase != 0 && their_purchase != 0 && purchase != their_purchase);
}

void exact_find(struct layer *layer, const struct fast_key *key,
		const struct exact_review *r, struct duplicates *ret)
{
	uint8_t line[TABLE_KEY_BYTES], value[TABLE_VALUE_BYTES];
	uint64_t purchase = purchase_hash(key, r->purchase_ref), newest;

	if (r->author_ref.len == 0 || r->key_text.len == 0)
		return;
	line_key(line, key, r);
	if (layer_find(layer, line, value, &newest) && newest < r->seq &&
	    !other_experience(value, r->experience_date, purchase) &&
	    ret->count < DUPLICATES_MAX) {
		struct duplicate *d = &ret->candidate[ret->count++];
		uint32_t size = (uint32_t)r->key_text.len;
		*d = (struct duplicate){.kind = DUPLICATE_SAME_AUTHOR_SAME_SUBJECT,
					.seq = newest,
					.shared = size,
					.mine = size,
					.theirs = size};
		memcpy(d->id, value + AT_ID, UUID_BYTES);
	}
	memset(value, 0, sizeof(value));
	memcpy(value + AT_ID, r->id, UUID_BYTES);
	put_le32(value + AT_DATE, (uint32_t)r->experience_date);
	put_le32(value + AT_LENGTH, (uint32_t)r->key_text.len);
	put_le64(value + AT_PURCHASE, purchase);
	layer_put(layer, line, r->seq, value);
}
