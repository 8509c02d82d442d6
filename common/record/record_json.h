/* record_json.h - the border: one JSON text becomes the fields of one record, or a refusal.
 *
 * Accepts only what RFC 8259 and fields.def allow: valid UTF-8, no repeated keys, no
 * U+0000, only known keys, each value of its type and within its bounds, at most
 * RECORD_JSON_DEPTH_MAX levels of objects and arrays (the record itself is the first).
 * The author's text is kept byte for byte as JSON decodes it; an empty title or text counts
 * as absent.
 *
 * Keys:   those of fields.def, and three of the head: `kind` (required), `version` (default
 *         1, the only one known), `site` (default: the caller's).
 * Dates:  not before 1990-01-01; a time not more than 5 minutes after received_at (clocks
 *         differ), a date not after the day of received_at at UTC+14.
 * Rating: on its own scale, worst < best; decimals are exact to thousandths, finer ones are
 *         refused. A review has a rating or a text that shows something.
 * Legacy: `legacy`, `origin_state`, `origin_reason` and `origin_decided_at` are taken from
 *         the ADMIN endpoint only (kind-not-taken elsewhere); the last three need
 *         "legacy": true.
 * Body:   a function of the content: key order and white space leave no trace, and JSON
 *         inside (`extra`, `payload`) is written compact with sorted keys.
 * Flaws:  of a text that is no JSON, or not such JSON, a refusal has what is legible all the
 *         same (json_tree.h), and the field that holds the flaw.
 * Tests:  tests/unit/record_json_test.c, tests/fuzz/fuzz_record.c
 */
#ifndef RECORD_JSON_H
#define RECORD_JSON_H

#include "record.h"

#define RECORD_JSON_DEPTH_MAX 8

enum refusal_reason {
	REFUSED_NOTHING = 0,
#define REFUSAL(symbol, name, meaning) symbol,
#include "refusals.def"
#undef REFUSAL
	REFUSED_COUNT
};

const char *refusal_name(enum refusal_reason reason);
const char *refusal_meaning(enum refusal_reason reason);
enum refusal_reason refusal_from_name(struct span name); /* REFUSED_NOTHING: none */

struct refusal {
	enum refusal_reason reason;
	/* What the sender is told: path with the index, "ratings[2].value"; "" where none.
	 * An unknown key stands in it as it came, and may be anything. */
	char field[129];
	char known
		[65]; /* what is recorded: the same, but of an unknown key what it is in */
	char detail
		[256]; /* for people: what was expected, what came (no personal data) */
	/* What could be read of the record nevertheless, for the log of refusals: */
	char kind[33]; /* "" where illegible */
	char source[RECORD_NAME_MAX + 1];
	char site[RECORD_NAME_MAX + 1]; /* "": none was named */
	char source_id[257]; /* "" too where the site or the source is illegible */
	bool has_rating;
	int64_t rating; /* thousandths */
};

/* Sets both places of a refusal; a path that ends in a dot is an object of the table with
 * an unknown key, which the caller appends to ret->field. */
void refusal_place(struct refusal *ret, const char *path);

/* What of a submission goes to the head; written only when it is accepted. */
struct submission {
	enum kind kind;
	uint16_t version;
	char site[RECORD_NAME_MAX + 1];
	char source[RECORD_NAME_MAX + 1];
	char source_id[257];
};

/* Parses `json`; the fields are appended to `body` (emptied first).
 * endpoint: one bit; received_at: ms UTC; default_site: where the record names none.
 * Returns true; or false with *ret_refusal filled. Never logs, never allocates beyond
 * `body` and the parser's own memory. */
bool record_from_json(struct submission *ret, struct buf *body,
		      struct refusal *ret_refusal, struct span json,
		      enum endpoint endpoint, int64_t received_at,
		      const char *default_site) MUST_CHECK;

/* Fills in what could be read of a text that is refused whatever it says: of one that is too
 * long, in its first RECORD_BYTES_MAX bytes. */
void record_json_legible(struct refusal *ret, struct span json);

/* The fields of a record as a compact JSON object of the same names, for people and
 * exports: the inverse of record_from_json. A record that has its place (seq not 0) gets
 * seq, id and received_at besides. Appended to `out`. */
void record_to_json(struct buf *out, const struct record *r);

#endif
