#include "json_arena.h"

#include <stdlib.h>

#include <jansson.h>

#include "alloc.h"

#define AREA_BYTES (1 << 20) /* a 1 KB review takes about 8 KiB of it */
#define ALIGNMENT  16

static struct {
	uint8_t *area;
	size_t used;
	bool open;
	bool spilled; /* something came from malloc: it must be freed one by one */
} arena;

static bool is_inside(const void *p)
{
	uintptr_t at = (uintptr_t)p, from = (uintptr_t)arena.area;

	return at >= from && at < from + AREA_BYTES;
}

static void *take(size_t size)
{
	size_t room = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

	if (!arena.open)
		return malloc(size);
	if (room > AREA_BYTES - arena.used) {
		arena.spilled = true;
		return malloc(size);
	}
	void *at = arena.area + arena.used;
	arena.used += room;
	return at;
}

static void give_back(void *p)
{
	if (!is_inside(p))
		free(p);
}

void json_arena_begin(void)
{
	assert(!arena.open);
	if (!arena.area) {
		arena.area = xmalloc(AREA_BYTES);
		json_set_alloc_funcs(take, give_back);
	}
	arena.open = true;
	arena.spilled = false;
	arena.used = 0;
}

void json_arena_end(struct json_t *root)
{
	if (arena.spilled)
		json_decref(root);
	arena.open = false;
}
