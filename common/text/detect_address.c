#include "detect_own.h"

#include "detect_lists.h"

/* A house number and a street, in the order of either language:
 *
 *	fr	12 bis, rue des Lilas      rue de la Loi 16, 1000 Bruxelles
 *	en	15 Millicent Drive         4b Old Mill Road
 *	both	P.O. Box 101, BP 12
 *
 * What streets are called besides ("place", "cours", "way", "drive") counts only beside a
 * postal code or a word of living somewhere. */

#define NAME_WORDS_MAX 4
#define CODE_BYTES     80 /* how far behind a street its postal code may stand */
#define LIVES_BYTES    32
#define BACK_WORDS_MAX 5  /* of a street's name before its number */
#define NAME_BYTES_MAX 40 /* between a number and an English street */

static const char lives_words[] =
	"address|live|lives|living|located|reside|resides|adresse|habite|habitons|habitant|"
	"domicile*|demeur*|situe|situee|reside|residant|rdv|livre|livrer";
/* Between a number and a street these make another sentence: "5 minutes from Oxford
 * Street", "2 of the road". */
static const char not_named[] =
	"the|a|an|from|of|in|on|at|to|for|and|or|is|was|are|were|with|by|off|down|up|my|"
	"our|your|their|his|her|its|it|this|that|i|we|you|they|but|so|as|out|into|over|"
	"minute|minutes|min|mins|hour|hours|day|days|week|weeks|month|months|year|years|"
	"mile|miles|km|yards|meters|metres|blocks|block|star|stars|size|sizes|people|"
	"times|percent|more|other|different|way|all|any|every|one|two|pm|am|lane|lanes";
static const char not_after[] = "trip|trips|test|wear|style|shoes|clothes|legal";
static const char connectors[] = "de|du|des|la|le|les|d|l|aux|au";

/* A postal code within sight: five digits, or a British one. */
static bool has_code_behind(struct span text, size_t at)
{
	size_t least = MIN(text.len, at + CODE_BYTES), digits = 0;

	for (; at < least; at++) {
		digits = detect_is_digit(text.at[at]) ? digits + 1 : 0;
		if (digits == 5 && !detect_glued_behind(text, at + 1) &&
		    !detect_glued_before(text, at - 4))
			return true;
		/* "sw1a 1aa": a digit before the space, digit and two letters behind. */
		if (text.at[at] == ' ' && detect_is_digit(detect_byte(text, at + 1)) &&
		    detect_word(text, at + 2).len == 2 &&
		    detect_is_alnum(detect_byte(text, at - 1)) &&
		    (detect_is_digit(detect_byte(text, at - 1)) ||
		     detect_is_digit(detect_byte(text, at - 2))))
			return true;
	}
	return false;
}

static bool lives_before(struct span text, size_t at)
{
	size_t least = at > LIVES_BYTES ? at - LIVES_BYTES : 0;

	while (at > least) {
		struct span word = detect_word_before(text, at);

		if (detect_listed(lives_words, word))
			return true;
		at -= MAX(word.len, (size_t)1);
	}
	return false;
}

/* Behind a space, or a comma and a space; `at`: neither is there. */
static size_t skip_gap(struct span text, size_t at)
{
	size_t comma = at + (detect_byte(text, at) == ',');

	return detect_byte(text, comma) == ' ' ? comma + 1 : at;
}

/* "12", "12 bis", "4b": where what may stand behind a house number begins; 0: too long for
 * one. `at` is its first digit. */
static size_t number_end(struct span text, size_t at)
{
	size_t end = at;

	while (detect_is_digit(detect_byte(text, end)) && end - at < 6)
		end++;
	if (end - at > 5)
		return 0;
	struct span word = detect_word(text, end + (detect_byte(text, end) == ' '));
	if (detect_listed("bis|ter|quater", word) ||
	    (word.len == 1 && word.at[0] <= 'e' &&
	     detect_byte(text, end + 1 + word.len) != '\''))
		return (size_t)(word.at - text.at) + word.len;
	return end;
}

/* --- fr ------------------------------------------------------------------------------ */

/* Up to five words behind a street's kind: where they end, and how many. */
static size_t name_end(struct span text, size_t at, size_t *ret_words)
{
	size_t end = at;

	for (*ret_words = 0; *ret_words < 5; ++*ret_words) {
		size_t from = end;
		uint8_t c = detect_byte(text, from);
		from += c == ' ' || c == '\'' || c == '-' || c == '.';
		from += c == '.' && detect_byte(text, from) == ' ';
		struct span word = detect_word(text, from);
		if (word.len == 0 || from == end)
			break;
		end = from + word.len;
	}
	return end;
}

/* Behind the number, at `at`: "rue des lilas"; where it ends, 0: no street. */
static size_t street_fr(struct span text, size_t number, size_t at)
{
	struct span kind = detect_word(text, at);
	bool sure = detect_listed(DETECT_STREETS_FR, kind);
	size_t words, end = at + kind.len;

	if ((!sure && !detect_listed(DETECT_STREETS_FR_WEAK, kind)) ||
	    (detect_byte(text, end) != ' ' && detect_byte(text, end) != '.'))
		return 0;
	end += detect_byte(text, end) == '.';
	size_t name = skip_gap(text, end);
	struct span first = detect_word(text, name);
	end = name_end(text, end, &words);
	if (words == 0)
		return 0;
	bool connected = detect_listed(connectors, first);
	return sure || (connected &&
			(has_code_behind(text, name) || lives_before(text, number)))
		       ? (connected ? end : name + first.len)
		       : 0;
}

/* "rue de la loi 16, 1000 bruxelles": around the number at `at`, whose end is `number`.
 * Returns where the code ends; 0: no street stands before it. */
static size_t street_be(struct span text, size_t at, size_t number, size_t *ret_start)
{
	size_t code = skip_gap(text, number), digits = 0, from = at;

	while (detect_is_digit(detect_byte(text, code + digits)))
		digits++;
	if (code == number || (digits != 4 && digits != 5) ||
	    detect_byte(text, code + digits) != ' ' ||
	    detect_word(text, code + digits + 1).len < 2)
		return 0;
	for (size_t i = 0; i <= BACK_WORDS_MAX; i++) {
		uint8_t c = detect_byte(text, from - 1);
		from -= c == ' ' || c == '\'' || c == '-' || c == ',';
		from -= c == ' ' && detect_byte(text, from - 1) == ',';
		struct span word = detect_word_before(text, from);
		if (!word.len)
			return 0;
		from -= word.len;
		*ret_start = from;
		if (i && detect_listed(DETECT_STREETS_FR, word) &&
		    !detect_glued_before(text, from))
			return code + digits;
	}
	return 0;
}

/* --- en ------------------------------------------------------------------------------ */

static size_t street_en(struct span text, size_t number, size_t at)
{
	size_t from = at;

	for (size_t words = 0; words <= NAME_WORDS_MAX; words++) {
		struct span word = detect_word(text, from);
		size_t end = from + word.len;
		bool sure = detect_listed(DETECT_STREETS_EN, word);
		bool kind = sure || detect_listed(DETECT_STREETS_EN_WEAK, word);

		struct span next = detect_word(text, skip_gap(text, end));
		bool beside = kind &&
			      (has_code_behind(text, end) || lives_before(text, number));
		if (words && kind && detect_ends_word(text, end) &&
		    detect_byte(text, from - 1) == ' ' &&
		    !detect_listed(not_after, next) &&
		    (sure || beside || detect_listed("apt|suite|unit|flat", next)))
			return end;
		if (word.len < 2 || end - at > NAME_BYTES_MAX ||
		    detect_listed(not_named, word))
			return 0;
		uint8_t c = detect_byte(text, end);
		from = end + (c == '\'' || c == '.' || c == '-');
		from += detect_byte(text, from) == ' ';
		if (from == end)
			return 0;
	}
	return 0;
}

/* "40th street": an ordinal as the name. */
static size_t after_ordinal(struct span text, size_t at)
{
	size_t digits = 0;

	while (detect_is_digit(detect_byte(text, at + digits)) && digits < 4)
		digits++;
	struct span word = detect_word(text, at + digits);
	return digits && detect_listed("st|nd|rd|th", word) ? at + digits : at;
}

/* --- both ---------------------------------------------------------------------------- */

/* The name of a box before its number at `at`: where it begins; `at`: none. */
static size_t box_start(struct span text, size_t at)
{
	static const char *const names[] = {"p.o. box",	     "po box",	"p.o box",
					    "p o box",	     "postbox", "bp",
					    "boite postale", "b.p."};
	size_t end = at - (detect_byte(text, at - 1) == ' ');

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (detect_ends(text, end, names[i]) &&
		    !detect_glued_before(text, end - strlen(names[i])))
			return end - strlen(names[i]);
	return at;
}

/* The address around the number at `at`. */
static bool find_place(struct span text, size_t at, struct scan_place *ret)
{
	uint8_t before = detect_byte(text, at - 1);
	size_t number = number_end(text, at), start = at, end;

	*ret = (struct scan_place){box_start(text, at), number};
	if (!number || (ret->start < at && !detect_glued_behind(text, number)))
		return number > 0;
	if (detect_glued_before(text, at) || before == '.' || before == ',' ||
	    before == '$')
		return false;
	size_t from = skip_gap(text, number);
	if (from == number)
		return false;
	end = street_fr(text, at, from);
	end = end ? end : street_en(text, at, after_ordinal(text, from));
	end = end ? end : street_be(text, at, number, &start);
	*ret = (struct scan_place){start, end};
	return end > 0;
}

void detect_address(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	struct scan_place place;
	size_t done = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (!detect_is_digit(text.at[at]) ||
		    detect_is_digit(detect_byte(text, at - 1)) ||
		    !find_place(text, at, &place) || place.start < done)
			continue;
		if (!detect_add(ret, place.start, place.end))
			return;
		done = place.end;
		at = done - 1;
	}
}
