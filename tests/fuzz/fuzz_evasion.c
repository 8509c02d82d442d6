/* fuzz_evasion - any text is read without harm, and evasion.h keeps what it promises of it:
 * bounds, borders, offsets that ascend within a piece and lie in match. */
#include "evasion.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define BORDER_LEN (sizeof(EVASION_BORDER) - 1)

static bool is_border(const struct evasion *e, size_t i)
{
	return e->text.len - i >= BORDER_LEN &&
	       memcmp(e->text.at + i, EVASION_BORDER, BORDER_LEN) == 0;
}

static void check(const struct evasion *e, struct span match)
{
	size_t before = 0;

	assert(e->text.len <= EVASION_BYTES_MAX(match.len) && !e->text.full);
	assert(e->at[e->text.len] == match.len);
	if (e->text.len == 0)
		return;
	assert(is_border(e, 0) && is_border(e, e->text.len - BORDER_LEN));
	for (size_t i = 0; i < e->text.len; i++) {
		if (is_border(e, i)) {
			/* The border's first half still belongs to the piece before it. */
			assert(i == 0 || e->at[i] >= before);
			i += BORDER_LEN - 1;
			before = e->at[i];
			assert(before <= match.len);
			continue;
		}
		assert(e->at[i] >= before && e->at[i] < match.len);
		assert(e->text.at[i] != 'Z' && e->text.at[i] != '\n');
		before = e->at[i];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fold fold;
	struct evasion evasion;

	if (len > FOLD_BYTES_MAX)
		return 0;
	fold_init(&fold);
	evasion_init(&evasion);
	fold_text(&fold, (struct span){bytes, len});
	evasion_find(&evasion, buf_view(&fold.match));
	check(&evasion, buf_view(&fold.match));
	evasion_find_folded(&evasion, &fold, (struct span){bytes, len});
	check(&evasion, buf_view(&fold.match));
	evasion_release(&evasion);
	fold_release(&fold);
	return 0;
}
