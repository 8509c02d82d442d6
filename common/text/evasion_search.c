/* Design: one pass over match asks of 64 bytes at a time whether any of four things is
 * there that plain text seldom has: a letter behind a sign or a digit, a digit (or @, $)
 * behind a letter, three of a letter, three letters that stand alone. Only where one is,
 * evasion_place.c looks closer. So most texts cost a few instructions for 16 bytes, and
 * memory only once a place was found. */
#include "evasion_own.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "alloc.h"

#define BLOCK 64

/* --- where to look: bit i stands for byte i of a block ------------------------------- */

/* Sixteen bytes that are compared at once; only a typedef can name such a type. */
typedef uint8_t sixteen __attribute__((vector_size(16)));

struct masks {
	uint64_t letter; /* or a byte above 0x7F */
	uint64_t calm;	 /* what a letter may stand behind */
	uint64_t like;	 /* from the digits on, and $; letters as well */
	uint64_t same;	 /* the next byte is the same */
	uint64_t el;
	bool high; /* there are bytes above 0x7F */
};

/* The top bits of sixteen bytes. */
static inline uint64_t tops(sixteen bytes)
{
#ifdef __SSE2__
	return (uint64_t)(uint32_t)_mm_movemask_epi8((__m128i)bytes);
#else
	uint8_t at[16];
	uint64_t mask = 0;

	memcpy(at, &bytes, sizeof(at));
	for (unsigned i = 0; i < 16; i += 8)
		mask |= ((get_le64(at + i) >> 7 & UINT64_C(0x0101010101010101)) *
			 UINT64_C(0x0102040810204080)) >>
			56 << i;
	return mask;
#endif
}

static inline sixteen load(const uint8_t *at)
{
	sixteen bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

static inline sixteen equal_to(sixteen bytes, uint8_t byte)
{
	return (sixteen)(bytes == (sixteen){0} + byte);
}

static inline sixteen within(sixteen bytes, uint8_t low, uint8_t high)
{
	sixteen above = bytes - ((sixteen){0} + low);

	return (sixteen)(above <= (sixteen){0} + (uint8_t)(high - low));
}

/* Adds what sixteen of a block's bytes are; one more is read. */
static inline sixteen read_sixteen(const uint8_t *at, unsigned shift, struct masks *m)
{
	sixteen bytes = load(at + shift);
	sixteen letter = within(bytes, 'a', 'z') | bytes;
	/* The bits of ' - / are among those of '/'; % has them too, and is lost. */
	sixteen calm = equal_to(bytes, ' ') | equal_to(bytes | 0x0A, '/');
	sixteen like = (sixteen)(bytes >= (sixteen){0} + '0') | equal_to(bytes, '$');

	m->letter |= tops(letter) << shift;
	m->calm |= tops(calm) << shift;
	m->like |= tops(like) << shift;
	m->el |= tops(equal_to(bytes, 'l')) << shift;
	m->same |= tops((sixteen)(bytes == load(at + shift + 1))) << shift;
	return bytes;
}

/* Of the 64 bytes at `at`; one more is read. */
static inline void read_block(const uint8_t *at, struct masks *ret)
{
	*ret = (struct masks){.letter = 0};
	sixteen all = read_sixteen(at, 0, ret);

	all |= read_sixteen(at, 16, ret);
	all |= read_sixteen(at, 32, ret);
	all |= read_sixteen(at, 48, ret);
	ret->high = tops(all) != 0;
}

/* Of the letters l in the block at `block`, those that may be an i. */
static inline uint64_t hard_ones(struct span m, size_t block, uint64_t el)
{
	uint64_t ret = 0;

	for (; el; el &= el - 1)
		if (evasion_is_hard(m, block + (size_t)__builtin_ctzll(el)))
			ret |= el & -el;
	return ret;
}

static uint64_t looks_in(const struct evasion_source *s, size_t block)
{
	uint64_t ret = 0;

	for (size_t i = block; i < MIN(block + BLOCK, s->match.len); i++)
		ret |= (uint64_t)(s->looks[i] != 0) << (i - block);
	return ret;
}

/* What of the block before reaches into this one. */
struct carry {
	uint64_t letter, odd, same, lone, pair;
};

/* The answers of `steps` bytes before. */
static inline uint64_t behind(uint64_t now, uint64_t before, unsigned steps)
{
	return now << steps | before >> (BLOCK - steps);
}

/* The answers of two to four bytes before: one to three lie between two lone letters. */
static inline uint64_t shortly_behind(uint64_t now, uint64_t before)
{
	return behind(now, before, 2) | behind(now, before, 3) | behind(now, before, 4);
}

/* The last bytes of €, • and · in the block at `block`. Few texts come here that are not
 * of another script. */
static uint64_t long_signs(struct span m, size_t block)
{
	uint64_t ret = 0;

	for (size_t i = MAX(block, 2); i < MIN(block + BLOCK, m.len); i++) {
		const uint8_t *at = m.at + i;
		bool euro = at[0] == 0xAC && at[-1] == 0x82 && at[-2] == 0xE2;
		bool bullet = at[0] == 0xA2 && at[-1] == 0x80 && at[-2] == 0xE2;
		bool dot = at[0] == 0xB7 && at[-1] == 0xC2;

		ret |= (uint64_t)(euro || bullet || dot) << (i - block);
	}
	return ret;
}

/* Third letters that stand alone, of which `lone` has the bytes behind. Seldom are there
 * two within one block and the end of the one before it, and never three otherwise. */
static inline uint64_t apart(uint64_t lone, struct carry *c)
{
	uint64_t ret = 0, pair = 0;

	if ((lone & (lone - 1)) || c->lone >> (BLOCK - 8)) {
		pair = lone & shortly_behind(lone, c->lone);
		ret = lone & shortly_behind(pair, c->pair);
	}
	c->lone = lone;
	c->pair = pair;
	return ret;
}

/* The bytes of a block where something may be. */
static inline uint64_t suspects(const struct masks *m, struct carry *c)
{
	uint64_t odd = ~(m->calm | m->letter);
	uint64_t thrice = behind(m->same, c->same, 1) & behind(m->same, c->same, 2);
	uint64_t after_letter = behind(m->letter, c->letter, 1) & ~m->letter;
	uint64_t ret = (m->letter & (behind(odd, c->odd, 1) | thrice)) |
		       (m->like & after_letter) |
		       apart(after_letter & ~behind(m->letter, c->letter, 2), c);

	c->letter = m->letter;
	c->odd = odd;
	c->same = m->same;
	return ret;
}

/* --- places -------------------------------------------------------------------------- */

struct search {
	struct evasion *e;
	const struct evasion_source *source;
	size_t done; /* everything before it has been looked at */
};

static void add_place(struct evasion *e, const struct evasion_place *place)
{
	if (e->place_count == e->place_capacity) {
		e->place_capacity = e->place_capacity ? 2 * e->place_capacity : 16;
		e->places = xrealloc(e->places, e->place_capacity * sizeof(*e->places));
	}
	e->places[e->place_count++] = *place;
}

/* A sentence's end, a word in brackets or quotes, or behind three dots. */
static bool is_plain(struct span m, size_t i)
{
	if (i < m.len && strchr(":;?", m.at[i]))
		return i + 1 == m.len || m.at[i + 1] == ' ';
	if (i == 0 || i + 1 >= m.len || m.at[i + 1] < 'a' || m.at[i + 1] > 'z')
		return false;
	if (m.at[i - 1] == '(' || m.at[i - 1] == '"')
		return i == 1 || m.at[i - 2] == ' ';
	return i > 2 && m.at[i - 1] == '.' && m.at[i - 2] == '.' && m.at[i - 3] == '.';
}

static void look_at(struct search *s, size_t i)
{
	struct span m = s->source->match;
	struct evasion_place place;

	if (i < s->done || is_plain(m, i))
		return;
	if (evasion_find_apart(s->source, s->done, i, &place)) {
		add_place(s->e, &place);
		s->done = place.end;
		return;
	}
	size_t at = evasion_blank_before(m, s->done, i), end = evasion_blank_behind(m, i);

	while (evasion_find_in_word(s->source, &at, end, &place))
		add_place(s->e, &place);
	s->done = end;
}

void evasion_search(struct evasion *e, const struct evasion_source *source)
{
	struct search search = {.e = e, .source = source};
	struct span m = source->match;
	struct carry carry = {.letter = 0};
	uint8_t tail[BLOCK + 1] = {0};
	struct masks masks;

	e->place_count = 0;
	if (m.len == 0)
		return;
	for (size_t i = 0;; i += BLOCK) {
		size_t left = m.len - i;

		if (left > BLOCK) {
			read_block(m.at + i, &masks);
		} else {
			memcpy(tail, m.at + i, left);
			memset(tail + left, 0, sizeof(tail) - left);
			read_block(tail, &masks);
		}
		uint64_t bits = suspects(&masks, &carry) | hard_ones(m, i, masks.el);
		if (source->looks)
			bits |= looks_in(source, i);
		if (masks.high)
			bits |= long_signs(m, i);
		for (; bits; bits &= bits - 1)
			look_at(&search, i + (size_t)__builtin_ctzll(bits));
		/* A letter at the end stands alone: the block behind it says so. */
		if (left < BLOCK)
			return;
	}
}
