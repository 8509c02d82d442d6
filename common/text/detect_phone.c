#include "detect_own.h"

/* A run of digits may hold more than a number ("56139 0479 50 54 03 office"), so windows
 * of its groups are tried, from the left, the longest first:
 *
 *	international	+NN or 00NN, a code of the ITU's list, as many digits as it has
 *	national	a plan of those asked for, by length, first digits and grouping
 *	said		neither, but a word beside it says that it is a telephone number
 *
 * A word directly before a number can also say that it is an order, a parcel, an article:
 * "colis 0612345678", and not "colis livré par Karim (06 12 34 56 78)". */

#define SAID_BYTES    48 /* how far before a number a word may stand */
#define GROUPS_MAX    10
#define DIGITS_MIN    7
#define DIGITS_MAX    15 /* E.164 */
#define EXTENSION_MAX 6

enum said { SAID_NOTHING, SAID_PHONE, SAID_OTHER };

struct window {
	const struct detect_run *run;
	size_t first, count; /* groups */
	const char *digits;
	size_t len;
	enum said said;
	enum phone_kind kind;
};

static const char phone_words[] =
	"call*|phone*|telephon*|tel|tels|fax*|mob|mobile*|cell*|handy|text|texted|texting|"
	"sms|texto|whatsapp|ring|dial*|reach*|contact*|messag*|answer*|hotline|landline|"
	"desk|appel*|rappel*|joign*|joindre|portable|fixe|repond*|llam*|anruf*|chiam*|bel";
static const char label_words[] =
	"office|fax|mobile|cell|phone|tel|desk|bureau|portable|domicile|fixe|landline";
static const char other_words[] =
	"order*|commande*|ref|reference*|dossier*|colis|parcel|tracking|suivi|facture*|"
	"invoice*|sku|ean|upc|gtin|isbn|siret|siren|model*|serial|serie|ticket*|"
	"booking|item*|article*|product*|produit*|code|codes|card*|carte*|"
	"account*|compte*|iban|licen*|permis|passport|passeport|ssn|contrat*|contract*|"
	"policy|version*|lot|lots|batch|case|zip|postal|wifi|password*|passe|mdp|pin|loto|lotto|"
	"keno|tirage|euromillions|bingo|page*|chapit*|chapter*|piste*|track|tracks|notes|score*|horaires|pointure*|taille*|size*";
/* "commande n° 0612345678", "order number is: 0612345678", "notes de 01 a 10 : 02 04 ..." */
static const char joining_words[] =
	"n|no|nr|num|numero|number|nos|numbers|id|is|was|est|le|la|les|l|du|de|des|d|the|"
	"of|a|to";
static const char unit_words[] =
	"euro*|eur|dollar*|usd|gbp|chf|francs|k|kg|g|mg|km|m|cm|mm|ml|cl|l|px|mo|go|gb|mb|"
	"octets|bytes|people|personnes|habitants|ans|years|fois|times|views|vues";
/* Behind pairs that rise ("06 09 12 18 24 mois") they name sizes or days. */
static const char time_words[] =
	"mois|month*|jours|days|semaines|weeks|janvier|fevrier|mars|avril|mai|juin|juillet|"
	"aout|septembre|octobre|novembre|decembre|january|february|march|april|may|june|"
	"july|august|september|october|november|december";
/* Whose number it is said to be: a company's, although its plan says that it is mobile. */
static const char company_words[] =
	"hotline|helpline|helpdesk|support|sav|standard|secretariat";

static struct span word_or_sign_before(struct span text, size_t at)
{
	struct span word = detect_word_before(text, at);

	return word.len ? word : (struct span){text.at + at - 1, 1};
}

/* "his number", "mon numero": of somebody, and so of a telephone. */
static bool is_own_number(struct span text, size_t at, struct span word)
{
	size_t start = at - word.len;

	return detect_listed("number|numero", word) &&
	       detect_byte(text, start - 1) == ' ' &&
	       detect_listed("his|her|my|mon|son", detect_word_before(text, start - 1));
}

/* The nearest word before `at` that says what the number is. */
static enum said said_before(struct span text, size_t at)
{
	size_t least = at > SAID_BYTES ? at - SAID_BYTES : 0;
	bool directly = true;

	while (at > least) {
		struct span word = word_or_sign_before(text, at);

		if (detect_listed(phone_words, word) || is_own_number(text, at, word))
			return SAID_PHONE;
		if (directly && (detect_listed(other_words, word) || *word.at == '#'))
			return SAID_OTHER;
		directly = directly && (detect_listed(joining_words, word) ||
					strchr(" :=.-\302\260", *word.at) ||
					detect_is_digit(*word.at));
		at -= word.len;
	}
	return SAID_NOTHING;
}

static bool is_of_company(struct span text, size_t at)
{
	size_t least = at > SAID_BYTES ? at - SAID_BYTES : 0;

	while (at > least) {
		struct span word = word_or_sign_before(text, at);

		if (detect_listed(company_words, word))
			return true;
		at -= word.len;
	}
	return false;
}

/* "785 8949 office", "751-954-9268-fax" */
static bool said_behind(struct span text, size_t at)
{
	for (size_t i = 0; i < 3 && at < text.len && strchr(" -:(,", text.at[at]); i++)
		at++;
	return detect_listed(label_words, detect_word(text, at));
}

/* --- what stands around a window ----------------------------------------------------- */

static const struct detect_group *last_of(const struct window *w)
{
	return &w->run->groups[w->first + w->count - 1];
}

static struct span digits_of(const struct window *w)
{
	return (struct span){(const uint8_t *)w->digits, w->len};
}

/* "x818", " ext. 12", ", poste 4": where an extension behind `at` ends; `at`: none. */
static size_t extension_end(struct span text, size_t at)
{
	size_t from = at;

	while (from < at + 2 &&
	       (detect_byte(text, from) == ' ' || detect_byte(text, from) == ','))
		from++;
	struct span word = detect_word(text, from);
	if (!detect_listed("x|ext|extn|extension|poste|durchwahl", word))
		return at;
	from += word.len;
	from += detect_byte(text, from) == '.';
	from += detect_byte(text, from) == ' ';
	size_t end = from;
	while (end - from < EXTENSION_MAX && detect_is_digit(detect_byte(text, end)))
		end++;
	return end > from && !detect_glued_behind(text, end) ? end : at;
}

/* "06 09 12 18 24": pairs, each more than the one before. */
static bool is_climbing(const struct window *w)
{
	const struct detect_group *g = w->run->groups + w->first;
	const char *pair = w->digits;

	for (size_t i = 1; i < w->count; i++, pair += 2)
		if (g[i - 1].len != 2 || g[i].len != 2 || memcmp(pair, pair + 2, 2) >= 0)
			return false;
	return w->count > 2;
}

/* Letters, decimals, percentages, currencies and units behind a number make it another. */
static bool ends_clean(struct span text, const struct window *w)
{
	size_t at = last_of(w)->end, next = w->first + w->count;
	uint8_t c = detect_byte(text, at);

	if (next < w->run->count)
		return w->run->groups[next].apart;
	if (extension_end(text, at) > at)
		return true;
	if (detect_glued_behind(text, at) ||
	    ((c == ',' || c == '.') && detect_is_digit(detect_byte(text, at + 1))))
		return false;
	at += c == ' ';
	c = detect_byte(text, at);
	struct span word = detect_word(text, at);
	return c != '%' && c != '$' && !detect_starts(text, at, "\u20ac") &&
	       !detect_starts(text, at, "\u00a3") && !detect_listed(unit_words, word) &&
	       !(detect_listed(time_words, word) && is_climbing(w));
}

static bool starts_clean(struct span text, const struct window *w)
{
	size_t at = w->run->groups[w->first].start;
	uint8_t c = at ? text.at[at - 1] : 0;

	if (w->first > 0)
		return w->run->groups[w->first].apart;
	if (detect_glued_before(text, at))
		return false;
	if (c == '-' || c == '/' || c == '_')
		return !detect_glued_before(text, at - 1);
	return c != '$' && c != '#' && !(c == ',' && detect_glued_before(text, at - 1)) &&
	       !(c == '.' && at > 1 && detect_is_digit(text.at[at - 2]));
}

/* One kind of separator, but behind the first group, which may be an area code. */
static bool is_even(const struct window *w)
{
	const struct detect_group *g = w->run->groups + w->first;

	for (size_t i = 2; i < w->count; i++)
		if (g[i].before == '(' ||
		    (g[i].before == '/' && (w->count != 5 || g[1].before != '/')) ||
		    (i > 2 && g[i].before != g[i - 1].before))
			return false;
	return w->count < 3 || g[1].before == '(' || g[1].before == '/' ||
	       g[1].before == g[2].before || w->count == 2;
}

/* --- international ------------------------------------------------------------------- */

/* The plan of a country code among those asked for; NULL: none. */
static const struct detect_plan *plan_of(uint16_t code, uint64_t countries)
{
	const struct detect_plan *p;

	for (size_t i = 0; (p = detect_plan_at(i)); i++)
		if (p->code == code && countries >> i & 1)
			return p;
	return NULL;
}

static bool has_plan(uint16_t code)
{
	return plan_of(code, DETECT_ALL_COUNTRIES) != NULL;
}

static bool is_round(const char *digits, size_t len)
{
	return len >= 6 && strncmp(digits + len - 6, "000000", 6) == 0;
}

/* Does what follows +, a whole number of `len` digits, fit E.164 and the plan? */
static bool is_international(const char *digits, size_t len, uint64_t countries,
			     bool strict, enum phone_kind *ret_kind)
{
	uint16_t code;
	size_t head =
		len >= 8 && len <= DIGITS_MAX + 1 ? detect_plan_code(digits, &code) : 0;

	*ret_kind = PHONE_FIXED;
	if (!head || is_round(digits, len))
		return false;
	if (!has_plan(code))
		return countries & detect_plan_other() && len <= DIGITS_MAX && !strict;
	const struct detect_plan *p = plan_of(code, countries);
	if (!p)
		return false;
	digits += head;
	len -= head;
	if (p->trunk[0] == '0' && digits[0] == '0') { /* "+33 (0)6", "+33 06" */
		digits++;
		len--;
	}
	*ret_kind = detect_plan_kind(p, digits, len);
	return len >= p->min && len <= p->max && (!strict || strchr(p->first, digits[0]));
}

/* "33612345678": a mobile number whose plus is left out. */
static bool is_bare_mobile(const struct window *w, uint64_t countries,
			   enum phone_kind *ret_kind)
{
	struct span digits = {(const uint8_t *)w->run->digits,
			      (size_t)last_of(w)->first + last_of(w)->len};
	const char *codes = w->said == SAID_PHONE ? "336*|337*|447*" : "336*|337*";

	if (w->said == SAID_OTHER || !is_even(w) || !detect_listed(codes, digits) ||
	    !is_international(w->run->digits, digits.len, countries, true, ret_kind) ||
	    *ret_kind != PHONE_MOBILE)
		return false;
	*ret_kind = w->said == SAID_PHONE ? PHONE_MOBILE : PHONE_FIXED;
	return true;
}

/* Does a plus stand before the run, and not at the end of a word or a sum? */
static bool has_plus(struct span text, size_t start)
{
	size_t at = start;

	at -= at && text.at[at - 1] == '(';
	at -= at && text.at[at - 1] == ' ';
	return at && text.at[at - 1] == '+' && !detect_glued_before(text, at - 1);
}

/* The international number that begins the run; count 0: none does. */
static struct window find_international(struct span text, const struct window *base,
					uint64_t countries)
{
	struct window w = *base;
	bool plus = has_plus(text, w.run->start);
	bool zeros = !plus && strncmp(w.digits, "00", 2) == 0;
	size_t skip = zeros ? 2 : 0;

	w.first = 0;
	for (w.count = MIN(w.run->count, GROUPS_MAX); w.count; w.count--) {
		const struct detect_group *last = last_of(&w);
		size_t len = (size_t)last->first + last->len;
		/* One piece of digits with 00 may be a bar code. */
		bool strict = zeros && w.count == 1 && w.said != SAID_PHONE;

		if (len <= skip || !ends_clean(text, &w) ||
		    (!plus && !starts_clean(text, &w)))
			continue;
		if (!plus && !zeros && is_bare_mobile(&w, countries, &w.kind))
			return w;
		if ((plus || zeros) &&
		    is_international(w.digits + skip, len - skip, countries, strict,
				     &w.kind) &&
		    !(strict && w.digits[2] == '1'))
			return w;
	}
	return w;
}

/* --- national ------------------------------------------------------------------------ */

/* "433" for "0612 345 678"; 'a' is a group of ten. False: longer than any plan has. */
static bool grouping_of(const struct window *w, char *ret)
{
	const struct detect_group *g = w->run->groups + w->first;

	for (size_t i = 0; i < w->count; i++) {
		if (g[i].len > DIGITS_MAX)
			return false;
		ret[i] = "0123456789abcdef"[g[i].len];
	}
	ret[w->count] = '\0';
	return true;
}

enum fit { FIT_NOT, FIT_IF_SAID, FIT_USUAL };

static enum fit grouping_fit(const char *groupings, const char *grouping)
{
	while (*groupings) {
		size_t len = strcspn(groupings, " ");
		bool said = *groupings == '?';

		if (len - said == strlen(grouping) &&
		    strncmp(groupings + said, grouping, len - said) == 0)
			return said ? FIT_IF_SAID : FIT_USUAL;
		groupings += len + (groupings[len] == ' ');
	}
	return FIT_NOT;
}

static enum fit plan_fit(const struct detect_plan *p, const struct window *w,
			 const char *grouping, enum phone_kind *ret_kind)
{
	const char *digits = w->digits;
	size_t trunk = strlen(p->trunk), len = w->len;

	if (trunk && digits[0] == p->trunk[0]) {
		digits += trunk;
		len -= trunk;
	} else if (trunk && p->code != 1) {
		return FIT_NOT;
	}
	bool local = p->code == 1 && len == 7; /* without the area code */
	if ((!local && (len < p->min || len > p->max)) || !strchr(p->first, digits[0]))
		return FIT_NOT;
	/* NANP: neither area code nor exchange begins with 0 or 1. */
	if (p->code == 1 && !local && (digits[3] == '0' || digits[3] == '1'))
		return FIT_NOT;
	*ret_kind = detect_plan_kind(p, digits, len);
	return grouping_fit(p->grouping, grouping);
}

static bool is_national(struct window *w, uint64_t countries)
{
	char grouping[GROUPS_MAX + 1];
	const struct detect_plan *p;
	enum phone_kind kind = PHONE_FIXED;
	enum fit best = FIT_NOT, fit;

	if (w->len < DIGITS_MIN || w->len > DIGITS_MAX || !is_even(w) ||
	    !grouping_of(w, grouping))
		return false;
	for (size_t i = 0; (p = detect_plan_at(i)); i++)
		if (countries >> i & 1 &&
		    (fit = plan_fit(p, w, grouping, &kind)) > best) {
			best = fit;
			w->kind = kind;
		}
	bool spaced = w->count == GROUPS_MAX; /* "0 6 1 2 ..." */
	if (spaced && w->said != SAID_PHONE && w->kind != PHONE_MOBILE)
		return false;
	/* Ten digits may be anything: that it is a person's mobile, a word has to say. */
	if (w->said != SAID_PHONE)
		w->kind = MIN(w->kind, PHONE_FIXED);
	return w->said == SAID_PHONE ? best > FIT_NOT
				     : best == FIT_USUAL && w->said == SAID_NOTHING;
}

/* --- said ---------------------------------------------------------------------------- */

/* Dates, IP addresses and American social security numbers keep their form beside any
 * word. */
static bool is_other_form(const struct window *w, const char *grouping)
{
	const struct detect_group *g = w->run->groups + w->first;
	const char *last = w->run->digits + last_of(w)->first;
	bool year_first = g->len == 4 && (strncmp(w->digits, "19", 2) == 0 ||
					  strncmp(w->digits, "20", 2) == 0);
	bool year_last = last_of(w)->len == 4 &&
			 (strncmp(last, "19", 2) == 0 || strncmp(last, "20", 2) == 0);

	if (strcmp(grouping, "324") == 0)
		return true;
	if (w->count >= 3 && g[1].before == g[2].before &&
	    ((year_first && g[1].len <= 2 && g[2].len <= 2) ||
	     (w->count == 3 && year_last && g[0].len <= 2 && g[1].len <= 2)))
		return true;
	return w->count == 4 && g[1].before == '.' && g[2].before == '.' &&
	       g[3].before == '.' && strspn(grouping, "123") == 4 &&
	       strcmp(grouping, "2222") != 0;
}

static bool is_said(const struct window *w)
{
	char grouping[GROUPS_MAX + 1];

	return w->said == SAID_PHONE && w->len >= DIGITS_MIN && w->len <= 13 &&
	       w->count <= 6 && is_even(w) && grouping_of(w, grouping) &&
	       !strchr(grouping + 1, '1') && !is_round(w->digits, w->len) &&
	       !is_other_form(w, grouping);
}

/* --- runs ---------------------------------------------------------------------------- */

static struct window window_of(const struct detect_run *run, size_t first, size_t count,
			       enum said said)
{
	struct window w = {.run = run,
			   .first = first,
			   .count = count,
			   .digits = run->digits + run->groups[first].first,
			   .said = said,
			   .kind = PHONE_FIXED};

	for (size_t i = 0; i < count; i++)
		w.len += run->groups[first + i].len;
	return w;
}

/* The longest window from group `first` on that is a national number; count 0: none. */
static struct window find_national(struct span text, const struct detect_run *run,
				   size_t first, enum said said, uint64_t countries)
{
	size_t count = MIN(run->count - first, GROUPS_MAX);

	for (; count; count--) {
		bool last = first + count == run->count;
		enum said here = last && said_behind(text, run->end) ? SAID_PHONE : said;
		struct window w = window_of(run, first, count, here);

		if (is_national(&w, countries) && starts_clean(text, &w) &&
		    ends_clean(text, &w))
			return w;
	}
	return (struct window){.run = run};
}

/* The whole run, or with a label behind it the shortest of its ends. */
static struct window find_said(struct span text, const struct detect_run *run,
			       enum said said, uint64_t countries)
{
	bool label = said_behind(text, run->end);
	size_t from = label ? run->count - 1 : 0;

	for (size_t tries = label ? MIN(run->count, 6) : 1;
	     countries & detect_plan_other() && tries; tries--, from--) {
		struct window w = window_of(run, from, run->count - from,
					    label ? SAID_PHONE : said);
		if (is_said(&w) && starts_clean(text, &w) && ends_clean(text, &w)) {
			w.kind = detect_listed("08*|09*|1300*|1800*", digits_of(&w))
					 ? PHONE_SERVICE
					 : PHONE_FIXED;
			return w;
		}
	}
	return (struct window){.run = run};
}

/* Where the number begins: at its plus, or at the bracket before its area code. */
static size_t start_of(struct span text, const struct window *w)
{
	const struct detect_group *g = &w->run->groups[w->first];
	size_t at = g->start;

	if (w->first == 0 && has_plus(text, at))
		while (text.at[at] != '+')
			at--;
	else if (detect_byte(text, at - 1) == '(' && detect_byte(text, g->end) == ')')
		at--;
	return at;
}

/* False when there is no room for a further one. What is less than `least` is passed over. */
static bool add_window(struct span text, const struct window *w, enum phone_kind least,
		       struct detect_found *ret)
{
	return w->kind < least ||
	       detect_add(ret, start_of(text, w), extension_end(text, last_of(w)->end));
}

/* The first number at or behind group `from`. */
static struct window find_in_run(struct span text, const struct detect_run *run,
				 size_t from, uint64_t countries)
{
	enum said said = said_before(text, run->start);
	struct window whole = window_of(run, 0, run->count, said);

	if (from == 0) {
		struct window w = find_international(text, &whole, countries);
		if (w.count)
			return w;
	}
	for (size_t i = from; i < run->count; i++) {
		struct window w = find_national(text, run, i, said, countries);
		if (w.count)
			return w;
	}
	return from == 0 ? find_said(text, run, said, countries)
			 : (struct window){.run = run};
}

static void find_phones(struct span text, uint64_t countries, enum phone_kind least,
			struct detect_found *ret)
{
	struct detect_run run;

	for (size_t at = 0; detect_run_next(text, at, &run); at = run.end) {
		for (size_t from = 0; run.len >= DIGITS_MIN && from < run.count;) {
			struct window w = find_in_run(text, &run, from, countries);

			if (!w.count)
				break;
			if (is_of_company(text, run.start))
				w.kind = MIN(w.kind, PHONE_FIXED);
			if (!add_window(text, &w, least, ret))
				return;
			from = w.first + w.count;
			run.end = MAX(run.end, extension_end(text, last_of(&w)->end));
		}
	}
}

void detect_phone(struct span text, uint64_t countries, struct detect_found *ret)
{
	find_phones(text, countries, PHONE_FIXED, ret);
}

void detect_mobile(struct span text, uint64_t countries, struct detect_found *ret)
{
	find_phones(text, countries, PHONE_MOBILE, ret);
}
