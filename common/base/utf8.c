#include "utf8.h"

/* Length of the sequence at `at`, at most `left` bytes; 0 where it is none. */
static size_t sequence(const uint8_t *at, size_t left)
{
	uint8_t lead = at[0];
	size_t len = lead < 0x80   ? 1
		     : lead < 0xC2 ? 0
		     : lead < 0xE0 ? 2
		     : lead < 0xF0 ? 3
				   : 4;

	if (lead > 0xF4 || len == 0 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	}
	bool overlong = (lead == 0xE0 && at[1] < 0xA0) || (lead == 0xF0 && at[1] < 0x90);
	bool surrogate = lead == 0xED && at[1] > 0x9F;
	bool beyond = lead == 0xF4 && at[1] > 0x8F;

	return overlong || surrogate || beyond ? 0 : len;
}

/* Whether the eight bytes there are ASCII. */
static bool eight_ascii(const uint8_t *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof(eight));
	return !(eight & UINT64_C(0x8080808080808080));
}

size_t utf8_flaw(struct span bytes)
{
	size_t i = 0;

	while (i < bytes.len) {
		if (bytes.len - i >= 8 && eight_ascii(bytes.at + i)) {
			i += 8; /* most of what comes */
			continue;
		}
		size_t len = sequence(bytes.at + i, bytes.len - i);
		if (len == 0)
			return i;
		i += len;
	}
	return bytes.len;
}

/* The character at `at`, of a sequence of `len` bytes. */
static unsigned decode(const uint8_t *at, size_t len)
{
	static const uint8_t lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	unsigned c = at[0] & lead_bits[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (at[i] & 63U);
	return c;
}

static bool is_white(unsigned c)
{
	return c <= ' ' || (c >= 0x7F && c <= 0xA0) || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Takes no room: soft hyphen, joiners, direction marks, the order of bytes. */
static bool is_unseen(unsigned c)
{
	return c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
	       c == 0xFEFF;
}

bool utf8_is_blank(const uint8_t *at, size_t len)
{
	size_t used = sequence(at, len);

	return used > 0 && is_white(decode(at, used));
}

bool utf8_shows_nothing(struct span text)
{
	for (size_t i = 0, used; i < text.len; i += used) {
		used = sequence(text.at + i, text.len - i);
		if (used == 0)
			return false;
		unsigned c = decode(text.at + i, used);
		if (!is_white(c) && !is_unseen(c))
			return false;
	}
	return true;
}
