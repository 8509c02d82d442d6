/* clusters.h - which clusters of duplicates there are (docs/STORE.md), as a list.
 *
 * Read page by page, by key: no read transaction lasts longer than one cluster takes.
 */
#ifndef CLUSTERS_H
#define CLUSTERS_H

#include "findings.h"
#include "store.h"
#include "uuid.h"

enum clusters_sort { CLUSTERS_BY_SIZE, CLUSTERS_NEWEST, CLUSTERS_BY_SUPPLIERS };

extern const char *const clusters_sort_names[]; /* NULL-ended */

/* NULL, 0: whatever it is. */
struct clusters_filter {
	const char *supplier, *author,
		*site;		  /* of one member at least; site: of the first */
	enum duplicate_kind kind; /* of one member at least */
	int64_t since, until; /* ms UTC: something came at since or later, before until */
	int64_t min_size;
	enum clusters_sort sort;
};

struct clusters_row {
	int64_t cluster;	  /* n of the first review */
	char id[UUID_TEXT_BYTES]; /* of that */
	char *site, *kinds;	  /* kinds: names, comma-separated */
	int64_t size, authors, suppliers, subjects;
	int64_t first_ms, last_ms; /* received_at, UTC */
	double lowest; /* Jaccard, 0..1, of a member and the earlier text that it is like */
};

struct clusters {
	struct clusters_row *rows;
	size_t count, room;
};

/* All that pass, sorted. Errors: those of the store. */
enum status clusters_read(struct clusters *ret, struct store *store,
			  const struct clusters_filter *filter,
			  struct err *err) MUST_CHECK;
void clusters_release(struct clusters *c);

/* One. ST_ENOTFOUND: n begins none. */
enum status clusters_find(struct clusters_row *ret, struct store *store, int64_t n,
			  struct err *err) MUST_CHECK;
void clusters_row_release(struct clusters_row *row);

#endif
