/* bench_corpus - N reviews of about 1 KB as NDJSON, the same ones for ever.
 *
 *	bench_corpus N > FILE
 *
 * English and French sentences from the lists below; a fifth of the reviews have optional
 * fields, about one in eight has something that the frozen patterns find. 1 author in 10
 * writes again, 2,000 subjects belong to 200 suppliers. No two reviews are equal.
 */
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "status.h"

#define SUBJECTS       2000
#define SUPPLIERS      200
#define LINE_MAX_BYTES 8192

static uint64_t state = UINT64_C(88172645463325252);

/* xorshift64: https://www.jstatsoft.org/article/view/v008i14 */
static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static unsigned below(unsigned limit)
{
	return (unsigned)((next_random() >> 16) % limit);
}

#define PICK(list) (list)[below(ARRAY_LEN(list))]

/* A sentence is one of each, in this order. */
struct language {
	const char *code, *country;
	const char *const *opening, *const *thing, *const *verdict, *const *detail;
	const char *const *title, *const *caught;
	unsigned openings, things, verdicts, details, titles, caughts;
};

static const char *const en_opening[] = {
	"To begin with",	"After two weeks",	"Compared with last year",
	"For a family of four", "On a rainy Monday",	"Without any delay",
	"As we had hoped",	"Much to our surprise", "Like many before us",
	"At the first try",	"In the long run",	"Seen from outside",
};
static const char *const en_thing[] = {
	"the room under the roof",     "the delivery of the lamp",
	"the soup of the day",	       "the woman at the desk",
	"the zip of the jacket",       "our guide on the hill",
	"the noise of the engine",     "the handle of the pan",
	"the garden behind the house", "the second repair",
	"the wool of the jumper",      "the bread in the morning",
	"the booking by telephone",    "the young man in the kitchen",
};
static const char *const en_verdict[] = {
	"was better than announced", "left nothing to wish for",
	"took far too long",	     "made up for the rest",
	"felt solid and honest",     "could be a little larger",
	"came one day early",	     "worked as described",
	"was warm but never stuffy", "has held until today",
	"was not worth the detour",  "kept its colour in the wash",
};
static const char *const en_detail[] = {
	"and we would do it again",   "though the manual is thin",
	"which my mother liked most", "even with the window open",
	"for what it costs",	      "and nobody hurried us",
	"as the picture shows",	      "except on the last evening",
	"thanks to a very kind team", "so the children were happy",
	"but the box arrived open",   "in a town with few others",
};
static const char *const en_title[] = {
	"Good value", "Not quite what we wanted", "A fine evening", "Would come again",
	"Solid work", "Small but pleasant",	  "Late and cold",  "Honest and quick",
};
static const char *const en_caught[] = {
	"Write to me at jane.doe###@mail.example for the pictures.",
	"More on https://www.cheap-shop###.example/offer today.",
	"Their number is +44 20 7946 #### if you need it.",
	"The waiter was a real m0r0n, table ## knows it.",
	"Call 0123 456 7### for a free sample of it.",
};

static const char *const fr_opening[] = {
	"Pour commencer",	 "Après deux semaines", "Comme l'an dernier",
	"Avec nos deux enfants", "Un lundi de pluie",	"Sans le moindre retard",
	"Comme espéré",		 "À notre surprise",	"Malgré la foule",
	"Dès le premier essai",	 "À la longue",		"Vu de la rue",
};
static const char *const fr_thing[] = {
	"la chambre sous les toits",
	"la livraison de la lampe",
	"la soupe du jour",
	"la dame de l'accueil",
	"la fermeture de la veste",
	"notre guide en montagne",
	"le bruit du moteur",
	"le manche de la poêle",
	"le jardin derrière la maison",
	"la deuxième réparation",
	"la laine du pull",
	"le pain du matin",
	"la prise de rendez-vous",
	"le jeune homme en cuisine",
};
static const char *const fr_verdict[] = {
	"a dépassé l'annonce",		"ne laisse rien à redire",
	"a pris bien trop de temps",	"rattrape tout le reste",
	"respire le travail bien fait", "pourrait gagner en place",
	"est arrivé la veille",		"fonctionne comme prévu",
	"reste doux au toucher",	"tient encore aujourd'hui",
	"ne vaut pas le voyage",	"garde sa couleur au lavage",
};
static const char *const fr_detail[] = {
	"et nous recommencerons",      "malgré une notice légère",
	"ce que ma mère a préféré",    "même avec du monde",
	"pour le prix demandé",	       "et personne ne nous a pressés",
	"comme sur la photo",	       "hormis le dernier soir",
	"grâce à une équipe aimable",  "et les petits ont adoré",
	"mais le carton était ouvert", "dans une ville calme",
};
static const char *const fr_title[] = {
	"Bon rapport qualité", "Pas tout à fait ça", "Belle soirée",
	"Nous reviendrons",    "Travail soigné",     "Petit mais agréable",
	"Froid et lent",       "Honnête et rapide",
};
static const char *const fr_caught[] = {
	"Écrivez-moi à jean.dupont###@courriel.example pour les photos.",
	"Voir https://www.bonnes-affaires###.example/offre pour la suite.",
	"Leur numéro est le 01 99 00 ## 10, à tout hasard.",
	"Le serveur est un vrai c o n n a r d, la table ## le sait.",
	"Un concurrent, au numéro ## de la rue, fait mieux.",
};

#define LANGUAGE(name, land)                                                 \
	{                                                                    \
#name, land, name##_opening, name##_thing, name##_verdict,   \
			name##_detail, name##_title, name##_caught,          \
			ARRAY_LEN(name##_opening), ARRAY_LEN(name##_thing),  \
			ARRAY_LEN(name##_verdict), ARRAY_LEN(name##_detail), \
			ARRAY_LEN(name##_title), ARRAY_LEN(name##_caught)    \
	}

static const struct language languages[] = {LANGUAGE(en, "GB"), LANGUAGE(fr, "FR")};

/* Each '#' becomes a digit. */
static void put_caught(struct buf *out, const struct language *l)
{
	for (const char *c = l->caught[below(l->caughts)]; *c; c++)
		buf_char(out, *c == '#' ? (char)('0' + below(10)) : *c);
}

static void put_text(struct buf *out, const struct language *l, unsigned long n)
{
	unsigned sentences = 5 + below(4),
		 caught = below(8) ? sentences : below(sentences);

	for (unsigned i = 0; i < sentences; i++) {
		if (i == caught) {
			put_caught(out, l);
			buf_char(out, ' ');
		}
		buf_format(out, "%s, %s %s, %s. ", l->opening[below(l->openings)],
			   l->thing[below(l->things)], l->verdict[below(l->verdicts)],
			   l->detail[below(l->details)]);
	}
	buf_format(out, "%s %lu.", l->code[0] == 'e' ? "Visit" : "Visite", n);
}

static void put_optional(struct buf *out)
{
	unsigned day = 1 + below(28);

	switch (below(4)) {
	case 0:
		buf_format(
			out,
			",\"experience_date\":\"2026-01-%02u\","
			"\"experience_date_source\":\"purchase\",\"purchase_ref\":\"P-%u\"",
			day, below(1000000));
		break;
	case 1:
		buf_format(out,
			   ",\"ratings\":[{\"criterion\":\"service\",\"value\":%u},"
			   "{\"criterion\":\"price\",\"value\":%u}],\"attestation\":true",
			   1 + below(5), 1 + below(5));
		break;
	case 2:
		buf_format(out,
			   ",\"origin\":\"solicited\",\"invitation_id\":\"I-%u\","
			   "\"incentive\":{\"type\":\"draw\",\"value\":\"50 EUR\","
			   "\"conditioned\":false,\"disclosed\":true}",
			   below(1000000));
		break;
	default:
		buf_format(out,
			   ",\"consents\":[{\"purpose\":\"publication\",\"given\":true}],"
			   "\"terms_version\":\"2026-01\",\"extra\":{\"basket\":%u}",
			   below(1000));
	}
}

static void put_review(struct buf *out, unsigned long n)
{
	const struct language *l = &PICK(languages);
	unsigned subject = below(SUBJECTS);
	unsigned long author = below(10) ? n : below((unsigned)n + 1);

	buf_format(
		out,
		"{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"order-%lu\","
		"\"submitted_at\":\"2026-02-%02uT%02u:%02u:00Z\",\"subject\":\"product-%u\","
		"\"supplier\":\"supplier-%u\",\"author_ref\":\"customer-%lu\","
		"\"contact\":{\"channel\":\"email\",\"value\":\"customer-%lu@example.org\"},"
		"\"display_name\":\"%c. %c.\",\"rating\":{\"value\":%u},",
		n, 1 + below(28), below(24), below(60), subject, subject % SUPPLIERS,
		author, author, 'A' + (int)below(26), 'A' + (int)below(26), 1 + below(5));
	buf_format(out, "\"title\":\"%s\",\"text\":\"", l->title[below(l->titles)]);
	put_text(out, l, n);
	buf_format(out, "\",\"language\":\"%s\",\"country\":\"%s\"", l->code, l->country);
	if (below(5) == 0)
		put_optional(out);
	buf_text(out, "}\n");
}

int main(int argc, char **argv)
{
	OWNED(buf_release) struct buf line = BUF_INIT(LINE_MAX_BYTES);
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

	if (count == 0) {
		fprintf(stderr, "usage: bench_corpus N > FILE\n");
		return EXIT_CODE_USAGE;
	}
	for (unsigned long n = 0; n < count; n++) {
		buf_clear(&line);
		put_review(&line, n);
		assert(!line.full);
		if (fwrite(line.at, 1, line.len, stdout) != line.len)
			return EXIT_CODE_IO;
	}
	return fflush(stdout) == 0 ? 0 : EXIT_CODE_IO;
}
