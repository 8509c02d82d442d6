#include "detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fold.h"

#define PLACES 16

/* What is found first in the folded text, as it stands there; NULL: nothing. */
struct row {
	const char *text, *found;
};

static struct fold fold;

static int fold_open(void **state)
{
	(void)state;
	fold_init(&fold);
	return 0;
}

static int fold_close(void **state)
{
	(void)state;
	fold_release(&fold);
	return 0;
}

/* --- rows, fr and en ----------------------------------------------------------------- */

static const struct row emails[] = {
	{"Écrivez à claire.dupuis@example.org pour les photos.",
	 "claire.dupuis@example.org"},
	{"desk.owner+help@mail.example.co.uk", "desk.owner+help@mail.example.co.uk"},
	{"Mail me: JANE_DOE99@Example.COM!", "jane_doe99@example.com"},
	{"ｃｌａｉｒｅ＠ｅｘａｍｐｌｅ．ｆｒ", "claire@example.fr"},
	{"jean\u200b@exam\u200bple.fr", "jean@example.fr"},
	{"rider22 (at) example (dot) com", "rider22 (at) example (dot) com"},
	{"Mon adresse : lecteur arobase example point org",
	 "lecteur arobase example point org"},
	{"claire.d [at] gmail [dot] com", "claire.d [at] gmail [dot] com"},
	{"write to claire at gmail dot com please", "claire at gmail dot com"},
	{"write to claire at gmail.com please", "claire at gmail.com"},
	{"marc_at_orange.fr", "marc_at_orange.fr"},
	{"marc.durand @ gmail.com", "marc.durand @ gmail.com"},
	{"marc(at)laposte.net ou par courrier", "marc(at)laposte.net"},
	{"contact: <ines@boutique.example.de>", "ines@boutique.example.de"},
	{"jean.dupont chez gmail.com", "jean.dupont chez gmail.com"},
	{"Reach me: jane dot smith at example dot org", "smith at example dot org"},
	{"info.jean@gmail.com", "info.jean@gmail.com"},
	{"write to contact@example.org or to tom@example.org", "tom@example.org"},
	{"sophie arobas hotmail, merci", "sophie arobas hotmail"},
	{"tel. ou a.b-c@sub-domain.example.info.", "a.b-c@sub-domain.example.info"},
	{"UtaKortig@jourrapide.com-Office", "utakortig@jourrapide.com"},
	{"ann87 at example dot org", "ann87 at example dot org"},

	{"We paid 2 @ £14.50 for parking.", NULL},
	{"Found them through @seadog, a friend of mine.", NULL},
	{"J'attends toujours une réponse à mes courriels.", NULL},
	{"Meet me at (at last!) the best bakery.", NULL},
	{"Look at amazon.com for the price", NULL},
	{"An x-small at this point in my life", NULL},
	{"It looks good on the model. At this point in time no.", NULL},
	{"Dinner @ 8 with friends", NULL},
	{"bob@work said it was fine", NULL},
	{"We stayed at point break hotel", NULL},
	{"Le son arobase du clavier ne marche pas", NULL},
	{"Love it @ home. It fits", NULL},
	{"I ate at a cafe (a) good one", NULL},
	{"user@ is missing its host", NULL},
	{"@example.com alone", NULL},
	{"The shop at dot and line", NULL},
	{"price @10.50 each", NULL},
	{"I contacted support@shopname.com four times, no answer", NULL},
	{"J'ai écrit à contact@boutique-exemple.fr, jamais de réponse", NULL},
	{"no-reply@example.com, sav.lyon@example.fr, contact@gmail.com", NULL},
	{"service-client (at) example (dot) com", NULL},
	{"Client chez orange.fr depuis 2010", NULL},
	{"mon iphone14 chez orange.fr", NULL},
	{"I looked at live.com and at orange.fr", NULL},
};

static const struct row phones[] = {
	{"Réservation au 01 99 00 88 17, pensez à préciser.", "01 99 00 88 17"},
	{"Joignable au 01 99 00 12 34 même le soir.", "01 99 00 12 34"},
	{"Son portable : 06.39.98.12.56", "06.39.98.12.56"},
	{"Demandez Nadia au +33 1 99 00 23 45.", "+33 1 99 00 23 45"},
	{"+44 (0)20 7946 0815", "+44 (0)20 7946 0815"},
	{"Ring her on 07700 900 461.", "07700 900 461"},
	{"Their driver's number is 212-555-0198.", "212-555-0198"},
	{"Call me at 555-0123.", "555-0123"},
	{"Tél. ０１ ９９ ００ １２ ３４", "01 99 00 12 34"},
	{"mon numéro 0639981256", "0639981256"},
	{"(212) 555-0198 x42", "(212) 555-0198 x42"},
	{"1-212-555-0199 ext. 5", "1-212-555-0199 ext. 5"},
	{"0800 123 456 ou 01 99 00 12 34", "01 99 00 12 34"},
	{"06/12/34/56/78", "06/12/34/56/78"},
	{"06_12_34_56_78", "06_12_34_56_78"},
	{"0 6 1 2 3 4 5 6 7 8", "0 6 1 2 3 4 5 6 7 8"},
	{"33612345678", "33612345678"},
	{"Loterie 01 02 03 04 05", "01 02 03 04 05"},
	{"0033 6 39 98 12 56", "0033 6 39 98 12 56"},
	{"06–39–98–12–56 après 18 h", "06-39-98-12-56"},
	{"02/345.67.89 en journée", "02/345.67.89"},
	{"079 123 45 67 (Suisse)", "079 123 45 67"},
	{"Tel: 030 12345678", "030 12345678"},
	{"Llámame al 612 345 678", "612 345 678"},
	{"06-12345678", "06-12345678"},
	{"our mobile is 98765 43210", "98765 43210"},
	{"0412 345 678 any time", "0412 345 678"},
	{"56139 Rouen 0479 50 54 03", "0479 50 54 03"},
	{"785 8949 office", "785 8949"},
	{"01 99 00 12 34 (24 h/24)", "01 99 00 12 34"},
	{"01 99 00 12 34 - 7 jours sur 7", "01 99 00 12 34"},
	{"Suite 12 (212) 555-0198", "(212) 555-0198"},
	{"rappelez le 99 12 34 56 svp", "99 12 34 56"},
	{"wa +91 98765 43210 now", "+91 98765 43210"},
	{"+354 555 1234", "+354 555 1234"},
	{"06\u00a039\u00a098\u00a012\u00a056", "06 39 98 12 56"},

	{"Order 2026-0001-4477, model DX-555-2014.", NULL},
	{"Réservé sous le dossier 4215487799, chambre 212.", NULL},
	{"Appelez le 3631, ils répondent.", NULL},
	{"120x60x75 cm, 14,50 + 8,90 + 12,00 euros.", NULL},
	{"Arrivé le 01.02.2026 à 14 h 30.", NULL},
	{"Called on 12-11-2025 and 2025-11-12, no answer.", NULL},
	{"Paid 100 200 300 in three instalments.", NULL},
	{"I am a 34-28-35/125 and 5'4\"", NULL},
	{"I called the shop, 38-27-35 measurements", NULL},
	{"EAN 4006381333931", NULL},
	{"Un budget de 12 500 000 euros", NULL},
	{"tailles 34 36 38 40 42", NULL},
	{"ISBN 978-2-07-036822-8", NULL},
	{"I called about order 5551234567.", NULL},
	{"SIRET 552 100 554 00013", NULL},
	{"Serial 212-555-0198-7734", NULL},
	{"Commande 212 555 0198 jamais reçue", NULL},
	{"call the server 192.168.100.20", NULL},
	{"ssn 308-63-0237", NULL},
	{"+20 000 000 vues", NULL},
	{"from 2010 to 2014 and 2015-2016", NULL},
	{"0,123456789", NULL},
	{"1234567 views", NULL},
	{"colis 6A12345678901", NULL},
	{"Le SAV au 0892 70 12 34 coûte 0,80 euro la minute", NULL},
	{"Their hotline 0800 123 4567 is dead", NULL},
	{"Appelez le 3949 ou le 09 69 12 34 56", NULL},
	{"appelez le 0 800 123 456", NULL},
	{"call 0845 46 47 or 0871 234 5678 or 0900 123 4567", NULL},
	{"call 1-800-555-0199 or (888) 555-0199", NULL},
	{"+33 892 70 12 34, +44 800 123 4567, +1 877 555 0199", NULL},
	{"Loto : 01 02 03 04 05, tout faux", NULL},
	{"Notes de 01 à 10 : 02 04 05 03 01", NULL},
	{"colis 33612345678", NULL},
	{"touches 0 1 2 3 4 5 6 7 8 9", NULL},
};

static const struct row mobiles[] = {
	{"Son portable : 06.39.98.12.56", "06.39.98.12.56"},
	{"mon numéro 0639981256", "0639981256"},
	{"0033 6 39 98 12 56", "0033 6 39 98 12 56"},
	{"+33 (0)7 56 78 12 34", "+33 (0)7 56 78 12 34"},
	{"06/12/34/56/78", "06/12/34/56/78"},
	{"06_12_34_56_78", "06_12_34_56_78"},
	{"06–39–98–12–56 après 18 h", "06-39-98-12-56"},
	{"appelez le 0 6 1 2 3 4 5 6 7 8", "0 6 1 2 3 4 5 6 7 8"},
	{"tél. 33612345678", "33612345678"},
	{"call 447700900461", "447700900461"},
	{"Ring her on 07700 900 461.", "07700 900 461"},
	{"07700 900461", "07700 900461"},
	{"+44 7700 900123, good luck", "+44 7700 900123"},
	{"0478 12 34 56 ou +32 478 12 34 56", "+32 478 12 34 56"},
	{"079 123 45 67 (Suisse)", "079 123 45 67"},
	{"Llámame al 612 345 678", "612 345 678"},
	{"01 99 00 12 34 puis 06 39 98 12 56", "06 39 98 12 56"},
	{"appelez le 06 07 08 09 10", "06 07 08 09 10"},

	{"Joignable au 01 99 00 12 34 même le soir.", NULL},
	{"+33 1 99 00 23 45", NULL},
	{"212-555-0198", NULL},
	{"Call me at 555-0123.", NULL},
	{"+44 (0)20 7946 0815", NULL},
	{"020 7946 0815", NULL},
	{"0892 70 12 34", NULL},
	{"Their hotline 0800 123 4567 is dead", NULL},
	{"Horaires faux : 08 12 14 19 22", NULL},
	{"les 06 07 08 09 10 juillet", NULL},
	{"07 14 21 28 35", NULL},
	{"Loto : 06 12 23 31 45", NULL},
	{"0 6 1 2 3 4 5 6 7 8", NULL},
	{"33612345678", NULL},
	{"447700900461", NULL},
	{"785 8949 office", NULL},
	{"+354 555 1234", NULL},
	{"0478 12 34 56", NULL}, /* Lyon as well as a Belgian mobile */
	{"Order 0612345678", NULL},
};

static const struct row ibans[] = {
	{"FR7112345987650123456789A06", "fr7112345987650123456789a06"},
	{"FR71 1234 5987 6501 2345 6789 A06", "fr71 1234 5987 6501 2345 6789 a06"},
	{"Remboursez sur FR76 0000 0000 0000 0000 0000 000.",
	 "fr76 0000 0000 0000 0000 0000 000"},
	{"DE58 1234 5678 0123 4567 89", "de58 1234 5678 0123 4567 89"},
	{"my account BE53123456789012.", "be53123456789012"},
	{"gb85test12345612345678", "gb85test12345612345678"},
	{"IBAN:GB85-TEST-1234-5612-3456-78", "gb85-test-1234-5612-3456-78"},
	{"ES98 1234 5678 9012 3456 7890 merci", "es98 1234 5678 9012 3456 7890"},
	{"IT36A1234598765000000123456", "it36a1234598765000000123456"},
	{"NL13 TEST 0123 4567 89", "nl13 test 0123 4567 89"},
	{"CH2112345TEST00123456", "ch2112345test00123456"},
	{"LU93 123T EST0 0012 3456", "lu93 123t est0 0012 3456"},
	{"PT16123456789012345678901", "pt16123456789012345678901"},
	{"IE58 TEST 1234 5612 3456 78", "ie58 test 1234 5612 3456 78"},
	{"NO28 1234 5678 901", "no28 1234 5678 901"},
	{"MT15TEST12345TEST00012345678901", "mt15test12345test00012345678901"},
	{"PL77 1234 5678 1234 5678 1234 5678", "pl77 1234 5678 1234 5678 1234 5678"},
	{"ｆｒ７１ 1234 5987 6501 2345 6789 A06", "fr71 1234 5987 6501 2345 6789 a06"},
	{"ibanFR7112345987650123456789A06", "fr7112345987650123456789a06"},
	{"fr 71 12345 98765 0123456789a 06", "fr 71 12345 98765 0123456789a 06"},

	{"FR7112345987650123456789A07", NULL},	/* key */
	{"FR711234598765012345678A06", NULL},	/* a digit less */
	{"FR7112345987650123456789A061", NULL}, /* a digit more */
	{"XX71123459876501234567890", NULL},	/* no such country */
	{"GB00 TEST 0000 0000 0000 00", NULL},
	{"DE59 1234 5678 0123 4567 89", NULL},
	{"Colis FR12345678901", NULL},
	{"VAT FR40303265045", NULL},
	{"TVA BE0123456789", NULL},
	{"size 10 but I am usually a size 12 or so", NULL},
	{"Serial ab12cd34ef56gh78ij90", NULL},
	{"Commande FR2026000144770001234567890", NULL},
	{"xFR7112345987650123456789A06", NULL},
	{"de 12 à 18 heures, 3 fois par semaine", NULL},
	{"it 36 was the best model of all the series", NULL},
	{"NO28 1234 5678 90", NULL},
};

static const struct row cards[] = {
	{"4111 1111 1111 1111", "4111 1111 1111 1111"},
	{"4111-1111-1111-1111", "4111-1111-1111-1111"},
	{"4111_1111_1111_1111", "4111_1111_1111_1111"},
	{"ma carte 4000000123456784, débitée deux fois", "4000000123456784"},
	{"5100001234567895", "5100001234567895"},
	{"2223 0000 1234 5671", "2223 0000 1234 5671"},
	{"3700 001234 56784", "3700 001234 56784"},
	{"340000987654323", "340000987654323"},
	{"3000 001234 5678", "3000 001234 5678"},
	{"36000012345672", "36000012345672"},
	{"6011 0000 1234 5678", "6011 0000 1234 5678"},
	{"3528000012345671", "3528000012345671"},
	{"6225000012345670", "6225000012345670"},
	{"2200 0000 1234 5678", "2200 0000 1234 5678"},
	{"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"},
	{"４１１１１１１１１１１１１１１１", "4111111111111111"},
	{"500000123454", "500000123454"},
	{"carte 4006381000093", "4006381000093"},
	{"4111 1111 1111 1111 12/29 cvv 123", "4111 1111 1111 1111"},
	{"paid 2 times 5100 0012 3456 7895", "5100 0012 3456 7895"},

	{"4111 1111 1111 1112", NULL}, /* check digit */
	{"1111 1111 1111 1117", NULL}, /* no issuer */
	{"4006381000093", NULL},       /* a bar code that Luhn passes */
	{"4006381000192", NULL},
	{"EAN 3017620422003", NULL},
	{"Ref. 2026-0001-4477, paid by card.", NULL},
	{"411111111111111", NULL},   /* 15 */
	{"41111111111111111", NULL}, /* 17 */
	{"36 38 40 42 44 46 48", NULL},
	{"They charged 4000 0000 0000 0000 twice.", NULL},
	{"41 11 11 11 11 11 11 11", NULL},
	{"A4111111111111111", NULL},
	{"4111111111111111B", NULL},
	{"+33 6 39 98 12 56", NULL},
	{"Le 20 mai 2026, chambre 1204, puis 1206.", NULL},
	{"suivi 6123456789012345678901", NULL},
	{"4111 - 1111 / 1111 - 1111", NULL},
	{"0000 0000 0000 0000", NULL},
};

static const struct row nirs[] = {
	{"1 85 05 78 006 084 91", "1 85 05 78 006 084 91"},
	{"185057800608491", "185057800608491"},
	{"sécu : 2 99 02 75 114 321 82.", "2 99 02 75 114 321 82"},
	{"169031305504206", "169031305504206"},
	{"2 84 07 99 123 004 05", "2 84 07 99 123 004 05"},
	{"1 85 05 2A 004 084 95", "1 85 05 2a 004 084 95"},
	{"2 90 09 2B 033 157 15", "2 90 09 2b 033 157 15"},
	{"103069204811036", "103069204811036"},
	{"7 12 01 33 063 222 52", "7 12 01 33 063 222 52"},
	{"2-74-08-45-234-001-97", "2-74-08-45-234-001-97"},
	{"1.55.02.57.463.111.80", "1.55.02.57.463.111.80"},
	{"nir 2010567482999 26", "2010567482999 26"},
	{"1850578006084-91", "1850578006084-91"},
	{"1 85 05 78 006 084 91 et le vôtre", "1 85 05 78 006 084 91"},
	{"１８５０５７８００６０８４９１", "185057800608491"},
	{"my French number (185057800608491)", "185057800608491"},

	{"1 85 05 78 006 084 92", NULL}, /* key */
	{"185057800608490", NULL},
	{"1 85 13 78 006 084 91", NULL}, /* month */
	{"5 85 05 78 006 084 91", NULL}, /* sex */
	{"1 85 05 2C 004 084 95", NULL},
	{"1 85 05 3A 004 084 95", NULL},
	{"1 85 05 78 006 084", NULL}, /* without its key */
	{"1850578006084911", NULL},   /* one digit more */
	{"a185057800608491", NULL},
	{"Commande 2026000144770001", NULL},
	{"123456789012345", NULL},
	{"4111 1111 1111 1111", NULL},
	{"1 2 3 4 5 6 7 8 9 10", NULL},
	{"+33 1 99 00 12 34 puis 01 99 00 12 35", NULL},
	{"000000000000000", NULL},
	{"346412338913585", NULL}, /* a card whose digits fit the key by chance */
	{"2 99 02 75 114 000 82", NULL},
};

static const struct row addresses[] = {
	{"J'habite 12 rue des Lilas à Lyon", "12 rue des lilas a lyon"},
	{"12 bis, avenue Foch", "12 bis, avenue foch"},
	{"au 3 bd. Voltaire", "3 bd. voltaire"},
	{"45b chemin de la Plage", "45b chemin de la plage"},
	{"8 impasse du Moulin, 69003 Lyon", "8 impasse du moulin"},
	{"5 place de la République 75011 Paris", "5 place de la republique"},
	{"adresse : 7 cours de l'Yser", "7 cours de l'yser"},
	{"rue de la Loi 16, 1000 Bruxelles", "rue de la loi 16, 1000"},
	{"22 quai d'Orsay", "22 quai d'orsay"},
	{"BP 112, Papeete", "bp 112"},
	{"Send it to 15 Old Mill Road please", "15 old mill road"},
	{"221B Baker Street", "221b baker street"},
	{"4589 40th Street Suite 603", "4589 40th street"},
	{"I live at 15 Millicent Drive", "15 millicent drive"},
	{"1600 Pennsylvania Avenue", "1600 pennsylvania avenue"},
	{"55 Halsey Rd.", "55 halsey rd"},
	{"9 Orchard Close, SW1A 1AA", "9 orchard close"},
	{"P.O. Box 101", "p.o. box 101"},
	{"100 Main St, Apt 5", "100 main st"},
	{"７ ｒｕｅ Victor Hugo", "7 rue victor"},

	{"5 minutes from Oxford Street", NULL},
	{"5 stars all the way", NULL},
	{"Two sizes in one place, 2 more in another place", NULL},
	{"20 places de parking", NULL},
	{"3 cours de yoga par semaine", NULL},
	{"Dans la rue, 2 voitures", NULL},
	{"The 2 day road trip was fine", NULL},
	{"10 miles down the road", NULL},
	{"A 5 star road trip", NULL},
	{"Après 3 passages en caisse", NULL},
	{"the street is nice, we went there 4 times", NULL},
	{"1 route magnifique", NULL},
	{"Rang 3, place 12", NULL},
	{"We waited 40 min in a row", NULL},
	{"in 2 different courts of law", NULL},
	{"It took 2 hours to drive", NULL},
	{"$12 Wall Street", NULL},
	{"Number 1 of the street", NULL},
};

static const struct row urls[] = {
	{"Voir https://www.example.org/a?b=c#d.", "https://www.example.org/a?b=c#d"},
	{"http://TalkAnorexia.de/", "http://talkanorexia.de/"},
	{"go to www.example.co.uk, thanks", "www.example.co.uk"},
	{"example.com has it cheaper", "example.com"},
	{"Achetez sur boutique-lyon.fr !", "boutique-lyon.fr"},
	{"(see shop.example.net/path)", "shop.example.net/path"},
	{"ftp://files.example.org/x", "ftp://files.example.org/x"},
	{"bit.ly/3abcd", "bit.ly/3abcd"},
	{"example.it/shop", "example.it/shop"},
	{"ＷＷＷ．ｅｘａｍｐｌｅ．ｃｏｍ", "www.example.com"},
	{"exam\u200bple.com", "example.com"},
	{"« https://example.fr/é »", "https://example.fr/e"},
	{"1001pharmacies.com", "1001pharmacies.com"},
	{"HTTP://EXAMPLE.RU", "http://example.ru"},
	{"www.exemple.shop", "www.exemple.shop"},
	{"site:example.org:8080/x", "example.org:8080/x"},

	{"Love the dress.it is great", NULL},
	{"Trop petit.de plus il gratte", NULL},
	{"The best.in my opinion", NULL},
	{"claire.dupuis@example.org", NULL},
	{"jean.fr.dupont@example.org", NULL},
	{"bought for 12.50 at the shop", NULL},
	{"e.g. this one, i.e. that", NULL},
	{"etc...com pris", NULL},
	{"version 1.2.3", NULL},
	{"photo.jpg attached", NULL},
	{"Fits.comfortable too", NULL},
	{"www is an abbreviation", NULL},
	{"and/or, 24/7", NULL},
	{"://", NULL},
	{"J'ai aimé.eu un souci ensuite", NULL},
	{"ratio 3:2 / 4:3", NULL},
};

static const struct row hidden_urls[] = {
	{"hxxp://example.com/x", "hxxp://example.com/x"},
	{"hxxps://example.com", "hxxps://example.com"},
	{"h t t p : / / example.com", "h t t p : / / example.com"},
	{"http: //example.com", "http: //example.com"},
	{"http:\\\\example.com", "http:\\\\example.com"},
	{"www . example . fr", "www . example . fr"},
	{"www example fr", "www example fr"},
	{"w w w . example . com", "w w w . example . com"},
	{"www(.)example(.)com", "www(.)example(.)com"},
	{"try example dot com today", "example dot com"},
	{"allez sur exemple point fr", "exemple point fr"},
	{"example (dot) com", "example (dot) com"},
	{"example[.]com", "example[.]com"},
	{"example . com", "example . com"},
	{"example .com", "example .com"},
	{"super-site. com est mieux", "super-site. com"},
	{"e x a m p l e . c o m", "e x a m p l e . c o m"},
	{"example. c o m", "example. c o m"},
	{"ｅｘａｍｐｌｅ ｄｏｔ ｃｏｍ", "example dot com"},

	{"http://example.com", NULL}, /* in the open */
	{"www.example.com", NULL},
	{"the dot com bubble", NULL},
	{"sur ce point com toujours", NULL},
	{"polka dot dress", NULL},
	{"un point de vue", NULL},
	{"c'est à ce point net", NULL},
	{"They said hello. Come again", NULL},
	{"rider22 (at) example (dot) com", NULL},
	{"lecteur arobase example point org", NULL},
	{"httpd is a server", NULL},
	{"what www stands for", NULL},
	{"a . b . c", NULL},
	{"end of it . Net result: good", NULL},
	{"Je n'en ai point eu", NULL},
	{"Nice. Fresh. Clean.", NULL},
};

static const struct row handles[] = {
	{"Found them through @seadog, a friend", "@seadog"},
	{"suivez-moi @marie_75.lyon !", "@marie_75.lyon"},
	{"insta: marie.dupont", "insta: marie.dupont"},
	{"Instagram : jane_doe", "instagram : jane_doe"},
	{"my ig is jane.d", "ig is jane.d"},
	{"mon snap jane_d22", "snap jane_d22"},
	{"Snapchat = rider", "snapchat = rider"},
	{"add me on snap @rider", "snap @rider"},
	{"t.me/superpromo", "t.me/superpromo"},
	{"https://t.me/superpromo", "t.me/superpromo"},
	{"wa.me/33639981256", "wa.me/33639981256"},
	{"instagram.com/jane.doe", "instagram.com/jane.doe"},
	{"https://www.facebook.com/jane.doe.5", "facebook.com/jane.doe.5"},
	{"tiktok: lili93", "tiktok: lili93"},
	{"Telegram:casinoking", "telegram:casinoking"},
	{"mon insta est lili.93", "insta est lili.93"},
	{"＠ｓｅａｄｏｇ", "@seadog"},
	{"(ig: bob.b)", "ig: bob.b"},

	{"claire@example.org", NULL},
	{"We paid 2 @ £14.50", NULL},
	{"@5'4 and 120 lbs", NULL},
	{"works @home and @work", NULL},
	{"The snap closes well", NULL},
	{"snap: closes too tight", NULL},
	{"saw it on Instagram page...and bought it", NULL},
	{"seen on my instagram page.it is lovely", NULL},
	{"Pinterest and Instagram are fine", NULL},
	{"follow me on facebook for more", NULL},
	{"facebook, twitter and so on", NULL},
	{"big: yes", NULL},
	{"snap 2.5cm apart", NULL},
	{"@ the shop", NULL},
	{"@12", NULL},
	{"insta: ok", NULL}, /* two letters */
};

static const struct row prices[] = {
	{"12,50 €", "12,50 €"},
	{"It cost $20.", "$20"},
	{"payé 20 euros", "20 euros"},
	{"£14.50 each", "£14.50"},
	{"$1,299.99 in all", "$1,299.99"},
	{"1 200 € de travaux", "1 200 €"},
	{"EUR 45", "eur 45"},
	{"12€50", "12€50"},
	{"20$ only", "20$"},
	{"CHF 30.-", "chf 30"},
	{"30 bucks", "30 bucks"},
	{"100.00 dollars", "100.00 dollars"},
	{"20k€", "20k€"},
	{"50 centimes", "50 centimes"},
	{"＄２０", "$20"},
	{"US$ 20", "$ 20"},
	{"¥ 5000", "¥ 5000"},
	{"12\u00a0€", "12 €"},

	{"$$$ expensive", NULL},
	{"I weigh 120 pounds", NULL},
	{"my 2 cents", NULL},
	{"taille 42", NULL},
	{"3 for the price of 2", NULL},
	{"20 europeans", NULL},
	{"euro 2024 was fun", NULL},
	{"pas un euro de plus", NULL},
	{"50 % off", NULL},
	{"size 8, 120 lbs", NULL},
	{"the dollar store", NULL},
	{"120 centimeters", NULL},
	{"a $ sign", NULL},
	{"12 eurostar tickets", NULL},
	{"€uro", NULL},
	{"100 cents ans", "100 cents"}, /* what stands beside it is not looked at */
};

static const struct {
	enum detector detector;
	const struct row *rows;
	size_t count;
} tables[] = {
	{DETECT_EMAIL, emails, ARRAY_LEN(emails)},
	{DETECT_PHONE, phones, ARRAY_LEN(phones)},
	{DETECT_MOBILE, mobiles, ARRAY_LEN(mobiles)},
	{DETECT_IBAN, ibans, ARRAY_LEN(ibans)},
	{DETECT_CARD, cards, ARRAY_LEN(cards)},
	{DETECT_NIR, nirs, ARRAY_LEN(nirs)},
	{DETECT_ADDRESS, addresses, ARRAY_LEN(addresses)},
	{DETECT_URL, urls, ARRAY_LEN(urls)},
	{DETECT_HIDDEN_URL, hidden_urls, ARRAY_LEN(hidden_urls)},
	{DETECT_HANDLE, handles, ARRAY_LEN(handles)},
	{DETECT_PRICE, prices, ARRAY_LEN(prices)},
};

/* --- tests --------------------------------------------------------------------------- */

static struct span folded(const char *text)
{
	fold_text(&fold, span_of(text));
	return buf_view(&fold.match);
}

static void each_row_is_found_or_left_alone(void **state)
{
	(void)state;
	size_t wrong = 0;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct row *row = &tables[t].rows[i];
			struct span text = folded(row->text);
			struct scan_place places[PLACES];
			size_t count =
				detect_find(tables[t].detector, DETECT_ALL_COUNTRIES,
					    text, places, PLACES);
			struct span found = {text.at + (count ? places[0].start : 0),
					     count ? places[0].end - places[0].start : 0};

			if (span_equal(found, span_of(row->found)))
				continue;
			print_error("%s: [%.*s] in [%s]\n",
				    detector_names[tables[t].detector], (int)found.len,
				    (const char *)found.at, row->text);
			wrong++;
		}
	assert_int_equal(wrong, 0);
}

static void on_match(void *context, uint32_t owner, uint32_t pattern UNUSED)
{
	((bool *)context)[owner] = true;
}

/* Else the engine, which asks the patterns first, would miss what detect_find knows. */
static void patterns_match_whatever_is_found(void **state)
{
	(void)state;
	OWNED(scan_freep) struct scan *s = scan_new();
	uint32_t owner;
	size_t missed = 0;

	for (enum detector d = 0; d < DETECTOR_COUNT; d++)
		for (const char *const *p = detect_patterns(d); *p; p++)
			assert_int_equal(scan_add(s, SCAN_MATCH, *p, d, NULL), ST_OK);
	assert_int_equal(scan_build(s, NULL, &owner, NULL), ST_OK);
	/* Every detector over every row: they find things in each other's, too. */
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			bool matched[DETECTOR_COUNT] = {false};
			struct span text = folded(tables[t].rows[i].text);
			struct scan_place place;

			scan_text(s, SCAN_MATCH, text, on_match, matched);
			for (enum detector d = 0; d < DETECTOR_COUNT; d++) {
				if (matched[d] || !detect_find(d, DETECT_ALL_COUNTRIES,
							       text, &place, 1))
					continue;
				print_error("%s in [%s]\n", detector_names[d],
					    tables[t].rows[i].text);
				missed++;
			}
		}
	assert_int_equal(missed, 0);
}

static void all_places_are_found_in_order(void **state)
{
	(void)state;
	struct span text = folded("06 39 98 12 56, 01 99 00 12 34 / +33 1 99 00 23 45; "
				  "tel 785 8949");
	struct scan_place places[PLACES];

	assert_int_equal(
		detect_find(DETECT_PHONE, DETECT_ALL_COUNTRIES, text, places, PLACES), 4);
	for (size_t i = 1; i < 4; i++)
		assert_true(places[i].start >= places[i - 1].end);
	assert_int_equal(detect_find(DETECT_PHONE, DETECT_ALL_COUNTRIES, text, places, 2),
			 2);
	assert_int_equal(places[1].start, 16);
}

static void phones_are_those_of_the_countries_asked_for(void **state)
{
	(void)state;
	static const struct {
		const char *country, *text;
		size_t count;
	} rows[] = {
		{"fr", "06 39 98 12 56", 1},	{"gb", "06 39 98 12 56", 0},
		{"gb", "07700 900 461", 1},	{"us", "07700 900 461", 0},
		{"us", "212-555-0198", 1},	{"fr", "212-555-0198", 0},
		{"fr", "+33 6 39 98 12 56", 1}, {"fr", "+44 20 7946 0815", 0},
		{"gb", "+44 20 7946 0815", 1},	{"other", "+44 20 7946 0815", 0},
		{"other", "+354 555 1234", 1},	{"fr", "+354 555 1234", 0},
		{"other", "call 785 8949", 1},	{"fr", "call 785 8949", 0},
		{"be", "02 345 67 89", 1},	{"ch", "079 123 45 67", 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct scan_place places[PLACES];
		uint64_t bit = detect_country(span_of(rows[i].country));

		assert_true(bit != 0);
		if (detect_find(DETECT_PHONE, bit, folded(rows[i].text), places,
				PLACES) != rows[i].count)
			fail_msg("%s: %s", rows[i].country, rows[i].text);
	}
}

static void names_are_those_that_rules_write(void **state)
{
	(void)state;
	size_t count = 0;

	assert_null(detector_names[DETECTOR_COUNT]);
	for (enum detector d = 0; d < DETECTOR_COUNT; d++)
		assert_true(detector_names[d] && detect_patterns(d)[0]);
	while (detect_country_names[count])
		count++;
	assert_true(count >= 15);
	assert_int_equal(detect_country(SPAN_OF("xx")), 0);
	assert_int_equal(detect_country(SPAN_NONE), 0);
	assert_true(detect_country(SPAN_OF("fr")) != detect_country(SPAN_OF("be")));
}

static void every_detector_has_fifteen_rows_of_each_kind(void **state)
{
	(void)state;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		size_t found = 0;

		for (size_t i = 0; i < tables[t].count; i++)
			found += tables[t].rows[i].found != NULL;
		assert_true(found >= 15 && tables[t].count - found >= 15);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_is_found_or_left_alone),
		cmocka_unit_test(patterns_match_whatever_is_found),
		cmocka_unit_test(all_places_are_found_in_order),
		cmocka_unit_test(phones_are_those_of_the_countries_asked_for),
		cmocka_unit_test(names_are_those_that_rules_write),
		cmocka_unit_test(every_detector_has_fifteen_rows_of_each_kind),
	};

	return cmocka_run_group_tests(tests, fold_open, fold_close);
}
