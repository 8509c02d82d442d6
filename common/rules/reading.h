/* reading.h - what was found in the texts of one record.
 *
 * Title and text are read once by each engine, whatever the number of rules: patterns
 * (scan.h) in the author's own text and in the folded one, words (words.h) in the folded one,
 * and both in what is hidden there (evasion.h). A detector (detect.h) looks where its own
 * patterns were found. Each pattern, list of words and detector of a rule is a leaf; a
 * condition only asks whether its leaf was found.
 *
 * Shape:  places are kept as they were found, in the text that was read; only evidence is
 *	carried back to the author's own bytes.
 * Except: a list may name phrases in which its words are no find ("con" in "chili con
 *	carne"). These are a leaf of their own, which takes places back.
 * Bounds: HIT_SPANS_MAX places of a list of words per field are kept, and one per pattern;
 *	patterns are located when evidence is wanted.
 * State:  that of the record read last. Nothing is allocated per record once its buffers
 *	have grown.
 */
#ifndef READING_H
#define READING_H

#include "detect.h"
#include "findings.h"
#include "fold.h"
#include "record.h"
#include "scan.h"
#include "words.h"

#define LEAF_NONE UINT32_MAX

/* The owner in scan.h of a detector's own patterns. */
#define READING_DETECTOR(detector) (LEAF_NONE - 1 - (uint32_t)(detector))

/* The number of a leaf is the owner in scan.h and words.h. */
struct leaf {
	uint32_t rule;
	bool negated;	    /* under an odd number of `not`: its places are no evidence */
	bool has_except;    /* another leaf can take its places back */
	uint32_t except_of; /* the leaf whose places this one takes back, or LEAF_NONE */
	enum detector detector; /* DETECTOR_COUNT: it is no detector */
	uint64_t countries;
	const struct yaml_doc *doc; /* while loading */
	const struct yaml_node *node;
};

struct reading;

/* Borrows all three until reading_free. */
struct reading *reading_new(struct scan *scan, struct words *words,
			    const struct leaf *leaves, size_t leaf_count);
void reading_free(struct reading *r); /* accepts NULL */
DEFINE_OWNED(struct reading, reading_free)

/* Reads title, text and display name, which are valid UTF-8 and stay until the next reading. */
void reading_read(struct reading *r, const struct record *record);

/* The leaves that were found, each once. */
size_t reading_count(const struct reading *r);
uint32_t reading_leaf(const struct reading *r, size_t index);
bool reading_has(const struct reading *r, uint32_t leaf);

/* Where the leaf was found, in the author's own bytes. */
void reading_evidence(struct reading *r, uint32_t leaf, struct hit *hit);

/* Asks of the places of the leaf, each with what was found there and the sentence that it
 * stands in, both as fold.h's match. A sentence ends at a stop and a blank, or at the end
 * of a line, and READING_SENTENCE_MAX bytes away. True once `counts` says so. */
#define READING_SENTENCE_MAX 200

struct reading_place {
	struct span found, sentence;
};

bool reading_ask(struct reading *r, uint32_t leaf,
		 bool (*counts)(void *context, const struct reading_place *place),
		 void *context);

/* A field as fold.h's match; empty where the record has none. */
struct span reading_match(const struct reading *r, enum field field);

/* What was read of it besides (evasion.h's text); empty for most. */
struct span reading_hidden(const struct reading *r, enum field field);

#endif
