#include "sketches.h"

#include <stdlib.h>

#include "alloc.h"
#include "digest.h"

#define FIRST_CAPACITY 4096
#define GROWTH	       64 /* by a 64th: what is empty costs little */

struct stored {
	uint8_t signature[SIGNATURE_BYTES];
	uint8_t seq[5];
	uint8_t flags;
	uint8_t zero[2];
	/* one word */
	uint8_t authors[2];
	uint8_t subjects[2];
	uint8_t check[4];
};
static_assert(sizeof(struct stored) == 80, "a whole number of words");
static_assert(offsetof(struct stored, authors) == 72, "the last word");

struct sketches {
	struct mapped *file;
	struct stored *at;
};

static uint32_t check_of(const struct stored *s)
{
	return (uint32_t)hash64(
		(struct span){s->signature, offsetof(struct stored, check)}, sizeof(*s));
}

static bool whole(const struct stored *s)
{
	return get_le32(s->check) == check_of(s);
}

/* The last word in one store: a kill leaves the one or the other. */
static void store_word(struct stored *to, const struct stored *from)
{
	const size_t at = offsetof(struct stored, authors);
	uint64_t word;

	memcpy(&word, (const uint8_t *)from + at, sizeof(word));
	__atomic_store_n((uint64_t *)(void *)((uint8_t *)to + at), word,
			 __ATOMIC_RELEASE);
}

enum status sketches_open(struct sketches **ret, enum mapped_state *ret_state,
			  const char *path, const struct mapped_kind *kind,
			  struct err *err)
{
	OWNED(sketches_closep) struct sketches *k = xcalloc(1, sizeof(*k));
	struct mapped_kind mine = *kind;

	mine.item_bytes = sizeof(struct stored);
	enum status st =
		mapped_open(&k->file, ret_state, path, &mine, FIRST_CAPACITY, err);
	if (st)
		return st;
	k->at = mapped_items(k->file);
	*ret = TAKE(k);
	return ST_OK;
}

void sketches_close(struct sketches *k)
{
	if (!k)
		return;
	mapped_close(k->file);
	free(k);
}

struct mapped *sketches_file(struct sketches *k)
{
	return k->file;
}

void sketches_prefetch(const struct sketches *k, uint32_t ordinal)
{
	const uint8_t *at = k->at[ordinal].signature;

	__builtin_prefetch(at);
	__builtin_prefetch(at + sizeof(struct stored) - 1);
}

const uint8_t *sketches_signature(const struct sketches *k, uint32_t ordinal)
{
	return k->at[ordinal].signature;
}

bool sketches_leads(const struct sketches *k, uint32_t ordinal)
{
	return k->at[ordinal].flags & SKETCH_LEADER;
}

enum status sketches_get(const struct sketches *k, uint32_t ordinal, struct sketch *ret,
			 struct err *err)
{
	const struct stored *s = &k->at[ordinal];

	if (!whole(s))
		return err_set(err, ST_ECORRUPT, "sketch %u: its check is wrong",
			       ordinal);
	memcpy(ret->signature, s->signature, SIGNATURE_BYTES);
	ret->seq = get_le32(s->seq) | (uint64_t)s->seq[4] << 32;
	ret->authors = get_le16(s->authors);
	ret->subjects = get_le16(s->subjects);
	ret->flags = s->flags;
	return ST_OK;
}

enum status sketches_put(struct sketches *k, uint32_t ordinal,
			 const struct sketch *sketch, struct err *err)
{
	uint64_t capacity = mapped_capacity(k->file);
	struct stored s = {.flags = sketch->flags};

	if (ordinal >= capacity) {
		uint64_t more = MAX(capacity / GROWTH, FIRST_CAPACITY);
		enum status st = mapped_grow(k->file, capacity + more, err);
		if (st)
			return st;
		k->at = mapped_items(k->file);
	}
	memcpy(s.signature, sketch->signature, SIGNATURE_BYTES);
	put_le32(s.seq, (uint32_t)sketch->seq);
	s.seq[4] = (uint8_t)(sketch->seq >> 32);
	put_le16(s.authors, sketch->authors);
	put_le16(s.subjects, sketch->subjects);
	put_le32(s.check, check_of(&s));
	k->at[ordinal] = s;
	return ST_OK;
}

enum status sketches_spread(struct sketches *k, uint32_t ordinal, uint16_t authors,
			    uint16_t subjects, struct err *err)
{
	struct stored s = k->at[ordinal];

	if (!whole(&s))
		return err_set(err, ST_ECORRUPT, "sketch %u: its check is wrong",
			       ordinal);
	uint16_t all_authors = get_le16(s.authors) | authors,
		 all_subjects = get_le16(s.subjects) | subjects;
	if (s.flags & SKETCH_FORGOTTEN ||
	    (all_authors == get_le16(s.authors) && all_subjects == get_le16(s.subjects)))
		return ST_OK;
	put_le16(s.authors, all_authors);
	put_le16(s.subjects, all_subjects);
	put_le32(s.check, check_of(&s));
	store_word(&k->at[ordinal], &s);
	return ST_OK;
}

/* Its place in the order stays. A kill between the two stores leaves a sketch whose check is
 * wrong, and all of them are made again. */
void sketches_forget(struct sketches *k, uint32_t ordinal)
{
	struct stored *to = &k->at[ordinal];
	struct stored s = {.flags = SKETCH_FORGOTTEN};

	memcpy(s.seq, to->seq, sizeof(s.seq));
	put_le32(s.check, check_of(&s));
	memcpy(to, &s, offsetof(struct stored, authors));
	store_word(to, &s);
}
