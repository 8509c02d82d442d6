/* near.h - which earlier reviews have nearly this text? Over everything seen.
 *
 * A text's signature (signature.h) has 20 bands of four bytes. Who shares a band with an
 * earlier text is a candidate; the best of them by their signatures are compared exactly
 * (overlap.h) with what the store has of them. So what is found is exact, and what a
 * signature misses is rare (docs/DEDUP.md has the figures).
 *
 * A text that is like one already found leads no group of its own: only leaders are in the
 * bands, at most NEAR_A_KEY with one key. A template sent a million times therefore costs
 * as much as one sent twice. A text that is like its leader, but not equal to any that is
 * there, can be found when it comes again word for word; of those with one signature (a
 * letter of a long text changed), the first NEAR_FOUND_MAX.
 *
 * Reviews are compared within their site alone: its name is mixed into the signature.
 *
 * State:  near.sketches (sketches.h), near.bands and near.texts (slots.h) in the data
 *	directory: what is committed, and only a cache. Of what is not committed yet,
 *	memory (recent.h, earlier.h), made again from what collect hands out again. What
 *	is found depends on the earlier records alone, not on when they were committed, nor
 *	on the size of a table.
 * Errors: ST_ECORRUPT is a sketch whose check is wrong. near_remove, and what it was made
 *	from must be read again. Damage of slots is repaired here, from the sketches.
 */
#ifndef NEAR_H
#define NEAR_H

#include "earlier.h"
#include "overlap.h"
#include "sketches.h"

#define NEAR_FOUND_MAX 8
#define NEAR_A_KEY     4

struct near_options {
	uint32_t similar; /* Jaccard, in millionths: what is reported */
	uint32_t leader;  /* and what leads no group of its own */
};

struct near_kind {
	const char *data; /* directory */
	uint64_t journal_id;
	uint64_t parameters; /* hash of what the texts depend on: fold, key, formats */
	uint64_t seed;	     /* secret */
};

struct near_match {
	uint32_t ordinal;
	struct said said; /* its text is not there any more */
	struct overlap_sizes sizes;
	uint32_t jaccard; /* millionths */
	bool equal;	  /* the very same text, folded */
	uint16_t authors; /* bits: at least so many authors and subjects have said it */
	uint16_t subjects;
};

/* The most alike first; of equals, the earliest. */
struct near_found {
	size_t count;
	struct near_match match[NEAR_FOUND_MAX];
};

struct near;

/* *ret_from: replay every record with a seq above it. `earlier` is borrowed. */
enum status near_open(struct near **ret, uint64_t *ret_from, const struct near_kind *kind,
		      const struct near_options *options, struct earlier *earlier,
		      struct err *err) MUST_CHECK;
void near_close(struct near *n); /* syncs nothing; accepts NULL */
DEFINE_OWNED(struct near, near_close)
enum status near_remove(const char *data, struct err *err) MUST_CHECK;

/* Looks for what is like `mine`, and remembers it. A text without characters is like
 * nothing, and is not remembered; what was there when the index was opened is passed over.
 * seqs ascend. */
enum status near_look(struct near *n, const struct said *mine, struct near_found *ret,
		      struct err *err) MUST_CHECK;

/* Everything up to seq is in the store. */
enum status near_commit(struct near *n, uint64_t seq, struct err *err) MUST_CHECK;
enum status near_sync(struct near *n, struct err *err) MUST_CHECK;

/* The review of this seq is erased: nothing of its text stays. (A review that turns out to
 * be erased when it is to be compared is forgotten by itself.) */
enum status near_forget(struct near *n, uint64_t seq, struct err *err) MUST_CHECK;

struct near_figures {
	uint64_t texts, leaders;	       /* committed */
	uint64_t bytes;			       /* of the files */
	uint64_t looked, candidates, compared; /* since it was opened */
};
void near_figures(const struct near *n, struct near_figures *ret);

#endif
