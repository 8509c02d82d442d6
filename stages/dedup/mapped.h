/* mapped.h - a file of equal items behind a header, in one map; and only a cache.
 *
 * What the sketches and the bands of near duplicates lie in. The caller says what an item
 * is, and how it sees that one is damaged.
 *
 * Shape:  header of 4096 bytes: one sector with a CRC32C that seldom changes, and two words
 *	with checks that change with every commit; then `capacity` items, all allocated
 *	(a full disk is an error here, and no SIGBUS later).
 * Last:   mapped_cover says how many items count, and that all records up to a seq are in
 *	them. mapped_sync writes the pages and then says so. After the death of the process
 *	the page cache still has everything: MAPPED_WARM. After a power cut, or in a copy
 *	(place.h), pages may be older, and what is there counts as it was synced:
 *	MAPPED_COLD, and the caller looks at each item.
 * Check:  version, kind, size of an item, parameters and journal must be the caller's:
 *	ST_EVERSION or ST_ECORRUPT, and the caller removes the file and makes it again.
 * Alone:  one process has the file open; no threads.
 */
#ifndef MAPPED_H
#define MAPPED_H

#include "status.h"

#define MAPPED_KIND_BYTES 8

struct mapped_kind {
	char name[MAPPED_KIND_BYTES]; /* "sketches" */
	uint32_t item_bytes;
	uint64_t parameters; /* hash of everything that the items depend on */
	uint64_t journal_id;
};

enum mapped_state { MAPPED_NEW, MAPPED_WARM, MAPPED_COLD };

struct mapped;

/* Opens, or makes a file with room for `capacity` items, all zero. */
enum status mapped_open(struct mapped **ret, enum mapped_state *ret_state,
			const char *path, const struct mapped_kind *kind,
			uint64_t capacity, struct err *err) MUST_CHECK;
/* One that gets its name by mapped_name: until then it is `path`.new, its items are in memory
 * only, and it is gone when it is closed without. */
enum status mapped_make(struct mapped **ret, const char *path,
			const struct mapped_kind *kind, uint64_t capacity,
			struct err *err) MUST_CHECK;
enum status mapped_name(struct mapped *m, struct err *err) MUST_CHECK;
void mapped_close(struct mapped *m); /* syncs nothing; accepts NULL */
DEFINE_OWNED(struct mapped, mapped_close)

enum status mapped_remove(const char *path, struct err *err) MUST_CHECK;

/* The items, until the next mapped_grow, mapped_name or mapped_close. */
void *mapped_items(const struct mapped *m);
uint64_t mapped_capacity(const struct mapped *m);
uint64_t mapped_bytes(const struct mapped *m); /* of the file */

/* More room at the end. A failure leaves everything as it was. */
enum status mapped_grow(struct mapped *m, uint64_t capacity, struct err *err) MUST_CHECK;

uint64_t mapped_count(const struct mapped *m);
uint64_t mapped_covered(const struct mapped *m);
void mapped_cover(struct mapped *m, uint64_t count, uint64_t seq);

/* Everything up to covered is on the disk. A failure is final: close, remove, make again. */
enum status mapped_sync(struct mapped *m, struct err *err) MUST_CHECK;

#endif
