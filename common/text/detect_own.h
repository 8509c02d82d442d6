/* detect_own.h - what the files of detect share: one scanner per detector, and how they
 * look at a text. No one else includes it.
 *
 * Each scanner goes through the text once, from left to right, and goes on behind what it
 * found; what it looks at around a place is bounded.
 */
#ifndef DETECT_OWN_H
#define DETECT_OWN_H

#include "detect.h"

struct detect_found {
	struct scan_place *at;
	size_t count, room;
};

void detect_email(struct span text, uint64_t countries, struct detect_found *ret);
void detect_mailbox(struct span text, uint64_t countries, struct detect_found *ret);
void detect_phone(struct span text, uint64_t countries, struct detect_found *ret);
void detect_mobile(struct span text, uint64_t countries, struct detect_found *ret);
void detect_iban(struct span text, uint64_t countries, struct detect_found *ret);
void detect_card(struct span text, uint64_t countries, struct detect_found *ret);
void detect_nir(struct span text, uint64_t countries, struct detect_found *ret);
void detect_address(struct span text, uint64_t countries, struct detect_found *ret);
void detect_url(struct span text, uint64_t countries, struct detect_found *ret);
void detect_hidden_url(struct span text, uint64_t countries, struct detect_found *ret);
void detect_hidden_phone(struct span text, uint64_t countries, struct detect_found *ret);
void detect_handle(struct span text, uint64_t countries, struct detect_found *ret);
void detect_price(struct span text, uint64_t countries, struct detect_found *ret);

/* --- national numbering plans (detect_plan.c) ---------------------------------------- */

/* Whose a number is, as far as it tells. What is not sure is fixed. */
enum phone_kind {
	PHONE_SERVICE, /* free, shared cost or premium rate: of a company */
	PHONE_FIXED,
	PHONE_MOBILE, /* of a person */
};

struct detect_plan {
	char name[3];	      /* ISO 3166-1, small letters */
	uint8_t min, max;     /* digits of a national number, the trunk not counted */
	uint16_t code;	      /* E.164 country code */
	const char *trunk;    /* what stands before a national number: "0", "1", "" */
	const char *first;    /* its possible first digits */
	const char *grouping; /* usual groupings, the trunk counted: "22222 a", 'a' is a
				 group of ten; behind '?' only beside a word that says so */
	const char *mobile, *service; /* how they begin: for detect_listed */
};

/* Plan `index`, NULL behind the last; its bit of a set is 1 << index. */
const struct detect_plan *detect_plan_at(size_t index);
uint64_t detect_plan_other(void); /* the bit of "other" */
/* What the plan says of a national number, the trunk not among its digits. */
enum phone_kind detect_plan_kind(const struct detect_plan *p, const char *digits,
				 size_t len);

/* How many of the digits are a country code of E.164; 0: none. */
size_t detect_plan_code(const char *digits, uint16_t *ret_code);

/* --- words and characters (detect_word.c) -------------------------------------------- */

/* Adds a place; false when there is no room for a further one. */
bool detect_add(struct detect_found *found, size_t start, size_t end);

/* Is the word in the list? "call*|tel" stands for all that begin with call, and tel. */
bool detect_listed(const char *list, struct span word);

bool detect_starts(struct span text, size_t at, const char *with);
bool detect_ends(struct span text, size_t end, const char *with); /* the bytes before */

/* The ASCII letters from `at` on, or those before `end`; empty where there are none. */
struct span detect_word(struct span text, size_t at);
struct span detect_word_before(struct span text, size_t end);

/* The byte at `at`; 0 before and behind the text. */
static inline uint8_t detect_byte(struct span text, size_t at)
{
	return at < text.len ? text.at[at] : 0;
}

static inline bool detect_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool detect_is_letter(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

/* Part of a word, so that nothing begins or ends beside it: bytes of characters beyond
 * ASCII are counted in by detect_glued, which knows punctuation. */
static inline bool detect_is_alnum(uint8_t c)
{
	return detect_is_digit(c) || detect_is_letter(c);
}

/* Does a letter or digit, ASCII or not, end directly before `at`, or begin at it? */
bool detect_glued_before(struct span text, size_t at);
bool detect_glued_behind(struct span text, size_t at);

/* Is `at` behind a word as \b of a pattern has it: neither a letter, a digit nor '_'? */
static inline bool detect_ends_word(struct span text, size_t at)
{
	return !detect_glued_behind(text, at) && detect_byte(text, at) != '_';
}

/* --- numbers (detect_digits.c) ------------------------------------------------------- */

#define DETECT_DIGITS_MAX 40 /* digits of a run; a longer one is cut there */

struct detect_run {
	size_t start, end;		    /* bytes */
	size_t count;			    /* groups */
	char digits[DETECT_DIGITS_MAX + 1]; /* without what stands between; NUL behind */
	size_t len;			    /* digits */
	struct detect_group {
		size_t start, end;  /* bytes */
		uint8_t first, len; /* in digits */
		char before;	    /* what stands between it and the one before: ' '
				       '.' '-' '/' '(' (of any such); '\0' for the first */
		bool apart;	    /* a space or slash among it: two numbers, perhaps */
	} groups[DETECT_DIGITS_MAX];
};

/* The next run at or behind `from`: groups of digits with at most three of " .-_/()"
 * between two. False: no further one. */
bool detect_run_next(struct span text, size_t from, struct detect_run *ret);

#endif
