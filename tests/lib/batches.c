#include "batches.h"

#include "record.h"

void batches_make(struct buf *out, uint64_t first, uint32_t count, size_t padding)
{
	static const uint8_t filler[65536];
	struct batch_head head = {.journal_id = BATCHES_JOURNAL, .first_seq = first};

	assert(padding <= sizeof(filler));
	batch_begin(out, &head);
	for (uint32_t i = 0; i < count; i++) {
		OWNED(buf_release) struct buf record = BUF_INIT(RECORD_BYTES_MAX);
		struct record_head made = {.kind = KIND_REVIEW,
					   .version = 1,
					   .seq = first + i,
					   .received_at = 1795000000000,
					   .site = SPAN_OF("main"),
					   .principal = SPAN_OF("submit")};
		memset(made.secret, 7, sizeof(made.secret));
		record_put(&record, &made, SPAN_NONE);
		batch_item(out, buf_view(&record), (struct span){filler, padding});
	}
	batch_end(out, count);
}
