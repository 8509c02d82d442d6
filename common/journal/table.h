/* table.h - a mapped hash table of 64-byte lines that lasts, and is only a cache.
 *
 * collect keeps its idempotency keys in one, dedup its exact index and its arrival counts.
 * The truth is elsewhere (journal, store): a table that is lost, damaged or of another
 * version is made again from there. What the caller gets in return: one cache line a
 * look-up, no memory of its own (the pages are the file's), a clean open at once.
 *
 * Shape:  file = header of 4096 bytes, then 2^k lines of 64 bytes, open addressing with
 *         linear probing, load at most 0.65, grown by making a file of twice the size
 *         beside it (path.new) and renaming. The whole file is allocated
 *         (posix_fallocate), so a full disk is an error here and never a SIGBUS later.
 * Line:   key[16], seq (the newest record that touched this line), check, value[40].
 *         key is a keyed hash, spread evenly; all-zero never occurs.
 * Order:  changes come in seq order, a removal being a change of its record as any other.
 *         A line whose seq is not below a change's has seen it already: replaying any
 *         tail over the table gives the same table. So the table may be ahead of
 *         `covered`, never behind it. A line is changed as a whole or not at all, whenever
 *         the process dies: a value may be made from the one before (a count).
 * Last:   table_cover(seq) says that all records up to seq are in. table_sync writes the
 *         pages, then records that seq as synced. After the death of the process the
 *         page cache still has everything: the next open goes on from covered, and reads
 *         no line. After a power cut, or when the file was copied (boot id, device,
 *         inode or its birth differ), pages may be older: the next open reads and checks
 *         each line and goes on from synced.
 * Check:  header has a CRC32C; version, line format, parameter hash must be the caller's.
 *         A table that fails any of it is refused with ST_ECORRUPT or ST_EVERSION; the
 *         caller removes it and rebuilds.
 * Alone:  one process has the file open (file_lock is the caller's); no threads.
 * Errors: a file that shrinks under us is a bug; all other failures are returned.
 */
#ifndef TABLE_H
#define TABLE_H

#include "status.h"

#define TABLE_KEY_BYTES	  16
#define TABLE_VALUE_BYTES 40
#define TABLE_SEQ_MAX	  (((uint64_t)1 << 48) - 1)

struct table;

struct table_line {
	uint8_t key[TABLE_KEY_BYTES];
	uint8_t seq[6];	  /* u48 LE, 1..TABLE_SEQ_MAX; table_seq() reads it */
	uint8_t check[2]; /* of the other 62 bytes: finds a line torn by a power cut */
	uint8_t value[TABLE_VALUE_BYTES];
};

static inline uint64_t table_seq(const struct table_line *line)
{
	return get_le32(line->seq) | (uint64_t)get_le16(line->seq + 4) << 32;
}

/* Opens or creates. `parameters` is a hash of everything that the lines depend on (fold
 * version, key, format): another value than the file's is ST_EVERSION. `journal_id` names
 * the order whose seqs are meant; another one is ST_EVERSION too.
 * *ret_from: replay every record with a seq above it. */
enum status table_open(struct table **ret, uint64_t *ret_from, const char *path,
		       uint64_t parameters, uint64_t journal_id,
		       struct err *err) MUST_CHECK;
void table_close(struct table *t); /* syncs nothing; accepts NULL */
DEFINE_OWNED(struct table, table_close)

/* The line of a key, or NULL. Borrowed until the next table_put, table_remove or
 * table_close. */
const struct table_line *table_find(const struct table *t,
				    const uint8_t key[TABLE_KEY_BYTES]);

/* Gives the line of a key this value for record `seq`, made where there is none; leaves a
 * line that has seen `seq` as it is. A value that depends on the one before is made from
 * table_find's. May grow the table; a failure is a failed growth, the table is unchanged
 * and can still be read. `value` must not point into the table. */
enum status table_put(struct table *t, const uint8_t key[TABLE_KEY_BYTES], uint64_t seq,
		      const uint8_t value[TABLE_VALUE_BYTES], struct err *err) MUST_CHECK;

/* Grows the table now, if so many keys more would make it grow: who cannot go back when a
 * put fails asks before. Fails as a growth does, and the table is unchanged. */
enum status table_reserve(struct table *t, uint64_t keys, struct err *err) MUST_CHECK;

/* Takes a key out (erasure): its line is overwritten. The slot is used again after the
 * next growth. Nothing happens where the key is not there. */
void table_remove(struct table *t, const uint8_t key[TABLE_KEY_BYTES]);

void table_cover(struct table *t, uint64_t seq); /* never goes back */
uint64_t table_covered(const struct table *t);

/* Everything up to covered is on the disk. As with every fsync, a failure is final: close
 * the table, remove it, rebuild. */
enum status table_sync(struct table *t, struct err *err) MUST_CHECK;

uint64_t table_lines(const struct table *t); /* keys that are there */
uint64_t table_bytes(const struct table *t); /* of the file */

/* Gets the lines of these keys into the cache before they are needed. */
void table_prefetch(const struct table *t, const uint8_t key[TABLE_KEY_BYTES]);

#endif
