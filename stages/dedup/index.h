/* index.h - signatures of everything seen, and which of them have a band in common.
 *
 * Three files (sketches.h, slots.h) hold what is committed; rings in memory (recent.h) the
 * rest, in which nobody can tell a difference: what is found does not depend on what was
 * committed when, nor on the size of a table.
 *
 * Shape:  near.sketches, all signatures; near.bands, from a band to the leaders that have
 *	it, at most INDEX_A_KEY for one band; near.texts, from a whole signature to all
 *	that have it, leaders or not.
 * Last:   slots are covered and synced before sketches, and made again from them whenever
 *	they are behind, damaged, or were on the disk alone (a power cut). Sketches that
 *	are damaged are ST_ECORRUPT: index_remove, and read everything again.
 */
#ifndef INDEX_H
#define INDEX_H

#include "sketches.h"

#define INDEX_A_KEY	     4
#define INDEX_CANDIDATES_MAX 1024

struct index;

enum status index_open(struct index **ret, uint64_t *ret_from, const char *data,
		       uint64_t journal_id, uint64_t parameters,
		       struct err *err) MUST_CHECK;
void index_close(struct index *x); /* syncs nothing; accepts NULL */
DEFINE_OWNED(struct index, index_close)
enum status index_remove(const char *data, struct err *err) MUST_CHECK;

struct candidate {
	uint32_t ordinal;
	unsigned alike; /* components of the signature, of SIGNATURE_BYTES */
	struct sketch sketch;
};

/* Those that have a band in common with the signature, or all of it. */
struct candidates {
	size_t count;
	struct candidate at[INDEX_CANDIDATES_MAX];
	uint8_t leaders[SIGNATURE_BANDS]; /* that have this band */
};

enum status index_find(struct index *x, const uint8_t signature[SIGNATURE_BYTES],
		       struct candidates *ret, struct err *err) MUST_CHECK;

/* Adds a sketch; `leaders` is what index_find said, and decides whether a leader gets into a
 * band. seqs ascend. */
enum status index_add(struct index *x, const struct sketch *sketch,
		      const uint8_t leaders[SIGNATURE_BANDS], struct err *err) MUST_CHECK;

/* Another author, another subject has come with this text (bits, sketches.h), by `seq`. */
void index_spread(struct index *x, uint32_t ordinal, uint16_t authors, uint16_t subjects,
		  uint64_t seq);

/* The review of this seq is erased: nothing of its text stays. Nothing happens where it is
 * not there. */
enum status index_forget(struct index *x, uint64_t seq, struct err *err) MUST_CHECK;

enum status index_commit(struct index *x, uint64_t seq, struct err *err) MUST_CHECK;
enum status index_sync(struct index *x, struct err *err) MUST_CHECK;

/* Makes the slots again from the sketches, as a start does after a power cut. */
enum status index_rebuild(struct index *x, struct err *err) MUST_CHECK;

uint64_t index_texts(const struct index *x);   /* committed */
uint64_t index_leaders(const struct index *x); /* committed */
uint64_t index_bytes(const struct index *x);   /* of the files */

#endif
