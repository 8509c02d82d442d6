#include "detect_own.h"

/* A mobile number that is written so that no number is seen: with a sign that numbers do not
 * have between its pairs ("06|12|34|56|78"), letters among its figures ("o6 I2 34 56 78") or
 * Arabic figures. It is written out as it is meant, between what stands around it, and has to
 * be a French or British number to detect_phone, which knows orders, lotteries and units.
 *
 * Times, scores, lots, and the pages of a book are pairs as well: pairs that all stay below 60
 * are a number only where a word says that it is a telephone. */

#define BEFORE_BYTES 48 /* as far as detect_phone looks for a word */
#define BEHIND_BYTES 16
#define DIGITS_MAX   11 /* of such a number, and one more: it is none */
#define GAP_BYTES    3
#define PLAIN_BYTES  (DIGITS_MAX * (GAP_BYTES + 1))
#define PAIRS	     5

static const char *const signs[] = {"|", "*", ":",  ",",      ";",	"~",	 "=",
				    "+", "#", "\\", "\u2014", "\u2022", "\u00b7"};

/* What is read from `start` to `end`, and as it is meant. */
struct hidden {
	size_t start, end;
	char plain[PLAIN_BYTES];
	size_t plain_len;
	size_t digits, letters, foreign; /* letters and foreign ones are digits too */
	size_t groups, first_len;	 /* of the first group */
	size_t group_len, group_letters; /* of the one that is being read */
	const char *sign;		 /* between all groups; NULL: none */
	bool high;			 /* a pair is 60 or more */
};

/* The figure at `at`, or what looks like one; 0: neither. */
static char figure_at(struct span text, size_t at, size_t *ret_len)
{
	uint8_t c = detect_byte(text, at), next = detect_byte(text, at + 1);

	*ret_len = 1;
	if (detect_is_digit(c))
		return (char)c;
	if (c == 'o' || c == 'i' || c == 'l')
		return c == 'o' ? '0' : '1';
	*ret_len = 2;
	if (c == 0xD9 && next >= 0xA0 && next <= 0xA9) /* U+0660 */
		return (char)('0' + next - 0xA0);
	if (c == 0xDB && next >= 0xB0 && next <= 0xB9) /* U+06F0 */
		return (char)('0' + next - 0xB0);
	return 0;
}

static const char *sign_at(struct span text, size_t at)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (detect_starts(text, at, signs[i]))
			return signs[i];
	return NULL;
}

/* Blanks around ":", "," and ";" make a list. */
static bool may_have_blanks(const char *sign)
{
	return !strchr(":,;", *sign);
}

/* Behind a sign at `at`, the blanks around it left out; `at`: there is none. */
static size_t sign_end(struct span text, size_t at, const char **ret_sign)
{
	size_t from = at + (detect_byte(text, at) == ' ');

	*ret_sign = sign_at(text, from);
	if (!*ret_sign || (from > at && !may_have_blanks(*ret_sign)))
		return at;
	from += strlen(*ret_sign);
	return from + (detect_byte(text, from) == ' ' && may_have_blanks(*ret_sign));
}

/* Figures as far as they go. False: too many, or letters alone. */
static bool read_group(struct span text, struct hidden *h)
{
	size_t len;
	char figure;

	h->group_len = h->group_letters = 0;
	while ((figure = figure_at(text, h->end, &len))) {
		if (h->digits == DIGITS_MAX)
			return false;
		h->group_letters += len == 1 && !detect_is_digit(text.at[h->end]);
		h->foreign += len == 2;
		h->plain[h->plain_len++] = figure;
		h->digits++;
		h->group_len++;
		h->end += len;
	}
	if (h->groups++ == 0)
		h->first_len = h->group_len;
	else if (h->group_len == 2 && h->plain[h->plain_len - 2] >= '6')
		h->high = true;
	h->letters += h->group_letters;
	return h->group_len > h->group_letters;
}

/* To the next group, if there is one that goes on as the ones before. */
static bool read_gap(struct span text, struct hidden *h)
{
	const char *sign;
	size_t len, behind = sign_end(text, h->end, &sign);

	if (behind > h->end) {
		if (h->groups > 1 && h->sign != sign)
			return false;
		h->sign = sign;
		h->plain[h->plain_len++] = ' ';
	} else {
		while (behind < h->end + GAP_BYTES && detect_byte(text, behind) &&
		       strchr(" .-/_()", text.at[behind]))
			behind++;
		if (behind == h->end || h->sign)
			return false;
		memcpy(h->plain + h->plain_len, text.at + h->end, behind - h->end);
		h->plain_len += behind - h->end;
	}
	h->end = behind;
	return figure_at(text, h->end, &len);
}

/* Reads what begins at `at`; false: it cannot be such a number. */
static bool read_hidden(struct span text, size_t at, struct hidden *h)
{
	size_t end, plain_len;

	*h = (struct hidden){.start = at, .end = at};
	do {
		if (!read_group(text, h))
			return false;
		end = h->end;
		plain_len = h->plain_len;
	} while (h->digits < DIGITS_MAX && read_gap(text, h));
	h->end = end;
	h->plain_len = plain_len;
	if (h->foreign && h->foreign < h->digits)
		return false;
	if (h->digits - h->letters < 7 || !strchr("67", h->plain[1]))
		return false;
	if (!h->sign)
		return h->letters + h->foreign > 0;
	return h->first_len == 5 || (h->first_len == 2 && h->groups == PAIRS);
}

/* A sixth pair, or one before the first, of an address or a list. */
static bool goes_on(struct span text, const struct hidden *h)
{
	const char *sign;
	size_t behind = sign_end(text, h->end, &sign);

	if (behind > h->end && detect_is_alnum(detect_byte(text, behind)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (detect_ends(text, h->start, signs[i]) &&
		    detect_is_alnum(detect_byte(text, h->start - strlen(signs[i]) - 1)))
			return true;
	return false;
}

/* Is it a number, written as it is meant? `sure`: where a word says so. */
static bool is_number(struct span text, const struct hidden *h, bool sure)
{
	char around[BEFORE_BYTES + PLAIN_BYTES + BEHIND_BYTES];
	size_t before = MIN(h->start, BEFORE_BYTES);
	size_t behind = MIN(text.len - h->end, BEHIND_BYTES);
	struct scan_place places[PAIRS];
	struct detect_found found = {places, 0, ARRAY_LEN(places)};
	struct span meant = {(const uint8_t *)around, before + h->plain_len + behind};
	uint64_t countries =
		detect_country(span_of("fr")) | detect_country(span_of("gb"));

	memcpy(around, text.at + h->start - before, before);
	memcpy(around + before, h->plain, h->plain_len);
	memcpy(around + before + h->plain_len, text.at + h->end, behind);
	if (sure)
		detect_mobile(meant, countries, &found);
	else
		detect_phone(meant, countries, &found);
	for (size_t i = 0; i < found.count; i++)
		if (places[i].start == before && places[i].end == before + h->plain_len)
			return true;
	return false;
}

void detect_hidden_phone(struct span text, uint64_t countries UNUSED,
			 struct detect_found *ret)
{
	struct hidden h;
	size_t len;

	for (size_t at = 0; at < text.len; at++) {
		if (figure_at(text, at, &len) != '0' || detect_glued_before(text, at) ||
		    !read_hidden(text, at, &h) || detect_glued_behind(text, h.end) ||
		    goes_on(text, &h) ||
		    !is_number(text, &h, h.sign && !h.high && h.first_len == 2))
			continue;
		if (!detect_add(ret, h.start, h.end))
			return;
		at = h.end - 1;
	}
}
