#include "classifier_own.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"

#define MAGIC	"normavis-model"
#define KEY_SUM "sha256"

/* The lines above the checksum. */
static void format_head(struct buf *ret, const struct classifier_about *about)
{
	char hex[HEX_BYTES(SHA256_BYTES)];

	buf_format(ret, MAGIC " %d\nname %s\nlanguages %s\ncreated %s\ndata %s\n",
		   CLASSIFIER_VERSION, about->name, about->languages, about->created,
		   hex_format(hex, about->data, SHA256_BYTES));
	for (size_t i = 0; i < about->figures; i++)
		buf_format(ret, "figure %s %" PRId64 "\n", about->figure[i].name,
			   about->figure[i].value);
	buf_format(ret, "bits %u\nscale %" PRId32 "\nbias %" PRId32 "\n", about->bits,
		   about->scale, about->bias);
}

void classifier_store(struct buf *ret, const struct classifier_about *about,
		      const int8_t *weights)
{
	struct span body = {(const uint8_t *)weights, (size_t)1 << about->bits};
	uint8_t sum[SHA256_BYTES];
	char hex[HEX_BYTES(SHA256_BYTES)];

	assert(about->figures <= CLASSIFIER_FIGURES_MAX);
	buf_clear(ret);
	format_head(ret, about);
	sha256_pieces(sum, (struct span[]){buf_view(ret), body}, 2);
	buf_format(ret, KEY_SUM " %s\n\n", hex_format(hex, sum, SHA256_BYTES));
	assert(ret->len <= CLASSIFIER_HEAD_BYTES_MAX);
	buf_span(ret, body);
	assert(!ret->full);
}

/* --- reading ---------------------------------------------------------------------------- */

struct reader {
	struct span all, rest;
	struct err *err;
};

/* The head is looked at line by line; a line is "key value". */
static bool next_line(struct reader *r, char line[CLASSIFIER_LANGUAGES_MAX + 32])
{
	size_t room = CLASSIFIER_LANGUAGES_MAX + 32;
	const uint8_t *end =
		r->rest.len ? memchr(r->rest.at, '\n', MIN(r->rest.len, room)) : NULL;

	if (!end)
		return false;
	size_t len = (size_t)(end - r->rest.at);
	memcpy(line, r->rest.at, len);
	line[len] = '\0';
	r->rest = (struct span){end + 1, r->rest.len - len - 1};
	return memchr(line, '\0', len) == NULL;
}

static enum status flaw(struct reader *r, const char *what)
{
	return err_set(r->err, ST_EMALFORMED, "the model's head: %s", what);
}

/* The value behind `key`, borrowed from `line`; NULL: another line stands there. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static bool is_text(const char *text, size_t max, const char *others)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz");

	while (text[len] &&
	       (strchr(others, text[len]) || (text[len] >= 'a' && text[len] <= 'z')))
		len++;
	return len > 0 && len <= max && text[len] == '\0';
}

#define NAME_OTHERS "0123456789-"

static bool read_number(const char *text, int64_t least, int64_t most, int64_t *ret)
{
	char *end;

	if (!strchr("-0123456789", *text))
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *ret >= least && *ret <= most;
}

static enum status read_texts(struct reader *r, struct classifier_about *ret)
{
	char line[CLASSIFIER_LANGUAGES_MAX + 32];
	const char *value;
	int32_t day;

	if (!next_line(r, line) || !(value = value_of(line, "name")) ||
	    !is_text(value, CLASSIFIER_NAME_MAX, NAME_OTHERS))
		return flaw(r, "no name");
	memcpy(ret->name, value, strlen(value) + 1);
	if (!next_line(r, line) || !(value = value_of(line, "languages")) ||
	    !is_text(value, CLASSIFIER_LANGUAGES_MAX, " -"))
		return flaw(r, "no languages");
	memcpy(ret->languages, value, strlen(value) + 1);
	if (!next_line(r, line) || !(value = value_of(line, "created")) ||
	    strlen(value) != 10 || !clock_parse_date(&day, span_of(value)))
		return flaw(r, "no date of its making");
	memcpy(ret->created, value, sizeof(ret->created));
	if (!next_line(r, line) || !(value = value_of(line, "data")) ||
	    !hex_parse(ret->data, SHA256_BYTES, span_of(value)))
		return flaw(r, "no hash of its data");
	return ST_OK;
}

/* "NAME VALUE" */
static bool read_figure(char *text, struct classifier_figure *ret)
{
	char *space = strchr(text, ' ');

	if (!space)
		return false;
	*space = '\0';
	if (!is_text(text, CLASSIFIER_NAME_MAX, NAME_OTHERS) ||
	    !read_number(space + 1, 0, INT64_MAX, &ret->value))
		return false;
	memcpy(ret->name, text, strlen(text) + 1);
	return true;
}

/* Figures, and the line behind them. */
static enum status read_figures(struct reader *r, struct classifier_about *ret,
				char line[CLASSIFIER_LANGUAGES_MAX + 32])
{
	for (;;) {
		if (!next_line(r, line))
			return flaw(r, "it ends too soon");
		if (!value_of(line, "figure"))
			return ST_OK;
		if (ret->figures == CLASSIFIER_FIGURES_MAX ||
		    !read_figure(line + strlen("figure "), &ret->figure[ret->figures]))
			return flaw(r, "a figure that is none");
		ret->figures++;
	}
}

static enum status read_sizes(struct reader *r, struct classifier_about *ret)
{
	char line[CLASSIFIER_LANGUAGES_MAX + 32];
	enum status st = read_figures(r, ret, line);
	const char *value = value_of(line, "bits");
	int64_t bits, scale, bias;

	if (st)
		return st;
	if (!value ||
	    !read_number(value, CLASSIFIER_BITS_MIN, CLASSIFIER_BITS_MAX, &bits))
		return flaw(r, "no number of buckets that can be");
	if (!next_line(r, line) || !(value = value_of(line, "scale")) ||
	    !read_number(value, 1, CLASSIFIER_SCALE_MAX, &scale))
		return flaw(r, "no scale that can be");
	if (!next_line(r, line) || !(value = value_of(line, "bias")) ||
	    !read_number(value, -CLASSIFIER_BIAS_MAX, CLASSIFIER_BIAS_MAX, &bias))
		return flaw(r, "no bias that can be");
	ret->bits = (unsigned)bits;
	ret->scale = (int32_t)scale;
	ret->bias = (int32_t)bias;
	return ST_OK;
}

static enum status read_version(struct reader *r)
{
	char line[CLASSIFIER_LANGUAGES_MAX + 32];
	const char *value;
	int64_t version;

	if (!next_line(r, line) || !(value = value_of(line, MAGIC)) ||
	    !read_number(value, 1, INT32_MAX, &version))
		return err_set(r->err, ST_EMALFORMED, "this is no model");
	if (version > CLASSIFIER_VERSION)
		return err_set(r->err, ST_EVERSION,
			       "the model has version %" PRId64 ", this program knows %d",
			       version, CLASSIFIER_VERSION);
	return ST_OK;
}

/* What is left behind the head must be the weights, and all of it what was written. */
static enum status check_body(struct reader *r, const struct classifier_about *about)
{
	struct span head = {r->all.at, (size_t)(r->rest.at - r->all.at)};
	char line[CLASSIFIER_LANGUAGES_MAX + 32];
	uint8_t said[SHA256_BYTES], found[SHA256_BYTES];
	const char *value;

	if (!next_line(r, line) || !(value = value_of(line, KEY_SUM)) ||
	    !hex_parse(said, SHA256_BYTES, span_of(value)) || !next_line(r, line) ||
	    *line != '\0')
		return flaw(r, "no checksum");
	if (r->rest.len != (size_t)1 << about->bits)
		return err_set(r->err, ST_ECORRUPT,
			       "the model has %zu weights, its head says %zu",
			       r->rest.len, (size_t)1 << about->bits);
	sha256_pieces(found, (struct span[]){head, r->rest}, 2);
	if (memcmp(said, found, SHA256_BYTES) != 0)
		return err_set(r->err, ST_ECORRUPT,
			       "the model is not what was written: its checksum differs");
	return ST_OK;
}

enum status classifier_load(struct classifier **ret, struct span bytes, struct err *err)
{
	OWNED(classifier_freep) struct classifier *c = xcalloc(1, sizeof(*c));
	struct reader r = {.all = bytes, .rest = bytes, .err = err};
	enum status st = read_version(&r);

	if (!st)
		st = read_texts(&r, &c->about);
	if (!st)
		st = read_sizes(&r, &c->about);
	if (!st)
		st = check_body(&r, &c->about);
	if (st)
		return st;
	sha256(c->hash, bytes);
	c->weights = xmemdup(r.rest.at, r.rest.len);
	*ret = TAKE(c);
	return ST_OK;
}
