/* shelf.h - every rule set and policy that is stored, with what can be said of each.
 *
 * Reads DATA/packs, the journal (what is in force) and the store (when something last took
 * effect). A store that is not there, or that publish of another version has, leaves that out.
 */
#ifndef SHELF_H
#define SHELF_H

#include "digest.h"
#include "installation.h"
#include "record.h"

#define SHELF_DIGITS_MIN 8 /* of a hash that is not written out */

struct shelf_pack {
	uint8_t hash[SHA256_BYTES];
	char hex[HEX_BYTES(SHA256_BYTES)];
	bool policy; /* else a rule set */
	bool in_force;
	size_t bytes, files;
	size_t rules, reasons; /* 0 in a policy, and in what cannot be read any more */
	uint64_t seq;	       /* of its newest activation; 0: not known */
	int64_t at;	       /* ms UTC, when that was received; 0: not known */
	char by[RECORD_NAME_MAX + 1]; /* principal who submitted it; "" not known */
};

struct shelf {
	struct shelf_pack *packs; /* the newest activation first, then by hash */
	size_t count;
};

/* Errors: ST_EIO, ST_ECORRUPT (a pack without its hash, a journal). No directory of packs
 * is an empty shelf. */
enum status shelf_read(struct shelf *ret, const struct installation *installation,
		       struct err *err) MUST_CHECK;
void shelf_release(struct shelf *s);

/* The pack whose hash begins with these digits, or, without digits, the rule set in force.
 * Errors: ST_EMALFORMED (no digits of a hash, or too few), ST_ENOTFOUND, ST_ECONFLICT (several:
 * err names them). */
enum status shelf_find(const struct shelf_pack **ret, const struct shelf *s,
		       const char *digits, struct err *err) MUST_CHECK;

/* How many entries the list at `key` of a file of a pack has; 0 where it has none. */
size_t shelf_count(const char *path, struct span bytes, const char *key);

#endif
