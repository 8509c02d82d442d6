#include "detect_own.h"

#include "detect_lists.h"

/* Addresses written so that a machine may not see them. What detect_url finds is none. */

#define LABEL_BYTES_MAX 63
#define SPACED_MIN	4 /* letters of a name spaced out */

/* Words before "dot com" and "point com" that are no names. */
static const char not_names[] =
	"the|a|an|polka|this|that|my|your|dot|un|une|ce|cette|le|la|les|du|au|mon|ma|"
	"bon|seul|premier|dernier|chaque|quel|ou|et|ne|no|is|of|in|on";

static size_t skip_space(struct span text, size_t at)
{
	return at + (detect_byte(text, at) == ' ');
}

/* "h t t p", "htt p", "hxxp", "h**p": behind the letters; 0: none. */
static size_t scheme_letters(struct span text, size_t at, bool *ret_spaced,
			     bool *ret_crossed)
{
	static const char *const letters[] = {"h", "tx*", "tx*", "p"};
	size_t from = at;

	*ret_spaced = *ret_crossed = false;
	for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
		bool space = i && detect_byte(text, from) == ' ';
		uint8_t c = detect_byte(text, from += space);

		if (!c || !strchr(letters[i], c))
			return 0;
		*ret_spaced = *ret_spaced || space;
		*ret_crossed = *ret_crossed || c == 'x' || c == '*';
		from++;
	}
	return *ret_spaced && *ret_crossed ? 0 : from;
}

/* "hxxp://x", "hxxps", "h t t p : / / x", "http: //x", "http:\\x" */
static size_t hidden_scheme_end(struct span text, size_t at)
{
	bool spaced, crossed;
	size_t from = scheme_letters(text, at, &spaced, &crossed);
	size_t slashes = 0, end, s;

	if (!from)
		return 0;
	s = skip_space(text, from);
	if (detect_byte(text, s) == 's' && !detect_is_letter(detect_byte(text, s + 1)))
		from = s + 1;
	end = skip_space(text, from);
	if (detect_byte(text, end) != ':')
		return crossed && !detect_glued_behind(text, from) ? from : 0;
	if (!spaced && !crossed && detect_starts(text, from, "://"))
		return 0;
	for (end = skip_space(text, end + 1);
	     detect_byte(text, end) == '/' || detect_byte(text, end) == '\\';
	     end = skip_space(text, end + 1))
		slashes++;
	if (!slashes && !crossed)
		return 0;
	while (detect_byte(text, end) > ' ' && end - at < DETECT_LOOK_BYTES &&
	       detect_byte(text, end) < 0x80)
		end++;
	return end;
}

static size_t label_end(struct span text, size_t at)
{
	size_t end = at;

	while ((detect_is_alnum(detect_byte(text, end)) ||
		detect_byte(text, end) == '-') &&
	       end - at < LABEL_BYTES_MAX)
		end++;
	return end;
}

/* A dot that is spelled out or set apart, from `at` on: " dot ", "(.)", " . ", " .com".
 * Returns where the next label begins; 0: it is none, or a plain dot. */
static size_t hidden_dot_end(struct span text, size_t at)
{
	size_t from = skip_space(text, at);
	uint8_t open = detect_byte(text, from);
	bool space = from > at, bracket = open == '(' || open == '[' || open == '{';

	from = bracket ? skip_space(text, from + 1) : from;
	struct span word = detect_word(text, from);
	bool sign = detect_byte(text, from) == '.' || detect_byte(text, from) == ',';
	if (!sign && !detect_listed("dot|point", word))
		return 0;
	if (sign && text.at[from] == ',' && !bracket)
		return 0;
	from += sign ? 1 : word.len;
	size_t end = skip_space(text, from);
	if (bracket) {
		uint8_t close = detect_byte(text, end);
		return close == ')' || close == ']' || close == '}'
			       ? skip_space(text, end + 1)
			       : 0;
	}
	return space && (sign || end > from) ? end : 0;
}

/* Where a top-level domain that people spell out ends; 0: none begins at `at`. */
static size_t top_end(struct span text, size_t at)
{
	struct span top = detect_word(text, at);

	return detect_listed(DETECT_TLDS_SPELLED, top) &&
			       detect_ends_word(text, at + top.len) &&
			       detect_byte(text, at + top.len) != '@'
		       ? at + top.len
		       : 0;
}

/* "c o m", "f r": with a space in it; 0: none. */
static size_t spaced_top_end(struct span text, size_t at)
{
	static const char *const tops[] = {"com", "fr", "net", "org"};

	for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
		size_t from = at, spaces = 0;
		const char *c = tops[i];
		for (; *c && detect_byte(text, from) == (uint8_t)*c; c++) {
			bool space = c[1] && detect_byte(text, from + 1) == ' ';
			spaces += space;
			from += 1 + space;
		}
		if (!*c && spaces && detect_ends_word(text, from))
			return from;
	}
	return 0;
}

/* "w w w", "www": behind the letters; 0: none. */
static size_t www_letters(struct span text, size_t at)
{
	for (size_t i = 0; i < 3; i++, at++) {
		at = i ? skip_space(text, at) : at;
		if (detect_byte(text, at) != 'w')
			return 0;
	}
	return at;
}

/* "w w w . x . fr", "www x fr", "www(.)x(.)fr" */
static size_t hidden_www_end(struct span text, size_t at)
{
	size_t from = www_letters(text, at), label, end;
	uint8_t c = detect_byte(text, from);
	bool spread = from > at + 3;

	if (!from || !c || !strchr(" ._,-([{", c) ||
	    (!spread && c == '.' && detect_byte(text, from + 1) != ' '))
		return 0;
	label = hidden_dot_end(text, from);
	label = skip_space(text, label ? label : from + 1);
	end = label_end(text, label);
	if (end == label)
		return 0;
	size_t dot = hidden_dot_end(text, end);
	size_t top = top_end(text, dot ? dot : end + 1);
	return top ? top : spread && end - label >= 2 ? end : 0;
}

/* Is the label that ends at `end` behind the sign of a mail address? */
static bool is_mail_host(struct span text, size_t start)
{
	static const char *const signs[] = {"@",    "@ ",	 " at ",   "at) ",
					    "at] ", "at)",	 "at]",	   "arobase ",
					    "_at_", "arobase) ", "arobas "};

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (detect_ends(text, start, signs[i]))
			return true;
	return false;
}

/* Where the name before `dot` begins; `dot`: there is none. */
static size_t name_start(struct span text, size_t dot)
{
	size_t start = dot;

	while (start && dot - start < LABEL_BYTES_MAX &&
	       (detect_is_alnum(text.at[start - 1]) || text.at[start - 1] == '-'))
		start--;
	struct span name = {text.at + start, dot - start};
	if (dot - start < 3 || detect_glued_before(text, start) ||
	    detect_listed(not_names, name) || is_mail_host(text, start))
		return dot;
	return start;
}

/* "e x a m p l e" that ends at `end`: where it begins; `end`: too few letters. */
static size_t spaced_start(struct span text, size_t end)
{
	size_t start = end, letters = 0;

	while (start && letters < LABEL_BYTES_MAX &&
	       detect_is_alnum(text.at[start - 1]) &&
	       (start == 1 || text.at[start - 2] == ' ')) {
		letters++;
		start -= start > 1 ? 2 : 1;
	}
	start += detect_byte(text, start) == ' ' && letters;
	return letters >= SPACED_MIN ? start : end;
}

/* The hidden name whose dot, with what stands around it, begins at `at`. */
static bool find_name(struct span text, size_t at, struct scan_place *ret)
{
	size_t after = hidden_dot_end(text, at);
	size_t start = name_start(text, at), end = after ? top_end(text, after) : 0;

	/* ". com" and " .com" alike; other domains only where the dot stands apart. */
	if (!end && detect_starts(text, at, ". com") && detect_ends_word(text, at + 5))
		end = at + 5;
	if (!end || start == at) {
		size_t dot = skip_space(text, at);
		if (detect_byte(text, dot) != '.')
			return false;
		size_t top = skip_space(text, dot + 1);
		end = spaced_top_end(text, top);
		start = end ? MIN(name_start(text, at), spaced_start(text, at)) : at;
	}
	*ret = (struct scan_place){start, end};
	return end && start < at;
}

static bool find_hidden(struct span text, size_t at, struct scan_place *ret)
{
	uint8_t c = text.at[at];
	size_t end = 0;

	if (c == ' ' || c == '.' || c == '(' || c == '[' || c == '{')
		return find_name(text, at, ret);
	if ((c != 'h' && c != 'w') || detect_glued_before(text, at))
		return false;
	end = c == 'h' ? hidden_scheme_end(text, at) : hidden_www_end(text, at);
	*ret = (struct scan_place){at, end};
	return end > 0;
}

void detect_hidden_url(struct span text, uint64_t countries UNUSED,
		       struct detect_found *ret)
{
	struct scan_place place;
	size_t done = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (!find_hidden(text, at, &place) || place.start < done)
			continue;
		if (!detect_add(ret, place.start, place.end))
			return;
		done = place.end;
		at = done - 1;
	}
}
