/* fuzz_frame - any bytes as a frame: a message, or a batch with all that is in it.
 *
 * A message that parses gives the same bytes when it is put again. A batch is tried as it
 * is, and with its length and checksum made right, or nothing would ever get behind them:
 * then its items are walked, and each record and its sections are read as a stage reads
 * them.
 */
#include "frame.h"

#include <stdlib.h>

#include "alloc.h"
#include "digest.h"
#include "findings.h"
#include "record.h"

#define AT_LENGTH  4
#define AT_JOURNAL 8
#define AT_ATTEMPT 28 /* from here to AT_RULES the checksum covers nothing */
#define AT_CRC	   36
#define AT_RULES   40

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool held)
{
	if (!held)
		abort();
}

static void try_message(struct span bytes)
{
	OWNED(buf_release) struct buf again = BUF_INIT(FRAME_BYTES_MAX);
	struct frame frame;
	struct err err = {""};
	enum status st = frame_parse(&frame, bytes, &err);

	must((st == ST_OK) == (err.text[0] == '\0'));
	if (st)
		return;
	must(frame_name(frame.type) != NULL);
	frame_put(&again, &frame);
	must(span_equal(bytes, buf_view(&again)));
}

static void check_findings(const struct findings *f, struct span sections)
{
	const uint8_t *end = sections.at + sections.len;

	must(f->duplicates.count <= DUPLICATES_MAX && f->hit_count <= HITS_MAX);
	for (size_t i = 0; i < f->hit_count; i++) {
		const struct hit *h = &f->hits[i];
		must(h->action < ACTION_COUNT && h->span_count <= HIT_SPANS_MAX);
		must(h->rule.at >= sections.at && h->rule.at + h->rule.len <= end);
		must(h->reason.at >= sections.at && h->reason.at + h->reason.len <= end);
		must(h->clauses.at >= sections.at &&
		     h->clauses.at + h->clauses.len <= end);
	}
}

static void try_item(struct span record, struct span sections)
{
	struct record r, element;
	struct findings findings;
	struct hit hits[HITS_MAX];
	struct span at = SPAN_NONE;

	if (record_parse(&r, record, NULL) == ST_OK) {
		must(r.bytes.len <= record.len);
		while (record_next(&r, FIELD_RATINGS, &at, &element))
			must(element.seq == 0);
	}
	if (findings_parse(&findings, hits, sections, NULL) == ST_OK)
		check_findings(&findings, sections);
}

static void try_batch(struct span bytes)
{
	struct batch_head head;
	struct span items, record, sections;
	uint32_t count = 0;
	struct err err = {""};
	enum status st = batch_parse(&head, &items, bytes, &err);

	must((st == ST_OK) == (err.text[0] == '\0'));
	if (st)
		return;
	for (; batch_next(&items, &record, &sections); count++)
		try_item(record, sections);
	must(count == head.count);
}

/* Length and checksum as they must be. */
static void make_right(uint8_t *bytes, size_t len)
{
	put_le32(bytes + AT_LENGTH, (uint32_t)len);
	uint32_t crc =
		crc32c(0, (struct span){bytes + AT_JOURNAL, AT_ATTEMPT - AT_JOURNAL});
	crc = crc32c(crc, (struct span){bytes + AT_RULES, len - AT_RULES});
	put_le32(bytes + AT_CRC, crc);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	try_message((struct span){bytes, len});
	try_batch((struct span){bytes, len});
	if (len < BATCH_HEAD_BYTES)
		return 0;
	OWNED(freep) uint8_t *copy = xmemdup(bytes, len);
	make_right(copy, len);
	try_batch((struct span){copy, len});
	return 0;
}
