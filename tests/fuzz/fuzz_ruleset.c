/* Any bytes as a file of rules, and as a pack: they load, or are refused with a complaint. A
 * set that loads is evaluated over its own source and its own examples; every span lies
 * within the text that it points into. */
#include "ruleset.h"

#include <stdlib.h>

#include "pack.h"

#define TEXT_BYTES_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static const char reasons[] =
	"version: 1\nlawful:\n  - {code: L-A, label: {en: x, fr: x}, explanation: {en: x, "
	"fr: x}, evidence: x}\nconditional: []\nunlawful: []\n";

static void put_file(struct buf *pack, const char *path, struct span bytes)
{
	buf_format(pack, "file %s %zu\n", path, bytes.len);
	buf_span(pack, bytes);
	buf_char(pack, '\n');
}

static void check_hits(const struct hit *hits, size_t count, struct span text)
{
	for (size_t i = 0; i < count; i++) {
		assert(hits[i].action < ACTION_COUNT && hits[i].rule.len > 0);
		assert(i == 0 || hits[i].action <= hits[i - 1].action);
		for (size_t k = 0; k < hits[i].span_count; k++) {
			assert(hits[i].spans[k].tag == field_table[FIELD_TEXT].tag);
			assert(hits[i].spans[k].len > 0);
			assert((size_t)hits[i].spans[k].start + hits[i].spans[k].len <=
			       text.len);
		}
	}
}

static void evaluate(struct ruleset *rs, struct span text)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	struct record_head head = {.kind = KIND_REVIEW, .version = 1, .seq = 1};
	struct findings findings = {0};
	struct record record;
	struct hit hits[HITS_MAX];

	head.site = head.principal = SPAN_OF("s");
	body_put_bytes(&body, FIELD_SOURCE, SPAN_OF("s"));
	body_put_bytes(&body, FIELD_TEXT, text);
	record_put(&bytes, &head, buf_view(&body));
	if (record_parse(&record, buf_view(&bytes), NULL))
		return;
	size_t count = ruleset_evaluate(rs, &record, &findings, hits);
	check_hits(hits, count, text);
}

static void load(struct span pack, struct span text)
{
	OWNED(ruleset_freep) struct ruleset *rs = NULL;
	struct err err = {""};
	enum status st = ruleset_judge(&rs, pack, NULL, NULL, &err);

	assert((st == ST_OK) == (rs != NULL));
	assert((st == ST_OK) == (err.text[0] == '\0'));
	if (!rs)
		return;
	(void)ruleset_test(rs, NULL, NULL); /* an example may well fail */
	if (text.len > 0 && text.len <= TEXT_BYTES_MAX)
		evaluate(rs, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	struct span bytes = {at, len};

	load(bytes, SPAN_NONE);
	buf_text(&pack, "normavis-pack 1\n");
	put_file(&pack, "rules/moderation/f.yaml", bytes);
	put_file(&pack, "rules/reasons.yaml", SPAN_OF(reasons));
	if (!pack.full)
		load(buf_view(&pack), bytes); /* what loads is valid UTF-8 */
	return 0;
}
