#include "json_tree.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <yajl/yajl_parse.h>

#include "alloc.h"
#include "utf8.h"

#define NODES_FIRST 64
#define NODES_KEPT  4096 /* what a larger text took is given back before the next one */
#define NONE	    0	 /* no index: the root is nobody's child */

/* What yajl's calls find: the objects and arrays that are open, the outermost first. */
struct reading {
	struct json_tree *tree;
	struct span text;
	yajl_handle parser;
	size_t depth;
	struct {
		uint32_t parent, last; /* last: child so far */
		size_t from;	       /* where it begins in the text */
	} open[JSON_TREE_DEPTH_MAX];
	struct span key; /* waits for its value; `at` is NULL where none does */
	size_t root_end; /* 0: no object or array is closed yet */
	struct json_flaw flaw;
	bool placed;   /* flaw.node is known */
	size_t behind; /* the last token, once there is a flaw */
	bool ended;    /* what yajl calls now has waited for the end of the text */
};

void json_tree_release(struct json_tree *t)
{
	free(t->node);
	buf_release(&t->decoded);
	*t = (struct json_tree){0};
}

/* --- what yajl lets pass -------------------------------------------------------------- */

/* The code unit of the escape \uXXXX at `at`; -1 where there is none. */
static int unit_at(const uint8_t *at, const uint8_t *end)
{
	int unit = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		uint8_t c = at[i] | 0x20;
		bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'f';

		if (!digit && !letter)
			return -1;
		unit = unit << 4 | (digit ? c - '0' : c - 'a' + 10);
	}
	return unit;
}

/* The offset of half a surrogate pair; text.len where every pair is whole. Outside of
 * strings a backslash is no JSON, and the parser says so. */
static size_t half_pair(struct span text)
{
	const uint8_t *at = text.at, *end = text.at + text.len;

	while (at < end && (at = memchr(at, '\\', (size_t)(end - at)))) {
		int unit = unit_at(at, end);

		if (unit >= 0xDC00 && unit <= 0xDFFF)
			return (size_t)(at - text.at);
		if (unit < 0xD800 || unit > 0xDFFF) {
			at += 2;
			continue;
		}
		int low = unit_at(at + 6, end);
		if (low < 0xDC00 || low > 0xDFFF)
			return (size_t)(at - text.at);
		at += 12;
	}
	return text.len;
}

static size_t find_byte(struct span text, int byte)
{
	const uint8_t *at = text.len ? memchr(text.at, byte, text.len) : NULL;

	return at ? (size_t)(at - text.at) : text.len;
}

/* REFUSED_NOTHING, or why, and where. yajl takes a form feed for white space. */
static enum refusal_reason check_bytes(struct span text, size_t *ret_at)
{
	const struct {
		size_t at;
		enum refusal_reason reason;
	} checks[] = {
		{utf8_flaw(text), REFUSED_BAD_UTF8},
		{find_byte(text, '\0'), REFUSED_NUL},
		{find_byte(text, '\v'), REFUSED_NOT_JSON},
		{find_byte(text, '\f'), REFUSED_NOT_JSON},
		{half_pair(text), REFUSED_NOT_JSON},
	};

	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		*ret_at = checks[i].at;
		if (checks[i].at < text.len)
			return checks[i].reason;
	}
	return REFUSED_NOTHING;
}

static uint32_t innermost(const struct reading *r)
{
	return r->depth ? r->open[r->depth - 1].parent : 0;
}

/* The first flaw is the one that is told. */
static void note(struct reading *r, enum refusal_reason reason, size_t at, size_t node)
{
	if (r->flaw.reason)
		return;
	r->flaw = (struct json_flaw){reason, at, node};
	r->placed = true;
}

/* Bytes of the text that were read; the end of the last token, if that is what is told. */
static size_t consumed(const struct reading *r)
{
	return r->ended ? r->text.len : yajl_get_bytes_consumed(r->parser);
}

static void note_here(struct reading *r, enum refusal_reason reason, size_t node)
{
	note(r, reason, consumed(r), node);
}

/* Whether what was read since the last token, which belongs to `node`, may stand in a text
 * that is known to be flawed. The first token behind the flaw is where it lies. */
static bool is_sound(struct reading *r, size_t node)
{
	size_t from = r->behind, at;

	if (!r->flaw.reason)
		return true;
	r->behind = consumed(r);
	if (!r->placed && r->flaw.at < r->behind) {
		r->flaw.node = node;
		r->placed = true;
	}
	struct span read = {r->text.at + from, r->behind - from};
	return check_bytes(read, &at) == REFUSED_NOTHING;
}

/* By key, equal ones in the order of the text. */
static int compare_keys(const void *a, const void *b)
{
	const struct json_node *const *left = a, *const *right = b;
	struct span x = (*left)->key, y = (*right)->key;
	int order = x.len == y.len ? 0 : x.len < y.len ? -1 : 1;

	if (order == 0 && x.len > 0)
		order = memcmp(x.at, y.at, x.len);
	return order ? order : *left < *right ? -1 : 1;
}

/* The second with its key; NULL where each stands once. Sorted, because an object of some
 * thousand keys must not take a million comparisons. */
static const struct json_node *find_repeated(const struct json_tree *t,
					     const struct json_node *object)
{
	OWNED(freep) const struct json_node **nodes = NULL;
	size_t count = 0;

	if (object->count < 2)
		return NULL;
	nodes = xcalloc(object->count, sizeof(*nodes));
	for (const struct json_node *n = json_tree_first(t, object); n;
	     n = json_tree_next(t, n))
		nodes[count++] = n;
	qsort(nodes, count, sizeof(*nodes), compare_keys);
	for (size_t i = 1; i < count; i++)
		if (span_equal(nodes[i - 1]->key, nodes[i]->key))
			return nodes[i];
	return NULL;
}

/* --- what yajl calls: false ends the reading ------------------------------------------- */

/* A new node, at its place in what is open. */
static struct json_node *add(struct reading *r, enum json_node_type type)
{
	struct json_tree *t = r->tree;

	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : NODES_FIRST;
		t->node = xrealloc(t->node, t->room * sizeof(*t->node));
	}
	uint32_t index = (uint32_t)t->count++;
	t->node[index] = (struct json_node){.type = type, .key = r->key};
	r->key = SPAN_NONE;
	if (r->depth > 0) {
		struct json_node *parent = &t->node[r->open[r->depth - 1].parent];
		uint32_t *last = &r->open[r->depth - 1].last;

		if (parent->count++ == 0)
			parent->first = index;
		else
			t->node[*last].next = index;
		*last = index;
	}
	return &t->node[index];
}

static bool is_in_text(const struct reading *r, const uint8_t *at)
{
	return at >= r->text.at && at < r->text.at + r->text.len;
}

/* yajl's own memory is used again for the next string. All decoded strings, and numbers,
 * together are no longer than the text, so the buffer never moves. */
static struct span keep(struct reading *r, const uint8_t *at, size_t len)
{
	struct buf *decoded = &r->tree->decoded;

	if (len == 0)
		return SPAN_OF("");
	if (is_in_text(r, at))
		return (struct span){at, len};
	if (decoded->max < r->text.len) {
		buf_release(decoded);
		*decoded = BUF_INIT(r->text.len);
	}
	if (decoded->len == 0) {
		(void)buf_extend(decoded, r->text.len);
		buf_clear(decoded);
	}
	uint8_t *copy = buf_extend(decoded, len);
	memcpy(copy, at, len);
	return (struct span){copy, len};
}

static bool is_with_nul(const uint8_t *at, size_t len)
{
	return len > 0 && memchr(at, 0, len);
}

static size_t index_of(const struct reading *r, const struct json_node *node)
{
	return (size_t)(node - r->tree->node);
}

static int take_string(void *context, const unsigned char *at, size_t len)
{
	struct reading *r = context;
	struct json_node *node = add(r, NODE_STRING);
	bool nul = is_with_nul(at, len), sound = is_sound(r, index_of(r, node));

	if (nul)
		note_here(r, REFUSED_NUL, index_of(r, node));
	if (nul || !sound)
		node->type = NODE_NULL;
	else
		node->text = keep(r, at, len);
	return true;
}

static int take_key(void *context, const unsigned char *at, size_t len)
{
	struct reading *r = context;
	bool nul = is_with_nul(at, len), sound = is_sound(r, innermost(r));

	if (nul)
		note_here(r, REFUSED_NUL, innermost(r));
	r->key = nul || !sound ? SPAN_OF("") : keep(r, at, len);
	return true;
}

static int take_number(void *context, const char *at, size_t len)
{
	struct reading *r = context;
	OWNED(freep) char *text = xstrndup(at, len);
	bool real = strpbrk(text, ".eE");
	struct json_node *node = add(r, real ? NODE_REAL : NODE_INTEGER);
	bool sound = is_sound(r, index_of(r, node));

	errno = 0;
	if (real)
		node->real = strtod(text, NULL);
	else
		node->integer = strtoll(text, NULL, 10);
	/* A real too small to be told from 0 is 0. */
	bool beyond = real ? isinf(node->real) : errno == ERANGE;
	if (beyond)
		note_here(r, REFUSED_OUT_OF_BOUNDS, index_of(r, node));
	if (beyond || !sound)
		node->type = NODE_NULL;
	else
		node->text = keep(r, (const uint8_t *)at, len);
	return true;
}

static bool take_word(struct reading *r, enum json_node_type type)
{
	const struct json_node *node = add(r, type);

	(void)is_sound(r, index_of(r, node));
	return true;
}

static int take_boolean(void *context, int is_true)
{
	return take_word(context, is_true ? NODE_TRUE : NODE_FALSE);
}

static int take_null(void *context)
{
	return take_word(context, NODE_NULL);
}

static bool begin(struct reading *r, enum json_node_type type)
{
	if (r->depth == JSON_TREE_DEPTH_MAX) {
		note_here(r, REFUSED_TOO_DEEP, innermost(r));
		return false;
	}
	uint32_t node = (uint32_t)index_of(r, add(r, type));
	(void)is_sound(r, node);
	r->open[r->depth].parent = node;
	r->open[r->depth].last = NONE;
	r->open[r->depth].from = consumed(r) - 1;
	r->depth++;
	return true;
}

static struct json_node *end(struct reading *r)
{
	(void)is_sound(r, innermost(r));
	size_t level = --r->depth, from = r->open[level].from;
	struct json_node *node = &r->tree->node[r->open[level].parent];

	size_t behind = consumed(r);
	node->text = (struct span){r->text.at + from, behind - from};
	if (level == 0)
		r->root_end = behind;
	return node;
}

static int begin_object(void *context)
{
	return begin(context, NODE_OBJECT);
}

static int end_object(void *context)
{
	struct reading *r = context;
	const struct json_node *again = find_repeated(r->tree, end(r));

	if (again)
		note_here(r, REFUSED_DUPLICATE_KEY, index_of(r, again));
	return true;
}

static int begin_array(void *context)
{
	return begin(context, NODE_ARRAY);
}

static int end_array(void *context)
{
	(void)end(context);
	return true;
}

/* --- reading ----------------------------------------------------------------------------- */

static const yajl_callbacks callbacks = {
	.yajl_null = take_null,
	.yajl_boolean = take_boolean,
	.yajl_number = take_number,
	.yajl_string = take_string,
	.yajl_start_map = begin_object,
	.yajl_map_key = take_key,
	.yajl_end_map = end_object,
	.yajl_start_array = begin_array,
	.yajl_end_array = end_array,
};

/* yajl takes a string that begins behind the root and never ends for the end of the text.
 * The offset of what stands there; text.len where nothing does. */
static size_t tail_at(const struct reading *r)
{
	size_t at = r->root_end ? r->root_end : r->text.len;

	while (at < r->text.len && strchr(" \t\r\n", r->text.at[at]))
		at++;
	return at;
}

/* The node that what could not be read belongs to: a value of its own where a key waits. */
static size_t where_it_stopped(struct reading *r)
{
	return r->key.at ? index_of(r, add(r, NODE_NULL)) : innermost(r);
}

static void parse(struct reading *r)
{
	size_t len = r->text.len;

	r->parser = yajl_alloc(&callbacks, NULL, r);
	if (!r->parser)
		abort();				       /* as alloc.h does */
	yajl_config(r->parser, yajl_dont_validate_strings, 1); /* check_bytes did */
	yajl_status status = yajl_parse(r->parser, r->text.at, len);
	size_t at = yajl_get_bytes_consumed(r->parser);
	if (status == yajl_status_ok) {
		r->ended = true;
		status = yajl_complete_parse(r->parser);
		at = status == yajl_status_ok ? tail_at(r) : len;
	}
	yajl_free(r->parser);
	bool whole = status == yajl_status_ok && at == len;
	if (whole && (!r->flaw.reason || r->placed))
		return;
	size_t node = where_it_stopped(r);
	if (!r->flaw.reason)
		note(r, REFUSED_NOT_JSON, at, node);
	else if (!r->placed)
		r->flaw.node = node;
}

bool json_tree_read(struct json_tree *t, struct span text, struct json_flaw *ret_flaw)
{
	struct reading r = {.tree = t, .text = text};

	if (t->room > NODES_KEPT)
		json_tree_release(t);
	t->count = 0;
	buf_clear(&t->decoded);
	r.flaw.reason = check_bytes(text, &r.flaw.at);
	parse(&r);
	*ret_flaw = r.flaw;
	return r.flaw.reason == REFUSED_NOTHING;
}

/* --- looking ----------------------------------------------------------------------------- */

const struct json_node *json_tree_first(const struct json_tree *t,
					const struct json_node *parent)
{
	return parent->first ? &t->node[parent->first] : NULL;
}

const struct json_node *json_tree_next(const struct json_tree *t,
				       const struct json_node *node)
{
	return node->next ? &t->node[node->next] : NULL;
}

const struct json_node *json_tree_get(const struct json_tree *t,
				      const struct json_node *object, struct span key)
{
	if (!object || object->type != NODE_OBJECT)
		return NULL;
	for (const struct json_node *n = json_tree_first(t, object); n;
	     n = json_tree_next(t, n))
		if (span_equal(n->key, key))
			return n;
	return NULL;
}
