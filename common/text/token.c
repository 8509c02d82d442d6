#include "token.h"

#include "utf8.h"

/* FNV-1a by code points: words are compared within one text, never kept. */
#define HASH_START UINT64_C(0xCBF29CE484222325)
#define HASH_PRIME UINT64_C(0x100000001B3)

enum part { PART_NONE, PART_WORD, PART_ALONE, PART_APOSTROPHE };

static enum part part_of(uint32_t point, enum script *ret_script)
{
	*ret_script = SCRIPT_NONE;
	if (point == '\'' || point == 0x2019)
		return PART_APOSTROPHE;
	if (point < 0x80) {
		*ret_script = script_of(point);
		return *ret_script || point - '0' < 10 ? PART_WORD : PART_NONE;
	}
	if (script_is_mark(point))
		return PART_WORD;
	*ret_script = script_of(point);
	switch (*ret_script) {
	case SCRIPT_NONE:
		return PART_NONE;
	case SCRIPT_HAN:
	case SCRIPT_KANA:
	case SCRIPT_THAI:
		return PART_ALONE;
	case SCRIPT_LATIN:
	case SCRIPT_GREEK:
	case SCRIPT_CYRILLIC:
	case SCRIPT_ARABIC:
	case SCRIPT_HEBREW:
	case SCRIPT_HANGUL:
	case SCRIPT_OTHER:
		break;
	}
	return PART_WORD;
}

static void take(struct token *t, uint32_t point, enum script script)
{
	t->hash = (t->hash ^ script_small(point)) * HASH_PRIME;
	if (script == SCRIPT_NONE)
		return;
	if (script == SCRIPT_GREEK)
		t->unit = !(t->scripts & 1u << SCRIPT_GREEK) &&
			  (point == 0x3BC || point == 0x3A9);
	t->scripts |= 1u << script;
}

/* Takes what the word has behind its first character; returns its end. */
static const uint8_t *take_rest(struct token *t, const uint8_t *at, const uint8_t *end)
{
	const uint8_t *word_end = at;
	bool apostrophe = false;

	while (at < end) {
		enum script script = SCRIPT_LATIN;
		uint8_t small = *at | 0x20;

		if ((uint8_t)(small - 'a') < 26) { /* most of what comes */
			t->hash = (t->hash ^ small) * HASH_PRIME;
			t->scripts |= 1u << SCRIPT_LATIN;
			word_end = ++at;
			apostrophe = false;
			continue;
		}
		uint32_t point = utf8_next(&at, end);
		enum part part = part_of(point, &script);

		if (part == PART_WORD) {
			take(t, point, script);
			word_end = at;
			apostrophe = false;
		} else if (part == PART_APOSTROPHE && !apostrophe) {
			apostrophe = true;
		} else {
			break;
		}
	}
	return word_end;
}

bool token_next(struct token *ret, struct span *rest)
{
	if (rest->len == 0)
		return false;
	const uint8_t *at = rest->at, *end = at + rest->len;

	while (at < end) {
		const uint8_t *start = at;
		enum script script;
		uint32_t point = utf8_next(&at, end);
		enum part part = part_of(point, &script);

		if (part != PART_WORD && part != PART_ALONE)
			continue;
		*ret = (struct token){.hash = HASH_START};
		take(ret, point, script);
		if (part == PART_WORD)
			at = take_rest(ret, at, end);
		ret->bytes = (struct span){start, (size_t)(at - start)};
		*rest = (struct span){at, (size_t)(end - at)};
		return true;
	}
	*rest = SPAN_NONE;
	return false;
}
