/* keys.h - have we seen this (site, source, source_id) before, and with what content?
 *
 * The idempotency key of a record is the keyed hash of site, source and source_id; its
 * content is the keyed hash of kind, version and fields. The same key with the same
 * content is answered with the first answer for ever; with another content it is a conflict.
 *
 * Shape:  a table.h file, `collect.table`, line value = id (16), body hash (16), seq in an
 *	earlier journal (8) or zero: then the line's seq is the record's. Records that
 *	were set aside (marks) have a line too, under the key hash of their seq, so that
 *	they stay set aside when they are handed out again.
 *	  The group that is not synced yet is an overlay in memory: a line must never
 *	promise what a crash could take back.
 * State:  a cache. Rebuilt from the journal, and beyond its oldest record from the store;
 *	the records of earlier journals, which the store may have, from there too.
 * Key:    32 random bytes, `keys/intake.key` (mode 0600), made at the first start: without
 *	it the hashes say nothing about who wrote.
 */
#ifndef KEYS_H
#define KEYS_H

#include "record.h"
#include "table.h"

struct keys;

struct key_entry {
	uint64_t seq;
	bool earlier; /* the seq is one of an earlier journal */
	uint8_t id[UUID_BYTES];
	uint8_t body_hash[16];
};

/* Opens `data`/collect.table. *ret_from: feed every record with a seq above it to
 * keys_learn. A table that cannot be trusted, or that knows of records behind the
 * journal's last_seq, is removed and begun again (from 0). */
enum status keys_open(struct keys **ret, uint64_t *ret_from, const char *data,
		      uint64_t journal_id, uint64_t last_seq, struct err *err) MUST_CHECK;
void keys_close(struct keys *k); /* accepts NULL */
DEFINE_OWNED(struct keys, keys_close)

void keys_hash_key(const struct keys *k, uint8_t ret[16], const char *site,
		   const char *source, const char *source_id);
void keys_hash_body(const struct keys *k, uint8_t ret[16], enum kind kind,
		    uint16_t version, struct span body);

/* What came first under this key; false: nothing did. Sees the overlay too. */
bool keys_find(const struct keys *k, const uint8_t key_hash[16], struct key_entry *ret);

/* Adds to the overlay; keys_commit moves it to the table once the group is durable. */
void keys_add(struct keys *k, const uint8_t key_hash[16], const struct key_entry *entry);
enum status keys_commit(struct keys *k, uint64_t seq, struct err *err) MUST_CHECK;

/* Makes room for so many keys more: with it, keys_commit does not need the disk for them.
 * Errors: ST_ENOSPACE, ST_EIO; nothing has changed then. */
enum status keys_make_room(struct keys *k, size_t count, struct err *err) MUST_CHECK;

/* Straight into the table: records read back at the start, those of earlier journals first.
 * What came first under a key stays. */
enum status keys_learn(struct keys *k, const uint8_t key_hash[16],
		       const struct key_entry *entry, struct err *err) MUST_CHECK;

/* A record that killed a stage: flags of enum record_flag, 0 where it was not set aside. */
enum status keys_mark(struct keys *k, uint64_t seq, uint64_t now_seq, unsigned flags,
		      struct err *err) MUST_CHECK;
unsigned keys_marked(const struct keys *k, uint64_t seq);

enum status keys_sync(struct keys *k, struct err *err) MUST_CHECK;
uint64_t keys_count(const struct keys *k);

#endif
