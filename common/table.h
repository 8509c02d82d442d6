/* table.h - a mapped hash table of 64-byte lines that lasts, and is only a cache.
 *
 * collect keeps its idempotency keys in one, dedup its exact index and its arrival counts.
 * The truth is elsewhere (journal, store): a table that is lost, damaged or of another
 * version is made again from there. What the caller gets in return: one cache line a
 * look-up, no memory of its own (the pages are the file's), a clean open at once.
 *
 * Shape:  file = header of 4096 bytes, then 2^k lines of 64 bytes, open addressing with
 *         linear probing, load at most 0.65, grown by making a file of twice the size
 *         beside it and renaming. The whole file is allocated (posix_fallocate), so a full
 *         disk is an error here and never a SIGBUS later.
 * Line:   key[16], seq (u64 LE: the newest record that touched this line), value[40].
 *         key is a keyed hash, spread evenly; all-zero never occurs.
 * Order:  changes come in seq order. A line whose seq is not below a change's has seen it
 *         already: replaying any tail over the table gives the same table. So the table
 *         may be ahead of `covered`, never behind it.
 * Last:   table_cover(seq) says that all records up to seq are in. table_sync writes the
 *         pages, then records that seq as synced. After the death of the process the
 *         page cache still has everything: the next open goes on from covered. After a
 *         power cut, or when the file was copied (boot id, device or inode differ), pages
 *         may be older: the next open goes on from synced.
 * Check:  header has a CRC32C; version, line format, parameter hash must be the caller's.
 *         A table that fails any of it is refused with ST_ECORRUPT or ST_EVERSION; the
 *         caller removes it and rebuilds.
 * Errors: a file that shrinks under us is a bug; all other failures are returned.
 */
#ifndef TABLE_H
#define TABLE_H

#include "status.h"

#define TABLE_KEY_BYTES	  16
#define TABLE_VALUE_BYTES 40

struct table;

struct table_line {
	uint8_t key[TABLE_KEY_BYTES];
	uint8_t seq[8]; /* u64 LE, table_seq() reads it */
	uint8_t value[TABLE_VALUE_BYTES];
};

/* Opens or creates. `parameters` is a hash of everything that the lines depend on (fold
 * version, key, format): another value than the file's is ST_EVERSION. `journal_id` names
 * the order whose seqs are meant; another one is ST_EVERSION too.
 * *ret_from: replay every record with a seq above it. */
enum status table_open(struct table **ret, uint64_t *ret_from, const char *path,
		       uint64_t parameters, uint64_t journal_id, struct err *err) MUST_CHECK;
void table_close(struct table *t); /* syncs nothing; accepts NULL */
DEFINE_OWNED(struct table, table_close)

/* The line of a key, or NULL. Borrowed until the next table_put or table_close. */
const struct table_line *table_find(const struct table *t, const uint8_t key[TABLE_KEY_BYTES]);

/* The line of a key to be written for record `seq`, made (value zeroed) where there is
 * none. *ret_value is NULL when this line has seen `seq` already. May grow the table. */
enum status table_put(struct table *t, const uint8_t key[TABLE_KEY_BYTES], uint64_t seq,
		      uint8_t **ret_value, struct err *err) MUST_CHECK;

/* Takes a key out (erasure): its line is overwritten and the chain behind it closed. */
void table_remove(struct table *t, const uint8_t key[TABLE_KEY_BYTES]);

void table_cover(struct table *t, uint64_t seq);
uint64_t table_covered(const struct table *t);
enum status table_sync(struct table *t, struct err *err) MUST_CHECK;

uint64_t table_lines(const struct table *t); /* lines in use */
uint64_t table_bytes(const struct table *t); /* of the file */

/* Gets the lines of these keys into the cache before they are needed. */
void table_prefetch(const struct table *t, const uint8_t key[TABLE_KEY_BYTES]);

#endif
