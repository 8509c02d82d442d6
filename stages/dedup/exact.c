#include "exact.h"

#define NAMES_BYTES_MAX 1024

/* Of a line by author, subject and text; of one by author and text. */
enum { AT_ID = 0, AT_DATE = 16, AT_LENGTH = 20, AT_PURCHASE = 24 };
enum { AT_NEWEST = 0, AT_SUBJECT = 16, AT_OTHER = 20, AT_BEHIND = 36 };

/* Length before each piece, so that no two rows of pieces give the same bytes. */
static size_t append(uint8_t *at, struct span piece)
{
	put_le32(at, (uint32_t)piece.len);
	if (piece.len)
		memcpy(at + 4, piece.at, piece.len);
	return 4 + piece.len;
}

static uint64_t purchase_hash(const struct fast_key *key, struct span purchase)
{
	uint8_t hash[KEYED_HASH_BYTES];

	if (purchase.len == 0)
		return 0;
	fast_hash(hash, key, purchase);
	return get_le64(hash) | 1; /* 0 says that none was stated */
}

static bool states_experience(const struct exact_review *r)
{
	return r->experience_date != EXACT_NO_DATE || r->purchase_ref.len > 0;
}

struct line_keys {
	uint8_t said[TABLE_KEY_BYTES];	/* this, about this subject */
	uint8_t lived[TABLE_KEY_BYTES]; /* and of this date and purchase, where stated */
	uint8_t anywhere[TABLE_KEY_BYTES]; /* this, whatever about */
	uint32_t subject;
};

/* The text goes in as its own hash: it can be long. */
static void line_keys(struct line_keys *ret, const struct fast_key *key,
		      const struct exact_review *r, uint64_t purchase)
{
	uint8_t text_hash[KEYED_HASH_BYTES], joined[NAMES_BYTES_MAX], experience[12];
	size_t len = 0;

	fast_hash(text_hash, key, r->key_text);
	assert(r->site.len + r->source.len + r->author_ref.len + r->subject.len + 64 <
	       sizeof(joined));
	len += append(joined, r->site);
	len += append(joined + len, r->source);
	len += append(joined + len, r->author_ref);
	len += append(joined + len, (struct span){text_hash, sizeof(text_hash)});
	fast_hash(ret->anywhere, key, (struct span){joined, len});
	len += append(joined + len, r->subject);
	fast_hash(ret->said, key, (struct span){joined, len});
	ret->subject = get_le32(ret->said);
	if (!states_experience(r))
		return;
	put_le32(experience, (uint32_t)r->experience_date);
	put_le64(experience + 4, purchase);
	len += append(joined + len, (struct span){experience, sizeof(experience)});
	fast_hash(ret->lived, key, (struct span){joined, len});
}

static bool other_experience(const uint8_t *line, int32_t date, uint64_t purchase)
{
	int32_t their_date = (int32_t)get_le32(line + AT_DATE);
	uint64_t their_purchase = get_le64(line + AT_PURCHASE);

	return (date != EXACT_NO_DATE && their_date != EXACT_NO_DATE &&
		date != their_date) ||
	       (purchase != 0 && their_purchase != 0 && purchase != their_purchase);
}

/* The value and seq of the earlier review that this one repeats. */
static bool find_earlier(const struct layer *layer, const struct line_keys *keys,
			 const struct exact_review *r, uint64_t purchase,
			 uint8_t ret_value[TABLE_VALUE_BYTES], uint64_t *ret_seq)
{
	if (states_experience(r) && layer_find(layer, keys->lived, ret_value, ret_seq) &&
	    *ret_seq < r->seq)
		return true;
	return layer_find(layer, keys->said, ret_value, ret_seq) && *ret_seq < r->seq &&
	       !other_experience(ret_value, r->experience_date, purchase);
}

static void remember(struct layer *layer, const struct line_keys *keys,
		     const struct exact_review *r, uint64_t purchase)
{
	uint8_t value[TABLE_VALUE_BYTES] = {0};

	memcpy(value + AT_ID, r->id, UUID_BYTES);
	put_le32(value + AT_DATE, (uint32_t)r->experience_date);
	put_le32(value + AT_LENGTH, (uint32_t)r->key_text.len);
	put_le64(value + AT_PURCHASE, purchase);
	layer_put(layer, keys->said, r->seq, value);
	if (states_experience(r))
		layer_put(layer, keys->lived, r->seq, value);
}

static void add(struct duplicates *ret, enum duplicate_kind kind, uint64_t seq,
		const uint8_t *id)
{
	if (ret->count == DUPLICATES_MAX)
		return;
	struct duplicate *d = &ret->candidate[ret->count++];
	*d = (struct duplicate){.kind = kind, .seq = seq};
	memcpy(d->id, id, UUID_BYTES);
}

/* Said about another subject? Then that one, or the one before it, is about another. */
static void find_anywhere(struct layer *layer, const struct line_keys *keys,
			  const struct exact_review *r, struct duplicates *ret)
{
	uint8_t value[TABLE_VALUE_BYTES] = {0};
	uint64_t newest = 0;
	bool there = layer_find(layer, keys->anywhere, value, &newest);
	bool same = there && get_le32(value + AT_SUBJECT) == keys->subject;
	uint64_t behind = get_le32(value + AT_BEHIND);

	if (newest >= r->seq)
		return; /* replayed */
	if (there && !same)
		add(ret, DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT, newest, value + AT_NEWEST);
	else if (behind)
		add(ret, DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT, newest - behind,
		    value + AT_OTHER);
	if (there && !same) {
		memcpy(value + AT_OTHER, value + AT_NEWEST, UUID_BYTES);
		behind = 0;
	}
	if (there && (!same || behind))
		put_le32(value + AT_BEHIND,
			 (uint32_t)MIN(behind + r->seq - newest, UINT32_MAX));
	memcpy(value + AT_NEWEST, r->id, UUID_BYTES);
	put_le32(value + AT_SUBJECT, keys->subject);
	layer_put(layer, keys->anywhere, r->seq, value);
}

void exact_find(struct layer *layer, const struct fast_key *key,
		const struct exact_review *r, struct duplicates *ret)
{
	struct line_keys keys;
	uint8_t value[TABLE_VALUE_BYTES];
	uint64_t purchase = purchase_hash(key, r->purchase_ref), earlier;

	if (r->author_ref.len == 0 || r->key_text.len == 0)
		return;
	line_keys(&keys, key, r, purchase);
	if (find_earlier(layer, &keys, r, purchase, value, &earlier))
		add(ret, DUPLICATE_SAME_AUTHOR_SAME_SUBJECT, earlier, value + AT_ID);
	find_anywhere(layer, &keys, r, ret);
	remember(layer, &keys, r, purchase);
}
