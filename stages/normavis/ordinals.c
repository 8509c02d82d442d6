#include "ordinals.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "table.h"

#define DIRECTORY "normavis-import."

struct ordinals {
	struct table *table;
	struct fast_key key;
	char *directory, *path;
	int lock;
	uint64_t rows; /* so far: the order that the table asks for */
};

static const char *base_directory(void)
{
	const char *base = getenv("TMPDIR");

	return base && *base ? base : "/tmp";
}

/* What may never have come to be is no error. */
static void remove_directory(const char *directory)
{
	static const char *const files[] = {"ordinals", "ordinals.new", "lock"};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		OWNED(freep) char *path = xasprintf("%s/%s", directory, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(directory);
}

void ordinals_close(struct ordinals *o)
{
	if (!o)
		return;
	table_close(o->table);
	if (o->directory)
		remove_directory(o->directory);
	file_close(&o->lock);
	free(o->path);
	free(o->directory);
	explicit_bzero(&o->key, sizeof(o->key));
	free(o);
}

/* --- what killed imports left ----------------------------------------------------------- */

/* Ours, and nobody holds it. One that has no table yet is being made, or is empty. */
static void remove_if_dead(const char *directory)
{
	OWNED(freep) char *table = xasprintf("%s/ordinals", directory);
	OWNED(freep) char *path = xasprintf("%s/lock", directory);
	OWNED(file_close) int lock = -1;
	struct stat info;

	if (lstat(directory, &info) != 0 || !S_ISDIR(info.st_mode) ||
	    info.st_uid != geteuid() || access(table, F_OK) != 0 ||
	    access(path, F_OK) != 0)
		return;
	if (file_lock(&lock, path, NULL) == ST_OK)
		remove_directory(directory);
}

static void remove_dead(const char *base)
{
	DIR *directory = opendir(base);

	if (!directory)
		return;
	for (const struct dirent *entry = readdir(directory); entry;
	     entry = readdir(directory)) {
		if (strncmp(entry->d_name, DIRECTORY, strlen(DIRECTORY)) != 0)
			continue;
		OWNED(freep) char *path = xasprintf("%s/%s", base, entry->d_name);
		remove_if_dead(path);
	}
	closedir(directory);
}

/* --- the table -------------------------------------------------------------------------- */

static void draw_key(struct fast_key *ret)
{
	uint8_t secret[32];

	random_bytes(secret, sizeof(secret));
	fast_key_init(ret, (struct span){secret, sizeof(secret)});
	explicit_bzero(secret, sizeof(secret));
}

enum status ordinals_open(struct ordinals **ret, struct err *err)
{
	OWNED(ordinals_closep) struct ordinals *o = xcalloc(1, sizeof(*o));
	OWNED(freep)
	char *pattern = xasprintf("%s/" DIRECTORY "XXXXXX", base_directory());
	uint64_t from;

	o->lock = -1;
	remove_dead(base_directory());
	if (!mkdtemp(pattern))
		return err_sys(err, ST_EIO, errno, "%s", pattern);
	o->directory = TAKE(pattern);
	draw_key(&o->key);
	OWNED(freep) char *lock = xasprintf("%s/lock", o->directory);
	enum status st = file_lock(&o->lock, lock, err);
	o->path = xasprintf("%s/ordinals", o->directory);
	if (st == ST_OK)
		st = table_open(&o->table, &from, o->path, 0, 0, err);
	if (st)
		return st;
	*ret = TAKE(o);
	return ST_OK;
}

/* The table is keyed by a hash that only this run can make: the plain one of a short row
 * would tell, to whoever finds what a killed import left, that somebody wrote it. Two rows
 * that share a key would get each other's ordinals, and still different ids. */
static enum status count(struct ordinals *o, const uint8_t *hash, uint64_t *ret,
			 struct err *err)
{
	uint8_t key[KEYED_HASH_BYTES], value[TABLE_VALUE_BYTES] = {0};

	fast_hash(key, &o->key, (struct span){hash, SHA256_BYTES});
	const struct table_line *line = table_find(o->table, key);

	*ret = 1 + (line ? get_le64(line->value) : 0);
	put_le64(value, *ret);
	return table_put(o->table, key, ++o->rows, value, err);
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
