#include "detect_own.h"

#include "detect_lists.h"

/* Names on networks: "@name" anywhere, "t.me/name", and behind the name of a network what is
 * clearly a name, by a colon before it or by a digit, dot or underscore in it ("a snap
 * closes it" is none). */

#define NAME_MIN 3
#define NAME_MAX 32

static const char not_names[] =
	"home|work|the|all|least|last|this|that|once|first|about|around|gmail|hotmail|"
	"yahoo|media|font|midnight|noon|lunch|dinner|night|retail|full|sale";

static bool is_name_byte(uint8_t c)
{
	return detect_is_alnum(c) || c == '_' || c == '.';
}

/* Where the name that begins at `at` ends; `at`: none does. */
static size_t name_end(struct span text, size_t at)
{
	size_t end = at;
	bool letter = false;

	while (is_name_byte(detect_byte(text, end)) && end - at <= NAME_MAX)
		letter = detect_is_letter(text.at[end++]) || letter;
	if (detect_glued_behind(text, end) || end - at > NAME_MAX)
		return at;
	while (end > at && text.at[end - 1] == '.')
		end--;
	return letter && end - at >= NAME_MIN ? end : at;
}

/* A digit or underscore in it, and no amount ("2.5cm" begins with a digit). A dot may be a
 * sentence's ("my instagram page.it is"), unless "is" came before. */
static bool is_unlike_words(struct span name, bool linked)
{
	bool unlike = false;

	for (size_t i = 0; i < name.len; i++)
		unlike = unlike || (linked && name.at[i] == '.') ||
			 !(detect_is_letter(name.at[i]) || name.at[i] == '.');
	return unlike && !detect_is_digit(name.at[0]);
}

/* Behind '@', which is no part of an address. */
static size_t at_sign_end(struct span text, size_t at)
{
	size_t end = name_end(text, at + 1);
	struct span name = {text.at + at + 1, end - at - 1};

	if (end == at + 1 || detect_is_digit(name.at[0]) ||
	    detect_glued_before(text, at) || detect_byte(text, end) == '@' ||
	    detect_listed(not_names, name))
		return 0;
	return end;
}

/* "instagram.com/name", "t.me/name": behind the word that ends at `at`. */
static size_t link_end(struct span text, struct span word, size_t at)
{
	bool short_link =
		detect_listed("t|wa|fb", word) && detect_starts(text, at, ".me/");
	bool long_link = detect_listed(DETECT_NETWORKS "|" DETECT_NETWORKS_SHORT, word) &&
			 detect_starts(text, at, ".com/");
	size_t from = at + (short_link ? 4 : 5), end = from;

	if (!short_link && !long_link)
		return 0;
	while (is_name_byte(detect_byte(text, end)) || detect_byte(text, end) == '+')
		end++;
	return end - from >= NAME_MIN ? end : 0;
}

/* "insta: name", "snapchat = @name", "my ig is jane_d", "insta jane.d75" */
static size_t network_end(struct span text, struct span word, size_t at)
{
	size_t from = at + (detect_byte(text, at) == ' ');
	bool sign = detect_byte(text, from) == ':' || detect_byte(text, from) == '=';

	from += sign;
	from += detect_byte(text, from) == ' ';
	struct span link = detect_word(text, from);
	bool linked = !sign && detect_listed("is|est|name|id|user", link);
	from += linked ? link.len + 1 : 0;
	bool mark = detect_byte(text, from) == '@';
	from += mark;
	size_t end = name_end(text, from);
	struct span name = {text.at + from, end - from};
	if (from == at || !detect_ends_word(text, at) || end <= from ||
	    detect_byte(text, end) == '@')
		return 0;
	/* A snap is also what closes a shirt. */
	bool clear = mark || (sign && !detect_listed("snap", word));
	return (clear && !detect_is_digit(name.at[0]) &&
		!detect_listed(not_names, name)) ||
			       is_unlike_words(name, linked || sign)
		       ? end
		       : 0;
}

static size_t handle_end(struct span text, size_t at)
{
	if (text.at[at] == '@')
		return at_sign_end(text, at);
	uint8_t before = detect_byte(text, at - 1);
	if (detect_glued_before(text, at) || before == '@' || before == '_')
		return 0;
	struct span word = detect_word(text, at);
	size_t end = link_end(text, word, at + word.len);
	bool short_name = detect_listed(DETECT_NETWORKS_SHORT, word) &&
			  (at == 0 || before == ' ' || before == '(');
	return end || (!short_name && !detect_listed(DETECT_NETWORKS, word))
		       ? end
		       : network_end(text, word, at + word.len);
}

void detect_handle(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	for (size_t at = 0; at < text.len; at++) {
		uint8_t c = text.at[at];
		size_t end = c == '@' || detect_is_letter(c) ? handle_end(text, at) : 0;

		if (end && !detect_add(ret, at, end))
			return;
		at = end ? end - 1 : at;
	}
}
