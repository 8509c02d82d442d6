/* normavis rules show - what is in force, what is stored, and the exact text behind a hash. */
#include "rules_verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "alloc.h"
#include "clock.h"
#include "cmd.h"
#include "pack.h"
#include "rules_text.h"
#include "shelf.h"

#define SCHEMA "normavis.rules/1"

static int fail(enum status st, const struct err *err)
{
	int code = cmd_failed(&cmd_rules, st, err);

	/* What was asked for is not clear: the command line has to change. */
	return st == ST_EMALFORMED || st == ST_ECONFLICT ? EXIT_CODE_USAGE : code;
}

static void print_object(json_t *object)
{
	OWNED(freep)
	char *text = json_dumps(object, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	puts(text);
}

static const char *kind_of(const struct shelf_pack *p)
{
	return p->policy ? "policy" : "rules";
}

/* --- all of them ------------------------------------------------------------------------- */

static json_t *pack_object(const struct shelf_pack *p)
{
	char at[CLOCK_TEXT_BYTES];
	json_t *object = json_pack("{s:s,s:s,s:b,s:I,s:I}", "hash", p->hex, "kind",
				   kind_of(p), "in_force", p->in_force, "bytes",
				   (json_int_t)p->bytes, "files", (json_int_t)p->files);

	if (!p->policy) {
		json_object_set_new(object, "rules", json_integer((json_int_t)p->rules));
		json_object_set_new(object, "reasons",
				    json_integer((json_int_t)p->reasons));
	}
	if (p->seq > 0) {
		json_object_set_new(object, "seq", json_integer((json_int_t)p->seq));
		json_object_set_new(object, "at", json_string(clock_format(at, p->at)));
		json_object_set_new(object, "by", json_string(p->by));
	}
	return object;
}

static void print_pack(const struct shelf_pack *p)
{
	char at[CLOCK_TEXT_BYTES];

	printf("%-6s  %s  %-8s", kind_of(p), p->hex, p->in_force ? "in force" : "");
	if (!p->policy)
		printf("  %zu rules, %zu reasons", p->rules, p->reasons);
	if (p->seq > 0)
		printf("%s behind record %" PRIu64 ", %s, by %s", p->policy ? " " : ",",
		       p->seq, clock_format(at, p->at), p->by);
	putchar('\n');
}

static int show_all(const struct shelf *shelf, bool json)
{
	json_auto_t *packs = json_array();

	for (size_t i = 0; i < shelf->count; i++)
		if (json)
			json_array_append_new(packs, pack_object(&shelf->packs[i]));
		else
			print_pack(&shelf->packs[i]);
	if (json) {
		json_auto_t *all =
			json_pack("{s:s,s:O}", "schema", SCHEMA, "packs", packs);
		print_object(all);
	} else if (shelf->count == 0) {
		puts("nothing is stored yet: `normavis rules activate` or `normavis run` "
		     "puts rules in force");
	}
	return EXIT_CODE_OK;
}

/* --- one of them ------------------------------------------------------------------------- */

static size_t rules_of(const struct pack_file *file)
{
	return strncmp(file->path, "rules/moderation/", 17) == 0
		       ? shelf_count(file->path, file->bytes, "rules")
		       : 0;
}

static int show_files(const struct shelf_pack *p, struct span pack, bool json)
{
	json_auto_t *files = json_array();
	struct pack_file file = {0};
	struct err err = {""};
	struct span rest;
	enum status st = pack_begin(&rest, pack, &err);

	if (!json)
		print_pack(p);
	while (!st && rest.len > 0) {
		st = pack_next(&rest, &file, &err);
		if (st)
			break;
		json_int_t rules = (json_int_t)rules_of(&file);
		if (json)
			json_array_append_new(files, json_pack("{s:s,s:I,s:I}", "file",
							       file.path, "bytes",
							       (json_int_t)file.bytes.len,
							       "rules", rules));
		else if (rules > 0)
			printf("%10zu bytes  %s, %lld rules\n", file.bytes.len, file.path,
			       (long long)rules);
		else
			printf("%10zu bytes  %s\n", file.bytes.len, file.path);
	}
	if (st)
		return fail(st, &err);
	if (json) {
		json_auto_t *object = pack_object(p);
		json_object_set_new(object, "schema", json_string(SCHEMA));
		json_object_set(object, "files", files);
		print_object(object);
	}
	return EXIT_CODE_OK;
}

static int show_text(const struct shelf_pack *p, const struct rules_text *found,
		     bool json)
{
	if (!json) {
		fwrite(found->text.at, 1, found->text.len, stdout);
		return EXIT_CODE_OK;
	}
	json_auto_t *text = json_stringn((const char *)found->text.at, found->text.len);
	if (!text) {
		const struct err err = {"that file is not UTF-8: leave --json out"};
		return fail(ST_EVERSION, &err);
	}
	json_auto_t *object = json_pack("{s:s,s:s,s:s,s:I,s:O}", "schema", SCHEMA, "hash",
					p->hex, "file", found->path, "line",
					(json_int_t)found->line, "text", text);
	print_object(object);
	return EXIT_CODE_OK;
}

static int show_one(const struct shelf_pack *p, const struct rules_arguments *arguments,
		    const struct installation *installation)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	const char *path = arguments->operand[1];
	struct rules_text found = {.line = 1};
	struct err err = {""};
	enum status st = pack_open(&pack, installation->packs, p->hash, &err);

	if (!st && !path && !arguments->rule)
		return show_files(p, buf_view(&pack), arguments->json);
	if (!st && arguments->rule) {
		st = rules_text_find(&found, buf_view(&pack), arguments->rule, &err);
	} else if (!st) {
		snprintf(found.path, sizeof(found.path), "%s", path);
		st = pack_find(&found.text, buf_view(&pack), path, &err);
	}
	return st ? fail(st, &err) : show_text(p, &found, arguments->json);
}

static int run(const struct rules_arguments *arguments,
	       const struct installation *installation)
{
	OWNED(shelf_release) struct shelf shelf = {NULL, 0};
	const struct shelf_pack *p = NULL;
	struct err err = {""};
	enum status st;

	if (arguments->rule && arguments->operand[1])
		return cmd_usage(&cmd_rules, "show: either FILE or --rule");
	st = shelf_read(&shelf, installation, &err);
	if (!st && !arguments->operand[0] && !arguments->rule)
		return show_all(&shelf, arguments->json);
	if (!st)
		st = shelf_find(&p, &shelf, arguments->operand[0], &err);
	return st ? fail(st, &err) : show_one(p, arguments, installation);
}

static const char *const options[] = {"json", "rule", NULL};

const struct rules_verb rules_show = {"show", options, 2, run};
