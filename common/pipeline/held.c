/* There are at most window / smallest batch of them, and every operation but a split touches
 * an end or walks the array once. A list or a tree would not be faster at this size and
 * would be harder to read.
 */
#include "held.h"

#include <stdlib.h>

#include "alloc.h"
#include "record.h"

static struct held_batch *insert(struct held *h, size_t at, size_t how_many)
{
	while (h->count + how_many > h->capacity) {
		h->capacity = h->capacity ? 2 * h->capacity : 64;
		h->batch = xrealloc(h->batch, h->capacity * sizeof(*h->batch));
	}
	memmove(h->batch + at + how_many, h->batch + at,
		(h->count - at) * sizeof(*h->batch));
	memset(h->batch + at, 0, how_many * sizeof(*h->batch));
	h->count += how_many;
	return h->batch + at;
}

void held_add(struct held *h, struct span bytes)
{
	struct batch_head head;
	struct span items;
	enum status st = batch_parse(&head, &items, bytes, NULL);

	assert(st == ST_OK && head.count > 0);
	(void)st;
	assert(h->count == 0 || head.first_seq == h->newest + 1);
	*insert(h, h->count, 1) = (struct held_batch){
		.first_seq = head.first_seq,
		.count = head.count,
		.attempt = head.attempt,
		.bytes = xmemdup(bytes.at, bytes.len),
		.len = bytes.len,
	};
	h->bytes += bytes.len;
	h->newest = head.first_seq + head.count - 1;
}

struct held_batch *held_find(const struct held *h, uint64_t seq)
{
	size_t low = 0, high = h->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (held_last_seq(&h->batch[middle]) < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->count && h->batch[low].first_seq <= seq ? &h->batch[low] : NULL;
}

void held_drop_first(struct held *h, size_t how_many)
{
	for (size_t i = 0; i < how_many; i++) {
		h->bytes -= h->batch[i].len;
		free(h->batch[i].bytes);
	}
	if (how_many > 0)
		memmove(h->batch, h->batch + how_many,
			(h->count - how_many) * sizeof(*h->batch));
	h->count -= how_many;
}

void held_release(struct held *h)
{
	held_drop_first(h, h->count);
	free(h->batch);
	*h = (struct held){0};
}

/* What was whole when it was added is so still. */
static void parse(const struct held_batch *b, struct batch_head *ret,
		  struct span *ret_items)
{
	if (batch_parse(ret, ret_items, (struct span){b->bytes, b->len}, NULL))
		abort();
}

void held_split(struct held *h, struct held_batch *b)
{
	struct held_batch whole = *b;
	struct batch_head head;
	struct span items, record, sections;
	OWNED(buf_release) struct buf one = BUF_INIT(FRAME_BYTES_MAX);
	size_t at = (size_t)(b - h->batch);

	parse(&whole, &head, &items);
	h->bytes -= whole.len;
	insert(h, at + 1, whole.count - 1);
	for (uint32_t i = 0; batch_next(&items, &record, &sections); i++) {
		head.first_seq = whole.first_seq + i;
		batch_begin(&one, &head);
		batch_item(&one, record, sections);
		batch_end(&one, 1);
		h->batch[at + i] = (struct held_batch){.first_seq = head.first_seq,
						       .count = 1,
						       .attempt = whole.attempt,
						       .bytes = xmemdup(one.at, one.len),
						       .len = one.len,
						       .manner = NAMED};
		h->bytes += one.len;
	}
	free(whole.bytes);
}

void held_flag(struct held_batch *b, uint64_t seq, unsigned flags)
{
	struct batch_head head;
	struct span items, record, sections;

	parse(b, &head, &items);
	for (uint64_t at = b->first_seq; batch_next(&items, &record, &sections); at++) {
		if (at == seq)
			record_set_flag(b->bytes + (record.at - b->bytes),
					(enum record_flag)flags);
	}
	batch_end(&(struct buf){b->bytes, b->len, b->len, b->len, false}, b->count);
}
