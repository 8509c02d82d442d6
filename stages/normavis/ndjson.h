/* ndjson.h - lines of a file, each meant to be one JSON text.
 *
 * A line ends with LF, a CR before it is not part of it. Lines of white space alone are
 * passed over. What a line holds is not looked at: collect judges it, so that a refusal
 * is recorded there and not only here.
 *
 * Bounds: INPUT_WINDOW_MAX bytes a line; a longer one is told as too big and skipped.
 * Source: https://github.com/ndjson/ndjson-spec
 * Tests:  tests/unit/feed_test.c
 */
#ifndef NDJSON_H
#define NDJSON_H

#include "input.h"

struct ndjson {
	struct input *in; /* borrowed */
	uint64_t line;	  /* the next one, from 1; start with NDJSON_START */
};

#define NDJSON_START(input) ((struct ndjson){(input), 1})

struct ndjson_line {
	uint64_t line;
	struct span text; /* borrowed until the next call */
	bool too_big;	  /* no text then */
};

/* The next line; *ret_end is set where there is none. Errors: ST_EIO. */
enum status ndjson_next(struct ndjson *n, struct ndjson_line *ret, bool *ret_end,
			struct err *err) MUST_CHECK;

#endif
