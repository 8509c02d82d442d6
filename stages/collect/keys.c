#include "keys.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "layer.h"

#define KEY_BYTES     32
#define KEYS_FORMAT   2
#define AT_EARLIER    32 /* in a line's value */
#define EARLIER_SEQ   1	 /* of lines of earlier journals: below each change of this one */
#define GROUP_CHANGES 4096 /* of most groups; the layer grows for larger ones */

struct keys {
	struct table *table;
	uint8_t key[KEY_BYTES];
	struct layer *group; /* what is not synced yet */
};

static enum status load_key(uint8_t ret[KEY_BYTES], const char *data, struct err *err)
{
	OWNED(freep) char *dir = xasprintf("%s/keys", data);
	OWNED(freep) char *path = xasprintf("%s/intake.key", dir);

	return file_secret(ret, KEY_BYTES, dir, path, err);
}

/* A table that cannot be trusted is begun again; also one that is ahead of the journal,
 * because it would answer for records that are not there. */
static enum status open_table(struct keys *k, uint64_t *ret_from, const char *path,
			      uint64_t journal_id, uint64_t last_seq, struct err *err)
{
	uint64_t parameters = hash64((struct span){k->key, KEY_BYTES}, KEYS_FORMAT);
	enum status st =
		table_open(&k->table, ret_from, path, parameters, journal_id, err);

	bool useless = st == ST_ECORRUPT || st == ST_EVERSION ||
		       (st == ST_OK && table_covered(k->table) > last_seq);
	if (!useless)
		return st;
	table_close(TAKE(k->table));
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(err, ST_EIO, errno, "%s", path);
	return table_open(&k->table, ret_from, path, parameters, journal_id, err);
}

enum status keys_open(struct keys **ret, uint64_t *ret_from, const char *data,
		      uint64_t journal_id, uint64_t last_seq, struct err *err)
{
	OWNED(keys_closep) struct keys *k = xcalloc(1, sizeof(*k));
	OWNED(freep) char *path = xasprintf("%s/collect.table", data);

	enum status st = load_key(k->key, data, err);
	if (st == ST_OK)
		st = open_table(k, ret_from, path, journal_id, last_seq, err);
	if (st)
		return st;
	k->group = layer_new(k->table, GROUP_CHANGES);
	*ret = TAKE(k);
	return ST_OK;
}

void keys_close(struct keys *k)
{
	if (!k)
		return;
	layer_free(k->group);
	table_close(k->table);
	free(k);
}

void keys_hash_key(const struct keys *k, uint8_t ret[16], const char *site,
		   const char *source, const char *source_id)
{
	const struct span pieces[] = {SPAN_OF("key"), span_of(site), span_of(source),
				      span_of(source_id)};

	keyed_hash(ret, (struct span){k->key, KEY_BYTES}, pieces, ARRAY_LEN(pieces));
}

void keys_hash_body(const struct keys *k, uint8_t ret[16], enum kind kind,
		    uint16_t version, struct span body)
{
	uint8_t what[4];
	const struct span pieces[] = {SPAN_OF("body"), {what, sizeof(what)}, body};

	put_le16(what, (uint16_t)kind);
	put_le16(what + 2, version);
	keyed_hash(ret, (struct span){k->key, KEY_BYTES}, pieces, ARRAY_LEN(pieces));
}

bool keys_find(const struct keys *k, const uint8_t key_hash[16], struct key_entry *ret)
{
	uint8_t value[TABLE_VALUE_BYTES];

	if (!layer_find(k->group, key_hash, value, &ret->seq))
		return false;
	memcpy(ret->id, value, UUID_BYTES);
	memcpy(ret->body_hash, value + UUID_BYTES, 16);
	ret->earlier = get_le64(value + AT_EARLIER) != 0;
	if (ret->earlier)
		ret->seq = get_le64(value + AT_EARLIER);
	return true;
}

static void line_value(uint8_t ret[TABLE_VALUE_BYTES], const struct key_entry *entry)
{
	memset(ret, 0, TABLE_VALUE_BYTES);
	memcpy(ret, entry->id, UUID_BYTES);
	memcpy(ret + UUID_BYTES, entry->body_hash, 16);
	if (entry->earlier)
		put_le64(ret + AT_EARLIER, entry->seq);
}

void keys_add(struct keys *k, const uint8_t key_hash[16], const struct key_entry *entry)
{
	uint8_t value[TABLE_VALUE_BYTES];

	line_value(value, entry);
	layer_put(k->group, key_hash, entry->seq, value);
}

enum status keys_make_room(struct keys *k, size_t count, struct err *err)
{
	return table_reserve(k->table, count, err);
}

enum status keys_learn(struct keys *k, const uint8_t key_hash[16],
		       const struct key_entry *entry, struct err *err)
{
	uint8_t value[TABLE_VALUE_BYTES];

	if (table_find(k->table, key_hash))
		return ST_OK;
	line_value(value, entry);
	return table_put(k->table, key_hash, entry->earlier ? EARLIER_SEQ : entry->seq,
			 value, err);
}

enum status keys_commit(struct keys *k, uint64_t seq, struct err *err)
{
	return layer_commit(k->group, seq, err);
}

/* A mark is found by the seq it is about. Every record that is handed out is asked for, so
 * this is no keyed hash; a guess of it would have to guess 128 bits of another line. */
static void mark_key(const struct keys *k, uint8_t ret[16], uint64_t seq)
{
	put_le64(ret + 8, ~seq);
	put_le64(ret, hash64((struct span){ret + 8, 8}, get_le64(k->key)));
}

enum status keys_mark(struct keys *k, uint64_t seq, uint64_t now_seq, unsigned flags,
		      struct err *err)
{
	uint8_t key_hash[16], value[TABLE_VALUE_BYTES] = {(uint8_t)flags};

	mark_key(k, key_hash, seq);
	return table_put(k->table, key_hash, now_seq, value, err);
}

unsigned keys_marked(const struct keys *k, uint64_t seq)
{
	uint8_t key_hash[16];

	mark_key(k, key_hash, seq);
	const struct table_line *line = table_find(k->table, key_hash);
	return line ? line->value[0] : 0;
}

enum status keys_sync(struct keys *k, struct err *err)
{
	return table_sync(k->table, err);
}

uint64_t keys_count(const struct keys *k)
{
	return table_lines(k->table);
}
