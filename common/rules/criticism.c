#include "criticism.h"

#include <stdlib.h>

#include "alloc.h"
#include "measure.h"
#include "owner.h"

struct sentences {
	struct criticism_sentence *at;
	size_t count;
};

struct criticism {
	struct sentences harsh, praise;
	struct yaml_doc **docs;
	size_t doc_count;
};

struct criticism *criticism_new(void)
{
	return xcalloc(1, sizeof(struct criticism));
}

void criticism_free(struct criticism *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->doc_count; i++)
		yaml_doc_free(c->docs[i]);
	free(c->docs);
	free(c->harsh.at);
	free(c->praise.at);
	free(c);
}

static enum status check_why(const struct yaml_doc *doc, const struct yaml_node *node,
			     struct err *err)
{
	static const char *const languages[] = {"en", "fr", NULL};
	const struct yaml_node *why, *text;
	const char *words;
	enum status st = yaml_need(doc, node, "why", &why, err);

	if (!st)
		st = yaml_known_keys(doc, why, languages, err);
	for (size_t i = 0; languages[i] && !st; i++) {
		st = yaml_need(doc, why, languages[i], &text, err);
		if (!st)
			st = yaml_text(doc, text, &words, err);
	}
	return st;
}

static enum status read_sentence(struct criticism_sentence *ret,
				 const struct yaml_doc *doc, const struct yaml_node *node,
				 struct err *err)
{
	static const char *const known[] = {"text", "language", "praise", "why", NULL};
	const struct yaml_node *language, *praise = yaml_get(node, "praise");
	const char *text;
	enum status st = yaml_known_keys(doc, node, known, err);

	*ret = (struct criticism_sentence){.doc = doc};
	if (!st)
		st = yaml_need(doc, node, "text", &ret->node, err);
	if (!st)
		st = yaml_text(doc, ret->node, &text, err);
	if (!st && (ret->node->len == 0 || ret->node->len > CRITICISM_BYTES_MAX))
		st = yaml_error(doc, ret->node, err, "a sentence has 1 to %d bytes",
				CRITICISM_BYTES_MAX);
	if (!st)
		st = yaml_need(doc, node, "language", &language, err);
	if (!st)
		st = yaml_text(doc, language, &ret->language, err);
	if (!st && (language->len != 2 ||
		    strspn(ret->language, "abcdefghijklmnopqrstuvwxyz") != 2))
		st = yaml_error(doc, language, err,
				"expected a language of two letters, such as fr");
	if (!st)
		ret->text = (struct span){(const uint8_t *)text, ret->node->len};
	if (st || !praise)
		return st;
	st = yaml_text(doc, praise, &text, err);
	if (!st)
		ret->praise = (struct span){(const uint8_t *)text, praise->len};
	return st;
}

static enum status read_list(struct sentences *ret, const struct yaml_doc *doc,
			     const struct yaml_node *list, bool with_why, struct err *err)
{
	enum status st = ST_OK;

	if (list->kind != YAML_SEQUENCE || list->count == 0)
		return yaml_error(doc, list, err, "expected a list of sentences");
	if (ret->count + list->count > CRITICISM_MAX)
		return yaml_error(doc, list, err, "more than %d sentences",
				  CRITICISM_MAX);
	ret->at = xrealloc(ret->at, (ret->count + list->count) * sizeof(*ret->at));
	for (const struct yaml_node *at = list->first; at && !st; at = at->next) {
		st = read_sentence(&ret->at[ret->count++], doc, at, err);
		if (!st && with_why)
			st = check_why(doc, at, err);
	}
	return st;
}

enum status criticism_add(struct criticism *c, struct yaml_doc *doc, struct err *err)
{
	static const char *const known[] = {"owner", "review_by", "controls", "praise",
					    NULL};
	const struct yaml_node *list, *praise = yaml_get(yaml_root(doc), "praise");
	enum status st;

	c->docs = xrealloc(c->docs, (c->doc_count + 1) * sizeof(struct yaml_doc *));
	c->docs[c->doc_count++] = doc;
	st = yaml_known_keys(doc, yaml_root(doc), known, err);
	if (!st)
		st = owner_check(doc, yaml_root(doc), err);
	if (!st)
		st = yaml_need(doc, yaml_root(doc), "controls", &list, err);
	if (!st)
		st = read_list(&c->harsh, doc, list, true, err);
	return !st && praise ? read_list(&c->praise, doc, praise, false, err) : st;
}

size_t criticism_count(const struct criticism *c)
{
	return c->harsh.count;
}

const struct criticism_sentence *criticism_at(const struct criticism *c, size_t index)
{
	return &c->harsh.at[index];
}

size_t criticism_praise_count(const struct criticism *c)
{
	return c->praise.count;
}

const struct criticism_sentence *criticism_praise_at(const struct criticism *c,
						     size_t index)
{
	return &c->praise.at[index];
}

/* --- praise -------------------------------------------------------------------------- */

static const char french[] =
	"Très bien, un accueil parfait et une équipe aimable, la chambre était propre et le "
	"repas délicieux, je recommande cette maison et nous reviendrons avec plaisir. ";
static const char english[] =
	"Very good, a perfect welcome and a friendly team, the room was clean and the meal "
	"delicious, we recommend this house and will come back with pleasure. ";

static const char neutral_french[] =
	"la table est près de la porte, la salle donne sur la rue, le menu est sur le mur, "
	"une fenêtre donne sur la cour, il y a un escalier au fond et un couloir à droite, ";
static const char neutral_english[] =
	"the table is near the door, the room looks on the street, the menu is on the wall, "
	"one window looks on the yard, there is a staircase at the back and a hall beside, ";

void criticism_pad(struct buf *ret, const char *language, size_t *step)
{
	const char *from = strcmp(language, "fr") == 0 ? neutral_french : neutral_english;
	const char *at = from + *step, *end = strchr(at, ' ');

	buf_char(ret, *step ? ' ' : '\n');
	buf_span(ret, (struct span){(const uint8_t *)at, (size_t)(end - at)});
	*step = end[1] ? (size_t)(end + 1 - from) : 0;
}

/* Up to the end of the word at `at`, or of one character. */
static const uint8_t *next_end(const uint8_t *at, const uint8_t *end, bool word)
{
	for (at++; at < end && (word ? *at != ' ' : (*at & 0xC0) == 0x80); at++)
		; /* the rest of it */
	return at;
}

void criticism_praise(struct buf *ret, const struct criticism_sentence *sentence,
		      enum criticism_mirror mirror)
{
	bool is_french = strcmp(sentence->language, "fr") == 0;
	struct span from = is_french ? SPAN_OF(french) : SPAN_OF(english);
	struct measure wanted = measure_text(sentence->text);
	int64_t left = mirror == CRITICISM_LETTERS ? wanted.letters
		       : mirror == CRITICISM_CHARS ? wanted.chars
						   : measure_of(&wanted, MEASURE_WORDS);
	const uint8_t *at = from.at, *end = from.at + from.len;

	buf_clear(ret);
	while (left > 0) {
		const uint8_t *start = at;

		at = next_end(at, end, mirror == CRITICISM_WORDS);
		struct span one = {start, (size_t)(at - start)};
		buf_span(ret, one);
		left -= mirror == CRITICISM_CHARS || measure_text(one).letters > 0;
		if (at == end)
			at = from.at;
	}
}
