#include "ndjson.h"

/* The line's end in the window, reading on as needed; NULL: the file ends before, or the
 * window is full. */
static enum status find_end(struct ndjson *n, const uint8_t **ret, struct err *err)
{
	size_t looked = 0;
	bool added = true;

	for (;;) {
		struct span window = input_view(n->in);

		*ret = window.len > looked
			       ? memchr(window.at + looked, '\n', window.len - looked)
			       : NULL;
		if (*ret || !added)
			return ST_OK;
		looked = window.len;
		enum status st = input_more(n->in, &added, err);
		if (st)
			return st;
	}
}

/* Consumes up to and with the next line end, whatever lies before it. */
static enum status skip_line(struct ndjson *n, struct err *err)
{
	for (;;) {
		const uint8_t *end;
		enum status st = find_end(n, &end, err);
		struct span window = input_view(n->in);

		if (st)
			return st;
		input_consume(n->in, end ? (size_t)(end - window.at) + 1 : window.len);
		if (end || n->in->eof)
			return ST_OK;
	}
}

static bool blank(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != ' ' && text.at[i] != '\t' && text.at[i] != '\r')
			return false;
	}
	return true;
}

enum status ndjson_next(struct ndjson *n, struct ndjson_line *ret, bool *ret_end,
			struct err *err)
{
	for (;;) {
		const uint8_t *end;
		enum status st = find_end(n, &end, err);
		struct span window = input_view(n->in);

		if (st)
			return st;
		*ret_end = window.len == 0;
		if (*ret_end)
			return ST_OK;
		*ret = (struct ndjson_line){.line = n->line++};
		if (!end && !n->in->eof) {
			ret->too_big = true;
			return skip_line(n, err);
		}
		size_t len = end ? (size_t)(end - window.at) : window.len;
		input_consume(n->in, len + (end != NULL));
		ret->text = (struct span){window.at, len};
		if (len > 0 && window.at[len - 1] == '\r')
			ret->text.len--;
		if (!blank(ret->text))
			return ST_OK;
	}
}
