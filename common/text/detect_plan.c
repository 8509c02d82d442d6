#include "detect_own.h"

#define NANP_SERVICES "800*|822*|833*|844*|855*|866*|877*|888*|900*"

/* Groupings are those in use, the trunk digit counted in. One that other numbers share
 * (years, sizes, sums, orders) stands behind '?': a word must say that it is a phone. The
 * first plan that fits best says what a number is; those of the shipped rules' languages
 * come first. A number of which that is not sure is fixed. */
static const struct detect_plan plans[] = {
	{"fr", 9, 9, 33, "0", "123456789",
	 "22222 a 433 4222 2233 2323 28 1111111111 ?244 ?55 ?46 ?64 ?1333 ?13222 ?334",
	 "6*|7*", "8*|969*"},
	{"gb", 9, 10, 44, "0", "1235789",
	 "344 434 533 56 5222 55 47 38 443 532 542 ?b ?a ?335 ?353 ?362", "7*",
	 "8*|9*|300*|303*|330*|333*|343*|344*|345*|370*|371*"},
	{"us", 10, 10, 1, "1", "23456789", "334 1334 ?37 ?34 ?a ?1a ?b ?7 ?64", "",
	 NANP_SERVICES},
	{"ca", 10, 10, 1, "1", "23456789", "334 1334 ?37 ?34 ?a ?1a ?b ?7 ?64", "",
	 NANP_SERVICES},
	{"be", 8, 9, 32, "0", "123456789", "4222 2322 3222 ?a ?9 432 333 ?234 ?36",
	 "45*|46*|47*|48*|49*", "70*|78*|800*|90*"},
	{"ch", 9, 9, 41, "0", "123456789", "3322 334 ?a ?37", "74*|75*|76*|77*|78*|79*",
	 "58*|800*|84*|90*"},
	{"de", 7, 11, 49, "0", "123456789",
	 "38 48 47 46 57 56 435 434 436 444 445 335 336 3422 3332 4322 4332 4422 42222 "
	 "5222 ?37 ?a ?b ?c ?55 ?324 ?334 ?344 ?354 ?524",
	 "15*|16*|17*", "137*|138*|180*|800*|900*"},
	{"it", 6, 11, 39, "", "03",
	 "334 ?37 47 28 ?27 ?244 ?35 ?36 ?46 ?45 ?a ?9 ?3322 ?343 ?433 ?2422", "3*", ""},
	{"es", 9, 9, 34, "", "6789", "3222 ?333 ?9 ?2322 ?36", "6*|71*|72*|73*|74*",
	 "80*|90*"},
	{"pt", 9, 9, 351, "", "2379", "2322 ?333 ?9 ?234", "9*", "70*|76*"},
	{"nl", 9, 9, 31, "0", "123456789", "28 22222 37 46 334 3322 ?244 ?a", "6*",
	 "800*|88*|90*"},
	{"ie", 7, 9, 353, "0", "12456789", "234 334 333 37 ?36 ?28 ?a ?9 ?27",
	 "83*|85*|86*|87*|88*|89*", "76*|818*"},
	{"in", 10, 10, 91, "0", "6789", "?55 65 ?a ?b ?433 ?334 ?532", "9*", ""},
	{"au", 9, 9, 61, "0", "23478", "433 244 ?a ?4222 ?55 ?334", "4*", ""},
	{"lu", 5, 9, 352, "", "245678", "?333 ?2222 ?222 ?9 ?8 ?6 ?36",
	 "621*|628*|651*|658*|661*|668*|671*|678*|691*|698*", "800*|801*"},
};

_Static_assert(ARRAY_LEN(plans) < 63, "bit 63 is \"other\"");

const char *const detect_country_names[] = {
	"fr", "gb", "us", "ca", "be", "ch", "de",    "it", "es",
	"pt", "nl", "ie", "in", "au", "lu", "other", NULL,
};

_Static_assert(ARRAY_LEN(plans) + 2 == ARRAY_LEN(detect_country_names),
	       "each plan has its name, then come other and NULL");

uint64_t detect_country(struct span name)
{
	for (size_t i = 0; detect_country_names[i]; i++)
		if (span_equal(name, span_of(detect_country_names[i])))
			return UINT64_C(1) << i;
	return 0;
}

enum phone_kind detect_plan_kind(const struct detect_plan *p, const char *digits,
				 size_t len)
{
	struct span number = {(const uint8_t *)digits, len};

	if (len < p->min)
		return PHONE_FIXED; /* without its area code */
	return detect_listed(p->service, number)  ? PHONE_SERVICE
	       : detect_listed(p->mobile, number) ? PHONE_MOBILE
						  : PHONE_FIXED;
}

const struct detect_plan *detect_plan_at(size_t index)
{
	return index < ARRAY_LEN(plans) ? &plans[index] : NULL;
}

uint64_t detect_plan_other(void)
{
	return UINT64_C(1) << ARRAY_LEN(plans);
}

/* By ITU-T's list of E.164 country codes: 1 and 7 have one digit; which pairs begin a code of
 * three; the other pairs are codes, but for three that are not assigned at all. Codes of
 * three that are spare are taken for assigned. */
size_t detect_plan_code(const char *digits, uint16_t *ret_code)
{
	static const char three[] = "21|22|23|24|25|26|29|35|37|38|42|50|59|67|68|69|80|"
				    "85|87|88|96|97|99";
	struct span pair = {(const uint8_t *)digits, 2};
	size_t len = 3;

	if (strlen(digits) < 3 || digits[0] == '0' || detect_listed("28|83|89", pair))
		return 0;
	if (digits[0] == '1' || digits[0] == '7')
		len = 1;
	else if (!detect_listed(three, pair))
		len = 2;
	*ret_code = 0;
	for (size_t i = 0; i < len; i++)
		*ret_code = (uint16_t)(*ret_code * 10 + (digits[i] - '0'));
	return len;
}
