#include "earlier.h"

#include <stdlib.h>

#include "alloc.h"

/* A text that is kept takes its length; longer ones are read again. */
#define KEPT_BYTES_MAX 4096
#define FIRST_WINDOW   1024

struct kept {
	struct said said;
	uint8_t *text; /* owned */
	size_t room;
};

struct earlier {
	char *path;
	uint64_t journal_id;
	struct store_replay *store; /* NULL until it is there */
	said_of_row *of_row;
	void *context;

	/* The window: a ring in seq order. */
	struct kept *window;
	size_t mask; /* entries - 1 */
	uint64_t oldest, next;

	struct kept memory[EARLIER_KEPT];
};

struct earlier *earlier_new(const char *store_path, uint64_t journal_id,
			    said_of_row *of_row, void *context)
{
	struct earlier *e = xcalloc(1, sizeof(*e));

	e->path = xstrdup(store_path);
	e->journal_id = journal_id;
	e->of_row = of_row;
	e->context = context;
	e->window = xcalloc(FIRST_WINDOW, sizeof(*e->window));
	e->mask = FIRST_WINDOW - 1;
	return e;
}

void earlier_free(struct earlier *e)
{
	if (!e)
		return;
	for (size_t i = 0; i <= e->mask; i++)
		free(e->window[i].text);
	for (size_t i = 0; i < EARLIER_KEPT; i++)
		free(e->memory[i].text);
	store_replay_close(e->store);
	free(e->window);
	free(e->path);
	free(e);
}

static void keep(struct kept *k, const struct said *said)
{
	if (said->text.len > k->room) {
		free(k->text);
		k->text = xmalloc(said->text.len);
		k->room = said->text.len;
	}
	k->said = *said;
	if (said->text.len)
		memcpy(k->text, said->text.at, said->text.len);
	k->said.text.at = k->text;
}

static void grow_window(struct earlier *e)
{
	size_t entries = (e->mask + 1) * 2;
	struct kept *bigger = xcalloc(entries, sizeof(*bigger));

	for (uint64_t i = e->oldest; i < e->next; i++)
		bigger[i & (entries - 1)] = e->window[i & e->mask];
	free(e->window);
	e->window = bigger;
	e->mask = entries - 1;
}

void earlier_add(struct earlier *e, const struct said *said)
{
	if (e->next - e->oldest > e->mask)
		grow_window(e);
	keep(&e->window[e->next++ & e->mask], said);
}

static struct kept *memory_of(struct earlier *e, uint64_t seq)
{
	return &e->memory[seq * 0x9E3779B97F4A7C15 >> 54];
}
static_assert(EARLIER_KEPT == 1 << (64 - 54), "memory_of");

/* Room in the window is used again, but not that of a long text: it would stay for ever. */
void earlier_commit(struct earlier *e, uint64_t seq)
{
	for (; e->oldest < e->next; e->oldest++) {
		struct kept *k = &e->window[e->oldest & e->mask];
		if (k->said.seq > seq)
			return;
		if (k->room > KEPT_BYTES_MAX) {
			freep(&k->text);
			k->text = NULL;
			k->room = 0;
		}
	}
}

/* In the window? They are in seq order. */
static struct kept *find_in_window(const struct earlier *e, uint64_t seq)
{
	uint64_t low = e->oldest, high = e->next;

	while (low < high) {
		uint64_t middle = (low + high) / 2;
		struct kept *k = &e->window[middle & e->mask];
		if (k->said.seq == seq)
			return k;
		if (k->said.seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void earlier_forget(struct earlier *e, uint64_t seq)
{
	struct kept *k = memory_of(e, seq), *waiting = find_in_window(e, seq);

	if (k->said.seq == seq) {
		freep(&k->text);
		*k = (struct kept){0};
	}
	if (waiting) { /* its place in the order stays, without a text */
		freep(&waiting->text);
		*waiting = (struct kept){.said = {.seq = seq}};
	}
}

static enum status open_store(struct earlier *e, struct err *err)
{
	uint64_t committed;

	return store_replay_open(&e->store, &committed, e->path, e->journal_id, 0, true,
				 err);
}

static enum status read_store(struct earlier *e, uint64_t seq, struct said *ret,
			      bool *ret_found, struct err *err)
{
	struct store_row row;
	enum status st = e->store ? ST_OK : open_store(e, err);

	*ret_found = false;
	if (st || !e->store)
		return st;
	st = store_replay_one(e->store, seq, &row, ret_found, err);
	if (st == ST_OK && *ret_found)
		*ret_found = e->of_row(ret, &row, e->context);
	store_replay_pause(e->store);
	return st;
}

enum status earlier_find(struct earlier *e, uint64_t seq, struct said *ret,
			 bool *ret_found, struct err *err)
{
	const struct kept *there = find_in_window(e, seq);
	struct kept *memory = memory_of(e, seq);

	*ret_found = true;
	if (!there && memory->said.seq == seq)
		there = memory;
	if (there) {
		*ret = there->said;
		*ret_found = there->said.text.len > 0; /* else it is erased */
		return ST_OK;
	}
	enum status st = read_store(e, seq, ret, ret_found, err);
	if (st == ST_OK && *ret_found && ret->text.len <= KEPT_BYTES_MAX)
		keep(memory, ret);
	return st;
}
