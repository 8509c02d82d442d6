/* fuzz_record - records from the wire and submissions at the border.
 *
 * The first byte chooses: odd, the rest is a record as bytes; even, it is a JSON text. What
 * the border takes must be a body that parses, and print as JSON that gives the same body.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined ...
 */
#include "record_json.h"

#include <stdlib.h>

#define NOW 1790000000000

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void print(struct buf *out, const struct submission *s, const struct buf *body)
{
	OWNED(buf_release) struct buf whole = BUF_INIT(RECORD_BYTES_MAX);
	struct record_head head = {
		.kind = s->kind, .version = s->version, .site = span_of(s->site)};
	struct record r;

	record_put(&whole, &head, buf_view(body));
	if (record_parse(&r, buf_view(&whole), NULL) != ST_OK)
		abort();
	record_to_json(out, &r);
}

static void try_json(struct span json)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf again = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf printed = BUF_INIT(8 * RECORD_BYTES_MAX);
	struct submission s;
	struct refusal refusal;

	if (!record_from_json(&s, &body, &refusal, json, ADMIN, NOW, "demo")) {
		if (refusal.reason == REFUSED_NOTHING)
			abort();
		return;
	}
	print(&printed, &s, &body);
	/* Escapes may make the printed text longer than a submission may be. */
	if (printed.len > RECORD_BYTES_MAX)
		return;
	if (!record_from_json(&s, &again, &refusal, buf_view(&printed), ADMIN, NOW, NULL))
		abort();
	if (!span_equal(buf_view(&body), buf_view(&again)))
		abort();
}

static void try_bytes(struct span bytes)
{
	OWNED(buf_release) struct buf printed = BUF_INIT(8 * RECORD_BYTES_MAX);
	struct record r;

	if (record_parse(&r, bytes, NULL) == ST_OK)
		record_to_json(&printed, &r);
	memset(&r, 0, sizeof(r));
	if (record_parse_body(&r, bytes, NULL) == ST_OK) {
		r.kind = KIND_REVIEW;
		record_to_json(&printed, &r);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len == 0)
		return 0;
	struct span rest = {bytes + 1, len - 1};
	if (bytes[0] % 2)
		try_bytes(rest);
	else
		try_json(rest);
	return 0;
}
