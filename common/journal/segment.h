/* segment.h - the bytes of one file of the journal: its head, its entries, stepping through.
 *
 * Shape:  journal.h has the layout in words, docs/JOURNAL.md byte by byte. This file is the
 *	only one that knows it; the writer (journal.c) and the reader (journal_read.c) meet here.
 * State:  none. A cursor keeps one read buffer and may run beside the writer: what is not
 *	there yet, or half written, is looked at again by the next call.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "journal.h"

#define SEGMENT_FORMAT	   1
#define SEGMENT_HEAD_BYTES 4096

/* What stands in front of the entries. Written once, never changed. */
struct segment_head {
	uint64_t journal_id;
	uint64_t first_seq;
	uint64_t
		previous_first_seq; /* of the segment before this; 0: there never was one */
	uint64_t previous_end;	    /* bytes in use there: offset behind its last entry */
	int64_t created_at;	    /* ms UTC */
	int64_t last_received_at;   /* of record first_seq - 1; 0: none */
	uint8_t rules[JOURNAL_HASH_BYTES]; /* in force before first_seq; zero: none */
	uint8_t policy[JOURNAL_HASH_BYTES];
};

void segment_head_format(uint8_t ret[SEGMENT_HEAD_BYTES],
			 const struct segment_head *head);

char *segment_path(const char *dir, uint64_t first_seq); /* the caller frees it */
uint64_t segment_seq_of_name(const char *name);		 /* 0: no segment's name */

/* Opens a segment (`mode`: O_RDONLY or O_RDWR) and reads its head.
 * Errors: ST_ENOTFOUND, ST_ECORRUPT, ST_EVERSION, ST_EIO; err names the file. */
enum status segment_open(int *ret_fd, struct segment_head *ret_head, const char *path,
			 int mode, struct err *err) MUST_CHECK;

/* The segments of a directory, oldest first. A directory that is not there has none. */
struct segment_list {
	uint64_t *first_seq;
	size_t count;
};

enum status segment_list_read(struct segment_list *ret, const char *dir,
			      struct err *err) MUST_CHECK;
void segment_list_release(struct segment_list *list);

/* The place in the list of the segment that holds `seq` if any does; list->count: seq is
 * before the oldest. */
size_t segment_list_find(const struct segment_list *list, uint64_t seq);

/* --- writing: entries are built at the end of a buffer ----------------------------------- */

/* `rules` and `policy`: in force after this record; both NULL where it changes nothing. */
void segment_put_record(struct buf *out, struct span record, const uint8_t *rules,
			const uint8_t *policy);
void segment_put_mark(struct buf *out, uint64_t seq, const char *reason);

/* --- reading ---------------------------------------------------------------------------- */

struct segment_cursor {
	int fd;
	uint64_t offset; /* of the next entry */
	uint8_t *buffer;
	uint64_t buffer_offset; /* in the file */
	size_t buffer_len;
	size_t step; /* bytes to ask for next */
};

enum segment_found {
	SEGMENT_NOTHING, /* zeros, or the end of the file */
	SEGMENT_BAD, /* something that does not check: torn, half written, or damaged */
	SEGMENT_RECORD,
	SEGMENT_MARK,
};

/* Spans and pointers borrow the cursor's buffer until its next call. */
struct segment_entry {
	uint64_t offset;
	bool first; /* of its group: everything before it was synced when it was written */
	uint64_t seq;
	/* SEGMENT_RECORD */
	int64_t received_at;
	struct span clear; /* head, site, principal */
	struct span sealed;
	uint64_t secret_offset; /* in the file */
	const uint8_t *rules;	/* NULL: nothing changes */
	const uint8_t *policy;
	/* SEGMENT_MARK */
	const char *reason;
};

/* Begins at the first entry of the open file, which stays the caller's. */
void segment_cursor_init(struct segment_cursor *ret, int fd);
void segment_cursor_start(struct segment_cursor *c,
			  int fd); /* another file, same buffer */
void segment_cursor_release(struct segment_cursor *c);

/* Steps over an entry that checks; stays where there is none, and reads the file afresh
 * next time. Errors: ST_EIO, ST_EVERSION (an entry type that is not known here). */
enum status segment_next(struct segment_cursor *c, enum segment_found *ret,
			 struct segment_entry *ret_entry, struct err *err) MUST_CHECK;

/* What stands behind the last entry that checks, from the cursor's offset to the end of
 * the file. *ret_torn: bytes up to the last word that is not zero. *ret_group: offset of
 * a whole group behind the damage (which then was synced once, and is no torn tail), or 0. */
enum status segment_rest(const struct segment_cursor *c, uint64_t *ret_torn,
			 uint64_t *ret_group, struct err *err) MUST_CHECK;

#endif
