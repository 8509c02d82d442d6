/* twin.h - made sketches for an index, and what an index finds that never commits.
 *
 * Sketch `seq` is a function of seq: of one of some families whose signatures have bands in
 * common, more leaders than a key may have among them; some come again. Each step finds,
 * adds and spreads as near.c does. Where a call fails, the test fails.
 *
 *	struct twin t;
 *	twin_init(&t);				one that never commits
 *	twin_step(&t, x, seq, TWIN_ALL);	finds the same as that one did
 */
#ifndef TWIN_H
#define TWIN_H

#include "../../stages/dedup/index.h"

#define TWIN_SEQS_MAX	2000
#define TWIN_JOURNAL	UINT64_C(0x99AABBCCDDEEFF00)
#define TWIN_PARAMETERS UINT64_C(0x1122334455667788)

struct twin {
	/* Hashes of what was found for each seq: who, and with their spread. */
	uint64_t who[TWIN_SEQS_MAX], all[TWIN_SEQS_MAX];
};

/* What is replayed can have got its spread before the kill. */
enum twin_what { TWIN_WHO, TWIN_ALL };

void twin_init(struct twin *t); /* in scratch_dir */
struct index *twin_open(const char *data, uint64_t *ret_from);
void twin_step(const struct twin *t, struct index *x, uint64_t seq, enum twin_what what);

/* Leaders among those up to seq. */
uint64_t twin_leaders(uint64_t seq);

/* The signature of a record, and whether it is added at all. */
bool twin_sketch(struct sketch *ret, uint64_t seq);

#endif
