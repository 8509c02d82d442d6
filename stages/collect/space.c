#include "space.h"

#include "file.h"
#include "intake.h"
#include "log.h"

#define LOOK_MS 20
/* What a record in the backlog may take of the disk until it is stored: some 3 KB in the
 * store, and its pages in the store's log besides, more often than once where
 * transactions are small. */
#define STORED_BYTES 8192

void space_init(struct space *s, const char *journal_dir, const char *data_dir)
{
	*s = (struct space){.dirs = {journal_dir, data_dir}, .enough = true};
}

static uint64_t free_bytes(const struct space *s)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_LEN(s->dirs); i++) {
		uint64_t bytes = 0;
		if (file_free_bytes(&bytes, s->dirs[i], NULL))
			bytes = 0;
		least = MIN(least, bytes);
	}
	return least;
}

enum status space_look(struct space *s, struct keys *keys,
		       const struct collect_options *o, uint64_t backlog, int64_t now_ms,
		       struct err *err)
{
	uint64_t reserve = (uint64_t)o->reserve_bytes;
	bool had_enough = s->enough;
	enum status st = ST_OK;

	if (reserve > 0)
		reserve += backlog * STORED_BYTES;
	if (now_ms - s->looked_ms >= LOOK_MS) {
		s->looked_ms = now_ms;
		s->free_bytes = free_bytes(s);
		s->enough = s->free_bytes > reserve;
	}
	if (s->enough) /* a group is full once it has so many; its last message goes in whole */
		st = keys_make_room(keys, (size_t)o->group_records + INTAKE_LINES_MAX,
				    err);
	if (st && st != ST_ENOSPACE)
		return st;
	s->enough = s->enough && st == ST_OK;
	if (had_enough != s->enough)
		log_warn(s->enough ? "space_back" : "space_short",
			 "free_bytes=%llu reserve_bytes=%llu",
			 (unsigned long long)s->free_bytes, (unsigned long long)reserve);
	return ST_OK;
}
