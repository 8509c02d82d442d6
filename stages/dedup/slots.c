#include "slots.h"

#include <stdlib.h>

#include "alloc.h"

#define SLOTS		15
#define LOAD_PERCENT	92
#define NUMBERS_MIN	65536
#define NUMBER_BITS_MAX 31

struct line {
	uint32_t slot[SLOTS + 1]; /* the last is the check of the others */
};
static_assert(sizeof(struct line) == 64, "a cache line");
#define CHECK SLOTS

struct slots {
	struct mapped *file;
	struct line *lines;
	uint64_t count; /* of lines */
	unsigned bands, number_bits;
	uint64_t first[SLOTS_BANDS_MAX + 1]; /* line of each band */
};

static uint64_t lines_for(unsigned bands, uint64_t numbers)
{
	return MAX(numbers, NUMBERS_MIN) * bands * 100 / (SLOTS * LOAD_PERCENT) + bands;
}

/* As many bits as the table has numbers when it is full. */
static unsigned bits_for(unsigned bands, uint64_t lines)
{
	uint64_t numbers = lines * SLOTS / bands;
	unsigned bits = 64 - (unsigned)__builtin_clzll(numbers);

	return MIN(bits, NUMBER_BITS_MAX);
}

/* A number of each place, multiplied with what the slot there holds: the check is their
 * exclusive or. So a slot more changes it by one multiplication, an empty line has check 0,
 * and a new file is whole. */
static inline uint32_t weigh(unsigned place, uint32_t slot)
{
	static const uint32_t number[SLOTS + 1] = {
		0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0xA7D4EB2F, 0x965667B1, 0xD3A2646D,
		0xFD7046C5, 0xB55A4F09, 0xA545F491, 0xCF6CDD1D, 0xEC62272F, 0x87BB0143,
		0xDBD1E995, 0xCC9E2D51, 0x9B873593, 0};
	uint64_t product = (uint64_t)slot * number[place];

	return (uint32_t)(product ^ product >> 32);
}

static inline uint32_t check_of(const struct line *line)
{
	uint32_t check = 0;

	for (unsigned i = 0; i <= CHECK; i++) /* the last weighs nothing */
		check ^= weigh(i, line->slot[i]);
	return check;
}

/* Adds: where flipped bits stand already, they stay, and the check stays wrong. */
static inline void put_at(struct line *line, unsigned place, uint32_t slot)
{
	line->slot[CHECK] ^= weigh(place, slot);
	line->slot[place] += slot;
}

static struct slots *slots_over(struct mapped *file, unsigned bands)
{
	struct slots *s = xcalloc(1, sizeof(*s));

	assert(bands <= SLOTS_BANDS_MAX);
	s->file = file;
	s->lines = mapped_items(file);
	s->count = mapped_capacity(file);
	s->bands = bands;
	s->number_bits = bits_for(bands, s->count);
	for (unsigned b = 0; b <= bands; b++)
		s->first[b] = s->count * b / bands;
	return s;
}

static struct mapped_kind kind_of(const struct mapped_kind *kind)
{
	struct mapped_kind k = *kind;

	k.item_bytes = sizeof(struct line);
	return k;
}

enum status slots_open(struct slots **ret, enum mapped_state *ret_state, const char *path,
		       const struct mapped_kind *kind, unsigned bands, uint64_t numbers,
		       struct err *err)
{
	struct mapped_kind k = kind_of(kind);
	struct mapped *file = NULL;
	enum status st =
		mapped_open(&file, ret_state, path, &k, lines_for(bands, numbers), err);

	if (st == ST_OK)
		*ret = slots_over(file, bands);
	return st;
}

enum status slots_make(struct slots **ret, const char *path,
		       const struct mapped_kind *kind, unsigned bands, uint64_t numbers,
		       struct err *err)
{
	struct mapped_kind k = kind_of(kind);
	struct mapped *file = NULL;
	enum status st = mapped_make(&file, path, &k, lines_for(bands, numbers), err);

	if (st)
		return st;
	*ret = slots_over(file, bands);
	return ST_OK;
}

enum status slots_name(struct slots *s, struct err *err)
{
	enum status st = mapped_name(s->file, err);

	s->lines = mapped_items(s->file);
	return st;
}

void slots_close(struct slots *s)
{
	if (!s)
		return;
	mapped_close(s->file);
	free(s);
}

unsigned slots_bands(const struct slots *s)
{
	return s->bands;
}

struct mapped *slots_file(struct slots *s)
{
	return s->file;
}

bool slots_hold(const struct slots *s, uint64_t entries, uint64_t numbers)
{
	return entries <= s->count / s->bands * SLOTS * LOAD_PERCENT / 100 &&
	       numbers < (uint64_t)1 << s->number_bits;
}

bool slots_would_hold(unsigned bands, uint64_t numbers, uint64_t below)
{
	return below < (uint64_t)1 << bits_for(bands, lines_for(bands, numbers));
}

static uint64_t home_of(const struct slots *s, unsigned band, uint64_t key)
{
	uint64_t lines = s->first[band + 1] - s->first[band];

	return s->first[band] + ((key >> 32) * lines >> 32);
}

static uint64_t next_of(const struct slots *s, uint64_t line)
{
	return line + 1 < s->count ? line + 1 : 0;
}

void slots_prefetch(const struct slots *s, unsigned band, uint64_t key)
{
	__builtin_prefetch(&s->lines[home_of(s, band, key)]);
}

/* Loops over a whole line without a way out: the compiler makes them vectors, and nothing is
 * left for a processor to guess wrong. */
static unsigned count_tag(const struct line *line, uint32_t mask, uint32_t tag)
{
	unsigned count = 0;

	for (unsigned i = 0; i <= CHECK; i++) /* the check may look like one, seldom */
		count += (line->slot[i] & ~mask) == tag && line->slot[i] != 0;
	return count;
}

static unsigned filled(const struct line *line)
{
	unsigned count = 0;

	for (unsigned i = 0; i <= CHECK; i++)
		count += line->slot[i] != 0;
	return count - (line->slot[CHECK] != 0);
}

static bool has_slot(const struct line *line, uint32_t slot)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (line->slot[i] == slot)
			return true;
	return false;
}

static void take_numbers(const struct line *line, uint32_t mask, uint32_t tag,
			 uint32_t *ret, size_t room, size_t *ret_count)
{
	for (unsigned i = 0; i < SLOTS && line->slot[i]; i++)
		if ((line->slot[i] & ~mask) == tag && *ret_count < room)
			ret[(*ret_count)++] = (line->slot[i] & mask) - 1;
}

bool slots_find(const struct slots *s, unsigned band, uint64_t key, uint32_t *ret,
		size_t room, size_t *ret_count)
{
	uint32_t mask = ((uint32_t)1 << s->number_bits) - 1;
	uint32_t tag = (uint32_t)key & ~mask;
	uint64_t at = home_of(s, band, key), looked = 0;

	for (; looked < s->count; at = next_of(s, at), looked++) {
		const struct line *line = &s->lines[at];
		if (line->slot[CHECK] != check_of(line))
			return false;
		if (count_tag(line, mask, tag))
			take_numbers(line, mask, tag, ret, room, ret_count);
		if (line->slot[SLOTS - 1] == 0)
			break;
	}
	return true;
}

bool slots_fill(struct slots *s, unsigned band, uint64_t key, uint32_t number,
		unsigned most)
{
	uint32_t mask = ((uint32_t)1 << s->number_bits) - 1;
	uint32_t slot = ((uint32_t)key & ~mask) | (number + 1);
	uint64_t at = home_of(s, band, key);
	unsigned seen = 0;

	for (;; at = next_of(s, at)) {
		struct line *line = &s->lines[at];
		seen += count_tag(line, mask, slot & ~mask);
		if (seen >= most)
			return false;
		if (line->slot[SLOTS - 1])
			continue;
		put_at(line, filled(line), slot);
		return true;
	}
}

bool slots_put(struct slots *s, unsigned band, uint64_t key, uint32_t number)
{
	uint32_t mask = ((uint32_t)1 << s->number_bits) - 1;
	uint32_t slot = ((uint32_t)key & ~mask) | (number + 1);
	uint64_t at = home_of(s, band, key), looked = 0;

	assert(number < mask);
	for (; looked < s->count; at = next_of(s, at), looked++) {
		struct line *line = &s->lines[at];
		if (count_tag(line, mask, slot & ~mask) && has_slot(line, slot))
			return true;
		unsigned used = filled(line);
		if (used == SLOTS)
			continue;
		put_at(line, used, slot);
		return true;
	}
	return false; /* no line has room: not what slots_hold promised */
}
