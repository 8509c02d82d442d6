/* detect.h - personal and other data in a text, by form and check digits.
 *
 * A detector is two things: patterns that tell in the one pass of scan.h whether there may
 * be something (they never miss what detect_find finds, and are too generous), and a
 * check of each candidate by hand-written code. Both read fold.h's `match`: small letters,
 * full-width digits, no-break spaces and characters without width already undone
 * (docs/decisions/0018-detectors.md has what that is worth).
 *
 *	email       local@host.tld; "name (at) host dot com", "nom arobase hote point fr";
 *		    not the address of a role: contact@, support@, sav@
 *	mailbox     an email at a host where private persons have their mail, its dots and
 *		    its sign written as such: not "name@gmail,com", "name-at-gmail-dot-com"
 *	phone       an international number (+NN, 00NN), or a national one as that country
 *		    writes it; where the form alone could be anything, a word beside it
 *		    must say so ("call", "tél.", "fax"). With its extension. Not those
 *		    of companies by their plan: free, shared cost, premium rate
 *	mobile      a phone that is surely a person's: the plan of its country says that it
 *		    is a mobile one, it is written as international or a word beside it
 *		    says that it is a telephone, and none that it is a company's (hotline)
 *	iban        country, length, check digits
 *	card        issuer's range, length, check digit, grouped as on a card
 *	nir         15 characters with the key, 2A and 2B too
 *	address     a number and a street, French or English; a post office box
 *	url         with a scheme or www, or a bare name under a common top-level domain
 *	hidden-url  "hxxp://", "www . x . fr", "example dot com", "e x a m p l e . c o m"
 *	handle      @name, "insta: name", t.me/name and the like
 *	price       an amount with its currency
 *	hidden-phone  a French or British mobile number with signs between its pairs that
 *		    numbers do not have, letters or Arabic figures for its own:
 *		    "06|12|34|56|78", "o612345678"; no list of pairs, no order
 *
 * Shape:  places are bytes of `text`, ascending, never overlapping, on borders of
 *	   characters.
 * Bounds: time grows with the text alone: at most DETECT_LOOK_BYTES around a candidate are
 *	   looked at, and what a URL has behind its host, 4 KiB of it.
 * Not found: numbers that are spelled out ("zero six"), streets
 *	   without a number, forms of other languages, national identity numbers but
 *	   the French.
 * Source: IBAN ISO 13616 and SWIFT's IBAN Registry (lengths); card ISO/IEC 7812-1 (Luhn)
 *	   and the issuers' published ranges; phone ITU-T E.164 and its list of country
 *	   codes, Arcep decision 2018-0881 (fr), Ofcom's National Telephone Numbering Plan
 *	   (gb), the NANP (us, ca), the others' national plans as notified to the ITU; NIR
 *	   décret 82-103 and INSEE (key: 97 - n mod 97, 2A as 19, 2B as 18); e-mail
 *	   RFC 5321; GTIN check digit GS1 (what is one is no card).
 * Tests:  tests/unit/detect_test.c, tests/fuzz/fuzz_detect.c, tests/eval/eval_pii.c
 */
#ifndef DETECT_H
#define DETECT_H

#include "scan.h"

#define DETECT_LOOK_BYTES 512

enum detector {
	DETECT_EMAIL,
	DETECT_MAILBOX,
	DETECT_PHONE,
	DETECT_MOBILE,
	DETECT_IBAN,
	DETECT_CARD,
	DETECT_NIR,
	DETECT_ADDRESS,
	DETECT_URL,
	DETECT_HIDDEN_URL,
	DETECT_HANDLE,
	DETECT_PRICE,
	DETECT_HIDDEN_PHONE,
	DETECTOR_COUNT
};

/* "email" ... "hidden-phone": as rules write them, by enum detector; NULL behind the last. */
extern const char *const detector_names[DETECTOR_COUNT + 1];

/* For scan_add(SCAN_MATCH); NULL behind the last. */
const char *const *detect_patterns(enum detector d);

/* Countries of phone numbers, as a set of bits: 1 << place in detect_country_names ("fr"
 * "gb" ... "other", NULL behind the last). "other": every code of the ITU's list that has
 * no name here, and national numbers of unknown form beside a word that says so. Only
 * DETECT_PHONE and DETECT_MOBILE look at it. */
#define DETECT_ALL_COUNTRIES UINT64_MAX
extern const char *const detect_country_names[];

/* The bit of a name; 0 where there is none. */
uint64_t detect_country(struct span name);

/* The first places in `text`, at most `room` (at least 1). Returns how many. */
size_t detect_find(enum detector d, uint64_t countries, struct span text,
		   struct scan_place *ret, size_t room) MUST_CHECK;

#endif
