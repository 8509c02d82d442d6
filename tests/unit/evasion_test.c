#include "evasion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "alloc.h"
#include "scan.h"
#include "words.h"

/* What a real list has, in French and in English, short and easily met ones among them. */
static const char *const list[] = {"connard",	   "connards",
				   "con",	   "salope",
				   "merde",	   "pute",
				   "encule",	   "batard",
				   "asshole",	   "ass",
				   "fuck",	   "shit",
				   "bitch",	   "bullshit",
				   "idiot",	   "nigger",
				   "cunt",	   "porn",
				   "viagra",	   "fuck you",
				   "ta gueule",	   "va te faire foutre",
				   "fils de pute", "kill",
				   "escroc",	   "cul",
				   "anus",	   "sexe",
				   "you suck",	   "gros con"};

static struct words *words_of_list(void)
{
	struct words *w = words_new();

	for (uint32_t i = 0; i < ARRAY_LEN(list); i++)
		assert_int_equal(words_add(w, span_of(list[i]), i, NULL), ST_OK);
	return w;
}

struct seen {
	const struct fold *fold;
	const struct evasion *evasion; /* NULL: in match */
	struct buf text;	       /* "word=[what the author wrote]" */
};

static void on_word(void *context, uint32_t owner, size_t start, size_t end)
{
	struct seen *seen = context;

	if (seen->evasion) {
		start = seen->evasion->at[start];
		end = seen->evasion->at[end];
	}
	buf_format(&seen->text, "%s=[%.*s] ", list[owner], (int)(end - start),
		   (const char *)seen->fold->match.at + start);
}

static void on_pattern(void *context, uint32_t owner, uint32_t pattern)
{
	(void)pattern;
	buf_format(context, "%u ", owner);
}

/* What the list finds in a text, first as it is folded, then in what is hidden. */
static void find(const char *text, struct seen *ret)
{
	OWNED(words_freep) struct words *w = words_of_list();
	struct fold fold;
	struct evasion evasion;

	fold_init(&fold);
	evasion_init(&evasion);
	fold_text(&fold, span_of(text));
	evasion_find_folded(&evasion, &fold, span_of(text));
	*ret = (struct seen){.fold = &fold, .text = BUF_INIT(1 << 16)};
	words_find(w, buf_view(&fold.match), on_word, ret);
	ret->evasion = &evasion;
	words_find(w, buf_view(&evasion.text), on_word, ret);
	ret->fold = NULL;
	ret->evasion = NULL;
	evasion_release(&evasion);
	fold_release(&fold);
}

/* Text, and the word with the bytes of match that it stands for. */
static const char *const hidden[][2] = {
	/* leet */
	{"c0nnard", "connard=[c0nnard]"},
	{"quel c0nn4rd !", "connard=[c0nn4rd]"},
	{"C0NN4RD5", "connards=[c0nn4rd5]"},
	{"@sshole", "asshole=[@sshole]"},
	{"455hole", "asshole=[455hole]"},
	{"a55h0le", "asshole=[a55h0le]"},
	{"such an a$$", "ass=[a$$]"},
	{"a$$hole.", "asshole=[a$$hole]"},
	{"$alope", "salope=[$alope]"},
	{"5alope", "salope=[5alope]"},
	{"sa10pe", "salope=[sa10pe]"},
	{"s@lop€", "salope=[s@lop€]"},
	{"m€rde", "merde=[m€rde]"},
	{"m3rd3", "merde=[m3rd3]"},
	{"merd3", "merde=[merd3]"},
	{"put3", "pute=[put3]"},
	{"pu7e", "pute=[pu7e]"},
	{"3ncul3", "encule=[3ncul3]"},
	{"b@t4rd", "batard=[b@t4rd]"},
	{"8atard", "batard=[8atard]"},
	{"sh1t", "shit=[sh1t]"},
	{"5h1t", "shit=[5h1t]"},
	{"sh!t", "shit=[sh!t]"},
	{"sh|t happens", "shit=[sh|t]"},
	{"shi+ty", ""},
	{"b1tch", "bitch=[b1tch]"},
	{"b17ch", "bitch=[b17ch]"},
	{"bi+ch", "bitch=[bi+ch]"},
	{"bu11sh1t", "bullshit=[bu11sh1t]"},
	{"bul1sh!t", "bullshit=[bul1sh!t]"},
	{"1d10t", "idiot=[1d10t]"},
	{"id|ot", "idiot=[id|ot]"},
	{"n1663r", "nigger=[n1663r]"},
	{"ni99er", "nigger=[ni99er]"},
	{"k1ll", "kill=[k1ll]"},
	{"ki11", ""}, /* figures behind a name: two are no letters */
	{"fu(k this", "fuck=[fu(k]"},
	{"p0rn", "porn=[p0rn]"},
	{"v1@gra", "viagra=[v1@gra]"},
	{"4nus", "anus=[4nus]"},
	{"e5croc", "escroc=[e5croc]"},
	/* looks */
	{"ASSΗOLE", "asshole=[assnole]"},
	{"🅲🅾🅽🅽🅰🆁🅳", "connard=[🅲🅾🅽🅽🅰🆁🅳]"},
	{"f🅤ck", "fuck=[f🅤ck]"},
	{"FUCK ΥOU", "fuck=[fuck] fuck you=[fuck uou]"},
	{"COΝΝARD", "connard=[covvard]"},
	{"a C∪NT", "cunt=[c∪nt]"},
	{"assh٥le", "asshole=[assh٥le]"},
	{"𐊇uck", "fuck=[𐊇uck]"},
	{"asshоIe", "asshole=[asshoie]"},
	{"assh0Ie", "asshole=[assh0ie]"},
	{"I wiII kiII", "kill=[kiii]"},
	{"nlgger", "nigger=[nlgger]"},
	{"gros c0n", "gros con=[gros c0n] con=[c0n]"},
	{"un vrai \"c0n\"", "con=[c0n]"},
	{"c'est l'c0n du coin", "con=[c0n]"},
	/* signs within */
	{"con.nard", "connard=[con.nard]"},
	{"c*onnard", "connard=[c*onnard]"},
	{"con_nard", "connard=[con_nard]"},
	{"con..nard", "connard=[con..nard]"},
	{"fu*ck", "fuck=[fu*ck]"},
	{"f*u*c*k", "fuck=[f*u*c*k]"},
	{"f_u_c_k", "fuck=[f_u_c_k]"},
	{"sa#lope", "salope=[sa#lope]"},
	{"mer·de", "merde=[mer·de]"},
	{"mer•de", "merde=[mer•de]"},
	{"pu~te", "pute=[pu~te]"},
	/* runs */
	{"connnnard", "connard=[connnnard]"},
	{"coooonnard", "connard=[coooonnard]"},
	{"fuuuck", "fuck=[fuuuck]"},
	{"FUUUUUUUCK", "fuck=[fuuuuuuuck]"},
	{"fuuuccckk", ""}, /* kk is no run */
	{"assssshole", "asshole=[assssshole]"},
	{"shiiiit", "shit=[shiiiit]"},
	{"meeerrrde", "merde=[meeerrrde]"},
	{"biiiitch", "bitch=[biiiitch]"},
	{"f.u.u.u.c.k", "fuck=[f.u.u.u.c.k]"},
	/* letters that stand alone */
	{"c o n n a r d", "connard=[c o n n a r d]"},
	{"c.o.n.n.a.r.d", "connard=[c.o.n.n.a.r.d]"},
	{"c. o. n. n. a. r. d.", "connard=[c. o. n. n. a. r. d]"},
	{"c - o - n - n - a - r - d", "connard=[c - o - n - n - a - r - d]"},
	{"C O N N A R D !!!", "connard=[c o n n a r d]"},
	{"(c o n)", "con=[c o n]"},
	{"f-u-c-k", "fuck=[f-u-c-k]"},
	{"f/u/c/k", "fuck=[f/u/c/k]"},
	{"f,u,c,k off", "fuck=[f,u,c,k]"},
	{"5 h 1 t s", ""}, /* three letters, but not these */
	{"5 h i t", "shit=[5 h i t]"},
	{"c 0 n n 4 r d", "connard=[c 0 n n 4 r d]"},
	{"m e r d e alors", "merde=[m e r d e]"},
	{"quelle m e r d e", "merde=[m e r d e]"},
	{"f u c k  y o u", "fuck you=[f u c k y o u]"},
	{"f u c k y o u", "fuck you=[f u c k y o u]"},
	{"f.u.c.k y.o.u", "fuck you=[f.u.c.k y.o.u]"},
	{"F.U.C.K. you", "fuck you=[f.u.c.k. you]"},
	{"f u c k. you", "fuck you=[f u c k. you]"},
	{"k.i.l.l. them", "kill=[k.i.l.l.]"},
	{"v o u s  e t e s  d e s  c o n n a r d s", "connards=[c o n n a r d s]"},
	{"i f u c k it", "fuck=[f u c k]"},
	{"c o n n a r d a fuir", "connard=[c o n n a r d]"},
	{"s  a  l  o  p  e", "salope=[s a l o p e]"},
	{"s a  l o p e", "salope=[s a l o p e]"}, /* an uneven gap */
	/* phrases */
	{"va te f4ire foutre", "va te faire foutre=[va te f4ire foutre]"},
	{"va te f4ire f0utre !", "va te faire foutre=[va te f4ire f0utre]"},
	{"va te fa1re fouuuutre", "va te faire foutre=[va te fa1re fouuuutre]"},
	{"ta gueu1e", "ta gueule=[ta gueu1e]"},
	{"T A  G U E U L E", "ta gueule=[t a g u e u l e]"},
	{"fils de pu.te", "fils de pute=[fils de pu.te]"},
	{"you 5uck", "you suck=[you 5uck]"},
	/* beside other look-alikes, which fold.h undoes */
	{"ｃ０ｎｎ４ｒｄ", "connard=[c0nn4rd]"},
	{"с0ﬀee sh1\xE2\x80\x8Bt", "shit=[sh1t]"},
};

static void hidden_words_are_found(void **state)
{
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		struct seen seen;

		find(hidden[i][0], &seen);
		if (!strstr(buf_string(&seen.text), hidden[i][1]) ||
		    (!*hidden[i][1] && seen.text.len > 0))
			fail_msg("'%s': '%s' without '%s'", hidden[i][0],
				 buf_string(&seen.text), hidden[i][1]);
		buf_release(&seen.text);
	}
}

static const char *const innocent[] = {
	"All the girls of the world",
	"l’Italie, McIntosh et XIII",
	"ΕΞΑΙΡΕΤΙΚΟ ΦΑΓΗΤΟ ΚΑΙ ΠΟΛΥ ΚΑΛΗ ΕΞΥΠΗΡΕΤΗΣΗ",
	/* figures and units */
	"115lbs",
	"20min",
	"34b 36c 38dd",
	"5'4\" and 5'4,115lbs",
	"iphone 12",
	"2nd",
	"mp3 et mp4",
	"1er 2e 3eme 4eme",
	"18h30",
	"10h-12h",
	"3kg 500g 75cl",
	"covid19",
	"b2b c2c",
	"h2o",
	"4x4 et 4x100m",
	"i5 i7 ps5",
	"90's",
	"5ft3in frame",
	"sz4 p0 0p",
	"wd40",
	"a4 a5 r8 q7",
	"c3po r2d2",
	"25,99 eur",
	"$20 or 20$",
	"4.5/5",
	"10/10!",
	"no.1",
	"n1 du marche",
	"100%",
	"le 4 a 5 km d'ici",
	"7 a 8 ans",
	"a 1 ou 2 h de route",
	"1 l de lait",
	/* signs */
	"et/ou",
	"l'accueil",
	"rendez-vous",
	"c'est-a-dire",
	"y-a-t-il",
	"qu'en-dit-on",
	"booking.com",
	"www.site.com/page",
	"nom@exemple.fr",
	"contact@booking.com",
	"great.love it",
	"top,merci",
	"ok...tres...bien",
	"dis-culpe",
	"ami(e)s",
	"(s)he",
	"*note*",
	"_mot_",
	"client·e·s",
	"q&a r&d",
	"c++ c#",
	"as.is",
	"cap.as.long",
	"class a$ap",

	"un conc-ours",
	"pass!ons",
	"o|o",
	"1+1=2",
	"$$$",
	"!!!",
	"???",
	"...",
	"a.b",
	"p.s. e.g. a.m.",
	"m/s",
	"w/o b/c",
	"o'connor's",
	"d'as",
	"as's",
	/* letters and runs */
	"J.R.R. Tolkien",
	"U.S.A.",
	"D.I.Y.",
	"s.a.v. au top",
	"m. x et mme y",
	"sizes s, m, l",
	"x x l",
	"a b c d e f",
	"A E V I T E R",
	"i a m",
	"p l u s",
	"sooo goood",
	"wayyy too loooong",
	"hmmm",
	"aaaah",
	"merciiii",
	"topppp",
	"grrrrr",
	"mdrrr",
	"www",
	"xxx",
	"iii",
	"zzz",
	"c'esttt nullll",
	"passsse",
	"il y a a b c",
	"je n'y a",
	"r e p u t e",
	"d e p u t e",
	"d i s p u t e r",
	"c o n s e i l",
	"g a r c o n",
	"o c c u l t e",
	"a s s e z",
	"p a s s a b l e",
	/* other scripts and pictures */
	"спам и 4 кот",
	"с п а м",
	"日本語3つ",
	"👍👍👍 5*",
	"Ελλάδα 4 μ",
};

static void innocent_words_stay_so(void **state)
{
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(innocent); i++) {
		struct seen seen;

		find(innocent[i], &seen);
		if (seen.text.len > 0)
			fail_msg("'%s': %s", innocent[i], buf_string(&seen.text));
		buf_release(&seen.text);
	}
}

struct both {
	struct fold fold;
	struct evasion evasion;
};

static void read_both(struct both *b, const char *text)
{
	fold_text(&b->fold, span_of(text));
	evasion_find(&b->evasion, buf_view(&b->fold.match));
}

static int both_setup(void **state)
{
	struct both *b = xcalloc(1, sizeof(*b));

	fold_init(&b->fold);
	evasion_init(&b->evasion);
	*state = b;
	return 0;
}

static int both_teardown(void **state)
{
	struct both *b = *state;

	evasion_release(&b->evasion);
	fold_release(&b->fold);
	free(b);
	return 0;
}

static void pieces_stand_between_borders(void **state)
{
	struct both *b = *state;
	static const char *const rows[][2] = {
		{"", ""},
		{"rien de tel ici, merci !", ""},
		{"c0n", " Z\nZ con Z\nZ "},
		{"un deux trois quatre c0n cinq six sept huit",
		 " Z\nZ deux trois quatre con cinq six sept Z\nZ "},
		/* Near places share a piece, far ones do not. */
		{"c0n aa bb cc dd ee ff c0n", " Z\nZ con aa bb cc dd ee ff con Z\nZ "},
		{"c0n aa bb cc dd ee ff gg hh c0n",
		 " Z\nZ con aa bb cc Z\nZ ff gg hh con Z\nZ "},
		/* Each further reading comes by itself; in it the others keep their first. */
		{"f1l c0n", " Z\nZ fil con Z\nZ fll con Z\nZ "},
		{"sooo", " Z\nZ so Z\nZ soo Z\nZ "},
		{"a!bc", " Z\nZ aibc Z\nZ abc Z\nZ "},
		/* More than eight readings: all the first, all the second, ... */
		{"1a1b1c1d", " Z\nZ iaibicid Z\nZ lalblcld Z\nZ "},
		/* Too far away for context, which is cut at blanks only. */
		{"anticonstitutionnellementanticonstitutionnellementanticonstitutionnellement"
		 "anticonstitutionnellementanticonstitutionnellement a c0n",
		 " Z\nZ a con Z\nZ "},
		{"c o n n a r d", " Z\nZ connard Z\nZ conn ard Z\nZ "},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		read_both(b, rows[i][0]);
		assert_string_equal(buf_string(&b->evasion.text), rows[i][1]);
	}
}

static void offsets_lead_back_to_match(void **state)
{
	struct both *b = *state;

	read_both(b, "un c0nnnard a$$ f u c k y o u");
	const struct evasion *e = &b->evasion;

	assert_int_equal(e->at[e->text.len], b->fold.match.len);
	for (size_t i = 0; i < e->text.len; i++) {
		uint8_t from = b->fold.match.at[e->at[i]], byte = e->text.at[i];

		if (byte >= 'a' && byte <= 'z' && from >= 'a' && from <= 'z')
			assert_int_equal(byte, from);
	}
}

static void no_pattern_reaches_across_a_border(void **state)
{
	struct both *b = *state;
	/* Each would be found if pieces were put together with a blank or a line end. */
	static const char *const patterns[] = {
		"^con",	    "(?m)^con",	   "con$",	     "(?m)con$",
		"cc ff",    "cc\\s+ff",	   "cc\\W*ff",	     "cc.*ff",
		"cc\\w*ff", "cc[a-z ]*ff", "\\bcc\\b.\\bff", "con[\\s\\S]cinq"};
	OWNED(scan_freep) struct scan *s = scan_new();
	struct buf found = BUF_INIT(4096);
	uint32_t owner;

	for (uint32_t i = 0; i < ARRAY_LEN(patterns); i++)
		assert_int_equal(scan_add(s, SCAN_MATCH, patterns[i], i, NULL), ST_OK);
	assert_int_equal(scan_add(s, SCAN_MATCH, "\\bcon\\b", 99, NULL), ST_OK);
	assert_int_equal(scan_build(s, NULL, &owner, NULL), ST_OK);
	read_both(b, "c0n aa bb cc dd ee xx ff gg hh c0n");
	scan_text(s, SCAN_MATCH, buf_view(&b->evasion.text), on_pattern, &found);
	assert_string_equal(buf_string(&found), "99 ");
	buf_release(&found);
}

/* Whatever is before a place, of whatever length: it is seen across the blocks of bytes
 * that are looked at together, and at the very end of a text. */
static void places_are_seen_wherever_they_are(void **state)
{
	struct both *b = *state;
	static const char *const some[] = {
		"c0nnard", "connard", "connnard", "merd3", "c o n n a r d", "f-u-c-k",
		"sh!t",	   "mer·de",  "a$$",	  "\"c0n", "sal€"};

	for (size_t before = 0; before < 200; before++)
		for (size_t i = 0; i < ARRAY_LEN(some); i++) {
			OWNED(buf_release) struct buf text = BUF_INIT(4096);

			for (size_t n = 0; n < before; n++)
				buf_char(&text, "ab "[n % 3]);
			buf_char(&text, ' ');
			buf_text(&text, some[i]);
			read_both(b, buf_string(&text));
			assert_int_equal(b->evasion.text.len > 0, i != 1);
		}
}

/* Texts made to give as much as can be: the first reading of every place is there, and all
 * of it within the bound. */
static void the_text_is_bounded(void **state)
{
	struct both *b = *state;
	static const char *const units[] = {
		"a1b ",	      "a1b'",	   "a1b1c1d1e ", "1l1l1l1l1l1l1l1l1l1l",
		"aaabbbccc ", "a b c d  ", "a b  c d  ", "f.u.c.k y.o.u ",
		"!a!b!c!",    "a|b|c|d ",  "c-0-n "};

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		OWNED(buf_release) struct buf text = BUF_INIT(1 << 17);

		while (text.len < 60000)
			buf_text(&text, units[i]);
		buf_text(&text, " et un c0nnard");
		read_both(b, buf_string(&text));
		assert_true(b->evasion.text.len <= EVASION_BYTES_MAX(b->fold.match.len));
		assert_non_null(memmem(b->evasion.text.at, b->evasion.text.len,
				       "un connard Z", 12));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_words_are_found),
		cmocka_unit_test(innocent_words_stay_so),
		cmocka_unit_test_setup_teardown(pieces_stand_between_borders, both_setup,
						both_teardown),
		cmocka_unit_test_setup_teardown(offsets_lead_back_to_match, both_setup,
						both_teardown),
		cmocka_unit_test_setup_teardown(no_pattern_reaches_across_a_border,
						both_setup, both_teardown),
		cmocka_unit_test_setup_teardown(places_are_seen_wherever_they_are,
						both_setup, both_teardown),
		cmocka_unit_test_setup_teardown(the_text_is_bounded, both_setup,
						both_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
