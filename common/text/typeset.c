#include "typeset.h"

#define NO_BREAK	"\u00A0"
#define NARROW_NO_BREAK "\u202F"
#define APOSTROPHE	"\u2019"
#define OPENING		"\u00AB"
#define CLOSING		"\u00BB"

static bool starts(struct span text, size_t at, const char *with)
{
	size_t len = strlen(with);

	return text.len - at >= len && memcmp(text.at + at, with, len) == 0;
}

static bool ends(struct span text, size_t at, const char *with)
{
	size_t len = strlen(with);

	return at >= len && memcmp(text.at + at - len, with, len) == 0;
}

/* Every byte of a letter beyond ASCII counts as one: good enough beside an apostrophe. */
static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static const char *space_at(struct span text, size_t at)
{
	bool last = at + 1 == text.len;

	if (ends(text, at, OPENING))
		return NARROW_NO_BREAK;
	if (last)
		return " ";
	if (strchr(";!?", text.at[at + 1]) || starts(text, at + 1, CLOSING))
		return NARROW_NO_BREAK;
	return text.at[at + 1] == ':' ? NO_BREAK : " ";
}

void typeset_put(struct buf *out, struct span text, bool french)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		bool between = i > 0 && i + 1 < text.len && is_letter(text.at[i - 1]) &&
			       is_letter(text.at[i + 1]);

		if (c == '\'' && between)
			buf_text(out, APOSTROPHE);
		else if (c == ' ' && french)
			buf_text(out, space_at(text, i));
		else
			buf_char(out, (char)c);
	}
}
