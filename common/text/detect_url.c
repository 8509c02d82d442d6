#include "detect_own.h"

#include "detect_lists.h"

#define HOST_BYTES_MAX 255
#define URL_BYTES_MAX  4096 /* longer ones are found, and cut */

static bool is_host_byte(uint8_t c)
{
	return detect_is_alnum(c) || c == '-' || c == '.';
}

/* Not white space, quotes, or punctuation beyond Latin-1's letters: « », “ ”, …. */
static bool is_url_byte(uint8_t c)
{
	return c > ' ' && c != 0x7F && c != 0xC2 && c != 0xE2 && !strchr("\"<>\\", c);
}

/* Where the address that goes on at `at` ends, without the sentence's own punctuation. */
static size_t rest_end(struct span text, size_t at)
{
	size_t end = at;

	while (end - at < URL_BYTES_MAX && is_url_byte(detect_byte(text, end)))
		end++;
	while (end < text.len && (text.at[end] & 0xC0) == 0x80 && end > at)
		end--; /* cut within a character */
	while (end > at && strchr(".,;:!?)]}'*", text.at[end - 1]))
		end--;
	return end;
}

/* Letters before "://" at `at`. */
static size_t scheme_start(struct span text, size_t at)
{
	struct span word = detect_word_before(text, at);

	return word.len <= 12 ? at - word.len : at;
}

static size_t www_end(struct span text, size_t at)
{
	size_t host = at + 4, end = host;

	if (!detect_starts(text, at, "www.") || detect_glued_before(text, at))
		return 0;
	while (is_host_byte(detect_byte(text, end)) && end - host < HOST_BYTES_MAX)
		end++;
	const void *dot = end > host ? memchr(text.at + host, '.', end - host) : NULL;
	return dot && dot != text.at + host && dot != text.at + end - 1
		       ? rest_end(text, end)
		       : 0;
}

/* Where a name begins whose last dot is at `dot`; `dot`: there is none, or it is part of a
 * mail address. */
static size_t name_start(struct span text, size_t dot)
{
	size_t start = dot;

	while (start && dot - start < HOST_BYTES_MAX && is_host_byte(text.at[start - 1]))
		start--;
	if (start && (text.at[start - 1] == '@' || text.at[start - 1] == '_' ||
		      text.at[start - 1] == '+' || detect_glued_before(text, start)))
		return dot;
	while (start < dot && !detect_is_alnum(text.at[start]))
		start++;
	return start;
}

/* "example.org", "example.it/shop": behind the dot at `dot`; 0: it ends a sentence. */
static size_t bare_end(struct span text, size_t dot)
{
	struct span top = detect_word(text, dot + 1);
	size_t end = dot + 1 + top.len;
	uint8_t next = detect_byte(text, end);
	bool path = (next == '/' || next == '?' || next == ':') &&
		    detect_glued_behind(text, end + 1);

	if (dot == 0 || !detect_is_alnum(text.at[dot - 1]) || top.len < 2 ||
	    next == '@' || next == '_' || next == '-' || detect_glued_behind(text, end))
		return 0;
	/* Of the address "jean.fr.dupont@example.org". */
	if (next == '.' && detect_is_alnum(detect_byte(text, end + 1))) {
		while (is_host_byte(detect_byte(text, end)) && end - dot < HOST_BYTES_MAX)
			end++;
		if (detect_byte(text, end) == '@')
			return 0;
		end = dot + 1 + top.len;
	}
	if (detect_listed(DETECT_TLDS_SURE, top))
		return path ? rest_end(text, end) : end;
	return path && detect_listed(DETECT_TLDS_WORDS, top) ? rest_end(text, end) : 0;
}

void detect_url(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	size_t done = 0;

	for (size_t at = 0; at < text.len; at++) {
		uint8_t c = text.at[at];
		size_t start = at, end = 0;

		if (c == ':' && detect_starts(text, at, "://")) {
			start = scheme_start(text, at);
			end = start < at ? rest_end(text, at + 3) : 0;
			end = end > at + 3 ? end : 0;
		} else if (c == 'w') {
			end = www_end(text, at);
		} else if (c == '.') {
			start = name_start(text, at);
			end = start < at ? bare_end(text, at) : 0;
		}
		if (!end || start < done)
			continue;
		if (!detect_add(ret, start, end))
			return;
		done = end;
		at = end - 1;
	}
}
