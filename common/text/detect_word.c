#include "detect_own.h"

bool detect_add(struct detect_found *found, size_t start, size_t end)
{
	if (found->count < found->room)
		found->at[found->count++] = (struct scan_place){start, end};
	return found->count < found->room;
}

bool detect_listed(const char *list, struct span word)
{
	while (*list && word.len) {
		size_t same = 0;

		while (same < word.len && list[same] == (char)word.at[same])
			same++;
		list += same;
		if (*list == '*' || (same == word.len && (*list == '|' || !*list)))
			return true;
		while (*list && *list++ != '|')
			;
	}
	return false;
}

bool detect_starts(struct span text, size_t at, const char *with)
{
	size_t len = strlen(with);

	return at <= text.len && text.len - at >= len &&
	       memcmp(text.at + at, with, len) == 0;
}

bool detect_ends(struct span text, size_t end, const char *with)
{
	size_t len = strlen(with);

	return end >= len && detect_starts(text, end - len, with);
}

struct span detect_word(struct span text, size_t at)
{
	size_t end = at;

	while (detect_is_letter(detect_byte(text, end)))
		end++;
	return (struct span){text.at + at, end - at};
}

struct span detect_word_before(struct span text, size_t end)
{
	size_t start = end;

	while (start && end - start < DETECT_LOOK_BYTES &&
	       detect_is_letter(text.at[start - 1]))
		start--;
	return (struct span){text.at + start, end - start};
}

/* As in words.h: from U+00C0 on, without what is punctuation, a symbol or a picture. */
static bool is_wide_letter(struct span text, size_t at)
{
	uint8_t c = detect_byte(text, at), second = detect_byte(text, at + 1);

	return c >= 0xC3 && c != 0xE2 && c < 0xEF && !(c == 0xE3 && second == 0x80);
}

bool detect_glued_behind(struct span text, size_t at)
{
	return detect_is_alnum(detect_byte(text, at)) || is_wide_letter(text, at);
}

bool detect_glued_before(struct span text, size_t at)
{
	if (at == 0 || detect_is_alnum(text.at[at - 1]))
		return at > 0;
	for (size_t back = 1; back <= 4 && back <= at; back++)
		if ((text.at[at - back] & 0xC0) != 0x80)
			return is_wide_letter(text, at - back);
	return false;
}
