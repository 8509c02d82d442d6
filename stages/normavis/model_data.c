#include "model_data.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"
#include "fold.h"
#include "json_tree.h"
#include "ndjson.h"

#define HASH_SEED 20
/* "xxx " so many times fits into the list. */
#define LANGUAGE_BYTES 4
#define LANGUAGES_MAX  (CLASSIFIER_LANGUAGES_MAX / LANGUAGE_BYTES)

struct reader {
	struct model_data *data;
	const char *path;
	uint64_t line;
	struct span text; /* of the line */
	struct json_tree tree;
	struct fold fold;
	char language[LANGUAGES_MAX][LANGUAGE_BYTES];
	size_t languages;
	struct err *err;
};

void model_data_release(struct model_data *d)
{
	free(d->line);
	free(d->group);
	buf_release(&d->texts);
	*d = (struct model_data){0};
}

static enum status flaw_at(struct reader *r, enum status st, size_t column,
			   const char *what)
{
	return err_set(r->err, st, "%s:%llu:%zu: %s", r->path,
		       (unsigned long long)r->line, column, what);
}

/* Where the key of a value begins; 1 where an escape in it hides that. */
static size_t column_of(const struct reader *r, const struct json_node *node)
{
	const uint8_t *key = node->key.at;

	if (key > r->text.at && key < r->text.at + r->text.len)
		return (size_t)(key - r->text.at); /* of the quote before it, from 1 */
	return 1;
}

static enum status wrong(struct reader *r, const struct json_node *node, const char *what)
{
	return flaw_at(r, ST_EMALFORMED, column_of(r, node), what);
}

/* --- values ------------------------------------------------------------------------------ */

static enum status set_text(struct reader *r, const struct json_node *n,
			    struct model_line *l)
{
	struct model_data *d = r->data;

	if (n->type != NODE_STRING)
		return wrong(r, n, "'text' is no string");
	if (n->text.len > FOLD_BYTES_MAX)
		return wrong(r, n, "'text' is too long");
	fold_text(&r->fold, n->text);
	l->at = d->texts.len;
	l->len = r->fold.match.len;
	l->hash = hash64(buf_view(&r->fold.match), HASH_SEED);
	buf_span(&d->texts, buf_view(&r->fold.match));
	return d->texts.full ? flaw_at(r, ST_ETOOBIG, 1, "too much text") : ST_OK;
}

static enum status set_label(struct reader *r, const struct json_node *n,
			     struct model_line *l)
{
	if (n->type != NODE_TRUE && n->type != NODE_FALSE)
		return wrong(r, n, "'label' is neither true nor false");
	l->label = n->type == NODE_TRUE;
	return ST_OK;
}

/* Into the sorted list, where it is not in it yet. */
static bool add_language(struct reader *r, struct span code)
{
	char word[LANGUAGE_BYTES] = "";
	size_t at = 0;

	memcpy(word, code.at, code.len);
	while (at < r->languages && strcmp(r->language[at], word) < 0)
		at++;
	if (at < r->languages && strcmp(r->language[at], word) == 0)
		return true;
	if (r->languages == LANGUAGES_MAX)
		return false;
	memmove(r->language[at + 1], r->language[at],
		(r->languages++ - at) * LANGUAGE_BYTES);
	memcpy(r->language[at], word, LANGUAGE_BYTES);
	return true;
}

static void join_languages(const struct reader *r)
{
	char *list = r->data->languages;
	size_t len = 0;

	memcpy(list, "und", sizeof("und"));
	for (size_t i = 0; i < r->languages; i++)
		len += (size_t)snprintf(list + len, LANGUAGE_BYTES + 1, "%s%s",
					i ? " " : "", r->language[i]);
}

static enum status set_language(struct reader *r, const struct json_node *n,
				struct model_line *l)
{
	(void)l;
	if (n->type != NODE_STRING || n->text.len < 2 || n->text.len > 3)
		return wrong(r, n, "'language' is no code of two or three letters");
	for (size_t i = 0; i < n->text.len; i++)
		if (n->text.at[i] < 'a' || n->text.at[i] > 'z')
			return wrong(r, n,
				     "'language' is no code of two or three letters");
	if (!add_language(r, n->text))
		return wrong(r, n, "too many languages");
	return ST_OK;
}

static enum status set_split(struct reader *r, const struct json_node *n,
			     struct model_line *l)
{
	if (n->type == NODE_STRING && span_equal(n->text, SPAN_OF("train")))
		l->split = MODEL_TRAIN;
	else if (n->type == NODE_STRING && span_equal(n->text, SPAN_OF("test")))
		l->split = MODEL_TEST;
	else
		return wrong(r, n, "'split' is neither \"train\" nor \"test\"");
	return ST_OK;
}

static enum status set_group(struct reader *r, const struct json_node *n,
			     struct model_line *l)
{
	struct model_data *d = r->data;

	if (n->type != NODE_STRING || n->text.len > MODEL_GROUP_MAX)
		return wrong(r, n, "'group' is no string of up to 64 bytes");
	for (size_t i = 0; i < n->text.len; i++)
		if (n->text.at[i] <= ' ' || n->text.at[i] > '~')
			return wrong(r, n,
				     "'group' has a character that is not for names");
	assert(d->group);
	/* The newest first: lines of a group stand together. */
	for (size_t i = d->groups; i-- > 0;) {
		if (span_equal(span_of(d->group[i]), n->text)) {
			l->group = (uint32_t)i;
			return ST_OK;
		}
	}
	if (d->groups == MODEL_GROUPS_MAX)
		return wrong(r, n, "too many groups");
	l->group = (uint32_t)d->groups;
	memcpy(d->group[d->groups], n->text.at, n->text.len);
	d->group[d->groups++][n->text.len] = '\0';
	return ST_OK;
}

static enum status set_weight(struct reader *r, const struct json_node *n,
			      struct model_line *l)
{
	if (n->type != NODE_INTEGER || n->integer < 1 || n->integer > MODEL_WEIGHT_MAX)
		return wrong(r, n, "'weight' is no integer from 1 to 100");
	l->weight = (uint8_t)n->integer;
	return ST_OK;
}

/* --- lines -------------------------------------------------------------------------------- */

static const struct member {
	const char *name;
	enum status (*set)(struct reader *r, const struct json_node *n,
			   struct model_line *l);
	bool required;
} members[] = {
	{"text", set_text, true},    {"label", set_label, true},
	{"split", set_split, false}, {"language", set_language, false},
	{"group", set_group, false}, {"weight", set_weight, false},
};

static enum status set_member(struct reader *r, const struct json_node *n,
			      struct model_line *l, unsigned *seen)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!span_equal(n->key, span_of(members[i].name)))
			continue;
		*seen |= 1u << i;
		return members[i].set(r, n, l);
	}
	return flaw_at(r, ST_EUNKNOWN, column_of(r, n), "a key that a line has not");
}

static struct model_line *add_line(struct model_data *d)
{
	if (d->count == d->room) {
		d->room = MAX(d->room * 2, 1024);
		d->line = xrealloc(d->line, d->room * sizeof(*d->line));
	}
	d->line[d->count] = (struct model_line){.weight = 1};
	return &d->line[d->count++];
}

static enum status read_line(struct reader *r, const struct ndjson_line *in)
{
	struct json_flaw flaw;
	unsigned seen = 0;

	r->line = in->line;
	r->text = in->text;
	if (in->too_big)
		return flaw_at(r, ST_ETOOBIG, 1, "the line is too long");
	if (!json_tree_read(&r->tree, in->text, &flaw))
		return flaw_at(r, ST_EMALFORMED, flaw.at + 1,
			       refusal_meaning(flaw.reason));
	const struct json_node *root = r->tree.node;
	if (root->type != NODE_OBJECT)
		return flaw_at(r, ST_EMALFORMED, 1, "no object");
	struct model_line *l = add_line(r->data);
	for (const struct json_node *n = json_tree_first(&r->tree, root); n;
	     n = json_tree_next(&r->tree, n)) {
		enum status st = set_member(r, n, l, &seen);

		if (st)
			return st;
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (members[i].required && !(seen & 1u << i))
			return err_set(r->err, ST_EMALFORMED, "%s:%llu:1: no '%s'",
				       r->path, (unsigned long long)r->line,
				       members[i].name);
	return ST_OK;
}

static enum status read_lines(struct reader *r, struct input *in)
{
	struct ndjson lines = NDJSON_START(in);
	struct ndjson_line line;
	bool end = false;

	for (;;) {
		enum status st = ndjson_next(&lines, &line, &end, r->err);

		if (st || end)
			return st;
		st = read_line(r, &line);
		if (st)
			return st;
	}
}

enum status model_data_read(struct model_data *ret, const char *path, struct err *err)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(MODEL_DATA_BYTES_MAX);
	OWNED(input_closep) struct input *in = NULL;
	struct reader r = {.data = ret, .path = path, .err = err};
	enum status st = file_read(&bytes, path, err);

	if (st)
		return st;
	*ret = (struct model_data){.texts = BUF_INIT(MODEL_DATA_BYTES_MAX)};
	ret->group = xcalloc(MODEL_GROUPS_MAX, sizeof(*ret->group));
	ret->groups = 1;
	sha256(ret->hash, buf_view(&bytes));
	st = input_of(&in, buf_view(&bytes), err);
	buf_release(&bytes);
	if (st)
		return st;
	fold_init(&r.fold);
	st = read_lines(&r, in);
	fold_release(&r.fold);
	json_tree_release(&r.tree);
	if (!st && ret->count == 0)
		st = err_set(err, ST_EMALFORMED, "%s:1:1: no line in it", path);
	join_languages(&r);
	return st;
}

/* --- which are for what --------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void model_data_divide(struct model_data *d, unsigned permille, uint64_t seed)
{
	uint64_t *tested = xcalloc(d->count + 1, sizeof(*tested));
	size_t count = 0;

	for (size_t i = 0; i < d->count; i++) {
		struct model_line *l = &d->line[i];
		uint8_t key[8];

		put_le64(key, l->hash);
		if (l->split == MODEL_EITHER)
			l->split = hash64((struct span){key, sizeof(key)}, seed) % 1000 <
						   permille
					   ? MODEL_TEST
					   : MODEL_TRAIN;
		if (l->split == MODEL_TEST)
			tested[count++] = l->hash;
	}
	qsort(tested, count, sizeof(*tested), by_value);
	for (size_t i = 0; i < d->count; i++) {
		struct model_line *l = &d->line[i];

		if (l->split == MODEL_TRAIN &&
		    bsearch(&l->hash, tested, count, sizeof(*tested), by_value)) {
			l->split = MODEL_LEFT_OUT;
			d->left_out++;
		}
	}
	free(tested);
}
