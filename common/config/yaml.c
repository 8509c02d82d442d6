/* One pass over libyaml's events, an explicit stack of open collections, no recursion.
 * libyaml's own document loader is not used: it resolves aliases, keeps the last of
 * repeated keys and has no bounds. Nodes and texts lie in chunks that are freed at once.
 *
 * Repeated keys are found when a mapping ends, by sorting its keys: comparing each key
 * with all before it would make a large flat file a denial of service. */
#include "yaml.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml_lib.h>

#include "alloc.h"
#include "buf.h"
#include "file.h"
#include "nearest.h"

#define CHUNK_BYTES ((size_t)64 << 10)

struct chunk {
	struct chunk *next;
	size_t used, bytes;
	_Alignas(max_align_t) uint8_t at[];
};

struct yaml_doc {
	char *path;
	struct chunk *chunks;
	struct yaml_node *root;
};

struct level {
	struct yaml_node *node; /* an open sequence or mapping */
	struct yaml_node *last; /* its last child so far, or NULL */
	const char *key;	/* mapping: the key whose value comes next, or NULL */
	uint32_t key_line, key_column;
};

struct loader {
	struct yaml_doc *doc;
	struct span bytes;
	yaml_parser_t parser;
	struct level stack[YAML_DEPTH_MAX];
	size_t depth;	  /* open collections */
	size_t nodes;	  /* made so far */
	size_t documents; /* begun so far */
	struct err *err;
};

static void *chunk_alloc(struct yaml_doc *doc, size_t bytes)
{
	size_t align = _Alignof(max_align_t);
	struct chunk *chunk = doc->chunks;

	bytes = (bytes + align - 1) / align * align;
	if (!chunk || chunk->bytes - chunk->used < bytes) {
		size_t room = MAX(bytes, CHUNK_BYTES);

		chunk = xmalloc(sizeof(*chunk) + room);
		*chunk = (struct chunk){.next = doc->chunks, .bytes = room};
		doc->chunks = chunk;
	}
	void *ret = chunk->at + chunk->used;
	chunk->used += bytes;
	return ret;
}

void yaml_doc_free(struct yaml_doc *doc)
{
	if (!doc)
		return;
	for (struct chunk *chunk = doc->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(doc->path);
	free(doc);
}

__attribute__((format(printf, 5, 0))) static enum status complain(
	const struct yaml_doc *doc, size_t line, size_t column, struct err *err,
	const char *format, va_list ap)
{
	char text[2 * ERR_BYTES]; /* err_set cuts it at a character's border */

	vsnprintf(text, sizeof(text), format, ap);
	return err_set(err, ST_ECONFIG, "%s:%zu:%zu: %s", doc->path, line, column, text);
}

PRINTF(3, 4)
static enum status refuse(struct loader *l, const yaml_mark_t *mark, const char *format,
			  ...)
{
	va_list ap;

	va_start(ap, format);
	enum status st =
		complain(l->doc, mark->line + 1, mark->column + 1, l->err, format, ap);
	va_end(ap);
	return st;
}

static enum status refuse_at(struct loader *l, size_t offset, const char *why)
{
	yaml_mark_t mark = {0};
	size_t end = MIN(offset, l->bytes.len);

	for (size_t i = 0; i < end; i++) {
		uint8_t byte = l->bytes.at[i];

		if (byte == '\n') {
			mark.line++;
			mark.column = 0;
		} else if ((byte & 0xC0) != 0x80) {
			mark.column++;
		}
	}
	return refuse(l, &mark, "%s", why);
}

/* Tag directives have no use without tags, and libyaml compares each with all before it:
 * 4 MiB of them take minutes. At the start of a line, whatever ends the line before (the
 * last bytes of U+0085, U+2028, U+2029 and of a byte order mark among them). */
static enum status check_directives(struct loader *l)
{
	static const char ends[] = "\n\r\x85\xA8\xA9\xBF";
	const uint8_t *at = l->bytes.at;

	for (size_t i = 0; i + 4 <= l->bytes.len; i++) {
		const uint8_t *next = memchr(at + i, '%', l->bytes.len - i - 3);

		if (!next)
			return ST_OK;
		i = (size_t)(next - at);
		if (memcmp(next, "%TAG", 4) != 0)
			continue;
		if (i == 0 || memchr(ends, at[i - 1], sizeof(ends) - 1))
			return refuse_at(l, i, "tag directives are not used here");
	}
	return ST_OK;
}

static enum status refuse_syntax(struct loader *l)
{
	const yaml_parser_t *p = &l->parser;

	assert(p->error != YAML_MEMORY_ERROR);
	if (p->error == YAML_READER_ERROR)
		return refuse_at(l, p->problem_offset, p->problem);
	if (p->context)
		return refuse(l, &p->problem_mark, "%s, %s", p->context, p->problem);
	return refuse(l, &p->problem_mark, "%s", p->problem);
}

static enum status check_depth(struct loader *l, const yaml_mark_t *mark)
{
	if (l->depth < YAML_DEPTH_MAX)
		return ST_OK;
	return refuse(l, mark, "deeper than %d levels", YAML_DEPTH_MAX);
}

static enum status take_key(struct loader *l, const yaml_event_t *event, const char *text)
{
	struct level *top = &l->stack[l->depth - 1];

	if (strcmp(text, "<<") == 0 &&
	    event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return refuse(l, &event->start_mark, "merge keys (<<) are not used here");
	top->key = text;
	top->key_line = (uint32_t)event->start_mark.line + 1;
	top->key_column = (uint32_t)event->start_mark.column + 1;
	return ST_OK;
}

/* Hangs a new node into the open collection, or makes it the root. */
static enum status add_node(struct loader *l, const yaml_event_t *event,
			    enum yaml_kind kind, struct yaml_node **ret)
{
	if (++l->nodes > YAML_NODES_MAX)
		return refuse(l, &event->start_mark, "more than %d values",
			      YAML_NODES_MAX);
	struct yaml_node *node = chunk_alloc(l->doc, sizeof(*node));
	*node = (struct yaml_node){
		.kind = kind,
		.line = (uint32_t)event->start_mark.line + 1,
		.column = (uint32_t)event->start_mark.column + 1,
	};
	*ret = node;
	if (l->depth == 0) {
		l->doc->root = node;
		return ST_OK;
	}
	struct level *top = &l->stack[l->depth - 1];
	node->key = top->key;
	node->key_line = top->key ? top->key_line : 0;
	node->key_column = top->key ? top->key_column : 0;
	top->key = NULL;
	if (top->last)
		top->last->next = node;
	else
		top->node->first = node;
	top->last = node;
	top->node->count++;
	return ST_OK;
}

static bool key_is_next(const struct loader *l)
{
	return l->depth > 0 && l->stack[l->depth - 1].node->kind == YAML_MAPPING &&
	       !l->stack[l->depth - 1].key;
}

static enum status open_collection(struct loader *l, const yaml_event_t *event,
				   enum yaml_kind kind, const yaml_char_t *anchor,
				   const yaml_char_t *tag)
{
	struct yaml_node *node;

	if (anchor)
		return refuse(l, &event->start_mark, "anchors (&%s) are not used here",
			      (const char *)anchor);
	if (tag)
		return refuse(l, &event->start_mark, "unknown tag '%s'",
			      (const char *)tag);
	if (key_is_next(l))
		return refuse(l, &event->start_mark,
			      "a key must be a single word or text");
	enum status st = check_depth(l, &event->start_mark);
	if (!st)
		st = add_node(l, event, kind, &node);
	if (st)
		return st;
	l->stack[l->depth++] = (struct level){.node = node};
	return ST_OK;
}

static bool is_core_tag(const char *tag)
{
	static const char *const core[] = {YAML_NULL_TAG, YAML_BOOL_TAG, YAML_STR_TAG,
					   YAML_INT_TAG, YAML_FLOAT_TAG};

	for (size_t i = 0; i < ARRAY_LEN(core); i++)
		if (strcmp(tag, core[i]) == 0)
			return true;
	return false;
}

static enum status take_scalar(struct loader *l, const yaml_event_t *event)
{
	const char *anchor = (const char *)event->data.scalar.anchor;
	const char *tag = (const char *)event->data.scalar.tag;
	size_t len = event->data.scalar.length;
	struct yaml_node *node;

	if (anchor)
		return refuse(l, &event->start_mark, "anchors (&%s) are not used here",
			      anchor);
	if (tag && !is_core_tag(tag))
		return refuse(l, &event->start_mark, "unknown tag '%s'", tag);
	if (memchr(event->data.scalar.value, '\0', len))
		return refuse(l, &event->start_mark,
			      "a text cannot hold a NUL character");

	char *text = chunk_alloc(l->doc, len + 1);
	memcpy(text, event->data.scalar.value, len + 1);
	if (key_is_next(l))
		return take_key(l, event, text);
	enum status st = add_node(l, event, YAML_SCALAR, &node);
	if (st)
		return st;
	node->text = text;
	node->len = len;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (tag)
		node->plain = strcmp(tag, YAML_STR_TAG) != 0;
	return ST_OK;
}

static int compare_keys(const void *a, const void *b)
{
	const struct yaml_node *x = *(const struct yaml_node *const *)a;
	const struct yaml_node *y = *(const struct yaml_node *const *)b;
	int order = strcmp(x->key, y->key);

	if (order)
		return order;
	if (x->key_line != y->key_line)
		return x->key_line < y->key_line ? -1 : 1;
	return x->key_column < y->key_column ? -1 : x->key_column > y->key_column;
}

/* Complains about the repetition that stands first in the file. */
static enum status check_repeated(struct loader *l, const struct yaml_node *mapping)
{
	if (mapping->count < 2)
		return ST_OK;
	OWNED(freep)
	const struct yaml_node **sorted =
		xmalloc(mapping->count * sizeof(struct yaml_node *));
	size_t n = 0;
	for (const struct yaml_node *child = mapping->first; child; child = child->next)
		sorted[n++] = child;
	qsort(sorted, n, sizeof(*sorted), compare_keys);

	const struct yaml_node *worst = NULL, *before = NULL;
	for (size_t i = 1; i < n; i++) {
		const struct yaml_node *at = sorted[i];

		if (strcmp(at->key, sorted[i - 1]->key) != 0)
			continue;
		if (worst && (at->key_line > worst->key_line ||
			      (at->key_line == worst->key_line &&
			       at->key_column > worst->key_column)))
			continue;
		worst = at;
		before = sorted[i - 1];
	}
	if (!worst)
		return ST_OK;
	return yaml_error_key(l->doc, worst, l->err,
			      "key '%s' stands already in line %" PRIu32, worst->key,
			      before->key_line);
}

static enum status take_event(struct loader *l, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++l->documents > 1)
			return refuse(l, &event->start_mark,
				      "a second document; one file holds one");
		return ST_OK;
	case YAML_ALIAS_EVENT:
		return refuse(l, &event->start_mark, "aliases (*%s) are not used here",
			      (const char *)event->data.alias.anchor);
	case YAML_SCALAR_EVENT:
		return take_scalar(l, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(l, event, YAML_SEQUENCE,
				       event->data.sequence_start.anchor,
				       event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return open_collection(l, event, YAML_MAPPING,
				       event->data.mapping_start.anchor,
				       event->data.mapping_start.tag);
	case YAML_MAPPING_END_EVENT:
		l->depth--;
		return check_repeated(l, l->stack[l->depth].node);
	case YAML_SEQUENCE_END_EVENT:
		l->depth--;
		return ST_OK;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return ST_OK;
	}
	return ST_OK;
}

static enum status read_events(struct loader *l)
{
	for (;;) {
		yaml_event_t event;

		if (!yaml_parser_parse(&l->parser, &event))
			return refuse_syntax(l);
		bool end = event.type == YAML_STREAM_END_EVENT;
		enum status st = take_event(l, &event);
		yaml_event_delete(&event);
		if (st || end)
			return st;
	}
}

/* What libyaml would turn into UTF-8 for us, but an editor's search would not find. */
static bool is_utf16(struct span bytes)
{
	return bytes.len >= 2 && ((bytes.at[0] == 0xFF && bytes.at[1] == 0xFE) ||
				  (bytes.at[0] == 0xFE && bytes.at[1] == 0xFF));
}

enum status yaml_parse(struct yaml_doc **ret_doc, const char *path, struct span bytes,
		       struct err *err)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = xcalloc(1, sizeof(*doc));
	struct loader l = {.doc = doc, .bytes = bytes, .err = err};

	doc->path = xstrdup(path);
	if (bytes.len > YAML_BYTES_MAX)
		return err_set(err, ST_ETOOBIG, "%s: more than %d bytes", path,
			       YAML_BYTES_MAX);
	if (is_utf16(bytes))
		return err_set(err, ST_ECONFIG, "%s:1:1: UTF-16; write the file as UTF-8",
			       path);
	enum status st = check_directives(&l);
	if (st)
		return st;
	if (!yaml_parser_initialize(&l.parser))
		abort(); /* out of memory, as in alloc.h */
	yaml_parser_set_input_string(
		&l.parser, bytes.len ? bytes.at : (const uint8_t *)"", bytes.len);
	st = read_events(&l);
	yaml_parser_delete(&l.parser);
	if (st)
		return st;
	if (!doc->root || (doc->root->kind == YAML_SCALAR && doc->root->len == 0))
		return err_set(err, ST_ECONFIG, "%s:1:1: the file is empty", path);
	*ret_doc = TAKE(doc);
	return ST_OK;
}

enum status yaml_load(struct yaml_doc **ret_doc, const char *path, struct err *err)
{
	OWNED(buf_release) struct buf content = BUF_INIT(YAML_BYTES_MAX);
	enum status st = file_read(&content, path, err);

	if (st)
		return st;
	return yaml_parse(ret_doc, path, buf_view(&content), err);
}

const struct yaml_node *yaml_root(const struct yaml_doc *doc)
{
	return doc->root;
}

const char *yaml_path(const struct yaml_doc *doc)
{
	return doc->path;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
	if (mapping->kind != YAML_MAPPING)
		return NULL;
	for (const struct yaml_node *child = mapping->first; child; child = child->next)
		if (strcmp(child->key, key) == 0)
			return child;
	return NULL;
}

enum status yaml_error(const struct yaml_doc *doc, const struct yaml_node *node,
		       struct err *err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	enum status st = complain(doc, node->line, node->column, err, format, ap);
	va_end(ap);
	return st;
}

enum status yaml_error_key(const struct yaml_doc *doc, const struct yaml_node *node,
			   struct err *err, const char *format, ...)
{
	va_list ap;
	uint32_t line = node->key ? node->key_line : node->line;
	uint32_t column = node->key ? node->key_column : node->column;

	va_start(ap, format);
	enum status st = complain(doc, line, column, err, format, ap);
	va_end(ap);
	return st;
}
