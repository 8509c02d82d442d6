#include "grams.h"

#include "digest.h"

#define WIDTH	 4
#define WIDE	 2 /* what a Han or kana character counts */
#define BMP_LAST 0xFFFF

#define COMMON_BITS 16

/* Four characters each. */
static const char common_grams[] =
#include "grams_common.def"
	;

static uint64_t common_map[1 << (COMMON_BITS - 6)];

struct span grams_text(struct span key_text)
{
	size_t len = key_text.len;

	if (len <= GRAMS_TEXT_MAX)
		return key_text;
	len = GRAMS_TEXT_MAX;
	while (len > 0 && (key_text.at[len] & 0xC0) == 0x80)
		len--;
	return (struct span){key_text.at, len};
}

/* A folded text is valid UTF-8. */
static uint32_t decode(const uint8_t *at, size_t *len)
{
	if (at[0] < 0x80) {
		*len = 1;
		return at[0];
	}
	if (at[0] < 0xE0) {
		*len = 2;
		return (uint32_t)(at[0] & 0x1F) << 6 | (at[1] & 0x3F);
	}
	uint32_t code = (uint32_t)(at[0] & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 |
			(at[2] & 0x3F);
	*len = 3;
	if (at[0] < 0xF0)
		return code;
	*len = 4;
	return (code << 6 | (at[3] & 0x3F)) & 0x1FFFFF;
}

static unsigned weight_of(uint32_t code)
{
	bool wide = (code >= 0x3040 && code <= 0x30FF) || /* kana */
		    (code >= 0x3400 && code <= 0x9FFF) || /* Han */
		    (code >= 0xF900 && code <= 0xFAFF) ||
		    (code >= 0x20000 && code <= 0x3FFFF);

	return wide ? WIDE : 1;
}

/* The gram that starts at `at`; *ret_next is where the next one does. False: what is left
 * is shorter than a gram. */
static bool read_gram(struct span text, size_t at, uint64_t *ret, size_t *ret_next)
{
	uint64_t gram = 0;
	bool beyond = false;
	unsigned weight = 0;
	size_t i = at, len = 0;

	for (; weight < WIDTH && i < text.len; i += len) {
		uint32_t code = decode(text.at + i, &len);
		beyond |= code > BMP_LAST;
		weight += weight_of(code);
		gram = gram << 16 | code;
		if (i == at)
			*ret_next = at + len;
	}
	*ret = beyond ? hash64((struct span){text.at + at, i - at}, 0) : gram;
	return weight >= WIDTH;
}

static inline bool four_ascii(struct span text, size_t at)
{
	return text.len - at >= 4 && !(get_le32(text.at + at) & 0x80808080);
}

static inline uint64_t spread_ascii(const uint8_t *at)
{
	return (uint64_t)at[0] << 48 | (uint64_t)at[1] << 32 | (uint64_t)at[2] << 16 |
	       at[3];
}

/* The text without its spaces; until the next call. */
static struct span letters_of(struct span text)
{
	static uint8_t letters[GRAMS_TEXT_MAX];
	size_t len = 0;

	assert(text.len <= sizeof(letters));
	for (size_t i = 0; i < text.len; i++) {
		letters[len] = text.at[i];
		len += text.at[i] != ' ';
	}
	return (struct span){letters, len};
}

size_t grams_of(uint64_t *ret, struct span key_text)
{
	struct span text = letters_of(key_text);
	size_t count = 0, next;

	for (size_t i = 0; i < text.len; i = next) {
		next = i + 1;
		if (four_ascii(text, i))
			ret[count++] = spread_ascii(text.at + i);
		else if (read_gram(text, i, &ret[count], &next) || i == 0)
			count++;
		else
			break;
	}
	return count;
}

static inline uint32_t mix(uint32_t x)
{
	x *= 0x9E3779B1;
	x ^= x >> 15;
	x *= 0x85EBCA77;
	return x ^ x >> 13;
}

static void mark_common(void)
{
	static_assert((sizeof(common_grams) - 1) % WIDTH == 0, "four characters each");
	for (size_t i = 0; i + WIDTH < sizeof(common_grams); i += WIDTH) {
		uint32_t bit = mix(get_le32((const uint8_t *)common_grams + i)) >>
			       (32 - COMMON_BITS);
		common_map[bit / 64] |= (uint64_t)1 << bit % 64;
	}
}

static inline bool is_common(uint32_t mixed)
{
	uint32_t bit = mixed >> (32 - COMMON_BITS);

	return common_map[bit / 64] >> bit % 64 & 1;
}

/* All grams of the text in 32 bits. */
static size_t mixed_grams(uint32_t *ret, struct span text)
{
	size_t count = 0, next;
	uint64_t gram;

	for (size_t i = 0; i < text.len; i = next) {
		next = i + 1;
		if (four_ascii(text, i))
			ret[count++] = mix(get_le32(text.at + i));
		else if (read_gram(text, i, &gram, &next) || i == 0)
			ret[count++] = mix((uint32_t)(gram * 0x9E3779B97F4A7C15 >> 32));
		else
			break;
	}
	return count;
}

size_t grams_telling(uint32_t *ret, struct span key_text)
{
	struct span text = letters_of(key_text);
	static bool marked;
	size_t count = mixed_grams(ret, text), kept = 0;

	if (!marked)
		mark_common();
	marked = true;
	for (size_t i = 0; i < count; i++) {
		ret[kept] = ret[i];
		kept += !is_common(ret[i]);
	}
	if (kept > 0 || count == 0)
		return kept;
	return mixed_grams(ret, text); /* again: they were written over */
}

uint64_t grams_version(void)
{
	return hash64(SPAN_OF(common_grams), WIDTH);
}
