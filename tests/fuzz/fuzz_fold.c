/* fuzz_fold - any bytes fold without harm, and fold.h keeps what it promises of them. */
#include "fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool is_one_space_at_a_time(const struct buf *b)
{
	for (size_t i = 1; i < b->len; i++)
		if (b->at[i] == ' ' && b->at[i - 1] == ' ')
			return false;
	return true;
}

static void check_offsets(const struct fold *f, size_t len)
{
	for (size_t i = 0; i < f->match.len; i++)
		assert(f->match_at[i] <= f->match_at[i + 1] && f->match_at[i] < len);
	assert(f->match_at[f->match.len] == len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fold once, again;

	if (len > FOLD_BYTES_MAX / FOLD_GROWTH)
		return 0;
	fold_init(&once);
	fold_init(&again);
	fold_text(&once, (struct span){bytes, len});
	check_offsets(&once, len);
	assert(once.match.len <= len * FOLD_GROWTH && once.key.len <= once.match.len);
	assert(is_one_space_at_a_time(&once.match) && is_one_space_at_a_time(&once.key));

	fold_text(&again, buf_view(&once.match));
	assert(span_equal(buf_view(&again.match), buf_view(&once.match)));
	fold_text(&again, buf_view(&once.key));
	assert(span_equal(buf_view(&again.match), buf_view(&once.key)));
	assert(span_equal(buf_view(&again.key), buf_view(&once.key)));
	fold_release(&again);
	fold_release(&once);
	return 0;
}
