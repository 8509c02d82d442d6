#include "script.h"

static const struct block {
	uint32_t from, to;
	enum script script;
} blocks[] = {
	{0x41, 0x5A, SCRIPT_LATIN},	 {0x61, 0x7A, SCRIPT_LATIN},
	{0xAA, 0xAA, SCRIPT_LATIN},	 {0xBA, 0xBA, SCRIPT_LATIN},
	{0xC0, 0xD6, SCRIPT_LATIN},	 {0xD8, 0xF6, SCRIPT_LATIN},
	{0xF8, 0x2AF, SCRIPT_LATIN},	 {0x370, 0x373, SCRIPT_GREEK},
	{0x376, 0x377, SCRIPT_GREEK},	 {0x37B, 0x37D, SCRIPT_GREEK},
	{0x37F, 0x37F, SCRIPT_GREEK},	 {0x386, 0x386, SCRIPT_GREEK},
	{0x388, 0x3FF, SCRIPT_GREEK},	 {0x400, 0x481, SCRIPT_CYRILLIC},
	{0x48A, 0x52F, SCRIPT_CYRILLIC}, {0x531, 0x587, SCRIPT_OTHER},
	{0x5D0, 0x5F2, SCRIPT_HEBREW},	 {0x620, 0x64A, SCRIPT_ARABIC},
	{0x66E, 0x6D3, SCRIPT_ARABIC},	 {0x6FA, 0x6FF, SCRIPT_ARABIC},
	{0x710, 0x74F, SCRIPT_OTHER},	 {0x750, 0x77F, SCRIPT_ARABIC},
	{0x780, 0x7BF, SCRIPT_OTHER},	 {0x8A0, 0x8C9, SCRIPT_ARABIC},
	{0x900, 0xDFF, SCRIPT_OTHER},	 {0xE01, 0xE4E, SCRIPT_THAI},
	{0xE80, 0x10FF, SCRIPT_OTHER},	 {0x1100, 0x11FF, SCRIPT_HANGUL},
	{0x1200, 0x1C7F, SCRIPT_OTHER},	 {0x1C80, 0x1C8F, SCRIPT_CYRILLIC},
	{0x1C90, 0x1CBF, SCRIPT_OTHER},	 {0x1D00, 0x1D25, SCRIPT_LATIN},
	{0x1E00, 0x1EFF, SCRIPT_LATIN},	 {0x1F00, 0x1FFF, SCRIPT_GREEK},
	{0x2C60, 0x2C7F, SCRIPT_LATIN},	 {0x2DE0, 0x2DFF, SCRIPT_CYRILLIC},
	{0x3041, 0x3096, SCRIPT_KANA},	 {0x30A1, 0x30FA, SCRIPT_KANA},
	{0x3131, 0x318E, SCRIPT_HANGUL}, {0x31F0, 0x31FF, SCRIPT_KANA},
	{0x3400, 0x4DBF, SCRIPT_HAN},	 {0x4E00, 0x9FFF, SCRIPT_HAN},
	{0xA000, 0xA48C, SCRIPT_OTHER},	 {0xA640, 0xA69F, SCRIPT_CYRILLIC},
	{0xA722, 0xA7FF, SCRIPT_LATIN},	 {0xAC00, 0xD7A3, SCRIPT_HANGUL},
	{0xF900, 0xFAFF, SCRIPT_HAN},	 {0xFB50, 0xFDFF, SCRIPT_ARABIC},
	{0xFE70, 0xFEFC, SCRIPT_ARABIC}, {0xFF21, 0xFF3A, SCRIPT_LATIN},
	{0xFF41, 0xFF5A, SCRIPT_LATIN},	 {0xFF66, 0xFF9D, SCRIPT_KANA},
	{0x20000, 0x3FFFF, SCRIPT_HAN},
};

enum script script_beyond_ascii(uint32_t point)
{
	size_t low = 0, high = ARRAY_LEN(blocks);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (blocks[middle].to < point)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ARRAY_LEN(blocks) && blocks[low].from <= point ? blocks[low].script
								    : SCRIPT_NONE;
}

uint32_t script_small_beyond_ascii(uint32_t point)
{
	if ((point >= 0xC0 && point <= 0xDE && point != 0xD7) ||
	    (point >= 0x391 && point <= 0x3AB) || (point >= 0x410 && point <= 0x42F))
		return point + 0x20;
	if (point >= 0x400 && point <= 0x40F)
		return point + 0x50;
	/* Capitals are even up to U+0137, odd from U+0139 to U+0148, then even again. */
	if ((point >= 0x100 && point <= 0x137) || (point >= 0x14A && point <= 0x177))
		return point | 1;
	if ((point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E))
		return point + point % 2;
	return point;
}

/* U+00C0..U+017F, two bytes each; a space is no letter. */
static const char plain[] =
	"a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thss"
	"a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy "
	"a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
	"g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l "
	"l l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s "
	"s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s ";

_Static_assert(sizeof(plain) == 2 * (0x180 - 0xC0) + 1, "two letters for each");

unsigned script_plain(uint32_t point, char ret[2])
{
	uint32_t small = point | 0x20;

	if (point < 0x80) {
		ret[0] = (char)small;
		return small - 'a' < 26;
	}
	if (point < 0xC0 || point > 0x17F)
		return 0;
	memcpy(ret, plain + 2 * (point - 0xC0), 2);
	return ret[0] == ' ' ? 0 : ret[1] == ' ' ? 1 : 2;
}
