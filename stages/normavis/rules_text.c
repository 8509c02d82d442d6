#include "rules_text.h"

#include <stdio.h>

#include "nearest.h"
#include "yaml.h"

/* Where line `line` (from 1) begins; the end where there are fewer. */
static size_t line_start(struct span bytes, uint32_t line)
{
	size_t at = 0;

	for (; line > 1 && at < bytes.len; line--) {
		const uint8_t *end = memchr(bytes.at + at, '\n', bytes.len - at);
		at = end ? (size_t)(end + 1 - bytes.at) : bytes.len;
	}
	return at;
}

/* The first byte of that line that is no blank, '\n' for an empty one. */
static uint8_t first_sign(struct span bytes, uint32_t line)
{
	size_t at = line_start(bytes, line);

	while (at < bytes.len &&
	       (bytes.at[at] == ' ' || bytes.at[at] == '\t' || bytes.at[at] == '\r'))
		at++;
	return at < bytes.len ? bytes.at[at] : '\n';
}

/* With the comment above it, but not beyond the line `after`. */
static uint32_t first_line(struct span bytes, uint32_t line, uint32_t after)
{
	while (line - 1 > after && first_sign(bytes, line - 1) == '#')
		line--;
	return line;
}

static void cut_out(struct rules_text *ret, struct span bytes,
		    const struct yaml_node *list, const struct yaml_node *rule)
{
	uint32_t from = first_line(bytes, rule->line, list->key_line);
	size_t start = line_start(bytes, from), end = bytes.len;

	if (rule->next)
		end = line_start(bytes, first_line(bytes, rule->next->line, rule->line));
	while (end > start + 1 && bytes.at[end - 1] == '\n' && bytes.at[end - 2] == '\n')
		end--;
	ret->line = from;
	ret->text = (struct span){bytes.at + start, end - start};
}

struct near {
	const char *wanted;
	char name[NEAREST_BYTES_MAX + 1];
	size_t distance;
};

static void note_near(struct near *near, const char *id)
{
	const char *const known[] = {id, NULL};
	size_t distance = nearest_distance(near->wanted, id);

	if (distance >= near->distance || !nearest_name(near->wanted, known))
		return;
	near->distance = distance;
	snprintf(near->name, sizeof(near->name), "%s", id);
}

static bool find_in(struct rules_text *ret, const struct pack_file *file,
		    struct near *near)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;

	if (yaml_parse(&doc, file->path, file->bytes, NULL))
		return false;
	const struct yaml_node *list = yaml_get(yaml_root(doc), "rules");
	for (const struct yaml_node *at = list ? list->first : NULL; at; at = at->next) {
		const struct yaml_node *id = yaml_get(at, "id");

		if (!id || !id->text)
			continue;
		note_near(near, id->text);
		if (strcmp(id->text, near->wanted) != 0)
			continue;
		memcpy(ret->path, file->path, sizeof(ret->path));
		cut_out(ret, file->bytes, list, at);
		return true;
	}
	return false;
}

enum status rules_text_find(struct rules_text *ret, struct span pack, const char *id,
			    struct err *err)
{
	struct near near = {.wanted = id, .distance = NEAREST_BYTES_MAX + 1};
	struct pack_file file = {0};
	struct span rest;
	enum status st = pack_begin(&rest, pack, err);

	while (!st && rest.len > 0) {
		st = pack_next(&rest, &file, err);
		if (!st && strncmp(file.path, "rules/moderation/", 17) == 0 &&
		    find_in(ret, &file, &near))
			return ST_OK;
	}
	return st ? st
		  : err_set(err, ST_ENOTFOUND, "no rule is called '%s'%s%s%s", id,
			    near.name[0] ? "; did you mean '" : "", near.name,
			    near.name[0] ? "'?" : "");
}
