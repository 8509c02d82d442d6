#include "scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <hs/hs.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "pattern.h"

#define CACHE_MAGIC	 "NVHSDB01"
#define CACHE_HEAD_BYTES (8 + SHA256_BYTES + 4)
#define CACHE_BYTES_MAX	 (256 << 20)

struct pattern {
	char *text;
	uint32_t owner;
	bool located; /* `place` was tried */
	hs_database_t
		*place; /* the one pattern with starts of matches; NULL: not possible */
};

struct table {
	struct pattern *at;
	size_t count, room;
	size_t size;	   /* of all patterns, as pattern.h counts */
	hs_database_t *db; /* NULL where there is no pattern */
};

struct scan {
	struct table tables[SCAN_INPUT_COUNT];
	hs_scratch_t *scratch;
};

/* Can the pattern take part of a character, were the text read as bytes? Only a class that
 * says what it is not, a dot, and what is not ASCII itself. The others mean the same in
 * bytes, and are nearly twice as fast: as UTF-8, (?i) would make `k` the Kelvin sign too. */
static bool needs_characters(const char *pattern)
{
	bool in_class = false;

	for (const char *at = pattern; *at; at++) {
		if (*at & 0x80)
			return true;
		if (*at == '\\') {
			if (!*++at)
				return false;
			if (strchr("DHNPRSVWXpx", *at))
				return true;
		} else if (*at == '[' && !in_class) {
			if (at[1] == '^')
				return true;
			in_class = true;
			at += at[1] == ']';
		} else if (*at == '[' && strncmp(at, "[:^", 3) == 0) {
			return true;
		} else if (*at == ']') {
			in_class = false;
		} else if (*at == '.' && !in_class) {
			return true;
		}
	}
	return false;
}

static unsigned flags_of(const char *pattern)
{
	return needs_characters(pattern) ? HS_FLAG_UTF8 : 0;
}

struct scan *scan_new(void)
{
	return xcalloc(1, sizeof(struct scan));
}

void scan_free(struct scan *s)
{
	if (!s)
		return;
	for (size_t input = 0; input < SCAN_INPUT_COUNT; input++) {
		struct table *t = &s->tables[input];

		for (size_t i = 0; i < t->count; i++) {
			free(t->at[i].text);
			hs_free_database(t->at[i].place);
		}
		free(t->at);
		hs_free_database(t->db);
	}
	hs_free_scratch(s->scratch);
	free(s);
}

size_t scan_count(const struct scan *s, enum scan_input input)
{
	return s->tables[input].count;
}

/* Says why and frees; memory is the one failure that is not the pattern's. */
static enum status refuse(hs_compile_error_t *error, struct err *err)
{
	enum status st = err_set(err, ST_ECONFIG, "the pattern cannot be used: %s",
				 error->message);

	hs_free_compile_error(error);
	return st;
}

/* Its text first: Hyperscan itself would take long to refuse some. */
static enum status check(const struct table *t, const char *pattern, size_t *ret_size,
			 struct err *err)
{
	hs_expr_info_t *width = NULL;
	hs_compile_error_t *error = NULL;
	enum status st = pattern_check(pattern, ret_size, err);

	if (st && st != ST_EMALFORMED)
		return st;
	if (t->size + *ret_size > SCAN_SIZE_MAX)
		return err_set(
			err, ST_ECONFIG,
			"the patterns before this one and it are too large together: their "
			"repeats stand for more than %d states",
			SCAN_SIZE_MAX);
	if (hs_expression_info(pattern, flags_of(pattern), &width, &error))
		return refuse(error, err);
	bool empty = width->min_width == 0;
	free(width);
	if (empty)
		return err_set(err, ST_ECONFIG,
			       "the pattern cannot be used: it matches the empty text");
	return st ? ST_ECONFIG : ST_OK;
}

enum status scan_add(struct scan *s, enum scan_input input, const char *pattern,
		     uint32_t owner, struct err *err)
{
	struct table *t = &s->tables[input];
	size_t size;

	if (strlen(pattern) > SCAN_PATTERN_BYTES_MAX)
		return err_set(err, ST_ECONFIG, "a pattern of more than %d bytes",
			       SCAN_PATTERN_BYTES_MAX);
	if (t->count == SCAN_PATTERNS_MAX)
		return err_set(err, ST_ETOOBIG, "more than %d patterns",
			       SCAN_PATTERNS_MAX);
	enum status st = check(t, pattern, &size, err);
	if (st)
		return st;
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->at = xrealloc(t->at, t->room * sizeof(*t->at));
	}
	t->at[t->count++] = (struct pattern){.text = xstrdup(pattern), .owner = owner};
	t->size += size;
	return ST_OK;
}

/* --- compiling ----------------------------------------------------------------------- */

static enum status compile(struct table *t, uint32_t *ret_owner, struct err *err)
{
	OWNED(freep) const char **texts = xcalloc(t->count, sizeof(*texts));
	OWNED(freep) unsigned *all_flags = xcalloc(t->count, sizeof(*all_flags));
	OWNED(freep) unsigned *ids = xcalloc(t->count, sizeof(*ids));
	hs_compile_error_t *error = NULL;

	for (size_t i = 0; i < t->count; i++) {
		texts[i] = t->at[i].text;
		all_flags[i] = flags_of(texts[i]) | HS_FLAG_SINGLEMATCH;
		ids[i] = (unsigned)i;
	}
	if (hs_compile_multi(texts, all_flags, ids, (unsigned)t->count, HS_MODE_BLOCK,
			     NULL, &t->db, &error) == HS_SUCCESS)
		return ST_OK;
	*ret_owner =
		error->expression >= 0 ? t->at[error->expression].owner : t->at[0].owner;
	return refuse(error, err);
}

static void fingerprint(const struct scan *s, uint8_t ret[SHA256_BYTES])
{
	OWNED(buf_release) struct buf all = BUF_INIT(SIZE_MAX / 2);

	for (size_t input = 0; input < SCAN_INPUT_COUNT; input++) {
		const struct table *t = &s->tables[input];

		buf_le32(&all, (uint32_t)t->count);
		for (size_t i = 0; i < t->count; i++) {
			buf_le32(&all, flags_of(t->at[i].text));
			buf_bytes(&all, t->at[i].text, strlen(t->at[i].text) + 1);
		}
	}
	sha256(ret, buf_view(&all));
}

/* --- the cache: magic, fingerprint, CRC32C of the rest; per input length (8), database */

static bool read_database(struct span *rest, struct table *t)
{
	if (rest->len < 8)
		return false;
	uint64_t len = get_le64(rest->at);
	*rest = (struct span){rest->at + 8, rest->len - 8};
	if (len > rest->len || (len == 0) != (t->count == 0))
		return false;
	/* Refuses another version of Hyperscan and a machine without our instructions. */
	if (len > 0 && hs_deserialize_database((const char *)rest->at, len, &t->db))
		return false;
	*rest = (struct span){rest->at + len, rest->len - len};
	return true;
}

static bool cache_read(struct scan *s, const char *path,
		       const uint8_t print[SHA256_BYTES])
{
	OWNED(buf_release) struct buf file = BUF_INIT(CACHE_BYTES_MAX);

	if (file_read(&file, path, NULL) || file.len < CACHE_HEAD_BYTES)
		return false;
	struct span rest = {file.at + CACHE_HEAD_BYTES, file.len - CACHE_HEAD_BYTES};
	if (memcmp(file.at, CACHE_MAGIC, 8) != 0 ||
	    memcmp(file.at + 8, print, SHA256_BYTES) != 0 ||
	    get_le32(file.at + 8 + SHA256_BYTES) != crc32c(0, rest))
		return false;
	for (size_t input = 0; input < SCAN_INPUT_COUNT; input++) {
		if (read_database(&rest, &s->tables[input]))
			continue;
		for (size_t i = 0; i <= input; i++)
			hs_free_database(TAKE(s->tables[i].db));
		return false;
	}
	return true;
}

static void cache_write(const struct scan *s, const char *path,
			const uint8_t print[SHA256_BYTES])
{
	OWNED(buf_release) struct buf rest = BUF_INIT(CACHE_BYTES_MAX);
	OWNED(buf_release) struct buf file = BUF_INIT(CACHE_BYTES_MAX);

	for (size_t input = 0; input < SCAN_INPUT_COUNT; input++) {
		char *bytes = NULL;
		size_t len = 0;

		if (s->tables[input].db &&
		    hs_serialize_database(s->tables[input].db, &bytes, &len))
			return;
		buf_le64(&rest, len);
		buf_bytes(&rest, bytes, len);
		free(bytes);
	}
	buf_bytes(&file, CACHE_MAGIC, 8);
	buf_bytes(&file, print, SHA256_BYTES);
	buf_le32(&file, crc32c(0, buf_view(&rest)));
	buf_span(&file, buf_view(&rest));
	/* Only a cache: without it the next start compiles again. */
	if (!file.full && !rest.full)
		(void)!file_replace(path, buf_view(&file), 0600, NULL);
}

enum status scan_build(struct scan *s, const char *cache, uint32_t *ret_owner,
		       struct err *err)
{
	uint8_t print[SHA256_BYTES];
	bool cached;

	fingerprint(s, print);
	cached = cache && cache_read(s, cache, print);
	for (size_t input = 0; input < SCAN_INPUT_COUNT && !cached; input++) {
		struct table *t = &s->tables[input];
		enum status st = t->count ? compile(t, ret_owner, err) : ST_OK;
		if (st)
			return st;
	}
	for (size_t input = 0; input < SCAN_INPUT_COUNT; input++)
		if (s->tables[input].db &&
		    hs_alloc_scratch(s->tables[input].db, &s->scratch))
			abort(); /* no memory */
	if (cache && !cached)
		cache_write(s, cache, print);
	return ST_OK;
}

/* --- matching ------------------------------------------------------------------------ */

struct report {
	const struct table *table;
	void (*found)(void *context, uint32_t owner, uint32_t pattern);
	void *context;
};

static int on_match(unsigned id, unsigned long long from UNUSED,
		    unsigned long long to UNUSED, unsigned flags UNUSED, void *context)
{
	const struct report *r = context;

	r->found(r->context, r->table->at[id].owner, id);
	return 0;
}

static void run(hs_database_t *db, hs_scratch_t *scratch, struct span text,
		match_event_handler handler, void *context)
{
	const char *at = text.len ? (const char *)text.at : "";
	hs_error_t rc = hs_scan(db, at, (unsigned)text.len, 0, scratch, handler, context);

	assert(rc == HS_SUCCESS || rc == HS_SCAN_TERMINATED);
}

void scan_text(struct scan *s, enum scan_input input, struct span text,
	       void (*found)(void *context, uint32_t owner, uint32_t pattern),
	       void *context)
{
	struct report r = {&s->tables[input], found, context};

	assert(text.len <= UINT32_MAX);
	if (r.table->db)
		run(r.table->db, s->scratch, text, on_match, &r);
}

struct places {
	struct scan_place *at;
	size_t count, room;
};

/* Matches come by ascending end; one that reaches into places before it swallows them. */
static int on_place(unsigned id UNUSED, unsigned long long from, unsigned long long to,
		    unsigned flags UNUSED, void *context)
{
	struct places *p = context;
	struct scan_place place = {from, to};

	while (p->count && p->at[p->count - 1].end > place.start) {
		place.start = MIN(place.start, p->at[p->count - 1].start);
		p->count--;
	}
	if (p->count == p->room)
		return 1;
	p->at[p->count++] = place;
	return 0;
}

static void make_place(struct scan *s, struct pattern *p)
{
	hs_compile_error_t *error = NULL;

	p->located = true;
	if (hs_compile(p->text, flags_of(p->text) | HS_FLAG_SOM_LEFTMOST, HS_MODE_BLOCK,
		       NULL, &p->place, &error))
		hs_free_compile_error(error);
	else if (hs_alloc_scratch(p->place, &s->scratch))
		abort(); /* no memory */
}

size_t scan_locate(struct scan *s, enum scan_input input, uint32_t pattern,
		   struct span text, struct scan_place *ret, size_t room)
{
	struct pattern *p = &s->tables[input].at[pattern];
	struct places places = {ret, 0, room};

	assert(room > 0);
	if (!p->located)
		make_place(s, p);
	if (p->place)
		run(p->place, s->scratch, text, on_place, &places);
	if (places.count == 0)
		ret[places.count++] = (struct scan_place){0, text.len};
	return places.count;
}
