/* Design: an entry is kept as the stems of its words, in a table by the first one. To stem
 * each word of a text would cost more than all else that is done with it, so a word is
 * stemmed only if it begins as some entry's stem does: Snowball's algorithms take endings
 * off and leave beginnings alone. And texts are made of the same words again and again, so
 * those that turned out to be no entry's are remembered, whole, as many as fit: what is
 * found does not depend on it. */
#include "words_own.h"

#include <libstemmer.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "digest.h"

#define FIRST_BITS 6
#define SPARSENESS 4 /* slots per entry, at least */
#define MEMO_BITS  13

static const struct {
	const char *code, *algorithm;
} languages[] = {{"en", "english"}, {"fr", "french"}};

#define LANGUAGES ARRAY_LEN(languages)

/* One entry: the stem of its first word, then, for each further one, what stands before
 * it and its stem; each is a byte of length and its bytes. */
struct entry {
	uint8_t *at;
	uint32_t len;
	uint32_t owner;
	uint32_t next; /* entry with the same slot, or NO_WORD */
};

/* A word of up to 15 bytes, the length in the last; all 0: none. */
struct memo {
	uint64_t first, second;
};

struct stem_list {
	struct sb_stemmer *stemmer; /* NULL until there is an entry */
	struct entry *at;
	uint32_t count, room;
	uint32_t *slots; /* 2^bits heads of chains */
	unsigned bits;
	struct memo strangers[1 << MEMO_BITS]; /* words whose stem is no entry's first */
};

struct stems {
	struct stem_list of[LANGUAGES];
	uint8_t heads[1 << HEAD_BITS];
};

/* --- stems --------------------------------------------------------------------------- */

static struct sb_stemmer *stemmer_for(size_t language)
{
	struct sb_stemmer *s = sb_stemmer_new(languages[language].algorithm, "UTF_8");

	if (!s)
		abort(); /* both are in every build of the library; else there is no memory */
	return s;
}

/* An "ée" that fold.h has made "ee" is none of French's endings any more: "insultée" would
 * not be "insulté". One of the two is taken off, in lists and texts alike. */
static size_t without_second_e(uint8_t *word, size_t len)
{
	size_t tail = len > 4 && word[len - 1] == 's';

	if (len < 4 || word[len - 1 - tail] != 'e' || word[len - 2 - tail] != 'e')
		return len;
	word[len - 2] = word[len - 1];
	return len - 1;
}

/* Borrowed until the next call with this stemmer. */
static struct span stem_of(struct sb_stemmer *stemmer, size_t language, struct span word)
{
	uint8_t copy[WORDS_BYTES_MAX];

	assert(word.len <= sizeof(copy));
	memcpy(copy, word.at, word.len);
	if (strcmp(languages[language].code, "fr") == 0)
		word.len = without_second_e(copy, word.len);
	const uint8_t *stem = sb_stemmer_stem(stemmer, copy, (int)word.len);
	if (!stem)
		abort(); /* no memory */
	return (struct span){stem, (size_t)sb_stemmer_length(stemmer)};
}

const char *words_stemmer_version(void)
{
	/* Endings that the two algorithms take off. */
	static const char *const probes[] = {
		"caresses",	   "ponies",	   "cats",
		"agreed",	   "plastered",	   "motoring",
		"happy",	   "relational",   "conditional",
		"rational",	   "digitizer",	   "conformably",
		"vietnamization",  "operator",	   "feudalism",
		"decisiveness",	   "hopefulness",  "formality",
		"sensitivity",	   "triplicate",   "formative",
		"electrical",	   "hopeful",	   "goodness",
		"revival",	   "allowance",	   "adjustable",
		"replacement",	   "adoption",	   "activate",
		"effective",	   "probate",	   "controlling",
		"skies",	   "dying",	   "generously",
		"continu",	   "continuait",   "continuant",
		"continuation",	   "continue",	   "continuel",
		"majestueusement", "majorite",	   "mal",
		"menacer",	   "insulter",	   "insultez",
		"insultent",	   "insulterait",  "chiennes",
		"chevaux",	   "nationale",	   "nationaux",
		"heureuse",	   "heureusement", "actrices",
		"logique",	   "confiance",	   "possibilite",
		"frequemment",	   "finissons",	   "vendues",
		"inouie"};
	static char version[sizeof("snowball-") + 16];
	uint8_t hash[SHA256_BYTES] = {0};

	for (size_t l = 0; !*version && l < LANGUAGES; l++) {
		struct sb_stemmer *stemmer = stemmer_for(l);
		for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
			struct span pieces[] = {{hash, sizeof(hash)},
						stem_of(stemmer, l, span_of(probes[i]))};
			sha256_pieces(hash, pieces, ARRAY_LEN(pieces));
		}
		sb_stemmer_delete(stemmer);
	}
	if (!*version) {
		char hex[HEX_BYTES(8)];
		snprintf(version, sizeof(version), "snowball-%s",
			 hex_format(hex, hash, 8));
	}
	return version;
}

/* --- beginnings ---------------------------------------------------------------------- */

/* What a stem of two bytes, or one, leaves open may be anything. */
static void add_head(struct stems *s, size_t language, struct span stem)
{
	uint64_t first = 0;

	for (size_t i = 0; i < MIN(stem.len, 3); i++)
		first |= (uint64_t)stem.at[i] << 8 * i;
	if (stem.len >= 3)
		s->heads[words_head(first)] |= (uint8_t)(1u << language);
	for (uint64_t i = 0; stem.len == 2 && i < 256; i++)
		s->heads[words_head(first | i << 16)] |= (uint8_t)(1u << language);
	for (size_t i = 0; stem.len < 2 && i < ARRAY_LEN(s->heads); i++)
		s->heads[i] |= (uint8_t)(1u << language);
}

/* --- entries ------------------------------------------------------------------------- */

static uint32_t *slot_of(const struct stem_list *l, struct span stem)
{
	return &l->slots[hash64(stem, 0) >> (64 - l->bits)];
}

static void put(struct stem_list *l, uint32_t index)
{
	struct entry *e = &l->at[index];
	uint32_t *slot = slot_of(l, (struct span){e->at + 1, e->at[0]});

	e->next = *slot;
	*slot = index;
}

static void grow(struct stem_list *l)
{
	l->room = l->room ? l->room * 2 : 16;
	l->at = xrealloc(l->at, l->room * sizeof(*l->at));
	l->bits = MAX(l->bits, FIRST_BITS);
	while ((uint64_t)1 << l->bits < (uint64_t)l->room * SPARSENESS)
		l->bits++;
	size_t bytes = sizeof(*l->slots) << l->bits;
	l->slots = xrealloc(l->slots, bytes);
	memset(l->slots, 0xFF, bytes);
	for (uint32_t i = 0; i < l->count; i++)
		put(l, i);
}

/* Writes what struct entry says; 0 where `word` does not consist of words alone. */
static size_t write_entry(uint8_t *to, struct stem_list *l, size_t language,
			  struct span word)
{
	const uint8_t *at = word.at, *end = word.at + word.len;
	size_t len = 0;

	for (;;) {
		const uint8_t *stop = words_end(at, end);
		if (stop == at)
			return 0;
		struct span stem = stem_of(l->stemmer, language,
					   (struct span){at, (size_t)(stop - at)});
		to[len++] = (uint8_t)stem.len;
		memcpy(to + len, stem.at, stem.len);
		len += stem.len;
		if (stop == end)
			return len;
		for (at = stop; at < end && words_end(at, end) == at; at++)
			;
		to[len++] = (uint8_t)(at - stop);
		memcpy(to + len, stop, (size_t)(at - stop));
		len += (size_t)(at - stop);
	}
}

static bool find_language(const char *code, size_t *ret)
{
	for (*ret = 0; *ret < LANGUAGES; (*ret)++)
		if (strcmp(code, languages[*ret].code) == 0)
			return true;
	return false;
}

enum status words_add_stem(struct words *w, const char *language, struct span word,
			   uint32_t owner, struct err *err)
{
	uint8_t bytes[3 * WORDS_BYTES_MAX];
	size_t index;

	if (word.len > WORDS_BYTES_MAX)
		return err_set(err, ST_ECONFIG, "a word of more than %d bytes",
			       WORDS_BYTES_MAX);
	if (!find_language(language, &index))
		return err_set(err, ST_ECONFIG, "no stems are known of language %s",
			       language);
	if (!w->stems) {
		w->stems = xcalloc(1, sizeof(*w->stems));
		w->stem_heads = w->stems->heads;
	}
	struct stem_list *l = &w->stems->of[index];
	if (!l->stemmer)
		l->stemmer = stemmer_for(index);
	size_t len = write_entry(bytes, l, index, word);
	if (len == 0)
		return err_set(err, ST_ECONFIG,
			       "what is found inflected begins and ends with a letter");
	if (l->count == l->room)
		grow(l);
	l->at[l->count] = (struct entry){
		.at = xmemdup(bytes, len), .len = (uint32_t)len, .owner = owner};
	add_head(w->stems, index, (struct span){bytes + 1, bytes[0]});
	memset(l->strangers, 0, sizeof(l->strangers));
	put(l, l->count++);
	return ST_OK;
}

void words_stems_free(struct stems *s)
{
	for (size_t i = 0; s && i < LANGUAGES; i++) {
		struct stem_list *l = &s->of[i];
		for (uint32_t j = 0; j < l->count; j++)
			free(l->at[j].at);
		free(l->at);
		free(l->slots);
		sb_stemmer_delete(l->stemmer);
	}
	free(s);
}

size_t words_stems_count(const struct stems *s)
{
	size_t count = 0;

	for (size_t i = 0; s && i < LANGUAGES; i++)
		count += s->of[i].count;
	return count;
}

/* --- words that are no entry's --------------------------------------------------------- */

/* All 0, which is no word: too long to be remembered. */
static inline struct memo memo_of(struct span word, uint64_t first)
{
	uint64_t second = 0;

	for (size_t i = 8; i < word.len && i < 15; i++)
		second |= (uint64_t)word.at[i] << 8 * (i - 8);
	return word.len > 15 ? (struct memo){0, 0}
			     : (struct memo){first, second | (uint64_t)word.len << 56};
}

static inline struct memo *place_of(struct stem_list *l, const struct memo *memo)
{
	uint64_t hash = (memo->first ^ memo->second * UINT64_C(0xC2B2AE3D27D4EB4F)) *
			UINT64_C(0x9E3779B97F4A7C15);

	return &l->strangers[hash >> (64 - MEMO_BITS)];
}

/* --- finding ------------------------------------------------------------------------- */

/* Where the further words of an entry end that begin at `at`, behind its first; NULL where
 * they are not there. */
static const uint8_t *rest_end(const struct stem_list *l, size_t language,
			       const struct entry *e, const uint8_t *at,
			       const uint8_t *end)
{
	for (size_t i = 1u + e->at[0]; i < e->len;) {
		struct span gap = {e->at + i + 1, e->at[i]};
		i += 1 + gap.len;
		struct span stem = {e->at + i + 1, e->at[i]};
		i += 1 + stem.len;
		if ((size_t)(end - at) < gap.len || memcmp(at, gap.at, gap.len) != 0)
			return NULL;
		const uint8_t *word = at + gap.len;
		at = words_end(word, end);
		if (at == word || at - word > WORDS_BYTES_MAX ||
		    !span_equal(stem, stem_of(l->stemmer, language,
					      (struct span){word, (size_t)(at - word)})))
			return NULL;
	}
	return at;
}

static void look_up(struct stem_list *l, size_t language, struct span text,
		    struct span word, const struct words_report *r, bool *ret_known)
{
	uint8_t first[WORDS_BYTES_MAX + 8];
	struct span stem = stem_of(l->stemmer, language, word);

	*ret_known = stem.len > sizeof(first);
	if (*ret_known)
		return;
	memcpy(first, stem.at, stem.len); /* further words are stemmed with the same */
	stem.at = first;
	for (uint32_t i = *slot_of(l, stem); i != NO_WORD; i = l->at[i].next) {
		const struct entry *e = &l->at[i];
		if (!span_equal(stem, (struct span){e->at + 1, e->at[0]}))
			continue;
		const uint8_t *stop =
			rest_end(l, language, e, word.at + word.len, text.at + text.len);
		*ret_known = true;
		if (stop)
			r->found(r->context, e->owner, (size_t)(word.at - text.at),
				 (size_t)(stop - text.at));
	}
}

void words_stems_look_up(struct stems *s, struct span text, struct span word,
			 uint64_t first, const struct words_report *r)
{
	unsigned in = s->heads[words_head(first)];
	struct memo memo = memo_of(word, first);

	if (word.len > WORDS_BYTES_MAX)
		return;
	for (size_t i = 0; i < LANGUAGES; i++) {
		struct memo *place = place_of(&s->of[i], &memo);
		bool known;

		if (!(in & 1u << i) || (memo.second && place->first == memo.first &&
					place->second == memo.second))
			continue;
		look_up(&s->of[i], i, text, word, r, &known);
		if (!known)
			*place = memo;
	}
}
