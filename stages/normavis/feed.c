#include "feed.h"

#include <stdlib.h>

#include "alloc.h"
#include "buf.h"
#include "ndjson.h"
#include "ordinals.h"

#define SUBMISSION_BYTES_MAX (8 * INPUT_WINDOW_MAX) /* escapes make a row longer */
#define UNUSED_MAX	     128 /* names of an NDJSON file that are remembered as told */

struct feed {
	const struct feed_options *options;
	struct input *in;
	struct csv *csv; /* NULL: NDJSON */
	struct ndjson ndjson;
	struct mapping_places places;
	struct ordinals *ordinals;
	struct buf submission;
	char *column; /* name of the column of the last flaw */
	feed_unused *unused;
	void *unused_context;
	char *told[UNUSED_MAX];
	size_t told_count;
};

void feed_close(struct feed *f)
{
	if (!f)
		return;
	ordinals_close(f->ordinals);
	csv_free(f->csv);
	input_close(f->in);
	buf_release(&f->submission);
	free(f->column);
	for (size_t i = 0; i < f->told_count; i++)
		free(f->told[i]);
	free(f);
}

static enum status open_csv(struct feed *f, const char *path, struct err *err)
{
	const struct mapping *m = f->options->mapping;
	size_t count;
	enum status st = csv_open(&f->csv, f->in, mapping_dialect(m), err);

	if (st)
		return st;
	const struct span *header = csv_header(f->csv, &count);
	return mapping_bind(m, &f->places, header, count, path, err);
}

enum status feed_open(struct feed **ret, const char *path,
		      const struct feed_options *options, struct err *err)
{
	OWNED(feed_closep) struct feed *f = xcalloc(1, sizeof(*f));

	f->options = options;
	f->submission = BUF_INIT(SUBMISSION_BYTES_MAX);
	enum status st = input_open(&f->in, path, err);
	if (st == ST_OK)
		st = ordinals_open(&f->ordinals, err);
	if (st == ST_OK && options->mapping &&
	    mapping_format(options->mapping) == MAPPING_CSV)
		st = open_csv(f, path, err);
	if (st)
		return st;
	f->ndjson = NDJSON_START(f->in);
	*ret = TAKE(f);
	return ST_OK;
}

uint64_t feed_consumed(const struct feed *f)
{
	return f->in->consumed;
}

uint64_t feed_bytes(const struct feed *f)
{
	return f->in->bytes;
}

void feed_tell_unused(struct feed *f, feed_unused *fn, void *context)
{
	size_t count;

	f->unused = fn;
	f->unused_context = context;
	if (!f->csv)
		return;
	const struct span *header = csv_header(f->csv, &count);
	mapping_unused(f->options->mapping, header, count, fn, context);
}

/* A key of an NDJSON line that the mapping does not name. */
static void tell_once(void *context, struct span name)
{
	struct feed *f = context;

	for (size_t i = 0; i < f->told_count; i++)
		if (span_equal(name, span_of(f->told[i])))
			return;
	if (f->told_count == UNUSED_MAX)
		return;
	f->told[f->told_count++] = xstrndup((const char *)name.at, name.len);
	f->unused(f->unused_context, name);
}

/* --- the envelope ------------------------------------------------------------------------- */

static void put_text(struct buf *out, const char *key, const char *value)
{
	json_auto_t *text = json_string(value);
	char *quoted = text ? json_dumps(text, JSON_ENCODE_ANY) : NULL;

	/* A name that is no UTF-8 cannot be sent; the intake then says that it is missing. */
	if (quoted)
		buf_format(out, "\"%s\":%s,", key, quoted);
	free(quoted);
}

static bool lacks(const json_t *record, const char *key)
{
	return json_object_get(record, key) == NULL;
}

static bool is_review(const struct feed *f, const json_t *record)
{
	const char *kind = json_string_value(json_object_get(record, "kind"));

	if (f->options->mapping)
		return mapping_kind(f->options->mapping) == KIND_REVIEW;
	return kind && strcmp(kind, "review") == 0;
}

/* What the record lacks, each with a comma behind it. `content`: the record's text, for
 * its id. */
static enum status put_envelope(struct feed *f, const json_t *record, struct span content,
				struct err *err)
{
	const struct feed_options *o = f->options;
	const struct mapping *m = o->mapping;
	const char *source = o->source || !m ? o->source : mapping_source(m);
	const char *site = o->site || !m ? o->site : mapping_site(m);
	struct buf *out = &f->submission;
	char id[ORDINALS_ID_BYTES];

	if (m)
		put_text(out, "kind", kind_name(mapping_kind(m)));
	if (site && lacks(record, "site"))
		put_text(out, "site", site);
	if (source && lacks(record, "source"))
		put_text(out, "source", source);
	if (o->legacy && is_review(f, record)) {
		if (lacks(record, "legacy"))
			buf_text(out, "\"legacy\":true,");
		if (lacks(record, "origin_state"))
			put_text(out, "origin_state", "published");
	}
	if (!lacks(record, "source_id"))
		return ST_OK;
	enum status st = ordinals_next(f->ordinals, content, id, err);
	put_text(out, "source_id", id);
	return st;
}

/* Envelope and `object`, the text of a JSON object, as one object. */
static enum status compose(struct feed *f, const json_t *record, struct span content,
			   struct span object, struct err *err)
{
	const uint8_t *brace = memchr(object.at, '{', object.len);
	struct buf *out = &f->submission;

	assert(brace);
	buf_clear(out);
	buf_char(out, '{');
	enum status st = put_envelope(f, record, content, err);
	if (json_object_size(record) == 0 && out->len > 1)
		out->len--; /* the comma */
	buf_bytes(out, brace + 1, object.len - (size_t)(brace + 1 - object.at));
	return st;
}

/* --- rows ----------------------------------------------------------------------------------- */

static enum status submit_record(struct feed *f, const json_t *record,
				 struct feed_row *ret, struct err *err)
{
	OWNED(freep) char *text = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);

	if (!text)
		abort(); /* out of memory, as in alloc.h */
	enum status st = compose(f, record, span_of(text), span_of(text), err);

	ret->submission = buf_view(&f->submission);
	return st;
}

static enum status next_csv(struct feed *f, struct feed_row *ret, bool *ret_end,
			    struct err *err)
{
	struct csv_row row;
	size_t count;
	enum status st = csv_next(f->csv, &row, ret_end, err);

	if (st || *ret_end)
		return st;
	*ret = (struct feed_row){.line = row.line,
				 .last_line = row.last_line,
				 .flaw = row.flaw,
				 .column = ""};
	if (row.flaw) {
		const struct span *header = csv_header(f->csv, &count);

		free(f->column);
		f->column = row.flaw_column < count
				    ? xstrndup((const char *)header[row.flaw_column].at,
					       header[row.flaw_column].len)
				    : xstrdup("");
		ret->column = f->column;
		ret->submission = row.flaw == CSV_TOO_BIG ? SPAN_NONE : row.raw;
		return ST_OK;
	}
	json_auto_t *record = mapping_row(f->options->mapping, &f->places, &row);
	return submit_record(f, record, ret, err);
}

static void find_unused(struct feed *f, json_t *object)
{
	const char *key;
	json_t *value;

	if (!f->unused)
		return;
	json_object_foreach(object, key, value)
	{
		struct span name = span_of(key);

		mapping_unused(f->options->mapping, &name, 1, tell_once, f);
	}
}

static enum status submit_line(struct feed *f, struct span text, struct feed_row *ret,
			       struct err *err)
{
	json_auto_t *object =
		json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);

	ret->submission = text;
	if (!json_is_object(object))
		return ST_OK;
	if (f->options->mapping) {
		json_auto_t *record = mapping_object(f->options->mapping, object);

		find_unused(f, object);
		return submit_record(f, record, ret, err);
	}
	OWNED(freep)
	char *content = lacks(object, "source_id")
				? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS)
				: NULL;
	enum status st = compose(f, object, span_of(content), text, err);
	ret->submission = buf_view(&f->submission);
	return st;
}

static enum status next_ndjson(struct feed *f, struct feed_row *ret, bool *ret_end,
			       struct err *err)
{
	struct ndjson_line line;
	enum status st = ndjson_next(&f->ndjson, &line, ret_end, err);

	if (st || *ret_end)
		return st;
	*ret = (struct feed_row){.line = line.line,
				 .last_line = line.line,
				 .flaw = line.too_big ? CSV_TOO_BIG : CSV_SOUND,
				 .column = ""};
	return line.too_big ? ST_OK : submit_line(f, line.text, ret, err);
}

enum status feed_next(struct feed *f, struct feed_row *ret, bool *ret_end,
		      struct err *err)
{
	return f->csv ? next_csv(f, ret, ret_end, err)
		      : next_ndjson(f, ret, ret_end, err);
}
