/* classifier.h - how much a text looks like those of a kind (insult, spam), from 0 to 1000.
 *
 * A linear model over hashed pieces of fold.h's `match` text, trained by `normavis model
 * train`. All in integers: a text has the same score on every machine, so that a decision
 * can be made again. A score is a reason to let a person look, never to reject
 * (docs/MODELS.md).
 *
 * Pieces:  of each word (words.h; " word " with its borders): its runs of 3 to 5 bytes, the
 *	word itself, and the word with the one before it. A word of digits alone has zeros
 *	for them. Bytes are characters in folded French and English. Each piece is hashed
 *	into one of 2^bits buckets, each with a weight of one byte. A run without a break
 *	that is longer than CLASSIFIER_WORD_BYTES_MAX counts as several words.
 * Windows: a text is cut into blocks of CLASSIFIER_BLOCK_WORDS words; two blocks side by
 *	side are a window. The score is that of the window that scores highest: an insult
 *	at the end of a long review weighs as much as one that stands alone.
 * Score:   margin = bias + sum of weights / sqrt(pieces), in 1/CLASSIFIER_MARGIN_ONE of a
 *	natural logit; the score is the logistic function of it, by a fixed table, in
 *	thousandths. A text without words has score 0.
 * File:    a head of text, one `key value` a line, then the weights:
 *		normavis-model 1
 *		name abuse
 *		languages en fr
 *		created 2026-11-22
 *		data <SHA-256 of the training file, hex>
 *		figure <name> <integer>		any number up to CLASSIFIER_FIGURES_MAX
 *		bits 17
 *		scale 123456			a weight of 1 is scale / 2^24
 *		bias -1234			in 1/CLASSIFIER_MARGIN_ONE
 *		sha256 <of the lines above and of the weights, hex>
 *		(an empty line)
 *	and 2^bits bytes, each a weight in two's complement.
 * Bounds:  CLASSIFIER_BITS_MIN..MAX; CLASSIFIER_BYTES_MAX for the file.
 * Source:  K. Weinberger et al., Feature Hashing for Large Scale Multitask Learning (2009);
 *	docs/decisions/0020-classifier.md for the sizes.
 * Tests:   tests/unit/classifier_test.c, tests/fuzz/fuzz_classifier.c,
 *	tests/bench/bench_classifier.c
 */
#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include "buf.h"
#include "digest.h"
#include "status.h"

#define CLASSIFIER_VERSION 1 /* of the file and of the pieces */

#define CLASSIFIER_BITS_MIN	  8
#define CLASSIFIER_BITS_MAX	  18
#define CLASSIFIER_HEAD_BYTES_MAX 8192
#define CLASSIFIER_BYTES_MAX	  (CLASSIFIER_HEAD_BYTES_MAX + (1 << CLASSIFIER_BITS_MAX))

#define CLASSIFIER_SCORE_MAX  1000
#define CLASSIFIER_MARGIN_ONE 4096
#define CLASSIFIER_SCALE_BITS 24
#define CLASSIFIER_SCALE_MAX  (1 << CLASSIFIER_SCALE_BITS)
#define CLASSIFIER_BIAS_MAX   (1 << 20)

#define CLASSIFIER_TOGETHER_MAX 8

#define CLASSIFIER_NAME_MAX	 32
#define CLASSIFIER_LANGUAGES_MAX 128
#define CLASSIFIER_FIGURES_MAX	 48

/* What the head says. */
struct classifier_about {
	char name[CLASSIFIER_NAME_MAX + 1];	      /* [a-z0-9-]+ */
	char languages[CLASSIFIER_LANGUAGES_MAX + 1]; /* "en fr" */
	char created[11];			      /* YYYY-MM-DD */
	uint8_t data[SHA256_BYTES];		      /* of the training file */
	unsigned bits;				      /* 2^bits buckets */
	int32_t scale;				      /* 1..CLASSIFIER_SCALE_MAX */
	int32_t bias; /* -CLASSIFIER_BIAS_MAX..CLASSIFIER_BIAS_MAX */
	size_t figures;
	struct classifier_figure {
		char name[CLASSIFIER_NAME_MAX + 1]; /* [a-z0-9-]+ */
		int64_t value;			    /* not negative */
	} figure[CLASSIFIER_FIGURES_MAX];	    /* what training said of itself */
};

struct classifier;

/* Reads a model file; `bytes` are copied. Errors: ST_EVERSION (made by a newer version),
 * ST_ECORRUPT (cut, or not what was written), ST_EMALFORMED (no model, or one whose head
 * says what cannot be). */
enum status classifier_load(struct classifier **ret, struct span bytes,
			    struct err *err) MUST_CHECK;
void classifier_free(struct classifier *c); /* accepts NULL */
DEFINE_OWNED(struct classifier, classifier_free)

const struct classifier_about *classifier_about(const struct classifier *c);

/* SHA-256 of the file: what stands for this model where it is named. */
const uint8_t *classifier_hash(const struct classifier *c);

/* 0..CLASSIFIER_SCORE_MAX. `match` is what fold_text made. */
uint16_t classifier_score(const struct classifier *c, struct span match);

/* The same before the table: finer, for those who look for a threshold.
 * INT32_MIN for a text without words. */
int32_t classifier_margin(const struct classifier *c, struct span match);

/* The margins of one text by several models, into ret[0..count): its pieces, which are most
 * of the work, are made once. `count` is at most CLASSIFIER_TOGETHER_MAX. */
void classifier_margins(const struct classifier *const *c, size_t count,
			struct span match, int32_t *ret);

uint16_t classifier_score_of_margin(int32_t margin);

/* Writes a model file into `ret` (emptied first, with a maximum of at least
 * CLASSIFIER_BYTES_MAX); `weights` are 2^about->bits. */
void classifier_store(struct buf *ret, const struct classifier_about *about,
		      const int8_t *weights);

/* --- the pieces, for who trains --------------------------------------------------------- */

#define CLASSIFIER_BLOCK_WORDS	   8
#define CLASSIFIER_WORD_BYTES_MAX  40
#define CLASSIFIER_WORD_PIECES_MAX (3 * CLASSIFIER_WORD_BYTES_MAX + 2)

/* A place in a text: {match, 0} at its start. */
struct classifier_place {
	struct span rest;
	uint64_t before; /* the word that was read last; 0: none */
};

/* The pieces of the next word, each as 32 bits of which the upper `bits` are the bucket.
 * Returns how many, 0 at the end of the text. */
size_t classifier_word(struct classifier_place *place,
		       uint32_t ret[CLASSIFIER_WORD_PIECES_MAX]);

#endif
