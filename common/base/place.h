/* place.h - where a file lies, and since when the machine runs.
 *
 * Who writes a file through a map, and syncs it seldom, goes on after the death of the
 * process from what the page cache holds. That is only there while the machine runs and
 * the file is the same one: the place is written into the file, and compared when it is
 * opened again. Another place: a power cut lies between, or it is a copy.
 */
#ifndef PLACE_H
#define PLACE_H

#include "status.h"

#define PLACE_BOOT_BYTES 36 /* /proc/sys/kernel/random/boot_id */
#define PLACE_BYTES	 (24 + PLACE_BOOT_BYTES)

struct place {
	uint64_t device; /* st_dev */
	uint64_t inode;	 /* st_ino */
	uint64_t
		born_ns; /* birth of the inode, whose number may come again; 0: unknown */
	uint8_t boot[PLACE_BOOT_BYTES]; /* all zero: unknown, which is never the same */
};

enum status place_find(struct place *ret, int fd, struct err *err) MUST_CHECK;
bool place_same(const struct place *a, const struct place *b);

/* As it stands in a file. */
void place_put(uint8_t to[PLACE_BYTES], const struct place *place);
void place_get(struct place *ret, const uint8_t from[PLACE_BYTES]);

#endif
