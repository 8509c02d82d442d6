#include "detect_own.h"

#include "detect_lists.h"

/* An amount, "12", "12,50", "1,299.99", "1 200", and its currency before or behind. */

#define AMOUNT_BYTES_MAX 24

static size_t symbol_at(struct span text, size_t at)
{
	static const char *const symbols[] = {"$", "\u20ac", "\u00a3", "\u00a5",
					      "\u20b9"};

	for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
		if (detect_starts(text, at, symbols[i]))
			return strlen(symbols[i]);
	return 0;
}

static size_t symbol_before(struct span text, size_t end)
{
	for (size_t len = 1; len <= 3 && len <= end; len++)
		if (symbol_at(text, end - len) == len)
			return len;
	return 0;
}

/* Digits with decimals and thousands; a space only before three digits. */
static size_t amount_end(struct span text, size_t at)
{
	size_t end = at;

	while (end - at < AMOUNT_BYTES_MAX) {
		uint8_t c = detect_byte(text, end);
		bool three = detect_is_digit(detect_byte(text, end + 1)) &&
			     detect_is_digit(detect_byte(text, end + 2)) &&
			     detect_is_digit(detect_byte(text, end + 3)) &&
			     !detect_is_digit(detect_byte(text, end + 4));

		if (!detect_is_digit(c) &&
		    !((c == ',' || c == '.') &&
		      detect_is_digit(detect_byte(text, end + 1))) &&
		    !(c == ' ' && three))
			break;
		end++;
	}
	return end;
}

/* Where the currency behind an amount ends, cents included ("12 € 50"); 0: there is none.
 * "my 2 cents" are an opinion. */
static size_t currency_behind(struct span text, size_t at, size_t amount)
{
	size_t from = at + (detect_byte(text, at) == 'k');

	from += detect_byte(text, from) == ' ';
	size_t len = symbol_at(text, from);
	if (len) {
		from += len;
		bool cents = detect_is_digit(detect_byte(text, from)) &&
			     detect_is_digit(detect_byte(text, from + 1)) &&
			     !detect_is_digit(detect_byte(text, from + 2));
		return cents ? from + 2 : from;
	}
	struct span word = detect_word(text, from);
	if (!detect_listed(DETECT_CURRENCIES, word) ||
	    !detect_ends_word(text, from + word.len))
		return 0;
	bool opinion =
		detect_listed("cents", word) && amount == 1 && text.at[at - 1] == '2';
	return opinion ? 0 : from + word.len;
}

/* Where the currency before an amount begins; `at`: there is none. */
static size_t currency_before(struct span text, size_t at)
{
	size_t end = at - (detect_byte(text, at - 1) == ' ');
	size_t len = symbol_before(text, end);

	if (len)
		return end - len;
	struct span word = detect_word_before(text, end);
	size_t start = end - word.len;
	return detect_listed(DETECT_CURRENCIES_CODES, word) &&
			       !detect_glued_before(text, start)
		       ? start
		       : at;
}

void detect_price(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	size_t done = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (!detect_is_digit(text.at[at]))
			continue;
		size_t amount = amount_end(text, at), start = currency_before(text, at);
		size_t end = currency_behind(text, amount, amount - at);
		start = start < done ? at : start;
		if ((end || start < at) && !detect_add(ret, start, end ? end : amount))
			return;
		done = end ? end : amount;
		at = done - 1;
	}
}
