/* The hash holds positions of the queue (counted from the beginning of time, so that they
 * stay true while the queue moves on), open addressing, linear probing, emptied by
 * shifting back: it lives as long as the process and must not fill with grave-stones.
 */
#include "layer.h"

#include <stdlib.h>

#include "alloc.h"

#define FREE UINT64_MAX

struct change {
	uint8_t key[TABLE_KEY_BYTES];
	uint64_t seq;
	uint8_t value[TABLE_VALUE_BYTES];
};

struct layer {
	struct table *table;
	struct change *ring;
	size_t capacity; /* of the ring, a power of two; the hash has twice as many slots */
	uint64_t first, next; /* positions: oldest change, and behind the newest */
	uint64_t *slots;
};

static void make_slots(struct layer *l)
{
	l->slots = xmalloc(2 * l->capacity * sizeof(*l->slots));
	memset(l->slots, 0xFF, 2 * l->capacity * sizeof(*l->slots));
}

struct layer *layer_new(struct table *table, size_t changes)
{
	struct layer *l = xcalloc(1, sizeof(*l));

	l->table = table;
	assert(changes > 0 && (changes & (changes - 1)) == 0);
	l->capacity = changes;
	l->ring = xmalloc(l->capacity * sizeof(*l->ring));
	memset(l->ring, 0, l->capacity * sizeof(*l->ring)); /* touched now, flat later */
	make_slots(l);
	return l;
}

void layer_free(struct layer *l)
{
	if (!l)
		return;
	free(l->ring);
	free(l->slots);
	free(l);
}

static struct change *change_at(const struct layer *l, uint64_t position)
{
	return &l->ring[position & (l->capacity - 1)];
}

static size_t slot_mask(const struct layer *l)
{
	return 2 * l->capacity - 1;
}

static size_t home(const struct layer *l, const uint8_t key[TABLE_KEY_BYTES])
{
	return get_le64(key) & slot_mask(l);
}

/* The slot of the key, or the free one where it belongs. */
static size_t find_slot(const struct layer *l, const uint8_t key[TABLE_KEY_BYTES])
{
	size_t at = home(l, key);

	while (l->slots[at] != FREE &&
	       memcmp(change_at(l, l->slots[at])->key, key, TABLE_KEY_BYTES) != 0)
		at = (at + 1) & slot_mask(l);
	return at;
}

bool layer_find(const struct layer *l, const uint8_t key[TABLE_KEY_BYTES],
		uint8_t ret_value[TABLE_VALUE_BYTES], uint64_t *ret_seq)
{
	uint64_t position = l->slots[find_slot(l, key)];

	if (position != FREE) {
		const struct change *c = change_at(l, position);
		memcpy(ret_value, c->value, TABLE_VALUE_BYTES);
		*ret_seq = c->seq;
		return true;
	}
	const struct table_line *line = table_find(l->table, key);
	if (!line)
		return false;
	memcpy(ret_value, line->value, TABLE_VALUE_BYTES);
	*ret_seq = table_seq(line);
	return true;
}

static void grow(struct layer *l)
{
	struct change *before = l->ring;
	size_t before_mask = l->capacity - 1;

	l->capacity *= 2;
	l->ring = xmalloc(l->capacity * sizeof(*l->ring));
	free(l->slots);
	make_slots(l);
	for (uint64_t p = l->first; p < l->next; p++) {
		*change_at(l, p) = before[p & before_mask];
		l->slots[find_slot(l, change_at(l, p)->key)] = p;
	}
	free(before);
}

void layer_put(struct layer *l, const uint8_t key[TABLE_KEY_BYTES], uint64_t seq,
	       const uint8_t value[TABLE_VALUE_BYTES])
{
	if (l->next - l->first == l->capacity)
		grow(l);
	size_t slot = find_slot(l, key);
	struct change *c = change_at(l, l->next);
	memcpy(c->key, key, TABLE_KEY_BYTES);
	c->seq = seq;
	memcpy(c->value, value, TABLE_VALUE_BYTES);
	l->slots[slot] = l->next++;
}

/* Frees a slot and moves back whoever had probed past it. */
static void free_slot(struct layer *l, size_t hole)
{
	size_t mask = slot_mask(l);

	for (size_t at = (hole + 1) & mask; l->slots[at] != FREE; at = (at + 1) & mask) {
		size_t wants = home(l, change_at(l, l->slots[at])->key);
		if (((at - wants) & mask) < ((at - hole) & mask))
			continue;
		l->slots[hole] = l->slots[at];
		hole = at;
	}
	l->slots[hole] = FREE;
}

enum status layer_commit(struct layer *l, uint64_t seq, struct err *err)
{
	for (; l->first < l->next && change_at(l, l->first)->seq <= seq; l->first++) {
		const struct change *c = change_at(l, l->first);
		enum status st = table_put(l->table, c->key, c->seq, c->value, err);
		if (st)
			return st;
		size_t slot = find_slot(l, c->key);
		if (l->slots[slot] == l->first)
			free_slot(l, slot);
	}
	table_cover(l->table, seq);
	return ST_OK;
}

size_t layer_count(const struct layer *l)
{
	return (size_t)(l->next - l->first);
}
