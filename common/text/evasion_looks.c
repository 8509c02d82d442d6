/* What characters look like, from the author's own text: match has lowered its capitals. Most
 * texts have no such character, and cost one pass that compares sixteen bytes at a time. */
#include "evasion_own.h"

#include <stdlib.h>

#include "alloc.h"
#include "utf8.h"

#define FIRST_LEAD  0xC4 /* of the characters that fold_seen_as knows */
#define SIXTEEN	    16
#define TIMES_BYTE  0x97       /* the last byte of U+00D7, the only one before */
#define PUNCTUATION "\xE2\x80" /* typographers' quotes and dashes: none of them */

/* Can the character that has its first byte (of U+00D7: its last) at `i` be one? */
static inline bool is_suspect(struct span raw, size_t i)
{
	uint8_t byte = raw.at[i], before = i > 0 ? raw.at[i - 1] : ' ';

	if (byte == 'I')
		return (before >= 'a' && before <= 'z') || evasion_is_digit(before) ||
		       before == 'I' || before >= 0x80;
	return byte >= FIRST_LEAD || byte == TIMES_BYTE;
}

/* Sixteen bytes that are compared at once; only a typedef can name such a type. */
typedef uint8_t sixteen __attribute__((vector_size(SIXTEEN)));

static inline sixteen load(const uint8_t *at)
{
	sixteen bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

/* Of the sixteen bytes at `at` and the one before: which may be suspect. */
static inline sixteen suspects(const uint8_t *at)
{
	sixteen bytes = load(at), before = load(at - 1), none = {0};
	sixteen inside = (sixteen)(before >= none + 'a') |
			 (sixteen)(before - (none + '0') < none + 10);

	return (sixteen)(bytes >= none + FIRST_LEAD) |
	       (sixteen)(bytes == none + TIMES_BYTE) |
	       ((sixteen)(bytes == none + 'I') & inside);
}

/* A text's first byte can be no I behind a letter; the last sixteen are read once more. */
static bool has_suspect(struct span raw)
{
	sixteen any = {0};
	uint64_t halves[2];

	if (raw.len <= SIXTEEN)
		return true;
	if (raw.at[0] >= FIRST_LEAD)
		return true;
	for (size_t i = 1; i + SIXTEEN <= raw.len; i += SIXTEEN)
		any |= suspects(raw.at + i);
	any |= suspects(raw.at + raw.len - SIXTEEN);
	memcpy(halves, &any, sizeof(halves));
	return halves[0] | halves[1];
}

/* The first from byte `i` on, or raw.len. */
static size_t next_suspect(struct span raw, size_t i)
{
	while (i < raw.len && !is_suspect(raw, i))
		i++;
	return i;
}

/* A capital I within a word of small letters; match has the letter before, or its look. */
static bool is_small_l(const struct evasion *e, struct span match, struct span raw,
		       size_t i, size_t from)
{
	if (from == 0 ||
	    !(evasion_is_letter(match.at[from - 1]) ||
	      evasion_is_digit(match.at[from - 1]) || match.at[from - 1] >= 0xC3))
		return false;
	return raw.at[i - 1] != 'I' || e->looks[from - 1];
}

/* A capital letter in a filled circle or square: pictures, of which NFKD and confusables.txt
 * know nothing, though they do know the outlined ones. Flags are of two such letters that
 * are no word. 0: it is none. */
static char letter_of_picture(uint32_t code)
{
	static const uint32_t first[] = {0x1F150, 0x1F170};

	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		if (code >= first[i] && code < first[i] + 26)
			return (char)('a' + (code - first[i]));
	return 0;
}

static char look_of(const struct evasion *e, struct span match, struct span raw, size_t i,
		    size_t from)
{
	const uint8_t *at = raw.at + i;

	if (*at == 'I')
		return is_small_l(e, match, raw, i, from) ? 'l' : 0;
	uint32_t code = utf8_next(&at, raw.at + raw.len);
	char letter = letter_of_picture(code);
	return letter ? letter : fold_seen_as(code);
}

static void clear_looks(struct evasion *e, size_t len)
{
	if (len > e->looks_capacity) {
		free(e->looks);
		e->looks = xmalloc(len);
		e->looks_capacity = len;
	}
	memset(e->looks, 0, len);
}

const char *evasion_find_looks(struct evasion *e, const struct fold *f, struct span raw)
{
	struct span match = buf_view(&f->match);
	size_t from = 0;
	bool some = false, cleared = false;

	if (!has_suspect(raw))
		return NULL;
	for (size_t i = next_suspect(raw, 0); i < raw.len; i = next_suspect(raw, i + 1)) {
		size_t start = raw.at[i] == TIMES_BYTE && i > 0 ? i - 1 : i;

		if (raw.len - i > 2 && memcmp(raw.at + i, PUNCTUATION, 2) == 0)
			continue;
		if (!cleared)
			clear_looks(e, match.len + 1);
		cleared = true;
		while (from < match.len && f->match_at[from] < start)
			from++;
		if (from == match.len || f->match_at[from] != start)
			continue;
		e->looks[from] = look_of(e, match, raw, start, from);
		some |= e->looks[from] != 0;
	}
	return some ? e->looks : NULL;
}
