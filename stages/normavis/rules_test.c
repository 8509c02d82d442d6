/* normavis rules test - every example of every rule on disk, tried. */
#include "rules_verb.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "activation.h"
#include "alloc.h"
#include "cmd.h"
#include "nearest.h"
#include "rules_disk.h"

#define FILES_MAX 1000 /* of a rule set, pack.h */

struct file_count {
	char *path; /* real */
	size_t rules, examples, failed;
};

struct testing {
	const struct installation *installation;
	const char *only; /* id, or NULL */
	bool json, found;
	json_t *results;
	struct file_count files[FILES_MAX];
	size_t file_count;
	const char *last_rule;
	char near[NEAREST_BYTES_MAX + 1]; /* an id that `only` may mean */
};

static struct file_count *count_of(struct testing *t, const char *path)
{
	char *real = activation_path(t->installation, path);

	for (size_t i = 0; i < t->file_count; i++)
		if (strcmp(t->files[i].path, real) == 0) {
			free(real);
			return &t->files[i];
		}
	assert(t->file_count < FILES_MAX);
	t->files[t->file_count] = (struct file_count){.path = real};
	return &t->files[t->file_count++];
}

static void tell(struct testing *t, const struct ruleset_example *e, const char *path)
{
	bool ok = e->must_match == e->matched;

	if (t->json)
		json_array_append_new(
			t->results,
			json_pack("{s:s,s:s,s:I,s:I,s:b,s:b,s:b}", "rule", e->rule,
				  "file", path, "line", (json_int_t)e->line, "column",
				  (json_int_t)e->column, "must_match", e->must_match,
				  "matched", e->matched, "ok", ok));
	else if (!ok)
		printf("%s:%u:%u: rule %s: this example must %smatch, and does%s\n", path,
		       e->line, e->column, e->rule, e->must_match ? "" : "not ",
		       e->matched ? "" : " not");
}

/* Examples of one rule come one behind the other. */
static void count_example(void *context, const struct ruleset_example *e)
{
	struct testing *t = context;
	const char *const known[] = {e->rule, NULL};

	if (t->only && strcmp(t->only, e->rule) != 0) {
		if (nearest_name(t->only, known))
			snprintf(t->near, sizeof(t->near), "%s", e->rule);
		return;
	}
	struct file_count *file = count_of(t, e->file);
	t->found = true;
	file->rules += !t->last_rule || strcmp(t->last_rule, e->rule) != 0;
	t->last_rule = e->rule;
	file->examples++;
	file->failed += e->must_match != e->matched;
	tell(t, e, file->path);
}

static int by_path(const void *a, const void *b)
{
	const struct file_count *left = a, *right = b;

	return strcmp(left->path, right->path);
}

static void print_summary(const struct testing *t)
{
	size_t rules = 0, examples = 0, failed = 0;

	for (size_t i = 0; i < t->file_count; i++) {
		const struct file_count *f = &t->files[i];

		printf("%s: %zu rules, %zu examples, %zu failed\n", f->path, f->rules,
		       f->examples, f->failed);
		rules += f->rules;
		examples += f->examples;
		failed += f->failed;
	}
	printf("%zu rules, %zu examples, %zu failed\n", rules, examples, failed);
}

static void print_json(const struct testing *t, const struct ruleset *rules)
{
	char hex[HEX_BYTES(SHA256_BYTES)];
	json_auto_t *files = json_array();
	size_t examples = 0, failed = 0;

	for (size_t i = 0; i < t->file_count; i++) {
		const struct file_count *f = &t->files[i];

		json_array_append_new(files,
				      json_pack("{s:s,s:I,s:I,s:I}", "file", f->path,
						"rules", (json_int_t)f->rules, "examples",
						(json_int_t)f->examples, "failed",
						(json_int_t)f->failed));
		examples += f->examples;
		failed += f->failed;
	}
	json_auto_t *all =
		json_pack("{s:s,s:s,s:I,s:I,s:O,s:O}", "schema", "normavis.rules-test/1",
			  "hash", hex_format(hex, ruleset_hash(rules), SHA256_BYTES),
			  "examples", (json_int_t)examples, "failed", (json_int_t)failed,
			  "files", files, "results", t->results);
	OWNED(freep) char *text = json_dumps(all, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	puts(text);
}

static void testing_free(struct testing *t)
{
	for (size_t i = 0; i < t->file_count; i++)
		free(t->files[i].path);
	json_decref(t->results);
	free(t);
}
DEFINE_OWNED(struct testing, testing_free)

static int run(const struct rules_arguments *arguments,
	       const struct installation *installation)
{
	OWNED(rules_disk_release) struct rules_disk disk = {.rules = NULL};
	OWNED(testing_freep) struct testing *t = xcalloc(1, sizeof(*t));
	int code = rules_disk_load(&disk, installation);
	size_t failed = 0;

	t->installation = installation;
	t->only = arguments->rule;
	t->json = arguments->json;
	t->results = json_array();
	if (code)
		return code;
	(void)ruleset_test(disk.rules, count_example, t);
	if (t->only && !t->found) {
		struct err err;
		enum status st =
			err_set(&err, ST_ENOTFOUND, "no rule is called '%s'%s%s%s",
				t->only, t->near[0] ? "; did you mean '" : "", t->near,
				t->near[0] ? "'?" : "");
		return cmd_failed(&cmd_rules, st, &err);
	}
	qsort(t->files, t->file_count, sizeof(*t->files), by_path);
	if (t->json)
		print_json(t, disk.rules);
	else
		print_summary(t);
	for (size_t i = 0; i < t->file_count; i++)
		failed += t->files[i].failed;
	return failed > 0 ? EXIT_CODE_CONFIG : EXIT_CODE_OK;
}

static const char *const options[] = {"json", "rule", NULL};

const struct rules_verb rules_test = {"test", options, 0, run};
