#include "pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "yaml.h"

#define PACK_HEAD      "normavis-pack 1\n"
#define PACK_HEAD_NAME "normavis-pack "
#define FILES_MAX      1000 /* of one rule set */

/* --- building ------------------------------------------------------------------------ */

static bool is_path(const char *path)
{
	size_t len = strlen(path);

	return len > 0 && len <= PACK_PATH_MAX &&
	       strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789._/-") == len;
}

/* Adds the file at `real_path`, of at most `max` bytes, under the name `path`. */
static enum status add_file(struct buf *ret, const char *real_path, const char *path,
			    size_t max, struct err *err)
{
	OWNED(buf_release) struct buf content = BUF_INIT(max);
	struct stat info;

	/* A pipe would be waited for. */
	if (stat(real_path, &info) == 0 && !S_ISREG(info.st_mode))
		return err_set(err, ST_ECONFIG, "%s: is no file", real_path);
	enum status st = file_read(&content, real_path, err);
	if (st)
		return st;
	if (!is_path(path))
		return err_set(
			err, ST_ECONFIG,
			"%s: a rule file's name has only letters, digits, '.', '_' "
			"and '-'",
			real_path);
	buf_format(ret, "file %s %zu\n", path, content.len);
	buf_span(ret, buf_view(&content));
	buf_char(ret, '\n');
	if (ret->full)
		return err_set(err, ST_ETOOBIG, "%s: the rule set has more than %d bytes",
			       real_path, PACK_BYTES_MAX);
	return ST_OK;
}

static bool ends(const char *name, const char *suffix)
{
	size_t len = strlen(name), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(name + len - suffix_len, suffix) == 0;
}

/* What was meant to be one, as it seems, is taken too: to be complained about. */
static int is_yaml_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	       (ends(entry->d_name, ".yaml") || ends(entry->d_name, ".yml") ||
		entry->d_type == DT_DIR);
}

static int is_model_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends(entry->d_name, ".model");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

struct listing {
	struct dirent **at;
	int count;
};

static void listing_release(struct listing *l)
{
	for (int i = 0; i < l->count; i++)
		free(l->at[i]);
	free(l->at);
}

/* What belongs to a rule set, in ascending byte order of the paths. */
static const struct part {
	const char *name;			   /* behind the directory of the rules */
	int (*filter)(const struct dirent *entry); /* NULL: it is a file itself */
	bool needed;
	size_t max; /* bytes of a file */
} parts[] = {
	{"controls", is_yaml_file, false, YAML_BYTES_MAX},
	{"lists", is_yaml_file, false, YAML_BYTES_MAX},
	{"messages.yaml", NULL, false, YAML_BYTES_MAX},
	{"models", is_model_file, false, PACK_BYTES_MAX},
	{"moderation", is_yaml_file, true, YAML_BYTES_MAX},
	{"reasons.yaml", NULL, true, YAML_BYTES_MAX},
};

static enum status add_directory(struct buf *ret, const char *real_path,
				 const struct part *part, struct err *err)
{
	OWNED(listing_release) struct listing files = {NULL, 0};
	int count = scandir(real_path, &files.at, part->filter, by_bytes);

	if (count < 0)
		return err_sys(err, errno == ENOENT ? ST_ENOTFOUND : ST_EIO, errno, "%s",
			       real_path);
	files.count = count;
	if (count == 0 && part->needed)
		return err_set(err, ST_ECONFIG, "%s: no rule file (*.yaml)", real_path);
	if (count > FILES_MAX)
		return err_set(err, ST_ETOOBIG, "%s: more than %d files", real_path,
			       FILES_MAX);
	for (int i = 0; i < count; i++) {
		const char *name = files.at[i]->d_name;
		OWNED(freep) char *file = xasprintf("%s/%s", real_path, name);
		OWNED(freep) char *path = xasprintf("rules/%s/%s", part->name, name);

		if (ends(name, ".yml"))
			return err_set(err, ST_ECONFIG,
				       "%s: is not read: its name must end in .yaml",
				       file);
		enum status st = add_file(ret, file, path, part->max, err);
		if (st)
			return st;
	}
	return ST_OK;
}

enum status pack_build(struct buf *ret, const char *dir, struct err *err)
{
	enum status st = ST_OK;

	buf_clear(ret);
	buf_text(ret, PACK_HEAD);
	for (size_t i = 0; i < ARRAY_LEN(parts) && !st; i++) {
		const struct part *part = &parts[i];
		OWNED(freep) char *real_path = xasprintf("%s/%s", dir, part->name);
		OWNED(freep) char *path = xasprintf("rules/%s", part->name);

		/* Only ENOENT means that it is not there: a link that leads nowhere is a
		 * slip, not a choice. */
		if (!part->needed &&
		    faccessat(AT_FDCWD, real_path, F_OK, AT_SYMLINK_NOFOLLOW) &&
		    errno == ENOENT)
			continue;
		st = part->filter ? add_directory(ret, real_path, part, err)
				  : add_file(ret, real_path, path, part->max, err);
	}
	return st;
}

enum status pack_build_policy(struct buf *ret, const char *path, struct err *err)
{
	buf_clear(ret);
	buf_text(ret, PACK_HEAD);
	return add_file(ret, path, "rules/policy.yaml", YAML_BYTES_MAX, err);
}

void pack_hash(uint8_t ret[SHA256_BYTES], struct span pack)
{
	sha256(ret, pack);
}

/* --- reading ------------------------------------------------------------------------- */

static bool take_prefix(struct span *rest, struct span prefix)
{
	if (rest->len < prefix.len || memcmp(rest->at, prefix.at, prefix.len) != 0)
		return false;
	rest->at += prefix.len;
	rest->len -= prefix.len;
	return true;
}

enum status pack_begin(struct span *ret_rest, struct span pack, struct err *err)
{
	struct span rest = pack;

	if (pack.len > PACK_BYTES_MAX)
		return err_set(err, ST_EMALFORMED, "a pack of more than %d bytes",
			       PACK_BYTES_MAX);
	if (take_prefix(&rest, SPAN_OF(PACK_HEAD))) {
		*ret_rest = rest;
		return ST_OK;
	}
	if (take_prefix(&rest, SPAN_OF(PACK_HEAD_NAME)))
		return err_set(err, ST_EVERSION,
			       "a pack of a version that is not known here");
	return err_set(err, ST_EMALFORMED, "this is no pack");
}

/* The digits up to `end`, one spelling per number. */
static bool parse_length(size_t *ret, const uint8_t *at, const uint8_t *end)
{
	size_t value = 0;

	if (at == end || end - at > 9 || (*at == '0' && end - at > 1))
		return false;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		value = value * 10 + (size_t)(*at - '0');
	}
	*ret = value;
	return true;
}

/* "file <path> <length>\n" off the front of *rest. */
static bool take_file_line(struct span *rest, char path[PACK_PATH_MAX + 1],
			   size_t *ret_len)
{
	if (!take_prefix(rest, SPAN_OF("file ")))
		return false;
	size_t window = MIN(rest->len, (size_t)PACK_PATH_MAX + 16);
	const uint8_t *end = window ? memchr(rest->at, '\n', window) : NULL;
	if (!end)
		return false;
	const uint8_t *blank = memchr(rest->at, ' ', (size_t)(end - rest->at));
	if (!blank || blank - rest->at > PACK_PATH_MAX ||
	    !parse_length(ret_len, blank + 1, end))
		return false;
	size_t path_len = (size_t)(blank - rest->at);
	memcpy(path, rest->at, path_len);
	path[path_len] = '\0';
	rest->len -= (size_t)(end + 1 - rest->at);
	rest->at = end + 1;
	return strlen(path) == path_len && is_path(path);
}

enum status pack_next(struct span *rest, struct pack_file *ret, struct err *err)
{
	struct span at = *rest;
	struct pack_file file;
	size_t len;

	file.path[0] = '\0';
	if (!take_file_line(&at, file.path, &len) || at.len < len + 1 ||
	    at.at[len] != '\n')
		return err_set(err, ST_EMALFORMED, "a file of the pack is cut short");
	if (strcmp(ret->path, file.path) >= 0)
		return err_set(err, ST_EMALFORMED, "%s stands behind %s in the pack",
			       file.path, ret->path);
	file.bytes = (struct span){at.at, len};
	*rest = (struct span){at.at + len + 1, at.len - len - 1};
	*ret = file;
	return ST_OK;
}

enum status pack_find(struct span *ret, struct span pack, const char *path,
		      struct err *err)
{
	struct pack_file file = {0};
	struct span rest;
	enum status st = pack_begin(&rest, pack, err);

	while (!st && rest.len > 0) {
		st = pack_next(&rest, &file, err);
		if (!st && strcmp(file.path, path) == 0) {
			*ret = file.bytes;
			return ST_OK;
		}
	}
	return st ? st : err_set(err, ST_ENOTFOUND, "that pack has no file %s", path);
}

/* --- keeping ------------------------------------------------------------------------- */

char *pack_path(const char *dir, const uint8_t hash[SHA256_BYTES], const char *suffix)
{
	char hex[HEX_BYTES(SHA256_BYTES)];

	return xasprintf("%s/%s%s", dir, hex_format(hex, hash, SHA256_BYTES), suffix);
}

enum status pack_store(const char *dir, struct span pack, uint8_t ret_hash[SHA256_BYTES],
		       struct err *err)
{
	OWNED(buf_release) struct buf old = BUF_INIT(PACK_BYTES_MAX);
	uint8_t hash[SHA256_BYTES];

	pack_hash(hash, pack);
	if (pack_open(&old, dir, hash, NULL)) {
		OWNED(freep) char *path = pack_path(dir, hash, ".pack");
		enum status st = file_make_dirs(dir, 0700, err);

		if (!st)
			st = file_replace(path, pack, 0600, err);
		if (st)
			return st;
	}
	memcpy(ret_hash, hash, SHA256_BYTES);
	return ST_OK;
}

enum status pack_open(struct buf *ret, const char *dir, const uint8_t hash[SHA256_BYTES],
		      struct err *err)
{
	OWNED(freep) char *path = pack_path(dir, hash, ".pack");
	uint8_t found[SHA256_BYTES];
	enum status st = file_read(ret, path, err);

	if (st)
		return st == ST_ETOOBIG ? ST_ECORRUPT : st;
	pack_hash(found, buf_view(ret));
	if (memcmp(found, hash, SHA256_BYTES) != 0)
		return err_set(err, ST_ECORRUPT, "%s: its content has another hash",
			       path);
	return ST_OK;
}
