#include "shelf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "activation.h"
#include "alloc.h"
#include "pack.h"
#include "store.h"
#include "yaml.h"

#define SUFFIX	   ".pack"
#define REASONS	   "rules/reasons.yaml"
#define MODERATION "rules/moderation/"
#define POLICY	   "rules/policy.yaml"
#define HEX_DIGITS "0123456789abcdef"
#define NAMED_MAX  4 /* packs that a complaint lists */

/* A table, for no view has it: packs are few, their activations are found without a look at
 * every event. */
static const char activations[] =
	"SELECT p.hash, r.n & 0xFFFFFFFFFF, r.received_at, a.name"
	" FROM pack p JOIN record r ON r.n = p.active_from"
	" JOIN principal a ON a.id = r.principal";

void shelf_release(struct shelf *s)
{
	free(s->packs);
	*s = (struct shelf){NULL, 0};
}

/* --- one pack ---------------------------------------------------------------------------- */

size_t shelf_count(const char *path, struct span bytes, const char *key)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;

	if (yaml_parse(&doc, path, bytes, NULL))
		return 0;
	const struct yaml_node *list = yaml_get(yaml_root(doc), key);
	return list && list->kind == YAML_SEQUENCE ? list->count : 0;
}

/* An old pack may be one that does not load any more: what can be counted is. */
static enum status look_inside(struct shelf_pack *p, struct span pack, struct err *err)
{
	struct pack_file file = {0};
	struct span rest;
	enum status st = pack_begin(&rest, pack, err);

	p->bytes = pack.len;
	while (!st && rest.len > 0) {
		st = pack_next(&rest, &file, err);
		if (st)
			break;
		p->files++;
		p->policy = p->policy || strcmp(file.path, POLICY) == 0;
		if (strncmp(file.path, MODERATION, strlen(MODERATION)) == 0)
			p->rules += shelf_count(file.path, file.bytes, "rules");
		if (strcmp(file.path, REASONS) == 0)
			p->reasons = shelf_count(file.path, file.bytes, "lawful") +
				     shelf_count(file.path, file.bytes, "conditional");
	}
	return st;
}

static enum status add_pack(struct shelf *s, const struct installation *installation,
			    const char *name, const struct in_force *now, struct err *err)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	struct shelf_pack one = {.policy = false};
	size_t len = strlen(name);

	if (len != HEX_BYTES(SHA256_BYTES) - 1 + strlen(SUFFIX) ||
	    strcmp(name + len - strlen(SUFFIX), SUFFIX) != 0 ||
	    !hex_parse(one.hash, SHA256_BYTES,
		       (struct span){(const uint8_t *)name, len - strlen(SUFFIX)}))
		return ST_OK;
	enum status st = pack_open(&pack, installation->packs, one.hash, err);
	if (!st)
		st = look_inside(&one, buf_view(&pack), err);
	if (st)
		return st;
	hex_format(one.hex, one.hash, SHA256_BYTES);
	one.in_force = memcmp(one.hash, now->rules_hash, SHA256_BYTES) == 0 ||
		       memcmp(one.hash, now->policy_hash, SHA256_BYTES) == 0;
	s->packs = xrealloc(s->packs, (s->count + 1) * sizeof(*s->packs));
	s->packs[s->count++] = one;
	return ST_OK;
}

/* --- when -------------------------------------------------------------------------------- */

static void note_activation(struct shelf *s, sqlite3_stmt *row)
{
	const void *hash = sqlite3_column_blob(row, 0);

	if (!hash || sqlite3_column_bytes(row, 0) != SHA256_BYTES)
		return;
	for (size_t i = 0; i < s->count; i++) {
		struct shelf_pack *p = &s->packs[i];

		if (memcmp(p->hash, hash, SHA256_BYTES) != 0)
			continue;
		p->seq = (uint64_t)sqlite3_column_int64(row, 1);
		p->at = sqlite3_column_int64(row, 2);
		snprintf(p->by, sizeof(p->by), "%s",
			 (const char *)sqlite3_column_text(row, 3));
	}
}

/* Without a store that can be read nobody knows when: the rest is told all the same. */
static void read_activations(struct shelf *s, const struct installation *installation)
{
	OWNED(store_closep) struct store *store = NULL;
	sqlite3_stmt *rows = NULL;

	if (store_open(&store, installation->store, STORE_READ, NULL) ||
	    store_prepare(store, &rows, activations, NULL))
		return;
	while (sqlite3_step(rows) == SQLITE_ROW)
		note_activation(s, rows);
	sqlite3_finalize(rows);
}

static int newest_first(const void *a, const void *b)
{
	const struct shelf_pack *left = a, *right = b;

	if (left->seq != right->seq)
		return left->seq > right->seq ? -1 : 1;
	return memcmp(left->hash, right->hash, SHA256_BYTES);
}

enum status shelf_read(struct shelf *ret, const struct installation *installation,
		       struct err *err)
{
	OWNED(shelf_release) struct shelf s = {NULL, 0};
	struct in_force now;
	enum status st = activation_in_force(&now, installation, err);
	DIR *dir = st ? NULL : opendir(installation->packs);

	if (!st && !dir && errno != ENOENT)
		st = err_sys(err, ST_EIO, errno, "%s", installation->packs);
	for (struct dirent *entry; !st && dir && (entry = readdir(dir)) != NULL;)
		st = add_pack(&s, installation, entry->d_name, &now, err);
	if (dir)
		closedir(dir);
	if (st)
		return st;
	read_activations(&s, installation);
	if (s.count > 0)
		qsort(s.packs, s.count, sizeof(*s.packs), newest_first);
	*ret = s;
	s = (struct shelf){NULL, 0};
	return ST_OK;
}

/* --- by its hash ------------------------------------------------------------------------- */

static enum status several(const struct shelf *s, const char *digits, struct err *err)
{
	OWNED(buf_release) struct buf names = BUF_INIT(400);
	size_t named = 0;

	for (size_t i = 0; i < s->count; i++)
		if (strncmp(s->packs[i].hex, digits, strlen(digits)) == 0 &&
		    named++ < NAMED_MAX)
			buf_format(&names, " %s", s->packs[i].hex);
	return err_set(err, ST_ECONFLICT, "%zu packs begin with %s:%s%s", named, digits,
		       buf_string(&names), named > NAMED_MAX ? " ..." : "");
}

enum status shelf_find(const struct shelf_pack **ret, const struct shelf *s,
		       const char *digits, struct err *err)
{
	size_t len = digits ? strlen(digits) : 0, matches = 0;

	if (digits && (len < SHELF_DIGITS_MIN || len >= HEX_BYTES(SHA256_BYTES) ||
		       strspn(digits, HEX_DIGITS) != len))
		return err_set(err, ST_EMALFORMED,
			       "'%s' is no hash: %d to %d digits, 0 to 9 and a to f",
			       digits, SHELF_DIGITS_MIN, SHA256_BYTES * 2);
	for (size_t i = 0; i < s->count; i++) {
		const struct shelf_pack *p = &s->packs[i];

		if (digits ? strncmp(p->hex, digits, len) != 0
			   : !p->in_force || p->policy)
			continue;
		*ret = p;
		matches++;
	}
	if (matches > 1)
		return several(s, digits ? digits : "", err);
	if (matches == 0 && digits)
		return err_set(err, ST_ENOTFOUND, "no pack that begins with %s is stored",
			       digits);
	return matches ? ST_OK : err_set(err, ST_ENOTFOUND, "no rules are in force yet");
}
