#include "ordinals.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "table.h"

struct ordinals {
	struct table *table;
	char *directory, *path;
	uint64_t rows; /* so far: the order that the table asks for */
};

void ordinals_close(struct ordinals *o)
{
	if (!o)
		return;
	table_close(o->table);
	if (o->path)
		(void)unlink(o->path); /* may never have come to be */
	if (o->directory)
		(void)rmdir(o->directory);
	free(o->path);
	free(o->directory);
	free(o);
}

enum status ordinals_open(struct ordinals **ret, struct err *err)
{
	OWNED(ordinals_closep) struct ordinals *o = xcalloc(1, sizeof(*o));
	const char *base = getenv("TMPDIR");
	OWNED(freep)
	char *pattern =
		xasprintf("%s/normavis-import.XXXXXX", base && *base ? base : "/tmp");
	uint64_t from;

	if (!mkdtemp(pattern))
		return err_sys(err, ST_EIO, errno, "%s", pattern);
	o->directory = TAKE(pattern);
	o->path = xasprintf("%s/ordinals", o->directory);
	enum status st = table_open(&o->table, &from, o->path, 0, 0, err);
	if (st)
		return st;
	*ret = TAKE(o);
	return ST_OK;
}

static enum status count(struct ordinals *o, const uint8_t *hash, uint64_t *ret,
			 struct err *err)
{
	/* Half of the hash spreads well enough, and two rows that share it would have to
	 * be made for it: they would get each other's ordinals, and still different ids. */
	const struct table_line *line = table_find(o->table, hash);
	uint8_t value[TABLE_VALUE_BYTES] = {0};

	*ret = 1 + (line ? get_le64(line->value) : 0);
	put_le64(value, *ret);
	return table_put(o->table, hash, ++o->rows, value, err);
}

enum status ordinals_next(struct ordinals *o, struct span content,
			  char ret[ORDINALS_ID_BYTES], struct err *err)
{
	uint8_t hash[SHA256_BYTES];
	char hex[HEX_BYTES(SHA256_BYTES)];
	uint64_t ordinal;

	sha256(hash, content);
	enum status st = count(o, hash, &ordinal, err);
	snprintf(ret, ORDINALS_ID_BYTES, "%s-%" PRIu64,
		 hex_format(hex, hash, SHA256_BYTES), ordinal);
	return st;
}
