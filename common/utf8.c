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
