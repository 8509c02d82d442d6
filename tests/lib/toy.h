/* toy.h - a toy journal that drives a table, and its model; for the table's tests.
 *
 * Record `seq` counts on one key, or removes it, as a function of seq alone. A count shows
 * a record that was lost and one that was applied twice. The model is the same journal
 * over plain arrays. Where a call fails, the test fails.
 */
#ifndef TOY_H
#define TOY_H

#include "buf.h"
#include "table.h"

#define TOY_PARAMETERS	 0x1122334455667788
#define TOY_JOURNAL_ID	 0x99AABBCCDDEEFF00
#define TOY_KEYS_MAX	 20000
#define TOY_HEADER_BYTES 4096
#define TOY_FILE_BUF	 BUF_INIT((size_t)64 << 20)

struct toy_model {
	uint64_t seq;		/* records applied */
	uint64_t keys;		/* key numbers in use, up to TOY_KEYS_MAX */
	uint64_t live;		/* keys that are there */
	unsigned remove_one_in; /* records */
	struct {
		uint64_t count, trace;
	} of[TOY_KEYS_MAX]; /* count 0: not there */
};

struct toy_model *toy_model_new(uint64_t keys, unsigned remove_one_in); /* for freep */
void toy_model_apply(struct toy_model *m, uint64_t upto);

uint64_t toy_mix(uint64_t a, uint64_t b); /* spread evenly, the same for ever */
void toy_key(uint8_t ret[TABLE_KEY_BYTES], uint64_t number);

void toy_apply_record(struct table *t, const struct toy_model *m, uint64_t seq);
/* Records after+1..upto, each covered. */
void toy_apply(struct table *t, const struct toy_model *m, uint64_t after, uint64_t upto);
void toy_assert_same(const struct table *t, const struct toy_model *m);

struct table *toy_open(const char *path, uint64_t *ret_from);
enum status toy_try_open(const char *path, uint64_t parameters, uint64_t journal_id);

void toy_read_bytes(struct buf *ret, const char *path);
/* Another inode than that of the table the bytes came from, while that stands: as after cp
 * or another boot, the pages may be old. */
void toy_write_bytes(const char *path, struct span bytes);
void toy_overwrite(const char *path, const void *bytes, size_t len, uint64_t offset);

extern char toy_directory[256];
char *toy_path(const char *name); /* in the directory; for freep */
int toy_make_directory(void **state);
int toy_remove_directory(void **state);

#endif
