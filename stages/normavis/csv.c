/* A row is scanned as one piece of memory. Where the window ends before the row does, more
 * is read and the row is scanned again from its front: rows are small against the window,
 * so that happens seldom, and the scanner needs no state between two calls.
 */
#include "csv.h"

#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "buf.h"
#include "utf8.h"

static const struct {
	const char *name, *meaning;
} flaws[CSV_FLAW_COUNT] = {
	[CSV_SOUND] = {"sound", "nothing is wrong"},
	[CSV_TEXT_BEHIND] = {"text-after-quote",
			     "text between a closing quote and the delimiter"},
	[CSV_UNCLOSED_QUOTE] = {"unclosed-quote",
				"a quote is opened, and what follows does not close it"},
	[CSV_TOO_FEW_COLUMNS] = {"too-few-columns", "fewer columns than the header has"},
	[CSV_TOO_MANY_COLUMNS] = {"too-many-columns", "more columns than the header has"},
	[CSV_BAD_UTF8] = {"bad-utf8", "the bytes are not UTF-8"},
	[CSV_NUL] = {"nul", "a text holds U+0000"},
	[CSV_TOO_BIG] = {"too-big", "the row has more bytes than the limit"},
};

const char *csv_flaw_name(enum csv_flaw flaw)
{
	return flaws[flaw].name;
}

const char *csv_flaw_meaning(enum csv_flaw flaw)
{
	return flaws[flaw].meaning;
}

/* A field as the scanner finds it: without a quote inside it is the window's bytes, else a
 * piece of csv->unquoted, which grows while scanning. */
struct place {
	bool copied;
	size_t from, len;
};

struct csv {
	struct input *in; /* borrowed */
	struct csv_dialect dialect;
	uint64_t line; /* of the next byte */
	bool skipping; /* the rest of a line that was refused is still to come */
	struct buf unquoted;
	struct place place[CSV_COLUMNS_MAX];
	struct span column[CSV_COLUMNS_MAX];
	size_t header_count;
	struct span *header;
	char *header_text;
};

/* One scan over the front of the window. */
struct scan {
	const uint8_t *at;
	size_t len, pos;
	bool whole;  /* nothing follows behind len */
	bool more;   /* the bytes end too early to tell */
	bool quoted; /* a quote was met where one may stand: the row is no empty line */
	enum csv_flaw flaw;
	size_t flaw_column;
	size_t count; /* fields */
	size_t stray; /* where a quote opens a field that no line behind it closes as it
		       * should: the row ends with that quote's line. SIZE_MAX: none */
};

static void flaw(struct scan *s, enum csv_flaw what, size_t column)
{
	if (s->flaw == CSV_SOUND) {
		s->flaw = what;
		s->flaw_column = column;
	}
}

static void stray(struct scan *s, size_t at)
{
	flaw(s, CSV_UNCLOSED_QUOTE, s->count);
	s->stray = at;
}

static bool ends_field(const struct csv *csv, uint8_t byte)
{
	return byte == (uint8_t)csv->dialect.delimiter || byte == '\n' || byte == '\r';
}

/* Up to the delimiter or the line's end. */
static void scan_bare(const struct csv *csv, struct scan *s)
{
	while (s->pos < s->len && !ends_field(csv, s->at[s->pos]))
		s->pos++;
	s->more |= s->pos == s->len && !s->whole;
}

/* s->pos stands on the opening quote; afterwards behind the closing one. */
static void scan_quoted(struct csv *csv, struct scan *s, struct place *ret)
{
	size_t opened = s->pos++, from = s->pos, copied_from = csv->unquoted.len;
	bool copied = false;

	for (;;) {
		const uint8_t *quote = memchr(s->at + s->pos, '"', s->len - s->pos);

		if (!quote || (quote + 1 == s->at + s->len && !s->whole)) {
			s->pos = s->len;
			s->more |= !s->whole;
			stray(s, opened);
			return;
		}
		size_t end = (size_t)(quote - s->at);
		s->pos = end + 1;
		bool doubled = s->pos < s->len && s->at[s->pos] == '"';
		if (doubled || copied)
			buf_bytes(&csv->unquoted, s->at + from, end - from + doubled);
		if (!doubled) {
			*ret = copied ? (struct place){true, copied_from,
						       csv->unquoted.len - copied_from}
				      : (struct place){false, from, end - from};
			return;
		}
		copied = true;
		from = ++s->pos;
	}
}

static bool spans_lines(const struct scan *s, size_t from)
{
	size_t len = s->pos - from;

	return memchr(s->at + from, '\n', len) || memchr(s->at + from, '\r', len);
}

static void scan_field(struct csv *csv, struct scan *s, struct place *ret)
{
	size_t from = s->pos;

	if (!csv->dialect.quotes || from == s->len || s->at[from] != '"') {
		scan_bare(csv, s);
		*ret = (struct place){false, from, s->pos - from};
		return;
	}
	s->quoted = true;
	scan_quoted(csv, s, ret);
	if (s->pos == s->len || ends_field(csv, s->at[s->pos]))
		return;
	/* On a later line this is the opening quote of another row, most likely. */
	if (spans_lines(s, from)) {
		stray(s, from);
		return;
	}
	flaw(s, CSV_TEXT_BEHIND, s->count);
	scan_bare(csv, s);
}

/* Steps over LF, CRLF or CR. */
static void scan_line_end(struct scan *s)
{
	if (s->pos == s->len)
		return;
	if (s->at[s->pos] == '\r') {
		s->more |= s->pos + 1 == s->len && !s->whole;
		s->pos += s->pos + 1 < s->len && s->at[s->pos + 1] == '\n';
	}
	s->pos++;
}

static void scan_row(struct csv *csv, struct scan *s)
{
	buf_clear(&csv->unquoted);
	for (;;) {
		struct place spare = {false, 0, 0};

		scan_field(csv, s,
			   s->count < CSV_COLUMNS_MAX ? &csv->place[s->count] : &spare);
		s->count++;
		if (s->more || s->stray != SIZE_MAX)
			return;
		if (s->pos == s->len || s->at[s->pos] != (uint8_t)csv->dialect.delimiter)
			break;
		s->pos++;
	}
	scan_line_end(s);
}

/* Line ends among the bytes: LF, CRLF, CR. */
static uint64_t count_lines(const uint8_t *at, size_t len)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < len; i++) {
		bool half = at[i] == '\r' && i + 1 < len && at[i + 1] == '\n';

		lines += (at[i] == '\n' || at[i] == '\r') && !half;
	}
	return lines;
}

/* Behind the first line of the bytes. */
static size_t first_line(const uint8_t *at, size_t len)
{
	size_t i = 0;

	while (i < len && at[i] != '\n' && at[i] != '\r')
		i++;
	if (i + 1 < len && at[i] == '\r' && at[i + 1] == '\n')
		i++;
	return MIN(i + 1, len);
}

/* A row that is complete as far as it goes: what is wrong with its bytes and its width. */
static void judge(const struct csv *csv, struct scan *s)
{
	struct span raw = {s->at, s->pos};

	if (memchr(raw.at, 0, raw.len))
		flaw(s, CSV_NUL, SIZE_MAX);
	if (utf8_flaw(raw) < raw.len)
		flaw(s, CSV_BAD_UTF8, SIZE_MAX);
	if (s->count > (csv->header ? csv->header_count : CSV_COLUMNS_MAX))
		flaw(s, CSV_TOO_MANY_COLUMNS, SIZE_MAX);
	if (csv->header && s->count < csv->header_count)
		flaw(s, CSV_TOO_FEW_COLUMNS, SIZE_MAX);
}

static void hand_out(struct csv *csv, const struct scan *s, struct csv_row *ret)
{
	size_t count = MIN(s->count, (size_t)CSV_COLUMNS_MAX);

	for (size_t i = 0; i < count; i++) {
		const struct place *p = &csv->place[i];

		csv->column[i] = (struct span){
			(p->copied ? csv->unquoted.at : s->at) + p->from, p->len};
	}
	ret->flaw = s->flaw;
	ret->flaw_column = s->flaw_column;
	ret->count = s->flaw ? 0 : count;
	ret->column = csv->column;
}

/* Scans until the row is complete, the file ends, or the window may not grow. */
static enum status scan_whole(struct csv *csv, struct scan *ret, struct err *err)
{
	for (;;) {
		struct span window = input_view(csv->in);
		bool added;

		*ret = (struct scan){.at = window.at,
				     .len = window.len,
				     .whole = csv->in->eof,
				     .flaw_column = SIZE_MAX,
				     .stray = SIZE_MAX};
		scan_row(csv, ret);
		if (!ret->more)
			return ST_OK;
		enum status st = input_more(csv->in, &added, err);
		if (st)
			return st;
		if (!added && !csv->in->eof)
			return ST_OK; /* ret->more: beyond all bounds */
	}
}

/* How many bytes the row takes with it. A line that goes on beyond the window is skipped to
 * its end; a CR that ends the window is left, for an LF may follow it. */
static size_t settle(struct csv *csv, struct scan *s)
{
	bool astray = s->stray != SIZE_MAX;

	if (!astray && !s->more) {
		judge(csv, s);
		return s->pos;
	}
	if (!astray)
		flaw(s, CSV_TOO_BIG, SIZE_MAX);
	size_t used = astray ? s->stray + first_line(s->at + s->stray, s->len - s->stray)
			     : s->len;
	csv->skipping = used == s->len && !s->whole && s->at[used - 1] != '\n';
	return used - (csv->skipping && s->at[used - 1] == '\r');
}

/* Consumes the rest of a line whose beginning was refused. */
static enum status skip_rest(struct csv *csv, struct err *err)
{
	enum status st = ST_OK;

	while (!st && csv->skipping) {
		struct span window = input_view(csv->in);
		size_t used = first_line(window.at, window.len);
		bool ends = count_lines(window.at, used) > 0;
		bool half = ends && used == window.len && !csv->in->eof &&
			    window.at[used - 1] == '\r';
		bool added;

		csv->skipping = half || (!ends && !csv->in->eof);
		csv->line += ends && !half;
		input_consume(csv->in, used - half);
		if (csv->skipping)
			st = input_more(csv->in, &added, err);
	}
	return st;
}

enum status csv_next(struct csv *csv, struct csv_row *ret, bool *ret_end, struct err *err)
{
	struct scan s;
	enum status skipped = skip_rest(csv, err);

	if (skipped)
		return skipped;
	for (;;) {
		enum status st = scan_whole(csv, &s, err);

		if (st)
			return st;
		*ret_end = s.len == 0;
		if (*ret_end)
			return ST_OK;
		size_t used = settle(csv, &s);
		uint64_t lines = count_lines(s.at, used);
		bool empty = s.count == 1 && !s.quoted && csv->place[0].len == 0;
		ret->line = csv->line;
		csv->line += lines;
		ret->last_line = MAX(ret->line, csv->line - (lines > 0));
		ret->raw = (struct span){s.at, used};
		hand_out(csv, &s, ret);
		input_consume(csv->in, used);
		if (!empty)
			return ST_OK;
	}
}

/* --- open and close --------------------------------------------------------------------- */

/* The header outlives the window. */
static void keep_header(struct csv *csv, const struct csv_row *row)
{
	OWNED(buf_release) struct buf text = BUF_INIT(INPUT_WINDOW_MAX);
	size_t from = 0;

	csv->header = xcalloc(row->count, sizeof(*csv->header));
	csv->header_count = row->count;
	for (size_t i = 0; i < row->count; i++)
		buf_span(&text, row->column[i]);
	csv->header_text = xmemdup(buf_string(&text), text.len + 1);
	for (size_t i = 0; i < row->count; i++) {
		csv->header[i] = (struct span){(uint8_t *)csv->header_text + from,
					       row->column[i].len};
		from += row->column[i].len;
	}
}

enum status csv_open(struct csv **ret, struct input *in, struct csv_dialect dialect,
		     struct err *err)
{
	OWNED(csv_freep) struct csv *csv = xcalloc(1, sizeof(*csv));
	struct csv_row row;
	bool end;

	csv->in = in;
	csv->dialect = dialect;
	csv->line = 1;
	csv->unquoted = BUF_INIT(INPUT_WINDOW_MAX);
	enum status st = csv_next(csv, &row, &end, err);
	if (st)
		return st;
	if (end)
		return err_set(err, ST_EMALFORMED, "%s: the file is empty", in->path);
	if (row.flaw == CSV_TOO_MANY_COLUMNS)
		return err_set(err, ST_EMALFORMED, "%s:%" PRIu64 ": more than %d columns",
			       in->path, row.line, CSV_COLUMNS_MAX);
	if (row.flaw)
		return err_set(err, ST_EMALFORMED,
			       "%s:%" PRIu64 ": the header cannot be read: %s", in->path,
			       row.line, csv_flaw_meaning(row.flaw));
	keep_header(csv, &row);
	*ret = TAKE(csv);
	return ST_OK;
}

void csv_free(struct csv *csv)
{
	if (!csv)
		return;
	buf_release(&csv->unquoted);
	free(csv->header);
	free(csv->header_text);
	free(csv);
}

const struct span *csv_header(const struct csv *csv, size_t *ret_count)
{
	*ret_count = csv->header_count;
	return csv->header;
}
