/* eval_dedup - what the search for near duplicates finds, and what it should not.
 *
 *	eval_dedup [OPTION...] [FILE...]	lines of the files are texts, each natural
 *
 * Without a file, reviews are made (made_reviews.h); what is printed says so. Among the texts
 * come edited copies of 30 kinds (edits.def), by another author about another subject, and
 * phrases that anybody writes. The same input prints the same figures, but for times.
 *
 *	--texts N	so many are made (60,000)
 *	--copies N	of each kind (800)
 *	--tuning FILE	phrases, one a line, that were looked at when thresholds were chosen
 *	--generic FILE	phrases that were not: held out; both as often as one likes
 *	--show N	prints N pairs that nobody planted, the least alike first
 *	--misses N	prints N copies of each kind that were not retrieved
 *	--no-flood	without the flood of a template
 *	--json		the figures as JSON
 *	--strict	exit status 1 where a bar is missed
 *
 * Words:  retrieved	near_look named the original, a copy of it, or another text that is
 *			like the original, too (STREAM_SIMILAR), and so can stand for it
 *	named		the original, or a copy of it, is among them
 *	reported	as a duplicate of another author's (kinds.h)
 * Truth:  the exact Jaccard similarity of a copy with its original. Every score that the
 *	search gives is computed again by naive.h; one that differs is exit status 1.
 */
// uses: stages/dedup/near.c stages/dedup/index.c stages/dedup/index_find.c
// uses: stages/dedup/index_slots.c stages/dedup/sketches.c stages/dedup/kinds.c
// uses: stages/dedup/slots.c stages/dedup/mapped.c stages/dedup/recent.c
// uses: stages/dedup/earlier.c stages/dedup/overlap.c stages/dedup/grams.c
// uses: stages/dedup/signature.c stages/dedup/information.c
// uses: tests/eval/edits.c tests/eval/evasions.c tests/eval/wide.c
// uses: tests/eval/made_reviews.c tests/eval/naive.c tests/eval/stream.c
// uses: tests/eval/planting.c tests/eval/report.c
#include "planting.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../stages/dedup/grams.h"
#include "alloc.h"
#include "naive.h"
#include "report.h"

#define PHRASE_LONG \
	28 /* characters, folded: that a rule about length would let through */
#define PHRASES_SHOWN  12
#define FLOOD_TEXTS    30000
#define FLOOD_ROUNDS   5
#define MILLION	       1000000
#define SHOWN_BYTES    220
#define BAND_EXACT_BAR 0.85

static struct {
	struct texts texts, tuning, held_out;
	size_t make, copies, show, misses, mismatches;
	bool made, json, strict, no_flood;
	struct overlap *overlap;
	struct signature_key key;
	uint32_t *grams;
	size_t room;
} self = {.make = 60000, .copies = 800};

/* --- what came of a copy ----------------------------------------------------------------- */

/* Why a copy was not reported, the first that applies. */
enum lost { LOST_NOT, LOST_UNLIKE, LOST_NO_BAND, LOST_ELSE, LOST_TELLS_LITTLE };

struct outcome {
	uint32_t jaccard; /* with the original */
	bool same;	  /* folds to the same text */
	bool retrieved, named, reported;
	enum lost lost;
};

struct tally {
	size_t count, alike, same, retrieved, named, reported;
	size_t lost[LOST_TELLS_LITTLE + 1];
	double jaccard;
};

static uint32_t jaccard_of(struct span a, struct span b)
{
	struct overlap_sizes sizes;

	overlap_take(self.overlap, a);
	overlap_with(self.overlap, b, &sizes);
	uint32_t jaccard = overlap_jaccard(&sizes);
	self.mismatches += jaccard != naive_jaccard(a, b);
	return jaccard;
}

static void sign(uint8_t ret[SIGNATURE_BYTES], struct span key)
{
	if (key.len > self.room) {
		self.room = key.len * 2;
		self.grams = xrealloc(self.grams, self.room * sizeof(*self.grams));
	}
	size_t count = grams_telling(self.grams, key);
	memset(ret, 0, SIGNATURE_BYTES);
	if (count)
		signature_make(ret, &self.key, self.grams, count);
}

static bool share_band(struct span a, struct span b)
{
	uint8_t mine[SIGNATURE_BYTES], theirs[SIGNATURE_BYTES];

	sign(mine, a);
	sign(theirs, b);
	for (unsigned band = 0; band < SIGNATURE_BANDS; band++)
		if (signature_band(mine, band) == signature_band(theirs, band))
			return true;
	return false;
}

static enum lost lost_of(const struct item *copy, const struct item *original,
			 const struct outcome *o)
{
	if (o->reported)
		return LOST_NOT;
	if (o->retrieved)
		return LOST_TELLS_LITTLE;
	if (o->jaccard < STREAM_SIMILAR)
		return LOST_UNLIKE;
	return share_band(copy->key, original->key) ? LOST_ELSE : LOST_NO_BAND;
}

static struct outcome outcome_of(const struct stream *s, const struct item *copy)
{
	const struct item *original = &s->items[copy->origin];
	struct outcome o = {.jaccard = jaccard_of(copy->key, original->key),
			    .same = span_equal(copy->key, original->key)};

	for (size_t i = 0; i < copy->count; i++) {
		const struct item *found = &s->items[copy->match[i].item];
		bool named = found->origin == copy->origin;
		if (!named && jaccard_of(found->key, original->key) < STREAM_SIMILAR)
			continue;
		o.named |= named;
		o.retrieved = true;
		o.reported |= copy->match[i].reported;
	}
	o.lost = lost_of(copy, original, &o);
	return o;
}

static void count_outcome(struct tally *t, const struct outcome *o)
{
	t->count++;
	t->jaccard += (double)o->jaccard / MILLION;
	t->alike += o->jaccard >= STREAM_SIMILAR;
	t->same += o->same;
	t->retrieved += o->retrieved;
	t->named += o->named;
	t->reported += o->reported;
	t->lost[o->lost]++;
}

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : NAN;
}

static double reported_share(const struct tally *t)
{
	return share(t->reported, t->count);
}

static double retrieved_share(const struct tally *t)
{
	return share(t->retrieved, t->count);
}

/* --- recall ------------------------------------------------------------------------------ */

#define ALIKE_ROWS 5

struct recall {
	struct tally by_kind[EDIT_COUNT];
	struct tally by_alike[ALIKE_ROWS];
	struct tally lengths_alike[BAND_COUNT], lengths_words[BAND_COUNT];
	struct tally cuts[BAND_COUNT];
};

static const struct {
	const char *name;
	uint32_t least;
	double bar; /* 0: none */
} alike_rows[ALIKE_ROWS] = {
	{"1.0", 1000000, 0.995},	{"0.8 and more", 800000, 0.995},
	{"0.7 and more", 700000, 0.98}, {"0.6 and more", 600000, 0},
	{"0.45 and more", 450000, 0},
};

static void count_copy(struct recall *r, const struct item *copy,
		       const struct item *original, const struct outcome *o)
{
	size_t band = band_of(characters_of(original->key));

	count_outcome(&r->by_kind[copy->what], o);
	for (size_t i = 0; i < ALIKE_ROWS; i++)
		if (o->jaccard >= alike_rows[i].least)
			count_outcome(&r->by_alike[i], o);
	if (band < BAND_COUNT && o->jaccard >= 800000)
		count_outcome(&r->lengths_alike[band], o);
	if (band < BAND_COUNT && copy->what == EDIT_WORDS_10)
		count_outcome(&r->lengths_words[band], o);
}

/* Before the tables: why it was lost, what it is of, and what it is. */
static void show_miss(const struct recall *r, const struct item *copy,
		      const struct item *original, const struct outcome *o)
{
	static const char *const why[] = {"", "unlike", "no band", "other", "little"};
	const struct tally *t = &r->by_kind[copy->what];

	if (!o->retrieved && t->count - t->retrieved <= self.misses)
		report_say("%s: %s, %.3f\n  %.*s\n  %.*s\n", edit_kinds[copy->what].name,
			   why[o->lost], (double)o->jaccard / MILLION,
			   (int)MIN(original->text.len, SHOWN_BYTES), original->text.at,
			   (int)MIN(copy->text.len, SHOWN_BYTES), copy->text.at);
}

static void count_recall(struct recall *r, const struct stream *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct item *item = &s->items[i];
		if (item->kind != ITEM_COPY && item->kind != ITEM_CUT_COPY)
			continue;
		struct outcome o = outcome_of(s, item);
		if (item->kind == ITEM_CUT_COPY) {
			count_outcome(&r->cuts[item->what], &o);
			continue;
		}
		count_copy(r, item, &s->items[item->origin], &o);
		show_miss(r, item, &s->items[item->origin], &o);
	}
}

static void put_recall_row(const char *name, const struct tally *t)
{
	report_row(name, (double[]){(double)t->count, retrieved_share(t),
				    share(t->named, t->count), reported_share(t)});
}

static const struct report_column recall_columns[] = {
	{"copies", 0}, {"retrieved", 4}, {"named", 4}, {"reported", 4}, {0}};

static void put_alike(const struct recall *r)
{
	report_table("by Jaccard similarity", recall_columns);
	for (size_t i = 0; i < ALIKE_ROWS; i++) {
		const struct tally *t = &r->by_alike[i];
		char name[64];
		put_recall_row(alike_rows[i].name, t);
		if (alike_rows[i].bar == 0)
			continue;
		snprintf(name, sizeof(name), "Jaccard %s, retrieved", alike_rows[i].name);
		report_bar(name, retrieved_share(t), alike_rows[i].bar, false);
		snprintf(name, sizeof(name), "Jaccard %s, reported", alike_rows[i].name);
		report_bar(name, reported_share(t), alike_rows[i].bar, false);
	}
}

static void put_kinds(const struct recall *r)
{
	static const struct report_column columns[] = {
		{"copies", 0},	 {"Jaccard", 3},      {"same text", 3},
		{"alike", 4},	 {"retrieved", 4},    {"named", 4},
		{"reported", 4}, {"lost: unlike", 0}, {"no band", 0},
		{"other", 0},	 {"tells little", 0}, {0}};

	report_table("by kind of edit", columns);
	for (size_t i = 0; i < EDIT_COUNT; i++) {
		const struct tally *t = &r->by_kind[i];
		double bar = edit_kinds[i].bar / 1000.0;
		char name[64];
		report_row(edit_kinds[i].name,
			   (double[]){(double)t->count, t->jaccard / (double)t->count,
				      share(t->same, t->count), share(t->alike, t->count),
				      retrieved_share(t), share(t->named, t->count),
				      reported_share(t), (double)t->lost[LOST_UNLIKE],
				      (double)t->lost[LOST_NO_BAND],
				      (double)t->lost[LOST_ELSE],
				      (double)t->lost[LOST_TELLS_LITTLE]});
		if (bar == 0)
			continue;
		snprintf(name, sizeof(name), "%s, retrieved", edit_kinds[i].name);
		report_bar(name, retrieved_share(t), bar, false);
		snprintf(name, sizeof(name), "%s, reported", edit_kinds[i].name);
		report_bar(name, reported_share(t), bar, false);
	}
}

static void put_lengths(const char *title, const struct tally rows[BAND_COUNT])
{
	report_table(title, recall_columns);
	for (size_t i = 0; i < BAND_COUNT; i++)
		put_recall_row(band_names[i], &rows[i]);
}

/* --- precision --------------------------------------------------------------------------- */

struct pair {
	uint32_t mine, match;
};

struct pairs {
	struct pair *at; /* that nobody planted */
	size_t count, capacity;
	size_t all, reported, reported_known;
	size_t natural, natural_retrieved, natural_reported;
};

static void add_pair(struct pairs *p, uint32_t mine, uint32_t match)
{
	if (p->count == p->capacity) {
		p->capacity = p->capacity ? p->capacity * 2 : 256;
		p->at = xrealloc(p->at, p->capacity * sizeof(*p->at));
	}
	p->at[p->count++] = (struct pair){mine, match};
}

static void count_pairs_of(struct pairs *p, const struct stream *s, uint32_t number)
{
	const struct item *item = &s->items[number];
	bool retrieved = false, reported = false;

	for (uint32_t i = 0; i < item->count; i++) {
		const struct item_match *m = &item->match[i];
		const struct item *theirs = &s->items[m->item];
		bool known = theirs->origin == item->origin;
		if (theirs->kind == ITEM_GENERIC)
			continue;
		p->all++;
		p->reported += m->reported;
		p->reported_known += m->reported && known;
		retrieved |= !known;
		reported |= !known && m->reported;
		if (!known)
			add_pair(p, number, i);
	}
	if (item->kind != ITEM_NATURAL && item->kind != ITEM_CUT)
		return;
	p->natural++;
	p->natural_retrieved += retrieved;
	p->natural_reported += reported;
}

static const struct stream *shown;

static uint32_t jaccard_of_pair(const struct pair *p)
{
	return shown->items[p->mine].match[p->match].jaccard;
}

static int by_jaccard(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	uint32_t mine = jaccard_of_pair(x), theirs = jaccard_of_pair(y);

	if (mine != theirs)
		return mine < theirs ? -1 : 1;
	return x->mine != y->mine ? (x->mine < y->mine ? -1 : 1)
				  : (int)x->match - (int)y->match;
}

/* Some of all degrees of likeness, for people to read. */
static void show_pairs(struct pairs *p, const struct stream *s)
{
	size_t count = MIN(self.show, p->count);

	shown = s;
	if (p->count)
		qsort(p->at, p->count, sizeof(*p->at), by_jaccard);
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = &p->at[i * p->count / count];
		const struct item *mine = &s->items[pair->mine];
		const struct item_match *m = &mine->match[pair->match];
		struct span theirs = s->items[m->item].text;
		report_say("%.3f, %u bits, %s\n  %.*s\n  %.*s\n",
			   (double)m->jaccard / MILLION, m->tenths / 10,
			   m->reported ? "reported" : "not reported",
			   (int)MIN(mine->text.len, SHOWN_BYTES), mine->text.at,
			   (int)MIN(theirs.len, SHOWN_BYTES), theirs.at);
	}
}

static void put_precision(const struct stream *s)
{
	static const struct report_column columns[] = {
		{"pairs", 0}, {"planted", 4}, {"natural texts per 100,000", 1}, {0}};
	struct pairs p = {0};

	for (uint32_t i = 0; i < s->count; i++)
		if (s->items[i].kind != ITEM_GENERIC)
			count_pairs_of(&p, s, i);
	report_table("precision", columns);
	report_row("retrieved", (double[]){(double)p.all, share(p.all - p.count, p.all),
					   1e5 * share(p.natural_retrieved, p.natural)});
	report_row("reported",
		   (double[]){(double)p.reported, share(p.reported_known, p.reported),
			      1e5 * share(p.natural_reported, p.natural)});
	show_pairs(&p, s);
	free(p.at);
}

/* --- phrases ----------------------------------------------------------------------------- */

struct phrase {
	uint32_t number;
	uint32_t tenths; /* information, of the last that was drawn */
	size_t drawn, flagged;
};

static int by_flagged(const void *a, const void *b)
{
	const struct phrase *x = a, *y = b;

	if (x->flagged != y->flagged)
		return x->flagged > y->flagged ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

struct generic_tally {
	size_t drawn, retrieved, flagged;
	size_t though_common; /* of them: all that it is a duplicate of is common */
};

static bool count_generic(struct generic_tally *t, const struct item *item)
{
	bool flagged = false, rare = false;

	for (size_t i = 0; i < item->count; i++) {
		flagged |= item->match[i].reported;
		rare |= item->match[i].reported && !item->match[i].common;
	}
	t->drawn++;
	t->retrieved += item->count > 0;
	t->flagged += flagged;
	t->though_common += flagged && !rare;
	return flagged;
}

static void put_flagged(const struct texts *list, struct phrase *phrases)
{
	static const struct report_column columns[] = {
		{"drawn", 0}, {"flagged", 0}, {"bits", 0}, {0}};

	qsort(phrases, list->count, sizeof(*phrases), by_flagged);
	if (phrases[0].flagged == 0)
		return;
	report_table("phrases flagged most", columns);
	for (size_t i = 0; i < MIN(list->count, PHRASES_SHOWN); i++) {
		struct span text = list->at[phrases[i].number];
		OWNED(freep) char *name = xstrndup((const char *)text.at, text.len);
		if (phrases[i].flagged)
			report_row(name, (double[]){(double)phrases[i].drawn,
						    (double)phrases[i].flagged,
						    phrases[i].tenths / 10.0});
	}
}

static size_t drawn_count(const struct texts *list, const struct phrase *phrases)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += phrases[i].drawn > 0;
	return count;
}

/* As if each phrase were as frequent as any: which are drawn most is chance. */
static double mean_share(const struct texts *list, const struct phrase *phrases)
{
	double sum = 0;

	for (size_t i = 0; i < list->count; i++)
		if (phrases[i].drawn)
			sum += share(phrases[i].flagged, phrases[i].drawn);
	return sum / (double)drawn_count(list, phrases);
}

/* The most that an item shares with one of those that were found; `rare`: with one that is
 * not common. */
static uint32_t best_tenths(const struct item *item, bool rare)
{
	uint32_t best = 0;

	for (size_t i = 0; i < item->count; i++)
		if (!rare || !item->match[i].common)
			best = MAX(best, item->match[i].tenths);
	return best;
}

struct threshold {
	size_t all[2], always[2], rare[2]; /* phrases, and same text of 40 to 60 */
};

/* What one threshold of information would do to phrases and to copies: for texts that are
 * common, too, and with these left out. Of the tuning lists only: whoever saw it of others
 * would choose by them. */
static void put_bits(const struct stream *s, const char *title)
{
	static const struct report_column columns[] = {{"phrases", 5},
						       {"40 to 60", 4},
						       {"rare phrases", 5},
						       {"40 to 60 rare", 4},
						       {0}};
	static const uint32_t rows[] = {300, 400, 450, 500, 600, 700, 800, 900, 1000};

	report_table(title, columns);
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		struct threshold t = {0};
		char name[32];
		for (size_t i = 0; i < s->count; i++) {
			const struct item *item = &s->items[i];
			bool copy = item->kind == ITEM_CUT_COPY && item->what == BAND_40;
			if (item->kind != ITEM_GENERIC && !copy)
				continue;
			t.all[copy]++;
			t.always[copy] += best_tenths(item, false) >= rows[r];
			t.rare[copy] += best_tenths(item, true) >= rows[r];
		}
		snprintf(name, sizeof(name), "%u bits and more", rows[r] / 10);
		report_row(name, (double[]){share(t.always[0], t.all[0]),
					    share(t.always[1], t.all[1]),
					    share(t.rare[0], t.all[0]),
					    share(t.rare[1], t.all[1])});
	}
}

static double put_generics(const struct stream *s, const struct texts *list,
			   const char *title)
{
	static const struct report_column columns[] = {
		{"drawn", 0}, {"retrieved", 4},	    {"flagged", 0},
		{"share", 5}, {"though common", 0}, {0}};
	struct generic_tally rows[2] = {{0}};
	OWNED(freep) struct phrase *phrases = xcalloc(list->count, sizeof(*phrases));

	for (size_t i = 0; i < list->count; i++)
		phrases[i].number = (uint32_t)i;
	for (size_t i = 0; i < s->count; i++) {
		const struct item *item = &s->items[i];
		if (item->kind != ITEM_GENERIC)
			continue;
		bool flagged = count_generic(&rows[0], item);
		if (characters_of(item->key) >= PHRASE_LONG)
			count_generic(&rows[1], item);
		phrases[item->what].drawn++;
		phrases[item->what].tenths = item->information.tenths;
		phrases[item->what].flagged += flagged;
	}
	report_table(title, columns);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		report_row(i ? "28 characters and more" : "all",
			   (double[]){(double)rows[i].drawn,
				      share(rows[i].retrieved, rows[i].drawn),
				      (double)rows[i].flagged,
				      share(rows[i].flagged, rows[i].drawn),
				      (double)rows[i].though_common});
	report_row("each phrase once", (double[]){(double)drawn_count(list, phrases), NAN,
						  NAN, mean_share(list, phrases), NAN});
	put_flagged(list, phrases);
	return share(rows[0].flagged, rows[0].drawn);
}

/* --- streams ----------------------------------------------------------------------------- */

static void put_corpus(const struct stream *s, size_t originals)
{
	static const struct report_column columns[] = {
		{"texts", 0},	      {"bytes", 1},
		{"items", 0},	      {"originals", 0},
		{"copies of one", 2}, {"candidates", 3},
		{"compared", 3},      {0}};
	double count = (double)s->count;

	report_say("%s\n", self.made ? "Texts: made, not natural (made_reviews.def)"
				     : "Texts: those of the files");
	report_table("stream", columns);
	report_row("all",
		   (double[]){(double)self.texts.count,
			      (double)self.texts.bytes / (double)self.texts.count, count,
			      (double)originals,
			      (double)(self.copies * EDIT_COUNT) / (double)originals,
			      (double)s->figures.candidates / count,
			      (double)s->figures.compared / count});
}

static void run_copies(void)
{
	struct stream s = {0};
	struct recall *r = xcalloc(1, sizeof(*r));

	plant_naturals(&s, &self.texts, self.copies);
	size_t originals = plant_copies(&s, &self.texts, self.copies);
	if (self.tuning.count)
		plant_generics(&s, &self.tuning);
	stream_run(&s);
	self.mismatches += s.mismatches;
	count_recall(r, &s);
	put_corpus(&s, originals);
	put_alike(r);
	put_kinds(r);
	put_lengths("Jaccard 0.8, by characters", r->lengths_alike);
	put_lengths("words 10 %, by characters", r->lengths_words);
	put_lengths("same text, by characters", r->cuts);
	put_precision(&s);
	if (self.tuning.count) {
		put_generics(&s, &self.tuning, "phrases, tuning");
		put_bits(&s, "by information, tuning");
	}
	stream_release(&s);
	free(r);
}

static void run_held_out(void)
{
	struct stream s = {0};
	struct recall *r = xcalloc(1, sizeof(*r));

	plant_naturals(&s, &self.texts, self.copies);
	plant_generics(&s, &self.held_out);
	stream_run(&s);
	self.mismatches += s.mismatches;
	count_recall(r, &s);
	report_bar("held-out phrases flagged",
		   put_generics(&s, &self.held_out, "phrases, held out"), 0.001, true);
	put_lengths("same text, beside them", r->cuts);
	report_bar("same text of 40 to 60 characters, reported",
		   reported_share(&r->cuts[BAND_40]), BAND_EXACT_BAR, false);
	stream_release(&s);
	free(r);
}

/* --- flood ------------------------------------------------------------------------------- */

/* Of those of the template: that the search found one before it, and that there is one. */
static void count_flood(const struct stream *s, size_t *ret_found, size_t *ret_there)
{
	OWNED(freep) const struct item **seen = xcalloc(s->count, sizeof(*seen));
	OWNED(freep) uint32_t *sequence = stream_sequence(s);
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct item *item = &s->items[sequence[i]];
		struct overlap_sizes sizes = {0};
		bool there = false;
		if (item->kind != ITEM_TEMPLATE)
			continue;
		overlap_take(self.overlap, item->key);
		for (size_t k = count; k > 0 && !there; k--) {
			overlap_with(self.overlap, seen[k - 1]->key, &sizes);
			there = overlap_jaccard(&sizes) >= STREAM_SIMILAR;
		}
		*ret_there += there;
		*ret_found += item->count > 0;
		seen[count++] = item;
	}
}

static void run_flood(void)
{
	static const struct report_column columns[] = {{"texts", 0},
						       {"bytes", 1},
						       {"us a text", 2},
						       {"candidates", 3},
						       {"matches", 0},
						       {"unbounded", 0},
						       {0}};
	struct texts some = self.texts;
	struct stream normal = {0}, flood = {0};
	double times[2] = {INFINITY, INFINITY}; /* a text, of the best round */
	size_t found = 0, there = 0;

	some.count = MIN(some.count, FLOOD_TEXTS);
	plant_naturals(&normal, &some, 0);
	plant_naturals(&flood, &some, 0);
	plant_template(&flood, &some, some.count);
	for (size_t i = 0; i < FLOOD_ROUNDS; i++) {
		times[0] = fmin(times[0], stream_time(&normal) / (double)normal.count);
		times[1] = fmin(times[1], stream_time(&flood) / (double)flood.count);
	}
	stream_run(&normal);
	stream_run(&flood);
	self.mismatches += normal.mismatches + flood.mismatches;
	count_flood(&flood, &found, &there);
	report_table("flood of a template", columns);
	report_row("natural texts alone",
		   (double[]){(double)normal.count, stream_bytes(&normal), times[0] * 1e6,
			      (double)normal.figures.candidates / (double)normal.count,
			      NAN, NAN});
	report_row("as many of a template",
		   (double[]){(double)flood.count, stream_bytes(&flood), times[1] * 1e6,
			      (double)flood.figures.candidates / (double)flood.count,
			      (double)found, (double)there});
	report_bar("flood, rate of the normal one", times[0] / times[1], 0.75, false);
	report_bar("flood, matches of the unbounded ones", share(found, there), 0.995,
		   false);
	stream_release(&normal);
	stream_release(&flood);
}

/* --- all --------------------------------------------------------------------------------- */

static void read_options(int argc, char **argv)
{
	static const struct option options[] = {{"texts", required_argument, NULL, 't'},
						{"copies", required_argument, NULL, 'c'},
						{"tuning", required_argument, NULL, 'u'},
						{"generic", required_argument, NULL, 'g'},
						{"show", required_argument, NULL, 's'},
						{"misses", required_argument, NULL, 'm'},
						{"no-flood", no_argument, NULL, 'n'},
						{"json", no_argument, NULL, 'j'},
						{"strict", no_argument, NULL, 'x'},
						{NULL, 0, NULL, 0}};

	for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (o == '?')
			exit(EXIT_CODE_USAGE);
		if (o == 't')
			self.make = strtoul(optarg, NULL, 10);
		if (o == 'c')
			self.copies = strtoul(optarg, NULL, 10);
		if (o == 'u')
			texts_read(&self.tuning, optarg);
		if (o == 'g')
			texts_read(&self.held_out, optarg);
		if (o == 's')
			self.show = strtoul(optarg, NULL, 10);
		if (o == 'm')
			self.misses = strtoul(optarg, NULL, 10);
		self.json |= o == 'j';
		self.strict |= o == 'x';
		self.no_flood |= o == 'n';
	}
	for (int i = optind; i < argc; i++)
		texts_read(&self.texts, argv[i]);
	self.made = self.texts.count == 0;
	if (self.made)
		texts_make(&self.texts, self.make);
	if (self.copies == 0 || self.texts.count == 0) {
		fprintf(stderr, "eval_dedup: no texts, or no copies\n");
		exit(EXIT_CODE_USAGE);
	}
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	self.overlap = overlap_new();
	signature_key_init(&self.key, STREAM_SEED);
	report_begin(self.json);
	run_copies();
	if (self.held_out.count)
		run_held_out();
	if (!self.no_flood)
		run_flood();
	report_bar("scores that a naive count says otherwise", (double)self.mismatches, 0,
		   true);
	size_t missed = report_end();
	overlap_free(self.overlap);
	free(self.grams);
	texts_release(&self.texts);
	texts_release(&self.tuning);
	texts_release(&self.held_out);
	if (self.mismatches || (missed && self.strict))
		return EXIT_CODE_FOUND;
	return EXIT_CODE_OK;
}
