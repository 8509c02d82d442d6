/* cluster.h - one cluster of duplicates with its members, grouped by what they say.
 *
 * A group is of those members between whose texts and white space there is no difference
 * (text_diff_hash). The group of the first text comes first, then the largest; members are in
 * the order in which they came. Authors get labels in the same order, from 1 on: who
 * shares a label shares site, source and author_ref. What an erasure took away is not there.
 *
 * Read page by page, by key: no read transaction lasts longer than a page. Texts are read for whoever
 * shows them, one at a time.
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include "buf.h"
#include "findings.h"
#include "store.h"
#include "uuid.h"

struct cluster_member {
	int64_t n, received_at; /* ms UTC */
	size_t group;		/* number of its group */
	unsigned author;	/* label; 0: unknown, or erased */
	char id[UUID_TEXT_BYTES];
	char *author_ref;			   /* NULL: unknown, or not asked for */
	char *source, *supplier, *subject, *state; /* "" where there is none */
	/* What dedup compared it with: the first text, or the best candidate. */
	char earlier[UUID_TEXT_BYTES]; /* "": nothing, it is the first */
	struct duplicate likeness;     /* seq and id are not filled in */
};

struct cluster_group {
	int64_t example; /* n of the first member */
	size_t count;
	size_t order; /* in which groups are shown, from 0 */
};

/* Numbers for hashes, from 1 on in the order in which they come. In memory only: that two of a
 * cluster have one hash of 64 bits does not happen. */
struct cluster_labels {
	uint64_t *hashes;   /* by label - 1 */
	uint32_t *at;	    /* open addressing: label, or 0 */
	size_t count, room; /* room: of `at`, a power of two */
};

struct cluster {
	struct cluster_member *members;
	size_t count, room;
	struct cluster_group *groups; /* in the order in which they came */
	size_t group_count, group_room;
	size_t *shown; /* numbers of the groups in the order in which they are shown */
	struct cluster_labels authors,
		texts; /* a text's label: number of its group + 1 */
};

/* The n of the first review of the cluster that `id` names: a cluster by its first review's id,
 * or a review in it. *ret_other: another one that it belongs to, too; 0: none. Errors: ST_EMALFORMED
 * (no id), ST_ENOTFOUND (no such review, or nothing was found like it), those of the store. */
enum status cluster_named(int64_t *ret, int64_t *ret_other, struct store *store,
			  const char *id, struct err *err) MUST_CHECK;

/* `author_refs`: whether they are kept. Errors: those of the store. */
enum status cluster_load(struct cluster *ret, struct store *store, int64_t cluster,
			 bool author_refs, struct err *err) MUST_CHECK;
void cluster_release(struct cluster *c);

/* The text of review n as it was submitted first; *ret_there false: it is not kept. */
enum status cluster_text(struct buf *ret, bool *ret_there, struct store *store, int64_t n,
			 struct err *err) MUST_CHECK;

#endif
