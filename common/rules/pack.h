/* pack.h - a rule set, or a policy, as one file that has one hash.
 *
 * Decisions name the SHA-256 of the pack that they were made under; whoever has the pack
 * has every byte of every rule behind that hash, comments included.
 *
 * Shape:  "normavis-pack 1\n", then per file, in ascending byte order of the paths:
 *	"file <path> <length>\n", <length> bytes as they were, "\n".
 *	Paths are these, wherever the directory of the rules really stood:
 *		rules/controls/NAME.yaml	optional
 *		rules/lists/NAME.yaml		optional: words that rules name
 *		rules/messages.yaml		optional: what authors are told (messages.h)
 *		rules/models/NAME.model		optional: classifiers that rules name
 *		rules/moderation/NAME.yaml	the rules, one file at least
 *		rules/reasons.yaml
 *	A policy is a pack of the one file `rules/policy.yaml`.
 * Bounds: PACK_BYTES_MAX in all, PACK_PATH_MAX bytes of a path ([A-Za-z0-9._/-]).
 * Store:  `<64 hex digits>.pack` in a directory of packs; a file is never changed.
 */
#ifndef PACK_H
#define PACK_H

#include "buf.h"
#include "digest.h"
#include "status.h"

#define PACK_BYTES_MAX (16 << 20)
#define PACK_PATH_MAX  255

struct pack_file {
	char path[PACK_PATH_MAX + 1];
	struct span bytes; /* borrows the pack */
};

/* Packs the files of `dir` that are listed above (no hidden ones, no directories in
 * directories) into `ret`, which is emptied first and has a maximum of at least
 * PACK_BYTES_MAX. Errors: ST_ENOTFOUND (no reasons.yaml, no moderation), ST_EIO, ST_ETOOBIG,
 * ST_ECONFIG (a file's name that no path may have, or no rules at all). */
enum status pack_build(struct buf *ret, const char *dir, struct err *err) MUST_CHECK;

/* Packs one file as rules/policy.yaml; same errors. */
enum status pack_build_policy(struct buf *ret, const char *path,
			      struct err *err) MUST_CHECK;

void pack_hash(uint8_t ret[SHA256_BYTES], struct span pack);

/* Steps through the files. Start: pack_begin and a zeroed *ret; end: rest->len is 0.
 * *ret goes from file to file, so that paths out of order are noticed.
 * Errors: ST_EMALFORMED, ST_EVERSION (written by a newer version). */
enum status pack_begin(struct span *ret_rest, struct span pack,
		       struct err *err) MUST_CHECK;
enum status pack_next(struct span *rest, struct pack_file *ret,
		      struct err *err) MUST_CHECK;

/* The bytes of one file. Errors: ST_ENOTFOUND, and those of pack_begin. */
enum status pack_find(struct span *ret, struct span pack, const char *path,
		      struct err *err) MUST_CHECK;

/* Where the pack of that hash lies: "<dir>/<hex><suffix>", suffix ".pack" or ".hsdb". */
char *pack_path(const char *dir, const uint8_t hash[SHA256_BYTES], const char *suffix);

/* Writes the pack under its hash, durably, making `dir`; one that is there already and
 * has that content is left alone. Errors: ST_EIO, ST_ENOSPACE. */
enum status pack_store(const char *dir, struct span pack, uint8_t ret_hash[SHA256_BYTES],
		       struct err *err) MUST_CHECK;

/* Reads the pack of a hash into `ret` (emptied first).
 * Errors: ST_ENOTFOUND, ST_EIO, ST_ECORRUPT (its bytes do not have that hash). */
enum status pack_open(struct buf *ret, const char *dir, const uint8_t hash[SHA256_BYTES],
		      struct err *err) MUST_CHECK;

#endif
