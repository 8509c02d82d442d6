/* The sentences that the program was built with, and whether a pack has kept them all. */
#include "criticism_shipped.h"

#include "alloc.h"
#include "pack.h"
#include "passage.h"

#define FILE_PATH	CRITICISM_PATH ".yaml"
#define FILE_BYTES_MAX	(1 << 20)
#define QUOTE_BYTES_MAX 80

static const char *const lines[] = {
#include "criticism.inc"
};

static struct criticism *read_shipped(void)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES_MAX);
	struct criticism *c = criticism_new();
	struct yaml_doc *doc = NULL;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		buf_text(&bytes, lines[i]);
	enum status st = yaml_parse(&doc, FILE_PATH, buf_view(&bytes), NULL);
	if (!st)
		st = criticism_add(c, doc, NULL);
	assert(!st); /* `normavis check` read the file before it was shipped */
	return c;
}

/* A file that is none was refused when the set was judged. */
static struct criticism *read_pack(struct span pack)
{
	struct criticism *c = criticism_new();
	struct pack_file file = {0};
	struct span rest = SPAN_NONE;
	enum status st = pack_begin(&rest, pack, NULL);

	while (!st && rest.len > 0) {
		struct yaml_doc *doc = NULL;

		st = pack_next(&rest, &file, NULL);
		if (st || strncmp(file.path, CRITICISM_PATH, strlen(CRITICISM_PATH)) != 0)
			continue;
		st = yaml_parse(&doc, file.path, file.bytes, NULL);
		if (!st)
			st = criticism_add(c, doc, NULL);
	}
	return c;
}

/* --- what is missing ----------------------------------------------------------------- */

typedef const struct criticism_sentence *at_side(const struct criticism *c, size_t index);

struct missing {
	const struct criticism_sentence *first;
	size_t count;
};

static bool is_same(const struct criticism_sentence *a,
		    const struct criticism_sentence *b)
{
	return span_equal(a->text, b->text) && span_equal(a->praise, b->praise) &&
	       strcmp(a->language, b->language) == 0;
}

static void compare(struct missing *ret, const struct criticism *shipped, size_t wanted,
		    const struct criticism *own, size_t count, at_side *at)
{
	for (size_t i = 0; i < wanted; i++) {
		const struct criticism_sentence *s = at(shipped, i);
		size_t k = 0;

		while (k < count && !is_same(s, at(own, k)))
			k++;
		if (k < count)
			continue;
		ret->first = ret->first ? ret->first : s;
		ret->count++;
	}
}

void criticism_shipped_check(struct span pack, const struct reasons *reasons,
			     struct conf_report *report)
{
	OWNED(criticism_freep) struct criticism *shipped = read_shipped();
	OWNED(criticism_freep) struct criticism *own = read_pack(pack);
	struct missing missing = {0};

	compare(&missing, shipped, criticism_count(shipped), own, criticism_count(own),
		criticism_at);
	compare(&missing, shipped, criticism_praise_count(shipped), own,
		criticism_praise_count(own), criticism_praise_at);
	if (missing.count == 0)
		return;
	OWNED(buf_release) struct buf quote = BUF_INIT(4 * QUOTE_BYTES_MAX);

	passage_put_start(&quote, missing.first->text, QUOTE_BYTES_MAX);
	conf_complain(
		report, FILE_PATH, (struct conf_place){1, 1, true},
		"%zu of the %zu shipped sentences are missing or changed, the first "
		"of them (%s): \"%s\": others may be added, none taken away (%s)",
		missing.count, criticism_count(shipped) + criticism_praise_count(shipped),
		missing.first->language, buf_string(&quote),
		reasons_cite(reasons, "U-NEG"));
}
