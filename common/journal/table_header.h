/* table_header.h - the first page of a table's file; only table.c uses it.
 *
 * Shape:  bytes 0..511     what seldom changes, with a CRC32C; written by one pwrite of
 *                          one sector, which neither a kill nor a power cut divides
 *         bytes 1024..1151 what changes with every line, in the map, as sealed words: 48
 *                          bits and a check in one 8-byte store. Valid only where the
 *                          page cache outlived the process (table.c)
 *         the rest         zero, never read
 */
#ifndef TABLE_HEADER_H
#define TABLE_HEADER_H

#include "place.h"
#include "table.h"

#include <endian.h>

#define TABLE_HEADER_BYTES 4096
#define TABLE_HOT_OFFSET   1024

struct table_header {
	uint32_t capacity_log2; /* of the lines, TABLE_LOG2_MIN..TABLE_LOG2_MAX */
	uint64_t parameters;
	uint64_t journal_id;
	uint64_t synced; /* every record up to this seq is on the disk */
	struct place place;
};

#define TABLE_LOG2_MIN 12
#define TABLE_LOG2_MAX 40

/* In the map. The words are sealed; slot is 1 + the line's index, 0 for none. */
struct table_hot {
	struct table_line intent_line;
	uint64_t intent_slot, intent_live, intent_filled;
	uint64_t covered, live, filled;
	uint8_t unused[16];
};

static inline uint64_t table_word_seal(uint64_t value)
{
	uint64_t check = (value * 0x9E3779B97F4A7C15 ^ 0xA5A5A5A5A5A5A5A5) >> 48;

	return htole64(value | check << 48);
}

static inline bool table_word_open(uint64_t *ret, uint64_t sealed)
{
	*ret = le64toh(sealed) & TABLE_SEQ_MAX;
	return table_word_seal(*ret) == sealed;
}

/* ST_ECORRUPT: not a whole header of a table, or the file has not the size it says.
 * ST_EVERSION: another format. */
enum status table_header_read(struct table_header *ret, int fd,
			      struct err *err) MUST_CHECK;
enum status table_header_write(const struct table_header *h, int fd,
			       struct err *err) MUST_CHECK;

uint64_t table_header_file_bytes(const struct table_header *h);

#endif
