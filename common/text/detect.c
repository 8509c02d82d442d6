#include "detect.h"

#include "detect_own.h"
#include "detect_lists.h"

const char *const detector_names[DETECTOR_COUNT + 1] = {
	[DETECT_EMAIL] = "email",
	[DETECT_MAILBOX] = "mailbox",
	[DETECT_PHONE] = "phone",
	[DETECT_MOBILE] = "mobile",
	[DETECT_IBAN] = "iban",
	[DETECT_CARD] = "card",
	[DETECT_NIR] = "nir",
	[DETECT_ADDRESS] = "address",
	[DETECT_URL] = "url",
	[DETECT_HIDDEN_URL] = "hidden-url",
	[DETECT_HANDLE] = "handle",
	[DETECT_PRICE] = "price",
	[DETECT_HIDDEN_PHONE] = "hidden-phone",
};

/* Plain, and led by what is rare in texts: they are part of the one automaton, whatever it
 * reads, and what they let through is looked at by the scanners. Each was measured beside
 * its alternatives (docs/decisions/0018-detectors.md); a class beyond ASCII, or a leading
 * one of letters, costs three to ten times what a few literals do. */
#define OPEN	 "[(\\[{]"
#define CLOSE	 "[)\\]}]"
#define WORD_END "\\b"

#define EMAIL_SIGNS                                                                   \
	"@", "arobas", " (?:at|a|chez) ?[)\\]}>]", "[(\\[{<](?:at|a|chez) ?[)\\]}>]", \
		"_at_", " (?:at|chez) (?:" DETECT_MAIL_HOSTS ")",                     \
		"-at-(?:" DETECT_MAIL_HOSTS ")",                                      \
		" at [a-z0-9-]{1,64} ?" OPEN "?(?: ?dot| ?point)"
#define PHONE_DIGITS "[0-9](?:[ ./()_-]{0,3}[0-9]){6}"

static const char *const patterns[DETECTOR_COUNT][9] = {
	[DETECT_EMAIL] = {EMAIL_SIGNS},
	[DETECT_MAILBOX] = {EMAIL_SIGNS},
	[DETECT_PHONE] = {PHONE_DIGITS},
	[DETECT_MOBILE] = {PHONE_DIGITS},
	[DETECT_IBAN] = {"[a-z]{2} ?[0-9]{2}(?:[ .-]?[a-z0-9]){11}"},
	[DETECT_CARD] = {"[0-9](?:[ ._-]{0,3}[0-9]){11}"},
	[DETECT_NIR] = {"[1-478](?:[ .-]?[0-9]){5}[ .-]?[0-9ab](?:[ .-]?[0-9]){8}"},
	[DETECT_ADDRESS] = {"[0-9][ ,a-z]{0,9} (?:" DETECT_STREETS_FR
			    "|" DETECT_STREETS_FR_WEAK ")[ .]",
			    "[0-9][a-e]?,? [0-9]{4,5} [a-z]{2}",
			    "[0-9][ -z]{2,48} (?:" DETECT_STREETS_EN
			    "|" DETECT_STREETS_EN_WEAK ")" WORD_END,
			    "(?:box|postale|bp|b\\.p\\.) ?[0-9]"},
	[DETECT_URL] = {"[a-z]://", "www\\.",
			"[a-z0-9]\\.(?:" DETECT_TLDS_SURE ")" WORD_END,
			"[a-z0-9]\\.(?:" DETECT_TLDS_WORDS ")[/?:]"},
	[DETECT_HIDDEN_URL] =
		{"h[tx*]{2}p", "h(?:tt p|t tp|t t p| ttp| tt p| t tp| t t p)",
		 "www(?:[ _,(\\[{-]|\\. )", "w(?:w w| ww| w w)[ ._,(\\[{-]",
		 "(?:dot|point) ?" CLOSE "? ?(?:" DETECT_TLDS_SPELLED ")" WORD_END,
		 OPEN " ?[.,] ?" CLOSE " ?(?:" DETECT_TLDS_SPELLED ")" WORD_END,
		 "(?: \\. ?(?:" DETECT_TLDS_SPELLED ")|\\. com)" WORD_END,
		 "\\. ?(?:c o ?m|co m|f r|n e ?t|ne t|o r ?g|or g)" WORD_END},
	[DETECT_HIDDEN_PHONE] =
		{"[0o][67](?:[ ./()_-]{0,3}[0-9oil]){8}",
		 "[0o][67](?:[0-9oil]{3})? ?(?:[|*:,;~=+#\\\\]|\u2014|\u2022|\u00b7) ?[0-9oil]",
		 "(?:\u0660|\u06f0)(?:\u0666|\u0667|\u06f6|\u06f7)"},
	[DETECT_HANDLE] = {"@[a-z0-9_.]", "\\b(?:" DETECT_NETWORKS ")\\b",
			   "(?:^|[ (])(?:" DETECT_NETWORKS_SHORT ")\\b",
			   "\\b(?:(?:t|wa|fb)\\.me|(?:" DETECT_NETWORKS_SHORT
			   ")\\.com)/"},
	[DETECT_PRICE] = {"\\$", "\u20ac", "\u00a3", "\u00a5", "\u20b9",
			  "[0-9] ?k? ?(?:" DETECT_CURRENCIES ")" WORD_END,
			  "(?:" DETECT_CURRENCIES_CODES ") ?[0-9]"},
};

static void (*const scanners[DETECTOR_COUNT])(struct span, uint64_t,
					      struct detect_found *) = {
	[DETECT_EMAIL] = detect_email,
	[DETECT_MAILBOX] = detect_mailbox,
	[DETECT_PHONE] = detect_phone,
	[DETECT_MOBILE] = detect_mobile,
	[DETECT_IBAN] = detect_iban,
	[DETECT_CARD] = detect_card,
	[DETECT_NIR] = detect_nir,
	[DETECT_ADDRESS] = detect_address,
	[DETECT_URL] = detect_url,
	[DETECT_HIDDEN_URL] = detect_hidden_url,
	[DETECT_HANDLE] = detect_handle,
	[DETECT_PRICE] = detect_price,
	[DETECT_HIDDEN_PHONE] = detect_hidden_phone,
};

const char *const *detect_patterns(enum detector d)
{
	return patterns[d];
}

size_t detect_find(enum detector d, uint64_t countries, struct span text,
		   struct scan_place *ret, size_t room)
{
	struct detect_found found = {ret, 0, room};

	assert(room > 0);
	scanners[d](text, countries, &found);
	return found.count;
}
