#include "planting.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "fold.h"
#include "made_reviews.h"
#include "status.h"
#include "utf8.h"

#define TEXT_BYTES_MAX 8192 /* longer ones are cut: edits make lists of their words */
#define LINE_BYTES_MAX (1 << 17)
#define ORDER_MAX      (UINT64_MAX >> 1)
#define SUIT_TRIES     400
#define EDITED_BYTES   (1 << 18)

/* What chance is for. */
enum { FOR_NATURAL = 10, FOR_COPY, FOR_CUT, FOR_GENERIC, FOR_TEMPLATE, FOR_ORIGINALS };

static const struct {
	size_t from, to; /* characters; cuts of the last one are not longer either */
} bands[BAND_COUNT] = {{40, 60}, {60, 100}, {100, 200}, {200, 400}};

const char *const band_names[BAND_COUNT] = {"40 to 60", "60 to 100", "100 to 200",
					    "200 and more"};

size_t band_of(size_t characters)
{
	size_t band = BAND_COUNT;

	for (size_t i = 0; i < BAND_COUNT; i++)
		if (characters >= bands[i].from)
			band = i;
	return band;
}

size_t characters_of(struct span utf8)
{
	size_t count = 0;

	for (size_t i = 0; i < utf8.len; i++)
		count += (utf8.at[i] & 0xC0) != 0x80;
	return count;
}

/* --- texts ---------------------------------------------------------------------------- */

static void add_text(struct texts *t, struct span text)
{
	if (t->count == t->capacity) {
		t->capacity = t->capacity ? t->capacity * 2 : 4096;
		t->at = xrealloc(t->at, t->capacity * sizeof(*t->at));
	}
	text.len = MIN(text.len, TEXT_BYTES_MAX);
	text.len = utf8_flaw(text);
	if (text.len == 0)
		return;
	t->at[t->count++] = (struct span){xmemdup(text.at, text.len), text.len};
	t->bytes += text.len;
}

void texts_read(struct texts *t, const char *path)
{
	static char line[LINE_BYTES_MAX];
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(EXIT_CODE_UNREADABLE);
	}
	while (fgets(line, sizeof(line), f))
		add_text(t, (struct span){(const uint8_t *)line, strcspn(line, "\r\n")});
	fclose(f);
}

void texts_make(struct texts *t, size_t count)
{
	OWNED(buf_release) struct buf text = BUF_INIT(TEXT_BYTES_MAX);

	for (size_t i = 0; i < count; i++) {
		buf_clear(&text);
		made_review(&text, i);
		add_text(t, buf_view(&text));
	}
}

void texts_release(struct texts *t)
{
	for (size_t i = 0; i < t->count; i++)
		free((void *)(uintptr_t)t->at[i].at);
	free(t->at);
	*t = (struct texts){0};
}

static struct span kept_of(struct buf *made)
{
	struct span text = {xmemdup(made->len ? (const void *)made->at : "",
				    MAX(made->len, (size_t)1)),
			    made->len};

	buf_clear(made);
	return text;
}

/* Folded characters of a text. */
static size_t folded_length(struct span text)
{
	static struct fold fold;
	static bool ready;

	if (!ready)
		fold_init(&fold);
	ready = true;
	fold_text(&fold, text);
	return characters_of(buf_view(&fold.key));
}

/* --- natural texts and cuts ------------------------------------------------------------ */

/* Later than `before`. */
static uint64_t order_after(uint64_t before, struct chance *c)
{
	return before + 1 + chance_next(c) % (ORDER_MAX - before);
}

static bool starts_sentence(struct span text, size_t i)
{
	return i == 0 || (i >= 2 && text.at[i - 1] == ' ' &&
			  (text.at[i - 2] == '.' || text.at[i - 2] == '!' ||
			   text.at[i - 2] == '?'));
}

/* A beginning of one of its sentences, cut behind a word, that is of the band. len 0: it has
 * none. */
static struct span cut(struct span text, size_t band, struct chance *c)
{
	size_t first = chance_below(c, text.len);

	for (size_t k = 0; k < text.len; k++) {
		size_t from = (first + k) % text.len;
		size_t wanted = bands[band].from +
				chance_below(c, bands[band].to - bands[band].from);
		if (!starts_sentence(text, from))
			continue;
		for (size_t to = from + wanted; to <= text.len; to++) {
			struct span part = {text.at + from, to - from};
			bool end = to == text.len || text.at[to] == ' ';
			size_t length = end ? folded_length(part) : 0;
			if (length >= bands[band].to)
				break;
			if (length >= bands[band].from)
				return part;
		}
	}
	return SPAN_NONE;
}

/* Kinds of copies that leave the text what it is to a reader, and to the fold. */
static enum edit same_text(size_t i)
{
	static const enum edit kinds[] = {EDIT_EXACT,	    EDIT_EXACT,	    EDIT_CASE,
					  EDIT_PUNCTUATION, EDIT_EMOJI,	    EDIT_BLANKS,
					  EDIT_ZERO_WIDTH,  EDIT_NO_ACCENTS};

	return kinds[i % ARRAY_LEN(kinds)];
}

static void plant_cut(struct stream *s, struct span part, size_t band, size_t i)
{
	OWNED(buf_release) struct buf made = BUF_INIT(EDITED_BYTES);
	struct chance c = chance_of(FOR_CUT, band << 32 | i);
	struct item item = {.kind = ITEM_CUT,
			    .what = (uint32_t)band,
			    .order = chance_next(&c) % ORDER_MAX / 2,
			    .origin = (uint32_t)s->count,
			    .subject = (uint32_t)chance_below(&c, PLANT_SUBJECTS),
			    .text = part};
	uint32_t origin = stream_add(s, &item);

	edit_make(&made, same_text(i), part, part, &c);
	item.kind = ITEM_CUT_COPY;
	item.origin = origin;
	item.order = order_after(item.order, &c);
	item.subject = (item.subject + 1) % PLANT_SUBJECTS;
	item.text = kept_of(&made);
	stream_add(s, &item);
}

void plant_naturals(struct stream *s, const struct texts *t, size_t copies)
{
	size_t cuts[BAND_COUNT] = {0};
	size_t stride = MAX(t->count / (copies * BAND_COUNT * 2 + 1), (size_t)1);

	for (size_t i = 0; i < t->count; i++) {
		struct chance c = chance_of(FOR_NATURAL, i);
		size_t band = i / stride % BAND_COUNT;
		struct span part = SPAN_NONE;
		if (i % stride == 0 && cuts[band] < copies)
			part = cut(t->at[i], band, &c);
		if (part.len) {
			plant_cut(s, part, band, cuts[band]++);
			continue;
		}
		stream_add(s, &(struct item){.kind = ITEM_NATURAL,
					     .order = chance_next(&c) % ORDER_MAX,
					     .origin = (uint32_t)s->count,
					     .subject = (uint32_t)chance_below(
						     &c, PLANT_SUBJECTS),
					     .text = t->at[i]});
	}
}

/* --- copies --------------------------------------------------------------------------- */

static bool has_accent(struct span text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.at[i] == 0xC3 && text.at[i + 1] != 0x97)
			return true;
	return false;
}

static bool has_sentences(struct span text)
{
	for (size_t i = 2; i < text.len; i++)
		if (starts_sentence(text, i))
			return true;
	return false;
}

static bool suits(enum edit kind, struct span text)
{
	if (kind == EDIT_NO_ACCENTS || kind == EDIT_NFD)
		return has_accent(text);
	return kind != EDIT_SHUFFLED || has_sentences(text);
}

/* The natural ones that are long enough, shuffled; owned by the caller. */
static uint32_t *originals_of(const struct stream *s, size_t *ret_count)
{
	uint32_t *originals = xcalloc(s->count + 1, sizeof(*originals));
	struct chance c = chance_of(FOR_ORIGINALS, 0);
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].kind == ITEM_NATURAL &&
		    folded_length(s->items[i].text) >= PLANT_CHARACTERS_MIN)
			originals[count++] = (uint32_t)i;
	for (size_t i = count; i > 1; i--) {
		size_t with = chance_below(&c, i);
		uint32_t other = originals[with];
		originals[with] = originals[i - 1];
		originals[i - 1] = other;
	}
	*ret_count = count;
	return originals;
}

static void plant_copy(struct stream *s, const struct texts *t, uint32_t origin,
		       enum edit kind, size_t number)
{
	OWNED(buf_release) struct buf made = BUF_INIT(EDITED_BYTES);
	struct chance c = chance_of(FOR_COPY, (uint64_t)kind << 32 | number);
	const struct item *o = &s->items[origin];

	edit_make(&made, kind, o->text, t->at[chance_below(&c, t->count)], &c);
	struct item item = {.kind = ITEM_COPY,
			    .what = kind,
			    .origin = origin,
			    .order = order_after(o->order, &c),
			    .subject = (uint32_t)((o->subject + 1 +
						   chance_below(&c, PLANT_SUBJECTS - 1)) %
						  PLANT_SUBJECTS),
			    .text = kept_of(&made)};
	stream_add(s, &item);
}

/* The next original that suits the kind changes places with the one whose turn it is. */
static uint32_t take_suiting(const struct stream *s, enum edit kind, uint32_t *originals,
			     size_t next, size_t count)
{
	uint32_t *mine = &originals[next % count];

	for (size_t i = 0; i < SUIT_TRIES; i++) {
		uint32_t *other = &originals[(next + i) % count], was = *mine;
		if (!suits(kind, s->items[*other].text))
			continue;
		*mine = *other;
		*other = was;
		break;
	}
	return *mine;
}

size_t plant_copies(struct stream *s, const struct texts *t, size_t copies)
{
	size_t count, next = 0;
	OWNED(freep) uint32_t *originals = originals_of(s, &count);

	for (size_t n = 0; n < copies && count > 0; n++) {
		for (enum edit kind = 0; kind < EDIT_COUNT; kind++, next++)
			plant_copy(s, t, take_suiting(s, kind, originals, next, count),
				   kind, n);
	}
	return count;
}

/* --- phrases and templates -------------------------------------------------------------- */

/* As people write it: in other cases, with other signs behind, an emoji now and then. */
static void vary(struct buf *ret, struct span phrase, struct chance *c)
{
	static const char *const ends[] = {"", "!", "!!", ".", "...", " !", "!!!"};
	static struct wide in, out;
	size_t way = chance_below(c, 6);

	wide_read(&in, phrase);
	out.len = 0;
	if (chance_percent(c, 50))
		while (in.len > 1 &&
		       (in.at[in.len - 1] == '.' || in.at[in.len - 1] == '!' ||
			in.at[in.len - 1] == ' '))
			in.len--;
	for (size_t i = 0; i < in.len; i++)
		wide_add(&out, way == 0	  ? wide_upper(in.at[i])
			       : way == 1 ? wide_lower(in.at[i])
					  : in.at[i]);
	if (chance_percent(c, 40))
		wide_add_text(&out, ends[chance_below(c, ARRAY_LEN(ends))]);
	if (chance_percent(c, 15)) {
		wide_add(&out, ' ');
		wide_add_text(&out, edit_emoji(c));
	}
	wide_put(ret, &out);
}

/* By Zipf: the one with rank r as often as 1/r; who has which rank is chance. */
static size_t draw(const double *sums, size_t count, struct chance *c)
{
	double at = (double)(chance_next(c) >> 11) / (double)(UINT64_C(1) << 53) *
		    sums[count - 1];
	size_t low = 0, high = count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (sums[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void plant_generics(struct stream *s, const struct texts *phrases)
{
	OWNED(buf_release) struct buf made = BUF_INIT(EDITED_BYTES);
	OWNED(freep) double *sums = xcalloc(phrases->count, sizeof(*sums));
	OWNED(freep) uint32_t *ranked = xcalloc(phrases->count, sizeof(*ranked));
	struct chance c = chance_of(FOR_GENERIC, phrases->count);

	for (size_t i = 0; i < phrases->count; i++) {
		size_t with = chance_below(&c, i + 1);
		ranked[i] = ranked[with];
		ranked[with] = (uint32_t)i;
		sums[i] = (i ? sums[i - 1] : 0) + 1.0 / (double)(i + 1);
	}
	for (size_t i = 0; i < PLANT_DRAWS; i++) {
		uint32_t phrase = ranked[draw(sums, phrases->count, &c)];
		vary(&made, phrases->at[phrase], &c);
		stream_add(s, &(struct item){.kind = ITEM_GENERIC,
					     .what = phrase,
					     .order = chance_next(&c) % ORDER_MAX,
					     .origin = (uint32_t)s->count,
					     .subject = (uint32_t)chance_below(
						     &c, PLANT_SUBJECTS),
					     .text = kept_of(&made)});
	}
}

static void put_some_word(struct buf *ret, const struct texts *t, struct chance *c)
{
	for (size_t tries = 0; tries < 64; tries++) {
		struct span text = t->at[chance_below(c, t->count)];
		size_t from = chance_below(c, text.len), to;
		while (from > 0 && text.at[from - 1] != ' ')
			from--;
		for (to = from; to < text.len && text.at[to] != ' ';)
			to++;
		if (to - from < 4 || to - from > 12)
			continue;
		buf_bytes(ret, text.at + from, to - from);
		return;
	}
	buf_text(ret, "objet");
}

/* %w is a word of the texts, %n a number. */
void plant_template(struct stream *s, const struct texts *t, size_t count)
{
	static const char template[] =
		"Bonjour, j'ai commandé un %w pour ma %w et tout s'est très bien passé : "
		"la livraison a pris %n jours, l'emballage était %w et le vendeur a "
		"répondu à chacune de mes questions. Je conseille ce magasin à tous ceux "
		"qui cherchent un bon %w à un prix correct.";
	OWNED(buf_release) struct buf made = BUF_INIT(EDITED_BYTES);
	uint32_t first = (uint32_t)s->count;

	for (size_t i = 0; i < count; i++) {
		struct chance c = chance_of(FOR_TEMPLATE, i);
		for (const char *at = template; *at; at++) {
			if (*at != '%')
				buf_char(&made, *at);
			else if (*++at == 'n')
				buf_format(&made, "%zu", 1 + chance_below(&c, 99));
			else
				put_some_word(&made, t, &c);
		}
		stream_add(s, &(struct item){.kind = ITEM_TEMPLATE,
					     .order = chance_next(&c) % ORDER_MAX,
					     .origin = first,
					     .subject = (uint32_t)chance_below(
						     &c, PLANT_SUBJECTS),
					     .text = kept_of(&made)});
	}
}
