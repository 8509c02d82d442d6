#include "made_reviews.h"

#include "chance.h"
#include "wide.h"

#define MORE_SENTENCES 7 /* at most, than one */
#define SHORT_PERCENT  8 /* of one sentence */
#define CHANCES	       1

enum language { LANGUAGE_en, LANGUAGE_fr, LANGUAGE_COUNT };

struct slot {
	enum language language;
	const char *letter;
	const char *words; /* separated by '|' */
};

#define SLOT(language, letter, words) {LANGUAGE_##language, #letter, words},
static const struct slot slots[] = {
#include "made_reviews.def"
};
#undef SLOT

static const char *const clauses_en[] = {CLAUSES_EN}, *const joints_en[] = {JOINTS_EN};
static const char *const clauses_fr[] = {CLAUSES_FR}, *const joints_fr[] = {JOINTS_FR};

static const struct {
	const char *const *clauses, *const *joints;
	size_t clause_count, joint_count;
} languages[LANGUAGE_COUNT] = {
	{clauses_en, joints_en, ARRAY_LEN(clauses_en), ARRAY_LEN(joints_en)},
	{clauses_fr, joints_fr, ARRAY_LEN(clauses_fr), ARRAY_LEN(joints_fr)},
};

static struct span pick(const char *words, struct chance *c)
{
	size_t count = 1;

	for (const char *at = words; *at; at++)
		count += *at == '|';
	for (size_t skip = chance_below(c, count); skip > 0; skip--)
		words = strchr(words, '|') + 1;
	return (struct span){(const uint8_t *)words, strcspn(words, "|")};
}

/* Shops have brands that no list of words has. */
static void put_name(struct buf *ret, struct chance *c)
{
	static const char *const syllables[] = {
		"ba",  "cor", "del", "fi",  "gan", "hu",  "jo",	 "ka",	"lim", "mo",
		"nor", "pe",  "qui", "ra",  "su",  "tal", "ver", "wi",	"xa",  "yo",
		"zen", "bri", "clo", "dra", "flu", "gre", "plo", "sta", "tri", "vea"};
	size_t count = 2 + chance_below(c, 2);

	for (size_t i = 0; i < count; i++) {
		const char *s = syllables[chance_below(c, ARRAY_LEN(syllables))];
		buf_char(ret, i ? s[0] : (char)wide_upper((uint32_t)s[0]));
		buf_text(ret, s + 1);
	}
}

static void put_slot(struct buf *ret, enum language l, char letter, struct chance *c)
{
	if (letter == 'k') {
		put_name(ret, c);
		return;
	}
	if (letter == 'n') {
		buf_format(ret, "%zu", 2 + chance_below(c, 88));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
		if (slots[i].language != l || slots[i].letter[0] != letter)
			continue;
		buf_span(ret, pick(slots[i].words, c));
		return;
	}
	assert(!"a clause has a place that no slot fills");
}

static void put_clause(struct buf *ret, enum language l, const char *clause,
		       struct chance *c)
{
	for (const char *at = clause; *at; at++) {
		if (*at == '%')
			put_slot(ret, l, *++at, c);
		else
			buf_char(ret, *at);
	}
}

static void put_sentence(struct buf *ret, enum language l, struct chance *c)
{
	static const char *const ends[] = {".", ".", ".", "!", "...", "."};
	OWNED(buf_release) struct buf made = BUF_INIT(ret->max);
	size_t count = 2 + chance_below(c, 2);
	struct wide w = {0};

	if (chance_percent(c, 30))
		put_clause(&made, l, "%d, ", c);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_text(&made, languages[l].joints[chance_below(
						c, languages[l].joint_count)]);
		put_clause(
			&made, l,
			languages[l].clauses[chance_below(c, languages[l].clause_count)],
			c);
	}
	wide_read(&w, buf_view(&made));
	w.at[0] = wide_upper(w.at[0]);
	wide_put(ret, &w);
	wide_release(&w);
	buf_text(ret, ends[chance_below(c, ARRAY_LEN(ends))]);
}

void made_review(struct buf *ret, uint64_t number)
{
	struct chance c = chance_of(CHANCES, number);
	enum language l = (enum language)chance_below(&c, LANGUAGE_COUNT);
	size_t sentences = 1;

	if (!chance_percent(&c, SHORT_PERCENT))
		sentences += 1 + chance_below(&c, 1 + chance_below(&c, MORE_SENTENCES));
	for (size_t i = 0; i < sentences; i++) {
		if (i > 0)
			buf_char(ret, ' ');
		put_sentence(ret, l, &c);
	}
}
