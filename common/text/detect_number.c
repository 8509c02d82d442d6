#include "detect_own.h"

/* --- check digits -------------------------------------------------------------------- */

/* ISO/IEC 7812-1 annex B: from the right, every second digit doubled. */
static bool luhn_holds(const char *digits, size_t len)
{
	unsigned sum = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned d = (unsigned)(digits[len - 1 - i] - '0');
		sum += i % 2 == 0 ? d : d < 5 ? 2 * d : 2 * d - 9;
	}
	return sum % 10 == 0;
}

/* GS1 General Specifications 7.9: from the right, weights 1 and 3. EAN-13 and UPC-A. */
static bool is_gtin(const char *digits, size_t len)
{
	unsigned sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (unsigned)(digits[len - 1 - i] - '0') * (i % 2 ? 3 : 1);
	return (len == 12 || len == 13) && sum % 10 == 0;
}

/* ISO 7064 MOD 97-10 over the account with its first four characters put last, letters as
 * 10..35. */
static bool iban_holds(const char *account, size_t len)
{
	unsigned rest = 0;

	for (size_t i = 0; i < len; i++) {
		char c = account[(i + 4) % len];

		rest = detect_is_digit((uint8_t)c)
			       ? (rest * 10 + (unsigned)(c - '0')) % 97
			       : (rest * 100 + (unsigned)(c - 'a') + 10) % 97;
	}
	return rest == 1;
}

/* --- iban ---------------------------------------------------------------------------- */

#define IBAN_LENGTH_MAX 34

/* SWIFT's IBAN Registry: length of the whole, by country. */
static const char iban_lengths[] =
	"ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 "
	"de22 dj27 dk18 do28 ee20 eg29 es24 fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 "
	"gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21 lt20 "
	"lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 "
	"pl28 ps29 pt25 qa29 ro24 rs22 ru33 sa24 sc31 sd18 se24 si19 sk24 sm27 so23 st25 "
	"sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30 ";

static size_t iban_length(const char country[2])
{
	for (const char *at = iban_lengths; *at; at += 5)
		if (at[0] == country[0] && at[1] == country[1])
			return (size_t)((at[2] - '0') * 10 + at[3] - '0');
	return 0;
}

/* The next `want` letters or digits from `at` on, with at most one of " .-" between two.
 * Returns where they end; 0: there are not as many. */
static size_t take_alnums(struct span text, size_t at, char *ret, size_t want)
{
	for (size_t i = 0; i < want; i++) {
		uint8_t c = detect_byte(text, at);

		if (i && (c == ' ' || c == '.' || c == '-'))
			c = detect_byte(text, ++at);
		if (!detect_is_alnum(c))
			return 0;
		ret[i] = (char)c;
		at++;
	}
	return at;
}

/* Where the account number whose country is at `at` ends; 0: none does. */
static size_t iban_end(struct span text, size_t at)
{
	char account[IBAN_LENGTH_MAX];
	size_t digits = at + 2 + (detect_byte(text, at + 2) == ' '), len, end;

	if (!detect_is_digit(detect_byte(text, digits)) ||
	    !detect_is_digit(detect_byte(text, digits + 1)) ||
	    !detect_is_letter(text.at[at]) || !detect_is_letter(text.at[at + 1]) ||
	    (detect_glued_before(text, at) && !detect_ends(text, at, "iban")))
		return 0;
	len = iban_length((const char *)text.at + at);
	end = len ? take_alnums(text, at, account, len) : 0;
	return end && !detect_glued_behind(text, end) && iban_holds(account, len) ? end
										  : 0;
}

void detect_iban(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	for (size_t at = 0; at + 4 < text.len; at++) {
		size_t end = iban_end(text, at);

		if (end && !detect_add(ret, at, end))
			return;
		at = end ? end - 1 : at;
	}
}

/* --- card ---------------------------------------------------------------------------- */

/* Issuers by the first four digits, and how long their numbers are, as they publish it. */
static const struct {
	uint16_t low, high;
	uint8_t min, max; /* digits of the whole number */
} issuers[] = {
	/* Visa */
	{4000, 4999, 16, 16},
	{4000, 4999, 13, 13},
	{4000, 4999, 19, 19},
	/* Mastercard */
	{5100, 5599, 16, 16},
	{2221, 2720, 16, 16},
	/* American Express */
	{3400, 3499, 15, 15},
	{3700, 3799, 15, 15},
	/* Diners Club */
	{3000, 3059, 14, 14},
	{3095, 3095, 14, 14},
	{3600, 3699, 14, 14},
	{3800, 3999, 14, 14},
	/* Discover */
	{6011, 6011, 16, 19},
	{6440, 6599, 16, 19},
	/* JCB */
	{3528, 3589, 16, 19},
	{1800, 1800, 15, 15},
	{2131, 2131, 15, 15},
	/* UnionPay */
	{6200, 6299, 16, 19},
	/* Maestro */
	{5000, 5099, 12, 19},
	{5600, 5899, 12, 19},
	{6000, 6999, 12, 19},
	/* Mir */
	{2200, 2204, 16, 19},
};

static bool has_issuer(const char *digits, size_t len)
{
	unsigned head = 0;

	for (size_t i = 0; i < 4; i++)
		head = head * 10 + (unsigned)(digits[i] - '0');
	for (size_t i = 0; i < ARRAY_LEN(issuers); i++)
		if (head >= issuers[i].low && head <= issuers[i].high &&
		    len >= issuers[i].min && len <= issuers[i].max)
			return true;
	return false;
}

/* Is it written as on a card: in one, in fours, 4-6-5, 4-6-4, or digit by digit? */
static bool card_grouped(const struct detect_run *r, size_t first, size_t count)
{
	const struct detect_group *g = r->groups + first;
	bool fours = true, ones = true;

	for (size_t i = 1; i < count; i++)
		if (g[i].start - g[i - 1].end > 1 || g[i].before == '(' ||
		    g[i].before == '/' || g[i].before != g[1].before)
			return false;
	for (size_t i = 0; i < count; i++) {
		fours = fours && (g[i].len == 4 || (i + 1 == count && g[i].len < 4));
		ones = ones && g[i].len == 1;
	}
	return count == 1 || fours || ones ||
	       (count == 3 && g[0].len == 4 && g[1].len == 6 && g[2].len >= 4);
}

#define CARD_WORDS                                                              \
	"card|cards|carte|cartes|cb|visa|mastercard|maestro|amex|credit|debit|" \
	"bancaire|pan|cc"
#define CARD_LOOK_BYTES 48

/* Does a word before it say that it is a card? */
static bool card_is_said(struct span text, size_t start)
{
	size_t least = start > CARD_LOOK_BYTES ? start - CARD_LOOK_BYTES : 0;

	for (size_t at = start; at > least; at--) {
		struct span word = detect_word_before(text, at);

		if (detect_listed(CARD_WORDS, word))
			return true;
		at -= word.len ? word.len - 1 : 0;
	}
	return false;
}

/* Twelve and thirteen digits are few cards, and all bar codes, of which Luhn alone would
 * pass a tenth. */
static bool is_card(struct span text, const struct detect_run *r, size_t first,
		    size_t count, size_t len)
{
	const char *digits = r->digits + r->groups[first].first;

	return len >= 12 && has_issuer(digits, len) && luhn_holds(digits, len) &&
	       card_grouped(r, first, count) &&
	       (len >= 14 || !is_gtin(digits, len) ||
		card_is_said(text, r->groups[first].start));
}

/* The longest card number that begins with group `first`, in groups; 0: none does. */
static size_t card_groups(struct span text, const struct detect_run *r, size_t first)
{
	size_t best = 0, len = 0;

	for (size_t count = 1; first + count <= r->count && len <= 19; count++) {
		size_t next = first + count;

		len += r->groups[next - 1].len;
		if (len <= 19 && is_card(text, r, first, count, len) &&
		    !detect_glued_behind(text, r->groups[next - 1].end) &&
		    (next == r->count || r->groups[next].apart))
			best = count;
	}
	return best;
}

void detect_card(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	struct detect_run r;

	for (size_t at = 0; detect_run_next(text, at, &r); at = r.end) {
		for (size_t i = 0; i < r.count; i++) {
			const struct detect_group *g = &r.groups[i];
			size_t count =
				detect_glued_before(text, g->start) || (i && !g->apart)
					? 0
					: card_groups(text, &r, i);
			if (!count)
				continue;
			if (!detect_add(ret, g->start, r.groups[i + count - 1].end))
				return;
			i += count - 1;
		}
	}
}

/* --- nir ----------------------------------------------------------------------------- */

#define NIR_LENGTH 15

static unsigned two_digits(const char *at)
{
	return (unsigned)((at[0] - '0') * 10 + at[1] - '0');
}

/* Months beyond 12 stand for an unknown date (INSEE): 20, 30..42, 50..99. */
static bool nir_month_is_possible(unsigned month)
{
	return (month >= 1 && month <= 12) || month == 20 ||
	       (month >= 30 && month <= 42) || month >= 50;
}

/* Sex, year, month, department, commune, order, key: 1 2 2 2 3 3 2. Department 2A counts as
 * 19, 2B as 18, both for the key only. */
static bool nir_holds(char n[NIR_LENGTH])
{
	uint64_t number = 0;
	char letter = n[6];

	if (letter == 'a' || letter == 'b') {
		if (n[5] != '2')
			return false;
		n[5] = '1';
		n[6] = letter == 'a' ? '9' : '8';
	}
	for (size_t i = 0; i < NIR_LENGTH; i++)
		if (!detect_is_digit((uint8_t)n[i]))
			return false;
	/* 3 and 4 are temporary numbers, and rare; American Express is not. */
	if (n[0] == '3' && has_issuer(n, NIR_LENGTH) && luhn_holds(n, NIR_LENGTH))
		return false;
	for (size_t i = 0; i < 13; i++)
		number = number * 10 + (uint64_t)(n[i] - '0');
	return strchr("123478", n[0]) && nir_month_is_possible(two_digits(n + 3)) &&
	       two_digits(n + 5) > 0 && memcmp(n + 10, "000", 3) != 0 &&
	       two_digits(n + 13) == 97 - number % 97;
}

void detect_nir(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	for (size_t at = 0; at + NIR_LENGTH <= text.len; at++) {
		char number[NIR_LENGTH];

		if (!detect_is_digit(text.at[at]) || detect_glued_before(text, at))
			continue;
		size_t end = take_alnums(text, at, number, NIR_LENGTH);
		if (!end || detect_glued_behind(text, end) || !nir_holds(number))
			continue;
		if (!detect_add(ret, at, end))
			return;
		at = end - 1;
	}
}
